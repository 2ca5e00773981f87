package e2e_test

import (
	"io"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"candor/e2e/browser"
)

// videoTree is an assessment with one question that is answered by a recording.
var videoTree = fstest.MapFS{
	"assessment.yaml": {Data: []byte(`candor: 1
title: Telling
about: One question.
ai: {policy: allowed}
rubric:
  - {key: learns, title: Learns, weight: 1, about: What is different since?, items: [undone], levels: [{name: Not yet, anchor: Names no cause.}, {name: Solid, anchor: Names the cause and what changed.}]}
parts:
  - {key: telling, title: Telling, about: One question., minutes: 5, items: [{item: undone}]}
`)},
	"items/undone/item.yaml": {Data: []byte("kind: video\ntitle: A change you undid\nminutes: 5\nlength: 60\nscreen: true\nthink: 60\nstatement: |\n  What happened, how did you **notice**, and what do you do differently now?\nprompt: {file: ask.webm, captions: ask.vtt}\n")},
	"items/undone/ask.webm":  {Data: []byte("\x1a\x45\xdf\xa3 webm of the question")},
	"items/undone/ask.vtt":   {Data: []byte("WEBVTT\n\n00:00.000 --> 00:02.000\nWhat happened, and how did you notice?\n")},
}

// TestARecordedAnswer: nothing is recorded before the candidate agreed; then, on a phone, a network that is cut, a server that is killed and a tab that dies in
// the middle lose not a slice; the candidate chooses a take and writes what it says; whoever reads it reads first, watches after their scores, and
// points at a time.
func TestARecordedAnswer(t *testing.T) {
	t.Parallel()
	s := start(t, "serve", "--data", t.TempDir(), "--addr", freePort(t))
	owner, org, opening := company(t, s, videoTree)
	dir := os.Getenv("CANDOR_SHOTS")
	shots := func(p *browser.Page, name string, back browser.View) {
		if dir != "" {
			p.Shots(dir, name)
			p.Look(back)
		}
	}
	item := s.URL + "/c/parts/telling/items/undone"

	// Without script the question is answered in writing.
	tunde := newVisitor(t, s.URL)
	tunde.get(invite(t, owner, s, org, opening, "Tunde Bakare", "tunde@mail.example"))
	tunde.post(tunde.at, nil)
	tunde.post("/c/parts/telling/start", nil)
	// The question is a recording too, on the content origin, in pieces, and only by its signature.
	tunde.get("/c/parts/telling/items/undone")
	told := tunde.find(`<video[^>]* src="(http[^"]+/-/task/[^"]+ask\.webm[^"]+)"`)
	at, err := url.Parse(told)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		path, host string
		want       int
	}{"a piece": {at.Path, at.Host, 206}, "another signature": {at.Path + "x", at.Host, 404}, "the site's own origin": {at.Path, strings.TrimPrefix(s.URL, "http://"), 404},
		"another file of the folder": {strings.Replace(at.Path, "ask.webm", "item.yaml", 1), at.Host, 404}} {
		req, _ := http.NewRequestWithContext(t.Context(), "GET", s.URL+c.path, nil)
		req.Host = c.host
		req.Header.Set("Range", "bytes=5-8")
		r, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(r.Body)
		r.Body.Close()
		if r.StatusCode != c.want || c.want == 206 && string(body) != "webm" {
			t.Errorf("%s of the spoken question is %d %.40q; want %d", name, r.StatusCode, body, c.want)
		}
	}
	tunde.post("/c/parts/telling/items/undone", url.Values{"to": {"written"}})
	tunde.post("/c/parts/telling/items/undone", url.Values{"text": {"We rolled it back within the hour."}})
	tunde.sees("We rolled it back within the hour.")
	tunde.post("/c/parts/telling/send", nil)

	p := browser.New(t)
	p.Look(browser.Phone)
	p.Go(invite(t, owner, s, org, opening, "Kemi Adeola", "kemi@mail.example"))
	p.Follow(`form[method=post] button`)
	p.Go(s.URL + "/c/parts/telling")
	p.Follow(`form[action$="/start"] button`)
	p.Sees("Before anything is recorded")
	p.Sees("The recording is kept until")
	p.Axe()
	shots(p, "video-terms", browser.Phone)
	phone{t, p}.fits()
	p.Follow(`button[formaction$="/agree"]`)

	ready := func() { p.Until(`document.querySelector("take-recorder[data-ready]") !== null`) }
	press := func(what string) { p.Tap(`[data-press="` + what + `"]`) }
	mode := func(want string) {
		p.Until(`document.querySelector("take-recorder").dataset.mode === "` + want + `"`)
	}
	// kept waits until this device holds so many more bytes of a take in this state.
	kept := func(state string, slices string) {
		p.Until(`new Promise(ok => { const r = indexedDB.open("candor-recordings"); r.onsuccess = () => { const g = r.result.transaction("takes").objectStore("takes").getAll(); g.onsuccess = () => { r.result.close(); ok(g.result.some(t => t.state === "` + state + `" && t.slices >= ` + slices + `)) } } })`)
	}
	ready()
	shots(p, "video-off", browser.Phone)
	press("check")
	mode("ready")
	p.Sees("The picture above is what is recorded.")
	p.Axe()
	shots(p, "video-ready", browser.Phone)

	// A practice take stays on the page.
	press("practise")
	mode("practising")
	p.Until(`document.querySelector("[data-elapsed]").textContent !== "0:00"`)
	press("stop")
	mode("ready")
	p.Until(`document.querySelector("[data-practice-play]").src.startsWith("blob:")`)
	if n := p.Value(`document.querySelectorAll("[data-take],[data-local-take]").length`); n != "0" {
		t.Errorf("a practice take made %s takes", n)
	}

	// The network goes in the middle of a take and comes back; every slice arrives.
	press("record")
	mode("recording")
	kept("recording", "1")
	p.Offline(true)
	kept("recording", "3")
	p.Sees("Safe on this device")
	shots(p, "video-recording", browser.Phone)
	press("pause")
	mode("paused")
	press("resume")
	p.Offline(false)
	kept("recording", "4")

	// The server is killed in the middle of the upload, and comes back on the same data.
	for _, part := range []string{"ERR_INCOMPLETE_CHUNKED_ENCODING", "ERR_CONNECTION_REFUSED", "ERR_CONNECTION_RESET", "ERR_EMPTY_RESPONSE"} {
		p.Allow(part)
	}
	s.kill()
	kept("recording", "6")
	s = start(t, s.args...)
	press("stop")
	sent := func(n string) {
		p.Until(`document.querySelectorAll('[data-take][data-state="sent"]').length === ` + n)
	}
	sent("1")
	p.Axe()

	// The tab dies in the middle of the second one. What it had is kept, arrives, and uses up no take.
	press("record")
	mode("recording")
	kept("recording", "2")
	again := p.Tab()
	p.Close()
	p = again
	p.Look(browser.Phone)
	p.Go(item)
	ready()
	sent("2")
	p.Sees("It was cut off in the middle")
	p.Sees("1 of 3 used")

	// The candidate chooses the whole take, writes what it says, and sends.
	p.Click(`[data-take] input[name=take]`)
	p.Click(`[data-take] summary`)
	p.Type(`[data-take] textarea`, "0:00 I am Kemi Adeola and we undid a cache.\n0:02 Support told us, so now alerts do.")
	p.Until(`document.querySelector("[data-save]").dataset.kind === "saved"`)
	p.Axe()
	shots(p, "video-takes", browser.Phone)
	phone{t, p}.fits()
	p.Look(browser.Desk)
	p.Go(s.URL + "/c/parts/telling/check")
	p.Follow(`form[action$="/send"] button`)
	p.Sees("Receipt")

	// Whoever reads it reads first.
	reader := browser.New(t)
	reader.Look(browser.Desk)
	reader.Bring(s.URL, owner.cookies)
	var card string
	eventually(t, "the review to read", func() bool {
		owner.get(org + "/review")
		for _, m := range regexp.MustCompile(`href="(`+org+`/review/[A-Z0-9]+)`).FindAllStringSubmatch(owner.page, -1) {
			owner.get(m[1])
			if strings.Contains(words(owner.page), "we undid a cache") {
				card = m[1]
				return true
			}
		}
		return false
	})
	reader.Go(s.URL + card)
	reader.Axe()
	html := strings.ToLower(reader.Value(`document.querySelector("main").outerHTML`))
	for _, hidden := range []string{"kemi", "adeola", "<video", "/-/file/"} {
		if strings.Contains(html, hidden) {
			t.Errorf("before the scores are sent the page has %q", hidden)
		}
	}
	reader.Click(`.vp-said a[href="#t2-5"], .vp-said li:last-child a`)
	reader.Click(`input[name="c.learns"][value="2"]`)
	reader.Until(`/^undone#t2-\d+$/.test(document.querySelector("select[name='p.learns']").value)`)
	if label := reader.Value(`document.querySelector("select[name='p.learns']").selectedOptions[0].text`); !strings.HasPrefix(label, "0:02 to 0:") {
		t.Errorf("the place of evidence reads %q", label)
	}
	shots(reader, "video-read", browser.Desk)
	reader.Follow(`[data-send]`)
	reader.Until(`document.querySelector("video[data-video]")?.readyState >= 1`)
	reader.Axe()
	reader.Click(`[data-speed="1.5"]`)
	if got := reader.Value(`document.querySelector("video[data-video]").playbackRate`); got != "1.5" {
		t.Errorf("1.5 × plays at %s", got)
	}
	reader.Until(`[...document.querySelectorAll("a")].some(a => /#t2-/.test(a.hash) && !a.closest("take-player"))`)
	shots(reader, "video-player", browser.Desk)
}
