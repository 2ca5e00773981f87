package judge

import (
	"context"
	"slices"

	"candor/internal/sandbox"
)

// stdin compiles once and runs the program with each test's input. The output is compared on this side.
func (w *work) stdin(ctx context.Context) error {
	if err := w.receive(ctx); err != nil {
		return err
	}
	if err := w.entry(); err != nil {
		return err
	}
	if err := w.complete(ctx); err != nil {
		return err
	}
	if w.lang.Compile != nil {
		if err := w.compile(ctx, w.lang.Compile(w.source)); err != nil {
			return err
		}
	}
	if w.referee != nil {
		if err := w.referee.prepare(ctx, w.Files); err != nil {
			return err
		}
	}
	run := func(ctx context.Context, w *work, i int) (Result, error) { return w.test(ctx, w.Tests[i]) }
	all := share{work: w, n: len(w.Tests), run: run, skips: func(i int) bool { return w.skips(w.Tests[i]) }}
	return all.all(ctx)
}

// ownFolder runs a program in a copy of the box, which is gone with /tmp afterwards.
var ownFolder = []string{"/bin/sh", "-c", `cp -r /box /tmp/box && cd /tmp/box && exec "$@"`, "sh"}

// test runs the program once and says what became of it.
func (w *work) test(ctx context.Context, t Test) (Result, error) {
	spec := w.limits()
	spec.Stdin = t.In
	spec.Args = slices.Concat(w.lang.Run(w.source), t.Args)
	if w.Writes {
		spec.Args = slices.Concat(ownFolder, spec.Args)
	}
	if err := w.put(ctx, t.Files); err != nil {
		return Result{}, err
	}
	var r Result
	var err error
	if w.referee != nil && !t.Own {
		r, err = w.validated(ctx, t, spec)
	} else {
		r, err = w.compared(ctx, t, spec)
	}
	if err == nil && len(t.Files) > 0 {
		err = w.takeAway(ctx, t.Files)
	}
	return r, err
}

// takeAway removes a test's own files from the box and puts back what they replaced.
func (w *work) takeAway(ctx context.Context, files []sandbox.File) error {
	args := []string{"rm", "-f", "--"}
	var back []sandbox.File
	for _, f := range files {
		args = append(args, f.Name)
		if text, ok := w.source.Text[f.Name]; ok {
			back = append(back, sandbox.File{Name: f.Name, Data: text})
		}
	}
	if _, err := w.run(ctx, sandbox.Spec{Profile: sandbox.Compile, Args: args}); err != nil {
		return err
	}
	return w.put(ctx, back)
}

// result is what a run was, before anybody looked at the output.
func (w *work) result(t Test, r sandbox.Report) Result {
	out := w.measured(r)
	out.Name, out.Hidden, out.Own, out.Group = t.Name, t.Hidden, t.Own, t.Group
	if w.shows(t.Hidden) {
		out.In, out.Want, out.Got, out.Stderr = shown(t.In), shown(t.Want), shown(r.Stdout), shown(r.Stderr)
	}
	return out
}

// compared runs the program and compares its output with what was expected.
func (w *work) compared(ctx context.Context, t Test, spec sandbox.Spec) (Result, error) {
	r, err := w.run(ctx, spec)
	if err != nil {
		return Result{}, err
	}
	out, checks := w.result(t, r), w.Checks
	if t.Checks != nil {
		checks = *t.Checks
	}
	if out.Verdict == AC && !t.Own {
		if d := checks.Compare(t.Want, r.Stdout); d != nil {
			out.Verdict, out.Reason = WA, d.Where()
			if w.shows(t.Hidden) {
				out.Reason = d.String()
			}
		}
	}
	w.points(&out, feedback{})
	return out, nil
}

// shows says whether a test's data may stand in its result.
func (w *work) shows(hidden bool) bool { return !hidden || w.Reveal }
