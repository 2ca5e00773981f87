package opening

import (
	"context"

	"candor/internal/db"
	"candor/internal/opening/internal/query"
)

// Erase removes notes, links, sessions and tags of a person; applications stay as ids.
func (os *Openings) Erase(ctx context.Context, tx db.Tx, p db.Person) (map[string]int, error) {
	q := query.New(tx)
	for _, i := range p.Invitations {
		if _, err := q.EraseNotes(ctx, tx.Org, i); err != nil {
			return nil, err
		}
		for _, f := range []func(context.Context, string) (int64, error){q.EraseLinks, q.EraseCodes, q.EraseSessionsBy} {
			if _, err := f(ctx, i); err != nil {
				return nil, err
			}
		}
	}
	tags, asks := 0, 0
	for _, a := range p.Applications {
		n, err := q.EraseTags(ctx, tx.Org, a)
		if err != nil {
			return nil, err
		}
		tags += int(n)
		if n, err = q.DropTimeAsks(ctx, tx.Org, a); err != nil {
			return nil, err
		}
		asks += int(n)
	}
	_, err := q.EraseSessions(ctx, p.Candidate)
	return map[string]int{"invitations": len(p.Invitations), "tags": tags, "asks": asks}, err
}

// Preview counts what Erase would remove.
func (os *Openings) Preview(ctx context.Context, tx db.Tx, p db.Person) (map[string]int, error) {
	tags, asks := 0, 0
	for _, a := range p.Applications {
		n, err := query.New(tx).TagCount(ctx, tx.Org, a)
		if err != nil {
			return nil, err
		}
		tags += int(n)
		if n, err = query.New(tx).TimeAskCount(ctx, tx.Org, a); err != nil {
			return nil, err
		}
		asks += int(n)
	}
	return map[string]int{"invitations": len(p.Invitations), "tags": tags, "asks": asks}, nil
}
