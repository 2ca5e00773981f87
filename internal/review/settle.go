package review

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"candor/internal/actor"
	"candor/internal/assessment"
	"candor/internal/audit"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/item"
	"candor/internal/opening"
	"candor/internal/problem"
	"candor/internal/review/internal/query"
)

// Where an adjudication stands: a third reader settles what two differ on.
const (
	Asked   = "asked"
	Settled = "settled"
	Back    = "back" // given back, or taken
)

// Adjudication is what somebody who has not scored a work is asked to settle of it.
type Adjudication struct {
	ID     string
	Member string
	State  string
	Ruled  map[string]Ruled // by the criteria in dispute; level 0 while asked
}

// Ruled is a criterion's level as a third reader decided it, and why.
type Ruled struct {
	Level  int
	Reason string
}

var (
	// ErrAgree: nothing to settle.
	ErrAgree = problem.New(problem.Conflict, "cards_agree", "The scorecards do not differ by more than this opening allows. There is nothing to settle.")
	// ErrAsked: a third reader has it, or had.
	ErrAsked = problem.New(problem.Conflict, "adjudication_asked", "A third reader was asked already.")
	// ErrOver: it was settled, or given back.
	ErrOver = problem.New(problem.Conflict, "adjudication_over", "This was settled or given back already and stays as it is.")
	// ErrUnsettled: every criterion in dispute needs a level and a reason. Fields are the criteria.
	ErrUnsettled = problem.New(problem.Invalid, "adjudication_incomplete", "Some criteria still need a level or a reason.")
)

// AdjudicationOf is the one of a round that was not given back; its ID is "" where there is none.
func (rs *Reviews) AdjudicationOf(ctx context.Context, tx db.Tx, n Round) (a Adjudication, err error) {
	q := query.New(tx)
	rows, err := q.AdjudicationsOf(ctx, tx.Org, n.Attempt)
	i := slices.IndexFunc(rows, func(r query.AdjudicationsOfRow) bool { return r.State != Back })
	if err != nil || i < 0 {
		return a, err
	}
	a = Adjudication{rows[i].ID, rows[i].MemberID, rows[i].State, map[string]Ruled{}}
	list, err := q.Settlements(ctx, tx.Org, a.ID)
	for _, s := range list {
		a.Ruled[s.Criterion] = Ruled{int(s.Level), s.Reason}
	}
	return a, err
}

// asked is the asker's own adjudication of a round. ErrMissing.
func (rs *Reviews) asked(ctx context.Context, tx db.Tx, who actor.Actor, n Round) (Adjudication, error) {
	a, err := rs.AdjudicationOf(ctx, tx, n)
	if err == nil && (a.ID == "" || who.Kind != actor.Member || a.Member != who.ID) {
		err = ErrMissing
	}
	return a, err
}

// Dispute is a criterion that the cards of a work differ on, without names.
type Dispute struct {
	assessment.Criterion
	Ratings []Rating // in an order of the asker's own
	Ruled
}

// Settling is a third reader's page: the work, and what its cards say of the criteria in dispute.
type Settling struct {
	*Sheet
	State    string
	Disputes []Dispute
}

// Settling loads it. ErrMissing for everybody who was not asked.
func (rs *Reviews) Settling(ctx context.Context, who actor.Actor, c Code) (*Settling, error) {
	s := &Settling{Sheet: &Sheet{}}
	var a Adjudication
	var names []string
	var cards []Other
	err := rs.DB.Read(ctx, who.Org, func(tx db.Tx) (err error) {
		if s.Round, err = roundIn(ctx, tx, c); err != nil {
			return err
		}
		if a, err = rs.asked(ctx, tx, who, s.Round); err != nil {
			return err
		}
		if names, err = rs.around(ctx, tx, who, s.Sheet, a.State == Asked); err != nil {
			return err
		}
		cards, _, err = rs.cards(ctx, tx, s.Round, "")
		return err
	})
	if err != nil {
		return nil, err
	}
	if err := rs.draw(ctx, who, s.Sheet, names); err != nil {
		return nil, err
	}
	slices.SortFunc(cards, func(x, y Other) int {
		return cmp.Compare(dice(x.Member.ID, s.Attempt), dice(y.Member.ID, s.Attempt))
	})
	s.State = a.State
	for _, c := range s.Rubric.Rubric {
		ruled, ok := a.Ruled[c.Key]
		if !ok || a.State == Asked && ruled.Level > 0 { // settled before it was asked again
			continue
		}
		d := Dispute{Criterion: c, Ruled: ruled}
		for _, o := range cards {
			if r := o.Review.Card.Ratings[c.Key]; r.Level > 0 {
				if s.Blind {
					r.Note = item.Strike(r.Note, names)
				}
				d.Ratings = append(d.Ratings, r)
			}
		}
		s.Disputes = append(s.Disputes, d)
	}
	return s, nil
}

// Settle keeps what a third reader decided, for good: every criterion in dispute with a reason. Pressing again is ErrOver and changes
// nothing. ErrMissing, ErrUnsettled.
func (rs *Reviews) Settle(ctx context.Context, who actor.Actor, c Code, ruled map[string]Ruled) error {
	v, err := rs.version(ctx, who, c)
	if err != nil {
		return err
	}
	return rs.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		n, err := roundIn(ctx, tx, c)
		if err != nil {
			return err
		}
		a, err := rs.asked(ctx, tx, who, n)
		if err != nil {
			return err
		}
		if err := ruledAll(a.inDispute(v), ruled); err != nil {
			return err
		}
		q := query.New(tx)
		now := rs.DB.Now()
		ended, err := q.EndAdjudication(ctx, query.EndAdjudicationParams{State: Settled, At: clock.Milli(now), OrgID: tx.Org, ID: a.ID})
		if err == nil && ended == 0 {
			err = ErrOver
		}
		if err != nil {
			return err
		}
		for key, before := range a.Ruled {
			if before.Level > 0 {
				continue
			}
			err := q.Settle(ctx, query.SettleParams{Level: int64(ruled[key].Level), Reason: ruled[key].Reason, OrgID: tx.Org, ID: a.ID, Criterion: key})
			if err != nil {
				return err
			}
		}
		return audit.Record(ctx, tx, now, who, "review.settle", a.ID, audit.Facts{"attempt": n.Attempt})
	})
}

// inDispute are the criteria of a rubric that an adjudication is about and has not settled.
func (a Adjudication) inDispute(v *assessment.Version) []assessment.Criterion {
	return slices.DeleteFunc(slices.Clone(v.Rubric), func(c assessment.Criterion) bool {
		r, ok := a.Ruled[c.Key]
		return !ok || r.Level > 0
	})
}

// ruledAll says which criteria lack a level of the rubric or a reason. ErrUnsettled.
func ruledAll(list []assessment.Criterion, ruled map[string]Ruled) error {
	bad, missing := ErrUnsettled, false
	for _, c := range list {
		switch r := ruled[c.Key]; {
		case r.Level < 1 || r.Level > len(c.Levels):
			bad, missing = bad.On(c.Key, c.Title+": choose the level that the work shows."), true
		case r.Reason == "":
			bad, missing = bad.On(c.Key, c.Title+": say in a few words why."), true
		case len([]rune(r.Reason)) > MaxNote:
			bad, missing = bad.On(c.Key, fmt.Sprintf("%s: say it in up to %d characters.", c.Title, MaxNote)), true
		}
	}
	if missing {
		return bad
	}
	return nil
}

// ToSettle is a line of what waits for a third reader.
type ToSettle struct {
	Code     Code
	Opening  string
	Stage    string
	Criteria int
}

// ToSettle are the works that the asker is to settle, the soonest due first, at most 50.
func (rs *Reviews) ToSettle(ctx context.Context, who actor.Actor) (out []ToSettle, err error) {
	err = rs.DB.Read(ctx, who.Org, func(tx db.Tx) error {
		rows, err := query.New(tx).ToSettle(ctx, tx.Org, who.ID)
		for _, r := range rows {
			out = append(out, ToSettle{Code(r.Code), r.OpeningTitle, r.StageTitle, int(r.N)})
		}
		return err
	})
	return out, err
}

// settledLevels are the levels that third readers decided in an opening, by attempt and criterion.
func settledLevels(ctx context.Context, tx db.Tx, o opening.ID) (map[string]map[string]int, error) {
	rows, err := query.New(tx).Settled(ctx, tx.Org, string(o))
	out := map[string]map[string]int{}
	for _, r := range rows {
		if out[r.AttemptID] == nil {
			out[r.AttemptID] = map[string]int{}
		}
		out[r.AttemptID][r.Criterion] = int(r.Level)
	}
	return out, err
}
