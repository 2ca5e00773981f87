package db

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"testing"
)

// kept is how many statements a connection keeps.
func kept(t *testing.T, c *sql.Conn) (n int) {
	t.Helper()
	if err := c.Raw(func(x any) error { n = len(x.(*keeper).idle); return nil }); err != nil {
		t.Fatal(err)
	}
	return n
}

// holds says whether a connection keeps a statement.
func holds(t *testing.T, c *sql.Conn, query string) (ok bool) {
	t.Helper()
	if err := c.Raw(func(x any) error { _, ok = x.(*keeper).idle[query]; return nil }); err != nil {
		t.Fatal(err)
	}
	return ok
}

func TestAConnectionKeepsItsStatements(t *testing.T) {
	ctx := context.Background()
	d, err := openKeeping(dsn(filepath.Join(t.TempDir(), "kept.db"), false), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	c, err := d.Conn(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	exec := func(q string, args ...any) error { _, err := c.ExecContext(ctx, q, args...); return err }
	if err := exec(`CREATE TABLE notes (id TEXT PRIMARY KEY, body TEXT NOT NULL)`); err != nil {
		t.Fatal(err)
	}
	before := kept(t, c)
	const add = `INSERT INTO notes (id, body) VALUES ($1, $2)`
	for i := range 3 {
		if err := exec(add, fmt.Sprint(i), "x"); err != nil {
			t.Fatal(err)
		}
	}
	if n := kept(t, c); n != before+1 {
		t.Errorf("%d statements are kept after three runs of one; want %d", n, before+1)
	}
	if err := exec(add, "0", "twin"); !IsUnique(err) {
		t.Errorf("a twin = %v; want a unique violation", err)
	}
	if n := kept(t, c); n != before {
		t.Errorf("%d statements are kept after one failed; want %d", n, before)
	}
	if err := exec(add, "3", "x"); err != nil {
		t.Errorf("after a failed run: %v", err)
	}

	// The same statement within its own rows, and rows that are left early.
	const list = `SELECT id FROM notes ORDER BY id`
	ids := func(most int) (out []string) {
		rows, err := c.QueryContext(ctx, list)
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		for len(out) < most && rows.Next() {
			var id string
			if err := rows.Scan(&id); err != nil {
				t.Fatal(err)
			}
			out = append(out, id)
		}
		return out
	}
	outer, err := c.QueryContext(ctx, list)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for ; outer.Next(); n++ {
		if got := len(ids(n)); got != min(n, 4) {
			t.Errorf("within its own rows the statement gave %d rows; want %d", got, n)
		}
	}
	outer.Close()
	if n != 4 || len(ids(9)) != 4 {
		t.Errorf("the statement gave %d rows; want 4", n)
	}

	// A change of the schema is seen by what was kept before it.
	if err := exec(`ALTER TABLE notes ADD COLUMN seen BIGINT NOT NULL DEFAULT 7`); err != nil {
		t.Fatal(err)
	}
	if got := ids(9); len(got) != 4 {
		t.Errorf("after a change of the schema: %v; want 4 rows", got)
	}
	if err := exec(`DROP TABLE notes`); err != nil {
		t.Errorf("a kept statement holds the table: %v", err)
	}
	// What runs often stays, however many others run once, before it and after.
	const often = `SELECT 'often'`
	for i := range 2*keptMost + 50 {
		if err := exec(fmt.Sprintf(`SELECT %d`, i)); err != nil {
			t.Fatal(err)
		}
		if i < keptMost || i%50 != 0 {
			continue
		}
		if err := exec(often); err != nil {
			t.Fatal(err)
		}
	}
	if n := kept(t, c); n != keptMost {
		t.Errorf("%d statements are kept; want %d", n, keptMost)
	}
	if !holds(t, c, often) {
		t.Error("what runs often is not kept")
	}
	if holds(t, c, `SELECT 0`) {
		t.Error("what ran once, long ago, is kept")
	}
}
