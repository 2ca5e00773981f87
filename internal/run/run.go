// Package run keeps executions of code: who asked for what, whose turn it is, and what came of it.
//
// A run is asked for in the caller's transaction and judged later by a job. Fairness is decided here and not in the queue of jobs: a job only
// says that there is work, and takes whatever run is next: what somebody waits for in the editor before what is graded, the organisation with
// the fewest runs under way first, then whoever was served longest ago. What waited longer than [Aged] counts like the first sort. A run that a
// worker left unfinished is taken up once more and then failed: a failure of the judge is never the candidate's.
//
// What a candidate tries may settle first, so that of a burst of pushes one is run, and is bounded in CPU time for each hour: what is over the
// budget waits until the hour has room, and is not refused.
package run

import (
	"context"
	"database/sql"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/id"
	"candor/internal/job"
	"candor/internal/judge"
	"candor/internal/problem"
	"candor/internal/run/internal/query"
)

//go:embed schema/*.sql
var Schema embed.FS

// ID is a run's.
type ID string

// Purpose says what a run is for.
type Purpose string

const (
	Try    Purpose = "try"    // the candidate pressed Run: visible tests and what they typed themselves
	Graded Purpose = "graded" // of the submission: all tests
	Again  Purpose = "again"  // of a submission once more, to see whose mark would change; one at a time for an answer
)

// State is how far a run is.
type State string

const (
	Queued   State = "queued"
	Running  State = "running"
	Done     State = "done"
	Failed   State = "failed"   // by our fault
	Replaced State = "replaced" // a newer press took its place in the queue
)

const (
	// Aged is how long a graded run waits behind what is tried in editors before it counts like that.
	Aged = time.Minute
	// lease is how long a worker that says nothing keeps a run; it says something every third of it.
	lease = 30 * time.Second
	// takes is how often a run is begun before a judge that fails in it fails it.
	takes = 2
	// deaths is after how many servers that ended in the middle of a run it is failed: one that is started anew while many programs are judged
	// may meet the same one twice and more by chance, and a program that takes the server with it must not do so for ever.
	deaths = 5
	// hour is the time in which a budget may be used up.
	hour = time.Hour
)

// ErrMissing: no such run.
var ErrMissing = problem.New(problem.Missing, "run_missing", "There is no such run.")

// Ask is what is to be run.
type Ask struct {
	Owner   string // the attempt
	Version string
	Item    string
	Purpose Purpose
	Body    []byte // the answer, in the kind's shape
	Input   []byte // what was typed beside it, in the kind's shape
	// Of tries only. Settle is how long it waits for another one to take its place. Budget is how much CPU time the owner's tries may use in an
	// hour before further ones wait for the rest of it; 0 is no bound.
	Settle, Budget time.Duration
}

// Run is one execution.
type Run struct {
	ID  ID
	Org string
	Ask
	State    State
	Outcome  *judge.Outcome // grows while it runs; nil before. Names what hidden tests said: kinds reduce it for candidates
	Created  time.Time
	Finished time.Time
}

// Work is what a kind makes of a run.
type Work struct {
	Task judge.Task
	// Reference is the author's own solution with all tests; nil where nothing has to be known of it. Its unit tests' ids must come in every run.
	Reference *judge.Task
}

// Worker judges; *judge.Judge does it in this process.
type Worker interface {
	Judge(ctx context.Context, t judge.Task, progress func(judge.Result)) (judge.Outcome, error)
}

// Note is what Finished announces.
type Note struct {
	Org     string  `json:"org"`
	Run     ID      `json:"run"`
	Owner   string  `json:"owner"`
	Item    string  `json:"item"`
	Purpose Purpose `json:"purpose"`
	Failed  bool    `json:"failed"`
}

// Finished is announced when a run is over, also when it failed.
const Finished = job.Topic[Note]("run.finished")

// next is the work of a worker: take whatever is next and judge it.
const next = job.Task[struct{}]("run.next")

// Runs keeps them.
type Runs struct {
	DB     *db.DB
	Jobs   *job.Jobs
	Worker Worker
	// Build makes a run's work; app binds it to the kinds.
	Build func(ctx context.Context, r Run) (Work, error)
	// Room is not nil while there is no room to run anything; what is asked for waits. nil always has room.
	Room func() error
}

// Listen registers the worker and the sweep of what crashed workers left.
func (rs *Runs) Listen() {
	job.Work(rs.Jobs, next, job.Judge, func(ctx context.Context, _ struct{}) error { return rs.Next(ctx) })
	job.Every(rs.Jobs, "run.sweep", 15*time.Second, job.Housekeeping, rs.sweep)
}

// Recover gives back what the process before had taken, at once; only where one process owns the database.
func (rs *Runs) Recover(ctx context.Context) error {
	if rs.DB.Engine != db.SQLite {
		return nil
	}
	return rs.DB.Installation(ctx, func(tx db.Tx) error {
		_, err := query.New(tx).GiveBackAll(ctx)
		return err
	})
}

func (rs *Runs) sweep(ctx context.Context) error {
	return rs.DB.Installation(ctx, func(tx db.Tx) error {
		n, err := query.New(tx).Waiting(ctx, clock.Milli(rs.DB.Now()))
		if err != nil || n == 0 {
			return err
		}
		return next.Enqueue(ctx, rs.Jobs, tx, struct{}{}, job.Unique("sweep"))
	})
}

// Start asks for a run in the caller's transaction, whose guarded write says that the owner may. A try that still waits for the same item is
// replaced: what counts is what stands in the editor now.
func (rs *Runs) Start(ctx context.Context, tx db.Tx, a Ask) (ID, error) {
	q := query.New(tx)
	now := rs.DB.Now()
	graded := int64(1)
	if a.Purpose == Try {
		graded = 0
		n, err := q.Replace(ctx, query.ReplaceParams{Now: clock.Milli(now), OrgID: tx.Org, Owner: a.Owner, Item: a.Item})
		if err == nil && n > 0 {
			_, err = q.Unqueue(ctx, tx.Org, a.Owner, a.Item)
		}
		if err != nil {
			return "", err
		}
	}
	if a.Purpose == Again {
		if _, err := q.DropAgain(ctx, tx.Org, a.Owner, a.Item); err != nil {
			return "", err
		}
	}
	r := id.New("run", now)
	err := q.Add(ctx, query.AddParams{OrgID: tx.Org, ID: r, Owner: a.Owner, Version: a.Version, Item: a.Item, Purpose: string(a.Purpose), Body: string(a.Body),
		Input: string(a.Input), CreatedAt: clock.Milli(now)})
	if err != nil {
		return "", err
	}
	due, err := rs.due(ctx, tx, a, now)
	if err != nil {
		return "", err
	}
	if err := q.Enqueue(ctx, query.EnqueueParams{RunID: r, OrgID: tx.Org, Graded: graded, QueuedAt: clock.Milli(due)}); err != nil {
		return "", err
	}
	wishes := []job.Option{job.Priority(1 + int(graded))}
	if due.After(now) {
		wishes = append(wishes, job.At(due))
	}
	return ID(r), next.Enqueue(ctx, rs.Jobs, tx, struct{}{}, wishes...)
}

// due is when a run may begin: at once, when it has settled, or when enough of the owner's hour is over.
func (rs *Runs) due(ctx context.Context, tx db.Tx, a Ask, now time.Time) (time.Time, error) {
	if a.Purpose != Try {
		return now, nil
	}
	due := now.Add(a.Settle)
	if a.Budget == 0 {
		return due, nil
	}
	rows, err := query.New(tx).Spent(ctx, tx.Org, a.Owner, clock.Milli(now.Add(-hour)))
	if err != nil {
		return now, err
	}
	var all time.Duration
	for _, r := range rows {
		all += time.Duration(r.Spent) * time.Millisecond
	}
	for _, r := range rows { // the oldest first
		if all < a.Budget {
			break
		}
		all -= time.Duration(r.Spent) * time.Millisecond
		if free := clock.Time(r.FinishedAt).Add(hour); free.After(due) {
			due = free
		}
	}
	return due, nil
}

// Due is from when a queued run waits to be taken: later than now while it settles, or while its owner's hour is used up. ErrMissing when it
// is not in the queue.
func (rs *Runs) Due(ctx context.Context, tx db.Tx, r ID) (time.Time, error) {
	at, err := query.New(tx).Due(ctx, string(r), tx.Org)
	if errors.Is(err, sql.ErrNoRows) {
		return time.Time{}, ErrMissing
	}
	return clock.Time(at), err
}

// Of are an item's tries, newest first, at most n, and how many there were.
func (rs *Runs) Of(ctx context.Context, tx db.Tx, owner, item string, n int) ([]Run, int, error) {
	q := query.New(tx)
	rows, err := q.Of(ctx, query.OfParams{OrgID: tx.Org, Owner: owner, Item: item, Limit: int32(n)})
	if err != nil {
		return nil, 0, err
	}
	var out []Run
	for _, row := range rows {
		r, err := runOf(tx.Org, query.RunRow(row))
		if err != nil {
			return nil, 0, err
		}
		out = append(out, r)
	}
	all, err := q.CountTries(ctx, tx.Org, owner, item)
	return out, int(all), err
}

// Again is an answer's run of the kind Again. ErrMissing when there is none.
func (rs *Runs) Again(ctx context.Context, tx db.Tx, owner, item string) (Run, error) {
	row, err := query.New(tx).Again(ctx, tx.Org, owner, item)
	if errors.Is(err, sql.ErrNoRows) {
		return Run{}, ErrMissing
	}
	if err != nil {
		return Run{}, err
	}
	return runOf(tx.Org, query.RunRow(row))
}

// Forget drops what Again gave, once it was taken over.
func (rs *Runs) Forget(ctx context.Context, tx db.Tx, owner, item string) error {
	_, err := query.New(tx).DropAgain(ctx, tx.Org, owner, item)
	return err
}

// Ahead is how many runs are served before a queued one.
func (rs *Runs) Ahead(ctx context.Context, tx db.Tx, r ID) (int, error) {
	n, err := query.New(tx).Ahead(ctx, string(r), tx.Org, clock.Milli(rs.DB.Now()))
	return int(n), err
}

// Load is one run. ErrMissing.
func (rs *Runs) Load(ctx context.Context, tx db.Tx, r ID) (Run, error) {
	row, err := query.New(tx).Run(ctx, tx.Org, string(r))
	if errors.Is(err, sql.ErrNoRows) {
		return Run{}, ErrMissing
	}
	if err != nil {
		return Run{}, err
	}
	return runOf(tx.Org, row)
}

func runOf(org string, row query.RunRow) (Run, error) {
	r := Run{ID: ID(row.ID), Org: org, Ask: Ask{Owner: row.Owner, Version: row.Version, Item: row.Item, Purpose: Purpose(row.Purpose), Body: []byte(row.Body), Input: []byte(row.Input)},
		State: State(row.State), Created: clock.Time(row.CreatedAt), Finished: clock.Time(row.FinishedAt)}
	if row.Result == "" {
		return r, nil
	}
	r.Outcome = &judge.Outcome{}
	if err := json.Unmarshal([]byte(row.Result), r.Outcome); err != nil {
		return r, fmt.Errorf("run %s: result: %w", row.ID, err)
	}
	return r, nil
}

// PracticeOwner is the owner of what is tried on the practice page beside an attempt.
func PracticeOwner(attempt string) string { return "practice_" + attempt }

// owners are those whose runs are a person's.
func owners(p db.Person) []string {
	var out []string
	for _, a := range p.Attempts {
		out = append(out, a, PracticeOwner(a))
	}
	return out
}

// Preview counts what Erase would remove.
func (rs *Runs) Preview(ctx context.Context, tx db.Tx, p db.Person) (map[string]int, error) {
	total := 0
	for _, a := range owners(p) {
		n, err := query.New(tx).CountOf(ctx, tx.Org, a)
		if err != nil {
			return nil, err
		}
		total += int(n)
	}
	return map[string]int{"runs of code": total}, nil
}

// Erase removes the runs of a person's attempts.
func (rs *Runs) Erase(ctx context.Context, tx db.Tx, p db.Person) (map[string]int, error) {
	total := 0
	q := query.New(tx)
	for _, a := range owners(p) {
		if _, err := q.EraseQueue(ctx, tx.Org, a); err != nil {
			return nil, err
		}
		n, err := q.Erase(ctx, tx.Org, a)
		if err != nil {
			return nil, err
		}
		total += int(n)
	}
	return map[string]int{"runs of code": total}, nil
}
