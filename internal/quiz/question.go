package quiz

import (
	"maps"
	"math"
	"slices"
	"strings"
)

// Minutes that are advertised where a source says nothing.
const (
	choiceMinutes = 2
	essayMinutes  = 10
	CodeMinutes   = 20
)

// Answer is an answer that a source knows, with the share of the mark that it is worth, -1..1.
type Answer struct {
	Text   string  // Markdown of an option, words of a short answer
	Number *Within // of a numeric question; nil is any number
	Share  float64
	Why    string // what is said to who gives it
}

// Pair is a part of a matching question and the one answer that belongs to it; "" asks nothing and is an answer for the others.
type Pair struct{ Ask, Answer string }

// Essay makes it a written answer.
func (it *Item) Essay() {
	it.Kind, it.Minutes = "freetext", essayMinutes
}

// TrueFalse makes it a choice of True and False.
func (it *Item) TrueFalse(right bool) {
	it.Kind, it.Minutes, it.Type = "choice", choiceMinutes, "single"
	it.Options = []Option{{Text: "True", Correct: right}, {Text: "False", Correct: !right}}
}

// exact is how near shares are taken for equal: sources write thirds with five digits.
const exact = 1e-4

func same(a, b float64) bool { return math.Abs(a-b) < exact }

// Choose makes it a choice of options: one, or several whose shares are summed up.
func (it *Item) Choose(q *Question, answers []Answer, several bool) {
	it.Kind, it.Minutes, it.Type = "choice", choiceMinutes, "single"
	best, right := 0.0, 0.0
	for _, a := range answers {
		best = max(best, a.Share)
		if a.Share > 0 {
			right++
		}
	}
	if best == 0 {
		q.Refuse("None of its options is right.")
		return
	}
	if several {
		it.Type = "multiple"
	}
	// The kind's own rule takes 1/right away for a wrong choice and gives as much for a right one.
	it.Partial = several && !slices.ContainsFunc(answers, func(a Answer) bool { return !same(math.Abs(a.Share), 1/right) })
	plain := it.Partial || !several && !slices.ContainsFunc(answers, func(a Answer) bool { return !same(a.Share, 0) && !same(a.Share, 1) })
	for _, a := range answers {
		o := Option{Text: a.Text, Correct: a.Share > 0, Why: a.Why}
		if !several {
			o.Correct = same(a.Share, best)
		}
		if share := max(-1, min(1, a.Share)); !plain && share != 0 {
			o.Share = &share
		}
		it.Options = append(it.Options, o)
	}
	it.noteShares(q, best, several)
}

func (it *Item) noteShares(q *Question, best float64, several bool) {
	if !several && !same(best, 1) {
		q.Lose("No single option is worth the whole mark: the best is %.0f%%.", 100*best)
	}
}

// Short makes it a short text. Texts with the wildcard * are patterns where wild says so.
func (it *Item) Short(q *Question, answers []Answer, ignoreCase, wild bool) {
	it.Kind, it.Minutes, it.Type = "choice", choiceMinutes, "text"
	it.Text = &Texts{IgnoreCase: ignoreCase}
	for _, a := range answers {
		a.Text = strings.TrimSpace(a.Text)
		it.Text.Wildcard = it.Text.Wildcard || wild && strings.Contains(a.Text, "*")
		switch {
		case a.Text == "":
			q.Lose("An accepted answer without text was left out.")
		case same(a.Share, 1):
			it.Text.Accept = append(it.Text.Accept, a.Text)
		case a.Share > 0:
			it.Text.Others = append(it.Text.Others, PartText{a.Text, min(1, a.Share)})
		}
		it.because(a, a.Text)
	}
	if len(it.Text.Accept) == 0 {
		q.Refuse("No answer of it is wholly right.")
	}
}

// Number makes it a number.
func (it *Item) Number(q *Question, answers []Answer) {
	it.Kind, it.Minutes, it.Type = "choice", choiceMinutes, "numeric"
	for _, a := range answers {
		it.because(a, "")
		switch {
		case a.Share <= 0: // said to who gives it
		case a.Number == nil:
			q.Refuse("It accepts any number.")
			return
		case same(a.Share, 1) && it.Numeric == nil:
			it.Numeric = &Number{Within: *a.Number}
		default:
			if it.Numeric == nil {
				it.Numeric = &Number{}
			}
			it.Numeric.Others = append(it.Numeric.Others, PartNumber{*a.Number, min(1, a.Share)})
		}
	}
	if it.Numeric == nil || it.Numeric.Value == nil && it.Numeric.Min == nil {
		q.Refuse("No number of it is wholly right.")
	}
}

// because adds what a source says to an answer to the reason that staff read.
func (it *Item) because(a Answer, name string) {
	if a.Why == "" {
		return
	}
	if name != "" {
		a.Why = name + ": " + a.Why
	}
	it.Why = strings.TrimSpace(it.Why + "\n" + a.Why)
}

// Match makes a choice of each pair, among the answers of all; it is what they share: the statement, the title, the weight.
func (q *Question) Match(it *Item, pairs []Pair) {
	var options []string
	asks := 0
	for _, p := range pairs {
		if !slices.Contains(options, p.Answer) {
			options = append(options, p.Answer)
		}
		if p.Ask != "" {
			asks++
		}
	}
	if asks == 0 {
		q.Refuse("Nothing in it is to be matched.")
		return
	}
	for _, p := range pairs {
		if p.Ask == "" {
			continue
		}
		one := *it
		one.Kind, one.Minutes, one.Type, one.Shuffle = "choice", choiceMinutes, "single", true
		one.Statement = strings.TrimSpace(it.Statement + "\n\n" + p.Ask)
		one.Title = ""
		one.Options = nil
		for _, o := range options {
			one.Options = append(one.Options, Option{Text: o, Correct: o == p.Answer})
		}
		one.Weight = it.weight() / float64(asks)
		q.Items = append(q.Items, &one)
	}
	if asks > 1 {
		q.Lose("Its %d parts are questions of their own now, each with all answers to choose from.", asks)
	}
}

func (it *Item) weight() float64 {
	if it.Weight == 0 {
		return 1
	}
	return it.Weight
}

// Weigh sets how much an item counts, from a source's points; what goes beyond 100 is said.
func (it *Item) Weigh(q *Question, points float64) {
	if !(points > 0) {
		q.Lose("It is worth nothing in its source; here it counts as 1.")
		return
	}
	if points > 100 {
		q.Lose("It is worth %g points; a weight here is at most 100.", points)
	}
	it.Weight = min(100, points)
}

// Finish gives the items the pictures of their texts and says what candidates will not read.
func (q *Question) Finish(s *Scribe) {
	why := false
	for _, it := range q.Items {
		if len(s.Pictures) > 0 {
			if it.Files == nil {
				it.Files = s.Pictures
			} else {
				maps.Copy(it.Files, s.Pictures)
			}
		}
		why = why || it.Why != "" || slices.ContainsFunc(it.Options, func(o Option) bool { return o.Why != "" })
	}
	if why {
		q.Lose("Feedback is kept for authors and reviewers; candidates do not see it.")
	}
	if q.Refused != "" {
		q.Items = nil
	}
}

// Named is a name for a question: what a source calls it, or how it begins.
func Named(name, words string) string { return title(name, words, "") }

// AllOrNothing makes it a choice of several options which have to be the right ones, all of them and no other.
func (it *Item) AllOrNothing(q *Question, answers []Answer) {
	it.Kind, it.Minutes, it.Type = "choice", choiceMinutes, "multiple"
	for _, a := range answers {
		it.Options = append(it.Options, Option{Text: a.Text, Correct: a.Share > 0, Why: a.Why})
	}
	if !slices.ContainsFunc(it.Options, func(o Option) bool { return o.Correct }) {
		q.Refuse("None of its options is right.")
	}
}
