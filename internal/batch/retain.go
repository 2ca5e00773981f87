package batch

import (
	"context"
	"strings"
	"time"

	"candor/internal/batch/internal/query"
	"candor/internal/candidate"
	"candor/internal/clock"
	"candor/internal/db"
)

// Life is how long people who were not invited stay in a list that nobody uses, in days.
const Life = 7

// Erase removes the rows with a person's address, of lists that are not confirmed too. Rows of whom was invited hold ids only.
func (bs *Batches) Erase(ctx context.Context, tx db.Tx, p db.Person) (map[string]int, error) {
	return over(ctx, tx, p, query.New(tx).ErasePerson)
}

// Preview counts what Erase would remove.
func (bs *Batches) Preview(ctx context.Context, tx db.Tx, p db.Person) (map[string]int, error) {
	return over(ctx, tx, p, query.New(tx).CountPerson)
}

func over(ctx context.Context, tx db.Tx, p db.Person, fn func(ctx context.Context, org, key, anywhere string) (int64, error)) (map[string]int, error) {
	total := 0
	for _, name := range p.Names {
		if !strings.Contains(name, "@") {
			continue
		}
		key := candidate.AddressKey(name)
		n, err := fn(ctx, tx.Org, key, "%"+strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(key)+"%")
		if err != nil {
			return nil, err
		}
		total += int(n)
	}
	return map[string]int{"rows of lists": total}, nil
}

// Drop removes the ids that are left of erased applications, and lists of which nothing is left.
func (bs *Batches) Drop(ctx context.Context, tx db.Tx, p db.Person) error {
	q := query.New(tx)
	for _, a := range p.Applications {
		if _, err := q.DropApplication(ctx, tx.Org, a); err != nil {
			return err
		}
	}
	_, err := q.DropEmpty(ctx, tx.Org)
	return err
}

// Older counts the lists with people who were not invited that nobody has used since an instant, and says when the first was.
func (bs *Batches) Older(ctx context.Context, tx db.Tx, before time.Time) (n int, oldest time.Time, err error) {
	r, err := query.New(tx).Older(ctx, tx.Org, clock.Milli(before))
	return int(r.N), clock.Time(r.Oldest), err
}

// Forget removes those people, with the list where nobody else is in it; some lists at a time.
func (bs *Batches) Forget(ctx context.Context, tx db.Tx, before time.Time) (int, error) {
	q := query.New(tx)
	spent, err := q.Spent(ctx, tx.Org, clock.Milli(before))
	if err != nil {
		return 0, err
	}
	for _, b := range spent {
		if _, err := q.ForgetRows(ctx, tx.Org, b); err != nil {
			return 0, err
		}
	}
	_, err = q.DropEmpty(ctx, tx.Org)
	return len(spent), err
}
