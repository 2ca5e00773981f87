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

// IsTurn says whether a part holds a turn of an interview, or a day of a work trial: it belongs to no version.
func IsTurn(part string) bool { return strings.HasPrefix(part, turnPart) || IsDay(part) }

// dayPart begins the keys of the parts in which somebody says how a day of a work trial went. No author can write such a key. The query that
// submits an attempt knows it too.
const dayPart = "day_"

// DayKey is the key of the part that holds the n-th day, and of its one item.
func DayKey(n int) string { return fmt.Sprintf("%s%d", dayPart, n) }

// IsDay says whether a part holds a day of a work trial.
func IsDay(part string) bool { return strings.HasPrefix(part, dayPart) }

// WithoutTurns is a version without the turns of an interview and the days of a work trial.
func WithoutTurns(v *assessment.Version) *assessment.Version { return without(v, IsTurn) }

// WithoutDays is a version without the days of a work trial, which are nobody's to score.
func WithoutDays(v *assessment.Version) *assessment.Version { return without(v, IsDay) }

func without(v *assessment.Version, is func(part string) bool) *assessment.Version {
	w := *v
	w.Parts = slices.DeleteFunc(slices.Clone(v.Parts), func(p assessment.Part) bool { return is(p.Key) })
	return &w
}

// AskDay gives the person of an attempt that is open or submitted a part without a clock in which they say how the n-th day went, until an instant; no
// submission waits for it. The caller's guarded write says that it is asked once. ErrMissing when the attempt is over in another way.
func (as *Attempts) AskDay(ctx context.Context, tx db.Tx, who actor.Actor, a Attempt, n int, by time.Time) error {
	q := query.New(tx)
	k, err := q.KeepDiary(ctx, tx.Org, string(a.ID))
	if err == nil && k == 0 {
		err = ErrMissing
	}
	if err != nil {
		return err
	}
	sit, err := as.ask(ctx, tx, a, DayKey(n), by)
	if err != nil {
		return err
	}
	return audit.Record(ctx, tx, as.DB.Now(), who, "trial.ask", string(a.Application), audit.Facts{"sitting": sit, "day": fmt.Sprint(n), "by": fmt.Sprint(clock.Milli(by))})
}

// ask adds the sitting of a part that is asked beside the version, and keeps the invitation open for it.
func (as *Attempts) ask(ctx context.Context, tx db.Tx, a Attempt, part string, by time.Time) (sitting string, err error) {
	adjusted, err := as.Candidates.AccommodationIn(ctx, tx, a.Candidate)
	if err != nil {
		return "", err
	}
	if err := as.Openings.Wait(ctx, tx, a.Invitation, by); err != nil {
		return "", err
	}
	sitting = id.New("sit", as.DB.Now())
	_, err = query.New(tx).AddSitting(ctx, query.AddSittingParams{OrgID: tx.Org, ID: sitting, AttemptID: string(a.ID), Part: part, Epoch: 1,
		FactorPermille: int64(adjusted.Factor), FinishBy: clock.Milli(by)})
	return sitting, err
}

// Handed are the frozen answers of the parts of an attempt that have ended, by item, whether or not all of it is submitted; who may see them is the
// caller's loader's business.
func (as *Attempts) Handed(ctx context.Context, tx db.Tx, a Attempt) (map[string]SubmittedItem, error) {
	list, err := as.frozen(ctx, tx, a)
	out := map[string]SubmittedItem{}
	for _, s := range list {
		out[s.Key] = s
	}
	return out, err
}

// AskTurn gives the person of a submitted attempt a part without a clock in which they answer the n-th turn, until an instant. The caller's
// guarded write says that it is asked once.
func (as *Attempts) AskTurn(ctx context.Context, tx db.Tx, who actor.Actor, a Attempt, n int, by time.Time) error {
	sit, err := as.ask(ctx, tx, a, TurnKey(n), by)
	if err != nil {
		return err
	}
	return audit.Record(ctx, tx, as.DB.Now(), who, "interview.ask", string(a.Application), audit.Facts{"sitting": sit, "turn": fmt.Sprint(n), "by": fmt.Sprint(clock.Milli(by))})
}
