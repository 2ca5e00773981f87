package attempt

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"candor/internal/actor"
	"candor/internal/attempt/internal/query"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/org"
	"candor/internal/promise"
	"candor/internal/thread"
)

// MostLate is how many days a date moves at most for one thing that we are late with.
const MostLate = 60

// debt is something that we are late with, and a part that is due later for it.
type debt struct {
	sitting SittingID
	cause   string
	days    int // begun ones, by which we are late
}

// key names a day of it in the part's ledger.
func (d debt) key(day int) string { return fmt.Sprintf("%s %d", d.cause, day) }

// Stand moves the dates of those to whom an organisation is late, with what was promised or with an answer: for each begun day by which it is, what
// they have not started and what has no clock is due a day later. It may run at any time, and as often as it likes.
func (as *Attempts) Stand(ctx context.Context, o string) error {
	var debts []debt
	err := as.DB.Read(ctx, o, func(tx db.Tx) (err error) {
		debts, err = as.debts(ctx, tx)
		return err
	})
	if err != nil {
		return err
	}
	for _, d := range debts {
		if err := as.DB.Write(ctx, o, func(tx db.Tx) error { return as.standStill(ctx, tx, d) }); err != nil {
			return err
		}
	}
	return nil
}

// debts are those of an organisation for which an open part was not given every day yet.
func (as *Attempts) debts(ctx context.Context, tx db.Tx) ([]debt, error) {
	now := as.DB.Now()
	cal, err := as.Orgs.CalendarIn(ctx, tx)
	if err != nil {
		return nil, err
	}
	const open = `JOIN attempts a ON a.org_id = x.org_id AND a.application_id = x.application_id
		JOIN sittings s ON s.org_id = a.org_id AND s.attempt_id = a.id AND (s.state = 'ready' OR s.state = 'running' AND s.timed_seconds = 0)`
	promised, err := owed(ctx, tx, now, nil, `SELECT s.id, 'promise ' || x.id, x.due_at FROM promises x `+open+` WHERE x.org_id = $1 AND x.kept_at = 0 AND x.due_at < $2`, clock.Milli(now))
	if err != nil {
		return nil, err
	}
	// The cause names since when they wait: the next question of the same person is another one.
	waits, err := owed(ctx, tx, now, &cal, `SELECT s.id, 'answer ' || CAST(x.waits_since AS TEXT), x.waits_since FROM threads x `+open+` WHERE x.org_id = $1 AND x.waits_since > 0 AND x.waits_since < $2`,
		clock.Milli(now.AddDate(0, 0, -thread.AnswerDays)))
	if err != nil {
		return nil, err
	}
	asked, err := owed(ctx, tx, now, &cal, `SELECT s.id, 'time ' || x.id, x.asked_at FROM time_asks x `+open+` WHERE x.org_id = $1 AND x.answered_at = 0 AND x.asked_at < $2`,
		clock.Milli(now.AddDate(0, 0, -thread.AnswerDays)))
	if err != nil {
		return nil, err
	}
	var out []debt
	for _, d := range slices.Concat(promised, waits, asked) {
		given, err := query.New(tx).InLedger(ctx, query.InLedgerParams{OrgID: tx.Org, SittingID: string(d.sitting), Kind: "late", Key: d.key(d.days)})
		if err != nil {
			return nil, err
		}
		if given == 0 && d.days > 0 {
			out = append(out, d)
		}
	}
	return out, nil
}

// owed reads debts. With a calendar the third column is since when an answer is waited for, and not when it was due.
func owed(ctx context.Context, tx db.Tx, now time.Time, cal *org.Calendar, q string, before int64) ([]debt, error) {
	rows, err := tx.QueryContext(ctx, q, tx.Org, before)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []debt
	for rows.Next() {
		var d debt
		var at int64
		if err := rows.Scan(&d.sitting, &d.cause, &at); err != nil {
			return nil, err
		}
		due := clock.Time(at)
		if cal != nil {
			due = promise.Due(due, thread.AnswerDays, *cal)
		}
		d.days = min(promise.Promise{Due: due}.DaysLate(now), MostLate)
		out = append(out, d)
	}
	return out, rows.Err()
}

// standStill gives a part the days of one debt that it was not given yet; the lines of its ledger say which it was.
func (as *Attempts) standStill(ctx context.Context, tx db.Tx, d debt) error {
	if _, err := query.New(tx).Hold(ctx, tx.Org, string(d.sitting)); err != nil {
		return err
	}
	s, err := as.sitting(ctx, tx, d.sitting)
	if err != nil || s.State != Ready && (s.State != Running || s.Clock.Timed > 0) {
		return err
	}
	a, err := as.In(ctx, tx, s.Attempt)
	if err != nil {
		return err
	}
	system, given := actor.ForSystem(tx.Org, "attempt.stand"), 0
	for n := d.days; n > 0; n-- {
		err := as.write(ctx, tx, system, s.ID, "late", d.key(n), int64(24*time.Hour/time.Second), "")
		if errors.Is(err, ErrOnce) {
			break // and those before it
		}
		if err != nil {
			return err
		}
		given++
	}
	if given == 0 {
		return nil
	}
	c := s.Clock
	c.FinishBy = c.FinishBy.Add(time.Duration(given) * 24 * time.Hour)
	if err := as.retime(ctx, tx, s, c); err != nil {
		return err
	}
	inv, err := as.Openings.InvitationIn(ctx, tx, a.Invitation)
	if err != nil || !c.FinishBy.After(inv.FinishBy) {
		return err
	}
	return as.Openings.Wait(ctx, tx, inv.ID, c.FinishBy)
}
