package attempt

import (
	"cmp"
	"context"
	"slices"

	"candor/internal/attempt/internal/query"
	"candor/internal/db"
	"candor/internal/opening"
)

// errGiven: somebody gave minutes to a part, which would be lost with it.
var errGiven = opening.ErrBegan.Saying("You were given more time for what you chose, so the choice stays. If it does not suit you, write to us.")

// Began says whether a part was started, also if it is over: [opening.Undoer].
func (f Format) Began(ctx context.Context, tx db.Tx, inv opening.Invitation) (bool, error) {
	a, parts, err := partsOf(ctx, tx, inv)
	if err != nil {
		return false, notThere(err)
	}
	began := slices.ContainsFunc(parts, func(r query.SittingsRow) bool { return r.StartedAt > 0 || r.State != string(Ready) })
	return began || a.State != "open", nil
}

// Undo removes an attempt of which nothing was started, for another is chosen instead: [opening.Undoer]. The candidate has written nothing in it, and
// their own adjustment and window hold for what comes. The deletions are the guarding writes: a part that starts in the same moment is not removed, and
// then nothing is.
func (f Format) Undo(ctx context.Context, tx db.Tx, inv opening.Invitation) error {
	q := query.New(tx)
	a, err := q.AttemptOf(ctx, tx.Org, string(inv.ID))
	if err != nil {
		return notThere(err)
	}
	if n, err := q.StaffGave(ctx, tx.Org, a.ID); err != nil || n > 0 {
		return cmp.Or(err, error(errGiven))
	}
	if _, err := q.UndoLedger(ctx, tx.Org, a.ID); err != nil {
		return err
	}
	if _, err := q.UndoSittings(ctx, tx.Org, a.ID); err != nil {
		return err
	}
	n, err := q.UndoAttempt(ctx, tx.Org, a.ID)
	if err == nil && n == 0 {
		err = opening.ErrBegan
	}
	return err
}
