package interview

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"candor/internal/actor"
	"candor/internal/assessment"
	"candor/internal/attempt"
	"candor/internal/audit"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/id"
	"candor/internal/interview/internal/query"
	"candor/internal/opening"
	"candor/internal/org"
	"candor/internal/problem"
)

// PlanID is a plan's.
type PlanID string

// Plan is what an interview is as a stage: what is answered first, by whose rubric all of it is scored, and what is agreed on.
type Plan struct {
	ID      PlanID
	Version assessment.VersionID
	Agreed
}

// AddPlan keeps a plan; a plan never changes, for people are in it. ErrRole, ErrInvalid.
func (is *Interviews) AddPlan(ctx context.Context, who actor.Actor, v assessment.VersionID, a Agreed) (PlanID, error) {
	if err := org.Need(who, "opening.create"); err != nil {
		return "", err
	}
	if err := a.check(); err != nil {
		return "", err
	}
	version, err := is.Assessments.Version(ctx, who.Org, v)
	if errors.Is(err, assessment.ErrMissing) || err == nil && !version.Published {
		return "", problem.Field("version", "Choose a published assessment.")
	}
	if err != nil {
		return "", err
	}
	now := is.DB.Now()
	key := id.New("ipl", now)
	return PlanID(key), is.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		m, err := is.Orgs.Member(ctx, tx, a.Member)
		if errors.Is(err, org.ErrMissing) || err == nil && m.State != org.Active {
			return problem.Field("member", "Choose somebody of your organisation.")
		}
		if err != nil {
			return err
		}
		if err := query.New(tx).AddPlan(ctx, query.AddPlanParams{OrgID: tx.Org, ID: key, VersionID: string(v), MemberID: a.Member, Rounds: int64(a.Rounds), AnswerDays: int64(a.AnswerDays),
			AskDays: int64(a.AskDays), CreatedAt: clock.Milli(now), CreatedBy: who.ID}); err != nil {
			return err
		}
		return audit.Record(ctx, tx, now, who, "interview.plan", key, audit.Facts{"version": string(v), "member": a.Member, "rounds": fmt.Sprint(a.Rounds)})
	})
}

// PlanIn reads a plan. ErrMissing.
func (is *Interviews) PlanIn(ctx context.Context, tx db.Tx, p PlanID) (Plan, error) {
	r, err := query.New(tx).Plan(ctx, tx.Org, string(p))
	if errors.Is(err, sql.ErrNoRows) {
		return Plan{}, ErrMissing
	}
	return Plan{PlanID(r.ID), assessment.VersionID(r.VersionID), Agreed{r.MemberID, int(r.Rounds), int(r.AnswerDays), int(r.AskDays)}}, err
}

// Format is the format "interview" of a stage: opening.Format. What is answered first is an attempt like any other; the interview waits for it.
type Format struct{ Interviews *Interviews }

// Name is the word.
func (Format) Name() string { return "interview" }

func (f Format) plan(ctx context.Context, o, ref string) (p Plan, err error) {
	err = f.Interviews.DB.Read(ctx, o, func(tx db.Tx) error {
		p, err = f.Interviews.PlanIn(ctx, tx, PlanID(ref))
		return err
	})
	return p, err
}

// Describe says what a plan asks for: what is answered first, and as many questions as may follow. ErrMissing.
func (f Format) Describe(ctx context.Context, o, ref string) (opening.Described, error) {
	p, err := f.plan(ctx, o, ref)
	if err != nil {
		return opening.Described{}, err
	}
	d, err := attempt.Format{Attempts: f.Interviews.Attempts}.Describe(ctx, o, string(p.Version))
	d.Minutes += p.Rounds * Minutes
	d.Rounds = p.Rounds
	return d, err
}

// Start makes the attempt, and the interview that waits for it, once.
func (f Format) Start(ctx context.Context, tx db.Tx, inv opening.Invitation) error {
	is := f.Interviews
	p, err := is.PlanIn(ctx, tx, PlanID(inv.Ref))
	if err != nil {
		return err
	}
	first := inv
	first.Ref = string(p.Version)
	if err := (attempt.Format{Attempts: is.Attempts}).Start(ctx, tx, first); err != nil {
		return err
	}
	list, err := is.Attempts.Of(ctx, tx, inv.Application)
	if err != nil {
		return err
	}
	for _, a := range list {
		if a.Invitation != inv.ID {
			continue
		}
		_, err := is.add(ctx, tx, actor.ForSystem(tx.Org, "interview.start"), a, inv.Opening, p.Agreed, "", "", Waits)
		if errors.Is(err, ErrThere) {
			return nil
		}
		return err
	}
	return fmt.Errorf("interview: %s began no attempt", inv.ID)
}

// Running says whether a part was started.
func (f Format) Running(ctx context.Context, tx db.Tx, inv opening.Invitation) (bool, error) {
	return attempt.Format{Attempts: f.Interviews.Attempts}.Running(ctx, tx, inv)
}

// Began says whether a part was started, also if it is over: opening.Undoer.
func (f Format) Began(ctx context.Context, tx db.Tx, inv opening.Invitation) (bool, error) {
	return attempt.Format{Attempts: f.Interviews.Attempts}.Began(ctx, tx, inv)
}

// Undo removes the interview that waits, and its attempt: opening.Undoer.
func (f Format) Undo(ctx context.Context, tx db.Tx, inv opening.Invitation) error {
	n, err := query.New(tx).Undo(ctx, tx.Org, string(inv.ID))
	if err != nil {
		return err
	}
	if n == 0 {
		return opening.ErrBegan
	}
	return attempt.Format{Attempts: f.Interviews.Attempts}.Undo(ctx, tx, inv)
}

// Choices are the plans in words: opening.Chooser.
func (f Format) Choices(ctx context.Context, o string) ([]opening.Choice, error) {
	list, err := f.Interviews.Plans(ctx, o)
	var out []opening.Choice
	for _, p := range list {
		out = append(out, opening.Choice{Ref: string(p.ID), Text: p.Words()})
	}
	return out, err
}

// PlanView is a plan in the words of what it is made of.
type PlanView struct {
	Plan
	Title string // of the assessment
	Name  string // of who asks
}

// Words say what a plan is, in a line.
func (p PlanView) Words() string {
	return fmt.Sprintf("Interview in turns: %s, then up to %d questions back from %s", p.Title, p.Rounds, p.Name)
}

// Plans are an organisation's newest 100.
func (is *Interviews) Plans(ctx context.Context, o string) ([]PlanView, error) {
	var out []PlanView
	err := is.DB.Read(ctx, o, func(tx db.Tx) error {
		out = nil
		rows, err := query.New(tx).Plans(ctx, tx.Org)
		for _, r := range rows {
			m, err := is.Orgs.Member(ctx, tx, r.MemberID)
			if err != nil && !errors.Is(err, org.ErrMissing) {
				return err
			}
			out = append(out, PlanView{Plan{PlanID(r.ID), assessment.VersionID(r.VersionID), Agreed{r.MemberID, int(r.Rounds), int(r.AnswerDays), int(r.AskDays)}}, "", m.Name})
		}
		return err
	})
	for i := range out {
		v, verr := is.Assessments.Version(ctx, o, out[i].Version)
		if verr != nil {
			return nil, verr
		}
		out[i].Title = v.Title
	}
	return out, err
}
