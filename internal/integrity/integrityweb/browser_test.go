package integrityweb_test

import (
	"context"
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
	"candor/internal/attempt/attempttest"
	"candor/internal/attempt/attemptweb"
	"candor/internal/db"
	"candor/internal/db/dbtest"
	"candor/internal/feedback"
	"candor/internal/feedback/feedbackweb"
	"candor/internal/integrity"
	"candor/internal/integrity/integritytest"
	"candor/internal/integrity/integrityweb"
	"candor/internal/markdown"
	"candor/internal/notify"
	"candor/internal/opening"
	"candor/internal/review/reviewtest"
	"candor/internal/review/reviewweb"
	"candor/internal/secret"
	"candor/internal/web"
	"candor/internal/web/ui/errorpage"
)

// serve shows a world to its people and candidates. /in/NAME signs a member in.
func serve(t *testing.T, w *integritytest.World) string {
	t.Helper()
	people := map[string]actor.Actor{"mina": w.Mina, "sol": w.Sol, "rosa": w.Rosa}
	mux := web.New(web.Config{Clock: w.DB.Clock, Key: secret.Of("web"), Log: slog.New(slog.DiscardHandler), ErrorPage: errorpage.Show, Auth: web.Auth{
		Staff: func(_ context.Context, cookie, o string) (web.Session, error) {
			who, ok := people[cookie]
			if !ok {
				return web.Session{}, web.ErrSignIn
			}
			who.Session = "ses_" + cookie
			return web.Session{Actor: who, Name: cookie, Zone: "Europe/Lisbon", Org: web.Org{ID: o, Path: o, Name: "Tideway"}}, nil
		},
		Candidate: func(ctx context.Context, cookie string) (web.Session, error) {
			who, inv, err := w.Openings.CandidateSession(ctx, cookie)
			return web.Session{Actor: who, Zone: inv.Zone, Org: web.Org{ID: w.Org.ID, Path: w.Org.ID, Name: "Tideway"}}, err
		},
	}})
	in := func(pattern, cookie string) {
		mux.Handle(web.Route{Pattern: pattern, Action: "test.in", Auth: web.Anonymous, Tenant: web.NoTenant, Object: web.NoObject, Rate: web.RateRead}, func(w http.ResponseWriter, r *http.Request) error {
			http.SetCookie(w, &http.Cookie{Name: cookie, Value: r.PathValue("who"), Path: "/", Secure: true, HttpOnly: true})
			_, err := w.Write([]byte("<!doctype html><html lang=en><title>in</title><link rel=icon href='" + web.Asset("icon.svg") + "'><h1>in</h1>"))
			return err
		})
	}
	in("GET /in/{who}", web.StaffCookie)
	in("GET /enter/{who}", web.CandidateCookie)
	alike := &integrityweb.Pages{Integrity: w.Integrity}
	alike.Routes(mux)
	(&reviewweb.Pages{Reviews: w.Reviews, MD: markdown.New(3), Facts: alike.Facts}).Routes(mux)
	(&attemptweb.Pages{Attempts: w.Attempts, Openings: w.Openings, Orgs: w.Orgs, Kinds: attempttest.Kinds(), MD: markdown.New(3)}).Routes(mux)
	replies := &feedback.Feedbacks{DB: w.DB, Jobs: w.Jobs, Orgs: w.Orgs, Openings: w.Openings, Promises: w.Promises, Reviews: w.Reviews}
	replies.Listen(w.Jobs)
	letters := &notify.Notify{DB: w.DB, Orgs: w.Orgs, Openings: w.Openings, Candidates: w.Candidates}
	(&feedbackweb.Pages{DB: w.DB, Feedbacks: replies, Notify: letters}).Routes(mux)
	if err := mux.Start(); err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s.URL
}

// TestSideBySide: a reviewer scores two works, then reads on the scorecard that they are alike, and looks at both.
func TestSideBySide(t *testing.T) {
	d, tick := dbtest.Open(t, append(slices.Clone[[]fs.FS](integritytest.Schemas), feedback.Schema, notify.Schema)...)
	w := integritytest.Make(t, d, tick)
	first := w.Crowd(7)[0]
	copied := w.Hand("Cora Copy", strings.ReplaceAll(integritytest.Essay(0), "because", "since"))
	url := serve(t, w)
	p := browser.New(t)
	p.Look(browser.Desk)
	p.Go(url + "/in/mina")
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
	p.Click(`a[href^="#a-"]`)
	p.Until(`location.hash.startsWith("#a-answer.md-L")`)
	p.Go(url + "/o/" + w.Org.ID + "/review/" + string(copied.Code) + "/alike/tell-us?other=" + string(w.Hand("Uma Unlike", integritytest.Essay(77)).Code))
	p.Sees("not more alike than innocent work can be")
}

// TestACase: Mina asks after she scored, the candidate answers on a phone whose network comes and goes, Sol decides without a name and a score,
// and Rosa can decide again.
func TestACase(t *testing.T) {
	d, tick := dbtest.Open(t, append(slices.Clone[[]fs.FS](integritytest.Schemas), feedback.Schema, notify.Schema)...)
	w := integritytest.Make(t, d, tick)
	n, first, who := w.Copied()
	url := serve(t, w)
	staff := url + "/o/" + w.Org.ID
	p := browser.New(t)
	p.Look(browser.Desk)
	p.Go(url + "/in/mina")
	p.Go(staff + "/review/" + string(n.Code) + "?item=tell-us")
	p.Follow(`a[href$="/ask"]`)
	p.Axe()
	shots(p, "ask")
	p.Click(`button.primary`)
	p.Sees("Choose what the question rests on.")
	p.Click(`input[name=fact]`)
	p.Type(`textarea[name=question]`, "Most of this is in another text too. How did you come to it?")
	p.Value(`document.querySelector("select[name=contact]").value = "` + w.Cleo.ID + `"`)
	p.Value(`document.querySelector("select[name=decider]").value = "` + w.Sol.ID + `"`)
	p.Click(`button.primary`)
	p.Sees("The candidate has the turn until")
	p.Axe()
	shots(p, "case-waits")
	p.Go(url + "/in/rosa")
	p.Go(staff + "/decide/" + string(n.Application))
	p.Sees("A question to the candidate comes first.")
	p.Click("input[value=advance]")
	p.Type("textarea[name=reason]", "Clear throughout.")
	p.Click("form#decision .btn.primary")
	p.Until(`document.querySelector("[role=alert]")?.innerText.includes("Nothing is decided before they have answered")`)
	p.Go(staff + "/review")
	p.Sees("A question is open")

	var id integrity.CaseID
	if err := w.DB.Read(context.Background(), w.Org.ID, func(tx db.Tx) error {
		list, err := w.Integrity.CasesOf(context.Background(), tx, n.Application)
		id = list[0].ID
		return err
	}); err != nil {
		t.Fatal(err)
	}
	phone := browser.New(t)
	phone.Look(browser.View{Width: 390, Height: 844, Touch: true})
	phone.Go(url + "/enter/" + enter(t, w, who))
	page := url + "/c/questions/" + string(id)
	phone.Go(page)
	phone.Sees("How did you come to it?")
	phone.Axe()
	shots(phone, "question")
	phone.Look(browser.View{Width: 390, Height: 844, Touch: true})
	text := phone.Value(`document.documentElement.outerHTML`)
	for _, secret := range []string{string(first.Code), first.Attempt, "NumberA", "Mina", w.Mina.ID} {
		if strings.Contains(text, secret) {
			t.Errorf("the candidate's page holds %q, of somebody else", secret)
		}
	}
	if phone.Value(`document.querySelectorAll(".code .line.on").length > 0`) != "true" {
		t.Error("none of their own lines stands out")
	}
	phone.Type("textarea[name=answer]", "I, Cora, wrote it")
	phone.Until(`document.querySelector("[data-save]").dataset.kind === "saved" && document.querySelector("[data-save-text]").textContent.startsWith("Saved ")`)
	phone.Offline(true)
	phone.Type("textarea[name=answer]", " with a friend.")
	phone.Until(`document.querySelector("[data-save]").dataset.kind === "offline"`)
	phone.Click(`case-answer button.primary`) // nothing leaves the page
	phone.Until(`document.querySelector("textarea[name=answer]").value === "I, Cora, wrote it with a friend."`)
	phone.Offline(false)
	phone.Go(page) // and after a reload everything is there
	phone.Until(`document.querySelector("textarea[name=answer]").value === "I, Cora, wrote it with a friend."`)
	phone.Click(`case-answer button.primary`)
	phone.Sees("reads it now.")
	phone.Until(`document.querySelector("textarea[name=answer]").value === "" && localStorage.length === 0`)
	phone.Axe()

	p.Go(url + "/in/sol")
	p.Go(staff + "/cases")
	p.Follow(`a[href*="/cases/cas_"]`)
	p.Sees("wrote it with a friend")
	p.Axe()
	shots(p, "case-decide")
	for _, secret := range []string{"Cora", "Solid", "private-canary", "You kept to what you knew"} {
		if strings.Contains(p.Value(`document.documentElement.outerHTML`), secret) {
			t.Errorf("the second person sees %q", secret)
		}
	}
	p.Follow(`a[href$="/facts/0"]`)
	p.Sees("What both have")
	p.Axe()
	p.Go(staff + "/cases/" + string(id))
	p.Click(`input[value=explained]`)
	p.Type(`textarea[name=reason]`, "They worked in two, as the task allows.")
	p.Click(`form[action$="/settle"] .btn.primary`)
	p.Sees("Explained. Nothing of it stays.")
	phone.Go(page)
	phone.Sees("They worked in two, as the task allows.")
	phone.Axe()
	p.Go(url + "/in/rosa")
	p.Go(staff + "/review/" + string(n.Code) + "/cards")
	p.Sees("explained it. Nothing of it stays.")
	p.Go(staff + "/openings/" + string(w.Opening) + "/cases")
	p.Sees("Days from asking to the verdict")
	p.Axe()
	shots(p, "figures")
	p.Go(staff + "/decide/" + string(n.Application))
	p.Until(`document.querySelector("textarea[name=reason]").value === "Clear throughout."`)
	p.Click("form#decision .btn.primary")
	p.Sees("Decided")
}

// enter opens a candidate's link once more and gives the cookie of it.
func enter(t *testing.T, w *integritytest.World, who actor.Actor) string {
	t.Helper()
	ctx := context.Background()
	var inv opening.Invitation
	err := w.DB.Read(ctx, w.Org.ID, func(tx db.Tx) (err error) {
		inv, err = w.Openings.InvitationIn(ctx, tx, opening.InvitationID(who.ID))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	cookie, err := w.Openings.Enter(ctx, w.Openings.Secret(inv), "")
	if err != nil {
		t.Fatal(err)
	}
	return cookie
}

// shots keeps pictures where CANDOR_SHOTS says.
func shots(p *browser.Page, name string) {
	if dir := os.Getenv("CANDOR_SHOTS"); dir != "" {
		p.Shots(filepath.Clean(dir), name)
		p.Look(browser.Desk)
	}
}
