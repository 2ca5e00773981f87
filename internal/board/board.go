// Package board is what is done to many applications of an opening at once, and what is taken out of it.
//
// An act begins with people whom somebody ticked by name, never with a rule or a mark: it takes ids, a member who asks, and a reason.
// Each application is asked of the noun that knows the act, in a transaction of its own, so that what cannot be done to one is said of
// that one and holds nobody else up. Whoever reads without names can neither tick nor export what they must not know.
package board

import (
	"context"
	"slices"
	"strings"
	"time"

	"candor/internal/actor"
	"candor/internal/attempt"
	"candor/internal/db"
	"candor/internal/feedback"
	"candor/internal/notify"
	"candor/internal/opening"
	"candor/internal/org"
	"candor/internal/problem"
	"candor/internal/review"
)

// Boards does it.
type Boards struct {
	DB        *db.DB
	Orgs      *org.Orgs
	Openings  *opening.Openings
	Attempts  *attempt.Attempts
	Reviews   *review.Reviews
	Feedbacks *feedback.Feedbacks
	Notify    *notify.Notify
}

// Act is what can be done to many.
type Act string

const (
	Time    Act = "time"    // a later end of their window
	Message Act = "message" // a mail
	Assign  Act = "assign"  // readers for what they sent
	Tag     Act = "tag"
	Untag   Act = "untag"
	Advance Act = "advance" // the decision, its reply and the next invitation
	Decline Act = "decline" // see Letters
)

var acts = []Act{Time, Message, Assign, Tag, Untag, Advance, Decline}

// MostPicks is how many are done at once; MostDeclines how many are declined, each with words of their own.
const (
	MostPicks    = 200
	MostDeclines = 50
)

var (
	// ErrNobody: nobody was ticked.
	ErrNobody = problem.New(problem.Invalid, "nobody_picked", "Tick at least one candidate.")
	// ErrMany: more than MostPicks, or MostDeclines.
	ErrMany = problem.New(problem.Invalid, "too_many_picked", "That is more than can be looked over on one page. Take fewer at a time.")
	// ErrAct: there is no such act.
	ErrAct = problem.New(problem.Invalid, "act", "Choose what to do.")
	// ErrPerson: only somebody who signed in acts.
	ErrPerson = problem.New(problem.Forbidden, "person_needed", "People decide here, one by one and by name. A program cannot.")
)

// Line is somebody who was ticked.
type Line struct {
	Application opening.ApplicationID
	Title       string
	Stage       opening.StageID
	Status      opening.Status
}

// Order is an act with what it needs; the others' fields are ignored.
type Order struct {
	Act    Act
	Key    string    // of the press: the same order twice writes to nobody twice
	Reason string    // Time, Assign, Advance
	By     time.Time // of Time; of Advance: the end of the next stage's window, zero is each stage's own
	Title  string    // of the Message
	Text   string
	Reader org.MemberID // "" spreads evenly
	Tag    string
}

// Result is what became of one.
type Result struct {
	Line
	Done bool
	Why  string // where it was not done
	Undo string // the decision or mail that can still be taken back; "" none
	When time.Time
}

// May says whether the asker may do an act in an opening: those who run it, and its managers what belongs to deciding.
func May(o opening.Opening, who actor.Actor, a Act) bool {
	if who.Kind != actor.Member {
		return false
	}
	switch a {
	case Time:
		return o.MayManage(who)
	case Advance, Decline:
		return o.MayDecide(who)
	case Message, Assign, Tag, Untag:
		return o.MayManage(who) || o.MayDecide(who)
	}
	return false
}

// Look reads who was ticked for an act, in that order and each once. Whom the asker must not know by name, or who is in another
// opening, is left out. ErrAct, ErrNobody, ErrMany, opening.ErrMissing, opening.ErrRole.
func (b *Boards) Look(ctx context.Context, who actor.Actor, o opening.ID, a Act, picks []opening.ApplicationID) ([]Line, error) {
	var out []Line
	err := b.DB.Read(ctx, who.Org, func(tx db.Tx) error {
		op, err := b.Openings.LoadIn(ctx, tx, who, o)
		switch {
		case err != nil:
			return err
		case !slices.Contains(acts, a):
			return ErrAct
		case !May(op, who, a):
			return opening.ErrRole
		case len(picks) > MostPicks || a == Decline && len(picks) > MostDeclines:
			return ErrMany
		}
		seen := map[opening.ApplicationID]bool{}
		for _, p := range picks {
			a, err := b.Openings.LoadApplicationIn(ctx, tx, who, p)
			if _, isProblem := problem.As(err); isProblem || err == nil && (a.Blind || a.Opening.ID != o || seen[p]) {
				continue
			}
			if err != nil {
				return err
			}
			seen[p] = true
			out = append(out, Line{p, a.Title(), a.Stage, a.Status})
		}
		return nil
	})
	if err == nil && len(out) == 0 {
		err = ErrNobody
	}
	return out, err
}

// Do does an order to those who were ticked and says of each what became of it. What is wrong with the order itself comes back before
// anything is done. ErrPerson, ErrAct, ErrNobody, ErrMany, ErrInvalid, opening.ErrMissing, opening.ErrRole.
func (b *Boards) Do(ctx context.Context, who actor.Actor, o opening.ID, picks []opening.ApplicationID, d Order) ([]Result, error) {
	if who.Kind != actor.Member {
		return nil, ErrPerson
	}
	lines, err := b.Look(ctx, who, o, d.Act, picks)
	if err != nil {
		return nil, err
	}
	d.Reason = strings.TrimSpace(d.Reason)
	if err := check(&d, b.DB.Now()); err != nil {
		return nil, err
	}
	return each(lines, func(l Line) (Result, error) { return b.one(ctx, who, l, d) })
}

// each does something to everybody; a problem is said of the one, a fault ends it. What was done before a fault stays, and doing all
// of it again changes only what was not.
func each(lines []Line, do func(Line) (Result, error)) ([]Result, error) {
	var out []Result
	for _, l := range lines {
		r, err := do(l)
		r.Line = l
		if p, isProblem := problem.As(err); isProblem {
			r.Why = said(p)
		} else if err != nil {
			return out, err
		}
		r.Done = err == nil
		out = append(out, r)
	}
	return out, nil
}

// said is a problem in a sentence: that of its field, where it has just one.
func said(p *problem.Problem) string {
	if len(p.Fields) == 1 {
		for _, text := range p.Fields {
			return text
		}
	}
	return p.Text
}

func check(d *Order, now time.Time) error {
	if d.Act == Time && !d.By.After(now) {
		return problem.Field("finish_by", "Choose a moment that is still to come.")
	}
	switch d.Act {
	case Time, Assign, Advance:
		if d.Reason == "" {
			return problem.Field("reason", "Say why, in a sentence. It is kept with each of them.")
		}
		if len([]rune(d.Reason)) > 500 {
			return problem.Field("reason", "Please say it in up to 500 characters.")
		}
	case Message:
		return notify.CheckMessage(d.Title, d.Text)
	case Tag, Untag:
		tag, err := opening.ReadTag(d.Tag)
		d.Tag = tag
		return err
	default:
		return ErrAct
	}
	return nil
}

func (b *Boards) one(ctx context.Context, who actor.Actor, l Line, d Order) (r Result, err error) {
	switch d.Act {
	case Time:
		return r, b.extend(ctx, who, l, d)
	case Message:
		r.Undo, err = b.Notify.Message(ctx, who, l.Application, d.Key, d.Title, d.Text)
		return r, err
	case Assign:
		return r, b.Reviews.Give(ctx, who, l.Application, d.Reader, d.Reason)
	case Tag, Untag:
		return r, b.Openings.Tag(ctx, who, l.Application, d.Tag, d.Act == Tag)
	case Advance:
		return b.advance(ctx, who, l, d)
	}
	return r, ErrAct
}

// errUninvited: there is no window to move.
var errUninvited = problem.New(problem.Conflict, "not_invited", "There is no invitation at this stage.")

// extend moves the window of the stage somebody stands at.
func (b *Boards) extend(ctx context.Context, who actor.Actor, l Line, d Order) error {
	var here opening.Invitation
	err := b.DB.Read(ctx, who.Org, func(tx db.Tx) error {
		all, err := b.Openings.InvitationsOf(ctx, tx, l.Application)
		for _, i := range all {
			if i.Stage == l.Stage && i.Replaced == "" {
				here = i
			}
		}
		return err
	})
	switch {
	case err != nil:
		return err
	case l.Status != opening.Active:
		return opening.ErrMoved.Saying("This application has ended.")
	case here.ID == "":
		return errUninvited
	}
	return b.Attempts.ExtendWindow(ctx, who, here.ID, d.By, d.Reason)
}

// errOtherDraft: somebody is writing something else.
var errOtherDraft = problem.New(problem.Conflict, "other_draft", "There is a draft with another decision. Look at it first.")

// advance decides with the reply that is written already, or else with the one that the scorecards make.
func (b *Boards) advance(ctx context.Context, who actor.Actor, l Line, d Order) (r Result, err error) {
	t, err := b.Feedbacks.Table(ctx, who, l.Application)
	if err != nil {
		return r, err
	}
	draft := t.Draft
	if draft.Outcome != "" && draft.Outcome != review.Advance {
		return r, errOtherDraft
	}
	draft.Outcome, draft.Reason = review.Advance, d.Reason
	if !d.By.IsZero() {
		draft.Next.By = d.By
	}
	made, at, err := b.Feedbacks.Decide(ctx, who, l.Application, draft, true)
	return Result{Undo: made.ID, When: at}, err
}

// Surroundings are what an act chooses from.
type Surroundings struct {
	Stages   map[opening.StageID]string
	Tags     []string
	Readers  []org.Member // of the opening's pool, who are there
	Managers []org.Member
}

// Surroundings reads them for somebody who sees the opening.
func (b *Boards) Surroundings(ctx context.Context, who actor.Actor, op opening.Opening) (Surroundings, error) {
	out := Surroundings{Stages: map[opening.StageID]string{}}
	err := b.DB.Read(ctx, who.Org, func(tx db.Tx) error {
		stages, err := b.Openings.Stages(ctx, tx, op.ID)
		if err != nil {
			return err
		}
		for _, s := range stages {
			out.Stages[s.ID] = s.Title
		}
		if out.Tags, err = b.Openings.KnownTags(ctx, tx, op.ID); err != nil {
			return err
		}
		team, err := b.Openings.Team(ctx, tx, op.ID)
		if err != nil {
			return err
		}
		all, err := b.Orgs.MembersIn(ctx, tx)
		for _, m := range all {
			if m.State == org.Active && slices.Contains(team, opening.TeamMember{Member: m.ID, Role: opening.Reviewer}) {
				out.Readers = append(out.Readers, m)
			}
			if m.State == org.Active && slices.Contains(team, opening.TeamMember{Member: m.ID, Role: opening.Manager}) {
				out.Managers = append(out.Managers, m)
			}
		}
		return err
	})
	return out, err
}
