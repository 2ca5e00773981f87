package appeal

import (
	"context"
	"strconv"
	"strings"
	"time"

	"candor/internal/actor"
	"candor/internal/appeal/internal/query"
	"candor/internal/audit"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/feedback"
	"candor/internal/job"
	"candor/internal/opening"
	"candor/internal/org"
	"candor/internal/problem"
	"candor/internal/promise"
	"candor/internal/review"
)

// Case is an appeal with all it rests on.
type Case struct {
	Appeal      Appeal
	Application opening.Application
	Reply       feedback.Reply // the no it is about
	First       review.Column  // the round's cards with their score
	Second      review.Second  // its card is empty before it is filed
	Reader      org.Member     // who looks, or looked; zero where nobody does
	Nobody      bool           // nobody is there who could
	Decides     bool           // the asker may answer
	Last        bool           // it was the last stage: whoever goes on is offered the position
	Hears       time.Time      // when the candidate would, in their zone
}

// Load reads an application's newest appeal, for those who run or decide its opening and are not blind to it. ErrNone, review.ErrRole,
// review.ErrOwnFirst, opening.ErrMissing.
func (as *Appeals) Load(ctx context.Context, who actor.Actor, a opening.ApplicationID) (*Case, error) {
	c := &Case{}
	var code review.Code
	err := as.DB.Read(ctx, who.Org, func(tx db.Tx) (err error) {
		var n review.Round
		if c.Appeal, c.Application, n, err = as.load(ctx, tx, who, a, false); err != nil {
			return err
		}
		code, c.Decides = n.Code, c.Application.Opening.MayDecide(who)
		if c.Reply, err = as.Feedbacks.OfDecision(ctx, tx, c.Appeal.Decision); err != nil {
			return err
		}
		if c.Second, err = as.Reviews.SecondOf(ctx, tx, n); err != nil {
			return err
		}
		if c.Second.State != review.Looked {
			c.Second.Card = review.Card{} // nobody reads a card that is being written
		}
		if c.Second.ID != "" {
			if c.Reader, err = as.Orgs.Member(ctx, tx, c.Second.Member); err != nil {
				return err
			}
		} else {
			list, err := as.Reviews.Unseen(ctx, tx, n)
			if err != nil {
				return err
			}
			c.Nobody = len(list) == 0
		}
		stages, err := as.Openings.Stages(ctx, tx, c.Appeal.Opening)
		if err != nil {
			return err
		}
		c.Last = len(stages) > 0 && stages[len(stages)-1].ID == n.Stage
		c.Hears, err = as.Feedbacks.HeardIn(ctx, tx, c.Application)
		return err
	})
	if err != nil {
		return nil, err
	}
	if c.First, err = as.Reviews.Column(ctx, who, code); err != nil {
		return nil, err
	}
	return c, nil
}

// load is the newest appeal of an application, for those who run or decide its opening, or for those who decide alone.
func (as *Appeals) load(ctx context.Context, tx db.Tx, who actor.Actor, a opening.ApplicationID, decides bool) (Appeal, opening.Application, review.Round, error) {
	app, err := as.Openings.LoadApplicationIn(ctx, tx, who, a)
	switch {
	case err != nil:
		return Appeal{}, app, review.Round{}, err
	case !app.Opening.MayManage(who) && !app.Opening.MayDecide(who):
		return Appeal{}, app, review.Round{}, review.ErrRole
	case decides && !app.Opening.MayDecide(who):
		return Appeal{}, app, review.Round{}, review.ErrRole.Saying("The managers of this opening answer. Its recruiter can make you one.")
	case app.Blind:
		return Appeal{}, app, review.Round{}, review.ErrOwnFirst
	}
	list, err := as.Of(ctx, tx, a)
	if err == nil && len(list) == 0 {
		err = ErrNone
	}
	if err != nil {
		return Appeal{}, app, review.Round{}, err
	}
	n, err := as.Reviews.RoundOf(ctx, tx, list[0].Attempt)
	return list[0], app, n, err
}

func check(d Draft) error {
	switch {
	case d.Outcome != "" && d.Outcome != Uphold && d.Outcome != Change:
		return ErrOutcome.On("outcome", "Choose whether the decision stands.")
	case len([]rune(d.Why)) > MaxReason:
		return problem.Field("why", "This is longer than 2,000 characters.")
	case len([]rune(d.Answer)) > MaxAnswer:
		return problem.Field("answer", "This is longer than 5,000 characters.")
	}
	return nil
}

// Save keeps the draft of an answer as it stands in the page. Problems as Load, review.ErrRole, ErrClosed, ErrInvalid.
func (as *Appeals) Save(ctx context.Context, who actor.Actor, a opening.ApplicationID, d Draft) error {
	if err := check(d); err != nil {
		return err
	}
	return as.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		x, _, _, err := as.load(ctx, tx, who, a, true)
		if err != nil {
			return err
		}
		n, err := query.New(tx).Save(ctx, query.SaveParams{Outcome: d.Outcome, Why: d.Why, Answer: d.Answer, At: clock.Milli(as.DB.Now()), OrgID: tx.Org, ID: x.ID})
		if err == nil && n == 0 {
			err = ErrClosed
		}
		return err
	})
}

// Decide answers an appeal, for good: the decision stands, or it is changed and the candidate goes on. The draft is kept first. The update of
// the open appeal guards it. The candidate hears in their daytime, and the promise is kept then. Problems as Save, ErrReading, ErrOutcome,
// review.ErrReason, and of review.DecideIn and opening.Advance where they go on.
func (as *Appeals) Decide(ctx context.Context, who actor.Actor, a opening.ApplicationID, d Draft) (hears time.Time, err error) {
	if err := as.Save(ctx, who, a, d); err != nil {
		return hears, err
	}
	why, answer := strings.TrimSpace(d.Why), strings.TrimSpace(d.Answer)
	switch {
	case d.Outcome == "":
		return hears, ErrOutcome.On("outcome", "Choose whether the decision stands.")
	case why == "":
		return hears, review.ErrReason.On("why", "Say why, in a sentence. The team reads it, the candidate does not.")
	case answer == "":
		return hears, problem.Field("answer", "Write what the second look found, and answer what they said.")
	}
	err = as.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		if err := as.Reviews.HoldRounds(ctx, tx, a); err != nil {
			return err
		}
		x, app, n, err := as.load(ctx, tx, who, a, true)
		if err != nil {
			return err
		}
		s, err := as.Reviews.SecondOf(ctx, tx, n)
		if err != nil {
			return err
		}
		alone := s.ID == ""
		if alone {
			list, err := as.Reviews.Unseen(ctx, tx, n)
			if err != nil {
				return err
			}
			alone = len(list) == 0
		}
		if !alone && s.State != review.Looked {
			return ErrReading
		}
		now := as.DB.Now()
		if hears, err = as.Feedbacks.HeardIn(ctx, tx, app); err != nil {
			return err
		}
		reason, err := audit.Reason(ctx, tx, now, string(a), why)
		if err != nil {
			return err
		}
		state := map[string]State{Uphold: Upheld, Change: Changed}[d.Outcome]
		done, err := query.New(tx).Answer(ctx, query.AnswerParams{State: string(state), Answer: answer, Alone: alone, ByMember: who.ID, ReasonID: reason, At: clock.Milli(now),
			TellAt: clock.Milli(hears), OrgID: tx.Org, ID: x.ID})
		if err == nil && done == 0 {
			err = ErrClosed
		}
		if err != nil {
			return err
		}
		facts := audit.Facts{"appeal": x.ID, "reason": reason}
		for c, n := range feedback.Counted(map[string]feedback.Warnings{"answer": feedback.Warn(answer)}) {
			facts[string(c)] = strconv.Itoa(n)
		}
		if err := audit.Record(ctx, tx, now, who, "appeal."+d.Outcome, string(a), facts); err != nil {
			return err
		}
		if state == Changed {
			if err := as.goOn(ctx, tx, who, x, why, answer); err != nil {
				return err
			}
		}
		if hears.After(now) {
			return tellTask.Enqueue(ctx, as.Jobs, tx, Note{tx.Org, x.ID, string(a)}, job.At(hears))
		}
		return as.tellIn(ctx, tx, x)
	})
	return hears, err
}

// goOn takes the no back and decides anew that they go on, with the answer as the reply.
func (as *Appeals) goOn(ctx context.Context, tx db.Tx, who actor.Actor, x Appeal, why, answer string) error {
	if err := as.Reviews.OverturnIn(ctx, tx, who, x.Decision); err != nil {
		return err
	}
	if err := as.Openings.Resume(ctx, tx, who, x.Application); err != nil {
		return err
	}
	_, _, err := as.Feedbacks.DecideIn(ctx, tx, who, x.Application, feedback.Draft{Outcome: review.Advance, Reason: why, Body: answer})
	return err
}

// tell is the job. It may run twice: then it changes nothing.
func (as *Appeals) tell(ctx context.Context, n Note) error {
	return as.DB.Write(ctx, n.Org, func(tx db.Tx) error {
		x, err := as.In(ctx, tx, n.Appeal)
		if err != nil {
			return err
		}
		return as.tellIn(ctx, tx, x)
	})
}

func (as *Appeals) tellIn(ctx context.Context, tx db.Tx, x Appeal) error {
	now := as.DB.Now()
	n, err := query.New(tx).Tell(ctx, tx.Org, x.ID, clock.Milli(now))
	if err != nil || n == 0 {
		return err
	}
	if err := as.Promises.KeepFor(ctx, tx, promise.Appeal, string(x.Application), x.ID, now); err != nil {
		return err
	}
	if err := audit.Record(ctx, tx, now, system(tx.Org), "appeal.told", string(x.Application), audit.Facts{"appeal": x.ID}); err != nil {
		return err
	}
	return Told.Announce(ctx, as.Jobs, tx, Note{tx.Org, x.ID, string(x.Application)})
}

// Waiting is a line of the appeals that wait for an answer.
type Waiting struct {
	Application opening.ApplicationID
	Name        string // "Candidate 7F3K" where the asker is blind
	Blind       bool
	Opening     string
	Due         time.Time
	Look        string // review.Asked, review.Looked, or "" while nobody has it
}

// ToAnswer are they, of openings that the asker runs or decides, the soonest due first, at most 50.
func (as *Appeals) ToAnswer(ctx context.Context, who actor.Actor) (out []Waiting, err error) {
	err = as.DB.Read(ctx, who.Org, func(tx db.Tx) error {
		rows, err := query.New(tx).Waiting(ctx, tx.Org, who.ID)
		if err != nil {
			return err
		}
		apps := make([]opening.ApplicationID, len(rows))
		for i, r := range rows {
			apps[i] = opening.ApplicationID(r.ApplicationID)
		}
		hidden, err := as.Reviews.Hidden(ctx, tx, who, apps)
		for i, r := range rows {
			w := Waiting{apps[i], r.Name, false, r.OpeningTitle, clock.Time(r.DueAt), r.Look}
			if _, w.Blind = hidden[apps[i]]; w.Blind {
				w.Name = "Candidate " + r.Code
			}
			out = append(out, w)
		}
		return err
	})
	return out, err
}
