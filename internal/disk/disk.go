// Package disk watches the room that is left where an installation keeps its data, and holds some in reserve for saves.
//
// Below 10 % it warns; below 5 % what is large or can wait is refused ([Watch.Admit]). The reserve is a file, the ballast: when a save finds no room
// the ballast goes, so that saves still go in, and it is made again when there is room.
package disk

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"candor/internal/problem"

	"golang.org/x/sys/unix"
)

// What should be free, in percent.
const (
	Warns = 10
	Stops = 5
)

// Ballast is the name of the reserve in the data folder, and Size how large it is unless somebody says otherwise, in bytes.
const (
	Ballast = "ballast"
	Size    = 64 << 20
)

const (
	every  = 5 * time.Second // between looks
	enough = 1 << 20         // bytes with which a save goes in
)

// ErrLow refuses what can wait.
var ErrLow = problem.New(problem.Full, "disk_low",
	"This server has almost no room left. Answers are still saved; anything else has to wait until there is room. Nothing was lost.")

// Room is what is left on a disk, in bytes; All is without what is kept for the superuser.
type Room struct{ Free, All int64 }

// Percent is how much of it is free, 0 to 100.
func (r Room) Percent() float64 { return 100 * float64(r.Free) / float64(max(1, r.All)) }

// Look measures the disk that a folder is on.
func Look(dir string) (Room, error) {
	var s unix.Statfs_t
	if err := unix.Statfs(dir, &s); err != nil {
		return Room{}, fmt.Errorf("free room of %s: %w", dir, err)
	}
	return Room{int64(s.Bavail) * s.Bsize, int64(s.Blocks-s.Bfree+s.Bavail) * s.Bsize}, nil
}

// Watch watches the disk of one folder.
type Watch struct {
	Dir     string
	Reserve int64 // bytes of the ballast; 0 keeps none
	Log     *slog.Logger

	low  atomic.Bool
	mu   sync.Mutex // of the ballast's file
	none bool       // the ballast could not be made, and that was said
}

// Run watches until ctx ends.
func (w *Watch) Run(ctx context.Context) {
	t := time.NewTicker(every)
	defer t.Stop()
	for {
		w.Check()
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
	}
}

// Check looks once: it says when the room became little or enough, and makes the ballast where it is not and there is room.
func (w *Watch) Check() {
	r, err := Look(w.Dir)
	if err != nil {
		w.Log.Error("the disk cannot be looked at", "error", err)
		return
	}
	low := r.Percent() < Warns
	if w.low.Swap(low) != low {
		if low {
			w.Log.Warn("the disk is nearly full", "free_percent", int(r.Percent()), "free_bytes", r.Free, "stops_below_percent", Stops)
		} else {
			w.Log.Info("the disk has room again", "free_percent", int(r.Percent()))
		}
	}
	if err := w.fill(r); err != nil {
		w.Log.Error("the reserve for saves could not be made", "error", err)
	}
}

// Low says that an owner should know: there is little room.
func (w *Watch) Low() bool { return w.low.Load() }

// Admit is ErrLow when there is so little room that only saves go in.
func (w *Watch) Admit() error {
	if r, err := Look(w.Dir); err == nil && r.Percent() < Stops {
		return ErrLow
	}
	return nil
}

// Spend gives the ballast up for a save that found no room, and says whether it is worth another try.
func (w *Watch) Spend() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	err := os.Remove(filepath.Join(w.Dir, Ballast))
	if err == nil {
		w.Log.Error("the disk is full: the reserve for saves is used up; make room", "bytes", w.Reserve)
		return true
	}
	r, err := Look(w.Dir)
	return err == nil && r.Free >= enough
}

// fill makes the ballast, when it would leave more free than what is warned of.
func (w *Watch) fill(r Room) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	path := filepath.Join(w.Dir, Ballast)
	if info, err := os.Stat(path); err == nil && info.Size() == w.Reserve || errors.Is(err, fs.ErrNotExist) && w.Reserve == 0 {
		return nil
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) || w.Reserve == 0 {
		return err
	}
	if (Room{r.Free - w.Reserve, r.All}).Percent() < Warns {
		if !w.none {
			w.Log.Warn("there is no room for the reserve for saves", "bytes", w.Reserve)
		}
		w.none = true
		return nil
	}
	w.none = false
	if err := write(path, w.Reserve); err != nil {
		return errors.Join(err, os.Remove(path))
	}
	return nil
}

// write writes noise, which no file system stores in less than its length, and syncs it.
func write(path string, size int64) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	noise := rand.NewChaCha8([32]byte{})
	block := make([]byte, 1<<20)
	for n := int64(0); n < size && err == nil; n += int64(len(block)) {
		block = block[:min(int64(len(block)), size-n)]
		noise.Read(block)
		_, err = f.Write(block)
	}
	return errors.Join(err, f.Sync(), f.Close())
}
