package item_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"candor/internal/item"
	"candor/internal/probe"
)

func TestExplainIsReadAndItsMistakesAreNamed(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"fine":             {"use: [rewritten, scale]\nquestions:\n  - {rule: rewritten, text: 'Change {name}, line {line}, so that it waits.'}\n  - {text: What is next?}\n", ""},
		"no such rule":     {"use: [rewriten]\n", `explain.yaml:1:7: error: There is no rule "rewriten".`},
		"place by no rule": {"questions: [{text: 'Change {name}.'}]\n", "{name} stands for a place in the work"},
		"never asked":      {"use: [scale]\nquestions: [{rule: test, text: Why?}]\n", "The rule test is not in use"},
		"nothing asked":    {"questions: [{text: ' '}]\n", "Write the question in text"},
		"another field":    {"ask: [a]\n", "ask"},
	} {
		t.Run(name, func(t *testing.T) {
			_, found := item.ReadExplain(fstest.MapFS{"explain.yaml": {Data: []byte(c.text)}})
			if c.want == "" && len(found) > 0 || c.want != "" && (len(found) == 0 || !strings.Contains(found[0].String(), c.want)) {
				t.Errorf("findings %v; want %q", found, c.want)
			}
		})
	}
	if _, found := item.ReadExplain(fstest.MapFS{}); found != nil {
		t.Errorf("without the file: %v", found)
	}
}

func TestExplainWordsWhatTheRulesFind(t *testing.T) {
	e := item.Explain{Use: []string{"rewritten"}, Questions: []item.ExplainQuestion{{Rule: "rewritten", Text: "Change {name} in {file}:{line}, after {times}.", Why: "Because."}, {Text: "What is next?"}}}
	got := e.Applied([]probe.Probe{{Rule: probe.Rewritten, Name: "Allow", File: "a.go", Line: 3, Times: 4, Text: "built in"}, {Rule: probe.Scale}})
	if len(got) != 1 || got[0].Text != "Change Allow in a.go:3, after 4." || got[0].Why != "Because." {
		t.Errorf("Applied = %+v", got)
	}
	if all := e.Everybody(); len(all) != 1 || all[0].Text != "What is next?" || all[0].Why == "" {
		t.Errorf("Everybody = %+v", all)
	}
	if same := (item.Explain{}).Applied(got); len(same) != 1 || same[0].Text != got[0].Text {
		t.Errorf("without a file the probes stay: %+v", same)
	}
}
