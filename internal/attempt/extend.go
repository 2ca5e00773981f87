package attempt

import (
	"context"
	"fmt"
	"time"

	"candor/internal/actor"
	"candor/internal/attempt/internal/query"
	"candor/internal/audit"
	"candor/internal/candidate"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/live"
	"candor/internal/opening"
	"candor/internal/problem"
	"candor/internal/promise"
)

// Entry is one line of a sitting's ledger.
type Entry struct {
	Part    string
	Epoch   int    // 2 and more: the part was opened again
	Kind    string // start, extend, window, factor, own_failure, credit, code, takeover, pause, resume, wait, late, reopen, end
	Seconds int64
	At      time.Time
	By      actor.Actor
	Why     string // what whoever gave the time wrote about it; "" where the kind says it
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
				why, err := audit.ReasonText(ctx, tx, r.ReasonID)
				if err != nil {
					return err
				}
				out = append(out, Entry{s.Part, int(s.Epoch), r.Kind, r.Seconds, clock.Time(r.At), actor.Actor{Kind: actor.Kind(r.ActorKind), ID: r.ActorID, Org: tx.Org}, why})
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
	if err != nil {
		return err
	}
	return live.Tell(ctx, tx, as.DB.Now(), "time", string(s.Attempt)) // open pages ask for the clock at once
}

// given refuses minutes that nobody gives, and a gift without a reason. ErrInvalid.
func given(minutes int, reason string) error {
	if minutes < 1 || minutes > 24*60 {
		return problem.Field("minutes", "Give 1 to 1440 minutes.")
	}
	if reason == "" {
		return problem.Field("reason", "Say why, in a sentence. The candidate reads it.")
	}
	return nil
}

// Extend gives a part more minutes while it is not ended, with a reason that the candidate reads. Open pages have it at once. ErrMissing, ErrRole,
// ErrNotStarted, ErrEnded, ErrUntimed, ErrInvalid.
func (as *Attempts) Extend(ctx context.Context, who actor.Actor, app opening.ApplicationID, part string, minutes int, reason string) error {
	if err := given(minutes, reason); err != nil {
		return err
	}
	return as.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		a, err := as.openly(ctx, tx, who, app)
		if err != nil {
			return err
		}
		s, err := as.holdPart(ctx, tx, a, part)
		if err != nil {
			return err
		}
		if s.State == Ended {
			return ErrEnded
		}
		if s.Clock.Timed == 0 {
			return ErrUntimed
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
		return audit.Record(ctx, tx, as.DB.Now(), who, "time.extend", string(app), audit.Facts{"sitting": string(s.ID), "seconds": fmt.Sprint(minutes * 60), "reason": why})
	})
}

// ExtendWindow moves finish_by later for everything that is not ended. ErrMissing, ErrRole, ErrShorter.
func (as *Attempts) ExtendWindow(ctx context.Context, who actor.Actor, inv opening.InvitationID, by time.Time, reason string) error {
	return as.DB.Write(ctx, who.Org, func(tx db.Tx) error { return as.extendWindow(ctx, tx, who, inv, by, reason) })
}

// OwnFailure is the press "something went wrong on my side": minutes at once, once per part, unseen by reviewers. ErrMissing,
// ErrNotStarted, ErrEnded, ErrUntimed, ErrOnce.
func (as *Attempts) OwnFailure(ctx context.Context, who actor.Actor, part string) (minutes int, err error) {
	err = as.held(ctx, who, part, func(tx db.Tx, _ Attempt, s Sitting) error {
		o, err := as.Orgs.In(ctx, tx)
		if err != nil {
			return err
		}
		minutes = o.FailureMinutes
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

// Adjust sets what the person has on every clock and gives it to every part of theirs that is not ended, running ones too. The candidate may go up
// to what the organisation grants at once. candidate.ErrFactor, candidate.ErrMissing.
func (as *Attempts) Adjust(ctx context.Context, who actor.Actor, c string, want candidate.Time) error {
	return as.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		o, err := as.Orgs.In(ctx, tx)
		if err != nil {
			return err
		}
		if err := as.Candidates.Adjust(ctx, tx, who, candidate.ID(c), want, candidate.Time{Factor: o.FactorMax, Breaks: o.BreakMax}); err != nil {
			return err
		}
		now, err := as.Candidates.AccommodationIn(ctx, tx, candidate.ID(c))
		if err != nil {
			return err
		}
		return as.eachOpen(ctx, tx, c, func(s Sitting) error {
			if s.Clock.Timed == 0 || now.Factor <= s.Clock.Factor {
				return nil
			}
			clk := s.Clock
			clk.Factor = now.Factor
			if err := as.retime(ctx, tx, s, clk); err != nil {
				return err
			}
			return as.write(ctx, tx, who, s.ID, "factor", fmt.Sprint(now.Factor), int64((clk.Length()-s.Clock.Length())/time.Second), "")
		})
	})
}

// eachOpen runs fn on every sitting of a person that is not ended.
func (as *Attempts) eachOpen(ctx context.Context, tx db.Tx, c string, fn func(Sitting) error) error {
	ids, err := query.New(tx).RunningOf(ctx, tx.Org, c)
	if err != nil {
		return err
	}
	for _, sid := range ids {
		s, err := as.sitting(ctx, tx, SittingID(sid))
		if err != nil {
			return err
		}
		if err := fn(s); err != nil {
			return err
		}
	}
	return nil
}

// Ask keeps a wish of the candidate in words, and moves the windows of what they have not started by the days that an answer may take: it waits for
// it, at the company's cost. Problems as [candidate.Candidates.Ask].
func (as *Attempts) Ask(ctx context.Context, who actor.Actor, wish string) error {
	return as.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		c := candidate.ID(who.Subject)
		before, err := as.Candidates.AccommodationIn(ctx, tx, c)
		if err != nil {
			return err
		}
		now := as.DB.Now()
		if err := as.Candidates.Ask(ctx, tx, who, c, wish); err != nil || before.Waits() {
			return err
		}
		if err := Asked.Announce(ctx, as.Jobs, tx, WishNote{tx.Org, who.Subject, clock.Milli(now)}); err != nil {
			return err
		}
		due, err := as.AnswerBy(ctx, tx, now)
		if err != nil {
			return err
		}
		return as.wait(ctx, tx, who.Subject, due.Sub(now))
	})
}

// AnswerBy is when a wish that was asked for at an instant has its answer: the end of the second working day after it.
func (as *Attempts) AnswerBy(ctx context.Context, tx db.Tx, asked time.Time) (time.Time, error) {
	cal, err := as.Orgs.CalendarIn(ctx, tx)
	if err != nil {
		return time.Time{}, err
	}
	return promise.Due(asked, candidate.AnswerDays, cal), nil
}

// Answer settles a wish; one that is answered later than promised moves the windows of what is not started on. Problems as
// [candidate.Candidates.Answer].
func (as *Attempts) Answer(ctx context.Context, who actor.Actor, c candidate.ID, granted bool) error {
	return as.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		before, err := as.Candidates.AccommodationIn(ctx, tx, c)
		if err != nil {
			return err
		}
		if err := as.Candidates.Answer(ctx, tx, who, c, granted); err != nil {
			return err
		}
		if err := Answered.Announce(ctx, as.Jobs, tx, WishNote{tx.Org, string(c), clock.Milli(before.Asked)}); err != nil {
			return err
		}
		due, err := as.AnswerBy(ctx, tx, before.Asked)
		if err != nil {
			return err
		}
		return as.wait(ctx, tx, string(c), as.DB.Now().Sub(due))
	})
}

// wait moves the windows of a person's parts that are not started, and of their invitations, by whole seconds; nothing when it is not later.
func (as *Attempts) wait(ctx context.Context, tx db.Tx, c string, by time.Duration) error {
	by = (by + time.Second - 1).Truncate(time.Second)
	if by <= 0 {
		return nil
	}
	system := actor.ForSystem(tx.Org, "attempt.wait")
	moved := map[ID]bool{}
	return as.eachOpen(ctx, tx, c, func(s Sitting) error {
		if s.State != Ready {
			return nil
		}
		clk := s.Clock
		clk.FinishBy = clk.FinishBy.Add(by)
		if err := as.retime(ctx, tx, s, clk); err != nil {
			return err
		}
		if err := as.write(ctx, tx, system, s.ID, "wait", "", int64(by/time.Second), ""); err != nil {
			return err
		}
		a, err := as.In(ctx, tx, s.Attempt)
		if err != nil || moved[a.ID] {
			return err
		}
		moved[a.ID] = true
		inv, err := as.Openings.InvitationIn(ctx, tx, a.Invitation)
		if err != nil || !clk.FinishBy.After(inv.FinishBy) {
			return err
		}
		return as.Openings.Wait(ctx, tx, inv.ID, clk.FinishBy)
	})
}
