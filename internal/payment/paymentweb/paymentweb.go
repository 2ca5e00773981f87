// Package paymentweb shows money that is promised for work: the candidate's offer and receipt, and the page of an opening where terms are set and
// payments are recorded, with a table for the accounts.
package paymentweb

import (
	"context"
	"encoding/csv"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"candor/internal/actor"
	"candor/internal/attempt"
	"candor/internal/db"
	"candor/internal/opening"
	"candor/internal/org"
	"candor/internal/payment"
	"candor/internal/problem"
	"candor/internal/web"
	"candor/internal/web/locale"
)

// Pages are these pages.
type Pages struct {
	Payments *payment.Payments
	Openings *opening.Openings
	Orgs     *org.Orgs
	Attempts *attempt.Attempts
}

// Routes declares them. Who may see what is decided by payment and by opening's loaders.
func (p *Pages) Routes(mux *web.Mux) {
	staff := web.Route{Auth: web.Staff, Roles: web.AnyMember, Tenant: web.FromPath, Object: "opening", Rate: web.RateRead}
	handle := func(r web.Route, pattern, action string, h web.Handler) {
		r.Pattern, r.Action = pattern, action
		mux.Handle(r, h)
	}
	const one = "/o/{org}/openings/{opening}/payments"
	list := staff
	list.Query = []string{"after"}
	handle(list, "GET "+one, "payment.list", p.list)
	table := staff
	table.Rate = web.RateExport
	handle(table, "GET "+one+"/table.csv", "payment.table", p.table)
	staff.Rate = web.RateWrite
	handle(staff, "POST "+one+"/terms", "payment.terms", p.terms)
	handle(staff, "POST "+one+"/{payment}/pay", "payment.pay", p.pay)
	all := list
	all.Object, all.Rate = web.NoObject, web.RateRead
	handle(all, "GET /o/{org}/payments", "payment.open", p.open)
	p.api(mux)
	own := web.Route{Auth: web.Candidate, Tenant: web.FromSession, Object: "payment", Rate: web.RateRead}
	handle(own, "GET /c/payment", "payment.own", p.own)
	own.Rate = web.RateWrite
	handle(own, "POST /c/payment", "payment.answer", p.answer)
}

// stateView is a stage with its terms as the page shows them.
type stateView struct {
	opening.Stage
	Terms payment.Terms
	Set   bool
	Form  termsForm
	Shown bool // the form came back
}

type termsForm struct {
	Stage      string
	Amount     string `max:"30"`
	Currency   string `max:"5"`
	Days       int
	Production bool
	Rights     string `max:"20000"`
	Step       string `max:"10"` // save or remove
}

type payForm struct {
	Proof string `max:"2000"`
}

type listView struct {
	Page    web.Page
	Opening opening.Opening
	Path    string
	Runs    bool // the asker sets terms and records payments
	Stages  []stateView
	Titles  map[opening.StageID]string
	Lines   []payment.Line
	Next    payment.ID
	Pays    payment.ID // whose form came back
	Proof   string
	Problem *problem.Problem
	Zone    *time.Location // the organisation's
}

func (p *Pages) list(w http.ResponseWriter, r *http.Request) error {
	return p.show(w, r, termsForm{}, "", "", nil)
}

func (p *Pages) show(w http.ResponseWriter, r *http.Request, f termsForm, pays payment.ID, proof string, cause error) error {
	prob, ok := problem.As(cause)
	if cause != nil && (!ok || errors.Is(cause, payment.ErrMissing)) { // what is not theirs is not there
		return cause
	}
	ctx, who := r.Context(), web.Actor(r)
	o, err := p.Openings.Load(ctx, who, opening.ID(r.PathValue("opening")))
	if err != nil {
		return err
	}
	v := listView{Page: web.PageOf(r, "Payments"), Opening: o, Path: "/o/" + web.SessionOf(r).Org.Path + "/openings/" + string(o.ID), Runs: o.MayManage(who), Titles: map[opening.StageID]string{},
		Pays: pays, Proof: proof, Problem: prob}
	if v.Lines, v.Next, err = p.Payments.List(ctx, who, o.ID, payment.ID(r.URL.Query().Get("after"))); err != nil {
		return err
	}
	all, err := p.Payments.Terms(ctx, who, o.ID)
	if err != nil {
		return err
	}
	err = p.Openings.DB.Read(ctx, who.Org, func(tx db.Tx) error {
		cal, err := p.Orgs.CalendarIn(ctx, tx)
		if err != nil {
			return err
		}
		v.Zone = cal.Zone
		stages, err := p.Openings.Stages(ctx, tx, o.ID)
		for _, s := range stages {
			v.Titles[s.ID] = s.Title
			x := stateView{Stage: s, Form: termsForm{Currency: "EUR", Days: 10}}
			for _, t := range all {
				if t.Stage == s.ID {
					x.Terms, x.Set = t, true
					x.Form = termsForm{Amount: t.Money.Amount(), Currency: t.Money.Currency, Days: t.Days, Production: t.Production, Rights: t.Rights}
				}
			}
			if f.Stage == string(s.ID) && prob != nil {
				x.Form, x.Shown = f, true
			}
			v.Stages = append(v.Stages, x)
		}
		return err
	})
	if err != nil {
		return err
	}
	return web.ShowWith(w, r, cause, listPage(v))
}

func (p *Pages) terms(w http.ResponseWriter, r *http.Request) error {
	var f termsForm
	if err := web.ReadForm(r, &f); err != nil {
		return p.show(w, r, f, "", "", err)
	}
	o := opening.ID(r.PathValue("opening"))
	t := payment.Terms{Stage: opening.StageID(f.Stage), Days: f.Days, Production: f.Production, Rights: f.Rights}
	if f.Step != "remove" {
		var err error
		if t.Money, err = payment.ReadMoney(f.Amount, f.Currency); err != nil {
			return p.show(w, r, f, "", "", err)
		}
	} else {
		t.Production = false // what is removed demands nothing: nobody is invited to it with that any more
	}
	if err := p.Payments.SetTerms(r.Context(), web.Actor(r), o, t); err != nil {
		return p.show(w, r, f, "", "", err)
	}
	return web.Redirect(w, r, p.path(r), "Saved, for invitations from now on. Whoever was offered something keeps that offer.")
}

func (p *Pages) path(r *http.Request) string {
	return "/o/" + web.SessionOf(r).Org.Path + "/openings/" + r.PathValue("opening") + "/payments"
}

func (p *Pages) pay(w http.ResponseWriter, r *http.Request) error {
	var f payForm
	id := payment.ID(r.PathValue("payment"))
	if err := web.ReadForm(r, &f); err != nil {
		return p.show(w, r, termsForm{}, id, f.Proof, err)
	}
	if err := p.Payments.Pay(r.Context(), web.Actor(r), opening.ID(r.PathValue("opening")), id, f.Proof); err != nil {
		return p.show(w, r, termsForm{}, id, f.Proof, err)
	}
	return web.Redirect(w, r, p.path(r), "Recorded. The candidate has a receipt.")
}

// table is what the accounts need of an opening, a line for each payment; amounts are whole minor units and in words of the currency.
func (p *Pages) table(w http.ResponseWriter, r *http.Request) error {
	ctx, who, o := r.Context(), web.Actor(r), opening.ID(r.PathValue("opening"))
	var all []payment.Line
	for after := payment.ID(""); ; {
		lines, next, err := p.Payments.List(ctx, who, o, after)
		if err != nil {
			return err
		}
		all = append(all, lines...)
		if after = next; next == "" {
			break
		}
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="payments.csv"`)
	c := csv.NewWriter(w)
	c.Write([]string{"payment", "name", "state", "amount_minor", "amount", "currency", "production", "offered_utc", "accepted_utc", "sent_utc", "due_utc", "paid_utc", "payee", "proof"})
	for _, l := range all {
		accepted := l.Answered
		if l.State == payment.Declined {
			accepted = time.Time{}
		}
		c.Write([]string{string(l.ID), cell(l.Name), string(l.State), strconv.FormatInt(l.Money.Minor, 10), l.Money.Amount(), l.Money.Currency, strconv.FormatBool(l.Production), at(l.Offered), at(accepted), at(l.Sent),
			at(l.Due), at(l.Paid), cell(l.Payee), cell(l.Proof)})
	}
	c.Flush()
	return c.Error()
}

func at(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// cell is a text that people typed as a table keeps it: no program takes it for a formula.
func cell(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}

// day is a day of the organisation's; a promise's end stands for the day it ends.
func (v listView) day(t time.Time) string { return t.Add(-time.Second).In(v.Zone).Format("2 Jan 2006") }

var stateWords = map[payment.State][3]string{payment.Offered: {"", "mail", "Offered"}, payment.Accepted: {"accent", "check", "Accepted"}, payment.Due: {"warn", "hourglass", "Due"},
	payment.Paid: {"ok", "check", "Paid"}, payment.Declined: {"", "circle-x", "Not wanted"}, payment.Void: {"", "circle-x", "Not owed"}}

// words are the texts of a language, with the keys of payment.
type words struct{ *locale.Locale }

func (w words) t(key string, pairs ...any) string { return w.T("payment."+key, pairs...) }

type ownView struct {
	words
	Page    web.Page
	Org     org.Org
	List    []payment.Payment
	Titles  map[opening.StageID]string
	Typed   string
	For     string // the stage whose form came back
	Problem *problem.Problem
}

func (v ownView) payee(p payment.Payment) string {
	if v.Problem != nil && v.For == string(p.Stage) {
		return v.Typed
	}
	return p.Payee
}

func (v ownView) day(t time.Time) string { return t.In(v.Page.Zone).Format("Mon 2 Jan 2006") }

// due is the last day of the promise, in the company's zone.
func (v ownView) due(p payment.Payment) string {
	return p.Due.Add(-time.Second).In(v.Org.Location()).Format("Mon 2 Jan 2006")
}

func (p *Pages) own(w http.ResponseWriter, r *http.Request) error {
	return p.showOwn(w, r, "", "", nil)
}

func (p *Pages) showOwn(w http.ResponseWriter, r *http.Request, stage, typed string, cause error) error {
	prob, err := problem.Shown(cause)
	if err != nil {
		return err
	}
	ctx, who := r.Context(), web.Actor(r)
	v := ownView{Page: web.PageOf(r, ""), Titles: map[opening.StageID]string{}, For: stage, Typed: typed, Problem: prob}
	v.words = words{locale.For(v.Page.Lang)}
	v.Page.Title = v.t("title")
	if v.Org, err = p.Orgs.ByID(ctx, who.Org); err != nil {
		return err
	}
	if v.List, err = p.Payments.Own(ctx, who); err != nil {
		return err
	}
	err = p.Openings.DB.Read(ctx, who.Org, func(tx db.Tx) error {
		for _, x := range v.List {
			stages, err := p.Openings.Stages(ctx, tx, x.Opening)
			if err != nil {
				return err
			}
			for _, s := range stages {
				v.Titles[s.ID] = s.Title
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return web.ShowWith(w, r, cause, ownPage(v))
}

func (p *Pages) answer(w http.ResponseWriter, r *http.Request) error {
	var f struct {
		Stage string `max:"64"`
		Payee string `max:"5000"`
		Step  string `max:"10"` // accept or decline
	}
	if err := web.ReadForm(r, &f); err != nil {
		return p.showOwn(w, r, f.Stage, f.Payee, err)
	}
	ctx, who, stage := r.Context(), web.Actor(r), opening.StageID(f.Stage)
	l := words{locale.For(web.PageOf(r, "").Lang)}
	if f.Step == "decline" {
		if err := p.Payments.Decline(ctx, who, stage); err != nil {
			return p.showOwn(w, r, f.Stage, f.Payee, err)
		}
		return web.Redirect(w, r, "/c/payment", l.t("declined_done"))
	}
	if err := p.Payments.Accept(ctx, who, stage, f.Payee); err != nil {
		return p.showOwn(w, r, f.Stage, f.Payee, err)
	}
	return web.Redirect(w, r, "/c/payment", l.t("accepted_done"))
}

// Terms are sentences about what is paid in the application of an invitation, for its first page. A candidate reads their own offer.
func (p *Pages) Terms(ctx context.Context, who actor.Actor, lang string) ([]string, error) {
	list, err := p.Payments.Own(ctx, who)
	if err != nil {
		return nil, err
	}
	l := words{locale.For(lang)}
	var out []string
	for _, x := range list {
		text := l.t("term", "money", x.Money.String(), "n", x.Days)
		if x.Production {
			text += " " + l.t("term_production")
		}
		out = append(out, text)
	}
	return out, nil
}
