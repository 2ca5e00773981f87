package appeal

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"candor/internal/actor"
	"candor/internal/appeal/internal/query"
	"candor/internal/audit"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/feedback"
	"candor/internal/id"
	"candor/internal/opening"
	"candor/internal/org"
	"candor/internal/problem"
	"candor/internal/promise"
	"candor/internal/review"
)

// Own is what a candidate may know and do.
type Own struct {
	Appeal  *Appeal   // the newest, about the newest no; nil: none was asked for
	Looking bool      // somebody has it
	Looked  bool      // the second look is in
	Until   time.Time // when there is a no that could be looked at again: the end of the time to ask
	May     bool      // ask now
}

// no is the newest no that an application's person was told, and the round that stands under it.
type no struct {
	reply feedback.Reply
	round review.Round
}

// lastNo is it. ErrNone where nothing was declined, or nothing was scored.
func (as *Appeals) lastNo(ctx context.Context, tx db.Tx, a opening.ApplicationID) (no, error) {
	list, err := as.Feedbacks.Of(ctx, tx, a)
	if err != nil {
		return no{}, err
	}
	if len(list) == 0 || list[0].Outcome != review.Reject {
		return no{}, ErrNone
	}
	dec, err := as.Reviews.DecisionIn(ctx, tx, list[0].Decision)
	if err != nil {
		return no{}, err
	}
	rounds, err := as.Reviews.RoundsOf(ctx, tx, a)
	if err != nil {
		return no{}, err
	}
	i := slices.IndexFunc(rounds, func(n review.Round) bool { return n.Stage == dec.Stage && !n.Closed.IsZero() })
	if i < 0 {
		return no{}, ErrNone
	}
	reviews, err := as.Reviews.ReviewsIn(ctx, tx, rounds[i].Attempt)
	if err != nil {
		return no{}, err
	}
	if !slices.ContainsFunc(reviews, func(r review.Review) bool { return r.State == review.Filed }) {
		return no{}, ErrNone
	}
	return no{list[0], rounds[i]}, nil
}

// application is the asking candidate's. ErrMissing.
func (as *Appeals) application(ctx context.Context, tx db.Tx, who actor.Actor) (opening.Application, error) {
	if who.Kind != actor.Candidate {
		return opening.Application{}, ErrMissing
	}
	inv, err := as.Openings.InvitationIn(ctx, tx, opening.InvitationID(who.ID))
	if err != nil {
		return opening.Application{}, err
	}
	return as.Openings.LoadApplicationIn(ctx, tx, who, inv.Application)
}

// Own reads it. ErrMissing.
func (as *Appeals) Own(ctx context.Context, who actor.Actor) (o Own, err error) {
	err = as.DB.Read(ctx, who.Org, func(tx db.Tx) error {
		app, err := as.application(ctx, tx, who)
		if err != nil {
			return err
		}
		list, err := as.Of(ctx, tx, app.ID)
		if err != nil {
			return err
		}
		if len(list) > 0 {
			x := list[0]
			n, err := as.Reviews.RoundOf(ctx, tx, x.Attempt)
			if err != nil {
				return err
			}
			s, err := as.Reviews.SecondOf(ctx, tx, n)
			if err != nil {
				return err
			}
			// What the company writes for itself, and what it has decided and not told, is not theirs.
			x.Why, x.Draft.Why, x.By = "", "", ""
			if x.Told.IsZero() && (x.State == Upheld || x.State == Changed) {
				x.State = Open
			}
			if x.State == Open {
				x.Draft, x.Alone, x.Decided, x.Tell = Draft{}, false, time.Time{}, time.Time{}
			}
			o.Appeal, o.Looking, o.Looked = &x, s.State == review.Asked, s.State == review.Looked
		}
		last, err := as.lastNo(ctx, tx, app.ID)
		if errors.Is(err, ErrNone) {
			return nil
		}
		if err != nil {
			return err
		}
		if o.Appeal == nil || o.Appeal.Decision != last.reply.Decision {
			o.Appeal = nil
			o.Until = last.reply.At.Add(Window)
			o.May = !as.DB.Now().After(o.Until) && app.Status == opening.Declined
		}
		return nil
	})
	return o, err
}

// Ask asks for a second look at the newest no, with a reason; somebody who could not have seen the first scores is given the work at once, where
// there is somebody. The unique row per decision guards it. ErrMissing, ErrNone, ErrOnce, ErrOver, ErrInvalid.
func (as *Appeals) Ask(ctx context.Context, who actor.Actor, reason string) error {
	reason = strings.TrimSpace(reason)
	switch n := len([]rune(reason)); {
	case n == 0:
		return problem.Field("reason", "Say in a few sentences what was overlooked or misread. Whoever answers you reads it.")
	case n > MaxReason:
		return problem.Field("reason", "This is longer than 2,000 characters.")
	}
	return as.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		app, err := as.application(ctx, tx, who)
		if err != nil {
			return err
		}
		if err := as.Reviews.HoldRounds(ctx, tx, app.ID); err != nil {
			return err
		}
		last, err := as.lastNo(ctx, tx, app.ID)
		if err != nil {
			return err
		}
		now := as.DB.Now()
		if now.After(last.reply.At.Add(Window)) {
			return ErrOver
		}
		if app.Status != opening.Declined {
			return ErrNone
		}
		cal, err := as.Orgs.CalendarIn(ctx, tx)
		if err != nil {
			return err
		}
		due := promise.Due(now, Days, cal)
		x := id.New("apl", now)
		added, err := query.New(tx).Ask(ctx, query.AskParams{OrgID: tx.Org, ID: x, ApplicationID: string(app.ID), OpeningID: string(app.Opening.ID), AttemptID: last.round.Attempt,
			DecisionID: last.reply.Decision, Reason: reason, AskedAt: clock.Milli(now), DueAt: clock.Milli(due)})
		if err == nil && added == 0 {
			err = ErrOnce
		}
		if err != nil {
			return err
		}
		if err := as.Promises.OweFor(ctx, tx, promise.Appeal, string(app.ID), x, Days, now, cal); err != nil {
			return err
		}
		if err := audit.Record(ctx, tx, now, who, "appeal.ask", string(app.ID), audit.Facts{"appeal": x, "decision": last.reply.Decision}); err != nil {
			return err
		}
		if err := as.give(ctx, tx, last.round, due, cal); err != nil {
			return err
		}
		return Asked.Announce(ctx, as.Jobs, tx, Note{tx.Org, x, string(app.ID)})
	})
}

// give finds somebody for a second look, within lookDays and before the answer is due; with nobody there it is tried again by Fill.
func (as *Appeals) give(ctx context.Context, tx db.Tx, n review.Round, due time.Time, cal org.Calendar) error {
	by := promise.Due(as.DB.Now(), lookDays, cal)
	if by.After(due) {
		by = due
	}
	err := as.Reviews.LookAgain(ctx, tx, system(tx.Org), n, by)
	if errors.Is(err, review.ErrNobody) || errors.Is(err, review.ErrAsked) {
		return nil
	}
	return err
}

// Withdraw takes the asking candidate's appeal back while it is not answered. ErrMissing, ErrNone, ErrClosed.
func (as *Appeals) Withdraw(ctx context.Context, who actor.Actor) error {
	return as.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		app, err := as.application(ctx, tx, who)
		if err != nil {
			return err
		}
		list, err := as.Of(ctx, tx, app.ID)
		if err != nil {
			return err
		}
		if len(list) == 0 {
			return ErrNone
		}
		now := as.DB.Now()
		n, err := query.New(tx).Withdraw(ctx, tx.Org, list[0].ID, clock.Milli(now))
		if err == nil && n == 0 {
			err = ErrClosed
		}
		if err != nil {
			return err
		}
		if err := as.let(ctx, tx, list[0]); err != nil {
			return err
		}
		return audit.Record(ctx, tx, now, who, "appeal.withdraw", string(app.ID), audit.Facts{"appeal": list[0].ID})
	})
}

// let ends what was under way for an appeal that nobody waits for any more.
func (as *Appeals) let(ctx context.Context, tx db.Tx, x Appeal) error {
	if err := as.Promises.KeepFor(ctx, tx, promise.Appeal, string(x.Application), x.ID, as.DB.Now()); err != nil {
		return err
	}
	n, err := as.Reviews.RoundOf(ctx, tx, x.Attempt)
	if err != nil {
		return err
	}
	return as.Reviews.LookNoMore(ctx, tx, n)
}

// Fill gives open appeals that nobody looks at to somebody who is there now, in one organisation; every few minutes.
func (as *Appeals) Fill(ctx context.Context, o string) error {
	return as.DB.Write(ctx, o, func(tx db.Tx) error {
		cal, err := as.Orgs.CalendarIn(ctx, tx)
		if err != nil {
			return err
		}
		list, err := query.New(tx).Open(ctx, tx.Org)
		if err != nil {
			return err
		}
		for _, open := range list {
			x, err := as.In(ctx, tx, open)
			if err != nil {
				return err
			}
			n, err := as.Reviews.RoundOf(ctx, tx, x.Attempt)
			if err != nil {
				return err
			}
			if err := as.give(ctx, tx, n, x.Due, cal); err != nil {
				return err
			}
		}
		return nil
	})
}
