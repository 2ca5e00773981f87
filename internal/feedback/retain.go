package feedback

import (
	"context"

	"candor/internal/db"
	"candor/internal/feedback/internal/query"
)

// Erase removes the words of replies and their drafts.
func (fs *Feedbacks) Erase(ctx context.Context, tx db.Tx, p db.Person) (map[string]int, error) {
	q := query.New(tx)
	total := 0
	for _, a := range p.Applications {
		if _, err := q.EraseDrafts(ctx, tx.Org, a); err != nil {
			return nil, err
		}
		n, err := q.EraseFeedbacks(ctx, tx.Org, a)
		if err != nil {
			return nil, err
		}
		total += int(n)
	}
	return map[string]int{"replies": total}, nil
}

// Preview counts what Erase would change.
func (fs *Feedbacks) Preview(ctx context.Context, tx db.Tx, p db.Person) (map[string]int, error) {
	total := 0
	for _, a := range p.Applications {
		n, err := query.New(tx).CountFeedbacks(ctx, tx.Org, a)
		if err != nil {
			return nil, err
		}
		total += int(n)
	}
	return map[string]int{"replies": total}, nil
}

// Drop removes the rows that are left of erased applications.
func (fs *Feedbacks) Drop(ctx context.Context, tx db.Tx, p db.Person) error {
	for _, a := range p.Applications {
		if _, err := query.New(tx).DropFeedbacks(ctx, tx.Org, a); err != nil {
			return err
		}
	}
	return nil
}
