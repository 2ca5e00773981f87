package opening

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/promise"
)

// Figures are an opening's counts.
type Figures struct {
	Invited, Opened, Sent, Answered, Hired, Declined, Withdrawn int // whatever became of them after

	Active   int
	Us       int // wait for our reply
	Overdue  int // of them, past the day we promised
	DueSoon  int // of them, due within 24 h
	Stuck    int //
	ByStage  map[StageID]int
	Kept     int // replies given
	KeptLate int // of them, after their day

	Promises []Rate // of every kind that was promised to anybody, in the order of promise.Kinds
	LateNow  int    // promises of all kinds that are open and past their day
}

// Rate is how promises of one kind were kept: those that are open and not late are not counted.
type Rate struct {
	Kind promise.Kind
	Kept int // by their day
	Late int // after it
	Open int // not yet, though their day is over
}

// Of is how many there were to keep.
func (r Rate) Of() int { return r.Kept + r.Late + r.Open }

// SQLite takes the tables of a CROSS JOIN in their order: the opening's applications and their promises, and not all promises of the organisation.
const (
	countStatus   = `SELECT stage_id, status, COUNT(*) FROM applications WHERE org_id = $1 AND opening_id = $2 GROUP BY stage_id, status`
	countPromised = `SELECT p.kind, SUM(CASE WHEN a.status <> 'withdrawn' THEN 1 ELSE 0 END),
		SUM(CASE WHEN a.status <> 'withdrawn' AND p.kept_at > 0 AND p.kept_at <= p.due_at THEN 1 ELSE 0 END), SUM(CASE WHEN a.status <> 'withdrawn' AND p.kept_at > p.due_at THEN 1 ELSE 0 END),
		SUM(CASE WHEN a.status <> 'withdrawn' AND p.kept_at = 0 AND p.due_at < $3 THEN 1 ELSE 0 END),
		SUM(CASE WHEN a.status = 'active' AND p.kept_at = 0 THEN 1 ELSE 0 END), SUM(CASE WHEN a.status = 'active' AND p.kept_at = 0 AND p.due_at < $3 THEN 1 ELSE 0 END),
		SUM(CASE WHEN a.status = 'active' AND p.kept_at = 0 AND p.due_at >= $3 AND p.due_at < $4 THEN 1 ELSE 0 END),
		COUNT(DISTINCT p.application_id), COUNT(DISTINCT CASE WHEN p.kept_at > 0 THEN p.application_id END),
		SUM(CASE WHEN p.kept_at > 0 THEN 1 ELSE 0 END), SUM(CASE WHEN p.kept_at > p.due_at THEN 1 ELSE 0 END)
		FROM applications a CROSS JOIN promises p WHERE a.org_id = $1 AND a.opening_id = $2 AND p.org_id = a.org_id AND p.application_id = a.id GROUP BY p.kind`
	countOpened = `SELECT COUNT(DISTINCT application_id) FROM invitations WHERE org_id = $1 AND opening_id = $2 AND opened_at > 0`
	countStuck  = `SELECT COUNT(*) FROM applications a JOIN invitations i ON i.org_id = a.org_id AND i.application_id = a.id AND i.stage_id = a.stage_id AND i.replaced_by = ''
		WHERE a.org_id = $1 AND a.opening_id = $2 AND i.opening_id = $2 AND a.status = 'active' AND ` + isStuck
)

// Figures counts, in four queries however many applications there are.
func (os *Openings) Figures(ctx context.Context, tx db.Tx, o ID) (Figures, error) {
	f := Figures{ByStage: map[StageID]int{}}
	now := os.DB.Now()
	rows, err := tx.QueryContext(ctx, countStatus, tx.Org, string(o))
	if err != nil {
		return f, err
	}
	if err := f.byStatus(rows); err != nil {
		return f, err
	}
	if err := f.promised(ctx, tx, o, now); err != nil {
		return f, err
	}
	if err := tx.QueryRowContext(ctx, countOpened, tx.Org, string(o)).Scan(&f.Opened); err != nil {
		return f, err
	}
	err = tx.QueryRowContext(ctx, countStuck, tx.Org, string(o), clock.Milli(now)).Scan(&f.Stuck)
	return f, err
}

// promised counts the promises of one opening: what waits for us, and how those of each kind were kept.
func (f *Figures) promised(ctx context.Context, tx db.Tx, o ID, now time.Time) error {
	rows, err := tx.QueryContext(ctx, countPromised, tx.Org, string(o), clock.Milli(now), clock.Milli(now.Add(24*time.Hour)))
	if err != nil {
		return err
	}
	defer rows.Close()
	found := map[promise.Kind]Rate{}
	for rows.Next() {
		var r Rate
		var all, us, overdue, soon, sent, answered, kept, late int
		if err := rows.Scan(&r.Kind, &all, &r.Kept, &r.Late, &r.Open, &us, &overdue, &soon, &sent, &answered, &kept, &late); err != nil {
			return err
		}
		if all > 0 {
			found[r.Kind] = r
		}
		if r.Kind == promise.Reply {
			f.Us, f.Overdue, f.DueSoon, f.Sent, f.Answered, f.Kept, f.KeptLate = us, overdue, soon, sent, answered, kept, late
		}
	}
	for _, k := range promise.Kinds {
		if r, ok := found[k]; ok {
			f.Promises, f.LateNow = append(f.Promises, r), f.LateNow+r.Open
		}
	}
	return rows.Err()
}

func (f *Figures) byStatus(rows *sql.Rows) error {
	defer rows.Close()
	for rows.Next() {
		var stage, status string
		var n int
		if err := rows.Scan(&stage, &status, &n); err != nil {
			return err
		}
		f.Invited += n
		switch Status(status) {
		case Active:
			f.Active += n
			f.ByStage[StageID(stage)] += n
		case Hired:
			f.Hired += n
		case Declined:
			f.Declined += n
		case Withdrawn:
			f.Withdrawn += n
		}
	}
	return rows.Err()
}

const (
	weeklySent = `SELECT (p.made_at - CAST($3 AS BIGINT)) / 604800000, COUNT(*) FROM applications a CROSS JOIN promises p
		WHERE a.org_id = $1 AND a.opening_id = $2 AND p.org_id = a.org_id AND p.application_id = a.id AND p.kind = 'reply' AND p.made_at >= CAST($3 AS BIGINT) GROUP BY 1`
	weeklyOpened = `SELECT (opened_at - CAST($3 AS BIGINT)) / 604800000, COUNT(*) FROM invitations
		WHERE org_id = $1 AND opening_id = $2 AND opened_at >= CAST($3 AS BIGINT) GROUP BY 1`
)

// Weekly counts the submissions and the opened links of n weeks from an instant.
func (os *Openings) Weekly(ctx context.Context, tx db.Tx, o ID, from time.Time, n int) (sent, opened []int, err error) {
	if sent, err = weekly(ctx, tx, weeklySent, o, from, n); err != nil {
		return nil, nil, err
	}
	opened, err = weekly(ctx, tx, weeklyOpened, o, from, n)
	return sent, opened, err
}

func weekly(ctx context.Context, tx db.Tx, q string, o ID, from time.Time, n int) ([]int, error) {
	rows, err := tx.QueryContext(ctx, q, tx.Org, string(o), clock.Milli(from))
	if err != nil {
		return nil, fmt.Errorf("weekly: %w", err)
	}
	defer rows.Close()
	out := make([]int, n)
	for rows.Next() {
		var w, count int
		if err := rows.Scan(&w, &count); err != nil {
			return nil, err
		}
		if w >= 0 && w < n {
			out[w] = count
		}
	}
	return out, rows.Err()
}
