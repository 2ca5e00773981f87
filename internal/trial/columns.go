package trial

import (
	"context"

	"candor/internal/db"
	"candor/internal/trial/internal/query"
)

// Columns is the inventory.
var Columns = db.Columns{
	"trial_plans": {"org_id": ours, "id": ours, "title": ours, "scope": ours, "version_id": ours, "host_id": ours, "days": ours, "hours": ours, "amount": ours, "currency": ours, "pay_days": ours, "whole": ours,
		"created_at": ours, "created_by": ours},
	"trials": {"org_id": numbers, "id": numbers, "plan_id": numbers, "application_id": numbers, "opening_id": numbers, "stage_id": numbers, "invitation_id": numbers, "attempt_id": numbers, "host_id": numbers,
		"state": numbers, "zone": numbers, "starts_at": numbers, "ends_at": numbers, "offered_at": numbers, "answered_at": numbers, "ended_at": numbers, "evaluate_by": numbers, "cancelled_by": numbers,
		"reason": theirs, "paid_minor": numbers},
	"trial_days": {"org_id": numbers, "trial_id": numbers, "n": numbers, "starts_at": numbers, "by_at": numbers, "asked_at": numbers, "minutes": numbers, "sent_at": numbers, "reply": theirs, "reply_by": numbers,
		"replied_at": numbers},
	"trial_evaluations": {"org_id": theirs, "trial_id": theirs, "side": theirs, "member_id": theirs, "ratings": theirs, "words": theirs, "filed_at": theirs},
}

var (
	ours    = db.Column{Class: db.Organisation, Keep: "while the organisation is kept"}
	theirs  = db.Column{Class: db.Candidate, Keep: db.KeepWords}
	numbers = db.Column{Class: db.Candidate, Keep: db.KeepNumbers}
)

// Preview counts what Erase would remove.
func (ts *Trials) Preview(ctx context.Context, tx db.Tx, p db.Person) (map[string]int, error) {
	out := map[string]int{"work trials": 0}
	for _, a := range p.Applications {
		n, err := query.New(tx).Number(ctx, tx.Org, a)
		if err != nil {
			return nil, err
		}
		out["work trials"] += int(n)
	}
	return out, nil
}

// Erase removes reasons, answers of the host and evaluations; the check-ins are the attempt's to remove.
func (ts *Trials) Erase(ctx context.Context, tx db.Tx, p db.Person) (map[string]int, error) {
	out, err := ts.Preview(ctx, tx, p)
	if err != nil {
		return nil, err
	}
	return out, ts.each(ctx, tx, p, (*query.Queries).EraseReasons, (*query.Queries).EraseReplies, (*query.Queries).EraseEvaluations)
}

// Drop removes the rows that are left of erased applications.
func (ts *Trials) Drop(ctx context.Context, tx db.Tx, p db.Person) error {
	return ts.each(ctx, tx, p, (*query.Queries).EraseEvaluations, (*query.Queries).DropDays, (*query.Queries).Drop)
}

func (ts *Trials) each(ctx context.Context, tx db.Tx, p db.Person, fns ...func(*query.Queries, context.Context, string, string) (int64, error)) error {
	for _, a := range p.Applications {
		for _, fn := range fns {
			if _, err := fn(query.New(tx), ctx, tx.Org, a); err != nil {
				return err
			}
		}
	}
	return nil
}
