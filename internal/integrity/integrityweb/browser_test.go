package integrityweb_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"candor/e2e/browser"
	"candor/internal/db/dbtest"
	"candor/internal/integrity/integritytest"
	"candor/internal/integrity/integrityweb"
	"candor/internal/markdown"
	"candor/internal/review/reviewtest"
	"candor/internal/review/reviewweb"
	"candor/internal/secret"
	"candor/internal/web"
	"candor/internal/web/ui/errorpage"
)

// serve shows a world to Mina.
func serve(t *testing.T, w *integritytest.World) string {
	t.Helper()
	mux := web.New(web.Config{Clock: w.DB.Clock, Key: secret.Of("web"), Log: slog.New(slog.DiscardHandler), ErrorPage: errorpage.Show, Auth: web.Auth{
		Staff: func(_ context.Context, _, o string) (web.Session, error) {
			who := w.Mina
			who.Session = "ses_1"
			return web.Session{Actor: who, Name: "Mina", Zone: "Europe/Lisbon", Org: web.Org{ID: o, Path: o, Name: "Tideway"}}, nil
		},
	}})
	mux.Handle(web.Route{Pattern: "GET /in", Action: "test.in", Auth: web.Anonymous, Tenant: web.NoTenant, Object: web.NoObject, Rate: web.RateRead}, func(w http.ResponseWriter, r *http.Request) error {
		http.SetCookie(w, &http.Cookie{Name: web.StaffCookie, Value: "mina", Path: "/", Secure: true, HttpOnly: true})
		_, err := w.Write([]byte("<!doctype html><html lang=en><title>in</title><link rel=icon href='" + web.Asset("icon.svg") + "'><h1>in</h1>"))
		return err
	})
	alike := &integrityweb.Pages{Integrity: w.Integrity}
	alike.Routes(mux)
	(&reviewweb.Pages{Reviews: w.Reviews, MD: markdown.New(3), Facts: alike.Facts}).Routes(mux)
	if err := mux.Start(); err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s.URL
}

// TestSideBySide: a reviewer scores two works, then reads on the scorecard that they are alike, and looks at both.
func TestSideBySide(t *testing.T) {
	d, tick := dbtest.Open(t, slices.Clone(integritytest.Schemas)...)
	w := integritytest.Make(t, d, tick)
	first := w.Crowd(7)[0]
	copied := w.Hand("Cora Copy", strings.ReplaceAll(integritytest.Essay(0), "because", "since"))
	url := serve(t, w)
	p := browser.New(t)
	p.Look(browser.Desk)
	p.Go(url + "/in")
	card := url + "/o/" + w.Org.ID + "/review/" + string(copied.Code)
	p.Go(card + "?item=tell-us")
	if p.Value(`document.body.innerText.includes("Like other work")`) != "false" {
		t.Error("the open scorecard tells what the work is like")
	}
	w.File(w.Mina, copied, reviewtest.Card(3, 2))
	p.Go(card + "?item=tell-us")
	p.Sees("One more opens when you have scored the other work.")
	w.File(w.Mina, first, reviewtest.Card(3, 2))
	p.Go(card + "?item=tell-us")
	p.Sees("Compared with the work of 7 other people.")
	p.Sees("Strong evidence")
	p.Axe()
	shots(p, "alike")
	p.Follow(`a[href*="/alike/tell-us"]`)
	p.Sees("What both have")
	p.Sees("Candidate " + string(first.Code))
	for _, name := range []string{"NumberA", "Cora"} {
		if strings.Contains(p.Value(`document.documentElement.outerHTML`), name) {
			t.Errorf("the page names %s", name)
		}
	}
	if p.Value(`document.querySelectorAll(".code .line.on").length > 1`) != "true" {
		t.Error("no line stands out")
	}
	p.Axe()
	shots(p, "side-by-side")
	p.Look(browser.View{Width: 390, Height: 844, Dark: true, Touch: true})
	p.Axe()
	p.Look(browser.Desk)
	p.Follow(`a[href^="#a-"]`)
	p.Until(`location.hash.startsWith("#a-answer.md-L")`)
	p.Go(url + "/o/" + w.Org.ID + "/review/" + string(copied.Code) + "/alike/tell-us?other=" + string(w.Hand("Uma Unlike", integritytest.Essay(77)).Code))
	p.Sees("not more alike than innocent work can be")
}

// shots keeps pictures where CANDOR_SHOTS says.
func shots(p *browser.Page, name string) {
	if dir := os.Getenv("CANDOR_SHOTS"); dir != "" {
		p.Shots(filepath.Clean(dir), name)
		p.Look(browser.Desk)
	}
}
