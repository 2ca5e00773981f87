package hook_test

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"candor/internal/actor"
	"candor/internal/db"
	"candor/internal/db/dbtest"
	"candor/internal/egress"
	"candor/internal/feedback"
	"candor/internal/hook"
	"candor/internal/interview"
	"candor/internal/opening"
	"candor/internal/org"
	"candor/internal/review/reviewtest"
	"candor/internal/secret"
)

var ctx = context.Background()

// TestSign holds the vector of the Standard Webhooks specification (standard-webhooks, libraries/go/webhook_test.go).
func TestSign(t *testing.T) {
	const id, body, want = "msg_p5jXN8AQM9LWM0D4loKWxJek", `{"test": 2432232314}`, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
	at := time.Unix(1614265330, 0)
	for _, key := range []string{"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"} {
		if got, err := hook.Sign(key, id, at, []byte(body)); err != nil || got != want {
			t.Errorf("Sign with %s = %s, %v; want %s", key, got, err, want)
		}
	}
	for _, key := range []string{"", "whsec_", "whsec_!"} {
		if got, err := hook.Sign(key, id, at, []byte(body)); err == nil {
			t.Errorf("Sign with %q = %s; want a fault", key, got)
		}
	}
}

// world is a team with hooks whose requests reach the receivers of the test.
type world struct {
	*reviewtest.World
	hooks *hook.Hooks
}

var schemas = append(slices.Clone(reviewtest.Schemas), fs.FS(feedback.Schema), fs.FS(hook.Schema))

func makeWorld(t *testing.T, d *db.DB, tick *dbtest.Clock) *world {
	t.Helper()
	w := &world{World: reviewtest.Make(t, d, tick)}
	w.hooks = &hook.Hooks{DB: d, Jobs: w.Jobs, Key: secret.Of("test"), Orgs: w.Orgs, Openings: w.Openings, Patience: 300 * time.Millisecond,
		Out: egress.Out{Allow: func(a netip.AddrPort) bool { return a.Addr().IsLoopback() }}}
	w.hooks.Listen()
	return w
}

func open(t *testing.T) *world {
	d, tick := dbtest.Open(t, schemas...)
	return makeWorld(t, d, tick)
}

// receiver is a server of somebody else.
type receiver struct {
	*httptest.Server
	mu  sync.Mutex
	got []*http.Request // with their bodies read
	raw []string
}

func (w *world) receiver(answer http.HandlerFunc) *receiver {
	w.T.Helper()
	r := &receiver{}
	r.Server = httptest.NewTLSServer(http.HandlerFunc(func(rw http.ResponseWriter, req *http.Request) {
		b, _ := io.ReadAll(req.Body)
		r.mu.Lock()
		r.got, r.raw = append(r.got, req), append(r.raw, string(b))
		r.mu.Unlock()
		answer(rw, req)
	}))
	w.T.Cleanup(func() { r.CloseClientConnections(); r.Close() })
	if w.hooks.Roots == nil {
		w.hooks.Roots = x509.NewCertPool()
	}
	w.hooks.Roots.AddCert(r.Certificate())
	return r
}

func (r *receiver) count() int { r.mu.Lock(); defer r.mu.Unlock(); return len(r.got) }

func says(status int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }
}

func (w *world) add(url string, types ...string) (e hook.EndpointID, key string) {
	w.T.Helper()
	e, key, err := w.hooks.Add(ctx, w.Owner, url, types)
	if err != nil {
		w.T.Fatal(err)
	}
	return e, key
}

// last is an endpoint's newest delivery.
func (w *world) last(e hook.EndpointID) (hook.Endpoint, hook.Delivery) {
	w.T.Helper()
	p, list, err := w.hooks.Log(ctx, w.Owner, e, false)
	if err != nil || len(list) == 0 {
		w.T.Fatalf("%d deliveries, %v", len(list), err)
	}
	return p, list[0]
}

// tried sends one event to a receiver and gives what came of the first try.
func (w *world) tried(url string) (hook.Endpoint, hook.Delivery) {
	w.T.Helper()
	e, _ := w.add(url, "invitation.sent")
	if err := w.hooks.Try(ctx, w.Owner, e); err != nil {
		w.T.Fatal(err)
	}
	w.Drain()
	return w.last(e)
}

// TestHostileReceivers: whatever a receiver does, a try ends, reads little, and goes nowhere else.
func TestHostileReceivers(t *testing.T) {
	w := open(t)
	elsewhere := w.receiver(says(200))
	let := make(chan struct{})
	defer close(let)
	wrote := 0
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		status int
		state  hook.DeliveryState
		on     hook.State
	}{
		"takes it": {says(204), 204, hook.Delivered, hook.On},
		"redirects": {func(rw http.ResponseWriter, r *http.Request) {
			http.Redirect(rw, r, elsewhere.URL, http.StatusTemporaryRedirect)
		}, 307, hook.Waiting, hook.On},
		"hangs":   {func(http.ResponseWriter, *http.Request) { <-let }, 0, hook.Waiting, hook.On},
		"is gone": {says(http.StatusGone), 410, hook.Dead, hook.Gone},
		"sends 10 GB": {func(rw http.ResponseWriter, _ *http.Request) {
			for b := make([]byte, 1<<20); wrote < 10<<30; wrote += len(b) {
				if _, err := rw.Write(b); err != nil {
					return
				}
			}
		}, 200, hook.Delivered, hook.On},
		"drips": {func(rw http.ResponseWriter, _ *http.Request) {
			c, _, err := http.NewResponseController(rw).Hijack()
			if err != nil {
				return
			}
			defer c.Close()
			for tick := time.NewTicker(10 * time.Millisecond); ; { // a header without an end
				if _, err := c.Write([]byte("H")); err != nil {
					return
				}
				select {
				case <-tick.C:
				case <-let:
					return
				}
			}
		}, 0, hook.Waiting, hook.On},
		"sends a page": {func(rw http.ResponseWriter, _ *http.Request) {
			rw.WriteHeader(500)
			io.WriteString(rw, "<script>\x1b[31m"+strings.Repeat("x", 500))
		}, 500, hook.Waiting, hook.On},
	} {
		p, d := w.tried(w.receiver(c.answer).URL)
		if d.Status != c.status || d.State != c.state || d.Tries != 1 || p.State != c.on {
			t.Errorf("one that %s: %+v, the endpoint is %s; want %d %s, %s", name, d, p.State, c.status, c.state, c.on)
		}
		if len(d.Answer) > 200 || strings.ContainsRune(d.Answer, 0x1b) {
			t.Errorf("one that %s: %d bytes are kept: %q", name, len(d.Answer), d.Answer)
		}
	}
	if n := elsewhere.count(); n > 0 {
		t.Errorf("the redirect was followed %d times", n)
	}
	if wrote > 1<<30 {
		t.Errorf("%d bytes of the endless answer were taken", wrote)
	}
}

// TestOnlyPublicAddresses: the address that is dialled decides, whatever the name: a name that leads to this machine is refused after its lookup.
func TestOnlyPublicAddresses(t *testing.T) {
	w := open(t)
	inside := w.receiver(says(200))
	w.hooks.Out = egress.Out{}
	port := inside.Listener.Addr().(interface{ AddrPort() netip.AddrPort }).AddrPort().Port()
	for _, host := range []string{"127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0", "169.254.169.254", "10.0.0.1", "[fd00::1]"} {
		if _, d := w.tried(fmt.Sprintf("https://%s:%d/", host, port)); d.Status != 0 || !strings.Contains(d.Answer, "not a public one") {
			t.Errorf("https://%s: %+v; want it refused", host, d)
		}
	}
	if inside.count() > 0 {
		t.Error("a server inside was asked")
	}
	for _, address := range []string{"http://hooks.example/", "https://", "https://a:b@hooks.example/", "ftp://hooks.example/", "https://hooks.example/#x", "nothing", "https://" + strings.Repeat("x", 500)} {
		if _, _, err := w.hooks.Add(ctx, w.Owner, address, []string{"invitation.sent"}); err == nil {
			t.Errorf("%s is taken", address)
		}
	}
}

// TestSignedUntilItIsTaken: what happened is sent once it is kept, signed for whoever holds the secret, with one id and a new time at each try; for a day,
// and again when somebody says so.
func TestSignedUntilItIsTaken(t *testing.T) {
	w := open(t)
	status := http.StatusServiceUnavailable
	r := w.receiver(func(rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(status) })
	e, key := w.add(r.URL, "invitation.sent")
	began := w.DB.Now()
	inv := w.Invite("Amara Okafor", "amara@mail.example")
	for range 60 {
		w.Drain()
		if _, d := w.last(e); d.State != hook.Waiting {
			break
		}
		w.Tick.Add(30 * time.Minute)
	}
	_, d := w.last(e)
	if after := w.DB.Now().Sub(began); d.State != hook.Dead || d.Tries != 8 || after < 24*time.Hour || after > 28*time.Hour {
		t.Errorf("after %s it is %+v; want it dead after 8 tries, a day later", after, d)
	}
	status = http.StatusOK
	w.Tick.Add(time.Minute)
	if err := w.hooks.Replay(ctx, w.Owner, e, d.ID); err != nil {
		t.Fatal(err)
	}
	w.Drain()
	if _, d := w.last(e); d.State != hook.Delivered || r.count() != 9 {
		t.Errorf("sent again it is %+v, after %d requests", d, r.count())
	}
	if err := w.hooks.Replay(ctx, w.Owner, e, d.ID); !errors.Is(err, hook.ErrMissing) {
		t.Errorf("Replay of one that arrived = %v; want %v", err, hook.ErrMissing)
	}
	times := map[string]bool{}
	for i, req := range r.got {
		seconds, err := strconv.ParseInt(req.Header.Get("webhook-timestamp"), 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		want, err := hook.Sign(key, req.Header.Get("webhook-id"), time.Unix(seconds, 0), []byte(r.raw[i]))
		if got := req.Header.Get("webhook-signature"); err != nil || got != want || req.Header.Get("webhook-id") != r.got[0].Header.Get("webhook-id") {
			t.Errorf("try %d is signed %s; want %s, %v", i, got, want, err)
		}
		times[req.Header.Get("webhook-timestamp")] = true
	}
	if len(times) != 9 {
		t.Errorf("%d times of 9 tries", len(times))
	}
	if body := r.raw[0]; !strings.Contains(body, `"type":"invitation.sent"`) || !strings.Contains(body, string(inv.ID)) || strings.Contains(strings.ToLower(body), "amara") {
		t.Errorf("the body is %s; want ids and nobody's name", body)
	}
}

// TestRotatedSecrets: for a day both secrets sign, then only the new one does.
func TestRotatedSecrets(t *testing.T) {
	w := open(t)
	r := w.receiver(says(200))
	e, _ := w.add(r.URL, "invitation.sent")
	fresh, err := w.hooks.Rotate(ctx, w.Owner, e)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []int{2, 1} {
		if err := w.hooks.Try(ctx, w.Owner, e); err != nil {
			t.Fatal(err)
		}
		w.Drain()
		signatures := strings.Fields(r.got[i].Header.Get("webhook-signature"))
		seconds, _ := strconv.ParseInt(r.got[i].Header.Get("webhook-timestamp"), 10, 64)
		first, err := hook.Sign(fresh, r.got[i].Header.Get("webhook-id"), time.Unix(seconds, 0), []byte(r.raw[i]))
		if err != nil || len(signatures) != want || signatures[0] != first {
			t.Errorf("try %d has the signatures %v, %v; want %d, the new one first", i, signatures, err, want)
		}
		w.Tick.Add(hook.Overlap)
	}
}

// TestEventsOfBoards: everything that happens is an event once, in order; whoever does not read an opening's board learns of none of it, and neither does
// an endpoint whose maker lost access.
func TestEventsOfBoards(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB, tick *dbtest.Clock) {
		w := makeWorld(t, d, tick)
		r := w.receiver(says(200))
		w.Member("Olga Owner", "olga@tideway.example", []string{org.Owner})
		leaver := w.Member("Lea Leaver", "lea@tideway.example", []string{org.Owner})
		if _, _, err := w.hooks.Add(ctx, w.Mina, r.URL, []string{"invitation.sent"}); !errors.Is(err, org.ErrRole) {
			t.Errorf("Add by a reviewer = %v; want %v", err, org.ErrRole)
		}
		if _, _, err := w.hooks.Add(ctx, leaver, r.URL, []string{"invitation.sent"}); err != nil {
			t.Fatal(err)
		}
		if err := w.Orgs.Disable(ctx, w.Owner, leaver.ID); err != nil {
			t.Fatal(err)
		}
		sealed, err := w.Openings.Create(ctx, w.Owner, opening.Opening{Title: "Quiet", ReplyDays: 5, Confidential: true}, []opening.Stage{{Title: "Screen", Window: 7, Format: "assessment", Ref: string(w.Version)}})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Openings.Invite(ctx, w.Owner, sealed, opening.InviteForm{Name: "Sol Hidden", Email: "sol@mail.example"}); err != nil {
			t.Fatal(err)
		}
		n := w.Submitted("Amara Okafor", "amara@mail.example")
		w.File(w.Mina, n, reviewtest.Card(3, 2))
		w.File(w.Jun, n, reviewtest.Card(3, 2))
		w.Drain()
		feed := func(who actor.Actor, after int64) (out []string, last int64) {
			t.Helper()
			list, last, err := w.hooks.Feed(ctx, who, after)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range list {
				out = append(out, e.Type)
			}
			return out, last
		}
		all, last := feed(w.Owner, 0)
		if got := strings.Join(all, " "); got != "invitation.sent invitation.sent application.submitted results.ready" {
			t.Errorf("the owner reads %s", got)
		}
		if more, again := feed(w.Owner, last); len(more) != 0 || again != last {
			t.Errorf("behind the last there is %v, and it leads to %d", more, again)
		}
		// A turn of an interview is one event, whatever a job does twice; a reader of the work hears of none.
		round := w.Round(n.Attempt)
		for range 2 {
			if err := w.DB.Write(ctx, w.Org.ID, func(tx db.Tx) error {
				return interview.Asked.Announce(ctx, w.Jobs, tx, interview.Note{Org: w.Org.ID, Interview: "itv_1", Attempt: n.Attempt, Application: string(round.Application), Turn: 1})
			}); err != nil {
				t.Fatal(err)
			}
		}
		w.Drain()
		if got, _ := feed(w.Owner, last); strings.Join(got, " ") != "interview.asked" {
			t.Errorf("after a question of an interview the owner reads %v", got)
		}
		if got, _ := feed(w.Rosa, 0); strings.Join(got, " ") != "invitation.sent application.submitted results.ready interview.asked" {
			t.Errorf("the manager of one opening reads %v", got)
		}
		if got, _ := feed(w.Mina, 0); len(got) != 0 {
			t.Errorf("a reviewer reads %v", got)
		}
		leaves := w.Invite("Zoe Priem", "zoe@mail.example")
		for range 2 { // who was invited again can leave again
			if err := w.Attempts.Withdraw(ctx, w.Enter(leaves)); err != nil {
				t.Fatal(err)
			}
			w.Drain()
			w.Tick.Add(time.Minute)
			err := w.DB.Write(ctx, w.Org.ID, func(tx db.Tx) error {
				next, err := w.Openings.AgainIn(ctx, tx, w.Owner, leaves.Application, opening.Again{Words: "As you asked.", Reason: "She wrote."})
				if err == nil {
					leaves, err = w.Openings.InvitationIn(ctx, tx, next)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		w.Drain()
		if got, _ := feed(w.Owner, last); strings.Join(got, " ") != "interview.asked invitation.sent application.withdrawn invitation.sent application.withdrawn invitation.sent" {
			t.Errorf("of somebody who left twice the owner reads %v", got)
		}
		if r.count() != 0 {
			t.Errorf("the endpoint of somebody who left was told %d times", r.count())
		}
	})
}
