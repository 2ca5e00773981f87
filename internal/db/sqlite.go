package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"

	"candor/internal/clock"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// The pragmas stand in the DSN, so that every connection of a pool has them; Open reads them back.
var pragmas = []struct{ name, value, reads string }{
	{"journal_mode", "wal", "wal"},
	{"synchronous", "full", "2"},
	{"foreign_keys", "on", "1"},
	{"busy_timeout", "10000", "10000"},
	{"secure_delete", "on", "1"}, // what is erased is overwritten, pages that become free too
}

func dsn(path string, readOnly bool) string {
	q := url.Values{"_txlock": {"immediate"}}
	for _, p := range pragmas {
		q.Add("_pragma", p.name+"("+p.value+")")
	}
	if readOnly {
		q.Set("_txlock", "deferred")
		q.Add("_pragma", "query_only(on)")
	}
	return (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: q.Encode()}).String()
}

func openSQLite(ctx context.Context, path string, o Options) (*DB, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("database folder: %w", err)
	}
	w, err := sql.Open("sqlite", dsn(path, false))
	if err != nil {
		return nil, err
	}
	w.SetMaxOpenConns(1)
	if err := readBack(ctx, w); err != nil {
		w.Close()
		return nil, fmt.Errorf("database %s: %w", path, err)
	}
	r, err := sql.Open("sqlite", dsn(path, true))
	if err != nil {
		w.Close()
		return nil, err
	}
	r.SetMaxOpenConns(o.Readers)
	r.SetMaxIdleConns(o.Readers)
	d := &DB{Engine: SQLite, Clock: clock.New(o.Now), writer: w, reader: r}
	d.group = startGroup(w, o.Fatal)
	return d, nil
}

func readBack(ctx context.Context, w *sql.DB) error {
	for _, p := range pragmas {
		var got string
		if err := w.QueryRowContext(ctx, "PRAGMA "+p.name).Scan(&got); err != nil {
			return err
		}
		if got != p.reads {
			return fmt.Errorf("pragma %s reads back %q, want %q: saves would not be durable here", p.name, got, p.reads)
		}
	}
	return nil
}

func sqliteCode(err error) int {
	var e *sqlite.Error
	if errors.As(err, &e) {
		return e.Code()
	}
	return 0
}

// diskFailed says that the device reported an error while writing or syncing.
func diskFailed(err error) bool {
	switch sqliteCode(err) {
	case sqlite3.SQLITE_IOERR_FSYNC, sqlite3.SQLITE_IOERR_DIR_FSYNC, sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_CORRUPT:
		return true
	}
	return false
}

// Scrub removes the copies of erased rows that SQLite's log still holds: it writes the log into the file and empties it, and the
// file itself overwrites what is deleted (secure_delete). It waits a fifth of a second for readers of an old snapshot, because writers
// wait meanwhile; ErrScrub then, and the caller tries again later. On PostgreSQL this does nothing: VACUUM and its log are the operator's.
func (d *DB) Scrub(ctx context.Context) error {
	if d.Engine != SQLite {
		return nil
	}
	c, err := d.writer.Conn(ctx)
	if err != nil {
		return err
	}
	defer c.Close()
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

// ErrScrub says that somebody reads an old snapshot, so that the log could not be emptied.
var ErrScrub = errors.New("db: the log is being read and could not be emptied")
