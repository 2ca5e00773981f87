package work_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/a-h/templ"

	"candor/e2e/browser"
	"candor/internal/actor"
	"candor/internal/problem"
	"candor/internal/secret"
	"candor/internal/web"
	"candor/internal/web/ui/errorpage"
	"candor/internal/web/ui/field"
	"candor/internal/web/ui/layout"
	"candor/internal/web/ui/work"
)

// keeper is the server's half of the outbox's protocol, with its troubles.
type keeper struct {
	mu     sync.Mutex
	saves  map[string]string // client/item/seq -> body
	order  []string          // bodies as they first came
	typed  []time.Time       // when each was typed, as its page says
	twice  int               // saves that came again: not an error, but never counted again
	wrong  []string          // what broke the protocol
	mode   string            // "", "down" (503), "lost" (kept, but the reply never arrives, once), "signed_out", "large"
	end    time.Time
	grants map[string]time.Duration // a body -> the time that is left from its receipt
	editor bool
	// A page that was drawn leaves when hold is closed, which a page that says it has saved does.
	hold    chan struct{}
	release func()
}

type saveRequest struct {
	Sitting string `json:"sitting"`
	Client  string `json:"client"`
	Epoch   int    `json:"epoch"`
	Age     int64  `json:"age"`
	Since   int64  `json:"unreached"`
	Saves   []struct {
		Item   string `json:"item"`
		Seq    int    `json:"seq"`
		Base   int    `json:"base"`
		Body   string `json:"body"`
		SHA256 string `json:"sha256"`
		Typed  int64  `json:"typed"`
		Heard  int64  `json:"heard"`
	} `json:"saves"`
}

func (k *keeper) set(mode string) { k.mu.Lock(); k.mode = mode; k.mu.Unlock() }

func (k *keeper) last() string {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.order) == 0 {
		return ""
	}
	return k.order[len(k.order)-1]
}

func (k *keeper) save(w http.ResponseWriter, r *http.Request) error {
	var q saveRequest
	if err := web.ReadJSON(r, &q); err != nil {
		return err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	switch k.mode {
	case "down":
		return problem.New(problem.Unavailable, "down", "We will be back.")
	case "large":
		return web.ErrTooLarge
	}
	if q.Sitting != "sit_1" || q.Epoch != 1 || !strings.HasPrefix(q.Client, "c_") || len(q.Client) != 28 || q.Age < 0 {
		k.wrong = append(k.wrong, "head of a request")
	}
	type ack struct {
		Item     string `json:"item"`
		Seq      int    `json:"seq"`
		Standing string `json:"standing"`
		Revision int    `json:"revision"`
	}
	var acks []ack
	for _, s := range q.Saves {
		if sum := sha256.Sum256([]byte(s.Body)); hex.EncodeToString(sum[:]) != s.SHA256 {
			k.wrong = append(k.wrong, "hash of "+s.Body)
		}
		key := q.Client + "/" + s.Item + "/" + strconv.Itoa(s.Seq)
		if _, ok := k.saves[key]; ok {
			k.twice++
		} else {
			k.saves[key] = s.Body
			k.order = append(k.order, s.Body)
			k.typed = append(k.typed, time.UnixMilli(s.Typed))
			if s.Typed < s.Heard || s.Heard == 0 {
				k.wrong = append(k.wrong, "evidence of "+s.Body)
			}
		}
		if d, ok := k.grants[s.Body]; ok {
			k.end = time.Now().Add(d)
		}
		acks = append(acks, ack{s.Item, s.Seq, "on_time", len(k.order)})
	}
	if k.mode == "lost" {
		k.mode = ""
		panic(http.ErrAbortHandler) // kept, and the reply never arrives
	}
	out := k.tick()
	out["acks"] = acks
	return web.JSON(w, r, out)
}

func (k *keeper) tick() map[string]any {
	end, state := int64(0), "running"
	if !k.end.IsZero() {
		end = k.end.UnixMilli()
	}
	return map[string]any{"now": time.Now().UnixMilli(), "end": end, "interval": 2000, "state": state, "editor": k.editor}
}

// serve is a site with one page of work; left is what its clock has when the page is first asked for, 0 for none.
func serve(t *testing.T, left time.Duration) (*keeper, string) {
	t.Helper()
	k := &keeper{saves: map[string]string{}, editor: true}
	who := web.Session{Actor: actor.Actor{Kind: actor.Candidate, ID: "inv_1", Org: "org_1", Session: "ses_1"}, Org: web.Org{Name: "Northwind"}, Zone: "Africa/Lagos"}
	mux := web.New(web.Config{ErrorPage: errorpage.Show, Key: secret.Of("work"), Auth: web.Auth{Candidate: func(_ context.Context, cookie string) (web.Session, error) {
		k.mu.Lock()
		defer k.mu.Unlock()
		if cookie != "good" || k.mode == "signed_out" {
			return web.Session{}, web.ErrSignIn
		}
		return who, nil
	}}})
	route := func(pattern, action string) web.Route {
		return web.Route{Pattern: pattern, Action: action, Auth: web.Candidate, Tenant: web.FromSession, Object: "sitting", Rate: web.RateSave, In: saveRequest{}, Out: map[string]any{}}
	}
	mux.Handle(web.Route{Pattern: "GET /enter", Action: "test.enter", Auth: web.Anonymous, Tenant: web.NoTenant, Object: web.NoObject, Rate: web.RateRead},
		func(w http.ResponseWriter, r *http.Request) error {
			web.SetCookie(w, web.CandidateCookie, "good", time.Time{})
			return web.Redirect(w, r, "/c/work", "")
		})
	mux.Handle(route("GET /c/work", "test.work"), func(w http.ResponseWriter, r *http.Request) error {
		k.mu.Lock()
		text, hold := "", k.hold
		defer func() {
			k.mu.Unlock()
			if hold != nil {
				<-hold
			}
		}()
		if len(k.order) > 0 {
			var fields map[string][]string
			if err := json.Unmarshal([]byte(k.order[len(k.order)-1]), &fields); err != nil {
				return err
			}
			text = fields["text"][0]
		}
		p := web.PageOf(r, "Work")
		if left > 0 && k.end.IsZero() {
			k.end = p.Now.Add(left)
		}
		return web.Show(w, r, page(p, k.end, left, text, len(k.order)))
	})
	mux.Handle(route("POST /c/-/save", "test.save"), k.save)
	mux.Handle(route("GET /c/-/clock", "test.clock"), func(w http.ResponseWriter, r *http.Request) error {
		k.mu.Lock()
		defer k.mu.Unlock()
		if r.URL.Query().Get("sitting") == "saved" {
			k.release()
		}
		return web.JSON(w, r, k.tick())
	})
	if err := mux.Start(); err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(mux)
	t.Cleanup(func() {
		s.CloseClientConnections()
		s.Close()
		k.mu.Lock()
		defer k.mu.Unlock()
		for _, w := range k.wrong {
			t.Errorf("the protocol was broken: %s", w)
		}
	})
	return k, s.URL
}

func page(p web.Page, end time.Time, total time.Duration, text string, revision int) templ.Component {
	v := work.View{Sitting: "sit_1", Epoch: 1, Now: p.Now, End: end, Total: total, Zone: p.Zone, Continue: "/c/work"}
	body := templ.Join(work.Sitting(v), templ.Raw(`<h1>Work</h1><form method="post" action="/c/work" data-item="itm_1" data-revision="`+strconv.Itoa(revision)+`" autocomplete="off">`),
		field.Field(field.View{Name: "text", Label: "Your answer", Rows: 5, Value: text}), templ.Raw(`</form>`))
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return layout.Candidate(layout.CandidateView{Page: p, Bar: work.Bar(v)}).Render(templ.WithChildren(ctx, body), w)
	})
}

const status = `document.querySelector("[data-save-text]").textContent`

// saved is that the server has it: "Saved on this device, sending…" begins with the same word.
const saved = `/^Saved \d/.test(` + status + `)`

func enter(t *testing.T, url string) *browser.Page {
	p := browser.New(t)
	p.Go(url + "/enter")
	p.Until(`document.querySelector("[data-ready]") !== null`)
	return p
}

func answer(text string) string { return `{"text":["` + text + `"]}` }

// until waits for the server to have an answer as its newest.
func (k *keeper) until(t *testing.T, p *browser.Page, want string) {
	t.Helper()
	for range 300 {
		if k.last() == want {
			return
		}
		p.Value(`new Promise(r => setTimeout(r, 50))`)
	}
	t.Fatalf("the server has %q; want %q", k.last(), want)
}

// TestSaves: what is typed arrives, the status says so with the server's time, and a cookie with the __Host- prefix holds on loopback.
func TestSaves(t *testing.T) {
	t.Parallel()
	k, url := serve(t, 0)
	p := enter(t, url)
	if got := p.Cookies(url)[web.CandidateCookie]; got != "good" {
		t.Fatalf("Chromium does not keep %s on plain loopback: %v", web.CandidateCookie, p.Cookies(url))
	}
	p.Type("textarea", "Hello")
	p.Until(saved)
	k.until(t, p, answer("Hello"))
	p.Axe()
	// the zone is the candidate's
	lagos, err := time.LoadLocation("Africa/Lagos")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := p.Value(status), "Saved "+time.Now().In(lagos).Format("15:0"); !strings.HasPrefix(got, want[:9]) {
		t.Errorf("status = %q; want %q", got, want)
	}
}

// TestNoRest: somebody who types on and on without a rest is kept and sent all the same.
func TestNoRest(t *testing.T) {
	t.Parallel()
	k, url := serve(t, 0)
	p := enter(t, url)
	p.Value(`document.querySelector("textarea").focus()`)
	for range 30 {
		p.Press("a")
		p.Value(`new Promise(r => setTimeout(r, 100))`)
		if k.last() != "" {
			return
		}
	}
	t.Error("three seconds of typing and the server has nothing")
}

// TestOffline: the status is true while the network is gone, and what was typed arrives once when it is back.
func TestOffline(t *testing.T) {
	t.Parallel()
	k, url := serve(t, 0)
	p := enter(t, url)
	p.Offline(true)
	p.Type("textarea", "Written off")
	p.Until(status + ` === "Offline. Your work is kept on this device."`)
	p.Press("line") // a second version of the one answer: the first was tried and is never dropped
	p.Sees("You are offline. Keep going: your work is kept on this device and sent when you are back.")
	p.Sees("One answer waits to be sent.")
	p.Heard("ERR_INTERNET_DISCONNECTED") // it was tried, and failed
	p.Offline(false)
	k.until(t, p, answer("Written offline"))
	p.Until(saved)
	if p.Value(`document.querySelector("[data-offline]").hidden`) != "true" {
		t.Error("the banner stays although all is sent")
	}
	if k.twice != 0 || k.last() != answer("Written offline") {
		t.Errorf("the server got %q, %d of them twice; want each once, and what was typed last", k.order, k.twice)
	}
}

// TestLostReply: a save whose reply was lost is sent again with the same key, so that it counts once.
func TestLostReply(t *testing.T) {
	t.Parallel()
	k, url := serve(t, 0)
	p := enter(t, url)
	p.Allow("ERR_")
	k.set("lost")
	p.Type("textarea", "Once")
	p.Until(saved)
	k.until(t, p, answer("Once"))
	if k.twice == 0 {
		t.Error("the reply was not lost: this test shows nothing")
	}
	if n := len(k.order); n != 1 {
		t.Errorf("the server counts %d versions; want 1", n)
	}
}

// TestServerDown: the work is kept on the device, the status says it, and goes out when the server is back.
func TestServerDown(t *testing.T) {
	t.Parallel()
	k, url := serve(t, 0)
	p := enter(t, url)
	k.set("down")
	p.Type("textarea", "Patience")
	p.Until(status + ` === "Saved on this device, sending…" || ` + status + `.startsWith("Offline")`)
	k.set("")
	k.until(t, p, answer("Patience"))
	p.Until(saved)
}

// TestTabCrash: a tab that dies with unsent work loses nothing: the next one shows the text and sends it, once.
func TestTabCrash(t *testing.T) {
	t.Parallel()
	k, url := serve(t, 0)
	p := enter(t, url)
	second := p.Tab()
	k.set("down")
	p.Type("textarea", "Survives")
	p.Until(status + ` === "Saved on this device, sending…" || ` + status + `.startsWith("Offline")`)
	p.Close()
	k.set("")
	second.Go(url + "/c/work")
	second.Until(`document.querySelector("textarea").value === "Survives"`)
	k.until(t, second, answer("Survives"))
	second.Until(saved)
	if len(k.order) != 1 {
		t.Errorf("the server counts %d versions; want 1: %q", len(k.order), k.order)
	}
}

// TestLeaving: what was typed in the moment before the page is left is there in the next one, and arrives.
func TestLeaving(t *testing.T) {
	t.Parallel()
	k, url := serve(t, 0)
	p := enter(t, url)
	k.set("down")
	for _, want := range []string{"I leave", "I leave at", "I leave at once"} {
		p.Type("textarea", strings.TrimPrefix(want, p.Value(`document.querySelector("textarea").value`)))
		p.Go(url + "/c/work")
		p.Until(`document.querySelector("[data-ready]") !== null`)
		if got := p.Value(`document.querySelector("textarea").value`); got != want {
			t.Fatalf("the next page shows %q; want %q", got, want)
		}
	}
	k.set("")
	k.until(t, p, answer("I leave at once"))
	p.Until(saved)
	p.Allow("404")
	p.Go(url + "/c/elsewhere") // a page without work, such as the candidate's place
	p.Until(`localStorage.length === 0`)
}

// TestAskedForTooEarly: a page that was drawn before the save of the page before it arrived shows what that one saved.
func TestAskedForTooEarly(t *testing.T) {
	t.Parallel()
	k, url := serve(t, 0)
	p := enter(t, url)
	p.Type("textarea", "Once")
	k.until(t, p, answer("Once"))
	k.mu.Lock()
	k.hold = make(chan struct{})
	k.release = sync.OnceFunc(func() { close(k.hold) })
	k.mu.Unlock()
	t.Cleanup(k.release)
	// The browser's protocol waits for the page that comes: the one that is being left does the rest by itself.
	p.Value(`window.before = true, location.href = "/c/work", setTimeout(() => {
		const area = document.querySelector("textarea")
		area.value = "Once more"
		area.dispatchEvent(new Event("input", {bubbles: true}))
		const wait = setInterval(() => {
			if (!` + saved + `) return
			clearInterval(wait)
			void fetch("/c/-/clock?sitting=saved")
		}, 50)
	}, 50), ""`)
	p.Until(`window.before === undefined && document.querySelector("[data-ready]") !== null`)
	if got := p.Value(`document.querySelector("textarea").defaultValue`); got != "Once" {
		t.Fatalf("the page was drawn with %q: this test shows nothing", got)
	}
	if got := p.Value(`document.querySelector("textarea").value`); got != "Once more" {
		t.Errorf("the page shows %q; want %q", got, "Once more")
	}
}

// TestLeftWhileFiling: the same page is left in the moment in which the device forgets what the server has.
func TestLeftWhileFiling(t *testing.T) {
	t.Parallel()
	k, url := serve(t, 0)
	p := browser.New(t)
	p.Before(`const forget = IDBObjectStore.prototype.delete
		IDBObjectStore.prototype.delete = function (key) {
			this.transaction.forgets = true
			return forget.call(this, key)
		}
		Object.defineProperty(IDBTransaction.prototype, "oncomplete", {set(f) {
			this.addEventListener("complete", () => {
				if (!this.forgets || !window.before) return f()
				void fetch("/c/-/clock?sitting=saved") // the page that comes may come
				setTimeout(f, 5000)
			})
		}})`)
	p.Go(url + "/enter")
	p.Until(`document.querySelector("[data-ready]") !== null`)
	p.Type("textarea", "Once")
	k.until(t, p, answer("Once"))
	p.Until(saved)
	k.mu.Lock()
	k.hold = make(chan struct{})
	k.release = sync.OnceFunc(func() { close(k.hold) })
	k.mu.Unlock()
	t.Cleanup(k.release)
	p.Value(`window.before = true, location.href = "/c/work", setTimeout(() => {
		const area = document.querySelector("textarea")
		area.value = "Once more"
		area.dispatchEvent(new Event("input", {bubbles: true}))
	}, 50), ""`)
	p.Until(`window.before === undefined && document.querySelector("[data-ready]") !== null`)
	if got := p.Value(`document.querySelector("textarea").defaultValue`); got != "Once" {
		t.Fatalf("the page was drawn with %q: this test shows nothing", got)
	}
	if got := p.Value(`document.querySelector("textarea").value`); got != "Once more" {
		t.Errorf("the page shows %q; want %q", got, "Once more")
	}
}

// TestSessionOver: a 401 keeps everything, says what to do, and goes on by itself after signing in elsewhere.
func TestSessionOver(t *testing.T) {
	t.Parallel()
	k, url := serve(t, 0)
	p := enter(t, url)
	k.set("signed_out")
	p.Type("textarea", "Still here")
	p.Until(status + `.includes("your session has ended. Open your link again in another tab")`)
	k.set("")
	k.until(t, p, answer("Still here"))
	p.Until(saved)
}

// TestTooLarge: an answer that is refused is kept and said to be not saved; a shorter one goes through.
func TestTooLarge(t *testing.T) {
	t.Parallel()
	k, url := serve(t, 0)
	p := enter(t, url)
	k.set("large")
	p.Type("textarea", "Long")
	p.Until(status + `.startsWith("Not saved: That is more than we can take at once.")`)
	again := p.Tab()
	again.Go(url + "/c/work")
	again.Until(`document.querySelector("textarea").value === "Long"`) // it is kept on this device
	again.Close()
	k.set("")
	p.Type("textarea", "er")
	k.until(t, p, answer("Longer"))
}

// TestTwoTabs: what is typed in one tab is seen in the other.
func TestTwoTabs(t *testing.T) {
	t.Parallel()
	k, url := serve(t, 0)
	p := enter(t, url)
	second := p.Tab()
	second.Go(url + "/c/work")
	second.Until(`document.querySelector("[data-ready]") !== null`)
	second.Type("textarea", "From the second")
	k.until(t, second, answer("From the second"))
	p.Until(`document.querySelector("textarea").value === "From the second"`)
}

// TestTimer: the clock shows minutes, an extension arrives without a reload, and at the end the work is sent and the page says so.
func TestTimer(t *testing.T) {
	t.Parallel()
	k, url := serve(t, 55*time.Second) // what the page is to show holds for longer than a test waits
	k.grants = map[string]time.Duration{answer("More time"): 10*time.Minute + 55*time.Second, answer("More time!"): 2 * time.Second}
	p := enter(t, url)
	p.Until(`document.querySelector("[data-timer-unit]").textContent === "s"`)
	p.Type("textarea", "More time")
	p.Until(`document.querySelector("[data-timer-value]").textContent === "11" && document.querySelector("[data-timer-unit]").textContent === "min"`)
	p.Type("textarea", "!")
	p.Sees("Time is up.")
	k.until(t, p, answer("More time!"))
	if p.Value(`document.querySelector("textarea").readOnly`) != "true" {
		t.Error("the editor goes on after the end")
	}
}

// TestTakeover: when another device edits, this page says so and only reads.
func TestTakeover(t *testing.T) {
	t.Parallel()
	k, url := serve(t, 0)
	p := enter(t, url)
	k.mu.Lock()
	k.editor = false
	k.mu.Unlock()
	p.Type("textarea", "Too late here")
	p.Sees("You went on with this part on another device")
	p.Until(`document.querySelector("textarea").readOnly`)
}

// TestFullDisk: a device without room keeps the answer in the page and sends it from there; while the server is not reached either, it says so.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	k, url := serve(t, 0)
	p := enter(t, url)
	p.Quota(url, 1)
	k.set("down")
	p.Type("textarea", "No room ")
	p.Value(`document.querySelector("textarea").value += "x".repeat(200000)`) // more than what a browser lets through in any case
	p.Type("textarea", "here")
	p.Until(status + ` === "Not saved: this device has no room left. Keep the page open until you are online."`)
	p.Axe()
	k.set("")
	p.Until(saved)
	k.until(t, p, answer("No room "+strings.Repeat("x", 200000)+"here"))
}

// TestNoDatabase: where the browser keeps nothing, as in some private windows, work is saved all the same, and the page says what is not safe.
func TestNoDatabase(t *testing.T) {
	t.Parallel()
	for name, script := range map[string]string{
		"refused": `Object.defineProperty(window, "indexedDB", {get() { throw new DOMException("refused", "SecurityError") }})`,
		"fails":   `IDBFactory.prototype.open = () => { const r = new EventTarget(); setTimeout(() => r.onerror(new Event("error"))); return r }`,
		"missing": `Object.defineProperty(window, "indexedDB", {value: undefined})`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k, url := serve(t, 0)
			p := browser.New(t)
			p.Before(script)
			p.Go(url + "/enter")
			p.Until(`document.querySelector("[data-ready]") !== null`)
			p.Type("textarea", "Private")
			p.Until(saved)
			k.until(t, p, answer("Private"))
			k.set("down")
			p.Type("textarea", " work")
			p.Until(status + `.startsWith("Not saved: this browser keeps nothing on this device, and we cannot reach the server.")`)
			k.set("")
			p.Until(saved)
			k.until(t, p, answer("Private work"))
		})
	}
}

// years is a device whose date is wrong by nine years; its monotonic clock runs as ever.
const years = `(() => {
	const off = 9 * 365 * 86400e3, D = Date
	window.Date = class extends D { constructor(...a) { a.length ? super(...a) : super(D.now() + off) } static now() { return D.now() + off } }
	const origin = performance.timeOrigin
	Object.defineProperty(performance, "timeOrigin", {get: () => origin + off})
})()`

// TestDeviceClock: on a device whose date is wrong by years the clock, the status and what is said of when something was typed are right; and what
// was typed after the date was set right comes after what was typed before.
func TestDeviceClock(t *testing.T) {
	t.Parallel()
	k, url := serve(t, 30*time.Minute)
	p := browser.New(t)
	p.Before(years)
	p.Go(url + "/enter")
	p.Until(`document.querySelector("[data-ready]") !== null`)
	if p.Value(`new Date().getFullYear()`) == time.Now().Format("2006") {
		t.Fatal("the device's date is right: this test shows nothing")
	}
	p.Until(`document.querySelector("[data-timer-value]").textContent === "30"`)
	p.Type("textarea", "Then")
	p.Until(saved)
	k.until(t, p, answer("Then"))
	if got := time.Since(k.typed[0]); got < 0 || got > 5*time.Minute {
		t.Errorf("it says that this was typed %v ago", got)
	}
	lagos, err := time.LoadLocation("Africa/Lagos")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := p.Value(status), "Saved "+time.Now().In(lagos).Format("15:0"); !strings.HasPrefix(got, want[:9]) {
		t.Errorf("status = %q; want %q", got, want)
	}
	k.set("down")
	p.Type("textarea", ", in the future")
	p.Until(`document.querySelector("[data-offline-count]").textContent.includes("waits")`)
	right := p.Tab()
	p.Close()
	right.Go(url + "/c/work")
	right.Until(`document.querySelector("textarea").value === "Then, in the future" && document.querySelector("[data-ready]") !== null`)
	right.Type("textarea", ", and now")
	right.Until(`document.querySelector("[data-offline-count]").textContent.includes("2 answers wait")`)
	k.set("")
	right.Until(saved)
	k.until(t, right, answer("Then, in the future, and now"))
}

// TestBrowserKill: a whole browser that is killed with unsent work loses nothing that it said was kept on the device.
func TestBrowserKill(t *testing.T) {
	t.Parallel()
	k, url := serve(t, 0)
	profile := t.TempDir()
	p, kill := browser.Launch(t, profile)
	p.Go(url + "/enter")
	p.Until(`document.querySelector("[data-ready]") !== null`)
	k.set("down")
	p.Type("textarea", "Survives it all")
	p.Until(status + ` === "Saved on this device, sending…" || ` + status + `.startsWith("Offline")`)
	kill()
	k.set("")
	again, _ := browser.Launch(t, profile)
	again.Go(url + "/enter") // the cookie of a session does not outlive a browser
	again.Until(`document.querySelector("textarea").value === "Survives it all"`)
	k.until(t, again, answer("Survives it all"))
	again.Until(saved)
	if len(k.order) != 1 {
		t.Errorf("the server counts %d versions; want 1: %q", len(k.order), k.order)
	}
}
