package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"candor/internal/assessment"
	"candor/internal/attempt"
	"candor/internal/attempt/attemptweb"
	"candor/internal/db"
	"candor/internal/icpc"
	"candor/internal/item"
	"candor/internal/item/kinds/repository"
	"candor/internal/item/kinds/video"
	"candor/internal/judge"
	"candor/internal/markdown"
	"candor/internal/problem"
	"candor/internal/run"
	"candor/internal/sandbox"
	"candor/internal/sandbox/ns"
)

// bench is this process's judge. It is made when it is first needed: trying the sandbox takes longer than a server may need to answer.
type bench struct {
	cache     string // folder for what is compiled once per machine
	allowWeak bool
	apart     bool // judge in a process of its own
	log       *slog.Logger

	mu         sync.Mutex
	judge      judging
	close      func() error
	ready      atomic.Pointer[map[string]string]
	background context.Context // until stop
	stop       context.CancelFunc
	// what most Go programs need of the standard library, and all of it: closed when it is compiled
	most, whole chan struct{}
	wholeOnce   sync.Once
	all         sync.WaitGroup // what goes on in the background until stop
}

// common are the packages of Go's standard library that most small programs use.
var common = strings.Fields("bufio bytes cmp container/heap container/list errors fmt io iter maps math math/bits math/rand os regexp slices sort strconv strings sync sync/atomic testing time unicode unicode/utf8")

// judging is a judge in this process, or one in a process of its own.
type judging interface {
	Judge(ctx context.Context, t judge.Task, progress func(judge.Result)) (judge.Outcome, error)
	Probe(ctx context.Context) []judge.Found
}

func (b *bench) open(ctx context.Context) (judging, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.judge != nil {
		return b.judge, nil
	}
	if b.apart {
		self, err := os.Executable()
		if err != nil {
			return nil, err
		}
		p := &judge.Process{Command: []string{self, WorkerCommand, b.cache, strconv.FormatBool(b.allowWeak)}, Log: os.Stderr, Problems: []*problem.Problem{sandbox.ErrLayer}}
		b.judge, b.close = p, p.Close
		return p, nil
	}
	binds, err := judge.Index(ctx, b.cache)
	if err != nil {
		return nil, err
	}
	slots := max(2, runtime.NumCPU()) // a submission and its validator take two
	engine, err := ns.New(ctx, ns.Options{Slots: slots, AllowWeak: b.allowWeak, Binds: binds})
	if err != nil {
		return nil, err
	}
	j := judge.New(engine)
	j.Prepare = b.prepare
	b.judge, b.close = j, engine.Close
	b.background, b.stop = context.WithCancel(context.WithoutCancel(ctx))
	b.most, b.whole = make(chan struct{}), make(chan struct{})
	b.all.Go(func() {
		defer close(b.most)
		b.warm(common...)
	})
	return b.judge, nil
}

func (b *bench) warm(packages ...string) {
	if err := judge.Warm(b.background, b.cache, packages...); err != nil && b.background.Err() == nil && b.log != nil {
		b.log.WarnContext(b.background, "go programs compile slowly here", "error", err)
	}
}

// warmAll compiles the rest of the library in the background.
func (b *bench) warmAll() {
	b.wholeOnce.Do(func() {
		b.all.Go(func() {
			defer close(b.whole)
			<-b.most
			b.warm()
		})
	})
}

// prepare is [judge.Judge.Prepare].
func (b *bench) prepare(ctx context.Context, language string, all bool) (waited bool, err error) {
	if language != "go" {
		return false, nil
	}
	there := b.most
	if all {
		b.warmAll()
		there = b.whole
	}
	select {
	case <-there:
		return false, nil
	default:
	}
	select {
	case <-there:
		return true, nil
	case <-ctx.Done():
		return true, ctx.Err()
	}
}

// begin makes it ready in the background: the sandbox, the languages, then what only few programs need.
func (b *bench) begin(ctx context.Context) {
	b.all.Go(func() {
		file := filepath.Join(b.cache, "languages.json")
		if ready := recall(file); ready != nil {
			b.ready.Store(&ready)
		} else {
			b.Probe(ctx)
			if ready := b.Ready(); len(ready) > 0 && ctx.Err() == nil {
				if err := remember(file, ready); err != nil {
					b.log.WarnContext(ctx, "the next start tries the languages again", "error", err)
				}
			}
		}
		if !b.apart {
			if _, err := b.open(ctx); err == nil { // else who asks is told
				b.warmAll()
			}
		}
	})
}

// Judge judges in this process.
func (b *bench) Judge(ctx context.Context, t judge.Task, progress func(judge.Result)) (judge.Outcome, error) {
	j, err := b.open(ctx)
	if err != nil {
		return judge.Outcome{}, err
	}
	return j.Judge(ctx, t, progress)
}

// Probe tells which languages work here.
func (b *bench) Probe(ctx context.Context) []judge.Found {
	j, err := b.open(ctx)
	if err != nil {
		return nil
	}
	found := j.Probe(ctx)
	ready := map[string]string{}
	for _, f := range found {
		if f.Ready {
			ready[f.Language] = f.Version
		}
	}
	b.ready.Store(&ready)
	return found
}

// Ready are the languages with their versions; empty while they are not known.
func (b *bench) Ready() map[string]string {
	if m := b.ready.Load(); m != nil {
		return *m
	}
	return nil
}

// Close ends the sandbox's slots.
func (b *bench) Close() error {
	b.mu.Lock()
	if b.stop != nil {
		b.stop()
	}
	b.mu.Unlock()
	b.all.Wait()
	if b.close == nil {
		return nil
	}
	return b.close()
}

// WorkerCommand is the hidden command by which a server starts its judge in a process of its own.
const WorkerCommand = "judge-worker"

// Worker is that process: it is asked on in and answers on out until in ends.
func Worker(ctx context.Context, cache string, allowWeak bool, in io.Reader, out io.Writer) error {
	b := &bench{cache: cache, allowWeak: allowWeak}
	j, err := b.open(ctx)
	if err != nil {
		return err
	}
	return errors.Join(judge.Worker(ctx, j.(*judge.Judge), in, out), b.Close())
}

// build makes a run's work by the item's kind.
func (a *App) build(ctx context.Context, r run.Run) (run.Work, error) {
	var v *assessment.Version
	var err error
	if id := assessment.VersionID(r.Version); id == attemptweb.Practice {
		v, err = attemptweb.PracticeVersion(a.Kinds)
	} else {
		v, err = a.Assessments.Version(ctx, r.Org, id)
	}
	if err != nil {
		return run.Work{}, err
	}
	it, _, ok := v.Item(r.Item)
	if !ok { // it was asked beside the version
		if it, _, err = a.Attempts.Place(ctx, r.Org, attempt.ID(r.Owner), r.Item); err != nil {
			return run.Work{}, fmt.Errorf("item %s of the version %s: %w", r.Item, r.Version, err)
		}
	}
	k, ok := it.Kind.(item.Tasker)
	if !ok {
		return run.Work{}, errors.New(it.Kind.Name() + " has nothing to run")
	}
	return k.Task(ctx, it.Spec, r)
}

// marked puts the mark of what was run for a submission.
func (a *App) marked(ctx context.Context, n run.Note) error {
	if n.Purpose != run.Graded {
		return nil
	}
	var ran, result []byte
	err := a.DB.Read(ctx, n.Org, func(tx db.Tx) error {
		r, err := a.Runs.Load(ctx, tx, n.Run)
		if err != nil {
			return err
		}
		ran = r.Body
		result, err = json.Marshal(r.Outcome)
		return err
	})
	if errors.Is(err, run.ErrMissing) {
		return nil // erased meanwhile
	}
	if err != nil {
		return err
	}
	if err := a.Attempts.Finish(ctx, n.Org, attempt.ID(n.Owner), n.Item, ran, result, n.Failed); err != nil && !errors.Is(err, attempt.ErrMissing) {
		return err
	}
	return nil
}

// Kinds are the kinds for commands that need no server (lint), with a judge of their own; close ends it.
func Kinds(cache string) (ks item.Kinds, close func() error) {
	b := &bench{cache: filepath.Join(cache, "judge")}
	md := markdown.New(2)
	return kinds(md, b, nil, repository.New(md, b, nil, nil, ""), video.Kind{MD: md}, "", nil), b.Close
}

// Judge is a judge for commands that need no server; close ends it.
func Judge(cache string) (j icpc.Judge, close func() error) {
	b := &bench{cache: filepath.Join(cache, "judge")}
	return b, b.Close
}
