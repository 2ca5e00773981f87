package attempt

import (
	"bytes"
	"context"
	"errors"
	"slices"

	"candor/internal/assessment"
	"candor/internal/attempt/internal/query"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/item"
	"candor/internal/opening"
)

// mark marks at once what can be, and starts what takes longer.
func (as *Attempts) mark(ctx context.Context, tx db.Tx, ref item.Ref, it assessment.PartItem, body []byte) error {
	put := query.PutMarkParams{OrgID: tx.Org, AttemptID: ref.Owner, Item: ref.Item, At: clock.Milli(as.DB.Now())}
	if m, ok := it.Kind.(item.Marker); ok {
		got, err := m.Mark(it.Spec, body)
		if err != nil {
			return err
		}
		fill(&put, got)
		return as.put(ctx, tx, put)
	}
	if m, ok := it.Kind.(item.LateMarker); ok && runs(it) {
		put.State, put.Why = "pending", "Being run"
		if err := as.put(ctx, tx, put); err != nil {
			return err
		}
		return m.Start(ctx, tx, ref, it.Spec, body)
	}
	return nil
}

// runs says whether the marks of an item come from runs.
func runs(it assessment.PartItem) bool {
	if u, ok := it.Kind.(item.Unmarked); ok && u.Unmarked(it.Spec) {
		return false
	}
	_, ok := it.Kind.(item.LateMarker)
	return ok
}

// put keeps a mark, and tells the opening the new mean.
func (as *Attempts) put(ctx context.Context, tx db.Tx, p query.PutMarkParams) error {
	if err := query.New(tx).PutMark(ctx, p); err != nil {
		return err
	}
	return as.mean(ctx, tx, ID(p.AttemptID))
}

// mean tells the opening the mean of a submitted attempt's automatic marks, weighted as the assessment weights its items, once none is
// being run any more; boards show it beside ratings.
func (as *Attempts) mean(ctx context.Context, tx db.Tx, a ID) error {
	m, err := query.New(tx).MeanMark(ctx, tx.Org, string(a))
	if err != nil {
		return err
	}
	return as.Openings.SetMark(ctx, tx, opening.InvitationID(m.InvitationID), m.Ppm)
}

func fill(p *query.PutMarkParams, m item.Mark) {
	p.State, p.SharePpm, p.Why, p.Provisional, p.Detail = "done", int64(m.Share*1e6+.5), m.Why, m.Provisional, string(m.Detail)
}

// Finish puts the mark of an item whose run has ended; ran is the answer that was run, and where another one counts by now nothing is changed.
// failed says that the judge could not (never the candidate's fault).
func (as *Attempts) Finish(ctx context.Context, o string, a ID, itemKey string, ran, result []byte, failed bool) error {
	var at Attempt
	var body []byte
	err := as.DB.Read(ctx, o, func(tx db.Tx) (err error) {
		if at, err = as.In(ctx, tx, a); err != nil {
			return err
		}
		sub, err := as.frozen(ctx, tx, at)
		for _, s := range sub {
			if s.Key == itemKey {
				body = s.Body
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	v, err := as.Assessments.Version(ctx, o, at.Version)
	if err != nil {
		return err
	}
	it, _, ok := v.Item(itemKey)
	if !ok {
		return ErrMissing
	}
	m, ok := it.Kind.(item.LateMarker)
	if !ok {
		return errors.New("attempt: " + it.Kind.Name() + " marks at once")
	}
	if body == nil {
		body = it.Kind.Blank(it.Spec)
	}
	if !bytes.Equal(body, ran) {
		return nil
	}
	put := query.PutMarkParams{OrgID: o, AttemptID: string(a), Item: itemKey, State: "failed", Why: "We could not run this. That is our fault; somebody looks at it.", At: clock.Milli(as.DB.Now())}
	if !failed {
		got, err := m.Finish(it.Spec, body, result)
		if err != nil {
			return err
		}
		fill(&put, got)
	}
	return as.DB.Write(ctx, o, func(tx db.Tx) error {
		n, err := query.New(tx).FinishMark(ctx, query.FinishMarkParams{State: put.State, SharePpm: put.SharePpm, Why: put.Why, Provisional: put.Provisional,
			Detail: put.Detail, At: put.At, OrgID: o, AttemptID: put.AttemptID, Item: put.Item})
		if err != nil || n == 0 {
			return err // no row: it was erased meanwhile
		}
		return as.mean(ctx, tx, a)
	})
}

// MarkAgain marks a submitted answer anew, where what counts of its repository is another commit than when it was marked. Nothing where the answer is gone.
func (as *Attempts) MarkAgain(ctx context.Context, o string, a ID, itemKey string) error {
	var at Attempt
	var frozen []SubmittedItem
	err := as.DB.Read(ctx, o, func(tx db.Tx) (err error) {
		if at, err = as.In(ctx, tx, a); err == nil {
			frozen, err = as.frozen(ctx, tx, at)
		}
		return err
	})
	i := slices.IndexFunc(frozen, func(s SubmittedItem) bool { return s.Key == itemKey })
	if errors.Is(err, ErrMissing) || err == nil && i < 0 {
		return nil
	}
	if err != nil {
		return err
	}
	v, err := as.Assessments.Version(ctx, o, at.Version)
	if err != nil {
		return err
	}
	it, _, ok := v.Item(itemKey)
	if !ok {
		return ErrMissing
	}
	body := frozen[i].Body
	if body == nil {
		body = it.Kind.Blank(it.Spec)
	}
	return as.DB.Write(ctx, o, func(tx db.Tx) error {
		if _, err := query.New(tx).HoldAttempt(ctx, tx.Org, string(a)); err != nil {
			return err
		}
		return as.mark(ctx, tx, refOf(o, at, "", itemKey), it, body)
	})
}
