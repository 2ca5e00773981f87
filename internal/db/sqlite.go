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
	{"secure_delete", "on", "1"},                 // what is erased is overwritten, pages that become free too
	{"wal_autocheckpoint", "0", "0"},             // the group does it: SQLite says nothing of a sync that failed in it
	{"journal_size_limit", "1048576", "1048576"}, // so that the log's size says how much of it is in use
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
	w, err := openKeeping(dsn(path, false), o.Fatal)
	if err != nil {
		return nil, err
	}
	w.SetMaxOpenConns(1)
	if err := readBack(ctx, w); err != nil {
		w.Close()
		return nil, fmt.Errorf("database %s: %w", path, err)
	}
	if err := syncFolder(filepath.Dir(path)); err != nil {
		w.Close()
		return nil, fmt.Errorf("database folder: %w", err)
	}
	r, err := openKeeping(dsn(path, true), nil)
	if err != nil {
		w.Close()
		return nil, err
	}
	r.SetMaxOpenConns(o.Readers)
	r.SetMaxIdleConns(o.Readers)
	d := &DB{Engine: SQLite, Clock: clock.New(o.Now), writer: w, reader: r, reads: r, ground: r, room: o.Room, took: o.Took}
	d.group = startGroup(w, path+"-wal")
	return d, nil
}

// syncFolder makes the names in a folder durable: the database's and its log's, which reading the pragmas back has made. SQLite does it at the first commit
// of a new log, and says nothing when it fails (unixSync of its os_unix.c).
func syncFolder(name string) error {
	d, err := os.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
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

// DiskFailed says that the device reported an error, or that what it gave back is not what was written. No room for the index of the log, no memory
// and a lock are told as input and output errors too, and are none of the device.
func DiskFailed(err error) bool {
	switch code := sqliteCode(err); code {
	case sqlite3.SQLITE_IOERR_SHMSIZE, sqlite3.SQLITE_IOERR_NOMEM, sqlite3.SQLITE_IOERR_BLOCKED:
		return false
	default:
		return code&0xff == sqlite3.SQLITE_IOERR || code&0xff == sqlite3.SQLITE_CORRUPT
	}
}
