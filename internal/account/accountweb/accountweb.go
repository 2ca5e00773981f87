// Package accountweb is how staff sign in, and what they see of themselves: the address, the link, the six digits, their sessions.
package accountweb

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/a-h/templ"

	"candor/internal/account"
	"candor/internal/db"
	"candor/internal/org"
	"candor/internal/problem"
	"candor/internal/secret"
	"candor/internal/web"
)

// Pages are these pages.
type Pages struct {
	Accounts *account.Accounts
	Orgs     *org.Orgs
	// Doors are the ways in of the organisation that somebody is on the way to, beside the mail; nil draws none.
	Doors func(ctx context.Context, next string) (templ.Component, error)
	// Mails says whether mail goes out; without it the sign-in page says who hands out links.
	Mails bool
}

// doorCookie binds a sign-in link to the browser that asked for it.
const doorCookie = "__Host-door"

// Routes declares them.
func (p *Pages) Routes(mux *web.Mux) {
	open := web.Route{Auth: web.Anonymous, Tenant: web.NoTenant, Object: web.NoObject, Rate: web.RateRead}
	door := open
	door.Rate = web.RateSignIn
	handle := func(r web.Route, pattern, action string, h web.Handler) {
		r.Pattern, r.Action = pattern, action
		mux.Handle(r, h)
	}
	handle(open, "GET /sign-in", "account.sign_in", p.ask)
	handle(door, "POST /sign-in", "account.ask", p.asked)
	handle(open, "GET /sign-in/sent", "account.sent", p.sent)
	code := open
	code.Rate = web.RateCode
	handle(code, "POST /sign-in/code", "account.code", p.code)
	link := web.Route{Auth: web.Link, Tenant: web.FromObject, Object: "link", Rate: web.RateCode}
	handle(link, "GET /sign-in/{secret}", "account.link", p.link)
	handle(link, "POST /sign-in/{secret}", "account.press", p.press)
	handle(link, "GET /setup/{secret}", "account.setup_page", p.setup)
	handle(link, "POST /setup/{secret}", "account.setup", p.found)
	me := web.Route{Auth: web.Staff, Roles: web.AnyMember, Tenant: web.NoTenant, Object: web.NoObject, Rate: web.RateRead}
	handle(me, "GET /{$}", "account.home", p.home)
	handle(me, "GET /me", "account.me", p.me)
	write := me
	write.Rate = web.RateWrite
	handle(write, "POST /me/sessions/{session}/revoke", "account.revoke", p.revoke)
	handle(write, "POST /sign-out", "account.sign_out", p.signOut)
}

// Staff is web.Auth.Staff: the session of the cookie, and where the path names an organisation, the member there.
func (p *Pages) Staff(accent func(org.Org) string) func(ctx context.Context, cookie, o string) (web.Session, error) {
	return func(ctx context.Context, cookie, o string) (web.Session, error) {
		s, err := p.Accounts.Session(ctx, cookie)
		if err != nil {
			return web.Session{}, err
		}
		out := web.Session{Name: s.Account.Name}
		out.Actor.Session = s.ID
		if o == "" {
			out.Actor.ID, out.Actor.Kind, out.Actor.Org = string(s.Account.ID), "account", s.Org
			return out, nil
		}
		if s.Org != "" && s.Org != o {
			return web.Session{}, org.ErrMissing // another organisation's service said who this is
		}
		who, m, err := p.Orgs.Actor(ctx, s.Account.ID, o)
		if err != nil {
			return web.Session{}, err
		}
		organisation, err := p.Orgs.ByID(ctx, o)
		if err != nil {
			return web.Session{}, err
		}
		who.Session = s.ID
		return web.Session{Actor: who, Name: m.Name, Zone: organisation.Zone, Org: web.Org{ID: o, Path: o, Name: organisation.Name, Accent: accent(organisation)}}, nil
	}
}

func (p *Pages) ask(w http.ResponseWriter, r *http.Request) error { return p.showAsk(w, r, "", nil) }

type askForm struct {
	Email string `form:"email" max:"254"`
	Next  string `form:"next"`
}

func (p *Pages) showAsk(w http.ResponseWriter, r *http.Request, email string, err error) error {
	prob, ok := problem.As(err)
	if err != nil && !ok {
		return err
	}
	v := askView{Page: web.PageOf(r, "Sign in"), Email: email, Mails: p.Mails, Problem: prob}
	if p.Doors != nil {
		doors, failed := p.Doors(r.Context(), web.Local(r.URL.Query().Get("next")))
		if failed != nil {
			return failed
		}
		v.Doors = doors
	}
	return web.ShowWith(w, r, err, askPage(v))
}

func (p *Pages) asked(w http.ResponseWriter, r *http.Request) error {
	var f askForm
	if err := web.ReadForm(r, &f); err != nil {
		return p.showAsk(w, r, f.Email, err)
	}
	browser := secret.Random()
	if err := p.Accounts.Ask(r.Context(), f.Email, browser); err != nil {
		return p.showAsk(w, r, f.Email, err)
	}
	web.SetCookie(w, doorCookie, browser, time.Now().Add(account.LinkLife))
	return web.Redirect(w, r, "/sign-in/sent", "")
}

func (p *Pages) sent(w http.ResponseWriter, r *http.Request) error { return p.showSent(w, r, nil) }

func (p *Pages) showSent(w http.ResponseWriter, r *http.Request, err error) error {
	prob, ok := problem.As(err)
	if err != nil && !ok {
		return err
	}
	return web.ShowWith(w, r, err, sentPage(sentView{Page: web.PageOf(r, "Look at your mail"), Mails: p.Mails, Problem: prob}))
}

func (p *Pages) code(w http.ResponseWriter, r *http.Request) error {
	var f struct {
		Code string `form:"code" max:"12"`
	}
	if err := web.ReadForm(r, &f); err != nil {
		return p.showSent(w, r, err)
	}
	cookie, err := p.Accounts.Type(r.Context(), f.Code, web.Cookie(r, doorCookie), r.UserAgent())
	if err != nil {
		return p.showSent(w, r, err)
	}
	return p.in(w, r, cookie)
}

func (p *Pages) in(w http.ResponseWriter, r *http.Request, cookie string) error {
	web.SetCookie(w, web.StaffCookie, cookie, time.Now().Add(account.Absolute))
	web.ClearCookie(w, doorCookie)
	return web.Redirect(w, r, "/", "")
}

func (p *Pages) look(r *http.Request) (l account.Link, err error) {
	err = p.Accounts.DB.InstallationRead(r.Context(), func(tx db.Tx) (err error) {
		l, err = p.Accounts.Look(r.Context(), tx, r.PathValue("secret"), web.Cookie(r, doorCookie))
		return err
	})
	return l, err
}

func (p *Pages) link(w http.ResponseWriter, r *http.Request) error {
	l, err := p.look(r)
	if err != nil {
		return err
	}
	v := linkView{Page: web.PageOf(r, "Sign in"), Elsewhere: !l.Bound, Join: l.Purpose == account.Member}
	if l.Purpose == account.Setup {
		return web.Redirect(w, r, "/setup/"+r.PathValue("secret"), "")
	}
	if v.Join {
		o, err := p.Orgs.ByID(r.Context(), l.Org)
		if err != nil {
			return account.ErrLink
		}
		v.Org = o.Name
	}
	return web.Show(w, r, linkPage(v))
}

func (p *Pages) press(w http.ResponseWriter, r *http.Request) error {
	l, err := p.look(r)
	if err != nil {
		return err
	}
	if l.Purpose == account.Member {
		cookie, _, err := p.Orgs.Accept(r.Context(), r.PathValue("secret"), r.UserAgent())
		if err != nil {
			return err
		}
		return p.in(w, r, cookie)
	}
	cookie, digits, err := p.Accounts.Press(r.Context(), r.PathValue("secret"), web.Cookie(r, doorCookie), r.UserAgent())
	if err != nil {
		return err
	}
	if digits != "" {
		return web.Show(w, r, digitsPage(digitsView{Page: web.PageOf(r, "Six digits"), Digits: digits}))
	}
	return p.in(w, r, cookie)
}

type setupForm struct {
	Organisation string `form:"organisation" max:"120"`
	Name         string `form:"name" max:"120"`
	Email        string `form:"email" max:"254"`
	Zone         string `form:"zone" max:"64"`
}

func (p *Pages) setup(w http.ResponseWriter, r *http.Request) error {
	l, err := p.look(r)
	if err != nil || l.Purpose != account.Setup {
		return errors.Join(err, account.ErrLink)
	}
	return p.showSetup(w, r, setupForm{Zone: "Europe/Berlin"}, nil)
}

func (p *Pages) showSetup(w http.ResponseWriter, r *http.Request, f setupForm, err error) error {
	prob, ok := problem.As(err)
	if err != nil && !ok {
		return err
	}
	return web.ShowWith(w, r, err, setupPage(setupView{Page: web.PageOf(r, "Set up Candor"), Form: f, Problem: prob}))
}

func (p *Pages) found(w http.ResponseWriter, r *http.Request) error {
	var f setupForm
	if err := web.ReadForm(r, &f); err != nil {
		return p.showSetup(w, r, f, err)
	}
	if _, err := time.LoadLocation(f.Zone); err != nil || f.Zone == "" {
		return p.showSetup(w, r, f, problem.Field("zone", "Choose a time zone such as Europe/Lisbon."))
	}
	cookie, _, err := p.Orgs.Setup(r.Context(), r.PathValue("secret"), f.Organisation, f.Email, f.Name, f.Zone, r.UserAgent())
	if err != nil {
		return p.showSetup(w, r, f, err)
	}
	return p.in(w, r, cookie)
}

func (p *Pages) session(r *http.Request) account.Session {
	who := web.Actor(r)
	return account.Session{ID: who.Session, Account: account.Account{ID: account.ID(who.ID)}, Org: who.Org}
}

// home leads to the one organisation, or lets a member of several choose.
func (p *Pages) home(w http.ResponseWriter, r *http.Request) error {
	s := p.session(r)
	list, err := p.Orgs.Of(r.Context(), s.Account.ID)
	if err != nil {
		return err
	}
	list = slices.DeleteFunc(list, func(o org.Org) bool { return s.Org != "" && s.Org != o.ID })
	if len(list) == 1 {
		return web.Redirect(w, r, "/o/"+list[0].ID, "")
	}
	return web.Show(w, r, homePage(homeView{Page: web.PageOf(r, "Your organisations"), Orgs: list}))
}

func (p *Pages) me(w http.ResponseWriter, r *http.Request) error {
	s := p.session(r)
	list, err := p.Accounts.List(r.Context(), s)
	if err != nil {
		return err
	}
	orgs, err := p.Orgs.Of(r.Context(), s.Account.ID)
	if err != nil {
		return err
	}
	orgs = slices.DeleteFunc(orgs, func(o org.Org) bool { return s.Org != "" && s.Org != o.ID })
	return web.Show(w, r, mePage(meView{Page: web.PageOf(r, "You"), Sessions: list, Orgs: orgs}))
}

func (p *Pages) revoke(w http.ResponseWriter, r *http.Request) error {
	if err := p.Accounts.Revoke(r.Context(), p.session(r), r.PathValue("session")); err != nil {
		return err
	}
	return web.Redirect(w, r, "/me", "That browser is signed out.")
}

func (p *Pages) signOut(w http.ResponseWriter, r *http.Request) error {
	s := p.session(r)
	if err := p.Accounts.Revoke(r.Context(), s, s.ID); err != nil && !errors.Is(err, account.ErrMissing) {
		return err
	}
	web.ClearCookie(w, web.StaffCookie)
	return web.Redirect(w, r, "/sign-in", "You are signed out.")
}

// agent is a browser in words, from its User-Agent; what is not known is shown as it is, shortened.
func agent(ua string) string {
	name := ""
	for _, b := range []struct{ in, is string }{{"Edg/", "Edge"}, {"Firefox/", "Firefox"}, {"Chrome/", "Chrome"}, {"Safari/", "Safari"}, {"curl/", "curl"}} {
		if strings.Contains(ua, b.in) {
			name = b.is
			break
		}
	}
	for _, s := range []struct{ in, is string }{{"Android", "Android"}, {"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Windows", "Windows"}, {"Mac OS", "macOS"}, {"Linux", "Linux"}} {
		if name != "" && strings.Contains(ua, s.in) {
			return name + " on " + s.is
		}
	}
	if name == "" && len(ua) > 40 {
		return ua[:40] + "…"
	}
	return name
}
