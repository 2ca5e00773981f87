package judge_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"candor/internal/judge"
	"candor/internal/judge/judgetest"
	"candor/internal/sandbox"
)

// dying is an engine whose first slots die in their first run, or that refuses.
type dying struct {
	sandbox.Engine
	deaths int
	refuse error
}

type dead struct{ sandbox.Slot }

func (d *dying) Open(ctx context.Context) (sandbox.Slot, error) {
	if d.refuse != nil {
		return nil, d.refuse
	}
	s, err := d.Engine.Open(ctx)
	if d.deaths--; d.deaths >= 0 && err == nil {
		return dead{s}, nil
	}
	return s, err
}

func (dead) Run(context.Context, sandbox.Spec) (sandbox.Report, error) {
	return sandbox.Report{}, fmt.Errorf("%w: killed", sandbox.ErrGone)
}

func TestASlotThatDiesCostsOneMoreTry(t *testing.T) {
	task := judge.Task{Style: judge.Stdin, Language: "python", Files: []sandbox.File{file("main.py", "print(3)")}, Tests: sum()}
	for deaths, want := range []judge.Verdict{judge.AC, judge.AC, judge.JE} {
		out, err := judge.New(&dying{Engine: judgetest.New(t).Engine, deaths: deaths}).Judge(t.Context(), task, nil)
		if out.Verdict != want || err != nil {
			t.Errorf("after %d deaths: %s, %v; want %s", deaths, out.Verdict, err, want)
		}
		if want == judge.JE && (!strings.Contains(out.Note, "killed") || strings.Contains(out.Reason, "killed")) {
			t.Errorf("the author reads %q, the candidate %q", out.Note, out.Reason)
		}
	}
	if _, err := judge.New(&dying{refuse: sandbox.ErrLayer}).Judge(t.Context(), task, nil); !errors.Is(err, sandbox.ErrLayer) {
		t.Errorf("a missing layer: %v", err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := judgetest.New(t).Judge(ended, task, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("a context that ended: %v", err)
	}
}

func TestAProgramThatIsNotInstalledIsNotTheCandidatesFault(t *testing.T) {
	out, err := judge.New(&renamed{judgetest.New(t).Engine}).Judge(t.Context(), judge.Task{Style: judge.Stdin, Language: "lua", Files: []sandbox.File{file("main.lua", "print(3)")}, Tests: sum()}, nil)
	if err != nil || out.Verdict != judge.JE || !strings.Contains(out.Note, "not found") {
		t.Errorf("%s %q %v; want JE", out.Verdict, out.Note, err)
	}
}

// renamed is an engine in which no program is where it should be.
type renamed struct{ sandbox.Engine }

type renamedSlot struct{ sandbox.Slot }

func (r *renamed) Open(ctx context.Context) (sandbox.Slot, error) {
	s, err := r.Engine.Open(ctx)
	return renamedSlot{s}, err
}

func (r renamedSlot) Run(ctx context.Context, s sandbox.Spec) (sandbox.Report, error) {
	s.Args = append([]string{s.Args[0] + "-not-installed"}, s.Args[1:]...)
	return r.Slot.Run(ctx, s)
}

// The same verdicts three times, the last time while four others run.
func TestTheSameVerdictsEachTime(t *testing.T) {
	j := judgetest.New(t)
	mixed := judge.Task{Style: judge.Stdin, Language: "python", Limits: judge.Limits{CPU: 1e9, Memory: 64 << 20}, Files: []sandbox.File{file("main.py", `
n = int(input())
if n == 1: print(1)
if n == 2: print(0)
if n == 3: raise ValueError
if n == 4:
    while True: pass
if n == 5: x = bytearray(1 << 30)
if n == 6:
    while True: print("x" * 1000)
`)}}
	for n := range 6 {
		mixed.Tests = append(mixed.Tests, judge.Test{Name: fmt.Sprint(n + 1), In: fmt.Append(nil, n+1), Want: []byte("1")})
	}
	verdicts := func() string {
		out, err := j.Judge(t.Context(), mixed, nil)
		if err != nil {
			return err.Error()
		}
		var all []string
		for _, r := range out.Tests {
			all = append(all, string(r.Verdict))
		}
		return strings.Join(all, " ")
	}
	const want = "AC WA RTE TLE MLE OLE"
	for range 2 {
		if got := verdicts(); got != want {
			t.Errorf("%s; want %s", got, want)
		}
	}
	var others sync.WaitGroup
	for range 4 {
		others.Go(func() {
			if got := verdicts(); got != want {
				t.Errorf("beside others: %s; want %s", got, want)
			}
		})
	}
	if got := verdicts(); got != want {
		t.Errorf("while others run: %s; want %s", got, want)
	}
	others.Wait()
}
