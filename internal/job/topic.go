package job

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"candor/internal/db"

	"github.com/riverqueue/river"
)

// Topic is something that happened: "attempt.submitted". T carries ids.
type Topic[T any] string

// Announce tells every listener, in the transaction in which it happened.
func (t Topic[T]) Announce(ctx context.Context, j *Jobs, tx db.Tx, note T) error {
	if j == nil {
		return nil
	}
	names := j.topics[string(t)]
	if len(names) == 0 {
		return nil
	}
	raw, err := json.Marshal(note)
	if err != nil {
		return err
	}
	for _, name := range names {
		if err := j.insert(ctx, tx, name, raw, nil); err != nil {
			return fmt.Errorf("announcing %s: %w", t, err)
		}
	}
	return nil
}

// Listen makes fn hear of a topic. name is unique in the program and stable between releases: "review.assign".
func Listen[T any](j *Jobs, t Topic[T], name string, class Class, fn func(ctx context.Context, note T) error) {
	j.register(name, class, decode(fn))
	j.topics[string(t)] = append(j.topics[string(t)], name)
}

// Task is work that one place does: "run.judge".
type Task[T any] string

// Work says who does it.
func Work[T any](j *Jobs, t Task[T], class Class, fn func(ctx context.Context, note T) error) {
	j.register(string(t), class, decode(fn))
}

// Enqueue asks for the work in the caller's transaction.
func (t Task[T]) Enqueue(ctx context.Context, j *Jobs, tx db.Tx, note T, opts ...Option) error {
	if j == nil {
		return nil
	}
	raw, err := json.Marshal(note)
	if err != nil {
		return err
	}
	return j.insert(ctx, tx, string(t), raw, opts)
}

func decode[T any](fn func(context.Context, T) error) func(context.Context, []byte) error {
	return func(ctx context.Context, raw []byte) error {
		var note T
		if err := json.Unmarshal(raw, &note); err != nil {
			return fmt.Errorf("job: note: %w", err)
		}
		return fn(ctx, note)
	}
}

type settings struct {
	at       time.Time
	key      string
	priority int
	tries    int
}

// Option is one wish about a task.
type Option func(*settings)

// At is the earliest instant, by the deciding clock. River looks at scheduled jobs every few seconds: nothing a candidate
// depends on waits for a job.
func At(t time.Time) Option { return func(s *settings) { s.at = t } }

// Unique: while one with this key waits or runs, another is not enqueued.
func Unique(key string) Option { return func(s *settings) { s.key = key } }

// Priority is 1 (first) to 4.
func Priority(n int) Option { return func(s *settings) { s.priority = n } }

// Tries is how often it may be tried; 0 means 25.
func Tries(n int) Option { return func(s *settings) { s.tries = n } }

// every is the key of what Every does.
const every = "every"

// Every does fn again and again, on one node at a time, first soon after the start.
func Every(j *Jobs, name string, d time.Duration, class Class, fn func(ctx context.Context) error) {
	j.register(name, class, func(ctx context.Context, _ []byte) error { return fn(ctx) })
	j.client.PeriodicJobs().Add(river.NewPeriodicJob(river.PeriodicInterval(d), func() (river.JobArgs, *river.InsertOpts) {
		return call{Name: name, Key: every}, &river.InsertOpts{Queue: string(class), MaxAttempts: 1,
			UniqueOpts: river.UniqueOpts{ByArgs: true, ByState: waiting}}
	}, &river.PeriodicJobOpts{RunOnStart: true}))
}
