package trial

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"candor/internal/actor"
	"candor/internal/assessment"
	"candor/internal/attempt"
	"candor/internal/audit"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/id"
	"candor/internal/opening"
	"candor/internal/org"
	"candor/internal/payment"
	"candor/internal/problem"
	"candor/internal/review"
	"candor/internal/trial/internal/query"
)

// check says what cannot be agreed on. ErrInvalid.
func (t *Terms) check() error {
	t.Title, t.Scope = strings.TrimSpace(t.Title), strings.TrimSpace(t.Scope)
	switch n := len([]rune(t.Title)); {
	case n == 0 || n > 120:
		return problem.Field("title", "Give it a title of up to 120 characters.")
	case t.Scope == "":
		return problem.Field("scope", "Say what the work is, what it is not, and what a good end looks like.")
	case len([]rune(t.Scope)) > MostScope:
		return problem.Field("scope", fmt.Sprintf("This is longer than %d characters.", MostScope))
	case t.Days < 1 || t.Days > MostDays:
		return problem.Field("days", fmt.Sprintf("A trial takes 1 to %d working days.", MostDays))
	case t.Hours < 1 || t.Hours > MostHours:
		return problem.Field("hours", fmt.Sprintf("Agree on 1 to %d hours in all.", MostHours))
	case t.Hours > t.Days*8:
		return problem.Field("hours", fmt.Sprintf("That is more than 8 hours a day. Agree on at most %d, or on more days.", t.Days*8))
	case t.PayDays < 1 || t.PayDays > 60:
		return problem.Field("pay_days", "Promise to pay within 1 to 60 working days after the end.")
	}
	if _, ok := payment.Places(t.Money.Currency); !ok || t.Money.Minor <= 0 || t.Money.Minor > payment.MostMinor {
		return problem.Field("amount", "A work trial is paid: write an amount above 0 in a currency that is in use.")
	}
	return nil
}

// AddPlan keeps a plan; a plan never changes, for people are in it. ErrRole, ErrInvalid.
func (ts *Trials) AddPlan(ctx context.Context, who actor.Actor, t Terms) (PlanID, error) {
	if err := org.Need(who, "opening.create"); err != nil {
		return "", err
	}
	if err := t.check(); err != nil {
		return "", err
	}
	v, err := ts.Assessments.Version(ctx, who.Org, t.Version)
	if errors.Is(err, assessment.ErrMissing) || err == nil && !v.Published {
		return "", problem.Field("version", "Choose a published assessment.")
	}
	if err != nil {
		return "", err
	}
	for _, p := range v.Parts {
		if p.Timed > 0 {
			return "", problem.Field("version", "A work trial has no clock. Choose an assessment whose parts are not timed.")
		}
	}
	now := ts.DB.Now()
	key := id.New("tpl", now)
	return PlanID(key), ts.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		m, err := ts.Orgs.Member(ctx, tx, t.Host)
		if errors.Is(err, org.ErrMissing) || err == nil && m.State != org.Active {
			return problem.Field("host", "Choose somebody of your organisation.")
		}
		if err != nil {
			return err
		}
		if err := query.New(tx).AddPlan(ctx, query.AddPlanParams{OrgID: tx.Org, ID: key, Title: t.Title, Scope: t.Scope, VersionID: string(t.Version), HostID: t.Host, Days: int64(t.Days), Hours: int64(t.Hours),
			Amount: t.Money.Minor, Currency: t.Money.Currency, PayDays: int64(t.PayDays), Whole: t.Whole, CreatedAt: clock.Milli(now), CreatedBy: who.ID}); err != nil {
			return err
		}
		return audit.Record(ctx, tx, now, who, "trial.plan", key, audit.Facts{"version": string(t.Version), "member": t.Host, "days": fmt.Sprint(t.Days), "hours": fmt.Sprint(t.Hours), "money": t.Money.String()})
	})
}

// PlanIn reads a plan. ErrMissing.
func (ts *Trials) PlanIn(ctx context.Context, tx db.Tx, p PlanID) (Plan, error) {
	r, err := query.New(tx).Plan(ctx, tx.Org, string(p))
	if errors.Is(err, sql.ErrNoRows) {
		return Plan{}, ErrMissing
	}
	return planOf(r), err
}

func planOf(r query.PlanRow) Plan {
	return Plan{PlanID(r.ID), Terms{r.Title, r.Scope, assessment.VersionID(r.VersionID), r.HostID, int(r.Days), int(r.Hours), payment.Money{Minor: r.Amount, Currency: r.Currency}, int(r.PayDays), r.Whole}}
}

// PlanView is a plan with the name of who hosts it.
type PlanView struct {
	Plan
	Name string
}

// Words say what a plan is, in a line.
func (p PlanView) Words() string {
	days := "a working day"
	if p.Days > 1 {
		days = fmt.Sprintf("%d working days", p.Days)
	}
	return fmt.Sprintf("Work trial: %s, %s, %d hours, %s, hosted by %s", p.Title, days, p.Hours, p.Money, p.Name)
}

// Plans are an organisation's newest 100.
func (ts *Trials) Plans(ctx context.Context, o string) (out []PlanView, err error) {
	err = ts.DB.Read(ctx, o, func(tx db.Tx) error {
		rows, err := query.New(tx).Plans(ctx, tx.Org)
		for _, r := range rows {
			out = append(out, PlanView{planOf(query.PlanRow{ID: r.ID, Title: r.Title, Scope: r.Scope, VersionID: r.VersionID, HostID: r.HostID, Days: r.Days, Hours: r.Hours, Amount: r.Amount,
				Currency: r.Currency, PayDays: r.PayDays, Whole: r.Whole}), r.Name})
		}
		return err
	})
	return out, err
}

// Format is the format "trial" of a stage: opening.Format, opening.Chooser and payment.Payer.
type Format struct{ Trials *Trials }

// Name is the word.
func (Format) Name() string { return "trial" }

func (f Format) plan(ctx context.Context, o, ref string) (p Plan, err error) {
	err = f.Trials.DB.Read(ctx, o, func(tx db.Tx) error {
		p, err = f.Trials.PlanIn(ctx, tx, PlanID(ref))
		return err
	})
	return p, err
}

// Describe says what a plan asks for: its hours are what it takes. ErrMissing.
func (f Format) Describe(ctx context.Context, o, ref string) (opening.Described, error) {
	p, err := f.plan(ctx, o, ref)
	if err != nil {
		return opening.Described{}, err
	}
	d, err := attempt.Format{Attempts: f.Trials.Attempts}.Describe(ctx, o, string(p.Version))
	d.Title, d.Minutes = fmt.Sprintf("Work trial: %s (%s)", p.Title, p.Money), p.Hours*60
	return d, err
}

// Pays are the terms of a plan's payment.
func (f Format) Pays(ctx context.Context, tx db.Tx, ref string) (payment.Terms, error) {
	p, err := f.Trials.PlanIn(ctx, tx, PlanID(ref))
	return payment.Terms{Money: p.Money, Days: p.PayDays}, err
}

// Start makes the offer, and the attempt in which nothing can be started before it is accepted, once.
func (f Format) Start(ctx context.Context, tx db.Tx, inv opening.Invitation) error {
	ts := f.Trials
	p, err := ts.PlanIn(ctx, tx, PlanID(inv.Ref))
	if err != nil {
		return err
	}
	host, err := ts.host(ctx, tx, inv, p)
	if err != nil {
		return err
	}
	now := ts.DB.Now()
	key, who := id.New("trl", now), actor.ForSystem(tx.Org, "trial.start")
	n, err := query.New(tx).Add(ctx, query.AddParams{OrgID: tx.Org, ID: key, PlanID: string(p.ID), ApplicationID: string(inv.Application), OpeningID: string(inv.Opening), StageID: string(inv.Stage),
		InvitationID: string(inv.ID), HostID: host, OfferedAt: clock.Milli(now)})
	if err != nil || n == 0 {
		return err
	}
	inv.Ref = string(p.Version)
	if _, _, err := ts.Attempts.Make(ctx, tx, inv); err != nil {
		return err
	}
	if err := ts.Reviews.Know(ctx, tx, who, inv.Application, host); err != nil && !errors.Is(err, review.ErrBlind) {
		return err
	}
	return audit.Record(ctx, tx, now, who, "trial.offer", string(inv.Application), audit.Facts{"trial": key, "host": host})
}

// host is who hosts the trial of an invitation: whom its plan names where they can, else the first who decides, else any who can.
func (ts *Trials) host(ctx context.Context, tx db.Tx, inv opening.Invitation, p Plan) (org.MemberID, error) {
	list, err := ts.HostsIn(ctx, tx, inv.Application)
	if err != nil {
		return "", err
	}
	for _, m := range list {
		if m.ID == p.Host {
			return m.ID, nil
		}
	}
	if len(list) == 0 {
		return p.Host, nil // whoever runs the opening reads that the host cannot, and names another
	}
	return list[0].ID, nil
}

// HostsIn are the members who can host a trial of an application, those who decide first: with a role in the opening that knows names, there, and not
// reading the work without the name.
func (ts *Trials) HostsIn(ctx context.Context, tx db.Tx, a opening.ApplicationID) ([]org.Member, error) {
	app, err := ts.Openings.ApplicationIn(ctx, tx, a)
	if err != nil {
		return nil, err
	}
	team, err := ts.Openings.Team(ctx, tx, app.Opening.ID)
	if err != nil {
		return nil, err
	}
	members, err := ts.Orgs.MembersIn(ctx, tx)
	if err != nil {
		return nil, err
	}
	var out []org.Member
	seen := map[string]bool{}
	for _, role := range []opening.Role{opening.Manager, opening.Facilitator, opening.Recruiter} {
		for _, m := range members {
			has := false
			for _, t := range team {
				has = has || t.Member == m.ID && t.Role == role
			}
			if !has || seen[m.ID] || m.State != org.Active {
				continue
			}
			seen[m.ID] = true
			blind, _, err := ts.Reviews.Blind(ctx, tx, actor.Actor{Kind: actor.Member, Org: tx.Org, ID: m.ID}, a)
			if err != nil {
				return nil, err
			}
			if !blind {
				out = append(out, m)
			}
		}
	}
	return out, nil
}

// Running says whether a part was started.
func (f Format) Running(ctx context.Context, tx db.Tx, inv opening.Invitation) (bool, error) {
	return attempt.Format{Attempts: f.Trials.Attempts}.Running(ctx, tx, inv)
}

// Choices are the plans in words: opening.Chooser.
func (f Format) Choices(ctx context.Context, o string) ([]opening.Choice, error) {
	list, err := f.Trials.Plans(ctx, o)
	var out []opening.Choice
	for _, p := range list {
		out = append(out, opening.Choice{Ref: string(p.ID), Text: p.Words()})
	}
	return out, err
}
