// Package design is the item kind for system design: a document of which the author gives the sections and the candidate writes each in Markdown, with
// diagrams as Mermaid text where a picture says it better.
//
// The text is what counts, and all that is kept: a diagram is drawn of it for whoever looks, in a frame of its own, and a broken one says what is
// wrong beside the text and takes nothing away. What is longer than readers are asked to read is said and never cut. Each section is a place
// that a reviewer's evidence points to, and so is each diagram.
package design

import (
	"fmt"
	"strings"

	"candor/internal/item"
	"candor/internal/markdown"

	"github.com/a-h/templ"
)

// Kind is the kind. Deep renders what candidates write under a section's heading. Frame is the address of the page that draws diagrams; where it is ""
// (lint) the text stands alone.
type Kind struct {
	MD, Deep *markdown.Markdown
	Frame    string
}

// New makes the kind.
func New(md *markdown.Markdown, frame string) Kind {
	return Kind{MD: md, Deep: markdown.New(5), Frame: frame}
}

var _ interface {
	item.Kind
	item.Afresh
	item.Anchorer
	item.Fingerprinter
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

// Answered says whether something is written in any section.
func (Kind) Answered(s item.Spec, raw []byte) bool {
	a, err := parse(s.(*spec), raw)
	if err != nil {
		return false
	}
	for _, text := range a {
		if strings.TrimSpace(text) != "" {
			return true
		}
	}
	return false
}

// Lacks names the sections in which nothing is written, that have no diagram where one is expected, or that are longer than was asked for.
func (Kind) Lacks(s item.Spec, raw []byte, text func(key string, pairs ...any) string) (out []string) {
	q := s.(*spec)
	a, err := parse(q, raw)
	if err != nil {
		return nil
	}
	for _, x := range q.Sections {
		n := count(a[x.Key])
		empty := strings.TrimSpace(a[x.Key]) == ""
		switch {
		case empty:
			out = append(out, text("design.lacks_text", "section", x.Title))
		case x.Words > 0 && n > x.Words:
			out = append(out, text("design.lacks_room", "section", x.Title, "words", n, "most", x.Words))
		}
		if !empty && x.Diagram && len(diagrams(a[x.Key])) == 0 {
			out = append(out, text("design.lacks_diagram", "section", x.Title))
		}
	}
	return out
}

// Redact strikes the names from every section. In a diagram a word stands in their place: brackets would break it.
func (Kind) Redact(_ item.Spec, raw []byte, names []string) []byte {
	fields, err := decode(raw)
	if err != nil {
		return []byte("{}")
	}
	var b strings.Builder
	for i, f := range fields {
		fields[i].text = markdown.Rewrite(f.text, language, func(s string) string { return item.StrikeBy("name", s, names) },
			func(s string) string { return item.Strike(s, names) })
	}
	encode(&b, fields)
	return []byte(b.String())
}

// Documents is a text for each section, for similarity.
func (Kind) Documents(s item.Spec, raw []byte) map[string]string {
	q := s.(*spec)
	a, _ := parse(q, raw)
	out := map[string]string{}
	for _, x := range q.Sections {
		out[x.Key+".md"] = a[x.Key]
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
