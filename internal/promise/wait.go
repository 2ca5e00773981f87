package promise

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/org"
	"candor/internal/promise/internal/query"
)

// Wait says in the caller's transaction that somebody else has the turn until an instant: an open reply and open feedback are then due that many
// working days later, at once, so no job has to end the wait. Said again while it waits, it only moves the end later. A promise whose day is
// over already stays as it is, and so does an application that is owed nothing.
func (ps *Promises) Wait(ctx context.Context, tx db.Tx, application string, from, until time.Time, cal org.Calendar) error {
	return ps.turn(ctx, tx, application, cal, waiting(from, until))
}

// GoOn ends a wait early, in the caller's transaction: the days that were not waited are taken off again. Nothing waits: nothing changes.
func (ps *Promises) GoOn(ctx context.Context, tx db.Tx, application string, at time.Time, cal org.Calendar) error {
	return ps.turn(ctx, tx, application, cal, goingOn(at))
}

// WaitFor is Wait for the promises of one kind.
func (ps *Promises) WaitFor(ctx context.Context, tx db.Tx, kind Kind, application string, from, until time.Time, cal org.Calendar) error {
	return set(ctx, tx, kind, application, cal, waiting(from, until))
}

// GoOnFor is GoOn for the promises of one kind.
func (ps *Promises) GoOnFor(ctx context.Context, tx db.Tx, kind Kind, application string, at time.Time, cal org.Calendar) error {
	return set(ctx, tx, kind, application, cal, goingOn(at))
}

// waiting begins a wait, or moves the end of one that lasts later.
func waiting(from, until time.Time) func(w *wait) {
	return func(w *wait) {
		switch {
		case w.until.After(from): // it waits already
			if until.After(w.until) {
				w.until = until
			}
		case !w.due.Before(from):
			*w = wait{from: from, until: until, unwaited: w.due}
		}
	}
}

// goingOn ends a wait at an instant.
func goingOn(at time.Time) func(w *wait) {
	return func(w *wait) {
		if w.until.After(at) {
			w.until = at
		}
	}
}

// wait is when a promise stands still, and its day without that.
type wait struct{ from, until, unwaited, due time.Time }

// turn changes the waits of all that stands still with the candidate's turn.
func (ps *Promises) turn(ctx context.Context, tx db.Tx, application string, cal org.Calendar, change func(w *wait)) error {
	for _, k := range stands {
		if err := set(ctx, tx, k, application, cal, change); err != nil {
			return err
		}
	}
	return nil
}

// set changes the wait of what is open; holding the row is the guarding write.
func set(ctx context.Context, tx db.Tx, kind Kind, application string, cal org.Calendar, change func(w *wait)) error {
	q := query.New(tx)
	if _, err := q.HoldOpen(ctx, tx.Org, string(kind), application); err != nil {
		return err
	}
	r, err := q.Waiting(ctx, tx.Org, string(kind), application)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	w := wait{clock.Time(r.WaitsFrom), clock.Time(r.WaitsUntil), clock.Time(r.UnwaitedDue), clock.Time(r.DueAt)}
	before := w
	change(&w)
	if w == before {
		return nil
	}
	_, err = q.SetWait(ctx, query.SetWaitParams{OrgID: tx.Org, ID: r.ID, WaitsFrom: clock.Milli(w.from), WaitsUntil: clock.Milli(w.until), UnwaitedDue: clock.Milli(w.unwaited),
		DueAt: clock.Milli(Later(w.unwaited, w.from, w.until, cal))})
	return err
}

// Later is the day of a promise that stood still from one instant to another: as many working days after the second as it had left at the
// first, and one when it would be over with the wait. It is never before until, and never before due.
func Later(due, from, until time.Time, cal org.Calendar) time.Time {
	if !until.After(from) {
		return due
	}
	left := workdays(from, due, cal)
	if left == 0 && !until.Before(due) {
		left = 1
	}
	if at := Due(until.Add(-time.Millisecond), left, cal); at.After(due) { // a turn that ends at midnight ends with the day before
		return at
	}
	return due
}

// workdays counts the working days after that of from, up to the one that ends at due.
func workdays(from, due time.Time, cal org.Calendar) int {
	n := 0
	for Due(from, n, cal).Before(due) {
		n++
	}
	return n
}
