package ns

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"candor/internal/sandbox"
)

// patience is how long an init may take for anything but running a program.
const patience = 10 * time.Second

// slot is one init.
type slot struct {
	engine *Engine
	cmd    *exec.Cmd
	fd     int
	got    chan reply
	gone   chan struct{} // closed when the init is dead and reaped
	place  bool          // it was handed out
	once   sync.Once
}

type reply struct {
	message
	files []*os.File
}

// boot starts an init and has it build its root.
func (e *Engine) boot(ctx context.Context) (*slot, error) {
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	theirs := os.NewFile(uintptr(pair[1]), "init")
	defer theirs.Close()
	uid := e.uid()
	cmd := &exec.Cmd{
		Path: "/proc/self/exe", Args: []string{roleName}, Dir: "/", ExtraFiles: []*os.File{theirs},
		Env: []string{"GOMAXPROCS=2", "GODEBUG=madvdontneed=1"},
		SysProcAttr: &syscall.SysProcAttr{Setsid: true, Cloneflags: unix.CLONE_NEWPID | unix.CLONE_NEWNS | unix.CLONE_NEWNET | unix.CLONE_NEWIPC |
			unix.CLONE_NEWUTS | unix.CLONE_NEWCGROUP},
	}
	if os.Geteuid() != 0 {
		a := cmd.SysProcAttr
		a.Cloneflags |= unix.CLONE_NEWUSER
		a.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Geteuid(), Size: 1}}
		a.GidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getegid(), Size: 1}}
	}
	if err := cmd.Start(); err != nil {
		unix.Close(pair[0])
		return nil, err
	}
	s := &slot{engine: e, cmd: cmd, fd: pair[0], got: make(chan reply, 1), gone: make(chan struct{})}
	go s.listen()
	ready := e.setup(uid)
	if _, err := s.call(ctx, message{Op: "setup", Setup: &ready}); err != nil {
		s.end()
		return nil, err
	}
	return s, nil
}

// listen hands on what the init says, until it is dead.
func (s *slot) listen() {
	for {
		m, files, err := receive(s.fd)
		if err != nil {
			break
		}
		s.got <- reply{m, files}
	}
	s.cmd.Process.Kill()
	s.cmd.Wait()
	close(s.gone)
}

// end kills the init; the kernel kills all its descendants with it.
func (s *slot) end() {
	s.once.Do(func() {
		s.cmd.Process.Kill()
		for over := false; !over; {
			select {
			case r := <-s.got:
				closeAll(r.files)
			case <-s.gone:
				over = true
			}
		}
		unix.Close(s.fd)
		if s.place {
			<-s.engine.places
		}
	})
}

// Close throws the slot away with everything in it.
func (s *slot) Close() error {
	s.end()
	return nil
}

// call asks the init for something that takes no program.
func (s *slot) call(ctx context.Context, m message, files ...*os.File) (reply, error) {
	if err := send(s.fd, m, files...); err != nil {
		return reply{}, fmt.Errorf("%w: %w", sandbox.ErrGone, err)
	}
	late := time.NewTimer(patience)
	defer late.Stop()
	select {
	case r := <-s.got:
		if r.Err != "" {
			closeAll(r.files)
			return r, errors.New("sandbox: " + r.Err)
		}
		return r, nil
	case <-s.gone:
		return reply{}, sandbox.ErrGone
	case <-ctx.Done():
		s.cmd.Process.Kill() // an answer that nobody waits for would be taken for the next one's
		return reply{}, ctx.Err()
	case <-late.C:
		s.cmd.Process.Kill()
		return reply{}, fmt.Errorf("%w: %s took longer than %s", sandbox.ErrGone, m.Op, patience)
	}
}

// Write puts files into the box; a file that is there is replaced, never written through.
func (s *slot) Write(ctx context.Context, files []sandbox.File) error {
	for len(files) > 0 {
		n := min(len(files), 200) // of a message's size
		list, data := make([]file, n), make([][]byte, n)
		for i, f := range files[:n] {
			mode := f.Mode
			if mode == 0 {
				mode = 0o644
			}
			list[i], data[i] = file{Name: f.Name, Size: int64(len(f.Data)), Mode: uint32(mode), Root: f.Root}, f.Data
		}
		files = files[n:]
		memory, err := memfd("files", false, data...)
		if err != nil {
			return err
		}
		_, err = s.call(ctx, message{Op: "write", Files: list}, memory)
		memory.Close()
		if err != nil {
			return err
		}
	}
	return nil
}

// Read returns a regular file of the box. Problems: sandbox.ErrArtefact.
func (s *slot) Read(ctx context.Context, name string, max int64) ([]byte, error) {
	r, err := s.call(ctx, message{Op: "read", Name: name, Max: max})
	if err != nil {
		if r.Err != "" {
			return nil, sandbox.ErrArtefact.With("why", r.Err)
		}
		return nil, err
	}
	defer closeAll(r.files)
	if len(r.files) != 1 {
		return nil, errors.New("sandbox: no file came")
	}
	return io.ReadAll(io.LimitReader(r.files[0], max))
}

// standing limits of the profiles.
func standing(p sandbox.Profile) sandbox.Spec {
	switch p {
	case sandbox.Compile:
		return sandbox.Spec{CPU: 30 * time.Second, Memory: 1 << 30, Pids: 128, Output: 256 << 10, FileSize: 256 << 20}
	case sandbox.Project:
		return sandbox.Spec{CPU: 120 * time.Second, Memory: 2 << 30, Pids: 512, Output: 4 << 20, FileSize: 256 << 20}
	}
	return sandbox.Spec{CPU: 2 * time.Second, Memory: 256 << 20, Pids: 64, Output: 1 << 20, FileSize: 64 << 20}
}

func withDefaults(s sandbox.Spec) sandbox.Spec {
	d := standing(s.Profile)
	if s.CPU == 0 {
		s.CPU = d.CPU
	}
	if s.Wall == 0 {
		s.Wall = 3*s.CPU + time.Second
	}
	if s.Memory == 0 {
		s.Memory = d.Memory
	}
	if s.Pids == 0 {
		s.Pids = d.Pids
	}
	if s.Output == 0 {
		s.Output = d.Output
	}
	if s.FileSize == 0 {
		s.FileSize = d.FileSize
	}
	return s
}

// Run executes one program. It returns an error only where there is no report: the context ended, or the slot is gone.
func (s *slot) Run(ctx context.Context, spec sandbox.Spec) (sandbox.Report, error) {
	spec = withDefaults(spec)
	if len(spec.Args) == 0 {
		return sandbox.Report{}, errors.New("sandbox: nothing to run")
	}
	g, err := s.engine.groups.create(spec.Memory, spec.Pids)
	if err != nil {
		return sandbox.Report{}, err
	}
	defer g.end()
	c, err := connect(spec)
	if err != nil {
		return sandbox.Report{}, err
	}
	defer c.close()
	order := order{Args: spec.Args, Env: spec.Env, Dir: spec.Dir, Extra: len(spec.Extra), Enter: len(g.enter), Home: len(g.home), Stack: uint64(spec.Memory),
		FileSize: uint64(spec.FileSize), ReadOnly: spec.ReadOnly, Loopback: spec.Profile == sandbox.Project}
	files := append(append(append([]*os.File{}, c.theirs...), spec.Extra...), append(append([]*os.File{}, g.enter...), g.home...)...)
	began := time.Now()
	err = send(s.fd, message{Op: "run", Run: &order}, files...)
	c.sent()
	if err != nil {
		return sandbox.Report{}, fmt.Errorf("%w: %w", sandbox.ErrGone, err)
	}
	r, cause, err := s.watch(ctx, spec, g, c, began)
	if err != nil {
		return sandbox.Report{}, err
	}
	c.finish()
	out := sandbox.Report{CPU: g.cpu(), Memory: g.peak(), PidsHit: int(g.refused()), Wall: time.Duration(r.Wall), Stdout: c.out.Bytes(), Stderr: c.err.Bytes(), Cut: c.cap.over()}
	if s.engine.opt.AllowWeak {
		out.Weak = s.engine.weak
	}
	if out.Wall == 0 {
		out.Wall = time.Since(began)
	}
	if r.Err != "" {
		if r.Missing && strings.HasPrefix(spec.Args[0], "/box") {
			out.Status, out.ExitCode, out.Reason = sandbox.RE, 127, "there is no program to run at "+strings.TrimPrefix(spec.Args[0], "/box/")
		} else {
			out.Status, out.Reason = sandbox.IE, "the sandbox could not start the program: "+r.Err
		}
		return out, nil
	}
	judge(&out, unix.WaitStatus(r.Raw), spec, cause, g.ooms())
	return out, nil
}

// watch waits for the end of a run and brings it about when a limit is passed; the cause is the status we killed for, or "".
func (s *slot) watch(ctx context.Context, spec sandbox.Spec, g *group, c *pipes, began time.Time) (r reply, cause sandbox.Status, err error) {
	tick := time.NewTimer(interval(spec.CPU))
	defer tick.Stop()
	var killed time.Time
	kill := func(why sandbox.Status) {
		if cause == "" {
			cause, killed = why, time.Now()
		}
		send(s.fd, message{Op: "kill"})
	}
	done, full := ctx.Done(), c.cap.full
	for {
		select {
		case r := <-s.got:
			return r, cause, ctx.Err()
		case <-s.gone:
			return reply{}, cause, errors.Join(sandbox.ErrGone, ctx.Err())
		case <-done:
			done = nil
			kill(sandbox.IE)
		case <-full:
			full = nil
			kill(sandbox.OLE)
		case <-tick.C:
			if !killed.IsZero() {
				if time.Since(killed) > 2*time.Second {
					s.cmd.Process.Kill() // its init does not answer
				}
				kill(cause) // it may have been between our first kill and its fork
				tick.Reset(20 * time.Millisecond)
				continue
			}
			used := g.cpu()
			switch {
			case g.ooms() > 0:
				kill(sandbox.MLE)
			case used > spec.CPU:
				kill(sandbox.TLE)
			case time.Since(began) > spec.Wall:
				kill(sandbox.WTLE)
			}
			tick.Reset(min(interval(spec.CPU-used), max(time.Millisecond, spec.Wall-time.Since(began))))
		}
	}
}

// interval until the next look: a program on every core must not pass its limit by much, and a short one is not looked at at all.
func interval(left time.Duration) time.Duration {
	return max(time.Millisecond, min(10*time.Millisecond, left/4))
}

// judge says what a run was, by wait status and counters only.
func judge(out *sandbox.Report, ws unix.WaitStatus, spec sandbox.Spec, cause sandbox.Status, ooms int64) {
	if ws.Exited() {
		out.ExitCode = ws.ExitStatus()
	}
	if ws.Signaled() {
		out.Signal = int(ws.Signal())
		out.Syscall = ws.Signal() == unix.SIGSYS
	}
	switch {
	case ooms > 0:
		out.Status, out.Reason = sandbox.MLE, "needed more than its "+quantity(spec.Memory)+" of memory"
	case cause == sandbox.TLE || out.CPU > spec.CPU:
		out.Status, out.Reason = sandbox.TLE, fmt.Sprintf("used %s of CPU time; %s are allowed", seconds(out.CPU), seconds(spec.CPU))
	case cause == sandbox.WTLE:
		out.Status, out.Reason = sandbox.WTLE, fmt.Sprintf("was not over after %s and had used %s of CPU time: it waits for something", seconds(spec.Wall), seconds(out.CPU))
	case cause == sandbox.OLE || out.Cut:
		out.Status, out.Reason = sandbox.OLE, "wrote more than "+quantity(spec.Output)+" of output"
	case out.Syscall:
		out.Status, out.Reason = sandbox.RE, "was ended for a system call that is forbidden here"
	case out.Signal == int(unix.SIGXFSZ):
		out.Status, out.Reason = sandbox.RE, "wrote a file larger than "+quantity(spec.FileSize)
	case out.Signal != 0:
		out.Status, out.Reason = sandbox.RE, "was ended by "+signalName(ws.Signal())
	case out.ExitCode != 0:
		out.Status, out.Reason = sandbox.RE, fmt.Sprintf("ended with exit code %d", out.ExitCode)
	default:
		out.Status = sandbox.OK
	}
}

func signalName(s syscall.Signal) string {
	about := map[syscall.Signal]string{unix.SIGSEGV: "it touched memory that is not its own", unix.SIGABRT: "it called abort, often after a failed assertion", unix.SIGFPE: "an arithmetic error such as a division by zero",
		unix.SIGPIPE: "it wrote to something that was closed", unix.SIGILL: "an instruction that does not exist", unix.SIGBUS: "it touched memory that is not there", unix.SIGKILL: "it was killed, though not by a limit"}
	if a := about[s]; a != "" {
		return unix.SignalName(s) + " (" + a + ")"
	}
	return unix.SignalName(s)
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.2f s", d.Seconds()) }
