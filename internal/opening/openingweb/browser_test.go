package openingweb_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"candor/e2e/browser"
	"candor/internal/db"
	"candor/internal/opening"
	"candor/internal/promise"
	"candor/internal/review/reviewtest"
	"candor/internal/web"
)

// door signs the browser in as somebody of the world.
func (s site) door(p *browser.Page, who string) { p.Go(s.server.URL + "/in/" + who) }

func signIn(mux *web.Mux) {
	mux.Handle(web.Route{Pattern: "GET /in/{who}", Action: "test.in", Auth: web.Anonymous, Tenant: web.NoTenant, Object: web.NoObject, Rate: web.RateRead},
		func(w http.ResponseWriter, r *http.Request) error {
			http.SetCookie(w, &http.Cookie{Name: web.StaffCookie, Value: r.PathValue("who"), Path: "/", Secure: true, HttpOnly: true})
			_, err := w.Write([]byte("<!doctype html><html lang=en><title>in</title><link rel=icon href='" + web.Asset("icon.svg") + "'><h1>in</h1>"))
			return err
		})
}

// look checks a page on both gates' windows and keeps pictures where CANDOR_SHOTS says.
func look(p *browser.Page, name string) {
	p.Look(browser.Desk)
	p.Axe()
	phone := browser.Phone
	phone.Dark = true
	p.Look(phone)
	p.Axe()
	if wide := p.Value(`String(document.documentElement.scrollWidth > document.documentElement.clientWidth)`); wide != "false" {
		fmt.Println("wide:", name, wide)
	}
	if dir := os.Getenv("CANDOR_SHOTS"); dir != "" {
		p.Shots(filepath.Clean(dir), name)
	}
	p.Look(browser.Desk)
}

// people fills the opening as a good week would: every state once.
func (s site) people() {
	for i, name := range []string{"Amara Okafor", "Tomás Herrera", "Ingrid Solheim"} {
		n := s.Submitted(name, fmt.Sprintf("s%d@mail.example", i))
		if i > 0 {
			s.File(s.Mina, n, reviewtest.Card(3, 2))
		}
		if i == 1 {
			s.File(s.Jun, n, reviewtest.Card(4, 2))
		}
		s.Tick.Add(time.Hour)
	}
	s.Enter(s.Invite("Yusuf Demir", "yusuf@mail.example"))
	s.Begin(s.Enter(s.Invite("Mateo Rossi", "mateo@mail.example")), "writing")
	s.Invite("Priya Raman", "priya@mail.example")
	gone := s.Invite("Lena Fischer", "lena@mail.example")
	if err := s.Openings.Revoke(ctx, s.Owner, gone.ID); err != nil {
		s.T.Fatal(err)
	}
	hired := s.Submitted("Nils Berg", "nils@mail.example")
	err := s.DB.Write(ctx, s.Org.ID, func(tx db.Tx) error {
		if err := s.Promises.Keep(ctx, tx, promise.Reply, string(hired.Application), s.DB.Now()); err != nil {
			return err
		}
		return s.Openings.End(ctx, tx, s.Owner, hired.Application, opening.Hired)
	})
	if err != nil {
		s.T.Fatal(err)
	}
}

func TestTheRecruitersWayByBrowser(t *testing.T) {
	s := serve(t)
	p := browser.New(t)
	p.Look(browser.Desk)
	s.door(p, "rui")
	base := s.server.URL + "/o/" + s.Org.ID
	p.Go(base + "/openings")
	look(p, "openings")
	p.Go(base + s.here())
	look(p, "pipeline-empty")
	p.Go(base + s.here() + "/invite")
	p.Type("#name", "Amara Okafor")
	p.Type("#email", "amara@mail.example")
	look(p, "invite")
	p.Click("button[value=look]")
	p.Sees("Hello Amara Okafor")
	look(p, "invite-mail")
	p.Click("button[value=send]")
	p.Sees("Stages")
	look(p, "application")
	s.people()
	p.Go(base + s.here())
	look(p, "pipeline")
	s.Tick.Add(8 * 24 * time.Hour)
	p.Go(base + s.here())
	p.Sees("wait for a reply that is late")
	look(p, "pipeline-late")
	p.Go(base + s.here() + "/stages")
	look(p, "stages")
	p.Go(base + s.here() + "/team")
	look(p, "team")
	p.Go(base + s.here() + "/settings")
	look(p, "settings")
	p.Go(base + "/openings/new")
	look(p, "opening-new")
	p.Go(base + "/candidates")
	look(p, "candidates")
	p.Click("th a")
	look(p, "candidate")
}

func TestTheLinkByBrowser(t *testing.T) {
	s := serve(t)
	inv := s.Invite("Amara Okafor", "amara@mail.example")
	p := browser.New(t)
	p.Look(browser.Desk)
	p.Go(s.server.URL + "/i/" + s.Openings.Secret(inv))
	look(p, "link")
	s.Begin(s.Enter(inv), "writing")
	p.Allow("409")
	p.Click("main button[type=submit]")
	p.Sees("six digits")
	look(p, "link-code")
	p.Allow("404")
	p.Go(s.server.URL + "/i/AAAAAAAAAAAAAAAAAAAAAAAAAAA")
	look(p, "link-unknown")
}
