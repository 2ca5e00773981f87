package interviewweb

import (
	"net/http"
	"net/url"
	"strings"

	"candor/internal/assessment"
	"candor/internal/attempt"
	"candor/internal/interview"
	"candor/internal/item"
	"candor/internal/opening"
	"candor/internal/org"
	"candor/internal/problem"
	"candor/internal/web"
	"candor/internal/web/ui/field"
)

// openView is the form that opens an interview.
type openView struct {
	Page    web.Page
	Here    string
	App     opening.Application
	Version *assessment.Version
	There   interview.Code // of the one that there is already; "" none
	NoWork  bool
	Members []org.Member
	Form    openForm
	Work    []answer // what was sent
	Problem *problem.Problem
	Fields  map[string]string
}

type openForm struct {
	Member     string `max:"64"`
	Rounds     int    `min:"0" max:"99"`
	AnswerDays int    `form:"answer_days" min:"0" max:"999"`
	AskDays    int    `form:"ask_days" min:"0" max:"99"`
	Item       string `max:"64"`
	Anchor     string `max:"200"`
}

// usual are what the form begins with.
var usual = openForm{Rounds: 3, AnswerDays: 3, AskDays: 2}

func (p *Pages) opening(w http.ResponseWriter, r *http.Request) error {
	return p.showOpening(w, r, usual, nil)
}

func (p *Pages) showOpening(w http.ResponseWriter, r *http.Request, f openForm, cause error) error {
	prob, err := problem.Shown(cause)
	if err != nil {
		return err
	}
	app := opening.ApplicationID(r.PathValue("application"))
	o, err := p.Interviews.Openable(r.Context(), web.Actor(r), app)
	if err != nil {
		return err
	}
	v := openView{Page: web.PageOf(r, "Open an interview"), Here: "/o/" + r.PathValue("org") + "/applications/" + string(app), App: o.App, Version: o.Version, There: o.There, NoWork: o.Version == nil, Members: o.Members,
		Form: f, Problem: prob, Fields: map[string]string{}}
	if prob != nil {
		v.Fields = prob.Fields
	}
	if o.Version != nil && o.There == "" {
		if cause == nil {
			v.Form.Item, v.Form.Anchor = wanted(r, o.Quote)
		}
		v.Work = p.sent(r, o, v.Form.Item, v.Here+"/interview")
	}
	return web.ShowWith(w, r, cause, openPage(v))
}

// sent are the answers, to choose a place of them; the one that is asked about is open.
func (p *Pages) sent(r *http.Request, o interview.Openable, open, here string) (out []answer) {
	for _, part := range o.Version.Parts {
		for _, it := range part.Items {
			if attempt.IsTurn(part.Key) {
				continue
			}
			w := answer{Key: it.Key, Title: it.Head.Title, Open: it.Key == open}
			if body := o.Work.Items[it.Key].Body; body != nil {
				w.Read = it.Kind.Read(it.Spec, item.ReadView{Ref: item.Ref{Org: web.Actor(r).Org, Version: string(o.Version.ID), Item: it.Key}, Body: body, Seed: o.Work.Attempt.Seed + it.Key, Candidate: true, Here: here,
					Query: url.Values{}, Link: p.link(r)})
			}
			out = append(out, w)
		}
	}
	return out
}

// items are the choices of the answer to begin with.
func (v openView) items() []field.Option {
	out := []field.Option{{Value: "", Text: "All of it"}}
	for _, p := range v.Version.Parts {
		for _, it := range p.Items {
			if !attempt.IsTurn(p.Key) {
				out = append(out, field.Option{Value: it.Key, Text: it.Head.Title})
			}
		}
	}
	return out
}

func (p *Pages) open(w http.ResponseWriter, r *http.Request) error {
	f := usual
	err := web.ReadForm(r, &f)
	var v interview.Interview
	if err == nil {
		v, err = p.Interviews.Open(r.Context(), web.Actor(r), opening.ApplicationID(r.PathValue("application")), interview.Agreed{Member: f.Member, Rounds: f.Rounds, AnswerDays: f.AnswerDays, AskDays: f.AskDays}, f.Item, strings.TrimSpace(f.Anchor))
	}
	if back(err) {
		return p.showOpening(w, r, f, err)
	}
	if err != nil {
		return err
	}
	return web.Redirect(w, r, base(r)+"/"+string(v.Code), "The interview is open. The first question is promised to the candidate.")
}
