package attempt

import (
	"candor/internal/actor"
	"candor/internal/attempt/internal/query"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/problem"
	"context"
)

// ErrAfterword: a scorecard about the work was sent.
var ErrAfterword = problem.New(problem.Conflict, "afterword_closed", "Somebody has finished reading, so nothing can be added any more.")

// Afterword is a note added to a part after its end, until the first scorecard is sent: plain text, kept outside the graded
// work and shown under it. ErrMissing, ErrInvalid, ErrAfterword.
func (as *Attempts) Afterword(ctx context.Context, who actor.Actor, part, text string) error {
	if len([]rune(text)) > 2000 {
		return problem.Field("afterword", "This is longer than 2,000 characters.")
	}
	return as.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		a, err := as.ofInvitation(ctx, tx, who)
		if err != nil {
			return err
		}
		all, err := as.Sittings(ctx, tx, a.ID)
		if err != nil {
			return err
		}
		s, ok := all[part]
		if !ok || !s.Over(as.DB.Now()) {
			return ErrMissing
		}
		if _, err := query.New(tx).Hold(ctx, tx.Org, string(s.ID)); err != nil {
			return err
		}
		if s, err = as.sitting(ctx, tx, s.ID); err != nil {
			return err
		}
		if s.By == ByVoid {
			return ErrMissing
		}
		if as.Finished != nil {
			if over, err := as.Finished(ctx, tx, a.ID); err != nil {
				return err
			} else if over {
				return ErrAfterword
			}
		}
		return query.New(tx).PutAfterword(ctx, query.PutAfterwordParams{OrgID: tx.Org, AttemptID: string(a.ID), Part: part, Body: text, At: clock.Milli(as.DB.Now())})
	})
}
