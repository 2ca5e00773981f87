package org

import (
	"context"
	"time"

	"candor/internal/actor"
	"candor/internal/audit"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/org/internal/query"
	"candor/internal/problem"
)

// Away says whether a member is away at an instant: nothing new is given to them.
func (m Member) Away(t time.Time) bool { return m.Absent.After(t) && !m.AbsentFrom.After(t) }

// MostAway is how long somebody can be away, ahead of which they are looked for again.
const MostAway = 366 * 24 * time.Hour

// CheckAway says what is wrong with an absence. ErrInvalid on absent_from or absent.
func checkAway(from, until, now time.Time) error {
	switch {
	case until.IsZero() && !from.IsZero():
		return problem.Field("absent", "Until when? Give the last day, too.")
	case !until.IsZero() && !until.After(from):
		return problem.Field("absent", "This is before the first day.")
	case until.Sub(now) > MostAway:
		return problem.Field("absent", "This is more than a year ahead.")
	}
	return nil
}

// SetAway says from when until when the asker is away; zero from is at once, zero until is present. ErrInvalid, ErrMissing.
func (os *Orgs) SetAway(ctx context.Context, who actor.Actor, from, until time.Time) error {
	if who.Kind != actor.Member {
		return ErrMissing
	}
	now := os.DB.Now()
	if err := checkAway(from, until, now); err != nil {
		return err
	}
	return os.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		n, err := query.New(tx).SetAway(ctx, query.SetAwayParams{AbsentFrom: clock.Milli(from), AbsentUntil: clock.Milli(until), OrgID: tx.Org, ID: who.ID})
		if err == nil && n == 0 {
			err = ErrMissing
		}
		if err != nil {
			return err
		}
		return audit.Record(ctx, tx, now, who, "member.away", who.ID, nil)
	})
}
