package disk_test

import (
	"bytes"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"candor/internal/disk"
	"candor/internal/disk/disktest"
)

const mb = 1 << 20

func free(t *testing.T, dir string) disk.Room {
	t.Helper()
	r, err := disk.Look(dir)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// From plenty to nothing and back: it warns, refuses what can wait, gives the reserve up for a save, and makes it again.
func TestWatch(t *testing.T) {
	dir := disktest.Small(t, 100*mb)
	var said bytes.Buffer
	w := &disk.Watch{Dir: dir, Reserve: 16 * mb, Log: slog.New(slog.NewTextHandler(&said, nil))}
	ballast := func() bool { _, err := os.Stat(filepath.Join(dir, disk.Ballast)); return err == nil }
	if r := free(t, dir); r.All != 100*mb || r.Percent() < 99 {
		t.Errorf("Look = %+v, %.1f %%; want 100 MB, all free", r, r.Percent())
	}
	w.Check()
	if r := free(t, dir); !ballast() || r.Free > 84*mb {
		t.Errorf("ballast %v, %d MB free; want 16 of 100 in reserve, really", ballast(), r.Free/mb)
	}
	for _, c := range []struct {
		left  int64
		low   bool
		admit error
		says  string
	}{{11 * mb, false, nil, ""}, {9 * mb, true, nil, "nearly full"}, {4 * mb, true, disk.ErrLow, ""}, {0, true, disk.ErrLow, ""}} {
		said.Reset()
		disktest.Fill(t, dir, c.left)
		w.Check()
		if w.Low() != c.low || !errors.Is(w.Admit(), c.admit) || !strings.Contains(said.String(), c.says) || c.says == "" && said.Len() > 0 {
			t.Errorf("with %d MB: low %v, Admit %v, said %q; want %v, %v, %q", c.left/mb, w.Low(), w.Admit(), said.String(), c.low, c.admit, c.says)
		}
	}
	if !w.Spend() || ballast() || free(t, dir).Free != 16*mb {
		t.Errorf("the ballast was not given up: %d MB free", free(t, dir).Free/mb)
	}
	if !w.Spend() {
		t.Error("a second save that found no room is not tried again, though there is some")
	}
	w.Check()
	if ballast() {
		t.Error("the reserve was made where there is too little room")
	}
	empty := disktest.Fill(t, dir, 0)
	if w.Spend() {
		t.Error("there is nothing left to spend, and it says so of a full disk")
	}
	empty()
	w.Check()
	if !ballast() || w.Low() || w.Admit() != nil {
		t.Errorf("with room again: ballast %v, low %v, Admit %v", ballast(), w.Low(), w.Admit())
	}
	w.Reserve = 8 * mb
	w.Check()
	if r := free(t, dir); r.Free != 92*mb {
		t.Errorf("with a smaller reserve %d MB are free; want 92", r.Free/mb)
	}
}
