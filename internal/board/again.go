package board

import (
	"context"

	"candor/internal/actor"
	"candor/internal/db"
	"candor/internal/opening"
	"candor/internal/review"
)

// Before is what somebody has at the stage where they stand, for whoever thinks of inviting them to it again.
type Before struct {
	Application opening.Application
	Stage       opening.Stage
	Was         opening.Invitation
	What        opening.Described // zero where it is not there any more
	Running     bool              // a part runs now
	Sent        bool              // their work of it was sent
}

// errWaits: a decision is made and not told.
var errWaits = review.ErrDecided.Saying("It is decided what happens next, and the candidate has not been told yet. Take that back first.")

// Before reads it for those who run the opening and know the name. opening.ErrMissing, opening.ErrRole, opening.ErrMoved where nobody can be
// invited again.
func (b *Boards) Before(ctx context.Context, who actor.Actor, a opening.ApplicationID) (x Before, err error) {
	err = b.DB.Read(ctx, who.Org, func(tx db.Tx) error {
		if x.Application, err = b.Openings.LoadApplicationIn(ctx, tx, who, a); err != nil {
			return err
		}
		switch {
		case x.Application.Blind || !x.Application.Opening.MayManage(who):
			return opening.ErrRole
		case x.Application.Status != opening.Active && x.Application.Status != opening.Withdrawn:
			return opening.ErrMoved.Saying("This application has ended with a reply.")
		}
		if x.Stage, err = b.Openings.StageOf(ctx, tx, x.Application); err != nil {
			return err
		}
		if x.Was, err = b.Openings.Current(ctx, tx, a, x.Stage.ID); err != nil {
			return err
		}
		if f, ok := b.Openings.Format(x.Was.Format); ok {
			if x.Running, err = f.Running(ctx, tx, x.Was); err != nil {
				return err
			}
		}
		began, err := b.Attempts.Of(ctx, tx, a)
		for _, t := range began {
			x.Sent = x.Sent || t.Invitation == x.Was.ID && t.State == "submitted"
		}
		return err
	})
	if err != nil {
		return x, err
	}
	if f, ok := b.Openings.Format(x.Was.Format); ok {
		if d, err := f.Describe(ctx, who.Org, x.Was.Ref); err == nil {
			x.What = d
		}
	}
	return x, nil
}

// Again invites somebody to the stage where they stand once more. Problems of opening.AgainIn, and review.ErrDecided.
func (b *Boards) Again(ctx context.Context, who actor.Actor, a opening.ApplicationID, f opening.Again) (inv opening.InvitationID, err error) {
	err = b.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		if err := b.Reviews.HoldRounds(ctx, tx, a); err != nil {
			return err
		}
		if inv, err = b.Openings.AgainIn(ctx, tx, who, a, f); err != nil {
			return err
		}
		decided, err := b.Reviews.DecisionsOf(ctx, tx, a)
		for _, d := range decided {
			if d.Undone.IsZero() && d.Settled.IsZero() && d.Outcome != review.Hold {
				return errWaits
			}
		}
		return err
	})
	return inv, err
}
