package review

import (
	"context"
	"fmt"
	"math"
	"slices"

	"candor/internal/actor"
	"candor/internal/assessment"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/opening"
	"candor/internal/problem"
	"candor/internal/review/internal/query"
)

// Comparable is a closed round in the list to choose from.
type Comparable struct {
	Code  Code
	Title string
	Stage opening.StageID
}

// Column is one candidate side by side with others.
type Column struct {
	Code     Code
	Title    string
	App      opening.ApplicationID
	Status   opening.Status
	Cards    []Other
	Marks    []Marked
	Decision *Decision
	Rubric   *assessment.Version
	Score    Score
	Rules    Rules
	Third    Adjudication // what a third reader settled, or is asked to
	Gold     bool         // reviewers practise on it
	Together []Together   // what facilitators rated, beside the cards and in no score
	Work     Work         // for the places of evidence; what stands in repositories is not fetched
	op       opening.ID
}

// Marked is an automatic mark beside the ratings.
type Marked struct {
	Item        string // its title
	Percent     int
	Provisional bool
}

// MaxCompare is how many fit side by side.
const MaxCompare = 4

// ErrCompare: two to four.
var ErrCompare = problem.New(problem.Invalid, "compare", "Choose two to four candidates to compare.")

// Candidates are the closed rounds of an opening, in the order they closed, 50 at a time; after is the last code of the page
// before. For those who decide or run the opening. Who is blind to one sees its code. ErrMissing, ErrRole.
func (rs *Reviews) Candidates(ctx context.Context, who actor.Actor, o opening.ID, after Code) (op opening.Opening, list []Comparable, more bool, err error) {
	err = rs.DB.Read(ctx, who.Org, func(tx db.Tx) error {
		if err := rs.run(ctx, tx, who, Round{Opening: o}); err != nil {
			return err
		}
		if op, err = rs.Openings.LoadIn(ctx, tx, who, o); err != nil {
			return err
		}
		p := query.ClosedParams{OrgID: tx.Org, OpeningID: string(o), AfterAt: math.MinInt64, Most: PageSize + 1}
		if after != "" {
			n, err := roundIn(ctx, tx, after)
			if err != nil {
				return err
			}
			p.AfterAt, p.AfterID = clock.Milli(n.Closed), n.Attempt
		}
		rows, err := query.New(tx).Closed(ctx, p)
		if err != nil {
			return err
		}
		apps := make([]opening.ApplicationID, len(rows))
		for i, r := range rows {
			apps[i] = opening.ApplicationID(r.ApplicationID)
		}
		hidden, err := rs.Hidden(ctx, tx, who, apps)
		for i, r := range rows {
			c := Comparable{Code(r.Code), "Candidate " + r.Code, opening.StageID(r.StageID)}
			if _, blind := hidden[apps[i]]; !blind && r.Name != "" {
				c.Title = r.Name
			}
			list = append(list, c)
		}
		return err
	})
	if len(list) > PageSize {
		list, more = list[:PageSize], true
	}
	return op, list, more, err
}

// Compare puts two to four candidates of an opening side by side. ErrCompare, ErrMissing, ErrRole, ErrOwnFirst, ErrOpenCards.
func (rs *Reviews) Compare(ctx context.Context, who actor.Actor, o opening.ID, codes []Code) ([]Column, error) {
	codes = slices.Compact(slices.Clone(codes))
	if len(codes) < 2 || len(codes) > MaxCompare {
		return nil, ErrCompare
	}
	var out []Column
	for _, c := range codes {
		col, err := rs.column(ctx, who, c)
		if err != nil {
			return nil, err
		}
		out = append(out, col)
	}
	if slices.ContainsFunc(out, func(c Column) bool { return c.op != o }) {
		return nil, ErrMissing
	}
	return out, rs.score(ctx, who.Org, o, out)
}

// score gives columns of an opening their scores.
func (rs *Reviews) score(ctx context.Context, org string, o opening.ID, cols []Column) error {
	return rs.DB.Read(ctx, org, func(tx db.Tx) error {
		variance, _, err := noise(ctx, tx, o)
		for i := range cols {
			cols[i].Score = cols[i].score(variance)
		}
		return err
	})
}

// Column reads one candidate with all cards and their score, for those who decide or run the opening. Problems as Cards.
func (rs *Reviews) Column(ctx context.Context, who actor.Actor, c Code) (Column, error) {
	col, err := rs.column(ctx, who, c)
	if err != nil {
		return col, err
	}
	cols := []Column{col}
	err = rs.score(ctx, who.Org, col.op, cols)
	return cols[0], err
}

func (rs *Reviews) column(ctx context.Context, who actor.Actor, c Code) (Column, error) {
	var col Column
	var n Round
	err := rs.DB.Read(ctx, who.Org, func(tx db.Tx) (err error) {
		if n, err = roundIn(ctx, tx, c); err != nil {
			return err
		}
		cards, err := rs.Cards(ctx, tx, who, n)
		if err != nil {
			return err
		}
		app, err := rs.Openings.LoadApplicationIn(ctx, tx, who, n.Application)
		if err != nil {
			return err
		}
		col = Column{Code: c, Title: app.Title(), App: app.ID, Status: app.Status, Cards: cards, op: n.Opening}
		all, err := rs.DecisionsOf(ctx, tx, app.ID)
		if err != nil {
			return err
		}
		if i := slices.IndexFunc(all, func(d Decision) bool { return d.Stage == n.Stage && d.Undone.IsZero() }); i >= 0 {
			col.Decision = &all[i]
		}
		if col.Rules, err = rs.RulesOf(ctx, tx, n.Opening); err != nil {
			return err
		}
		if col.Third, err = rs.AdjudicationOf(ctx, tx, n); err != nil {
			return err
		}
		if col.Gold, err = isGold(ctx, tx, n); err != nil {
			return err
		}
		if col.Together, err = rs.togethers(ctx, tx, n.Attempt); err != nil {
			return err
		}
		col.Together = slices.DeleteFunc(col.Together, func(t Together) bool { return t.Filed.IsZero() })
		col.Work, err = rs.work(ctx, tx, n.Attempt)
		return err
	})
	if err != nil {
		return col, err
	}
	if col.Rubric, err = rs.whole(ctx, who.Org, n); err != nil {
		return col, err
	}
	col.Marks = Marks(col.Rubric, col.Work)
	return col, nil
}

// Disputed are the criteria that the column's cards differ on by more than its opening allows, and nobody has settled.
func (c Column) Disputed() (out []string) {
	var cards []levels
	for _, o := range c.Cards {
		l := levels{o.Member.ID, map[string]int{}}
		for key, r := range o.Review.Card.Ratings {
			if r.Level > 0 {
				l.of[key] = r.Level
			}
		}
		cards = append(cards, l)
	}
	return slices.DeleteFunc(disputed(c.Rubric.Rubric, cards, c.Rules.Apart), func(key string) bool { return c.Third.Ruled[key].Level > 0 })
}

// Marks are the automatic marks of a work, in the order of its items.
func Marks(v *assessment.Version, w Work) []Marked {
	var out []Marked
	for _, p := range v.Parts {
		for _, i := range p.Items {
			if m := w.Answers[i.Key].Mark; m != nil {
				out = append(out, Marked{i.Head.Title, int(m.Share*100 + .5), m.Provisional})
			}
		}
	}
	return out
}

// Spread are the levels that cards gave one criterion, and how they agree, in words.
type Spread struct {
	Counts []int // by level, Counts[0] is level 1
	Cannot int   // how many could not score it
	Words  string
	Apart  bool // two levels or more: worth talking about
}

// SpreadOf counts one criterion over cards. levels is how many the rubric has.
func SpreadOf(cards []Other, criterion string, levels int) Spread {
	s := Spread{Counts: make([]int, levels)}
	low, high, n := levels+1, 0, 0
	for _, c := range cards {
		switch l := c.Review.Card.Ratings[criterion].Level; {
		case l == CannotRate:
			s.Cannot++
		case l >= 1 && l <= levels:
			s.Counts[l-1]++
			low, high, n = min(low, l), max(high, l), n+1
		}
	}
	switch {
	case n == 0 && s.Cannot == 0:
		s.Words = "Nobody scored it"
	case n == 0:
		s.Words = "Nobody could score it"
	case n == 1 && s.Cannot > 0:
		s.Words = "One scored it, one could not"
	case n == 1:
		s.Words = "One reader"
	case low == high:
		s.Words = "Both agree"
	case high-low == 1:
		s.Words = "One level apart"
	default:
		s.Words, s.Apart = fmt.Sprintf("%d levels apart: talk about it", high-low), true
	}
	return s
}
