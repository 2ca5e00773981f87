package interview

import (
	"context"
	"errors"

	"candor/internal/attempt"
	"candor/internal/db"
	"candor/internal/interview/internal/query"
)

// Columns is the inventory.
var Columns = db.Columns{
	"interview_plans": {"org_id": ours, "id": ours, "version_id": ours, "member_id": ours, "rounds": ours, "answer_days": ours, "ask_days": ours, "created_at": ours, "created_by": ours},
	"interviews": {"org_id": numbers, "id": numbers, "code": numbers, "attempt_id": numbers, "application_id": numbers, "opening_id": numbers, "member_id": numbers, "rounds": numbers, "answer_days": numbers,
		"ask_days": numbers, "item": numbers, "anchor": numbers, "state": numbers, "turn": numbers, "since": numbers, "due_at": numbers, "opened_at": numbers, "opened_by": numbers, "closed_at": numbers, "closed_by": numbers},
	"interview_turns": {"org_id": theirs, "interview_id": theirs, "n": theirs, "member_id": theirs, "kind": theirs, "text": theirs, "item": theirs, "anchor": theirs, "file": theirs, "line": theirs, "code": theirs, "label": theirs, "recording": theirs,
		"asked_at": theirs},
	"interview_handovers": {"org_id": numbers, "id": numbers, "interview_id": numbers, "turn": numbers, "was_id": numbers, "member_id": numbers, "late": numbers, "at": numbers},
	"interview_drafts":    {"org_id": theirs, "interview_id": theirs, "member_id": theirs, "turn": theirs, "body": theirs, "at": theirs},
}

var (
	ours    = db.Column{Class: db.Organisation, Keep: "while the organisation is kept"}
	theirs  = db.Column{Class: db.Candidate, Keep: db.KeepWords}
	numbers = db.Column{Class: db.Candidate, Keep: db.KeepNumbers}
)

// Preview counts what Erase would remove.
func (is *Interviews) Preview(ctx context.Context, tx db.Tx, p db.Person) (map[string]int, error) {
	out := map[string]int{"questions of interviews": 0}
	for _, a := range p.Attempts {
		n, err := query.New(tx).Count(ctx, tx.Org, a)
		if err != nil {
			return nil, err
		}
		out["questions of interviews"] += int(n)
	}
	return out, nil
}

// Erase removes what was asked; the answers are the attempt's to remove.
func (is *Interviews) Erase(ctx context.Context, tx db.Tx, p db.Person) (map[string]int, error) {
	out, q := map[string]int{"questions of interviews": 0}, query.New(tx)
	for _, a := range p.Attempts {
		if _, err := q.EraseDrafts(ctx, tx.Org, a); err != nil {
			return nil, err
		}
		if err := is.forgetOf(ctx, tx, a); err != nil {
			return nil, err
		}
		n, err := q.EraseTurns(ctx, tx.Org, a)
		if err != nil {
			return nil, err
		}
		out["questions of interviews"] += int(n)
	}
	return out, nil
}

// Drop removes the rows that are left of erased applications.
func (is *Interviews) Drop(ctx context.Context, tx db.Tx, p db.Person) error {
	q := query.New(tx)
	for _, a := range p.Attempts {
		if err := is.forgetOf(ctx, tx, a); err != nil {
			return err
		}
		for _, f := range []func(context.Context, string, string) (int64, error){q.EraseDrafts, q.EraseTurns, q.DropHandovers, q.DropInterview} {
			if _, err := f(ctx, tx.Org, a); err != nil {
				return err
			}
		}
	}
	return nil
}

// forgetOf removes the recordings of the questions about an attempt.
func (is *Interviews) forgetOf(ctx context.Context, tx db.Tx, a string) error {
	v, err := is.Of(ctx, tx, attempt.ID(a))
	if errors.Is(err, ErrMissing) {
		return nil
	}
	if err != nil {
		return err
	}
	return is.forget(ctx, tx, v)
}
