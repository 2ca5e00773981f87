package design

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"candor/internal/item"
	"candor/internal/markdown"
	"candor/internal/media"
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

// answer is the text of each section by its key, and its files in the order in which they were added.
type answer struct {
	text  map[string]string
	files map[string][]file
	out   map[string][]file // that are here and not in the document: by the section they were added to
}

// Blank is nothing.
func (Kind) Blank(item.Spec) []byte { return []byte("{}") }

type field struct{ name, text string }

// body is an answer as far as its shape goes.
type body struct {
	fields []field         // by their names' order
	held   map[string]held // of a fetched one
}

// decode reads a body.
func decode(raw []byte) (body, error) {
	var all map[string][]string
	if len(raw) > 2*maxBytes {
		return body{}, ErrLong
	}
	if json2.Unmarshal(raw, &all) != nil || all == nil {
		return body{}, item.ErrBody
	}
	var out body
	sum := 0
	for name, values := range all {
		if name == heldName {
			if out.held = readHeld(values); out.held == nil {
				return body{}, item.ErrBody
			}
			continue
		}
		_, _, _, file := splitFile(name)
		if !file && !strings.HasPrefix(name, prefix) || len(values) > 1 {
			return body{}, item.ErrBody
		}
		text := strings.Join(values, "")
		sum += len(text)
		out.fields = append(out.fields, field{name, text})
	}
	if sum > maxBytes {
		return body{}, ErrLong
	}
	slices.SortFunc(out.fields, func(a, b field) int { return strings.Compare(a.name, b.name) })
	return out, nil
}

// put sets a field.
func (d *body) put(name, text string) {
	d.fields = append(slices.DeleteFunc(d.fields, func(f field) bool { return f.name == name }), field{name, text})
}

// parse reads a body of a document. Of a fetched one only those files count that are here.
func parse(q *spec, raw []byte) (answer, error) {
	d, err := decode(raw)
	if err != nil {
		return answer{}, err
	}
	out := answer{map[string]string{}, map[string][]file{}, map[string][]file{}}
	seen := map[string]bool{}
	for _, f := range d.fields {
		key, id, gone, is := splitFile(f.name)
		if !is {
			key = strings.TrimPrefix(f.name, prefix)
		}
		if !slices.ContainsFunc(q.Sections, func(x section) bool { return x.Key == key }) || is && seen[id] || len(seen) > MostFiles {
			return answer{}, item.ErrBody
		}
		if !is {
			out.text[key] = f.text
			continue
		}
		seen[id] = true
		what, here := d.held[id]
		switch {
		case !here && d.held != nil:
		case gone:
			out.out[key] = append(out.out[key], file{id, f.text, what})
		default:
			out.files[key] = append(out.files[key], file{id, f.text, what})
		}
	}
	for id, is := range d.held {
		if !seen[id] {
			out.out[is.Section] = append(out.out[is.Section], file{id, "", is})
		}
	}
	for _, all := range []map[string][]file{out.files, out.out} {
		for _, list := range all {
			slices.SortFunc(list, func(a, b file) int { return strings.Compare(a.id, b.id) })
		}
	}
	return out, nil
}

// encode writes as JSON.stringify does: what a browser sent is stored as it is, and its changes fit it.
func (d body) encode() []byte {
	var b strings.Builder
	b.WriteByte('{')
	for i, f := range d.fields {
		if i > 0 {
			b.WriteByte(',')
		}
		name, _ := json2.Marshal(f.name) // strings only
		text, _ := json2.Marshal([]string{f.text})
		b.Write(name)
		b.WriteByte(':')
		b.Write(text)
	}
	if d.held != nil {
		files, _ := json2.Marshal(d.held, json2.Deterministic(true)) // of strings and numbers
		text, _ := json2.Marshal([]string{string(files)})
		if len(d.fields) > 0 {
			b.WriteByte(',')
		}
		b.WriteString(`"` + heldName + `":`)
		b.Write(text)
	}
	b.WriteByte('}')
	return []byte(b.String())
}

// Check refuses what no page of ours could have sent, and more than a megabyte.
func (Kind) Check(s item.Spec, raw []byte) error {
	d, err := decode(raw)
	if err == nil && d.held != nil {
		err = item.ErrBody
	}
	if err == nil {
		_, err = parse(s.(*spec), raw)
	}
	return err
}

// Form makes a body of a posted form: the sections in their order, each with its files. A button takes a file out or puts it back.
func (Kind) Form(s item.Spec, _ []byte, form url.Values) ([]byte, error) {
	var d body
	sum := 0
	for _, x := range s.(*spec).Sections {
		fields := append([]field{{prefix + x.Key, form.Get(prefix + x.Key)}}, filesOf(x, form)...)
		for _, f := range fields {
			f.text = strings.ReplaceAll(f.text, "\r\n", "\n")
			if !utf8.ValidString(f.text) {
				return nil, item.ErrBody
			}
			sum += len(f.text)
			d.fields = append(d.fields, f)
		}
	}
	raw := d.encode()
	if sum > maxBytes || len(raw) > 2*maxBytes {
		return raw, ErrLong
	}
	return raw, nil
}

// filesOf are the fields of a section's files after the buttons of a form: those that belong to it, then those that were taken out.
func filesOf(x section, form url.Values) (out []field) {
	text, in := map[string]string{}, map[string]bool{}
	for _, name := range slices.Sorted(maps.Keys(form)) { // what belongs to it comes first
		key, id, gone, ok := splitFile(name)
		if _, twice := text[id]; ok && key == x.Key && !twice {
			text[id], in[id] = form.Get(name), !gone
		}
	}
	if key, id, _, ok := splitFile(altPrefix + form.Get(fieldPut)); ok && key == x.Key {
		text[id], in[id] = text[id], true
	}
	if key, id, _, ok := splitFile(altPrefix + form.Get(fieldDrop)); ok && key == x.Key && in[id] {
		in[id] = false
	}
	ids := slices.Sorted(maps.Keys(text))
	for _, id := range ids {
		if in[id] {
			out = append(out, field{altPrefix + x.Key + "." + id, text[id]})
		}
	}
	for _, id := range ids {
		if !in[id] {
			out = append(out, field{outPrefix + x.Key + "." + id, text[id]})
		}
	}
	return out
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

// place is where an anchor points.
type place struct {
	section
	diagram int    // 1 is the first; 0 is none
	file    int    // likewise
	spot    string // in a picture, in words; "" is all of it
}

// place reads an anchor: a section ("s-data-model"), a diagram in it ("s-data-model.2"), a file ("s-data-model.f1") or a spot in a picture, in
// thousandths from its left and its top ("s-data-model.f1.370-620").
func (q *spec) place(a answer, anchor string) (out place, ok bool) {
	key, what, is := strings.Cut(strings.TrimPrefix(anchor, sectionPlace), ".")
	i := slices.IndexFunc(q.Sections, func(x section) bool { return x.Key == key })
	if !strings.HasPrefix(anchor, sectionPlace) || i < 0 {
		return out, false
	}
	out.section = q.Sections[i]
	if !is {
		return out, true
	}
	number, file := strings.CutPrefix(what, "f")
	number, spot, spots := strings.Cut(number, ".")
	n, err := strconv.Atoi(number)
	if err != nil || strconv.Itoa(n) != number || n < 1 {
		return out, false
	}
	if file {
		out.file = n
		if n > len(a.files[key]) || !spots {
			return out, n <= len(a.files[key])
		}
		out.spot, ok = spotWords(spot)
		return out, ok && a.files[key][n-1].Type != media.PDF
	}
	if spots {
		return out, false
	}
	out.diagram = n
	return out, n <= len(diagrams(a.text[key]))
}

// spotWords is a spot "370-620" in words; ok is false where it is none.
func spotWords(s string) (string, bool) {
	left, top, _ := strings.Cut(s, "-")
	x, err := strconv.Atoi(left)
	y, err2 := strconv.Atoi(top)
	if err != nil || err2 != nil || fmt.Sprintf("%d-%d", x, y) != s || x < 0 || y < 0 || x > 1000 || y > 1000 {
		return "", false
	}
	return fmt.Sprintf("%d %% across, %d %% down", (x+5)/10, (y+5)/10), true
}

// Label names a section, a diagram in it, or a picture or PDF.
func (Kind) Label(s item.Spec, raw []byte, anchor string) (string, bool) {
	q := s.(*spec)
	a, _ := parse(q, raw)
	p, ok := q.place(a, anchor)
	switch {
	case !ok:
		return "", false
	case p.diagram > 0:
		return p.Title + ", diagram " + strconv.Itoa(p.diagram), true
	case p.file > 0:
		out := p.Title + ", " + a.files[p.Key][p.file-1].sort() + " " + strconv.Itoa(p.file)
		if p.spot != "" {
			out += ", " + p.spot
		}
		return out, true
	}
	return p.Title, true
}

// Quote is a section, a diagram of one as its text, what a picture shows as the candidate says it, or lines of a section: "context.md:3-5".
func (k Kind) Quote(_ item.Ref, s item.Spec, raw []byte, at string) (item.Quote, bool) {
	q := s.(*spec)
	label, ok := k.Label(s, raw, at)
	if !ok {
		return item.QuoteLines(k.Documents(s, raw), at, nil)
	}
	a, _ := parse(q, raw)
	p, _ := q.place(a, at) // which Label found
	text := a.text[p.Key]
	switch {
	case p.diagram > 0:
		text = diagrams(text)[p.diagram-1]
	case p.file > 0:
		text = a.files[p.Key][p.file-1].alt
	}
	return item.Quote{Place: at, At: at, Label: label, Text: text}, strings.TrimSpace(text) != ""
}

// sectionPlace begins the anchor of a section.
const sectionPlace = "s-"
