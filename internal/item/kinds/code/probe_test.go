package code

import (
	"testing"
	"testing/fstest"

	"candor/internal/item"
	"candor/internal/probe"
	"candor/internal/run"
)

func TestProbesAreOfRunsAndOfWhatWasSent(t *testing.T) {
	s, found := Kind{}.Spec(fstest.MapFS{
		"item.yaml":             {Data: []byte("kind: code\ntitle: Sum\nminutes: 5\nstatement: Print the sum.\nstyle: stdin\nlanguages: {python: {}, c: {}}\n")},
		"starter/python/sum.py": {Data: []byte("import sys\n\n\ndef total(text):\n    return 0\n")},
		"data/sample/1.in":      {Data: []byte("1 2\n")},
		"data/sample/1.ans":     {Data: []byte("3\n")},
	})
	if item.Failed(found) {
		t.Fatal(found)
	}
	body := func(expr, input string) []byte {
		return []byte(`{"language":"python","files":{"python":{"sum.py":"import sys\n\n\ndef total(text):\n    return ` + expr + `\n"}},"input":"` + input + `"}`)
	}
	tried := func(body []byte) run.Run { return run.Run{Ask: run.Ask{Body: body}} }
	runs := []run.Run{tried(body("sum(map(int, text.split()))", "9 -9")), tried([]byte(`{"language":"c","files":{"c":{"main.c":"int x;"}}}`)), tried(body("len(text)", ""))}
	q := s.(*spec)
	var rules []probe.Rule
	for _, p := range q.probes(body("sum(int(w) for w in text.split() if w and w != \\\"-\\\")", "9 -9"), runs) {
		rules = append(rules, p.Rule)
		if p.Rule == probe.Input && p.Code != "9 -9" {
			t.Errorf("the input shown is %q", p.Code)
		}
		if p.Rule == probe.Rewritten && p.Times != 2 {
			t.Errorf("total changed %d times in the runs of the language that was sent, want 2", p.Times)
		}
	}
	if len(rules) != 2 || rules[0] != probe.Rewritten || rules[1] != probe.Input {
		t.Errorf("probes are %v", rules)
	}
	if p := q.probes([]byte("{}"), runs); p != nil {
		t.Errorf("of an answer that is the starter: %v", p)
	}
}
