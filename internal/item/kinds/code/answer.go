package code

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"maps"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"

	"candor/internal/item"
	"candor/internal/problem"
)

// answer is a body: the chosen language, and per language the files that differ from the starter or were added.
type answer struct {
	Language string                       `json:"language,omitempty"`
	Files    map[string]map[string]string `json:"files,omitempty"`
	Input    string                       `json:"input,omitempty"` // own input of the stdin style, own cases of the function style
}

var (
	errManyFiles = problem.New(problem.TooLarge, "code_many_files", "That is more than 40 files. Put some together; everything saved before is safe.")
	errLargeFile = problem.New(problem.TooLarge, "code_large_file", "One of the files is larger than 1 MiB. Shorten it; everything saved before is safe.")
	errLanguage  = problem.New(problem.Unavailable, "code_language", "This language cannot be run here at present. Your answer is safe; choose another language, or go on without running.")
)

// Blank is nothing changed.
func (Kind) Blank(item.Spec) []byte { return []byte("{}") }

// read is an answer as far as it can be read, in a language that is offered.
func (s *spec) read(body []byte) answer {
	var a answer
	if json.Unmarshal(body, &a) != nil {
		a = answer{}
	}
	if _, ok := s.language(a.Language); !ok && len(s.languages) > 0 {
		a.Language = s.languages[0].ID
	}
	return a
}

// Check refuses what no page could have sent.
func (Kind) Check(s item.Spec, body []byte) error {
	q := s.(*spec)
	var a answer
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	if err := d.Decode(&a); err != nil || d.More() {
		return item.ErrBody
	}
	if _, ok := q.language(a.Language); !ok && a.Language != "" {
		return item.ErrBody
	}
	n := 0
	for id, files := range a.Files {
		l, ok := q.language(id)
		if !ok {
			return item.ErrBody
		}
		for name, text := range files {
			n++
			if !nameable(name) || l.authors(name) {
				return item.ErrBody
			}
			if len(text) > MaxFile {
				return errLargeFile
			}
		}
	}
	if n > MaxFiles {
		return errManyFiles
	}
	if len(a.Input) > maxInput {
		return errLargeFile
	}
	return nil
}

// nameable says whether a file may be called so: a relative path of plain words.
func nameable(name string) bool {
	if !fs.ValidPath(name) || name == "." || len(name) > 120 {
		return false
	}
	for _, r := range name {
		if r <= ' ' || r == 0x7f || strings.ContainsRune(`\:*?"<>|`, r) {
			return false
		}
	}
	return !strings.HasPrefix(path.Base(name), ".")
}

// authors says whether a file is the author's, whatever a candidate writes: protected ones and tests.
func (l *language) authors(name string) bool {
	for _, t := range l.unit {
		if t.Name == name {
			return true
		}
	}
	return l.protects(name) && l.starts(name)
}

func (l *language) starts(name string) bool {
	_, ok := l.text(name)
	return ok
}

func (l *language) text(name string) (string, bool) {
	for _, f := range l.starter {
		if f.name == name {
			return f.text, true
		}
	}
	return "", false
}

// Fields of the form: the files are called "file/LANGUAGE/PATH", those the candidate adds "new/LANGUAGE/PATH".
const (
	fieldFile  = "file/"
	fieldNew   = "new/"
	fieldLang  = "language"
	fieldInput = "input"
)

// Form makes a body of a posted page. A file that is not in the form stays as it was; an added one that is empty is gone.
func (Kind) Form(s item.Spec, before []byte, form url.Values) ([]byte, error) {
	q := s.(*spec)
	var a answer
	if len(before) > 0 && json.Unmarshal(before, &a) != nil {
		a = answer{}
	}
	if v := form.Get(fieldLang); v != "" {
		if _, ok := q.language(v); !ok {
			return nil, item.ErrBody
		}
		a.Language = v
	}
	if form.Has(fieldInput) {
		a.Input = lines(form.Get(fieldInput))
	}
	files := map[string]map[string]string{}
	for id, list := range a.Files {
		files[id] = maps.Clone(list)
	}
	for name := range form {
		rest, added := strings.CutPrefix(name, fieldNew)
		if !added {
			var ok bool
			if rest, ok = strings.CutPrefix(name, fieldFile); !ok {
				continue
			}
		}
		id, file, _ := strings.Cut(rest, "/")
		l, ok := q.language(id)
		if !ok || !nameable(file) {
			return nil, item.ErrBody
		}
		if l.authors(file) {
			continue
		}
		text := lines(form.Get(name))
		given, starts := l.text(file)
		if !starts && !q.Files {
			continue
		}
		if starts && text == given || !starts && text == "" {
			delete(files[id], file)
			continue
		}
		if files[id] == nil {
			files[id] = map[string]string{}
		}
		files[id][file] = text
	}
	maps.DeleteFunc(files, func(_ string, list map[string]string) bool { return len(list) == 0 })
	a.Files = files
	body, err := json.Marshal(a)
	if err != nil {
		return nil, err
	}
	return body, Kind{}.Check(s, body)
}

// lines has line ends as programs want them; forms post the other ones.
func lines(s string) string { return strings.ReplaceAll(s, "\r\n", "\n") }

// Answered says whether something of the candidate's own stands in any language.
func (Kind) Answered(s item.Spec, body []byte) bool {
	for _, files := range s.(*spec).read(body).Files {
		for _, text := range files {
			if strings.TrimSpace(text) != "" {
				return true
			}
		}
	}
	return false
}

// Redact strikes names from comments, texts and file names alike.
func (Kind) Redact(_ item.Spec, body []byte, names []string) []byte {
	var a answer
	if json.Unmarshal(body, &a) != nil {
		return body
	}
	for id, files := range a.Files {
		clean, called := map[string]string{}, item.StruckNames(slices.Collect(maps.Keys(files)), names)
		for name, text := range files {
			clean[called[name]] = item.Strike(text, names)
		}
		a.Files[id] = clean
	}
	a.Input = item.Strike(a.Input, names)
	out, err := json.Marshal(a)
	if err != nil {
		return body
	}
	return out
}

// files are what a program of the answer consists of: the starter with the candidate's changes, then what was added, by name.
func (s *spec) files(l *language, a answer) []file {
	var out []file
	own := a.Files[l.ID]
	for _, f := range l.starter {
		if text, ok := own[f.name]; ok && !l.protects(f.name) {
			f.text = text
		}
		out = append(out, f)
	}
	for _, name := range slices.Sorted(maps.Keys(own)) {
		if !l.starts(name) {
			out = append(out, file{name, own[name]})
		}
	}
	return out
}

func atoi(s string) (int, error) { return strconv.Atoi(s) }
