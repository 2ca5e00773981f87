package feedback

import (
	"context"

	"candor/internal/db"
	"candor/internal/feedback/internal/query"
)

// Columns is the inventory.
var Columns = db.Columns{
	"feedback_drafts": {"org_id": ours, "application_id": ours, "stage_id": ours, "outcome": private, "reason": private, "body": private, "criteria": private, "updated_at": private},
	"feedbacks": {"org_id": theirs, "id": theirs, "decision_id": ours, "application_id": theirs, "outcome": theirs, "final": theirs, "body": theirs, "criteria": theirs,
		"created_at": ours, "release_at": ours, "released_at": theirs},
}

var (
	ours    = db.Column{Class: db.Organisation, Keep: "24 months, ids only"}
	private = db.Column{Class: db.ReviewerPrivate, Keep: "until the reply is sent"}
	theirs  = db.Column{Class: db.Candidate, Keep: "12 months after decision"}
)

// Erase removes the words of replies and their drafts.
func (fs *Feedbacks) Erase(ctx context.Context, tx db.Tx, p db.Person) (map[string]int, error) {
	q := query.New(tx)
	total := 0
	for _, a := range p.Applications {
		if _, err := q.EraseDrafts(ctx, tx.Org, a); err != nil {
			return nil, err
		}
		n, err := q.EraseFeedbacks(ctx, tx.Org, a)
		if err != nil {
			return nil, err
		}
		total += int(n)
	}
	return map[string]int{"replies": total}, nil
}

// Preview counts what Erase would change.
func (fs *Feedbacks) Preview(ctx context.Context, tx db.Tx, p db.Person) (map[string]int, error) {
	total := 0
	for _, a := range p.Applications {
		n, err := query.New(tx).CountFeedbacks(ctx, tx.Org, a)
		if err != nil {
			return nil, err
		}
		total += int(n)
	}
	return map[string]int{"replies": total}, nil
}
