package integrity

import (
	"context"

	"candor/internal/db"
	"candor/internal/integrity/internal/query"
)

// Columns is the inventory.
var Columns = db.Columns{
	"comparisons": {"org_id": theirs, "attempt_id": theirs, "item": theirs, "others": theirs, "why": theirs, "at": theirs},
	"likenesses": {"org_id": theirs, "attempt_id": theirs, "item": theirs, "other": theirs, "source": theirs, "role": theirs, "outcome": theirs, "score_ppm": theirs, "expected_micro": theirs,
		"share_ppm": theirs, "of_other_ppm": theirs, "identical": theirs, "regions": theirs},
}

var theirs = db.Column{Class: db.Candidate, Keep: db.KeepWords}

// Preview counts what Erase would remove.
func (in *Integrity) Preview(ctx context.Context, tx db.Tx, p db.Person) (map[string]int, error) {
	total := 0
	for _, a := range p.Attempts {
		n, err := query.New(tx).CountOf(ctx, tx.Org, a)
		if err != nil {
			return nil, err
		}
		total += int(n)
	}
	return map[string]int{"comparisons": total}, nil
}

// Erase removes what was found of a person's work, on the others' side too, and has the rest compared anew: they count no more among the people, and
// a comparison that was under way finds out.
func (in *Integrity) Erase(ctx context.Context, tx db.Tx, p db.Person) (map[string]int, error) {
	total := 0
	for _, a := range p.Attempts {
		if _, err := query.New(tx).EraseLikenesses(ctx, tx.Org, a); err != nil {
			return nil, err
		}
		assessment, err := query.New(tx).AssessmentOf(ctx, tx.Org, a)
		if err := in.enqueue(ctx, tx, assessment, err); err != nil {
			return nil, err
		}
		n, err := query.New(tx).EraseComparisons(ctx, tx.Org, a)
		if err != nil {
			return nil, err
		}
		total += int(n)
	}
	return map[string]int{"comparisons": total}, nil
}
