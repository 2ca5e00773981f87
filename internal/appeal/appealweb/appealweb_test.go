package appealweb_test

import (
	"context"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"candor/e2e/browser"
	"candor/internal/actor"
	"candor/internal/appeal"
	"candor/internal/appeal/appealweb"
	"candor/internal/db/dbtest"
	"candor/internal/feedback"
	"candor/internal/markdown"
	"candor/internal/opening"
	"candor/internal/review"
	"candor/internal/review/reviewtest"
	"candor/internal/review/reviewweb"
	"candor/internal/secret"
	"candor/internal/web"
	"candor/internal/web/ui/errorpage"
)

var ctx = context.Background()

// From the wish to the answer, in the pages: asked on a phone, read again blind and saved as one goes, answered beside the first scores with a
// warning on the way, read by the candidate as the preview showed it.
func TestASecondLookInTheBrowser(t *testing.T) {
	d, tick := dbtest.Open(t, append(slices.Clone[[]fs.FS](reviewtest.Schemas), feedback.Schema, appeal.Schema)...)
	s := reviewtest.Make(t, d, tick)
	f := &feedback.Feedbacks{DB: d, Jobs: s.Jobs, Orgs: s.Orgs, Openings: s.Openings, Promises: s.Promises, Reviews: s.Reviews}
	f.Listen(s.Jobs)
	as := &appeal.Appeals{DB: d, Jobs: s.Jobs, Orgs: s.Orgs, Openings: s.Openings, Promises: s.Promises, Reviews: s.Reviews, Feedbacks: f}
	as.Listen()
	who, att := s.Submit("Amara Okafor", "amara@mail.example")
	s.Drain()
	n := s.Round(string(att.ID))
	s.File(s.Mina, n, reviewtest.Card(1, 1))
	s.File(s.Jun, n, reviewtest.Card(2, 2))
	s.Drain()
	if _, _, err := f.Decide(ctx, s.Rosa, n.Application, feedback.Draft{Outcome: review.Reject, Reason: "No.", Body: "The middle is hard to follow."}, false); err != nil {
		t.Fatal(err)
	}
	s.Drain()
	sam := s.Member("Sam Second", "sam@tideway.example", []string{"reviewer"}, opening.Reviewer)
	people := map[string]actor.Actor{"amara": who, "sam": sam, "rosa": s.Rosa, "mina": s.Mina, "jun": s.Jun}
	mux := web.New(web.Config{Clock: d.Clock, Key: secret.Of("web"), Log: slog.New(slog.DiscardHandler), ErrorPage: errorpage.Show, Auth: web.Auth{
		Staff: func(_ context.Context, cookie, o string) (web.Session, error) {
			who, ok := people[cookie]
			if !ok || o != who.Org {
				return web.Session{}, web.ErrSignIn
			}
			who.Session = "ses_" + cookie
			return web.Session{Actor: who, Name: cookie, Zone: "Europe/Lisbon", Org: web.Org{ID: o, Path: o, Name: "Tideway"}}, nil
		},
		Candidate: func(_ context.Context, cookie string) (web.Session, error) {
			who, ok := people[cookie]
			if !ok {
				return web.Session{}, web.ErrSignIn
			}
			return web.Session{Actor: who, Zone: "Africa/Lagos", Org: web.Org{ID: who.Org, Path: who.Org, Name: "Tideway"}}, nil
		},
	}})
	mux.Handle(web.Route{Pattern: "GET /in/{who}", Action: "test.in", Auth: web.Anonymous, Tenant: web.NoTenant, Object: web.NoObject, Rate: web.RateRead},
		func(w http.ResponseWriter, r *http.Request) error {
			for _, name := range []string{web.StaffCookie, web.CandidateCookie} {
				http.SetCookie(w, &http.Cookie{Name: name, Value: r.PathValue("who"), Path: "/", Secure: true, HttpOnly: true})
			}
			_, err := io.WriteString(w, "<!doctype html><html lang=en><title>in</title><link rel=icon href='"+web.Asset("icon.svg")+"'><h1>in</h1>")
			return err
		})
	(&appealweb.Pages{Appeals: as}).Routes(mux)
	(&reviewweb.Pages{Reviews: s.Reviews, Appeals: as, MD: markdown.New(3)}).Routes(mux)
	if err := mux.Start(); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	at := func(path string) string { return server.URL + "/o/" + s.Org.ID + path }
	p := browser.New(t)
	look := func(name string) {
		t.Helper()
		phone := browser.Phone
		phone.Dark = true
		p.Look(phone)
		p.Axe()
		if wide := p.Value(`String(document.documentElement.scrollWidth > document.documentElement.clientWidth)`); wide != "false" {
			t.Errorf("%s is wider than a phone", name)
		}
		p.Look(browser.Desk)
		p.Axe()
		if dir := os.Getenv("CANDOR_SHOTS"); dir != "" {
			p.Shots(filepath.Clean(dir), name)
			p.Look(browser.Desk)
		}
	}

	p.Go(server.URL + "/in/amara")
	p.Go(server.URL + "/c/appeal")
	p.Sees("You may ask for a second look at this decision until Tue 8 Dec.")
	look("appeal-ask")
	p.Value(`String(document.querySelector("textarea").required = false)`)
	p.Follow("form .btn.primary")
	p.Sees("Say in a few sentences what was overlooked or misread.")
	p.Type("textarea[name=reason]", "The second answer was read as the third. appeal-canary")
	p.Follow("form .btn.primary")
	p.Sees("Somebody who has not seen the first scores has your work now.")
	look("appeal-open")

	// Sam: by code, blind, kept as they go, sent whole.
	p.Go(server.URL + "/in/sam")
	p.Go(at("/review"))
	p.Sees("To read a second time")
	look("appeal-queue-reader")
	p.Follow("a[href$='/second']")
	for _, never := range []string{"Amara", "appeal-canary", "clear at level", "Mina", "hard to follow"} {
		if body := p.Value(`document.documentElement.outerHTML`); strings.Contains(body, never) {
			t.Errorf("the blind second look holds %q", never)
		}
	}
	p.Click("#c\\.clear input[value='3']")
	p.Until(`document.querySelector("[data-save]").dataset.kind === "saved" && document.querySelector("[data-save-text]").textContent.startsWith("Saved ")`)
	look("appeal-second")
	p.Follow("[data-send]")
	p.Sees("Right: choose a level, or say why you can’t score it.")
	p.Go(at("/review/" + string(n.Code) + "/second")) // another tab: what was chosen is there
	p.Until(`document.querySelector("#c\\.clear input[value='3']").checked`)
	p.Click("#c\\.right input[value='2']")
	p.Follow("[data-send]")
	p.Sees("It stands beside the first scores, which you can read now.")
	p.Sees("Mina Kovač")
	look("appeal-second-sent")

	// Rosa: both beside each other, a warning, the preview, the answer.
	p.Go(server.URL + "/in/rosa")
	p.Go(at("/review"))
	p.Sees("Second looks to answer")
	p.Follow("a[href$='/appeal']")
	p.Sees("The second look is in.")
	p.Sees("appeal-canary")
	p.Sees("Sam Second had not seen the first scores")
	p.Click("input[value=uphold]")
	p.Type("textarea[name=why]", "It stands.")
	p.Type("textarea[name=answer]", "The second reader found the middle clear and the end not. You are not a good fit.")
	p.Until(`document.querySelector("#warned-answer .note")?.textContent.includes("not a good fit")`)
	look("appeal-answer")
	p.Follow("button[formaction*='/preview']")
	p.Sees("The decision stands.")
	shown := p.Value(`document.querySelector("#letter ~ .card").innerText`)
	p.Axe()
	p.Follow("form[data-autosave] .btn.primary")
	p.Sees("Answered, and the candidate has been told.")
	look("appeal-answered")
	s.Drain()
	p.Go(server.URL + "/in/amara")
	p.Go(server.URL + "/c/appeal")
	p.Sees("The decision stands.")
	if read := p.Value(`document.querySelector("#answer").closest(".card").querySelector(".pad").innerText`); read != shown {
		t.Errorf("the preview was %q, the candidate reads %q", shown, read)
	}
	look("appeal-told")
}
