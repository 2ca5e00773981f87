package db_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"candor/internal/db"
)

// churn makes a file in which rows came, grew and went for a while, and then those with the word went; it gives how often the word
// stands in its bytes before and after Rewrite.
func churn(t *testing.T, seed uint64) (before, after int) {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 1))
	path := filepath.Join(t.TempDir(), "candor.db")
	d, err := db.Open(ctx, "sqlite:"+path, db.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	text := func(word string) string {
		if r.IntN(5) == 0 {
			return strings.Repeat(word+" ", r.IntN(700))
		}
		return strings.Repeat(word+" ", 1+r.IntN(10))
	}
	write := func(fn func(do func(q string, a ...any)) error) {
		t.Helper()
		err := d.Write(ctx, "o1", func(tx db.Tx) error {
			var errs []error
			return errors.Join(fn(func(q string, a ...any) {
				_, err := tx.Exec(ctx, q, a...)
				errs = append(errs, err)
			}), errors.Join(errs...))
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	write(func(do func(q string, a ...any)) error {
		do(`CREATE TABLE x (id TEXT PRIMARY KEY, k TEXT NOT NULL, body TEXT NOT NULL)`)
		do(`CREATE INDEX x_k ON x (k)`)
		return nil
	})
	somewhere := func() string { return fmt.Sprintf("%08x", r.Uint32()) }
	for range 60 {
		write(func(do func(q string, a ...any)) error {
			for range 50 {
				word := "other"
				if r.IntN(4) == 0 {
					word = "zqcanary"
				}
				do(`INSERT INTO x VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, somewhere(), word+fmt.Sprint(r.IntN(1000)), text(word))
				switch r.IntN(4) {
				case 0:
					do(`DELETE FROM x WHERE id IN (SELECT id FROM x WHERE id > $1 LIMIT 2)`, somewhere())
				case 1:
					do(`UPDATE x SET body = body || $2 WHERE id IN (SELECT id FROM x WHERE id > $1 LIMIT 1)`, somewhere(), strings.Repeat(" and", r.IntN(200)))
				}
			}
			return nil
		})
	}
	err = d.Write(ctx, "o1", func(tx db.Tx) error {
		if _, err := tx.Exec(ctx, `DELETE FROM x WHERE k LIKE 'zqcanary%'`); err != nil {
			return err
		}
		return tx.Erased(ctx)
	})
	if err != nil {
		t.Fatal(err)
	}
	bytesOf := func() (n int) {
		for _, f := range []string{path, path + "-wal"} {
			b, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			n += bytes.Count(b, []byte("zqcanary"))
		}
		return n
	}
	if err := d.Scrub(ctx); err != nil {
		t.Fatal(err)
	}
	before = bytesOf()
	if err := d.Rewrite(ctx); err != nil {
		t.Fatal(err)
	}
	return before, bytesOf()
}

// TestErasedRowsLeaveTheFile, and TestBroken_Rewrite in one: without Rewrite some file still holds them.
func TestErasedRowsLeaveTheFile(t *testing.T) {
	left := 0
	for seed := range uint64(8) {
		before, after := churn(t, seed)
		left += before
		if after > 0 {
			t.Errorf("seed %d: %d copies before Rewrite and %d after it", seed, before, after)
		}
	}
	if left == 0 {
		t.Error("no copy was left before Rewrite either: the test does not look at the bytes")
	}
}

func TestAFileIsBuiltAnewOnlyWhenItIsOwed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "candor.db")
	d, err := db.Open(ctx, "sqlite:"+path, db.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	size := func() int64 {
		t.Helper()
		if err := d.Scrub(ctx); err != nil {
			t.Fatal(err)
		}
		i, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		return i.Size()
	}
	write := func(erased bool, q string) {
		t.Helper()
		err := d.Write(ctx, "o1", func(tx db.Tx) error {
			if _, err := tx.Exec(ctx, q); err != nil || !erased {
				return err
			}
			return tx.Erased(ctx)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	write(false, `CREATE TABLE x AS SELECT zeroblob(500000) AS body`)
	write(false, `DELETE FROM x`)
	full := size()
	if err := d.Rewrite(ctx); err != nil || size() != full {
		t.Errorf("nothing was erased, and Rewrite (%v) took the file from %d to %d bytes", err, full, size())
	}
	write(true, `DELETE FROM x`)
	if err := d.Rewrite(ctx); err != nil || size() >= full {
		t.Errorf("Rewrite (%v) left %d of %d bytes", err, size(), full)
	}
}

func TestScrubDoesNotWaitForReaders(t *testing.T) {
	d, err := db.Open(ctx, "sqlite:"+filepath.Join(t.TempDir(), "candor.db"), db.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	write := func(q string) {
		t.Helper()
		if err := d.Write(ctx, "o1", func(tx db.Tx) error { _, err := tx.Exec(ctx, q); return err }); err != nil {
			t.Fatal(err)
		}
	}
	write(`CREATE TABLE x (body TEXT)`)
	err = d.Read(ctx, "o1", func(tx db.Tx) error {
		var n int
		if err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM x`).Scan(&n); err != nil {
			return err
		}
		write(`INSERT INTO x VALUES ('one')`)
		if err := d.Scrub(ctx); !errors.Is(err, db.ErrScrub) {
			t.Errorf("Scrub while an old snapshot is read = %v; want ErrScrub", err)
		}
		write(`INSERT INTO x VALUES ('two')`)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Scrub(ctx); err != nil {
		t.Errorf("Scrub afterwards = %v", err)
	}
}
