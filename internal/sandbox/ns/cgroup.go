package ns

import (
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
	yields  bool // see Options

	mu     sync.Mutex
	serial int
	closed bool
	spare  *group         // made ahead of time
	alive  sync.WaitGroup // groups that are not removed yet
}

type mount struct{ root, at, kind, options string }

// inV1 is a controller's name in v1.
func inV1(c string) string {
	if c == cpu {
		return "cpuacct"
	}
	return c
}

// has: the mount is a v1 hierarchy with this controller.
func (m mount) has(c string) bool {
	return m.kind == "cgroup" && slices.Contains(strings.Split(m.options, ","), inV1(c))
}

// findGroups looks at what is mounted and where this process is, sweeps what dead engines left, and makes a pen. It never fails: what cannot
// be used is missing.
func findGroups(yields bool) *groups {
	g := &groups{yields: yields, dirs: map[string]string{}, why: map[string]string{}}
	mounts, own := cgroupMounts(), ownGroups()
	for _, c := range controllers {
		for _, m := range mounts {
			if m.has(c) {
				g.version = 1
				g.dirs[c] = inside(m, own[inV1(c)])
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
			if err == nil && g.yields {
				yieldGroup(pen)
			}
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
