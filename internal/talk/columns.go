package talk

import (
	"context"

	"candor/internal/db"
	"candor/internal/talk/internal/query"
)

// Columns is the inventory.
var Columns = db.Columns{
	"talk_terms": {"org_id": ours, "opening_id": ours, "days": ours, "minutes": ours},
	"talks": {"org_id": theirs, "id": theirs, "application_id": theirs, "opening_id": theirs, "state": theirs, "minutes": theirs, "host_id": theirs, "link": theirs, "starts_at": theirs, "sequence": theirs,
		"reminded_at": theirs, "changed_at": theirs},
	"talk_slots": {"org_id": theirs, "talk_id": theirs, "starts_at": theirs},
}

var (
	ours   = db.Column{Class: db.Organisation, Keep: "while the opening is kept"}
	theirs = db.Column{Class: db.Candidate, Keep: db.KeepWords}
)

// Preview counts what Erase would remove.
func (ts *Talks) Preview(ctx context.Context, tx db.Tx, p db.Person) (map[string]int, error) {
	out := map[string]int{"talks": 0}
	for _, a := range p.Applications {
		if _, err := query.New(tx).OfApplication(ctx, tx.Org, a); err == nil {
			out["talks"]++
		}
	}
	return out, nil
}

// Erase removes talks with their times and links.
func (ts *Talks) Erase(ctx context.Context, tx db.Tx, p db.Person) (map[string]int, error) {
	out, q := map[string]int{"talks": 0}, query.New(tx)
	for _, a := range p.Applications {
		if _, err := q.DropSlotsOf(ctx, tx.Org, a); err != nil {
			return nil, err
		}
		n, err := q.Drop(ctx, tx.Org, a)
		if err != nil {
			return nil, err
		}
		out["talks"] += int(n)
	}
	return out, nil
}

// Drop removes what was arranged after the words of an application had gone.
func (ts *Talks) Drop(ctx context.Context, tx db.Tx, p db.Person) error {
	_, err := ts.Erase(ctx, tx, p)
	return err
}
