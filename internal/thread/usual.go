package thread

import (
	"context"
	"slices"
	"time"

	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/thread/internal/query"
)

// enough is how many answers it takes to say how long one usually takes; lately is how old they may be.
const (
	enough = 5
	lately = 90 * 24 * time.Hour
)

// Usual is within what time four of five candidates of the organisation had their answer: the 0.8 quantile (nearest rank) of its last 50 answers
// in 90 days and of those who wait now, for as long as they have waited so far. Zero says that there were fewer than 5 answers.
func (th *Threads) Usual(ctx context.Context, o string) (time.Duration, error) {
	var took []int64
	err := th.DB.Read(ctx, o, func(tx db.Tx) error {
		q, now := query.New(tx), th.DB.Now()
		var err error
		if took, err = q.Took(ctx, tx.Org, clock.Milli(now.Add(-lately))); err != nil || len(took) < enough {
			took = nil
			return err
		}
		waiting, err := q.Waiting(ctx, tx.Org)
		for _, since := range waiting {
			took = append(took, clock.Milli(now)-since)
		}
		return err
	})
	if err != nil || len(took) == 0 {
		return 0, err
	}
	slices.Sort(took)
	return time.Duration(took[(len(took)*4+4)/5-1]) * time.Millisecond, nil
}
