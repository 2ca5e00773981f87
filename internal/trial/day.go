package trial

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"candor/internal/actor"
	"candor/internal/assessment"
	"candor/internal/attempt"
	"candor/internal/audit"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/item"
	"candor/internal/opening"
	"candor/internal/problem"
	"candor/internal/promise"
	"candor/internal/trial/internal/query"
)

// question is what is asked of each day.
const question = "What did you do? What is next? What is in your way?"

// part is a day with its one item. Whoever answers it reads the date of the day in their zone.
func (ts *Trials) part(t Trial, d Day) (assessment.Part, error) {
	k, ok := ts.Attempts.Written.(item.Turner)
	if !ok {
		return assessment.Part{}, fmt.Errorf("trial: a check-in cannot be answered as %q", ts.Attempts.Written.Name())
	}
	title := "Check-in, " + d.Starts.In(t.Location()).Format("Mon 2 Jan")
	spec, err := k.Turn().Spec(k, title, Minutes, question)
	if err != nil {
		return assessment.Part{}, err
	}
	key := attempt.DayKey(d.N)
	return assessment.Part{Key: key, Title: title, Minutes: Minutes, Items: []assessment.PartItem{{Key: key, Kind: k, Spec: spec, Head: k.Head(spec)}}}, nil
}

// Report keeps what the asking candidate says that they worked on a day, in minutes; they can correct it until both sides have evaluated. ErrMissing,
// ErrMoved, ErrInvalid on hours.
func (ts *Trials) Report(ctx context.Context, who actor.Actor, n, minutes int) error {
	if minutes < 0 || minutes > 24*60 {
		return errHours
	}
	return ts.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		t, _, err := ts.own(ctx, tx, who)
		if err != nil {
			return err
		}
		q := query.New(tx)
		if _, err := q.Hold(ctx, tx.Org, string(t.ID)); err != nil {
			return err
		}
		k, err := q.SetMinutes(ctx, query.SetMinutesParams{Minutes: int64(minutes), OrgID: tx.Org, TrialID: string(t.ID), N: int64(n)})
		if err == nil && k == 0 {
			err = ErrMoved
		}
		if err != nil {
			return err
		}
		return audit.Record(ctx, tx, ts.DB.Now(), who, "trial.hours", string(t.Application), audit.Facts{"trial": string(t.ID), "day": fmt.Sprint(n), "minutes": fmt.Sprint(minutes)})
	})
}

// Reply is the host's answer to a day, once, whether or not a check-in came. ErrMissing, ErrRole, ErrMoved, ErrInvalid.
func (ts *Trials) Reply(ctx context.Context, who actor.Actor, id ID, n int, text string) error {
	text = strings.TrimSpace(text)
	switch {
	case text == "":
		return problem.Field("reply", "Write an answer first.")
	case len([]rune(text)) > MostWords:
		return problem.Field("reply", fmt.Sprintf("This is longer than %d characters.", MostWords))
	}
	return ts.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		t, _, err := ts.loadIn(ctx, tx, who, id)
		if err != nil {
			return err
		}
		if t.Host != who.ID {
			return ErrRole
		}
		k, err := query.New(tx).Reply(ctx, query.ReplyParams{Reply: text, ReplyBy: who.ID, At: ts.nowMilli(), OrgID: tx.Org, TrialID: string(t.ID), N: int64(n)})
		if err == nil && k == 0 {
			err = ErrMoved
		}
		if err != nil {
			return err
		}
		if err := audit.Record(ctx, tx, ts.DB.Now(), who, "trial.reply", string(t.Application), audit.Facts{"trial": string(t.ID), "day": fmt.Sprint(n)}); err != nil {
			return err
		}
		return ts.announce(ctx, tx, Replied, t, n)
	})
}

// sent hears that a part ended: a check-in, perhaps.
func (ts *Trials) sent(ctx context.Context, n attempt.PartNote) error {
	return ts.settleOf(ctx, n.Org, attempt.ID(n.Attempt))
}

// submitted hears that the work was sent, which ends a trial.
func (ts *Trials) submitted(ctx context.Context, n attempt.SubmittedNote) error {
	return ts.settleOf(ctx, n.Org, attempt.ID(n.Attempt))
}

func (ts *Trials) settleOf(ctx context.Context, o string, a attempt.ID) error {
	err := ts.DB.Write(ctx, o, func(tx db.Tx) error {
		r, err := query.New(tx).OfAttempt(ctx, tx.Org, string(a))
		t, err := found(query.ByIDRow(r), err)
		if err != nil {
			return err
		}
		return ts.move(ctx, tx, t)
	})
	if errors.Is(err, ErrMissing) {
		return nil
	}
	return err
}

// Sweep moves on what is open in one organisation: days that have come, what is over, and what ended with its application. It may run twice.
func (ts *Trials) Sweep(ctx context.Context, o string) error {
	var errs []error
	for after := ""; ; {
		var page []query.OpenRow
		err := ts.DB.Read(ctx, o, func(tx db.Tx) (err error) {
			page, err = query.New(tx).Open(ctx, o, after)
			return err
		})
		if err != nil || len(page) == 0 {
			return errors.Join(append(errs, err)...)
		}
		for _, r := range page {
			errs = append(errs, ts.DB.Write(ctx, o, func(tx db.Tx) error {
				t, err := ts.in(ctx, tx, ID(r.ID))
				if err != nil {
					return err
				}
				return ts.move(ctx, tx, t)
			}))
		}
		after = page[len(page)-1].ID
	}
}

// move moves a trial that was read on as far as what happened allows; the updates' states are the guards.
func (ts *Trials) move(ctx context.Context, tx db.Tx, t Trial) error {
	who := actor.ForSystem(tx.Org, "trial.sweep")
	left, err := ts.left(ctx, tx, t)
	if err != nil {
		return err
	}
	if left && t.State.To(CalledOff) {
		if err := ts.cancel(ctx, tx, who, t, ByLeft, ""); !errors.Is(err, ErrMoved) {
			return err
		}
		return nil
	}
	if t.State == CalledOff {
		return ts.count(ctx, tx, who, t)
	}
	now, q := ts.DB.Now(), query.New(tx)
	if t.State == Agreed && !now.Before(t.Starts) {
		n, err := q.Begin(ctx, tx.Org, string(t.ID), clock.Milli(now))
		if err != nil || n == 0 {
			return err
		}
		if err := audit.Record(ctx, tx, now, who, "trial.begin", string(t.Application), audit.Facts{"trial": string(t.ID)}); err != nil {
			return err
		}
		t.State = Running
	}
	if t.State == Running || t.State == Over || t.State == Done {
		if err := ts.checked(ctx, tx, t); err != nil {
			return err
		}
	}
	if t.State == Running {
		if err := ts.run(ctx, tx, who, t, now); err != nil {
			return err
		}
	}
	if t.State != Over {
		return nil
	}
	n, err := q.Evaluated(ctx, tx.Org, string(t.ID), clock.Milli(now))
	if err != nil || n == 0 {
		return err
	}
	return ts.announce(ctx, tx, Evaluated, t, 0)
}

// left says whether the candidate is out of the opening.
func (ts *Trials) left(ctx context.Context, tx db.Tx, t Trial) (bool, error) {
	inv, err := ts.Openings.InvitationIn(ctx, tx, t.Invitation)
	return inv.Status != opening.Active, err
}

// run asks the days that have come, and ends what is over.
func (ts *Trials) run(ctx context.Context, tx db.Tx, who actor.Actor, t Trial, now time.Time) error {
	a, err := ts.Attempts.In(ctx, tx, t.Attempt)
	if err != nil {
		return err
	}
	over := a.State != "open" || now.After(t.Ends.Add(grace))
	q := query.New(tx)
	days, err := ts.days(ctx, tx, t.ID)
	if err != nil {
		return err
	}
	for _, d := range days {
		if !d.Asked.IsZero() || now.Before(d.Starts) || now.After(d.By) {
			continue
		}
		if a.State != "open" && d.Starts.After(a.Submitted) {
			continue // the work was sent before this day
		}
		n, err := q.AskDay(ctx, query.AskDayParams{Now: clock.Milli(now), OrgID: tx.Org, TrialID: string(t.ID), N: int64(d.N)})
		if err != nil {
			return err
		}
		if n == 0 {
			continue
		}
		if err := ts.Attempts.AskDay(ctx, tx, who, a, d.N, d.By); err != nil {
			return err
		}
		if err := ts.announce(ctx, tx, Asked, t, d.N); err != nil {
			return err
		}
	}
	if !over {
		return nil
	}
	at := now
	if now.After(t.Ends) {
		at = t.Ends
	}
	cal, err := ts.Orgs.CalendarIn(ctx, tx)
	if err != nil {
		return err
	}
	n, err := q.End(ctx, query.EndParams{At: clock.Milli(at), EvaluateBy: clock.Milli(promise.Due(now, EvaluateDays, cal)), OrgID: tx.Org, ID: string(t.ID)})
	if err != nil || n == 0 {
		return err
	}
	if err := ts.Payments.Sent(ctx, tx, t.Application, t.Stage, at); err != nil {
		return err
	}
	if err := ts.Promises.OweFor(ctx, tx, promise.Evaluation, string(t.Application), string(t.ID), EvaluateDays, now, cal); err != nil {
		return err
	}
	if err := audit.Record(ctx, tx, now, who, "trial.end", string(t.Application), audit.Facts{"trial": string(t.ID), "minutes": fmt.Sprint(Worked(days))}); err != nil {
		return err
	}
	return ts.announce(ctx, tx, Ended, t, 0)
}

// checked notes the check-ins that came.
func (ts *Trials) checked(ctx context.Context, tx db.Tx, t Trial) error {
	days, err := ts.days(ctx, tx, t.ID)
	if err != nil {
		return err
	}
	var sittings map[string]attempt.Sitting
	for _, d := range days {
		if d.Asked.IsZero() || !d.Sent.IsZero() {
			continue
		}
		if sittings == nil {
			if sittings, err = ts.Attempts.Sittings(ctx, tx, t.Attempt); err != nil {
				return err
			}
		}
		s := sittings[attempt.DayKey(d.N)]
		if s.State != attempt.Ended || s.Clock.Started.IsZero() {
			continue
		}
		n, err := query.New(tx).SentDay(ctx, query.SentDayParams{At: clock.Milli(s.Finished), OrgID: tx.Org, TrialID: string(t.ID), N: int64(d.N)})
		if err != nil {
			return err
		}
		if n == 0 {
			continue
		}
		if err := ts.announce(ctx, tx, CheckedIn, t, d.N); err != nil {
			return err
		}
	}
	return nil
}
