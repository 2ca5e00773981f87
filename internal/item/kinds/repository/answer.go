package repository

import (
	"bytes"
	"crypto/sha1"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"net/url"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"candor/internal/item"
	"candor/internal/problem"
	"candor/internal/repo"
)

// answer is a body: what the browser holds and nobody has committed yet. Fetch lays the repository into it.
type answer struct {
	Edits   map[string]edit `json:"edits,omitempty"`
	Message string          `json:"message,omitempty"` // of the next commit
	Branch  string          `json:"branch,omitempty"`  // that the browser works on; "" is the one that counts
	Late    *late           `json:"late,omitempty"`    // made by us alone: in the place of what was handed in counts a later commit
	Held    *held           `json:"held,omitempty"`    // never kept
}

// late is a commit that came after a submission, by the submission's number: of a part that was opened again the next submission counts.
type late struct {
	Commit     repo.Hash `json:"commit"`
	Submission int       `json:"submission"`
}

// edit is a file as the browser has it.
type edit struct {
	Text string `json:"text,omitempty"`
	Data []byte `json:"data,omitempty"` // in place of a text, of an uploaded file that is none
	Was  string `json:"was,omitempty"`  // git's name of the content it was made from; "" of a new file
	Gone bool   `json:"gone,omitempty"`
}

// edited is an edit of a file to these bytes.
func edited(data []byte, was string) edit {
	if utf8.Valid(data) && !bytes.ContainsRune(data, 0) {
		return edit{Text: string(data), Was: was}
	}
	return edit{Data: data, Was: was}
}

// content is what the file becomes.
func (e edit) content() []byte {
	if e.Data != nil {
		return e.Data
	}
	return []byte(e.Text)
}

func (e edit) size() int { return len(e.Text) + len(e.Data) }

// held is what stands in the repository, as far as pages and readers need it. No name, address, date or time of anybody is in it.
type held struct {
	Commit  string            `json:"commit"`
	Files   []file            `json:"files"`
	Texts   map[string]string `json:"texts,omitempty"` // of those that differ from the starter
	Commits []commit          `json:"commits,omitempty"`
	More    bool              `json:"more,omitempty"` // there are more commits
	Sent    bool              `json:"sent,omitempty"`
	Late    int               `json:"late,omitempty"` // pushes after the end
	// Their branches but the one that counts, while they work those of them with a commit that it has not, and whether edits stand over one of them.
	Main     string   `json:"main,omitempty"`
	Branches []string `json:"branches,omitempty"`
	Apart    []string `json:"apart,omitempty"`
	Aside    bool     `json:"aside,omitempty"`
}

// file is one of the repository's.
type file struct {
	Path   string `json:"path"`
	Hash   string `json:"hash"`
	Size   int64  `json:"size,omitempty"`
	Exec   bool   `json:"exec,omitempty"`
	Binary bool   `json:"binary,omitempty"` // or too large to be shown
}

// commit is one of the candidate's, oldest first.
type commit struct {
	Subject string   `json:"subject"`
	Body    string   `json:"body,omitempty"`
	Files   []change `json:"files,omitempty"`
}

// change is what a commit did to a file.
type change struct {
	Status  string `json:"status"` // A, D, M, R
	Path    string `json:"path"`
	Added   int    `json:"added,omitempty"`
	Deleted int    `json:"deleted,omitempty"`
}

// What the browser may hold.
const (
	maxEdits   = 200
	maxMessage = 5000
)

var (
	errManyEdits   = problem.New(problem.TooLarge, "repository_many_edits", "That is more than 200 changed files. Commit what you have, then go on; everything saved before is safe.")
	errLargeEdit   = problem.New(problem.TooLarge, "repository_large_edit", "One of the files is larger than 1 MiB. Shorten it, or use git; everything saved before is safe.")
	errName        = problem.New(problem.Invalid, "repository_name", "A file cannot be called so. Use letters, digits, dots, dashes and folders, such as store/loan.go.")
	errProtected   = problem.New(problem.Conflict, "repository_protected", "This file is protected: the checks run with ours.")
	errConflict    = problem.New(problem.Conflict, "repository_conflict", "A newer commit changed a file that you edited here. Both are kept: decide below which one goes on.")
	errBranch      = problem.New(problem.Invalid, "repository_branch", "A branch cannot be called so. Use letters, digits, dots, dashes and slashes, such as fix/late-returns.")
	errUncommitted = problem.New(problem.Conflict, "repository_uncommitted", "You have edits here that are not committed. Commit them, or undo them, before you leave this branch or merge it.")
	errNothing     = problem.New(problem.Conflict, "repository_nothing_edited", "There is nothing to commit: no file was changed in the browser since the last commit.")
	errMessage     = problem.New(problem.Invalid, "repository_message", "Say in a few words what you changed: it becomes the commit's message.")
)

// Blank is nothing edited.
func (Kind) Blank(item.Spec) []byte { return []byte("{}") }

// read is a body as far as it can be read.
func read(body []byte) answer {
	var a answer
	if json.Unmarshal(body, &a) != nil {
		return answer{}
	}
	return a
}

// write is a body to keep.
func (a answer) write() ([]byte, error) {
	a.Held, a.Late = nil, nil
	return json.Marshal(a)
}

// Check refuses what no page could have sent.
func (Kind) Check(s item.Spec, body []byte) error {
	q := s.(*spec)
	var a answer
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	if err := d.Decode(&a); err != nil || d.More() || a.Held != nil || a.Late != nil || len(a.Message) > maxMessage {
		return item.ErrBody
	}
	for name, e := range a.Edits {
		if !nameable(name) || q.protects(name) || e.Gone && e.size() > 0 || e.Text != "" && e.Data != nil {
			return item.ErrBody
		}
		if e.size() > maxFile {
			return errLargeEdit
		}
	}
	if len(a.Edits) > maxEdits {
		return errManyEdits
	}
	return nil
}

// nameable says whether the browser may make a file of that name. Git takes more.
func nameable(name string) bool {
	if !fs.ValidPath(name) || name == "." || len(name) > 200 || !utf8.ValidString(name) {
		return false
	}
	for part := range strings.SplitSeq(name, "/") {
		if strings.EqualFold(part, ".git") || strings.HasPrefix(part, "-") || strings.HasSuffix(part, " ") {
			return false
		}
	}
	return !strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == 0x7f || strings.ContainsRune(`\:*?"<>|`, r) })
}

// Fields of the form: a file's text, git's name of what was shown, and the message of the next commit.
const (
	fieldFile    = "file/"
	fieldWas     = "was/"
	fieldMessage = "message"
)

// Form makes a body of a posted page. A file that is not in the form stays as it was; one that is as it was committed is no edit.
func (Kind) Form(s item.Spec, before []byte, form url.Values) ([]byte, error) {
	q := s.(*spec)
	a := read(before)
	edits := maps.Clone(a.Edits)
	if edits == nil {
		edits = map[string]edit{}
	}
	for field := range form {
		name, ok := strings.CutPrefix(field, fieldFile)
		if !ok {
			continue
		}
		if !nameable(name) {
			return nil, item.ErrBody
		}
		if q.protects(name) {
			continue
		}
		text := strings.ReplaceAll(form.Get(field), "\r\n", "\n")
		was, edited := form.Get(fieldWas+name), false
		if e, ok := edits[name]; ok {
			was, edited = e.Was, true
		}
		switch {
		case was != "" && blobHash(text) == was:
			delete(edits, name)
		case !edited && was == "" && text == "":
		default:
			edits[name] = edit{Text: text, Was: was}
		}
	}
	a.Edits = edits
	if form.Has(fieldMessage) {
		a.Message = strings.ReplaceAll(form.Get(fieldMessage), "\r\n", "\n")
	}
	body, err := a.write()
	if err != nil {
		return nil, err
	}
	return body, Kind{}.Check(s, body)
}

// blobHash is git's name of a file's content (git hash-object).
func blobHash(text string) string {
	h := sha1.New()
	fmt.Fprintf(h, "blob %d\x00%s", len(text), text)
	return hex.EncodeToString(h.Sum(nil))
}

// Answered says whether the browser holds anything; commits are told by Touched.
func (Kind) Answered(_ item.Spec, body []byte) bool {
	a := read(body)
	return len(a.Edits) > 0 || a.Held != nil && len(a.Held.Commits) > 0
}

// Redact strikes names from texts, messages and file names alike, and takes out what identifies commits. Times and authors were never in it.
func (Kind) Redact(_ item.Spec, body []byte, names []string) []byte {
	a := read(body)
	strike := func(s string) string { return item.Strike(s, names) }
	edits := map[string]edit{}
	for name, e := range a.Edits {
		edits[strike(name)] = edit{Text: strike(e.Text), Data: e.Data[:min(1, len(e.Data))], Was: e.Was, Gone: e.Gone} // of what is no text nobody reads more than that
	}
	a.Edits, a.Message, a.Branch = edits, strike(a.Message), ""
	if a.Held != nil {
		h := *a.Held
		h.Commit, a.Late, h.Branches, h.Apart = "", nil, nil, nil
		h.Files = slices.Clone(h.Files)
		for i := range h.Files {
			h.Files[i].Path = strike(h.Files[i].Path)
		}
		h.Texts = map[string]string{}
		for name, text := range a.Held.Texts {
			h.Texts[strike(name)] = strike(text)
		}
		h.Commits = nil
		for _, c := range a.Held.Commits {
			c.Subject, c.Body, c.Files = strike(words(c.Subject)), strike(words(c.Body)), slices.Clone(c.Files)
			for i := range c.Files {
				c.Files[i].Path = strike(c.Files[i].Path)
			}
			h.Commits = append(h.Commits, c)
		}
		a.Held = &h
	}
	out, err := json.Marshal(a)
	if err != nil {
		return []byte("{}")
	}
	return out
}

// changed is a file that differs from the starter.
type changed struct {
	Path, Old, New string
	Added          bool // not in the starter
	Gone           bool
	Binary         bool
	Uncommitted    bool // an edit of the browser's that counts
}

// changed are the files of an answer that differ from the starter, by name: those of the repository, and over them the edits that count.
func (s *spec) changed(a answer) []changed {
	now := s.current(a)
	var out []changed
	for name := range maps.Keys(s.starter) {
		if _, ok := now[name]; !ok {
			out = append(out, changed{Path: name, Old: s.starter[name], Gone: true})
		}
	}
	for name, f := range now {
		old, given := s.starter[name]
		if given && old == f.text && !f.binary {
			continue
		}
		out = append(out, changed{Path: name, Old: old, New: f.text, Added: !given, Binary: f.binary, Uncommitted: f.edited})
	}
	slices.SortFunc(out, func(a, b changed) int { return strings.Compare(a.Path, b.Path) })
	return out
}

// present is a file as it stands: committed, or edited over that.
type present struct {
	text   string
	hash   string // of what is committed; "" of a new one
	binary bool
	edited bool
}

// committed is what the repository holds, by path; without one, the starter.
func (s *spec) committed(a answer) map[string]present {
	out := map[string]present{}
	if a.Held == nil {
		for name, text := range s.starter {
			out[name] = present{text: text, hash: blobHash(text)}
		}
		return out
	}
	for _, f := range a.Held.Files {
		text, differs := a.Held.Texts[f.Path]
		if !differs && !f.Binary {
			text = s.starter[f.Path]
		}
		out[f.Path] = present{text: text, hash: f.Hash, binary: f.Binary}
	}
	return out
}

// current is what the repository holds with the edits over it that are in no conflict.
func (s *spec) current(a answer) map[string]present {
	out := s.committed(a)
	for name, e := range a.Edits {
		f, there := out[name]
		switch {
		case !e.fits(f, there):
		case e.Gone:
			delete(out, name)
		default:
			out[name] = e.over(f)
		}
	}
	return out
}

// over is the file with the edit over it.
func (e edit) over(f present) present {
	return present{text: e.Text, hash: f.hash, binary: e.Data != nil, edited: true}
}

// fits says whether an edit was made from what stands there.
func (e edit) fits(f present, there bool) bool {
	return there && e.Was == f.hash || !there && e.Was == ""
}

// conflicts are the edits whose files a newer commit changed, by name.
func (s *spec) conflicts(a answer) []string {
	all := s.committed(a)
	var out []string
	for name, e := range a.Edits {
		if f, there := all[name]; !e.fits(f, there) {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

// mode is the editor's word for a file's highlighting.
func mode(name string) string {
	words := map[string]string{".go": "go", ".py": "python", ".js": "javascript", ".mjs": "javascript", ".ts": "typescript", ".java": "java", ".rs": "rust", ".c": "c", ".h": "c",
		".cpp": "cpp", ".rb": "ruby", ".sh": "shell", ".sql": "sql", ".md": "markdown", ".json": "json", ".yaml": "yaml", ".yml": "yaml", ".html": "html", ".css": "css"}
	return words[path.Ext(name)]
}
