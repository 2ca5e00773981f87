package analytics

import (
	"context"

	"candor/internal/analytics/internal/query"
	"candor/internal/db"
)

// Columns is the inventory.
var Columns = db.Columns{
	"efforts": {"org_id": numbers, "attempt_id": numbers, "part": numbers, "item": numbers, "work": numbers, "seconds": numbers, "at": numbers},
	"drifts":  {"org_id": ours, "work": ours, "minutes": ours, "version_id": ours, "part": ours, "people": ours, "half": ours, "most": ours, "at": ours},
}

var (
	numbers = db.Column{Class: db.Candidate, Keep: db.KeepNumbers}
	ours    = db.Column{Class: db.Organisation, Keep: "while the assessment is kept; nothing of a person"}
)

// Drop removes how long the work of erased applications took.
func (an *Analytics) Drop(ctx context.Context, tx db.Tx, p db.Person) error {
	for _, a := range p.Attempts {
		if _, err := query.New(tx).DropEfforts(ctx, tx.Org, a); err != nil {
			return err
		}
	}
	return nil
}
