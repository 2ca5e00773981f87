package batch

import (
	"context"
	"fmt"
	"slices"
	"time"

	"candor/internal/actor"
	"candor/internal/batch/internal/query"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/opening"
	"candor/internal/problem"
)

// Plan is how the invitations go out.
type Plan struct {
	Note     string    // a personal line in every mail, at most 1,000 characters
	Zone     string    // IANA name, for people whose row has none
	FinishBy time.Time // the same instant for everybody
	Start    time.Time // zero is at once
	PerHour  int       // mails, 1 to MostPerHour
}

// Rates of mails. UsualPerHour is what small mail servers take without holding back.
const (
	UsualPerHour = 600
	MostPerHour  = 6000
)

// soonest is how far ahead a start may lie.
const soonest = 90 * 24 * time.Hour

// usual is the plan of a new batch: at once, with the first stage's window, to the end of that day where the organisation is.
func (bs *Batches) usual(ctx context.Context, tx db.Tx, o opening.ID) (Plan, error) {
	organisation, err := bs.Openings.Orgs.In(ctx, tx)
	if err != nil {
		return Plan{}, err
	}
	stages, err := bs.Openings.Stages(ctx, tx, o)
	if err != nil {
		return Plan{}, err
	}
	zone := organisation.Location()
	y, m, d := bs.DB.Now().AddDate(0, 0, stages[0].Window).In(zone).Date()
	return Plan{Zone: organisation.Zone, FinishBy: time.Date(y, m, d, 23, 59, 0, 0, zone), PerHour: UsualPerHour}, nil
}

// Last is when the last of n mails goes out, if the first goes at now or at the plan's start.
func (p Plan) Last(n int, now time.Time) time.Time {
	from := now
	if p.Start.After(now) {
		from = p.Start
	}
	size, wait := p.pace()
	return from.Add(time.Duration(max(0, n-1)/size) * wait)
}

// pace is how many mails go at once, and how long after them the next: a minute's worth, or one mail where that is less.
func (p Plan) pace() (size int, wait time.Duration) {
	size = max(1, p.PerHour/60)
	return size, time.Duration(size) * time.Hour / time.Duration(p.PerHour)
}

// check says what is wrong with a plan for n people. ErrInvalid.
func (p Plan) check(n int, now time.Time) error {
	var bad *problem.Problem
	wrong := func(field, text string) {
		if bad == nil {
			bad = problem.ErrInvalid
		}
		bad = bad.On(field, text)
	}
	if len([]rune(p.Note)) > 1000 {
		wrong("note", "This is longer than 1,000 characters. Shorten it a little.")
	}
	if _, err := time.LoadLocation(p.Zone); err != nil || p.Zone == "" || p.Zone == "Local" {
		wrong("zone", "Choose a time zone such as Africa/Lagos.")
	}
	if p.PerHour < 1 || p.PerHour > MostPerHour {
		wrong("per_hour", fmt.Sprintf("Send 1 to %d mails an hour.", MostPerHour))
	}
	if p.Start.After(now.Add(soonest)) {
		wrong("start", "Begin within 90 days.")
	}
	switch {
	case bad != nil:
	case !p.FinishBy.After(now):
		wrong("finish_by", "This moment has passed. Choose a later one.")
	case !p.FinishBy.After(p.Last(n, now).Add(time.Hour)):
		wrong("finish_by", "The last mail goes out at "+opening.Spell(p.Last(n, now), p.Zone)+", which leaves less than an hour. Choose a later moment, or send faster.")
	}
	if bad == nil {
		return nil
	}
	return bad
}

// SetPlan keeps how the invitations of a draft go out. ErrInvalid, ErrMissing, ErrSent, and ErrMissing and ErrRole of opening.
func (bs *Batches) SetPlan(ctx context.Context, who actor.Actor, o opening.ID, b ID, p Plan) error {
	return bs.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		held, err := bs.hold(ctx, tx, who, o, b)
		if err != nil {
			return err
		}
		if err := p.check(held.ToInvite(), bs.DB.Now()); err != nil {
			return err
		}
		start := int64(0)
		if !p.Start.IsZero() {
			start = clock.Milli(p.Start)
		}
		return query.New(tx).SetPlan(ctx, query.SetPlanParams{OrgID: tx.Org, ID: string(b), Note: p.Note, Zone: p.Zone, FinishBy: clock.Milli(p.FinishBy), PerHour: int64(p.PerHour), NextAt: start})
	})
}

// SetMeanings says what the columns of a draft hold and whether the first row names them; rows corrected by hand stay as they are.
// ErrInvalid, ErrMissing, ErrSent, and ErrMissing and ErrRole of opening.
func (bs *Batches) SetMeanings(ctx context.Context, who actor.Actor, o opening.ID, b ID, meanings []Meaning, head bool) error {
	return bs.change(ctx, who, o, b, func(tx db.Tx, held Batch, rows []Row) error {
		if len(meanings) != len(held.Meanings) || !slices.Contains(meanings, Email) {
			return problem.Field("column", "Say which column has the e-mail addresses.")
		}
		for i, m := range meanings {
			if !slices.Contains(Meanings, m) || m != None && slices.Contains(meanings[:i], m) {
				return problem.Field("column", "Two columns cannot be the same thing. Set one of them to “not used”.")
			}
		}
		interpret(rows, meanings, head)
		return query.New(tx).SetMeanings(ctx, query.SetMeaningsParams{OrgID: tx.Org, ID: string(b), Head: head, Meanings: join(meanings)})
	})
}

// Correct sets a row of a draft by hand; the rows are checked anew. ErrInvalid where it would still be bad, ErrMissing, ErrSent, and
// ErrMissing and ErrRole of opening.
func (bs *Batches) Correct(ctx context.Context, who actor.Actor, o opening.ID, b ID, position int, name, email, zone string) error {
	return bs.change(ctx, who, o, b, func(_ db.Tx, _ Batch, rows []Row) error {
		r, err := at(rows, position)
		if err != nil {
			return err
		}
		r.set(name, email, zone)
		r.ByHand, r.First, r.Application = true, 0, ""
		if r.Verdict == Bad {
			return problem.Field("email", r.Reason)
		}
		return nil
	})
}

// LeaveOut takes a row of a draft out, or back in. ErrMissing, ErrSent, and ErrMissing and ErrRole of opening.
func (bs *Batches) LeaveOut(ctx context.Context, who actor.Actor, o opening.ID, b ID, position int, out bool) error {
	return bs.change(ctx, who, o, b, func(_ db.Tx, _ Batch, rows []Row) error {
		r, err := at(rows, position)
		if err != nil {
			return err
		}
		guessed := r.Guessed
		r.set(r.Name, r.Email, r.Zone)
		r.ByHand, r.Guessed, r.First, r.Application = true, guessed, 0, ""
		if out {
			r.Verdict, r.Reason = Left, ""
		}
		return nil
	})
}

// at is the row of a position that a person may change. ErrMissing.
func at(rows []Row, position int) (*Row, error) {
	i := slices.IndexFunc(rows, func(r Row) bool { return r.Position == position && r.Verdict != Head })
	if i < 0 {
		return nil, ErrMissing
	}
	return &rows[i], nil
}
