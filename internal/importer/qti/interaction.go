package qti

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"candor/internal/quiz"
)

// nothing refuses a question that declares no right answer.
func (it *item) nothing(r response) bool {
	if len(r.correct) == 0 && !r.byMap {
		it.Refuse("It says of no answer that it is right.")
	}
	return it.Refused != ""
}

func (it *item) choice(e *quiz.Element, one *quiz.Item) {
	if len(it.found) > 1 {
		one.Title = ""
	}
	it.options(e, e.Deep("simpleChoice"), one)
}

func (it *item) inlineChoice(e *quiz.Element, one *quiz.Item) {
	it.options(e, e.Deep("inlineChoice"), one)
}

// hottext chooses words of a text.
func (it *item) hottext(e *quiz.Element, one *quiz.Item) {
	text := e.Markup(func(c *quiz.Element) (string, bool) {
		if c.Name == "prompt" {
			return "<p>" + c.Markup(nil) + "</p>", true
		}
		if c.Name == "hottext" {
			return "<b>" + c.Markup(nil) + "</b>", true
		}
		return "", false
	})
	one.Statement = join(one.Statement, it.s.HTML(text))
	it.Lose("Words to choose in the text are options below it.")
	it.options(e, e.Deep("hottext"), one)
}

// options makes a choice of elements with identifiers.
func (it *item) options(e *quiz.Element, choices []*quiz.Element, one *quiz.Item) {
	r := it.response(e)
	if it.nothing(r) {
		return
	}
	several := r.kind == "multiple"
	one.Shuffle = e.Value("shuffle") == "true"
	var answers []quiz.Answer
	for _, c := range choices {
		id := c.Value("identifier")
		if c.Value("fixed") == "true" && one.Shuffle {
			it.Lose("Options that stay in their place are shuffled with the others.")
		}
		a := quiz.Answer{Text: it.s.HTML(c.Markup(func(x *quiz.Element) (string, bool) { return "", x.Name == "feedbackInline" }))}
		if said := c.Deep("feedbackInline"); len(said) > 0 {
			a.Why = it.s.Words(said[0].Markup(nil))
		}
		switch {
		case r.byMap:
			a.Share = r.share(id, several)
		case slices.Contains(r.correct, id):
			a.Share = 1
		}
		answers = append(answers, a)
	}
	if several && !r.byMap {
		one.AllOrNothing(it.Question, answers)
		return
	}
	one.Choose(it.Question, answers, several)
	if most, _ := strconv.Atoi(e.Value("maxChoices")); several && most > 0 && most < len(choices) {
		it.Lose("At most %d options could be chosen; here as many as there are.", most)
	}
}

func (it *item) textEntry(e *quiz.Element, one *quiz.Item) {
	r := it.response(e)
	if it.nothing(r) {
		return
	}
	if r.kind != "single" && r.kind != "" {
		it.Refuse("Its answer is not one text but a %s one.", r.kind)
		return
	}
	if e.Value("patternMask") != "" {
		it.Lose("The pattern that answers must have is not carried.")
	}
	var answers []quiz.Answer
	if r.byMap {
		for _, key := range r.keys {
			answers = append(answers, quiz.Answer{Text: key, Share: r.share(key, false)})
		}
	} else {
		for _, c := range r.correct {
			answers = append(answers, quiz.Answer{Text: c, Share: 1})
		}
	}
	if r.base == "integer" || r.base == "float" {
		for i := range answers {
			x, err := strconv.ParseFloat(strings.TrimSpace(answers[i].Text), 64)
			if err != nil {
				it.Refuse("Its answer is no number: %q.", answers[i].Text)
				return
			}
			answers[i].Number = it.near(e.Value("responseIdentifier"), x)
		}
		one.Number(it.Question, answers)
		return
	}
	if r.byMap && r.insensitive > 0 && r.insensitive < len(r.keys) {
		it.Lose("Capital letters count for some of its answers; here for none.")
	}
	one.Short(it.Question, answers, r.byMap && r.insensitive > 0, false)
}

// near is a number with the tolerance of the rule that compares it (equal in the specification's expressions).
func (it *item) near(id string, x float64) *quiz.Within {
	exact := &quiz.Within{Value: &x}
	for _, eq := range it.e.Find("responseProcessing").Deep("equal") {
		of := false
		for _, v := range eq.Deep("variable") {
			of = of || v.Value("identifier") == id
		}
		var off []float64
		for _, f := range strings.Fields(eq.Value("tolerance")) {
			if t, err := strconv.ParseFloat(f, 64); err == nil && t >= 0 {
				off = append(off, t)
			}
		}
		if !of || len(off) == 0 {
			continue
		}
		below, above := off[0], off[len(off)-1]
		if eq.Value("toleranceMode") == "relative" { // percent of the right answer
			below, above = below/100*max(x, -x), above/100*max(x, -x)
		} else if eq.Value("toleranceMode") != "absolute" {
			continue
		}
		if below == above {
			exact.Tolerance = below
			return exact
		}
		low, high := x-below, x+above
		return &quiz.Within{Min: &low, Max: &high}
	}
	return exact
}

func (it *item) slider(e *quiz.Element, one *quiz.Item) {
	r := it.response(e)
	if it.nothing(r) {
		return
	}
	it.Lose("The number is typed here, not pointed at on a scale.")
	one.Statement = join(one.Statement, fmt.Sprintf("A number from %s to %s.", e.Value("lowerBound"), e.Value("upperBound")))
	var answers []quiz.Answer
	for _, c := range r.correct {
		x, err := strconv.ParseFloat(c, 64)
		if err != nil {
			it.Refuse("Its answer is no number: %q.", c)
			return
		}
		answers = append(answers, quiz.Answer{Number: it.near(e.Value("responseIdentifier"), x), Share: 1})
	}
	one.Number(it.Question, answers)
}

func (it *item) extendedText(e *quiz.Element, one *quiz.Item) {
	r := it.response(e)
	one.Essay()
	one.Why = ""
	if len(r.correct) > 0 {
		it.Lose("A model answer is not carried: %s", strings.Join(r.correct, " / "))
	}
	if text := it.s.Words(it.feedback()); text != "" {
		it.Lose("Feedback is not carried: %s", text)
	}
	if r.kind != "single" && r.kind != "" {
		it.Lose("It asks for several texts; here they are written into one.")
	}
}

// pairs are the right ones, "a b".
func (r response) pairs() [][2]string {
	list := r.correct
	if len(list) == 0 {
		for _, k := range r.keys {
			if r.mapped[k] > 0 {
				list = append(list, k)
			}
		}
	}
	var out [][2]string
	for _, c := range list {
		if f := strings.Fields(c); len(f) == 2 {
			out = append(out, [2]string{f[0], f[1]})
		}
	}
	return out
}

// match asks of each member of the first set what belongs to it.
func (it *item) match(e *quiz.Element, one *quiz.Item) {
	r := it.response(e)
	if it.nothing(r) {
		return
	}
	var sets [][]*quiz.Element
	for s := range e.All("simpleMatchSet") {
		sets = append(sets, s.Deep("simpleAssociableChoice"))
	}
	if len(sets) != 2 {
		it.Refuse("It has %d sets to match; two are needed.", len(sets))
		return
	}
	right := map[string][]string{}
	for _, p := range r.pairs() {
		right[p[0]] = append(right[p[0]], p[1])
	}
	asks := 0
	for _, from := range sets[0] {
		if len(right[from.Value("identifier")]) > 0 {
			asks++
		}
	}
	for _, from := range sets[0] {
		ask := it.s.HTML(from.Markup(nil))
		wanted := right[from.Value("identifier")]
		if len(wanted) == 0 {
			it.Lose("Nothing belongs to “%s”; it is not asked for.", it.s.Words(from.Markup(nil)))
			continue
		}
		it.ask(one, ask, sets[1], wanted, float64(asks))
	}
	it.several(asks)
	if e.Value("shuffle") == "true" {
		for _, x := range it.Items {
			x.Shuffle = true
		}
	}
}

// ask is one question of several with the same options.
func (it *item) ask(one *quiz.Item, text string, options []*quiz.Element, right []string, of float64) {
	x := *one
	if of > 1 {
		x.Title = ""
	}
	x.Statement = join(one.Statement, text)
	if x.Weight = one.Weight / of; one.Weight == 0 {
		x.Weight = 1 / of
	}
	var answers []quiz.Answer
	for _, o := range options {
		a := quiz.Answer{Text: it.s.HTML(o.Markup(nil))}
		if slices.Contains(right, o.Value("identifier")) {
			a.Share = 1
		}
		answers = append(answers, a)
	}
	if len(right) == 1 {
		x.Choose(it.Question, answers, false)
	} else {
		x.AllOrNothing(it.Question, answers)
	}
	it.Items = append(it.Items, &x)
}

func (it *item) several(n int) {
	if n == 0 {
		it.Refuse("It says of no pair that it is right.")
		return
	}
	if n > 1 {
		it.Lose("Its %d parts are questions of their own now, each with all answers to choose from.", n)
	}
}

// gapMatch asks of each gap of a text what belongs there.
func (it *item) gapMatch(e *quiz.Element, one *quiz.Item) {
	r := it.response(e)
	if it.nothing(r) {
		return
	}
	if len(e.Deep("gapImg")) > 0 {
		it.Refuse("Pictures belong into its gaps.")
		return
	}
	var gaps []string
	text := e.Markup(func(c *quiz.Element) (string, bool) {
		switch c.Name {
		case "gap":
			gaps = append(gaps, c.Value("identifier"))
			return fmt.Sprintf(" (%d) ", len(gaps)), true
		case "gapText":
			return "", true
		case "prompt":
			return "<p>" + c.Markup(nil) + "</p>", true
		}
		return "", false
	})
	right := map[string][]string{}
	for _, p := range r.pairs() {
		right[p[1]] = append(right[p[1]], p[0])
	}
	shared := *one
	shared.Statement = join(one.Statement, it.s.HTML(text))
	asks := 0
	for _, g := range gaps {
		if len(right[g]) > 0 {
			asks++
		}
	}
	for n, g := range gaps {
		if len(right[g]) == 0 {
			it.Lose("Nothing belongs into gap %d; it is not asked for.", n+1)
			continue
		}
		it.ask(&shared, fmt.Sprintf("What belongs at (%d)?", n+1), e.Deep("gapText"), right[g], float64(asks))
	}
	it.several(asks)
}
