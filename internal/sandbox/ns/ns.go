// Package ns is the sandbox engine of namespaces, seccomp, Landlock and control groups, without any external program.
//
// An init is this binary started again: PID 1 of fresh pid, mount, net, ipc, uts and cgroup namespaces, which builds a root of its own and
// then serves one submission over a socket. As many inits as there are cores wait warm; each is thrown away after use. As root the
// programs have a user id of their own per slot; without root everything happens in a user namespace.
package ns

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
	"sync"
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
}

// firstUID of the programs; each slot has another one, in turn.
const (
	firstUID = 64000
	manyUIDs = 1000
)

// Engine is a pool of warm slots.
type Engine struct {
	opt    Options
	base   string // an empty folder on which every init builds its root, in a mount namespace of its own
	groups *groups
	layers []sandbox.Layer
	weak   []string // required layers that are missing

	warm   chan *slot
	places chan struct{} // one for each slot that is out
	stop   context.CancelFunc
	ctx    context.Context
	all    sync.WaitGroup
	mu     sync.Mutex
	serial int
}

var _ sandbox.Engine = (*Engine)(nil)

// New starts an engine, tries every layer once, and begins to warm slots. It works also where layers are missing: Open then refuses.
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
	base, err := os.MkdirTemp("", "candor-root-")
	if err != nil {
		return nil, err
	}
	e := &Engine{opt: o, base: base, groups: findGroups(), warm: make(chan *slot), places: make(chan struct{}, o.Slots)}
	e.ctx, e.stop = context.WithCancel(context.WithoutCancel(ctx))
	e.layers = e.try(ctx)
	for _, l := range e.layers {
		if l.Required && !l.Enforced {
			e.weak = append(e.weak, l.Name)
		}
	}
	if len(e.weak) == 0 || o.AllowWeak {
		for range o.Slots {
			e.all.Go(e.keepWarm)
		}
	}
	return e, nil
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

// Open takes a warm slot. Problems: sandbox.ErrLayer.
func (e *Engine) Open(ctx context.Context) (sandbox.Slot, error) {
	if len(e.weak) > 0 && !e.opt.AllowWeak {
		return nil, sandbox.ErrLayer.With("missing", strings.Join(e.weak, ", "))
	}
	select {
	case e.places <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-e.ctx.Done():
		return nil, errors.New("sandbox: the engine is closed")
	}
	select {
	case s := <-e.warm:
		s.place = true
		return s, nil
	case <-ctx.Done():
		<-e.places
		return nil, ctx.Err()
	case <-e.ctx.Done():
		<-e.places
		return nil, errors.New("sandbox: the engine is closed")
	}
}

// Close ends the warm slots and waits until nothing of the engine is left. Slots that are out must be closed before.
func (e *Engine) Close() error {
	e.stop()
	e.all.Wait()
	e.groups.clean.Wait()
	return os.Remove(e.base)
}

func (e *Engine) uid() int {
	if os.Geteuid() != 0 {
		return 0 // the namespace's own root, which is the server's user outside
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.serial++
	return firstUID + e.serial%manyUIDs
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

func (e *Engine) setup(uid int) setup {
	return setup{Base: e.base, UID: uid, Binds: e.opt.Binds, BoxBytes: e.opt.BoxBytes, TmpBytes: e.opt.TmpBytes, Inodes: e.opt.Inodes, Path: e.opt.Path}
}

func quantity(n int64) string {
	switch {
	case n >= 1<<30 && n%(1<<30) == 0:
		return fmt.Sprintf("%d GiB", n>>30)
	case n >= 1<<20:
		return fmt.Sprintf("%d MiB", n>>20)
	}
	return fmt.Sprintf("%d KiB", n>>10)
}
