package feedbackweb_test

import (
	"context"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"candor/e2e/browser"
	"candor/internal/actor"
	"candor/internal/db/dbtest"
	"candor/internal/feedback"
	"candor/internal/feedback/feedbackweb"
	"candor/internal/markdown"
	"candor/internal/notify"
	"candor/internal/review"
	"candor/internal/review/reviewtest"
	"candor/internal/review/reviewweb"
	"candor/internal/secret"
	"candor/internal/web"
	"candor/internal/web/ui/errorpage"
)

var ctx = context.Background()

type site struct {
	*reviewtest.World
	f      *feedback.Feedbacks
	server *httptest.Server
	people map[string]actor.Actor // by the cookie they come with
}

func open(t *testing.T) site {
	t.Helper()
	d, tick := dbtest.Open(t, append(slices.Clone[[]fs.FS](reviewtest.Schemas), feedback.Schema, notify.Schema)...)
	s := site{World: reviewtest.Make(t, d, tick)}
	s.f = &feedback.Feedbacks{DB: d, Jobs: s.Jobs, Orgs: s.Orgs, Openings: s.Openings, Promises: s.Promises, Reviews: s.Reviews}
	s.f.Listen(s.Jobs)
	s.people = map[string]actor.Actor{"mina": s.Mina, "jun": s.Jun, "rosa": s.Rosa, "ada": s.Owner}
	mux := web.New(web.Config{Clock: d.Clock, Key: secret.Of("web"), Log: slog.New(slog.DiscardHandler), ErrorPage: errorpage.Show, Auth: web.Auth{
		Staff: func(_ context.Context, cookie, o string) (web.Session, error) {
			who, ok := s.people[cookie]
			if !ok {
				return web.Session{}, web.ErrSignIn
			}
			if o != who.Org {
				return web.Session{}, web.ErrMissing
			}
			who.Session = "ses_" + cookie
			return web.Session{Actor: who, Name: cookie, Zone: "Europe/Lisbon", Org: web.Org{ID: o, Path: o, Name: "Tideway"}}, nil
		},
	}})
	mux.Handle(web.Route{Pattern: "GET /in/{who}", Action: "test.in", Auth: web.Anonymous, Tenant: web.NoTenant, Object: web.NoObject, Rate: web.RateRead},
		func(w http.ResponseWriter, r *http.Request) error {
			http.SetCookie(w, &http.Cookie{Name: web.StaffCookie, Value: r.PathValue("who"), Path: "/", Secure: true, HttpOnly: true})
			_, err := io.WriteString(w, "<!doctype html><html lang=en><title>in</title><link rel=icon href='"+web.Asset("icon.svg")+"'><h1>in</h1>")
			return err
		})
	letters := &notify.Notify{DB: d, Orgs: s.Orgs, Openings: s.Openings, Candidates: s.Candidates}
	(&feedbackweb.Pages{DB: d, Feedbacks: s.f, Notify: letters}).Routes(mux)
	(&reviewweb.Pages{Reviews: s.Reviews, MD: markdown.New(3)}).Routes(mux)
	if err := mux.Start(); err != nil {
		t.Fatal(err)
	}
	s.server = httptest.NewServer(mux)
	t.Cleanup(s.server.Close)
	return s
}

func (s site) rated(name, email string) review.Round {
	n := s.Submitted(name, email)
	s.File(s.Mina, n, reviewtest.Card(3, 1))
	s.File(s.Jun, n, reviewtest.Card(2, 2))
	s.Drain()
	return n
}

func (s site) ask(t *testing.T, who, method, path string, form url.Values) (int, string, string) {
	t.Helper()
	r, err := http.NewRequest(method, s.server.URL+"/o/"+s.Org.ID+path, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	if method == "POST" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	r.AddCookie(&http.Cookie{Name: web.StaffCookie, Value: who})
	c := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := c.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(b), resp.Header.Get("Location")
}

func TestDecideOnAPage(t *testing.T) {
	s := open(t)
	n := s.rated("Amara Okafor", "amara@mail.example")
	here := "/decide/" + string(n.Application)
	for who, want := range map[string]int{"rosa": 200, "mina": 403, "ada": 403, "nobody": 401} {
		if code, _, _ := s.ask(t, who, "GET", here, nil); code != want {
			t.Errorf("GET as %s = %d; want %d", who, code, want)
		}
	}
	_, body, _ := s.ask(t, "rosa", "GET", here, nil)
	for _, want := range []string{"You kept to what you knew.", "Between partly and solid", "Clear: 3 Solid", "daytime where the candidate is"} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if strings.Contains(body, "private-canary") {
		t.Error("a private note is in the draft of a reply")
	}
	f := url.Values{"outcome": {"reject"}, "reason": {"Others went further."}, "body": {"Clear, and careful with facts."}, "l.clear": {"Solid"}, "t.clear": {"The second paragraph."}, "l.right": {""}, "t.right": {""}}
	code, body, _ := s.ask(t, "rosa", "POST", here+"/preview", f)
	if strings.Contains(body, "Look again at") {
		t.Error("a letter without such words is warned of")
	}
	if code != 200 || !strings.Contains(body, "They will not go on with your application.") || !strings.Contains(body, "Clear: Solid") || strings.Contains(body, "Others went further.</p>") {
		t.Errorf("preview = %d", code)
	}
	warned := url.Values{"outcome": {"reject"}, "reason": {"Others went further."}, "body": {"Not a good fit."}, "l.clear": {"Solid"}, "t.clear": {"At your age."}}
	if code, body, _ := s.ask(t, "rosa", "POST", here+"/preview", warned); code != 200 || !strings.Contains(body, "Look again at “Not a good fit” (fit).") || !strings.Contains(body, "Look again at “At your age” (age).") ||
		!strings.Contains(body, "2 passages to look at again.") {
		t.Errorf("preview = %d; want what is warned of at its fields, and the reasons left alone", code)
	}
	bare := url.Values{"outcome": {"reject"}, "reason": {"No."}}
	if code, body, _ := s.ask(t, "rosa", "POST", here, bare); code != 422 || !strings.Contains(body, "Write what was strong") {
		t.Errorf("a bare no = %d; want 422", code)
	}
	f.Set("wait", "on")
	if code, _, to := s.ask(t, "rosa", "POST", here, f); code != 303 || !strings.HasSuffix(to, here) {
		t.Fatalf("deciding = %d to %s", code, to)
	}
	_, body, _ = s.ask(t, "rosa", "GET", here, nil)
	if !strings.Contains(body, "Decided, and not told yet.") {
		t.Error("the page does not say that nothing was told")
	}
	s.Tick.Add(feedback.Pause)
	s.Drain()
	_, body, _ = s.ask(t, "rosa", "GET", here, nil)
	if !strings.Contains(body, "Declined, and told.") {
		t.Error("after the release the page does not say so")
	}
}

func TestDecidingInTheBrowser(t *testing.T) {
	s := open(t)
	n := s.rated("Amara Okafor", "amara@mail.example")
	p := browser.New(t)
	p.Look(browser.Desk)
	shot := func(name string) {
		if dir := os.Getenv("CANDOR_SHOTS"); dir != "" {
			p.Shots(filepath.Clean(dir), name)
			p.Look(browser.Desk)
		}
	}
	p.Go(s.server.URL + "/in/rosa")
	here := s.server.URL + "/o/" + s.Org.ID + "/decide/" + string(n.Application)
	s.Tick.Set(time.Date(2026, 11, 27, 21, 0, 0, 0, time.UTC)) // Friday night in Lagos
	p.Go(here)
	p.Sees("It is night or a weekend where the candidate is.")
	p.Axe()
	shot("decide")
	p.Click("input[value=advance]")
	p.Type("textarea[name=reason]", "Clear throughout.")
	p.Until(`document.querySelector("[data-save]").dataset.kind === "saved" && document.querySelector("[data-save-text]").textContent.startsWith("Saved ")`)
	p.Type("textarea[name=body]", " Keep in touch.")
	p.Until(`document.querySelector("#warned-body .note")?.textContent.includes("Keep in touch") && document.querySelector("#warned").textContent.includes("One passage")`)
	p.Axe()
	shot("warned")
	p.Type("textarea[name=body]", "!")
	p.Go(here) // the draft is on the server
	p.Until(`document.querySelector("input[value=advance]").checked`)
	p.Click("button[formaction*='/preview']")
	p.Sees("You go on to the next step.")
	p.Axe()
	shot("decide-preview")
	p.Click("form#decision .btn.primary")
	p.Sees("Decided, and not told yet.")
	p.Axe()
	shot("decided")
	p.Click("form[action$='/undo'] button")
	p.Sees("Your draft is here again.")
	p.Until(`document.querySelector("textarea[name=reason]").value === "Clear throughout."`)
}
