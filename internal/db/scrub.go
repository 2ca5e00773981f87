package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// ErrScrub says that somebody reads an old snapshot, so that the log could not be emptied.
var ErrScrub = errors.New("db: the log is being read and could not be emptied")

// Erased remembers, in the transaction, that what it deleted must not survive in SQLite's file: Rewrite is owed. The mark is the
// file's user_version. On PostgreSQL this does nothing.
func (t Tx) Erased(ctx context.Context) error {
	if t.Engine != SQLite {
		return nil
	}
	_, err := t.Exec(ctx, "PRAGMA user_version = 1")
	return err
}

// Scrub removes the copies of erased rows that SQLite's log holds: it writes the log into the file and empties it. Writers wait
// meanwhile, so readers of an old snapshot get a fifth of a second; ErrScrub then, and the caller tries again later. On PostgreSQL
// this does nothing: VACUUM and the archive of its log are the operator's.
func (d *DB) Scrub(ctx context.Context) error {
	return d.alone(ctx, func(c *sql.Conn) error { return truncate(ctx, c) })
}

// Rewrite builds SQLite's file anew when something was erased since the last time, and empties the log. secure_delete overwrites
// what is deleted, but not the copies that stay behind in pages whose rows were moved to neighbours; only new pages are free of
// them. Readers go on, but writers wait, about 4 seconds for 100 MB where it was measured: do it at night. ErrScrub as Scrub.
func (d *DB) Rewrite(ctx context.Context) error {
	return d.alone(ctx, func(c *sql.Conn) error {
		var owed int
		if err := c.QueryRowContext(ctx, "PRAGMA user_version").Scan(&owed); err != nil || owed == 0 {
			return err
		}
		for _, q := range []string{"VACUUM", "PRAGMA user_version = 0"} {
			if _, err := c.ExecContext(ctx, q); err != nil {
				return fmt.Errorf("db: building the file anew: %w", err)
			}
		}
		return truncate(ctx, c)
	})
}

// alone runs fn on SQLite's one writing connection.
func (d *DB) alone(ctx context.Context, fn func(c *sql.Conn) error) error {
	if d.Engine != SQLite {
		return nil
	}
	c, err := d.writer.Conn(ctx)
	if err != nil {
		return err
	}
	defer c.Close()
	return fn(c)
}

func truncate(ctx context.Context, c *sql.Conn) error {
	if _, err := c.ExecContext(ctx, "PRAGMA busy_timeout(200)"); err != nil {
		return err
	}
	defer c.ExecContext(context.WithoutCancel(ctx), "PRAGMA busy_timeout(10000)")
	var busy, frames, written int
	if err := c.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &frames, &written); err != nil {
		return fmt.Errorf("db: emptying the log: %w", err)
	}
	if busy != 0 {
		return ErrScrub
	}
	return nil
}
