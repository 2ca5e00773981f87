package review

import (
	"context"
	"slices"

	"candor/internal/actor"
	"candor/internal/agreement"
	"candor/internal/assessment"
	"candor/internal/db"
	"candor/internal/opening"
	"candor/internal/review/internal/query"
)

// Agreement is how far the readers of an opening agree, by criterion.
type Agreement struct {
	Opening  opening.Opening
	Works    int // closed rounds that were scored
	Criteria []Agreed
}

// Agreed is one criterion: its figures, and the two levels that readers mix up most.
type Agreed struct {
	assessment.Criterion
	agreement.Summary
	Collision agreement.Collision
	Collides  bool // readers gave it two different levels at least once
}

// Agreement reads it for those who run or decide the opening: no names, no single work. A criterion that changed between versions is
// taken as its newest version has it; levels that one no longer has are left out. ErrMissing, ErrRole.
func (rs *Reviews) Agreement(ctx context.Context, who actor.Actor, o opening.ID) (*Agreement, error) {
	out := &Agreement{}
	err := rs.DB.Read(ctx, who.Org, func(tx db.Tx) (err error) {
		if err := rs.run(ctx, tx, who, Round{Opening: o}); err != nil {
			return err
		}
		out.Opening, err = rs.Openings.LoadIn(ctx, tx, who, o)
		return err
	})
	if err != nil {
		return nil, err
	}
	list, err := rs.scored(ctx, who.Org, o)
	if err != nil {
		return nil, err
	}
	for _, s := range list {
		if len(s.cards) > 0 {
			out.Works++
		}
		for _, c := range s.rubric {
			if !slices.ContainsFunc(out.Criteria, func(a Agreed) bool { return a.Key == c.Key }) {
				out.Criteria = append(out.Criteria, agreed(list, c))
			}
		}
	}
	return out, nil
}

func agreed(list []scored, c assessment.Criterion) Agreed {
	u := units(list, c.Key)
	a := Agreed{Criterion: c, Summary: agreement.Of(u, len(c.Levels))}
	a.Collision, a.Collides = agreement.Collide(u, len(c.Levels))
	return a
}

// Severity is by how many levels the asker rates above (or, negative, below) others on the same works, the mean over works with its
// interval, and how many works it rests on: the newest 500. It is for themselves alone; nobody else can ask for it.
func (rs *Reviews) Severity(ctx context.Context, who actor.Actor) (f agreement.Figure, works int, err error) {
	var xs []float64
	err = rs.DB.Read(ctx, who.Org, func(tx db.Tx) error {
		rows, err := query.New(tx).Severity(ctx, tx.Org, who.ID)
		for _, r := range rows {
			xs = append(xs, r)
		}
		return err
	})
	return agreement.Mean(xs), len(xs), err
}
