// Package git runs the system's git on what strangers filled, and reads and writes packs where that needs no git.
//
// A repository here is a [View]: a folder made for one look, with the refs it is given and with its objects in packs that lie elsewhere. Nothing
// is ever checked out. Each process gets an environment of its own: no configuration of the machine or of a person, no hooks, no filters, no
// submodules, no replaced objects, no prompts, no protocol by which it could fetch anything, bounded memory, and it ends with its context.
// Names of revisions never reach git's own syntax: callers give hashes.
package git

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"candor/internal/problem"

	"golang.org/x/sys/unix"
)

var (
	// ErrMissing: no such revision, or nothing at this path of it.
	ErrMissing = problem.New(problem.Missing, "git_missing", "There is nothing of this name in the repository.")
	// ErrRefused is what may not come in; its sentence says what and why.
	ErrRefused = problem.New(problem.Invalid, "git_refused", "This cannot be kept.")
	// ErrTooLarge is more than a limit; its sentence says which.
	ErrTooLarge = problem.New(problem.TooLarge, "git_too_large", "This is more than can be kept.")
)

func refused(format string, args ...any) error {
	return ErrRefused.Saying(fmt.Sprintf(format, args...))
}

// Git is the program.
type Git struct {
	Path   string // "" is git
	Memory uint64 // bytes of address space that one process may have; 0 is 1 GiB
	CA     string // file of certificate authorities that Fetch trusts; "" are the system's
}

// settings hold for every process. They come from the environment, which git trusts like its command line.
var settings = []string{
	"core.hooksPath=/dev/null", "core.fsmonitor=false", "core.attributesFile=/dev/null", "core.quotePath=false", "core.logAllRefUpdates=false",
	"core.packedGitWindowSize=16m", "core.packedGitLimit=128m", "core.deltaBaseCacheLimit=32m", "core.bigFileThreshold=16m",
	"pack.threads=1", "pack.windowMemory=32m", "pack.deltaCacheSize=32m", "index.threads=1", "gc.auto=0", "maintenance.auto=false",
	"protocol.allow=never", "submodule.recurse=false", "safe.directory=*", "i18n.logOutputEncoding=UTF-8", "log.showSignature=false", "blame.markIgnoredLines=false",
	"uploadpack.allowFilter=true", "uploadpack.allowAnySHA1InWant=true", "uploadpack.keepAlive=5", "transfer.advertiseSID=false",
}

// env is the whole environment of a process on a git folder.
func env(dir string, more []string) []string {
	out := []string{
		"PATH=" + os.Getenv("PATH"), "LC_ALL=C", "TZ=UTC", "HOME=/nonexistent", "XDG_CONFIG_HOME=/nonexistent",
		"GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null", "GIT_ATTR_NOSYSTEM=1", "GIT_TERMINAL_PROMPT=0", "GIT_ASKPASS=/bin/false", "GIT_OPTIONAL_LOCKS=0",
		"GIT_NO_REPLACE_OBJECTS=1", "GIT_NO_LAZY_FETCH=1", "GIT_ALLOW_PROTOCOL=none", "GIT_PROTOCOL_FROM_USER=0", "GIT_DIR=" + dir,
	}
	all := slices.Concat(settings, more)
	out = append(out, fmt.Sprintf("GIT_CONFIG_COUNT=%d", len(all)))
	for i, s := range all {
		key, value, _ := strings.Cut(s, "=")
		out = append(out, fmt.Sprintf("GIT_CONFIG_KEY_%d=%s", i, key), fmt.Sprintf("GIT_CONFIG_VALUE_%d=%s", i, value))
	}
	return out
}

// Version is what git says of itself, "git version 2.39.5".
func (g *Git) Version(ctx context.Context) (string, error) {
	out, err := exec.CommandContext(ctx, g.path(), "--version").Output()
	return strings.TrimSpace(string(out)), err
}

// Oldest is the first version that has what is used here (cat-file --batch-command).
const Oldest = "2.36"

// Try takes a pack with a commit, and reads it.
func (g *Git) Try(ctx context.Context) error {
	dir, err := os.MkdirTemp("", "candor-git-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	v, err := g.View(filepath.Join(dir, "try"), "refs/heads/main", nil, nil)
	if err != nil {
		return err
	}
	var p Packer
	tree := p.Add(TreeKind, TreeObject([]Entry{{Path: "file", Mode: FileMode, Hash: p.Add(BlobKind, []byte("text"))}}))
	tip := p.Add(CommitKind, CommitObject(tree, nil, Signature{}, "Try"))
	if _, err := v.Take(ctx, p.Pack(), PackLimits{Bytes: 1 << 20, Object: 1 << 20, Inflated: 1 << 20, Objects: 10}); err != nil {
		return err
	}
	f, err := v.File(ctx, tip, "file", 10)
	if err == nil && string(f.Data) != "text" {
		err = fmt.Errorf("git gave %q back", f.Data)
	}
	return err
}

func (g *Git) path() string {
	if g.Path != "" {
		return g.Path
	}
	return "git"
}

// Ref is a name and what it stands for.
type Ref struct {
	Name string // "refs/heads/main"
	Hash Hash
}

// View is a bare git folder made for one look.
type View struct {
	Dir string
	git *Git
}

// View makes one in dir, which must not exist: refs with HEAD at the branch head ("refs/heads/main"), and objects from folders that hold pack/*.
func (g *Git) View(dir, head string, refs []Ref, objects []string) (*View, error) {
	for _, d := range []string{"refs", "info", "objects/info", "objects/pack"} {
		if err := os.MkdirAll(filepath.Join(dir, d), 0o700); err != nil {
			return nil, err
		}
	}
	refs = slices.Clone(refs)
	slices.SortFunc(refs, func(a, b Ref) int { return strings.Compare(a.Name, b.Name) })
	var packed strings.Builder
	packed.WriteString("# pack-refs with: sorted \n")
	for _, r := range refs {
		fmt.Fprintf(&packed, "%s %s\n", r.Hash, r.Name)
	}
	for name, text := range map[string]string{
		"HEAD":                    "ref: " + head + "\n",
		"config":                  "[core]\n\trepositoryformatversion = 0\n\tbare = true\n",
		"packed-refs":             packed.String(),
		"objects/info/alternates": strings.Join(append(slices.Clone(objects), ""), "\n"),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			return nil, err
		}
	}
	return &View{dir, g}, nil
}

// Close removes the folder.
func (v *View) Close() error { return os.RemoveAll(v.Dir) }

// Failure is a git that did not end well.
type Failure struct {
	Command string // "index-pack"
	Said    string // the end of what it wrote to stderr
	Err     error
}

func (f *Failure) Error() string { return fmt.Sprintf("git %s: %v: %s", f.Command, f.Err, f.Said) }

// Unwrap is the error of the process.
func (f *Failure) Unwrap() error { return f.Err }

// Process is a git that runs.
type Process struct {
	Out  *bufio.Reader
	name string
	cmd  *exec.Cmd
	said tail
	ctx  context.Context
}

// tail keeps the end of what is written.
type tail struct{ b []byte }

func (t *tail) Write(p []byte) (int, error) {
	t.b = append(t.b, p...)
	if len(t.b) > 4096 {
		t.b = slices.Clone(t.b[len(t.b)-2048:])
	}
	return len(p), nil
}

// Options of a process.
type Options struct {
	In       io.Reader
	Env      []string // GIT_PROTOCOL and the like
	Settings []string // "receive.x=1"
}

// Start starts a git command; Wait must be called. What it reads of stdin it reads only after its memory is bounded.
func (v *View) Start(ctx context.Context, o Options, args ...string) (*Process, error) {
	p := &Process{name: args[0], ctx: ctx, cmd: exec.CommandContext(ctx, v.git.path(), args...)}
	p.cmd.Dir = v.Dir
	p.cmd.Env = append(env(v.Dir, o.Settings), o.Env...)
	p.cmd.Stderr = &p.said
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // it has children
	p.cmd.Cancel = func() error { return syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL) }
	p.cmd.WaitDelay = 2 * time.Second
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if o.In != nil {
		p.cmd.Stdin = &late{Reader: o.In, bound: v.bound(p)}
	}
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("git cannot be started: %w", err)
	}
	if o.In == nil {
		v.bound(p)()
	}
	p.Out = bufio.NewReaderSize(out, 32<<10)
	return p, nil
}

// bound holds a process and its children to the memory they may have.
func (v *View) bound(p *Process) func() {
	limit := v.git.Memory
	if limit == 0 {
		limit = 1 << 30
	}
	return func() {
		// One that has ended already needs no bound.
		_ = unix.Prlimit(p.cmd.Process.Pid, unix.RLIMIT_AS, &unix.Rlimit{Cur: limit, Max: limit}, nil)
	}
}

// late calls bound before the first byte is read.
type late struct {
	io.Reader
	bound func()
}

func (l *late) Read(b []byte) (int, error) {
	if l.bound != nil {
		l.bound()
		l.bound = nil
	}
	return l.Reader.Read(b)
}

// Wait waits for its end; what it still says is thrown away.
func (p *Process) Wait() error {
	_, err := io.Copy(io.Discard, p.Out)
	end := p.cmd.Wait()
	switch {
	case p.ctx.Err() != nil:
		return p.ctx.Err()
	case end != nil:
		return &Failure{p.name, strings.TrimSpace(string(p.said.b)), end}
	}
	return err
}

// Stop ends it, however far it is.
func (p *Process) Stop() {
	syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL)
	p.cmd.Wait()
}

// run runs a command to its end and gives what it wrote, at most max bytes.
func (v *View) run(ctx context.Context, o Options, max int64, args ...string) ([]byte, error) {
	p, err := v.Start(ctx, o, args...)
	if err != nil {
		return nil, err
	}
	out, err := io.ReadAll(io.LimitReader(p.Out, max+1))
	if err != nil || int64(len(out)) > max {
		p.Stop()
		return nil, errors.Join(err, ErrTooLarge.Saying("This repository is too large to be shown."))
	}
	return out, p.Wait()
}

// lines runs a command and calls fn for each line, or for each piece before a NUL with sep 0. errStop ends it early.
func (v *View) lines(ctx context.Context, o Options, sep byte, fn func(line []byte) error, args ...string) error {
	p, err := v.Start(ctx, o, args...)
	if err != nil {
		return err
	}
	for {
		line, err := p.Out.ReadSlice(sep)
		if errors.Is(err, bufio.ErrBufferFull) {
			p.Stop()
			return ErrTooLarge.Saying("This repository holds names that are too long.")
		}
		if err != nil {
			return p.Wait()
		}
		if err := fn(bytes.TrimSuffix(line, []byte{sep})); err != nil {
			p.Stop()
			if errors.Is(err, errStop) {
				return nil
			}
			return err
		}
	}
}

var errStop = errors.New("git: enough")
