package interview

import (
	"context"
	"errors"
	"fmt"
	"time"

	"candor/internal/actor"
	"candor/internal/attempt"
	"candor/internal/audit"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/id"
	"candor/internal/interview/internal/query"
	"candor/internal/opening"
	"candor/internal/org"
	"candor/internal/problem"
	"candor/internal/promise"
)

// sent hears that a part ended: an answer, perhaps.
func (is *Interviews) sent(ctx context.Context, n attempt.PartNote) error {
	return is.settle(ctx, n.Org, attempt.ID(n.Attempt))
}

// settle moves the interview about an attempt on as far as what happened allows. It may run twice.
func (is *Interviews) settle(ctx context.Context, o string, a attempt.ID) error {
	err := is.DB.Write(ctx, o, func(tx db.Tx) error {
		v, err := is.Of(ctx, tx, a)
		if err != nil {
			return err
		}
		return is.move(ctx, tx, v)
	})
	if errors.Is(err, ErrMissing) {
		return nil
	}
	return err
}

// move is settle of one that was read; the updates' states are the guards.
func (is *Interviews) move(ctx context.Context, tx db.Tx, v Interview) error {
	now, q := is.DB.Now(), query.New(tx)
	app, err := is.Openings.ApplicationIn(ctx, tx, v.Application)
	if err != nil {
		return err
	}
	if app.Status != opening.Active {
		if _, open := v.State.Next(Leaving); open {
			return is.close(ctx, tx, actor.ForSystem(tx.Org, "interview.settle"), v, ByLeft)
		}
		return nil
	}
	at, err := is.Attempts.In(ctx, tx, v.Attempt)
	if err != nil {
		return err
	}
	cal, err := is.Orgs.CalendarIn(ctx, tx)
	if err != nil {
		return err
	}
	due := clock.Milli(promise.Due(now, v.AskDays, cal))
	switch v.State {
	case Waits:
		if at.State != "submitted" {
			return nil
		}
		n, err := q.Begin(ctx, query.BeginParams{Now: clock.Milli(now), Due: due, OrgID: tx.Org, ID: string(v.ID)})
		if err != nil || n == 0 {
			return err
		}
		return is.begun(ctx, tx, v, at)
	case Theirs:
		all, err := is.Attempts.Sittings(ctx, tx, v.Attempt)
		if err != nil || all[attempt.TurnKey(v.Turn)].State != attempt.Ended {
			return err
		}
		if v.Turn >= v.Rounds {
			return is.close(ctx, tx, actor.ForSystem(tx.Org, "interview.settle"), v, ByRounds)
		}
		n, err := q.Answered(ctx, query.AnsweredParams{Now: clock.Milli(now), Due: due, OrgID: tx.Org, ID: string(v.ID), Turn: int64(v.Turn)})
		if err != nil || n == 0 {
			return err
		}
		if err := is.owe(ctx, tx, v, at, now); err != nil {
			return err
		}
		if err := is.tell(ctx, tx, v, now); err != nil {
			return err
		}
		return Answered.Announce(ctx, is.Jobs, tx, v.note(tx.Org, now))
	}
	return nil
}

// Sweep moves on what is open in one organisation: what an announcement did not reach, and what ended with its application.
func (is *Interviews) Sweep(ctx context.Context, o string) error {
	var errs []error
	for after := ID(""); ; {
		var page []query.OpenRow
		err := is.DB.Read(ctx, o, func(tx db.Tx) (err error) {
			page, err = query.New(tx).Open(ctx, o, string(after))
			return err
		})
		if err != nil || len(page) == 0 {
			return errors.Join(append(errs, err)...)
		}
		for _, r := range page {
			errs = append(errs, is.settle(ctx, o, attempt.ID(r.AttemptID)))
		}
		after = ID(page[len(page)-1].ID)
	}
}

// Close ends an interview in our turn: enough was asked. The readers of the work get all of it. For whoever asks in it, and whoever runs its opening and
// knows the name. ErrMissing, ErrRole, ErrTheirs, ErrClosed, ErrMoved.
func (is *Interviews) Close(ctx context.Context, who actor.Actor, c Code, turn int) error {
	return is.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		v, may, err := is.loadIn(ctx, tx, who, c)
		if err != nil {
			return err
		}
		switch {
		case v.Member != who.ID && !may.Runs:
			return ErrRole
		case v.State == Theirs:
			return ErrTheirs
		case v.State == Closed:
			return ErrClosed
		case v.State != Ours || v.Turn != turn:
			return ErrMoved
		}
		return is.close(ctx, tx, who, v, ByMember)
	})
}

// close is the guarded write of an end, from the state as it was read. ErrMoved.
func (is *Interviews) close(ctx context.Context, tx db.Tx, who actor.Actor, v Interview, by Cause) error {
	now := is.DB.Now()
	n, err := query.New(tx).Close(ctx, query.CloseParams{ClosedBy: string(by), Now: clock.Milli(now), OrgID: tx.Org, ID: string(v.ID), Was: string(v.State), Turn: int64(v.Turn)})
	if err == nil && n == 0 && who.Kind == actor.Member {
		err = ErrMoved
	}
	if err != nil || n == 0 {
		return err
	}
	if err := is.unsay(ctx, tx, v, ""); err != nil {
		return err
	}
	if err := is.Promises.KeepFor(ctx, tx, promise.Question, string(v.Application), string(v.ID), now); err != nil {
		return err
	}
	cal, err := is.Orgs.CalendarIn(ctx, tx)
	if err != nil {
		return err
	}
	if err := is.Promises.GoOn(ctx, tx, string(v.Application), now, cal); err != nil {
		return err
	}
	if err := is.tell(ctx, tx, v, now); err != nil {
		return err
	}
	if err := audit.Record(ctx, tx, now, who, "interview.close", string(v.Application), audit.Facts{"interview": string(v.ID), "by": string(by), "turns": fmt.Sprint(v.Turn)}); err != nil {
		return err
	}
	return Ended.Announce(ctx, is.Jobs, tx, v.note(tx.Org, now))
}

// Replace puts somebody else in the place of whoever asks, with a reason for the record; the candidate is told by name. A promise that is broken stays
// so; the new member then has the agreed days from now. For those who run or decide the opening and know the name. ErrMissing, ErrRole, ErrClosed,
// ErrMoved, ErrInvalid.
func (is *Interviews) Replace(ctx context.Context, who actor.Actor, c Code, was, to org.MemberID, reason string) error {
	switch n := len([]rune(reason)); {
	case n == 0:
		return problem.Field("reason", "Please say why, in a sentence.")
	case n > 500:
		return problem.Field("reason", "Please say it in up to 500 characters.")
	}
	return is.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		v, may, err := is.loadIn(ctx, tx, who, c)
		switch {
		case err != nil:
			return err
		case !may.Runs:
			return ErrRole
		case v.State == Closed:
			return ErrClosed
		case v.Member != was:
			return ErrMoved
		case to == was:
			return problem.Field("member", "They ask already. Choose somebody else.")
		}
		if err := is.askable(ctx, tx, v.Opening, to); err != nil {
			return err
		}
		now, q, due := is.DB.Now(), query.New(tx), v.Due
		late := v.Late(now)
		if late {
			cal, err := is.Orgs.CalendarIn(ctx, tx)
			if err != nil {
				return err
			}
			due = promise.Due(now, v.AskDays, cal)
		}
		n, err := q.Replace(ctx, query.ReplaceParams{MemberID: to, Due: clock.Milli(due), OrgID: tx.Org, ID: string(v.ID), Was: was, WasDue: clock.Milli(v.Due)})
		if err != nil {
			return err
		}
		if n == 0 {
			return ErrMoved
		}
		if err := q.AddHandover(ctx, query.AddHandoverParams{OrgID: tx.Org, ID: id.New("ito", now), InterviewID: string(v.ID), Turn: int64(v.Turn), WasID: was, MemberID: to, Late: late,
			At: clock.Milli(now)}); err != nil {
			return err
		}
		if _, err := q.DropDraft(ctx, tx.Org, string(v.ID), was); err != nil {
			return err
		}
		if err := is.unsay(ctx, tx, v, ""); err != nil {
			return err
		}
		why, err := audit.Reason(ctx, tx, now, string(v.Attempt), reason)
		if err != nil {
			return err
		}
		if err := audit.Record(ctx, tx, now, who, "interview.replace", string(v.Application), audit.Facts{"interview": string(v.ID), "was": was, "member": to, "reason": why}); err != nil {
			return err
		}
		v.Member = to
		if err := is.tell(ctx, tx, v, now); err != nil {
			return err
		}
		return Replaced.Announce(ctx, is.Jobs, tx, v.note(tx.Org, now))
	})
}

// Overdue says whether our turn's day is over, or the days of the candidate's turn; for pages.
func (v Interview) Overdue(now time.Time) bool {
	return (v.State == Ours || v.State == Theirs) && now.After(v.Due)
}
