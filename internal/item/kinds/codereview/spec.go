package codereview

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"candor/internal/item"
	"candor/internal/web/ui/codeblock"
)

// spec is an item's folder: item.yaml, base/, change.patch or change/, defects.yaml.
type spec struct {
	item.Common `yaml:",inline"`
	Author      string            `yaml:"author" schema:"required,min=1,max=60" doc:"Who asks for the review: an invented name."`
	Request     string            `yaml:"request" schema:"max=20" doc:"What the pull request is called beside its title, such as #482."`
	Removed     []string          `yaml:"removed" doc:"Files of base that the change removes, where the change is the folder change/."`
	Languages   map[string]string `yaml:"languages" doc:"Languages of files whose name does not tell: pattern of names -> a name that does, such as *.tmpl: x.html."`
	Generated   []string          `yaml:"generated" doc:"Patterns of generated files; they start closed."`
	Vendored    []string          `yaml:"vendored" doc:"Patterns of files that came from others; they start closed."`

	base, head tree
	files      []*file // what the change touches, by path
	defects    []defect
	decoys     []decoy
}

// Schema is item.yaml's.
func (Kind) Schema() *item.Schema { return item.SchemaOf(spec{}) }

// lines are how many the change adds and removes.
func (q *spec) lines() (plus, minus int) {
	for _, f := range q.files {
		c := f.change()
		plus, minus = plus+c.Plus, minus+c.Minus
	}
	return plus, minus
}

// file finds a changed file by its path (or by the path it had).
func (q *spec) file(name string) (*file, bool) {
	i := slices.IndexFunc(q.files, func(f *file) bool { return f.path == name })
	if i < 0 {
		return nil, false
	}
	return q.files[i], true
}

// reader collects what is wrong while a folder is read.
type reader struct {
	dir fs.FS
	doc *item.Doc
	out []item.Finding
}

func (r *reader) bad(place, format string, args ...any) {
	r.out = append(r.out, r.doc.At(place, format, args...))
}

func (r *reader) at(p string, line int, format string, args ...any) {
	f := item.Finding{Path: p, Line: line, Severity: item.Error, Text: fmt.Sprintf(format, args...)}
	if line > 0 {
		f.Col = 1
	}
	r.out = append(r.out, f)
}

func (r *reader) warn(p, format string, args ...any) {
	r.out = append(r.out, item.Finding{Path: p, Severity: item.Warning, Text: fmt.Sprintf(format, args...)})
}

func read(dir fs.FS, cache *codeblock.Cache) (*spec, []item.Finding) {
	s := &spec{}
	d, out := item.ReadYAML(dir, "item.yaml", s)
	if item.Failed(out) {
		return s, out
	}
	r := &reader{dir, d, append(out, s.Check(dir, d)...)}
	if strings.TrimSpace(s.Author) == "" || len([]rune(s.Author)) > 60 {
		r.bad("$.author", "Say who asks for the review: an invented name of up to 60 characters.")
	}
	for _, list := range []struct {
		place    string
		patterns []string
	}{{"$.generated", s.Generated}, {"$.vendored", s.Vendored}} {
		for i, p := range list.patterns {
			if _, err := path.Match(p, ""); err != nil {
				r.bad(fmt.Sprintf("%s[%d]", list.place, i), "This is no pattern of file names: %q.", p)
			}
		}
	}
	s.base = r.tree("base")
	moved := map[string]string{}
	_, patchErr := fs.Stat(dir, "change.patch")
	_, folderErr := fs.Stat(dir, "change")
	switch {
	case patchErr == nil && folderErr == nil:
		r.at("change.patch", 0, "There is a folder change too. Keep one of them.")
		return s, r.out
	case patchErr == nil:
		if len(s.Removed) > 0 {
			r.bad("$.removed", "removed goes with the folder change; a patch says itself what it removes.")
		}
		s.head, moved = r.patch(s.base)
	case folderErr == nil:
		s.head = r.folder(s.base, s.Removed)
	default:
		r.at("change.patch", 0, "There is no change: write change.patch, or the new files into a folder change.")
		return s, r.out
	}
	if item.Failed(r.out) {
		return s, r.out
	}
	s.files = touched(s, moved, cache)
	if len(s.files) == 0 {
		r.at("change.patch", 0, "This changes nothing.")
	}
	r.defects(s)
	return s, r.out
}
