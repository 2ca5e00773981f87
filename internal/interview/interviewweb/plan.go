package interviewweb

import (
	"net/http"

	"candor/internal/assessment"
	"candor/internal/db"
	"candor/internal/interview"
	"candor/internal/org"
	"candor/internal/problem"
	"candor/internal/web"
	"candor/internal/web/ui/field"
)

// plansView are the interviews that stages can offer, and the form that makes another.
type plansView struct {
	Page     web.Page
	Base     string
	Plans    []interview.PlanView
	Versions []field.Option
	Members  []org.Member
	Form     planForm
	Problem  *problem.Problem
	Fields   map[string]string
}

type planForm struct {
	Version    string `max:"64"`
	Member     string `max:"64"`
	Rounds     int    `min:"0" max:"99"`
	AnswerDays int    `form:"answer_days" min:"0" max:"999"`
	AskDays    int    `form:"ask_days" min:"0" max:"99"`
}

var usualPlan = planForm{Rounds: usual.Rounds, AnswerDays: usual.AnswerDays, AskDays: usual.AskDays}

func (p *Pages) plans(w http.ResponseWriter, r *http.Request) error {
	return p.showPlans(w, r, usualPlan, nil)
}

func (p *Pages) showPlans(w http.ResponseWriter, r *http.Request, f planForm, cause error) error {
	prob, err := problem.Shown(cause)
	if err != nil {
		return err
	}
	ctx, who := r.Context(), web.Actor(r)
	v := plansView{Page: web.PageOf(r, "Interviews for stages"), Base: base(r), Form: f, Problem: prob, Fields: map[string]string{}}
	if prob != nil {
		v.Fields = prob.Fields
	}
	if v.Plans, err = p.Interviews.Plans(ctx, who.Org); err != nil {
		return err
	}
	err = p.Interviews.DB.Read(ctx, who.Org, func(tx db.Tx) error {
		all, err := p.Interviews.Orgs.MembersIn(ctx, tx)
		for _, m := range all {
			if m.State == org.Active {
				v.Members = append(v.Members, m)
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	list, err := p.Interviews.Assessments.Published(ctx, who)
	if err != nil {
		return err
	}
	for _, x := range list {
		v.Versions = append(v.Versions, field.Option{Value: string(x.ID), Text: x.Title + ", version " + itoa(x.Number)})
	}
	return web.ShowWith(w, r, cause, plansPage(v))
}

func (p *Pages) plan(w http.ResponseWriter, r *http.Request) error {
	f := usualPlan
	err := web.ReadForm(r, &f)
	if err == nil {
		_, err = p.Interviews.AddPlan(r.Context(), web.Actor(r), assessment.VersionID(f.Version), interview.Agreed{Member: f.Member, Rounds: f.Rounds, AnswerDays: f.AnswerDays, AskDays: f.AskDays})
	}
	if back(err) {
		return p.showPlans(w, r, f, err)
	}
	if err != nil {
		return err
	}
	return web.Redirect(w, r, base(r)+"/stages", "It is there. Choose it in a stage of an opening.")
}
