package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
)

// Table is a table as the schema has it, in words that mean the same on both engines.
type Table struct {
	Name    string   `json:"name"`
	Columns []Field  `json:"columns"`
	Key     []string `json:"key"` // the primary key's columns in order
}

// Field is one column.
type Field struct {
	Name string `json:"name"`
	Type Type   `json:"type"`
}

// Type is what a column holds. A value is a string, an int64, a bool or []byte; nil is NULL.
type Type string

const (
	Text    Type = "text"
	Integer Type = "integer"
	Boolean Type = "boolean"
	Bytes   Type = "bytes"
)

// types are the words of both engines.
var types = map[string]Type{"text": Text, "bigint": Integer, "integer": Integer, "smallint": Integer, "boolean": Boolean, "bytea": Bytes, "blob": Bytes}

// tenant says that the table's rows belong to one organisation each.
func (t Table) tenant() bool { return len(t.Key) > 0 && t.Key[0] == "org_id" }

// columns are its columns between commas.
func (t Table) columns() string {
	names := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		names[i] = quote(c.Name)
	}
	return strings.Join(names, ", ")
}

// Picture is every organisation's rows at one instant.
type Picture struct {
	Tables []Table // parents before children; without River's and goose's
	Step   int64   // the schema's newest step, as the number of its UTC second

	tx    Tx
	walls []string // the organisations, one after the other, where row level security holds the connecting role; else one ""
}

// Picture runs fn on one picture of all rows. It may take long: saves go on meanwhile. SQLite keeps its log and PostgreSQL dead rows until it ends.
func (d *DB) Picture(ctx context.Context, fn func(p *Picture) error) error {
	o := &sql.TxOptions{}
	if d.Engine == PostgreSQL {
		o = &sql.TxOptions{ReadOnly: true, Isolation: sql.LevelRepeatableRead}
	}
	raw, err := d.reader.BeginTx(ctx, o)
	if err != nil {
		return err
	}
	defer raw.Rollback()
	p := &Picture{tx: Tx{Tx: raw, Engine: d.Engine, watch: d.Watch}, walls: []string{""}}
	if p.Tables, err = p.tx.tables(ctx); err != nil {
		return err
	}
	if err := raw.QueryRowContext(ctx, `SELECT COALESCE(MAX(version_id), 0) FROM goose_db_version`).Scan(&p.Step); err != nil {
		return err
	}
	if d.Engine == PostgreSQL && d.role == "" {
		if p.walls, err = p.organisations(ctx); err != nil {
			return err
		}
	}
	return fn(p)
}

// Tx is the transaction the picture is read in.
func (p *Picture) Tx() Tx { return p.tx }

// organisations are those that tables without a wall name.
func (p *Picture) organisations(ctx context.Context) ([]string, error) {
	var asks []string
	for _, t := range p.Tables {
		if !t.tenant() && slices.ContainsFunc(t.Columns, func(f Field) bool { return f.Name == "org_id" }) {
			asks = append(asks, "SELECT org_id FROM "+quote(t.Name)+" WHERE org_id <> ''")
		}
	}
	if len(asks) == 0 {
		return nil, nil
	}
	rows, err := p.tx.QueryContext(ctx, strings.Join(asks, " UNION "))
	if err != nil {
		return nil, err
	}
	all, err := scanStrings(rows)
	slices.Sort(all)
	return all, err
}

// behind is fn once for each organisation whose rows can only be seen alone.
func (p *Picture) behind(ctx context.Context, tenant bool, fn func() error) error {
	if !tenant || len(p.walls) == 1 && p.walls[0] == "" {
		return fn()
	}
	for _, org := range p.walls {
		if _, err := p.tx.ExecContext(ctx, `SELECT set_config('candor.org', $1, true)`, org); err != nil {
			return err
		}
		if err := fn(); err != nil {
			return err
		}
	}
	return nil
}

// Count is how many rows a table has.
func (p *Picture) Count(ctx context.Context, t Table) (sum int64, err error) {
	err = p.behind(ctx, t.tenant(), func() error {
		var n int64
		err := p.tx.QueryRowContext(ctx, "SELECT COUNT(*) FROM "+quote(t.Name)).Scan(&n)
		sum += n
		return err
	})
	return sum, err
}

// Rows are a table's rows in the order of its key, whose texts are compared byte by byte on both engines. A row is the reader's until the next
// one; after an error there is none.
func (p *Picture) Rows(ctx context.Context, t Table) iter.Seq2[[]any, error] {
	key := make([]string, len(t.Key))
	for i, name := range t.Key {
		key[i] = quote(name)
		if p.tx.Engine == PostgreSQL && t.Columns[slices.IndexFunc(t.Columns, func(f Field) bool { return f.Name == name })].Type == Text {
			key[i] += ` COLLATE "C"`
		}
	}
	q := "SELECT " + t.columns() + " FROM " + quote(t.Name) + " ORDER BY " + strings.Join(key, ", ")
	return func(yield func([]any, error) bool) {
		err := p.behind(ctx, t.tenant(), func() error {
			rows, err := p.tx.QueryContext(ctx, q)
			if err != nil {
				return err
			}
			defer rows.Close()
			row, into := make([]any, len(t.Columns)), make([]any, len(t.Columns))
			for i := range row {
				into[i] = &row[i]
			}
			for rows.Next() {
				if err := rows.Scan(into...); err != nil {
					return err
				}
				for i, f := range t.Columns {
					if row[i], err = f.Type.value(row[i]); err != nil {
						return fmt.Errorf("%s.%s: %w", t.Name, f.Name, err)
					}
				}
				if !yield(row, nil) {
					return errEnough
				}
			}
			return rows.Err()
		})
		if err != nil && err != errEnough {
			yield(nil, err)
		}
	}
}

// Query asks the same of every organisation's rows, one organisation after the other where they can only be seen so, and scans each row that comes.
func (p *Picture) Query(ctx context.Context, query string, into ...any) iter.Seq[error] {
	return func(yield func(error) bool) {
		err := p.behind(ctx, true, func() error {
			rows, err := p.tx.QueryContext(ctx, query)
			if err != nil {
				return err
			}
			defer rows.Close()
			for rows.Next() {
				if err := rows.Scan(into...); err != nil {
					return err
				}
				if !yield(nil) {
					return errEnough
				}
			}
			return rows.Err()
		})
		if err != nil && err != errEnough {
			yield(err)
		}
	}
}

// errEnough ends a loop whose reader went.
var errEnough = errors.New("the reader has enough")

// value is what a driver gave, as the type has it.
func (t Type) value(v any) (any, error) {
	switch x := v.(type) {
	case nil:
		return nil, nil
	case int64:
		if t == Boolean {
			return x != 0, nil
		}
		if t == Integer {
			return x, nil
		}
	case string:
		if t == Text {
			return x, nil
		}
	case []byte:
		if t == Text {
			return string(x), nil
		}
		if t == Bytes {
			return x, nil
		}
	case bool:
		if t == Boolean {
			return x, nil
		}
	}
	return nil, fmt.Errorf("a %T stands where the schema says %s", v, t)
}

// tables reads the schema: parents before children, otherwise by name.
func (t Tx) tables(ctx context.Context) ([]Table, error) {
	q := `SELECT m.name, c.name, c.type, c.pk FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' AND ` + ours("m.name") + ` ORDER BY m.name, c.cid`
	if t.Engine == PostgreSQL {
		q = `SELECT c.relname, a.attname, format_type(a.atttypid, NULL), COALESCE(array_position(i.indkey::int2[], a.attnum) + 1, 0)
			FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid
			LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
			WHERE n.nspname = 'public' AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped AND ` + ours("c.relname") + ` ORDER BY c.relname COLLATE "C", a.attnum`
	}
	rows, err := t.QueryContext(ctx, q)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []Table
	for rows.Next() {
		var table, column, word string
		var turn int
		if err := rows.Scan(&table, &column, &word, &turn); err != nil {
			return nil, err
		}
		if len(all) == 0 || all[len(all)-1].Name != table {
			all = append(all, Table{Name: table})
		}
		last := &all[len(all)-1]
		kind, ok := types[strings.ToLower(word)]
		if !ok {
			return nil, fmt.Errorf("db: %s.%s is of the type %s, which is not one of both engines", table, column, word)
		}
		last.Columns = append(last.Columns, Field{column, kind})
		if turn > 0 {
			last.Key = append(last.Key, make([]string, max(0, turn-len(last.Key)))...)
			last.Key[turn-1] = column
		}
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	return t.byAge(ctx, all)
}

// ours leaves River's and goose's tables out, and SQLite's own.
func ours(name string) string {
	return name + ` NOT LIKE 'river!_%' ESCAPE '!' AND ` + name + ` NOT LIKE 'goose!_%' ESCAPE '!' AND ` + name + ` NOT LIKE 'sqlite!_%' ESCAPE '!'`
}

// byAge puts parents before the children whose foreign keys point to them.
func (t Tx) byAge(ctx context.Context, all []Table) ([]Table, error) {
	q := `SELECT m.name, f."table" FROM sqlite_master m JOIN pragma_foreign_key_list(m.name) f WHERE m.type = 'table'`
	if t.Engine == PostgreSQL {
		q = `SELECT c.relname, p.relname FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_class p ON p.oid = k.confrelid WHERE k.contype = 'f'`
	}
	rows, err := t.QueryContext(ctx, q)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	parents := map[string][]string{}
	for rows.Next() {
		var child, parent string
		if err := rows.Scan(&child, &parent); err != nil {
			return nil, err
		}
		parents[child] = append(parents[child], parent)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	out, placed := make([]Table, 0, len(all)), map[string]bool{}
	for len(out) < len(all) {
		before := len(out)
		for _, x := range all {
			if !placed[x.Name] && !slices.ContainsFunc(parents[x.Name], func(p string) bool { return !placed[p] }) {
				out, placed[x.Name] = append(out, x), true
			}
		}
		if len(out) == before {
			return nil, fmt.Errorf("db: tables point to each other in a circle; %d of %d have no turn", len(all)-before, len(all))
		}
	}
	return out, nil
}
