package repo

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/git"
	"candor/internal/repo/internal/query"
)

// Receipt is what a submission is of.
type Receipt struct {
	Number       int // from 1
	Ref          string
	Commit, Tree Hash
	Received     time.Time // when this commit arrived
	Made         time.Time
}

// Submit makes the tag of a submission, in the transaction whose guarded write ended the work: the branch that counts as it stood by what was
// received until an instant, whenever it was finished. A second time gives the first receipt. ErrMissing.
func (rs *Repos) Submit(ctx context.Context, tx db.Tx, i ID, until time.Time) (Receipt, error) {
	q, now := query.New(tx), rs.DB.Now()
	n, err := q.Submit(ctx, tx.Org, string(i))
	if err != nil {
		return Receipt{}, err
	}
	r, err := rs.Load(ctx, tx, i)
	if err != nil {
		return Receipt{}, err
	}
	if n == 0 {
		all, err := rs.Receipts(ctx, tx, i)
		if err == nil && len(all) == 0 {
			err = ErrMissing // a template, or one that was closed before
		}
		if err != nil {
			return Receipt{}, err
		}
		return all[0], nil
	}
	t, err := q.TipBy(ctx, query.TipByParams{OrgID: tx.Org, RepositoryID: string(i), Ref: r.main(), Until: clock.Milli(until)})
	if errors.Is(err, sql.ErrNoRows) {
		err = fmt.Errorf("repository %s has no %s at %v", i, r.main(), until)
	}
	if err != nil {
		return Receipt{}, err
	}
	out := Receipt{Number: int(r.turns), Ref: SubmissionTag, Commit: Hash(t.NewHash), Tree: Hash(t.TreeHash), Received: clock.Time(t.ReceivedAt), Made: now}
	if out.Number > 1 {
		out.Ref = fmt.Sprintf("%s-%d", SubmissionTag, out.Number)
	}
	if n, err := q.AddRef(ctx, query.AddRefParams{OrgID: tx.Org, RepositoryID: string(i), Name: out.Ref, Hash: t.NewHash}); err != nil || n == 0 {
		return Receipt{}, errors.Join(err, fmt.Errorf("repository %s: there is a tag %s", i, out.Ref))
	}
	err = q.AddSubmission(ctx, query.AddSubmissionParams{OrgID: tx.Org, RepositoryID: string(i), Number: int64(out.Number), Ref: out.Ref, CommitHash: t.NewHash, TreeHash: t.TreeHash,
		ReceivedAt: t.ReceivedAt, UntilAt: clock.Milli(until), MadeAt: clock.Milli(now)})
	if err != nil {
		return Receipt{}, err
	}
	if err := q.SetLate(ctx, tx.Org, string(i), clock.Milli(until)); err != nil {
		return Receipt{}, err
	}
	return out, q.AddUpdate(ctx, query.AddUpdateParams{OrgID: tx.Org, RepositoryID: string(i), Number: r.updates, Ref: out.Ref, OldHash: string(git.Zero), NewHash: t.NewHash,
		TreeHash: t.TreeHash, ReceivedAt: t.ReceivedAt, Via: string(Server), Standing: string(OnTime)})
}

// Receipts are those of all submissions, newest first.
func (rs *Repos) Receipts(ctx context.Context, tx db.Tx, i ID) ([]Receipt, error) {
	rows, err := query.New(tx).Submissions(ctx, tx.Org, string(i))
	var out []Receipt
	for _, s := range rows {
		out = append(out, Receipt{int(s.Number), s.Ref, Hash(s.CommitHash), Hash(s.TreeHash), clock.Time(s.ReceivedAt), clock.Time(s.MadeAt)})
	}
	return out, err
}

// Reopen lets work go on; what was submitted keeps its tag, and what came late stays where it is. One that is open stays so. ErrClosed, ErrMissing.
func (rs *Repos) Reopen(ctx context.Context, tx db.Tx, i ID) error {
	n, err := query.New(tx).Reopen(ctx, tx.Org, string(i))
	if err != nil || n > 0 {
		return err
	}
	r, err := rs.Load(ctx, tx, i)
	if err == nil && r.State == Closed {
		return ErrClosed
	}
	return err
}

// Close makes it read only. ErrMissing.
func (rs *Repos) Close(ctx context.Context, tx db.Tx, i ID) error {
	n, err := query.New(tx).Close(ctx, tx.Org, string(i))
	if err == nil && n == 0 {
		return ErrMissing
	}
	return err
}
