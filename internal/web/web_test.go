package web_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"candor/internal/actor"
	"candor/internal/clock"
	"candor/internal/problem"
	"candor/internal/secret"
	"candor/internal/web"
	"candor/internal/web/ui/errorpage"
)

var (
	page   = web.Route{Pattern: "GET /o/{org}/things/{thing}", Action: "thing.show", Auth: web.Staff, Roles: web.AnyMember, Tenant: web.FromPath, Object: "thing", Rate: web.RateRead}
	action = web.Route{Pattern: "POST /o/{org}/things", Action: "thing.make", Auth: web.Staff, Roles: []string{"owner", "recruiter"}, Tenant: web.FromPath, Object: web.NoObject, Rate: web.RateWrite}
	open   = web.Route{Pattern: "POST /open", Action: "open.press", Auth: web.Anonymous, Tenant: web.NoTenant, Object: web.NoObject, Rate: web.RateWrite}
)

func config(log io.Writer) web.Config {
	return web.Config{
		Clock: clock.New(nil), Log: slog.New(slog.NewJSONHandler(log, nil)), Key: secret.Of("web"), ErrorPage: errorpage.Show, SignInPath: "/sign-in",
		Auth: web.Auth{
			Staff: func(_ context.Context, cookie, org string) (web.Session, error) {
				who := map[string]actor.Actor{
					"amara":    {Kind: actor.Member, ID: "mem_a", Org: "north", Roles: []string{"owner"}, Session: "ses_a"},
					"reviewer": {Kind: actor.Member, ID: "mem_r", Org: "north", Roles: []string{"reviewer"}, Session: "ses_r"},
				}[cookie]
				if who.ID == "" {
					return web.Session{}, web.ErrSignIn
				}
				if org != who.Org {
					return web.Session{}, web.ErrMissing
				}
				return web.Session{Actor: who, Org: web.Org{ID: who.Org, Path: who.Org, Name: "Northwind"}}, nil
			},
			Candidate: func(context.Context, string) (web.Session, error) { return web.Session{}, web.ErrSignIn },
		},
	}
}

func start(t *testing.T, m *web.Mux) *httptest.Server {
	t.Helper()
	if err := m.Start(); err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(m)
	t.Cleanup(s.Close)
	return s
}

func say(text string) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		_, err := io.WriteString(w, text)
		return err
	}
}

func ask(t *testing.T, s *httptest.Server, method, path, cookie, body string, headers ...string) (*http.Response, string) {
	t.Helper()
	r, err := http.NewRequest(method, s.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if cookie != "" {
		r.AddCookie(&http.Cookie{Name: web.StaffCookie, Value: cookie})
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	c := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := c.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	out, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, string(out)
}

// TestStartRefuses: a route that lacks any part of its declaration keeps the server from starting, and the error names the part.
func TestStartRefuses(t *testing.T) {
	broken := map[string]func(*web.Route){
		"method":          func(r *web.Route) { r.Pattern = "/o/{org}/things" },
		"action":          func(r *web.Route) { r.Action = "" },
		"who may ask":     func(r *web.Route) { r.Auth = "" },
		"roles":           func(r *web.Route) { r.Roles = nil },
		"tenant":          func(r *web.Route) { r.Tenant = "" },
		"FromPath":        func(r *web.Route) { r.Pattern = "GET /things" },
		"loader":          func(r *web.Route) { r.Object = "" },
		"rate":            func(r *web.Route) { r.Rate = "" },
		"scope":           func(r *web.Route) { r.Pattern = "GET /api/v1/o/{org}/things" },
		"no roles":        func(r *web.Route) { r.Auth = web.Candidate; r.Tenant = web.FromSession },
		"link opens":      func(r *web.Route) { r.Auth, r.Tenant, r.Object = web.Link, web.FromObject, web.NoObject },
		"rule NoTenant":   func(r *web.Route) { r.Auth = web.Anonymous },
		"only their":      func(r *web.Route) { r.Brief = true; r.Out = "" },
		"no page":         func(r *web.Route) { r.Brief = true; r.Auth = web.Candidate; r.Tenant = web.FromSession },
		"for operators":   func(r *web.Route) { r.Auth = web.Operator },
		"declared twice.": nil,
	}
	for want, breakIt := range broken {
		m := web.New(config(io.Discard))
		r := page
		if breakIt == nil {
			m.Handle(r, say(""))
			want = "declared twice"
		} else {
			breakIt(&r)
		}
		m.Handle(r, say(""))
		if err := m.Start(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Start = %v; want an error that says %q", err, want)
		}
	}
	m := web.New(config(io.Discard))
	m.Handle(page, say("fine"))
	if err := m.Start(); err != nil {
		t.Errorf("Start of a whole declaration = %v", err)
	}
}

// TestWhoGetsIn is the table of askers.
func TestWhoGetsIn(t *testing.T) {
	m := web.New(config(io.Discard))
	m.Handle(page, func(w http.ResponseWriter, r *http.Request) error {
		if r.PathValue("thing") == "none" {
			return web.ErrMissing
		}
		_, err := io.WriteString(w, web.Actor(r).ID)
		return err
	})
	m.Handle(action, say("made"))
	s := start(t, m)
	for _, c := range []struct {
		name, method, path, cookie string
		want                       int
	}{
		{"member", "GET", "/o/north/things/1", "amara", 200},
		{"member of another organisation", "GET", "/o/south/things/1", "amara", 404},
		{"nobody", "GET", "/o/north/things/1", "", 303},
		{"a wrong session", "GET", "/o/north/things/1", "stolen", 303},
		{"role", "POST", "/o/north/things", "amara", 200},
		{"wrong role", "POST", "/o/north/things", "reviewer", 403},
		{"nobody posts", "POST", "/o/north/things", "", 303},
		{"unknown page", "GET", "/else", "amara", 404},
		{"wrong method", "DELETE", "/o/north/things", "amara", 404},
		{"head", "HEAD", "/o/north/things/1", "amara", 200},
		{"options", "OPTIONS", "/o/north/things", "", 204},
		{"trace", "TRACE", "/o/north/things", "", 405},
	} {
		if res, body := ask(t, s, c.method, c.path, c.cookie, ""); res.StatusCode != c.want {
			t.Errorf("%s: %s %s = %d %q; want %d", c.name, c.method, c.path, res.StatusCode, body, c.want)
		}
	}
}

// TestMissingIsMissing: what is not there, what is another organisation's and an address that does not exist are the same bytes.
func TestMissingIsMissing(t *testing.T) {
	m := web.New(config(io.Discard))
	m.Handle(page, func(w http.ResponseWriter, r *http.Request) error {
		return problem.New(problem.Missing, "thing_missing", "There is no such thing.").With("id", r.PathValue("thing"))
	})
	s := start(t, m)
	_, own := ask(t, s, "GET", "/o/north/things/1", "amara", "")
	_, other := ask(t, s, "GET", "/o/south/things/1", "amara", "")
	_, none := ask(t, s, "GET", "/nothing", "", "")
	if own != other || own != none {
		t.Errorf("the three pages differ:\n%s\n%s\n%s", own, other, none)
	}
}

func TestCrossOrigin(t *testing.T) {
	pressed := 0
	m := web.New(config(io.Discard))
	m.Handle(open, func(w http.ResponseWriter, r *http.Request) error { pressed++; return nil })
	s := start(t, m)
	for _, h := range [][]string{{"Sec-Fetch-Site", "cross-site"}, {"Origin", "https://evil.example"}, {"Sec-Fetch-Site", "same-site"}} {
		if res, _ := ask(t, s, "POST", "/open", "", "a=1", h...); res.StatusCode != 403 || pressed != 0 {
			t.Errorf("%v = %d, pressed %d times; want 403 and never", h, res.StatusCode, pressed)
		}
	}
	if res, _ := ask(t, s, "POST", "/open", "", "a=1", "Sec-Fetch-Site", "same-origin"); res.StatusCode != 200 || pressed != 1 {
		t.Errorf("same origin = %d; want 200", res.StatusCode)
	}
}

func TestHeaders(t *testing.T) {
	var log bytes.Buffer
	m := web.New(config(&log))
	m.Handle(page, say("fine"))
	s := start(t, m)
	before := time.Now().UnixMilli()
	res, _ := ask(t, s, "GET", "/o/north/things/very-secret-name", "amara", "")
	csp := res.Header.Get("Content-Security-Policy")
	for _, want := range []string{"default-src 'none'", "script-src 'self'", "style-src 'self' 'nonce-", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"} {
		if !strings.Contains(csp, want) {
			t.Errorf("content policy %q lacks %q", csp, want)
		}
	}
	if strings.Contains(csp, "unsafe") {
		t.Errorf("content policy is unsafe: %q", csp)
	}
	for k, want := range map[string]string{"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cross-Origin-Opener-Policy": "same-origin", "Cache-Control": "no-store"} {
		if got := res.Header.Get(k); got != want {
			t.Errorf("%s = %q; want %q", k, got, want)
		}
	}
	if now := res.Header.Get("Candor-Now"); now < strconv.FormatInt(before, 10) {
		t.Errorf("Candor-Now = %q", now)
	}
	if strings.Contains(log.String(), "very-secret-name") || !strings.Contains(log.String(), page.Pattern) {
		t.Errorf("the log has the address and not the pattern: %s", log.String())
	}
}

// TestProblems: the same problem is a page for people and problem+json for programs; a fault says nothing of itself.
func TestProblems(t *testing.T) {
	var log bytes.Buffer
	m := web.New(config(&log))
	m.Handle(open, func(w http.ResponseWriter, r *http.Request) error {
		switch r.URL.Query().Get("what") {
		case "problem":
			return problem.New(problem.Conflict, "part_not_open", "This part is not open.").With("until", "Thursday")
		case "fault":
			return errors.New("dial tcp 10.0.0.1: password=hunter2")
		case "panic":
			panic("hunter2")
		}
		return nil
	})
	s := start(t, m)
	if res, body := ask(t, s, "POST", "/open?what=problem", "", "a=1"); res.StatusCode != 409 || !strings.Contains(body, "This part is not open.") || !strings.HasPrefix(res.Header.Get("Content-Type"), "text/html") {
		t.Errorf("page = %d %s", res.StatusCode, body)
	}
	res, body := ask(t, s, "POST", "/open?what=problem", "", "a=1", "Accept", "application/json")
	if want := `{"type":"about:blank","title":"This part is not open.","status":409,"code":"part_not_open","facts":{"until":"Thursday"}}`; body != want || res.Header.Get("Content-Type") != "application/problem+json" {
		t.Errorf("json = %s; want %s", body, want)
	}
	for _, what := range []string{"fault", "panic"} {
		log.Reset()
		res, body := ask(t, s, "POST", "/open?what="+what, "", "a=1")
		if res.StatusCode != 500 || strings.Contains(body, "hunter2") || !strings.Contains(body, res.Header.Get("X-Request-Id")) {
			t.Errorf("%s = %d %s; want a calm page with the reference", what, res.StatusCode, body)
		}
		if !strings.Contains(log.String(), "hunter2") {
			t.Errorf("%s is not in the log: %s", what, log.String())
		}
	}
}

// TestPressedTwice: two presses of one form do it once and lead to the same page; a press that failed may be repeated.
func TestPressedTwice(t *testing.T) {
	var done atomic.Int64
	fail := atomic.Bool{}
	m := web.New(config(io.Discard))
	m.Handle(open, func(w http.ResponseWriter, r *http.Request) error {
		var f struct{ Name string }
		if err := web.ReadForm(r, &f); err != nil {
			return err
		}
		if fail.Load() {
			return problem.Field("name", "No.")
		}
		done.Add(1)
		return web.Redirect(w, r, "/made", "Made.")
	})
	s := start(t, m)
	key := web.Once()
	form := url.Values{"name": {"x"}, "_once": {key}}.Encode()
	fail.Store(true)
	if res, _ := ask(t, s, "POST", "/open", "", form); res.StatusCode != 422 {
		t.Fatalf("first = %d; want 422", res.StatusCode)
	}
	fail.Store(false)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if res, _ := ask(t, s, "POST", "/open", "", form); res.StatusCode != 303 || res.Header.Get("Location") != "/made" {
				t.Errorf("press = %d to %q; want 303 to /made", res.StatusCode, res.Header.Get("Location"))
			}
		})
	}
	all.Wait()
	if done.Load() != 1 {
		t.Errorf("done %d times; want once", done.Load())
	}
}

func TestRate(t *testing.T) {
	cfg := config(io.Discard)
	cfg.Rates = map[web.Rate]web.Limit{web.RateWrite: {Burst: 2, Per: 60}}
	now := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
	cfg.Clock = clock.New(func() time.Time { return now })
	m := web.New(cfg)
	m.Handle(open, say("fine"))
	s := start(t, m)
	for i, want := range []int{200, 200, 429} {
		if res, _ := ask(t, s, "POST", "/open", "", "a=1"); res.StatusCode != want {
			t.Errorf("request %d = %d; want %d", i, res.StatusCode, want)
		}
	}
	now = now.Add(time.Second)
	if res, _ := ask(t, s, "POST", "/open", "", "a=1"); res.StatusCode != 200 {
		t.Errorf("a second later = %d; want 200", res.StatusCode)
	}
}

// TestForwarded: a forwarded address counts only from a configured proxy, and then the last hop that is none of ours.
func TestForwarded(t *testing.T) {
	for _, c := range []struct {
		proxies string
		header  string
		want    string
	}{
		{"", "203.0.113.9", "127.0.0.1"},
		{"127.0.0.0/8", "203.0.113.9", "203.0.113.9"},
		{"127.0.0.0/8", "6.6.6.6, 203.0.113.9", "203.0.113.9"},
		{"127.0.0.0/8", "rubbish", "127.0.0.1"},
	} {
		cfg := config(io.Discard)
		if c.proxies != "" {
			cfg.Proxies = []netip.Prefix{netip.MustParsePrefix(c.proxies)}
		}
		m := web.New(cfg)
		m.Handle(open, func(w http.ResponseWriter, r *http.Request) error {
			_, err := io.WriteString(w, web.Remote(r).String())
			return err
		})
		s := start(t, m)
		if _, got := ask(t, s, "POST", "/open", "", "a=1", "X-Forwarded-For", c.header); got != c.want {
			t.Errorf("%+v = %s", c, got)
		}
	}
}

// TestReceived: the receipt is when the first byte came, not when we had time for it.
func TestReceived(t *testing.T) {
	var mu sync.Mutex
	now := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
	tick := func(d time.Duration) { mu.Lock(); now = now.Add(d); mu.Unlock() }
	cfg := config(io.Discard)
	var asked atomic.Int64
	cfg.Clock = clock.New(func() time.Time { asked.Add(1); mu.Lock(); defer mu.Unlock(); return now })
	m := web.New(cfg)
	m.Handle(open, func(w http.ResponseWriter, r *http.Request) error {
		tick(time.Hour) // a slow handler
		_, err := io.WriteString(w, web.Received(r).Format("15:04:05"))
		return err
	})
	if err := m.Start(); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	srv := m.Server()
	go srv.Serve(web.Listen(l, cfg.Clock))
	t.Cleanup(func() { srv.Close() })
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	get := func(first, rest string, between time.Duration) string {
		before := asked.Load()
		io.WriteString(c, first)
		for asked.Load() == before { // the listener has read the first half when it asked for the time
			runtime.Gosched()
		}
		tick(between)
		io.WriteString(c, rest)
		buf := make([]byte, 4096)
		n, _ := c.Read(buf)
		_, body, _ := strings.Cut(string(buf[:n]), "\r\n\r\n")
		return body
	}
	head := "POST /open HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n"
	if got := get(head[:20], head[20:]+"\r\n", 40*time.Second); got != "09:00:00" {
		t.Errorf("first request received at %s; want 09:00:00", got)
	}
	// the connection is used again: 40 s and an hour later
	if got := get(head[:10], head[10:]+"\r\n", time.Minute); got != "10:00:40" {
		t.Errorf("second request received at %s; want 10:00:40", got)
	}
}

// TestReceivedTLS: under TLS, over HTTP/1.1 and HTTP/2, a request is known as encrypted and has its receipt.
func TestReceivedTLS(t *testing.T) {
	now := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
	cfg := config(io.Discard)
	cfg.Clock = clock.New(func() time.Time { return now })
	m := web.New(cfg)
	m.Handle(open, func(w http.ResponseWriter, r *http.Request) error {
		_, err := io.WriteString(w, r.Proto+" "+web.Received(r).Format("15:04"))
		return err
	})
	if err := m.Start(); err != nil {
		t.Fatal(err)
	}
	given := httptest.NewTLSServer(http.NotFoundHandler()) // for its certificate
	defer given.Close()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	srv := m.Server()
	go srv.Serve(web.Listen(web.TLS(l, &tls.Config{Certificates: given.TLS.Certificates, NextProtos: []string{"h2", "http/1.1"}}), cfg.Clock))
	t.Cleanup(func() { srv.Close() })
	for _, two := range []bool{false, true} {
		tr := given.Client().Transport.(*http.Transport).Clone()
		tr.ForceAttemptHTTP2 = two
		if !two {
			tr.TLSClientConfig.NextProtos = []string{"http/1.1"}
		}
		res, err := (&http.Client{Transport: tr}).Post("https://"+l.Addr().String()+"/open", "text/plain", nil)
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(res.Body)
		res.Body.Close()
		want := map[bool]string{false: "HTTP/1.1 09:00", true: "HTTP/2.0 09:00"}[two]
		if err != nil || string(b) != want || res.Header.Get("Strict-Transport-Security") == "" {
			t.Errorf("answer %q, HSTS %q; want %q and HSTS", b, res.Header.Get("Strict-Transport-Security"), want)
		}
	}
}

// TestLocal: redirects never leave this host.
func TestLocal(t *testing.T) {
	for to, want := range map[string]string{"/a?b=1": "/a?b=1", "": "/", "//evil.example": "/", "https://evil.example": "/", `/\evil.example`: "/", "/a\r\nSet-Cookie: x": "/", "javascript:1": "/", "/\t/evil": "/"} {
		if got := web.Local(to); got != want {
			t.Errorf("Local(%q) = %q; want %q", to, got, want)
		}
	}
}

// TestToast: the next page has what the action said, once, and nobody else can write it.
func TestToast(t *testing.T) {
	m := web.New(config(io.Discard))
	m.Handle(open, func(w http.ResponseWriter, r *http.Request) error {
		return web.Redirect(w, r, "/made", "Deadline moved.")
	})
	made := open
	made.Pattern = "GET /made"
	m.Handle(made, func(w http.ResponseWriter, r *http.Request) error {
		for _, toast := range web.PageOf(r, "Made").Toasts {
			io.WriteString(w, toast.Text)
		}
		return nil
	})
	s := start(t, m)
	res, _ := ask(t, s, "POST", "/open", "", "a=1")
	kept := res.Cookies()[0]
	res, body := ask(t, s, "GET", "/made", "", "", "Cookie", kept.Name+"="+kept.Value)
	if body != "Deadline moved." || len(res.Cookies()) != 1 || res.Cookies()[0].MaxAge >= 0 {
		t.Errorf("page = %q, cookies %v; want the toast and its end", body, res.Cookies())
	}
	if _, body := ask(t, s, "GET", "/made", "", "", "Cookie", kept.Name+"=x"+kept.Value); body != "" {
		t.Errorf("a forged toast was shown: %q", body)
	}
}

// TestAConnectionThatCouldNotBeRead: what comes whole on a connection from which reading failed before is done, and it is the last on it.
func TestAConnectionThatCouldNotBeRead(t *testing.T) {
	m := web.New(config(io.Discard))
	calls := 0
	m.Handle(open, func(w http.ResponseWriter, r *http.Request) error {
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			t.Error(err)
		}
		if calls++; calls == 1 { // as an upload that waits for its next piece
			if err := http.NewResponseController(w).SetReadDeadline(time.Now()); err != nil {
				t.Error(err)
			}
			<-r.Context().Done()
		}
		return r.Context().Err()
	})
	if err := m.Start(); err != nil {
		t.Fatal(err)
	}
	s := httptest.NewUnstartedServer(m)
	connections := 0
	s.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			connections++
		}
	}
	s.Start()
	defer s.Close()
	for i, want := range []struct {
		code   int
		closes bool
	}{{500, false}, {200, true}, {200, false}} {
		r, err := http.NewRequestWithContext(t.Context(), "POST", s.URL+"/open", strings.NewReader("whole"))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		res, err := s.Client().Do(r)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, res.Body); err != nil {
			t.Error(err)
		}
		res.Body.Close()
		if res.StatusCode != want.code || res.Close != want.closes {
			t.Errorf("request %d = %d, the connection ends %v; want %+v", i+1, res.StatusCode, res.Close, want)
		}
	}
	if connections != 2 {
		t.Errorf("%d connections; want two, or nothing is proven of the first", connections)
	}
}
