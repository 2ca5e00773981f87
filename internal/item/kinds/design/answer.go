package design

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"candor/internal/item"
	"candor/internal/markdown"
	"candor/internal/problem"

	json2 "github.com/go-json-experiment/json"
)

// ErrLong is a document of more than a megabyte.
var ErrLong = problem.New(problem.TooLarge, "design_long",
	"This document is longer than we can keep (1 MB). It stays on this device: shorten it, and it is saved by itself.")

// maxBytes is the longest document that is kept; above it the page says so and keeps the text on the device.
const maxBytes = 1 << 20

// prefix begins the form's field of a section, and its member of a body: {"text-context":["..."]}, as a browser makes it of the form.
const prefix = "text-"

// answer is the text of each section by its key.
type answer map[string]string

// Blank is nothing.
func (Kind) Blank(item.Spec) []byte { return []byte("{}") }

type field struct{ name, text string }

// decode reads a body as far as its shape goes, by the names' order.
func decode(raw []byte) ([]field, error) {
	var all map[string][]string
	if len(raw) > 2*maxBytes {
		return nil, ErrLong
	}
	if json2.Unmarshal(raw, &all) != nil || all == nil {
		return nil, item.ErrBody
	}
	var out []field
	sum := 0
	for name, values := range all {
		if !strings.HasPrefix(name, prefix) || len(values) > 1 {
			return nil, item.ErrBody
		}
		text := strings.Join(values, "")
		sum += len(text)
		out = append(out, field{name, text})
	}
	if sum > maxBytes {
		return nil, ErrLong
	}
	slices.SortFunc(out, func(a, b field) int { return strings.Compare(a.name, b.name) })
	return out, nil
}

func parse(q *spec, raw []byte) (answer, error) {
	fields, err := decode(raw)
	if err != nil {
		return nil, err
	}
	out := answer{}
	for _, f := range fields {
		key := strings.TrimPrefix(f.name, prefix)
		if !slices.ContainsFunc(q.Sections, func(x section) bool { return x.Key == key }) {
			return nil, item.ErrBody
		}
		out[key] = f.text
	}
	return out, nil
}

// encode writes as JSON.stringify does: what a browser sent is stored as it is, and its changes fit it.
func encode(b *strings.Builder, fields []field) {
	b.WriteByte('{')
	for i, f := range fields {
		if i > 0 {
			b.WriteByte(',')
		}
		name, _ := json2.Marshal(f.name) // strings only
		text, _ := json2.Marshal([]string{f.text})
		b.Write(name)
		b.WriteByte(':')
		b.Write(text)
	}
	b.WriteByte('}')
}

// Check refuses what no page of ours could have sent, and more than a megabyte.
func (Kind) Check(s item.Spec, raw []byte) error {
	_, err := parse(s.(*spec), raw)
	return err
}

// Form makes a body of a posted form: the sections in their order.
func (Kind) Form(s item.Spec, _ []byte, form url.Values) ([]byte, error) {
	var fields []field
	sum := 0
	for _, x := range s.(*spec).Sections {
		text := strings.ReplaceAll(form.Get(prefix+x.Key), "\r\n", "\n")
		if !utf8.ValidString(text) {
			return nil, item.ErrBody
		}
		sum += len(text)
		fields = append(fields, field{prefix + x.Key, text})
	}
	var b strings.Builder
	encode(&b, fields)
	if sum > maxBytes || b.Len() > 2*maxBytes {
		return []byte(b.String()), ErrLong
	}
	return []byte(b.String()), nil
}

// Afresh: a form is the whole document.
func (Kind) Afresh() {}

// language is what a block of a diagram begins with.
const language = "mermaid"

// count is the number of words, without those of diagrams: they are there to be looked at.
func count(text string) int {
	n := len(strings.Fields(text))
	for _, d := range diagrams(text) {
		n -= len(strings.Fields(d)) + 2 // and the block's two ends
	}
	return max(0, n)
}

// diagrams are the texts of a section's Mermaid blocks, in their order.
func diagrams(text string) []string { return markdown.Blocks(text, language) }

// Label names a section ("s-data-model") or a diagram in it ("s-data-model.2").
func (Kind) Label(s item.Spec, raw []byte, anchor string) (string, bool) {
	q := s.(*spec)
	key, drawn, is := strings.Cut(strings.TrimPrefix(anchor, sectionPlace), ".")
	i := slices.IndexFunc(q.Sections, func(x section) bool { return x.Key == key })
	if !strings.HasPrefix(anchor, sectionPlace) || i < 0 {
		return "", false
	}
	if !is {
		return q.Sections[i].Title, true
	}
	a, _ := parse(q, raw)
	n, err := strconv.Atoi(drawn)
	if err != nil || strconv.Itoa(n) != drawn || n < 1 || n > len(diagrams(a[key])) {
		return "", false
	}
	return q.Sections[i].Title + ", diagram " + drawn, true
}

// Quote is a section, a diagram of one as its text, or lines of a section: "context.md:3-5".
func (k Kind) Quote(_ item.Ref, s item.Spec, raw []byte, place string) (item.Quote, bool) {
	q := s.(*spec)
	label, ok := k.Label(s, raw, place)
	if !ok {
		return item.QuoteLines(k.Documents(s, raw), place, nil)
	}
	a, _ := parse(q, raw)
	key, drawn, is := strings.Cut(strings.TrimPrefix(place, sectionPlace), ".")
	text := a[key]
	if n, err := strconv.Atoi(drawn); is && err == nil {
		text = diagrams(text)[n-1] // which Label found
	}
	return item.Quote{Place: place, At: place, Label: label, Text: text}, strings.TrimSpace(text) != ""
}

// sectionPlace begins the anchor of a section.
const sectionPlace = "s-"
