package interview

import (
	"context"
	"errors"
	"time"

	"candor/internal/actor"
	"candor/internal/attempt"
	"candor/internal/db"
	"candor/internal/interview/internal/query"
	"candor/internal/org"
)

// Row is an interview in a member's list.
type Row struct {
	Interview
	Title   string // the candidate's name, or the code
	Opening string // its title
	Name    string // of who asks
	Until   time.Time
}

// List are the open interviews in which the asker asks, ours first; and those of openings that they run or decide, where somebody else does.
func (is *Interviews) List(ctx context.Context, who actor.Actor) (mine, others []Row, err error) {
	err = is.DB.Read(ctx, who.Org, func(tx db.Tx) error {
		mine, others = nil, nil
		q := query.New(tx)
		rows, err := q.Mine(ctx, tx.Org, who.ID)
		if err != nil {
			return err
		}
		for _, r := range rows {
			if mine, err = is.row(ctx, tx, who, of(query.ByCodeRow(r)), mine); err != nil {
				return err
			}
		}
		watched, err := q.Watched(ctx, tx.Org, who.ID)
		if err != nil {
			return err
		}
		for _, r := range watched {
			if others, err = is.row(ctx, tx, who, of(query.ByCodeRow(r)), others); err != nil {
				return err
			}
		}
		return nil
	})
	return mine, others, err
}

// row adds an interview as the asker may see it to a list; nothing where they may not.
func (is *Interviews) row(ctx context.Context, tx db.Tx, who actor.Actor, v Interview, to []Row) ([]Row, error) {
	m, err := is.mayOf(ctx, tx, who, v)
	if errors.Is(err, ErrMissing) {
		return to, nil
	}
	if err != nil {
		return to, err
	}
	x := Row{Interview: v, Title: m.App.Title(), Opening: m.App.Opening.Title, Until: v.Due}
	asks, err := is.Orgs.Member(ctx, tx, v.Member)
	if err != nil && !errors.Is(err, org.ErrMissing) {
		return to, err
	}
	x.Name = asks.Name
	if v.State == Theirs {
		all, err := is.Attempts.Sittings(ctx, tx, v.Attempt)
		if err != nil {
			return to, err
		}
		if s, ok := all[attempt.TurnKey(v.Turn)]; ok {
			x.Until = s.End()
		}
	}
	return append(to, x), nil
}
