package attempt

import (
	"context"
	"time"

	"candor/internal/actor"
	"candor/internal/attempt/internal/query"
	"candor/internal/db"
	"candor/internal/opening"
)

// AskTime keeps that a candidate asks for more time, in their words. What would end before the answer is due ends then: nobody is closed while we think
// about it. Problems of [opening.Openings.AskTimeIn].
func (as *Attempts) AskTime(ctx context.Context, who actor.Actor, words string) error {
	return as.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		inv, err := as.Openings.AskTimeIn(ctx, tx, who, words)
		if err != nil {
			return err
		}
		now := as.DB.Now()
		by, err := as.AnswerBy(ctx, tx, now)
		if err != nil || now.After(inv.FinishBy) || !by.After(inv.FinishBy) {
			return err
		}
		if err := as.Openings.Wait(ctx, tx, inv.ID, by); err != nil {
			return err
		}
		return as.window(ctx, tx, actor.ForSystem(tx.Org, "attempt.wait"), inv.ID, by, "wait")
	})
}

// AnswerTime answers it: with hours more, counted from the end of the window or from now, whichever is later, or with none and the reason why. Problems
// of [opening.Openings.AnswerTimeIn].
func (as *Attempts) AnswerTime(ctx context.Context, who actor.Actor, ask string, hours int, reply string) error {
	return as.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		t, until, err := as.Openings.AnswerTimeIn(ctx, tx, who, ask, hours, reply)
		if err != nil || until.IsZero() {
			return err
		}
		return as.extendWindow(ctx, tx, who, t.Invitation, until, "They asked for more time.")
	})
}

func (as *Attempts) extendWindow(ctx context.Context, tx db.Tx, who actor.Actor, inv opening.InvitationID, by time.Time, reason string) error {
	if err := as.Openings.Extend(ctx, tx, who, inv, by, reason); err != nil {
		return err
	}
	return as.window(ctx, tx, who, inv, by, "window")
}

// window moves the end of everything of an invitation that is not ended to an instant, where it is not later already.
func (as *Attempts) window(ctx context.Context, tx db.Tx, who actor.Actor, inv opening.InvitationID, by time.Time, kind string) error {
	r, err := query.New(tx).AttemptOf(ctx, tx.Org, string(inv))
	if err != nil {
		return notThere(err)
	}
	all, err := as.Sittings(ctx, tx, ID(r.ID))
	if err != nil {
		return err
	}
	for _, s := range all {
		if s.State == Ended || kind != "window" && !by.After(s.Clock.FinishBy) {
			continue
		}
		c := s.Clock
		c.FinishBy = by
		if err := as.retime(ctx, tx, s, c); err != nil {
			return err
		}
		if err := as.write(ctx, tx, who, s.ID, kind, "", int64(by.Sub(s.Clock.FinishBy)/time.Second), ""); err != nil {
			return err
		}
	}
	return nil
}
