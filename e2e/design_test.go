package e2e_test

import (
	"bytes"
	"image"
	"image/png"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"candor/e2e/browser"

	"github.com/chromedp/chromedp/kb"
)

// designTree is an assessment with one design.
var designTree = fstest.MapFS{
	"assessment.yaml": {Data: []byte(`candor: 1
title: Designing
about: One document.
ai: {policy: allowed}
rubric:
  - {key: weighs, title: Weighs, weight: 1, about: What speaks against it?, items: [ferries], levels: [{name: Not yet, anchor: Names a technology.}, {name: Solid, anchor: Names the main cost.}]}
parts:
  - {key: design, title: Design, about: One document., minutes: 60, items: [{item: ferries}]}
`)},
	"items/ferries/item.yaml": {Data: []byte(`kind: design
title: Seats on a ferry
minutes: 60
statement: |
  Two harbours sell the same seats. **Design** how nobody's seat is sold twice.
sections:
  - {key: context, title: What you take as given, words: 6, help: "Numbers that you **assume**."}
  - {key: parts, title: Parts and how they talk, diagram: true}
  - {key: failure, title: What goes wrong}
`)},
}

// TestADesign: a document is written without script; on a phone it is written with a diagram that is drawn apart, broken, and mended, and loses nothing by it;
// whoever reads it sees the diagram without learning who drew it, and points at it.
func TestADesign(t *testing.T) {
	t.Parallel()
	s := start(t, "serve", "--data", t.TempDir(), "--addr", freePort(t))
	owner, org, opening := company(t, s, designTree)
	dir := os.Getenv("CANDOR_SHOTS")
	shots := func(p *browser.Page, name string, back browser.View) {
		if dir != "" {
			p.Shots(dir, name)
			p.Look(back)
		}
	}
	item := s.URL + "/c/parts/design/items/ferries"

	tunde := newVisitor(t, s.URL)
	tunde.get(invite(t, owner, s, org, opening, "Tunde Bakare", "tunde@mail.example"))
	tunde.post(tunde.at, nil)
	tunde.post("/c/parts/design/start", nil)
	tunde.get("/c/parts/design/items/ferries")
	at, err := url.Parse(tunde.find(`data-frame="(http[^"]+)"`))
	if err != nil {
		t.Fatal(err)
	}
	tunde.post("/c/parts/design/items/ferries", url.Values{"text-context": {"One two three four five six seven."}, "text-parts": {"A queue for each sailing."}, "text-failure": {""}})
	tunde.sees("A queue for each sailing.")
	tunde.get("/c/parts/design/check")
	tunde.sees("Parts and how they talk has no diagram. Words alone are fine.")
	typed := url.Values{"text-context": {"One two three four five six seven."}, "text-parts": {"A queue for each sailing, typed on."}, "text-failure": {""}}
	tunde.expects = http.StatusUnprocessableEntity
	tunde.adds(item, "parts", "boxes.svg", []byte(`<svg xmlns="http://www.w3.org/2000/svg"/>`), typed)
	tunde.sees("This is something else, whatever it is called. Your text is kept.")
	tunde.adds(item, "parts", "", nil, typed)
	tunde.sees("Choose a file first")
	tunde.sees("typed on.")
	tunde.expects = 0
	tunde.adds(item, "parts", "boxes.png", dot(t), typed)
	tunde.sees("typed on.")
	tunde.find(`<img src="([^"]+)" alt="picture 1" width="3" height="2"`)
	tunde.get("/c/parts/design/items/ferries/history")
	tunde.get(tunde.find(`href="(/c/parts/design/items/ferries/states/\d+)"`)) // a state shows the pictures it had
	tunde.find(`<img src="([^"]+)" alt="Picture 1, which its writer does not describe" width="3" height="2"`)
	tunde.get("/c/parts/design/check")
	tunde.sees("What you take as given has 7 words; readers are asked to read 6. They get all of it.")
	tunde.sees("A picture or PDF under Parts and how they talk has no description.")
	tunde.sees("Nothing is written under What goes wrong.")
	tunde.post("/c/parts/design/send", nil)

	// The page that draws is on the content origin alone, is nobody's, and reaches nothing.
	for host, want := range map[string]int{at.Host: 200, strings.TrimPrefix(s.URL, "http://"): 404} {
		req, _ := http.NewRequestWithContext(t.Context(), "GET", s.URL+at.Path, nil)
		req.Host = host
		r, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		io.Copy(io.Discard, r.Body)
		r.Body.Close()
		policy := r.Header.Get("Content-Security-Policy")
		if r.StatusCode != want {
			t.Errorf("the frame at %s is %d; want %d", host, r.StatusCode, want)
		}
		for _, part := range []string{"default-src 'none'", "sandbox allow-scripts", "frame-ancestors " + s.URL} {
			if want == 200 && !strings.Contains(policy+";", part+";") {
				t.Errorf("the frame's policy %q lacks %s", policy, part)
			}
		}
	}

	p := browser.New(t)
	p.Look(browser.Phone)
	p.Go(invite(t, owner, s, org, opening, "Kemi Adeola", "kemi@mail.example"))
	p.Follow(`form[method=post] button`)
	p.Go(s.URL + "/c/parts/design")
	p.Follow(`form[action$="/start"] button`)
	if p.Value(`location.href`) != item {
		p.Go(item)
	}
	saved := func() { p.Until(`document.querySelector("[data-save]").dataset.kind === "saved"`) }
	drawn := func(n string) {
		p.Until(`[...document.querySelectorAll("diagram-view")][1].dataset.drawn === "` + n + `"`)
	}
	p.Type(`#text-ferries-context`, "I am Kemi Adeola and take this as given.")
	p.Sees("Words: 9; readers are asked to read 6. What is more is kept and read too.")
	p.Tap(`.ds-part:nth-of-type(2) [data-insert]`)
	drawn("1")
	p.Until(`+document.querySelector("diagram-view iframe").height > 50`)
	saved()
	p.Axe()
	phone{t, p}.fits()
	shots(p, "design-drawn", browser.Phone)
	const area = `document.querySelector("#text-ferries-parts")`
	p.Value(area + `.setRangeText("  adeola[Adeola] -->\n", ` + area + `.value.lastIndexOf("` + "```" + `"), ` + area + `.value.lastIndexOf("` + "```" + `"), "end")`)
	p.Press(" ")
	drawn("0")
	p.Sees("Diagram 1 cannot be drawn yet. Your text is kept, and counts as it is.")
	p.Axe()
	saved()
	p.Go(item) // as after a crash: the broken text is there, and says again what is wrong
	drawn("0")
	p.Value(`(` + area + `.value = ` + area + `.value.replace(/-->\s*` + "```" + `/, "--> api\n` + "```" + `"), ` + area + `.dispatchEvent(new Event("input", {bubbles: true})))`)
	drawn("1")
	p.Until(`document.querySelectorAll("diagram-view")[1].querySelector("[data-say]").textContent === ""`)
	saved()
	addFiles(t, p, item, saved, func() { shots(p, "design-files", browser.Phone) })
	p.Look(browser.Desk)
	p.Go(item)
	drawn("1")
	shots(p, "design-ask", browser.Desk)
	p.Go(s.URL + "/c/parts/design/check")
	if list := p.Text("main"); strings.Contains(list, "under What goes wrong") {
		t.Errorf("the page before sending misses something of what has all: %s", list)
	}
	p.Axe()
	p.Follow(`form[action$="/send"] button`)
	p.Sees("Receipt")

	reader := browser.New(t)
	reader.Look(browser.Desk)
	reader.Bring(s.URL, owner.cookies)
	var card string
	eventually(t, "the design to read", func() bool {
		owner.get(org + "/review")
		for _, m := range regexp.MustCompile(`href="(`+org+`/review/[A-Z0-9]+)`).FindAllStringSubmatch(owner.page, -1) {
			owner.get(m[1])
			if strings.Contains(words(owner.page), "take this as given") {
				card = m[1]
				return true
			}
		}
		return false
	})
	reader.Go(s.URL + card)
	reader.Until(`document.querySelector("diagram-view").dataset.drawn === "1"`)
	reader.Axe()
	reader.Until(`[...document.querySelectorAll(".ds-file img")].some(i => { i.loading = "eager"; return i.complete && i.naturalWidth === 120 })`)
	reader.Sees("A PDF says inside who made it: it opens when your scorecard is sent.")
	html := strings.ToLower(reader.Value(`document.querySelector("main").outerHTML`))
	for _, hidden := range []string{"kemi", "adeola"} {
		if strings.Contains(html, hidden) {
			t.Errorf("a blind reader's page has %q", hidden)
		}
	}
	reader.Value(`window.candorBefore = true`)
	reader.Click(`a[href="#s-parts.1"]`)
	reader.Click(`input[name="c.weighs"][value="2"]`)
	reader.Until(`document.querySelector("select[name='p.weighs']").value === "ferries#s-parts.1"`)
	if label := reader.Value(`document.querySelector("select[name='p.weighs']").selectedOptions[0].text`); label != "Parts and how they talk, diagram 1" {
		t.Errorf("the place of evidence reads %q", label)
	}
	if same := reader.Value(`window.candorBefore && document.querySelector("diagram-view").dataset.drawn`); same != "1" {
		t.Errorf("to point at a diagram loads the page again: %s", same)
	}
	pointAt(t, reader)
	shots(reader, "design-read", browser.Desk)
	wide := reader.Value(`document.querySelector("diagram-view iframe").height`)
	reader.Look(browser.Phone)
	reader.Until(`+document.querySelector("diagram-view iframe").height < ` + wide) // narrower, it is less tall
	phone{t, reader}.fits()
}

// dot is a picture of 3 by 2 pixels.
func dot(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 3, 2))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// adds posts the page of a document with a file for a section, as a browser without script does.
func (v *visitor) adds(item, section, name string, data []byte, fields url.Values) {
	v.t.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	for field, list := range fields {
		m.WriteField(field, list[0])
	}
	m.WriteField("_place", section)
	part, err := m.CreateFormFile("_file-"+section, name)
	if err != nil {
		v.t.Fatal(err)
	}
	part.Write(data)
	m.Close()
	v.do("POST", strings.TrimPrefix(item, v.base)+"/files", m.FormDataContentType(), &b)
}

// addFiles adds pictures and a PDF to the last section in the page: nothing that is typed is lost by it, another tab knows of them, and one that was taken out
// comes back.
func addFiles(t *testing.T, p *browser.Page, item string, saved, look func()) {
	t.Helper()
	const section = `design-files[data-section="failure"] `
	said := func(text string) {
		p.Until(`document.querySelector('` + section + `[data-said]').textContent.includes(` + strconv.Quote(text) + `)`)
	}
	shown := func(n string) {
		p.Until(`document.querySelectorAll('` + section + `.ds-file').length === ` + n)
	}
	file := func(name string, data []byte) string {
		at := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(at, data, 0o600); err != nil {
			t.Fatal(err)
		}
		return at
	}
	p.Click(section + `[data-send]`)
	said("Choose a picture or a PDF first.")
	p.Upload(section+`input[type=file]`, file("drawing.png", []byte("<svg/>")))
	p.Click(section + `[data-send]`)
	said("This is something else, whatever it is called.")
	p.Upload(section+`input[type=file]`, file("Kemi Adeola.pdf", []byte("%PDF-1.7\n<</Author (Kemi Adeola)>>\nstartxref\n9\n%%EOF\n")))
	p.Click(section + `[data-send]`)
	shown("1")
	// Pasted, while the text beside it is being typed: neither takes the other away.
	p.Value(`(() => { const a = document.querySelector("#text-ferries-failure"); a.value = "It fails"; a.dispatchEvent(new Event("input", {bubbles: true}))
		const c = document.createElement("canvas"); c.width = 120; c.height = 80; c.getContext("2d").fillRect(10, 10, 60, 40)
		c.toBlob(b => { const d = new DataTransfer(); d.items.add(new File([b], "image.png", {type: "image/png"}))
			a.dispatchEvent(new ClipboardEvent("paste", {clipboardData: d, bubbles: true, cancelable: true})) }) })()`)
	shown("2")
	said("It is in your answer.")
	p.Type(section+`.ds-file:nth-of-type(2) textarea`, "The queue is full")
	saved()
	p.Axe()
	look()
	phone{t, p}.fits()

	tab := p.Tab()
	tab.Go(item)
	tab.Until(`document.querySelectorAll('` + section + `.ds-file').length === 2`)
	p.Click(section + `.ds-file:nth-of-type(1) button[name=drop]`)
	shown("1")
	saved()
	tab.Until(`document.querySelectorAll('` + section + `.ds-file').length === 1`) // it is told: what it saves next does not bring the file back
	tab.Close()
	p.Click(section + `summary`)
	p.Click(section + `button[name=put]`)
	shown("2")
	p.Until(`document.querySelector('` + section + `.ds-file:nth-of-type(1) textarea').value === "Kemi Adeola"`) // with what was said of it
	saved()
	p.Go(item) // as after a crash
	shown("2")
	if text := p.Value(`document.querySelector("#text-ferries-failure").value + "/" + document.querySelector('` + section + `.ds-file:nth-of-type(2) textarea').value`); text != "It fails/The queue is full" {
		t.Errorf("after all that the section reads %q", text)
	}
}

// pointAt points at two places of a picture: one by the keyboard alone, one by a press; the second is the evidence of a level, and is there again afterwards.
func pointAt(t *testing.T, p *browser.Page) {
	t.Helper()
	const spots = `document.querySelectorAll("[data-spots] li")`
	p.Value(`document.querySelector("[data-point]").focus()`)
	p.Press(kb.Enter)
	p.Until(`document.activeElement.matches("[data-aim]")`)
	p.Press(kb.ArrowRight, kb.ArrowDown, kb.ArrowDown)
	p.Until(`document.activeElement.getAttribute("aria-label").startsWith("Mark at 51 % across, 52 % down")`)
	p.Press(kb.Enter)
	p.Until(`location.hash === "#s-failure.f2.510-520" && document.querySelector(".spot[data-here]")?.textContent === "1"`)
	p.Value(`document.querySelector("#work .ds-file img").dispatchEvent((i => { const b = i.getBoundingClientRect()
		return new MouseEvent("click", {bubbles: true, clientX: b.left + b.width * .25, clientY: b.top + b.height * .25}) })(document.querySelector("#work .ds-file img")))`)
	p.Until(spots + `.length === 2`)
	p.Axe()
	at := p.Value(`decodeURIComponent(location.hash)`)
	p.Value(`document.querySelector("select[name='p.weighs']").value = ""`)
	p.Value(`delete document.querySelector("select[name='p.weighs']").dataset.chosen`)
	p.Click(`input[name="c.weighs"][value="1"]`)
	p.Until(`document.querySelector("select[name='p.weighs']").value === "ferries` + at + `"`)
	if label := p.Value(`document.querySelector("select[name='p.weighs']").selectedOptions[0].text`); !strings.HasPrefix(label, "What goes wrong, picture 2, 25 % across, 2") {
		t.Errorf("the place of evidence at %s reads %q", at, label)
	}
	p.Until(`document.querySelector("[data-save]").dataset.kind === "saved"`)
	p.Go(p.Value(`location.href.split("#")[0]`))
	p.Until(`document.querySelector(".spot") && ` + spots + `.length === 1`) // what the scorecard points at; the other was looked at, no more
}
