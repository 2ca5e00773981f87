package response

import (
	"context"
	"time"

	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/id"
	"candor/internal/response/internal/query"
)

// Renamed is a revision that lost its time: its id told it too.
type Renamed struct{ Owner, Item, Was, ID string }

// Untime takes the times from at most 500 revisions received before an instant, and gives them ids that do not tell it. None are
// left when the list is empty. Whoever points to a revision follows it in the same transaction.
func Untime(ctx context.Context, tx db.Tx, before time.Time) ([]Renamed, error) {
	q := query.New(tx)
	rows, err := q.Timed(ctx, tx.Org, clock.Milli(before))
	if err != nil {
		return nil, err
	}
	var out []Renamed
	for _, r := range rows {
		n := Renamed{r.Owner, r.Item, r.ID, id.Timeless("rvn")}
		if _, err := q.Untime(ctx, n.ID, tx.Org, n.Was); err != nil {
			return nil, err
		}
		if _, err := q.UntimeCurrent(ctx, query.UntimeCurrentParams{Timeless: n.ID, OrgID: tx.Org, Owner: n.Owner, Item: n.Item, ID: n.Was}); err != nil {
			return nil, err
		}
		out = append(out, n)
	}
	return out, nil
}

// Timed counts the revisions received before an instant that still say when, and says when the first was.
func Timed(ctx context.Context, tx db.Tx, before time.Time) (n int, oldest time.Time, err error) {
	r, err := query.New(tx).CountTimed(ctx, tx.Org, clock.Milli(before))
	return int(r.N), clock.Time(r.Oldest), err
}
