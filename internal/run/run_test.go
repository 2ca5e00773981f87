package run_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"candor/internal/db"
	"candor/internal/db/dbtest"
	"candor/internal/job"
	"candor/internal/judge"
	"candor/internal/live"
	"candor/internal/run"
)

var ctx = context.Background()

// desk is a worker that notes what came and answers as it is told.
type desk struct {
	mu     sync.Mutex
	tasks  []judge.Task
	answer func(judge.Task) (judge.Outcome, error)
}

func (d *desk) Judge(ctx context.Context, t judge.Task, progress func(judge.Result)) (judge.Outcome, error) {
	d.mu.Lock()
	d.tasks = append(d.tasks, t)
	d.mu.Unlock()
	if d.answer == nil {
		return judge.Outcome{Verdict: judge.AC}, nil
	}
	return d.answer(t)
}

func (d *desk) order() string {
	var out []string
	for _, t := range d.tasks {
		out = append(out, t.Entry)
	}
	return strings.Join(out, " ")
}

type world struct {
	*run.Runs
	desk  *desk
	tick  *dbtest.Clock
	notes []run.Note
}

func each(t *testing.T, fn func(t *testing.T, w *world)) {
	dbtest.Each(t, []fs.FS{live.Schema, run.Schema}, func(t *testing.T, d *db.DB, tick *dbtest.Clock) {
		jobs, err := job.New(d, job.Options{})
		if err != nil {
			t.Fatal(err)
		}
		w := &world{desk: &desk{}, tick: tick}
		w.Runs = &run.Runs{DB: d, Jobs: jobs, Worker: w.desk, Build: func(_ context.Context, r run.Run) (run.Work, error) {
			return run.Work{Task: judge.Task{Entry: r.Owner + string(r.Body), Language: "python"}}, nil
		}}
		w.Listen()
		job.Listen(jobs, run.Finished, "test.note", job.Housekeeping, func(_ context.Context, n run.Note) error {
			w.notes = append(w.notes, n)
			return nil
		})
		fn(t, w)
	})
}

func (w *world) start(t *testing.T, org, owner string, p run.Purpose, body string) run.ID {
	t.Helper()
	var out run.ID
	err := w.DB.Write(ctx, org, func(tx db.Tx) (err error) {
		out, err = w.Start(ctx, tx, run.Ask{Owner: owner, Version: "ver_1", Item: "limiter", Purpose: p, Body: []byte(body)})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	w.tick.Add(time.Millisecond)
	return out
}

func (w *world) load(t *testing.T, org string, id run.ID) run.Run {
	t.Helper()
	var r run.Run
	err := w.DB.Read(ctx, org, func(tx db.Tx) (err error) {
		r, err = w.Load(ctx, tx, id)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func (w *world) drain(t *testing.T) {
	t.Helper()
	if err := w.Jobs.Drain(ctx); err != nil {
		t.Fatal(err)
	}
}

func TestARunHappensIfAndOnlyIfItsTransactionDoes(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		stop := errors.New("no")
		err := w.DB.Write(ctx, "o1", func(tx db.Tx) error {
			if _, err := w.Start(ctx, tx, run.Ask{Owner: "a", Item: "limiter", Purpose: run.Graded}); err != nil {
				return err
			}
			return stop
		})
		if !errors.Is(err, stop) {
			t.Fatal(err)
		}
		w.drain(t)
		if len(w.desk.tasks) != 0 {
			t.Errorf("judged %s; want nothing", w.desk.order())
		}
		id := w.start(t, "o1", "a", run.Graded, "")
		w.drain(t)
		if r := w.load(t, "o1", id); r.State != run.Done || r.Outcome.Verdict != judge.AC || len(w.notes) != 1 || w.notes[0].Run != id || w.notes[0].Failed {
			t.Errorf("run = %+v, notes = %+v; want done, AC and one note", r, w.notes)
		}
	})
}

func TestTriesGoFirstAndOrganisationsTakeTurns(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for i := range 3 {
			w.start(t, "big", fmt.Sprintf("big%d", i), run.Graded, "")
		}
		w.start(t, "small", "small", run.Graded, "")
		w.start(t, "big", "editor", run.Try, "")
		w.drain(t)
		if got, want := w.desk.order(), "editor small big0 big1 big2"; got != want {
			t.Errorf("served %s; want %s", got, want)
		}
		w.desk.tasks = nil
		w.start(t, "big", "old", run.Graded, "")
		w.tick.Add(run.Aged + time.Second)
		w.start(t, "big", "new", run.Try, "")
		w.drain(t)
		if got, want := w.desk.order(), "old new"; got != want {
			t.Errorf("served %s; want %s: what waited a minute does not wait for editors", got, want)
		}
	})
}

func TestAnotherPressTakesThePlaceOfTheOneThatWaits(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		first := w.start(t, "o1", "a", run.Try, "1")
		second := w.start(t, "o1", "a", run.Try, "2")
		other := w.start(t, "o1", "b", run.Try, "")
		err := w.DB.Read(ctx, "o1", func(tx db.Tx) error {
			n, err := w.Ahead(ctx, tx, other)
			if n != 1 {
				t.Errorf("%d before the other candidate's; want 1", n)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		w.drain(t)
		if got, want := w.desk.order(), "a2 b"; got != want {
			t.Errorf("judged %s; want %s", got, want)
		}
		if a, b := w.load(t, "o1", first).State, w.load(t, "o1", second).State; a != run.Replaced || b != run.Done {
			t.Errorf("states %s and %s; want replaced and done", a, b)
		}
		var list []run.Run
		n := 0
		err = w.DB.Read(ctx, "o1", func(tx db.Tx) (err error) {
			list, n, err = w.Of(ctx, tx, "a", "limiter", 20)
			return err
		})
		if err != nil || n != 1 || len(list) != 1 || list[0].ID != second {
			t.Errorf("Of = %d runs of %d, %v; want the second", len(list), n, err)
		}
	})
}

func TestAJudgeThatFailsIsAskedOnceMoreAndIsNeverTheCandidatesFault(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		fail := 1
		w.desk.answer = func(judge.Task) (judge.Outcome, error) {
			if fail > 0 {
				fail--
				return judge.Outcome{Verdict: judge.JE, Note: "the disk"}, nil
			}
			return judge.Outcome{Verdict: judge.WA}, nil
		}
		once := w.start(t, "o1", "a", run.Graded, "")
		if err := w.Next(ctx); err == nil {
			t.Error("Next hid a judge's failure from the queue")
		}
		w.drain(t)
		if r := w.load(t, "o1", once); r.State != run.Done || r.Outcome.Verdict != judge.WA {
			t.Errorf("after one failure: %s %+v; want done, WA", r.State, r.Outcome)
		}
		fail = 9
		twice := w.start(t, "o1", "b", run.Graded, "")
		w.Next(ctx)
		w.Next(ctx)
		w.drain(t)
		if r := w.load(t, "o1", twice); r.State != run.Failed || r.Outcome.Verdict != judge.JE {
			t.Errorf("after two failures: %s %+v; want failed, JE", r.State, r.Outcome)
		}
		if last := w.notes[len(w.notes)-1]; !last.Failed || last.Run != twice {
			t.Errorf("note = %+v; want failed", last)
		}
	})
}

func TestWhatAServerDiedOnIsTakenUpAgain(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		die := func(judge.Task) (judge.Outcome, error) { panic("kill -9") }
		w.desk.answer = die
		id := w.start(t, "o1", "a", run.Graded, "")
		dies := func() {
			defer func() { recover() }()
			w.Next(ctx)
		}
		dies()
		w.desk.answer = nil
		if err := w.Next(ctx); err != nil || len(w.desk.tasks) != 1 {
			t.Errorf("%d judged, %v; want the lease to hold", len(w.desk.tasks), err)
		}
		if w.DB.Engine == db.SQLite {
			if err := w.Recover(ctx); err != nil { // a new process owns the file: no need to wait
				t.Fatal(err)
			}
		} else {
			w.tick.Add(31 * time.Second)
		}
		w.drain(t)
		if r := w.load(t, "o1", id); r.State != run.Done {
			t.Errorf("taken up: %s; want done", r.State)
		}
		w.desk.answer = die
		often := w.start(t, "o1", "b", run.Graded, "")
		for range 4 { // a server that is started anew while many programs are judged meets the same one more than once
			dies()
			w.tick.Add(31 * time.Second)
		}
		w.desk.answer = nil
		w.drain(t)
		if r := w.load(t, "o1", often); r.State != run.Done {
			t.Errorf("after four deaths: %s; want done", r.State)
		}
		w.desk.answer = die
		bad := w.start(t, "o1", "c", run.Graded, "")
		for range 5 {
			dies()
			w.tick.Add(31 * time.Second)
		}
		w.drain(t)
		if r := w.load(t, "o1", bad); r.State != run.Failed || r.Outcome.Verdict != judge.JE {
			t.Errorf("after five deaths: %s %+v; want failed", r.State, r.Outcome)
		}
	})
}

func TestTheAuthorsSolutionTellsOnceWhichTestsMustCome(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.Build = func(_ context.Context, r run.Run) (run.Work, error) {
			return run.Work{Task: judge.Task{Entry: r.Owner, Language: "python"}, Reference: &judge.Task{Entry: "reference", Language: "python"}}, nil
		}
		w.desk.answer = func(task judge.Task) (judge.Outcome, error) {
			return judge.Outcome{Verdict: judge.AC, Tests: []judge.Result{{ID: "t.seen", Verdict: judge.AC}, {ID: "t.hidden", Hidden: true, Verdict: judge.AC}}}, nil
		}
		w.start(t, "o1", "try", run.Try, "")
		w.drain(t)
		w.start(t, "o1", "graded", run.Graded, "")
		w.drain(t)
		if got, want := w.desk.order(), "reference try graded"; got != want {
			t.Fatalf("judged %s; want %s", got, want)
		}
		if got := w.desk.tasks[1].Want; !slices.Equal(got, []string{"t.seen"}) {
			t.Errorf("a try wants %v; want the visible test only", got)
		}
		if got := w.desk.tasks[2].Want; !slices.Equal(got, []string{"t.seen", "t.hidden"}) {
			t.Errorf("a graded run wants %v; want both", got)
		}
	})
}

func TestErasureLeavesNoRun(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.start(t, "o1", "att_1", run.Try, "canary")
		w.drain(t)
		waiting := w.start(t, "o1", "att_1", run.Graded, "canary")
		kept := w.start(t, "o1", "att_2", run.Graded, "")
		err := w.DB.Write(ctx, "o1", func(tx db.Tx) error {
			before, err := w.Preview(ctx, tx, db.Person{Attempts: []string{"att_1"}})
			if err != nil || before["runs of code"] != 2 {
				t.Errorf("Preview = %v, %v; want 2 runs", before, err)
			}
			_, err = w.Erase(ctx, tx, db.Person{Attempts: []string{"att_1"}})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		w.drain(t)
		err = w.DB.Read(ctx, "o1", func(tx db.Tx) error {
			_, err := w.Load(ctx, tx, waiting)
			return err
		})
		if !errors.Is(err, run.ErrMissing) {
			t.Errorf("Load = %v; want ErrMissing", err)
		}
		if r := w.load(t, "o1", kept); r.State != run.Done {
			t.Errorf("the other person's run is %s; want done", r.State)
		}
	})
}

func TestTwoWorkersNeverTakeTheSameRun(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for i := range 30 {
			w.start(t, "o1", fmt.Sprintf("r%d", i), run.Graded, "")
		}
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() {
				for range 12 {
					if err := w.Next(ctx); err != nil {
						t.Error(err)
					}
				}
			})
		}
		all.Wait()
		seen := map[string]int{}
		for _, task := range w.desk.tasks {
			seen[task.Entry]++
		}
		if len(seen) != 30 || len(w.desk.tasks) != 30 {
			t.Errorf("%d runs judged %d times; want 30 once each", len(seen), len(w.desk.tasks))
		}
	})
}

// try asks for one with limits, and says when it is due, counted from the start of the world's clock.
func (w *world) try(t *testing.T, a run.Ask) (run.ID, time.Time) {
	t.Helper()
	var id run.ID
	var due time.Time
	a.Purpose, a.Item = run.Try, "limiter"
	err := w.DB.Write(ctx, "o1", func(tx db.Tx) (err error) {
		if id, err = w.Start(ctx, tx, a); err == nil {
			due, err = w.Due(ctx, tx, id)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return id, due
}

func TestOfABurstOfPushesOneIsRun(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		var last run.ID
		for i := range 5 {
			last, _ = w.try(t, run.Ask{Owner: "a", Body: []byte(fmt.Sprint(i)), Settle: 2 * time.Second})
			if err := w.Next(ctx); err != nil {
				t.Fatal(err)
			}
			w.tick.Add(1999 * time.Millisecond)
		}
		if len(w.desk.tasks) != 0 {
			t.Fatalf("judged %s before the burst was over", w.desk.order())
		}
		w.tick.Add(time.Millisecond)
		w.drain(t)
		if got := w.desk.order(); got != "a4" || w.load(t, "o1", last).State != run.Done {
			t.Errorf("judged %s; want the last one only", got)
		}
	})
}

func TestWhoUsedUpTheirHourWaitsForItsRest(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.desk.answer = func(judge.Task) (judge.Outcome, error) {
			return judge.Outcome{Verdict: judge.AC, Spent: 40 * time.Second}, nil
		}
		ask := run.Ask{Owner: "a", Budget: 100 * time.Second}
		var finished []time.Time
		for range 3 { // 0, 40 and 80 of 100 seconds are used before each
			id, due := w.try(t, ask)
			if now := w.DB.Now(); due.After(now) {
				t.Fatalf("run %d is due %s; want at once", len(finished), due.Sub(now))
			}
			w.drain(t)
			finished = append(finished, w.load(t, "o1", id).Finished)
			w.tick.Add(time.Minute)
		}
		over, due := w.try(t, ask)
		if want := finished[0].Add(time.Hour); !due.Equal(want) {
			t.Errorf("over the budget a run is due %s; want %s, when the first 40 s are an hour old", due, want)
		}
		if _, due := w.try(t, run.Ask{Owner: "b", Budget: 100 * time.Second}); due.After(w.DB.Now()) {
			t.Error("another attempt's waits, too")
		}
		w.start(t, "o1", "a", run.Graded, "")
		w.drain(t)
		if n := len(w.desk.tasks); n != 5 { // three, b's, and the graded one
			t.Errorf("judged %s: want what is graded at once, and not what waits", w.desk.order())
		}
		w.tick.Add(due.Sub(w.DB.Now()))
		w.drain(t)
		if s := w.load(t, "o1", over).State; s != run.Done {
			t.Errorf("when the hour had room it is %s; want done", s)
		}
		err := w.DB.Read(ctx, "o1", func(tx db.Tx) error {
			_, err := w.Due(ctx, tx, over)
			return err
		})
		if !errors.Is(err, run.ErrMissing) {
			t.Errorf("Due of one that is over = %v; want ErrMissing", err)
		}
	})
}
