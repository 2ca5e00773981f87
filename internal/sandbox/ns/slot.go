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

// patience is how long an init may take for anything but running a program, and for ending a program that was killed.
const (
	patience     = 10 * time.Second
	killPatience = 2 * time.Second
)

// mostWall is how many times its wall time a program may have on a machine that is too busy to run it.
const mostWall = 10

// slot is one init.
type slot struct {
	engine *Engine
	cmd    *exec.Cmd
	host   *link
	stop   *os.File // a run's number written here kills it
	runs   byte
	got    chan reply
	gone   chan struct{} // closed when the init is dead and reaped
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
	unix.SetNonblock(pair[0], true) // before newLink: the runtime's poller then waits, not a thread
	host, err := newLink(pair[0])
	if err != nil {
		return nil, errors.Join(err, theirs.Close(), unix.Close(pair[0]))
	}
	obeys, stop, err := os.Pipe()
	if err != nil {
		return nil, errors.Join(err, theirs.Close(), host.f.Close())
	}
	cmd := &exec.Cmd{
		Path: "/proc/self/exe", Args: []string{roleName}, Dir: "/", ExtraFiles: []*os.File{theirs, obeys},
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
	err = cmd.Start()
	closeAll([]*os.File{theirs, obeys}) // as long as anybody else holds theirs, the init's death is no end of file
	if err != nil {
		closeAll([]*os.File{host.f, stop})
		return nil, err
	}
	if e.opt.Yields {
		yieldProcess(cmd.Process.Pid)
	}
	s := &slot{engine: e, cmd: cmd, host: host, stop: stop, got: make(chan reply, 1), gone: make(chan struct{})}
	go s.listen()
	world := e.setup()
	if _, err := s.call(ctx, message{Op: "setup", Setup: &world}, e.groups.home...); err != nil {
		s.end()
		return nil, err
	}
	return s, nil
}

// listen hands on what the init says, until it is dead.
func (s *slot) listen() {
	for {
		m, files, err := s.host.receive()
		if err != nil {
			break
		}
		s.got <- reply{m, files}
	}
	s.cmd.Process.Kill()
	s.cmd.Wait()
	close(s.gone)
}

// end kills the init, and the kernel all its descendants with it; it returns when they are gone. Calls after it fail with ErrGone.
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
		closeAll([]*os.File{s.host.f, s.stop})
	})
}

// Close throws the slot away with everything in it.
func (s *slot) Close() error {
	s.end()
	s.engine.back(s)
	return nil
}

// call asks the init for something that takes no program. When no answer comes the slot is over: a late one would be taken for the next call's.
func (s *slot) call(ctx context.Context, m message, files ...*os.File) (reply, error) {
	if err := s.host.send(m, files...); err != nil {
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
		s.end()
		return reply{}, ctx.Err()
	case <-late.C:
		s.end()
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

// Fork gives an idle slot with a copy of the box; nil where there is none, or where the box cannot be copied.
func (s *slot) Fork(ctx context.Context) (sandbox.Slot, error) {
	other := s.engine.spare()
	if other == nil {
		return nil, nil
	}
	r, err := s.call(ctx, message{Op: "copy"})
	if err == nil {
		_, err = other.call(ctx, message{Op: "paste"}, r.files...)
		closeAll(r.files)
	}
	if err == nil {
		return other, nil
	}
	other.Close()
	if errors.Is(err, sandbox.ErrGone) || ctx.Err() != nil {
		return nil, err
	}
	return nil, nil
}

// Wanted says that somebody waits for a slot.
func (s *slot) Wanted() bool { return s.engine.waiting.Load() > 0 }

// Run executes one program. It returns an error only where there is no report: the context ended, or the slot is gone.
func (s *slot) Run(ctx context.Context, spec sandbox.Spec) (sandbox.Report, error) {
	spec = withDefaults(spec)
	if len(spec.Args) == 0 {
		return sandbox.Report{}, errors.New("sandbox: nothing to run")
	}
	if err := ctx.Err(); err != nil {
		return sandbox.Report{}, err
	}
	g, err := s.engine.groups.create(spec.Memory, spec.Pids)
	if err != nil {
		return sandbox.Report{}, err
	}
	defer func() {
		g.end()
		go s.engine.groups.refill()
	}()
	c, err := connect(spec)
	if err != nil {
		return sandbox.Report{}, err
	}
	defer c.close()
	s.runs = s.runs%255 + 1
	o := order{Number: s.runs, Args: spec.Args, Env: spec.Env, Dir: spec.Dir, Extra: len(spec.Extra), Enter: len(g.enter), Late: len(g.late), Pids: spec.Pids, Stack: uint64(spec.Memory),
		FileSize: uint64(spec.FileSize), ReadOnly: spec.ReadOnly, Loopback: spec.Profile == sandbox.Project}
	if !g.counts() {
		o.CPUSeconds = uint64(spec.CPU/time.Second) + 1
	}
	if _, limited := g.dirs[pids]; !limited {
		o.Processes = uint64(spec.Pids)
	}
	var files []*os.File
	for _, some := range [][]*os.File{c.theirs, spec.Extra, g.enter, g.late} {
		files = append(files, some...)
	}
	began := time.Now()
	err = s.host.send(message{Op: "run", Run: &o}, files...)
	c.sent()
	if err != nil {
		return sandbox.Report{}, fmt.Errorf("%w: %w", sandbox.ErrGone, err)
	}
	r, cause, err := s.watch(ctx, spec, g, c, began)
	if err != nil {
		return sandbox.Report{}, err
	}
	c.finish()
	return s.engine.report(spec, r, g, c, cause), nil
}

// watch waits for the end of a run and brings it about when a limit is passed; the cause is the status we killed for, or "".
func (s *slot) watch(ctx context.Context, spec sandbox.Spec, g *group, c *pipes, began time.Time) (r reply, cause sandbox.Status, err error) {
	tick := time.NewTimer(min(interval(spec.CPU), spec.Wall))
	defer tick.Stop()
	var killed time.Time
	kill := func(why sandbox.Status) {
		if cause == "" {
			cause, killed = why, time.Now()
		}
		s.stop.Write([]byte{s.runs})
		tick.Reset(20 * time.Millisecond) // and again: the first may have come before the fork
	}
	done, full, told := ctx.Done(), c.cap.full, map[string]bool{}
	var late, before time.Duration // when it got a core for the first time, to a look; what it had used at the last look after its wall time
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
			if !killed.IsZero() && time.Since(killed) > killPatience {
				s.end() // its init does not answer
				continue
			}
			used, took := g.cpu(), time.Since(began)
			if took < beginning {
				g.yield(told)
			}
			if late == 0 && used > 0 {
				late = took
			}
			switch {
			case cause != "":
				kill(cause)
			case g.ooms() > 0:
				kill(sandbox.MLE)
			case used > spec.CPU:
				kill(sandbox.TLE)
			case took > mostWall*spec.Wall:
				kill(sandbox.WTLE)
			case took > spec.Wall:
				starved, ready := g.starved()
				starved = max(0, min(starved, took-used))                        // it keeps the cores busy itself where it used more
				if took > spec.Wall+late+starved && !(ready && used == before) { // a wait for a core counts when it is over
					kill(sandbox.WTLE)
					continue
				}
				before = used
				tick.Reset(interval(spec.CPU - used))
			default:
				tick.Reset(min(interval(spec.CPU-used), max(time.Millisecond, spec.Wall-took)))
			}
		}
	}
}

// interval until the next look: a program on every core must not pass its limit by much, and a short one is not looked at at all.
func interval(left time.Duration) time.Duration {
	return max(time.Millisecond, min(10*time.Millisecond, left/4))
}

// programOf says whether a missing program is the box's own, hence the submission's fault and not the machine's.
func programOf(box string) bool {
	return strings.HasPrefix(box, "/box/") || strings.HasPrefix(box, "/tmp/") || !strings.HasPrefix(box, "/") && strings.Contains(box, "/")
}
