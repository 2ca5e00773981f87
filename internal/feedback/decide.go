package feedback

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"candor/internal/actor"
	"candor/internal/audit"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/feedback/internal/query"
	"candor/internal/id"
	"candor/internal/job"
	"candor/internal/opening"
	"candor/internal/problem"
	"candor/internal/promise"
	"candor/internal/review"
)

// LeastNext is how long the next stage is open at least from the moment at which a candidate hears of it.
const LeastNext = 24 * time.Hour

// Decide decides and writes the reply, in one transaction. In the candidate's daytime, and when wait is false, the reply is
// released in it too: the application moves on or ends, and the promise is kept. Otherwise a job does that when the time comes;
// until then Undo takes it back. release is when the candidate hears; zero for Hold. The draft is kept first, so a refusal loses
// nothing. Problems of review.DecideIn, ErrEmpty, ErrOwed, ErrInvalid.
func (fs *Feedbacks) Decide(ctx context.Context, who actor.Actor, a opening.ApplicationID, d Draft, wait bool) (dec review.Decision, release time.Time, err error) {
	return fs.decide(ctx, who, a, d, func(now, _ time.Time, zone *time.Location) time.Time {
		if wait {
			now = now.Add(Pause)
		}
		return Daytime(now, zone)
	})
}

// DecideByMorning is Decide with a reply that waits for the candidate's next morning, or where that would break the promise for the
// end of the pause.
func (fs *Feedbacks) DecideByMorning(ctx context.Context, who actor.Actor, a opening.ApplicationID, d Draft) (dec review.Decision, release time.Time, err error) {
	return fs.decide(ctx, who, a, d, byMorning)
}

// byMorning is when a reply that can wait is released. due is the promise's day, zero without one.
func byMorning(now, due time.Time, zone *time.Location) time.Time {
	at := Morning(now, zone)
	if soon := Daytime(now.Add(Pause), zone); !due.IsZero() && !at.Before(due) && soon.Before(at) {
		return soon
	}
	return at
}

func (fs *Feedbacks) decide(ctx context.Context, who actor.Actor, a opening.ApplicationID, d Draft, at func(now, due time.Time, zone *time.Location) time.Time) (dec review.Decision, release time.Time, err error) {
	if err := fs.Save(ctx, who, a, d); err != nil {
		return dec, release, err
	}
	err = fs.DB.Write(ctx, who.Org, func(tx db.Tx) (err error) {
		dec, release, err = fs.decideIn(ctx, tx, who, a, d, at)
		return err
	})
	return dec, release, err
}

// DecideIn is Decide without a pause in the caller's transaction, for a decision that is made anew. No draft is kept. Problems as Decide.
func (fs *Feedbacks) DecideIn(ctx context.Context, tx db.Tx, who actor.Actor, a opening.ApplicationID, d Draft) (review.Decision, time.Time, error) {
	return fs.decideIn(ctx, tx, who, a, d, func(now, _ time.Time, zone *time.Location) time.Time { return Daytime(now, zone) })
}

func (fs *Feedbacks) decideIn(ctx context.Context, tx db.Tx, who actor.Actor, a opening.ApplicationID, d Draft, at func(now, due time.Time, zone *time.Location) time.Time) (dec review.Decision, release time.Time, err error) {
	var app opening.Application
	if dec, app, err = fs.Reviews.DecideIn(ctx, tx, who, a, d.Outcome, strings.TrimSpace(d.Reason)); err != nil {
		return dec, release, err
	}
	if dec.Outcome == review.Hold {
		return dec, release, nil
	}
	submitted, last, err := fs.standing(ctx, tx, app)
	if err != nil {
		return dec, release, err
	}
	letter := Letter(d, last)
	if letter.Body == "" && len(letter.Lines) == 0 {
		owed, err := fs.owesWords(ctx, tx, a)
		if err != nil {
			return dec, release, err
		}
		if dec.Outcome == review.Reject && (submitted || owed) {
			return dec, release, ErrEmpty.On("body", "Write what was strong and what was missing.")
		}
		if owed {
			return dec, release, ErrOwed.On("body", "Write what was strong and what was missing.")
		}
	}
	now := fs.DB.Now()
	zone, err := fs.zone(ctx, tx, app)
	if err != nil {
		return dec, release, err
	}
	due, err := fs.due(ctx, tx, a)
	if err != nil {
		return dec, release, err
	}
	release = at(now, due, zone)
	if goes := dec.Outcome == review.Advance && !last; !goes {
		letter.Next = opening.Next{}
	} else if by := letter.Next.By; !by.IsZero() && by.Before(release.Add(LeastNext)) {
		return dec, release, problem.Field("next_by", "They hear of it on "+release.In(zone).Format("Mon 2 Jan, 15:04")+". Leave them a day from then at least, or leave this empty.")
	}
	fbk := id.New("fbk", now)
	err = query.New(tx).Add(ctx, query.AddParams{OrgID: tx.Org, ID: fbk, DecisionID: dec.ID, ApplicationID: string(a), Outcome: string(dec.Outcome), Final: last,
		Body: letter.Body, Criteria: pack(letter.Lines), CreatedAt: clock.Milli(now), ReleaseAt: clock.Milli(release),
		NextBy: clock.Milli(letter.Next.By), NextNote: letter.Next.Note})
	if err != nil {
		return dec, release, err
	}
	if err := fs.warned(ctx, tx, who, fbk, letter); err != nil {
		return dec, release, err
	}
	if !release.After(now) {
		return dec, release, fs.releaseIn(ctx, tx, who, fbk)
	}
	return dec, release, releaseTask.Enqueue(ctx, fs.Jobs, tx, ReleasedNote{tx.Org, fbk, string(a)}, job.At(release))
}

// warned keeps how many warnings of each concern a reply was decided with, without its words; nothing when there were none.
func (fs *Feedbacks) warned(ctx context.Context, tx db.Tx, who actor.Actor, fbk string, r Reply) error {
	facts := audit.Facts{}
	for c, n := range Counted(Warned(Draft{Body: r.Body, Lines: r.Lines})) {
		facts[string(c)] = strconv.Itoa(n)
	}
	if len(facts) == 0 {
		return nil
	}
	return audit.Record(ctx, tx, fs.DB.Now(), who, "feedback.warned", fbk, facts)
}

// HeardIn is when the person of an application would hear of what is decided now: in their daytime on a working day.
func (fs *Feedbacks) HeardIn(ctx context.Context, tx db.Tx, app opening.Application) (time.Time, error) {
	zone, err := fs.zone(ctx, tx, app)
	if err != nil {
		return time.Time{}, err
	}
	return Daytime(fs.DB.Now(), zone), nil
}

// standing says whether the work of the present stage was submitted, and whether the stage is the last.
func (fs *Feedbacks) standing(ctx context.Context, tx db.Tx, app opening.Application) (submitted, last bool, err error) {
	rounds, err := fs.Reviews.RoundsOf(ctx, tx, app.ID)
	if err != nil {
		return false, false, err
	}
	stages, err := fs.Openings.Stages(ctx, tx, app.Opening.ID)
	return slices.ContainsFunc(rounds, func(n review.Round) bool { return n.Stage == app.Stage }),
		len(stages) > 0 && stages[len(stages)-1].ID == app.Stage, err
}

// zone is the candidate's, or the organisation's where it is not known.
func (fs *Feedbacks) zone(ctx context.Context, tx db.Tx, app opening.Application) (*time.Location, error) {
	name := app.Zone
	if name == "" {
		o, err := fs.Orgs.In(ctx, tx)
		if err != nil {
			return nil, err
		}
		name = o.Zone
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return time.UTC, nil
	}
	return zone, nil
}

// release is the job. It may run twice, and after an undo: then it changes nothing.
func (fs *Feedbacks) release(ctx context.Context, n ReleasedNote) error {
	return fs.DB.Write(ctx, n.Org, func(tx db.Tx) error {
		return fs.releaseIn(ctx, tx, actor.ForSystem(n.Org, "feedback.release"), n.Feedback)
	})
}

// releaseIn carries the decision out; settling it is the guarding write, so it happens once and never after an undo.
func (fs *Feedbacks) releaseIn(ctx context.Context, tx db.Tx, who actor.Actor, fbk string) error {
	r, err := fs.In(ctx, tx, fbk)
	if err != nil {
		return err
	}
	dec, err := fs.Reviews.DecisionIn(ctx, tx, r.Decision)
	if err != nil {
		return err
	}
	done, err := fs.Reviews.SettleIn(ctx, tx, who, dec, r.Next)
	if err != nil || !done {
		return err
	}
	now := fs.DB.Now()
	q := query.New(tx)
	if _, err := q.Release(ctx, tx.Org, fbk, clock.Milli(now)); err != nil {
		return err
	}
	if _, err := q.DropDraft(ctx, tx.Org, string(r.Application), string(dec.Stage)); err != nil {
		return err
	}
	if err := fs.Openings.Unowe(ctx, tx, r.Application, promise.Reply, promise.Review, promise.Feedback); err != nil {
		return err
	}
	if err := audit.Record(ctx, tx, now, who, "feedback.release", fbk, audit.Facts{"decision": dec.ID}); err != nil {
		return err
	}
	return Released.Announce(ctx, fs.Jobs, tx, ReleasedNote{tx.Org, fbk, string(r.Application)})
}

// Undo takes a decision back that the candidate has not been told; its draft is there again. review.ErrSettled, review.ErrMissing,
// review.ErrRole.
func (fs *Feedbacks) Undo(ctx context.Context, who actor.Actor, decision, reason string) (opening.ApplicationID, error) {
	var a opening.ApplicationID
	err := fs.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		d, err := fs.Reviews.UndoIn(ctx, tx, who, decision, reason)
		a = d.Application
		return err
	})
	return a, err
}

// Hears is when the candidate of an application would hear of a decision made now, and the promise's day; both for the page.
func (fs *Feedbacks) Hears(ctx context.Context, who actor.Actor, app opening.Application, wait bool) (at, due time.Time, err error) {
	err = fs.DB.Read(ctx, who.Org, func(tx db.Tx) error {
		zone, err := fs.zone(ctx, tx, app)
		if err != nil {
			return err
		}
		at = fs.DB.Now()
		if wait {
			at = at.Add(Pause)
		}
		at = Daytime(at, zone).In(zone)
		due, err = fs.due(ctx, tx, app.ID)
		return err
	})
	return at, due, err
}

// owesWords says whether an application is owed feedback in words.
func (fs *Feedbacks) owesWords(ctx context.Context, tx db.Tx, a opening.ApplicationID) (bool, error) {
	list, err := fs.Promises.Of(ctx, tx, string(a))
	return slices.ContainsFunc(list, func(p promise.Promise) bool { return p.Kind == promise.Feedback && p.Kept.IsZero() }), err
}

// due is the day of the reply that is owed; zero when none is.
func (fs *Feedbacks) due(ctx context.Context, tx db.Tx, a opening.ApplicationID) (time.Time, error) {
	list, err := fs.Promises.Of(ctx, tx, string(a))
	for _, p := range list {
		if p.Kept.IsZero() && p.Kind == promise.Reply {
			return p.Due, err
		}
	}
	return time.Time{}, err
}

// HearsByMorning is when the candidate of an application would hear of DecideByMorning, in their zone.
func (fs *Feedbacks) HearsByMorning(ctx context.Context, who actor.Actor, app opening.Application) (at time.Time, err error) {
	err = fs.DB.Read(ctx, who.Org, func(tx db.Tx) error {
		zone, err := fs.zone(ctx, tx, app)
		if err != nil {
			return err
		}
		due, err := fs.due(ctx, tx, app.ID)
		at = byMorning(fs.DB.Now(), due, zone).In(zone)
		return err
	})
	return at, err
}
