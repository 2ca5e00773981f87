package judge_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"candor/internal/judge"
	"candor/internal/judge/judgetest"
	"candor/internal/sandbox"
	"candor/internal/sandbox/ns"
)

// TestANewMachine: the first Go program on a machine compiles before anything of the library has been compiled.
func TestANewMachine(t *testing.T) {
	ctx := context.Background()
	binds, err := judge.Index(ctx, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	engine, err := ns.New(ctx, ns.Options{Slots: 1, Binds: binds})
	if err != nil {
		t.Fatal(err)
	}
	defer engine.Close()
	out, err := judge.New(engine).Judge(ctx, judge.Task{Style: judge.Stdin, Language: "go", Tests: []judge.Test{{Name: "one"}},
		Files: []sandbox.File{{Name: "main.go", Data: []byte("package main\n\nimport \"container/list\"\n\nfunc main() { list.New() }\n")}}}, nil)
	if err != nil || out.Verdict != judge.AC {
		t.Errorf("Judge = %s %s %s %s, %v; want AC", out.Verdict, out.Reason, out.Compile, out.Note, err)
	}
}

// TestWhatDoesNotCompileBeforeAllIsThereIsJudgedAgain, and once only.
func TestWhatDoesNotCompileBeforeAllIsThereIsJudgedAgain(t *testing.T) {
	var some, all atomic.Int32
	ended := errors.New("ended")
	for _, c := range []struct {
		name      string
		prepare   func(all bool) (bool, error)
		some, all int32
		compiles  int
		err       error
	}{
		{"all is there", func(bool) (bool, error) { return false, nil }, 1, 1, 1, nil},
		{"all comes", func(all bool) (bool, error) { return all, nil }, 1, 1, 2, nil},
		{"ended while waiting", func(bool) (bool, error) { return true, ended }, 1, 0, 0, ended},
	} {
		t.Run(c.name, func(t *testing.T) {
			some.Store(0)
			all.Store(0)
			engine := &counted{Engine: judgetest.New(t).Engine}
			j := judge.New(engine)
			j.Prepare = func(_ context.Context, language string, whole bool) (bool, error) {
				if language != "c" {
					t.Errorf("prepared %q; want c", language)
				}
				if whole {
					all.Add(1)
				} else {
					some.Add(1)
				}
				return c.prepare(whole)
			}
			out, err := j.Judge(context.Background(), judge.Task{Style: judge.Stdin, Language: "c", Tests: []judge.Test{{Name: "one"}}, Files: []sandbox.File{{Name: "main.c", Data: []byte("int")}}}, nil)
			if !errors.Is(err, c.err) || c.err == nil && out.Verdict != judge.CE {
				t.Errorf("Judge = %s, %v; want CE, %v", out.Verdict, err, c.err)
			}
			if some.Load() != c.some || all.Load() != c.all || int(engine.opened.Load()) != c.compiles {
				t.Errorf("waited %d times for some and %d for all, %d slots; want %d, %d, %d", some.Load(), all.Load(), engine.opened.Load(), c.some, c.all, c.compiles)
			}
		})
	}
}

// counted counts the slots that are taken.
type counted struct {
	sandbox.Engine
	opened atomic.Int32
}

func (c *counted) Open(ctx context.Context) (sandbox.Slot, error) {
	c.opened.Add(1)
	return c.Engine.Open(ctx)
}

// TestWhatWasPreparedIsNotPreparedAgain for a day; then it is, before the toolchain removes what nobody used.
func TestWhatWasPreparedIsNotPreparedAgain(t *testing.T) {
	dir := t.TempDir()
	index := func() {
		t.Helper()
		if _, err := judge.Index(context.Background(), dir); err != nil {
			t.Fatal(err)
		}
	}
	index()
	stamps, err := filepath.Glob(filepath.Join(dir, "go", "candor-*"))
	if err != nil || len(stamps) != 1 {
		t.Fatalf("stamps = %v, %v; want one", stamps, err)
	}
	part := filepath.Join(dir, "go", "00")
	if err := os.RemoveAll(part); err != nil {
		t.Fatal(err)
	}
	index()
	if _, err := os.Stat(part); err == nil {
		t.Error("it was prepared again at once")
	}
	old := time.Now().Add(-25 * time.Hour)
	if err := os.Chtimes(stamps[0], old, old); err != nil {
		t.Fatal(err)
	}
	index()
	if _, err := os.Stat(part); err != nil {
		t.Errorf("after a day: %v", err)
	}
}
