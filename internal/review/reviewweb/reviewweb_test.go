package reviewweb_test

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

	"candor/internal/actor"
	"candor/internal/db"
	"candor/internal/db/dbtest"
	"candor/internal/markdown"
	"candor/internal/opening"
	"candor/internal/review"
	"candor/internal/review/reviewtest"
	"candor/internal/review/reviewweb"
	"candor/internal/secret"
	"candor/internal/thread"
	"candor/internal/web"
	"candor/internal/web/ui/errorpage"
)

var ctx = context.Background()

type site struct {
	*reviewtest.World
	server *httptest.Server
	mux    *web.Mux
	people map[string]actor.Actor // by their cookie
}

func open(t testing.TB) site {
	t.Helper()
	d, tick := dbtest.Open(t, slices.Clone[[]fs.FS](reviewtest.Schemas)...)
	w := site{World: reviewtest.Make(t, d, tick)}
	people := map[string]actor.Actor{"mina": w.Mina, "jun": w.Jun, "rosa": w.Rosa, "kit": w.Kit, "ada": w.Owner}
	w.people = people
	w.mux = web.New(web.Config{Clock: d.Clock, Key: secret.Of("web"), Log: slog.New(slog.DiscardHandler), ErrorPage: errorpage.Show, Auth: web.Auth{
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
	}})
	(&reviewweb.Pages{Reviews: w.Reviews, Threads: &thread.Threads{DB: d, Orgs: w.Orgs, Openings: w.Openings}, MD: markdown.New(3)}).Routes(w.mux)
	signIn(w.mux)
	if err := w.mux.Start(); err != nil {
		t.Fatal(err)
	}
	w.server = httptest.NewServer(w.mux)
	t.Cleanup(w.server.Close)
	return w
}

func (s site) ask(t *testing.T, who, method, path string, form url.Values) (int, string, http.Header) {
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

func card() url.Values {
	return url.Values{"item": {"tell-us"}, "c.clear": {"3"}, "n.clear": {"The second paragraph says it."}, "p.clear": {"tell-us"}, "c.right": {"0"},
		"c.right-reason": {"The task gives no facts."}, "shareable": {"Clear from the first line."}, "private": {"Would like to hear more."}}
}

func TestFromTheQueueToTheOthersScores(t *testing.T) {
	s := open(t)
	if body := s.get(t, "mina", "/review"); !strings.Contains(body, "Nothing to review") {
		t.Error("an empty queue does not say so")
	}
	n := s.Submitted("Amara Okafor", "amara@mail.example")
	if body := s.get(t, "mina", "/review"); !strings.Contains(body, "Candidate "+string(n.Code)) {
		t.Error("the queue does not have the code")
	}
	here := "/review/" + string(n.Code)
	body := s.get(t, "mina", here)
	for _, want := range []string{"1 of 1 in your queue", "Blind: name", "At the first reading.", `value="4"`, "2 left to score", "data-autosave"} {
		if !strings.Contains(body, want) {
			t.Errorf("the scorecard lacks %q", want)
		}
	}
	if body := s.get(t, "mina", here+"?item=tell-us"); !strings.Contains(body, "The queue delivered again") {
		t.Error("the answer is not on its tab")
	}
	f := card()
	f.Set("c.right-reason", "")
	code, body, _ := s.ask(t, "mina", "POST", here, f)
	if code != http.StatusUnprocessableEntity || !strings.Contains(body, "say in a few words why") || !strings.Contains(body, "The second paragraph says it.") {
		t.Errorf("an incomplete card = %d; want 422 with its draft", code)
	}
	if code, _, h := s.ask(t, "mina", "POST", here+"/save", card()); code != http.StatusSeeOther || !strings.Contains(h.Get("Location"), here) {
		t.Errorf("saving the draft without script = %d to %s", code, h.Get("Location"))
	}
	if body := s.get(t, "mina", here); !strings.Contains(body, "Everything is scored") {
		t.Error("the saved draft is not counted")
	}
	s.File(s.Jun, n, reviewtest.Card(1, 2))
	if body := s.get(t, "mina", here); strings.Contains(body, "Jun Li") || strings.Contains(body, "clear at level 1") {
		t.Error("another's card shows before one's own")
	}
	if code, _, _ := s.ask(t, "mina", "POST", here, card()); code != http.StatusSeeOther {
		t.Fatalf("filing = %d", code)
	}
	body = s.get(t, "mina", here)
	for _, want := range []string{"Amara Okafor", "Jun Li", "clear at level 1", "2 levels apart", "Could not score it: The task gives no facts."} {
		if !strings.Contains(body, want) {
			t.Errorf("after filing the page lacks %q", want)
		}
	}
	if code, _, h := s.ask(t, "mina", "POST", here, card()); code != http.StatusSeeOther || h.Get("Location") == "" {
		t.Errorf("a second press = %d; want the page again", code)
	}
}

func TestWhoMaySeeACard(t *testing.T) {
	s := open(t)
	n := s.Submitted("Amara Okafor", "amara@mail.example")
	here := "/review/" + string(n.Code)
	for _, c := range []struct {
		who, path string
		want      int
	}{
		{"mina", here, 200}, {"jun", here, 200}, {"rosa", here, 404}, {"kit", here, 404}, {"ada", here, 404}, {"nobody", here, 401},
		{"mina", "/review/ZZZZ", 404}, {"mina", here + "/cards", 403}, {"rosa", here + "/cards", 200}, {"ada", here + "/cards", 200},
		{"mina", "/openings/" + string(s.Opening) + "/compare", 403}, {"rosa", "/openings/" + string(s.Opening) + "/compare", 200},
	} {
		if code, _, _ := s.ask(t, c.who, "GET", c.path, nil); code != c.want {
			t.Errorf("GET %s as %s = %d; want %d", c.path, c.who, code, c.want)
		}
	}
}

// leaks are what no byte sent to a blind reviewer may hold: names, address, times of the attempt, ids that tell time.
func leaks(t *testing.T, s site, n review.Round) []*regexp.Regexp {
	t.Helper()
	var ids []string
	err := s.DB.Read(ctx, s.Org.ID, func(tx db.Tx) error {
		a, err := s.Openings.ApplicationIn(ctx, tx, n.Application)
		ids = append(ids, string(a.ID), a.Candidate, n.Attempt)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	out := []*regexp.Regexp{regexp.MustCompile(`(?i)amara|okafor|mail\.example`), regexp.MustCompile(`(?i)lagos`), regexp.MustCompile(`(?i)accommodat|adjustment|extra time|factor|permille`),
		regexp.MustCompile(`(att|sub|sit|rsp|rvn|app|cnd|inv|rev)_[0-9a-f]{32}`)}
	for _, id := range ids {
		out = append(out, regexp.MustCompile(regexp.QuoteMeta(id)))
	}
	return out
}

func TestNoByteSentToABlindReviewerNamesTheCandidate(t *testing.T) {
	s := open(t)
	if err := s.Openings.SetRole(ctx, s.Owner, s.Opening, s.Jun.ID, opening.Reviewer, false); err != nil {
		t.Fatal(err)
	}
	if err := s.Openings.SetRole(ctx, s.Owner, s.Opening, s.Kit.ID, opening.Reviewer, true); err != nil {
		t.Fatal(err)
	}
	who := s.Enter(s.Invite("Amara Okafor", "amara@mail.example"))
	quiz := s.Begin(who, "quiz")
	s.Save(who, quiz, 1, "pick", `{"choice":["0"]}`)
	writing := s.Begin(who, "writing")
	s.Save(who, writing, 1, "tell-us", `{"text":["I am Amara Okafor, write to amara@mail.example. The queue delivered again."]}`)
	for _, part := range []string{"quiz", "writing"} {
		if _, err := s.Attempts.Send(ctx, who, part); err != nil {
			t.Fatal(err)
		}
	}
	v, err := s.Attempts.View(ctx, who)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Attempts.Afterword(ctx, who, "writing", "Next I, Amara, would add a test."); err != nil {
		t.Fatal(err)
	}
	s.Drain()
	n := s.Round(string(v.Attempt.ID))
	here := "/review/" + string(n.Code)
	bad := leaks(t, s, n)
	pages := 0
	look := func(reader, method, path string, f url.Values) {
		t.Helper()
		_, body, h := s.ask(t, reader, method, path, f)
		pages++
		for _, re := range bad {
			if m := re.FindString(body); m != "" {
				t.Errorf("%s %s as %s holds %q", method, path, reader, m)
			}
			for key, values := range h {
				if m := re.FindString(strings.Join(values, " ")); m != "" {
					t.Errorf("%s %s as %s: header %s holds %q", method, path, reader, key, m)
				}
			}
		}
	}
	for _, reader := range []string{"mina", "kit"} { // Kit decides in this opening, and is no exception
		look(reader, "GET", "/review", nil)
		for _, i := range []string{"", "pick", "number", "tell-us", "nothing"} {
			look(reader, "GET", here+"?item="+i, nil)
		}
		look(reader, "POST", here, url.Values{"c.clear": {"2"}})
		look(reader, "POST", here+"/save", card())
		look(reader, "POST", here+"/back", url.Values{"reason": {""}})
		look(reader, "GET", here+"/cards", nil)
		look(reader, "GET", "/openings/"+string(s.Opening)+"/compare", nil)
	}
	if body := s.get(t, "mina", here+"?item=tell-us"); !strings.Contains(body, "The queue delivered again") || !strings.Contains(body, "would add a test") {
		t.Error("the work itself is not on the page, so the test proves nothing")
	}
	if pages != 22 {
		t.Errorf("%d pages looked at", pages)
	}
}
