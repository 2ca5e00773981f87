package judge

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"candor/internal/judge/languages"
	"candor/internal/sandbox"
)

// units judges the author's tests and the candidate's own in slots of their own, so that the latter cannot touch the former. What becomes of
// the candidate's own tests is no part of the verdict.
func (j *Judge) units(ctx context.Context, t Task, lang languages.Language, progress func(Result)) (Outcome, error) {
	authors, own := t, t
	authors.UnitTests, own.UnitTests, own.Want = nil, nil, nil
	for _, u := range t.UnitTests {
		if !u.Own {
			authors.UnitTests = append(authors.UnitTests, u)
		}
	}
	for _, u := range t.UnitTests {
		if !u.Own {
			continue
		}
		authors.Files = slices.DeleteFunc(slices.Clone(authors.Files), func(f sandbox.File) bool { return f.Name == u.Name })
		if !slices.ContainsFunc(authors.UnitTests, func(a UnitTest) bool { return a.Name == u.Name }) {
			own.UnitTests = append(own.UnitTests, u)
		}
	}
	if len(own.UnitTests) == 0 {
		return j.twice(ctx, authors, lang, progress)
	}
	var out Outcome
	if len(authors.UnitTests) > 0 {
		var err error
		if out, err = j.twice(ctx, authors, lang, progress); err != nil || out.Verdict == CE || out.Verdict == JE {
			return out, err
		}
	}
	mine, err := j.twice(ctx, own, lang, progress)
	if err != nil {
		return Outcome{}, err
	}
	if len(mine.Tests) == 0 { // they did not get as far as running
		r := Result{Name: own.UnitTests[0].Name, ID: own.UnitTests[0].Name, Own: true, Verdict: mine.Verdict, Reason: mine.Reason, Text: mine.Compile}
		progress(r)
		mine.Tests = []Result{r}
	}
	if len(authors.UnitTests) == 0 {
		out.Verdict, out.Compile, out.Note = AC, mine.Compile, mine.Note
	}
	out.Tests = append(out.Tests, mine.Tests...)
	out.CPU, out.Memory, out.Weak = max(out.CPU, mine.CPU), max(out.Memory, mine.Memory), mine.Weak
	return out, nil
}

// unit runs test files of the author's against the candidate's files. Tests and the answer share a process, as they do everywhere; what
// tests say comes over a private descriptor, the author's files stand in the place of the candidate's of the same names, and configuration
// that the author did not bring is left out.
func (w *work) unit(ctx context.Context) error {
	framework, err := w.framework()
	if err != nil {
		return err
	}
	if err := w.assemble(framework); err != nil {
		return err
	}
	if err := w.receive(ctx); err != nil {
		return err
	}
	tests := w.testNames()
	if err := w.bring(ctx); err != nil {
		return err
	}
	if err := w.complete(ctx); err != nil {
		return err
	}
	files := ours(framework.Files)
	if framework.Make != nil {
		files = append(files, ours(framework.Make(w.source, tests))...)
	}
	if err := w.put(ctx, files); err != nil {
		return err
	}
	w.env = append(w.env, framework.Env...)
	if err := w.compileTests(ctx, framework, tests); err != nil {
		return err
	}
	u := &unitRun{ended: true}
	spec := w.limits()
	for _, args := range framework.Run(w.source, tests) {
		spec.Args = args
		if err := w.runTests(ctx, framework, spec, u); err != nil {
			return err
		}
		if spec.CPU -= u.last.CPU; spec.CPU <= 0 {
			spec.CPU = time.Millisecond
		}
	}
	w.tell(framework, u)
	return nil
}

// framework is the one that the author named, or the first of the language that recognises every test.
func (w *work) framework() (languages.Framework, error) {
	if len(w.UnitTests) == 0 {
		return languages.Framework{}, fail("There is no test.")
	}
	for _, f := range w.lang.Unit {
		if w.Framework != "" && f.Name != w.Framework {
			continue
		}
		if w.Framework != "" || !slices.ContainsFunc(w.UnitTests, func(t UnitTest) bool { return !f.Is(t.Name, t.Data) }) {
			return f, nil
		}
	}
	return languages.Framework{}, fail("No test framework of %s recognises the test files (%q was asked for).", w.lang.Name, w.Framework)
}

// assemble takes out of the candidate's files what the author's replace and what would change how tests run.
func (w *work) assemble(f languages.Framework) error {
	authors := map[string]bool{}
	for _, t := range w.UnitTests {
		authors[t.Name] = true
	}
	for _, p := range w.Protected {
		authors[p.Name] = true
	}
	for name := range authors {
		if !goodName(name) {
			return fail("%q cannot be the name of a file of tests.", name)
		}
	}
	var files []sandbox.File
	for _, c := range w.Files {
		if authors[c.Name] {
			continue
		}
		if f.Config(c.Name, c.Data) {
			w.leftOut = append(w.leftOut, c.Name)
			continue
		}
		files = append(files, c)
	}
	w.Files = files
	return nil
}

func (w *work) testNames() []string {
	var out []string
	for _, t := range w.UnitTests {
		out = append(out, t.Name)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// bring writes the author's files, which the program can read and no more.
func (w *work) bring(ctx context.Context) error {
	var files []sandbox.File
	for _, p := range w.Protected {
		files = append(files, sandbox.File{Name: p.Name, Data: p.Data, Root: true})
	}
	for _, t := range w.UnitTests {
		files = append(files, sandbox.File{Name: t.Name, Data: t.Data, Root: true})
	}
	for _, a := range files {
		w.source.Text[a.Name] = a.Data
	}
	w.source.Files = sorted(w.source.Text)
	return w.put(ctx, files)
}

// compileTests compiles all, or checks all files as the language does. A compiler's words may show hidden tests: then only the author reads
// them.
func (w *work) compileTests(ctx context.Context, f languages.Framework, tests []string) error {
	var commands [][]string
	if f.Compile != nil {
		commands = f.Compile(w.source, tests)
	} else if w.lang.Compile != nil {
		commands = w.lang.Compile(w.source)
	}
	err := w.compile(ctx, commands)
	said := w.out.Compile
	hidden := slices.ContainsFunc(w.UnitTests, func(t UnitTest) bool { return !w.shows(t.Hidden) && strings.Contains(said, t.Name) })
	if hidden {
		w.out.Compile = ""
	}
	for _, name := range w.leftOut {
		w.out.Compile = strings.TrimSpace(fmt.Sprintf("%s is not used: it would change how tests run.\n%s", name, w.out.Compile))
	}
	if err != nil && hidden {
		return stop{Outcome{Verdict: CE, Reason: "The program does not compile together with hidden tests.", Note: said}}
	}
	return err
}

// unitRun is what test runs said.
type unitRun struct {
	results []languages.UnitResult
	ended   bool // all of them came to their end
	last    sandbox.Report
	bad     sandbox.Report // the first that did not
}

func (w *work) runTests(ctx context.Context, f languages.Framework, spec sandbox.Spec, u *unitRun) error {
	secret := nonce()
	r, said, err := w.private(ctx, spec, []byte(secret+"\n"))
	if err != nil {
		return err
	}
	results, ended := languages.Results(secret, said)
	if f.Texts != nil {
		texts := f.Texts(r.Stdout)
		for i := range results {
			if results[i].Text == "" {
				results[i].Text = texts[results[i].ID]
			}
		}
	}
	if !ended && u.ended {
		u.ended, u.bad = false, r
	}
	u.last = r
	u.results = append(u.results, results...)
	w.out.CPU, w.out.Memory = w.out.CPU+r.CPU, max(w.out.Memory, r.Memory)
	w.printed = append(append(w.printed, r.Stdout...), r.Stderr...)
	return nil
}

// tell makes results of what came and of what did not.
func (w *work) tell(f languages.Framework, u *unitRun) {
	files := map[string]UnitTest{}
	for _, t := range w.UnitTests {
		files[t.Name] = t
	}
	came, broken := map[string]languages.UnitResult{}, map[string]string{}
	var ids, undeclared []string
	for _, r := range u.results {
		switch _, known := files[r.File]; {
		case r.Broken:
			broken[r.File] = r.Text
		case !known: // registered by the candidate's own files
		case w.Want != nil && !slices.Contains(w.Want, r.ID):
			undeclared = append(undeclared, r.ID)
		default:
			if before, twice := came[r.ID]; !twice {
				ids = append(ids, r.ID)
			} else if !before.Passed {
				continue
			}
			came[r.ID] = r
		}
	}
	if len(undeclared) > 0 {
		w.out.Note = "Tests came that nobody declared: " + strings.Join(undeclared, ", ")
	}
	if w.Want != nil {
		ids = w.Want
	}
	told := map[string]bool{}
	for _, id := range ids {
		r, ok := came[id]
		t := files[r.File]
		if !ok {
			t = w.holder(f, id)
		}
		told[t.Name] = true
		if !w.add(w.unitResult(t, id, r, ok, broken[t.Name], u)) {
			return
		}
	}
	for _, t := range w.UnitTests { // whose ids are not known yet, and none came
		if w.Want == nil && !told[t.Name] && !w.add(w.unitResult(t, t.Name, languages.UnitResult{}, false, broken[t.Name], u)) {
			return
		}
	}
}

// holder is the file that holds a test which did not come; where that cannot be told, the test counts as hidden.
func (w *work) holder(f languages.Framework, id string) UnitTest {
	for _, t := range w.UnitTests {
		if f.Holds(id, t.Name, t.Data) {
			return t
		}
	}
	return UnitTest{Hidden: true}
}

func (w *work) unitResult(t UnitTest, id string, r languages.UnitResult, came bool, broken string, u *unitRun) Result {
	out := Result{Name: r.Name, ID: id, Hidden: t.Hidden, Own: t.Own, Verdict: AC, Wall: time.Duration(r.Millis) * time.Millisecond}
	if !came {
		out.Name = id
	}
	switch {
	case came && r.Passed:
	case came && r.Skipped:
		out.Verdict, out.Reason = WA, "The test was skipped."
	case came && r.Crashed:
		out.Verdict, out.Reason = RTE, "The test ended with an error."
	case came:
		out.Verdict, out.Reason = WA, "The test failed."
	case broken != "":
		out.Verdict, out.Reason, r.Text = RTE, "The tests of this file could not be loaded.", broken
	case !u.ended:
		m := w.measured(u.bad)
		out.Verdict, out.Reason, out.Exit, out.Signal = m.Verdict, m.Reason, m.Exit, m.Signal
		if m.Verdict == AC {
			out.Verdict = WA
		}
		if m.Verdict == AC || m.Verdict == RTE {
			out.Reason = strings.TrimSpace("The program ended before this test. " + m.Reason)
		}
	default:
		out.Verdict, out.Reason = WA, "The test did not run."
	}
	if w.shows(t.Hidden) {
		out.Text = clean(r.Text)
	}
	if !slices.ContainsFunc(w.UnitTests, func(t UnitTest) bool { return !w.shows(t.Hidden) }) { // all tests print into one stream
		out.Stderr = shown(w.printed)
	}
	return out
}
