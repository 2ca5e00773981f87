package review

import (
	"context"

	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/review/internal/query"
)

// Erase removes what people wrote about a person; levels stay as numbers of nobody. Nobody reads or decides the work any more, and a gold
// submission of theirs ends with what was practised on it: nobody would have agreed to more. Who was certified stays so.
func (rs *Reviews) Erase(ctx context.Context, tx db.Tx, p db.Person) (map[string]int, error) {
	q := query.New(tx)
	total := 0
	for _, a := range p.Applications {
		if _, err := q.EraseRatings(ctx, tx.Org, a); err != nil {
			return nil, err
		}
		if err := rs.dropGolds(ctx, tx, a); err != nil {
			return nil, err
		}
		if _, err := q.EraseSettlements(ctx, tx.Org, a); err != nil {
			return nil, err
		}
		if _, err := q.EraseAdjudications(ctx, tx.Org, a); err != nil {
			return nil, err
		}
		if _, err := q.EraseSecondLevels(ctx, tx.Org, a); err != nil {
			return nil, err
		}
		if _, err := q.EraseCollaborationRatings(ctx, tx.Org, a); err != nil {
			return nil, err
		}
		if _, err := q.EraseCollaborations(ctx, tx.Org, a); err != nil {
			return nil, err
		}
		if _, err := q.EraseSeconds(ctx, tx.Org, a); err != nil {
			return nil, err
		}
		if _, err := q.CloseErased(ctx, clock.Milli(rs.DB.Now()), tx.Org, a); err != nil {
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

// Drop removes the rows that are left of erased applications; replies, which point to decisions, go before.
func (rs *Reviews) Drop(ctx context.Context, tx db.Tx, p db.Person) error {
	q := query.New(tx)
	for _, a := range p.Applications {
		if err := rs.dropGolds(ctx, tx, a); err != nil {
			return err
		}
		for _, f := range []func(context.Context, string, string) (int64, error){q.DropCollaborationRatings, q.DropCollaborations, q.DropSecondLevels, q.DropSeconds, q.DropSettlements, q.DropAdjudications, q.DropReopened, q.DropRatings, q.DropReviews, q.DropUnblindings, q.DropDecisions, q.DropRounds} {
			if _, err := f(ctx, tx.Org, a); err != nil {
				return err
			}
		}
	}
	return nil
}

// dropGolds ends the gold submissions of an application.
func (rs *Reviews) dropGolds(ctx context.Context, tx db.Tx, application string) error {
	q := query.New(tx)
	for _, f := range []func(context.Context, string, string) (int64, error){q.DropPracticeLevels, q.DropPractices, q.DropGoldLevels, q.DropGolds} {
		if _, err := f(ctx, tx.Org, application); err != nil {
			return err
		}
	}
	return nil
}
