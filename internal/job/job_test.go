package job_test

import (
	"context"
	"errors"
	"io/fs"
	"strings"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"candor/internal/db"
	"candor/internal/db/dbtest"
	"candor/internal/job"
)

var ctx = context.Background()

var schema fs.FS = fstest.MapFS{"schema/20261124000001_done.sql": {Data: []byte(`-- +goose Up
CREATE TABLE done (org_id TEXT NOT NULL, id TEXT NOT NULL, times BIGINT NOT NULL, PRIMARY KEY (org_id, id));
`)}}

type note struct{ ID string }

const (
	happened = job.Topic[note]("thing.happened")
	doIt     = job.Task[note]("thing.do")
)

func each(t *testing.T, fn func(t *testing.T, d *db.DB, j *job.Jobs, tick *dbtest.Clock)) {
	dbtest.Each(t, []fs.FS{schema}, func(t *testing.T, d *db.DB, tick *dbtest.Clock) {
		j, err := job.New(d, job.Options{Poll: 20 * time.Millisecond})
		if err != nil {
			t.Fatal(err)
		}
		fn(t, d, j, tick)
	})
}

func drain(t *testing.T, j *job.Jobs) {
	t.Helper()
	if err := j.Drain(ctx); err != nil {
		t.Fatalf("Drain = %v", err)
	}
}

func write(t *testing.T, d *db.DB, fn func(tx db.Tx) error) {
	t.Helper()
	if err := d.Write(ctx, "o1", fn); err != nil {
		t.Fatal(err)
	}
}

func TestAnAnnouncementIsHeardByEveryListenerIfAndOnlyIfItCommitted(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB, j *job.Jobs, _ *dbtest.Clock) {
		var a, b []string
		job.Listen(j, happened, "a", job.Housekeeping, func(_ context.Context, n note) error { a = append(a, n.ID); return nil })
		job.Listen(j, happened, "b", job.Mail, func(_ context.Context, n note) error { b = append(b, n.ID); return nil })
		write(t, d, func(tx db.Tx) error { return happened.Announce(ctx, j, tx, note{"kept"}) })
		boom := errors.New("boom")
		err := d.Write(ctx, "o1", func(tx db.Tx) error {
			if err := happened.Announce(ctx, j, tx, note{"undone"}); err != nil {
				return err
			}
			return boom
		})
		if !errors.Is(err, boom) {
			t.Fatal(err)
		}
		drain(t, j)
		if strings.Join(a, " ") != "kept" || strings.Join(b, " ") != "kept" {
			t.Errorf("listeners heard %v and %v; want kept, once each", a, b)
		}
	})
}

func TestAFailedJobIsTriedAgainAndMayRunTwice(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB, j *job.Jobs, _ *dbtest.Clock) {
		tries := 0
		job.Work(j, doIt, job.Housekeeping, func(ctx context.Context, n note) error {
			tries++
			// The side effect is made with a guard, then the job dies before River hears of it.
			err := d.Write(ctx, "o1", func(tx db.Tx) error {
				_, err := tx.Exec(ctx, `INSERT INTO done (org_id, id, times) VALUES ($1, $2, 1) ON CONFLICT DO NOTHING`, tx.Org, n.ID)
				return err
			})
			if err == nil && tries == 1 {
				return errors.New("died between two side effects")
			}
			return err
		})
		write(t, d, func(tx db.Tx) error { return doIt.Enqueue(ctx, j, tx, note{"x"}) })
		if err := j.Drain(ctx); err == nil || !strings.Contains(err.Error(), "died between") {
			t.Errorf("Drain = %v; want the job's error", err)
		}
		drain(t, j)
		if tries != 2 {
			t.Errorf("%d tries; want 2", tries)
		}
	})
}

func TestWhileOneWaitsAnotherWithItsKeyIsNotEnqueued(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB, j *job.Jobs, _ *dbtest.Clock) {
		var got []string
		job.Work(j, doIt, job.Housekeeping, func(_ context.Context, n note) error { got = append(got, n.ID); return nil })
		for _, id := range []string{"first", "second"} {
			write(t, d, func(tx db.Tx) error { return doIt.Enqueue(ctx, j, tx, note{id}, job.Unique("k")) })
		}
		write(t, d, func(tx db.Tx) error { return doIt.Enqueue(ctx, j, tx, note{"other"}, job.Unique("k2")) })
		drain(t, j)
		write(t, d, func(tx db.Tx) error { return doIt.Enqueue(ctx, j, tx, note{"later"}, job.Unique("k")) })
		drain(t, j)
		if s := strings.Join(got, " "); s != "first other later" {
			t.Errorf("ran %q; want first other later", s)
		}
	})
}

func TestAScheduledJobWaitsForItsInstantOfTheDecidingClock(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB, j *job.Jobs, tick *dbtest.Clock) {
		ran := 0
		job.Work(j, doIt, job.Housekeeping, func(context.Context, note) error { ran++; return nil })
		write(t, d, func(tx db.Tx) error {
			return doIt.Enqueue(ctx, j, tx, note{"x"}, job.At(tick.Now().Add(time.Hour)))
		})
		tick.Add(time.Hour - time.Millisecond)
		drain(t, j)
		if ran != 0 {
			t.Error("ran a millisecond early")
		}
		tick.Add(time.Millisecond)
		drain(t, j)
		if ran != 1 {
			t.Errorf("ran %d times at its instant; want 1", ran)
		}
	})
}

func TestTheRunningQueueWorksOffWhatADeadProcessLeft(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB, j *job.Jobs, _ *dbtest.Clock) {
		var ran atomic.Int64
		done := make(chan struct{}, 8)
		job.Work(j, doIt, job.Judge, func(context.Context, note) error { ran.Add(1); done <- struct{}{}; return nil })
		write(t, d, func(tx db.Tx) error { return doIt.Enqueue(ctx, j, tx, note{"x"}) })
		if d.Engine == db.SQLite {
			write(t, d, func(tx db.Tx) error { // killed in the middle of it
				_, err := tx.Exec(ctx, `UPDATE river_job SET state = 'running', attempt = 1`)
				return err
			})
		}
		if err := j.Start(ctx); err != nil {
			t.Fatal(err)
		}
		c, cancel := context.WithTimeout(ctx, 20*time.Second)
		defer cancel()
		select {
		case <-done:
		case <-c.Done():
			t.Fatal("the job was not run within 20 s")
		}
		if err := j.Idle(c); err != nil {
			t.Errorf("Idle = %v", err)
		}
		if err := j.Stop(c); err != nil {
			t.Errorf("Stop = %v", err)
		}
		if ran.Load() != 1 {
			t.Errorf("ran %d times; want 1", ran.Load())
		}
	})
}

func TestEnqueueingWhatNobodyWorksOnIsAnError(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB, j *job.Jobs, _ *dbtest.Clock) {
		err := d.Write(ctx, "o1", func(tx db.Tx) error { return doIt.Enqueue(ctx, j, tx, note{"x"}) })
		if err == nil || !strings.Contains(err.Error(), "nobody works on") {
			t.Errorf("Enqueue = %v; want a refusal", err)
		}
	})
}
