package promise

import (
	"context"

	"candor/internal/db"
	"candor/internal/promise/internal/query"
)

// Drop removes what was promised about erased applications.
func (ps *Promises) Drop(ctx context.Context, tx db.Tx, p db.Person) error {
	for _, a := range p.Applications {
		if _, err := query.New(tx).Drop(ctx, tx.Org, a); err != nil {
			return err
		}
	}
	return nil
}
