package attempt

import (
	"context"
	"time"

	"candor/internal/attempt/internal/query"
	"candor/internal/db"
	"candor/internal/response"
)

// Erase removes what a person's attempts hold beside the answers, and voids their sittings, so that no save of a page that is
// still open is kept any more. Holding the sittings is the guarding write.
func (as *Attempts) Erase(ctx context.Context, tx db.Tx, p db.Person) (map[string]int, error) {
	q := query.New(tx)
	for _, a := range p.Attempts {
		as.bodies.Forget(tx.Org, a)
		for _, f := range []func(context.Context, string, string) (int64, error){q.Void, q.EraseAfterwords, q.EraseMarks, q.EraseRulings, q.EraseReplaced, q.EraseQuestions, q.EraseFrozen} {
			if _, err := f(ctx, tx.Org, a); err != nil {
				return nil, err
			}
		}
	}
	return map[string]int{"attempts": len(p.Attempts)}, nil
}

// Preview counts what Erase would remove.
func (as *Attempts) Preview(_ context.Context, _ db.Tx, p db.Person) (map[string]int, error) {
	return map[string]int{"attempts": len(p.Attempts)}, nil
}

// Drop removes the rows that are left of erased applications: attempts, sittings and the ledger of their time.
func (as *Attempts) Drop(ctx context.Context, tx db.Tx, p db.Person) error {
	q := query.New(tx)
	for _, a := range p.Attempts {
		for _, f := range []func(context.Context, string, string) (int64, error){q.DropLedger, q.DropSittings, q.DropAttempt} {
			if _, err := f(ctx, tx.Org, a); err != nil {
				return err
			}
		}
	}
	return nil
}

// Untime takes the times from saved versions received before an instant; what was submitted points to the same versions after it.
func (as *Attempts) Untime(ctx context.Context, tx db.Tx, before time.Time) (n int, err error) {
	list, err := response.Untime(ctx, tx, before)
	if err != nil {
		return 0, err
	}
	for _, r := range list {
		_, err := query.New(tx).Follow(ctx, query.FollowParams{Timeless: r.ID, OrgID: tx.Org, AttemptID: r.Owner, Item: r.Item, Was: r.Was})
		if err != nil {
			return 0, err
		}
		_, err = query.New(tx).FollowReplaced(ctx, query.FollowReplacedParams{Was: r.Was, Timeless: r.ID, OrgID: tx.Org, AttemptID: r.Owner, Item: r.Item})
		if err != nil {
			return 0, err
		}
	}
	return len(list), nil
}
