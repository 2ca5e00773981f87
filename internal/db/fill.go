package db

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
)

const (
	fillRows  = 100     // rows of one statement at most,
	fillBytes = 1 << 20 // or so many bytes of texts
	fillOnce  = 16 << 20
)

// Filling puts rows into a migrated database without any.
type Filling struct {
	d     *DB
	tx    *sql.Tx
	org   string // whose rows PostgreSQL lets in
	table Table
	args  []any
	rows  int
	size  int // bytes of texts in args
	since int // bytes since the last commit
}

// Fill runs fn, which adds rows, parents before children. On PostgreSQL all of it is one transaction; SQLite's log would grow beyond the file,
// so there what was added before an error stays.
func (d *DB) Fill(ctx context.Context, fn func(f *Filling) error) error {
	f := &Filling{d: d}
	defer func() {
		if f.tx != nil {
			f.tx.Rollback()
		}
	}()
	if err := f.begin(ctx); err != nil {
		return err
	}
	if err := fn(f); err != nil {
		return err
	}
	return f.commit(ctx)
}

func (f *Filling) begin(ctx context.Context) (err error) {
	f.tx, err = f.d.writer.BeginTx(ctx, nil)
	return err
}

func (f *Filling) commit(ctx context.Context) error {
	if err := f.flush(ctx); err != nil {
		return err
	}
	tx := f.tx
	f.tx, f.since = nil, 0
	return tx.Commit()
}

// Tx is the transaction, for what is added by other means.
func (f *Filling) Tx(ctx context.Context) (Tx, error) {
	return Tx{Tx: f.tx, Engine: f.d.Engine}, f.flush(ctx)
}

// Add adds one row with the table's columns in order.
func (f *Filling) Add(ctx context.Context, t Table, row []any) error {
	if t.Name != f.table.Name {
		if err := f.flush(ctx); err != nil {
			return err
		}
		f.table = t
	}
	if err := f.enter(ctx, t, row); err != nil {
		return err
	}
	f.rows++
	f.args = append(f.args, row...)
	for _, v := range row {
		if s, ok := v.(string); ok {
			f.size += len(s)
		}
	}
	if f.rows < fillRows && f.size < fillBytes {
		return nil
	}
	if f.d.Engine == SQLite && f.since+f.size > fillOnce {
		if err := f.commit(ctx); err != nil {
			return err
		}
		return f.begin(ctx)
	}
	return f.flush(ctx)
}

// enter goes behind the wall of the row's organisation.
func (f *Filling) enter(ctx context.Context, t Table, row []any) error {
	if f.d.Engine == SQLite || !t.tenant() {
		return nil
	}
	for i, c := range t.Columns {
		org, _ := row[i].(string)
		if c.Name != "org_id" || org == f.org {
			continue
		}
		if err := f.flush(ctx); err != nil {
			return err
		}
		f.org = org
		if _, err := f.tx.ExecContext(ctx, `SELECT set_config('candor.org', $1, true)`, org); err != nil {
			return err
		}
	}
	return nil
}

func (f *Filling) flush(ctx context.Context) error {
	if f.rows == 0 {
		return nil
	}
	var b strings.Builder
	fmt.Fprintf(&b, "INSERT INTO %s (%s) VALUES ", quote(f.table.Name), f.table.columns())
	for i := range f.args {
		switch {
		case i == 0:
			b.WriteString("(")
		case i%len(f.table.Columns) == 0:
			b.WriteString("), (")
		default:
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "$%d", i+1)
	}
	b.WriteString(")")
	if _, err := f.tx.ExecContext(ctx, b.String(), f.args...); err != nil {
		return fmt.Errorf("filling %s: %w", f.table.Name, err)
	}
	f.since += f.size
	f.args, f.rows, f.size = f.args[:0], 0, 0
	return nil
}
