package opening

import (
	"context"
	"fmt"
	"time"

	"candor/internal/actor"
	"candor/internal/audit"
	"candor/internal/candidate"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/opening/internal/query"
	"candor/internal/secret"
)

// Rotate ends the old link and every session by it, makes a new one and mails it. ErrRole, ErrMissing.
func (os *Openings) Rotate(ctx context.Context, who actor.Actor, i InvitationID) error {
	return os.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		inv, err := os.managed(ctx, tx, who, i)
		if err != nil {
			return err
		}
		return os.rotate(ctx, tx, who, inv)
	})
}

func (os *Openings) rotate(ctx context.Context, tx db.Tx, who actor.Actor, inv Invitation) error {
	q := query.New(tx)
	n, err := q.Rotate(ctx, tx.Org, string(inv.ID), int64(inv.Rotation))
	if err != nil {
		return err
	}
	if n == 0 {
		return ErrMoved
	}
	next := int64(inv.Rotation) + 1
	if err := q.AddLink(ctx, query.AddLinkParams{Hash: secret.Hash(os.secret(tx.Org, string(inv.ID), next)), OrgID: tx.Org, InvitationID: string(inv.ID), Rotation: next}); err != nil {
		return err
	}
	if _, err := q.EndSessions(ctx, string(inv.ID), clock.Milli(os.DB.Now())); err != nil {
		return err
	}
	if err := audit.Record(ctx, tx, os.DB.Now(), who, "invitation.rotate", string(inv.Application), audit.Facts{"invitation": string(inv.ID)}); err != nil {
		return err
	}
	return Invited.Announce(ctx, os.Jobs, tx, InvitedNote{tx.Org, string(inv.ID), next, false})
}

// Revoke ends the link and every session by it, as long as no part was started. ErrRole, ErrMissing, ErrRunning.
func (os *Openings) Revoke(ctx context.Context, who actor.Actor, i InvitationID) error {
	return os.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		inv, err := os.managed(ctx, tx, who, i)
		if err != nil {
			return err
		}
		if f, ok := os.Format(inv.Format); ok {
			running, err := f.Running(ctx, tx, inv)
			if err != nil {
				return err
			}
			if running {
				return ErrRunning
			}
		}
		now := clock.Milli(os.DB.Now())
		q := query.New(tx)
		if _, err := q.Revoke(ctx, tx.Org, string(i), now); err != nil {
			return err
		}
		if _, err := q.EndSessions(ctx, string(i), now); err != nil {
			return err
		}
		return audit.Record(ctx, tx, os.DB.Now(), who, "invitation.revoke", string(inv.Application), audit.Facts{"invitation": string(i)})
	})
}

// Resend mails the link again as it is. ErrRole, ErrMissing, ErrRevoked, ErrExpired, ErrMoved when the application has ended.
func (os *Openings) Resend(ctx context.Context, who actor.Actor, i InvitationID) error {
	return os.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		inv, err := os.managed(ctx, tx, who, i)
		if err != nil {
			return err
		}
		now := os.DB.Now()
		switch {
		case inv.Status != Active:
			return ErrMoved
		case inv.State(now) == Revoked:
			return ErrRevoked
		case inv.State(now) == Expired:
			return ErrExpired.Saying("The time for this invitation is over. Give more time first; the mail then says the new day.")
		}
		if err := audit.Record(ctx, tx, now, who, "invitation.resend", string(inv.Application), audit.Facts{"invitation": string(i)}); err != nil {
			return err
		}
		return Invited.Announce(ctx, os.Jobs, tx, InvitedNote{tx.Org, string(i), clock.Milli(now), false})
	})
}

// Readdress corrects the candidate's address; the old link ends and a new one is mailed. ErrRole, ErrMissing, ErrInvalid.
func (os *Openings) Readdress(ctx context.Context, who actor.Actor, i InvitationID, name, email string) error {
	return os.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		inv, err := os.managed(ctx, tx, who, i)
		if err != nil {
			return err
		}
		c, err := os.Candidates.In(ctx, tx, candidate.ID(inv.Candidate))
		if err != nil {
			return err
		}
		c.Email = email
		if name != "" {
			c.Name = name
		}
		if err := os.Candidates.Correct(ctx, tx, who, c); err != nil {
			return err
		}
		return os.rotate(ctx, tx, who, inv)
	})
}

// Extend moves the end of the window later, in the caller's transaction; attempt moves running clocks with it. ErrShorter.
func (os *Openings) Extend(ctx context.Context, tx db.Tx, who actor.Actor, i InvitationID, by time.Time, reason string) error {
	inv, err := os.managed(ctx, tx, who, i)
	if err != nil {
		return err
	}
	q := query.New(tx)
	n, err := q.SetFinishBy(ctx, clock.Milli(by), tx.Org, string(i))
	if err != nil {
		return err
	}
	if n == 0 {
		return ErrShorter.On("finish_by", "This is earlier than what was promised. Time that was given is not taken back.")
	}
	now := os.DB.Now()
	if _, err := q.ProlongSessions(ctx, string(i), clock.Milli(later(by.Add(sessionGrace), now.Add(statusLife)))); err != nil {
		return err
	}
	why, err := audit.Reason(ctx, tx, now, string(i), reason)
	if err != nil {
		return err
	}
	return audit.Record(ctx, tx, now, who, "invitation.extend", string(inv.Application), audit.Facts{"invitation": string(i), "finish_by": fmt.Sprint(clock.Milli(by)), "reason": why})
}

// Wait moves the end of a window for somebody whom an answer is owed; neither why nor that it was moved is told to anybody but them.
func (os *Openings) Wait(ctx context.Context, tx db.Tx, i InvitationID, by time.Time) error {
	q := query.New(tx)
	if _, err := q.SetFinishBy(ctx, clock.Milli(by), tx.Org, string(i)); err != nil {
		return err
	}
	_, err := q.ProlongSessions(ctx, string(i), clock.Milli(later(by.Add(sessionGrace), os.DB.Now().Add(statusLife))))
	return err
}
