package account

import (
	"context"
	"time"

	"candor/internal/account/internal/query"
	"candor/internal/clock"
	"candor/internal/db"
)

// Forget removes sessions and links that ended before an instant.
func (as *Accounts) Forget(ctx context.Context, before time.Time) error {
	return as.DB.Installation(ctx, func(tx db.Tx) error {
		q := query.New(tx)
		if _, err := q.ForgetLinks(ctx, clock.Milli(before)); err != nil {
			return err
		}
		_, err := q.ForgetSessions(ctx, clock.Milli(before))
		return err
	})
}
