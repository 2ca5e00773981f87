package ns

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"os/signal"
	"path"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// roleName is argv[0] of the init.
const roleName = "candor-init"

// hostFD is the init's end of the socket.
const hostFD = 3

// Main is the init of a slot: PID 1 of fresh namespaces. The binary's main, and TestMain of every test that opens slots, call it
// first; it returns at once unless the process was started as an init, and then it never returns.
func Main() {
	if len(os.Args) == 0 || os.Args[0] != roleName {
		return
	}
	runtime.LockOSThread() // a locked goroutine on the main thread would never leave it: keep the main thread for this one
	// Swallowed, not ignored: an ignored signal would stay ignored in the programs, and an ignored SIGCHLD takes their wait status away.
	signal.Notify(make(chan os.Signal, 1))
	if err := (&guest{}).serve(); err != nil {
		os.Exit(1)
	}
	os.Exit(0)
}

// guest is the init: it trusts the host and nothing else.
type guest struct {
	setup  setup
	box    *os.Root
	filter []unix.SockFilter
	busy   sync.Mutex
}

func (g *guest) serve() error {
	unix.CloseOnExec(hostFD)
	for {
		m, files, err := receive(hostFD)
		if err != nil {
			return err // the host is gone: the namespace dies with us
		}
		if m.Op == "kill" {
			unix.Kill(-1, unix.SIGKILL) // everybody in this namespace but us
			continue
		}
		g.busy.Lock()
		go func() {
			reply, out := g.do(m, files)
			closeAll(files)
			g.busy.Unlock()
			send(hostFD, reply, out...)
			closeAll(out)
		}()
	}
}

func (g *guest) do(m message, files []*os.File) (message, []*os.File) {
	var out []*os.File
	var err error
	reply := message{Op: m.Op}
	switch m.Op {
	case "setup":
		err = g.start(*m.Setup)
	case "write":
		err = g.write(m.Files, files[0])
	case "read":
		out, err = g.read(m.Name, m.Max)
	case "run":
		reply, err = g.run(*m.Run, files)
	case "probe":
		reply.Errnos, err = g.probe()
	default:
		err = errors.New("unknown operation " + m.Op)
	}
	if err != nil {
		reply.Err = err.Error()
		reply.Missing = errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) || errors.Is(err, unix.ENOEXEC) || errors.Is(err, exec.ErrNotFound)
	}
	return reply, out
}

func (g *guest) start(s setup) (err error) {
	g.setup = s
	if err := buildRoot(s); err != nil {
		return err
	}
	os.Clearenv()
	os.Setenv("PATH", s.Path)
	for what, v := range map[int]uint64{unix.RLIMIT_NOFILE: 512, unix.RLIMIT_CORE: 0, unix.RLIMIT_MEMLOCK: 64 << 10} {
		if err := unix.Setrlimit(what, &unix.Rlimit{Cur: v, Max: v}); err != nil {
			return fmt.Errorf("setting limit %d: %w", what, err)
		}
	}
	if g.filter, err = filter(); err != nil {
		return err
	}
	g.box, err = os.OpenRoot("/box")
	return err
}

// write puts files into the box. What stands at a name is removed first, so that nothing is written through a link.
func (g *guest) write(files []file, data *os.File) error {
	for _, f := range files {
		if f.Size < 0 || !fs.ValidPath(f.Name) || f.Name == "." {
			return fmt.Errorf("%q is no name of a file in the box", f.Name)
		}
		if dir := path.Dir(f.Name); dir != "." {
			made := ""
			for _, part := range strings.Split(dir, "/") {
				made = path.Join(made, part)
				if err := g.box.Mkdir(made, 0o700); err == nil {
					if err := g.box.Chmod(made, 0o777|fs.ModeSticky); err != nil { // others may add files, not take ours away
						return err
					}
				} else if !errors.Is(err, fs.ErrExist) {
					return err
				}
			}
		}
		if err := g.box.RemoveAll(f.Name); err != nil {
			return err
		}
		h, err := g.box.OpenFile(f.Name, os.O_WRONLY|os.O_CREATE|os.O_EXCL|unix.O_NOFOLLOW, 0o600)
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
		if e := h.Close(); err == nil {
			err = e
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// read copies a regular file of the box into a memfd; links, FIFOs and devices are refused without being opened for real.
func (g *guest) read(name string, max int64) ([]*os.File, error) {
	h, err := g.box.OpenFile(name, os.O_RDONLY|unix.O_NOFOLLOW|unix.O_NONBLOCK|unix.O_NOCTTY, 0)
	if err != nil {
		return nil, err
	}
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
	b, err := io.ReadAll(io.LimitReader(h, max+1))
	if err != nil {
		return nil, err
	}
	out, err := memfd("result", false, b)
	if err != nil {
		return nil, err
	}
	return []*os.File{out}, nil
}

// run starts one program behind all walls, reaps until it is over, ends whatever it left, and hands back a fresh /tmp.
func (g *guest) run(o order, files []*os.File) (message, error) {
	need := 3 + o.Extra + o.Enter + o.Home
	if len(files) != need {
		return message{Op: "run"}, fmt.Errorf("%d descriptors came, %d were announced", len(files), need)
	}
	unix.Setrlimit(unix.RLIMIT_STACK, &unix.Rlimit{Cur: o.Stack, Max: unix.RLIM_INFINITY})
	unix.Setrlimit(unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: o.FileSize, Max: unix.RLIM_INFINITY})
	began := time.Now()
	pid, err := g.spawn(o, files)
	closeAll(files)
	if err != nil {
		unix.Kill(-1, unix.SIGKILL)
		reap()
		return message{Op: "run"}, err
	}
	reply := message{Op: "run"}
	for {
		var ws unix.WaitStatus
		p, err := unix.Wait4(-1, &ws, unix.WALL, nil)
		if err == unix.EINTR {
			continue
		}
		if err != nil {
			return reply, fmt.Errorf("waiting: %w", err)
		}
		if p == pid {
			reply.Raw = uint32(ws)
			break
		}
	}
	reply.Wall = int64(time.Since(began))
	unix.Kill(-1, unix.SIGKILL)
	reap()
	unix.Unmount("/tmp", unix.MNT_DETACH)
	return reply, mountTmp(g.setup)
}

func reap() {
	for {
		if _, err := unix.Wait4(-1, nil, unix.WALL, nil); err != nil && err != unix.EINTR {
			return
		}
	}
}

// spawn forks from an OS thread that carries the cgroup, no_new_privs, Landlock and the filter, and is thrown away afterwards.
func (g *guest) spawn(o order, files []*os.File) (int, error) {
	exe := o.Args[0]
	if !strings.Contains(exe, "/") {
		found, err := exec.LookPath(exe)
		if err != nil {
			return 0, err
		}
		exe = found
	}
	fds := make([]uintptr, 3+o.Extra)
	for i := range fds {
		fds[i] = files[i].Fd()
	}
	attr := &syscall.ProcAttr{Dir: path.Join("/box", o.Dir), Env: o.Env, Files: fds, Sys: &syscall.SysProcAttr{Setsid: true}}
	if g.setup.UID != 0 {
		attr.Sys.Credential = &syscall.Credential{Uid: uint32(g.setup.UID), Gid: uint32(g.setup.UID)}
	}
	enter, home := files[3+o.Extra:3+o.Extra+o.Enter], files[3+o.Extra+o.Enter:]
	type result struct {
		pid int
		err error
	}
	done := make(chan result, 1)
	go func() {
		runtime.LockOSThread() // and never unlocked: the thread ends with this goroutine
		err := g.harden(enter, o)
		pid := 0
		if err == nil {
			pid, err = syscall.ForkExec(exe, o.Args, attr)
		}
		done <- result{pid, err}
	}()
	r := <-done
	for _, f := range home { // cgroup v2 moves whole processes: go back where the init lives
		unix.Write(int(f.Fd()), []byte("0"))
	}
	return r.pid, r.err
}

func (g *guest) harden(enter []*os.File, o order) error {
	for _, f := range enter {
		if _, err := unix.Write(int(f.Fd()), []byte("0")); err != nil {
			return fmt.Errorf("entering the cgroup: %w", err)
		}
	}
	rules, err := ruleset(!o.ReadOnly, o.Loopback)
	if err != nil {
		return fmt.Errorf("landlock: %w", err)
	}
	if err := unix.CloseRange(3, ^uint(0), unix.CLOSE_RANGE_CLOEXEC); err != nil {
		return fmt.Errorf("closing descriptors: %w", err)
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
		_, _, e := unix.RawSyscall(unix.SYS_LANDLOCK_RESTRICT_SELF, uintptr(rules), 0, 0)
		unix.Close(rules)
		if e != 0 {
			return fmt.Errorf("landlock: %w", e)
		}
	}
	if err := confine(g.filter); err != nil {
		return fmt.Errorf("seccomp: %w", err)
	}
	return nil
}
