// Package ns is the sandbox engine of namespaces, seccomp, Landlock and control groups, without any external program.
//
// An init is this binary started again: PID 1 of fresh pid, mount, net, ipc, uts and cgroup namespaces, which builds a root of its own and
// then serves one submission over a socket. As many inits as there are cores wait warm; each is thrown away after use. As root the
// programs have a user id of their own per slot; without root everything happens in a user namespace.
package ns

import (
	"context"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"candor/internal/sandbox"
)

// Options of an engine; zero values are the defaults.
type Options struct {
	Slots     int      // at once; 0 means one per core
	AllowWeak bool     // run although a required layer is missing; every report says so
	Binds     []string // further read-only folders: "/opt/x" or "/opt/x=/where/inside"
	Path      string   // PATH inside; "" means /usr/local/bin:/usr/bin:/bin and the bin folders of the toolchains
	BoxBytes  int64    // size of /box; 0 means 512 MiB
	TmpBytes  int64    // size of /tmp; 0 means 64 MiB
	Inodes    int      // of each; 0 means 16,384
	Yields    bool     // what runs gives way to everything else on the machine

	without string // a wall that a test leaves out: "seccomp", "landlock", "close_range" or "memory"
}

// firstUID of the programs; each slot has another one, in turn.
const (
	firstUID = 64000
	manyUIDs = 1000
)

// rootName is how the folder begins on which the inits of an engine build their roots. The engine holds a lock on it, as on its pens.
const rootName = "candor.root-"

var errClosed = errors.New("sandbox: the engine is closed")

// Engine is a pool of warm slots.
type Engine struct {
	opt    Options
	root   *os.File // an empty folder; every init mounts on it in a mount namespace of its own
	groups *groups
	layers []sandbox.Layer
	weak   []string // required layers that are missing

	ctx     context.Context // ends when the engine is closed
	stop    context.CancelFunc
	warm    chan *slot
	places  chan struct{} // one for each slot that is out
	keepers sync.WaitGroup

	mu     sync.Mutex
	out    map[*slot]bool
	serial int

	waiting atomic.Int32 // for a place
}

var _ sandbox.Engine = (*Engine)(nil)

// New sweeps what engines left that were killed, starts one, tries every layer once, and begins to warm slots. It works also where layers
// are missing: Open then refuses.
func New(ctx context.Context, o Options) (*Engine, error) {
	if o.Slots == 0 {
		o.Slots = runtime.NumCPU()
	}
	if o.BoxBytes == 0 {
		o.BoxBytes = 512 << 20
	}
	if o.TmpBytes == 0 {
		o.TmpBytes = 64 << 20
	}
	if o.Inodes == 0 {
		o.Inodes = 16384
	}
	binds, path := Toolchains()
	o.Binds = append(binds, o.Binds...)
	if o.Path == "" {
		o.Path = path
	}
	root, err := makeRoot(os.TempDir())
	if err != nil {
		return nil, err
	}
	e := &Engine{opt: o, root: root, groups: findGroups(o.Yields), warm: make(chan *slot), places: make(chan struct{}, o.Slots), out: map[*slot]bool{}, serial: os.Getpid()}
	if o.without == memory {
		delete(e.groups.dirs, memory)
	}
	e.ctx, e.stop = context.WithCancel(context.WithoutCancel(ctx))
	e.layers = e.try(ctx)
	for _, l := range e.layers {
		if l.Required && !l.Enforced {
			e.weak = append(e.weak, l.Name)
		}
	}
	if !e.refuses() {
		for range o.Slots {
			e.keepers.Go(e.keepWarm)
		}
	}
	return e, nil
}

// refuses says that too little is enforced to run anything.
func (e *Engine) refuses() bool {
	return len(e.weak) > 0 && !e.opt.AllowWeak || slices.Contains(e.weak, namespaces)
}

// makeRoot makes an empty, locked folder, and removes those of dead engines.
func makeRoot(parent string) (*os.File, error) {
	old, _ := filepath.Glob(filepath.Join(parent, rootName+"*"))
	for _, dir := range old {
		if f, dead, _ := lock(dir); dead {
			os.Remove(dir)
			f.Close()
		}
	}
	for {
		dir, err := os.MkdirTemp(parent, rootName)
		if err != nil {
			return nil, err
		}
		if f, ours, err := lock(dir); ours || err != nil {
			return f, err
		}
	}
}

// keepWarm holds one slot ready for whoever comes, and makes the next when it was taken.
func (e *Engine) keepWarm() {
	wait := 10 * time.Millisecond
	for e.ctx.Err() == nil {
		s, err := e.boot(e.ctx)
		if err != nil { // a machine out of memory or processes: try again, slower each time
			select {
			case <-e.ctx.Done():
			case <-time.After(wait):
			}
			wait = min(2*wait, 5*time.Second)
			continue
		}
		wait = 10 * time.Millisecond
		select {
		case e.warm <- s:
		case <-s.gone: // it died in its sleep
			s.end()
		case <-e.ctx.Done():
			s.end()
		}
	}
}

// Layers tells what was found when the engine was started.
func (e *Engine) Layers() []sandbox.Layer { return e.layers }

// Open takes a warm slot; it waits while all are taken. Problems: sandbox.ErrLayer.
func (e *Engine) Open(ctx context.Context) (sandbox.Slot, error) {
	if e.refuses() {
		return nil, sandbox.ErrLayer.With("missing", strings.Join(e.weak, ", "))
	}
	e.waiting.Add(1)
	defer e.waiting.Add(-1)
	select {
	case e.places <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-e.ctx.Done():
		return nil, errClosed
	}
	s, err := e.take(ctx)
	if err != nil {
		<-e.places
		return nil, err
	}
	return s, nil
}

// spare is a slot that is idle while nobody waits for one; nil where there is none.
func (e *Engine) spare() *slot {
	if e.waiting.Load() > 0 {
		return nil
	}
	select {
	case e.places <- struct{}{}:
	default:
		return nil
	}
	now, cancel := context.WithTimeout(e.ctx, time.Millisecond)
	defer cancel()
	s, err := e.take(now)
	if err != nil {
		<-e.places
		return nil
	}
	return s
}

func (e *Engine) take(ctx context.Context) (*slot, error) {
	select {
	case s := <-e.warm:
		e.mu.Lock()
		closed := e.ctx.Err() != nil
		if !closed {
			e.out[s] = true
		}
		e.mu.Unlock()
		if closed {
			s.end()
			return nil, errClosed
		}
		return s, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-e.ctx.Done():
		return nil, errClosed
	}
}

// back takes the place of a slot back that is over.
func (e *Engine) back(s *slot) {
	e.mu.Lock()
	out := e.out[s]
	delete(e.out, s)
	e.mu.Unlock()
	if out {
		<-e.places
	}
}

// Close ends all slots, also those that are out (what they run ends with ErrGone), and waits until nothing of the engine is left.
func (e *Engine) Close() error {
	e.mu.Lock()
	e.stop()
	out := slices.Collect(maps.Keys(e.out))
	e.mu.Unlock()
	e.keepers.Wait()
	for _, s := range out {
		s.Close()
	}
	err := e.groups.close()
	if e := os.Remove(e.root.Name()); !errors.Is(e, os.ErrNotExist) {
		err = errors.Join(err, e)
	}
	e.root.Close()
	return err
}

// setup is the world of the next slot.
func (e *Engine) setup() setup {
	s := setup{Base: e.root.Name(), Binds: e.opt.Binds, BoxBytes: e.opt.BoxBytes, TmpBytes: e.opt.TmpBytes, Inodes: e.opt.Inodes, Path: e.opt.Path, Without: e.opt.without}
	if os.Geteuid() == 0 { // else the namespace's own root, which is the server's user outside
		e.mu.Lock()
		defer e.mu.Unlock()
		e.serial++
		s.UID = firstUID + e.serial%manyUIDs
	}
	return s
}

// Toolchains are the folders that languages need beside /usr, as far as they are there, and the PATH that finds their programs.
func Toolchains() (binds []string, path string) {
	path = "/usr/local/bin:/usr/bin:/bin"
	binds = []string{"/usr", "/etc/alternatives", "/etc/ld.so.cache", "/etc/php", "/etc/java-11-openjdk", "/etc/java-17-openjdk", "/etc/java-21-openjdk"}
	if _, err := os.Stat("/usr/local/go/bin/go"); err == nil {
		path += ":/usr/local/go/bin"
	}
	return binds, path
}
