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
	"candor/internal/live"
	"candor/internal/opening"
	"candor/internal/org"
	"candor/internal/problem"
	"candor/internal/promise"
)

// Talked is the live topic of members' pages, Told that of candidates', of their attempt.
const (
	Talked = "interviews"
	Told   = "interview"
)

// Open begins an interview about what the candidate of an application sent last, for those who run or decide its opening and know the name; the first
// question is owed from now on. itemKey and place are the place of the work to begin with. The attempt's unique key is the guard. ErrMissing, ErrRole,
// ErrNoWork, ErrThere, ErrMoved, ErrInvalid.
func (is *Interviews) Open(ctx context.Context, who actor.Actor, app opening.ApplicationID, a Agreed, itemKey, place string) (Interview, error) {
	if err := a.check(); err != nil {
		return Interview{}, err
	}
	o, err := is.Openable(ctx, who, app)
	if err != nil {
		return Interview{}, err
	}
	if o.Version == nil {
		return Interview{}, ErrNoWork
	}
	q, err := o.Quote(itemKey, place)
	if err != nil {
		return Interview{}, err
	}
	var out Interview
	err = is.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		ap, err := is.runs(ctx, tx, who, app)
		if err != nil {
			return err
		}
		if err := is.askable(ctx, tx, ap.Opening.ID, a.Member); err != nil {
			return err
		}
		at, err := is.work(ctx, tx, ap)
		if err != nil {
			return err
		}
		if at.ID != o.Work.Attempt.ID {
			return ErrMoved
		}
		if out, err = is.add(ctx, tx, who, at, ap.Opening.ID, a, itemKey, q.Place, Ours); err != nil {
			return err
		}
		return is.begun(ctx, tx, out, at)
	})
	return out, err
}

// runs loads an application whose interviews the asker opens and hands over. ErrMissing, ErrRole.
func (is *Interviews) runs(ctx context.Context, tx db.Tx, who actor.Actor, app opening.ApplicationID) (opening.Application, error) {
	a, err := is.Openings.LoadApplicationIn(ctx, tx, who, app)
	if errors.Is(err, opening.ErrMissing) {
		return a, ErrMissing
	}
	if err == nil && (who.Kind != actor.Member || a.Blind || !a.Opening.MayManage(who) && !a.Opening.MayDecide(who)) {
		err = ErrRole
	}
	return a, err
}

// askable says whether a member can be the one who asks: active, and around the opening. ErrInvalid on member.
func (is *Interviews) askable(ctx context.Context, tx db.Tx, o opening.ID, m org.MemberID) error {
	list, err := is.AskersIn(ctx, tx, o)
	if err != nil {
		return err
	}
	for _, x := range list {
		if x.ID == m {
			return nil
		}
	}
	return problem.Field("member", "Choose somebody who has a role in this opening.")
}

// AskersIn are the members who can be named to ask: those with a role in the opening other than watching, who are there.
func (is *Interviews) AskersIn(ctx context.Context, tx db.Tx, o opening.ID) ([]org.Member, error) {
	team, err := is.Openings.Team(ctx, tx, o)
	if err != nil {
		return nil, err
	}
	may := map[string]bool{}
	for _, t := range team {
		may[t.Member] = may[t.Member] || t.Role != opening.Observer
	}
	members, err := is.Orgs.MembersIn(ctx, tx)
	var out []org.Member
	for _, m := range members {
		if may[m.ID] && m.State == org.Active {
			out = append(out, m)
		}
	}
	return out, err
}

// work is the newest attempt of an application that was sent. ErrNoWork.
func (is *Interviews) work(ctx context.Context, tx db.Tx, a opening.Application) (attempt.Attempt, error) {
	list, err := is.Attempts.Of(ctx, tx, a.ID)
	if err != nil || a.Status != opening.Active {
		return attempt.Attempt{}, errors.Join(err, ErrNoWork)
	}
	for _, at := range list {
		if at.State == "submitted" {
			return at, nil
		}
	}
	return attempt.Attempt{}, ErrNoWork
}

// add keeps a new interview. ErrThere.
func (is *Interviews) add(ctx context.Context, tx db.Tx, who actor.Actor, at attempt.Attempt, o opening.ID, a Agreed, itemKey, anchor string, s State) (Interview, error) {
	now := is.DB.Now()
	due := time.Time{}
	if s == Ours {
		cal, err := is.Orgs.CalendarIn(ctx, tx)
		if err != nil {
			return Interview{}, err
		}
		due = promise.Due(now, a.AskDays, cal)
	}
	q, key := query.New(tx), id.New("itv", now)
	for length := range 40 {
		n, err := q.Add(ctx, query.AddParams{OrgID: tx.Org, ID: key, Code: id.Code(4 + length/10), AttemptID: string(at.ID), ApplicationID: string(at.Application), OpeningID: string(o),
			MemberID: a.Member, Rounds: int64(a.Rounds), AnswerDays: int64(a.AnswerDays), AskDays: int64(a.AskDays), Item: itemKey, Anchor: anchor, State: string(s),
			Since: clock.Milli(now), DueAt: clock.Milli(due), OpenedBy: who.ID})
		if err != nil {
			return Interview{}, err
		}
		there, err := is.Of(ctx, tx, at.ID)
		if n == 0 && err == nil {
			return there, ErrThere
		}
		if n == 0 && errors.Is(err, ErrMissing) {
			continue // the code was taken
		}
		if err != nil {
			return Interview{}, err
		}
		return there, audit.Record(ctx, tx, now, who, "interview.open", string(at.Application), audit.Facts{"interview": key, "member": a.Member, "rounds": fmt.Sprint(a.Rounds)})
	}
	return Interview{}, fmt.Errorf("interview: no free code for %s", at.ID)
}

// begun owes the first question.
func (is *Interviews) begun(ctx context.Context, tx db.Tx, v Interview, at attempt.Attempt) error {
	now := is.DB.Now()
	if err := is.owe(ctx, tx, v, at, now); err != nil {
		return err
	}
	if err := is.tell(ctx, tx, v, now); err != nil {
		return err
	}
	return Begun.Announce(ctx, is.Jobs, tx, v.note(tx.Org, now))
}

// owe promises the next question; the caller's guarded write makes it once. The reply stands still no longer than that is due where the interview was
// agreed on from the beginning, else it goes on in our turn.
func (is *Interviews) owe(ctx context.Context, tx db.Tx, v Interview, at attempt.Attempt, now time.Time) error {
	cal, err := is.Orgs.CalendarIn(ctx, tx)
	if err != nil {
		return err
	}
	if v.Planned(at.Submitted) {
		err = is.Promises.Wait(ctx, tx, string(v.Application), now, promise.Due(now, v.AskDays, cal), cal)
	} else {
		err = is.Promises.GoOn(ctx, tx, string(v.Application), now, cal)
	}
	if err != nil {
		return err
	}
	return is.Promises.OweFor(ctx, tx, promise.Question, string(v.Application), string(v.ID), v.AskDays, now, cal)
}

// tell draws open pages anew.
func (is *Interviews) tell(ctx context.Context, tx db.Tx, v Interview, now time.Time) error {
	if err := live.Tell(ctx, tx, now, Told, string(v.Attempt)); err != nil {
		return err
	}
	return live.Tell(ctx, tx, now, Talked, tx.Org)
}

// submitted begins an interview that waited for the work.
func (is *Interviews) submitted(ctx context.Context, n attempt.SubmittedNote) error {
	return is.settle(ctx, n.Org, attempt.ID(n.Attempt))
}
