package opening

import (
	"context"

	"candor/internal/db"
	"candor/internal/opening/internal/query"
)

// SetMark keeps the mean of the automatic marks of the work that an invitation led to, in millionths (-1: none), for boards to show,
// sort and filter by. Nothing acts on it. It changes nothing when the application stands at another stage by now. It joins the
// caller's transaction.
func (os *Openings) SetMark(ctx context.Context, tx db.Tx, i InvitationID, ppm int64) error {
	inv, err := os.InvitationIn(ctx, tx, i)
	if err != nil {
		return err
	}
	_, err = query.New(tx).SetMark(ctx, query.SetMarkParams{MarkPpm: ppm, OrgID: tx.Org, ID: string(inv.Application), StageID: string(inv.Stage)})
	return err
}
