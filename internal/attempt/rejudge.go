package attempt

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"candor/internal/actor"
	"candor/internal/assessment"
	"candor/internal/attempt/internal/query"
	"candor/internal/audit"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/item"
	"candor/internal/org"
	"candor/internal/problem"
	"candor/internal/run"
)

// ErrNotRun: the item's marks do not come from runs.
var ErrNotRun = problem.New(problem.Invalid, "item_not_run", "The marks of this item do not come from runs, so there is nothing to judge anew.")

// Change is one submitted answer with its mark, and what a new run says. It names nobody: authors read it.
type Change struct {
	Attempt ID
	Old     MarkState
	State   run.State // of the new run; "" when none was asked for
	New     item.Mark // when State is done
}

// Differs says whether the mark would change.
func (c Change) Differs() bool {
	return c.State == run.Done && (c.Old.State != "done" || c.New.Share != c.Old.Share || c.New.Why != c.Old.Why)
}

// Rejudge runs every submitted answer to an item of a version again, by the tests of another version of the same assessment (or of the same one), and
// changes nothing: Changes shows what came of it, Accept takes it over. It gives how many were asked for. Problems: org.ErrRole, assessment.ErrMissing,
// ErrNotRun.
func (as *Attempts) Rejudge(ctx context.Context, who actor.Actor, v, by assessment.VersionID, itemKey string) (int, error) {
	if err := org.Need(who, "assessment.rejudge"); err != nil {
		return 0, err
	}
	it, err := as.runItem(ctx, who, v, itemKey)
	if err != nil {
		return 0, err
	}
	other, err := as.Assessments.Version(ctx, who.Org, by)
	if err != nil {
		return 0, err
	}
	if x, _, ok := other.Item(itemKey); !ok || x.Kind.Name() != it.Kind.Name() {
		return 0, assessment.ErrMissing
	}
	n := 0
	err = as.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		rows, err := query.New(tx).SubmittedOf(ctx, tx.Org, string(v), itemKey)
		if err != nil {
			return err
		}
		n = len(rows)
		for _, r := range rows {
			body := it.Kind.Blank(it.Spec)
			if r.Body.Valid {
				body = []byte(r.Body.String)
			}
			if _, err := as.Runs.Start(ctx, tx, run.Ask{Owner: r.ID, Version: string(by), Item: itemKey, Purpose: run.Again, Body: body}); err != nil {
				return err
			}
		}
		return audit.Record(ctx, tx, as.DB.Now(), who, "item.rejudge", string(v), audit.Facts{"item": itemKey, "by": string(by), "answers": fmt.Sprint(n)})
	})
	return n, err
}

// runItem is an item whose marks come from runs.
func (as *Attempts) runItem(ctx context.Context, who actor.Actor, v assessment.VersionID, itemKey string) (assessment.PartItem, error) {
	version, err := as.Assessments.Version(ctx, who.Org, v)
	if err != nil {
		return assessment.PartItem{}, err
	}
	it, _, ok := version.Item(itemKey)
	if !ok {
		return it, assessment.ErrMissing
	}
	if !runs(it) {
		return it, ErrNotRun
	}
	return it, nil
}

// Changes are all submitted answers to an item of a version with what the last Rejudge says, in an order that tells nothing.
func (as *Attempts) Changes(ctx context.Context, who actor.Actor, v assessment.VersionID, itemKey string) ([]Change, error) {
	if err := org.Need(who, "assessment.rejudge"); err != nil {
		return nil, err
	}
	it, err := as.runItem(ctx, who, v, itemKey)
	if err != nil {
		return nil, err
	}
	var out []Change
	err = as.DB.Read(ctx, who.Org, func(tx db.Tx) (err error) {
		out, err = as.changes(ctx, tx, v, it)
		return err
	})
	return out, err
}

func (as *Attempts) changes(ctx context.Context, tx db.Tx, v assessment.VersionID, it assessment.PartItem) ([]Change, error) {
	rows, err := query.New(tx).SubmittedOf(ctx, tx.Org, string(v), it.Key)
	if err != nil {
		return nil, err
	}
	var out []Change
	for _, r := range rows {
		c := Change{Attempt: ID(r.ID)}
		if c.Old, err = as.markIn(ctx, tx, r.ID, it.Key); err != nil {
			return nil, err
		}
		again, err := as.Runs.Again(ctx, tx, r.ID, it.Key)
		if errors.Is(err, run.ErrMissing) {
			out = append(out, c)
			continue
		}
		if err != nil {
			return nil, err
		}
		c.State = again.State
		if c.State == run.Done {
			raw, err := json.Marshal(again.Outcome)
			if err != nil {
				return nil, err
			}
			if c.New, err = it.Kind.(item.LateMarker).Finish(it.Spec, again.Body, raw); err != nil {
				return nil, err
			}
			c.New.Share = kept(c.New.Share)
		}
		out = append(out, c)
	}
	return out, nil
}

// Accept makes the marks of the last Rejudge the marks, where it is done, and gives how many changed. Scorecards are never touched. Problems: as Rejudge.
func (as *Attempts) Accept(ctx context.Context, who actor.Actor, v assessment.VersionID, itemKey string) (int, error) {
	if err := org.Need(who, "assessment.rejudge"); err != nil {
		return 0, err
	}
	it, err := as.runItem(ctx, who, v, itemKey)
	if err != nil {
		return 0, err
	}
	n := 0
	err = as.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		n = 0
		list, err := as.changes(ctx, tx, v, it)
		if err != nil {
			return err
		}
		for _, c := range list {
			if c.State != run.Done {
				continue
			}
			if c.Differs() {
				put := query.PutMarkParams{OrgID: tx.Org, AttemptID: string(c.Attempt), Item: itemKey, At: clock.Milli(as.DB.Now())}
				fill(&put, c.New)
				if err := as.put(ctx, tx, put); err != nil {
					return err
				}
				n++
			}
			if err := as.Runs.Forget(ctx, tx, string(c.Attempt), itemKey); err != nil {
				return err
			}
		}
		return audit.Record(ctx, tx, as.DB.Now(), who, "item.remark", string(v), audit.Facts{"item": itemKey, "changed": fmt.Sprint(n)})
	})
	return n, err
}
