// Package choice is the item kind for questions with an answer that a program can check: one option, several options, a number,
// or a short text with the forms that are accepted. The order of options is shuffled per candidate and stays the same for them.
package choice

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"io/fs"
	"math"
	"math/rand/v2"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"candor/internal/item"
	"candor/internal/markdown"

	"github.com/a-h/templ"
)

// Kind is the kind.
type Kind struct{ MD *markdown.Markdown }

// The types of a question.
const (
	Single   = "single"
	Multiple = "multiple"
	Numeric  = "numeric"
	Text     = "text"
)

type spec struct {
	item.Common `yaml:",inline"`
	Type        string   `yaml:"type" schema:"required,enum=single|multiple|numeric|text"`
	Shuffle     bool     `yaml:"shuffle" doc:"Each candidate sees the options in an order of their own."`
	Partial     bool     `yaml:"partial" doc:"For multiple: (right chosen - wrong chosen) of the right ones, not below 0; otherwise all or nothing."`
	Options     []option `yaml:"options"`
	Numeric     *number  `yaml:"numeric"`
	Text        *texts   `yaml:"text"`
	Why         string   `yaml:"why" doc:"Why it is so; for authors and reviewers."`
}

type option struct {
	Text    string `yaml:"text" schema:"required,min=1" doc:"Markdown."`
	Correct bool   `yaml:"correct"`
	Why     string `yaml:"why"`
}

type number struct {
	Value     float64 `yaml:"value" schema:"required"`
	Tolerance float64 `yaml:"tolerance" schema:"min=0" doc:"How far off an answer may be, in the same unit."`
	Unit      string  `yaml:"unit"`
}

type texts struct {
	Accept     []string `yaml:"accept" schema:"required,min=1" doc:"Every form that is right."`
	IgnoreCase bool     `yaml:"ignore_case"`
}

// body is an answer: the chosen options by their place in the file, or what was typed.
type body struct {
	Choice []string `json:"choice,omitempty"`
	Typed  []string `json:"typed,omitempty"`
}

// Name is the word.
func (Kind) Name() string { return "choice" }

// Spec reads item.yaml.
func (Kind) Spec(dir fs.FS) (item.Spec, []item.Finding) {
	s := &spec{}
	d, out := item.ReadYAML(dir, "item.yaml", s)
	if item.Failed(out) {
		return s, out
	}
	out = append(out, s.Check(dir, d)...)
	right := 0
	seen := map[string]bool{}
	for i, o := range s.Options {
		if o.Correct {
			right++
		}
		if strings.TrimSpace(o.Text) == "" {
			out = append(out, d.At(fmt.Sprintf("$.options[%d]", i), "This option has no text."))
		}
		if seen[o.Text] {
			out = append(out, d.At(fmt.Sprintf("$.options[%d].text", i), "This option stands twice."))
		}
		seen[o.Text] = true
		out = append(out, item.Links(dir, "item.yaml", o.Text, d.Under(fmt.Sprintf("$.options[%d].text", i)))...)
	}
	switch s.Type {
	case Single, Multiple:
		if len(s.Options) < 2 || len(s.Options) > 20 {
			out = append(out, d.At("$.options", "Give 2 to 20 options."))
		}
		if s.Type == Single && right != 1 {
			out = append(out, d.At("$.options", "Mark exactly one option as correct; there are %d.", right))
		}
		if s.Type == Multiple && right == 0 {
			out = append(out, d.At("$.options", "Mark at least one option as correct."))
		}
	case Numeric:
		if s.Numeric == nil {
			out = append(out, d.At("$.type", "A numeric question needs numeric: {value: ...}."))
		} else if s.Numeric.Tolerance < 0 || math.IsNaN(s.Numeric.Value) || math.IsInf(s.Numeric.Value, 0) {
			out = append(out, d.At("$.numeric", "value is a number, and tolerance is not negative."))
		}
	case Text:
		if s.Text == nil || len(s.Text.Accept) == 0 {
			out = append(out, d.At("$.type", "A text question needs text: {accept: [...]} with the forms that are right."))
		}
	default:
		out = append(out, d.At("$.type", "type is single, multiple, numeric or text; this says %q.", s.Type))
	}
	if s.Type != Multiple && s.Partial {
		out = append(out, d.Warn("$.partial", "partial has a meaning for multiple only."))
	}
	return s, out
}

// Schema is item.yaml's: what must stand in it goes by the type.
func (Kind) Schema() *item.Schema {
	s := item.SchemaOf(spec{})
	two, twenty := 2.0, 20.0
	for _, t := range []string{Single, Multiple} {
		s.When("type", t, &item.Schema{Required: []string{"options"}, Properties: map[string]*item.Schema{"options": {MinItems: &two, MaxItems: &twenty}}})
	}
	s.When("type", Numeric, &item.Schema{Required: []string{"numeric"}})
	s.When("type", Text, &item.Schema{Required: []string{"text"}})
	return s
}

// Head is what all kinds have.
func (Kind) Head(s item.Spec) item.Head {
	q := s.(*spec)
	return q.Common.Head(map[string]string{Single: "One answer", Multiple: "One or more answers", Numeric: "A number", Text: "A few words"}[q.Type])
}

// Blank is nothing.
func (Kind) Blank(item.Spec) []byte { return []byte("{}") }

func parse(s *spec, raw []byte) (body, error) {
	var b body
	if len(raw) > 64<<10 || json.Unmarshal(raw, &b) != nil || len(b.Choice) > len(s.Options) || len(b.Typed) > 1 {
		return b, item.ErrBody
	}
	for _, c := range b.Choice {
		if n, err := strconv.Atoi(c); err != nil || n < 0 || n >= len(s.Options) {
			return b, item.ErrBody
		}
	}
	if len(b.Typed) == 1 && len(b.Typed[0]) > 1000 {
		return b, item.ErrBody
	}
	return b, nil
}

// Check refuses what no page of ours could have sent.
func (Kind) Check(s item.Spec, raw []byte) error {
	_, err := parse(s.(*spec), raw)
	return err
}

// Form makes a body of a posted form.
func (Kind) Form(s item.Spec, _ []byte, form url.Values) ([]byte, error) {
	b := body{Choice: form["choice"], Typed: form["typed"]}
	raw, err := json.Marshal(b)
	if err != nil {
		return nil, err
	}
	_, err = parse(s.(*spec), raw)
	return raw, err
}

// Answered says whether something is chosen or typed.
func (Kind) Answered(s item.Spec, raw []byte) bool {
	b, err := parse(s.(*spec), raw)
	return err == nil && (len(b.Choice) > 0 || len(b.Typed) == 1 && strings.TrimSpace(b.Typed[0]) != "")
}

// Redact leaves options; what was typed loses the names.
func (Kind) Redact(s item.Spec, raw []byte, names []string) []byte {
	b, err := parse(s.(*spec), raw)
	if err != nil {
		return []byte("{}")
	}
	for i := range b.Typed {
		b.Typed[i] = item.Strike(b.Typed[i], names)
	}
	out, _ := json.Marshal(b)
	return out
}

// Mark is exact for single, numeric and text. With partial credit a multiple question gives (right chosen - wrong chosen) of
// the right ones, not below 0; without, all or nothing.
func (Kind) Mark(s item.Spec, raw []byte) (item.Mark, error) {
	q := s.(*spec)
	b, err := parse(q, raw)
	if err != nil {
		return item.Mark{}, err
	}
	switch q.Type {
	case Numeric:
		x, ok := parseNumber(first(b.Typed))
		return whole(ok && math.Abs(x-q.Numeric.Value) <= q.Numeric.Tolerance+1e-12*math.Abs(q.Numeric.Value)), nil
	case Text:
		return whole(slices.ContainsFunc(q.Text.Accept, func(a string) bool { return q.Text.same(a, first(b.Typed)) })), nil
	}
	right, hit, wrong := 0, 0, 0
	for i, o := range q.Options {
		chosen := slices.Contains(b.Choice, strconv.Itoa(i))
		switch {
		case o.Correct && chosen:
			right, hit = right+1, hit+1
		case o.Correct:
			right++
		case chosen:
			wrong++
		}
	}
	if q.Type == Single || !q.Partial {
		return whole(hit == right && wrong == 0), nil
	}
	m := item.Mark{Share: max(0, float64(hit-wrong)/float64(right))}
	m.Why = fmt.Sprintf("%d of %d right answers chosen, %d wrong", hit, right, wrong)
	return m, nil
}

func whole(right bool) item.Mark {
	if right {
		return item.Mark{Share: 1, Why: "Right"}
	}
	return item.Mark{Why: "Not right"}
}

func first(s []string) string {
	if len(s) == 0 {
		return ""
	}
	return s[0]
}

func (t texts) same(a, b string) bool {
	a, b = strings.Join(strings.Fields(a), " "), strings.Join(strings.Fields(b), " ")
	if t.IgnoreCase {
		return strings.EqualFold(a, b)
	}
	return a == b
}

// parseNumber reads 1234.5 and 1234,5 and 1 234,5, as people in different countries type it.
func parseNumber(s string) (float64, bool) {
	s = strings.Map(func(r rune) rune {
		if r == ' ' || r == '\u00a0' || r == '\u202f' || r == '\'' {
			return -1
		}
		return r
	}, s)
	if strings.Count(s, ",") == 1 && !strings.Contains(s, ".") {
		s = strings.Replace(s, ",", ".", 1)
	} else {
		s = strings.ReplaceAll(s, ",", "")
	}
	x, err := strconv.ParseFloat(s, 64)
	return x, err == nil && !math.IsNaN(x) && !math.IsInf(x, 0)
}

// order is the places of the options as this candidate sees them: shuffled by the seed, the same at every look.
func (q *spec) order(seed string) []int {
	out := make([]int, len(q.Options))
	for i := range out {
		out[i] = i
	}
	if q.Shuffle && seed != "" {
		h := fnv.New64a()
		h.Write([]byte(seed))
		r := rand.New(rand.NewPCG(h.Sum64(), 0x63616e646f72))
		r.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	}
	return out
}

// Ask is the question.
func (k Kind) Ask(s item.Spec, v item.AskView) templ.Component {
	q := s.(*spec)
	b, _ := parse(q, v.Body)
	return ask(k, q, b, v)
}

// Read is the answer; the right one is shown to staff.
func (k Kind) Read(s item.Spec, v item.ReadView) templ.Component {
	q := s.(*spec)
	b, _ := parse(q, v.Body)
	return read(k, q, b, v)
}

// Author shows the question with its answers.
func (k Kind) Author(s item.Spec) templ.Component { return author(k, s.(*spec)) }

func (q *spec) chosen(b body, i int) bool { return slices.Contains(b.Choice, strconv.Itoa(i)) }

func inputType(q *spec) string {
	if q.Type == Multiple {
		return "checkbox"
	}
	return "radio"
}

// expected is the right answer in words, for staff.
func (q *spec) expected() string {
	if q.Type == Text {
		return "Accepted: " + strings.Join(q.Text.Accept, ", ")
	}
	s := "Right: " + strconv.FormatFloat(q.Numeric.Value, 'g', -1, 64)
	if q.Numeric.Tolerance > 0 {
		s += " ± " + strconv.FormatFloat(q.Numeric.Tolerance, 'g', -1, 64)
	}
	return strings.TrimSpace(s + " " + q.Numeric.Unit)
}
