package db_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"

	"golang.org/x/sys/unix"

	"candor/internal/db"
	"candor/internal/db/dbtest"
)

var ctx = context.Background()

var schema fs.FS = fstest.MapFS{"schema/20261124000001_notes.sql": {Data: []byte(`-- +goose Up
CREATE TABLE notes (
	org_id TEXT NOT NULL, id TEXT NOT NULL, body TEXT NOT NULL DEFAULT '', seen BOOLEAN NOT NULL DEFAULT FALSE,
	saved_at BIGINT NOT NULL DEFAULT 0, PRIMARY KEY (org_id, id));
CREATE TABLE doors (id TEXT PRIMARY KEY, org_id TEXT NOT NULL);
`)}}

func add(tx db.Tx, id, body string) error {
	_, err := tx.Exec(ctx, `INSERT INTO notes (org_id, id, body, saved_at) VALUES ($1, $2, $3, $4)`, tx.Org, id, body, 7)
	return err
}

func count(t *testing.T, d *db.DB, org string) (n int) {
	t.Helper()
	err := d.Read(ctx, org, func(tx db.Tx) error {
		return tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM notes WHERE org_id = $1`, org).Scan(&n)
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestAFailedWriteLeavesNoTraceAndDisturbsNobody(t *testing.T) {
	dbtest.Each(t, []fs.FS{schema}, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		boom := errors.New("boom")
		var wg sync.WaitGroup
		for i := range 200 {
			wg.Go(func() {
				err := d.Write(ctx, "o1", func(tx db.Tx) error {
					if err := add(tx, fmt.Sprint(i), "x"); err != nil {
						return err
					}
					switch i % 4 {
					case 1:
						return boom
					case 2:
						panic("a bug")
					}
					return nil
				})
				if (i%4 == 1) != errors.Is(err, boom) || (i%4 == 2) != (err != nil && strings.Contains(err.Error(), "panic")) {
					t.Errorf("write %d = %v", i, err)
				}
			})
		}
		wg.Wait()
		if n := count(t, d, "o1"); n != 100 {
			t.Errorf("%d rows; want the 100 of the writes that succeeded", n)
		}
	})
}

// A candidate's browser that goes away in the middle of a save must not undo the saves of others in the same batch.
func TestACancelledCallerDoesNotUndoTheBatch(t *testing.T) {
	dbtest.Each(t, []fs.FS{schema}, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		var wg sync.WaitGroup
		var kept atomic.Int64
		for i := range 300 {
			wg.Go(func() {
				c, cancel := context.WithCancel(ctx)
				defer cancel()
				err := d.Write(c, "o1", func(tx db.Tx) error {
					if i%3 == 0 {
						cancel()
					}
					_, err := tx.Exec(c, `INSERT INTO notes (org_id, id) VALUES ($1, $2)`, tx.Org, fmt.Sprint(i))
					return err
				})
				if err == nil {
					kept.Add(1)
				} else if i%3 != 0 {
					t.Errorf("write %d, which nobody cancelled = %v", i, err)
				}
			})
		}
		wg.Wait()
		if n := count(t, d, "o1"); int64(n) != kept.Load() || n < 200 {
			t.Errorf("%d rows, %d acknowledged; want the same, and at least 200", n, kept.Load())
		}
	})
}

// SQLite may give up a whole transaction (no room, an interrupted statement). The neighbours in the batch must not suffer.
func TestALostTransactionIsRepeatedForTheNeighbours(t *testing.T) {
	d, _ := dbtest.Open(t, schema)
	var wg sync.WaitGroup
	var lost atomic.Int64
	for i := range 200 {
		wg.Go(func() {
			err := d.Write(ctx, "o1", func(tx db.Tx) error {
				if i%20 == 0 {
					lost.Add(1)
					tx.Exec(ctx, `ROLLBACK`)
					return errors.New("gave up")
				}
				return add(tx, fmt.Sprint(i), "x")
			})
			if (i%20 == 0) != (err != nil) {
				t.Errorf("write %d = %v", i, err)
			}
		})
	}
	wg.Wait()
	if n := count(t, d, "o1"); n != 190 {
		t.Errorf("%d rows after %d lost transactions; want the 190 that were acknowledged", n, lost.Load())
	}
}

func TestParametersBindByNumber(t *testing.T) {
	dbtest.Each(t, []fs.FS{schema}, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		err := d.Write(ctx, "o1", func(tx db.Tx) error {
			var a, b string
			if err := tx.QueryRowContext(ctx, `SELECT CAST($2 AS TEXT), CAST($1 AS TEXT)`, "one", "two").Scan(&a, &b); err != nil {
				return err
			}
			if a != "two" || b != "one" {
				t.Errorf("$2, $1 = %s, %s; want two, one", a, b)
			}
			if err := add(tx, "n", "x"); err != nil {
				return err
			}
			var seen bool
			var at int64
			if err := tx.QueryRowContext(ctx, `SELECT seen, saved_at FROM notes WHERE org_id = $2 AND id = $1`, "n", "o1").Scan(&seen, &at); err != nil {
				return err
			}
			if seen || at != 7 {
				t.Errorf("seen, saved_at = %v, %d; want false, 7", seen, at)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func TestUniqueIsRecognised(t *testing.T) {
	dbtest.Each(t, []fs.FS{schema}, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		put := func() error { return d.Write(ctx, "o1", func(tx db.Tx) error { return add(tx, "a", "") }) }
		if err := put(); err != nil {
			t.Fatal(err)
		}
		if err := put(); !db.IsUnique(err) {
			t.Errorf("the second insert = %v; want a unique violation", err)
		}
		if db.IsUnique(errors.New("other")) {
			t.Error("any error passes as a unique violation")
		}
	})
}

// The second wall: also a query that forgot its organisation sees one organisation only, and writes into none but it.
func TestRowLevelSecurityHoldsAQueryThatForgotItsOrganisation(t *testing.T) {
	d, _ := dbtest.OpenPostgres(t, schema)
	for _, org := range []string{"o1", "o2"} {
		if err := d.Write(ctx, org, func(tx db.Tx) error { return add(tx, "n", org) }); err != nil {
			t.Fatal(err)
		}
	}
	err := d.Read(ctx, "o1", func(tx db.Tx) error {
		var n int
		var body string
		if err := tx.QueryRowContext(ctx, `SELECT COUNT(*), MAX(body) FROM notes`).Scan(&n, &body); err != nil {
			return err
		}
		if n != 1 || body != "o1" {
			t.Errorf("a query without org_id saw %d rows (%s); want 1 (o1)", n, body)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	err = d.Write(ctx, "o1", func(tx db.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO notes (org_id, id) VALUES ('o2', 'planted')`)
		return err
	})
	if err == nil || !strings.Contains(err.Error(), "row-level security") {
		t.Errorf("writing into another organisation = %v; want it refused by row level security", err)
	}
	err = d.InstallationRead(ctx, func(tx db.Tx) error {
		var n int
		if err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM notes`).Scan(&n); err != nil {
			return err
		}
		if n != 0 {
			t.Errorf("the installation's transaction sees %d tenant rows; want 0", n)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestBroken_RowLevelSecurity(t *testing.T) {
	d, _ := dbtest.OpenPostgres(t, schema)
	if err := d.Write(ctx, "o2", func(tx db.Tx) error { return add(tx, "n", "o2") }); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Writer().ExecContext(ctx, `ALTER TABLE notes DISABLE ROW LEVEL SECURITY`); err != nil {
		t.Fatal(err)
	}
	if n := countAll(t, d); n != 1 {
		t.Errorf("with the policy off a query without org_id saw %d rows; want 1, or the test above proves nothing", n)
	}
}

func countAll(t *testing.T, d *db.DB) (n int) {
	t.Helper()
	err := d.Read(ctx, "o1", func(tx db.Tx) error {
		return tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM notes`).Scan(&n)
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestAReadGoesOnAsAnOrganisations(t *testing.T) {
	dbtest.Each(t, []fs.FS{schema}, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		odd := `o'1\` // nothing that ids hold, but what a query must not end at
		for _, o := range []string{odd, "o2"} {
			if err := d.Write(ctx, o, func(tx db.Tx) error { return add(tx, "n", o) }); err != nil {
				t.Fatal(err)
			}
		}
		err := d.InstallationRead(ctx, func(tx db.Tx) error {
			own, err := tx.Of(ctx, odd)
			if err != nil {
				return err
			}
			var of string
			if err := own.QueryRowContext(ctx, `SELECT MIN(org_id) FROM notes WHERE org_id = $1`, own.Org).Scan(&of); err != nil || of != odd {
				t.Errorf("it reads %q of %q, %v", of, own.Org, err)
			}
			var all int
			if err := own.QueryRowContext(ctx, `SELECT COUNT(*) FROM notes`).Scan(&all); err != nil || d.Engine == db.PostgreSQL && all != 1 {
				t.Errorf("it sees %d rows, %v; want its own only", all, err)
			}
			if _, err := own.Of(ctx, "o2"); err == nil {
				t.Error("an organisation's transaction became another's")
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func TestReadersCannotWrite(t *testing.T) {
	dbtest.Each(t, []fs.FS{schema}, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		err := d.Read(ctx, "o1", func(tx db.Tx) error { return add(tx, "a", "") })
		if err == nil {
			t.Error("a write inside Read was accepted; want an error")
		}
	})
}

func TestNodesThatStartTogetherMigrateOnce(t *testing.T) {
	u := dbtest.Database(t)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			d, err := db.Open(ctx, u, db.Options{})
			if err != nil {
				t.Error(err)
				return
			}
			defer d.Close()
			if err := d.Migrate(ctx, []fs.FS{schema}); err != nil {
				t.Errorf("Migrate = %v", err)
			}
		})
	}
	wg.Wait()
}

// A step that copies a table into its next form copies all of it, also as the ordinary owner of a database, whom the policy of each table holds to one
// organisation; afterwards it holds again, also after a step that failed.
func TestStepsOfAnOrdinaryOwnerCopyEverything(t *testing.T) {
	d, err := db.Open(ctx, dbtest.OwnDatabase(t), db.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	steps := func(names ...string) []fs.FS {
		all := map[string]string{
			"1_notes": "CREATE TABLE notes (org_id TEXT NOT NULL, id TEXT NOT NULL, PRIMARY KEY (org_id, id));",
			"2_next":  "CREATE TABLE notes_next (org_id TEXT NOT NULL, id TEXT NOT NULL, PRIMARY KEY (org_id, id)); INSERT INTO notes_next SELECT org_id, id FROM notes; DROP TABLE notes; ALTER TABLE notes_next RENAME TO notes;",
			"3_bad":   "SELECT nothing FROM nowhere;",
		}
		folder := fstest.MapFS{}
		for _, n := range names {
			folder["schema/2026112400000"+n+".sql"] = &fstest.MapFile{Data: []byte("-- +goose Up\n" + all[n])}
		}
		return []fs.FS{folder}
	}
	of := func(org string) (n int) {
		t.Helper()
		err := d.Read(ctx, org, func(tx db.Tx) error { return tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM notes`).Scan(&n) })
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	if err := d.Migrate(ctx, steps("1_notes")); err != nil {
		t.Fatal(err)
	}
	for _, org := range []string{"o1", "o2"} {
		err := d.Write(ctx, org, func(tx db.Tx) error {
			_, err := tx.Exec(ctx, `INSERT INTO notes (org_id, id) VALUES ($1, 'a')`, org)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := d.Migrate(ctx, steps("1_notes", "2_next")); err != nil {
		t.Fatal(err)
	}
	if a, b := of("o1"), of("o2"); a != 1 || b != 1 {
		t.Errorf("after a copy o1 sees %d rows and o2 %d; want each its own", a, b)
	}
	if err := d.Migrate(ctx, steps("1_notes", "2_next", "3_bad")); err == nil {
		t.Fatal("a step that fails was accepted")
	}
	if n := of("o3"); n != 0 {
		t.Errorf("after a step that failed, an organisation without rows sees %d", n)
	}
}

func TestStepsThatCannotBeOrderedAreRefused(t *testing.T) {
	d, _ := dbtest.Open(t)
	twin := fstest.MapFS{"schema/20261124000001_other.sql": {Data: []byte("-- +goose Up\nSELECT 1;")}}
	if err := d.Migrate(ctx, []fs.FS{schema, twin}); err == nil || !strings.Contains(err.Error(), "same second") {
		t.Errorf("Migrate = %v; want it to refuse two steps of one second", err)
	}
}

// BenchmarkDurableWrites is what a durable 4 KB write costs on SQLite, alone and of 64 writers at once: with group commit, with a
// transaction each, and the bare fdatasync of the same disk in the same run.
func BenchmarkDurableWrites(b *testing.B) {
	body := strings.Repeat("x", 4096)
	const insert = `INSERT INTO notes (org_id, id, body, saved_at) VALUES ($1, $2, $3, $4)`
	for _, savers := range []int{1, 64} {
		b.Run(fmt.Sprintf("group commit, savers=%d", savers), func(b *testing.B) {
			d, _ := dbtest.Open(b, schema)
			save(b, savers, func(id string) error {
				return d.Write(ctx, "o1", func(tx db.Tx) error { return add(tx, id, body) })
			})
		})
		b.Run(fmt.Sprintf("a transaction each, savers=%d", savers), func(b *testing.B) {
			d, _ := dbtest.Open(b, schema)
			save(b, savers, func(id string) error {
				tx, err := d.Writer().BeginTx(ctx, nil)
				if err != nil {
					return err
				}
				defer tx.Rollback()
				if _, err := tx.ExecContext(ctx, insert, "o1", id, body, 7); err != nil {
					return err
				}
				return tx.Commit()
			})
		})
	}
	b.Run("fdatasync of 4 KB", func(b *testing.B) {
		f, err := os.Create(filepath.Join(b.TempDir(), "bare"))
		if err != nil {
			b.Fatal(err)
		}
		defer f.Close()
		save(b, 1, func(string) error {
			if _, err := f.WriteAt([]byte(body), 0); err != nil {
				return err
			}
			return unix.Fdatasync(int(f.Fd()))
		})
	})
}

// save calls fn so often, by so many at once per core, and reports the rate.
func save(b *testing.B, savers int, fn func(id string) error) {
	var next atomic.Int64
	b.SetParallelism(savers)
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if err := fn(fmt.Sprint(next.Add(1))); err != nil {
				b.Error(err)
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "writes/s")
}
