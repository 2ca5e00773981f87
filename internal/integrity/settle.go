package integrity

import (
	"context"
	"slices"
	"strings"
	"time"

	"candor/internal/actor"
	"candor/internal/audit"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/integrity/internal/query"
	"candor/internal/opening"
	"candor/internal/problem"
	"candor/internal/promise"
	"candor/internal/review"
)

// Bars says whether a case stands between an application and a decision: while it is open nothing is decided, and while a finding can still
// be looked at again nobody is declined. review.Reviews asks it. ErrOpen.
func (in *Integrity) Bars(ctx context.Context, tx db.Tx, a opening.ApplicationID, o review.Outcome) error {
	all, err := in.CasesOf(ctx, tx, a)
	if err != nil || len(all) == 0 {
		return err
	}
	cal, err := in.Orgs.CalendarIn(ctx, tx)
	if err != nil {
		return err
	}
	for _, c := range all {
		if err := c.bars(o, in.DB.Now(), cal.Zone); err != nil {
			return err
		}
	}
	return nil
}

func (c Case) bars(o review.Outcome, now time.Time, zone *time.Location) error {
	last := func(end time.Time) string { return end.Add(-time.Minute).In(zone).Format("Mon 2 Jan") }
	switch c.Standing(now) {
	case Waits:
		return ErrOpen.Saying("A question to the candidate is open until " + last(c.Due) + ". Nothing is decided before they have answered and it is settled.")
	case Answered:
		return ErrOpen.Saying("A question to the candidate waits for its second person. Nothing is decided before it is settled.")
	case Appealed:
		return ErrOpen.Saying("The candidate asked for another look at a finding. Nothing is decided before a third person has settled it.")
	case Stands:
		if o == review.Reject {
			return ErrOpen.Saying("The candidate can ask for another look at a finding until " + last(c.AppealDue) + ". Nobody is declined before that.")
		}
	}
	return nil
}

// Settle is the second person's verdict: Explained or Found, with a reason that the candidate reads. It waits until the candidate has answered
// or their day is over, and decides nothing about the application. A finding can be appealed against within AppealDays.
// ErrCaseMissing, ErrNotYours, ErrWaits, ErrSettled, ErrUnsuited, ErrGone, ErrInvalid.
func (in *Integrity) Settle(ctx context.Context, who actor.Actor, key CaseID, o Outcome, reason string) error {
	reason, err := said(o, reason, Explained, Found)
	if err != nil {
		return err
	}
	return in.verdict(ctx, who, key, func(tx db.Tx, c Case, now time.Time) error {
		if who.ID != c.Decider {
			return ErrNotYours
		}
		why, err := audit.Reason(ctx, tx, now, string(c.Application), reason)
		if err != nil {
			return err
		}
		cal, err := in.Orgs.CalendarIn(ctx, tx)
		if err != nil {
			return err
		}
		p := query.SettleParams{OrgID: tx.Org, ID: string(key), Member: who.ID, Outcome: string(o), At: clock.Milli(now), ReasonID: why}
		if o == Found {
			until := promise.Due(now, AppealDays, cal)
			p.AppealDueAt = clock.Milli(until)
			if err := in.Promises.Wait(ctx, tx, string(c.Application), now, until, cal); err != nil {
				return err
			}
		}
		n, err := query.New(tx).Settle(ctx, p)
		switch {
		case err != nil:
			return err
		case n == 0 && c.Outcome != "":
			return ErrSettled
		case n == 0:
			return ErrWaits
		}
		return audit.Record(ctx, tx, now, who, "case."+string(o), string(key), audit.Facts{"application": string(c.Application), "reason": why})
	})
}

// Rule is the third person's verdict on an appeal, the last word: Upheld or Lifted. ErrCaseMissing, ErrNotYours, ErrSettled, ErrUnsuited, ErrGone,
// ErrInvalid.
func (in *Integrity) Rule(ctx context.Context, who actor.Actor, key CaseID, o Outcome, reason string) error {
	reason, err := said(o, reason, Upheld, Lifted)
	if err != nil {
		return err
	}
	return in.verdict(ctx, who, key, func(tx db.Tx, c Case, now time.Time) error {
		if who.ID != c.Judge {
			return ErrNotYours
		}
		why, err := audit.Reason(ctx, tx, now, string(c.Application), reason)
		if err != nil {
			return err
		}
		n, err := query.New(tx).Judge(ctx, query.JudgeParams{OrgID: tx.Org, ID: string(key), Member: who.ID, Outcome: string(o), At: clock.Milli(now), ReasonID: why})
		if err != nil {
			return err
		}
		if n == 0 {
			return ErrSettled
		}
		return audit.Record(ctx, tx, now, who, "case."+string(o), string(key), audit.Facts{"application": string(c.Application), "reason": why})
	})
}

// said checks a verdict. ErrInvalid.
func said(o Outcome, reason string, may ...Outcome) (string, error) {
	reason = strings.TrimSpace(reason)
	switch {
	case !slices.Contains(may, o):
		return "", problem.Field("outcome", "Choose what you find.")
	case reason == "":
		return "", problem.Field("reason", "Write why, in words that the candidate reads.")
	case len([]rune(reason)) > MaxQuestion:
		return "", problem.Field("reason", "This is longer than 4,000 characters.")
	}
	return reason, nil
}

// verdict holds a case for one who was named to decide it, and tells everybody what came of it. What is checked of them is checked here, in the
// transaction that decides.
func (in *Integrity) verdict(ctx context.Context, who actor.Actor, key CaseID, decide func(tx db.Tx, c Case, now time.Time) error) error {
	return in.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		if _, err := query.New(tx).HoldCase(ctx, tx.Org, string(key)); err != nil {
			return err
		}
		c, err := in.CaseIn(ctx, tx, key)
		if err != nil {
			return err
		}
		named := who.Kind == actor.Member && (who.ID == c.Decider || who.ID == c.Judge)
		if !named {
			if _, _, err := in.loadFor(ctx, tx, who, key); err != nil {
				return err
			}
			return ErrNotYours
		}
		suited, err := in.suited(ctx, tx, c, who.ID)
		if err != nil {
			return err
		}
		now := in.DB.Now()
		switch {
		case !suited:
			return ErrUnsuited.Saying("You have a role or a scorecard in this opening since you were named, so this is not yours to decide any more. Whoever opened the case can name somebody else.")
		case c.Standing(now) == Ended:
			return ErrGone
		}
		if err := decide(tx, c, now); err != nil {
			return err
		}
		return Told.Announce(ctx, in.Jobs, tx, CaseNote{tx.Org, string(key), clockText(now)})
	})
}

// Figures are an opening's, for whoever reads its board: numbers only.
type Figures struct {
	Compared  int // submissions
	Alike     int // of them, with something worth a look or more
	Cases     int
	Open      int
	Explained int
	Findings  int
	Appeals   int
	Upheld    int
	Lifted    int
	Days      float64 // the median from opening to the verdict; 0 without one
}

// FiguresOf counts. opening.ErrMissing, opening.ErrRole.
func (in *Integrity) FiguresOf(ctx context.Context, who actor.Actor, o opening.ID) (op opening.Opening, f Figures, err error) {
	err = in.DB.Read(ctx, who.Org, func(tx db.Tx) error {
		if op, err = in.Openings.LoadIn(ctx, tx, who, o); err != nil {
			return err
		}
		if !op.SeesBoard(who) {
			return opening.ErrRole
		}
		q := query.New(tx)
		n, err := q.CountSubmitted(ctx, tx.Org, string(o))
		if err != nil {
			return err
		}
		f = Figures{Compared: int(n.Compared), Alike: int(n.Alike)}
		rows, err := q.CasesIn(ctx, tx.Org, string(o))
		var took []time.Duration
		for _, r := range rows {
			f.Cases++
			count(&f.Explained, r.Outcome == string(Explained))
			count(&f.Findings, r.Outcome == string(Found))
			count(&f.Open, r.Outcome == "")
			count(&f.Appeals, r.AppealedAt > 0)
			count(&f.Upheld, r.AppealOutcome == string(Upheld))
			count(&f.Lifted, r.AppealOutcome == string(Lifted))
			if r.SettledAt > 0 {
				took = append(took, clock.Time(r.SettledAt).Sub(clock.Time(r.OpenedAt)))
			}
		}
		f.Days = median(took).Hours() / 24
		return err
	})
	return op, f, err
}

func count(n *int, is bool) {
	if is {
		*n++
	}
}

// median is the middle one, or the mean of the two in the middle; 0 of none.
func median(list []time.Duration) time.Duration {
	if len(list) == 0 {
		return 0
	}
	slices.Sort(list)
	return (list[(len(list)-1)/2] + list[len(list)/2]) / 2
}
