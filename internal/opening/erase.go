package opening

import (
	"context"

	"candor/internal/db"
	"candor/internal/opening/internal/query"
)

// Erase removes notes, links and sessions of a person; applications stay as ids.
func (os *Openings) Erase(ctx context.Context, tx db.Tx, p db.Person) (map[string]int, error) {
	q := query.New(tx)
	for _, i := range p.Invitations {
		if _, err := q.EraseNotes(ctx, tx.Org, i); err != nil {
			return nil, err
		}
		if _, err := q.EraseLinks(ctx, i); err != nil {
			return nil, err
		}
		if _, err := q.EraseCodes(ctx, i); err != nil {
			return nil, err
		}
	}
	_, err := q.EraseSessions(ctx, p.Candidate)
	return map[string]int{"invitations": len(p.Invitations)}, err
}

// Preview counts what Erase would remove.
func (os *Openings) Preview(_ context.Context, _ db.Tx, p db.Person) (map[string]int, error) {
	return map[string]int{"invitations": len(p.Invitations)}, nil
}
