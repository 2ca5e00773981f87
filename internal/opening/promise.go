package opening

import (
	"context"
	"fmt"
	"time"

	"candor/internal/actor"
	"candor/internal/audit"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/opening/internal/query"
	"candor/internal/problem"
	"candor/internal/promise"
)

var (
	// ErrLate: more promises are late than this opening allows itself.
	ErrLate = problem.New(problem.Conflict, "opening_late", "Too many people wait longer here than they were promised, so nobody new is invited. Answer them first.")
	// ErrNobody: a promise that nobody could keep.
	ErrNobody = problem.New(problem.Conflict, "promise_nobody", "Nobody reviews in this opening, so nobody could keep this promise. Add reviewers under People first.")
)

// ReadDays is by how many working days after a submission its readers are asked to have read it: what is promised, or else a day before the reply.
func (o Opening) ReadDays() int {
	if o.ReviewDays > 0 {
		return o.ReviewDays
	}
	return max(1, o.ReplyDays-1)
}

// SetPromises sets ReplyDays, ReviewDays, FeedbackDays and MostLate of an opening, for work that is sent from now on; what was promised
// to somebody keeps its day. ErrRole, ErrMissing, ErrNobody, ErrInvalid.
func (os *Openings) SetPromises(ctx context.Context, who actor.Actor, o Opening) error {
	switch {
	case o.ReplyDays < 1 || o.ReplyDays > 60:
		return problem.Field("reply_days", "Promise a reply within 1 to 60 working days.")
	case o.ReviewDays < 0 || o.ReviewDays > o.ReplyDays:
		return problem.Field("review_days", "Reading comes before the reply: choose at most its days, or 0 to promise nothing about it.")
	case o.FeedbackDays < 0 || o.FeedbackDays > 60:
		return problem.Field("feedback_days", "Promise feedback within 1 to 60 working days, or choose 0.")
	case o.FeedbackDays > 0 && o.FeedbackDays < o.ReplyDays:
		return problem.Field("feedback_days", "Feedback comes with the reply or after it: choose at least the reply’s days.")
	case o.MostLate < 0 || o.MostLate > 1000:
		return problem.Field("most_late", "Choose a number from 0 to 1,000.")
	}
	return os.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		q := query.New(tx)
		if _, err := q.Hold(ctx, tx.Org, string(o.ID)); err != nil {
			return err
		}
		if _, err := os.manage(ctx, tx, who, o.ID); err != nil {
			return err
		}
		if o.ReviewDays > 0 {
			n, err := os.Present(ctx, tx, o.ID, Reviewer)
			if err != nil {
				return err
			}
			if n == 0 {
				return ErrNobody.On("review_days", "Nobody who reviews here is present.")
			}
		}
		if _, err := q.SetPromises(ctx, query.SetPromisesParams{ReplyDays: int64(o.ReplyDays), ReviewDays: int64(o.ReviewDays), FeedbackDays: int64(o.FeedbackDays),
			MostLate: int64(o.MostLate), OrgID: tx.Org, ID: string(o.ID)}); err != nil {
			return err
		}
		return audit.Record(ctx, tx, os.DB.Now(), who, "opening.promises", string(o.ID), audit.Facts{"reply": fmt.Sprint(o.ReplyDays), "review": fmt.Sprint(o.ReviewDays),
			"feedback": fmt.Sprint(o.FeedbackDays), "most_late": fmt.Sprint(o.MostLate)})
	})
}

// Present is how many with a role in an opening are there now: active members who are not away.
func (os *Openings) Present(ctx context.Context, tx db.Tx, o ID, r Role) (int, error) {
	n, err := query.New(tx).ReviewersHere(ctx, query.ReviewersHereParams{OrgID: tx.Org, OpeningID: string(o), Role: string(r), Now: clock.Milli(os.DB.Now())})
	return int(n), err
}

// LateNow is how many promises to people of an opening are open and past their day.
func (os *Openings) LateNow(ctx context.Context, tx db.Tx, o ID) (int, error) {
	n, err := query.New(tx).LateNow(ctx, tx.Org, string(o), clock.Milli(os.DB.Now()))
	return int(n), err
}

// takes is ErrLate where an opening has more late promises than it allows itself. Who is in it goes on.
func (os *Openings) takes(ctx context.Context, tx db.Tx, o Opening) error {
	n, err := os.LateNow(ctx, tx, o.ID)
	if err != nil || n <= o.MostLate {
		return err
	}
	return ErrLate.Saying(fmt.Sprintf("%d promises to people in this opening are late, and it invites nobody new above %d. Answer them first, or change that number under Interview plan, Promises.", n, o.MostLate))
}

// Owe makes the promises of an opening to somebody who sent the work of a stage, in the caller's transaction, whose guarded write makes it once.
func (os *Openings) Owe(ctx context.Context, tx db.Tx, inv Invitation, at time.Time) error {
	op, err := os.In(ctx, tx, inv.Opening)
	if err != nil {
		return err
	}
	cal, err := os.Orgs.CalendarIn(ctx, tx)
	if err != nil {
		return err
	}
	app := string(inv.Application)
	if err := os.Promises.Owe(ctx, tx, promise.Reply, app, op.ReplyDays, at, cal); err != nil {
		return err
	}
	if op.FeedbackDays > 0 {
		if err := os.Promises.Owe(ctx, tx, promise.Feedback, app, op.FeedbackDays, at, cal); err != nil {
			return err
		}
	}
	readers, err := query.New(tx).StageReviewers(ctx, tx.Org, string(inv.Stage))
	if err != nil || readers == 0 || op.ReviewDays == 0 {
		return err
	}
	return os.Promises.OweFor(ctx, tx, promise.Review, app, string(inv.Stage), op.ReviewDays, at, cal)
}

// Unowe settles what is open with somebody who left or was answered: nobody waits for it any more. What was promised for the work itself, a talk
// or money, stays.
func (os *Openings) Unowe(ctx context.Context, tx db.Tx, a ApplicationID, kinds ...promise.Kind) error {
	if os.Promises == nil {
		return nil
	}
	for _, k := range kinds {
		if err := os.Promises.Keep(ctx, tx, k, string(a), os.DB.Now()); err != nil {
			return err
		}
	}
	return nil
}

// Given is by how many days the next window of an application is longer because its newest reply was late: as many as it was late, begun ones
// counted, and at most MostGiven.
func (os *Openings) Given(ctx context.Context, tx db.Tx, a ApplicationID) (int, error) {
	if os.Promises == nil {
		return 0, nil
	}
	list, err := os.Promises.Of(ctx, tx, string(a))
	if err != nil {
		return 0, err
	}
	p, ok := promise.Newest(list, promise.Reply)
	if !ok {
		return 0, nil
	}
	return min(MostGiven, p.DaysLate(os.DB.Now())), nil
}

// MostGiven is the most days that a window grows by because we were late.
const MostGiven = 60
