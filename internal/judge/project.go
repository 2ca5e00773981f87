package judge

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"candor/internal/judge/languages"
	"candor/internal/judge/report"
	"candor/internal/sandbox"
)

// Suite is one check of a project: a command that runs tests and reports them, or test files of a framework that the judge runs itself.
//
// What is trusted. Each suite runs on a tree of its own, fresh from the task: nothing that another suite's programs did is there. Protected files
// and the suite's own stand in the place of the candidate's. A suite with a Framework is told apart from the candidate's code by a reporter of ours
// on a private descriptor, and configuration that the author did not bring is left out. A Command shares its process, its output and its
// report with the candidate's code, as it does on everybody's machine: code that is written for it can put lines into the report. What stands
// against it: a report needs an end, a command that did not end well does not pass, a test told twice must pass twice, tests that must come
// (Task.Want) and did not are not passed. Where a mark depends on it, use a Framework.
type Suite struct {
	Name     string // as people read it; unique in the task
	Hidden   bool
	Language string         // whose toolchain it needs; "" for a command that needs none
	Files    []sandbox.File // put over the tree in this suite only: its tests
	Limits   Limits         // of the whole suite; zero values are 60 s of CPU, 1 GiB and 4 MiB of output

	// Command is what runs, without a shell, in the top folder. Where it holds {report}, that is a file of a fresh name; else the report is
	// read from the file Report, or from standard output. Without a Format the exit code decides, and the suite is one test.
	Command []string
	Format  report.Format
	Report  string

	// Framework, in place of Command, is one of the language's: those of Files that it recognises are its tests.
	Framework string
}

// SuiteResult is what became of a suite. Its tests are those of the outcome with its name.
type SuiteResult struct {
	Name       string
	Hidden     bool
	Verdict    Verdict
	Reason     string // one sentence, always there unless AC
	Passed, Of int    // tests
	CPU, Wall  time.Duration
	Output     []byte // what a terminal would have shown, cut at MaxOutput; of a hidden suite with Task.Reveal only
}

// How large a project may be. What does not fit is refused as CE.
const (
	MaxTree      = 48 << 20 // bytes of all files
	MaxTreeFile  = 8 << 20  // bytes of one file
	MaxTreeFiles = 5000
	MaxOutput    = 64 << 10 // bytes of a suite's output that are kept
)

// Where a suite's limits do not say.
const (
	suiteCPU    = time.Minute
	suiteMemory = 1 << 30
	suiteOutput = 4 << 20
)

// reportWord stands in a command for the file of its report.
const reportWord = "{report}"

// project runs the suites one after the other. Their test's ids begin with the suite's name, so that those of Want do.
func (j *Judge) project(ctx context.Context, t Task, progress func(Result)) (Outcome, error) {
	out := Outcome{Verdict: AC}
	tree, left, err := boxed(t.Files)
	var s stop
	if errors.As(err, &s) {
		return s.Outcome, nil
	}
	if len(left) > 0 {
		out.Compile = "Left out, because programs here cannot have files of such names: " + strings.Join(left, ", ")
	}
	for _, s := range t.Suites {
		one := Task{Style: Project, Language: s.Language, Files: tree, Protected: t.Protected, Limits: s.limits(), Reveal: t.Reveal, Suites: []Suite{s}, Loopback: true}
		prefix := s.Name + ": "
		for _, id := range t.Want {
			if id, ours := strings.CutPrefix(id, prefix); ours {
				one.Want = append(one.Want, id)
			}
		}
		if t.Want != nil && one.Want == nil {
			one.Want = []string{}
		}
		got, err := j.suite(ctx, one)
		if err != nil {
			return Outcome{}, err
		}
		if got.Verdict == JE {
			return got, nil
		}
		for _, r := range got.Tests {
			r.Suite, r.ID = s.Name, prefix+r.ID
			out.Tests = append(out.Tests, r)
			progress(r)
		}
		if out.Verdict == AC {
			out.Verdict, out.Reason = got.Verdict, got.Reason
		}
		out.Suites = append(out.Suites, got.Suites...)
		out.Spent, out.Memory = out.Spent+got.Spent, max(out.Memory, got.Memory)
		out.CPU, out.Weak = max(out.CPU, got.CPU), got.Weak
		out.Note = strings.TrimSpace(out.Note + "\n" + got.Note)
	}
	return out, nil
}

func (s Suite) limits() Limits {
	l := s.Limits
	if l.CPU == 0 {
		l.CPU = suiteCPU
	}
	if l.Memory == 0 {
		l.Memory = suiteMemory
	}
	if l.Output == 0 {
		l.Output = suiteOutput
	}
	return l
}

// suite runs one in a slot of its own. A JE of its outcome is everybody's; any other verdict is the suite's.
func (j *Judge) suite(ctx context.Context, t Task) (Outcome, error) {
	s := t.Suites[0]
	lang, ok := languages.Named(s.Language)
	if !ok && s.Language != "" {
		return broken("The language %q of the check %q is not known here.", s.Language, s.Name), nil
	}
	if s.Framework == "" {
		return j.twice(ctx, t, lang, func(Result) {})
	}
	unit := t
	unit.Style, unit.Framework, unit.Suites = Unit, s.Framework, nil
	unit.Files = slices.DeleteFunc(slices.Clone(t.Files), func(f sandbox.File) bool { return !goodName(f.Name) || len(f.Data) > MaxFile })
	for _, f := range s.Files {
		if slices.ContainsFunc(lang.Unit, func(x languages.Framework) bool { return x.Name == s.Framework && x.Is(f.Name, f.Data) }) {
			unit.UnitTests = append(unit.UnitTests, UnitTest{Name: f.Name, Data: f.Data, Hidden: s.Hidden})
		} else {
			unit.Protected = append(slices.Clip(unit.Protected), f)
		}
	}
	out, err := j.units(ctx, unit, lang, func(Result) {})
	if err != nil || out.Verdict == JE {
		return out, err
	}
	if len(out.Tests) == 0 { // it did not compile
		for _, id := range unit.wanted(s.Name) {
			out.Tests = append(out.Tests, Result{Name: id, ID: id, Hidden: s.Hidden, Verdict: out.Verdict, Reason: out.Reason})
		}
	}
	r := SuiteResult{Name: s.Name, Hidden: s.Hidden, Verdict: out.Verdict, Reason: out.Reason, CPU: out.Spent}
	if !s.Hidden || t.Reveal {
		r.Output = []byte(out.Compile)
	}
	out.Suites = []SuiteResult{r.count(out.Tests)}
	return out, nil
}

// wanted are the tests that must come; the suite itself is one where they are not known.
func (t Task) wanted(suite string) []string {
	if len(t.Want) == 0 {
		return []string{suite}
	}
	return t.Want
}

// count adds the numbers and the reason of a suite with tests that did not pass.
func (r SuiteResult) count(tests []Result) SuiteResult {
	r.Passed, r.Of = 0, len(tests)
	for _, t := range tests {
		if t.Verdict == AC {
			r.Passed++
		}
	}
	if r.Verdict != AC && r.Reason == "" {
		r.Reason = fmt.Sprintf("%d of %d tests pass.", r.Passed, r.Of)
	}
	return r
}

// boxed is the candidate's tree as it can be put into a box, and the names that cannot; a tree that is too large is refused.
func boxed(files []sandbox.File) (tree []sandbox.File, left []string, err error) {
	if len(files) > MaxTreeFiles {
		return nil, nil, refuse("There are %d files; at most %d are taken.", len(files), MaxTreeFiles)
	}
	all := 0
	for _, f := range files {
		if !boxable(f.Name) {
			left = append(left, clean(fmt.Sprintf("%.80q", f.Name)))
			continue
		}
		if len(f.Data) > MaxTreeFile {
			return nil, nil, refuse("%s has %d bytes; a file may have at most %d.", f.Name, len(f.Data), MaxTreeFile)
		}
		if all += len(f.Data); all > MaxTree {
			return nil, nil, refuse("The files have more than %d bytes together.", MaxTree)
		}
		tree = append(tree, sandbox.File{Name: f.Name, Data: f.Data, Mode: f.Mode})
	}
	return tree, left, nil
}

// boxable is a name that stands for itself inside and is not in a folder of ours.
func boxable(name string) bool {
	if !fs.ValidPath(name) || name == "." || len(name) > 1000 || !utf8.ValidString(name) {
		return false
	}
	for part := range strings.SplitSeq(name, "/") {
		if len(part) > 200 || strings.EqualFold(part, languages.Ours) || strings.EqualFold(part, ".git") {
			return false
		}
	}
	return !strings.ContainsFunc(name, unicode.IsControl)
}

// command runs the only suite of the task.
func (w *work) command(ctx context.Context) error {
	s := w.Suites[0]
	if len(s.Command) == 0 {
		return fail("The check %q has no command.", s.Name)
	}
	args, at := slices.Clone(s.Command), s.Report
	for i, a := range args {
		if strings.Contains(a, reportWord) {
			at = languages.Ours + "/" + nonce()
			args[i] = strings.ReplaceAll(a, reportWord, "/box/"+at)
		}
	}
	if err := w.put(ctx, w.tree(s, at)); err != nil {
		return err
	}
	w.env = append(languages.ProjectEnv("/box/"+languages.Ours+"/tmp"), w.env...) // of two, programs take the first
	spec := w.limits()
	spec.Args, spec.ReadOnly = args, false
	r, err := w.run(ctx, spec)
	if err != nil {
		return err
	}
	said, output := r.Stdout, slices.Concat(r.Stdout, r.Stderr)
	if at != "" && s.Format != "" {
		if said, err = w.slot.Read(ctx, at, report.MaxBytes); err != nil && !errors.Is(err, sandbox.ErrArtefact) {
			return err
		}
	}
	var told report.Report
	if s.Format != "" {
		var bad error
		if told, bad = report.Read(s.Format, said); bad != nil && verdict(r) == AC {
			w.out.Note = fmt.Sprintf("%s: %v", s.Name, bad)
		}
	}
	if told.Output != "" {
		output = slices.Concat([]byte(told.Output), r.Stderr)
	}
	out := SuiteResult{Name: s.Name, Hidden: s.Hidden, CPU: r.CPU, Wall: r.Wall}
	if w.shows(s.Hidden) {
		out.Output = tail(output)
	}
	out.Verdict, out.Reason = w.ended(r, told)
	for _, t := range w.results(told, out) {
		w.add(t)
	}
	out = out.count(w.out.Tests)
	w.out.Suites, w.out.Memory, w.out.CPU = []SuiteResult{out}, r.Memory, r.CPU
	if out.Verdict != AC { // also where all tests pass
		return stop{Outcome{Verdict: out.Verdict, Reason: out.Reason, Note: w.out.Note}}
	}
	return nil
}

// tree is what the command finds: the candidate's files, over them the protected ones, over them the suite's.
func (w *work) tree(s Suite, report string) []sandbox.File {
	over := slices.Concat(w.Protected, s.Files)
	out := []sandbox.File{{Name: languages.Ours + "/tmp/.keep", Root: true}}
	for _, f := range w.Files {
		if f.Name != report && !slices.ContainsFunc(over, func(o sandbox.File) bool { return o.Name == f.Name }) {
			out = append(out, f)
		}
	}
	for _, f := range over {
		out = append(out, sandbox.File{Name: f.Name, Data: f.Data, Mode: f.Mode, Root: true})
	}
	return out
}

// ended is the verdict on the command itself and on its report, whatever the tests say.
func (w *work) ended(r sandbox.Report, told report.Report) (Verdict, string) {
	m := w.measured(r)
	reason := strings.Replace(m.Reason, "The program", "The check", 1)
	s := w.Suites[0]
	failed := slices.ContainsFunc(told.Tests, func(t report.Test) bool { return t.State == report.Failed || t.State == report.Errored })
	switch {
	case m.Verdict != AC && m.Verdict != RTE:
		return m.Verdict, reason
	case m.Verdict == RTE && s.Format == "" && m.Signal == 0:
		return WA, fmt.Sprintf("The check ended with exit code %d.", m.Exit)
	case m.Verdict == RTE && !failed:
		return RTE, strings.TrimSpace(reason + " No test says why; its output may.")
	case failed:
		return WA, ""
	case s.Format != "" && len(told.Tests) == 0:
		return RTE, "The check ended without a report of tests."
	case s.Format != "" && !told.Ended:
		return RTE, "The report of the tests has no end."
	}
	return AC, ""
}

// results are the tests that came and those that did not.
func (w *work) results(told report.Report, s SuiteResult) []Result {
	verdicts := map[report.State]Verdict{report.Passed: AC, report.Failed: WA, report.Errored: RTE, report.Skipped: WA}
	reasons := map[report.State]string{report.Failed: "The test failed.", report.Errored: "The test ended with an error.", report.Skipped: "The test was skipped."}
	came := map[string]report.Test{}
	var ids, undeclared []string
	for _, t := range told.Tests {
		if w.Want != nil && !slices.Contains(w.Want, t.ID) {
			undeclared = append(undeclared, t.ID)
			continue
		}
		came[t.ID], ids = t, append(ids, t.ID)
	}
	if len(undeclared) > 0 {
		w.out.Note = strings.TrimSpace(w.out.Note + "\nTests came that nobody declared: " + strings.Join(undeclared, ", "))
	}
	if len(w.Want) > 0 {
		ids = w.Want
	}
	var out []Result
	for _, id := range ids {
		t, ok := came[id]
		r := Result{ID: id, Name: t.Name, Hidden: s.Hidden, Verdict: verdicts[t.State], Reason: reasons[t.State], Wall: time.Duration(t.Millis) * time.Millisecond}
		if w.shows(s.Hidden) {
			r.Text = clean(t.Text)
		}
		if !ok {
			r.Name, r.Verdict, r.Reason = id, s.Verdict, strings.TrimSpace("The test did not run. "+s.Reason)
			if s.Verdict == AC {
				r.Verdict = WA
			}
		}
		out = append(out, r)
	}
	if len(out) == 0 { // the suite itself is the test
		out = []Result{{ID: s.Name, Name: s.Name, Hidden: s.Hidden, Verdict: s.Verdict, Reason: s.Reason, CPU: s.CPU, Wall: s.Wall}}
	}
	return out
}

// tail keeps the beginning and the end of an output.
func tail(b []byte) []byte {
	if len(b) <= MaxOutput {
		return []byte(clean(string(b)))
	}
	cut := fmt.Sprintf("\n... (%d KiB left out)\n", (len(b)-MaxOutput)>>10)
	return []byte(clean(string(b[:MaxOutput/4]) + cut + string(b[len(b)-MaxOutput*3/4:])))
}
