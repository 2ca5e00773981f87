package choice_test

import (
	"encoding/json"
	"math"
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

const (
	patterns = head + `type: text
text: {accept: ["*412*failed", 'select \* from *'], ignore_case: true, wildcard: true, others: [{text: conflict, share: 0.5}, {text: "*", share: 0.1}]}
`
	numbers = head + "type: numeric\nnumeric: {min: 1, max: 5, others: [{min: 5, max: 6, share: 0.8}, {value: -7, tolerance: 0.1, share: 0.25}]}\n"
	shared  = head + `type: multiple
options:
  - {text: a, correct: true, share: 0.6}
  - {text: b, correct: true, share: 0.4}
  - {text: c, share: -0.5}
  - {text: d}
`
)

func TestConformance(t *testing.T) {
	for name, c := range map[string]itemtest.Case{
		"multiple": {Dir: folder(multiple), Form: url.Values{"choice": {"0", "2"}}, Secret: []string{"canary", "Right answer"}},
		"numeric":  {Dir: folder(numeric), Form: url.Values{"typed": {"7"}}, Secret: []string{"1234"}},
		"patterns": {Dir: folder(patterns), Form: url.Values{"typed": {"7"}}, Secret: []string{"412", "conflict"}},
		"numbers":  {Dir: folder(numbers), Form: url.Values{"typed": {"8"}}, Secret: []string{"-7", "0.25"}},
		"shares":   {Dir: folder(shared), Form: url.Values{"choice": {"1"}}, Secret: []string{"60%", "0.6"}},
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
		{"a wildcard", patterns, url.Values{"typed": {"HTTP/1.1 412 precondition  failed"}}, 1},
		{"its parts in the wrong order", patterns, url.Values{"typed": {"failed 412"}}, .1},
		{"its parts overlap", patterns, url.Values{"typed": {"412ailed"}}, .1},
		{"a star itself", patterns, url.Values{"typed": {"SELECT * FROM t"}}, 1},
		{"no star", patterns, url.Values{"typed": {"select a from t"}}, .1},
		{"half a text", patterns, url.Values{"typed": {"conflict"}}, .5},
		{"any text", patterns, url.Values{"typed": {"?"}}, .1},
		{"no text", patterns, url.Values{"typed": {" "}}, 0},
		{"least", numbers, url.Values{"typed": {"1"}}, 1},
		{"most", numbers, url.Values{"typed": {"5.0"}}, 1},
		{"beyond", numbers, url.Values{"typed": {"5.0001"}}, .8},
		{"another", numbers, url.Values{"typed": {"-7"}}, .25},
		{"none", numbers, url.Values{"typed": {"-7.2"}}, 0},
		{"a share", shared, url.Values{"choice": {"1"}}, .4},
		{"shares that balance", shared, url.Values{"choice": {"0", "2"}}, .1},
		{"shares below nothing", shared, url.Values{"choice": {"2"}}, 0},
		{"shares of all", shared, url.Values{"choice": {"0", "1", "3"}}, 1},
	} {
		s, fs := kind.Spec(folder(c.yaml))
		if item.Failed(fs) {
			t.Fatalf("%s: %v", c.name, fs)
		}
		body, err := kind.Form(s, nil, c.form)
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		if m, err := kind.Mark(s, body); err != nil || math.Abs(m.Share-c.want) > 1e-9 {
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
		"a share":     {strings.Replace(shared, "0.6", "1.6", 1), "item.yaml:7:"},
		"two numbers": {strings.Replace(numbers, "min: 1,", "value: 3, min: 1,", 1), "item.yaml:6:10: error: Write value, or min and max, not both."},
		"no number":   {head + "type: numeric\nnumeric: {unit: s}\n", "item.yaml:6:10: error: Write the value that is right"},
		"backwards":   {strings.Replace(numbers, "min: 5, max: 6", "min: 6, max: 5", 1), "item.yaml:6:"},
		"no accepted": {head + "type: text\n", "item.yaml:5:7: error: A text question"},
	} {
		_, fs := kind.Spec(folder(c.yaml))
		if len(fs) == 0 || !strings.HasPrefix(fs[0].String(), c.want) {
			t.Errorf("%s: %v; want %s...", name, fs, c.want)
		}
	}
}
