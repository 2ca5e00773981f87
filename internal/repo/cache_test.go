package repo

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"candor/internal/db/dbtest"
	"candor/internal/live"
)

// aged makes a folder in the cache that was used some time ago.
func aged(t *testing.T, path string, ago time.Duration, bytes int) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Join(path, "pack"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(path, "pack", "x"), make([]byte, bytes), 0o600); err != nil {
		t.Fatal(err)
	}
	then := time.Now().Add(-ago)
	if err := os.Chtimes(path, then, then); err != nil {
		t.Fatal(err)
	}
	return path
}

func there(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// What no repository names goes, what was just pushed waits for its name, and what an ended process left goes after a while.
func TestSweep(t *testing.T) {
	d, _ := dbtest.Open(t, live.Schema, Schema)
	rs := &Repos{DB: d, Cache: t.TempDir()}
	if err := rs.Sweep(t.Context()); err != nil {
		t.Fatalf("an empty one: %v", err)
	}
	gone := aged(t, rs.cached("org_a", "aa"), 2*time.Minute, 1)
	fresh := aged(t, rs.cached("org_a", "bb"), time.Second, 1)
	left := aged(t, filepath.Join(rs.Cache, "views", "v_1"), 4*time.Hour, 1)
	open := aged(t, filepath.Join(rs.Cache, "views", "v_2"), time.Hour, 1)
	if err := rs.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	if there(gone) || !there(fresh) || there(left) || !there(open) {
		t.Errorf("unnamed %v, just pushed %v, left over %v, in use %v; want only the second and the last", there(gone), there(fresh), there(left), there(open))
	}
}

func TestEvict(t *testing.T) {
	dir := t.TempDir()
	now := time.Now()
	var all []cachedPack
	for i, name := range []string{"old", "new", "middle"} {
		used := []time.Duration{time.Hour, time.Minute, 10 * time.Minute}[i]
		all = append(all, cachedPack{aged(t, filepath.Join(dir, name), used, 40), now.Add(-used), size(filepath.Join(dir, name, "pack"))})
	}
	if err := evict(all, 100); err != nil {
		t.Fatal(err)
	}
	if there(filepath.Join(dir, "old")) || !there(filepath.Join(dir, "new")) || !there(filepath.Join(dir, "middle")) {
		t.Error("the one that was not used for longest is not the one that went")
	}
}
