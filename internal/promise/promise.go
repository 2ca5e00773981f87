// Package promise keeps what the company owes a candidate and by when, and whether it was kept.
//
// A promise is made and kept in the transaction of the act that causes it. Days are working days of the organisation's calendar, in
// its time zone; a promise is due at the end of its last day. In the morning of that day whoever keeps it is reminded, once. One that
// is not kept by its end is broken, and stays so when it is kept later. While the candidate has the turn it stands still: what was
// waited is added in working days. A calendar that changes moves no promise that was made.
package promise

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"time"

	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/id"
	"candor/internal/job"
	"candor/internal/org"
	"candor/internal/problem"
	"candor/internal/promise/internal/query"
)

//go:embed schema/*.sql
var Schema embed.FS

// Kind is what is owed.
type Kind string

const (
	Review     Kind = "review"     // all who were asked to have read the work
	Reply      Kind = "reply"      // a decision
	Feedback   Kind = "feedback"   // what was strong and what was missing, in words
	Talk       Kind = "talk"       // a talk with the team has taken place
	Payment    Kind = "payment"    // money has been sent
	Appeal     Kind = "appeal"     // the answer to an appeal, which it is about
	Question   Kind = "question"   // the next question of the interview that it is about
	Evaluation Kind = "evaluation" // what the host of a work trial writes about it
)

// Kinds are all of them, in the order in which pages list them.
var Kinds = []Kind{Review, Question, Reply, Feedback, Appeal, Evaluation, Talk, Payment}

// stands are the kinds that stand still while the candidate has the turn.
var stands = []Kind{Reply, Feedback}

// Near is announced once, in the morning of a promise's last day; Broken once, when it was not kept by its end.
const Near = job.Topic[NearNote]("promise.near")

// NearNote names the promise.
type NearNote struct{ Org, Promise, Application string }

// morning is how long before the end of its last day whoever keeps a promise is reminded: at eight, or an hour off when clocks change.
const morning = 16 * time.Hour

// Broken is announced once, when a promise was not kept by its day.
const Broken = job.Topic[BrokenNote]("promise.broken")

// ErrMissing: no such promise.
var ErrMissing = problem.New(problem.Missing, "promise_missing", "There is nothing here, or it is not yours to see.")

// BrokenNote names the promise.
type BrokenNote struct{ Org, Promise, Application string }

// Promise is one.
type Promise struct {
	ID     string
	Kind   Kind
	About  string // what it is about where an application may have several of a kind; "" where it has one
	Days   int
	Made   time.Time
	Due    time.Time
	Kept   time.Time // zero: not yet
	Broken time.Time // zero: not broken
	Waits  time.Time // until when somebody else has, or had, the turn; zero: nobody had
}

// Late says whether the day is over and it is not kept, or was kept after it.
func (p Promise) Late(now time.Time) bool {
	if p.Kept.IsZero() {
		return now.After(p.Due)
	}
	return p.Kept.After(p.Due)
}

// DaysLate is by how many days, begun ones counted: 0 when it is not late.
func (p Promise) DaysLate(now time.Time) int {
	if !p.Kept.IsZero() {
		now = p.Kept
	}
	if !now.After(p.Due) {
		return 0
	}
	return int((now.Sub(p.Due)-1)/(24*time.Hour)) + 1
}

// Newest is the newest of a kind in a list that is newest first; false when there is none.
func Newest(list []Promise, k Kind) (Promise, bool) {
	for _, p := range list {
		if p.Kind == k {
			return p, true
		}
	}
	return Promise{}, false
}

// Promises keeps them.
type Promises struct {
	DB   *db.DB
	Jobs *job.Jobs
}

// Due is the end of the n-th working day after from: the instant at which that day is over in the calendar's zone. For n = 0 it is the end of
// from's own day. A calendar always has a working day: holidays are fewer than the weeks that are counted through, and a week has one at least.
func Due(from time.Time, n int, cal org.Calendar) time.Time {
	y, m, d := from.In(cal.Zone).Date()
	for left := n; left > 0; {
		d++
		if cal.Works(time.Date(y, m, d, 12, 0, 0, 0, cal.Zone)) { // noon is in every day, whatever clocks do at midnight
			left--
		}
	}
	return time.Date(y, m, d+1, 0, 0, 0, 0, cal.Zone).UTC()
}

// Owe makes a promise of n working days from an instant, in the caller's transaction, unless one of this kind is open; the
// caller's guarded write is what makes it once.
func (ps *Promises) Owe(ctx context.Context, tx db.Tx, kind Kind, application string, n int, from time.Time, cal org.Calendar) error {
	return ps.OweFor(ctx, tx, kind, application, "", n, from, cal)
}

// OweFor is Owe where an application may be owed several of a kind: about says which.
func (ps *Promises) OweFor(ctx context.Context, tx db.Tx, kind Kind, application, about string, n int, from time.Time, cal org.Calendar) error {
	q := query.New(tx)
	open, err := q.Open(ctx, query.OpenParams{OrgID: tx.Org, Kind: string(kind), ApplicationID: application, Subject: about})
	if err != nil || open > 0 {
		return err
	}
	return q.Owe(ctx, query.OweParams{OrgID: tx.Org, ID: id.New("prm", from), Kind: string(kind), ApplicationID: application, Subject: about, Days: int64(n),
		MadeAt: clock.Milli(from), DueAt: clock.Milli(Due(from, n, cal))})
}

// KeepFor settles the one about something, in the caller's transaction.
func (ps *Promises) KeepFor(ctx context.Context, tx db.Tx, kind Kind, application, about string, at time.Time) error {
	_, err := query.New(tx).KeepOne(ctx, query.KeepOneParams{At: clock.Milli(at), OrgID: tx.Org, Kind: string(kind), ApplicationID: application, Subject: about})
	return err
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
		out = append(out, Promise{r.ID, Kind(r.Kind), r.Subject, int(r.Days), clock.Time(r.MadeAt), clock.Time(r.DueAt), clock.Time(r.KeptAt), clock.Time(r.BrokenAt), clock.Time(r.WaitsUntil)})
	}
	return out, err
}

// In reads one and the application it was made to, for notify. ErrMissing.
func (ps *Promises) In(ctx context.Context, tx db.Tx, promise string) (p Promise, application string, err error) {
	r, err := query.New(tx).ByID(ctx, tx.Org, promise)
	if errors.Is(err, sql.ErrNoRows) {
		return p, "", ErrMissing
	}
	return Promise{r.ID, Kind(r.Kind), r.Subject, int(r.Days), clock.Time(r.MadeAt), clock.Time(r.DueAt), clock.Time(r.KeptAt), clock.Time(r.BrokenAt), clock.Time(r.WaitsUntil)}, r.ApplicationID, err
}

// Sweep announces in one organisation what is due today and what was not kept in time, each once.
func (ps *Promises) Sweep(ctx context.Context, org string) error {
	return ps.DB.Write(ctx, org, func(tx db.Tx) error {
		q := query.New(tx)
		now := ps.DB.Now()
		near, err := q.Nearing(ctx, org, clock.Milli(now.Add(morning)))
		if err != nil {
			return err
		}
		for _, r := range near {
			n, err := q.MarkReminded(ctx, org, r.ID, clock.Milli(now))
			if err != nil {
				return err
			}
			if n == 0 || clock.Time(r.DueAt).Before(now) {
				continue // kept meanwhile, or broken already: then it is not near
			}
			if err := Near.Announce(ctx, ps.Jobs, tx, NearNote{org, r.ID, r.ApplicationID}); err != nil {
				return err
			}
		}
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
			if err := Broken.Announce(ctx, ps.Jobs, tx, BrokenNote{org, r.ID, r.ApplicationID}); err != nil {
				return err
			}
		}
		return nil
	})
}
