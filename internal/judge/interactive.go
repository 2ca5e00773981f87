package judge

import (
	"context"
	"errors"
	"io"
	"os"
	"time"

	"candor/internal/sandbox"
)

// grace is how long the second of two programs that talked may take to end after the first one decided the verdict.
const grace = 500 * time.Millisecond

// validatorMore is how long a validator may go on after the program's wall time.
const validatorMore = 10 * time.Second

// side is one of two programs that talk.
type side struct {
	slot sandbox.Slot
	spec sandbox.Spec
	stop context.CancelFunc
	said chan ending
}

type ending struct {
	sandbox.Report
	err error
}

// begin starts a side. This process holds its ends of the pipes until it is over: only then can the other one notice, so there is no doubt
// who ended first.
func (s *side) begin(ctx context.Context, first chan<- *side) {
	ctx, s.stop = context.WithCancel(ctx)
	s.said = make(chan ending, 1)
	go func() {
		r, err := s.slot.Run(ctx, s.spec)
		s.said <- ending{r, err}
		first <- s
	}()
}

// interact runs program and validator side by side. Who ends first decides: a validator that refuses, whatever the program does then; a
// program that fails, whatever the validator would have said. After one that accepts the program must still end well.
func (w *work) interact(ctx context.Context, t Test, spec sandbox.Spec) (Result, feedback, error) {
	down, up, err := twoPipes()
	if err != nil {
		return Result{}, feedback{}, err
	}
	program, validator := &side{slot: w.slot, spec: spec}, &side{slot: w.referee.slot, spec: w.referee.spec}
	program.spec.Env = w.env
	program.spec.StdinFile, program.spec.StdoutFile = down[0], up[1]
	validator.spec.StdinFile, validator.spec.StdoutFile = up[0], down[1]
	validator.spec.Wall = max(validator.spec.Wall, spec.Wall+validatorMore)
	first := make(chan *side, 2)
	program.begin(ctx, first)
	validator.begin(ctx, first)
	defer program.stop()
	defer validator.stop()

	var p, v ending
	early := <-first == validator
	if early {
		v = <-validator.said
		down[1].Close()
		go drain(up[0]) // what is still said finds an ear, not a broken pipe
		if !accepts(v) {
			program.end()
		}
		<-first
		p = <-program.said
		down[0].Close()
		up[1].Close()
	} else {
		p = <-program.said
		go drain(down[0]) // a validator that still answers is heard: it must not fail of its own words
		up[1].Close()
		if p.err != nil || p.Status != sandbox.OK && p.Status != sandbox.WTLE { // it may have waited for a busy validator: see what that used
			validator.end()
		}
		<-first
		v = <-validator.said
		down[1].Close()
		up[0].Close()
	}
	return w.settled(ctx, t, spec, p, v, early)
}

// end gives a side a moment to notice, and then ends it.
func (s *side) end() { time.AfterFunc(grace, s.stop) }

func accepts(e ending) bool { return e.err == nil && feedback{Report: e.Report}.accepts() }

// settled is the verdict of two that talked; early says that the validator was over first.
func (w *work) settled(ctx context.Context, t Test, spec sandbox.Spec, p, v ending, early bool) (Result, feedback, error) {
	if ctx.Err() != nil {
		return Result{}, feedback{}, ctx.Err()
	}
	cut := func(e ending) bool { return errors.Is(e.err, context.Canceled) } // we ended it: it had no say any more
	if p.err != nil && !cut(p) || v.err != nil && !cut(v) {
		return Result{}, feedback{}, errors.Join(p.err, v.err)
	}
	if p.Status == sandbox.IE {
		return Result{}, feedback{}, errors.New(p.Reason)
	}
	w.out.Weak = p.Weak
	f, err := w.referee.look(ctx, v.Report)
	if err != nil {
		return Result{}, feedback{}, err
	}
	out := w.result(t, p.Report)
	if cut(p) {
		out.Verdict = WA
	}
	switch {
	case early && f.refuses():
		out.Verdict, out.Reason = WA, "The validator ended the conversation: what the program said is not right."
	case early && !f.accepts():
		out.Verdict = JE
	case p.Status == sandbox.WTLE && v.CPU > spec.Wall/2:
		out.Verdict = JE
		f.Reason = "was busy while the program waited for it"
	case p.Status == sandbox.WTLE:
		out.Reason += " Both sides waited for each other: was everything that the program says also sent (flushed)?"
	case out.Verdict != AC: // the program's own doing
	case f.refuses():
		out.Verdict, out.Reason = WA, "What the program said is not right."
	case !f.accepts():
		out.Verdict = JE
	}
	return out, f, nil
}

func drain(f *os.File) {
	io.Copy(io.Discard, f)
	f.Close()
}

// twoPipes are read and write ends of two pipes.
func twoPipes() (a, b [2]*os.File, err error) {
	if a[0], a[1], err = os.Pipe(); err != nil {
		return a, b, err
	}
	if b[0], b[1], err = os.Pipe(); err != nil {
		a[0].Close()
		a[1].Close()
	}
	return a, b, err
}
