package survey

import (
	"context"

	"candor/internal/db"
	"candor/internal/survey/internal/query"
)

// Columns is the inventory. What was answered belongs to nobody: no column leads from it to a person, and no time does.
var Columns = db.Columns{
	"surveys":        {"org_id": numbers, "application_id": numbers, "stage_id": numbers, "state": numbers, "occasion": numbers},
	"survey_counts":  {"org_id": ours, "stage_id": ours, "wording": ours, "opening_id": ours, "n": ours},
	"survey_answers": {"org_id": ours, "stage_id": ours, "wording": ours, "n": ours, "question": ours, "answer": ours},
}

var (
	numbers = db.Column{Class: db.Candidate, Keep: db.KeepNumbers}
	ours    = db.Column{Class: db.Organisation, Keep: "while the opening is kept; nothing of a person"}
)

// Drop removes that somebody was asked. What they answered cannot be told from what others did, and stays.
func (ss *Surveys) Drop(ctx context.Context, tx db.Tx, p db.Person) error {
	for _, a := range p.Applications {
		if _, err := query.New(tx).Drop(ctx, tx.Org, a); err != nil {
			return err
		}
	}
	return nil
}
