package run

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/judge"
	"candor/internal/live"
	"candor/internal/run/internal/query"
	"candor/internal/sandbox"
)

// taken is a run in the hands of this worker.
type taken struct {
	id    ID
	org   string
	by    string
	takes int
}

// Next takes the run whose turn it is and judges it; nothing when none waits.
func (rs *Runs) Next(ctx context.Context) error {
	if rs.Room != nil && rs.Room() != nil {
		return nil // the sweep asks again
	}
	t, ok, err := rs.take(ctx)
	if err != nil || !ok {
		return err
	}
	done := make(chan struct{})
	var renewing sync.WaitGroup
	renewing.Go(func() { rs.renew(ctx, t, done) })
	err = rs.judge(ctx, t)
	close(done)
	renewing.Wait()
	if err != nil {
		err = errors.Join(err, rs.giveBack(context.WithoutCancel(ctx), t))
	}
	return err
}

// take finds whose turn it is; the guarded write decides between workers that found the same.
func (rs *Runs) take(ctx context.Context) (taken, bool, error) {
	for range 20 {
		var t taken
		found, won := false, false
		err := rs.DB.Installation(ctx, func(tx db.Tx) error {
			found, won = false, false
			q, now := query.New(tx), rs.DB.Now()
			row, err := q.Next(ctx, clock.Milli(now), clock.Milli(now.Add(-Aged)))
			if errors.Is(err, sql.ErrNoRows) {
				return nil
			}
			if err != nil {
				return err
			}
			found = true
			t = taken{id: ID(row.RunID), org: row.OrgID, by: fmt.Sprintf("%s/%d", row.RunID, row.Takes+1), takes: int(row.Takes) + 1}
			n, err := q.Take(ctx, query.TakeParams{Taker: t.by, Lease: clock.Milli(now.Add(lease)), RunID: row.RunID, Takes: row.Takes, Now: clock.Milli(now)})
			if err != nil || n == 0 {
				return err
			}
			won = true
			return q.Served(ctx, row.OrgID, clock.Milli(now))
		})
		if err != nil || !found || won {
			return t, won, err
		}
	}
	return taken{}, false, errors.New("run: other workers were faster twenty times")
}

func (rs *Runs) renew(ctx context.Context, t taken, done <-chan struct{}) {
	tick := time.NewTicker(lease / 3)
	defer tick.Stop()
	for {
		select {
		case <-done:
			return
		case <-ctx.Done():
			return
		case <-tick.C:
			rs.DB.Installation(ctx, func(tx db.Tx) error { // one that fails is made up for by the next
				_, err := query.New(tx).Renew(ctx, clock.Milli(rs.DB.Now().Add(lease)), string(t.id), t.by)
				return err
			})
		}
	}
}

func (rs *Runs) giveBack(ctx context.Context, t taken) error {
	return rs.DB.Installation(ctx, func(tx db.Tx) error {
		_, err := query.New(tx).GiveBack(ctx, string(t.id), t.by)
		return err
	})
}

func (rs *Runs) judge(ctx context.Context, t taken) error {
	var r Run
	err := rs.DB.Write(ctx, t.org, func(tx db.Tx) (err error) {
		n, err := query.New(tx).Running(ctx, clock.Milli(rs.DB.Now()), t.org, string(t.id))
		if err == nil && n == 0 {
			return ErrMissing
		}
		if err != nil {
			return err
		}
		if r, err = rs.Load(ctx, tx, t.id); err != nil {
			return err
		}
		return live.Tell(ctx, tx, rs.DB.Now(), "run", r.Owner)
	})
	if errors.Is(err, ErrMissing) { // erased or replaced meanwhile
		return rs.DB.Installation(ctx, func(tx db.Tx) error {
			_, err := query.New(tx).Leave(ctx, string(t.id), t.by)
			return err
		})
	}
	if err != nil {
		return err
	}
	if t.takes > deaths {
		return rs.finish(ctx, t, r, judge.Outcome{Verdict: judge.JE, Reason: "The server stopped again and again in the middle of this.", Note: fmt.Sprintf("%d servers ended while they judged this", deaths)})
	}
	out, err := rs.outcome(ctx, r)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, sandbox.ErrLayer):
		out = judge.Outcome{Verdict: judge.JE, Reason: "Code cannot be run here at present.", Note: err.Error()}
	case err != nil && t.takes < takes:
		return err
	case err != nil:
		out = judge.Outcome{Verdict: judge.JE, Reason: "The judge could not run this.", Note: err.Error()}
	case out.Verdict == judge.JE && t.takes < takes:
		return fmt.Errorf("run %s: the judge failed: %s %s", t.id, out.Reason, out.Note)
	}
	return rs.finish(ctx, t, r, out)
}

// outcome judges a run, and the author's own solution before it where its ids are not known yet.
func (rs *Runs) outcome(ctx context.Context, r Run) (judge.Outcome, error) {
	w, err := rs.Build(ctx, r)
	if err != nil {
		return judge.Outcome{}, err
	}
	if w.Reference != nil {
		ids, err := rs.reference(ctx, r, *w.Reference)
		if err != nil {
			return judge.Outcome{}, err
		}
		for _, i := range ids {
			if !i.Hidden || r.Purpose != Try {
				w.Task.Want = append(w.Task.Want, i.ID)
			}
		}
	}
	return rs.Worker.Judge(ctx, w.Task, rs.progress(ctx, r))
}

// progress writes what is known so far, not more often than pages look.
func (rs *Runs) progress(ctx context.Context, r Run) func(judge.Result) {
	var soFar judge.Outcome
	last := time.Now()
	return func(t judge.Result) {
		if len(soFar.Tests) > 0 && t.Name == soFar.Tests[0].Name && t.ID == soFar.Tests[0].ID {
			soFar.Tests = nil // a slot died: the judge tells all of them again
		}
		soFar.Tests = append(soFar.Tests, t)
		if time.Since(last) < 400*time.Millisecond {
			return
		}
		last = time.Now()
		raw, err := json.Marshal(soFar)
		if err != nil {
			return
		}
		rs.DB.Write(ctx, r.Org, func(tx db.Tx) error { // shown only: the whole comes at the end
			n, err := query.New(tx).Progress(ctx, string(raw), r.Org, string(r.ID))
			if err != nil || n == 0 {
				return err
			}
			return live.Tell(ctx, tx, rs.DB.Now(), "run", r.Owner)
		})
	}
}

func (rs *Runs) finish(ctx context.Context, t taken, r Run, out judge.Outcome) error {
	raw, err := json.Marshal(out)
	if err != nil {
		return err
	}
	state := Done
	if out.Verdict == judge.JE {
		state = Failed
	}
	return rs.DB.Write(ctx, t.org, func(tx db.Tx) error {
		q, now := query.New(tx), rs.DB.Now()
		left, err := q.Leave(ctx, string(t.id), t.by)
		if err != nil || left == 0 {
			return err // the lease was lost: somebody else finishes it
		}
		n, err := q.Finish(ctx, query.FinishParams{State: string(state), Outcome: string(raw), Spent: out.Spent.Milliseconds(), Now: clock.Milli(now), OrgID: t.org, ID: string(t.id)})
		if err != nil || n == 0 {
			return err
		}
		if err := live.Tell(ctx, tx, now, "run", r.Owner); err != nil {
			return err
		}
		return Finished.Announce(ctx, rs.Jobs, tx, Note{t.org, r.ID, r.Owner, r.Item, r.Purpose, state == Failed})
	})
}

// testID is a unit test that must come.
type testID struct {
	ID     string `json:"id"`
	Hidden bool   `json:"hidden,omitempty"`
}

// reference are the ids of the author's own solution, kept after the first time.
func (rs *Runs) reference(ctx context.Context, r Run, t judge.Task) ([]testID, error) {
	var raw string
	err := rs.DB.Read(ctx, r.Org, func(tx db.Tx) (err error) {
		raw, err = query.New(tx).Ids(ctx, query.IdsParams{OrgID: r.Org, Version: r.Version, Item: r.Item, Language: t.Language})
		return err
	})
	var ids []testID
	if err == nil {
		return ids, json.Unmarshal([]byte(raw), &ids)
	}
	if !errors.Is(err, sql.ErrNoRows) {
		return nil, err
	}
	out, err := rs.Worker.Judge(ctx, t, nil)
	if err != nil {
		return nil, err
	}
	if out.Verdict != judge.AC {
		return nil, fmt.Errorf("run: the author's own %s solution of %s is not accepted here: %s %s %s", t.Language, r.Item, out.Verdict, out.Reason, out.Note)
	}
	for _, test := range out.Tests {
		ids = append(ids, testID{test.ID, test.Hidden})
	}
	text, err := json.Marshal(ids)
	if err != nil {
		return nil, err
	}
	return ids, rs.DB.Write(ctx, r.Org, func(tx db.Tx) error {
		return query.New(tx).PutIds(ctx, query.PutIdsParams{OrgID: r.Org, Version: r.Version, Item: r.Item, Language: t.Language, Ids: string(text)})
	})
}
