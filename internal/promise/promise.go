// Package promise keeps what the company owes a candidate and by when, and whether it was kept.
//
// A promise is made and kept in the transaction of the act that causes it. Days are working days, Monday to Friday in the
// organisation's time zone; a promise is due at the end of its last day. One that is not kept by then is broken, and stays so
// when it is kept later. While the candidate has the turn it stands still: what was waited is added in working days.
package promise

import (
	"context"
	"embed"
	"time"

	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/id"
	"candor/internal/job"
	"candor/internal/promise/internal/query"
)

//go:embed schema/*.sql
var Schema embed.FS

// Kind is what is owed.
type Kind string

const (
	Reply    Kind = "reply"    // a decision with feedback
	Question Kind = "question" // the next question of an interview, which stands in the application's place
)

// Broken is announced once, when a promise was not kept by its day.
const Broken = job.Topic[BrokenNote]("promise.broken")

// BrokenNote names the promise.
type BrokenNote struct {
	Org, Promise string
	Kind         Kind
	Application  string // of a [Question] the interview
}

// Promise is one.
type Promise struct {
	ID     string
	Kind   Kind
	Days   int
	Made   time.Time
	Due    time.Time
	Kept   time.Time // zero: not yet
	Broken time.Time // zero: not broken
	Waits  time.Time // until when somebody else has, or had, the turn; zero: nobody had
}

// Promises keeps them.
type Promises struct {
	DB   *db.DB
	Jobs *job.Jobs
}

// Due is the end of the n-th working day after from, in a zone: the instant at which that day is over.
func Due(from time.Time, n int, zone *time.Location) time.Time {
	day := from.In(zone)
	for left := n; left > 0; {
		day = day.AddDate(0, 0, 1)
		if w := day.Weekday(); w != time.Saturday && w != time.Sunday {
			left--
		}
	}
	y, m, d := day.Date()
	return time.Date(y, m, d+1, 0, 0, 0, 0, zone).UTC()
}

// Owe makes a promise of n working days from an instant, in the caller's transaction, unless one of this kind is open; the
// caller's guarded write is what makes it once.
func (ps *Promises) Owe(ctx context.Context, tx db.Tx, kind Kind, application string, n int, from time.Time, zone *time.Location) error {
	q := query.New(tx)
	open, err := q.Open(ctx, tx.Org, string(kind), application)
	if err != nil || open > 0 {
		return err
	}
	return q.Owe(ctx, query.OweParams{OrgID: tx.Org, ID: id.New("prm", from), Kind: string(kind), ApplicationID: application, Days: int64(n),
		MadeAt: clock.Milli(from), DueAt: clock.Milli(Due(from, n, zone))})
}

// Keep settles what is open of a kind, in the caller's transaction.
func (ps *Promises) Keep(ctx context.Context, tx db.Tx, kind Kind, application string, at time.Time) error {
	_, err := query.New(tx).Keep(ctx, query.KeepParams{At: clock.Milli(at), OrgID: tx.Org, Kind: string(kind), ApplicationID: application})
	return err
}

// Of are an application's promises, newest first.
func (ps *Promises) Of(ctx context.Context, tx db.Tx, application string) ([]Promise, error) {
	rows, err := query.New(tx).Of(ctx, tx.Org, application)
	var out []Promise
	for _, r := range rows {
		out = append(out, Promise{r.ID, Kind(r.Kind), int(r.Days), clock.Time(r.MadeAt), clock.Time(r.DueAt), clock.Time(r.KeptAt), clock.Time(r.BrokenAt), clock.Time(r.WaitsUntil)})
	}
	return out, err
}

// Sweep marks what was not kept in time in one organisation and announces each once.
func (ps *Promises) Sweep(ctx context.Context, org string) error {
	return ps.DB.Write(ctx, org, func(tx db.Tx) error {
		q := query.New(tx)
		now := ps.DB.Now()
		rows, err := q.Overdue(ctx, org, clock.Milli(now))
		if err != nil {
			return err
		}
		for _, r := range rows {
			n, err := q.MarkBroken(ctx, org, r.ID, clock.Milli(now))
			if err != nil {
				return err
			}
			if n == 0 {
				continue
			}
			if err := Broken.Announce(ctx, ps.Jobs, tx, BrokenNote{org, r.ID, Kind(r.Kind), r.ApplicationID}); err != nil {
				return err
			}
		}
		return nil
	})
}
