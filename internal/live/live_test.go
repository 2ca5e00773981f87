package live_test

import (
	"bufio"
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"candor/internal/actor"
	"candor/internal/db"
	"candor/internal/db/dbtest"
	"candor/internal/live"
	"candor/internal/web"
)

// TestStream: whoever may hears an event after its commit, in their organisation only; a rolled back one is never heard, and the
// stream ends when the session does.
func TestStream(t *testing.T) {
	dbtest.Each(t, []fs.FS{live.Schema}, func(t *testing.T, d *db.DB, tick *dbtest.Clock) {
		ctx := t.Context()
		var revoked atomic.Bool
		hub := &live.Hub{DB: d, Log: slog.Default(), Every: 5 * time.Millisecond}
		mux := web.New(web.Config{Auth: web.Auth{Candidate: func(context.Context, string) (web.Session, error) {
			if revoked.Load() {
				return web.Session{}, web.ErrSignIn
			}
			return web.Session{Actor: actor.Actor{Kind: actor.Candidate, Org: "org_1", Session: "ses_1"}}, nil
		}}})
		mux.Handle(web.Route{Pattern: "GET /c/-/live", Action: "test.live", Auth: web.Candidate, Tenant: web.FromSession, Object: "attempt", Rate: web.RateLive, Stream: true},
			func(w http.ResponseWriter, r *http.Request) error {
				return hub.Stream(w, r, "org_1", func(topic, subject string) bool { return topic == "run" && subject == "att_mine" })
			})
		if err := mux.Start(); err != nil {
			t.Fatal(err)
		}
		s := httptest.NewServer(mux)
		defer s.Close()
		tell := func(org, topic, subject string, fail bool) {
			t.Helper()
			err := d.Write(ctx, org, func(tx db.Tx) error {
				if err := live.Tell(ctx, tx, d.Now(), topic, subject); err != nil {
					return err
				}
				if fail {
					return errRolledBack
				}
				return nil
			})
			if err != nil && !errors.Is(err, errRolledBack) {
				t.Fatal(err)
			}
		}
		tell("org_1", "run", "att_mine", false) // before anybody listened: never heard
		r, err := http.NewRequestWithContext(ctx, "GET", s.URL+"/c/-/live", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.AddCookie(&http.Cookie{Name: web.CandidateCookie, Value: "x"})
		res, err := s.Client().Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		lines := bufio.NewScanner(res.Body)
		lines.Scan() // retry: the stream has begun; its first read of the table may still be under way
		go func() {
			for range 400 {
				tell("org_1", "run", "att_other", false)
				tell("org_2", "run", "att_mine", false)
				tell("org_1", "run", "att_mine", true)
				tell("org_1", "run", "att_mine", false)
				if revoked.Load() || ctx.Err() != nil {
					return
				}
				time.Sleep(time.Millisecond) // only paces the writer; nothing is decided by it
			}
		}()
		heard := map[string]bool{}
		for lines.Scan() {
			line := lines.Text()
			if !strings.HasPrefix(line, "data: ") {
				continue
			}
			if !strings.Contains(line, `"topic":"run","subject":"att_mine"`) || heard[line] {
				t.Errorf("heard %s, twice: %v", line, heard[line])
			}
			heard[line] = true
			if len(heard) == 3 {
				break
			}
		}
		if len(heard) != 3 {
			t.Fatalf("heard %d events; want 3", len(heard))
		}
		revoked.Store(true)
		for lines.Scan() { // until the server ends it
		}
		tick.Add(live.Keep + time.Hour)
		err = d.Write(ctx, "org_1", func(tx db.Tx) error {
			n, err := live.Forget(ctx, tx, d.Now())
			if n == 0 {
				t.Error("nothing was forgotten")
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

// TestABurst: whoever hears of one thing of their own among thousands of others' hears it, and whoever was cut off is told what they missed.
func TestABurst(t *testing.T) {
	dbtest.Each(t, []fs.FS{live.Schema}, func(t *testing.T, d *db.DB, tick *dbtest.Clock) {
		hub := &live.Hub{DB: d, Log: slog.Default(), Every: 5 * time.Millisecond}
		mux := web.New(web.Config{Clock: d.Clock, Auth: web.Auth{Candidate: func(context.Context, string) (web.Session, error) {
			return web.Session{Actor: actor.Actor{Kind: actor.Candidate, Org: "org_1"}}, nil
		}}})
		mux.Handle(web.Route{Pattern: "GET /c/-/live", Action: "test.live", Auth: web.Candidate, Tenant: web.FromSession, Object: "attempt", Rate: web.RateLive, Stream: true},
			func(w http.ResponseWriter, r *http.Request) error {
				return hub.Stream(w, r, "org_1", func(topic, subject string) bool { return subject == "att_mine" })
			})
		if err := mux.Start(); err != nil {
			t.Fatal(err)
		}
		s := httptest.NewServer(mux)
		defer s.Close()
		tell := func(topic string, subjects ...string) {
			t.Helper()
			if err := d.Write(t.Context(), "org_1", func(tx db.Tx) error {
				for _, x := range subjects {
					if err := live.Tell(t.Context(), tx, d.Now(), topic, x); err != nil {
						return err
					}
				}
				return nil
			}); err != nil {
				t.Error(err)
			}
		}
		// warm tells until the hub has read once and something is heard.
		warm := func(in *bufio.Scanner, topic string) {
			var heard atomic.Bool
			var told sync.WaitGroup
			told.Go(func() {
				for !heard.Load() && t.Context().Err() == nil {
					tell(topic, "att_mine")
					time.Sleep(time.Millisecond) // only paces the writer
				}
			})
			for in.Scan() && !strings.Contains(in.Text(), topic) {
				if topic == "again" && strings.HasPrefix(in.Text(), "data: ") {
					t.Errorf("heard %s of hours ago", in.Text())
				}
			}
			heard.Store(true)
			told.Wait()
		}
		// hears connects as a browser does that heard last before, and gives the lines that follow.
		hears := func(last string) (*bufio.Scanner, func()) {
			r, err := http.NewRequestWithContext(t.Context(), "GET", s.URL+"/c/-/live", nil)
			if err != nil {
				t.Fatal(err)
			}
			r.AddCookie(&http.Cookie{Name: web.CandidateCookie, Value: "x"})
			if last != "" {
				r.Header.Set("Last-Event-ID", last)
			}
			res, err := s.Client().Do(r)
			if err != nil {
				t.Fatal(err)
			}
			return bufio.NewScanner(res.Body), func() { res.Body.Close() }
		}
		line := func(in *bufio.Scanner, prefix string) string {
			t.Helper()
			for in.Scan() {
				if rest, ok := strings.CutPrefix(in.Text(), prefix); ok {
					return rest
				}
			}
			t.Fatalf("the stream ended without %q: %v", prefix, in.Err())
			return ""
		}
		in, leave := hears("")
		last := line(in, "id: ")
		warm(in, "warm")
		many := make([]string, 500)
		for i := range many {
			many[i] = "att_other"
		}
		tell("burst", append(many, "att_mine")...)
		line(in, `data: {"topic":"burst","subject":"att_mine"`)
		leave()
		tick.Add(10 * time.Second)
		tell("missed", "att_mine", "att_other") // nobody listens
		in, leave = hears(last)
		line(in, `data: {"topic":"burst","subject":"att_mine"`)
		line(in, `data: {"topic":"missed","subject":"att_mine"`)
		leave()
		tick.Add(3 * time.Hour)
		in, leave = hears(last) // too long ago: nothing but what comes
		defer leave()
		warm(in, "again")
	})
}

// TestClose: a server that stops ends its streams at once.
func TestClose(t *testing.T) {
	d, _ := dbtest.Open(t, live.Schema)
	hub := &live.Hub{DB: d, Log: slog.Default()}
	mux := web.New(web.Config{Auth: web.Auth{Candidate: func(context.Context, string) (web.Session, error) {
		return web.Session{Actor: actor.Actor{Kind: actor.Candidate, Org: "org_1"}}, nil
	}}})
	mux.Handle(web.Route{Pattern: "GET /c/-/live", Action: "test.live", Auth: web.Candidate, Tenant: web.FromSession, Object: "attempt", Rate: web.RateLive, Stream: true},
		func(w http.ResponseWriter, r *http.Request) error {
			return hub.Stream(w, r, "org_1", func(string, string) bool { return true })
		})
	if err := mux.Start(); err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(mux)
	defer s.Close()
	r, err := http.NewRequestWithContext(t.Context(), "GET", s.URL+"/c/-/live", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.AddCookie(&http.Cookie{Name: web.CandidateCookie, Value: "x"})
	res, err := s.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	lines := bufio.NewScanner(res.Body)
	lines.Scan()
	hub.Close()
	for lines.Scan() { // ends
	}
}

var errRolledBack = errors.New("rolled back on purpose")
