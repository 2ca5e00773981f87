package ns

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"time"

	"golang.org/x/sys/unix"

	"candor/internal/sandbox"
)

// Without leaves one wall out, for tests that show what it is there for.
func Without(o Options, wall string) Options {
	o.without = wall
	return o
}

// Traces are the control groups of runs and the slots that are out.
func (e *Engine) Traces() []string {
	e.groups.mu.Lock()
	defer e.groups.mu.Unlock()
	var left, spare []string
	if e.groups.spare != nil {
		spare = e.groups.spare.paths
	}
	for _, pen := range e.groups.pens {
		list, _ := os.ReadDir(pen.Name())
		for _, d := range list {
			if p := filepath.Join(pen.Name(), d.Name()); d.IsDir() && !slices.Contains(spare, p) {
				left = append(left, p)
			}
		}
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	for s := range e.out {
		left = append(left, s.cmd.String())
	}
	return left
}

// Places are the folders that an engine keeps on the host.
func (e *Engine) Places() []string {
	out := []string{e.root.Name()}
	for _, pen := range e.groups.pens {
		out = append(out, pen.Name())
	}
	return out
}

// Judge says what a run was.
func Judge(ws uint32, spec sandbox.Spec, cause sandbox.Status, cpu time.Duration, cut bool, ooms int64) sandbox.Report {
	r := sandbox.Report{CPU: cpu, Cut: cut}
	judge(&r, unix.WaitStatus(ws), withDefaults(spec), cause, ooms)
	return r
}

// Pid is the process of a slot's init.
func Pid(s sandbox.Slot) int { return s.(*slot).cmd.Process.Pid }

// Boot starts a slot without the pool.
func (e *Engine) Boot(ctx context.Context) (sandbox.Slot, error) { return e.boot(ctx) }

// ScopeIn is Scope on a machine where cgroup v2 stands at a folder, and v1 with the memory controller too when hybrid.
func ScopeIn(dir string, hybrid bool) {
	mounts := []mount{{root: "/", at: dir, kind: "cgroup2", options: "rw"}}
	if hybrid {
		mounts = append(mounts, mount{root: "/", at: dir, kind: "cgroup", options: "rw,memory"})
	}
	scope(mounts, map[string]string{"": "/"})
}
