package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"

	"modernc.org/sqlite"
)

// keptMost is how many statements a connection keeps; beyond it, the one that has not run for longest is closed.
const keptMost = 256

// keeping makes SQLite connections that keep their statements: to parse and plan one takes longer than to run it.
//
// The writer's also tell of a disk that failed, whoever wrote: the group, the queue or a schema step.
type keeping struct {
	driver.Connector
	fatal func(error) // nil tells nobody
}

func (k keeping) Connect(ctx context.Context) (driver.Conn, error) {
	c, err := k.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return &keeper{inner: c.(inner), fatal: k.fatal, idle: map[string]idle{}}, nil
}

// openKeeping is sql.Open with it.
func openKeeping(dsn string, fatal func(error)) (*sql.DB, error) {
	c, err := sqlite.NewConnector(dsn)
	if err != nil {
		return nil, err
	}
	return sql.OpenDB(keeping{c, fatal}), nil
}

// inner and stmt are what the driver gives and database/sql asks for.
type inner interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.Pinger
	driver.SessionResetter
	driver.Validator
}

type stmt interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

// keeper is a connection with the statements that do not run. database/sql lets nobody else use it meanwhile.
type keeper struct {
	inner
	fatal func(error)
	idle  map[string]idle
	runs  uint64  // so far
	late  *lateTx // of a reader, that begins with the first statement that is asked; nil: none
}

// idle is a statement that does not run, and the number of its last run.
type idle struct {
	stmt
	run uint64
}

// told gives an error back, unless it says that the disk failed.
func (k *keeper) told(err error) error {
	if err != nil && k.fatal != nil && DiskFailed(err) {
		k.fatal(fmt.Errorf("db: the disk failed while saving; ending, so that the log is replayed on start: %w", err))
	}
	return err
}

// BeginTx begins a transaction whose end is looked at.
func (k *keeper) BeginTx(ctx context.Context, o driver.TxOptions) (driver.Tx, error) {
	if _, ok := ctx.Value(seeing{}).(string); ok {
		k.late = &lateTx{k: k}
		return k.late, nil
	}
	tx, err := k.inner.BeginTx(ctx, o)
	if err != nil {
		return nil, k.told(err)
	}
	return watched{tx, k}, nil
}

type watched struct {
	driver.Tx
	k *keeper
}

func (t watched) Commit() error { return t.k.told(t.Tx.Commit()) }

// lateTx is a read that has begun only once something was asked in it.
type lateTx struct {
	k     *keeper
	began bool
}

func (t *lateTx) begin() error {
	if t == nil || t.began {
		return nil
	}
	_, err := t.k.exec(context.Background(), "BEGIN", nil)
	t.began = err == nil
	return err
}

func (t *lateTx) end() error {
	t.k.late = nil
	if !t.began {
		return nil
	}
	_, err := t.k.exec(context.Background(), "ROLLBACK", nil)
	return err
}

func (t *lateTx) Commit() error   { return t.end() }
func (t *lateTx) Rollback() error { return t.end() }

// PrepareContext is the driver's.
func (k *keeper) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	if err := k.late.begin(); err != nil {
		return nil, err
	}
	return k.inner.PrepareContext(ctx, query)
}

// take is a statement for one run: a kept one, or a new one where none is kept or that one runs already.
func (k *keeper) take(ctx context.Context, query string) (stmt, error) {
	if s, ok := k.idle[query]; ok {
		delete(k.idle, query)
		return s.stmt, nil
	}
	s, err := k.inner.PrepareContext(ctx, query)
	if err != nil {
		return nil, k.told(err)
	}
	return s.(stmt), nil
}

// give keeps a statement whose run went well.
func (k *keeper) give(query string, s stmt) (err error) {
	if _, twin := k.idle[query]; twin {
		return s.Close()
	}
	if len(k.idle) >= keptMost {
		err = k.forget()
	}
	k.runs++
	k.idle[query] = idle{s, k.runs}
	return err
}

// forget closes the statement that has not run for longest: what ran once, as the steps of the schema do, must not keep out what runs all day.
func (k *keeper) forget() error {
	oldest, least := "", k.runs+1
	for query, s := range k.idle {
		if s.run < least {
			oldest, least = query, s.run
		}
	}
	s := k.idle[oldest]
	delete(k.idle, oldest)
	return s.Close()
}

// ExecContext runs a statement.
func (k *keeper) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	if err := k.late.begin(); err != nil {
		return nil, err
	}
	return k.exec(ctx, query, args)
}

func (k *keeper) exec(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	s, err := k.take(ctx, query)
	if err != nil {
		return nil, err
	}
	r, err := s.ExecContext(ctx, args)
	if err != nil {
		s.Close()
		return nil, k.told(err)
	}
	return r, k.give(query, s)
}

// QueryContext runs a statement; what the same request has read already is not asked again.
func (k *keeper) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	if a := askingOf(ctx); a != nil {
		// Each is short, and to listen for the end of a context costs as much as to read.
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		return a.rows(query, args, func() (driver.Rows, error) { return k.query(context.WithoutCancel(ctx), query, args) })
	}
	return k.query(ctx, query, args)
}

func (k *keeper) query(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	if err := k.late.begin(); err != nil {
		return nil, err
	}
	s, err := k.take(ctx, query)
	if err != nil {
		return nil, err
	}
	r, err := s.QueryContext(ctx, args)
	if err != nil {
		s.Close()
		return nil, k.told(err)
	}
	return &keptRows{Rows: r, told: k.told, done: func() error { return k.give(query, s) }, drop: s.Close}, nil
}

// Close closes what is kept, then the connection.
func (k *keeper) Close() error {
	for _, s := range k.idle {
		s.Close()
	}
	return k.inner.Close()
}

// keptRows give their statement back when they are closed.
type keptRows struct {
	driver.Rows
	told       func(error) error
	done, drop func() error
}

// Next reads a row: an INSERT with RETURNING writes only then.
func (r *keptRows) Next(to []driver.Value) error { return r.told(r.Rows.Next(to)) }

func (r *keptRows) Close() error {
	if err := r.Rows.Close(); err != nil {
		r.drop()
		return r.told(err)
	}
	return r.done()
}
