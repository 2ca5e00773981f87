package judge

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"candor/internal/judge/languages"
	"candor/internal/sandbox"
)

// Validator is an author's program that says whether an output is right (2025-09 format, section "Output validator"). It is called as
// `validator input answer feedback_dir/ [flags] < output` in a slot of its own, where the submission never runs; 42 accepts, 43 refuses,
// and everything else is JE.
type Validator struct {
	Files       []sandbox.File // in C, C++, Python or another language, or with a script called run, and one called build that makes it
	Entry       string         // "" lets the language choose
	Interactive bool           // it runs beside the program, their outputs joined to their inputs
	// Passes is how often the program may run in one test, each time with what the validator wrote to nextpass.in. 0 is once.
	Passes int
	// Zero values are 60 s of CPU, three times that plus 1 s of wall time, 2 GiB, and 8 MiB of output.
	Limits Limits
}

// What a validator may use where its limits do not say.
const (
	validatorCPU    = 60 * time.Second
	validatorMemory = 2 << 30
	validatorOutput = 8 << 20
)

// maxProgram is how large a validator's executable may be that is kept for the next submission, in bytes.
const maxProgram = 64 << 20

// maxFeedback is how much is read of a file in the feedback folder, in bytes; maxNextPass of the next pass' input.
const (
	maxFeedback = 1 << 20
	maxNextPass = 64 << 20
)

// deaf has a program ignore SIGPIPE: a validator reads the end of a submission as it comes, and must not die of what it says to a dead one.
var deaf = []string{"/bin/sh", "-c", `trap "" PIPE; exec "$@"`, "sh"}

// programs are executables of validators by their sources: each is compiled once.
type programs struct {
	mu   sync.Mutex
	made map[[sha256.Size]byte][]byte
}

// mostPrograms are kept; when there are more all are forgotten.
const mostPrograms = 32

func (p *programs) get(key [sha256.Size]byte) ([]byte, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	b, ok := p.made[key]
	return b, ok
}

func (p *programs) put(key [sha256.Size]byte, b []byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.made == nil || len(p.made) >= mostPrograms {
		p.made = map[[sha256.Size]byte][]byte{}
	}
	p.made[key] = b
}

// referee is a validator in its slot.
type referee struct {
	*Validator
	slot sandbox.Slot
	kept *programs
	spec sandbox.Spec // how it is run
	args []string
	runs int
}

// open takes a slot for the submission, and one for its validator where it has one. Only one task at a time takes two: with all holding one
// and waiting for another, nobody would ever go on.
func (j *Judge) open(ctx context.Context, v *Validator) (sandbox.Slot, *referee, error) {
	if v == nil {
		slot, err := j.Engine.Open(ctx)
		return slot, nil, err
	}
	select {
	case j.pairs <- struct{}{}:
		defer func() { <-j.pairs }()
	case <-ctx.Done():
		return nil, nil, ctx.Err()
	}
	slot, err := j.Engine.Open(ctx)
	if err != nil {
		return nil, nil, err
	}
	second, err := j.Engine.Open(ctx)
	if err != nil {
		return nil, nil, errors.Join(err, slot.Close())
	}
	return slot, &referee{Validator: v, slot: second, kept: &j.compiled}, nil
}

// The referee's own files in its box.
const (
	refereeIn   = languages.Ours + "/test.in"
	refereeAns  = languages.Ours + "/test.ans"
	refereeWork = languages.Ours + "/work" // where it runs, with the submission's sources
)

// prepare compiles the validator, or puts what was compiled before into the slot.
func (f *referee) prepare(ctx context.Context, submission []sandbox.File) error {
	l := f.Limits
	f.spec = sandbox.Spec{Profile: sandbox.Compile, CPU: l.CPU, Wall: l.Wall, Memory: l.Memory, Output: l.Output, Pids: 2 * basePids, Dir: refereeWork}
	if f.spec.CPU == 0 {
		f.spec.CPU = validatorCPU
	}
	if f.spec.Memory == 0 {
		f.spec.Memory = validatorMemory
	}
	if f.spec.Output == 0 {
		f.spec.Output = validatorOutput
	}
	f.spec.Env = []string{"PATH=" + searchPath, "HOME=/tmp", "TMPDIR=/tmp", "LANG=C.UTF-8", "LC_ALL=C.UTF-8"}
	files := []sandbox.File{{Name: refereeWork + "/.keep"}}
	for _, s := range submission {
		files = append(files, sandbox.File{Name: refereeWork + "/" + s.Name, Data: s.Data})
	}
	text := map[string][]byte{}
	for _, s := range f.Files {
		if path.Dir(s.Name) == "." && (s.Name == "build" || s.Name == "run") {
			s.Mode = 0o755
		}
		files, text[s.Name] = append(files, s), s.Data
	}
	if err := f.slot.Write(ctx, files); err != nil {
		return fmt.Errorf("writing the validator: %w", err)
	}
	if text["build"] != nil || text["run"] != nil {
		f.args = []string{"/box/run"}
		if text["build"] == nil {
			return nil
		}
		return f.compile(ctx, "", []string{"/box/build"})
	}
	source, lang, err := f.source(text)
	if err != nil {
		return err
	}
	f.spec.Env = append(f.spec.Env, lang.Env...)
	f.args = lang.Run(source)
	if i := slices.Index(f.args, source.Entry); i >= 0 {
		f.args[i] = "/box/" + source.Entry
	} else if !strings.HasPrefix(f.args[0], "/box/") {
		f.spec.Dir = "" // its command knows only where it stands itself
	}
	if lang.Compile == nil {
		return nil
	}
	program, ok := strings.CutPrefix(f.args[0], "/box/")
	key := hash(f.Files)
	if made, have := f.kept.get(key); ok && have {
		return f.slot.Write(ctx, []sandbox.File{{Name: program, Data: made, Mode: 0o755}})
	}
	if err := f.compile(ctx, "", lang.Compile(source)...); err != nil || !ok {
		return err
	}
	if made, err := f.slot.Read(ctx, program, maxProgram); err == nil {
		f.kept.put(key, made)
	}
	return nil
}

// source tells a validator's language and which file is started.
func (f *referee) source(text map[string][]byte) (languages.Source, languages.Language, error) {
	s := languages.Source{Text: text, Files: sorted(text), Entry: f.Entry, Memory: f.spec.Memory}
	var lang languages.Language
	for _, name := range s.Files {
		if l, ok := languages.BySuffix(name); ok && (lang.ID == "" || l.ID == "cpp" && lang.ID == "c") {
			lang = l
		}
	}
	candidates := s.With(lang.Suffixes...)
	if len(candidates) == 0 {
		return s, lang, fail("The validator is in no language that is known here.")
	}
	if s.Entry == "" && lang.Entry != nil {
		s.Entry = lang.Entry(text)
	}
	for _, usual := range []string{"__main__.py", lang.Main, candidates[0]} {
		if s.Entry == "" && slices.Contains(candidates, usual) {
			s.Entry = usual
		}
	}
	return s, lang, nil
}

func (f *referee) compile(ctx context.Context, dir string, commands ...[]string) error {
	for _, args := range commands {
		r, err := f.slot.Run(ctx, sandbox.Spec{Profile: sandbox.Compile, Args: args, Env: f.spec.Env, Dir: dir})
		if err != nil {
			return err
		}
		if r.Status != sandbox.OK {
			return fail("The validator does not compile: it %s.\n%s", r.Reason, clean(string(r.Stdout)+string(r.Stderr)))
		}
	}
	return nil
}

// hash tells sources apart.
func hash(files []sandbox.File) [sha256.Size]byte {
	h := sha256.New()
	for _, f := range files {
		fmt.Fprintf(h, "%q %d\n%s", f.Name, len(f.Data), f.Data)
	}
	return [sha256.Size]byte(h.Sum(nil))
}

// feedback is what a validator left in its folder, and how it ended.
type feedback struct {
	sandbox.Report
	judges, team  string
	score, factor string // as they stand in score.txt and score_multiplier.txt
	next          []byte // nil: no further pass
}

// accepts says 42, refuses 43.
func (f feedback) accepts() bool { return f.Status == sandbox.RE && f.Signal == 0 && f.ExitCode == 42 }
func (f feedback) refuses() bool { return f.Status == sandbox.RE && f.Signal == 0 && f.ExitCode == 43 }

// broke is why an answer that is neither counts for nothing.
func (f feedback) broke() string {
	why := f.Reason
	if f.Status == sandbox.OK {
		why = "ended with exit code 0"
	}
	return strings.TrimSpace(fmt.Sprintf("The validator %s; it must end with 42 or 43. %s", why, clean(f.judges+string(f.Stderr))))
}

// begin puts a test before the validator and makes a fresh feedback folder.
func (f *referee) begin(ctx context.Context, t Test, in []byte) error {
	err := f.slot.Write(ctx, []sandbox.File{{Name: refereeIn, Data: in}, {Name: refereeAns, Data: t.Want}, {Name: f.folder() + ".keep"}})
	if err != nil {
		return fmt.Errorf("writing a test for the validator: %w", err)
	}
	f.spec.Args = slices.Concat(deaf, f.args, []string{"/box/" + refereeIn, "/box/" + refereeAns, "/box/" + f.folder()}, t.Flags)
	return nil
}

// folder is the feedback folder of the test at hand.
func (f *referee) folder() string { return fmt.Sprintf("%s/feedback-%d/", languages.Ours, f.runs) }

// look reads what the validator left.
func (f *referee) look(ctx context.Context, r sandbox.Report) (feedback, error) {
	if r.Status == sandbox.IE {
		return feedback{}, errors.New(r.Reason)
	}
	out := feedback{Report: r}
	for name, into := range map[string]*string{"judgemessage.txt": &out.judges, "teammessage.txt": &out.team, "score.txt": &out.score, "score_multiplier.txt": &out.factor} {
		b, err := f.read(ctx, name, maxFeedback)
		if err != nil {
			return feedback{}, err
		}
		*into = strings.ToValidUTF8(string(b), "\uFFFD")
	}
	if f.Passes <= 1 {
		return out, nil
	}
	var err error
	if out.next, err = f.read(ctx, "nextpass.in", maxNextPass); err != nil || out.next == nil {
		return out, err
	}
	_, err = f.slot.Run(ctx, sandbox.Spec{Profile: sandbox.Compile, Args: []string{"rm", "-f", "/box/" + f.folder() + "nextpass.in"}, Env: f.spec.Env})
	return out, err
}

// read is a file of the feedback folder; nil where there is none, or something that is no file.
func (f *referee) read(ctx context.Context, name string, most int64) ([]byte, error) {
	b, err := f.slot.Read(ctx, f.folder()+name, most)
	if errors.Is(err, sandbox.ErrArtefact) {
		return nil, nil
	}
	return append([]byte{}, b...), err
}

// validated runs the program and has the validator look at its output, as often as the validator asks for.
func (w *work) validated(ctx context.Context, t Test, spec sandbox.Spec) (Result, error) {
	defer func() { w.referee.runs++ }()
	in, cpu, memory := t.In, time.Duration(0), int64(0)
	for pass := 1; ; pass++ {
		if err := w.referee.begin(ctx, t, in); err != nil {
			return Result{}, err
		}
		once := w.checked
		if w.Validator.Interactive {
			once = w.interact
		}
		spec.Stdin = in
		r, f, err := once(ctx, t, spec)
		if err != nil {
			return Result{}, err
		}
		cpu, memory = max(cpu, r.CPU), max(memory, r.Memory)
		r.CPU, r.Memory = cpu, memory
		if f.next == nil || r.Verdict == JE || !f.accepts() && !f.refuses() {
			return w.judged(t, r, f)
		}
		switch {
		case f.refuses():
			return w.failed(t, r, "The validator refused and asked for another pass.")
		case r.Verdict != AC:
			return w.judged(t, r, f)
		case pass == w.Validator.Passes:
			return w.failed(t, r, fmt.Sprintf("The validator asked for more than %d passes.", pass))
		}
		in = f.next
	}
}

// checked runs the program once and then the validator.
func (w *work) checked(ctx context.Context, t Test, spec sandbox.Spec) (Result, feedback, error) {
	r, err := w.run(ctx, spec)
	if err != nil {
		return Result{}, feedback{}, err
	}
	out := w.result(t, r)
	if out.Verdict != AC {
		return out, feedback{}, nil
	}
	s := w.referee.spec
	s.Stdin = r.Stdout
	said, err := w.referee.slot.Run(ctx, s)
	if err != nil {
		return Result{}, feedback{}, err
	}
	f, err := w.referee.look(ctx, said)
	if !f.accepts() {
		out.Verdict = WA
	}
	if !f.accepts() && !f.refuses() {
		out.Verdict = JE
	}
	return out, f, err
}

// judged turns what a validator said into a result: its words to judges reach the author only, those to the candidate only where the test is
// not hidden.
func (w *work) judged(t Test, r Result, f feedback) (Result, error) {
	if r.Verdict == JE {
		return w.failed(t, r, f.broke())
	}
	if wrong := w.points(&r, f); wrong != "" {
		return w.failed(t, r, wrong)
	}
	if r.Verdict == WA && r.Reason == "" {
		r.Reason = "The output is not right."
	}
	if w.shows(t.Hidden) {
		r.Text = string(shown([]byte(f.team)))
	}
	if w.Reveal {
		r.Judged = string(shown([]byte(f.judges)))
	}
	if r.Verdict != AC {
		w.note(t.Name, f.judges)
	}
	return r, nil
}

// failed ends everything: the validator did not do its work.
func (w *work) failed(t Test, r Result, why string) (Result, error) {
	b := broken("%s: %s", t.Name, why)
	r.Verdict, r.Reason = JE, b.Reason
	w.add(r)
	return r, stop{b}
}

// maxNote is how much is kept for the author of what validators say, in bytes.
const maxNote = 32 << 10

// note keeps something for the author.
func (w *work) note(test, text string) {
	if text = strings.TrimSpace(text); text != "" && len(w.out.Note) < maxNote {
		w.out.Note += test + ": " + string(shown([]byte(text))) + "\n"
	}
}
