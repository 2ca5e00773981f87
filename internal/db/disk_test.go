package db_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"testing"

	"candor/internal/db"
	"candor/internal/disk/disktest"

	"golang.org/x/sys/unix"
)

// note writes a row of 4 KB, by the group as saves go or by the raw handle as the queue does.
func note(d *db.DB, raw bool, n int) error {
	ctx := context.Background()
	text := strings.Repeat("x", 4096)
	if !raw {
		return d.Installation(ctx, func(tx db.Tx) error {
			_, err := tx.Exec(ctx, `INSERT INTO notes (n, text) VALUES ($1, $2)`, n, text)
			return err
		})
	}
	tx, err := d.Writer().BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if _, err := tx.ExecContext(ctx, `INSERT INTO notes (n, text) VALUES ($1, $2)`, n, text); err != nil {
		return err
	}
	return tx.Commit()
}

func openNotes(t *testing.T, path string, o db.Options) *db.DB {
	t.Helper()
	ctx := context.Background()
	d, err := db.Open(ctx, path, o)
	if err == nil {
		err = d.Installation(ctx, func(tx db.Tx) error {
			_, err := tx.Exec(ctx, `CREATE TABLE IF NOT EXISTS notes (n BIGINT PRIMARY KEY, text TEXT NOT NULL)`)
			return err
		})
	}
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func countNotes(t *testing.T, d *db.DB) (n int) {
	t.Helper()
	err := d.InstallationRead(context.Background(), func(tx db.Tx) error {
		return tx.QueryRowContext(context.Background(), `SELECT COUNT(*) FROM notes WHERE length(text) = 4096`).Scan(&n)
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// failing is the environment variable that makes this test's process the one whose disk fails: the database's path and who writes.
const failing = "CANDOR_TEST_FAILING_DISK"

// A write that the device refuses ends the process with a last line that says so, whoever wrote; what was acknowledged is there at the next start.
// The device is a limit to the size of files, which the system tells as an error other than a full disk.
func TestAFailingDiskEndsTheProcess(t *testing.T) {
	if path, who, child := strings.Cut(os.Getenv(failing), "|"); child {
		signal.Ignore(unix.SIGXFSZ)
		d := openNotes(t, path, db.Options{})
		if err := unix.Setrlimit(unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: 256 << 10, Max: 256 << 10}); err != nil {
			t.Fatal(err)
		}
		for n := range 1000 {
			if err := note(d, who == "queue", n); err != nil {
				t.Fatalf("write %d = %v; want the process to end before it says so", n, err)
			}
			fmt.Println("saved", n)
		}
		t.Fatal("nothing failed")
	}
	for _, who := range []string{"saves", "queue"} {
		t.Run(who, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "notes.db")
			cmd := exec.Command(os.Args[0], "-test.run=^TestAFailingDiskEndsTheProcess$")
			cmd.Env = append(os.Environ(), failing+"="+path+"|"+who)
			var errs bytes.Buffer
			cmd.Stderr = &errs
			out, err := cmd.Output()
			var exit *exec.ExitError
			if !errors.As(err, &exit) || exit.ExitCode() != db.ExitDisk {
				t.Fatalf("it ended with %v; want %d\n%s%s", err, db.ExitDisk, out, errs.Bytes())
			}
			if last := strings.TrimSpace(errs.String()); !strings.HasPrefix(last, "db: the disk failed while saving; ending, so that the log is replayed on start:") || strings.Contains(last, "\n") {
				t.Errorf("its last words are %q", last)
			}
			saved := 0
			for lines := bufio.NewScanner(bytes.NewReader(out)); lines.Scan(); {
				if strings.HasPrefix(lines.Text(), "saved ") {
					saved++
				}
			}
			d := openNotes(t, path, db.Options{})
			defer d.Close()
			if got := countNotes(t, d); saved < 10 || got < saved {
				t.Errorf("%d writes were acknowledged, and %d are there", saved, got)
			}
		})
	}
}

// A full disk refuses a save once there is no reserve; with room it takes the next one, in the same process, and nothing acknowledged is lost.
func TestAFullDiskTakesSavesAgain(t *testing.T) {
	dir := disktest.Small(t, 8<<20)
	reserve := filepath.Join(dir, "reserve")
	if err := os.WriteFile(reserve, make([]byte, 1<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	asked := 0
	d := openNotes(t, filepath.Join(dir, "notes.db"), db.Options{Room: func() bool {
		asked++
		return os.Remove(reserve) == nil
	}})
	defer d.Close()
	saved := 0
	save := func() error {
		err := note(d, false, saved)
		if err == nil {
			saved++
		}
		return err
	}
	if err := save(); err != nil {
		t.Fatal(err)
	}
	empty := disktest.Fill(t, dir, 0)
	var err error
	for err == nil && saved < 2000 {
		err = save()
	}
	if !db.IsFull(err) || asked != 2 || saved < 50 {
		t.Errorf("after %d saves: %v, the reserve was asked for %d times; want a full disk after what the reserve holds, and 2", saved, err, asked)
	}
	if err := save(); !db.IsFull(err) {
		t.Errorf("a save on a full disk = %v; want that it is full", err)
	}
	empty()
	for range 20 {
		if err := save(); err != nil {
			t.Fatalf("a save with room again = %v", err)
		}
	}
	if got := countNotes(t, d); got != saved {
		t.Errorf("%d were acknowledged, %d are there", saved, got)
	}
}
