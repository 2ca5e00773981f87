package attempt

import (
	"context"
	"errors"

	"candor/internal/actor"
	"candor/internal/assessment"
	"candor/internal/attempt/internal/query"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/response"
)

// What is due is closed by pages, and so many pages in one call of CloseOverdue; more wait for the next call.
const (
	duePage  = 200
	duePages = 50
)

// CloseOverdue ends by time what is over in one organisation: running sittings past their hard end, and parts never started of
// attempts whose window is over and that have something to read. It may run twice, and readers do not depend on it. While an outage is
// not settled nothing is ended by time.
func (as *Attempts) CloseOverdue(ctx context.Context, o string) error {
	for range duePages {
		if holds, err := as.Outages.Holds(ctx); holds || err != nil {
			return err
		}
		if full, err := as.closePage(ctx, o); !full || err != nil {
			return err
		}
	}
	return nil
}

// closePage closes a page of what is due; full says that there may be more.
func (as *Attempts) closePage(ctx context.Context, o string) (full bool, err error) {
	now := as.DB.Now()
	var due []query.DueRow
	err = as.DB.Read(ctx, o, func(tx db.Tx) (err error) {
		q := query.New(tx)
		if due, err = q.Due(ctx, o, clock.Milli(now.Add(-Settle)), duePage); err != nil {
			return err
		}
		rows, err := q.DueUnstarted(ctx, o, clock.Milli(now.Add(-Grace-Settle)), duePage)
		full = len(due) == duePage || len(rows) == duePage
		for _, r := range rows {
			due = append(due, query.DueRow(r))
		}
		return err
	})
	if err != nil {
		return false, err
	}
	var errs []error
	for _, d := range due {
		errs = append(errs, as.closeOne(ctx, o, ID(d.AttemptID), SittingID(d.ID)))
	}
	return full, errors.Join(errs...)
}

func (as *Attempts) closeOne(ctx context.Context, o string, a ID, s SittingID) error {
	var at Attempt
	err := as.DB.Read(ctx, o, func(tx db.Tx) (err error) {
		at, err = as.In(ctx, tx, a)
		return err
	})
	if err != nil {
		return err
	}
	v, err := as.Whole(ctx, o, at)
	if err != nil {
		return err
	}
	who := actor.ForSystem(o, "attempt.close")
	return as.DB.Write(ctx, o, func(tx db.Tx) error {
		sit, err := as.sitting(ctx, tx, s)
		if err != nil {
			return err
		}
		now := as.DB.Now()
		act, due := sit.Due(now)
		switch {
		case due && act == ByHardEnd:
			return as.end(ctx, tx, who, at, sit, v, ByTime, sit.End())
		case due && act == ByWindow:
			return as.endUnstarted(ctx, tx, at, sit, v)
		}
		return nil
	})
}

// endUnstarted ends a part whose window is over, unless an answer to what the person asked for is owed. Of one that was opened again what counted
// before stays.
func (as *Attempts) endUnstarted(ctx context.Context, tx db.Tx, a Attempt, s Sitting, v *assessment.Version) error {
	adjusted, err := as.Candidates.AccommodationIn(ctx, tx, a.Candidate)
	if err != nil || adjusted.Waits() {
		return err
	}
	var answers map[string]response.Revision
	if s.Epoch > 1 {
		if answers, err = response.Current(ctx, tx, string(a.ID)); err != nil {
			return err
		}
	}
	part, _ := v.Part(s.Part)
	n, err := query.New(tx).EndUnstarted(ctx, query.EndUnstartedParams{Receipt: receiptOf(a, part, answers, s.Clock.FinishBy), OrgID: tx.Org, ID: string(s.ID), Now: clock.Milli(as.DB.Now())})
	if err != nil || n == 0 {
		return err
	}
	if err := as.freeze(ctx, tx, a, part, s, answers); err != nil {
		return err
	}
	if err := PartSent.Announce(ctx, as.Jobs, tx, PartNote{tx.Org, string(a.ID), string(s.ID)}); err != nil {
		return err
	}
	return as.submit(ctx, tx, a, v)
}
