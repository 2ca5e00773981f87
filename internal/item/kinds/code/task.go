package code

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"

	"candor/internal/actor"
	"candor/internal/db"
	"candor/internal/item"
	"candor/internal/judge"
	"candor/internal/run"
)

// Task is the judge's work of a run: of a try the visible tests and what the candidate typed, of a graded run all tests.
func (Kind) Task(_ context.Context, s item.Spec, r run.Run) (run.Work, error) {
	q := s.(*spec)
	a := q.read(r.Body)
	l, ok := q.language(a.Language)
	if !ok {
		return run.Work{}, fmt.Errorf("code: no language %q", a.Language)
	}
	graded := r.Purpose != run.Try
	t := q.task(l, q.files(l, a), l.offer.Entry, graded)
	if !graded {
		q.own(&t, l, a)
	}
	w := run.Work{Task: t}
	if q.Style == judge.Unit {
		for _, x := range q.samples {
			if x.language == l.ID && x.want[0] == judge.AC && len(x.want) == 1 {
				reference := q.task(l, l.with(x), x.entry, true)
				w.Reference = &reference
				break
			}
		}
	}
	return w, nil
}

// task has the visible tests, or all.
func (s *spec) task(l *language, files []file, entry string, all bool) judge.Task {
	t := judge.Task{Style: s.Style, Language: l.ID, Files: sandboxFiles(files), Entry: entry, Limits: s.bounds, Signature: s.signature, Framework: l.Framework,
		Checks: judge.Checks{CaseSensitive: s.Compare.CaseSensitive, SpaceSensitive: s.Compare.SpaceSensitive, Absolute: s.Compare.Absolute, Relative: s.Compare.Relative}}
	for _, x := range s.tests {
		if all || !x.Hidden {
			t.Tests = append(t.Tests, x)
		}
	}
	for _, x := range s.cases {
		if all || !x.Hidden {
			t.Cases = append(t.Cases, x)
		}
	}
	for _, x := range l.unit {
		if all || !x.Hidden {
			t.UnitTests = append(t.UnitTests, x)
		}
	}
	var kept []file
	for _, f := range l.starter {
		if l.protects(f.name) {
			kept = append(kept, f)
		}
	}
	t.Protected = sandboxFiles(kept)
	return t
}

// own adds the candidate's own tests: an input, cases, or files of tests.
func (s *spec) own(t *judge.Task, l *language, a answer) {
	switch s.Style {
	case judge.Stdin:
		if strings.TrimSpace(a.Input) != "" || s.Untested {
			in := a.Input
			if in != "" && !strings.HasSuffix(in, "\n") {
				in += "\n"
			}
			t.Tests = append(t.Tests, judge.Test{Name: "your input", In: []byte(in), Own: true})
		}
	case judge.Function:
		for i, line := range strings.Split(a.Input, "\n") {
			var args []json.RawMessage
			if json.Unmarshal([]byte(line), &args) == nil && len(args) == len(s.signature.Params) && i < 50 {
				t.Cases = append(t.Cases, judge.Case{Name: "yours, line " + fmt.Sprint(i+1), Args: []byte(line), Own: true})
			}
		}
	case judge.Unit:
		for name, text := range a.Files[l.ID] {
			if l.tests(name, []byte(text)) && !l.starts(name) {
				t.UnitTests = append(t.UnitTests, judge.UnitTest{Name: name, Data: []byte(text), Own: true})
			}
		}
	}
}

// problems says which lines of own cases cannot be read.
func (s *spec) problems(input string) []string {
	var out []string
	if s.Style != judge.Function {
		return nil
	}
	for i, line := range strings.Split(input, "\n") {
		if strings.TrimSpace(line) == "" {
			continue
		}
		var args []json.RawMessage
		if err := json.Unmarshal([]byte(line), &args); err != nil || len(args) != len(s.signature.Params) {
			out = append(out, fmt.Sprintf("Line %d is not a list of %d values, such as %s.", i+1, len(s.signature.Params), s.example()))
		}
	}
	return out
}

// example is a line of own cases: the arguments of the first visible case.
func (s *spec) example() string {
	for _, c := range s.cases {
		if !c.Hidden {
			return string(c.Args)
		}
	}
	return "[1, 2]"
}

// Start begins the graded run.
func (k Kind) Start(ctx context.Context, tx db.Tx, ref item.Ref, _ item.Spec, body []byte) error {
	_, err := k.Runs.Start(ctx, tx, run.Ask{Owner: ref.Owner, Version: ref.Version, Item: ref.Item, Purpose: run.Graded, Body: body})
	return err
}

// Finish makes the mark: the share of tests that pass.
func (Kind) Finish(_ item.Spec, _, result []byte) (item.Mark, error) {
	var o judge.Outcome
	if err := json.Unmarshal(result, &o); err != nil {
		return item.Mark{}, fmt.Errorf("code: result: %w", err)
	}
	passed, of := o.Passed()
	m := item.Mark{Detail: result, Why: fmt.Sprintf("%d of %d tests pass", passed, of)}
	if of > 0 {
		m.Share = float64(passed) / float64(of)
	}
	if o.Verdict == judge.CE {
		m.Share, m.Why = 0, "It does not compile"
	}
	return m, nil
}

// Keeps: every press on run is kept with what came of it.
func (Kind) Keeps() []item.Keeps { return []item.Keeps{item.KeepsRuns} }

// Do runs what stands in the page: action "run".
func (k Kind) Do(ctx context.Context, tx db.Tx, _ actor.Actor, ref item.Ref, s item.Spec, action string, body []byte, _ url.Values) (item.Event, error) {
	if action != "run" || k.Runs == nil {
		return item.Event{}, item.ErrAction
	}
	if id := s.(*spec).read(body).Language; !k.works(id) {
		return item.Event{}, errLanguage
	}
	r, err := k.Runs.Start(ctx, tx, run.Ask{Owner: ref.Owner, Version: ref.Version, Item: ref.Item, Purpose: run.Try, Body: body})
	return item.Event{ID: string(r), Action: action, State: string(run.Queued), At: k.Runs.DB.Now().UnixMilli()}, err
}

func (k Kind) works(language string) bool {
	if k.Ready == nil {
		return true
	}
	ready := k.Ready()
	_, ok := ready[language]
	return ok || len(ready) == 0
}

// Events are the tries, newest first, reduced to what the candidate may see.
func (k Kind) Events(ctx context.Context, tx db.Tx, ref item.Ref, s item.Spec) ([]item.Event, error) {
	if k.Runs == nil {
		return nil, nil
	}
	list, all, err := k.Runs.Of(ctx, tx, ref.Owner, ref.Item, 20)
	if err != nil {
		return nil, err
	}
	var out []item.Event
	for i, r := range list {
		v := shown{N: all - i, Language: s.(*spec).read(r.Body).Language, Free: s.(*spec).Untested}
		if r.Outcome != nil {
			v.of(*r.Outcome)
		}
		if r.State == run.Queued {
			if v.Ahead, err = k.Runs.Ahead(ctx, tx, r.ID); err != nil {
				return nil, err
			}
		}
		raw, err := json.Marshal(v)
		if err != nil {
			return nil, err
		}
		out = append(out, item.Event{ID: string(r.ID), Action: "run", State: string(r.State), Result: raw, At: r.Created.UnixMilli()})
	}
	return out, nil
}

// shown is a run as a candidate may see it: of hidden tests the name and the verdict.
type shown struct {
	N        int           `json:"n"`
	Ahead    int           `json:"ahead,omitempty"`
	Language string        `json:"language"`
	Verdict  judge.Verdict `json:"verdict,omitempty"`
	Reason   string        `json:"reason,omitempty"`
	Compile  string        `json:"compile,omitempty"`
	Tests    []shownTest   `json:"tests,omitempty"`
	Weak     []string      `json:"weak,omitempty"`
	Free     bool          `json:"free,omitempty"` // nothing is tested
}

type shownTest struct {
	Name    string        `json:"name"`
	At      string        `json:"-"` // its place for evidence; "" where nobody scores
	Verdict judge.Verdict `json:"verdict"`
	Hidden  bool          `json:"hidden,omitempty"`
	Own     bool          `json:"own,omitempty"`
	Reason  string        `json:"reason,omitempty"`
	In      string        `json:"in,omitempty"`
	Want    string        `json:"want,omitempty"`
	Got     string        `json:"got,omitempty"`
	Printed string        `json:"printed,omitempty"`
	Text    string        `json:"text,omitempty"`
	Millis  int64         `json:"millis,omitempty"`
	KiB     int64         `json:"kib,omitempty"`
}

func (v *shown) of(o judge.Outcome) {
	v.Verdict, v.Reason, v.Compile, v.Weak = o.Verdict, o.Reason, text([]byte(o.Compile)), o.Weak
	if o.Verdict == judge.JE {
		v.Reason = "We could not run this. That is our fault, and nothing of yours is lost. Try once more."
	}
	for _, t := range o.Tests {
		x := shownTest{Name: t.Name, Verdict: t.Verdict, Hidden: t.Hidden, Own: t.Own}
		if !t.Hidden {
			x.Reason, x.In, x.Want, x.Got, x.Printed, x.Text = t.Reason, text(t.In), text(t.Want), text(t.Got), text(t.Stderr), text([]byte(t.Text))
			x.Millis, x.KiB = t.CPU.Milliseconds(), t.Memory>>10
		}
		v.Tests = append(v.Tests, x)
	}
}

// text is what a program wrote as a page can show it: control characters and broken UTF-8 as visible signs.
func text(b []byte) string {
	b = bytes.ToValidUTF8(b, []byte("\uFFFD"))
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case r < ' ':
			return '\u2400' + r // the control pictures
		case r == 0x7f:
			return '\u2421'
		}
		return r
	}, string(b))
}

func (v shown) passed() (passed, of int) {
	for _, t := range v.Tests {
		if t.Own && t.Verdict == judge.AC {
			continue
		}
		of++
		if t.Verdict == judge.AC {
			passed++
		}
	}
	return passed, of
}
