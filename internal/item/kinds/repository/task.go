package repository

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"candor/internal/actor"
	"candor/internal/archive"
	"candor/internal/db"
	"candor/internal/git"
	"candor/internal/item"
	"candor/internal/judge"
	"candor/internal/judge/report"
	"candor/internal/repo"
	"candor/internal/run"
	"candor/internal/sandbox"
)

// tried is the body of a try: a commit, and what the browser had over it.
type tried struct {
	Commit string          `json:"commit"`
	Edits  map[string]edit `json:"edits,omitempty"`
}

// Task is the judge's work of a run: of a try the visible checks on what was pushed or stands in the browser, of a graded run all checks on what
// was handed in.
func (k Kind) Task(ctx context.Context, s item.Spec, r run.Run) (run.Work, error) {
	q := s.(*spec)
	var t tried
	if err := json.Unmarshal(r.Body, &t); err != nil {
		return run.Work{}, fmt.Errorf("repository: what is to be run: %w", err)
	}
	st, err := k.standing(ctx, item.Ref{Org: r.Org, Owner: r.Owner, Item: r.Item})
	if err != nil {
		return run.Work{}, err
	}
	graded := r.Purpose != run.Try
	if graded {
		a := read(r.Body)
		if t.Commit = string(st.with(a).commit); st.aside(a) {
			t.Edits = nil
		}
	}
	files, err := k.files(ctx, st.Repository, t)
	if err != nil {
		return run.Work{}, err
	}
	w := run.Work{Task: q.task(files, graded)}
	if len(q.solution) > 0 {
		reference := q.task(sandboxFiles(q.starter.over(q.solution)), true)
		w.Reference = &reference
	}
	return w, nil
}

// files are a commit's with the edits over it that were made from what stands there.
func (k Kind) files(ctx context.Context, r repo.Repository, t tried) ([]sandbox.File, error) {
	entries, err := k.Repos.Files(ctx, r, t.Commit)
	if err != nil {
		return nil, err
	}
	all, err := k.Repos.FS(ctx, r, t.Commit)
	if err != nil {
		return nil, err
	}
	var out []sandbox.File
	seen := map[string]bool{}
	for _, e := range entries {
		seen[e.Path] = true
		data := all.(archive.Files)[e.Path]
		if x, ok := t.Edits[e.Path]; ok && x.Was == string(e.Hash) {
			if x.Gone {
				continue
			}
			data = x.content()
		}
		f := sandbox.File{Name: e.Path, Data: data}
		if e.Mode == git.ExecMode {
			f.Mode = 0o755
		}
		out = append(out, f)
	}
	for name, x := range t.Edits {
		if !seen[name] && !x.Gone && x.Was == "" {
			out = append(out, sandbox.File{Name: name, Data: x.content()})
		}
	}
	return out, nil
}

// task has the visible checks, or all. Of the candidate's files those that only the author may have are left out.
func (s *spec) task(files []sandbox.File, all bool) judge.Task {
	t := judge.Task{Style: judge.Project, Files: slices.DeleteFunc(files, func(f sandbox.File) bool { return s.protects(f.Name) })}
	for _, f := range sandboxFiles(s.starter) {
		if s.protects(f.Name) {
			t.Protected = append(t.Protected, f)
		}
	}
	for _, c := range s.Checks {
		if all || !c.Hidden {
			t.Suites = append(t.Suites, judge.Suite{Name: c.Name, Hidden: c.Hidden, Language: c.Language, Command: c.Command, Format: report.Format(c.Format), Report: c.Report,
				Framework: c.Framework, Files: sandboxFiles(c.files), Limits: c.limits})
		}
	}
	return t
}

func sandboxFiles(t tree) []sandbox.File {
	var out []sandbox.File
	for _, name := range t.names() {
		f := sandbox.File{Name: name, Data: []byte(t[name])}
		if strings.HasPrefix(t[name], "#!") {
			f.Mode = 0o755
		}
		out = append(out, f)
	}
	return out
}

// Start begins the graded run.
func (k Kind) Start(ctx context.Context, tx db.Tx, ref item.Ref, _ item.Spec, body []byte) error {
	_, err := k.Runs.Start(ctx, tx, run.Ask{Owner: ref.Owner, Version: ref.Version, Item: ref.Item, Purpose: run.Graded, Body: body})
	return err
}

// Finish makes the mark: of each check the share of its tests that pass, by the checks' weights.
func (Kind) Finish(s item.Spec, _, result []byte) (item.Mark, error) {
	q := s.(*spec)
	var o judge.Outcome
	if err := json.Unmarshal(result, &o); err != nil {
		return item.Mark{}, fmt.Errorf("repository: result: %w", err)
	}
	m := item.Mark{Detail: result}
	total, whole := 0.0, 0
	for _, c := range q.Checks {
		total += c.weight()
		i := slices.IndexFunc(o.Suites, func(r judge.SuiteResult) bool { return r.Name == c.Name })
		if i < 0 {
			continue
		}
		if o.Suites[i].Verdict == judge.AC {
			whole++
		}
		if r := o.Suites[i]; r.Of > 0 {
			m.Share += c.weight() * float64(r.Passed) / float64(r.Of)
		}
	}
	if total > 0 {
		m.Share /= total
	}
	m.Why = fmt.Sprintf("%d of %d checks pass as a whole", whole, len(q.Checks))
	if o.Verdict == judge.CE && len(o.Suites) == 0 {
		m.Why = o.Reason
	}
	return m, nil
}

// Keeps: pushes and commits with their times, and the checks that ran.
func (Kind) Keeps() []item.Keeps { return []item.Keeps{item.KeepsPushes, item.KeepsRuns} }

// Do runs the visible checks on what stands in the page: action "run".
func (k Kind) Do(ctx context.Context, tx db.Tx, _ actor.Actor, ref item.Ref, _ item.Spec, action string, body []byte, _ url.Values) (item.Event, error) {
	if action != "run" || k.Runs == nil || k.Repos == nil {
		return item.Event{}, item.ErrAction
	}
	st, err := k.standingIn(ctx, tx, ref)
	if err != nil {
		return item.Event{}, err
	}
	a := read(body)
	r, err := k.check(ctx, tx, ref, tried{string(st.with(a).commit), a.Edits}, 0)
	return item.Event{ID: string(r), Action: action, State: string(run.Queued), At: k.Runs.DB.Now().UnixMilli()}, err
}

func (k Kind) check(ctx context.Context, tx db.Tx, ref item.Ref, t tried, settle time.Duration) (run.ID, error) {
	body, err := json.Marshal(t)
	if err != nil {
		return "", err
	}
	return k.Runs.Start(ctx, tx, run.Ask{Owner: ref.Owner, Version: ref.Version, Item: ref.Item, Purpose: run.Try, Body: body, Settle: settle, Budget: Budget})
}

// Pushed starts the checks of a push or a commit, of a burst once. It is wired to repo.Pushed.
func (k Kind) Pushed(ctx context.Context, n repo.PushedNote) error {
	if !n.Main || n.Standing != repo.OnTime {
		return nil
	}
	return k.Repos.DB.Write(ctx, n.Org, func(tx db.Tx) error {
		r, err := k.Repos.Load(ctx, tx, n.Repository)
		if err != nil || r.State != repo.Open {
			return gone(err)
		}
		template, err := k.Repos.Load(ctx, tx, r.Template)
		if err != nil {
			return gone(err)
		}
		ref := item.Ref{Org: n.Org, Owner: n.Owner, Version: template.Owner, Item: n.Item}
		_, err = k.check(ctx, tx, ref, tried{Commit: string(n.Commit)}, Settle)
		return err
	})
}

// gone is nil where what a job was about was erased meanwhile.
func gone(err error) error {
	if errors.Is(err, repo.ErrMissing) {
		return nil
	}
	return err
}

// Events are the tries, newest first, reduced to what the candidate may see.
func (k Kind) Events(ctx context.Context, tx db.Tx, ref item.Ref, _ item.Spec) ([]item.Event, error) {
	if k.Runs == nil {
		return nil, nil
	}
	list, all, err := k.Runs.Of(ctx, tx, ref.Owner, ref.Item, 20)
	if err != nil {
		return nil, err
	}
	var out []item.Event
	for i, r := range list {
		v := shown{N: all - i}
		if r.Outcome != nil {
			v.of(*r.Outcome)
		}
		if r.State == run.Queued {
			due, err := k.Runs.Due(ctx, tx, r.ID)
			if err != nil && !errors.Is(err, run.ErrMissing) {
				return nil, err
			}
			if due.Sub(k.Runs.DB.Now()) > Settle {
				v.Due = due.UnixMilli()
			}
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

// shown is a run as a candidate may see it: of a hidden check its name and how many of its tests pass.
type shown struct {
	N      int          `json:"n"`
	Ahead  int          `json:"ahead,omitempty"`
	Due    int64        `json:"due,omitempty"` // it waits until the hour has room, in milliseconds
	Reason string       `json:"reason,omitempty"`
	Note   string       `json:"note,omitempty"` // about files that were left out
	Checks []shownCheck `json:"checks,omitempty"`
}

type shownCheck struct {
	Name   string      `json:"name"`
	Hidden bool        `json:"hidden,omitempty"`
	Pass   bool        `json:"pass"`
	Reason string      `json:"reason,omitempty"`
	Output string      `json:"output,omitempty"`
	Passed int         `json:"passed"`
	Of     int         `json:"of"`
	Tests  []shownTest `json:"tests,omitempty"`
}

type shownTest struct {
	Name    string        `json:"name"`
	At      string        `json:"-"` // its place for evidence; "" where nobody scores
	Verdict judge.Verdict `json:"verdict"`
	Reason  string        `json:"reason,omitempty"`
	Text    string        `json:"text,omitempty"`
}

// of takes over what became of the suites.
func (v *shown) of(o judge.Outcome) {
	v.Reason, v.Note = o.Reason, o.Compile
	if o.Verdict == judge.JE {
		v.Reason = "We could not run this. That is our fault, and nothing of yours is lost. Try once more."
	}
	if len(o.Suites) > 0 {
		v.Reason = "" // the checks say it
	}
	for _, s := range o.Suites {
		c := shownCheck{Name: s.Name, Hidden: s.Hidden, Pass: s.Verdict == judge.AC, Passed: s.Passed, Of: s.Of}
		if !s.Hidden {
			c.Reason, c.Output = s.Reason, string(s.Output)
			for _, t := range o.Tests {
				if t.Suite == s.Name {
					c.Tests = append(c.Tests, shownTest{Name: t.Name, Verdict: t.Verdict, Reason: t.Reason, Text: t.Text})
				}
			}
		}
		v.Checks = append(v.Checks, c)
	}
}

// passed counts the tests of all checks.
func (v shown) passed() (passed, of int) {
	for _, c := range v.Checks {
		passed, of = passed+c.Passed, of+c.Of
	}
	return passed, of
}
