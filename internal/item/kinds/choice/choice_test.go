package choice_test

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"
	"testing/fstest"

	"candor/internal/item"
	"candor/internal/item/itemtest"
	"candor/internal/item/kinds/choice"
	"candor/internal/markdown"
)

var kind = choice.Kind{MD: markdown.New(3)}

func folder(yaml string) fstest.MapFS { return fstest.MapFS{"item.yaml": {Data: []byte(yaml)}} }

const head = "kind: choice\ntitle: Q\nminutes: 2\nstatement: Which?\n"

const multiple = head + `type: multiple
partial: true
shuffle: true
options:
  - {text: alpha, correct: true, why: canary-why}
  - {text: beta, correct: true}
  - {text: gamma}
  - {text: delta}
why: canary-reason
`

const (
	numeric = head + "type: numeric\nnumeric: {value: 1234.5, tolerance: 0.5, unit: s}\n"
	text    = head + "type: text\ntext: {accept: [canary-412, Precondition Failed], ignore_case: true}\n"
)

func TestConformance(t *testing.T) {
	for name, c := range map[string]itemtest.Case{
		"multiple": {Dir: folder(multiple), Form: url.Values{"choice": {"0", "2"}}, Secret: []string{"canary", "Right answer"}},
		"numeric":  {Dir: folder(numeric), Form: url.Values{"typed": {"7"}}, Secret: []string{"1234"}},
		"text":     {Dir: folder(text), Form: url.Values{"typed": {"from Okafor"}}, Secret: []string{"canary", "Precondition"}, Name: "Okafor"},
	} {
		t.Run(name, func(t *testing.T) { itemtest.Kind(t, kind, c) })
	}
}

func TestMarks(t *testing.T) {
	single := strings.NewReplacer("multiple", "single", "partial: true\n", "", "beta, correct: true", "beta").Replace(multiple)
	strict := strings.Replace(multiple, "partial: true", "partial: false", 1)
	for _, c := range []struct {
		name, yaml string
		form       url.Values
		want       float64
	}{
		{"single right", single, url.Values{"choice": {"0"}}, 1},
		{"single wrong", single, url.Values{"choice": {"1"}}, 0},
		{"all right", multiple, url.Values{"choice": {"0", "1"}}, 1},
		{"half", multiple, url.Values{"choice": {"0"}}, .5},
		{"one right one wrong", multiple, url.Values{"choice": {"0", "2"}}, 0},
		{"everything ticked", multiple, url.Values{"choice": {"0", "1", "2", "3"}}, 0},
		{"strict half", strict, url.Values{"choice": {"0"}}, 0},
		{"strict right", strict, url.Values{"choice": {"1", "0"}}, 1},
		{"number", numeric, url.Values{"typed": {"1234.5"}}, 1},
		{"comma", numeric, url.Values{"typed": {" 1 234,9 "}}, 1},
		{"thousands", numeric, url.Values{"typed": {"1,234.5"}}, 1},
		{"too far", numeric, url.Values{"typed": {"1235.01"}}, 0},
		{"no number", numeric, url.Values{"typed": {"about a thousand"}}, 0},
		{"not a number", numeric, url.Values{"typed": {"NaN"}}, 0},
		{"text", text, url.Values{"typed": {"  precondition   FAILED "}}, 1},
		{"other text", text, url.Values{"typed": {"409"}}, 0},
		{"nothing", text, url.Values{}, 0},
	} {
		s, fs := kind.Spec(folder(c.yaml))
		if item.Failed(fs) {
			t.Fatalf("%s: %v", c.name, fs)
		}
		body, err := kind.Form(s, nil, c.form)
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		if m, err := kind.Mark(s, body); err != nil || m.Share != c.want {
			t.Errorf("%s: Mark = %v, %v; want %v", c.name, m.Share, err, c.want)
		}
	}
}

func TestTheOrderIsShuffledPerCandidateAndStays(t *testing.T) {
	s, _ := kind.Spec(folder(multiple))
	draw := func(seed string) string {
		var b strings.Builder
		kind.Ask(s, item.AskView{Body: []byte("{}"), Seed: seed}).Render(t.Context(), &b)
		var order []string
		for _, part := range strings.Split(b.String(), `value="`)[1:] {
			order = append(order, part[:1])
		}
		j, _ := json.Marshal(order)
		return string(j)
	}
	seen := map[string]bool{}
	for _, seed := range []string{"a", "b", "c", "d", "e", "f", "g", "h"} {
		if draw(seed) != draw(seed) {
			t.Errorf("seed %s gives two orders", seed)
		}
		seen[draw(seed)] = true
	}
	if len(seen) < 4 {
		t.Errorf("eight candidates saw %d orders; want several", len(seen))
	}
}

func TestMistakesAreNamedWithTheirPlace(t *testing.T) {
	for name, c := range map[string]struct{ yaml, want string }{
		"two right":   {strings.Replace(multiple, "multiple", "single", 1), "item.yaml:9:3: error: Mark"},
		"none right":  {strings.ReplaceAll(multiple, "correct: true", "correct: false"), "item.yaml:9:3: error: Mark"},
		"no type":     {head, "item.yaml:1:1: error: type is single"},
		"twice":       {strings.Replace(multiple, "gamma", "beta", 1), "item.yaml:11:"},
		"no accepted": {head + "type: text\n", "item.yaml:5:7: error: A text question"},
	} {
		_, fs := kind.Spec(folder(c.yaml))
		if len(fs) == 0 || !strings.HasPrefix(fs[0].String(), c.want) {
			t.Errorf("%s: %v; want %s...", name, fs, c.want)
		}
	}
}
