package greenhouseweb_test

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"candor/e2e/browser"
	"candor/internal/actor"
	"candor/internal/db"
	"candor/internal/db/dbtest"
	"candor/internal/egress"
	"candor/internal/greenhouse"
	"candor/internal/greenhouse/greenhouseweb"
	"candor/internal/hook"
	"candor/internal/opening"
	"candor/internal/org"
	"candor/internal/review/reviewtest"
	"candor/internal/secret"
	"candor/internal/token"
	"candor/internal/web"
	"candor/internal/web/ui/errorpage"
)

var ctx = context.Background()

var schemas = slices.Concat(reviewtest.Schemas, []fs.FS{token.Schema, hook.Schema, greenhouse.Schema})

// world is a team that Greenhouse sends tests to, and Greenhouse itself: a server that is told by PATCH.
type world struct {
	*reviewtest.World
	g   *greenhouse.Greenhouse
	mux *web.Mux
	key string

	there *httptest.Server
	mu    sync.Mutex
	told  []*http.Request
	says  int
}

func makeWorld(t *testing.T, d *db.DB, tick *dbtest.Clock) *world {
	t.Helper()
	w := &world{World: reviewtest.Make(t, d, tick), says: http.StatusOK}
	w.there = httptest.NewTLSServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.told = append(w.told, r)
		rw.WriteHeader(w.says)
	}))
	t.Cleanup(w.there.Close)
	roots := x509.NewCertPool()
	roots.AddCert(w.there.Certificate())
	tokens := &token.Tokens{DB: d, Orgs: w.Orgs, Key: secret.Of("test")}
	hooks := &hook.Hooks{DB: d, Jobs: w.Jobs, Key: secret.Of("test"), Orgs: w.Orgs, Openings: w.Openings, Roots: roots, Patience: 2 * time.Second,
		Out: egress.Out{Allow: func(a netip.AddrPort) bool { return a.Addr().IsLoopback() }}}
	w.g = &greenhouse.Greenhouse{DB: d, Jobs: w.Jobs, Key: secret.Of("test"), Orgs: w.Orgs, Tokens: tokens, Openings: w.Openings, Reviews: w.Reviews, Hooks: hooks,
		Hosts: func(h string) bool { return h == "127.0.0.1" }}
	w.g.Listen()
	w.mux = web.New(web.Config{Clock: d.Clock, Key: secret.Of("web"), Log: slog.New(slog.DiscardHandler), ErrorPage: errorpage.Show, SignInPath: "/sign-in", Auth: web.Auth{
		Staff: func(_ context.Context, cookie, o string) (web.Session, error) {
			if cookie != "ada" || o != w.Org.ID {
				return web.Session{}, web.ErrSignIn
			}
			return web.Session{Actor: w.Owner, Name: "Ada Reyes", Zone: "Europe/Lisbon", Org: web.Org{ID: o, Path: o, Name: "Tideway"}}, nil
		},
		Token: func(ctx context.Context, plain, o, scope string) (web.Session, error) {
			who, _, err := tokens.Actor(ctx, plain, o, scope)
			return web.Session{Actor: who, Org: web.Org{ID: o, Path: o}}, err
		}}})
	(&greenhouseweb.Pages{Greenhouse: w.g, URL: "https://candor.example"}).Routes(w.mux)
	if err := w.mux.Start(); err != nil {
		t.Fatal(err)
	}
	w.key = w.makeKey(w.Owner)
	return w
}

func (w *world) makeKey(who actor.Actor) string {
	w.T.Helper()
	key, err := w.g.Tokens.Make(ctx, who, "Greenhouse", []string{token.Greenhouse}, 90)
	if err != nil {
		w.T.Fatal(err)
	}
	if len(key) >= 171 {
		w.T.Errorf("the key has %d characters; Greenhouse takes fewer than 171", len(key))
	}
	return key
}

// ask asks as Greenhouse does: Basic, with the key as the name and no password.
func (w *world) ask(key, method, call, body string) (int, string) {
	w.T.Helper()
	r := httptest.NewRequest(method, "/api/v1/o/"+w.Org.ID+"/greenhouse/"+call, strings.NewReader(body))
	r.SetBasicAuth(key, "")
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	rec := httptest.NewRecorder()
	w.mux.ServeHTTP(rec, r)
	return rec.Code, rec.Body.String()
}

func (w *world) answers(key, method, call, body string, status int, into any) string {
	w.T.Helper()
	got, answer := w.ask(key, method, call, body)
	if got != status {
		w.T.Fatalf("%s %s = %d %s; want %d", method, call, got, answer, status)
	}
	if into != nil {
		if err := json.Unmarshal([]byte(answer), into); err != nil {
			w.T.Fatalf("%s: %v", answer, err)
		}
	}
	return answer
}

// order is the documentation's own request, about an opening of here.
func (w *world) order(test opening.ID, email, url string) string {
	w.T.Helper()
	raw, err := os.ReadFile("testdata/send_test.json")
	if err != nil {
		w.T.Fatal(err)
	}
	return strings.NewReplacer(`"12345"`, `"`+string(test)+`"`, "hpotter@hogwarts.edu", email, "https://app.greenhouse.io/integrations/testing_partners/take_home_tests/12345", url).Replace(string(raw))
}

type status struct {
	State    string            `json:"partner_status"`
	Page     string            `json:"partner_profile_url"`
	Score    *float64          `json:"partner_score"`
	Metadata map[string]string `json:"metadata"`
}

func (w *world) status(id string) (s status) {
	w.T.Helper()
	w.answers(w.key, "GET", "test_status?partner_interview_id="+id, "", 200, &s)
	return s
}

// TestTheWholeProtocol: what is documented is spoken: openings are listed, sent once, read while they are under way and when they are complete, and
// Greenhouse is told by PATCH with its own key, for as long as it takes.
func TestTheWholeProtocol(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB, tick *dbtest.Clock) {
		w := makeWorld(t, d, tick)
		var tests []struct {
			ID   string `json:"partner_test_id"`
			Name string `json:"partner_test_name"`
		}
		raw := w.answers(w.key, "GET", "list_tests", "", 200, &tests)
		if len(tests) != 1 || tests[0].ID != string(w.Opening) || tests[0].Name == "" || !strings.HasPrefix(raw, "[{") {
			t.Fatalf("list_tests = %s", raw)
		}
		address := w.there.URL + "/integrations/testing_partners/take_home_tests/12345"
		var sent, again struct {
			ID string `json:"partner_interview_id"`
		}
		order := w.order(w.Opening, "harry@mail.example", address)
		w.answers(w.key, "POST", "send_test", order, 200, &sent)
		w.answers(w.key, "POST", "send_test", strings.Replace(order, `"candidate": {`, `"added_next_year": {"x": [1]}, "candidate": {"new": null,`, 1), 200, &again)
		if sent.ID == "" || again != sent {
			t.Errorf("sent twice it is %v and %v; want one test", sent, again)
		}
		w.Drain()
		if s := w.status(sent.ID); s.State != "sent" || s.Score != nil || s.Metadata["Sent"] == "" {
			t.Errorf("a sent one is %+v", s)
		}
		apps, _, err := w.Openings.WalkApplications(ctx, w.Owner, w.Opening, "", "", "")
		if err != nil || len(apps) != 1 || apps[0].Name != "The Chosen One Potter" || apps[0].Email != "harry@mail.example" {
			t.Fatalf("applications: %+v, %v", apps, err)
		}
		// Somebody who is there already gets a test of their own.
		n := w.Submitted("Amara Okafor", "amara@mail.example")
		var amara struct {
			ID string `json:"partner_interview_id"`
		}
		w.answers(w.key, "POST", "send_test", w.order(w.Opening, "amara@mail.example", address+"6"), 200, &amara)
		w.File(w.Mina, n, reviewtest.Card(3, 2))
		w.Drain()
		if s := w.status(amara.ID); s.State != "in_review" || s.Score != nil || len(w.told) != 0 {
			t.Errorf("with one card missing it is %+v, and Greenhouse was told %d times", s, len(w.told))
		}
		w.says = http.StatusBadGateway
		w.File(w.Jun, n, reviewtest.Card(3, 2))
		for range 60 {
			w.Drain()
			if l, _, _, err := w.g.Log(ctx, w.Owner); err != nil || l[0].State == hook.Dead {
				break
			}
			w.Tick.Add(30 * time.Minute)
		}
		s := w.status(amara.ID)
		if s.State != "complete" || s.Score == nil || *s.Score < 1 || *s.Score > 100 || s.Page != "https://candor.example/o/"+w.Org.ID+"/applications/"+string(n.Application) || s.Metadata["Scorecards"] != "2" {
			t.Errorf("a complete one is %+v", s)
		}
		for k := range s.Metadata {
			if !slices.Contains([]string{"Sent", "Work received", "Scorecards", "Score"}, k) {
				t.Errorf("it tells %s", k)
			}
		}
		tests2, _, seen, err := w.g.Log(ctx, w.Owner)
		if err != nil || tests2[0].State != hook.Dead || tests2[0].Tries != 8 || tests2[0].Status != 502 || tests2[1].State != greenhouse.Open || seen.IsZero() {
			t.Fatalf("after a day: %+v, %v", tests2, err)
		}
		w.says = http.StatusOK
		if err := w.g.Again(ctx, w.Rosa, tests2[0].ID); err == nil {
			t.Error("somebody who is no owner sent it again")
		}
		if err := w.g.Again(ctx, w.Owner, tests2[0].ID); err != nil {
			t.Fatal(err)
		}
		w.Drain()
		if l, _, _, _ := w.g.Log(ctx, w.Owner); l[0].State != hook.Delivered {
			t.Errorf("sent again it is %+v", l[0])
		}
		for i, r := range w.told {
			name, password, ok := r.BasicAuth()
			if r.Method != http.MethodPatch || r.URL.Path != "/integrations/testing_partners/take_home_tests/123456" || !ok || name != w.key || password != "" || r.ContentLength > 0 {
				t.Errorf("request %d is %s %s by %q", i, r.Method, r.URL, name)
			}
		}
		if len(w.told) != 9 {
			t.Errorf("Greenhouse was told %d times; want 8 and 1", len(w.told))
		}
		var kept string
		if err := d.Read(ctx, w.Org.ID, func(tx db.Tx) error {
			return tx.QueryRowContext(ctx, `SELECT sealed FROM greenhouse_keys WHERE org_id = $1`, tx.Org).Scan(&kept)
		}); err != nil || kept == "" || strings.Contains(kept, w.key) {
			t.Errorf("the key is kept as %q, %v", kept, err)
		}

		// What Greenhouse could not read is shown to the owner, without the address.
		fault := `{"api_call": "test_status", "errors": ["partner_status of hpotter@hogwarts.edu is missing"], "partner_test_id": "12345", "partner_interview_id": "299506", "candidate_email": "hpotter@hogwarts.edu"}`
		if got := w.answers(w.key, "POST", "response_error", fault, 200, nil); strings.TrimSpace(got) != `{"status":200}` {
			t.Errorf("response_error = %s", got)
		}
		if _, reports, _, err := w.g.Log(ctx, w.Owner); err != nil || len(reports) != 1 || reports[0].Call != "test_status" || reports[0].Words != "partner_status of (address) is missing" {
			t.Errorf("reports: %+v, %v", reports, err)
		}
		// Whoever is erased is forgotten.
		p := db.Person{Applications: []string{string(n.Application)}}
		if err := d.Write(ctx, w.Org.ID, func(tx db.Tx) error { _, err := w.g.Erase(ctx, tx, p); return err }); err != nil {
			t.Fatal(err)
		}
		w.answers(w.key, "GET", "test_status?partner_interview_id="+amara.ID, "", 404, nil)
	})
}

// TestTheOwnersPage: empty it says what Greenhouse needs; later it shows what was sent, what could not be told and why, and sends that again.
func TestTheOwnersPage(t *testing.T) {
	d, tick := dbtest.Open(t, schemas...)
	w := makeWorld(t, d, tick)
	server := httptest.NewServer(w.mux)
	t.Cleanup(server.Close)
	p := browser.New(t)
	p.Bring(server.URL, map[string]string{web.StaffCookie: "ada"})
	look := func(name string) {
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
	page := server.URL + "/o/" + w.Org.ID + "/greenhouse"
	p.Go(page)
	p.Sees("Greenhouse has not sent a test yet.")
	p.Sees("https://candor.example/api/v1/o/" + w.Org.ID + "/greenhouse/response_error")
	look("greenhouse-empty")
	n := w.Submitted("Amara Okafor", "amara@mail.example")
	address := w.there.URL + "/integrations/testing_partners/take_home_tests/"
	w.answers(w.key, "POST", "send_test", w.order(w.Opening, "amara@mail.example", address+"1"), 200, nil)
	w.answers(w.key, "POST", "send_test", w.order(w.Opening, "harry@mail.example", address+"2"), 200, nil)
	w.answers(w.key, "POST", "response_error", `{"api_call":"test_status","errors":["partner_score is a string","metadata is nested"]}`, 200, nil)
	w.says = http.StatusGone
	w.File(w.Mina, n, reviewtest.Card(3, 2))
	w.File(w.Jun, n, reviewtest.Card(3, 2))
	w.Drain()
	p.Go(page)
	p.Sees("Greenhouse could not be told of a complete test.")
	p.Sees("partner_score is a string; metadata is nested")
	look("greenhouse")
	w.says = http.StatusOK
	p.Follow(`form[action$="/again"] button`)
	p.Sees("Greenhouse is told again.")
	w.Drain()
	p.Go(page)
	p.Sees("Told")
}

// TestWhatIsRefused: a wrong key is 401, what is not there or not the key's 404, and the key goes nowhere but to Greenhouse.
func TestWhatIsRefused(t *testing.T) {
	d, tick := dbtest.Open(t, schemas...)
	w := makeWorld(t, d, tick)
	address := w.there.URL + "/integrations/testing_partners/take_home_tests/1"
	for _, c := range []struct{ method, call, body string }{{"GET", "list_tests", ""}, {"POST", "send_test", w.order(w.Opening, "a@mail.example", address)}, {"GET", "test_status?partner_interview_id=x", ""}, {"POST", "response_error", `{"api_call":"x","errors":[]}`}} {
		w.answers("cdr_wrong", c.method, c.call, c.body, 401, nil)
	}
	w.answers(w.key, "GET", "test_status?partner_interview_id=98765", "", 404, nil)
	w.answers(w.key, "GET", "test_status", "", 404, nil)
	w.answers(w.key, "POST", "send_test", w.order("opn_nothing", "a@mail.example", address), 404, nil)
	lea := w.Member("Lea Leaver", "lea@tideway.example", []string{org.Owner})
	sealed, err := w.Openings.Create(ctx, w.Owner, opening.Opening{Title: "Quiet", ReplyDays: 5, Confidential: true}, []opening.Stage{{Title: "Screen", Window: 7, Format: "assessment", Ref: string(w.Version)}})
	if err != nil {
		t.Fatal(err)
	}
	hers := w.makeKey(lea)
	w.answers(hers, "POST", "send_test", w.order(sealed, "a@mail.example", address), 404, nil)
	if _, list := w.ask(hers, "GET", "list_tests", ""); strings.Contains(list, "Quiet") {
		t.Errorf("a confidential opening is listed: %s", list)
	}
	var sent struct {
		ID string `json:"partner_interview_id"`
	}
	w.answers(w.key, "POST", "send_test", w.order(sealed, "a@mail.example", address), 200, &sent)
	w.answers(hers, "GET", "test_status?partner_interview_id="+sent.ID, "", 404, nil)

	w.g.Hosts = nil
	for _, there := range []string{"http://app.greenhouse.io/x", "https://greenhouse.io.evil.example/x", "https://evilgreenhouse.io/x", "https://a@app.greenhouse.io/x", "https://127.0.0.1/x", "nothing"} {
		w.answers(w.key, "POST", "send_test", w.order(w.Opening, "b@mail.example", there), 422, nil)
	}
	w.answers(w.key, "POST", "send_test", w.order(w.Opening, "b@mail.example", "https://app.greenhouse.io/integrations/testing_partners/take_home_tests/2"), 200, nil)
	w.answers(w.key, "POST", "send_test", w.order(w.Opening, "no address", "https://app.greenhouse.io/x"), 422, nil)
	w.answers(w.key, "POST", "send_test", `{"a":1,"a":2}`, 422, nil)

	// A key that ended tells nothing more, and the test waits for the next one.
	w.g.Hosts = func(h string) bool { return h == "127.0.0.1" }
	n := w.Submitted("Amara Okafor", "amara@mail.example")
	w.answers(hers, "POST", "send_test", w.order(w.Opening, "amara@mail.example", address+"3"), 200, &sent)
	if err := w.Orgs.Disable(ctx, w.Owner, lea.ID); err != nil {
		t.Fatal(err)
	}
	w.File(w.Mina, n, reviewtest.Card(3, 2))
	w.File(w.Jun, n, reviewtest.Card(3, 2))
	w.Drain()
	// With the next key it is told, and so is what was complete before it was sent.
	defer func() {
		w.answers(w.key, "POST", "send_test", w.order(w.Opening, "amara@mail.example", address+"4"), 200, nil)
		w.Drain()
		if len(w.told) != 1 || !strings.HasSuffix(w.told[0].URL.Path, "14") {
			t.Errorf("Greenhouse was told %d times of what was complete already", len(w.told))
		}
	}()
	list, _, _, err := w.g.Log(ctx, w.Owner)
	if err != nil || fmt.Sprint(list[0].ID) != sent.ID || list[0].State != hook.Dead || !strings.Contains(list[0].Answer, "has ended") || len(w.told) != 0 {
		t.Errorf("with a key that ended: %+v, told %d times, %v", list[0], len(w.told), err)
	}
}
