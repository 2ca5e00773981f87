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
	"candor/internal/problem"
)

// ErrNoBreak: none is left, or there is no clock to stop.
var ErrNoBreak = problem.New(problem.Conflict, "break_none", "There is no break left in this part. Under “Change how you take this” you can add to your breaks.")

// BreakLeft is what is left of a person's breaks in a part, given what they have in each.
func (s Sitting) BreakLeft(minutes int) time.Duration {
	if s.Clock.Timed == 0 {
		return 0
	}
	return max(0, time.Duration(minutes)*time.Minute-s.Broken)
}

// TakeBreak stops the clock of a part until GoOn, at most for what is left of the person's breaks in it; afterwards it goes on by itself. A second
// press changes nothing. ErrMissing, ErrNotStarted, ErrEnded, ErrNoBreak.
func (as *Attempts) TakeBreak(ctx context.Context, who actor.Actor, part string) error {
	return as.held(ctx, who, part, func(tx db.Tx, a Attempt, s Sitting) error {
		now := as.DB.Now()
		switch {
		case s.State == Paused:
			return nil
		case s.State == Ready:
			return ErrNotStarted
		case s.Over(now):
			return ErrEnded
		}
		adjusted, err := as.Candidates.AccommodationIn(ctx, tx, a.Candidate)
		if err != nil {
			return err
		}
		left := s.BreakLeft(adjusted.Breaks)
		if _, ok := s.State.Next(Pause); !ok || left == 0 {
			return ErrNoBreak
		}
		c := s.Clock
		c.Paused, c.Break = now, left
		n, err := query.New(tx).Pause(ctx, query.PauseParams{Now: clock.Milli(now), LeftSeconds: int64(left / time.Second), Entitled: clock.Milli(c.Entitled()),
			Hard: clock.Milli(c.Hard()), OrgID: tx.Org, ID: string(s.ID)})
		if err != nil || n == 0 {
			return err
		}
		if err := as.write(ctx, tx, who, s.ID, "pause", "", 0, ""); err != nil {
			return err
		}
		return audit.Record(ctx, tx, now, who, "time.pause", string(s.ID), nil)
	})
}

// GoOn ends a break: what it took is added to the clock. A second press changes nothing. ErrMissing, ErrEnded.
func (as *Attempts) GoOn(ctx context.Context, who actor.Actor, part string) error {
	return as.held(ctx, who, part, func(tx db.Tx, _ Attempt, s Sitting) error {
		if s.State == Running {
			return nil
		}
		now := as.DB.Now()
		if _, ok := s.State.Next(Resume); !ok || s.Over(now) {
			return ErrEnded
		}
		c, used := s.Clock.Resumed(now)
		n, err := query.New(tx).Resume(ctx, query.ResumeParams{Used: int64(used / time.Second), Added: int64(c.Added / time.Second), Entitled: clock.Milli(c.Entitled()),
			Hard: clock.Milli(c.Hard()), OrgID: tx.Org, ID: string(s.ID), Paused: clock.Milli(s.Clock.Paused)})
		if err != nil || n == 0 {
			return err
		}
		if err := as.write(ctx, tx, who, s.ID, "resume", "", int64(used/time.Second), ""); err != nil {
			return err
		}
		return audit.Record(ctx, tx, now, who, "time.resume", string(s.ID), audit.Facts{"seconds": fmt.Sprint(int64(used / time.Second))})
	})
}

// held runs fn on a part's sitting of the asking candidate; holding the sitting is the guarding write. ErrMissing.
func (as *Attempts) held(ctx context.Context, who actor.Actor, part string, fn func(tx db.Tx, a Attempt, s Sitting) error) error {
	return as.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		a, err := as.ofInvitation(ctx, tx, who)
		if err != nil {
			return err
		}
		s, err := as.holdPart(ctx, tx, a, part)
		if err != nil {
			return err
		}
		return fn(tx, a, s)
	})
}

// holdPart holds the newest sitting of a part and reads it. ErrMissing.
func (as *Attempts) holdPart(ctx context.Context, tx db.Tx, a Attempt, part string) (Sitting, error) {
	all, err := as.Sittings(ctx, tx, a.ID)
	if err != nil {
		return Sitting{}, err
	}
	s, ok := all[part]
	if !ok || s.By == ByVoid {
		return s, ErrMissing
	}
	if _, err := query.New(tx).Hold(ctx, tx.Org, string(s.ID)); err != nil {
		return s, err
	}
	return as.sitting(ctx, tx, s.ID)
}
