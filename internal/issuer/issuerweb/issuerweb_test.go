package issuerweb_test

import (
	"context"
	"net/http/httptest"
	"net/netip"
	"os"
	"strings"
	"testing"

	"candor/e2e/browser"
	"candor/internal/actor"
	"candor/internal/app"
	"candor/internal/egress"
	"candor/internal/issuer/issuertest"
	"candor/internal/org"
	"candor/internal/web"
)

var ctx = context.Background()

// look checks a page on both gates' windows.
func look(t *testing.T, p *browser.Page, name string) {
	t.Helper()
	for _, v := range []browser.View{browser.Desk, {Width: browser.Phone.Width, Height: browser.Phone.Height, Touch: true, Dark: true}} {
		p.Look(v)
		p.Axe()
		if p.Value(`String(document.documentElement.scrollWidth > document.documentElement.clientWidth)`) != "false" {
			t.Errorf("%s scrolls sideways at %d px", name, v.Width)
		}
	}
	if dir := os.Getenv("CANDOR_SHOTS"); dir != "" {
		p.Shots(dir, name)
	}
	p.Look(browser.Desk)
}

// TestSigningInWithOnesCompany: an owner sets a real provider up, somebody she invited signs in with it, she connects her own account from within, and
// a stranger reads why not; the link by mail stands beside it throughout.
func TestSigningInWithOnesCompany(t *testing.T) {
	server := httptest.NewUnstartedServer(nil)
	address := "http://" + server.Listener.Addr().String()
	a, err := app.Open(ctx, app.Config{Data: t.TempDir(), URL: address})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	mux, err := a.Mux()
	if err != nil {
		t.Fatal(err)
	}
	server.Config.Handler = mux
	server.Start()
	t.Cleanup(server.Close)
	s := issuertest.Start(t, issuertest.Person{Subject: "ines", Name: "Ines Invited", Email: "ines@tideway.example"}, issuertest.Person{Subject: "ada", Name: "Ada Reyes", Email: "ada@tideway.example"},
		issuertest.Person{Subject: "sol", Name: "Sol Stranger", Email: "sol@else.example"})
	a.Issuers.Out, a.Issuers.Roots = egress.Out{Allow: func(a netip.AddrPort) bool { return a.Addr().IsLoopback() }}, s.Roots(nil)
	o, m, err := a.Orgs.Found(ctx, "Tideway", "ada@tideway.example", "Ada Reyes", "Europe/Lisbon")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Orgs.Invite(ctx, actor.Actor{Kind: actor.Member, ID: m.ID, Org: o.ID, Roles: m.Roles}, org.Member{Name: "Ines Invited", Email: "ines@tideway.example", Roles: []string{org.Author}}); err != nil {
		t.Fatal(err)
	}
	link, err := a.Accounts.AdminLink(ctx, "ada@tideway.example")
	if err != nil {
		t.Fatal(err)
	}

	p := browser.New(t)
	p.Trust()
	p.Go(address + "/sign-in/" + link)
	p.Follow("main form button")
	base := address + "/o/" + o.ID
	p.Go(base + "/issuers")
	p.Sees("Everybody signs in by mail.")
	look(t, p, "issuers-empty")
	p.Allow("422")
	p.Allow("409")
	p.Type("#url", "https://127.0.0.1:1")
	p.Type("#label", "Harbour account")
	p.Type("#client", issuertest.Client)
	p.Type("#secret", issuertest.Secret)
	p.Follow("aside button")
	p.Sees("does not answer as an OpenID Connect service")
	look(t, p, "issuers-silent")
	p.Value(`document.querySelector("#url").value = ` + "`" + s.URL + "`")
	p.Type("#secret", issuertest.Secret)
	p.Follow("aside button")
	p.Sees("What the service has to know")
	look(t, p, "issuer")
	back := p.Value(`[...document.querySelectorAll("main code")][0].textContent`)
	s.Let(strings.Trim(back, `"`))
	p.Follow(`form[action$="/check"] button`)
	p.Sees("It answers as it should.")

	// Ines never was here: the address that she was invited at lets her in.
	q := browser.New(t)
	q.Trust()
	q.Go(base + "/connect")
	q.Sees("Or we send you a link by mail")
	look(t, q, "sign-in")
	q.Follow(`a[href*="/sign-in/at/"]`)
	logIn(q, "ines")
	q.Sees("Connected since")
	look(t, q, "connect")
	if q.Value(`location.pathname`) != "/o/"+o.ID+"/connect" {
		t.Errorf("she came to %s", q.Value(`location.pathname`))
	}
	mail, err := a.Accounts.Session(ctx, q.Cookies(address)[web.StaffCookie])
	if err != nil || mail.Org != o.ID || mail.Account.Email != "ines@tideway.example" {
		t.Errorf("her session is %+v, %v", mail, err)
	}
	q.Follow(`form[action$="/end"] button`) // and with it what she signed in by
	q.Sees("Sign in")

	// A member by mail is told to connect, and does.
	q.Allow("403")
	q.Go(address + "/sign-in/at/" + o.ID)
	q.Follow(`a[href*="/sign-in/at/"]`)
	logIn(q, "ines")
	q.Sees("has not connected this service")
	r := browser.New(t)
	r.Trust()
	r.Allow("403")
	r.Go(address + "/sign-in/at/" + o.ID)
	r.Follow(`a[href*="/sign-in/at/"]`)
	logIn(r, "sol")
	r.Sees("You are not a member here.")
	look(t, r, "stranger")
	p.Go(base + "/connect")
	p.Follow(`form[action*="/connect/"] button`)
	p.Sees("You go there, say who you are")
	look(t, p, "connect-go")
	p.Follow("main a.primary")
	logIn(p, "ada")
	p.Sees("Connected since")
	p.Go(base + "/issuers")
	look(t, p, "issuers")
	p.Follow(`th a[href*="/issuers/"]`)
	p.Follow(`form[action$="/remove"] button`)
	p.Sees("Removed.")
}

func logIn(p *browser.Page, who string) {
	p.Sees("Log in")
	p.Type("#username", who)
	p.Type("#password", "password")
	p.Follow("form button")
}
