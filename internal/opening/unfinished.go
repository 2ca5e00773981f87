package opening

import (
	"context"
	"time"

	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/opening/internal/query"
)

// Unfinished are the invitations that hold at an instant, of applications that stand there, in openings that are open; 200 at a time, by id.
// What the candidate has done by them is their format's to say.
func (os *Openings) Unfinished(ctx context.Context, tx db.Tx, now time.Time, after InvitationID) ([]Invitation, error) {
	rows, err := query.New(tx).Unfinished(ctx, tx.Org, clock.Milli(now), string(after))
	var out []Invitation
	for _, r := range rows {
		out = append(out, invitation(tx.Org, query.InvitationRow(r)))
	}
	return out, err
}
