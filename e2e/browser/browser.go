// Package browser drives Debian's Chromium for tests: one process per test binary, an isolated context per test, every console
// error a failure, a screenshot and the DOM kept when a test fails, axe-core on every page. See ui.md, section 12.
package browser

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/security"
	"github.com/chromedp/cdproto/storage"
	"github.com/chromedp/chromedp"
)

// Page is a tab.
type Page struct {
	t      testing.TB
	ctx    context.Context
	mu     sync.Mutex
	wrong  []string
	allow  []string
	closed bool
	plain  bool // without script
}

// New opens a tab in a profile of its own. Without Chromium the test is skipped, or fails when CI is set.
func New(t testing.TB) *Page {
	t.Helper()
	root, err := shared()
	if err != nil {
		missing(t, err.Error())
	}
	return open(t, root, chromedp.WithNewBrowserContext())
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

// Throttle makes the tab's processor slower by a factor, 1 is as it is.
func (p *Page) Throttle(by float64) {
	p.t.Helper()
	send(p, emulation.SetCPUThrottlingRate, emulation.SetCPUThrottlingRateParams{Rate: by})
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

func missing(t testing.TB, what string) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatal(what)
	}
	t.Skip(what)
}

func open(t testing.TB, parent context.Context, opts ...chromedp.ContextOption) *Page {
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

// Trust lets the tab open sites whose certificates nobody vouches for, such as one that a test started.
func (p *Page) Trust() {
	p.t.Helper()
	send(p, security.SetIgnoreCertificateErrors, security.SetIgnoreCertificateErrorsParams{Ignore: true})
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
