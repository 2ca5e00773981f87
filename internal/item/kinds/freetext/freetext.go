// Package freetext is the item kind for written answers: Markdown with a guide for how many words are expected.
package freetext

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"net/url"
	"strings"
	"unicode/utf8"

	"candor/internal/item"
	"candor/internal/markdown"

	"github.com/a-h/templ"
	json2 "github.com/go-json-experiment/json"
)

// Kind is the kind.
type Kind struct{ MD *markdown.Markdown }

type spec struct {
	item.Common `yaml:",inline"`
	Words       words    `yaml:"words" doc:"A guide for how long an answer is expected to be."`
	Hints       []string `yaml:"hints" doc:"What the answer should cover; candidates see them above the text."`

	leaked []item.Source
}

type words struct {
	From int `yaml:"from" schema:"min=0"`
	To   int `yaml:"to" schema:"min=0"`
	Max  int `yaml:"max" schema:"min=0"`
}

type body struct {
	Text []string `json:"text,omitempty"`
}

// answerName is what a text is called where files are expected.
const answerName = "answer.md"

// maxBytes is the longest text that is kept; above it the page says so and keeps the text on the device.
const maxBytes = 1 << 20

// Name is the word.
func (Kind) Name() string { return "freetext" }

// Spec reads item.yaml.
func (Kind) Spec(dir fs.FS) (item.Spec, []item.Finding) {
	s := &spec{}
	d, out := item.ReadYAML(dir, "item.yaml", s)
	if item.Failed(out) {
		return s, out
	}
	out = append(out, s.Check(dir, d)...)
	w := s.Words
	if w.From < 0 || w.To < 0 || w.Max < 0 {
		out = append(out, d.At("$.words", "Numbers of words are not negative."))
	}
	if w.To > 0 && w.From > w.To || w.Max > 0 && w.To > w.Max {
		out = append(out, d.At("$.words", "from, to and max must rise: %d, %d, %d.", w.From, w.To, w.Max))
	}
	leaked, wrong := item.LeakedTexts(dir, answerName)
	s.leaked = leaked
	return s, append(out, wrong...)
}

// Schema is item.yaml's.
func (Kind) Schema() *item.Schema { return item.SchemaOf(spec{}) }

// Head is what all kinds have.
func (Kind) Head(s item.Spec) item.Head {
	q := s.(*spec)
	return q.Common.Head(q.guide())
}

func (q *spec) guide() string {
	switch {
	case q.Words.From > 0 && q.Words.To > 0:
		return fmt.Sprintf("%d to %d words are plenty", q.Words.From, q.Words.To)
	case q.Words.To > 0:
		return fmt.Sprintf("About %d words are plenty", q.Words.To)
	}
	return "A written answer"
}

// Blank is nothing.
func (Kind) Blank(item.Spec) []byte { return []byte("{}") }

func parse(raw []byte) (string, error) {
	var b body
	if len(raw) > 2*maxBytes {
		return "", ErrLong
	}
	if json2.Unmarshal(raw, &b, json2.RejectUnknownMembers(true)) != nil {
		if b = (body{}); json.Unmarshal(raw, &b) != nil { // it takes more: its letters are not told by their size
			return "", item.ErrBody
		}
	}
	if len(b.Text) > 1 {
		return "", item.ErrBody
	}
	text := strings.Join(b.Text, "")
	if len(text) > maxBytes {
		return "", ErrLong
	}
	return text, nil
}

// Check refuses what no page of ours could have sent, and more than a megabyte.
func (Kind) Check(_ item.Spec, raw []byte) error {
	_, err := parse(raw)
	return err
}

// Form makes a body of a posted form.
func (Kind) Form(_ item.Spec, _ []byte, form url.Values) ([]byte, error) {
	text := strings.ReplaceAll(form.Get("text"), "\r\n", "\n")
	if !utf8.ValidString(text) {
		return nil, item.ErrBody
	}
	raw, err := json2.Marshal(body{Text: []string{text}}) // as JSON.stringify writes it: what a browser sent is stored as it is, and its changes fit it
	if err == nil && (len(text) > maxBytes || len(raw) > 2*maxBytes) {
		err = ErrLong
	}
	return raw, err
}

// Afresh: a form is the whole text.
func (Kind) Afresh() {}

// Answered says whether something is written.
func (Kind) Answered(_ item.Spec, raw []byte) bool {
	text, err := parse(raw)
	return err == nil && strings.TrimSpace(text) != ""
}

// Redact strikes the names.
func (Kind) Redact(_ item.Spec, raw []byte, names []string) []byte {
	text, err := parse(raw)
	if err != nil {
		return []byte("{}")
	}
	out, _ := json.Marshal(body{Text: []string{item.Strike(text, names)}})
	return out
}

// Documents is the text, for similarity.
func (Kind) Documents(_ item.Spec, raw []byte) map[string]string {
	text, _ := parse(raw)
	return map[string]string{answerName: text}
}

// Quote is lines of the text: "answer.md:3-5".
func (k Kind) Quote(_ item.Ref, s item.Spec, body []byte, place string) (item.Quote, bool) {
	return item.QuoteLines(k.Documents(s, body), place, nil)
}

// Sources are the texts of the folder leaked.
func (Kind) Sources(s item.Spec) []item.Source { return s.(*spec).leaked }

// Ask is a text area.
func (k Kind) Ask(s item.Spec, v item.AskView) templ.Component {
	text, _ := parse(v.Body)
	return ask(k, s.(*spec), text, v)
}

// Read is the text, rendered.
func (k Kind) Read(s item.Spec, v item.ReadView) templ.Component {
	text, _ := parse(v.Body)
	return read(k, text)
}

// Author is the statement with its hints.
func (k Kind) Author(s item.Spec) templ.Component { return author(k, s.(*spec)) }

// count is the number of words: runs of letters and digits between white space.
func count(text string) int { return len(strings.Fields(text)) }

// Turn is a text.
func (Kind) Turn() item.Turn { return item.Turn{Way: "In writing, with code where it helps"} }
