package payment

import (
	"context"

	"candor/internal/db"
	"candor/internal/payment/internal/query"
)

// Columns is the inventory. Rights are the organisation's words; what was granted stands as long as the numbers of the payment.
var Columns = db.Columns{
	"payment_terms": {"org_id": ours, "stage_id": ours, "opening_id": ours, "amount": ours, "currency": ours, "days": ours, "production": ours, "rights": ours, "changed_at": ours, "changed_by": ours},
	"payments": {"org_id": numbers, "id": numbers, "application_id": numbers, "opening_id": numbers, "stage_id": numbers, "amount": numbers, "currency": numbers, "days": numbers, "production": numbers,
		"rights": numbers, "state": numbers, "payee": words, "proof": numbers, "offered_at": numbers, "answered_at": numbers, "sent_at": numbers, "due_at": numbers, "paid_at": numbers, "paid_by": numbers, "void_at": numbers},
}

var (
	ours    = db.Column{Class: db.Organisation, Keep: "while the opening is kept"}
	numbers = db.Column{Class: db.Candidate, Keep: db.KeepNumbers}
	words   = db.Column{Class: db.Candidate, Keep: db.KeepWords}
)

// Preview counts what Erase would remove.
func (ps *Payments) Preview(ctx context.Context, tx db.Tx, p db.Person) (map[string]int, error) {
	out := map[string]int{"payments": 0}
	for _, a := range p.Applications {
		list, err := query.New(tx).OfApplication(ctx, tx.Org, a)
		if err != nil {
			return nil, err
		}
		for _, r := range list {
			if r.Payee != "" {
				out["payments"]++
			}
		}
	}
	return out, nil
}

// Erase removes where money goes; amounts and proofs stay with the numbers.
func (ps *Payments) Erase(ctx context.Context, tx db.Tx, p db.Person) (map[string]int, error) {
	out := map[string]int{"payments": 0}
	for _, a := range p.Applications {
		n, err := query.New(tx).EraseWords(ctx, tx.Org, a)
		if err != nil {
			return nil, err
		}
		out["payments"] += int(n)
	}
	return out, nil
}

// Drop removes the payments of erased applications.
func (ps *Payments) Drop(ctx context.Context, tx db.Tx, p db.Person) error {
	for _, a := range p.Applications {
		if _, err := query.New(tx).Drop(ctx, tx.Org, a); err != nil {
			return err
		}
	}
	return nil
}
