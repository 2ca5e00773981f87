package design_test

import (
	"bytes"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"candor/internal/item"
	"candor/internal/item/itemtest"
	"candor/internal/item/kinds/design"
	"candor/internal/markdown"
	"candor/internal/web/locale"
)

var kind = design.New(markdown.New(3), "https://content.example/-/frame/diagram", nil)

func folder(yaml string) fstest.MapFS {
	return fstest.MapFS{"item.yaml": {Data: []byte(yaml)}, "leaked/a-friend.md": {Data: []byte("What went round.")}}
}

const good = `kind: design
title: Ferries
minutes: 60
statement: Design the booking.
sections:
  - {key: context, title: What you take as given, words: 5}
  - {key: parts, title: The parts, help: "Name **each**.", diagram: true}
`

const drawing = "It has parts.\n\n```mermaid\nflowchart LR\n  a --> b\n```\n"

func spec(t *testing.T) item.Spec {
	t.Helper()
	s, found := kind.Spec(folder(good))
	if len(found) > 0 {
		t.Fatal(found)
	}
	return s
}

func TestConformance(t *testing.T) {
	itemtest.Kind(t, kind, itemtest.Case{Dir: folder(good), Form: url.Values{"text-context": {"I, Amara Okafor, was late."}, "text-parts": {drawing + "Okafor"}}, Name: "Okafor", Secret: []string{"went round"}})
}

func TestMistakesAreNamedWithTheirPlace(t *testing.T) {
	for name, c := range map[string]struct{ old, new, want string }{
		"no sections":    {good[strings.Index(good, "sections:"):], "", "item.yaml:1:1: error: Give the document 1 to 20 sections."},
		"empty sections": {good[strings.Index(good, "sections:"):], "sections: []\n", "item.yaml:5:"},
		"a key":          {"key: parts", "key: The Parts", "item.yaml:7:11: error: A key has"},
		"twice":          {"key: parts", "key: context", `item.yaml:7:11: error: There is another section "context"`},
		"no title":       {"title: The parts", "title: ' '", "item.yaml:7:"},
		"words":          {"words: 5", "words: -1", "item.yaml:6:"},
		"a field":        {"words: 5", "wrods: 5", "item.yaml:6:"},
		"a link":         {"**each**", "[each](javascript:x)", "item.yaml:7:"},
		"long help":      {"**each**", strings.Repeat("x", 2001), "item.yaml:7:"},
	} {
		text := strings.Replace(good, c.old, c.new, 1)
		_, found := kind.Spec(folder(text))
		if text == good || !item.Failed(found) || !strings.HasPrefix(found[0].String(), c.want) {
			t.Errorf("%s: %v; want %s...", name, found, c.want)
		}
	}
	many := good
	for i := range 19 {
		many += fmt.Sprintf("  - {key: k%d, title: T}\n", i)
	}
	if _, found := kind.Spec(folder(many)); !item.Failed(found) {
		t.Error("21 sections are taken")
	}
}

// What a browser sends is what is kept: the changes it sends next fit it.
func TestABodyIsAsABrowserWritesIt(t *testing.T) {
	const sent = "{\"text-context\":[\"a < b && \\n\\t\\\"x\\\" \u2028\U0001f600}\"],\"text-parts\":[\"\"]}" // of JSON.stringify
	got, err := kind.Form(spec(t), nil, url.Values{"text-parts": {""}, "text-context": {"a < b && \r\n\t\"x\" \u2028\U0001f600}"}})
	if err != nil || string(got) != sent {
		t.Errorf("Form = %q, %v; want %q", got, err, sent)
	}
}

func TestABodyOfAnotherDocumentIsRefused(t *testing.T) {
	for _, bad := range []string{`{"text-other":["a"]}`, `{"context":["a"]}`, `{"text-context":["a","b"]}`, `{"text-context":"a"}`, "null", `{"text-context":["` + "\xff" + `"]}`} {
		if err := kind.Check(spec(t), []byte(bad)); !errors.Is(err, item.ErrBody) {
			t.Errorf("Check(%s) = %v; want ErrBody", bad, err)
		}
	}
}

// What is too long is refused whole, with a sentence: nothing is cut. What is longer than readers were promised is kept.
func TestWhatIsTooLongIsSaid(t *testing.T) {
	s := spec(t)
	for _, form := range []url.Values{{"text-context": {strings.Repeat("x", 1<<20+1)}}, {"text-context": {strings.Repeat("x", 1<<19)}, "text-parts": {strings.Repeat("x", 1<<19+1)}}} {
		body, err := kind.Form(s, nil, form)
		if !errors.Is(err, design.ErrLong) || !strings.Contains(err.Error(), "shorten") || !errors.Is(kind.Check(s, body), design.ErrLong) {
			t.Errorf("Form = %v, Check = %v; want ErrLong", err, kind.Check(s, body))
		}
	}
	long := strings.Repeat("word ", 60)
	body, err := kind.Form(s, nil, url.Values{"text-context": {long}})
	if err != nil || kind.Documents(s, body)["context.md"] != long {
		t.Errorf("%d words where 5 are read: %v; want all of them", 60, err)
	}
}

func TestLacks(t *testing.T) {
	s := spec(t)
	for name, c := range map[string]struct {
		body string
		want []string
	}{
		"nothing": {"{}", []string{"Nothing is written under What you take as given.", "Nothing is written under The parts."}},
		"drawn":   {`{"text-context":["one two three four five\n` + "```mermaid\\nflowchart LR\\n  a --> b\\n```" + `"],"text-parts":["a ` + "\\n```mermaid\\na\\n```" + `"]}`, nil},
		"long":    {`{"text-context":["one two three four five six"],"text-parts":["a\n` + "~~~mermaid\\na-->b\\n~~~" + `"]}`, []string{"What you take as given has 6 words; readers are asked to read 5. They get all of it."}},
		"undrawn": {`{"text-context":["one"],"text-parts":["a"]}`, []string{"The parts has no diagram. Words alone are fine."}},
		"all":     {`{"text-context":["one"],"text-parts":["` + "```mermaid\\na-->b\\n```" + `"]}`, nil},
	} {
		if got := kind.Lacks(s, []byte(c.body), locale.For("en").T); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q; want %q", name, got, c.want)
		}
	}
}

func TestLabel(t *testing.T) {
	s := spec(t)
	body, err := kind.Form(s, nil, url.Values{"text-parts": {drawing}})
	if err != nil {
		t.Fatal(err)
	}
	for anchor, want := range map[string]string{"s-context": "What you take as given", "s-parts": "The parts", "s-parts.1": "The parts, diagram 1",
		"s-parts.2": "", "s-parts.01": "", "s-parts.": "", "s-context.1": "", "s-": "", "parts": "", "s-other": ""} {
		if got, ok := kind.Label(s, body, anchor); got != want || ok != (want != "") {
			t.Errorf("Label(%s) = %q, %v; want %q", anchor, got, ok, want)
		}
	}
	// Every place that Label knows stands on the reader's page, and none on the candidate's.
	for _, candidate := range []bool{false, true} {
		var b bytes.Buffer
		if err := kind.Read(s, item.ReadView{Body: body, Candidate: candidate}).Render(t.Context(), &b); err != nil {
			t.Fatal(err)
		}
		for _, id := range []string{"s-context", "s-parts", "s-parts.1"} {
			if strings.Contains(b.String(), `id="`+id+`"`) == candidate {
				t.Errorf("candidate %v: the place %s is there: %v", candidate, id, !candidate)
			}
		}
	}
}

// A question of an interview can be about a section, a diagram or lines.
func TestQuote(t *testing.T) {
	s := spec(t)
	body, err := kind.Form(s, nil, url.Values{"text-parts": {drawing}})
	if err != nil {
		t.Fatal(err)
	}
	for place, want := range map[string]item.Quote{
		"s-parts":      {Place: "s-parts", At: "s-parts", Label: "The parts", Text: drawing},
		"s-parts.1":    {Place: "s-parts.1", At: "s-parts.1", Label: "The parts, diagram 1", Text: "flowchart LR\n  a --> b\n"},
		"parts.md:1":   {Place: "parts.md:1", Label: "parts.md line 1", File: "parts.md", From: 1, To: 1, Text: "It has parts."},
		"s-parts.2":    {},
		"s-context":    {}, // nothing is written there
		"parts.md:1-9": {},
	} {
		got, ok := kind.Quote(item.Ref{}, s, body, place)
		if ok != (want.Place != "") || ok && got != want {
			t.Errorf("Quote(%s) = %+v, %v; want %+v", place, got, ok, want)
		}
	}
}

// The names of people are struck from the text of a diagram before anybody draws it.
func TestADiagramIsRedacted(t *testing.T) {
	s := spec(t)
	body, err := kind.Form(s, nil, url.Values{"text-parts": {"```mermaid\nflowchart LR\n okafor[Okafor’s box] --> b\n```\n"}})
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := kind.Read(s, item.ReadView{Body: kind.Redact(s, body, []string{"Amara Okafor"}), Blind: true}).Render(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(strings.ToLower(b.String()), "okafor") || !strings.Contains(b.String(), "name[name’s box] --&gt; b") {
		t.Errorf("a blind reader is given %s", b.String())
	}
}
