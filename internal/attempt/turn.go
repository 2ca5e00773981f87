package attempt

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"candor/internal/actor"
	"candor/internal/assessment"
	"candor/internal/attempt/internal/query"
	"candor/internal/audit"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/id"
)

// turnPart begins the keys of the parts in which somebody answers a turn of an interview about their work. No author can write such a key.
const turnPart = "turn_"

// TurnKey is the key of the part that holds the n-th turn, and of its one item.
func TurnKey(n int) string { return fmt.Sprintf("%s%d", turnPart, n) }

// IsTurn says whether a part holds a turn of an interview.
func IsTurn(part string) bool { return strings.HasPrefix(part, turnPart) }

// WithoutTurns is a version without the turns of an interview.
func WithoutTurns(v *assessment.Version) *assessment.Version {
	w := *v
	w.Parts = slices.DeleteFunc(slices.Clone(v.Parts), func(p assessment.Part) bool { return IsTurn(p.Key) })
	return &w
}

// AskTurn gives the person of a submitted attempt a part without a clock in which they answer the n-th turn, until an instant. The caller's
// guarded write says that it is asked once.
func (as *Attempts) AskTurn(ctx context.Context, tx db.Tx, who actor.Actor, a Attempt, n int, by time.Time) error {
	adjusted, err := as.Candidates.AccommodationIn(ctx, tx, a.Candidate)
	if err != nil {
		return err
	}
	if err := as.Openings.Wait(ctx, tx, a.Invitation, by); err != nil {
		return err
	}
	now := as.DB.Now()
	sit := id.New("sit", now)
	if _, err := query.New(tx).AddSitting(ctx, query.AddSittingParams{OrgID: tx.Org, ID: sit, AttemptID: string(a.ID), Part: TurnKey(n), Epoch: 1,
		FactorPermille: int64(adjusted.Factor), FinishBy: clock.Milli(by)}); err != nil {
		return err
	}
	return audit.Record(ctx, tx, now, who, "interview.ask", string(a.Application), audit.Facts{"sitting": sit, "turn": fmt.Sprint(n), "by": fmt.Sprint(clock.Milli(by))})
}
