package design

import (
	"fmt"
	"io/fs"
	"strings"
	"unicode/utf8"

	"candor/internal/item"
)

// spec is item.yaml.
type spec struct {
	item.Common `yaml:",inline"`
	Sections    []section `yaml:"sections" schema:"required,min=1,max=20" doc:"What the document consists of, in this order."`

	leaked []item.Source
}

// section is a part of the document.
type section struct {
	Key     string `yaml:"key" schema:"required,key" doc:"What it is called where evidence points to it. It stays when the title changes."`
	Title   string `yaml:"title" schema:"required,min=1,max=120"`
	Help    string `yaml:"help" schema:"max=2000" doc:"What belongs here, in Markdown; candidates read it above the text."`
	Words   int    `yaml:"words" schema:"min=0,max=20000" doc:"How many words readers are asked to read. More is kept and read; the page says so."`
	Diagram bool   `yaml:"diagram" doc:"A diagram is expected here, as Mermaid text. Whoever describes it in words is scored alike."`
}

const maxSections = 20

// Spec reads item.yaml.
func (Kind) Spec(dir fs.FS) (item.Spec, []item.Finding) {
	s := &spec{}
	d, out := item.ReadYAML(dir, "item.yaml", s)
	if item.Failed(out) {
		return s, out
	}
	out = append(out, s.Check(dir, d)...)
	if n := len(s.Sections); n == 0 || n > maxSections {
		out = append(out, d.At("$.sections", "Give the document 1 to %d sections.", maxSections))
	}
	seen := map[string]bool{}
	for i, x := range s.Sections {
		out = append(out, x.check(dir, d, fmt.Sprintf("$.sections[%d]", i), seen)...)
	}
	leaked, wrong := item.LeakedTexts(dir, leakedName)
	s.leaked = leaked
	return s, append(out, wrong...)
}

// leakedName is what a text that went round is called where files are expected.
const leakedName = "design.md"

func (x section) check(dir fs.FS, d *item.Doc, at string, seen map[string]bool) (out []item.Finding) {
	switch {
	case !item.IsKey(x.Key):
		out = append(out, d.At(at+".key", "A key has small letters, digits and hyphens, at most %d: such as data-model.", item.MaxKey))
	case seen[x.Key]:
		out = append(out, d.At(at+".key", "There is another section %q. Give each a key of its own.", x.Key))
	}
	seen[x.Key] = true
	if n := utf8.RuneCountInString(strings.TrimSpace(x.Title)); n == 0 || n > 120 {
		out = append(out, d.At(at+".title", "Give this section a title of up to 120 characters."))
	}
	if utf8.RuneCountInString(x.Help) > 2000 {
		out = append(out, d.At(at+".help", "This is longer than 2,000 characters. What is about the whole task belongs into the statement."))
	}
	if x.Words < 0 || x.Words > 20_000 {
		out = append(out, d.At(at+".words", "Say how many words readers are asked to read, up to 20,000; or leave it out."))
	}
	return append(out, item.Links(dir, d.Path, x.Help, d.Under(at+".help"))...)
}

// Schema is item.yaml's.
func (Kind) Schema() *item.Schema { return item.SchemaOf(spec{}) }
