// Package choice is the item kind for questions with an answer that a program can check: one option, several options, a number,
// or a short text with the forms that are accepted, each in full or for a share of the mark. The order of options is shuffled per candidate and stays the same for them.
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

	"github.com/a-h/templ"

	"candor/internal/item"
	"candor/internal/markdown"
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
	Text    string   `yaml:"text" schema:"required,min=1" doc:"Markdown."`
	Correct bool     `yaml:"correct"`
	Share   *float64 `yaml:"share" schema:"min=-1,max=1" doc:"What choosing it adds to the mark, 1 being all of it. Where an option has a share, the mark is the sum of the shares chosen, 0 to 1, and correct is for readers."`
	Why     string   `yaml:"why"`
}

// Within is a number that is accepted: a value with a tolerance, or from min to max.
type Within struct {
	Value     *float64 `yaml:"value"`
	Tolerance float64  `yaml:"tolerance" schema:"min=0" doc:"How far off an answer may be, in the same unit."`
	Min       *float64 `yaml:"min" doc:"With max, in place of value: every number from min to max is right."`
	Max       *float64 `yaml:"max"`
}

type number struct {
	Within `yaml:",inline"`
	Unit   string       `yaml:"unit"`
	Others []partNumber `yaml:"others" doc:"Numbers that are accepted too, for a share of the mark."`
}

type partNumber struct {
	Within `yaml:",inline"`
	Share  float64 `yaml:"share" schema:"required,min=0,max=1"`
}

type texts struct {
	Accept     []string   `yaml:"accept" schema:"required,min=1" doc:"Every form that is right."`
	IgnoreCase bool       `yaml:"ignore_case"`
	Wildcard   bool       `yaml:"wildcard" doc:"* stands for any characters, or none; \\* for a star."`
	Others     []partText `yaml:"others" doc:"Forms that are accepted too, for a share of the mark; the first that fits counts."`
}

type partText struct {
	Text  string  `yaml:"text" schema:"required,min=1"`
	Share float64 `yaml:"share" schema:"required,min=0,max=1"`
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
		if o.Share != nil && !(math.Abs(*o.Share) <= 1) {
			out = append(out, d.At(fmt.Sprintf("$.options[%d].share", i), "A share is a number from -1 to 1."))
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
		if s.Type == Single && right != 1 && (right == 0 || !s.shares()) {
			out = append(out, d.At("$.options", "Mark exactly one option as correct; there are %d.", right))
		}
		if s.Type == Multiple && right == 0 {
			out = append(out, d.At("$.options", "Mark at least one option as correct."))
		}
	case Numeric:
		if s.Numeric == nil {
			out = append(out, d.At("$.type", "A numeric question needs numeric: {value: ...}."))
		} else {
			out = append(out, s.Numeric.check(d)...)
		}
	case Text:
		if s.Text == nil || len(s.Text.Accept) == 0 {
			out = append(out, d.At("$.type", "A text question needs text: {accept: [...]} with the forms that are right."))
		} else {
			out = append(out, s.Text.check(d)...)
		}
	default:
		out = append(out, d.At("$.type", "type is single, multiple, numeric or text; this says %q.", s.Type))
	}
	if s.Type != Multiple && s.Partial {
		out = append(out, d.Warn("$.partial", "partial has a meaning for multiple only."))
	}
	return s, out
}

func (n *number) check(d *item.Doc) (out []item.Finding) {
	if wrong := n.wrong(); wrong != "" {
		out = append(out, d.At("$.numeric", "%s", wrong))
	}
	for i, o := range n.Others {
		place := fmt.Sprintf("$.numeric.others[%d]", i)
		if wrong := o.wrong(); wrong != "" {
			out = append(out, d.At(place, "%s", wrong))
		}
		out = append(out, checkShare(d, place, o.Share)...)
	}
	return out
}

// wrong says what is wrong with a number that is accepted; "" where nothing is.
func (w Within) wrong() string {
	finite := func(x *float64) bool { return x != nil && !math.IsNaN(*x) && !math.IsInf(*x, 0) }
	switch {
	case w.Value != nil && (w.Min != nil || w.Max != nil):
		return "Write value, or min and max, not both."
	case w.Value != nil && (!finite(w.Value) || !(w.Tolerance >= 0)):
		return "value is a number, and tolerance is not negative."
	case w.Value == nil && (!finite(w.Min) || !finite(w.Max) || *w.Min > *w.Max):
		return "Write the value that is right, or min and max, of which min is not larger."
	case w.Value == nil && w.Tolerance != 0:
		return "tolerance goes with value; min and max need none."
	}
	return ""
}

func (t *texts) check(d *item.Doc) (out []item.Finding) {
	for i, o := range t.Others {
		out = append(out, checkShare(d, fmt.Sprintf("$.text.others[%d]", i), o.Share)...)
	}
	return out
}

func checkShare(d *item.Doc, place string, share float64) []item.Finding {
	if share >= 0 && share <= 1 {
		return nil
	}
	return []item.Finding{d.At(place+".share", "A share here is a number from 0 to 1.")}
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

// Afresh: a form is all that is chosen.
func (Kind) Afresh() {}

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

func first(s []string) string {
	if len(s) == 0 {
		return ""
	}
	return s[0]
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
	var also []string
	if q.Type == Text {
		for _, o := range q.Text.Others {
			also = append(also, fmt.Sprintf("%s (%.0f%%)", o.Text, 100*o.Share))
		}
		return "Accepted: " + strings.Join(append(slices.Clone(q.Text.Accept), also...), ", ")
	}
	for _, o := range q.Numeric.Others {
		also = append(also, fmt.Sprintf("%s (%.0f%%)", o, 100*o.Share))
	}
	return strings.TrimSpace("Right: " + strings.Join(append([]string{q.Numeric.Within.String()}, also...), ", ") + " " + q.Numeric.Unit)
}

// String is 5 ± 0.1, or 1 to 5.
func (w Within) String() string {
	digits := func(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) }
	switch {
	case w.Value == nil:
		return digits(*w.Min) + " to " + digits(*w.Max)
	case w.Tolerance > 0:
		return digits(*w.Value) + " ± " + digits(w.Tolerance)
	}
	return digits(*w.Value)
}
