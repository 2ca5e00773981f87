package attempt

import (
	"context"
	"fmt"
	"time"

	"candor/internal/actor"
	"candor/internal/attempt/internal/query"
	"candor/internal/audit"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/opening"
	"candor/internal/problem"
)

// Entry is one line of a sitting's ledger.
type Entry struct {
	Part    string
	Kind    string // start, extend, window, factor, own_failure, credit, takeover, end
	Seconds int64
	At      time.Time
	By      actor.Actor
	Reason  string // id
}

// Ledger is the candidate's own account of their time, in order. ErrMissing.
func (as *Attempts) Ledger(ctx context.Context, who actor.Actor) ([]Entry, error) {
	var out []Entry
	err := as.DB.Read(ctx, who.Org, func(tx db.Tx) error {
		a, err := as.ofInvitation(ctx, tx, who)
		if err != nil {
			return err
		}
		all, err := query.New(tx).Sittings(ctx, tx.Org, string(a.ID))
		if err != nil {
			return err
		}
		for _, s := range all {
			rows, err := query.New(tx).Ledger(ctx, tx.Org, s.ID)
			if err != nil {
				return err
			}
			for _, r := range rows {
				out = append(out, Entry{s.Part, r.Kind, r.Seconds, clock.Time(r.At), actor.Actor{Kind: actor.Kind(r.ActorKind), ID: r.ActorID, Org: tx.Org}, r.ReasonID})
			}
		}
		return nil
	})
	return out, err
}

// retime writes a sitting's clock back with its ends; it never moves an end earlier, for a running clock is not shortened.
func (as *Attempts) retime(ctx context.Context, tx db.Tx, s Sitting, c Clock) error {
	if before := s.Clock.Entitled(); c.Entitled().Before(before) {
		return fmt.Errorf("attempt: %s would end at %v, before %v", s.ID, c.Entitled(), before)
	}
	_, err := query.New(tx).SetTime(ctx, query.SetTimeParams{Factor: int64(c.Factor), FinishBy: clock.Milli(c.FinishBy), Added: int64(c.Added / time.Second),
		Entitled: clock.Milli(c.Entitled()), Hard: clock.Milli(c.Hard()), OrgID: tx.Org, ID: string(s.ID)})
	return err
}

// Extend gives a part more minutes, with a reason, while it is not ended. ErrMissing, ErrRole, ErrEnded, ErrInvalid.
func (as *Attempts) Extend(ctx context.Context, who actor.Actor, app opening.ApplicationID, part string, minutes int, reason string) error {
	if minutes < 1 || minutes > 24*60 {
		return problem.Field("minutes", "Give 1 to 1440 minutes.")
	}
	return as.staff(ctx, who, app, func(tx db.Tx, a Attempt) error {
		all, err := as.Sittings(ctx, tx, a.ID)
		if err != nil {
			return err
		}
		s, ok := all[part]
		if !ok {
			return ErrMissing
		}
		if _, err := query.New(tx).Hold(ctx, tx.Org, string(s.ID)); err != nil {
			return err
		}
		if s, err = as.sitting(ctx, tx, s.ID); err != nil {
			return err
		}
		if s.State == Ended {
			return ErrEnded
		}
		c := s.Clock
		c.Added += time.Duration(minutes) * time.Minute
		if err := as.retime(ctx, tx, s, c); err != nil {
			return err
		}
		why, err := audit.Reason(ctx, tx, as.DB.Now(), string(a.ID), reason)
		if err != nil {
			return err
		}
		if err := as.write(ctx, tx, who, s.ID, "extend", "", int64(minutes)*60, why); err != nil {
			return err
		}
		return audit.Record(ctx, tx, as.DB.Now(), who, "time.extend", string(s.ID), audit.Facts{"seconds": fmt.Sprint(minutes * 60), "reason": why})
	})
}

// ExtendWindow moves finish_by later for everything that is not ended. ErrMissing, ErrRole, ErrShorter.
func (as *Attempts) ExtendWindow(ctx context.Context, who actor.Actor, inv opening.InvitationID, by time.Time, reason string) error {
	return as.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		if err := as.Openings.Extend(ctx, tx, who, inv, by, reason); err != nil {
			return err
		}
		r, err := query.New(tx).AttemptOf(ctx, tx.Org, string(inv))
		if err != nil {
			return notThere(err)
		}
		all, err := as.Sittings(ctx, tx, ID(r.ID))
		if err != nil {
			return err
		}
		for _, s := range all {
			if s.State == Ended {
				continue
			}
			c := s.Clock
			c.FinishBy = by
			if err := as.retime(ctx, tx, s, c); err != nil {
				return err
			}
			if err := as.write(ctx, tx, who, s.ID, "window", "", int64(by.Sub(s.Clock.FinishBy)/time.Second), ""); err != nil {
				return err
			}
		}
		return nil
	})
}

// OwnFailure is the press "something went wrong on my side": minutes at once, once per part, unseen by reviewers. ErrMissing,
// ErrNotStarted, ErrEnded, ErrUntimed, ErrOnce.
func (as *Attempts) OwnFailure(ctx context.Context, who actor.Actor, part string) (minutes int, err error) {
	err = as.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		o, err := as.Orgs.In(ctx, tx)
		if err != nil {
			return err
		}
		minutes = o.FailureMinutes
		a, err := as.ofInvitation(ctx, tx, who)
		if err != nil {
			return err
		}
		all, err := as.Sittings(ctx, tx, a.ID)
		if err != nil {
			return err
		}
		s, ok := all[part]
		if !ok {
			return ErrMissing
		}
		if _, err := query.New(tx).Hold(ctx, tx.Org, string(s.ID)); err != nil {
			return err
		}
		if s, err = as.sitting(ctx, tx, s.ID); err != nil {
			return err
		}
		switch {
		case s.Clock.Timed == 0:
			return ErrUntimed
		case s.State == Ready:
			return ErrNotStarted
		case s.Over(as.DB.Now()):
			return ErrEnded
		}
		if err := as.write(ctx, tx, who, s.ID, "own_failure", "once", int64(minutes)*60, ""); err != nil {
			return err
		}
		c := s.Clock
		c.Added += time.Duration(minutes) * time.Minute
		if err := as.retime(ctx, tx, s, c); err != nil {
			return err
		}
		return audit.Record(ctx, tx, as.DB.Now(), who, "time.own_failure", string(s.ID), audit.Facts{"seconds": fmt.Sprint(minutes * 60)})
	})
	return minutes, err
}

// Adjust sets the person's factor and gives it to every part of theirs that is not ended, running ones too. The candidate may go up
// to what the organisation grants at once. ErrFactor, ErrMissing.
func (as *Attempts) Adjust(ctx context.Context, who actor.Actor, c string, factor int) error {
	return as.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		o, err := as.Orgs.In(ctx, tx)
		if err != nil {
			return err
		}
		if err := as.Candidates.Adjust(ctx, tx, who, candidateID(c), factor, o.FactorMax); err != nil {
			return err
		}
		now, err := as.Candidates.AccommodationIn(ctx, tx, candidateID(c))
		if err != nil {
			return err
		}
		ids, err := query.New(tx).RunningOf(ctx, tx.Org, c)
		if err != nil {
			return err
		}
		for _, sid := range ids {
			s, err := as.sitting(ctx, tx, SittingID(sid))
			if err != nil {
				return err
			}
			if s.Clock.Timed == 0 || now.Factor <= s.Clock.Factor {
				continue
			}
			clk := s.Clock
			clk.Factor = now.Factor
			if err := as.retime(ctx, tx, s, clk); err != nil {
				return err
			}
			if err := as.write(ctx, tx, who, s.ID, "factor", fmt.Sprint(now.Factor), int64((clk.Length()-s.Clock.Length())/time.Second), ""); err != nil {
				return err
			}
		}
		return nil
	})
}

// staff runs fn on the newest attempt of an application that the asker runs. ErrMissing, ErrRole.
func (as *Attempts) staff(ctx context.Context, who actor.Actor, app opening.ApplicationID, fn func(tx db.Tx, a Attempt) error) error {
	return as.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		p, err := as.Openings.LoadApplicationIn(ctx, tx, who, app)
		if err != nil {
			return err
		}
		if !p.Opening.MayManage(who) {
			return opening.ErrRole
		}
		list, err := as.Of(ctx, tx, app)
		if err != nil {
			return err
		}
		if len(list) == 0 {
			return ErrNotStarted
		}
		return fn(tx, list[0])
	})
}
