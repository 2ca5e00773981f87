package ns

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

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
