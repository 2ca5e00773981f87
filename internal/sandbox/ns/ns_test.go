package ns_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"candor/internal/problem"
	"candor/internal/sandbox"
	"candor/internal/sandbox/ns"
	"candor/internal/sandbox/sandboxtest"
)

// hostRole makes the test binary hold an engine in mid-run until it is killed.
const hostRole = "CANDOR_TEST_HOST"

func TestMain(m *testing.M) {
	ns.Main()
	if os.Getenv("CANDOR_TEST_SYSTEMD") != "" { // dev/cgroup2 --systemd
		ns.Scope()
	}
	if os.Getenv(hostRole) != "" {
		if err := host(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	if where := os.Getenv(scopeRole); where != "" {
		ns.ScopeIn(where, os.Args[1] == "hybrid")
		fmt.Println("goes on", os.Args[1])
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func engine(t testing.TB, o ns.Options) *ns.Engine {
	t.Helper()
	e, err := ns.New(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	return e
}

func open(t testing.TB, e *ns.Engine) sandbox.Slot {
	t.Helper()
	s, err := e.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// inherit opens a descriptor that every process started from now on gets, as a careless parent of the server would.
func inherit(t *testing.T) {
	fd, err := unix.Dup(0) // without CLOEXEC
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { unix.Close(fd) })
}

func sh(script string) sandbox.Spec {
	return sandbox.Spec{Args: []string{"/bin/sh", "-c", script}, Env: []string{"PATH=/usr/bin:/bin"}}
}

// trace is what can be seen of an engine from outside: this process's mounts and children.
func trace(t *testing.T) string {
	t.Helper()
	mounts, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		t.Fatal(err)
	}
	tasks, err := filepath.Glob("/proc/self/task/*/children")
	if err != nil {
		t.Fatal(err)
	}
	children := ""
	for _, f := range tasks {
		b, _ := os.ReadFile(f)
		children += string(b)
	}
	return string(mounts) + "children: " + children
}

func TestAttacks(t *testing.T) {
	inherit(t)
	before := trace(t)
	var places []string
	t.Run("engine", func(t *testing.T) {
		e := engine(t, ns.Options{})
		places = e.Places()
		sandboxtest.Engine(t, e)
	})
	if after := trace(t); after != before {
		t.Errorf("the host before:\n%s\nafter:\n%s", before, after)
	}
	gone(t, places)
}

func gone(t *testing.T, places []string) {
	t.Helper()
	for _, p := range places {
		if _, err := os.Stat(p); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s is still there (%v)", p, err)
		}
	}
}

// Each wall is there for something: without it the attack that it stops gets through, and the engine does not claim it.
func TestBroken_Walls(t *testing.T) {
	var program []byte
	for _, c := range []struct {
		wall, layer string
		attacks     []int
	}{
		{"seccomp", "system calls", []int{19, 20, 22}},
		{"landlock", "Landlock", nil}, // the second of two walls
		{"close_range", "", []int{15}},
		{"memory", "memory limit", []int{3}},
	} {
		t.Run(c.wall, func(t *testing.T) {
			inherit(t)
			e := engine(t, ns.Without(ns.Options{Slots: 1, AllowWeak: true}, c.wall))
			if program == nil {
				program = sandboxtest.Build(t, e)
			}
			for _, l := range e.Layers() {
				if l.Name == c.layer && l.Enforced {
					t.Errorf("Layers says that %s is enforced (%s)", l.Name, l.Tried)
				}
			}
			for _, n := range c.attacks {
				if err := sandboxtest.Attack(t.Context(), e, program, n); err == nil {
					t.Errorf("attack %02d was stopped although its wall is missing", n)
				}
			}
		})
	}
}

// hosted is what the process that will be killed says of itself.
type hosted struct {
	Places []string
	Init   int
}

func host() error {
	ctx := context.Background()
	e, err := ns.New(ctx, ns.Options{Slots: 1})
	if err != nil {
		return err
	}
	s, err := e.Open(ctx)
	if err != nil {
		return err
	}
	r, w, err := os.Pipe()
	if err != nil {
		return err
	}
	go func() {
		bufio.NewReader(r).ReadString('\n') // the run has begun
		json.NewEncoder(os.Stdout).Encode(hosted{e.Places(), ns.Pid(s)})
	}()
	spec := sh("echo begun; sleep 1000 & sleep 1000")
	spec.StdoutFile, spec.Wall, spec.Env = w, time.Hour, append(spec.Env, os.Getenv(hostRole))
	report, err := s.Run(ctx, spec)
	return fmt.Errorf("the run ended: %v, %w", report, err)
}

// Attack 49: the process that holds the engine is killed in mid-run. Its slots die with it, and the next engine sweeps the rest.
func TestAttack49_KilledHost(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir()) // engines of other tests sweep, too; here only ours does
	mark := fmt.Sprintf("%s=%d-killed", hostRole, os.Getpid())
	cmd := exec.Command("/proc/self/exe")
	cmd.Env, cmd.Stderr = append(os.Environ(), mark), os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var h hosted
	err = json.NewDecoder(out).Decode(&h)
	cmd.Process.Kill()
	cmd.Wait()
	if err != nil {
		t.Fatal(err)
	}
	left := func() bool {
		if unix.Kill(h.Init, 0) == nil {
			return true
		}
		list, _ := filepath.Glob("/proc/[0-9]*/environ")
		return slices.ContainsFunc(list, func(p string) bool {
			text, _ := os.ReadFile(p)
			return strings.Contains(string(text), mark)
		})
	}
	for wait := time.Millisecond; left(); wait *= 2 {
		if wait > 4*time.Second {
			t.Fatal("processes of a killed engine are still alive")
		}
		time.Sleep(wait)
	}
	found := 0
	for _, p := range h.Places {
		if _, err := os.Stat(p); err == nil {
			found++
		}
	}
	if found == 0 {
		t.Error("nothing was left to sweep: the test proves nothing")
	}
	e := engine(t, ns.Options{Slots: 1})
	gone(t, h.Places)
	if r, err := open(t, e).Run(t.Context(), sh("echo after")); err != nil || string(r.Stdout) != "after\n" {
		t.Errorf("Run after the sweep = %q, %v", r.Stdout, err)
	}
}

// An engine that is alive is not swept by another one.
func TestTwoEngines(t *testing.T) {
	a := engine(t, ns.Options{Slots: 1})
	s := open(t, a)
	b := engine(t, ns.Options{Slots: 1})
	for i, slot := range []sandbox.Slot{s, open(t, b), s} {
		if r, err := slot.Run(t.Context(), sh("echo here")); err != nil || r.Status != sandbox.OK || string(r.Stdout) != "here\n" {
			t.Errorf("Run %d = %s %s %q, %v", i, r.Status, r.Reason, r.Stdout, err)
		}
	}
}

// Close ends what runs and whoever waits.
func TestCloseWhileBusy(t *testing.T) {
	e := engine(t, ns.Options{Slots: 1})
	s := open(t, e)
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	ran, waited := make(chan error), make(chan error)
	go func() {
		spec := sh("echo begun; sleep 1000")
		spec.StdoutFile, spec.Wall = w, time.Hour
		_, err := s.Run(t.Context(), spec)
		ran <- err
	}()
	go func() {
		_, err := e.Open(t.Context()) // the only place is taken
		waited <- err
	}()
	if _, err := bufio.NewReader(r).ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	if err := e.Close(); err != nil {
		t.Error(err)
	}
	if err := <-ran; !errors.Is(err, sandbox.ErrGone) {
		t.Errorf("Run = %v; want ErrGone", err)
	}
	if err := <-waited; err == nil {
		t.Error("Open gave a slot of a closed engine")
	}
	if _, err := e.Open(t.Context()); err == nil {
		t.Error("Open after Close gave a slot")
	}
	if _, err := s.Run(t.Context(), sh("true")); err == nil {
		t.Error("Run after Close gave a report")
	}
	gone(t, e.Places())
}

// Engines that are closed as soon as they are made leave nothing, whatever their slots were doing.
func TestCloseAtOnce(t *testing.T) {
	before := trace(t)
	for range 3 {
		e, err := ns.New(t.Context(), ns.Options{Slots: 3})
		if err != nil {
			t.Fatal(err)
		}
		if err := e.Close(); err != nil {
			t.Error(err)
		}
		gone(t, e.Places())
	}
	if after := trace(t); after != before {
		t.Errorf("before:\n%s\nafter:\n%s", before, after)
	}
}

func TestSlotDies(t *testing.T) {
	e := engine(t, ns.Options{Slots: 1})
	s := open(t, e)
	if err := unix.Kill(ns.Pid(s), unix.SIGKILL); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Run(t.Context(), sh("true")); !errors.Is(err, sandbox.ErrGone) {
		t.Errorf("Run in a dead slot = %v; want ErrGone", err)
	}
	if err := s.Write(t.Context(), []sandbox.File{{Name: "a"}}); !errors.Is(err, sandbox.ErrGone) {
		t.Errorf("Write to a dead slot = %v; want ErrGone", err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if r, err := open(t, e).Run(t.Context(), sh("echo next")); err != nil || string(r.Stdout) != "next\n" {
		t.Errorf("Run in the next slot = %q, %v", r.Stdout, err)
	}
}

// On a machine that does not get round to it a working program has its time all the same, and one that waits has no more than its wall time.
func TestABusyMachineTakesNoTimeAway(t *testing.T) {
	s := open(t, engine(t, ns.Options{Slots: 1}))
	var others []*exec.Cmd
	for range 6 * runtime.NumCPU() {
		c := exec.Command("/bin/sh", "-c", "while :; do :; done")
		c.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Pdeathsig: syscall.SIGKILL}
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		others = append(others, c)
	}
	defer func() {
		for _, c := range others {
			c.Process.Kill()
			c.Wait()
		}
	}()
	work := sandbox.Spec{Args: []string{"/usr/bin/python3", "-c", "import time\nwhile time.process_time() < .5: pass"}, Env: []string{"PATH=/usr/bin:/bin"}, CPU: 5 * time.Second, Wall: 700 * time.Millisecond}
	r, err := s.Run(t.Context(), work)
	if err != nil || r.Status != sandbox.OK {
		t.Errorf("a working program: %s (%s), %v; want OK", r.Status, r.Reason, err)
	}
	if r.Wall < 700*time.Millisecond {
		t.Errorf("it took %s: this machine was not busy, and the test shows nothing", r.Wall)
	}
	wait := sh("sleep 1000")
	wait.Wall = 600 * time.Millisecond
	r, err = s.Run(t.Context(), wait)
	if err != nil || r.Status != sandbox.WTLE || r.Wall > 5*time.Second {
		t.Errorf("a waiting program: %s after %s, %v; want WTLE", r.Status, r.Wall, err)
	}
}

// What yields has the least priority there is, its session too, where the kernel shares time among sessions: nice counts only within one there.
func TestARunYields(t *testing.T) {
	for _, yields := range []bool{true, false} {
		e := engine(t, ns.Options{Slots: 1, AllowWeak: true, Yields: yields})
		// It waits for being told, a second at most: what begins is looked at every few milliseconds.
		r, err := open(t, e).Run(t.Context(), sandbox.Spec{Profile: sandbox.Media, Args: []string{"/bin/sh", "-c",
			"for i in $(seq 50); do grep -qs 'nice 19' /proc/self/autogroup && break; sleep .02; done; nice; cat /proc/self/autogroup || echo none"}})
		got := strings.TrimSpace(string(r.Stdout))
		if err != nil || r.Status != sandbox.OK || yields != strings.HasPrefix(got, "19") || yields != strings.HasSuffix(got, "nice 19") && !strings.HasSuffix(got, "none") {
			t.Errorf("a run that yields (%v) is %s %q %q, %v", yields, r.Status, got, r.Stderr, err)
		}
	}
}

// A run that nobody waits for any more is ended, and its slot goes on.
func TestCancel(t *testing.T) {
	s := open(t, engine(t, ns.Options{Slots: 1}))
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		bufio.NewReader(r).ReadString('\n')
		cancel()
	}()
	spec := sh("echo begun; sleep 1000")
	spec.StdoutFile, spec.Wall = w, time.Hour
	if _, err := s.Run(ctx, spec); !errors.Is(err, context.Canceled) {
		t.Errorf("Run = %v; want canceled", err)
	}
	if _, err := s.Run(ctx, sh("true")); !errors.Is(err, context.Canceled) {
		t.Errorf("Run with an ended context = %v; want canceled", err)
	}
	if r, err := s.Run(t.Context(), sh("echo next")); err != nil || string(r.Stdout) != "next\n" {
		t.Errorf("Run after it = %q, %v", r.Stdout, err)
	}
}

// Two programs in two slots talk to each other, and one to us on a private descriptor.
func TestPipesBetweenSlots(t *testing.T) {
	e := engine(t, ns.Options{Slots: 2})
	a, b := open(t, e), open(t, e)
	pipe := func() (r, w *os.File) {
		r, w, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		return r, w
	}
	ar, bw := pipe() // from b to a
	br, aw := pipe()
	mine, theirs := pipe()
	asks, answers := sh("echo 20; read n; echo got $n >&2; echo secret >&3"), sh("read n; echo $((n+1))")
	asks.StdinFile, asks.StdoutFile, asks.Extra = ar, aw, []*os.File{theirs}
	answers.StdinFile, answers.StdoutFile = br, bw
	done := make(chan error)
	go func() {
		_, err := b.Run(t.Context(), answers)
		br.Close()
		bw.Close()
		done <- err
	}()
	r, err := a.Run(t.Context(), asks)
	ar.Close()
	aw.Close()
	theirs.Close()
	if err := errors.Join(err, <-done); err != nil {
		t.Fatal(err)
	}
	if r.Status != sandbox.OK || string(r.Stderr) != "got 21\n" || len(r.Stdout) != 0 {
		t.Errorf("Run = %s %s, stderr %q, stdout %q", r.Status, r.Reason, r.Stderr, r.Stdout)
	}
	if line, err := bufio.NewReader(mine).ReadString('\n'); line != "secret\n" {
		t.Errorf("the private descriptor said %q, %v", line, err)
	}
}

// What cannot be started is the submission's fault when it is the submission's program, and ours when it is the machine's.
// TestEveryRunHasAFreshTmp: what one run left in /tmp is gone, and the next one can write there.
func TestEveryRunHasAFreshTmp(t *testing.T) {
	s := open(t, engine(t, ns.Options{Slots: 1}))
	for i := range 3 {
		r, err := s.Run(t.Context(), sh("ls -A /tmp && mkdir /tmp/d && echo x > /tmp/d/left && cat /tmp/d/left && mv /tmp/d/left /box/moved"))
		if err != nil || r.Status != sandbox.OK || string(r.Stdout) != "x\n" {
			t.Errorf("run %d: %+v, %v\n%s%s; want an empty /tmp that can be written", i+1, r.Status, err, r.Stdout, r.Stderr)
		}
	}
}

func TestMissingPrograms(t *testing.T) {
	s := open(t, engine(t, ns.Options{Slots: 1}))
	if err := s.Write(t.Context(), []sandbox.File{{Name: "text", Data: []byte("no program"), Mode: 0o755}, {Name: "plain", Data: []byte("#!/bin/sh\n")},
		{Name: "dir/run", Data: []byte("#!/bin/sh\nread a; echo $a; pwd\n"), Mode: 0o755}}); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		spec sandbox.Spec
		want sandbox.Status
		code int
	}{
		{"not there", sandbox.Spec{Args: []string{"/box/none"}}, sandbox.RE, 127},
		{"not there, relative", sandbox.Spec{Args: []string{"./none"}}, sandbox.RE, 127},
		{"not executable", sandbox.Spec{Args: []string{"/box/plain"}}, sandbox.RE, 127},
		{"no program", sandbox.Spec{Args: []string{"/box/text"}}, sandbox.RE, 127},
		{"unknown compiler", sandbox.Spec{Args: []string{"no-such-compiler"}}, sandbox.IE, 0},
		{"compiler of another folder", sandbox.Spec{Args: []string{"/usr/bin/no-such"}}, sandbox.IE, 0},
		{"relative to its folder", sandbox.Spec{Args: []string{"./run"}, Dir: "dir", Stdin: []byte("in\n")}, sandbox.OK, 0},
		{"its own exit code", sh("exit 127"), sandbox.RE, 127},
	} {
		r, err := s.Run(t.Context(), c.spec)
		if err != nil || r.Status != c.want || r.ExitCode != c.code {
			t.Errorf("%s: Run = %s (%s), exit %d, %v; want %s, exit %d", c.name, r.Status, r.Reason, r.ExitCode, err, c.want, c.code)
		}
		if c.want == sandbox.OK && string(r.Stdout) != "in\n/box/dir\n" {
			t.Errorf("%s: stdout %q", c.name, r.Stdout)
		}
	}
}

// A file of a run may be larger than the limit of the run before it, and files may be written after runs with small limits.
func TestFileSizes(t *testing.T) {
	s := open(t, engine(t, ns.Options{Slots: 1}))
	small := sh("head -c 100000 /dev/zero > /box/a")
	small.FileSize = 50_000
	r, err := s.Run(t.Context(), small)
	if err != nil || r.Status != sandbox.RE {
		t.Errorf("Run = %s (%s), %v; want RE", r.Status, r.Reason, err)
	}
	if err := s.Write(t.Context(), []sandbox.File{{Name: "b", Data: make([]byte, 200_000)}}); err != nil {
		t.Error(err)
	}
	if b, err := s.Read(t.Context(), "b", 200_000); err != nil || len(b) != 200_000 {
		t.Errorf("Read = %d bytes, %v; want 200000", len(b), err)
	}
	r, err = s.Run(t.Context(), sh("head -c 300000 /dev/zero > /box/c"))
	if err != nil || r.Status != sandbox.OK {
		t.Errorf("Run with a larger limit = %s (%s), %v", r.Status, r.Reason, err)
	}
}

func TestManyFiles(t *testing.T) {
	s := open(t, engine(t, ns.Options{Slots: 1}))
	var files []sandbox.File
	for i := range 1000 {
		files = append(files, sandbox.File{Name: fmt.Sprintf("d%d/%s%d", i%7, strings.Repeat("n", 200), i), Data: []byte(strconv.Itoa(i))})
	}
	if err := s.Write(t.Context(), files); err != nil {
		t.Fatal(err)
	}
	r, err := s.Run(t.Context(), sh("cat d*/* | tr -d '\\n' | wc -c; find . -type f | wc -l"))
	if err != nil || string(r.Stdout) != "2890\n1000\n" {
		t.Errorf("Run = %s %q, %v", r.Status, r.Stdout, err)
	}
}

// The precedence of causes: memory, output, CPU time, wall time, the program's own end.
func TestJudge(t *testing.T) {
	limits := sandbox.Spec{CPU: time.Second, Wall: 2 * time.Second}
	exited := func(code uint32) uint32 { return code << 8 }
	const killed = uint32(unix.SIGKILL)
	for _, c := range []struct {
		name  string
		ws    uint32
		cause sandbox.Status
		cpu   time.Duration
		cut   bool
		ooms  int64
		want  sandbox.Status
		exit  int
		sig   int
	}{
		{"fine", exited(0), "", 0, false, 0, sandbox.OK, 0, 0},
		{"its own code", exited(137), "", 0, false, 0, sandbox.RE, 137, 0},
		{"its own kill", killed, "", 0, false, 0, sandbox.RE, 0, 9},
		{"memory before our wall kill", killed, sandbox.WTLE, 0, false, 1, sandbox.MLE, 0, 9},
		{"memory before our CPU kill", killed, sandbox.TLE, 2 * time.Second, true, 1, sandbox.MLE, 0, 9},
		{"memory though it ended well", exited(0), "", 0, false, 2, sandbox.MLE, 0, 0},
		{"output", killed, sandbox.OLE, 0, true, 0, sandbox.OLE, 0, 9},
		{"output, then CPU while dying", killed, sandbox.OLE, 2 * time.Second, true, 0, sandbox.OLE, 0, 9},
		{"output noticed after the end", exited(0), "", 0, true, 0, sandbox.OLE, 0, 0},
		{"CPU noticed after the end", exited(0), "", 1001 * time.Millisecond, false, 0, sandbox.TLE, 0, 0},
		{"CPU exactly", exited(0), "", time.Second, false, 0, sandbox.OK, 0, 0},
		{"CPU before wall", killed, sandbox.WTLE, 1001 * time.Millisecond, false, 0, sandbox.TLE, 0, 9},
		{"wall", killed, sandbox.WTLE, 0, false, 0, sandbox.WTLE, 0, 9},
		{"forbidden call", uint32(unix.SIGSYS), "", 0, false, 0, sandbox.RE, 0, 31},
	} {
		r := ns.Judge(c.ws, limits, c.cause, c.cpu, c.cut, c.ooms)
		if r.Status != c.want || r.ExitCode != c.exit || r.Signal != c.sig || (r.Reason == "") != (c.want == sandbox.OK) || r.Syscall != (c.sig == 31) {
			t.Errorf("%s: %s (%s), exit %d, signal %d; want %s, exit %d, signal %d", c.name, r.Status, r.Reason, r.ExitCode, r.Signal, c.want, c.exit, c.sig)
		}
	}
}

// As an ordinary user without delegated control groups, exactly those layers are missing: the engine refuses, and when it is allowed to be
// weak every report says so and every attack that the other layers stop is stopped.
func TestRootless(t *testing.T) {
	const role = "CANDOR_TEST_ROOTLESS"
	if os.Getenv(role) == "" && os.Geteuid() == 0 {
		cmd := exec.Command("/proc/self/exe", "-test.run=^TestRootless$", "-test.v="+strconv.FormatBool(testing.Verbose()))
		cmd.Env = append(os.Environ(), role+"=1", "HOME=/nonexistent")
		cmd.Dir = "/"
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Errorf("as nobody: %v\n%s", err, out)
		}
		t.Logf("%s", out)
		return
	}
	var missing []string
	refusing := engine(t, ns.Options{Slots: 1})
	for _, l := range refusing.Layers() {
		if l.Required && !l.Enforced {
			missing = append(missing, l.Name)
		}
	}
	want := []string{"memory limit", "process limit", "CPU accounting"}
	if !slices.Equal(missing, want) {
		t.Fatalf("missing layers = %q; want %q", missing, want)
	}
	_, err := refusing.Open(t.Context())
	if p, _ := problem.As(err); !errors.Is(err, sandbox.ErrLayer) || p.Facts["missing"] != strings.Join(want, ", ") {
		t.Errorf("Open = %v; want ErrLayer with the missing layers", err)
	}
	sandboxtest.Engine(t, engine(t, ns.Options{AllowWeak: true}))
}
