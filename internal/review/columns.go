package review

import (
	"context"

	"candor/internal/db"
	"candor/internal/review/internal/query"
)

// Columns is the inventory.
var Columns = db.Columns{
	"review_rounds": {"org_id": ours, "attempt_id": ours, "application_id": ours, "opening_id": ours, "stage_id": ours, "version_id": ours, "code": ours, "wanted": ours,
		"submitted_at": ours, "due_at": ours, "touched_at": ours, "closed_at": ours, "decided_at": ours},
	"reviews": {"org_id": ours, "id": ours, "attempt_id": ours, "application_id": ours, "member_id": ours, "state": ours, "shuffle": ours, "due_at": ours, "assigned_at": ours,
		"saved_at": ours, "filed_at": ours, "seconds": ours, "private_note": private, "shareable": theirs},
	"ratings":     {"org_id": ours, "review_id": ours, "criterion": ours, "level": private, "reason": private, "note": private, "evidence": private, "updated_at": ours},
	"unblindings": {"org_id": ours, "application_id": ours, "member_id": ours, "reason_id": ours, "at": ours},
	"decisions": {"org_id": ours, "id": ours, "application_id": ours, "opening_id": ours, "stage_id": ours, "outcome": ours, "reason_id": private, "by_member": ours, "at": ours,
		"undone_at": ours, "settled_at": ours},
}

var (
	ours    = db.Column{Class: db.Organisation, Keep: "24 months, ids and levels only"}
	private = db.Column{Class: db.ReviewerPrivate, Keep: "12 months after decision"}
	theirs  = db.Column{Class: db.Candidate, Keep: "12 months after decision"}
)

// Erase removes what people wrote about a person; levels stay as numbers of nobody.
func (rs *Reviews) Erase(ctx context.Context, tx db.Tx, p db.Person) (map[string]int, error) {
	q := query.New(tx)
	total := 0
	for _, a := range p.Applications {
		if _, err := q.EraseRatings(ctx, tx.Org, a); err != nil {
			return nil, err
		}
		n, err := q.EraseReviews(ctx, tx.Org, a)
		if err != nil {
			return nil, err
		}
		total += int(n)
	}
	return map[string]int{"scorecards": total}, nil
}

// Preview counts what Erase would change.
func (rs *Reviews) Preview(ctx context.Context, tx db.Tx, p db.Person) (map[string]int, error) {
	total := 0
	for _, a := range p.Applications {
		n, err := query.New(tx).CountReviews(ctx, tx.Org, a)
		if err != nil {
			return nil, err
		}
		total += int(n)
	}
	return map[string]int{"scorecards": total}, nil
}
