package db

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"candor/internal/db/disktest"
)

// TestMain is also the process that saves while its disk loses power: CANDOR_TEST_SAVER names its database.
func TestMain(m *testing.M) {
	if path := os.Getenv("CANDOR_TEST_SAVER"); path != "" {
		fmt.Fprintln(os.Stderr, save(path, os.Getenv("CANDOR_TEST_SYNCHRONOUS")))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// save writes until it is killed and prints the number of each row that was acknowledged.
func save(path, synchronous string) error {
	if synchronous == "normal" {
		pragmas[1].value, pragmas[1].reads = "normal", "1"
	}
	ctx := context.Background()
	d, err := Open(ctx, path, Options{})
	if err != nil {
		return err
	}
	err = d.Installation(ctx, func(tx Tx) error {
		_, err := tx.Exec(ctx, `CREATE TABLE notes (id TEXT PRIMARY KEY, body TEXT NOT NULL)`)
		return err
	})
	if err != nil {
		return err
	}
	body := strings.Repeat("x", 2000)
	failed := make(chan error)
	for n := range 16 {
		go func() {
			for i := 0; ; i++ {
				id := fmt.Sprint(n, ".", i)
				err := d.Write(ctx, "o1", func(tx Tx) error {
					_, err := tx.Exec(ctx, `INSERT INTO notes (id, body) VALUES ($1, $2)`, id, body)
					return err
				})
				if err == nil {
					_, err = fmt.Println(id)
				}
				if err != nil {
					failed <- err
					return
				}
			}
		}()
	}
	return <-failed
}

// acks are what another process printed so far.
type acks struct {
	mu   sync.Mutex
	more *sync.Cond
	list []string
	err  error
}

func (a *acks) follow(s *bufio.Scanner) {
	for s.Scan() {
		a.mu.Lock()
		a.list = append(a.list, s.Text())
		a.mu.Unlock()
		a.more.Broadcast()
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.err = fmt.Errorf("it ended: %v", s.Err())
	a.more.Broadcast()
}

// atLeast waits for n and gives all.
func (a *acks) atLeast(n int) ([]string, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for len(a.list) < n && a.err == nil {
		a.more.Wait()
	}
	return a.list[:len(a.list):len(a.list)], a.err
}

// cuts lets a process save and cuts its power so often; lost is how many acknowledged rows were not there, over all cuts.
func cuts(t *testing.T, synchronous string, n int) (acknowledged, lost int) {
	t.Helper()
	disk := disktest.New()
	dir := disk.Mount(t)
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "CANDOR_TEST_SAVER="+filepath.Join(dir, "candor.db"), "CANDOR_TEST_SYNCHRONOUS="+synchronous)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	a := &acks{}
	a.more = sync.NewCond(&a.mu)
	go a.follow(bufio.NewScanner(out))
	chance := rand.New(rand.NewPCG(1, uint64(n)))
	for range n {
		list, err := a.atLeast(acknowledged + 1 + chance.IntN(100))
		if err != nil {
			t.Fatal(err)
		}
		cut := disk.Cut(chance)
		acknowledged = len(list)
		lost += missing(t, cut, list)
	}
	return acknowledged, lost
}

// missing opens the database as it is after a cut and counts what is not there.
func missing(t *testing.T, cut *disktest.Disk, list []string) (lost int) {
	t.Helper()
	dir := t.TempDir()
	if err := cut.WriteTo(dir); err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	d, err := Open(ctx, filepath.Join(dir, "candor.db"), Options{})
	if err != nil {
		t.Fatalf("the database does not open after a cut: %v", err)
	}
	defer d.Close()
	there := map[string]bool{}
	err = d.InstallationRead(ctx, func(tx Tx) error {
		var whole string
		if err := tx.QueryRowContext(ctx, `PRAGMA integrity_check`).Scan(&whole); err != nil || whole != "ok" {
			t.Errorf("integrity_check after a cut = %q, %v", whole, err)
		}
		var tables int
		if err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM sqlite_master WHERE name = 'notes'`).Scan(&tables); err != nil || tables == 0 {
			return err
		}
		rows, err := tx.QueryContext(ctx, `SELECT id FROM notes`)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var id string
			if err := rows.Scan(&id); err != nil {
				return err
			}
			there[id] = true
		}
		return rows.Err()
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range list {
		if !there[id] {
			lost++
		}
	}
	return lost
}

// An acknowledged write survives a power cut at any instant, and the database opens after it. With the sync of each commit taken away it
// does not, or this test would be blind.
func TestPowerCuts(t *testing.T) {
	disktest.Prove(t, 8, 300, "full", "normal", cuts)
}
