package judge_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"

	"candor/internal/judge"
	"candor/internal/judge/judgetest"
	"candor/internal/sandbox"
)

// slow is a program that tells which slot it runs in (each has a user id of its own) and takes its time.
func slow(tests int, text string) judge.Task {
	t := judge.Task{Style: judge.Stdin, Language: "bash", Files: []sandbox.File{{Name: "main.sh", Data: []byte(text)}}}
	for i := range tests {
		t.Tests = append(t.Tests, judge.Test{Name: fmt.Sprint(i), In: fmt.Append(nil, i), Own: true})
	}
	return t
}

func slots(rs []judge.Result) map[string]bool {
	out := map[string]bool{}
	for _, r := range rs {
		out[string(r.Got)] = true
	}
	return out
}

// Tests run in every slot that nobody else wants; what comes out is the same, and in the order of the tests.
func TestIdleSlotsHelp(t *testing.T) {
	j := judgetest.New(t)
	var told []string
	out, err := j.Judge(t.Context(), slow(12, "sleep 0.15; id -u"), func(r judge.Result) { told = append(told, r.Name) })
	if err != nil || out.Verdict != judge.AC || len(out.Tests) != 12 {
		t.Fatalf("Judge = %+v, %v", out, err)
	}
	for i := range 12 {
		if out.Tests[i].Name != fmt.Sprint(i) || told[i] != fmt.Sprint(i) {
			t.Errorf("result %d is of test %s, told was %s", i, out.Tests[i].Name, told[i])
		}
	}
	if n := len(slots(out.Tests)); n < 2 {
		t.Errorf("all ran in %d slot", n)
	}
}

// A compiled program and the files beside it are in the other slot too.
func TestCompiledProgramsAreShared(t *testing.T) {
	j := judgetest.New(t)
	task := slow(10, "")
	task.Language = "c"
	task.Files = []sandbox.File{{Name: "main.c", Data: []byte("#include <stdio.h>\n#include <unistd.h>\n#include \"x/wait.h\"\nint main() { usleep(WAIT); printf(\"%d\", getuid()); }\n")},
		{Name: "x/wait.h", Data: []byte("#define WAIT 150000\n")}}
	out, err := j.Judge(t.Context(), task, nil)
	if err != nil || out.Verdict != judge.AC {
		t.Fatalf("Judge = %+v, %v", out, err)
	}
	if n := len(slots(out.Tests)); n < 2 {
		t.Errorf("all ran in %d slot", n)
	}
}

// Where one slot would have stopped, many stop too: what ran beyond is forgotten.
func TestStopIsWhereOneSlotWouldStop(t *testing.T) {
	j := judgetest.New(t)
	task := slow(12, `read n; sleep 0.15; [ "$n" != 5 ] || exit 3; echo ok`)
	task.StopEarly = true
	out, err := j.Judge(t.Context(), task, nil)
	if err != nil || len(out.Tests) != 6 || out.Tests[5].Verdict != judge.RTE || out.Tests[5].Exit != 3 {
		t.Fatalf("Judge = %+v, %v", out, err)
	}
	task = slow(12, `read n; sleep 0.15; [ "$n" != 5 ] || exit 3; echo ok`)
	for i := range task.Tests {
		task.Tests[i].Own, task.Tests[i].Want, task.Tests[i].Group = false, []byte("ok"), fmt.Sprintf("secret/%d", i/4)
	}
	task.Groups = &judge.Group{Groups: []judge.Group{{Name: "secret/0"}, {Name: "secret/1", Break: true}, {Name: "secret/2", Needs: []string{"secret/1"}}}}
	out, err = j.Judge(t.Context(), task, nil)
	if err != nil || len(out.Tests) != 6 || out.Verdict != judge.RTE {
		t.Fatalf("with groups: Judge = %d tests, %+v, %v", len(out.Tests), out.Verdict, err)
	}
}

// Whoever waits for a slot gets the one that only helps.
func TestHelpersGiveWay(t *testing.T) {
	j := judgetest.New(t)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	seen, helped, over := map[string]bool{}, make(chan struct{}), make(chan judge.Outcome, 1)
	var told atomic.Int32
	go func() {
		out, _ := j.Judge(ctx, slow(100, "sleep 0.1; id -u"), func(r judge.Result) {
			told.Add(1)
			before := len(seen)
			if seen[string(r.Got)] = true; before == 1 && len(seen) == 2 {
				close(helped)
			}
		})
		over <- out
	}()
	select {
	case <-helped:
	case out := <-over:
		t.Fatalf("nobody helped: %+v", out)
	}
	out, err := j.Judge(t.Context(), slow(1, "echo here"), nil)
	if err != nil || out.Verdict != judge.AC {
		t.Errorf("Judge = %+v, %v", out, err)
	}
	if n := told.Load(); n > 50 {
		t.Errorf("the second task waited until %d tests of the first were through", n)
	}
	stop()
	<-over
}
