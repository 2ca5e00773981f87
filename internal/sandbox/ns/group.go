package ns

import (
	"bufio"
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// group is the control group of one run.
type group struct {
	all   *groups
	dirs  map[string]string // controller -> folder
	paths []string          // each folder once
	enter []*os.File        // a "0" written here moves the writer in
	late  []*os.File        // v2: the process limit, written when the init has left again
	usage *os.File          // kept open: it is read every few milliseconds
	oom   *os.File
}

// create gives a group with room for so many bytes and processes.
func (g *groups) create(bytes int64, processes int) (*group, error) {
	g.mu.Lock()
	r := g.spare
	g.spare = nil
	g.mu.Unlock()
	var err error
	if r == nil {
		r, err = g.make()
	}
	if err != nil {
		return nil, err
	}
	if err := r.limit(bytes, processes); err != nil {
		r.end()
		return nil, err
	}
	return r, nil
}

// refill makes the next group ahead of time, while no program waits for it.
func (g *groups) refill() {
	r, err := g.make()
	if err != nil {
		return // the next create tries again, and says why
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closed || g.spare != nil {
		r.end()
		return
	}
	g.spare = r
}

// make makes a group without limits.
func (g *groups) make() (_ *group, err error) {
	g.mu.Lock()
	if g.closed {
		g.mu.Unlock()
		return nil, errClosed
	}
	g.serial++
	name := strconv.Itoa(g.serial)
	g.alive.Add(1)
	g.mu.Unlock()

	r := &group{all: g, dirs: map[string]string{}}
	defer func() {
		if err != nil {
			r.end()
		}
	}()
	procs := "tasks" // v1 moves one thread, v2 whole processes
	if g.version == 2 {
		procs = "cgroup.procs"
	}
	for _, c := range controllers {
		dir, ok := g.dirs[c]
		if !ok {
			continue
		}
		path := filepath.Join(dir, name)
		r.dirs[c] = path
		if slices.Contains(r.paths, path) {
			continue
		}
		if err := os.Mkdir(path, 0o755); err != nil {
			return nil, err
		}
		r.paths = append(r.paths, path)
		f, err := os.OpenFile(filepath.Join(path, procs), os.O_WRONLY, 0)
		if err != nil {
			return nil, err
		}
		r.enter = append(r.enter, f)
	}
	if r.usage, err = r.open(cpu, "cpuacct.usage", "cpu.stat"); err != nil {
		return nil, err
	}
	r.oom, err = r.open(memory, "memory.oom_control", "memory.events")
	return r, err
}

func (r *group) limit(bytes int64, processes int) error {
	set := func(c, file string, value int64) error {
		dir, ok := r.dirs[c]
		if !ok {
			return nil
		}
		return os.WriteFile(filepath.Join(dir, file), strconv.AppendInt(nil, value, 10), 0)
	}
	optional := func(err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		return err
	}
	if r.all.version == 1 {
		return errors.Join(set(memory, "memory.limit_in_bytes", bytes), optional(set(memory, "memory.memsw.limit_in_bytes", bytes)), set(pids, "pids.max", int64(processes)))
	}
	err := errors.Join(set(memory, "memory.max", bytes), optional(set(memory, "memory.swap.max", 0)), set(memory, "memory.oom.group", 1))
	if err != nil || len(r.enter) == 0 {
		return err
	}
	max, err := os.OpenFile(filepath.Join(r.dirs[pids], "pids.max"), os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	r.late = append(r.late, max)
	return nil
}

func (r *group) open(c, v1, v2 string) (*os.File, error) {
	dir, ok := r.dirs[c]
	switch {
	case !ok:
		return nil, nil
	case r.all.version == 2:
		return os.Open(filepath.Join(dir, v2))
	}
	return os.Open(filepath.Join(dir, v1))
}

// read is the content of a small file that is kept open.
func read(f *os.File) []byte {
	if f == nil {
		return nil
	}
	var b [1024]byte
	n, err := f.ReadAt(b[:], 0)
	if n == 0 && err != nil {
		return nil
	}
	return b[:n]
}

// field is the number behind a key in lines of "key number"; with no key it is the whole content.
func field(b []byte, key string) int64 {
	s := bufio.NewScanner(bytes.NewReader(b))
	for s.Scan() {
		f := strings.Fields(s.Text())
		if key == "" && len(f) == 1 || len(f) == 2 && f[0] == key {
			n, _ := strconv.ParseInt(f[len(f)-1], 10, 64)
			return n
		}
	}
	return 0
}

// counts says whether CPU time is counted over the tree; else the caller must do with what wait4 tells.
func (r *group) counts() bool { return r.usage != nil }

// cpu is what the whole tree has used, also processes nobody waited for.
func (r *group) cpu() time.Duration {
	if r.all.version == 2 {
		return time.Duration(field(read(r.usage), "usage_usec")) * time.Microsecond
	}
	return time.Duration(field(read(r.usage), ""))
}

// ooms is how many processes the kernel killed because memory ran out.
func (r *group) ooms() int64 { return field(read(r.oom), "oom_kill") }

// starved is how long a thread of the group was ready to run while the machine ran others: the most of any that lives, 0 where the kernel does
// not tell (Documentation/scheduler/sched-stats.rst, /proc/<pid>/schedstat, which counts a wait when it is over). It is ready if one runs or waits
// for a core now.
func (r *group) starved() (most time.Duration, ready bool) {
	for _, id := range r.threads() {
		b, err := os.ReadFile(filepath.Join("/proc", id, "schedstat"))
		if f := strings.Fields(string(b)); err == nil && len(f) > 1 {
			n, _ := strconv.ParseInt(f[1], 10, 64)
			most = max(most, time.Duration(n))
		}
		b, _ = os.ReadFile(filepath.Join("/proc", id, "stat"))
		end := bytes.LastIndexByte(b, ')') // of its name, which it chooses
		ready = ready || bytes.HasPrefix(b[end+1:], []byte(" R"))
	}
	return most, ready
}

// threads are the ids of all that live in the group; none where it cannot be told.
func (r *group) threads() []string {
	if len(r.paths) == 0 {
		return nil
	}
	name := "tasks"
	if r.all.version == 2 {
		name = "cgroup.threads"
	}
	all, _ := os.ReadFile(filepath.Join(r.paths[0], name))
	return strings.Fields(string(all))
}

func (r *group) number(c, file, key string) int64 {
	dir, ok := r.dirs[c]
	if !ok {
		return 0
	}
	b, err := os.ReadFile(filepath.Join(dir, file))
	if err != nil {
		return 0
	}
	return field(b, key)
}

// peak is the most memory at a time in bytes; 0 where the kernel does not tell (v2 before 5.19).
func (r *group) peak() int64 {
	if r.all.version == 2 {
		return r.number(memory, "memory.peak", "")
	}
	return r.number(memory, "memory.max_usage_in_bytes", "")
}

// refused is how often a fork was refused.
func (r *group) refused() int64 { return r.number(pids, "pids.events", "max") }

// end closes and removes the group; the removal goes on in the background, and groups.close waits for it.
func (r *group) end() {
	closeAll(r.enter)
	closeAll(r.late)
	for _, f := range []*os.File{r.usage, r.oom} {
		if f != nil {
			f.Close()
		}
	}
	go func() {
		defer r.all.alive.Done()
		for _, p := range r.paths {
			remove(p)
		}
	}()
}
