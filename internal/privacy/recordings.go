package privacy

import (
	"context"
	"time"

	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/privacy/internal/query"
	"candor/internal/upload"
)

// Recorded is the Count of the rule for recordings.
func Recorded(ctx context.Context, tx db.Tx, before time.Time) (n int, oldest time.Time, err error) {
	rows, err := query.New(tx).Recorded(ctx, tx.Org, clock.Milli(before))
	if len(rows) > 0 {
		oldest = clock.Time(rows[0].MovedAt)
	}
	return len(rows), oldest, err
}

// Unrecord takes the bytes of recordings away whose application ended before an instant, some at a time. Each upload's row is the guarding write.
func (ps *Privacy) Unrecord(ctx context.Context, tx db.Tx, before time.Time) (n int, err error) {
	rows, err := query.New(tx).Recorded(ctx, tx.Org, clock.Milli(before))
	for _, r := range rows[:min(len(rows), 100)] {
		if err := ps.Uploads.Expire(ctx, tx, upload.ID(r.ID)); err != nil {
			return n, err
		}
		n++
	}
	return n, err
}
