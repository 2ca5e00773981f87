// Package code is the item kind for small programs: a set of files in an editor, tested by standard input, by unit tests or by calls of one
// function, in one of the languages that the author offers. Candidates run the visible tests and what they type themselves as often as they
// want; the hidden ones run on what was sent. What ran or not, the last saved state is the answer.
package code

import (
	"context"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"time"

	"candor/internal/item"
	"candor/internal/judge"
	"candor/internal/judge/languages"
	"candor/internal/markdown"
	"candor/internal/run"
	"candor/internal/sandbox"

	"github.com/a-h/templ"
	"github.com/goccy/go-yaml"
)

// Judge is what the kind needs of the judge.
type Judge interface {
	Judge(ctx context.Context, t judge.Task, progress func(judge.Result)) (judge.Outcome, error)
	// Probe tells which languages work here; it takes time the first time.
	Probe(ctx context.Context) []judge.Found
}

// Kind is the kind.
type Kind struct {
	MD    *markdown.Markdown
	Judge Judge
	Runs  *run.Runs // nil in commands that need no server
	// Ready are the languages that work here with their versions, as far as they are known; nil offers all that the author offers.
	Ready func() map[string]string
}

// What an answer may hold.
const (
	MaxFiles = 40
	MaxFile  = 1 << 20 // bytes
	maxInput = 256 << 10
)

type spec struct {
	item.Common `yaml:",inline"`
	Style       judge.Style   `yaml:"style"`
	Offered     yaml.MapSlice `yaml:"languages"`
	Limits      limits        `yaml:"limits"`
	Compare     compare       `yaml:"compare"`
	Function    *signature    `yaml:"function"`
	AddFiles    *bool         `yaml:"add_files"`
	Untested    bool          `yaml:"untested" doc:"Nothing is tested: the program runs on what the candidate types, and people read it. Of the style stdin alone."`
	Files       bool          `yaml:"-"` // candidates may add files

	languages []language
	tests     []judge.Test
	cases     []judge.Case
	samples   []submission
	leaked    []submission // solutions that went round; compared with, never run
	bounds    judge.Limits
	signature languages.Signature
}

type limits struct {
	CPU    string `yaml:"cpu"`
	Wall   string `yaml:"wall"`
	Memory string `yaml:"memory"`
	Output string `yaml:"output"`
}

// compare are the flags of the default validator.
type compare struct {
	CaseSensitive  bool    `yaml:"case_sensitive"`
	SpaceSensitive bool    `yaml:"space_sensitive"`
	Absolute       float64 `yaml:"float_absolute"`
	Relative       float64 `yaml:"float_relative"`
}

type signature struct {
	Name    string  `yaml:"name"`
	Params  []param `yaml:"params"`
	Returns string  `yaml:"returns"`
}

type param struct {
	Name string `yaml:"name"`
	Type string `yaml:"type"`
}

// offer is a language's entry in item.yaml.
type offer struct {
	Starter   []string `yaml:"starter"`   // which come first in the editor
	Protected []string `yaml:"protected"` // shown, not to be changed
	Entry     string   `yaml:"entry"`
	Framework string   `yaml:"framework"`
}

// language is one that is offered, with what the author gives in it.
type language struct {
	languages.Language
	offer
	starter []file // in the editor's order
	unit    []judge.UnitTest
}

type file struct{ name, text string }

// fixed are files that configure how things run: they are the author's wherever a starter has them.
var fixed = []string{"go.mod", "go.sum", "package.json", "tsconfig.json", "Cargo.toml", "Cargo.lock", "pom.xml", "pytest.ini", "conftest.py", "pyproject.toml", "setup.cfg"}

func (l *language) protects(name string) bool {
	return slices.Contains(l.Protected, name) || slices.Contains(fixed, path.Base(name))
}

func (s *spec) language(id string) (*language, bool) {
	for i := range s.languages {
		if s.languages[i].ID == id {
			return &s.languages[i], true
		}
	}
	return nil, false
}

// Name is the word.
func (Kind) Name() string { return "code" }

// Head is what all kinds have.
func (Kind) Head(s item.Spec) item.Head {
	q := s.(*spec)
	var names []string
	for _, l := range q.languages {
		names = append(names, l.Name)
	}
	does := "run the tests as often as you like"
	if q.Untested {
		does = "run it as often as you like"
	}
	h := q.Common.Head(anyOf(names) + "; " + does)
	if h.Device == "" {
		h.Device = "computer"
	}
	return h
}

func anyOf(names []string) string {
	switch n := len(names); n {
	case 0:
		return ""
	case 1:
		return names[0]
	default:
		return strings.Join(names[:n-1], ", ") + " or " + names[n-1]
	}
}

// Author is the whole item with its tests and sample submissions.
func (k Kind) Author(s item.Spec) templ.Component { return author(k, s.(*spec)) }

// Documents are the files to compare for similarity: what the candidate wrote or changed, in the chosen language.
func (Kind) Documents(s item.Spec, body []byte) map[string]string {
	q := s.(*spec)
	a := q.read(body)
	return maps.Clone(a.Files[a.Language])
}

// Sources are the starters, the solutions of submissions/accepted and those of leaked.
func (Kind) Sources(s item.Spec) []item.Source {
	q := s.(*spec)
	var out []item.Source
	for _, l := range q.languages {
		out = append(out, item.Source{Name: "starter/" + l.ID, Role: item.Starter, Files: byName(l.starter)})
	}
	for _, x := range q.samples {
		if slices.Contains(x.want, judge.AC) {
			out = append(out, item.Source{Name: strings.TrimPrefix(x.path, "submissions/"), Role: item.Solution, Files: byName(x.files)})
		}
	}
	for _, x := range q.leaked {
		out = append(out, item.Source{Name: x.path, Role: item.Leaked, Files: byName(x.files)})
	}
	return out
}

func byName(list []file) map[string]string {
	out := map[string]string{}
	for _, f := range list {
		out[f.name] = f.text
	}
	return out
}

// Label names a line or a file: "limiter.go:12".
func (Kind) Label(s item.Spec, body []byte, anchor string) (string, bool) {
	if text, ok := item.TestLabel(anchor); ok {
		return text, true
	}
	q := s.(*spec)
	a := q.read(body)
	l, ok := q.language(a.Language)
	if !ok {
		return "", false
	}
	name, line, lined := strings.Cut(anchor, ":")
	for _, f := range q.files(l, a) {
		if f.name != name {
			continue
		}
		if !lined {
			return name, true
		}
		n, err := atoi(line)
		if err != nil || n < 1 || n > strings.Count(f.text, "\n")+1 {
			return "", false
		}
		return name + " line " + line, true
	}
	return "", false
}

func sandboxFiles(list []file) []sandbox.File {
	var out []sandbox.File
	for _, f := range list {
		out = append(out, sandbox.File{Name: f.name, Data: []byte(f.text)})
	}
	return out
}

// Defaults of the limits, where the author says nothing.
const (
	defaultCPU    = 2 * time.Second
	defaultUnit   = 10 * time.Second
	defaultMemory = 256 << 20
)

var _ interface {
	item.Kind
	item.Unmarked
	item.Turner
	item.Doer
	item.Tasker
	item.Prover
	item.Anchorer
	item.Quoter
	item.Fingerprinter
} = Kind{}

// Ask is the editor with its run bar.
func (k Kind) Ask(s item.Spec, v item.AskView) templ.Component {
	q := s.(*spec)
	return ask(askView{v, k, q, q.read(v.Body)})
}

// Read is the changed files with the tests' results.
func (k Kind) Read(s item.Spec, v item.ReadView) templ.Component {
	q := s.(*spec)
	return read_(readView{v, q, q.read(v.Body)})
}

// Turn is a program in any language, run on what is typed; people read it.
func (Kind) Turn() item.Turn {
	var all yaml.MapSlice
	for _, l := range languages.All() {
		all = append(all, yaml.MapItem{Key: l.ID, Value: map[string]any{}})
	}
	return item.Turn{Way: "With code that they can run", Fields: map[string]any{"style": judge.Stdin, "untested": true, "languages": all}}
}

// Unmarked: what is not tested is read by people alone.
func (Kind) Unmarked(s item.Spec) bool { return s.(*spec).Untested }

// Spec reads the item's folder.
func (Kind) Spec(dir fs.FS) (item.Spec, []item.Finding) { return read(dir) }
