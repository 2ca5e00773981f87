package assessment_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"candor/internal/account"
	"candor/internal/actor"
	"candor/internal/assessment"
	"candor/internal/audit"
	"candor/internal/blob"
	"candor/internal/db"
	"candor/internal/db/dbtest"
	"candor/internal/item"
	"candor/internal/item/kinds/freetext"
	"candor/internal/job"
	"candor/internal/org"
)

// proving is a written item that has something to prove; what comes of it is the test's to say.
type proving struct {
	freetext.Kind
	prove func(ctx context.Context, progress func(done, total int, what string)) []item.Finding
}

func (proving) Name() string { return "proving" }
func (k proving) Prove(ctx context.Context, _ item.Spec, progress func(done, total int, what string)) []item.Finding {
	return k.prove(ctx, progress)
}

var provable = fstest.MapFS{
	"assessment.yaml":     {Data: []byte("candor: 1\ntitle: Provable\nabout: One item.\nai: {policy: allowed}\nparts: [{key: all, title: All, minutes: 5, items: [{item: one}]}]\n")},
	"items/one/item.yaml": {Data: []byte("kind: proving\ntitle: One\nminutes: 5\nstatement: Do it.\n")},
}

// eachProof imports the provable tree, in which prove is what proving does.
func eachProof(t *testing.T, prove func(ctx context.Context, progress func(done, total int, what string)) []item.Finding, fn func(t *testing.T, w world, v assessment.VersionID, tick *dbtest.Clock)) {
	dbtest.Each(t, []fs.FS{audit.Schema, account.Schema, org.Schema, assessment.Schema}, func(t *testing.T, d *db.DB, tick *dbtest.Clock) {
		jobs, err := job.New(d, job.Options{Poll: 20 * time.Millisecond})
		if err != nil {
			t.Fatal(err)
		}
		w := world{&assessment.Assessments{DB: d, Blobs: blob.Disk{Dir: t.TempDir()}, Jobs: jobs, Kinds: append(item.Kinds{proving{freetext.Kind{MD: md}, prove}}, kinds...)},
			actor.Actor{Kind: actor.Member, ID: "mem_1", Org: "org_1", Roles: []string{org.Author}}}
		w.Listen()
		fn(t, w, w.importTree(t, provable, ""), tick)
	})
}

func (w world) later(t *testing.T, v assessment.VersionID) {
	t.Helper()
	if err := w.PublishLater(ctx, w.author, v); err != nil {
		t.Fatal(err)
	}
}

func (w world) stands(t *testing.T, v assessment.VersionID) (assessment.Proof, bool) {
	t.Helper()
	p, err := w.Proof(ctx, "org_1", v)
	if err != nil {
		t.Fatal(err)
	}
	ver, err := w.Version(ctx, "org_1", v)
	if err != nil {
		t.Fatal(err)
	}
	return p, ver.Published
}

func TestPublishingLaterProvesAndThenPublishes(t *testing.T) {
	var w world
	var v assessment.VersionID
	during := assessment.Proof{}
	prove := func(_ context.Context, progress func(int, int, string)) []item.Finding {
		progress(1, 3, "accepted/python/a.py")
		during, _ = w.Proof(ctx, "org_1", v)
		return []item.Finding{{Path: "x.py", Severity: item.Warning, Text: "Slow."}}
	}
	eachProof(t, prove, func(t *testing.T, world world, version assessment.VersionID, _ *dbtest.Clock) {
		w, v = world, version
		if p, published := w.stands(t, v); p.State != assessment.Unasked || published {
			t.Errorf("before = %+v, %v", p, published)
		}
		w.later(t, v)
		if p, published := w.stands(t, v); p.State != assessment.Proving || p.Total != 0 || published {
			t.Errorf("asked = %+v, published %v; want it to wait", p, published)
		}
		if err := w.Jobs.Drain(ctx); err != nil {
			t.Fatal(err)
		}
		if during.State != assessment.Proving || during.Done != 1 || during.Total != 3 || during.What != "one: accepted/python/a.py" {
			t.Errorf("in the middle = %+v; want 1 of 3", during)
		}
		p, published := w.stands(t, v)
		if p.State != assessment.Passed || !published || len(p.Findings) != 1 || p.Findings[0].Path != "items/one/x.py" {
			t.Errorf("after = %+v, published %v; want it published, with the warning", p, published)
		}
		if by := w.recorded(t, "assessment.publish"); by != "mem_1" {
			t.Errorf("the record says %q; want who pressed", by)
		}
	})
}

// recorded is who did it, by the audit.
func (w world) recorded(t *testing.T, action string) (by string) {
	t.Helper()
	err := w.DB.Read(ctx, "org_1", func(tx db.Tx) error {
		return tx.QueryRowContext(ctx, `SELECT actor_id FROM audit_acts WHERE org_id = $1 AND verb = $2`, "org_1", action).Scan(&by)
	})
	if err != nil {
		t.Fatal(err)
	}
	return by
}

func TestARefusalKeepsItsFindingsAndCanBeTriedAgain(t *testing.T) {
	bad := true
	prove := func(_ context.Context, progress func(int, int, string)) []item.Finding {
		if bad {
			return []item.Finding{{Path: "submissions/accepted/a.py", Line: 3, Col: 1, Severity: item.Error, Text: "This gets WA."}}
		}
		return nil
	}
	eachProof(t, prove, func(t *testing.T, w world, v assessment.VersionID, _ *dbtest.Clock) {
		bad = true
		w.later(t, v)
		if err := w.Jobs.Drain(ctx); err != nil {
			t.Fatal(err)
		}
		p, published := w.stands(t, v)
		if p.State != assessment.Refused || published || len(p.Findings) != 1 || p.Findings[0].String() != "items/one/submissions/accepted/a.py:3:1: error: This gets WA." {
			t.Errorf("refused = %+v, published %v", p, published)
		}
		bad = false
		w.later(t, v)
		if p, _ := w.stands(t, v); p.State != assessment.Proving || len(p.Findings) != 0 {
			t.Errorf("asked again = %+v; want it to begin anew", p)
		}
		if err := w.Jobs.Drain(ctx); err != nil {
			t.Fatal(err)
		}
		if p, published := w.stands(t, v); p.State != assessment.Passed || !published {
			t.Errorf("mended = %+v, published %v", p, published)
		}
	})
}

func TestPressingManyTimesProvesOnce(t *testing.T) {
	var mu sync.Mutex
	times := 0
	prove := func(context.Context, func(int, int, string)) []item.Finding {
		mu.Lock()
		defer mu.Unlock()
		times++
		return nil
	}
	eachProof(t, prove, func(t *testing.T, w world, v assessment.VersionID, _ *dbtest.Clock) {
		times = 0
		var all sync.WaitGroup
		for range 20 {
			all.Go(func() {
				if err := w.PublishLater(ctx, w.author, v); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if err := w.Jobs.Drain(ctx); err != nil {
			t.Fatal(err)
		}
		w.later(t, v) // it is published: nothing happens
		if err := w.Jobs.Drain(ctx); err != nil || times != 1 {
			t.Errorf("proved %d times, %v; want once", times, err)
		}
	})
}

// TestAProofThatIsCutOffGoesOn: the server ends in the middle; the job is taken up again, and no finding comes of the end.
func TestAProofThatIsCutOffGoesOn(t *testing.T) {
	var end context.CancelFunc
	prove := func(ctx context.Context, _ func(int, int, string)) []item.Finding {
		if end != nil {
			end()
			return []item.Finding{{Path: "a", Severity: item.Error, Text: fmt.Sprint("The judge could not run it: ", ctx.Err())}}
		}
		return nil
	}
	eachProof(t, prove, func(t *testing.T, w world, v assessment.VersionID, _ *dbtest.Clock) {
		w.later(t, v)
		var stopped context.Context
		stopped, end = context.WithCancel(ctx)
		if err := w.Jobs.Drain(stopped); !errors.Is(err, context.Canceled) {
			t.Errorf("the job that was cut off = %v; want it to fail", err)
		}
		end = nil
		if p, published := w.stands(t, v); p.State != assessment.Proving || published || len(p.Findings) != 0 {
			t.Errorf("cut off = %+v, published %v; want it to go on", p, published)
		}
		w.retry(t)
		if err := w.Jobs.Drain(ctx); err != nil {
			t.Fatal(err)
		}
		if p, published := w.stands(t, v); p.State != assessment.Passed || !published {
			t.Errorf("taken up again = %+v, published %v", p, published)
		}
	})
}

// retry makes what was at work when the process died due again, as Start does.
func (w world) retry(t *testing.T) {
	t.Helper()
	err := w.DB.Installation(ctx, func(tx db.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE river_job SET state = 'available' WHERE state IN ('running', 'retryable')`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestAProofThatStandsStillCanBeAskedForAgain: its worker is gone for good; when it comes back after all, it leaves it to the younger.
func TestAProofThatStandsStillCanBeAskedForAgain(t *testing.T) {
	times := 0
	prove := func(context.Context, func(int, int, string)) []item.Finding { times++; return nil }
	eachProof(t, prove, func(t *testing.T, w world, v assessment.VersionID, tick *dbtest.Clock) {
		times = 0
		w.later(t, v)
		tick.Add(assessment.Stale)
		w.later(t, v)
		if p, _ := w.stands(t, v); p.StandsStill(tick.Now()) || !p.Asked.Equal(dbtest.Start) {
			t.Errorf("at the edge = %+v; want the first asking to count", p)
		}
		tick.Add(time.Millisecond)
		if p, _ := w.stands(t, v); !p.StandsStill(tick.Now()) {
			t.Errorf("after %v = %+v; want it to stand still", assessment.Stale, p)
		}
		w.later(t, v)
		if err := w.Jobs.Drain(ctx); err != nil || times != 1 {
			t.Errorf("%d proofs, %v; want only the younger asking to be worked on", times, err)
		}
	})
}

func TestWhatHasNothingToProveIsPublishedAtOnce(t *testing.T) {
	eachProof(t, nil, func(t *testing.T, w world, _ assessment.VersionID, _ *dbtest.Clock) {
		v := w.importTree(t, small(), "")
		reviewer := w.author
		reviewer.Roles = []string{org.Reviewer}
		if err := w.PublishLater(ctx, reviewer, v); !errors.Is(err, org.ErrRole) {
			t.Errorf("a reviewer's press = %v; want ErrRole", err)
		}
		w.later(t, v)
		if p, published := w.stands(t, v); p.State != assessment.Unasked || !published {
			t.Errorf("= %+v, published %v", p, published)
		}
	})
}
