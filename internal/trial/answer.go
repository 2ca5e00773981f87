package trial

import (
	"context"
	"fmt"
	"strings"
	"time"

	"candor/internal/actor"
	"candor/internal/audit"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/job"
	"candor/internal/opening"
	"candor/internal/org"
	"candor/internal/problem"
	"candor/internal/trial/internal/query"
)

// firsts is how many days a candidate can choose from as the first one.
const firsts = 20

// dayForm is how a day is sent.
const dayForm = "2006-01-02"

// FirstDays are the days on which a trial that is accepted now can begin, as midnights in the candidate's zone: the organisation's next working days
// from today on.
func FirstDays(now time.Time, cal org.Calendar, zone *time.Location) []time.Time {
	return workdays(now.In(zone), firsts, cal, zone)
}

// workdays are the first n working days of a calendar from a day on, as midnights in a zone. A calendar has a working day, and holidays end.
func workdays(from time.Time, n int, cal org.Calendar, zone *time.Location) (out []time.Time) {
	y, m, d := from.Date()
	for ; len(out) < n; d++ {
		if cal.Works(time.Date(y, m, d, 12, 0, 0, 0, cal.Zone)) { // noon is in every day, whatever clocks do at midnight
			out = append(out, time.Date(y, m, d, 0, 0, 0, 0, zone))
		}
	}
	return out
}

// lastMoment is the last minute of a day, as people read it.
func lastMoment(day time.Time, zone *time.Location) time.Time {
	y, m, d := day.In(zone).Date()
	return time.Date(y, m, d+1, 0, 0, 0, 0, zone).Add(-time.Minute).UTC()
}

// Accept takes the offer of the asking candidate: the trial begins on a day of FirstDays, written 2026-12-01, and its pay is owed; payee says where that
// goes. The state is the guard. ErrMissing, ErrMoved, ErrOver, ErrInvalid.
func (ts *Trials) Accept(ctx context.Context, who actor.Actor, first, payee string) error {
	return ts.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		t, inv, err := ts.own(ctx, tx, who)
		if err != nil {
			return err
		}
		now := ts.DB.Now()
		switch {
		case t.State != Offer:
			return ErrMoved
		case now.After(inv.FinishBy):
			return ErrOver
		}
		p, err := ts.PlanIn(ctx, tx, t.Plan)
		if err != nil {
			return err
		}
		zone, err := ts.zoneOf(ctx, tx, inv)
		if err != nil {
			return err
		}
		cal, err := ts.Orgs.CalendarIn(ctx, tx)
		if err != nil {
			return err
		}
		var starts time.Time
		for _, d := range FirstDays(now, cal, zone) {
			if d.Format(dayForm) == first {
				starts = d
			}
		}
		if starts.IsZero() {
			return problem.Field("first", "Choose the day on which you begin.")
		}
		days := workdays(starts, p.Days, cal, zone)
		ends := lastMoment(days[len(days)-1], zone)
		q := query.New(tx)
		n, err := q.Accept(ctx, query.AcceptParams{Zone: zone.String(), StartsAt: clock.Milli(starts), EndsAt: clock.Milli(ends), Now: clock.Milli(now), OrgID: tx.Org, ID: string(t.ID)})
		if err == nil && n == 0 {
			err = ErrMoved
		}
		if err != nil {
			return err
		}
		for i, d := range days {
			if err := q.AddDay(ctx, query.AddDayParams{OrgID: tx.Org, TrialID: string(t.ID), N: int64(i + 1), StartsAt: clock.Milli(d), ByAt: clock.Milli(lastMoment(d.AddDate(0, 0, 1), zone))}); err != nil {
				return err
			}
		}
		if err := ts.Payments.AcceptWith(ctx, tx, who, inv, payee); err != nil {
			return err
		}
		if err := ts.work(ctx, tx, t, inv, ends); err != nil {
			return err
		}
		if err := audit.Record(ctx, tx, now, who, "trial.accept", string(t.Application), audit.Facts{"trial": string(t.ID), "first": first, "days": fmt.Sprint(p.Days)}); err != nil {
			return err
		}
		if err := Accepted.Announce(ctx, ts.Jobs, tx, t.note(tx.Org, 0, now)); err != nil {
			return err
		}
		if t, err = ts.in(ctx, tx, t.ID); err != nil {
			return err
		}
		return ts.move(ctx, tx, t) // it may begin today
	})
}

// work opens the attempt of a trial until its end.
func (ts *Trials) work(ctx context.Context, tx db.Tx, t Trial, inv opening.Invitation, ends time.Time) error {
	if err := ts.Openings.Wait(ctx, tx, inv.ID, ends); err != nil {
		return err
	}
	list, err := ts.Attempts.Of(ctx, tx, inv.Application)
	if err != nil {
		return err
	}
	for _, a := range list {
		if a.Invitation != inv.ID {
			continue
		}
		if err := ts.Attempts.Seat(ctx, tx, a.ID, ends); err != nil {
			return err
		}
		_, err := query.New(tx).SetAttempt(ctx, string(a.ID), tx.Org, string(t.ID))
		return err
	}
	return fmt.Errorf("trial: %s began no attempt", inv.ID)
}

// Decline leaves the offer of the asking candidate, with its pay; a reason may be given. ErrMissing, ErrMoved, ErrInvalid.
func (ts *Trials) Decline(ctx context.Context, who actor.Actor, reason string) error {
	if reason = strings.TrimSpace(reason); len([]rune(reason)) > MostWords {
		return problem.Field("reason", fmt.Sprintf("This is longer than %d characters.", MostWords))
	}
	return ts.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		t, inv, err := ts.own(ctx, tx, who)
		if err != nil {
			return err
		}
		now := ts.DB.Now()
		n, err := query.New(tx).Decline(ctx, query.DeclineParams{Now: clock.Milli(now), Reason: reason, OrgID: tx.Org, ID: string(t.ID)})
		if err == nil && n == 0 {
			err = ErrMoved
		}
		if err != nil {
			return err
		}
		if err := ts.Payments.Cut(ctx, tx, who, inv, 0); err != nil {
			return err
		}
		if err := audit.Record(ctx, tx, now, who, "trial.decline", string(t.Application), audit.Facts{"trial": string(t.ID)}); err != nil {
			return err
		}
		return Declined.Announce(ctx, ts.Jobs, tx, t.note(tx.Org, 0, now))
	})
}

// CancelOwn ends the trial of the asking candidate before its end, with a reason: what was done is paid as the terms say. ErrMissing, ErrMoved, ErrInvalid.
func (ts *Trials) CancelOwn(ctx context.Context, who actor.Actor, reason string) error {
	reason, err := why(reason)
	if err != nil {
		return err
	}
	return ts.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		t, _, err := ts.own(ctx, tx, who)
		if err != nil {
			return err
		}
		if t.State != Agreed && t.State != Running {
			return ErrMoved
		}
		return ts.cancel(ctx, tx, who, t, ByCandidate, reason)
	})
}

// Cancel is CancelOwn for whoever hosts it or runs its opening; the candidate reads the reason. An offer can be taken back. ErrMissing, ErrMoved, ErrInvalid.
func (ts *Trials) Cancel(ctx context.Context, who actor.Actor, id ID, reason string) error {
	reason, err := why(reason)
	if err != nil {
		return err
	}
	return ts.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		t, _, err := ts.loadIn(ctx, tx, who, id)
		if err != nil {
			return err
		}
		if !t.State.To(CalledOff) {
			return ErrMoved
		}
		return ts.cancel(ctx, tx, who, t, ByMember, reason)
	})
}

func why(reason string) (string, error) {
	reason = strings.TrimSpace(reason)
	switch {
	case reason == "":
		return "", problem.Field("reason", "Please say why. The other side reads it.")
	case len([]rune(reason)) > MostWords:
		return "", problem.Field("reason", fmt.Sprintf("This is longer than %d characters.", MostWords))
	}
	return reason, nil
}

// cancel ends a trial from the state as it was read, which is the guard, and settles its pay. ErrMoved.
func (ts *Trials) cancel(ctx context.Context, tx db.Tx, who actor.Actor, t Trial, by Cause, reason string) error {
	now := ts.DB.Now()
	p, err := ts.PlanIn(ctx, tx, t.Plan)
	if err != nil {
		return err
	}
	earned, count := int64(0), time.Time{}
	switch {
	case t.State == Offer || now.Before(t.Starts):
	case p.Whole:
		earned = p.Money.Minor
	default: // nobody loses the hours that they have not written down yet
		earned, count = -1, lastMoment(now.In(t.Location()).AddDate(0, 0, 1), t.Location())
	}
	n, err := query.New(tx).Cancel(ctx, query.CancelParams{CancelledBy: string(by), Reason: reason, Now: clock.Milli(now), PaidMinor: earned, CountAt: clock.Milli(count), OrgID: tx.Org, ID: string(t.ID),
		Was: string(t.State)})
	if err == nil && n == 0 {
		err = ErrMoved
	}
	if err != nil {
		return err
	}
	if earned >= 0 {
		if err := ts.pay(ctx, tx, who, t, earned, now); err != nil {
			return err
		}
	}
	if err := audit.Record(ctx, tx, now, who, "trial.cancel", string(t.Application), audit.Facts{"trial": string(t.ID), "by": string(by), "minor": fmt.Sprint(earned)}); err != nil {
		return err
	}
	return Cancelled.Announce(ctx, ts.Jobs, tx, t.note(tx.Org, 0, now))
}

// pay settles what is owed of a cancelled trial; the caller's guarded write makes it once.
func (ts *Trials) pay(ctx context.Context, tx db.Tx, who actor.Actor, t Trial, minor int64, at time.Time) error {
	inv, err := ts.Openings.InvitationIn(ctx, tx, t.Invitation)
	if err != nil {
		return err
	}
	if err := ts.Payments.Cut(ctx, tx, who, inv, minor); err != nil {
		return err
	}
	return ts.Payments.Sent(ctx, tx, t.Application, t.Stage, at)
}

// count counts the hours of a cancelled trial when the time to report them is over.
func (ts *Trials) count(ctx context.Context, tx db.Tx, who actor.Actor, t Trial) error {
	now, q := ts.DB.Now(), query.New(tx)
	if t.Paid >= 0 || !now.After(t.EvaluateBy) {
		return nil
	}
	if _, err := q.Hold(ctx, tx.Org, string(t.ID)); err != nil { // no hours slip between our sum and our write
		return err
	}
	p, err := ts.PlanIn(ctx, tx, t.Plan)
	if err != nil {
		return err
	}
	days, err := ts.days(ctx, tx, t.ID)
	if err != nil {
		return err
	}
	minor := p.Earned(Worked(days))
	n, err := q.Count(ctx, minor, tx.Org, string(t.ID))
	if err != nil || n == 0 {
		return err
	}
	if err := ts.pay(ctx, tx, who, t, minor, now); err != nil {
		return err
	}
	return audit.Record(ctx, tx, now, who, "trial.count", string(t.Application), audit.Facts{"trial": string(t.ID), "minutes": fmt.Sprint(Worked(days)), "minor": fmt.Sprint(minor)})
}

// Replace names another host, of HostsIn; the candidate is told by name. ErrMissing, ErrRole, ErrMoved, ErrInvalid.
func (ts *Trials) Replace(ctx context.Context, who actor.Actor, id ID, was, to org.MemberID) error {
	return ts.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		t, runs, err := ts.loadIn(ctx, tx, who, id)
		switch {
		case err != nil:
			return err
		case !runs:
			return ErrRole
		case t.Host != was:
			return ErrMoved
		case to == was:
			return problem.Field("host", "They host it already. Choose somebody else.")
		}
		list, err := ts.HostsIn(ctx, tx, t.Application)
		if err != nil {
			return err
		}
		can := false
		for _, m := range list {
			can = can || m.ID == to
		}
		if !can {
			return problem.Field("host", "Choose somebody who decides, runs or facilitates in this opening and does not read the work without the name.")
		}
		now := ts.DB.Now()
		n, err := query.New(tx).Replace(ctx, query.ReplaceParams{HostID: to, OrgID: tx.Org, ID: string(t.ID), Was: was})
		if err == nil && n == 0 {
			err = ErrMoved
		}
		if err != nil {
			return err
		}
		if err := ts.Reviews.Know(ctx, tx, who, t.Application, to); err != nil {
			return err
		}
		if err := audit.Record(ctx, tx, now, who, "trial.replace", string(t.Application), audit.Facts{"trial": string(t.ID), "was": was, "host": to}); err != nil {
			return err
		}
		return Replaced.Announce(ctx, ts.Jobs, tx, t.note(tx.Org, 0, now))
	})
}

// announce tells listeners of a trial.
func (ts *Trials) announce(ctx context.Context, tx db.Tx, topic job.Topic[Note], t Trial, n int) error {
	return topic.Announce(ctx, ts.Jobs, tx, t.note(tx.Org, n, ts.DB.Now()))
}
