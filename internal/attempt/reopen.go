package attempt

import (
	"context"
	"errors"
	"fmt"
	"time"

	"candor/internal/actor"
	"candor/internal/assessment"
	"candor/internal/attempt/internal/query"
	"candor/internal/audit"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/id"
	"candor/internal/opening"
	"candor/internal/problem"
	"candor/internal/response"
)

// ReopenWindow is how long a part that was opened again can be started, and for how long one without a clock is open.
const ReopenWindow = 72 * time.Hour

// ErrNotOver: what is not over needs no opening again.
var ErrNotOver = problem.New(problem.Conflict, "part_not_over", "This part is not over. Give it more minutes, or a later date, instead.")

// Part is a part of an attempt for whoever runs the application; nothing of how much time was used.
type Part struct {
	assessment.Part
	Sitting SittingID
	Epoch   int
	State   State // Ended also where time ended it and nobody has written that yet
	// Unclear are the questions of it that the candidate says are unclear, or not about their work.
	Unclear []Question
}

// PartsOf are the parts of an application's newest attempt, for whoever runs it and does not read it blind; nil before the link was opened.
// ErrMissing, ErrRole.
func (as *Attempts) PartsOf(ctx context.Context, who actor.Actor, app opening.ApplicationID) ([]Part, error) {
	var out []Part
	err := as.DB.Read(ctx, who.Org, func(tx db.Tx) error {
		a, err := as.openly(ctx, tx, who, app)
		if errors.Is(err, ErrNotStarted) {
			return nil
		}
		if err != nil {
			return err
		}
		v, err := as.Whole(ctx, tx.Org, a)
		if err != nil {
			return err
		}
		all, err := as.Sittings(ctx, tx, a.ID)
		if err != nil {
			return err
		}
		for _, p := range v.Parts {
			if IsTurn(p.Key) {
				continue // whoever asks can ask again
			}
			s := all[p.Key]
			x := Part{Part: p, Sitting: s.ID, Epoch: s.Epoch, State: s.State}
			if p.Key == ExplainPart {
				if x.Unclear, err = as.unclear(ctx, tx, a.ID); err != nil {
					return err
				}
			}
			if s.Over(as.DB.Now()) {
				x.State = Ended
			}
			out = append(out, x)
		}
		return nil
	})
	return out, err
}

// Reopen opens a part again that is over, with a reason that the candidate reads: a new epoch of it, which they start when they like within
// [ReopenWindow] and which runs for so many minutes (times their factor) where the part has a clock. They go on from what counts now. Until it ends
// that is what readers see; then the answers that differ take its place, and it stays in replaced_items. Holding the sitting before it is the
// guarding write. Problems: ErrMissing, ErrRole, ErrNotStarted, ErrNotOver, ErrInvalid.
func (as *Attempts) Reopen(ctx context.Context, who actor.Actor, app opening.ApplicationID, part string, minutes int, reason string) error {
	if err := given(minutes, reason); err != nil {
		return err
	}
	if IsTurn(part) {
		return ErrMissing
	}
	return as.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		a, err := as.openly(ctx, tx, who, app)
		if err != nil {
			return err
		}
		if a.State != "open" && a.State != "submitted" {
			return ErrMissing
		}
		s, err := as.holdPart(ctx, tx, a, part)
		if err != nil {
			return err
		}
		if s.State != Ended {
			return ErrNotOver
		}
		if err := as.goOnFrom(ctx, tx, a, s); err != nil {
			return err
		}
		adjusted, err := as.Candidates.AccommodationIn(ctx, tx, a.Candidate)
		if err != nil {
			return err
		}
		now := as.DB.Now()
		by := now.Add(ReopenWindow)
		timed := int64(0)
		if s.Clock.Timed > 0 {
			timed = int64(minutes) * 60
		}
		next := id.New("sit", now)
		if _, err := query.New(tx).AddSitting(ctx, query.AddSittingParams{OrgID: tx.Org, ID: next, AttemptID: string(a.ID), Part: part, Epoch: int64(s.Epoch) + 1,
			TimedSeconds: timed, FactorPermille: int64(adjusted.Factor), FinishBy: clock.Milli(by)}); err != nil {
			return err
		}
		inv, err := as.Openings.InvitationIn(ctx, tx, a.Invitation)
		if err != nil {
			return err
		}
		if by.After(inv.FinishBy) { // the link opens as long as there is something to do
			if err := as.Openings.Extend(ctx, tx, who, inv.ID, by, ""); err != nil {
				return err
			}
		}
		why, err := audit.Reason(ctx, tx, now, string(a.ID), reason)
		if err != nil {
			return err
		}
		if err := as.write(ctx, tx, who, SittingID(next), "reopen", "", timed, why); err != nil {
			return err
		}
		return audit.Record(ctx, tx, now, who, "part.reopen", string(app), audit.Facts{"sitting": next, "seconds": fmt.Sprint(timed), "reason": why})
	})
}

// goOnFrom makes the answers of a part that count the present ones, where late ones were accepted.
func (as *Attempts) goOnFrom(ctx context.Context, tx db.Tx, a Attempt, s Sitting) error {
	frozen, err := as.frozen(ctx, tx, a)
	if err != nil {
		return err
	}
	present, err := response.Current(ctx, tx, string(a.ID))
	if err != nil {
		return err
	}
	for _, f := range frozen {
		if f.Part != s.Part || f.Body == nil || f.SHA256 == present[f.Key].SHA256 {
			continue
		}
		save := response.Save{Item: f.Key, Client: "reopen", Seq: int64(s.Epoch), Epoch: s.Takeover, Body: f.Body}
		if _, err := response.Keep(ctx, tx, string(a.ID), save, response.OnTime, as.DB.Now()); err != nil {
			return err
		}
	}
	return nil
}
