// Package db keeps the installation's rows, in SQLite or in PostgreSQL, with one SQL text for both.
//
// A write that returned nil is committed and synced. Every tenant's rows carry org_id as the first column of their primary
// key; on PostgreSQL row level security holds each transaction to its organisation as a second wall. Writes on SQLite pass
// through one writer that commits many of them with one sync (group commit); closures given to Write do SQL only and may be
// run again. Instants are BIGINT milliseconds and come in as parameters: SQL never asks for the time.
package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync"
	"time"

	"candor/internal/clock"

	"github.com/jackc/pgx/v5/pgxpool"
)

// Engine is which database runs below.
type Engine string

const (
	SQLite     Engine = "sqlite"
	PostgreSQL Engine = "postgres"
)

// Options of Open; the zero value is right for production.
type Options struct {
	// Now is the process's clock; nil means time.Now.
	Now func() time.Time
	// Readers is the size of the reader pool (SQLite) or of the connection pool (PostgreSQL); 0 means 8.
	Readers int
	// Fatal is called when the disk failed while SQLite wrote: what is in memory cannot be trusted any more, and what was not synced may be lost
	// although the next sync goes well. It must not return; nil prints the error and ends the process.
	Fatal func(error)
	// Took is told how long each write took, from the call to its end. nil is told nothing.
	Took func(time.Duration)
	// Room is asked by a write that found no room on the disk: it may make some, and says whether to try once more. nil makes none.
	Room func() bool
}

// ExitDisk is the exit code of a process that the disk failed.
const ExitDisk = 70

// DB is one open database.
type DB struct {
	Engine Engine
	Clock  *clock.Clock
	// Watch, set while nothing runs, is told of each statement before it runs, but for SQLite's writes, which share transactions. Tests
	// count and explain with it.
	Watch func(query string, args []any)

	writer *sql.DB // SQLite: the one writing connection; PostgreSQL: the pool
	reader *sql.DB
	reads  *sql.DB // what Read reads with: reader on SQLite
	ground *sql.DB // what InstallationRead reads with: reader on SQLite
	group  *group  // SQLite only
	pool   *pgxpool.Pool
	room   func() bool
	took   func(time.Duration)
	role   string       // PostgreSQL: the role transactions take, "" when the connecting role is held by row level security itself
	sample clock.Sample // PostgreSQL: of the database's clock, that the process goes by
	stop   context.CancelFunc
	loops  sync.WaitGroup // PostgreSQL: what runs until Close
}

// Open connects. url is "sqlite:PATH" (or a bare path) or "postgres://...". The schema is not touched; see Migrate.
func Open(ctx context.Context, rawURL string, o Options) (*DB, error) {
	if o.Readers == 0 {
		o.Readers = 8
	}
	if o.Fatal == nil {
		o.Fatal = func(err error) {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(ExitDisk)
		}
	}
	if strings.HasPrefix(rawURL, "postgres://") || strings.HasPrefix(rawURL, "postgresql://") {
		return openPostgres(ctx, rawURL, o)
	}
	if u, err := url.Parse(rawURL); err == nil && u.Scheme != "" && u.Scheme != "sqlite" && len(u.Scheme) > 1 {
		return nil, fmt.Errorf("database address begins with %q; want postgres://... or sqlite:PATH", u.Scheme+":")
	}
	return openSQLite(ctx, strings.TrimPrefix(strings.TrimPrefix(rawURL, "sqlite://"), "sqlite:"), o)
}

// Now is the deciding clock's time.
func (d *DB) Now() time.Time { return d.Clock.Now() }

// Writer is the raw handle for River, which begins transactions of its own; on SQLite it is the one writing connection.
func (d *DB) Writer() *sql.DB { return d.writer }

// Pool is the pgx pool on PostgreSQL (for LISTEN), nil on SQLite.
func (d *DB) Pool() *pgxpool.Pool { return d.pool }

// Write runs fn in a transaction of one organisation. When it returns nil, what fn wrote is committed and synced.
// fn may be run more than once. It must not call Write or Read itself. ErrFull.
func (d *DB) Write(ctx context.Context, org string, fn func(tx Tx) error) error {
	if org == "" {
		return errors.New("db: Write without an organisation")
	}
	return full(d.write(ctx, org, fn))
}

// Read runs fn on a snapshot of one organisation.
func (d *DB) Read(ctx context.Context, org string, fn func(tx Tx) error) error {
	if org == "" {
		return errors.New("db: Read without an organisation")
	}
	return d.read(ctx, org, fn)
}

// Installation is Write for the tables that belong to no organisation. ErrFull.
func (d *DB) Installation(ctx context.Context, fn func(tx Tx) error) error {
	return full(d.write(ctx, "", fn))
}

// InstallationRead is Read for the tables that belong to no organisation.
func (d *DB) InstallationRead(ctx context.Context, fn func(tx Tx) error) error {
	return d.read(ctx, "", fn)
}

func (d *DB) write(ctx context.Context, org string, fn func(tx Tx) error) error {
	if d.took != nil {
		began := time.Now()
		defer func() { d.took(time.Since(began)) }()
	}
	onceOf(ctx).end()
	err := d.writeHere(ctx, org, fn)
	if IsFull(err) && d.room != nil && d.room() {
		err = d.writeHere(ctx, org, fn)
	}
	return err
}

func (d *DB) writeHere(ctx context.Context, org string, fn func(tx Tx) error) error {
	if d.Engine == SQLite {
		return d.group.do(ctx, org, fn)
	}
	return d.writePostgres(ctx, org, fn)
}

func (d *DB) read(ctx context.Context, org string, fn func(tx Tx) error) error {
	raw, err := d.see(ctx, org)
	if err != nil {
		return err
	}
	defer raw.Rollback()
	tx := Tx{Tx: raw, Org: org, Engine: d.Engine, watch: d.Watch, once: onceOf(ctx)}
	if d.Engine == PostgreSQL && org == "" {
		var own *sql.Tx
		defer func() {
			if own != nil {
				own.Rollback()
			}
		}()
		tx.of = func(ctx context.Context, org string) (*sql.Tx, error) {
			own, err = d.see(ctx, org)
			return own, err
		}
	}
	return fn(tx)
}

// see begins a read of an organisation's rows, or of none's.
func (d *DB) see(ctx context.Context, org string) (*sql.Tx, error) {
	if org == "" {
		return d.ground.BeginTx(context.WithValue(ctx, seeing{}, org), nil)
	}
	return d.reads.BeginTx(context.WithValue(ctx, seeing{}, org), nil)
}

// Close ends the background work and closes the connections.
func (d *DB) Close() error {
	if d.stop != nil {
		d.stop()
		d.loops.Wait()
	}
	if d.group != nil {
		d.group.close()
	}
	err := d.writer.Close()
	if d.reader != d.writer {
		err = errors.Join(err, d.reader.Close())
	}
	if d.reads != d.reader {
		err = errors.Join(err, d.reads.Close(), d.ground.Close())
	}
	if d.pool != nil {
		d.pool.Close()
	}
	return err
}
