package reviewweb

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"

	"candor/internal/assessment"
	"candor/internal/opening"
	"candor/internal/problem"
	"candor/internal/review"
	"candor/internal/web"
	"candor/internal/web/ui/field"
)

type compareView struct {
	Page    web.Page
	Base    string
	Here    string
	Opening opening.Opening
	List    []review.Comparable
	Chosen  []review.Code
	More    string
	Columns []review.Column
	Problem *problem.Problem
}

// compare lets one choose two to four candidates of an opening, and shows them side by side.
func (p *Pages) compare(w http.ResponseWriter, r *http.Request) error {
	o := opening.ID(r.PathValue("opening"))
	v := compareView{Base: base(r)}
	v.Here = v.Base + "/openings/" + string(o) + "/compare"
	var more bool
	var err error
	v.Opening, v.List, more, err = p.Reviews.Candidates(r.Context(), web.Actor(r), o, review.Code(r.URL.Query().Get("after")))
	if err != nil {
		return err
	}
	if more {
		v.More = v.Here + "?after=" + url.QueryEscape(string(v.List[len(v.List)-1].Code))
	}
	for _, c := range r.URL.Query()["with"] {
		v.Chosen = append(v.Chosen, review.Code(c))
	}
	if len(v.Chosen) > 0 {
		if v.Columns, err = p.Reviews.Compare(r.Context(), web.Actor(r), o, v.Chosen); err != nil {
			var ok bool
			if v.Problem, ok = problem.As(err); !ok {
				return err
			}
		}
	}
	v.Page = web.PageOf(r, "Compare")
	return web.ShowWith(w, r, err, comparePage(v))
}

func (v compareView) picked(c review.Code) bool { return slices.Contains(v.Chosen, c) }

// criteria are the rows: those of the first column's rubric, then what only others have.
func criteria(cols []review.Column) []assessment.Criterion {
	var out []assessment.Criterion
	for _, col := range cols {
		for _, c := range col.Rubric.Rubric {
			if !slices.ContainsFunc(out, func(x assessment.Criterion) bool { return x.Key == c.Key }) {
				out = append(out, c)
			}
		}
	}
	return out
}

// several says that not all did the same.
func several(cols []review.Column) bool {
	return slices.ContainsFunc(cols, func(c review.Column) bool { return c.Rubric.Assessment != cols[0].Rubric.Assessment })
}

// of is the column's own form of a criterion; ok is false when its version did not have it.
func of(col review.Column, key string) (assessment.Criterion, bool) {
	i := slices.IndexFunc(col.Rubric.Rubric, func(c assessment.Criterion) bool { return c.Key == key })
	if i < 0 {
		return assessment.Criterion{}, false
	}
	return col.Rubric.Rubric[i], true
}

func spread(col review.Column, c assessment.Criterion) review.Spread {
	return review.SpreadOf(col.Cards, c.Key, len(c.Levels))
}

// shape says a distribution in words, for those who do not see the bars.
func shape(c assessment.Criterion, s review.Spread) string {
	out := ""
	for i, n := range s.Counts {
		if n > 0 {
			out += fmt.Sprintf("%d at %d %s. ", n, i+1, c.Levels[i].Name)
		}
	}
	if s.Cannot > 0 {
		out += fmt.Sprintf("%d could not score it.", s.Cannot)
	}
	if out == "" {
		return "No scores."
	}
	return out
}

func fill(n int) string {
	switch n {
	case 0:
		return ""
	case 1:
		return "one"
	}
	return "two"
}

func digit(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprint(n)
}

// decided is a column's decision in words.
func decided(col review.Column) string {
	if col.Decision == nil {
		return "Not decided"
	}
	switch col.Decision.Outcome {
	case review.Advance:
		return "Advanced"
	case review.Hold:
		return "On hold"
	}
	return "Declined"
}

func waitingFor(d *review.Desk) string {
	if d.Open() == 1 {
		return "One scorecard is not in."
	}
	return fmt.Sprintf("%d scorecards are not in.", d.Open())
}

func (v cardsView) pool() []field.Option {
	out := []field.Option{{Value: "", Text: "Whoever has least to read"}}
	for _, m := range v.Desk.Pool {
		out = append(out, field.Option{Value: m.ID, Text: m.Name})
	}
	for _, m := range v.Desk.Back {
		out = append(out, field.Option{Value: m.ID, Text: m.Name + ", who goes on with what they wrote"})
	}
	return out
}
