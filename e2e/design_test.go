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
	tunde.sees("What you take as given has 7 words; readers are asked to read 6. They get all of it.")
	tunde.sees("Parts and how they talk has no diagram. Words alone are fine.")
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
	p.Look(browser.Desk)
	p.Go(item)
	drawn("1")
	shots(p, "design-ask", browser.Desk)
	p.Go(s.URL + "/c/parts/design/check")
	p.Sees("Nothing is written under What goes wrong.")
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
	shots(reader, "design-read", browser.Desk)
	wide := reader.Value(`document.querySelector("diagram-view iframe").height`)
	reader.Look(browser.Phone)
	reader.Until(`+document.querySelector("diagram-view iframe").height < ` + wide) // narrower, it is less tall
	phone{t, reader}.fits()
}
