// Package sandboxtest is the conformance of a sandbox engine: attacks, each with the exact report that must come of it, and an honest
// program after each.
//
// The numbers are those of the table in the design. Not here: 44 (what a take-home repository changes; it comes with repositories), 45 (archives;
// package archive has it) and 49 (the death of the process that holds the engine, which needs a process of its own: see the engine's tests).
package sandboxtest

import (
	"bytes"
	"context"
	"embed"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"candor/internal/sandbox"
)

//go:embed attacks
var sources embed.FS

// Tracer is what an engine can offer so that the suite sees whether runs leave anything: names of control groups, processes, folders.
type Tracer interface{ Traces() []string }

// attack is one row. try runs it and says what was not as it must be.
type attack struct {
	name  string
	needs string // the layer that stops it; where an engine says that it is missing, the row is left out
	try   func(b *bench) error
}

// Engine runs every attack. An engine in which a required layer is missing must say so in every report.
func Engine(t *testing.T, e sandbox.Engine) {
	program := Build(t, e)
	for _, a := range attacks {
		t.Run(a.name, func(t *testing.T) {
			if l, missing := lacks(e, a.needs); missing {
				t.Logf("left out: this machine has no %s (%s)", l.Name, l.Tried)
				return
			}
			if err := one(t.Context(), e, program, a); err != nil {
				t.Error(err)
			}
		})
	}
}

// Attack runs one row by its number and gives what was not as it must be, nil when all was. Broken-guard tests want an error.
func Attack(ctx context.Context, e sandbox.Engine, program []byte, number int) error {
	i := slices.IndexFunc(attacks, func(a attack) bool { return strings.HasPrefix(a.name, fmt.Sprintf("%02d ", number)) })
	if i < 0 {
		return fmt.Errorf("no attack %d", number)
	}
	return one(ctx, e, program, attacks[i])
}

func lacks(e sandbox.Engine, layer string) (sandbox.Layer, bool) {
	for _, l := range e.Layers() {
		if l.Name == layer && !l.Enforced {
			return l, true
		}
	}
	return sandbox.Layer{}, false
}

// one runs an attack in a slot of its own, then the honest program in the same slot and in the next one, and looks for traces.
func one(ctx context.Context, e sandbox.Engine, program []byte, a attack) error {
	b := &bench{ctx: ctx, engine: e, program: program, mark: fmt.Sprintf("CANDOR_ATTACK=%d-%d", os.Getpid(), serial.Add(1))}
	err := b.open()
	if err != nil {
		return err
	}
	defer func() { b.slot.Close() }()
	if err := b.calibrate(); err != nil {
		return fmt.Errorf("honest program before it: %w", err)
	}
	if err := a.try(b); err != nil {
		return err
	}
	if err := b.honest(); err != nil {
		return fmt.Errorf("next program in the same slot: %w", err)
	}
	if err := b.alive(); err != nil {
		return err
	}
	if err := b.open(); err != nil {
		return err
	}
	if err := b.honest(); err != nil {
		return fmt.Errorf("next program in the next slot: %w", err)
	}
	b.slot.Close()
	if tracer, ok := e.(Tracer); ok {
		var left []string
		for wait := time.Millisecond; wait < 10*time.Second; wait *= 2 { // removal goes on in the background
			if left = tracer.Traces(); len(left) == 0 {
				return nil
			}
			time.Sleep(wait)
		}
		return fmt.Errorf("left behind: %s", strings.Join(left, ", "))
	}
	return nil
}

var serial atomic.Int64

// Build compiles the attacks inside the sandbox and gives the program.
func Build(t testing.TB, e sandbox.Engine) []byte {
	t.Helper()
	s, err := e.Open(t.Context())
	if err != nil {
		t.Fatalf("%v\n%+v", err, e.Layers())
	}
	defer s.Close()
	var files []sandbox.File
	args := []string{"gcc", "-O1", "-w", "-pthread", "-o", "attack"}
	list, err := sources.ReadDir("attacks")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range list {
		text, err := sources.ReadFile("attacks/" + f.Name())
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, sandbox.File{Name: f.Name(), Data: text})
		if strings.HasSuffix(f.Name(), ".c") {
			args = append(args, f.Name())
		}
	}
	if err := s.Write(t.Context(), files); err != nil {
		t.Fatal(err)
	}
	r, err := s.Run(t.Context(), sandbox.Spec{Profile: sandbox.Compile, Args: args, Env: path, CPU: 10 * time.Minute})
	if err != nil || r.Status != sandbox.OK {
		t.Fatalf("compiling the attacks = %s %s, %v\n%s", r.Status, r.Reason, err, r.Stderr)
	}
	program, err := s.Read(t.Context(), "attack", 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	return program
}

var path = []string{"PATH=/usr/local/bin:/usr/bin:/bin"}

// bench is where one attack happens.
type bench struct {
	ctx     context.Context
	engine  sandbox.Engine
	program []byte
	mark    string // in the environment of every process of the attack
	slot    sandbox.Slot
	slow    float64 // at least 1: how many times slower than usual this machine is (emulated ones are); CPU and wall limits grow with it
}

// usual is more CPU time than the honest program takes on a machine that is not emulated.
const usual = 20 * time.Millisecond

func (b *bench) scaled(d time.Duration) time.Duration { return time.Duration(float64(d) * b.slow) }

// calibrate finds out how slow the machine is.
func (b *bench) calibrate() error {
	b.slow = 100
	r, err := b.do(sandbox.Spec{Stdin: []byte("19 23\n")}, "honest")
	if err != nil {
		return err
	}
	b.slow = max(1, float64(r.CPU)/float64(usual))
	return verify(r, ok)
}

// open takes a fresh slot, in place of the one at hand, and puts the program into it.
func (b *bench) open() error {
	if b.slot != nil {
		if err := b.slot.Close(); err != nil {
			return err
		}
	}
	s, err := b.engine.Open(b.ctx)
	if err != nil {
		return err
	}
	b.slot = s
	return b.write(sandbox.File{Name: "attack", Data: b.program, Mode: 0o755})
}

func (b *bench) write(files ...sandbox.File) error { return b.slot.Write(b.ctx, files) }

// run executes an attack with 1 s of CPU and, since the machine may be busy, 30 s of wall time where the spec says nothing else, and checks what
// holds for every report.
func (b *bench) run(s sandbox.Spec) (sandbox.Report, error) {
	if s.CPU == 0 {
		s.CPU = time.Second
	}
	if s.Wall == 0 {
		s.Wall = 30 * time.Second
	}
	s.CPU, s.Wall = b.scaled(s.CPU), b.scaled(s.Wall)
	s.Env = append(slices.Clone(path), b.mark)
	r, err := b.slot.Run(b.ctx, s)
	if err != nil {
		return r, err
	}
	if err := b.alive(); err != nil {
		return r, err
	}
	var weak []string
	for _, l := range b.engine.Layers() {
		if l.Required && !l.Enforced {
			weak = append(weak, l.Name)
		}
	}
	if !slices.Equal(r.Weak, weak) {
		return r, fmt.Errorf("Weak = %q; want %q", r.Weak, weak)
	}
	if (r.Status == sandbox.OK) != (r.Reason == "") {
		return r, fmt.Errorf("%s with the reason %q", r.Status, r.Reason)
	}
	return r, nil
}

// do runs the program with an attack's name.
func (b *bench) do(s sandbox.Spec, args ...string) (sandbox.Report, error) {
	s.Args = append([]string{"/box/attack"}, args...)
	return b.run(s)
}

// expect runs an attack that must end in one of the statuses; each check says what else is wrong.
func (b *bench) expect(s sandbox.Spec, want []sandbox.Status, checks []check, args ...string) error {
	r, err := b.do(s, args...)
	if err != nil {
		return err
	}
	return verify(r, want, checks...)
}

func (b *bench) honest() error {
	r, err := b.do(sandbox.Spec{Stdin: []byte("19 23\n")}, "honest")
	if err != nil {
		return err
	}
	return verify(r, ok, output("42\n"), func(r sandbox.Report) error {
		if r.ExitCode != 0 || r.Signal != 0 || r.Cut || r.Syscall || r.PidsHit != 0 || r.CPU > b.scaled(500*time.Millisecond) {
			return fmt.Errorf("an honest program has flags")
		}
		return nil
	})
}

// alive is an error when a process of the attack can be found on the host. Processes of others, and all where /proc is not ours to read, are passed over.
func (b *bench) alive() error {
	list, err := filepath.Glob("/proc/[0-9]*/environ")
	if err != nil {
		return err
	}
	for _, p := range list {
		text, err := os.ReadFile(p)
		if err == nil && bytes.Contains(text, []byte(b.mark)) {
			return fmt.Errorf("%s is still alive", filepath.Dir(p))
		}
	}
	return nil
}

type check func(sandbox.Report) error

var (
	ok   = []sandbox.Status{sandbox.OK}
	re   = []sandbox.Status{sandbox.RE}
	mle  = []sandbox.Status{sandbox.MLE}
	ole  = []sandbox.Status{sandbox.OLE}
	tle  = []sandbox.Status{sandbox.TLE}
	wtle = []sandbox.Status{sandbox.WTLE}
	// ended: by its own exit, however it liked.
	ended = []sandbox.Status{sandbox.OK, sandbox.RE}
	// stopped: a compiler that failed or was stopped; never the sandbox's own failure.
	stopped = []sandbox.Status{sandbox.RE, sandbox.TLE, sandbox.WTLE, sandbox.MLE, sandbox.OLE}
)

func verify(r sandbox.Report, want []sandbox.Status, checks ...check) error {
	var err error
	if !slices.Contains(want, r.Status) {
		err = fmt.Errorf("want one of %v", want)
	}
	for _, c := range checks {
		if err == nil {
			err = c(r)
		}
	}
	if err != nil {
		return fmt.Errorf("%w; got %s (%s), exit %d, signal %d, CPU %s, wall %s, memory %d KiB, %d forks refused\nstdout: %.1500q\nstderr: %.500q", err,
			r.Status, r.Reason, r.ExitCode, r.Signal, r.CPU, r.Wall, r.Memory>>10, r.PidsHit, r.Stdout, r.Stderr)
	}
	return nil
}

func crowded(r sandbox.Report) error {
	if r.PidsHit == 0 {
		return fmt.Errorf("no fork was refused")
	}
	return nil
}

func output(want string) check {
	return func(r sandbox.Report) error {
		if string(r.Stdout) != want {
			return fmt.Errorf("stdout is not %q", want)
		}
		return nil
	}
}

func contains(want string) check {
	return func(r sandbox.Report) error {
		if !strings.Contains(string(r.Stdout), want) {
			return fmt.Errorf("stdout lacks %q", want)
		}
		return nil
	}
}

func exit(code int) check {
	return func(r sandbox.Report) error {
		if r.ExitCode != code || r.Signal != 0 {
			return fmt.Errorf("want exit code %d", code)
		}
		return nil
	}
}

func signal(n int) check {
	return func(r sandbox.Report) error {
		if r.Signal != n || r.ExitCode != 0 {
			return fmt.Errorf("want signal %d", n)
		}
		return nil
	}
}

// refused wants lines "what: ERRNO", each with one of the errors, and at least n of them.
func refused(n int, errnos ...string) check {
	return func(r sandbox.Report) error {
		lines := strings.Split(strings.TrimSpace(string(r.Stdout)), "\n")
		if len(lines) < n {
			return fmt.Errorf("%d attempts were told; want %d", len(lines), n)
		}
		for _, l := range lines {
			_, got, _ := strings.Cut(l, ": ")
			if !slices.Contains(errnos, got) {
				return fmt.Errorf("%q; want %v", l, errnos)
			}
		}
		return nil
	}
}

// number is the first number in the output, at most max and at least min.
func number(min, max int) check {
	return func(r sandbox.Report) error {
		text, _, _ := strings.Cut(string(r.Stdout), " ")
		if n, err := strconv.Atoi(text); err != nil || n < min || n > max {
			return fmt.Errorf("want a number from %d to %d", min, max)
		}
		return nil
	}
}

// amd64 says whether the tricks with foreign system calls exist here.
const amd64 = runtime.GOARCH == "amd64"
