// Package tokenweb is the owner's page of the tokens with which programs ask.
package tokenweb

import (
	"net/http"
	"time"

	"candor/internal/db"
	"candor/internal/org"
	"candor/internal/problem"
	"candor/internal/token"
	"candor/internal/web"
)

// Pages are these pages.
type Pages struct {
	Tokens *token.Tokens
	Orgs   *org.Orgs
	URL    string // the public address
}

// Routes declares them.
func (p *Pages) Routes(mux *web.Mux) {
	handle := func(rate web.Rate, pattern, action string, h web.Handler) {
		mux.Handle(web.Route{Pattern: pattern, Action: action, Auth: web.Staff, Roles: org.Roles().Actions["token.change"], Tenant: web.FromPath, Object: "token", Rate: rate}, h)
	}
	handle(web.RateRead, "GET /o/{org}/tokens", "token.list", p.list)
	handle(web.RateWrite, "POST /o/{org}/tokens", "token.make", p.make)
	handle(web.RateWrite, "POST /o/{org}/tokens/{token}/revoke", "token.revoke", p.revoke)
}

type form struct {
	Name   string   `form:"name" max:"120"`
	Scopes []string `form:"scopes" max:"20"`
	Days   int      `form:"days"`
}

type view struct {
	Page    web.Page
	List    []token.Token
	Names   map[org.MemberID]string
	Form    form
	Problem *problem.Problem
	Secret  string // of the one that was made just now
	API     string // where programs ask
}

func (p *Pages) list(w http.ResponseWriter, r *http.Request) error {
	return p.show(w, r, form{Days: 90}, "", nil)
}

func (p *Pages) show(w http.ResponseWriter, r *http.Request, f form, secret string, err error) error {
	prob, ok := problem.As(err)
	if err != nil && !ok {
		return err
	}
	who := web.Actor(r)
	v := view{Page: web.PageOf(r, "Programs"), Names: map[org.MemberID]string{}, Form: f, Problem: prob, Secret: secret, API: p.URL + "/api/v1/o/" + who.Org}
	list, failed := p.Tokens.List(r.Context(), who)
	if failed != nil {
		return failed
	}
	v.List = list
	failed = p.Orgs.DB.Read(r.Context(), who.Org, func(tx db.Tx) error {
		members, err := p.Orgs.MembersIn(r.Context(), tx)
		for _, m := range members {
			v.Names[m.ID] = m.Name
		}
		return err
	})
	if failed != nil {
		return failed
	}
	return web.ShowWith(w, r, err, page(v))
}

// make shows the secret in its answer and nowhere else.
func (p *Pages) make(w http.ResponseWriter, r *http.Request) error {
	var f form
	if err := web.ReadForm(r, &f); err != nil {
		return p.show(w, r, f, "", err)
	}
	secret, err := p.Tokens.Make(r.Context(), web.Actor(r), f.Name, f.Scopes, f.Days)
	if err != nil {
		return p.show(w, r, f, "", err)
	}
	return p.show(w, r, form{Days: 90}, secret, nil)
}

func (p *Pages) revoke(w http.ResponseWriter, r *http.Request) error {
	if err := p.Tokens.Revoke(r.Context(), web.Actor(r), token.ID(r.PathValue("token"))); err != nil {
		return err
	}
	return web.Redirect(w, r, "/o/"+web.Actor(r).Org+"/tokens", "Revoked. It is not taken from now on.")
}

func day(pg web.Page, t time.Time) string { return t.In(pg.Zone).Format("2 Jan 2006") }
