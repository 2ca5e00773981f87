package reviewweb

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"candor/internal/assessment"
	"candor/internal/item"
	"candor/internal/opening"
	"candor/internal/problem"
	"candor/internal/review"
	"candor/internal/web"
	"candor/internal/web/ui/field"
)

type debriefView struct {
	Page    web.Page
	Base    string
	Here    string
	Debrief *review.Debrief
	Rules   review.Rules // as they stand, or as they were posted
	Problem *problem.Problem
}

// debrief is an opening's scored work in bands.
func (p *Pages) debrief(w http.ResponseWriter, r *http.Request) error {
	return p.showDebrief(w, r, nil, nil)
}

func (p *Pages) showDebrief(w http.ResponseWriter, r *http.Request, posted *review.Rules, err error) error {
	prob, ok := problem.As(err)
	if err != nil && !ok {
		return err
	}
	d, derr := p.Reviews.Debrief(r.Context(), web.Actor(r), opening.ID(r.PathValue("opening")))
	if derr != nil {
		return derr
	}
	v := debriefView{Page: web.PageOf(r, "Debrief"), Base: base(r), Debrief: d, Rules: d.Rules, Problem: prob}
	v.Here = v.Base + "/openings/" + string(d.Opening.ID) + "/debrief"
	if posted != nil {
		v.Rules = *posted
	}
	return web.ShowWith(w, r, err, debriefPage(v))
}

type rulesForm struct {
	Apart   int
	Asks    bool
	Certify bool
}

// rules changes how the opening holds its cards together.
func (p *Pages) rules(w http.ResponseWriter, r *http.Request) error {
	var f rulesForm
	err := web.ReadForm(r, &f)
	rules := review.Rules{Apart: f.Apart, Asks: f.Asks, Certify: f.Certify}
	if err == nil {
		err = p.Reviews.SetRules(r.Context(), web.Actor(r), opening.ID(r.PathValue("opening")), rules)
	}
	if err != nil {
		return p.showDebrief(w, r, &rules, err)
	}
	return web.Redirect(w, r, base(r)+"/openings/"+r.PathValue("opening")+"/debrief", "Saved. It holds for work that is scored from now on.")
}

func levelsApart() []field.Option {
	out := []field.Option{{Value: "1", Text: "one level"}}
	for n := 2; n <= 4; n++ {
		out = append(out, field.Option{Value: fmt.Sprint(n), Text: fmt.Sprintf("%d levels", n)})
	}
	return out
}

// third says where the settling of a work's disagreement stands; "" when there is nothing to say.
func third(col review.Column) string {
	switch n := len(col.Disputed()); {
	case col.Third.State == review.Asked:
		return "A third reader is asked to settle what the readers differ on."
	case col.Third.State == review.Settled:
		return "A third reader settled what the readers differed on."
	case n == 1:
		return "The readers differ on one criterion by more than this opening allows."
	case n > 1:
		return fmt.Sprintf("The readers differ on %d criteria by more than this opening allows.", n)
	}
	return ""
}

// rests says what the intervals rest on.
func (v debriefView) rests() string {
	switch n := v.Debrief.Pairs; {
	case n == 0:
		return "No work was scored twice yet, so the intervals rest on what is known of structured interviews."
	case n < 20:
		return fmt.Sprintf("The intervals rest on %s, and, while that is little, on what is known of structured interviews.", times(n))
	default:
		return fmt.Sprintf("The intervals rest on %s.", times(n))
	}
}

// times is how often a work was read again.
func times(n int) string {
	if n == 1 {
		return "one second reading"
	}
	return fmt.Sprintf("%d second readings", n)
}

// near says in words whom a score cannot be told from.
func near(s review.Standing) string {
	switch s.Near {
	case 0:
		return "Distinguishable from everybody else"
	case 1:
		return "Not distinguishable from one other"
	}
	return fmt.Sprintf("Not distinguishable from %d others", s.Near)
}

// once says what one more reader would settle.
func once(s review.Standing) string {
	if s.Once == 1 {
		return "one more reader would tell them from one other"
	}
	return fmt.Sprintf("one more reader would tell them from %d others", s.Once)
}

func band(i, of int) string {
	if of == 1 {
		return "One band: nobody can be told from the first"
	}
	return fmt.Sprintf("Band %d of %d", i+1, of)
}

// standing is an application's status in words.
func standing(s opening.Status) string {
	switch s {
	case opening.Hired:
		return "Hired"
	case opening.Declined:
		return "Declined"
	case opening.Withdrawn:
		return "Withdrawn"
	}
	return "Open"
}

// within keeps a point of a drawing on the scale.
func within(x float64) string { return fmt.Sprintf("%.1f", min(max(x, 0), 100)) }

// furthest are the criteria of a column, those that its readers are furthest apart on first.
func furthest(col review.Column) []assessment.Criterion {
	apart := func(c assessment.Criterion) int {
		low, high := len(c.Levels), 1
		for _, o := range col.Cards {
			if l := o.Review.Card.Ratings[c.Key].Level; l > 0 {
				low, high = min(low, l), max(high, l)
			}
		}
		return max(0, high-low)
	}
	out := slices.Clone(col.Rubric.Rubric)
	slices.SortStableFunc(out, func(a, b assessment.Criterion) int { return cmp.Compare(apart(b), apart(a)) })
	return out
}

// seenIn are the places of a rating in words.
func seenIn(col review.Column, r review.Rating) string {
	var out []string
	for _, e := range r.Evidence {
		out = append(out, label(col.Rubric, col.Work, e))
	}
	return strings.Join(out, ", ")
}

// label is a place of a work in words.
func label(v *assessment.Version, w review.Work, e review.Place) string {
	i, _, ok := v.Item(e.Item)
	if !ok {
		return e.Item
	}
	if a, can := i.Kind.(item.Anchorer); can && e.Anchor != "" {
		if text, ok := a.Label(i.Spec, w.Answers[e.Item].Body, e.Anchor); ok {
			return text
		}
	}
	if k, can := i.Kind.(item.Quoter); can && e.Anchor != "" { // a line, as its page names it
		if q, ok := k.Quote(item.Ref{Item: e.Item}, i.Spec, w.Answers[e.Item].Body, e.Anchor); ok {
			return q.Label
		}
	}
	return i.Head.Title
}
