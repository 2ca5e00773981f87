package attempt

import (
	"context"
	"database/sql"
	"errors"

	"candor/internal/attempt/internal/query"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/opening"
)

// Replace lets go of the attempt of an invitation that another takes the place of: [opening.Replacer]. What was sent stays sent. What was not is
// kept with all its revisions, and what a device brings later is kept as late; no part of it can be started or submitted any more. opening.ErrWorking
// where a part runs and the candidate does not know. The update of the sittings is the guarding write.
func (f Format) Replace(ctx context.Context, tx db.Tx, inv opening.Invitation, agreed bool) error {
	q := query.New(tx)
	a, err := q.AttemptOf(ctx, tx.Org, string(inv.ID))
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	if a.State != "open" {
		return nil
	}
	if _, err := q.VoidAttempt(ctx, tx.Org, a.ID); err != nil {
		return err
	}
	if !agreed {
		running, err := f.Running(ctx, tx, inv)
		if err != nil {
			return err
		}
		if running {
			return opening.ErrWorking.On("agreed", "A part of it is running now. Talk to them first, then tick this.")
		}
	}
	_, err = q.EndSittings(ctx, clock.Milli(f.Attempts.DB.Now()), tx.Org, a.ID)
	return err
}
