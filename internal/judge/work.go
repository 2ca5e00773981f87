package judge

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"candor/internal/judge/languages"
	"candor/internal/sandbox"
)

// Judge judges tasks in the slots of an engine. Safe for concurrent use; as many tasks run at once as the engine has slots. A task with a
// validator takes two: the engine must have them.
type Judge struct {
	Engine sandbox.Engine
	// Prepare, where set, waits until what most programs of a language need is there, with all what any of them needs, and tells whether it had
	// to wait. A program that did not compile before all was there is judged again.
	Prepare func(ctx context.Context, language string, all bool) (waited bool, err error)

	mu    sync.Mutex
	found []Found

	pairs    chan struct{} // held while two slots are being taken
	compiled programs
}

// New makes a judge.
func New(engine sandbox.Engine) *Judge {
	return &Judge{Engine: engine, pairs: make(chan struct{}, 1)}
}

// What a task may use where its limits do not say.
const (
	defaultCPU    = 2 * time.Second
	defaultMemory = 256 << 20
	defaultOutput = 1 << 20
	basePids      = 64
)

// searchPath is where programs are looked up inside of a slot.
const searchPath = "/usr/local/bin:/usr/bin:/bin:/usr/local/go/bin"

// Judge judges one task and tells progress, which may be nil, each result as it comes. A slot that dies, or a sandbox that fails, costs one
// more try in another slot: results are then told again. An error comes back only when ctx ended or the engine refuses
// (sandbox.ErrLayer); everything else is an Outcome.
func (j *Judge) Judge(ctx context.Context, t Task, progress func(Result)) (Outcome, error) {
	if progress == nil {
		progress = func(Result) {}
	}
	if t.Style == Project {
		for _, s := range t.Suites {
			if _, err := j.prepare(ctx, s.Language, true); err != nil {
				return Outcome{}, err
			}
		}
		return j.project(ctx, t, progress)
	}
	lang, ok := languages.Named(t.Language)
	if !ok {
		return broken("The language %q is not known here.", t.Language), nil
	}
	if _, err := j.prepare(ctx, t.Language, false); err != nil {
		return Outcome{}, err
	}
	out, err := j.program(ctx, t, lang, progress)
	if err != nil || out.Verdict != CE {
		return out, err
	}
	if waited, err := j.prepare(ctx, t.Language, true); err != nil || !waited {
		return out, err
	}
	return j.program(ctx, t, lang, progress)
}

func (j *Judge) prepare(ctx context.Context, language string, all bool) (waited bool, err error) {
	if j.Prepare == nil {
		return false, nil
	}
	return j.Prepare(ctx, language, all)
}

// program judges a program of one language.
func (j *Judge) program(ctx context.Context, t Task, lang languages.Language, progress func(Result)) (Outcome, error) {
	if t.Style == Unit {
		return j.units(ctx, t, lang, progress)
	}
	return j.twice(ctx, t, lang, progress)
}

// twice tries again where the first slot did not do its work.
func (j *Judge) twice(ctx context.Context, t Task, lang languages.Language, progress func(Result)) (Outcome, error) {
	var err error
	for range 2 {
		var out Outcome
		if out, err = j.once(ctx, t, lang, progress); err == nil {
			return out, nil
		}
		if ctx.Err() != nil {
			return Outcome{}, ctx.Err()
		}
		if errors.Is(err, sandbox.ErrLayer) {
			return Outcome{}, err
		}
	}
	return broken("%v", err), nil
}

// broken is a JE; the note is for the author.
func broken(format string, args ...any) Outcome {
	return Outcome{Verdict: JE, Reason: "The judge could not do its work. This is not the program's fault.", Note: fmt.Sprintf(format, args...)}
}

// stop is an outcome that is decided before the tests are through.
type stop struct{ Outcome }

func (s stop) Error() string { return string(s.Verdict) + ": " + s.Reason }

func refuse(format string, args ...any) error {
	return stop{Outcome{Verdict: CE, Reason: fmt.Sprintf(format, args...)}}
}

func fail(format string, args ...any) error { return stop{broken(format, args...)} }

// work is one task in one slot.
type work struct {
	Task
	lang     languages.Language
	slot     sandbox.Slot
	referee  *referee // where there is a validator
	source   languages.Source
	env      []string
	progress func(Result)
	out      Outcome

	// Unit style: files that were left out, and what all tests printed.
	leftOut []string
	printed []byte
}

func (j *Judge) once(ctx context.Context, t Task, lang languages.Language, progress func(Result)) (Outcome, error) {
	slot, ref, err := j.open(ctx, t.Validator)
	if err != nil {
		return Outcome{}, err
	}
	defer slot.Close()
	if ref != nil {
		defer ref.slot.Close()
	}
	w := &work{Task: t, lang: lang, slot: slot, referee: ref, progress: progress}
	w.env = append([]string{"PATH=" + searchPath, "HOME=/tmp", "TMPDIR=/tmp", "LANG=C.UTF-8", "LC_ALL=C.UTF-8"}, lang.Env...)
	switch t.Style {
	case Stdin:
		err = w.stdin(ctx)
	case Unit:
		err = w.unit(ctx)
	case Function:
		err = w.function(ctx)
	case Project:
		err = w.command(ctx)
	default:
		return broken("The style %q is not known here.", t.Style), nil
	}
	var s stop
	if errors.As(err, &s) {
		w.out.Verdict, w.out.Reason, w.out.Note = s.Verdict, s.Reason, s.Note
		return w.out, nil
	}
	if err != nil {
		return Outcome{}, err
	}
	if w.Groups != nil {
		w.grade()
		return w.out, nil
	}
	w.out.Verdict = AC
	for _, r := range w.out.Tests {
		if r.Verdict != AC && !r.Own {
			w.out.Verdict = r.Verdict
			break
		}
	}
	return w.out, nil
}

// add keeps a result and says whether to go on.
func (w *work) add(r Result) bool {
	w.out.Tests = append(w.out.Tests, r)
	w.out.CPU, w.out.Memory = max(w.out.CPU, r.CPU), max(w.out.Memory, r.Memory)
	w.progress(r)
	return r.Verdict == AC || !w.StopEarly && !slices.Contains(w.StopAt, r.Verdict)
}

// put writes files into the box.
func (w *work) put(ctx context.Context, files []sandbox.File) error {
	if err := w.slot.Write(ctx, files); err != nil {
		return fmt.Errorf("writing files: %w", err)
	}
	return nil
}

// ours are files of the judge's own: the program can read them and no more.
func ours(files map[string]string) []sandbox.File {
	var out []sandbox.File
	for _, name := range slices.Sorted(maps.Keys(files)) {
		out = append(out, sandbox.File{Name: name, Data: []byte(files[name]), Root: true})
	}
	return out
}

// run executes one program. A sandbox that failed is an error, as everything is that is not the program's doing.
func (w *work) run(ctx context.Context, spec sandbox.Spec) (sandbox.Report, error) {
	if spec.Env == nil {
		spec.Env = w.env
	}
	r, err := w.slot.Run(ctx, spec)
	if err != nil {
		return r, err
	}
	if r.Status == sandbox.IE {
		return r, errors.New(r.Reason)
	}
	w.out.Weak = r.Weak
	w.out.Spent += r.CPU
	return r, nil
}

// limits are those of a program that is judged: the author's, and what the language needs on top.
func (w *work) limits() sandbox.Spec {
	l := w.Limits
	if l.CPU == 0 {
		l.CPU = defaultCPU
	}
	if l.Memory == 0 {
		l.Memory = defaultMemory
	}
	if l.Output == 0 {
		l.Output = defaultOutput
	}
	if l.Wall == 0 {
		l.Wall = 3*max(l.CPU, l.Kill) + time.Second
	}
	factor, more := max(w.lang.CPUFactor, 1), w.lang.Memory
	if l.Exact {
		factor, more = 1, 0
	}
	scale := func(d time.Duration) time.Duration { return time.Duration(float64(d) * factor) }
	spec := sandbox.Spec{Profile: sandbox.Algo, CPU: scale(max(l.CPU, l.Kill)), Wall: scale(l.Wall), Memory: l.Memory + more, Pids: basePids + w.lang.Pids,
		Output: l.Output, ReadOnly: true}
	if w.Loopback {
		spec.Profile, spec.Pids = sandbox.Project, 0
	}
	return spec
}

// verdict of a run whose output has not been looked at.
func verdict(r sandbox.Report) Verdict {
	switch r.Status {
	case sandbox.OK:
		return AC
	case sandbox.TLE, sandbox.WTLE:
		return TLE
	case sandbox.MLE:
		return MLE
	case sandbox.OLE:
		return OLE
	}
	return RTE
}

// measured is a result with what the sandbox counted.
func (w *work) measured(r sandbox.Report) Result {
	out := Result{Verdict: verdict(r), Reason: sentence(r.Reason), CPU: r.CPU, Wall: r.Wall, Memory: r.Memory, Exit: r.ExitCode, Signal: r.Signal}
	if r.Status == sandbox.MLE { // the language's own needs are not the author's limit
		most := w.limits().Memory
		if !w.Limits.Exact {
			most -= w.lang.Memory
		}
		out.Reason = fmt.Sprintf("The program needed more than its %d MiB of memory.", most>>20)
	}
	if l := w.Limits; l.Kill > l.CPU && r.CPU > l.CPU && (out.Verdict == AC || out.Verdict == RTE) {
		out.Verdict, out.Reason = TLE, fmt.Sprintf("The program used %.2f s of CPU time; %.2f s are allowed.", r.CPU.Seconds(), l.CPU.Seconds())
	}
	return out
}

// sentence makes one of a report's reason.
func sentence(reason string) string {
	if reason == "" {
		return ""
	}
	return "The program " + strings.TrimSuffix(reason, ".") + "."
}

// shown cuts what is kept for showing.
func shown(b []byte) []byte { return slices.Clone(b[:min(len(b), MaxShown)]) }
