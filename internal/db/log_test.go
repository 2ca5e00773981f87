package db_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"candor/internal/db"
)

// SQLite's log is folded into the file by the group, and stays small however much is written.
func TestTheLogStaysSmall(t *testing.T) {
	path := filepath.Join(t.TempDir(), "notes.db")
	d := openNotes(t, path, db.Options{})
	defer d.Close()
	largest := int64(0)
	for range 60 {
		err := d.Write(ctx, "org_1", func(tx db.Tx) error {
			_, err := tx.Exec(ctx, "CREATE TABLE IF NOT EXISTS heaps (body TEXT NOT NULL)")
			if err == nil {
				_, err = tx.Exec(ctx, "INSERT INTO heaps (body) VALUES ($1)", strings.Repeat("x", 300<<10))
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(path + "-wal")
		if err != nil {
			t.Fatal(err)
		}
		largest = max(largest, info.Size())
	}
	if largest < 1<<20 || largest > 8<<20 {
		t.Errorf("the log got as large as %d bytes for 18 MB; want some MB", largest)
	}
}
