package freetext_test

import (
	"net/url"
	"strings"
	"testing"
	"testing/fstest"

	"candor/internal/item"
	"candor/internal/item/itemtest"
	"candor/internal/item/kinds/freetext"
	"candor/internal/markdown"
)

var kind = freetext.Kind{MD: markdown.New(3)}

func folder(yaml string) fstest.MapFS { return fstest.MapFS{"item.yaml": {Data: []byte(yaml)}} }

const good = "kind: freetext\ntitle: Tell us\nminutes: 5\nstatement: Why?\nwords: {from: 10, to: 20, max: 40}\n"

func TestConformance(t *testing.T) {
	itemtest.Kind(t, kind, itemtest.Case{Dir: folder(good), Form: url.Values{"text": {"I, Amara Okafor, was late."}}, Name: "Okafor"})
}

func TestMistakesAreNamedWithTheirPlace(t *testing.T) {
	for name, c := range map[string]struct{ yaml, want string }{
		"no statement":  {"kind: freetext\ntitle: T\nminutes: 5\n", "item.yaml:1:1: error: Write the task"},
		"falling words": {strings.Replace(good, "to: 20", "to: 5", 1), "item.yaml:5:"},
		"unknown field": {good + "wrods: 3\n", "item.yaml:6:1: error: unknown field"},
		"not yaml":      {"kind: [", "item.yaml:1:"},
		"minutes":       {strings.Replace(good, "5", "0", 1), "item.yaml:3:10: error: Say how many minutes"},
	} {
		_, fs := kind.Spec(folder(c.yaml))
		if len(fs) == 0 || !strings.HasPrefix(fs[0].String(), c.want) {
			t.Errorf("%s: %v; want %s...", name, fs, c.want)
		}
	}
}

func TestAPasteOfFiveMegabytesIsRefusedWithASentence(t *testing.T) {
	s, _ := kind.Spec(folder(good))
	_, err := kind.Form(s, nil, url.Values{"text": {strings.Repeat("x", 5<<20)}})
	if err == nil || !strings.Contains(err.Error(), "shorten") {
		t.Errorf("Form = %v; want a sentence that says what to do", err)
	}
}

// What a browser sends is what is kept: the changes it sends next fit it.
func TestABodyIsAsABrowserWritesIt(t *testing.T) {
	s, _ := kind.Spec(folder(good))
	const sent = "{\"text\":[\"if a < b && c > d {\\n\\t\\\"x\\\" \u2028\u007f\\u001f \U0001f600}\"]}" // of JSON.stringify
	got, err := kind.Form(s, nil, url.Values{"text": {"if a < b && c > d {\n\t\"x\" \u2028\u007f\u001f \U0001f600}"}})
	if err != nil || string(got) != sent {
		t.Errorf("Form = %q, %v; want %q", got, err, sent)
	}
}

func TestStrike(t *testing.T) {
	for in, want := range map[string]string{
		"Amara Okafor wrote this":                            "[name] wrote this",
		"by okafor, amara":                                   "by [name], [name]",
		"amara@mail.example":                                 "[name]@mail.example",
		"the Amaranth grows":                                 "the Amaranth grows",
		"Okafor Okafor Okafor":                               "[name] [name] [name]",
		"a/okafor_limiter.py":                                "a/[name]_limiter.py",
		"at /home/aoka/src/x.go:3, /Users/someone/y":         "at /home/[name]/src/x.go:3, /Users/[name]/y",
		`C:\Users\aoka\x.cs, {"at":"C:\\Users\\aoka\\x.cs"}`: `C:\Users\[name]\x.cs, {"at":"C:\\Users\\[name]\\x.cs"}`,
		"GET /users/7 of /home":                              "GET /users/7 of /home",
	} {
		if got := item.Strike(in, []string{"Amara Okafor"}); got != want {
			t.Errorf("Strike(%q) = %q; want %q", in, got, want)
		}
	}
}
