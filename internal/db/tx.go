package db

import (
	"context"
	"database/sql"
	"errors"
)

// Tx is a transaction of one organisation (Org is "" for the installation). It is what sqlc's generated code asks for.
type Tx struct {
	*sql.Tx
	Org    string
	Engine Engine
	// shared is true when other callers' writes are in the same transaction (group commit). A cancelled context would
	// then interrupt SQLite in the middle of a statement, which rolls back everybody's, so statements run to their end.
	shared bool
	watch  func(query string, args []any)
	once   *once // of a read; nil asks the database each time
	// of, on PostgreSQL, begins the read of an organisation's rows in one of the installation.
	of func(context.Context, string) (*sql.Tx, error)
}

// Of is a read of the installation as one of an organisation from here on: for those who learn in it whose rows they read next.
func (t Tx) Of(ctx context.Context, org string) (Tx, error) {
	if t.Org != "" || org == "" {
		return Tx{}, errors.New("db: a transaction of the installation becomes an organisation's, once")
	}
	t.Org = org
	if t.Engine == SQLite {
		return t, nil
	}
	if t.of == nil {
		return Tx{}, errors.New("db: a write stays what it is")
	}
	var err error
	t.Tx, err = t.of(ctx, org)
	t.of = nil
	return t, err
}

// asking is the context of a statement that reads.
func (t Tx) asking(ctx context.Context, query string, args []any) context.Context {
	if t.once == nil {
		t.told(query, args)
		return t.Context(ctx)
	}
	return context.WithValue(t.Context(ctx), askingKey{}, &asking{t.once, t.Org, func() { t.told(query, args) }})
}

// Context is ctx as statements of this transaction may use it.
func (t Tx) Context(ctx context.Context) context.Context {
	if t.shared {
		return context.WithoutCancel(ctx)
	}
	return ctx
}

func (t Tx) told(query string, args []any) {
	if t.watch != nil {
		t.watch(query, args)
	}
}

// Exec runs a statement and tells how many rows it changed: what a guarded write looks at.
func (t Tx) Exec(ctx context.Context, query string, args ...any) (int64, error) {
	r, err := t.ExecContext(ctx, query, args...)
	if err != nil {
		return 0, err
	}
	return r.RowsAffected()
}

// ExecContext is sql.Tx's.
func (t Tx) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	t.told(query, args)
	return t.Tx.ExecContext(t.Context(ctx), query, args...)
}

// PrepareContext is sql.Tx's.
func (t Tx) PrepareContext(ctx context.Context, query string) (*sql.Stmt, error) {
	return t.Tx.PrepareContext(t.Context(ctx), query)
}

// QueryContext is sql.Tx's.
func (t Tx) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	return t.Tx.QueryContext(t.asking(ctx, query, args), query, args...)
}

// QueryRowContext is sql.Tx's.
func (t Tx) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	return t.Tx.QueryRowContext(t.asking(ctx, query, args), query, args...)
}
