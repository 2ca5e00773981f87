package greenhouse

import (
	"context"
	"time"

	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/greenhouse/internal/query"
)

// Older counts reports from before an instant.
func (g *Greenhouse) Older(ctx context.Context, tx db.Tx, before time.Time) (n int, oldest time.Time, err error) {
	r, err := query.New(tx).OlderErrors(ctx, tx.Org, clock.Milli(before))
	return int(r.N), clock.Time(r.Oldest), err
}

// Forget removes them.
func (g *Greenhouse) Forget(ctx context.Context, tx db.Tx, before time.Time) (int, error) {
	n, err := query.New(tx).ForgetErrors(ctx, tx.Org, clock.Milli(before))
	return int(n), err
}

// Preview counts what Erase would remove.
func (g *Greenhouse) Preview(ctx context.Context, tx db.Tx, p db.Person) (map[string]int, error) {
	n := 0
	for _, a := range p.Applications {
		k, err := query.New(tx).CountTests(ctx, tx.Org, a)
		if err != nil {
			return nil, err
		}
		n += int(k)
	}
	return map[string]int{"tests sent by Greenhouse": n}, nil
}

// Erase removes what ties a person to Greenhouse.
func (g *Greenhouse) Erase(ctx context.Context, tx db.Tx, p db.Person) (map[string]int, error) {
	n := 0
	for _, a := range p.Applications {
		if _, err := query.New(tx).EraseErrors(ctx, tx.Org, a); err != nil {
			return nil, err
		}
		k, err := query.New(tx).EraseTests(ctx, tx.Org, a)
		if err != nil {
			return nil, err
		}
		n += int(k)
	}
	return map[string]int{"tests sent by Greenhouse": n}, nil
}
