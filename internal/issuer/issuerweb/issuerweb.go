// Package issuerweb is signing in with an organisation's own service: its buttons, the way there and back, the owner's pages of services, and each
// member's page of what they have connected.
package issuerweb

import (
	"net/http"
	"strings"
	"time"

	"candor/internal/account"
	"candor/internal/issuer"
	"candor/internal/org"
	"candor/internal/problem"
	"candor/internal/web"
)

// Pages are these pages.
type Pages struct {
	Issuers  *issuer.Issuers
	Accounts *account.Accounts
}

// tripCookie keeps what a way to an issuer and back is about.
const tripCookie = "__Host-trip"

// Routes declares them.
func (p *Pages) Routes(mux *web.Mux) {
	handle := func(action, rule string, rate web.Rate, pattern string, h web.Handler) {
		mux.Handle(web.Route{Pattern: pattern, Action: action, Auth: web.Staff, Roles: org.Roles().Actions[rule], Tenant: web.FromPath, Object: "issuer", Rate: rate}, h)
	}
	const one = "/o/{org}/issuers/{issuer}"
	handle("issuer.list", "issuer.change", web.RateRead, "GET /o/{org}/issuers", p.list)
	handle("issuer.add", "issuer.change", web.RateWrite, "POST /o/{org}/issuers", p.add)
	handle("issuer.read", "issuer.change", web.RateRead, "GET "+one, p.read)
	handle("issuer.change", "issuer.change", web.RateWrite, "POST "+one, p.change)
	handle("issuer.check", "issuer.change", web.RateWrite, "POST "+one+"/check", p.check)
	handle("issuer.remove", "issuer.change", web.RateWrite, "POST "+one+"/remove", p.remove)
	handle("issuer.connections", "member.list", web.RateRead, "GET /o/{org}/connect", p.connections)
	handle("issuer.connect", "member.list", web.RateWrite, "POST /o/{org}/connect/{issuer}", p.connect)
	handle("issuer.disconnect", "member.list", web.RateWrite, "POST /o/{org}/connect/{issuer}/end", p.disconnect)
	door := web.Route{Auth: web.Anonymous, Tenant: web.NoTenant, Object: "issuer", Rate: web.RateRead}
	open := func(rate web.Rate, pattern, action string, h web.Handler) {
		door.Pattern, door.Action, door.Rate = pattern, action, rate
		mux.Handle(door, h)
	}
	open(web.RateRead, "GET /sign-in/at/{org}", "issuer.doors", p.doors)
	open(web.RateSignIn, "GET /sign-in/at/{org}/{issuer}", "issuer.begin", p.begin)
	open(web.RateSignIn, "GET /sign-in/at/{org}/{issuer}/back", "issuer.back", p.back)
}

func id(r *http.Request) issuer.ID { return issuer.ID(r.PathValue("issuer")) }

func base(pg web.Page) string { return "/o/" + pg.Session.Org.Path }

type doorsView struct {
	Page    web.Page
	Org     org.ID
	Doors   []issuer.Door
	Next    string
	Problem *problem.Problem
}

// doors is an organisation's own sign-in page.
func (p *Pages) doors(w http.ResponseWriter, r *http.Request) error {
	return p.showDoors(w, r, r.URL.Query().Get("next"), nil)
}

func (p *Pages) showDoors(w http.ResponseWriter, r *http.Request, next string, err error) error {
	prob, ok := problem.As(err)
	if err != nil && !ok {
		return err
	}
	o := r.PathValue("org")
	doors, failed := p.Issuers.Doors(r.Context(), o)
	if failed != nil {
		return failed
	}
	return web.ShowWith(w, r, err, doorsPage(doorsView{web.PageOf(r, "Sign in"), o, doors, next, prob}))
}

// begin changes nothing here but the browser's cookie, so it is a link: a form may not lead to another site.
func (p *Pages) begin(w http.ResponseWriter, r *http.Request) error {
	next := web.Local(r.URL.Query().Get("next"))
	to, cookie, err := p.Issuers.Begin(r.Context(), r.PathValue("org"), id(r), "", next)
	if err != nil {
		return p.showDoors(w, r, next, err)
	}
	web.SetCookie(w, tripCookie, cookie, time.Now().Add(issuer.TripLife))
	http.Redirect(w, r, to, http.StatusSeeOther)
	return nil
}

// back is where the issuer sends people. What went wrong is said where they can begin again.
func (p *Pages) back(w http.ResponseWriter, r *http.Request) error {
	session, err := p.Accounts.Session(r.Context(), web.Cookie(r, web.StaffCookie))
	if _, refused := problem.As(err); err != nil && !refused {
		return err
	}
	o := r.PathValue("org")
	cookie, next, err := p.Issuers.Finish(r.Context(), o, id(r), web.Cookie(r, tripCookie), r.URL.Query(), session, r.UserAgent())
	web.ClearCookie(w, tripCookie)
	if err != nil {
		return p.showDoors(w, r, next, err)
	}
	if cookie == "" {
		return web.Redirect(w, r, "/o/"+o+"/connect", "Connected. From now on you can sign in with it.")
	}
	web.SetCookie(w, web.StaffCookie, cookie, time.Now().Add(account.Absolute))
	if next = web.Local(next); next == "/" {
		next = "/o/" + o
	}
	return web.Redirect(w, r, next, "")
}

type form struct {
	URL     string   `form:"url" max:"300"`
	Label   string   `form:"label" max:"60"`
	Client  string   `form:"client" max:"300"`
	Secret  string   `form:"secret" max:"500"`
	Domains string   `form:"domains" max:"2000"`
	Roles   []string `form:"roles" max:"10"`
}

func (f form) form() issuer.Form { return issuer.Form(f) }

type listView struct {
	Page    web.Page
	List    []issuer.Listed
	Form    form
	Problem *problem.Problem
}

func (p *Pages) list(w http.ResponseWriter, r *http.Request) error {
	return p.showList(w, r, form{Roles: []string{org.Reviewer}}, nil)
}

func (p *Pages) showList(w http.ResponseWriter, r *http.Request, f form, err error) error {
	prob, ok := problem.As(err)
	if err != nil && !ok {
		return err
	}
	list, failed := p.Issuers.List(r.Context(), web.Actor(r))
	if failed != nil {
		return failed
	}
	f.Secret = "" // what was typed is not sent back
	return web.ShowWith(w, r, err, listPage(listView{web.PageOf(r, "Signing in"), list, f, prob}))
}

func (p *Pages) add(w http.ResponseWriter, r *http.Request) error {
	var f form
	if err := web.ReadForm(r, &f); err != nil {
		return p.showList(w, r, f, err)
	}
	i, err := p.Issuers.Add(r.Context(), web.Actor(r), f.form())
	if err != nil {
		return p.showList(w, r, f, err)
	}
	return web.Redirect(w, r, "/o/"+web.Actor(r).Org+"/issuers/"+string(i), f.Label+" is set up.")
}

type oneView struct {
	Page    web.Page
	Issuer  issuer.Issuer
	Back    string
	Door    string
	Form    form
	Problem *problem.Problem
}

func (v oneView) href() string { return base(v.Page) + "/issuers/" + string(v.Issuer.ID) }

func (p *Pages) read(w http.ResponseWriter, r *http.Request) error {
	return p.showOne(w, r, nil, nil)
}

// showOne shows what was typed, or with f nil what is kept.
func (p *Pages) showOne(w http.ResponseWriter, r *http.Request, f *form, err error) error {
	prob, ok := problem.As(err)
	if err != nil && !ok {
		return err
	}
	x, failed := p.Issuers.Load(r.Context(), web.Actor(r), id(r))
	if failed != nil {
		return failed
	}
	if f == nil {
		f = &form{Label: x.Label, Client: x.Client, Domains: strings.Join(x.Domains, ", "), Roles: x.Roles}
	}
	f.Secret = ""
	o := web.Actor(r).Org
	return web.ShowWith(w, r, err, onePage(oneView{web.PageOf(r, x.Label), x, p.Issuers.Back(o, x.ID), p.Issuers.URL + "/sign-in/at/" + o, *f, prob}))
}

func (p *Pages) change(w http.ResponseWriter, r *http.Request) error {
	var f form
	if err := web.ReadForm(r, &f); err != nil {
		return p.showOne(w, r, &f, err)
	}
	if err := p.Issuers.Change(r.Context(), web.Actor(r), id(r), f.form()); err != nil {
		return p.showOne(w, r, &f, err)
	}
	return web.Redirect(w, r, "/o/"+web.Actor(r).Org+"/issuers/"+string(id(r)), "Saved. It holds at once.")
}

func (p *Pages) check(w http.ResponseWriter, r *http.Request) error {
	if err := p.Issuers.Check(r.Context(), web.Actor(r), id(r)); err != nil {
		return p.showOne(w, r, nil, err)
	}
	return web.Redirect(w, r, "/o/"+web.Actor(r).Org+"/issuers/"+string(id(r)), "It answers as it should.")
}

func (p *Pages) remove(w http.ResponseWriter, r *http.Request) error {
	if err := p.Issuers.Remove(r.Context(), web.Actor(r), id(r)); err != nil {
		return err
	}
	return web.Redirect(w, r, "/o/"+web.Actor(r).Org+"/issuers", "Removed. Whoever was signed in with it is signed out.")
}

type connectionsView struct {
	Page web.Page
	List []issuer.Connection
}

func (p *Pages) connections(w http.ResponseWriter, r *http.Request) error {
	list, err := p.Issuers.Connections(r.Context(), web.Actor(r))
	if err != nil {
		return err
	}
	return web.Show(w, r, connectionsPage(connectionsView{web.PageOf(r, "How you sign in"), list}))
}

type goView struct {
	Page  web.Page
	Label string
	To    string
}

// connect begins to connect whoever is signed in. It is a press, so that no other site can begin it; the page's link then leads there.
func (p *Pages) connect(w http.ResponseWriter, r *http.Request) error {
	session, err := p.Accounts.Session(r.Context(), web.Cookie(r, web.StaffCookie))
	if err != nil {
		return err
	}
	o := web.Actor(r).Org
	list, err := p.Issuers.Connections(r.Context(), web.Actor(r))
	if err != nil {
		return err
	}
	to, cookie, err := p.Issuers.Begin(r.Context(), o, id(r), session.Account.ID, "/o/"+o+"/connect")
	if err != nil {
		return err
	}
	v := goView{Page: web.PageOf(r, "Connect"), To: to}
	for _, c := range list {
		if c.ID == id(r) {
			v.Label = c.Label
		}
	}
	web.SetCookie(w, tripCookie, cookie, time.Now().Add(issuer.TripLife))
	return web.Show(w, r, goPage(v))
}

func (p *Pages) disconnect(w http.ResponseWriter, r *http.Request) error {
	if err := p.Issuers.Disconnect(r.Context(), web.Actor(r), id(r)); err != nil {
		return err
	}
	return web.Redirect(w, r, "/o/"+web.Actor(r).Org+"/connect", "Disconnected. The link by mail still works.")
}
