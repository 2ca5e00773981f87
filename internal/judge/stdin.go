package judge

import (
	"context"

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
	spec := w.limits()
	spec.Args = w.lang.Run(w.source)
	for _, t := range w.Tests {
		spec.Stdin = t.In
		r, err := w.run(ctx, spec)
		if err != nil {
			return err
		}
		if !w.add(w.compared(t, r)) {
			return nil
		}
	}
	return nil
}

// compared is the result of one test.
func (w *work) compared(t Test, r sandbox.Report) Result {
	out := w.measured(r)
	out.Name, out.Hidden, out.Own = t.Name, t.Hidden, t.Own
	if out.Verdict == AC && !t.Own {
		if d := w.Checks.Compare(t.Want, r.Stdout); d != nil {
			out.Verdict, out.Reason = WA, d.Where()
			if w.shows(t.Hidden) {
				out.Reason = d.String()
			}
		}
	}
	if w.shows(t.Hidden) {
		out.In, out.Want, out.Got, out.Stderr = shown(t.In), shown(t.Want), shown(r.Stdout), shown(r.Stderr)
	}
	return out
}

// shows says whether a test's data may stand in its result.
func (w *work) shows(hidden bool) bool { return !hidden || w.Reveal }
