package paymentweb

import (
	"net/http"
	"time"

	"candor/internal/payment"
	"candor/internal/problem"
	"candor/internal/web"
)

// openView are the payments that are not made yet, of all openings that the asker runs.
type openView struct {
	Page  web.Page
	Base  string // of the organisation
	Lines []payment.OpenLine
	Next  payment.ID
	Zone  *time.Location
}

func (v openView) day(t time.Time) string { return t.Add(-time.Second).In(v.Zone).Format("2 Jan 2006") }

func (p *Pages) open(w http.ResponseWriter, r *http.Request) error {
	ctx, who := r.Context(), web.Actor(r)
	v := openView{Page: web.PageOf(r, "Open payments"), Base: "/o/" + web.SessionOf(r).Org.Path}
	var err error
	if v.Lines, v.Next, err = p.Payments.Open(ctx, who, payment.ID(r.URL.Query().Get("after"))); err != nil {
		return err
	}
	o, err := p.Orgs.ByID(ctx, who.Org)
	if err != nil {
		return err
	}
	v.Zone = o.Location()
	return web.Show(w, r, openPage(v))
}

// What programs read. Where the money goes is not among it.
type (
	wirePayment struct {
		ID          string `json:"id"`
		Application string `json:"application"`
		Opening     string `json:"opening"`
		Stage       string `json:"stage"`
		State       string `json:"state"`        // accepted or due
		Minor       int64  `json:"amount_minor"` // in the currency's smaller unit
		Currency    string `json:"currency"`
		Production  bool   `json:"production"` // the work is used
		Accepted    string `json:"accepted_at"`
		Due         string `json:"due_at,omitempty"` // the end of the promised day
	}
	wirePayments struct {
		Payments []wirePayment `json:"payments"`
		Next     string        `json:"next,omitempty"`
	}
)

func (p *Pages) api(mux *web.Mux) {
	mux.Handle(web.Route{Pattern: "GET /api/v1/o/{org}/payments", Action: "api.payments", Auth: web.Staff, Roles: web.AnyMember, Tenant: web.FromPath, Object: web.NoObject, Rate: web.RateAPI, Scope: "application:read",
		Filters: []string{"cursor"}, Out: wirePayments{}, Problems: []*problem.Problem{},
		About: "The payments that were accepted and are not made, of all openings that the token's maker runs, in the order of their offers. Those for work that they still have to score are left out, so a page may be short."}, p.apiOpen)
}

func (p *Pages) apiOpen(w http.ResponseWriter, r *http.Request) error {
	after, err := web.ReadCursor(r)
	if err != nil {
		return err
	}
	list, next, err := p.Payments.Open(r.Context(), web.Actor(r), payment.ID(after))
	if err != nil {
		return err
	}
	out := wirePayments{Payments: []wirePayment{}}
	for _, l := range list {
		out.Payments = append(out.Payments, wirePayment{string(l.ID), string(l.Application), string(l.Opening), string(l.Stage), string(l.State), l.Money.Minor, l.Money.Currency, l.Production, at(l.Answered), at(l.Due)})
	}
	if out.Next, err = web.Cursor(r, string(next)); err != nil {
		return err
	}
	return web.JSON(w, r, out)
}
