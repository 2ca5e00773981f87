package db_test

import (
	"context"
	"fmt"
	"io/fs"
	"testing"

	"candor/internal/db"
	"candor/internal/db/dbtest"
)

// TestOnceAsksOnce: of one page, the same question of the same organisation; what was written meanwhile with the page's context is read.
func TestOnceAsksOnce(t *testing.T) {
	dbtest.Each(t, []fs.FS{schema}, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		write := func(ctx context.Context, org, id, body string) {
			t.Helper()
			if err := d.Write(ctx, org, func(tx db.Tx) error { return add(tx, id, body) }); err != nil {
				t.Fatal(err)
			}
		}
		for _, o := range []string{"o1", "o2"} {
			write(ctx, o, "a", "of "+o)
			for i := range 300 {
				write(ctx, o, fmt.Sprint("many", i), "")
			}
		}
		asked := 0
		d.Watch = func(string, []any) { asked++ }
		defer func() { d.Watch = nil }()
		page := db.Once(ctx)
		body := func(ctx context.Context, org, id string) (out string) {
			t.Helper()
			err := d.Read(ctx, org, func(tx db.Tx) error {
				return tx.QueryRowContext(ctx, `SELECT COALESCE(MAX(body), '') FROM notes WHERE id = $1`+map[bool]string{true: ` AND org_id = '` + org + `'`}[d.Engine == db.SQLite], id).Scan(&out)
			})
			if err != nil {
				t.Fatal(err)
			}
			return out
		}
		all := func(ctx context.Context) (n int) {
			t.Helper()
			err := d.Read(ctx, "o1", func(tx db.Tx) error {
				rows, err := tx.QueryContext(ctx, `SELECT id FROM notes WHERE org_id = $1`, "o1")
				if err != nil {
					return err
				}
				defer rows.Close()
				for rows.Next() {
					n++
				}
				return rows.Err()
			})
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		for range 3 {
			if a, b := body(page, "o1", "a"), body(page, "o2", "a"); a != "of o1" || b != "of o2" {
				t.Errorf("they read %q and %q", a, b)
			}
		}
		if asked != 2 {
			t.Errorf("the database was asked %d times for two rows; want twice", asked)
		}
		if body(ctx, "o1", "a"); asked != 3 {
			t.Error("who is on no page was answered by one")
		}
		for range 2 {
			if n := all(page); n != 301 {
				t.Errorf("a long answer has %d rows; want 301", n)
			}
		}
		if asked != 5 {
			t.Errorf("%d questions; an answer too long to be kept is asked for again", asked)
		}
		if got := body(page, "o1", "b"); got != "" {
			t.Fatalf("there is %q already", got)
		}
		write(page, "o1", "b", "new")
		for range 2 {
			if got := body(page, "o1", "b"); got != "new" {
				t.Errorf("after the page wrote it, it reads %q", got)
			}
		}
		gone, leave := context.WithCancel(db.Once(ctx))
		leave()
		err := d.Read(gone, "o1", func(tx db.Tx) error {
			var n int
			return tx.QueryRowContext(gone, `SELECT 1`).Scan(&n)
		})
		if err == nil {
			t.Error("somebody who went away was read for")
		}
	})
}

// TestAReaderStandsInOneOrganisation: connections that read are used by one organisation after the other, and by the installation, and each sees its own
// rows only, also when the statement that says so failed in between.
func TestAReaderStandsInOneOrganisation(t *testing.T) {
	u := dbtest.Database(t, schema)
	d, err := db.Open(ctx, u, db.Options{Readers: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	for i, o := range []string{"o1", "o2"} {
		for n := range i + 1 {
			if err := d.Write(ctx, o, func(tx db.Tx) error { return add(tx, fmt.Sprint(n), "") }); err != nil {
				t.Fatal(err)
			}
		}
	}
	sees := func(tx db.Tx) (n int, err error) {
		return n, tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM notes`).Scan(&n)
	}
	for range 2 {
		for i, o := range []string{"o1", "o2", "o3", "o1"} {
			err := d.Read(ctx, o, func(tx db.Tx) error {
				n, err := sees(tx)
				if want := []int{1, 2, 0, 1}[i]; n != want {
					t.Errorf("%s sees %d rows; want %d", o, n, want)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			err = d.InstallationRead(ctx, func(tx db.Tx) error {
				n, err := sees(tx)
				if n != 0 {
					t.Errorf("the installation sees %d rows of organisations after a read of %s", n, o)
				}
				if err != nil {
					return err
				}
				own, err := tx.Of(ctx, o)
				if err != nil {
					return err
				}
				if n, err = sees(own); n != []int{1, 2, 0, 1}[i] {
					t.Errorf("the installation as %s sees %d rows", o, n)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		gone, leave := context.WithCancel(ctx)
		leave()
		if err := d.Read(gone, "o2", func(tx db.Tx) error { return nil }); err == nil {
			t.Error("somebody who went away was read for")
		}
	}
}
