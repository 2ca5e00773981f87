// Package browser drives Debian's Chromium for tests: one process per test binary, an isolated context per test, every console
// error a failure, a screenshot and the DOM kept when a test fails, axe-core on every page. See ui.md, section 12.
package browser

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/storage"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// The browser of this test binary. It ends with the process of the tests.
var shared = sync.OnceValues(func() (context.Context, error) { return start("") })

// start starts a Chromium; profile is the folder of its profile, "" for one that nobody comes back to.
func start(profile string) (context.Context, error) {
	path := ""
	// The headless shell is Chromium without the windows of a desktop: the same pages in half the time.
	for _, name := range []string{"chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"} {
		if p, err := exec.LookPath(name); err == nil {
			path = p
			break
		}
	}
	if path == "" {
		return nil, errors.New("there is no Chromium: apt-get install chromium-headless-shell")
	}
	opts := []chromedp.ExecAllocatorOption{chromedp.ExecPath(path), chromedp.Headless, chromedp.NoFirstRun, chromedp.NoDefaultBrowserCheck, chromedp.Flag("disable-gpu", true),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-sync", true), chromedp.Flag("hide-scrollbars", true), chromedp.Flag("font-render-hinting", "none"),
		chromedp.Flag("disable-dev-shm-usage", true), chromedp.WSURLReadTimeout(60 * time.Second)}
	if profile != "" {
		opts = append(opts, chromedp.UserDataDir(profile))
	}
	if os.Geteuid() == 0 {
		opts = append(opts, chromedp.Flag("no-sandbox", true))
	}
	alloc, _ := chromedp.NewExecAllocator(context.Background(), opts...)
	ctx, _ := chromedp.NewContext(alloc)
	return ctx, chromedp.Do(ctx)
}

// Page is a tab.
type Page struct {
	t      *testing.T
	ctx    context.Context
	mu     sync.Mutex
	wrong  []string
	allow  []string
	closed bool
	plain  bool // without script
}

// New opens a tab in a profile of its own. Without Chromium the test is skipped, or fails when CI is set.
func New(t *testing.T) *Page {
	t.Helper()
	root, err := shared()
	if err != nil {
		missing(t, err.Error())
	}
	return open(t, root, chromedp.WithNewBrowserContext())
}

// Launch opens a tab in a Chromium of its own, whose profile stays in a folder. kill ends that whole browser as a power cut would.
func Launch(t *testing.T, profile string) (p *Page, kill func()) {
	t.Helper()
	root, err := start(profile)
	if err != nil {
		missing(t, err.Error())
	}
	p = open(t, root)
	process := chromedp.FromContext(p.ctx).Browser.Process()
	kill = sync.OnceFunc(func() {
		p.closed = true
		process.Kill()
		for quiet := 0; quiet < 3; quiet++ { // the profile is free when every process of it is gone: its storage lives in one of its own
			if process.Signal(syscall.Signal(0)) == nil || killUsing(profile) {
				quiet = 0
			}
			time.Sleep(10 * time.Millisecond)
		}
	})
	t.Cleanup(kill)
	return p, kill
}

// killUsing kills whatever runs on a profile, and says whether there was anything: Chromium names it to each of its processes.
func killUsing(profile string) (found bool) {
	lines, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, l := range lines {
		text, _ := os.ReadFile(l)
		if !strings.Contains(string(text), "--user-data-dir="+profile) {
			continue
		}
		if pid, err := strconv.Atoi(filepath.Base(filepath.Dir(l))); err == nil && pid != os.Getpid() {
			syscall.Kill(pid, syscall.SIGKILL)
			found = true
		}
	}
	return found
}

// Before runs a script in every page that is opened from now on, before the page's own.
func (p *Page) Before(script string) {
	p.t.Helper()
	send(p, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: script})
}

// Quota limits what an origin may keep on the device, in bytes.
func (p *Page) Quota(origin string, bytes float64) {
	p.t.Helper()
	send(p, storage.OverrideQuotaForOrigin, storage.OverrideQuotaForOriginParams{Origin: origin, QuotaSize: &bytes})
}

// For reports what fn finds to a subtest.
func (p *Page) For(t *testing.T, fn func()) {
	t.Helper()
	before := p.t
	p.t = t
	defer func() { p.t = before }()
	fn()
}

// Tab opens another tab of the same profile.
func (p *Page) Tab() *Page {
	p.t.Helper()
	return open(p.t, p.ctx)
}

func missing(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatal(what)
	}
	t.Skip(what)
}

func open(t *testing.T, parent context.Context, opts ...chromedp.ContextOption) *Page {
	t.Helper()
	p := &Page{t: t}
	ctx, cancel := chromedp.NewContext(parent, append(opts, chromedp.WithListener(p.listen))...)
	p.ctx = ctx
	if err := chromedp.Do(ctx); err != nil {
		cancel()
		t.Fatalf("chromium: %v", err)
	}
	send(p, network.Enable, network.EnableParams{})
	send(p, log.Enable, cdp.Empty{})
	t.Cleanup(func() {
		if t.Failed() && !p.closed {
			p.keep()
		}
		for _, w := range p.Wrong() {
			t.Errorf("console: %s", w)
		}
		cancel()
	})
	return p
}

// send runs a protocol command on the tab.
func send[P, R any](p *Page, c cdp.Command[P, R], params P) R {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	r, err := chromedp.Run(ctx, func(ctx context.Context, t *chromedp.Target) (R, error) { return cdp.Call(ctx, t, c, params) })
	if err != nil {
		p.t.Fatalf("browser: %s: %v", c.Method, err)
	}
	return r
}

// get runs an action that gives a value.
func get[T any](p *Page, a chromedp.Action[T]) T {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	v, err := chromedp.Run(ctx, a)
	if err != nil {
		p.t.Fatalf("browser: %v\n%s", err, p.brief())
	}
	return v
}

// Close crashes the tab: nothing on the page is told, as when a browser is killed.
func (p *Page) Close() {
	p.closed = true
	ctx, cancel := context.WithTimeout(p.ctx, 2*time.Second)
	defer cancel()
	// the answer never comes: that is the point
	_, _ = chromedp.Run(ctx, func(ctx context.Context, t *chromedp.Target) (cdp.Empty, error) {
		return cdp.Call(ctx, t, page.Crash, cdp.Empty{})
	})
}

// listen collects what must not happen: uncaught exceptions, console errors, refused content.
func (p *Page) listen(ev any) {
	say := ""
	switch e := ev.(type) {
	case *runtime.EventExceptionThrown:
		say = e.ExceptionDetails.Text
		if e.ExceptionDetails.Exception != nil {
			say += " " + e.ExceptionDetails.Exception.Description
		}
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError || e.Type == runtime.ConsoleAPICalledTypeAssert {
			var parts []string
			for _, a := range e.Args {
				parts = append(parts, string(a.Value)+a.Description)
			}
			say = strings.Join(parts, " ")
		}
	case *log.EventEntryAdded:
		// answers with a status are the page's business; everything else, above all content rules, is not
		if e.Entry.Level == log.EntryLevelError && !strings.Contains(e.Entry.Text, "status of 4") && !strings.Contains(e.Entry.Text, "status of 5") {
			say = string(e.Entry.Source) + ": " + e.Entry.Text + " " + e.Entry.URL
		}
	}
	if say == "" {
		return
	}
	p.mu.Lock()
	p.wrong = append(p.wrong, say)
	p.mu.Unlock()
}

// Allow names a part of console messages that this test expects, such as "ERR_INTERNET_DISCONNECTED".
func (p *Page) Allow(part string) {
	p.mu.Lock()
	p.allow = append(p.allow, part)
	p.mu.Unlock()
}

// Heard waits until the console said something that was allowed, such as a request that failed while offline.
func (p *Page) Heard(part string) {
	p.t.Helper()
	end := time.Now().Add(patience)
	for time.Now().Before(end) {
		p.mu.Lock()
		said := strings.Contains(strings.Join(p.wrong, "\n"), part)
		p.mu.Unlock()
		if said {
			return
		}
		p.Value(`new Promise(r => setTimeout(r, 50))`)
	}
	p.t.Fatalf("browser: the console never said %q", part)
}

// Wrong is what the console said and nobody allowed.
func (p *Page) Wrong() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	var out []string
next:
	for _, w := range p.wrong {
		for _, a := range p.allow {
			if strings.Contains(w, a) {
				continue next
			}
		}
		out = append(out, w)
	}
	return out
}

const patience = 20 * time.Second

// Run runs actions within 20 s or fails the test.
func (p *Page) Run(steps ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	if err := p.Try(steps...); err != nil {
		p.t.Fatalf("browser: %v\n%s", err, p.brief())
	}
}

// Try runs actions within 20 s.
func (p *Page) Try(steps ...chromedp.Action[chromedp.Void]) error {
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	return chromedp.Do(ctx, steps...)
}

// Go opens an address and waits until its scripts have run.
func (p *Page) Go(address string) {
	p.t.Helper()
	err := p.Try(chromedp.Navigate(address))
	if err != nil && strings.Contains(err.Error(), "net::ERR_ABORTED") { // it met the end of the navigation before
		err = p.Try(chromedp.Navigate(address))
	}
	if err != nil {
		p.t.Fatalf("browser: %v\n%s", err, p.brief())
	}
	p.Until(`document.readyState === "complete"`)
}

// Click presses the first element that matches.
func (p *Page) Click(selector string) {
	p.t.Helper()
	p.Run(chromedp.Click(chromedp.CSS(selector)))
}

// Tap touches the first element that matches, as a finger does.
func (p *Page) Tap(selector string) {
	p.t.Helper()
	p.Until(`!!document.querySelector(` + quote(selector) + `)`)
	at := p.Value(`(e => { e.scrollIntoView({block: "center"}); const r = e.getBoundingClientRect(); return (r.left + r.width / 2) + " " + (r.top + r.height / 2) })(document.querySelector(` + quote(selector) + `))`)
	var finger input.TouchPoint
	if _, err := fmt.Sscan(at, &finger.X, &finger.Y); err != nil {
		p.t.Fatalf("browser: %s is nowhere: %q", selector, at)
	}
	send(p, input.DispatchTouchEvent, input.DispatchTouchEventParams{Type: input.DispatchTouchEventTypeTouchStart, TouchPoints: []*input.TouchPoint{&finger}})
	send(p, input.DispatchTouchEvent, input.DispatchTouchEventParams{Type: input.DispatchTouchEventTypeTouchEnd, TouchPoints: []*input.TouchPoint{}})
}

// Follow presses the first element that matches and waits until the next page stands, also where it says the same as the one before.
func (p *Page) Follow(selector string) {
	p.t.Helper()
	p.Value(`window.candorBefore = true`)
	p.Click(selector)
	p.Until(`window.candorBefore !== true && document.readyState === "complete"`)
}

// Press types text, or the keys of package kb, into whatever has the focus, one key after the other as a keyboard does: a page that
// takes a key for itself gets no letter from it.
func (p *Page) Press(keys ...string) {
	p.t.Helper()
	for _, k := range keys {
		for _, r := range k {
			p.key(r, 0)
		}
	}
}

// Ctrl presses a key together with Control.
func (p *Page) Ctrl(key string) {
	p.t.Helper()
	for _, r := range key {
		p.key(r, 2)
	}
}

// Shift presses a key together with Shift, such as kb.Tab for going back.
func (p *Page) Shift(key string) {
	p.t.Helper()
	for _, r := range key {
		p.key(r, 8)
	}
}

func (p *Page) key(r rune, modifiers int64) {
	p.t.Helper()
	events := kb.Encode(r)
	if len(events) == 0 {
		p.t.Fatalf("no key for %q", r)
	}
	down, text := *events[0], ""
	for _, e := range events {
		if e.Type == input.DispatchKeyEventTypeChar && modifiers&2 == 0 {
			text = e.Text
		}
	}
	down.Modifiers |= modifiers
	up := down
	down.Type, down.Text, down.UnmodifiedText = input.DispatchKeyEventTypeKeyDown, text, text
	if text == "" {
		down.Type = input.DispatchKeyEventTypeRawKeyDown
	}
	up.Type, up.Text, up.UnmodifiedText = input.DispatchKeyEventTypeKeyUp, "", ""
	send(p, input.DispatchKeyEvent, down)
	send(p, input.DispatchKeyEvent, up)
}

// Type puts the focus on an element and types.
func (p *Page) Type(selector, text string) {
	p.t.Helper()
	p.Run(chromedp.SendKeys(chromedp.CSS(selector), text))
}

// Text is the visible text of the first element that matches.
func (p *Page) Text(selector string) string {
	p.t.Helper()
	return strings.TrimSpace(get(p, chromedp.Text(chromedp.CSS(selector))))
}

// Value is what a JavaScript expression (or the promise it gives) comes to, as text.
func (p *Page) Value(expression string) string {
	p.t.Helper()
	return get(p, chromedp.Evaluate[string](`Promise.resolve(`+expression+`).then(String)`, chromedp.EvalAwaitPromise))
}

// Until waits until a JavaScript expression is true, also across a change of page.
func (p *Page) Until(expression string) {
	p.t.Helper()
	end := time.Now().Add(patience)
	for {
		ctx, cancel := context.WithTimeout(p.ctx, patience)
		var ok bool
		var err error
		if p.plain {
			ok, err = chromedp.Run(ctx, chromedp.Evaluate[bool](`!!(`+expression+`)`))
			time.Sleep(50 * time.Millisecond) // the page's own timers stand still without script
		} else {
			ok, err = chromedp.Run(ctx, chromedp.Poll[bool](expression, chromedp.WithPollingTimeout(2*time.Second), chromedp.WithPollingInterval(50*time.Millisecond)))
		}
		cancel()
		if ok && err == nil {
			return
		}
		if time.Now().After(end) {
			p.t.Fatalf("browser: waited for %s: %v\n%s", expression, err, p.brief())
		}
	}
}

// Sees waits for a text on the page.
func (p *Page) Sees(text string) {
	p.t.Helper()
	p.Until(`!!document.body && document.body.innerText.includes(` + quote(text) + `)`)
}

func quote(s string) string { return fmt.Sprintf("%q", s) }

func (p *Page) brief() string {
	ctx, cancel := context.WithTimeout(p.ctx, 5*time.Second)
	defer cancel()
	s, err := chromedp.Run(ctx, chromedp.Evaluate[string](`location.href + "\n" + (document.body ? document.body.innerText.slice(0, 1500) : "")`))
	if err != nil {
		return ""
	}
	return s
}

// Offline cuts the network of the tab, or gives it back.
func (p *Page) Offline(off bool) {
	p.t.Helper()
	if off {
		p.Allow("ERR_INTERNET_DISCONNECTED")
	}
	send(p, network.OverrideNetworkState, network.OverrideNetworkStateParams{Offline: off, DownloadThroughput: -1, UploadThroughput: -1})
	send(p, network.EmulateNetworkConditionsByRule, network.EmulateNetworkConditionsByRuleParams{
		MatchedNetworkConditions: []*network.Conditions{{Offline: off, DownloadThroughput: -1, UploadThroughput: -1}}})
}

// Script turns scripts off, or on again, for what is opened next.
func (p *Page) Script(on bool) {
	p.t.Helper()
	p.plain = !on
	send(p, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !on})
}

// View is a window to look through.
type View struct {
	Width, Height int64
	Dark, Touch   bool
}

// The windows of the gates.
var (
	Desk  = View{Width: 1440, Height: 900}
	Phone = View{Width: 390, Height: 844, Touch: true}
)

// Look sets the window.
func (p *Page) Look(v View) {
	p.t.Helper()
	scheme, pointer := "light", "fine"
	if v.Dark {
		scheme = "dark"
	}
	if v.Touch {
		pointer = "coarse"
	}
	send(p, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: v.Width, Height: v.Height, DeviceScaleFactor: 1, Mobile: v.Touch})
	send(p, emulation.SetTouchEmulationEnabled, emulation.SetTouchEmulationEnabledParams{Enabled: v.Touch})
	send(p, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme},
		{Name: "pointer", Value: pointer}, {Name: "prefers-reduced-motion", Value: "reduce"}}})
}

// Shot writes a picture of the whole page to a file.
func (p *Page) Shot(file string) {
	p.t.Helper()
	b := get(p, chromedp.FullScreenshot(100))
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		p.t.Fatal(err)
	}
	if err := os.WriteFile(file, b, 0o644); err != nil {
		p.t.Fatal(err)
	}
}

// Shots takes the four pictures of a page: 1440 and 390 wide, light and dark, as <dir>/<name>-<width>-<theme>.png.
func (p *Page) Shots(dir, name string) {
	p.t.Helper()
	for _, v := range []View{Desk, Phone} {
		for _, theme := range []string{"light", "dark"} {
			v.Dark = theme == "dark"
			p.Look(v)
			p.Shot(filepath.Join(dir, fmt.Sprintf("%s-%d-%s.png", name, v.Width, theme)))
		}
	}
}

// keep writes what the page looked like when the test failed.
func (p *Page) keep() {
	dir := p.t.ArtifactDir()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	if b, err := chromedp.Run(ctx, chromedp.FullScreenshot(90)); err == nil {
		_ = os.WriteFile(filepath.Join(dir, "page.jpg"), b, 0o644)
	}
	if dom, err := chromedp.Run(ctx, chromedp.OuterHTML(chromedp.CSS("html"))); err == nil {
		_ = os.WriteFile(filepath.Join(dir, "page.html"), []byte(dom), 0o644)
	}
	p.t.Logf("the page at the end (picture and DOM in %s):\n%s", dir, p.brief())
}

// Cookies are the names and values of the profile's cookies for an address.
func (p *Page) Cookies(address string) map[string]string {
	p.t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		p.t.Fatal(err)
	}
	out := map[string]string{}
	for _, c := range send(p, network.GetCookies, network.GetCookiesParams{URLs: []string{"https://" + u.Host + u.Path}} /* Secure cookies too: loopback counts as secure */).Cookies {
		if strings.TrimPrefix(c.Domain, ".") == u.Hostname() {
			out[c.Name] = c.Value
		}
	}
	return out
}

// Bring gives the profile cookies for an address, as if they had been set there.
func (p *Page) Bring(address string, cookies map[string]string) {
	p.t.Helper()
	for name, value := range cookies {
		send(p, network.SetCookie, network.SetCookieParams{Name: name, Value: value, URL: strings.Replace(address, "http://", "https://", 1), Path: "/", Secure: new(true), HTTPOnly: new(true)})
	}
}

// Upload chooses a file for an input.
func (p *Page) Upload(selector, file string) {
	p.t.Helper()
	p.Run(chromedp.SetUploadFiles(chromedp.CSS(selector), []string{file}))
}
