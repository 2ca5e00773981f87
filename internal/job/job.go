// Package job does later what need not be done now, and carries announcements from lower nouns to upper ones.
//
// Everything is enqueued in the caller's transaction: it happens if and only if the transaction commits. A job may run twice
// and must not mind; it carries ids, not rows. A noun announces in the past tense ([Topic]); whoever cares listens, wired in
// app. What only one place does is a [Task]. River keeps the queue in the same database, on both engines.
package job

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"time"

	"candor/internal/db"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"
	"github.com/riverqueue/river/rivertype"
)

// Class is a queue with workers of its own, so that a thousand mails do not hold up a run.
type Class string

const (
	Mail         Class = "mail"
	Judge        Class = "judge"
	Similarity   Class = "similarity"
	Media        Class = "media"
	Housekeeping Class = "housekeeping"
	// Proof runs what authors declare of their items. It is apart from Judge, so that no candidate waits behind an author.
	Proof Class = "proof"
	// Hooks asks servers of others, which may hang.
	Hooks Class = "hooks"
)

// patience is how long one job of a class may take.
var patience = map[Class]time.Duration{
	Mail: time.Minute, Judge: 15 * time.Minute, Similarity: 15 * time.Minute, Media: 30 * time.Minute, Housekeeping: 5 * time.Minute, Proof: 30 * time.Minute, Hooks: time.Minute,
}

// Options of New; the zero value is right for production.
type Options struct {
	Log *slog.Logger
	// Poll is how often an idle queue looks for work; 0 means 250 ms.
	Poll time.Duration
	// Workers per class; a class that is not listed has 4, the judge one per core, proofs 1.
	Workers map[Class]int
	// GaveUp is told of a job that failed as often as it may.
	GaveUp func(name string, err error)
}

// Jobs is the queue of one process. Register with Listen, Work and Every, then Start. A nil *Jobs announces nothing.
type Jobs struct {
	db       *db.DB
	client   *river.Client[*sql.Tx]
	o        Options
	handlers map[string]handler
	topics   map[string][]string
}

type handler struct {
	class Class
	fn    func(ctx context.Context, note []byte) error
}

// call is the one River job: which handler, with what.
type call struct {
	Name  string          `json:"name" river:"unique"`
	Key   string          `json:"key,omitempty" river:"unique"`
	Note  json.RawMessage `json:"note,omitempty"`
	NotBy int64           `json:"not_before,omitempty"` // milliseconds of the deciding clock
}

func (call) Kind() string { return "call" }

type worker struct {
	river.WorkerDefaults[call]
	jobs *Jobs
}

func (w *worker) Timeout(j *river.Job[call]) time.Duration {
	if t, ok := patience[Class(j.Queue)]; ok {
		return t
	}
	return time.Minute
}

// NextRetry waits 1, 4, 9, ... seconds, at most an hour.
func (w *worker) NextRetry(j *river.Job[call]) time.Time {
	n := time.Duration(j.Attempt)
	return time.Now().Add(min(n*n*time.Second, time.Hour))
}

func (w *worker) Work(ctx context.Context, j *river.Job[call]) error {
	h, ok := w.jobs.handlers[j.Args.Name]
	if !ok {
		// A node of the next release may have enqueued it; this one leaves it for that.
		return fmt.Errorf("job: nobody here works on %q", j.Args.Name)
	}
	if wait := j.Args.NotBy - w.jobs.db.Now().UnixMilli(); wait > 0 {
		return river.JobSnooze(min(time.Duration(wait)*time.Millisecond, time.Hour))
	}
	return h.fn(ctx, j.Args.Note)
}

func driver(d *db.DB) riverdriver.Driver[*sql.Tx] {
	if d.Engine == db.SQLite {
		return riversqlite.New(d.Writer())
	}
	return riverdatabasesql.NewWithPgxListener(d.Writer(), d.Pool())
}

// Migrate brings River's tables up to date; pass it to db.Migrate, which holds the lock.
func Migrate(d *db.DB) func(context.Context) error {
	return func(ctx context.Context) error {
		m, err := rivermigrate.New(driver(d), &rivermigrate.Config{Logger: slog.New(slog.DiscardHandler)})
		if err != nil {
			return err
		}
		_, err = m.Migrate(ctx, rivermigrate.DirectionUp, nil)
		return err
	}
}

// New makes a queue over a migrated database. Nothing runs before Start.
func New(d *db.DB, o Options) (*Jobs, error) {
	if o.Poll == 0 {
		o.Poll = 250 * time.Millisecond
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	j := &Jobs{db: d, o: o, handlers: map[string]handler{}, topics: map[string][]string{}}
	queues := map[string]river.QueueConfig{}
	for class := range patience {
		n := 4
		switch class {
		case Judge:
			n = runtime.NumCPU()
		case Proof:
			n = 1
		}
		if w, ok := o.Workers[class]; ok {
			n = w
		}
		queues[string(class)] = river.QueueConfig{MaxWorkers: n}
	}
	workers := river.NewWorkers()
	river.AddWorker(workers, &worker{jobs: j})
	client, err := river.NewClient(driver(d), &river.Config{
		Queues: queues, Workers: workers,
		FetchPollInterval: o.Poll, FetchCooldown: min(o.Poll, 100*time.Millisecond),
		RescueStuckJobsAfter: 45 * time.Minute, // above every class's patience
		ErrorHandler:         &errorHandler{j},
		Logger:               slog.New(slog.DiscardHandler),
	})
	if err != nil {
		return nil, err
	}
	j.client = client
	return j, nil
}

type errorHandler struct{ jobs *Jobs }

func (h *errorHandler) HandleError(ctx context.Context, row *rivertype.JobRow, err error) *river.ErrorHandlerResult {
	h.jobs.failed(ctx, row, err)
	return nil
}

func (h *errorHandler) HandlePanic(ctx context.Context, row *rivertype.JobRow, p any, trace string) *river.ErrorHandlerResult {
	h.jobs.failed(ctx, row, fmt.Errorf("panic: %v\n%s", p, trace))
	return nil
}

func (j *Jobs) failed(ctx context.Context, row *rivertype.JobRow, err error) {
	var c call
	json.Unmarshal(row.EncodedArgs, &c)
	if row.Attempt < row.MaxAttempts {
		j.o.Log.WarnContext(ctx, "job failed, will be tried again", "job", c.Name, "try", row.Attempt, "error", err)
		return
	}
	j.o.Log.ErrorContext(ctx, "job given up", "job", c.Name, "tries", row.Attempt, "error", err)
	if j.o.GaveUp != nil {
		j.o.GaveUp(c.Name, err)
	}
}

// Start begins to work. On SQLite, where one process owns the file, what a process that died was working on is taken up at once.
func (j *Jobs) Start(ctx context.Context) error {
	if j.db.Engine == db.SQLite {
		err := j.db.Installation(ctx, func(tx db.Tx) error {
			_, err := tx.Exec(ctx, `UPDATE river_job SET state = 'available' WHERE state = 'running'`)
			return err
		})
		if err != nil {
			return fmt.Errorf("job: taking up what was left: %w", err)
		}
	}
	return j.client.Start(context.WithoutCancel(ctx))
}

// Stop lets what runs finish until ctx ends, then cancels it; it is run again later.
func (j *Jobs) Stop(ctx context.Context) error {
	err := j.client.Stop(ctx)
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		c, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		return j.client.StopAndCancel(c)
	}
	return err
}

func (j *Jobs) register(name string, class Class, fn func(context.Context, []byte) error) {
	if _, twice := j.handlers[name]; twice {
		panic("job: two handlers are called " + name)
	}
	if _, ok := patience[class]; !ok {
		panic("job: no class " + string(class))
	}
	j.handlers[name] = handler{class, fn}
}

func (j *Jobs) insert(ctx context.Context, tx db.Tx, name string, note []byte, opts []Option) error {
	h, ok := j.handlers[name]
	if !ok {
		return fmt.Errorf("job: nobody works on %q", name)
	}
	var s settings
	for _, o := range opts {
		o(&s)
	}
	args := call{Name: name, Note: note, Key: s.key}
	in := &river.InsertOpts{Queue: string(h.class), Priority: s.priority, MaxAttempts: s.tries}
	if !s.at.IsZero() {
		args.NotBy = s.at.UnixMilli()
		// River goes by the process's clock; how long to wait is told by ours.
		in.ScheduledAt = time.Now().Add(s.at.Sub(j.db.Now()))
	}
	if s.key != "" {
		in.UniqueOpts = river.UniqueOpts{ByArgs: true, ByState: waiting}
	}
	_, err := j.client.InsertTx(tx.Context(ctx), tx.Tx, args, in)
	return err
}

// waiting are the states in which a job with the same key makes another one unnecessary.
var waiting = []rivertype.JobState{rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRunning,
	rivertype.JobStateRetryable, rivertype.JobStateScheduled}
