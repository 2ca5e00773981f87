// Package disktest is a disk that loses power: a file system in memory, mounted by FUSE, which knows what was synced and what was
// only written. Killing a process shows no missing sync, because the system's cache survives it; here [Disk.Cut] gives the disk as a
// power cut would leave it at this instant. It keeps
//
//   - of a file what its last fsync covered, and of the sectors of 512 bytes written since then a random half; the file has the
//     length of before or of after;
//   - of a folder the names at its last fsync, and of the names made, moved and removed since then the first few in order.
//
// A new file's name is lost unless its folder is synced: Linux promises no more (fsync(2)). A program on the mount and the test must be
// two processes: a page fault on a mapped file would stop the runtime that has to answer it. The disk can also fail, see [Fault].
package disktest

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/hanwen/go-fuse/v2/fuse"
)

const sector = 512

// Disk is one. Make it with New or Cut.
type Disk struct {
	fuse.RawFileSystem // answers ENOSYS to what is not below

	mu    sync.Mutex
	nodes map[uint64]*node
	fault *Fault
	seen  int // operations of the fault's kind since it was armed
	fired int
	syncs int
}

// node is a file or a folder: as programs see it, and as it is on the disk.
type node struct {
	id   uint64
	mode uint32 // with its type
	made time.Time
	temp bool // a file whose bytes nobody needs after a cut: the shared memory of SQLite's log
	room bool // a file that only takes room: a sync of it that fails loses nothing, so it is none of the fault's

	names, synced map[string]*node // of a folder
	since         []change         // of its names, not synced

	data, kept []byte         // of a file
	dirty      map[int64]bool // sectors written and not synced
}

// change of a folder's names; nil is a removal.
type change struct {
	name string
	to   *node
}

func (n *node) folder() bool { return n.mode&syscall.S_IFMT == syscall.S_IFDIR }

// New is an empty disk.
func New() *Disk {
	d := &Disk{RawFileSystem: fuse.NewDefaultRawFileSystem(), nodes: map[uint64]*node{}}
	d.add(syscall.S_IFDIR | 0o700)
	return d
}

func (d *Disk) add(mode uint32) *node {
	n := &node{id: uint64(len(d.nodes) + 1), mode: mode, made: time.Now()}
	if n.folder() {
		n.names, n.synced = map[string]*node{}, map[string]*node{}
	} else {
		n.dirty = map[int64]bool{}
	}
	d.nodes[n.id] = n
	return n
}

// Mount mounts it until the test ends and gives the folder. Without /dev/fuse or the right to mount the test is skipped.
func (d *Disk) Mount(t testing.TB) string {
	t.Helper()
	if _, err := os.Stat("/dev/fuse"); err != nil {
		t.Skipf("a disk that loses power needs FUSE (load the kernel's module): %v", err)
	}
	if os.Geteuid() != 0 {
		t.Skip("a disk that loses power is mounted by root only")
	}
	dir := t.TempDir()
	s, err := fuse.NewServer(d, dir, &fuse.MountOptions{DirectMountStrict: true, AllowOther: true, FsName: "disktest", DisableXAttrs: true, DisableReadDirPlus: true})
	if err != nil {
		t.Skipf("a disk that loses power cannot be mounted here: %v", err)
	}
	go s.Serve()
	if err := s.WaitMount(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Unmount(); err != nil {
			t.Errorf("disktest: %v", err)
			syscall.Unmount(dir, syscall.MNT_DETACH)
		}
	})
	return dir
}

// Syncs is how many files and folders were synced so far.
func (d *Disk) Syncs() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.syncs
}

// Cut is the disk after a power cut at this instant; chance decides what survives of what was not synced. The disk itself goes on.
func (d *Disk) Cut(chance *rand.Rand) *Disk {
	d.mu.Lock()
	defer d.mu.Unlock()
	out := &Disk{RawFileSystem: d.RawFileSystem, nodes: map[uint64]*node{}}
	copied := map[*node]*node{}
	var keep func(n *node) *node
	keep = func(n *node) *node {
		if c, ok := copied[n]; ok {
			return c
		}
		c := out.add(n.mode)
		copied[n] = c
		c.temp, c.room = n.temp, n.room
		if !n.folder() {
			c.data = n.survives(chance)
			c.kept = slices.Clone(c.data)
			return c
		}
		names := maps.Clone(n.synced)
		for _, change := range n.since[:chance.IntN(len(n.since)+1)] {
			if names[change.name] = change.to; change.to == nil {
				delete(names, change.name)
			}
		}
		for _, name := range slices.Sorted(maps.Keys(names)) { // chance is drawn in one order
			c.names[name] = keep(names[name])
		}
		c.synced = maps.Clone(c.names)
		return c
	}
	keep(d.nodes[1])
	return out
}

// survives is a file's bytes after a cut.
func (n *node) survives(chance *rand.Rand) []byte {
	out := slices.Clone(n.kept)
	if len(n.data) != len(n.kept) && chance.IntN(2) == 0 {
		out = resize(out, len(n.data))
	}
	for _, s := range slices.Sorted(maps.Keys(n.dirty)) {
		if from := s * sector; chance.IntN(2) == 0 && from < int64(min(len(out), len(n.data))) {
			copy(out[from:min(int64(len(out)), from+sector)], n.data[from:])
		}
	}
	return out
}

// WriteTo copies the disk into a folder, as one reads it after a cut.
func (d *Disk) WriteTo(dir string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.nodes[1].writeTo(dir)
}

func (n *node) writeTo(path string) error {
	if !n.folder() {
		return os.WriteFile(path, n.data, os.FileMode(n.mode&0o777))
	}
	if err := os.MkdirAll(path, 0o700); err != nil {
		return err
	}
	for name, c := range n.names {
		if err := c.writeTo(filepath.Join(path, name)); err != nil {
			return err
		}
	}
	return nil
}

// Kind of an operation that a fault waits for.
type Kind string

const (
	Write Kind = "write" // of bytes, or of a name
	Sync  Kind = "sync"  // of a file or a folder
)

// Fault makes an operation fail. What an fsync that failed should have kept is not kept by a later one: Linux forgets that it is dirty.
type Fault struct {
	Kind  Kind
	Nth   int           // 1 is the next one
	Errno syscall.Errno // 0: of a write half of the bytes are written, and the program is told so; of a sync nothing is kept, and it is not told
	Stays bool          // all that follow fail as well, until Mend
}

func (f Fault) String() string {
	what := "short"
	if f.Errno != 0 {
		what = f.Errno.Error()
	}
	return fmt.Sprintf("%s %d %s", f.Kind, f.Nth, what)
}

// Arm sets a fault in place of any other.
func (d *Disk) Arm(f Fault) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.fault, d.seen, d.fired = &f, 0, 0
}

// Mend takes the fault away and tells how often it came.
func (d *Disk) Mend() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.fault = nil
	return d.fired
}

// fails says whether this operation is the one. d.mu is held.
func (d *Disk) fails(k Kind, n *node) (errno syscall.Errno, yes bool) {
	f := d.fault
	if f == nil || f.Kind != k || n.temp || k == Sync && n.room {
		return 0, false
	}
	d.seen++
	if d.seen == f.Nth || f.Stays && d.seen > f.Nth {
		d.fired++
		return f.Errno, true
	}
	return 0, false
}

// renames is fails for what has no half.
func (d *Disk) renames(n *node) fuse.Status {
	if d.fault != nil && d.fault.Errno == 0 {
		return fuse.OK
	}
	if errno, yes := d.fails(Write, n); yes {
		return fuse.Status(errno)
	}
	return fuse.OK
}

func (n *node) put(name string, to *node) {
	n.since = append(n.since, change{name, to})
	if n.names[name] = to; to == nil {
		delete(n.names, name)
	}
}

func (n *node) write(off int64, data []byte) {
	if int(off) > len(n.data) {
		n.truncate(int(off)) // a hole is zeros, whatever was there before
	}
	if end := int(off) + len(data); end > len(n.data) {
		n.data = resize(n.data, end)
	}
	copy(n.data[off:], data)
	for s := off / sector; s <= (off+int64(len(data))-1)/sector; s++ {
		n.dirty[s] = true
	}
}

func (n *node) truncate(size int) {
	for s := int64(min(size, len(n.data)) / sector); s <= int64(size/sector); s++ {
		n.dirty[s] = true
	}
	n.data = resize(n.data, size)
}

// sync keeps what was written; where it fails nothing more is kept, and nothing is dirty any more.
func (n *node) sync(fails bool) {
	if !fails {
		n.kept = resize(n.kept, len(n.data))
		for s := range n.dirty {
			if from := int(s * sector); from < len(n.data) {
				copy(n.kept[from:min(len(n.kept), from+sector)], n.data[from:])
			}
		}
	}
	clear(n.dirty)
}

func resize(b []byte, n int) []byte {
	if n < len(b) {
		return b[:n:n]
	}
	return append(b, make([]byte, n-len(b))...)
}

func isShared(name string) bool { return strings.HasSuffix(name, "-shm") }

// Prove runs cuts as it is, where nothing acknowledged may be lost, and without syncs, where something must be, or the proof is blind. n is how
// many cuts each of them makes, long with CANDOR_TEST_LONG.
func Prove(t *testing.T, n, long int, as, without string, cuts func(t *testing.T, how string, n int) (acknowledged, lost int)) {
	if os.Getenv("CANDOR_TEST_LONG") != "" {
		n = long
	}
	t.Run("as it is", func(t *testing.T) {
		acknowledged, lost := cuts(t, as, n)
		t.Logf("%d cuts, %d acknowledged, %d lost", n, acknowledged, lost)
		if lost > 0 || acknowledged == 0 {
			t.Errorf("%d of %d acknowledged writes are lost over %d cuts", lost, acknowledged, n)
		}
	})
	t.Run("without syncs", func(t *testing.T) {
		acknowledged, lost := cuts(t, without, n)
		t.Logf("%d cuts, %d acknowledged, %d lost", n, acknowledged, lost)
		if lost == 0 {
			t.Errorf("nothing is lost over %d cuts without syncs", n)
		}
	})
}
