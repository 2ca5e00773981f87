package notify

import (
	"context"
	"strings"
	"time"

	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/notify/internal/query"
)

// Erase removes the mails to a person and about their applications.
func (n *Notify) Erase(ctx context.Context, tx db.Tx, p db.Person) (map[string]int, error) {
	q := query.New(tx)
	return over(ctx, tx, p, q.EraseAbout, q.Erase)
}

// Preview counts what Erase would remove.
func (n *Notify) Preview(ctx context.Context, tx db.Tx, p db.Person) (map[string]int, error) {
	q := query.New(tx)
	return over(ctx, tx, p, q.CountAbout, q.Count)
}

func over(ctx context.Context, tx db.Tx, p db.Person, about, to func(ctx context.Context, org, key string) (int64, error)) (map[string]int, error) {
	total := 0
	for _, a := range p.Applications {
		k, err := about(ctx, tx.Org, a)
		if err != nil {
			return nil, err
		}
		total += int(k)
	}
	for _, name := range p.Names {
		if !strings.Contains(name, "@") {
			continue
		}
		k, err := to(ctx, tx.Org, name)
		if err != nil {
			return nil, err
		}
		total += int(k)
	}
	return map[string]int{"mails": total}, nil
}

// Older counts the mails about no application made before an instant and says when the first was.
func (n *Notify) Older(ctx context.Context, tx db.Tx, before time.Time) (k int, oldest time.Time, err error) {
	r, err := query.New(tx).Older(ctx, tx.Org, clock.Milli(before))
	return int(r.N), clock.Time(r.Oldest), err
}

// Forget removes the mails about no application made before an instant.
func (n *Notify) Forget(ctx context.Context, tx db.Tx, before time.Time) (k int, err error) {
	gone, err := query.New(tx).Forget(ctx, tx.Org, clock.Milli(before))
	return int(gone), err
}
