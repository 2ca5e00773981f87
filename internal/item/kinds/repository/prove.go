package repository

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"candor/internal/item"
	"candor/internal/judge"
)

// Prove runs all checks: the solution passes every one, each wrong one fails those that item.yaml says and passes the others, and the starter
// alone does not pass them all.
func (k Kind) Prove(ctx context.Context, s item.Spec, progress func(done, total int, what string)) []item.Finding {
	q := s.(*spec)
	if progress == nil {
		progress = func(int, int, string) {}
	}
	var out []item.Finding
	bad := func(path, format string, args ...any) {
		out = append(out, item.Finding{Path: path, Severity: item.Error, Text: fmt.Sprintf(format, args...)})
	}
	samples := map[string]tree{"starter": nil, "solution": q.solution}
	for name, files := range q.wrong {
		samples["wrong/"+name] = files
	}
	for i, name := range slices.Sorted(maps.Keys(samples)) {
		progress(i, len(samples), name)
		if k.Judge == nil {
			bad(name, "There is no judge here to prove it.")
			continue
		}
		t := q.task(sandboxFiles(q.starter.over(samples[name])), true)
		t.Reveal = true
		run := k.Judge.Judge
		if name == "starter" {
			run = k.untilOneFails
		}
		o, err := run(ctx, t, nil)
		if err != nil || o.Verdict == judge.JE {
			bad(name, "The judge could not run it: %v %s", err, o.Note)
			if ctx.Err() != nil {
				return out
			}
			continue
		}
		for _, f := range q.proven(name, o) {
			bad(name, "%s", f)
		}
	}
	progress(len(samples), len(samples), "")
	return out
}

// untilOneFails runs a task's checks, the last one first, and gives the outcome of the first that does not pass: the others need not run.
func (k Kind) untilOneFails(ctx context.Context, t judge.Task, progress func(judge.Result)) (o judge.Outcome, err error) {
	for _, s := range slices.Backward(t.Suites) {
		t.Suites = []judge.Suite{s}
		if o, err = k.Judge.Judge(ctx, t, progress); err != nil || o.Verdict != judge.AC {
			return o, err
		}
	}
	return o, nil
}

// proven says what is not as it was declared.
func (s *spec) proven(name string, o judge.Outcome) (out []string) {
	if len(o.Suites) == 0 {
		return []string{o.Reason}
	}
	must, wrong := s.Wrong[strings.TrimPrefix(name, "wrong/")], strings.HasPrefix(name, "wrong/")
	fails := 0
	for _, r := range o.Suites {
		failed := r.Verdict != judge.AC
		if failed {
			fails++
		}
		switch {
		case name == "solution" && failed:
			out = append(out, fmt.Sprintf("The check %q does not pass with it: %s\n%s", r.Name, r.Reason, first(o, r)))
		case wrong && failed && !slices.Contains(must, r.Name):
			out = append(out, fmt.Sprintf("The check %q does not pass with it, and that is not declared: %s\n%s", r.Name, r.Reason, first(o, r)))
		case wrong && !failed && slices.Contains(must, r.Name):
			out = append(out, fmt.Sprintf("The check %q passes with it; declared is that it does not.", r.Name))
		}
	}
	if name == "starter" && fails == 0 {
		out = append(out, "All checks pass before anything was done.")
	}
	return out
}

// first is what the first test said that does not pass, or what the check printed.
func first(o judge.Outcome, r judge.SuiteResult) string {
	for _, t := range o.Tests {
		if t.Suite == r.Name && t.Verdict != judge.AC {
			return strings.TrimSpace(t.Name + ": " + t.Reason + " " + t.Text)
		}
	}
	return string(r.Output)
}
