package db_test

import (
	"strings"
	"testing"
	"time"

	"candor/internal/db"
	"candor/internal/db/dbtest"
)

// TestPlansOfEmptyTablesDoNotOutliveThem: a statement that was prepared before there were rows reads all of its organisation's for one, until the table has been counted.
func TestPlansOfEmptyTablesDoNotOutliveThem(t *testing.T) {
	d, _ := dbtest.OpenPostgres(t, schema)
	c, err := d.Pool().Acquire(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Release()
	exec := func(sql string) {
		t.Helper()
		if _, err := c.Exec(ctx, sql); err != nil {
			t.Fatal(err)
		}
	}
	plan := func() string {
		t.Helper()
		rows, err := c.Query(ctx, `EXPLAIN EXECUTE body('o1', 'n1')`)
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		var all strings.Builder
		for rows.Next() {
			var line string
			if err := rows.Scan(&line); err != nil {
				t.Fatal(err)
			}
			all.WriteString(line + "\n")
		}
		return all.String()
	}
	exec(`ALTER TABLE notes SET (autovacuum_enabled = false)`) // which may come first
	exec(`SET plan_cache_mode = force_generic_plan`)           // as after five times
	exec(`PREPARE body(text, text) AS SELECT b.body FROM notes a JOIN notes b ON b.org_id = a.org_id AND b.id = a.body WHERE a.org_id = $1 AND a.id = $2`)
	if p := plan(); !strings.Contains(p, "Join Filter") {
		t.Fatalf("the plan of an empty table is good already, so this shows nothing:\n%s", p)
	}
	exec(`INSERT INTO notes (org_id, id, body) SELECT 'o1', 'n' || i, 'n' || i + 1 FROM generate_series(1, 600) i`)
	exec(`SELECT pg_stat_force_next_flush()`)
	for stop := time.Now().Add(15 * time.Second); strings.Contains(plan(), "Join Filter"); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(stop) {
			t.Fatalf("the plan is still that of an empty table:\n%s", plan())
		}
		if err := db.Learn(d, ctx); err != nil {
			t.Fatal(err)
		}
	}
	if p := plan(); !strings.Contains(p, "(id = a.body)") {
		t.Errorf("the row is not found by its key:\n%s", p)
	}
}
