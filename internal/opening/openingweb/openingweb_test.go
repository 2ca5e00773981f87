package openingweb_test

import (
	"context"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"candor/internal/actor"
	"candor/internal/analytics"
	"candor/internal/candidate/candidateweb"
	"candor/internal/db"
	"candor/internal/db/dbtest"
	"candor/internal/feedback"
	"candor/internal/mail"
	"candor/internal/notify"
	"candor/internal/opening"
	"candor/internal/opening/openingweb"
	"candor/internal/org"
	"candor/internal/review/reviewtest"
	"candor/internal/secret"
	"candor/internal/talk"
	"candor/internal/web"
	"candor/internal/web/ui/errorpage"
)

var ctx = context.Background()

type site struct {
	*reviewtest.World
	Rui    actor.Actor // recruiter
	Other  actor.Actor // owner of another organisation
	server *httptest.Server
	mux    *web.Mux
	notify *notify.Notify
}

var schemas = append(slices.Clone[[]fs.FS](reviewtest.Schemas), feedback.Schema, talk.Schema, analytics.Schema, notify.Schema)

func serve(t *testing.T) site {
	t.Helper()
	d, tick := dbtest.Open(t, schemas...)
	return serveOn(t, d, tick)
}

func serveOn(t testing.TB, d *db.DB, tick *dbtest.Clock) site {
	t.Helper()
	s := site{World: reviewtest.Make(t, d, tick)}
	s.Rui = s.Member("Rui Matos", "rui@tideway.example", []string{org.Recruiter})
	o, m, err := s.Orgs.Found(ctx, "Gullwing", "eve@gullwing.example", "Eve Tan", "Asia/Singapore")
	if err != nil {
		t.Fatal(err)
	}
	s.Other = actor.Actor{Kind: actor.Member, ID: m.ID, Org: o.ID, Roles: m.Roles}
	people := map[string]actor.Actor{"mina": s.Mina, "jun": s.Jun, "rosa": s.Rosa, "kit": s.Kit, "ada": s.Owner, "rui": s.Rui, "eve": s.Other}
	s.mux = web.New(web.Config{Clock: d.Clock, Key: secret.Of("web"), Log: slog.New(slog.DiscardHandler), ErrorPage: errorpage.Show,
		Rates: map[web.Rate]web.Limit{web.RateWrite: {Burst: 1000, Per: 1000}, web.RateCode: {Burst: 1000, Per: 1000}, web.RateRead: {Burst: 1_000_000, Per: 1_000_000}}, Auth: web.Auth{
			Staff: func(_ context.Context, cookie, o string) (web.Session, error) {
				who, ok := people[cookie]
				if !ok {
					return web.Session{}, web.ErrSignIn
				}
				if o != who.Org {
					return web.Session{}, web.ErrMissing
				}
				who.Session = "ses_" + cookie
				return web.Session{Actor: who, Name: cookie, Zone: "Europe/Lisbon", Org: web.Org{ID: o, Path: o, Name: "Tideway"}}, nil
			},
			Candidate: func(ctx context.Context, cookie string) (web.Session, error) {
				who, _, err := s.Openings.CandidateSession(ctx, cookie)
				return web.Session{Actor: who}, err
			},
		}})
	n := &notify.Notify{DB: d, Jobs: s.Jobs, Accounts: s.Accounts, Orgs: s.Orgs, Openings: s.Openings, Candidates: s.Candidates, Attempts: s.Attempts}
	n.Listen()
	s.notify = n
	(&openingweb.Pages{Openings: s.Openings, Orgs: s.Orgs, Candidates: s.Candidates, Promises: s.Promises, Assessments: s.Assessments, Attempts: s.Attempts,
		Reviews: s.Reviews, Notify: n, Analytics: &analytics.Analytics{DB: s.DB, Openings: s.Openings, Assessments: s.Assessments}, URL: "https://candor.example"}).Routes(s.mux)
	(&candidateweb.Pages{Candidates: s.Candidates, Openings: s.Openings, Attempts: s.Attempts, Orgs: s.Orgs}).Routes(s.mux)
	signIn(s.mux)
	if err := s.mux.Start(); err != nil {
		t.Fatal(err)
	}
	s.server = httptest.NewServer(s.mux)
	t.Cleanup(s.server.Close)
	return s
}

// ask sends a request as somebody of the world ("" is nobody); a path that begins with ~ is outside the organisation.
func (s site) ask(t *testing.T, who, method, path string, form url.Values, cookies ...*http.Cookie) (int, string, http.Header) {
	t.Helper()
	address, outside := strings.CutPrefix(path, "~")
	if !outside {
		address = "/o/" + s.Org.ID + path
	}
	r, err := http.NewRequest(method, s.server.URL+address, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	if method == "POST" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if who != "" {
		r.AddCookie(&http.Cookie{Name: web.StaffCookie, Value: who})
	}
	for _, c := range cookies {
		r.AddCookie(c)
	}
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
	return resp.StatusCode, string(b), resp.Header
}

func (s site) get(t *testing.T, who, path string) string {
	t.Helper()
	code, body, _ := s.ask(t, who, "GET", path, nil)
	if code != http.StatusOK {
		t.Fatalf("GET %s as %s = %d\n%s", path, who, code, body)
	}
	return body
}

func (s site) here() string { return "/openings/" + string(s.Opening) }

func lacks(t *testing.T, what, body string, wants ...string) {
	t.Helper()
	for _, want := range wants {
		if !strings.Contains(body, want) {
			t.Errorf("%s lacks %q", what, want)
		}
	}
}

// Every route of these faces, for everybody: what may be seen, done, or is not there.
func TestWhoMayDoWhat(t *testing.T) {
	s := serve(t)
	inv := s.Invite("Amara Okafor", "amara@mail.example")
	app, person := "/applications/"+string(inv.Application), "/candidates/"+inv.Candidate
	to := app + "/invitations/" + string(inv.ID)
	sealed, err := s.Openings.Create(ctx, s.Rui, opening.Opening{Title: "Quiet search", ReplyDays: 5, Confidential: true},
		[]opening.Stage{{Title: "Screen", Window: 7, Format: "assessment", Ref: string(s.Version)}})
	if err != nil {
		t.Fatal(err)
	}
	whisper, err := s.Openings.Invite(ctx, s.Rui, sealed, opening.InviteForm{Name: "Hidden Person", Email: "hidden@mail.example"})
	if err != nil {
		t.Fatal(err)
	}
	hush, hushed := "/openings/"+string(sealed), "/applications/"+string(whisper.Application)
	people := []string{"ada", "rui", "rosa", "mina", "eve", ""}
	for _, c := range []struct {
		path string
		want []int // of people, in order; 0 is not asked
	}{
		{"/openings", []int{200, 200, 200, 200, 404, 401}},
		{"/openings/new", []int{200, 200, 403, 403, 404, 401}},
		{s.here(), []int{200, 200, 200, 200, 404, 401}},
		{s.here() + "/invite", []int{200, 200, 403, 403, 404, 401}},
		{s.here() + "/settings", []int{200, 200, 403, 403, 404, 401}},
		{s.here() + "/stages", []int{200, 200, 403, 403, 404, 401}},
		{s.here() + "/team", []int{200, 200, 403, 403, 404, 401}},
		{app, []int{200, 200, 200, 404, 404, 401}},
		{"/candidates", []int{200, 200, 403, 403, 404, 401}},
		{person, []int{200, 200, 403, 403, 404, 401}},
		{hush, []int{404, 200, 404, 404, 404, 401}},
		{hush + "/invite", []int{404, 200, 404, 404, 404, 401}},
		{hush + "/settings", []int{404, 200, 404, 404, 404, 401}},
		{hush + "/team", []int{404, 200, 404, 404, 404, 401}},
		{hushed, []int{404, 200, 404, 404, 404, 401}},
		{"/candidates/" + whisper.Candidate, []int{404, 200, 403, 403, 404, 401}},
		{"/openings/opn_nothing", []int{404, 404, 404, 404, 404, 401}},
		{"/applications/app_nothing", []int{404, 404, 404, 404, 404, 401}},
		{"/candidates/cnd_nothing", []int{404, 404, 403, 403, 404, 401}},
	} {
		for i, who := range people {
			if code, body, _ := s.ask(t, who, "GET", c.path, nil); code != c.want[i] {
				t.Errorf("GET %s as %q = %d; want %d", c.path, who, code, c.want[i])
			} else if who != "rui" && strings.Contains(body, "Hidden Person") || who != "rui" && strings.Contains(body, "Quiet search") {
				t.Errorf("GET %s as %q shows the confidential opening", c.path, who)
			}
		}
	}
	for _, path := range []string{to + "/link", to + "/rotate", to + "/revoke", to + "/resend", to + "/address", to + "/extend", s.here() + "/invite", s.here() + "/settings",
		s.here() + "/state", s.here() + "/stages", s.here() + "/stages/" + string(inv.Stage) + "/remove", s.here() + "/team", person + "/adjust", person + "/correct", person + "/wish"} {
		for who, want := range map[string][]int{"rosa": {403}, "mina": {403, 404}, "eve": {404}, "": {401}} {
			if code, _, _ := s.ask(t, who, "POST", path, url.Values{"email": {"x@y.example"}, "reason": {"x"}, "finish_by": {"2027-01-01T10:00"}, "zone": {"UTC"}, "name": {"X"},
				"step": {}}); !slices.Contains(want, code) && code != 422 {
				t.Errorf("POST %s as %q = %d; want %v", path, who, code, want)
			}
		}
	}
	var after opening.Invitation
	s.DB.Read(ctx, s.Org.ID, func(tx db.Tx) (err error) {
		after, err = s.Openings.InvitationIn(ctx, tx, inv.ID)
		return err
	})
	if after != inv {
		t.Errorf("the invitation changed: %+v", after)
	}
}

func TestInvitingByForm(t *testing.T) {
	s := serve(t)
	path := s.here() + "/invite"
	form := url.Values{"name": {"Amara Okafor"}, "email": {"amara@mail.example"}, "zone": {"Africa/Lagos"}, "finish_by": {"2026-12-03T23:59"}, "note": {"Good to meet you."}, "step": {"look"}}
	code, body, _ := s.ask(t, "rui", "POST", path, form)
	if code != http.StatusOK {
		t.Fatalf("looking at the mail = %d\n%s", code, body)
	}
	lacks(t, "the mail", body, "Hello Amara Okafor", "Good to meet you.", "Thursday 3 December, 23:59", "Small screen", "sends no mail", `name="step" value="send"`)
	for name, c := range map[string]struct{ field, value, want string }{
		"twice": {"finish_by", "2026-10-25T01:30", "happens twice"}, "past": {"finish_by", "2026-11-01T10:00", "has passed"},
		"no address": {"email", "amara", "not an e-mail address"}, "a zone that is none": {"zone", "Mars", "Choose a time zone"}, "no name": {"name", "", "greet"},
	} {
		f := url.Values{}
		for k, v := range form {
			f[k] = v
		}
		f.Set(c.field, c.value)
		if name == "twice" {
			f.Set("zone", "Europe/Lisbon")
		}
		if code, body, _ := s.ask(t, "rui", "POST", path, f); code != http.StatusUnprocessableEntity || !strings.Contains(body, c.want) {
			t.Errorf("%s = %d; want 422 with %q", name, code, c.want)
		}
	}
	form.Set("step", "send")
	form.Set("_once", "one")
	code, _, h := s.ask(t, "rui", "POST", path, form)
	to := h.Get("Location")
	if code != http.StatusSeeOther || !strings.Contains(to, "/applications/") {
		t.Fatalf("inviting = %d to %q", code, to)
	}
	if code, _, h := s.ask(t, "rui", "POST", path, form); code != http.StatusSeeOther || h.Get("Location") != to {
		t.Errorf("a second press = %d to %q; want the same page", code, h.Get("Location"))
	}
	form.Set("_once", "two")
	if code, body, _ := s.ask(t, "rui", "POST", path, form); code != http.StatusConflict || !strings.Contains(body, "in this opening already") || !strings.Contains(body, to) {
		t.Errorf("another form for the same person = %d; want 409 with the application", code)
	}
	body = s.get(t, "rui", s.here())
	lacks(t, "the board", body, "Amara Okafor", "amara@mail.example", "Invited")
	body = s.get(t, "rui", strings.TrimPrefix(to, "/o/"+s.Org.ID))
	lacks(t, "the application", body, "Africa/Lagos", "Thu 3 Dec 2026, 23:59 Lagos time (22:59 UTC)", "Invited", "Rui Matos")
}

func TestALinkFromTheMailToTheSession(t *testing.T) {
	s := serve(t)
	inv := s.Invite("Amara Okafor", "amara@mail.example")
	link := "~/i/" + s.Openings.Secret(inv)
	code, body, h := s.ask(t, "", "GET", link, nil)
	if code != http.StatusOK || h.Get("Set-Cookie") != "" || h.Get("Referrer-Policy") != "no-referrer" {
		t.Errorf("looking = %d, cookie %q, referrer %q; want 200, none, no-referrer", code, h.Get("Set-Cookie"), h.Get("Referrer-Policy"))
	}
	lacks(t, "the link's page", body, "Hello Amara Okafor", "Tideway", "Ada Reyes", "No clock starts", "Lagos time")
	for _, method := range []string{"HEAD", "OPTIONS"} {
		s.ask(t, "", method, link, nil)
	}
	if err := s.state(inv, opening.Sent); err != "" {
		t.Error("after looking:", err)
	}
	s.ask(t, "", "POST", link, nil) // a scanner that presses gets a session nobody uses
	code, _, h = s.ask(t, "", "POST", link, nil)
	if code != http.StatusSeeOther || h.Get("Location") != "/c" || !strings.HasPrefix(h.Get("Set-Cookie"), "__Host-cand=") || !strings.Contains(h.Get("Set-Cookie"), "HttpOnly; Secure; SameSite=Lax") {
		t.Fatalf("the person's press = %d to %q with %q", code, h.Get("Location"), h.Get("Set-Cookie"))
	}
	cookie, _, _ := strings.Cut(strings.TrimPrefix(h.Get("Set-Cookie"), "__Host-cand="), ";")
	mine := &http.Cookie{Name: web.CandidateCookie, Value: cookie}
	who, _, err := s.Openings.CandidateSession(ctx, cookie)
	if err != nil {
		t.Fatal(err)
	}
	s.Begin(who, "writing")
	if code, body, _ := s.ask(t, "", "POST", link, nil); code != http.StatusConflict || !strings.Contains(body, "six digits") {
		t.Errorf("another browser while a part runs = %d; want 409 and the code", code)
	}
	if code, _, h := s.ask(t, "", "POST", link, nil, mine); code != http.StatusSeeOther || h.Get("Location") != "/c" {
		t.Errorf("the same browser = %d; want straight in", code)
	}
	digits, err := s.Openings.DeviceCode(ctx, who)
	if err != nil {
		t.Fatal(err)
	}
	if code, _, _ := s.ask(t, "", "POST", link, url.Values{"digits": {"12"}}); code != http.StatusUnprocessableEntity {
		t.Errorf("wrong digits = %d; want 422", code)
	}
	if code, _, _ := s.ask(t, "", "POST", link, url.Values{"digits": {digits[:3] + " " + digits[3:]}}); code != http.StatusSeeOther {
		t.Errorf("right digits with a space = %d; want in", code)
	}
	if code, _, h := s.ask(t, "", "POST", link+"/code", nil); code != http.StatusSeeOther || !strings.HasSuffix(h.Get("Location"), "?mailed") {
		t.Errorf("asking for the mail = %d to %q", code, h.Get("Location"))
	}
	if code, _, _ := s.ask(t, "rui", "POST", "/applications/"+string(inv.Application)+"/invitations/"+string(inv.ID)+"/revoke", nil); code != http.StatusConflict {
		t.Errorf("taking the link back while a part runs = %d; want 409", code)
	}
}

func (s site) state(inv opening.Invitation, want opening.InvitationState) string {
	var got opening.Invitation
	err := s.DB.Read(ctx, s.Org.ID, func(tx db.Tx) (err error) {
		got, err = s.Openings.InvitationIn(ctx, tx, inv.ID)
		return err
	})
	if err != nil {
		return err.Error()
	}
	if got.State(s.DB.Now()) != want {
		return string(got.State(s.DB.Now()))
	}
	return ""
}

func TestDeadLinksEachSayWhy(t *testing.T) {
	s := serve(t)
	inv := s.Invite("Amara Okafor", "amara@mail.example")
	to := "/applications/" + string(inv.Application) + "/invitations/" + string(inv.ID)
	link := "~/i/" + s.Openings.Secret(inv)
	if code, _, _ := s.ask(t, "rui", "POST", to+"/rotate", nil); code != http.StatusSeeOther {
		t.Fatalf("rotate = %d", code)
	}
	code, body, _ := s.ask(t, "", "GET", link, nil)
	if code != http.StatusNotFound || !strings.Contains(body, "a newer link for you") {
		t.Errorf("rotated = %d; want its page", code)
	}
	_, body, _ = s.ask(t, "rui", "POST", to+"/link", nil)
	found := regexp.MustCompile(`https://candor\.example/i/([\w-]{27})`).FindStringSubmatch(body)
	if found == nil {
		t.Fatal("the new link is not shown")
	}
	link = "~/i/" + found[1]
	s.Tick.Set(inv.FinishBy.Add(time.Second))
	if code, body, _ := s.ask(t, "", "POST", link, nil); code != http.StatusConflict || !strings.Contains(body, "The time for this invitation is over") || !strings.Contains(body, "ada@tideway.example") {
		t.Errorf("expired = %d; want its page with whom to write to", code)
	}
	if code, body, _ := s.ask(t, "", "POST", link+"/time", url.Values{"words": {" "}}); code != http.StatusUnprocessableEntity || !strings.Contains(body, "Say in a sentence") {
		t.Errorf("asking for more time without words = %d; want its field", code)
	}
	if code, _, _ := s.ask(t, "", "POST", link+"/time", url.Values{"words": {"A week, please."}}); code != http.StatusSeeOther {
		t.Errorf("asking for more time = %d", code)
	}
	if code, body, _ := s.ask(t, "", "GET", link, nil); code != http.StatusConflict || !strings.Contains(body, "You asked for more time") || strings.Contains(body, "/time\"") {
		t.Errorf("after asking = %d; want that it waits", code)
	}
	_, body, _ = s.ask(t, "rui", "GET", "/applications/"+string(inv.Application), nil)
	asked := regexp.MustCompile(`name="ask" value="(tas_[0-9a-f]+)"`).FindStringSubmatch(body)
	if asked == nil || !strings.Contains(body, "A week, please.") {
		t.Fatal("whoever answers does not read it")
	}
	if code, _, _ := s.ask(t, "rui", "POST", "/applications/"+string(inv.Application)+"/time", url.Values{"ask": asked[1:], "hours": {"168"}}); code != http.StatusSeeOther {
		t.Errorf("a week = %d", code)
	}
	if code, _, _ := s.ask(t, "", "GET", link, nil); code != http.StatusOK {
		t.Errorf("after a yes the link = %d; want it open", code)
	}
	code, _, _ = s.ask(t, "rui", "POST", to+"/extend", url.Values{"finish_by": {"2026-12-20T12:00"}, "zone": {"Africa/Lagos"}, "reason": {"was ill"}})
	if code != http.StatusSeeOther {
		t.Fatalf("extend = %d", code)
	}
	if code, _, _ := s.ask(t, "", "GET", link, nil); code != http.StatusOK {
		t.Errorf("with more time = %d; want it open", code)
	}
	s.ask(t, "rui", "POST", to+"/revoke", nil)
	if code, body, _ := s.ask(t, "", "GET", link, nil); code != http.StatusNotFound || !strings.Contains(body, "was taken back") {
		t.Errorf("revoked = %d; want its page", code)
	}
	_, unknown, _ := s.ask(t, "", "GET", "~/i/"+strings.Repeat("A", 27), nil)
	_, other, _ := s.ask(t, "", "GET", "~/i/"+secret.Of("other").Link("invitation", s.Other.Org, string(inv.ID), "0"), nil)
	if unknown != other || !strings.Contains(unknown, "does not open anything") || strings.Contains(unknown, "Tideway") {
		t.Error("two unknown links differ, or say too much")
	}
}

// Nothing that a reviewer gets from these faces names who they read, or lets them tell it by the order of application.
func TestABlindManagersBoard(t *testing.T) {
	s := serve(t)
	if err := s.Openings.SetRole(ctx, s.Owner, s.Opening, s.Kit.ID, opening.Reviewer, true); err != nil {
		t.Fatal(err)
	}
	s.Openings.SetRole(ctx, s.Owner, s.Opening, s.Mina.ID, opening.Reviewer, false)
	n := s.Submitted("Amara Okafor", "amara@mail.example")
	s.Invite("Ben Adeyemi", "ben@mail.example")
	for _, path := range []string{s.here(), s.here() + "?view=us", s.here() + "?view=sent", s.here() + "?q=amara", s.here() + "?q=okafor", s.here() + "?view=invited",
		"/applications/" + string(n.Application), "/openings"} {
		_, body, _ := s.ask(t, "kit", "GET", path, nil)
		for _, canary := range []string{"Amara", "Okafor", "amara@mail", "AO<"} {
			if strings.Contains(strings.ReplaceAll(body, `value="amara"`, ""), canary) {
				t.Errorf("GET %s by a manager who reviews shows %q", path, canary)
			}
		}
	}
	body := s.get(t, "kit", s.here())
	lacks(t, "the board", body, "Candidate "+string(n.Code), "Ben Adeyemi", "In review")
	if strings.Contains(body, string(n.Application)) {
		t.Error("the blind row has the application's id, which tells when it came")
	}
	body = s.get(t, "rui", s.here())
	lacks(t, "the recruiter's board", body, "Amara Okafor", "0 of 2", "Jun Li", "2 of 2 parts sent")
	if body := s.get(t, "jun", s.here()); strings.Contains(body, "Ben Adeyemi") || !strings.Contains(body, "Your work is in your queue") && !strings.Contains(body, "Go to the queue") {
		t.Error("somebody who is only in the pool sees the list")
	}
}

// post is the edge of the installation: a mail server that knows some mailboxes and refuses the others.
type post map[string]bool

func (p post) Send(_ context.Context, l mail.Letter) (string, error) {
	if p[l.ToEmail] {
		return "250 taken", nil
	}
	return "", &mail.Refused{Words: "550 no such mailbox here"}
}

func TestAMailThatIsRefused(t *testing.T) {
	s := serve(t)
	s.notify.Server = post{"lena.f@mail.example": true}
	inv := s.Invite("Lena Fischer", "lena@mail.example")
	if body := s.get(t, "rui", s.here()); strings.Contains(body, "Mail was refused") {
		t.Error("refused before it was sent")
	}
	s.Drain()
	lacks(t, "the board", s.get(t, "rui", s.here()), "Mail was refused", "Correct the address")
	app := "/applications/" + string(inv.Application)
	lacks(t, "the application", s.get(t, "rui", app), "550 no such mailbox here")
	if code, _, _ := s.ask(t, "rui", "POST", app+"/invitations/"+string(inv.ID)+"/address", url.Values{"name": {"Lena Fischer"}, "email": {"lena.f@mail.example"}}); code != http.StatusSeeOther {
		t.Errorf("correcting = %d", code)
	}
	s.Drain()
	if body := s.get(t, "rui", s.here()); strings.Contains(body, "Mail was refused") {
		t.Error("still refused after the new mail went")
	}
}

func TestThePersonsPage(t *testing.T) {
	s := serve(t)
	inv := s.Invite("Amara Okafor", "amara@mail.example")
	person := "/candidates/" + inv.Candidate
	lacks(t, "the person's page", s.get(t, "rui", person), "Nobody who scores sees any of this", "Backend engineer", `value="1"`)
	if code, _, _ := s.ask(t, "rui", "POST", person+"/adjust", url.Values{"factor": {"1.5"}}); code != http.StatusSeeOther {
		t.Errorf("adjusting = %d", code)
	}
	lacks(t, "the person's page", s.get(t, "rui", person), "Now 1.5")
	if code, _, _ := s.ask(t, "rui", "POST", person+"/adjust", url.Values{"factor": {"0.5"}}); code != http.StatusUnprocessableEntity {
		t.Errorf("less than the usual time = %d; want 422", code)
	}
	for _, path := range []string{s.here(), "/applications/" + string(inv.Application), "/candidates"} {
		for _, who := range []string{"rui", "rosa"} {
			if _, body, _ := s.ask(t, who, "GET", path, nil); strings.Contains(body, "1.5") {
				t.Errorf("GET %s as %s shows the adjustment", path, who)
			}
		}
	}
	if code, _, _ := s.ask(t, "rui", "POST", person+"/correct", url.Values{"name": {"Amara N. Okafor"}, "email": {"amara.o@mail.example"}, "zone": {"Africa/Accra"}}); code != http.StatusSeeOther {
		t.Errorf("correcting = %d", code)
	}
	lacks(t, "the list", s.get(t, "rui", "/candidates?q=okaf"), "Amara N. Okafor", "amara.o@mail.example")
}

func TestTheInterviewPlan(t *testing.T) {
	s := serve(t)
	lacks(t, "stages", s.get(t, "rui", s.here()+"/stages"), "Screen", "Deep dive", "Small screen", "2 reviewers")
	f := url.Values{"stage": {""}, "stage_title": {"Pairing"}, "assessment": {string(s.Version)}, "reviewers": {"1"}, "window": {"5"}}
	if code, _, _ := s.ask(t, "rui", "POST", s.here()+"/stages", f); code != http.StatusSeeOther {
		t.Errorf("adding a stage = %d", code)
	}
	f.Set("stage_title", "")
	if code, body, _ := s.ask(t, "rui", "POST", s.here()+"/stages", f); code != http.StatusUnprocessableEntity || !strings.Contains(body, "Give the stage a title") {
		t.Errorf("a stage without a title = %d; want 422", code)
	}
	lacks(t, "stages", s.get(t, "rui", s.here()+"/stages"), "Pairing")
	team := url.Values{"member": {s.Rui.ID}, "roles": {"observer", "facilitator"}}
	if code, _, _ := s.ask(t, "rui", "POST", s.here()+"/team", team); code != http.StatusSeeOther {
		t.Errorf("roles = %d", code)
	}
	lacks(t, "people", s.get(t, "rui", s.here()+"/team"), "Mina Kovač", "Roles of Rui Matos")
	details := url.Values{"title": {"Backend engineer, bookings"}, "reply_days": {"3"}, "contact": {s.Rui.ID}}
	if code, _, _ := s.ask(t, "rui", "POST", s.here()+"/settings", details); code != http.StatusSeeOther {
		t.Errorf("details = %d", code)
	}
	if code, _, _ := s.ask(t, "rui", "POST", s.here()+"/state", nil); code != http.StatusSeeOther {
		t.Errorf("closing = %d", code)
	}
	lacks(t, "the list", s.get(t, "rui", "/openings"), "1 closed opening", "Backend engineer, bookings", "3 working days")
	if code, _, _ := s.ask(t, "rui", "GET", s.here()+"/invite", nil); code != http.StatusConflict {
		t.Errorf("inviting into a closed opening = %d; want 409", code)
	}
}
