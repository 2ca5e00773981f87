package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"time"
)

// A batch takes at most batchMax closures and gathers for at most batchWait after the first, so that the connection is given
// back to River between batches.
const (
	batchMax  = 64
	batchWait = 5 * time.Millisecond
)

// group commits many writers' closures with one sync. Each runs in a savepoint of its own, so that one that fails leaves no
// trace and does not disturb the others.
type group struct {
	db   *sql.DB
	log  string // the file of SQLite's log
	ops  chan *op
	quit chan struct{}
	gone chan struct{}
}

type op struct {
	org  string
	fn   func(Tx) error
	err  error
	done chan struct{}
}

var errClosed = errors.New("db: closed")

func startGroup(w *sql.DB, log string) *group {
	g := &group{db: w, log: log, ops: make(chan *op), quit: make(chan struct{}), gone: make(chan struct{})}
	go g.loop()
	return g
}

func (g *group) close() {
	close(g.quit)
	<-g.gone
}

// do hands a closure to the writer. Once it is handed over its outcome is awaited even when ctx ends: the caller must not
// be told "not saved" of something that was.
func (g *group) do(ctx context.Context, org string, fn func(Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	o := &op{org: org, fn: fn, done: make(chan struct{})}
	select {
	case g.ops <- o:
	case <-ctx.Done():
		return ctx.Err()
	case <-g.quit:
		return errClosed
	}
	<-o.done
	return o.err
}

func (g *group) loop() {
	defer close(g.gone)
	for {
		select {
		case first := <-g.ops:
			g.batch(first)
		case <-g.quit:
			return
		}
	}
}

// batch runs the first closure and whatever else arrives while it does; nobody waits for company that does not come.
func (g *group) batch(first *op) {
	tx, err := g.db.BeginTx(context.Background(), nil)
	if err != nil {
		g.reply([]*op{first}, err)
		return
	}
	ops := []*op{first}
	alive := g.inSavepoint(tx, first)
	began := time.Now()
	for alive && len(ops) < batchMax && time.Since(began) < batchWait {
		select {
		case o := <-g.ops:
			ops = append(ops, o)
			alive = g.inSavepoint(tx, o)
			continue
		default:
		}
		break
	}
	if alive {
		err = tx.Commit()
		if err == nil {
			g.reply(ops, nil)
			g.checkpoint()
			return
		}
	}
	tx.Rollback()
	// SQLite gave up the whole transaction (a full disk, for one). Closures are repeatable: each gets a transaction to itself,
	// so that only those suffer that must.
	for _, o := range ops {
		o.err = nil
		g.reply([]*op{o}, g.alone(o))
	}
}

// logMost is how large SQLite's log gets before it is folded into the file: as many bytes as SQLite itself would let it.
const logMost = 1000 * 4096

// checkpoint folds a log that has grown into the file. An error of it ends the process (keeper.told); readers in the way are no error.
func (g *group) checkpoint() {
	if info, err := os.Stat(g.log); err == nil && info.Size() > logMost {
		g.db.Exec("PRAGMA wal_checkpoint(PASSIVE)")
	}
}

func (g *group) alone(o *op) error {
	tx, err := g.db.BeginTx(context.Background(), nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if err := call(o.fn, Tx{Tx: tx, Org: o.org, Engine: SQLite, shared: true}); err != nil {
		return err
	}
	return tx.Commit()
}

// inSavepoint runs one closure; false means that the transaction around it is gone.
func (g *group) inSavepoint(tx *sql.Tx, o *op) bool {
	if _, err := tx.Exec("SAVEPOINT one"); err != nil {
		return false
	}
	o.err = call(o.fn, Tx{Tx: tx, Org: o.org, Engine: SQLite, shared: true})
	if o.err != nil {
		if _, err := tx.Exec("ROLLBACK TO one"); err != nil {
			return false
		}
	}
	_, err := tx.Exec("RELEASE one")
	return err == nil
}

func (g *group) reply(ops []*op, err error) {
	for _, o := range ops {
		if o.err == nil {
			o.err = err
		}
		close(o.done)
	}
}

func call(fn func(Tx) error, tx Tx) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("db: panic in a transaction: %v\n%s", p, debug.Stack())
		}
	}()
	return fn(tx)
}
