package e2e_test

import (
	"bytes"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"candor/e2e/browser"
	"candor/internal/archive"

	"github.com/chromedp/chromedp/kb"
)

// codeTree is an assessment with one timed part: a program that adds numbers, with a hidden test.
var codeTree = fstest.MapFS{
	"assessment.yaml": {Data: []byte(`candor: 1
title: Coding screen
about: One small program.
ai: {policy: allowed}
rubric:
  - {key: clear, title: Clear, weight: 1, about: Is it clear?, items: [adder], levels: [{name: Not yet, anchor: It cannot be followed.}, {name: Solid, anchor: It reads from top to bottom.}]}
parts:
  - {key: coding, title: Coding, about: One program., minutes: 10, timed: 30, items: [{item: adder}]}
`)},
	"items/adder/item.yaml": {Data: []byte("kind: code\ntitle: Adder\nminutes: 10\nstyle: stdin\nlanguages: {python: {starter: [adder.py]}, javascript: {}}\n" +
		"statement: |\n  Print the sum of all numbers of the input.\n\n  ### Input\n\n  Whole numbers, separated by white space.\n")},
	"items/adder/starter/python/adder.py":               {Data: []byte("import sys\n\nnumbers = sys.stdin.read().split()\n")},
	"items/adder/data/sample/two.in":                    {Data: []byte("1 2\n")},
	"items/adder/data/sample/two.ans":                   {Data: []byte("3\n")},
	"items/adder/data/secret/below-zero.in":             {Data: []byte("-7007 3\n")},
	"items/adder/data/secret/below-zero.ans":            {Data: []byte("-7004\n")},
	"items/adder/submissions/accepted/python/sum.py":    {Data: []byte("import sys\nprint(sum(map(int, sys.stdin.read().split())))\n")},
	"items/adder/submissions/accepted/javascript/a.js":  {Data: []byte("console.log(require('fs').readFileSync(0,'utf8').split(/\\s+/).map(Number).reduce((a,b)=>a+b,0))\n")},
	"items/adder/submissions/wrong_answer/python/no.py": {Data: []byte("print(3)\n")},
}

// company founds an organisation with one opening on a tree, in which the owner reads and decides, and gives the way to invite into it.
func company(t *testing.T, s *server, tree fstest.MapFS) (owner *visitor, org, opening string) {
	t.Helper()
	owner = newVisitor(t, s.URL)
	owner.get(s.link("become the owner"))
	owner.post(owner.at, url.Values{"organisation": {"Northpier"}, "name": {"Vera Lind"}, "email": {"vera@northpier.example"}, "zone": {"Europe/Lisbon"}})
	owner.get("/")
	org = owner.find(`href="(/o/org_[0-9a-f]{32})/openings"`)
	var zip bytes.Buffer
	if err := archive.Write(&zip, tree); err != nil {
		t.Fatal(err)
	}
	owner.upload(org+"/assessments", "file", zip.Bytes())
	version := owner.at
	owner.post(version+"/publish", nil)
	eventually(t, "the proof of the sample submissions", func() bool {
		owner.get(version)
		return strings.Contains(words(owner.page), "Published")
	})
	owner.post(org+"/openings/new", url.Values{"title": {"Backend engineer"}, "team": {"Harbour"}, "reply_days": {"5"}, "stage_title": {"Screen"},
		"assessment": {version[strings.LastIndex(version, "/")+1:]}, "reviewers": {"1"}, "window": {"7"}})
	owner.get(org + "/openings")
	opening = owner.find(`href="(/o/org_[0-9a-f]{32}/openings/opn_[0-9a-f]{32})"`)
	owner.get(opening + "/team")
	self := owner.find(`value="(mem_[0-9a-f]{32})"`)
	owner.post(opening+"/team", url.Values{"member": {self}, "roles": {"manager", "recruiter", "reviewer"}})
	return owner, org, opening
}

// invite gives the link of a new candidate.
func invite(t *testing.T, owner *visitor, s *server, org, opening, name, mail string) string {
	t.Helper()
	by := time.Now().Add(6 * 24 * time.Hour).UTC().Format("2006-01-02T15:04")
	owner.post(opening+"/invite", url.Values{"name": {name}, "email": {mail}, "zone": {"Africa/Lagos"}, "finish_by": {by}, "step": {"send"}})
	link := ""
	eventually(t, "the invitation in the outbox", func() bool {
		owner.get(org + "/outbox")
		at := strings.Index(owner.page, mail)
		if at < 0 {
			return false
		}
		link = regexp.MustCompile(regexp.QuoteMeta(s.URL) + `/i/[^"<]+`).FindString(owner.page[at:])
		return link != ""
	})
	return link
}

// TestACodingChallenge: a candidate writes a program in Chromium, runs it, loses the server in the middle of a run, goes on, and sends;
// another one does the same without a line of script; a reviewer reads code and results.
func TestACodingChallenge(t *testing.T) {
	t.Parallel()
	args := []string{"serve", "--data", t.TempDir(), "--addr", freePort(t)}
	s := start(t, args...)
	owner, org, opening := company(t, s, codeTree)
	shots := os.Getenv("CANDOR_SHOTS")

	p := browser.New(t)
	p.Look(browser.Desk)
	p.Go(invite(t, owner, s, org, opening, "Kemi Adeola", "kemi@mail.example"))
	p.Follow(`form[method=post] button`)
	p.Go(s.URL + "/c/parts/coding")
	p.Follow(`form[action$="/start"] button`)
	p.Until(`document.querySelector("[data-ready]") !== null && document.querySelector(".cm-content") !== null`)
	p.Axe()
	write := func(all bool, lines ...string) {
		p.Value(`document.querySelector(".cm-content").focus()`)
		if all {
			p.Ctrl("a")
		} else {
			p.Ctrl(kb.End)
		}
		for _, l := range lines {
			p.Press(l, kb.Enter)
		}
		p.Ctrl(kb.Enter)
	}
	write(false, "print(sum(int(n) for n in numbers) + 1)")
	p.Until(`/0 of 1 tests? pass/.test(document.querySelector("#ws-tests").textContent)`)
	p.Until(`document.querySelector("#ws-tests .outputs") !== null`)
	if got := p.Text(`#ws-tests .outputs`); !strings.Contains(got, "3") || !strings.Contains(got, "4") {
		t.Errorf("the difference shows %q; want 3 expected and 4 printed", got)
	}
	p.Axe()
	if shots != "" {
		p.Shots(shots, "workspace-fails")
	}

	// The server dies while a run waits; the press is not lost.
	write(false, "import time; time.sleep(2)")
	p.Until(`document.querySelector("#ws-tests .spinner") !== null`)
	for _, expected := range []string{"net::ERR_INCOMPLETE_CHUNKED_ENCODING", "net::ERR_CONNECTION_RESET", "net::ERR_CONNECTION_REFUSED", "net::ERR_EMPTY_RESPONSE"} {
		p.Allow(expected)
	}
	s.kill()
	s = start(t, args...)
	p.Until(`/run 2/.test(document.querySelector("#ws-tests").textContent) && document.querySelector("#ws-tests .spinner") === null`)

	// Own input, in a program that is right. Typing over a selection makes Chromium itself try to keep its look by a style attribute.
	p.Allow("Applying inline style violates")
	p.Click(`.own-input summary`)
	p.Type(`.own-input textarea`, "40 2")
	write(true, "import sys", "print(sum(map(int, sys.stdin.read().split())))")
	p.Until(`/The one test passes/.test(document.querySelector("#ws-tests").textContent)`)
	if got := p.Value(`document.querySelector("#ws-tests").textContent`); !strings.Contains(got, "your input") || !strings.Contains(got, "42") {
		t.Errorf("own input shows %q; want 42", got)
	}
	if shots != "" {
		p.Shots(shots, "workspace-passes")
	}
	html := p.Value(`document.documentElement.outerHTML`)
	for _, secret := range []string{"7007", "below-zero"} {
		if strings.Contains(html, secret) {
			t.Errorf("the page tells of the hidden test: %q", secret)
		}
	}
	p.Go(s.URL + "/c/parts/coding/check")
	p.Follow(`form[action$="/send"] button`)

	// Without script: the text area is posted, the run is asked for by a button, the page shows it when it is looked at again.
	tunde := newVisitor(t, s.URL)
	tunde.get(invite(t, owner, s, org, opening, "Tunde Bakare", "tunde@mail.example"))
	tunde.post(tunde.at, nil)
	tunde.post("/c/parts/coding/start", nil)
	item := "/c/parts/coding/items/adder"
	tunde.get(item)
	if !strings.Contains(tunde.page, `name="file/python/adder.py"`) {
		t.Fatal("there is no text area without script")
	}
	tunde.post(item+"/do/run", url.Values{"language": {"python"}, "file/python/adder.py": {"print(3)\r\n"}})
	eventually(t, "the run", func() bool { tunde.get(item); return strings.Contains(words(tunde.page), "The one test passes") })
	tunde.post("/c/parts/coding/send", nil)

	// Whoever reads sees the code and what the tests said, hidden ones too, beside the scorecard.
	marked := func(person, want string) {
		t.Helper()
		eventually(t, person, func() bool {
			owner.get(org + "/review")
			for _, m := range regexp.MustCompile(`href="(`+org+`/review/[A-Z0-9]+)`).FindAllStringSubmatch(owner.page, -1) {
				owner.get(m[1])
				if strings.Contains(words(owner.page), want) {
					return true
				}
			}
			return false
		})
	}
	marked("the right program's mark", "2 of 2 tests pass")
	marked("the wrong program's mark", "1 of 2 tests pass")
	owner.sees("below-zero (hidden)")
}
