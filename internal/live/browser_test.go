package live_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/a-h/templ"

	"candor/e2e/browser"
	"candor/internal/actor"
	"candor/internal/db"
	"candor/internal/db/dbtest"
	"candor/internal/live"
	"candor/internal/web"
	"candor/internal/web/ui/layout"
)

// TestTabsShareOneStream: two tabs of a browser draw an element anew at an event, over one connection; when the tab that holds it
// closes, the other one takes over.
func TestTabsShareOneStream(t *testing.T) {
	d, _ := dbtest.Open(t, live.Schema)
	hub := &live.Hub{DB: d, Log: slog.Default(), Every: 20 * time.Millisecond}
	var streams, opened, count atomic.Int64
	mux := web.New(web.Config{Auth: web.Auth{Candidate: func(context.Context, string) (web.Session, error) {
		return web.Session{Actor: actor.Actor{Kind: actor.Candidate, ID: "inv_1", Org: "org_1", Session: "ses_1"}, Org: web.Org{Name: "Northwind"}}, nil
	}}})
	route := func(pattern, action string, stream bool) web.Route {
		return web.Route{Pattern: pattern, Action: action, Auth: web.Candidate, Tenant: web.FromSession, Object: "attempt", Rate: web.RateLive, Stream: stream}
	}
	mux.Handle(web.Route{Pattern: "GET /enter", Action: "test.enter", Auth: web.Anonymous, Tenant: web.NoTenant, Object: web.NoObject, Rate: web.RateRead},
		func(w http.ResponseWriter, r *http.Request) error {
			web.SetCookie(w, web.CandidateCookie, "x", time.Time{})
			return web.Redirect(w, r, "/c/run", "")
		})
	mux.Handle(route("GET /c/run", "test.run", false), func(w http.ResponseWriter, r *http.Request) error {
		body := templ.Raw(fmt.Sprintf(`<h1>Run</h1><p id="result" data-topic="run:att_1">Result %d</p>`, count.Load()))
		return web.Show(w, r, templ.ComponentFunc(func(ctx context.Context, out io.Writer) error {
			return layout.Candidate(layout.CandidateView{Page: web.PageOf(r, "Run")}).Render(templ.WithChildren(ctx, body), out)
		}))
	})
	mux.Handle(route("GET /c/-/live", "test.live", true), func(w http.ResponseWriter, r *http.Request) error {
		streams.Add(1)
		opened.Add(1)
		defer streams.Add(-1)
		return hub.Stream(w, r, "org_1", func(topic, _ string) bool { return topic == "run" })
	})
	if err := mux.Start(); err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(mux)
	t.Cleanup(func() { s.CloseClientConnections(); s.Close() })
	happen := func() int64 {
		n := count.Add(1)
		err := d.Write(t.Context(), "org_1", func(tx db.Tx) error { return live.Tell(t.Context(), tx, d.Now(), "run", "att_1") })
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	first := browser.New(t)
	first.Go(s.URL + "/enter")
	second := first.Tab()
	second.Go(s.URL + "/c/run")
	connected := func(p *browser.Page) {
		t.Helper()
		for range 200 {
			if streams.Load() == 1 {
				p.Value(`new Promise(r => setTimeout(r, 300))`) // the hub's first read of the table only learns what is old
				return
			}
			p.Value(`new Promise(r => setTimeout(r, 50))`)
		}
		t.Fatalf("%d streams; want one", streams.Load())
	}
	connected(second)
	n := happen()
	for _, p := range []*browser.Page{first, second} {
		p.Until(fmt.Sprintf(`document.querySelector("#result").textContent === "Result %d"`, n))
	}
	if opened.Load() != 1 {
		t.Errorf("%d streams were opened; want one for both tabs", opened.Load())
	}
	before := opened.Load()
	first.Close()
	for range 200 {
		if opened.Load() > before {
			break
		}
		second.Value(`new Promise(r => setTimeout(r, 50))`)
	}
	connected(second)
	n = happen()
	second.Until(fmt.Sprintf(`document.querySelector("#result").textContent === "Result %d"`, n))
}

// TestOlderAnswers: a press and a look that are under way at once end in what the press brought, whichever of the two comes home last.
func TestOlderAnswers(t *testing.T) {
	mux := web.New(web.Config{})
	var looks atomic.Int64
	var holdLook atomic.Bool
	looking, look, press := make(chan bool), make(chan bool), make(chan bool)
	show := func(w http.ResponseWriter, r *http.Request, state, refresh string) error {
		body := templ.Raw(`<h1>Run</h1><div id="result" ` + refresh + `><p>Result ` + state + `</p><form method="post" action="/press" data-swap="result"><button>Press</button></form></div>`)
		return web.Show(w, r, templ.ComponentFunc(func(ctx context.Context, out io.Writer) error {
			return layout.Candidate(layout.CandidateView{Page: web.PageOf(r, "Run")}).Render(templ.WithChildren(ctx, body), out)
		}))
	}
	route := func(pattern, action string, rate web.Rate) web.Route {
		return web.Route{Pattern: pattern, Action: action, Auth: web.Anonymous, Tenant: web.NoTenant, Object: web.NoObject, Rate: rate}
	}
	mux.Handle(route("GET /run", "test.run", web.RateRead), func(w http.ResponseWriter, r *http.Request) error {
		if looks.Add(1) == 1 { // the page itself
			return show(w, r, "waits", `data-refresh="300"`)
		}
		if holdLook.Load() {
			looking <- true
			<-look
			return show(w, r, "waits", "")
		}
		return show(w, r, "looked", "")
	})
	mux.Handle(route("POST /press", "test.press", web.RateWrite), func(w http.ResponseWriter, r *http.Request) error {
		<-press
		return show(w, r, "pressed", "")
	})
	if err := mux.Start(); err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(mux)
	t.Cleanup(func() { s.CloseClientConnections(); s.Close() })
	says := func(state string) string {
		return `document.querySelector("#result p").textContent === "Result ` + state + `"`
	}

	t.Run("the look lands while the press is under way", func(t *testing.T) {
		p := browser.New(t)
		p.Go(s.URL + "/run")
		p.Click(`#result button`)
		p.Until(says("looked"))
		press <- true
		p.Until(says("pressed"))
	})
	t.Run("the look lands after the press", func(t *testing.T) {
		looks.Store(0)
		holdLook.Store(true)
		p := browser.New(t)
		p.Go(s.URL + "/run")
		<-looking
		p.Click(`#result button`)
		press <- true
		p.Until(says("pressed"))
		look <- true
		p.Value(`new Promise(r => setTimeout(r, 500))`)
		if got := p.Text("#result p"); got != "Result pressed" {
			t.Errorf("the page shows %q, which is older than what the press brought", got)
		}
	})
}
