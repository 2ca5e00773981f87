// Package cli holds the commands of the binary, one file a noun.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"syscall"

	"candor/internal/db"
	"candor/internal/problem"
	"candor/internal/sandbox/ns"

	"github.com/alecthomas/kong"
	"github.com/goccy/go-yaml"
	"golang.org/x/sys/unix"
)

// Exit codes: 0 went well, 1 something was found or refused, 2 the command line or the settings are wrong.
const (
	exitFound = 1
	exitUsage = 2
)

// commands is the whole command line.
type commands struct {
	Serve   Serve          `cmd:"" help:"Run the server."`
	Demo    Demo           `cmd:"" help:"Run a server with sample content and print the links to open."`
	Lint    Lint           `cmd:"" help:"Check an assessment's folder: files, links, anchors, and that sample submissions get their declared verdicts."`
	Judge   Judge          `cmd:"" help:"Judge submissions to a problem package (ICPC, Kattis); without any, prove that its own get their declared verdicts."`
	Similar Similar        `cmd:"" help:"Compare programs or texts with each other and say which are more alike than innocent people's work can be."`
	Convert Convert        `cmd:"" help:"Make an assessment's folder of a quiz: Moodle XML, GIFT, Aiken, QTI, Exercism. Says what could not be carried."`
	Import  Import         `cmd:"" help:"Import an assessment from a folder or a zip into an organisation."`
	Export  Export         `cmd:"" help:"Export a version of an assessment, byte for byte, as a zip."`
	Admin   Admin          `cmd:"" help:"Help somebody in: one-time sign-in links."`
	Mail    Mail           `cmd:"" help:"Make mails arrive: the key that signs them."`
	Backup  Backup         `cmd:"" help:"Write everything of an installation into one file, while the server runs; or verify such a file."`
	Restore Restore        `cmd:"" help:"Make an installation of a backup, in an empty place."`
	Doctor  Doctor         `cmd:"" help:"Try what an installation needs: sandbox, languages, disk, database. Says what is missing and what to do."`
	Version versionCommand `cmd:"" help:"Say which build this is."`

	JudgeWorker JudgeWorker `cmd:"" hidden:"" help:"A judge in a process of its own; serve --judge-apart starts it."`
	LoadTest    LoadTest    `cmd:"" name:"loadtest" hidden:"" help:"Play candidates against a server and prove that nothing acknowledged is lost, for developers."`

	Config kong.ConfigFlag `help:"Read settings from a YAML file (keys are the flags' names)." placeholder:"FILE" type:"path"`
}

// Help is what a newcomer reads before the list of commands.
func (commands) Help() string {
	return `Begin with "candor demo": it prints the links to open as everybody in a company of its own. For real, "candor serve" prints a one-time link for the first owner.

A setting is a flag, an environment variable or a line of the file of --config, in this order.

Ends with 0 when it went well, 1 when something was found or refused, 2 when the command line or the settings are wrong.`
}

// env is what commands print to.
type env struct {
	ctx context.Context
	out io.Writer
	err io.Writer
}

// Found is an error whose report has been printed already.
type found struct{}

func (found) Error() string { return "found" }

// sandboxed are the commands that run code: an ordinary user's need control groups of their own first.
var sandboxed = []string{"serve", "demo", "lint", "judge", "doctor"}

// Main runs a command line and gives the exit code.
func Main(args []string) int {
	if len(args) > 0 && slices.Contains(sandboxed, args[0]) {
		ns.Scope()
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return Run(ctx, args, os.Stdout, os.Stderr)
}

// Run is Main with its surroundings given.
func Run(ctx context.Context, args []string, out, errs io.Writer) (code int) {
	var c commands
	p, err := parser(&c, out, errs)
	if err != nil {
		fmt.Fprintln(errs, "candor:", err)
		return exitUsage
	}
	exited := -1
	p.Exit = func(n int) { exited = n; panic(exitNow{}) }
	defer func() {
		if r := recover(); r != nil {
			if _, ok := r.(exitNow); !ok {
				panic(r)
			}
			code = exited
		}
	}()
	if len(args) == 0 {
		args = []string{"--help"}
	}
	k, err := p.Parse(args)
	if err != nil {
		fmt.Fprintf(errs, "candor: %v\nRun candor --help for the commands.\n", err)
		return exitUsage
	}
	err = k.Run(&env{ctx, out, errs})
	var f found
	switch {
	case err == nil:
		return 0
	case errors.As(err, &f):
		return exitFound
	case db.DiskFailed(err):
		fmt.Fprintln(errs, "candor: ending: the disk failed:", err)
		return db.ExitDisk
	}
	if pr, ok := problem.As(err); ok {
		fmt.Fprintln(errs, "candor:", pr.Text)
		for field, text := range pr.Fields {
			fmt.Fprintf(errs, "  %s: %s\n", field, text)
		}
		return exitFound
	}
	fmt.Fprintln(errs, "candor:", err)
	return exitFound
}

type exitNow struct{}

func parser(c *commands, out, errs io.Writer) (*kong.Kong, error) {
	return kong.New(c, kong.Name("candor"), kong.Description("Technical interviews in turns instead of in calls, self-hosted."),
		kong.UsageOnError(), kong.Writers(out, errs), kong.DefaultEnvars("CANDOR"), kong.Configuration(readSettings),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}), kong.ValueFormatter(described), kong.Vars{"data": defaultData("candor"), "demodata": defaultData("candor-demo")})
}

// described is a flag's or an argument's help with what holds where nothing is given, and the variable that says it too.
func described(v *kong.Value) string {
	out := v.Help
	if v.HasDefault && v.Default != "" {
		out = strings.TrimSuffix(out, ".") + ". Default: " + v.Default + "."
	}
	if len(v.Tag.Envs) > 0 {
		out += " ($" + strings.Join(v.Tag.Envs, ", $") + ")"
	}
	return out
}

// settings are the values of a settings file by the names of flags. Every command takes its own from the same file.
type settings map[string]any

func readSettings(r io.Reader) (kong.Resolver, error) {
	s := settings{}
	if err := yaml.NewDecoder(r).Decode(&s); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("settings: %w", err)
	}
	return s, nil
}

// Validate refuses a key that is no flag of any command: it is a slip of the pen, and what it should have said would not hold.
func (s settings) Validate(app *kong.Application) error {
	known := map[string]bool{}
	err := kong.Visit(app.Node, func(v kong.Visitable, next kong.Next) error {
		if f, ok := v.(*kong.Flag); ok {
			known[f.Name] = true
		}
		return next(nil)
	})
	for _, name := range slices.Sorted(maps.Keys(s)) {
		if !known[name] {
			return fmt.Errorf("settings: there is no setting %q; docs/config.md lists them", name)
		}
	}
	return err
}

// Resolve gives the file's value where the environment has none.
func (s settings) Resolve(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
	for _, name := range flag.Envs {
		if os.Getenv(name) != "" {
			return nil, nil
		}
	}
	return s[flag.Name], nil
}

// defaultData is the user's state folder.
func defaultData(name string) string {
	if dir := os.Getenv("XDG_STATE_HOME"); dir != "" {
		return filepath.Join(dir, name)
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return name + "-data"
	}
	return filepath.Join(home, ".local", "state", name)
}

// defaultCache is where a machine keeps what it makes once for everybody, Go's library compiled: the user's cache folder.
func defaultCache() string { return cacheOr(filepath.Join(os.TempDir(), "candor-cache")) }

// cacheOr is the user's cache folder, or, where that cannot be written, the other one.
func cacheOr(other string) string {
	if dir, err := os.UserCacheDir(); err == nil {
		dir = filepath.Join(dir, "candor")
		if os.MkdirAll(dir, 0o755) == nil && unix.Access(dir, unix.W_OK) == nil {
			return dir
		}
	}
	return other
}

type versionCommand struct{}

func (versionCommand) Run(e *env) error {
	_, err := fmt.Fprintf(e.out, "candor %s, %s\n", build(), runtime.Version())
	return err
}

// build is the revision that the program was built of.
func build() string {
	revision, dirty := "unknown", ""
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			switch {
			case s.Key == "vcs.revision":
				revision = s.Value
			case s.Key == "vcs.modified" && s.Value == "true":
				dirty = " with local changes"
			}
		}
	}
	return revision + dirty
}

// logger writes lines for people on a terminal and for machines elsewhere.
func logger(w io.Writer) *slog.Logger {
	return slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: slog.LevelInfo}))
}
