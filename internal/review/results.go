package review

import (
	"context"

	"candor/internal/actor"
	"candor/internal/db"
	"candor/internal/opening"
)

// Result is the reading of one submission. While a card is open it has neither marks nor cards.
type Result struct {
	Round
	Marks []Marked
	Cards []Other
}

// Results are an application's readings, the newest first, and what was decided on it: for those who run or decide its opening. Whoever still
// has a card of it open learns nothing. ErrMissing, ErrRole, ErrOwnFirst.
func (rs *Reviews) Results(ctx context.Context, who actor.Actor, a opening.ApplicationID) (app opening.Application, list []Result, decisions []Decision, err error) {
	works := map[string]Work{}
	err = rs.DB.Read(ctx, who.Org, func(tx db.Tx) error {
		if app, err = rs.Openings.LoadApplicationIn(ctx, tx, who, a); err != nil {
			return err
		}
		switch {
		case !app.Opening.MayManage(who) && !app.Opening.MayDecide(who):
			return ErrRole
		case app.Blind:
			return ErrOwnFirst
		}
		if decisions, err = rs.DecisionsOf(ctx, tx, a); err != nil {
			return err
		}
		rounds, err := rs.RoundsOf(ctx, tx, a)
		if err != nil {
			return err
		}
		for _, n := range rounds {
			r := Result{Round: n}
			if !n.Closed.IsZero() {
				if r.Cards, err = rs.Cards(ctx, tx, who, n); err != nil {
					return err
				}
				if works[n.Attempt], err = rs.work(ctx, tx, n.Attempt); err != nil {
					return err
				}
			}
			list = append(list, r)
		}
		return nil
	})
	if err != nil {
		return opening.Application{}, nil, nil, err
	}
	for i, r := range list {
		if r.Closed.IsZero() {
			continue
		}
		v, err := rs.whole(ctx, who.Org, r.Round)
		if err != nil {
			return opening.Application{}, nil, nil, err
		}
		list[i].Marks = Marks(v, works[r.Attempt])
	}
	return app, list, decisions, nil
}
