package job

import (
	"bytes"
	"context"
	"encoding/json"
	"time"

	"candor/internal/db"

	"github.com/riverqueue/river"
)

// Waiting is a job that is still to be done, as it goes from one installation to another.
type Waiting struct {
	Class    Class           `json:"class"`
	Priority int             `json:"priority"`
	Tries    int             `json:"tries"` // how often it may be tried, counted anew
	Name     string          `json:"name"`
	Key      string          `json:"key,omitempty"`
	NotBy    int64           `json:"not_before,omitempty"` // milliseconds of the deciding clock
	Note     json.RawMessage `json:"note,omitempty"`       // its names in order
}

// Waits calls fn for every job that waits or runs, in the order in which they were enqueued. What runs may run once more, as every job may; what is
// done again and again is left out, because every start begins it anew.
func Waits(ctx context.Context, tx db.Tx, fn func(Waiting) error) error {
	text := "json(args)"
	if tx.Engine == db.PostgreSQL {
		text = "args::text"
	}
	rows, err := tx.QueryContext(ctx, `SELECT queue, priority, max_attempts, `+text+` FROM river_job
		WHERE state IN ('available', 'pending', 'running', 'retryable', 'scheduled') ORDER BY id`)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var w Waiting
		var args string
		if err := rows.Scan(&w.Class, &w.Priority, &w.Tries, &args); err != nil {
			return err
		}
		if err := json.Unmarshal([]byte(args), &w); err != nil {
			return err
		}
		if w.Key == every {
			continue
		}
		if w.Note, err = inOrder(w.Note); err != nil {
			return err
		}
		if err := fn(w); err != nil {
			return err
		}
	}
	return rows.Err()
}

// inOrder writes an object with its names in alphabetical order: PostgreSQL puts them in one of its own.
func inOrder(note json.RawMessage) (json.RawMessage, error) {
	if note == nil {
		return nil, nil
	}
	d := json.NewDecoder(bytes.NewReader(note))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	return json.Marshal(v)
}

// Wait enqueues what Waits gave, also where nobody here works on it: a later start may.
func (j *Jobs) Wait(ctx context.Context, tx db.Tx, w Waiting) error {
	in := &river.InsertOpts{Queue: string(w.Class), Priority: w.Priority, MaxAttempts: w.Tries}
	if w.NotBy > 0 {
		in.ScheduledAt = time.Now().Add(time.UnixMilli(w.NotBy).Sub(j.db.Now()))
	}
	if w.Key != "" {
		in.UniqueOpts = river.UniqueOpts{ByArgs: true, ByState: waiting}
	}
	_, err := j.client.InsertTx(tx.Context(ctx), tx.Tx, call{Name: w.Name, Key: w.Key, Note: w.Note, NotBy: w.NotBy}, in)
	return err
}
