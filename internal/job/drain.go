package job

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"candor/internal/db"

	"github.com/riverqueue/river/rivertype"
)

// Drain runs everything that is due by the deciding clock, also what that enqueues, and returns when nothing is left. It is
// for tests and for the demo's content. A job that failed is left for its next try and its error returned.
func (j *Jobs) Drain(ctx context.Context) error {
	for {
		rows, err := j.due(ctx)
		if err != nil || len(rows) == 0 {
			return err
		}
		for _, r := range rows {
			if err := j.runNow(ctx, r); err != nil {
				return err
			}
		}
	}
}

type dueJob struct {
	id   int64
	args call
}

func (j *Jobs) due(ctx context.Context) ([]dueJob, error) {
	var out []dueJob
	text := "json(args)" // River keeps JSONB on SQLite
	if j.db.Engine == db.PostgreSQL {
		text = "args::text"
	}
	err := j.db.InstallationRead(ctx, func(tx db.Tx) error {
		rows, err := tx.QueryContext(ctx, `SELECT id, `+text+` FROM river_job
			WHERE state IN ('available', 'scheduled', 'retryable') ORDER BY priority, id`)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var d dueJob
			var raw string
			if err := rows.Scan(&d.id, &raw); err != nil {
				return err
			}
			if err := json.Unmarshal([]byte(raw), &d.args); err != nil {
				return err
			}
			if d.args.NotBy <= j.db.Now().UnixMilli() {
				out = append(out, d)
			}
		}
		return rows.Err()
	})
	return out, err
}

// runNow claims one job by a guarded write, runs it here, and removes it when it succeeded.
func (j *Jobs) runNow(ctx context.Context, d dueJob) error {
	var n int64
	err := j.db.Installation(ctx, func(tx db.Tx) (err error) {
		n, err = tx.Exec(ctx, `UPDATE river_job SET state = 'running', attempt = attempt + 1
			WHERE id = $1 AND state IN ('available', 'scheduled', 'retryable')`, d.id)
		return err
	})
	if err != nil || n == 0 {
		return err
	}
	h, ok := j.handlers[d.args.Name]
	if !ok {
		err = fmt.Errorf("job: nobody works on %q", d.args.Name)
	} else {
		c, cancel := context.WithTimeout(ctx, patience[h.class])
		err = h.fn(c, d.args.Note)
		cancel()
	}
	put := j.db.Installation(ctx, func(tx db.Tx) error {
		if err != nil {
			_, e := tx.Exec(ctx, `UPDATE river_job SET state = $2 WHERE id = $1`, d.id, string(rivertype.JobStateRetryable))
			return e
		}
		_, e := tx.Exec(ctx, `DELETE FROM river_job WHERE id = $1`, d.id)
		return e
	})
	if err != nil {
		return fmt.Errorf("job %s: %w", d.args.Name, err)
	}
	return put
}

// Idle waits until the started queue has nothing that is due; for tests of the running program.
func (j *Jobs) Idle(ctx context.Context) error {
	for {
		var n int
		err := j.db.InstallationRead(ctx, func(tx db.Tx) error {
			return tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM river_job WHERE state IN ('available', 'running', 'retryable')`).Scan(&n)
		})
		if err != nil || n == 0 {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(10 * time.Millisecond):
		}
	}
}
