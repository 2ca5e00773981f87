package appeal

import (
	"context"

	"candor/internal/appeal/internal/query"
	"candor/internal/db"
	"candor/internal/opening"
)

// Preview counts what Erase would change.
func (as *Appeals) Preview(ctx context.Context, tx db.Tx, p db.Person) (map[string]int, error) {
	total := 0
	for _, a := range p.Applications {
		n, err := query.New(tx).Count(ctx, tx.Org, a)
		if err != nil {
			return nil, err
		}
		total += int(n)
	}
	return map[string]int{"appeals": total}, nil
}

// Erase removes the words of appeals; nobody looks at or answers one any more, and none is owed.
func (as *Appeals) Erase(ctx context.Context, tx db.Tx, p db.Person) (map[string]int, error) {
	total := 0
	for _, a := range p.Applications {
		list, err := as.Of(ctx, tx, opening.ApplicationID(a))
		if err != nil {
			return nil, err
		}
		for _, x := range list {
			if x.State == Open {
				if err := as.let(ctx, tx, x); err != nil {
					return nil, err
				}
			}
		}
		n, err := query.New(tx).Erase(ctx, tx.Org, a)
		if err != nil {
			return nil, err
		}
		total += int(n)
	}
	return map[string]int{"appeals": total}, nil
}

// Drop removes the rows that are left of erased applications.
func (as *Appeals) Drop(ctx context.Context, tx db.Tx, p db.Person) error {
	for _, a := range p.Applications {
		if _, err := query.New(tx).Drop(ctx, tx.Org, a); err != nil {
			return err
		}
	}
	return nil
}
