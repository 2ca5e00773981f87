package attempt

import (
	"context"

	"candor/internal/actor"
	"candor/internal/assessment"
	"candor/internal/attempt/internal/query"
	"candor/internal/db"
	"candor/internal/org"
)

// On is how many candidates are on a version: whoever began on it finishes on it.
type On struct{ Open, Sent int }

// OnVersions counts an assessment's, by version; those that nobody is on are left out. It is a number of all openings, for authors: org.ErrRole.
func (as *Attempts) OnVersions(ctx context.Context, who actor.Actor, a assessment.ID) (map[assessment.VersionID]On, error) {
	if err := org.Need(who, "assessment.import"); err != nil {
		return nil, err
	}
	out := map[assessment.VersionID]On{}
	err := as.DB.Read(ctx, who.Org, func(tx db.Tx) error {
		rows, err := query.New(tx).OnVersions(ctx, tx.Org, string(a))
		for _, r := range rows {
			out[assessment.VersionID(r.VersionID)] = On{int(r.Open), int(r.N - r.Open)}
		}
		return err
	})
	return out, err
}
