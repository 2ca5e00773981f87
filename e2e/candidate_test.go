package e2e_test

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"candor/e2e/browser"
	"candor/internal/attempt/attempttest"
	"candor/internal/db"

	"github.com/chromedp/chromedp/kb"
)

// hand is a way to use a page.
type hand interface {
	follow(selector string)      // press what leads to another page
	pick(selector string)        // choose an option
	write(selector, text string) // write into a field
	code(text string)            // write into the first file of a code item
}

// TestACandidateByHand is the whole way of a candidate, from the link to the receipts and where it stands: with nothing but a
// keyboard, with fingers on a phone, and without script.
func TestACandidateByHand(t *testing.T) {
	t.Parallel()
	s := start(t, "serve", "--data", t.TempDir(), "--addr", freePort(t))
	links := interview(t, s, "Kemi Adeola", "Ida Nyberg", "Noel Fabre")
	for name, c := range map[string]struct {
		who string
		set func(p *browser.Page) hand
	}{
		"keyboard":  {"Kemi Adeola", func(p *browser.Page) hand { p.Look(browser.Desk); return keyboard{p} }},
		"phone":     {"Ida Nyberg", func(p *browser.Page) hand { p.Look(browser.Phone); return phone{t, p} }},
		"no script": {"Noel Fabre", func(p *browser.Page) hand { p.Script(false); return plain{p} }},
	} {
		t.Run(name, func(t *testing.T) {
			p := browser.New(t)
			h := c.set(p)
			p.Go(links[c.who])
			journey(p, h, strings.Fields(c.who)[0])
		})
	}
}

func journey(p *browser.Page, h hand, name string) {
	h.follow("main form button")
	p.Sees("Hello " + name)
	begin := func(part string) {
		h.follow(`main a[href="/c/parts/` + part + `"]`)
		h.follow("main form button.primary")
	}
	send := func(part string) {
		h.follow(`button[name="_go"]`)
		p.Until(`location.pathname.endsWith("/` + part + `/check")`)
		h.follow(`main form[action$="/send"] button`)
		p.Sees("Receipt")
	}
	begin("quiz")
	h.pick(`input[name="choice"]`)
	h.follow(`button[name="_go"]`)
	h.write(`input[name="typed"]`, "300")
	send("quiz")
	h.follow(`main a[href="/c"]`)
	begin("writing")
	h.write(`textarea[name="text"]`, "The queue delivered again, and nobody was charged twice.")
	send("writing")
	h.follow(`main a[href="/c"]`)
	begin("coding")
	h.code("print(input())")
	send("coding")
	h.follow(`main a[href="/c/status"]`)
	p.Sees("All parts are sent")
}

// keyboard presses Tab until it is there.
type keyboard struct{ *browser.Page }

func (k keyboard) to(selector string) {
	for range 120 {
		if k.Value(`!!document.activeElement && document.activeElement.matches(`+fmt.Sprintf("%q", selector)+`)`) == "true" {
			return
		}
		k.Press(kb.Tab)
	}
	k.Until(`"reached by Tab: ` + strings.ReplaceAll(selector, `"`, "'") + `" === ""`) // fails, with the page
}

func (k keyboard) follow(selector string) {
	k.to(selector)
	k.Value(`window.candorBefore = true`)
	k.Press(kb.Enter)
	k.Until(`window.candorBefore !== true && document.readyState === "complete"`)
}

func (k keyboard) pick(selector string) { k.to(selector); k.Press(" ") }

func (k keyboard) write(selector, text string) { k.to(selector); k.Press(text) }

// code leaves the editor as its help says: Tab indents there until Control and M make it go on.
func (k keyboard) code(text string) {
	k.to(".cm-content")
	k.Press(text)
	k.Ctrl("m")
}

// phone taps, and no page may be wider than it.
type phone struct {
	t *testing.T
	*browser.Page
}

func (f phone) fits() {
	f.t.Helper()
	if wide := f.Value(`document.documentElement.scrollWidth - document.documentElement.clientWidth`); wide != "0" {
		f.t.Errorf("%s is %s px wider than the phone", f.Value(`location.pathname`), wide)
	}
}

func (f phone) follow(selector string) {
	f.fits()
	f.Value(`window.candorBefore = true`)
	f.Tap(selector)
	f.Until(`window.candorBefore !== true && document.readyState === "complete"`)
}

func (f phone) pick(selector string) { f.Tap(selector) }

func (f phone) write(selector, text string) { f.Tap(selector); f.Press(text) }

func (f phone) code(text string) { f.write(".cm-content", text) }

// plain has no script: each page is a new one.
type plain struct{ *browser.Page }

func (n plain) pick(selector string) { n.Click(selector) }

func (n plain) follow(selector string) { n.Follow(selector) }

func (n plain) write(selector, text string) { n.Type(selector, text) }

func (n plain) code(text string) { n.write(`textarea[name^="file/"]`, text) }

// withCode is attempttest.Tree with a third part, a program.
func withCode() fstest.MapFS {
	out := maps.Clone(attempttest.Tree)
	out["assessment.yaml"] = &fstest.MapFile{Data: append(bytes.Clone(out["assessment.yaml"].Data),
		"  - {key: coding, title: Coding, about: One program., minutes: 10, items: [{item: program}]}\n"...)}
	out["items/program/item.yaml"] = &fstest.MapFile{Data: []byte("kind: code\ntitle: Program\nminutes: 10\nstyle: stdin\nstatement: Print what you read.\nlanguages: {python: {}}\n")}
	out["items/program/data/sample/one.in"] = &fstest.MapFile{Data: []byte("1\n")}
	out["items/program/data/sample/one.ans"] = &fstest.MapFile{Data: []byte("1\n")}
	return out
}

// interview makes an organisation with an opening and invites people; their links, by name.
func interview(t *testing.T, s *server, names ...string) map[string]string {
	owner, org, opening := company(t, s, withCode())
	out := map[string]string{}
	for _, name := range names {
		out[name] = invite(t, owner, s, org, opening, name, strings.ToLower(strings.Fields(name)[0])+"@mail.example")
	}
	return out
}

// TestKilledWhileTyping: the server dies in the middle of a sentence and comes back on the same data. What was typed before and
// meanwhile is there, no state of it is kept twice, and of a long text only what changed was sent and stored.
func TestKilledWhileTyping(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	args := []string{"serve", "--data", dir, "--addr", freePort(t)}
	s := start(t, args...)
	link := interview(t, s, "Kemi Adeola")["Kemi Adeola"]
	p := browser.New(t)
	p.Look(browser.Desk)
	p.Go(link)
	p.Follow("main form button")
	p.Click(`main a[href="/c/parts/writing"]`)
	p.Sees("One text")
	p.Follow("main form button.primary")
	const saved = `document.querySelector("[data-save]").dataset.kind === "saved"`
	long := strings.Repeat("Ein naïver Satz, 日本語 und 🙂. ", 300)
	p.Value(`(() => { const t = document.querySelector("textarea[name=text]"); t.value = "` + long + `"; t.dispatchEvent(new Event("input", { bubbles: true })); return "" })()`)
	p.Until(saved + ` && document.querySelector("[data-save-text]").textContent.includes("Saved")`)
	p.Type(`textarea[name="text"]`, "The first half arrived.")
	p.Until(`document.querySelector("textarea[name=text]").value.endsWith("arrived.")`)
	p.Until(saved + ` && document.querySelector("[data-save-text]").textContent.includes("Saved")`)
	p.Allow("ERR_INCOMPLETE_CHUNKED_ENCODING") // live events
	p.Allow("ERR_CONNECTION_REFUSED")
	p.Allow("ERR_CONNECTION_RESET")
	p.Allow("ERR_EMPTY_RESPONSE")
	s.kill()
	p.Press(" The second half was typed into the dark.")
	p.Until(`!(` + saved + `)`)
	s = start(t, args...)
	p.Until(saved)
	p.Go(s.URL + p.Value(`location.pathname`))
	whole := long + "The first half arrived. The second half was typed into the dark."
	if got := p.Value(`document.querySelector("textarea[name=text]").value.trim()`); got != whole {
		t.Errorf("after the restart the page has %d characters that end with %q", len(got), got[max(0, len(got)-70):])
	}
	s.stop()
	d, err := db.Open(context.Background(), "sqlite:"+dir+"/candor.db", db.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	err = d.InstallationRead(context.Background(), func(tx db.Tx) error {
		var n, different, deltas, bytes int
		err := tx.QueryRowContext(context.Background(), `SELECT COUNT(*), COUNT(DISTINCT sha256), COUNT(CASE WHEN base > 0 THEN 1 END), SUM(CASE WHEN base > 0 THEN LENGTH(body) ELSE 0 END) FROM revisions`).
			Scan(&n, &different, &deltas, &bytes)
		if n != different || n < 2 {
			t.Errorf("%d states are kept, %d different ones; want each once", n, different)
		}
		if deltas == 0 || bytes > 100*deltas {
			t.Errorf("%d of %d states are deltas, of %d bytes; want the second half as one, and small", deltas, n, bytes)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestAPostedPageIsTheNewest: a save is on its way for so long that the button's page overtakes it. It is kept as the older version that it
// is; neither the answer nor what the page shows goes back to it.
func TestAPostedPageIsTheNewest(t *testing.T) {
	t.Parallel()
	s := start(t, "serve", "--data", t.TempDir(), "--addr", freePort(t))
	p := browser.New(t)
	p.Look(browser.Desk)
	p.Before(`{
		const go = window.fetch, put = IDBObjectStore.prototype.put
		window.fetch = (to, init) => localStorage.held && String(to).includes("/c/-/save") ? new Promise(() => {}) : go(to, init)
		IDBObjectStore.prototype.put = function (v) { if (localStorage.full && !v.tried) throw new DOMException("", "QuotaExceededError"); return put.call(this, v) }
	}`)
	p.Go(interview(t, s, "Kemi Adeola")["Kemi Adeola"])
	p.Follow("main form button")
	p.Click(`main a[href="/c/parts/writing"]`)
	p.Sees("One text")
	p.Follow("main form button.primary")
	p.Until(`document.querySelector("[data-sitting]").dataset.ready === ""`)
	item := p.Value(`location.pathname`)
	p.Value(`localStorage.held = "1"`)
	p.Type("textarea[name=text]", "It is mine, says Kemi Ad")
	p.Until(`document.querySelector("[data-save]").dataset.kind === "device"`)
	const tried = `new Promise((ok) => indexedDB.open("candor").onsuccess = (e) => e.target.result.transaction("outbox").objectStore("outbox").getAll().onsuccess = (l) => ok(l.target.result.filter((v) => v.tried).length + " of " + l.target.result.length))`
	eventually(t, "the save is on its way", func() bool { return strings.HasPrefix(p.Value(tried), "1 of ") })
	p.Value(`(() => {
		localStorage.full = "1"
		const t = document.querySelector("textarea[name=text]")
		t.value += "eola."
		t.dispatchEvent(new Event("input", { bubbles: true }))
		window.candorBefore = true
		t.form.requestSubmit(t.form.querySelector("button.primary"))
		return ""
	})()`)
	p.Until(`window.candorBefore !== true && document.readyState === "complete"`)

	const whole, text = "It is mine, says Kemi Adeola.", `document.querySelector("textarea[name=text]").value`
	const ready = `document.querySelector("[data-sitting]").dataset.ready === ""`
	p.Go(s.URL + item)
	p.Until(ready)
	if got := p.Value(text); got != whole {
		t.Errorf("the page shows %q while an older version waits", got)
	}
	p.Value(`localStorage.clear(), ""`)
	p.Go(s.URL + item)
	p.Until(ready)
	eventually(t, "the older version arrives", func() bool { return p.Value(tried) == "0 of 0" })
	p.Go(s.URL + item)
	p.Until(ready)
	if got := p.Value(text); got != whole {
		t.Errorf("the answer is %q when the older version has arrived", got)
	}
	p.Go(s.URL + item + "/history")
	states := strings.Fields(p.Value(`[...document.querySelectorAll('main ol a.strong')].map((a) => a.href).join(" ")`))
	older, shorter := 0, regexp.MustCompile(`says Kemi Ad[^e]`)
	for _, state := range states {
		p.Go(state)
		if shorter.MatchString(p.Value(`document.querySelector("main").textContent`)) {
			older++
		}
	}
	if older == 0 || older == len(states) {
		t.Errorf("%d of the %d states in the history are the older one; want it and the posted one", older, len(states))
	}
}
