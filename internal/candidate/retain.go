package candidate

import (
	"context"

	"candor/internal/candidate/internal/query"
	"candor/internal/db"
)

// Hold keeps a person from being erased until the transaction ends: the guarding write of whatever keeps something more of them.
// ErrMissing when they are erased.
func (cs *Candidates) Hold(ctx context.Context, tx db.Tx, c ID) error {
	n, err := query.New(tx).Hold(ctx, tx.Org, string(c))
	if err == nil && n == 0 {
		err = ErrMissing
	}
	return err
}

// Drop removes the hollow row of an erased person of whom no application is left.
func (cs *Candidates) Drop(ctx context.Context, tx db.Tx, p db.Person) error {
	_, err := query.New(tx).Drop(ctx, tx.Org, p.Candidate)
	return err
}
