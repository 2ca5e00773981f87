package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// On PostgreSQL each statement of a read sees what is committed when it begins, in a transaction or not. So reads have connections of their own,
// which stand in one organisation until somebody reads of another, and are held to reading: a statement is one round trip, where a transaction
// around it would be two more. Those that belong to no organisation have connections that never stand in one.

// openReading makes such connections, at most so many.
func openReading(cfg *pgx.ConnConfig, role string, most int) *sql.DB {
	cfg = cfg.Copy()
	cfg.RuntimeParams["default_transaction_read_only"] = "on"
	h := sql.OpenDB(reading{stdlib.GetConnector(*cfg), role})
	h.SetMaxOpenConns(most)
	h.SetMaxIdleConns(most)
	h.SetConnMaxIdleTime(5 * time.Minute)
	return h
}

type reading struct {
	driver.Connector
	role string // that it takes; "" is the one that connects
}

func (r reading) Connect(ctx context.Context) (driver.Conn, error) {
	c, err := r.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return &reader{Conn: c.(*stdlib.Conn), role: r.role}, nil
}

// reader is one connection. database/sql lets nobody else use it from BeginTx to the end.
type reader struct {
	*stdlib.Conn
	role   string
	stands bool // in org; else nobody knows where
	org    string
}

// seeing is the key, in a context, of whose rows a read sees.
type seeing struct{}

// BeginTx has the statements that follow see the rows of the context's organisation, and those of no other.
func (r *reader) BeginTx(ctx context.Context, o driver.TxOptions) (driver.Tx, error) {
	org, ok := ctx.Value(seeing{}).(string)
	if !ok {
		return r.Conn.BeginTx(ctx, o)
	}
	if r.Conn.Conn().IsClosed() {
		return nil, driver.ErrBadConn
	}
	if r.stands && r.org == org {
		return unbound{}, nil
	}
	r.stands = false
	first := "SELECT set_config('candor.org', " + literal(org) + ", false)"
	if r.role != "" {
		first += ", set_config('role', " + literal(r.role) + ", false)"
	}
	if _, err := r.Conn.Conn().PgConn().Exec(ctx, first).ReadAll(); err != nil {
		return nil, err
	}
	r.stands, r.org = true, org
	return unbound{}, nil
}

// QueryContext is stdlib's; what the same request has read already is not asked again.
func (r *reader) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	if a := askingOf(ctx); a != nil {
		return a.rows(query, args, func() (driver.Rows, error) { return r.Conn.QueryContext(ctx, query, args) })
	}
	return r.Conn.QueryContext(ctx, query, args)
}

// unbound is the end of statements that no transaction was around.
type unbound struct{}

func (unbound) Commit() error   { return nil }
func (unbound) Rollback() error { return nil }

// literal is a text in SQL; standard_conforming_strings is on since PostgreSQL 9.1.
func literal(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }
