package quiz

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strings"
	"unicode"

	"candor/internal/archive"
	"candor/internal/item"

	"github.com/goccy/go-yaml"
	"golang.org/x/text/unicode/norm"
)

// Result is a quiz with the folders of its items.
type Result struct {
	Format string // its name
	Title  string // the source's, or the file's name
	Rows   []Row  // one a question, in the source's order
	Lost   []string

	items []made
}

// Row is what became of one question.
type Row struct {
	Number int // 1, 2, ...
	Name   string
	Type   string
	Became []Became
	Why    string // not carried: the reason
	Lost   []string
}

// Became is an item of the result.
type Became struct{ Key, Kind, Title string }

// made is an item with its folder.
type made struct {
	key     string
	minutes int
	weight  float64
	files   archive.Files
}

// Items says how many items there are.
func (r *Result) Items() int { return len(r.items) }

// Refused says how many questions were not carried.
func (r *Result) Refused() int {
	n := 0
	for _, row := range r.Rows {
		if row.Why != "" {
			n++
		}
	}
	return n
}

// Questions is what became of each question in lines: the items it became or why not, and under it what was lost.
func (r *Result) Questions() string {
	var b strings.Builder
	for _, row := range r.Rows {
		fmt.Fprintf(&b, "%d %s [%s]", row.Number, row.Name, row.Type)
		for _, x := range row.Became {
			fmt.Fprintf(&b, " -> %s (%s)", x.Key, x.Kind)
		}
		if row.Why != "" {
			fmt.Fprintf(&b, " not carried: %s", row.Why)
		}
		b.WriteString("\n")
		for _, l := range row.Lost {
			fmt.Fprintf(&b, "  - %s\n", l)
		}
	}
	return b.String()
}

// Report is all that is to be said of the import, in lines.
func (r *Result) Report() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %d questions, %d not carried, %d items\n\n%s", r.Format, len(r.Rows), r.Refused(), len(r.items), r.Questions())
	if len(r.Lost) > 0 {
		b.WriteString("\nOf the whole:\n")
	}
	for _, l := range r.Lost {
		fmt.Fprintf(&b, "  - %s\n", l)
	}
	return b.String()
}

// Read finds the format and makes the items. A zip that no format knows as a whole is read file by file. Every item is one that its kind
// accepts; a question of which that cannot be said is named as not carried, with the reason. Problems: ErrUnknown, ErrBad, ErrLarge, ErrEmpty.
func Read(formats []Format, kinds item.Kinds, src Source) (*Result, error) {
	quiz, format, err := read(formats, src)
	if err != nil {
		return nil, err
	}
	if len(quiz.Questions) == 0 {
		return nil, ErrEmpty
	}
	if n := len(quiz.Questions); n > MaxQuestions {
		return nil, ErrLarge.Saying(fmt.Sprintf("There are %d questions in this file; at most %d are read at once. Export it in smaller pieces. Nothing was imported.", n, MaxQuestions))
	}
	r := &Result{Format: format, Title: title(quiz.Title, strings.TrimSuffix(path.Base(src.Name), path.Ext(src.Name))), Lost: quiz.Lost}
	keys := map[string]bool{}
	for i, q := range quiz.Questions {
		r.add(kinds, keys, i+1, q)
	}
	if len(r.items) > 0 {
		r.Lost = append(r.Lost, "Minutes are not in the file: they are a guess here. Try the items and set them.")
	}
	return r, nil
}

func read(formats []Format, src Source) (Quiz, string, error) {
	for _, f := range formats {
		if f.Is(src) {
			q, err := f.Read(src)
			return q, f.Name(), err
		}
	}
	if src.Files == nil {
		return Quiz{}, "", unknown(formats)
	}
	var all Quiz
	var names []string
	err := fs.WalkDir(src.Files, ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		info, err := e.Info()
		if err != nil || info.Size() > MaxBytes {
			return errors.Join(err, ErrLarge)
		}
		data, err := fs.ReadFile(src.Files, name)
		if err != nil {
			return err
		}
		q, format, err := read(formats, Source{Name: name, Data: data})
		switch {
		case errors.Is(err, ErrUnknown):
			all.Lose("%s is no quiz and was left out.", name)
			return nil
		case err != nil:
			return err
		}
		names = once(names, format)
		all.Questions = append(all.Questions, q.Questions...)
		for _, l := range q.Lost {
			all.Lose("%s: %s", name, l)
		}
		return nil
	})
	if err == nil && len(names) == 0 {
		err = unknown(formats)
	}
	return all, strings.Join(names, ", "), err
}

func unknown(formats []Format) error {
	var names []string
	for _, f := range formats {
		names = append(names, f.Name())
	}
	return ErrUnknown.Saying("This is none of the quizzes that are read here: " + strings.Join(names, ", ") + ". Nothing was imported.")
}

// add makes the items of a question, all or none.
func (r *Result) add(kinds item.Kinds, keys map[string]bool, number int, q *Question) {
	name := title(q.Name)
	if name == "" {
		name = fmt.Sprintf("Question %d", number)
	}
	row := Row{Number: number, Name: name, Type: q.Type, Why: q.Refused, Lost: q.Lost}
	var out []made
	for i, it := range q.Items {
		if it.Title = title(it.Title); it.Title == "" {
			it.Title = name
			if len(q.Items) > 1 {
				it.Title = fmt.Sprintf("%s (%d)", shorten(name, 110), i+1)
			}
		}
		m, why := it.make(kinds)
		if why != "" {
			row.Why = why
			break
		}
		m.key = key(it.Title, number, keys)
		out = append(out, m)
		row.Became = append(row.Became, Became{m.key, it.Kind, it.Title})
	}
	if row.Why == "" && len(out) == 0 {
		row.Why = "Nothing in it could be carried."
	}
	if row.Why != "" {
		for _, m := range out {
			delete(keys, m.key)
		}
		row.Became, row.Lost, out = nil, nil, nil
	}
	r.items = append(r.items, out...)
	r.Rows = append(r.Rows, row)
}

// make writes the item's folder and asks its kind whether it is one; why says what is against it.
func (it *Item) make(kinds item.Kinds) (m made, why string) {
	kind, ok := kinds.Named(it.Kind)
	if !ok {
		return made{}, fmt.Sprintf("There are no items of the kind %s here.", it.Kind)
	}
	files := archive.Files{}
	for name, data := range it.Files {
		files[name] = data
	}
	head := *it
	if strings.Contains(it.Statement, "\n") {
		files["statement.md"], head.Statement = []byte(it.Statement+"\n"), ""
	}
	raw, err := yaml.MarshalWithOptions(head, yaml.IndentSequence(true))
	if err != nil {
		return made{}, "It cannot be written as YAML: " + err.Error()
	}
	files["item.yaml"] = raw
	_, found := kind.Spec(files)
	for _, f := range found {
		if f.Severity == item.Error {
			return made{}, fmt.Sprintf("The kind %s does not take it: %s", it.Kind, f.Text)
		}
	}
	weight := it.Weight
	if weight == 0 {
		weight = 1
	}
	return made{minutes: it.Minutes, weight: weight, files: files}, ""
}

// reportName is the file that keeps what was lost beside the assessment; candidates never see it.
const reportName = "import-report.txt"

// Tree is the assessment's folder: assessment.yaml with a title (that of the source where name is ""), the items, and the report.
func (r *Result) Tree(name string) (archive.Files, error) {
	type entry struct {
		Item   string   `yaml:"item"`
		Weight *float64 `yaml:"weight,omitempty"`
	}
	type part struct {
		Key     string  `yaml:"key"`
		Title   string  `yaml:"title"`
		Minutes int     `yaml:"minutes"`
		Items   []entry `yaml:"items"`
	}
	const most = 2400 // minutes of a part
	out := archive.Files{}
	var parts []part
	for _, m := range r.items {
		if n := len(parts); n == 0 || parts[n-1].Minutes+m.minutes > most {
			parts = append(parts, part{Key: "questions", Title: "Questions"})
			if n > 0 {
				parts[n].Key, parts[n].Title = fmt.Sprintf("questions-%d", n+1), fmt.Sprintf("Questions %d", n+1)
			}
		}
		p := &parts[len(parts)-1]
		e := entry{Item: m.key}
		if m.weight != 1 {
			e.Weight = &m.weight
		}
		p.Minutes += m.minutes
		p.Items = append(p.Items, e)
		for file, data := range m.files {
			out["items/"+m.key+"/"+file] = data
		}
	}
	if name = title(name); name == "" {
		name = title(r.Title, "Imported quiz")
	}
	raw, err := yaml.MarshalWithOptions(struct {
		Candor int    `yaml:"candor"`
		Title  string `yaml:"title"`
		About  string `yaml:"about"`
		AI     any    `yaml:"ai"`
		Parts  []part `yaml:"parts"`
	}{1, name, "Questions that were imported from " + r.Format + ".", map[string]string{"policy": "allowed"}, parts}, yaml.IndentSequence(true))
	out["assessment.yaml"], out[reportName] = raw, []byte(r.Report())
	return out, err
}

// title is the first of the texts that says something, on one line of at most 120 characters.
func title(texts ...string) string {
	for _, s := range texts {
		s = strings.Join(strings.FieldsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) || r == unicode.ReplacementChar }), " ")
		if s != "" {
			return shorten(s, 120)
		}
	}
	return ""
}

func shorten(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return strings.TrimSpace(string(r[:most-3])) + "..."
	}
	return s
}

var notKey = regexp.MustCompile(`[^a-z0-9]+`)

// key is a folder's name made of a title, one that no other has; of a title without Latin letters the question's number is left.
func key(title string, number int, taken map[string]bool) string {
	bare := strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFD.String(title))
	k := strings.Trim(notKey.ReplaceAllString(bare, "-"), "-")
	k = strings.Trim(k[:min(len(k), item.MaxKey-8)], "-")
	if k == "" {
		k = fmt.Sprintf("question-%d", number)
	}
	out := k
	for i := 2; taken[out]; i++ {
		out = fmt.Sprintf("%s-%d", k, i)
	}
	taken[out] = true
	return out
}
