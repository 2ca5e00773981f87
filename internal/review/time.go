package review

import (
	"context"
	"fmt"

	"candor/internal/actor"
	"candor/internal/audit"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/problem"
	"candor/internal/review/internal/query"
)

// Idle is after how many minutes without a change a reader's time is not counted any more.
const Idle = 2

// MostMinutes is the longest time that a card can be corrected to.
const MostMinutes = 24 * 60

// Pause lets the time of the asker's own card stand still, and go on again with on. What is written meanwhile is kept, and counts no time. Said twice
// it changes nothing. ErrMissing, ErrFiled.
func (rs *Reviews) Pause(ctx context.Context, who actor.Actor, c Code, on bool) error {
	return rs.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		n, err := roundIn(ctx, tx, c)
		if err != nil {
			return err
		}
		r, _, err := mine(ctx, tx, who, n)
		if err != nil {
			return err
		}
		switch r.State {
		case Filed:
			return ErrFiled
		case Assigned:
		default:
			return ErrMissing
		}
		q := query.New(tx)
		if on {
			_, err = q.ResumeReview(ctx, tx.Org, string(r.ID), clock.Milli(rs.DB.Now()))
			return err
		}
		_, err = q.PauseReview(ctx, clock.Milli(rs.DB.Now()), tx.Org, string(r.ID))
		return err
	})
}

// CorrectTime says how many minutes the asker's own card really took, before or after it is filed, with a reason: time on paper, a tab left open.
// It counts from then on wherever minutes are counted, and is shown as corrected. Time that is measured afterwards is added. ErrMissing, ErrReason,
// ErrInvalid.
func (rs *Reviews) CorrectTime(ctx context.Context, who actor.Actor, c Code, minutes int, reason string) error {
	if minutes < 0 || minutes > MostMinutes {
		return problem.Field("minutes", "Choose 0 to 1,440 minutes.")
	}
	reason, err := because(reason)
	if err != nil {
		return err
	}
	return rs.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		n, err := roundIn(ctx, tx, c)
		if err != nil {
			return err
		}
		r, _, err := mine(ctx, tx, who, n)
		if err != nil {
			return err
		}
		now := rs.DB.Now()
		why, err := audit.Reason(ctx, tx, now, string(n.Application), reason)
		if err != nil {
			return err
		}
		done, err := query.New(tx).AdjustReview(ctx, query.AdjustReviewParams{Seconds: int64(minutes) * 60, Why: why, OrgID: tx.Org, ID: string(r.ID)})
		if err == nil && done == 0 {
			err = ErrMissing
		}
		if err != nil {
			return err
		}
		return audit.Record(ctx, tx, now, who, "review.time", string(r.ID), audit.Facts{"reason": why, "measured": fmt.Sprint(r.Measured), "minutes": fmt.Sprint(minutes)})
	})
}
