package ns

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

// controllers that a run is limited and measured by. In v1 each may be a hierarchy of its own.
const (
	memory = "memory"
	pids   = "pids"
	cpu    = "cpu" // cpuacct in v1
)

// groups makes one fresh control group per run. The zero dirs mean: this controller cannot be used here.
type groups struct {
	version int // 1 or 2; a hybrid machine is version 1 for the controllers that are there
	dirs    map[string]string
	home    string // v2: the leaf where this process and the inits live
	why     map[string]string
	next    atomic.Int64
	clean   sync.WaitGroup
}

type mount struct{ root, at, kind, options string }

// findGroups looks at what is mounted and where this process is. It never fails: what cannot be used is missing, and why says so.
func findGroups() *groups {
	g := &groups{dirs: map[string]string{}, why: map[string]string{}}
	mounts, own := cgroupMounts(), ownGroups()
	for _, c := range []string{memory, pids, cpu} {
		name := c
		if c == cpu {
			name = "cpuacct"
		}
		for _, m := range mounts {
			if m.kind == "cgroup" && slices.Contains(strings.Split(m.options, ","), name) {
				g.version = 1
				g.dirs[c] = inside(m, own[name])
			}
		}
	}
	if g.version == 0 {
		for _, m := range mounts {
			if m.kind == "cgroup2" {
				g.version = 2
				g.delegate(inside(m, own[""]))
			}
		}
	}
	for _, c := range []string{memory, pids, cpu} {
		if dir := g.dirs[c]; dir != "" && unix.Access(dir, unix.W_OK) != nil {
			delete(g.dirs, c)
			g.why[c] = dir + " is not writable"
		} else if dir == "" && g.why[c] == "" {
			g.why[c] = "no cgroup controller " + c + " is mounted"
		}
	}
	g.sweep()
	return g
}

// inside is where a group stands in a mount that may show only a part of the hierarchy.
func inside(m mount, group string) string {
	rest, ok := strings.CutPrefix(group, strings.TrimSuffix(m.root, "/"))
	if !ok {
		rest = ""
	}
	return filepath.Join(m.at, rest)
}

func cgroupMounts() []mount {
	b, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		return nil
	}
	var out []mount
	for line := range strings.Lines(string(b)) {
		left, right, ok := strings.Cut(strings.TrimSpace(line), " - ")
		l, r := strings.Fields(left), strings.Fields(right)
		if ok && len(l) > 4 && len(r) > 2 && strings.HasPrefix(r[0], "cgroup") {
			out = append(out, mount{root: l[3], at: l[4], kind: r[0], options: r[2]})
		}
	}
	return out
}

// ownGroups maps a v1 controller, or "" for v2, to the group of this process.
func ownGroups() map[string]string {
	out := map[string]string{}
	b, err := os.ReadFile("/proc/self/cgroup")
	if err != nil {
		return out
	}
	for line := range strings.Lines(string(b)) {
		f := strings.SplitN(strings.TrimSpace(line), ":", 3)
		if len(f) == 3 {
			for c := range strings.SplitSeq(f[1], ",") {
				out[c] = f[2]
			}
		}
	}
	return out
}

// delegate makes room below our own v2 group: processes may only live in leaves, so this process moves into one.
func (g *groups) delegate(own string) {
	leaf := filepath.Join(own, "candor-home")
	need := "+memory +pids +cpu"
	err := os.Mkdir(leaf, 0o755)
	if err == nil || errors.Is(err, fs.ErrExist) {
		for range 10 { // processes may come while we move them
			var all []byte
			if all, err = os.ReadFile(filepath.Join(own, "cgroup.procs")); err != nil || len(all) == 0 {
				break
			}
			for pid := range strings.FieldsSeq(string(all)) {
				err = os.WriteFile(filepath.Join(leaf, "cgroup.procs"), []byte(pid), 0)
			}
		}
		err = os.WriteFile(filepath.Join(own, "cgroup.subtree_control"), []byte(need), 0)
	}
	if err != nil {
		for _, c := range []string{memory, pids, cpu} {
			g.why[c] = fmt.Sprintf("%s is not delegated to this process: %v", own, err)
		}
		return
	}
	on, _ := os.ReadFile(filepath.Join(own, "cgroup.subtree_control"))
	for _, c := range []string{memory, pids, cpu} {
		if slices.Contains(strings.Fields(string(on)), c) {
			g.dirs[c] = own
		}
	}
	g.home = leaf
}

// sweep removes groups whose candor is dead: they are called candor-PID-NUMBER.
func (g *groups) sweep() {
	seen := map[string]bool{}
	for _, dir := range g.dirs {
		if seen[dir] {
			continue
		}
		seen[dir] = true
		old, _ := filepath.Glob(filepath.Join(dir, "candor-*-*"))
		for _, path := range old {
			pid, err := strconv.Atoi(strings.Split(filepath.Base(path), "-")[1])
			if err != nil || pid == os.Getpid() || unix.Kill(pid, 0) == nil {
				continue
			}
			for _, file := range []string{"cgroup.procs", "tasks"} {
				all, _ := os.ReadFile(filepath.Join(path, file))
				for p := range strings.FieldsSeq(string(all)) {
					if n, err := strconv.Atoi(p); err == nil {
						unix.Kill(n, unix.SIGKILL)
					}
				}
			}
			remove(path)
		}
	}
}

func remove(path string) error {
	var err error
	for wait := time.Millisecond; wait < time.Second; wait *= 2 {
		if err = unix.Rmdir(path); err == nil || err == unix.ENOENT {
			return nil
		}
		time.Sleep(wait)
	}
	return fmt.Errorf("removing the control group %s: %w", path, err)
}

// group is the control group of one run.
type group struct {
	all   *groups
	dirs  map[string]string // controller -> folder
	paths []string          // each folder once
	enter []*os.File        // a "0" written here moves the writer in
	home  []*os.File        // and back
	usage *os.File          // kept open: it is read every few milliseconds
	oom   *os.File
}

// create makes the group. bytes and processes of 0 mean no limit.
func (g *groups) create(bytes int64, processes int) (_ *group, err error) {
	name := fmt.Sprintf("candor-%d-%d", os.Getpid(), g.next.Add(1))
	r := &group{all: g, dirs: map[string]string{}}
	defer func() {
		if err != nil {
			r.end()
		}
	}()
	for c, dir := range g.dirs {
		path := filepath.Join(dir, name)
		r.dirs[c] = path
		if slices.Contains(r.paths, path) {
			continue
		}
		if err := os.Mkdir(path, 0o755); err != nil {
			return nil, err
		}
		r.paths = append(r.paths, path)
		procs := "tasks" // v1 moves one thread, v2 whole processes
		if g.version == 2 {
			procs = "cgroup.procs"
		}
		f, err := os.OpenFile(filepath.Join(path, procs), os.O_WRONLY, 0)
		if err != nil {
			return nil, err
		}
		r.enter = append(r.enter, f)
	}
	if g.home != "" {
		f, err := os.OpenFile(filepath.Join(g.home, "cgroup.procs"), os.O_WRONLY, 0)
		if err != nil {
			return nil, err
		}
		r.home = append(r.home, f)
	}
	limit := func(c, file, value string, optional bool) {
		if dir := r.dirs[c]; dir != "" && err == nil {
			if e := os.WriteFile(filepath.Join(dir, file), []byte(value), 0); e != nil && !(optional && errors.Is(e, fs.ErrNotExist)) {
				err = e
			}
		}
	}
	b, n := strconv.FormatInt(bytes, 10), strconv.Itoa(processes)
	if g.version == 2 {
		limit(memory, "memory.max", b, false)
		limit(memory, "memory.swap.max", "0", true)
		limit(memory, "memory.oom.group", "1", true)
	} else {
		limit(memory, "memory.limit_in_bytes", b, false)
		limit(memory, "memory.memsw.limit_in_bytes", b, true)
	}
	limit(pids, "pids.max", n, false)
	if err != nil {
		return nil, err
	}
	open := func(c, v1, v2 string) *os.File {
		dir := r.dirs[c]
		if dir == "" || err != nil {
			return nil
		}
		file := v1
		if g.version == 2 {
			file = v2
		}
		var f *os.File
		f, err = os.Open(filepath.Join(dir, file))
		return f
	}
	r.usage = open(cpu, "cpuacct.usage", "cpu.stat")
	r.oom = open(memory, "memory.oom_control", "memory.events")
	return r, err
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

// cpu is what the whole tree has used, also processes nobody waited for.
func (r *group) cpu() time.Duration {
	if r.all.version == 2 {
		return time.Duration(field(read(r.usage), "usage_usec")) * time.Microsecond
	}
	return time.Duration(field(read(r.usage), ""))
}

// ooms is how many processes the kernel killed because memory ran out.
func (r *group) ooms() int64 { return field(read(r.oom), "oom_kill") }

func (r *group) number(c, file, key string) int64 {
	dir := r.dirs[c]
	if dir == "" {
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

// end closes and removes the group; the removal goes on in the background, and groups.clean waits for it.
func (r *group) end() {
	closeAll(r.enter)
	closeAll(r.home)
	for _, f := range []*os.File{r.usage, r.oom} {
		if f != nil {
			f.Close()
		}
	}
	r.all.clean.Go(func() {
		for _, p := range r.paths {
			remove(p)
		}
	})
}
