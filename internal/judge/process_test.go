package judge_test

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"candor/internal/judge"
	"candor/internal/judge/judgetest"
	"candor/internal/problem"
	"candor/internal/sandbox"
)

// worker starts this test binary as a worker: see judgetest.Main.
func worker(t *testing.T) *judge.Process {
	t.Helper()
	judgetest.New(t) // the sandbox is whole, and what is compiled once is compiled
	p := &judge.Process{Command: []string{os.Args[0], judgetest.WorkerWord}, Log: os.Stderr, Problems: []*problem.Problem{sandbox.ErrLayer}}
	t.Cleanup(func() { p.Close() })
	return p
}

func TestAWorkerOfItsOwnJudgesTheSame(t *testing.T) {
	t.Setenv("CANDOR_SECRET", "canary")
	p := worker(t)
	var on []string
	o, err := p.Judge(t.Context(), judge.Task{Style: judge.Stdin, Language: "python", Files: []sandbox.File{file("main.py", "print(sum(map(int, input().split())))")},
		Tests: append(sum(), judge.Test{Name: "wrong", In: []byte("2 2\n"), Want: []byte("5\n")})}, func(r judge.Result) { on = append(on, r.Name+" "+string(r.Verdict)) })
	if err != nil || o.Verdict != judge.WA || strings.Join(on, ", ") != "sum AC, wrong WA" {
		t.Errorf("judged %+v, %v, on the way %v; want WA after AC", o, err, on)
	}
	environ, err := os.ReadFile("/proc/" + p.Pid() + "/environ")
	if err != nil || strings.Contains(string(environ), "canary") || strings.Count(string(environ), "=") != 1 {
		t.Errorf("the worker's environment is %q, %v; want PATH alone", environ, err)
	}
	if found := p.Probe(t.Context()); len(found) < 10 {
		t.Errorf("Probe = %v", found)
	}
}

func TestAWorkerThatDiesIsStartedAnew(t *testing.T) {
	p := worker(t)
	task := judge.Task{Style: judge.Stdin, Language: "python", Files: []sandbox.File{file("main.py", "import time\ntime.sleep(60)")}, Tests: sum(), Limits: judge.Limits{CPU: time.Minute}}
	done := make(chan error, 1)
	started := make(chan struct{})
	go func() {
		close(started)
		_, err := p.Judge(t.Context(), task, nil)
		done <- err
	}()
	<-started
	for p.Pid() == "" {
		time.Sleep(time.Millisecond) // the process says nothing before its first answer
	}
	p.Kill()
	if err := <-done; !errors.Is(err, judge.ErrWorker) {
		t.Errorf("Judge = %v; want ErrWorker", err)
	}
	task.Files[0].Data = []byte("print(3)")
	if o, err := p.Judge(t.Context(), task, nil); err != nil || o.Verdict != judge.AC {
		t.Errorf("the next task: %v, %v; want AC", o.Verdict, err)
	}
	stopped, stop := context.WithTimeout(t.Context(), 500*time.Millisecond)
	defer stop()
	task.Files[0].Data = []byte("import time\ntime.sleep(60)")
	if _, err := p.Judge(stopped, task, nil); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a task that nobody waits for any more: %v; want it ended", err)
	}
}
