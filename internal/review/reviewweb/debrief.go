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
	"candor/internal/review"
	"candor/internal/web"
)

type debriefView struct {
	Page    web.Page
	Base    string
	Debrief *review.Debrief
}

// debrief is an opening's scored work in bands.
func (p *Pages) debrief(w http.ResponseWriter, r *http.Request) error {
	d, err := p.Reviews.Debrief(r.Context(), web.Actor(r), opening.ID(r.PathValue("opening")))
	if err != nil {
		return err
	}
	return web.Show(w, r, debriefPage(debriefView{web.PageOf(r, "Debrief"), base(r), d}))
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
	return i.Head.Title
}
