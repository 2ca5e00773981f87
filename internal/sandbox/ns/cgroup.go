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
	"time"

	"golang.org/x/sys/unix"
)

// controllers that a run is limited and measured by. In v1 each may be a hierarchy of its own.
const (
	memory = "memory"
	pids   = "pids"
	cpu    = "cpu" // cpuacct in v1
)

var controllers = []string{memory, pids, cpu}

// penName is how the folder begins in which an engine keeps the groups of its runs. The engine holds a lock on it: a pen that can be locked
// is a dead engine's.
const penName = "candor.pen-"

// groups makes one fresh control group per run. A controller without a folder cannot be used here; why says the reason.
type groups struct {
	version int               // 1 or 2; a hybrid machine is version 1 when it has our controllers there
	dirs    map[string]string // controller -> pen
	pens    []*os.File        // each pen once, locked
	home    []*os.File        // a "0" written there brings a thread (v1) or process (v2) out of a run's group again
	why     map[string]string

	mu     sync.Mutex
	serial int
	closed bool
	spare  *group         // made ahead of time
	alive  sync.WaitGroup // groups that are not removed yet
}

type mount struct{ root, at, kind, options string }

// findGroups looks at what is mounted and where this process is, sweeps what dead engines left, and makes a pen. It never fails: what cannot
// be used is missing.
func findGroups() *groups {
	g := &groups{dirs: map[string]string{}, why: map[string]string{}}
	mounts, own := cgroupMounts(), ownGroups()
	for _, c := range controllers {
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
	for _, m := range mounts {
		if g.version == 0 && m.kind == "cgroup2" {
			g.version = 2
			g.delegated(m, inside(m, own[""]))
		}
	}
	for _, c := range controllers {
		if g.dirs[c] == "" && g.why[c] == "" {
			g.why[c] = "no cgroup controller " + c + " is mounted"
		}
	}
	pens := map[string]string{} // of a folder
	for c, dir := range g.dirs {
		if pens[dir] == "" {
			sweepPens(dir)
			pen, err := g.pen(dir)
			if err != nil {
				g.why[c] = err.Error()
				delete(g.dirs, c)
				continue
			}
			pens[dir] = pen
		}
		g.dirs[c] = pens[dir]
	}
	return g
}

// pen makes and locks a folder for the groups of this engine.
func (g *groups) pen(parent string) (string, error) {
	for {
		dir, err := os.MkdirTemp(parent, penName)
		if err != nil {
			return "", fmt.Errorf("making a control group: %w", err)
		}
		f, ours, err := lock(dir)
		if err == nil && !ours {
			continue // a sweeper was faster
		}
		switch {
		case err != nil:
		case g.version == 2:
			err = os.WriteFile(filepath.Join(dir, "cgroup.subtree_control"), []byte(enable), 0)
		default:
			err = g.wayHome(filepath.Join(dir, "tasks"))
		}
		if err != nil {
			if f != nil {
				f.Close()
			}
			unix.Rmdir(dir)
			return "", fmt.Errorf("making a control group: %w", err)
		}
		g.pens = append(g.pens, f)
		return dir, nil
	}
}

func (g *groups) wayHome(path string) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err == nil {
		g.home = append(g.home, f)
	}
	return err
}

// lock opens a folder and locks it for as long as it stays open; ours is false when somebody else holds it, or it is gone.
func lock(dir string) (f *os.File, ours bool, err error) {
	f, err = os.OpenFile(dir, os.O_RDONLY|unix.O_DIRECTORY|unix.O_NOFOLLOW, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	err = unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	if err == nil {
		var held, there os.FileInfo
		if held, err = f.Stat(); err == nil {
			if there, err = os.Lstat(dir); err == nil && os.SameFile(held, there) {
				return f, true, nil
			}
		}
	}
	f.Close()
	if err == nil || err == unix.EWOULDBLOCK || errors.Is(err, fs.ErrNotExist) {
		return nil, false, nil
	}
	return nil, false, err
}

// sweepPens removes what engines left that were killed, with every process in it.
func sweepPens(parent string) {
	old, _ := filepath.Glob(filepath.Join(parent, penName+"*"))
	for _, pen := range old {
		f, dead, _ := lock(pen)
		if !dead {
			continue
		}
		left, _ := filepath.Glob(filepath.Join(pen, "*", "cgroup.procs"))
		for _, procs := range left {
			all, _ := os.ReadFile(procs)
			for p := range strings.FieldsSeq(string(all)) {
				if n, err := strconv.Atoi(p); err == nil && n > 0 {
					unix.Kill(n, unix.SIGKILL)
				}
			}
			remove(filepath.Dir(procs))
		}
		remove(pen)
		f.Close()
	}
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

// In v2 processes live in leaves only, so an engine that shares its group with nobody moves into homeName to make room beside it.
const (
	homeName = "candor.home"
	enable   = "+memory +pids +cpu"
)

// delegated finds the v2 group below which we may make groups: our own when nobody else lives there, else, as root, the top of the mount.
// Nobody else's processes are moved.
func (g *groups) delegated(m mount, own string) {
	own = strings.TrimSuffix(own, "/"+homeName)
	err := enableIn(own)
	if err != nil && os.Geteuid() == 0 && own != m.at {
		if err = enableIn(m.at); err == nil {
			own = m.at
		}
	}
	if err == nil {
		err = g.wayHome(filepath.Join(inside(m, ownGroups()[""]), "cgroup.procs"))
	}
	for _, c := range controllers {
		if err != nil {
			g.why[c] = fmt.Sprintf("the control group %s is not delegated to this process: %v", own, err)
			continue
		}
		g.dirs[c] = own
	}
}

// enableIn lets groups below dir use our controllers.
func enableIn(dir string) error {
	control := filepath.Join(dir, "cgroup.subtree_control")
	on, err := os.ReadFile(control)
	if err != nil {
		return err
	}
	missing := func(c string) bool { return !slices.Contains(strings.Fields(string(on)), c) }
	if !slices.ContainsFunc(controllers, missing) {
		return unix.Access(dir, unix.W_OK)
	}
	if os.WriteFile(control, []byte(enable), 0) == nil {
		return nil
	}
	here, err := os.ReadFile(filepath.Join(dir, "cgroup.procs"))
	if err != nil {
		return err
	}
	if strings.TrimSpace(string(here)) != strconv.Itoa(os.Getpid()) {
		return errors.New("other processes live in it")
	}
	home := filepath.Join(dir, homeName)
	if err := os.Mkdir(home, 0o755); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	if err := os.WriteFile(filepath.Join(home, "cgroup.procs"), []byte("0"), 0); err != nil {
		return err
	}
	return os.WriteFile(control, []byte(enable), 0)
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

// close waits until every group is gone and removes the pens. No group can be created afterwards.
func (g *groups) close() error {
	g.mu.Lock()
	g.closed = true
	if g.spare != nil {
		g.spare.end()
		g.spare = nil
	}
	g.mu.Unlock()
	g.alive.Wait()
	closeAll(g.home)
	var err error
	for _, pen := range g.pens {
		err = errors.Join(err, remove(pen.Name()), pen.Close())
	}
	g.pens = nil
	return err
}

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
// not tell (Documentation/scheduler/sched-stats.rst, /proc/<pid>/schedstat).
func (r *group) starved() time.Duration {
	if len(r.paths) == 0 {
		return 0
	}
	threads := "tasks"
	if r.all.version == 2 {
		threads = "cgroup.threads"
	}
	all, err := os.ReadFile(filepath.Join(r.paths[0], threads))
	if err != nil {
		return 0
	}
	var most int64
	for id := range strings.FieldsSeq(string(all)) {
		b, err := os.ReadFile(filepath.Join("/proc", id, "schedstat"))
		if f := strings.Fields(string(b)); err == nil && len(f) > 1 {
			n, _ := strconv.ParseInt(f[1], 10, 64)
			most = max(most, n)
		}
	}
	return time.Duration(most)
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
