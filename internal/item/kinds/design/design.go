// Package design is the item kind for system design: a document of which the author gives the sections and the candidate writes each in Markdown, with
// diagrams as Mermaid text, pictures and PDF where those say it better.
//
// The text is what counts: a diagram is drawn of it for whoever looks, in a frame of its own, and a broken one says what is
// wrong beside the text and takes nothing away. What is longer than readers are asked to read is said and never cut. Each section is a place
// that a reviewer's evidence points to, and so is each diagram and each picture.
//
// A picture is written anew before it is kept: nothing is in it but what is seen. A PDF says inside who made it, so blind readers read what the candidate
// says of it, and open it when their scorecard is sent. The body names the files of the document; one that is taken out stays for earlier states.
package design

import (
	"fmt"
	"slices"
	"strings"

	"candor/internal/item"
	"candor/internal/markdown"
	"candor/internal/upload"

	"github.com/a-h/templ"
)

// Kind is the kind. Deep renders what candidates write under a section's heading. Frame is the address of the page that draws diagrams; where it is ""
// (lint) the text stands alone.
type Kind struct {
	MD, Deep *markdown.Markdown
	Frame    string
	Uploads  *upload.Uploads // nil (lint, preview) keeps no files
}

// New makes the kind.
func New(md *markdown.Markdown, frame string, files *upload.Uploads) Kind {
	return Kind{MD: md, Deep: markdown.New(5), Frame: frame, Uploads: files}
}

var _ interface {
	item.Kind
	item.Afresh
	item.Anchorer
	item.Filer
	item.Fingerprinter
	item.Keeper
	item.Lacker
	item.Quoter
	item.Schemer
} = Kind{}

// Name is the word.
func (Kind) Name() string { return "design" }

// Head is what all kinds have.
func (Kind) Head(s item.Spec) item.Head {
	q := s.(*spec)
	return q.Common.Head(q.guide())
}

// guide is the item in a line.
func (q *spec) guide() string {
	drawn := 0
	for _, x := range q.Sections {
		if x.Diagram {
			drawn++
		}
	}
	out := "A design in one section"
	if n := len(q.Sections); n != 1 {
		out = fmt.Sprintf("A design in %d sections", n)
	}
	if drawn > 0 {
		out += ", with diagrams as text or in words"
	}
	return out
}

// Answered says whether something is written in any section, or a picture or PDF is there.
func (Kind) Answered(s item.Spec, raw []byte) bool {
	a, err := parse(s.(*spec), raw)
	if err != nil {
		return false
	}
	return a.written()
}

func (a answer) written() bool {
	for _, text := range a.text {
		if strings.TrimSpace(text) != "" {
			return true
		}
	}
	return len(a.files) > 0
}

// Lacks names the sections in which nothing is written, that have no diagram where one is expected, or that are longer than was asked for.
func (Kind) Lacks(s item.Spec, raw []byte, text func(key string, pairs ...any) string) (out []string) {
	q := s.(*spec)
	a, err := parse(q, raw)
	if err != nil {
		return nil
	}
	for _, x := range q.Sections {
		n := count(a.text[x.Key])
		empty := strings.TrimSpace(a.text[x.Key]) == ""
		switch {
		case empty && len(a.files[x.Key]) == 0:
			out = append(out, text("design.lacks_text", "section", x.Title))
		case x.Words > 0 && n > x.Words:
			out = append(out, text("design.lacks_room", "section", x.Title, "words", n, "most", x.Words))
		}
		if !empty && x.Diagram && len(diagrams(a.text[x.Key])) == 0 && len(a.files[x.Key]) == 0 {
			out = append(out, text("design.lacks_diagram", "section", x.Title))
		}
		if slices.ContainsFunc(a.files[x.Key], func(f file) bool { return strings.TrimSpace(f.alt) == "" }) {
			out = append(out, text("design.lacks_alt", "section", x.Title))
		}
	}
	return out
}

// Redact strikes the names from every section. In a diagram a word stands in their place: brackets would break it.
func (Kind) Redact(_ item.Spec, raw []byte, names []string) []byte {
	d, err := decode(raw)
	if err != nil {
		return []byte("{}")
	}
	for i, f := range d.fields {
		d.fields[i].text = markdown.Rewrite(f.text, language, func(s string) string { return item.StrikeBy("name", s, names) },
			func(s string) string { return item.Strike(s, names) })
	}
	return d.encode()
}

// Documents is a text for each section, for similarity.
func (Kind) Documents(s item.Spec, raw []byte) map[string]string {
	q := s.(*spec)
	a, _ := parse(q, raw)
	out := map[string]string{}
	for _, x := range q.Sections {
		out[x.Key+".md"] = a.text[x.Key]
	}
	return out
}

// Sources are the texts of the folder leaked.
func (Kind) Sources(s item.Spec) []item.Source { return s.(*spec).leaked }

// Ask is a text area for each section.
func (k Kind) Ask(s item.Spec, v item.AskView) templ.Component {
	q := s.(*spec)
	a, _ := parse(q, v.Body)
	return ask(page{Kind: k, spec: q, AskView: v, a: a})
}

// Read is the document, rendered.
func (k Kind) Read(s item.Spec, v item.ReadView) templ.Component {
	q := s.(*spec)
	a, _ := parse(q, v.Body)
	return read(reading{Kind: k, spec: q, ReadView: v, a: a})
}

// Author is the statement with its sections.
func (k Kind) Author(s item.Spec) templ.Component { return author(k, s.(*spec)) }
