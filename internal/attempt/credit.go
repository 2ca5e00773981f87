package attempt

import (
	"context"
	"errors"
	"fmt"
	"time"

	"candor/internal/actor"
	"candor/internal/attempt/internal/query"
	"candor/internal/audit"
	"candor/internal/clock"
	"candor/internal/db"
)

// Credit gives every sitting that ran in an outage what it lost of it and a minute more, once. It may run twice, and goes on where a crash ended it.
func (o *Outages) Credit(ctx context.Context) error {
	d := o.Attempts.DB
	var waiting []query.UncreditedRow
	err := d.InstallationRead(ctx, func(tx db.Tx) (err error) {
		waiting, err = query.New(tx).Uncredited(ctx)
		return err
	})
	if err != nil || len(waiting) == 0 {
		return err
	}
	orgs, err := o.Attempts.Orgs.All(ctx)
	if err != nil {
		return err
	}
	for _, w := range waiting {
		x := Outage{w.ID, w.Cause, clock.Time(w.Began), clock.Time(w.Ended)}
		for _, org := range orgs {
			if err := o.Attempts.credit(ctx, org, x); err != nil {
				return fmt.Errorf("giving the time of an outage back: %w", err)
			}
		}
		err := d.Installation(ctx, func(tx db.Tx) error {
			_, err := query.New(tx).Credited(ctx, clock.Milli(d.Now()), x.ID)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// credit gives the sittings of one organisation their time back.
func (as *Attempts) credit(ctx context.Context, org string, x Outage) error {
	who := actor.ForSystem(org, "attempt.outage")
	for after := ""; ; { // page by page, each once: also a sitting that has nothing to give back is passed
		var ids []string
		err := as.DB.Read(ctx, org, func(tx db.Tx) (err error) {
			ids, err = query.New(tx).RunningDuring(ctx, query.RunningDuringParams{OrgID: org, Ended: clock.Milli(x.Ended), Began: clock.Milli(x.Began), Outage: x.ID, After: after})
			return err
		})
		if err != nil || len(ids) == 0 {
			return err
		}
		after = ids[len(ids)-1]
		err = as.DB.Write(ctx, org, func(tx db.Tx) error {
			for _, s := range ids {
				if err := as.creditOne(ctx, tx, who, SittingID(s), x); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
}

func (as *Attempts) creditOne(ctx context.Context, tx db.Tx, who actor.Actor, id SittingID, x Outage) error {
	if _, err := query.New(tx).Hold(ctx, tx.Org, string(id)); err != nil {
		return err
	}
	s, err := as.sitting(ctx, tx, id)
	if err != nil || s.State != Running && s.State != Paused {
		return err
	}
	c := s.Clock
	lost := Lost(c, x)
	if lost == 0 {
		return nil
	}
	c.Added += lost
	if err := as.write(ctx, tx, who, id, "credit", x.ID, int64(lost/time.Second), ""); err != nil {
		if errors.Is(err, ErrOnce) {
			return nil
		}
		return err
	}
	if err := as.retime(ctx, tx, s, c); err != nil {
		return err
	}
	a, err := as.In(ctx, tx, s.Attempt)
	if err != nil {
		return err
	}
	return audit.Record(ctx, tx, as.DB.Now(), who, "time.credit", string(a.Application), audit.Facts{"sitting": string(id), "seconds": fmt.Sprint(int64(lost / time.Second)), "outage": x.ID})
}

// Lost is what a running clock gets back for an outage, in whole seconds rounded up: all of the outage from when it ran, also where its end fell
// into it, and a minute more. 0 where it did not run then.
func Lost(c Clock, x Outage) time.Duration {
	from := x.Began
	if c.Started.After(from) {
		from = c.Started
	}
	if !c.Hard().After(x.Began) || !x.Ended.After(from) {
		return 0
	}
	return (x.Ended.Sub(from) + creditMore + time.Second - 1).Truncate(time.Second)
}

// ConfirmClock says that the present time is right although something was written later: the marks that lie ahead are set back. It tells
// how many there were.
func (as *Attempts) ConfirmClock(ctx context.Context) (n int64, err error) {
	err = as.DB.Installation(ctx, func(tx db.Tx) (err error) {
		n, err = query.New(tx).SetBeats(ctx, clock.Milli(as.DB.Now()))
		return err
	})
	return n, err
}
