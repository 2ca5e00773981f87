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
	"cases": {"org_id": numbers, "id": numbers, "attempt_id": numbers, "application_id": numbers, "opening_id": numbers, "opened_by": numbers, "opened_at": numbers, "question_id": numbers,
		"contact_id": numbers, "decider_id": numbers, "due_at": numbers, "answered_at": numbers, "outcome": numbers, "settled_at": numbers, "reason_id": numbers, "appeal_due_at": numbers,
		"appealed_at": numbers, "judge_id": numbers, "appeal_outcome": numbers, "judged_at": numbers, "appeal_reason_id": numbers},
	"case_items": {"org_id": theirs, "case_id": theirs, "item": theirs, "body": theirs},
	"case_facts": {"org_id": theirs, "case_id": theirs, "n": theirs, "item": theirs, "other": theirs, "source": theirs, "role": theirs, "outcome": theirs, "people": theirs, "expected_micro": theirs,
		"share_ppm": theirs, "identical": theirs, "mine": theirs, "theirs": theirs},
	"case_words":  {"org_id": theirs, "id": theirs, "case_id": theirs, "kind": theirs, "body": theirs, "at": theirs, "late": theirs},
	"case_drafts": {"org_id": theirs, "case_id": theirs, "client": theirs, "seq": theirs, "body": theirs, "at": theirs},
}

var numbers = db.Column{Class: db.Candidate, Keep: db.KeepNumbers}

var theirs = db.Column{Class: db.Candidate, Keep: db.KeepWords}

// Preview counts what Erase would remove.
func (in *Integrity) Preview(ctx context.Context, tx db.Tx, p db.Person) (map[string]int, error) {
	out := map[string]int{"comparisons": 0, "texts about a question": 0}
	for _, a := range p.Attempts {
		n, err := query.New(tx).CountOf(ctx, tx.Org, a)
		if err != nil {
			return nil, err
		}
		out["comparisons"] += int(n)
	}
	for _, a := range p.Applications {
		n, err := query.New(tx).CountSaid(ctx, tx.Org, a)
		if err != nil {
			return nil, err
		}
		out["texts about a question"] += int(n)
	}
	return out, nil
}

// Erase removes what was found of a person's work, on the others' side too, with what they were asked about and said, and has the rest
// compared anew: they count no more among the people, and a comparison that was under way finds out. Of a case the ids and numbers stay.
func (in *Integrity) Erase(ctx context.Context, tx db.Tx, p db.Person) (map[string]int, error) {
	out := map[string]int{"comparisons": 0, "texts about a question": 0}
	q := query.New(tx)
	for _, a := range p.Attempts {
		if _, err := q.EraseLikenesses(ctx, tx.Org, a); err != nil {
			return nil, err
		}
		if _, err := q.ForgetOther(ctx, tx.Org, a); err != nil {
			return nil, err
		}
		assessment, err := q.AssessmentOf(ctx, tx.Org, a)
		if err := in.enqueue(ctx, tx, assessment, err); err != nil {
			return nil, err
		}
		n, err := q.EraseComparisons(ctx, tx.Org, a)
		if err != nil {
			return nil, err
		}
		out["comparisons"] += int(n)
	}
	for _, a := range p.Applications {
		n, err := eraseCases(ctx, tx, a)
		if err != nil {
			return nil, err
		}
		out["texts about a question"] += n
	}
	return out, nil
}

// eraseCases removes the words of an application's cases and says how many texts the candidate had sent.
func eraseCases(ctx context.Context, tx db.Tx, application string) (texts int, err error) {
	q := query.New(tx)
	ids, err := q.CasesAbout(ctx, tx.Org, application)
	for _, id := range ids {
		for _, erase := range []func(context.Context, string, string) (int64, error){q.EraseItems, q.EraseFacts, q.DropDrafts} {
			if _, err := erase(ctx, tx.Org, id); err != nil {
				return 0, err
			}
		}
		n, err := q.EraseWords(ctx, tx.Org, id)
		if err != nil {
			return 0, err
		}
		texts += int(n)
	}
	return texts, err
}

// Drop removes the rows that are left of erased applications.
func (in *Integrity) Drop(ctx context.Context, tx db.Tx, p db.Person) error {
	for _, a := range p.Applications {
		if _, err := eraseCases(ctx, tx, a); err != nil {
			return err
		}
		if _, err := query.New(tx).DropCases(ctx, tx.Org, a); err != nil {
			return err
		}
	}
	return nil
}
