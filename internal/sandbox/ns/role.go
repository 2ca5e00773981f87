package ns

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"sync"

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
