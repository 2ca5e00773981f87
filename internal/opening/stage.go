package opening

import (
	"context"
	"slices"

	"candor/internal/actor"
	"candor/internal/audit"
	"candor/internal/db"
	"candor/internal/opening/internal/query"
	"candor/internal/problem"
)

var (
	// ErrStageUsed: somebody stands at it or was invited to it.
	ErrStageUsed = problem.New(problem.Conflict, "stage_used", "Somebody was invited to this stage, so it stays. You can change its title and who comes next.")
	// ErrLastStage: an opening keeps one stage.
	ErrLastStage = problem.New(problem.Conflict, "stage_last", "An opening keeps at least one stage. Add another one first.")
)

// RemoveStage takes away a stage that nobody was invited to. ErrRole, ErrMissing, ErrStageUsed, ErrLastStage.
func (os *Openings) RemoveStage(ctx context.Context, who actor.Actor, o ID, s StageID) error {
	return os.restage(ctx, who, o, s, "opening.drop_stage", func(tx db.Tx, all []Stage, i int) error {
		if len(all) == 1 {
			return ErrLastStage
		}
		q := query.New(tx)
		standing, err := q.StageUsed(ctx, tx.Org, string(o), string(s))
		if err != nil {
			return err
		}
		invited, err := q.StageInvited(ctx, tx.Org, string(o), string(s))
		if err != nil {
			return err
		}
		if standing+invited > 0 {
			return ErrStageUsed
		}
		if _, err := q.DropFormats(ctx, tx.Org, string(s)); err != nil {
			return err
		}
		if _, err := q.DropStage(ctx, tx.Org, string(s)); err != nil {
			return err
		}
		return renumber(ctx, tx, slices.Delete(all, i, i+1))
	})
}

// RaiseStage puts a stage before the one above it; the first stays. Who is under way goes on from the stage they stand at.
// ErrRole, ErrMissing.
func (os *Openings) RaiseStage(ctx context.Context, who actor.Actor, o ID, s StageID) error {
	return os.restage(ctx, who, o, s, "opening.order_stages", func(tx db.Tx, all []Stage, i int) error {
		if i == 0 {
			return nil
		}
		all[i-1], all[i] = all[i], all[i-1]
		return renumber(ctx, tx, all)
	})
}

// restage changes the order under the hold of the opening's row, so that two people do not at once.
func (os *Openings) restage(ctx context.Context, who actor.Actor, o ID, s StageID, verb string, fn func(tx db.Tx, all []Stage, i int) error) error {
	return os.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		if _, err := query.New(tx).Hold(ctx, tx.Org, string(o)); err != nil {
			return err
		}
		if _, err := os.manage(ctx, tx, who, o); err != nil {
			return err
		}
		all, err := os.Stages(ctx, tx, o)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(all, func(x Stage) bool { return x.ID == s })
		if i < 0 {
			return ErrMissing
		}
		if err := fn(tx, all, i); err != nil {
			return err
		}
		return audit.Record(ctx, tx, os.DB.Now(), who, verb, string(o), audit.Facts{"stage": string(s)})
	})
}

// renumber writes positions 1, 2, ..., by way of negative ones, for no two may be equal at any moment.
func renumber(ctx context.Context, tx db.Tx, all []Stage) error {
	q := query.New(tx)
	for _, sign := range []int64{-1, 1} {
		for i, s := range all {
			if _, err := q.MoveStage(ctx, sign*int64(i+1), tx.Org, string(s.ID)); err != nil {
				return err
			}
		}
	}
	return nil
}
