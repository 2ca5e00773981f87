package ns

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"os/signal"
	"path"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// roleName is argv[0] of the init.
const roleName = "candor-init"

// The init's ends: of the socket that brings orders, and of the pipe on which a byte, its number, ends a run. End of file on it ends the init.
const (
	hostFD = 3
	killFD = 4
)

// An init is the whole binary, and everything that its packages set up at start (70 ms of CPU for highlighters, sanitizers and databases) would
// be paid for every slot. Packages are initialised in the order of their paths, as soon as what they import is ready: here that is a tenth
// of the way. The order is no promise of Go's; Main keeps what this only makes fast.
func init() { Main() }

// Main is the init of a slot: PID 1 of fresh namespaces. The binary's main, and TestMain of every test that opens slots, call it
// first; it returns at once unless the process was started as an init, and then it never returns.
func Main() {
	if len(os.Args) == 0 || os.Args[0] != roleName {
		return
	}
	runtime.LockOSThread() // a locked goroutine on the main thread would never leave it: keep the main thread for this one
	// Swallowed, not ignored: an ignored signal would stay ignored in the programs. These are the ones that would end a Go program; each costs
	// two changes of threads.
	signal.Notify(make(chan os.Signal, 1), unix.SIGHUP, unix.SIGINT, unix.SIGQUIT, unix.SIGILL, unix.SIGTRAP, unix.SIGABRT, unix.SIGBUS, unix.SIGFPE,
		unix.SIGSEGV, unix.SIGTERM, unix.SIGSTKFLT, unix.SIGSYS)
	host, err := newLink(hostFD)
	if err == nil {
		err = (&guest{host: host}).serve()
	}
	if err != nil {
		os.Exit(1)
	}
	os.Exit(0)
}

// guest is the init: it trusts the host and nothing else. Orders are taken by the very thread that programs are forked from, which stands behind
// the walls: each change of threads would cost a short program's own time again. What the walls forbid, the main thread does for it.
type guest struct {
	host     *link
	setup    setup
	home     []*os.File // a "0" written there brings a thread (cgroup v1) or all of them (v2) out of a run's control group
	box      *os.Root
	filter   []unix.SockFilter
	outside  chan func() // what the main thread shall do, one after the other
	loopback chan func() // the thread behind the walls of programs with a loopback; nil until one needs it
	ours     []string    // files of the box that no program may change
	locked   bool        // the box is read-only
	lowered  map[int]uint64
	raised   map[int]unix.Rlimit // what the lowered limits were

	mu      sync.Mutex
	running byte // the number of the run that a kill is meant for; 0 is none
}

func (g *guest) serve() error {
	unix.CloseOnExec(hostFD)
	unix.CloseOnExec(killFD)
	go g.obey()
	m, files, err := g.host.receive()
	if err != nil {
		return err
	}
	reply := message{Op: m.Op}
	if m.Setup == nil {
		err = errors.New("the first message is no setup")
	} else {
		err = g.start(*m.Setup, files)
	}
	if err != nil {
		reply.Err = err.Error()
	}
	if err := g.host.send(reply); err != nil {
		return err
	}
	for f := range g.outside {
		f()
	}
	return nil
}

// obey kills what runs when the host says so, and everything when the host is gone.
func (g *guest) obey() {
	var b [1]byte
	for {
		n, err := unix.Read(killFD, b[:])
		switch {
		case err == unix.EINTR:
		case n != 1:
			os.Exit(1) // the namespace dies with us
		default:
			g.mu.Lock()
			if b[0] == g.running { // else it comes too late
				unix.Kill(-1, unix.SIGKILL) // everybody in this namespace but us
			}
			g.mu.Unlock()
		}
	}
}

// orders takes one after the other. It runs behind the walls.
func (g *guest) orders() {
	for {
		m, files, err := g.host.receive()
		if err != nil {
			os.Exit(1)
		}
		reply, out := g.do(m, files)
		closeAll(files)
		err = g.host.send(reply, out...)
		closeAll(out)
		if err != nil {
			os.Exit(1)
		}
	}
}

// out has the main thread do something that the walls forbid.
func (g *guest) out(f func() error) error {
	done := make(chan error)
	g.outside <- func() { done <- f() }
	return <-done
}

// free has the main thread do something with the box, without what limits programs.
func (g *guest) free(f func() error) error {
	return g.out(func() error {
		g.lower(nil)
		if g.locked {
			if err := g.lockBox(false); err != nil {
				return err
			}
		}
		return f()
	})
}

func (g *guest) do(m message, files []*os.File) (message, []*os.File) {
	var out []*os.File
	reply := message{Op: m.Op}
	var err error
	switch m.Op {
	case "write":
		err = g.free(func() error { return g.write(m.Files, files[0]) })
	case "read":
		err = g.free(func() (err error) { out, err = g.read(m.Name, m.Max); return err })
	case "copy":
		err = g.free(func() (err error) { out, err = g.copy(); return err })
	case "paste":
		err = g.free(func() error { return g.paste(files) })
	case "run":
		reply, err = g.run(*m.Run, files)
	case "probe":
		reply.Errnos = attempts(m.Host)
	default:
		err = errors.New("unknown operation " + m.Op)
	}
	if err != nil {
		reply.Err = err.Error()
		reply.Missing = errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) || errors.Is(err, unix.ENOEXEC) || errors.Is(err, exec.ErrNotFound)
	}
	return reply, out
}

func (g *guest) start(s setup, home []*os.File) (err error) {
	g.setup, g.home, g.outside = s, home, make(chan func())
	if err := buildRoot(s); err != nil {
		return err
	}
	os.Clearenv()
	os.Setenv("PATH", s.Path)
	for what, most := range map[int]uint64{unix.RLIMIT_NOFILE: 512, unix.RLIMIT_CORE: 0, unix.RLIMIT_MEMLOCK: 64 << 10} {
		var now unix.Rlimit
		err := unix.Getrlimit(what, &now)
		if err == nil {
			most = min(most, now.Max)
			err = unix.Setrlimit(what, &unix.Rlimit{Cur: most, Max: most})
		}
		if err != nil {
			return fmt.Errorf("setting limit %d: %w", what, err)
		}
	}
	if g.filter, err = filter(); err != nil {
		return err
	}
	if g.box, err = os.OpenRoot("/box"); err != nil {
		return err
	}
	return g.wall(false, g.orders)
}

// write puts files into the box while no program runs. What stands at a name is removed first, so that nothing is written through a link.
func (g *guest) write(files []file, data *os.File) error {
	for _, f := range files {
		if f.Size < 0 || !fs.ValidPath(f.Name) || f.Name == "." {
			return fmt.Errorf("%q is no name of a file in the box", f.Name)
		}
		if err := g.folders(path.Dir(f.Name), f.Root); err != nil {
			return err
		}
		if err := g.box.RemoveAll(f.Name); err != nil {
			return err
		}
		h, err := g.box.OpenFile(f.Name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if err != nil {
			return err
		}
		_, err = io.CopyN(h, data, f.Size)
		if err == nil {
			err = h.Chmod(fs.FileMode(f.Mode) & 0o777)
		}
		if err == nil && !f.Root {
			err = h.Chown(g.setup.UID, g.setup.UID)
		}
		if g.ours = slices.DeleteFunc(g.ours, func(name string) bool { return name == f.Name }); f.Root {
			g.ours = append(g.ours, f.Name)
		}
		if e := h.Close(); err == nil {
			err = e
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// folders makes dir and those above it: others may add files, not take ours away. Links are replaced by folders. With seize, folders
// that a program made become ours too: whoever owns a folder can swap what is in it.
func (g *guest) folders(dir string, seize bool) error {
	if dir == "." {
		return nil
	}
	made := ""
	for part := range strings.SplitSeq(dir, "/") {
		made = path.Join(made, part)
		info, err := g.box.Lstat(made)
		there := err == nil && info.IsDir()
		if err == nil && !there {
			err = g.box.Remove(made)
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		if !there {
			err = g.box.Mkdir(made, 0o700)
		}
		if there && seize {
			err = g.box.Lchown(made, 0, 0)
		}
		if err == nil && (!there || seize) {
			err = g.box.Chmod(made, 0o777|fs.ModeSticky)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// read copies a regular file of the box into a memfd while no program runs; links, FIFOs and devices are refused without being opened for real.
func (g *guest) read(name string, max int64) ([]*os.File, error) {
	box, err := g.box.Open(".")
	if err != nil {
		return nil, err
	}
	defer box.Close()
	fd, err := unix.Openat2(int(box.Fd()), name, &unix.OpenHow{Flags: unix.O_RDONLY | unix.O_NONBLOCK | unix.O_NOCTTY | unix.O_CLOEXEC,
		Resolve: unix.RESOLVE_BENEATH | unix.RESOLVE_NO_SYMLINKS | unix.RESOLVE_NO_XDEV})
	if err != nil {
		return nil, err
	}
	h := os.NewFile(uintptr(fd), name)
	defer h.Close()
	info, err := h.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("not a regular file")
	}
	if info.Size() > max {
		return nil, fmt.Errorf("%d bytes; at most %d are read", info.Size(), max)
	}
	out, err := memfd("result", false)
	if err != nil {
		return nil, err
	}
	if _, err = io.Copy(out, io.LimitReader(h, max)); err == nil {
		_, err = out.Seek(0, io.SeekStart)
	}
	if err != nil {
		out.Close()
		return nil, err
	}
	return []*os.File{out}, nil
}

// run starts one program behind all walls, waits until it is over, and hands back a fresh /tmp.
func (g *guest) run(o order, files []*os.File) (reply message, err error) {
	reply = message{Op: "run"}
	if need := 3 + o.Extra + o.Enter + o.Late; len(files) != need {
		return reply, fmt.Errorf("%d descriptors came, %d were announced", len(files), need)
	}
	if err := g.limits(map[int]uint64{unix.RLIMIT_STACK: o.Stack, unix.RLIMIT_FSIZE: o.FileSize, unix.RLIMIT_CPU: o.CPUSeconds, unix.RLIMIT_NPROC: o.Processes}); err != nil {
		return reply, err
	}
	if o.CPUSeconds > 0 || o.Processes > 0 { // they would count what the init uses
		defer g.limits(nil)
	}
	if o.ReadOnly != g.locked {
		if err := g.out(func() error { return g.lockBox(o.ReadOnly) }); err != nil {
			return reply, err
		}
	}
	if g.setup.UID == 0 && len(g.ours) > 0 {
		var uncover func()
		if err := g.out(func() (err error) { uncover, err = g.cover(); return err }); err != nil {
			return reply, err
		}
		defer g.out(func() error { uncover(); return nil })
	}
	if o.Loopback {
		if err := g.out(g.openLoopback); err != nil {
			return reply, fmt.Errorf("loopback: %w", err)
		}
		done := make(chan struct{})
		g.loopback <- func() { err = g.execute(o, files, &reply); close(done) }
		<-done
	} else {
		err = g.execute(o, files, &reply)
	}
	if err == nil && littered() {
		err = g.out(g.freshTmp)
	}
	return reply, err
}

// execute starts one program from this thread, reaps until it is over, and ends whatever it left.
func (g *guest) execute(o order, files []*os.File, reply *message) error {
	g.now(o.Number)
	defer g.now(0)
	began := time.Now()
	pid, err := g.spawn(o, files)
	closeAll(files)
	for err == nil {
		var ws unix.WaitStatus
		var use unix.Rusage
		var p int
		if p, err = unix.Wait4(-1, &ws, unix.WALL, &use); err == nil {
			reply.count(use)
		}
		if err == unix.EINTR {
			err = nil
		}
		if p == pid {
			reply.Raw = uint32(ws)
			break
		}
	}
	reply.Wall = int64(time.Since(began))
	unix.Kill(-1, unix.SIGKILL)
	for { // until there are no children
		var use unix.Rusage
		_, e := unix.Wait4(-1, nil, unix.WALL, &use)
		if e == nil {
			reply.count(use)
		} else if e != unix.EINTR {
			break
		}
	}
	return err
}

// now says which run a kill may be for.
func (g *guest) now(number byte) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.running = number
}

func (m *message) count(u unix.Rusage) {
	m.CPU += u.Utime.Nano() + u.Stime.Nano()
	m.Peak = max(m.Peak, u.Maxrss<<10)
}

// lockBox makes /box read-only, or writable again. It stays so until the other is needed.
func (g *guest) lockBox(yes bool) error {
	flags := uintptr(unix.MS_REMOUNT | unix.MS_BIND | unix.MS_NOSUID | unix.MS_NODEV)
	if yes {
		flags |= unix.MS_RDONLY
	}
	if err := unix.Mount("", "/box", "", flags, ""); err != nil {
		return fmt.Errorf("remounting the box: %w", err)
	}
	g.locked = yes
	return nil
}

// cover protects our files where programs have the same user id as we, without root: each becomes a read-only mount, and the folders above it
// mounts too, which nobody can move or remove. With user ids of their own there is nothing to do.
func (g *guest) cover() (uncover func(), err error) {
	var covered []string
	uncover = func() {
		for _, p := range slices.Backward(covered) {
			unix.Unmount(p, unix.MNT_DETACH)
		}
	}
	if g.setup.UID != 0 {
		return uncover, nil
	}
	seal := func(name string, flags uint64) {
		p := path.Join("/box", name)
		if err != nil || slices.Contains(covered, p) {
			return
		}
		if err = unix.Mount(p, p, "", unix.MS_BIND, ""); err == nil {
			covered = append(covered, p)
			err = unix.MountSetattr(-1, p, 0, &unix.MountAttr{Attr_set: flags})
		}
		if err != nil {
			err = fmt.Errorf("protecting %s: %w", name, err)
		}
	}
	for _, name := range g.ours {
		for i, c := range name {
			if c == '/' {
				seal(name[:i], 0)
			}
		}
		seal(name, unix.MOUNT_ATTR_RDONLY)
	}
	if err != nil {
		uncover()
	}
	return uncover, err
}

// littered says whether something was left in /tmp.
func littered() bool {
	var s unix.Statfs_t
	return unix.Statfs(tmpAt, &s) != nil || s.Files-s.Ffree > 1 // its root
}

// freshTmp replaces /tmp. It is called only where that is needed: unmounting waits for the kernel.
func (g *guest) freshTmp() error {
	if err := unix.Unmount(tmpAt, unix.MNT_DETACH); err != nil {
		return err
	}
	return mountTmp(g.setup)
}

// openLoopback switches the only interface of the namespace on, and has a thread ready whose walls let programs use it.
func (g *guest) openLoopback() error {
	if g.loopback == nil {
		orders := make(chan func())
		if err := g.wall(true, func() {
			for f := range orders {
				f()
			}
		}); err != nil {
			return err
		}
		g.loopback = orders
	}
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	lo, err := unix.NewIfreq("lo")
	if err != nil {
		return err
	}
	lo.SetUint16(unix.IFF_UP | unix.IFF_RUNNING)
	return unix.IoctlIfreq(fd, unix.SIOCSIFFLAGS, lo)
}

// limits sets the soft limits that programs inherit. They stay until others are needed: only the main thread may change them. 0 leaves a limit alone.
func (g *guest) limits(want map[int]uint64) error {
	if maps.Equal(want, g.lowered) {
		return nil
	}
	return g.out(func() error { return g.lower(want) })
}

// lower sets limits in place of those that were set before. The main thread calls it.
func (g *guest) lower(want map[int]uint64) error {
	for what, l := range g.raised {
		unix.Setrlimit(what, &l)
	}
	g.lowered, g.raised = want, map[int]unix.Rlimit{}
	for what, v := range want {
		var now unix.Rlimit
		if v == 0 {
			continue
		}
		err := unix.Getrlimit(what, &now)
		if err == nil {
			g.raised[what] = now
			err = unix.Setrlimit(what, &unix.Rlimit{Cur: min(v, now.Max), Max: now.Max})
		}
		if err != nil {
			return errors.Join(fmt.Errorf("setting limit %d: %w", what, err), g.lower(nil))
		}
	}
	return nil
}

// spawn forks from this thread while it is in the run's control group.
func (g *guest) spawn(o order, files []*os.File) (pid int, err error) {
	exe := o.Args[0]
	if !strings.Contains(exe, "/") {
		if exe, err = exec.LookPath(exe); err != nil {
			return 0, err
		}
	}
	fds := make([]uintptr, 3+o.Extra)
	for i := range fds {
		fds[i] = files[i].Fd()
	}
	attr := &syscall.ProcAttr{Dir: path.Join("/box", o.Dir), Env: o.Env, Files: fds, Sys: &syscall.SysProcAttr{Setsid: true}}
	if g.setup.UID != 0 {
		attr.Sys.Credential = &syscall.Credential{Uid: uint32(g.setup.UID), Gid: uint32(g.setup.UID)}
	}
	enter, late := files[3+o.Extra:3+o.Extra+o.Enter], files[3+o.Extra+o.Enter:]
	if err = move(enter, "0"); err == nil && g.setup.Without != "close_range" {
		err = unix.CloseRange(3, ^uint(0), unix.CLOSE_RANGE_CLOEXEC)
	}
	if err == nil {
		pid, err = syscall.ForkExec(exe, o.Args, attr)
	}
	err = errors.Join(err, move(g.home, "0"))
	if e := move(late, strconv.Itoa(o.Pids)); err == nil {
		err = e
	}
	return pid, err
}

// move writes the same text into each control file. It allocates nothing but errors.
func move(files []*os.File, text string) error {
	for _, f := range files {
		if _, err := f.WriteString(text); err != nil {
			return fmt.Errorf("moving between control groups: %w", err)
		}
	}
	return nil
}

// wall starts an OS thread that puts itself behind every wall, and runs f there, as long as the slot lives: programs are forked from nowhere else.
func (g *guest) wall(loopback bool, f func()) error {
	ready := make(chan error)
	go func() {
		runtime.LockOSThread() // and never unlocked: nothing else may run here
		err := g.harden(loopback)
		ready <- err
		if err == nil {
			f()
		}
	}()
	return <-ready
}

// harden puts the calling thread behind every wall.
func (g *guest) harden(loopback bool) error {
	rules, err := ruleset(g.setup.Binds, loopback)
	if err != nil {
		return fmt.Errorf("landlock: %w", err)
	}
	for c := uintptr(0); c <= unix.CAP_LAST_CAP; c++ {
		if err := unix.Prctl(unix.PR_CAPBSET_DROP, c, 0, 0, 0); err != nil && err != unix.EINVAL {
			return fmt.Errorf("dropping capability %d: %w", c, err)
		}
	}
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return fmt.Errorf("no_new_privs: %w", err)
	}
	if rules >= 0 {
		defer unix.Close(rules)
		if g.setup.Without != "landlock" {
			if _, _, e := unix.RawSyscall(unix.SYS_LANDLOCK_RESTRICT_SELF, uintptr(rules), 0, 0); e != 0 {
				return fmt.Errorf("landlock: %w", e)
			}
		}
	}
	if g.setup.Without != "seccomp" {
		if err := confine(g.filter); err != nil {
			return fmt.Errorf("seccomp: %w", err)
		}
	}
	return nil
}
