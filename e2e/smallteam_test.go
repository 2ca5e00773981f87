package e2e_test

import (
	"net/url"
	"strings"
	"testing"

	"candor/e2e/browser"
	"candor/internal/attempt/attempttest"

	"github.com/chromedp/chromedp/kb"
)

// names finds, on every page and in every file that somebody can reach by links, which of the names stand there; by address. It looks at all
// that was sent, not at what is shown.
func names(t *testing.T, p *browser.Page, base, start string, names ...string) (found map[string][]string, pages int) {
	t.Helper()
	found = map[string][]string{}
	seen, todo := map[string]bool{start: true}, []string{start}
	for len(todo) > 0 {
		path := todo[0]
		todo = todo[1:]
		pages++
		var sent string
		if at, _, _ := strings.Cut(path, "?"); leaves(at, "staff") {
			p.Value(`String(window.sent = undefined, fetch(` + quote(path) + `).then(r => r.text()).then(x => window.sent = x))`)
			p.Until(`window.sent !== undefined`)
			sent = p.Value(`window.sent`)
		} else {
			p.Go(base + path)
			sent = p.Value(`document.documentElement.outerHTML`)
			for _, link := range strings.Fields(p.Value(`[...document.querySelectorAll("a[href]")].filter(a => a.origin === location.origin).map(a => a.pathname + a.search).join(" ")`)) {
				if !seen[link] && !strings.HasPrefix(link, "/i/") && !strings.Contains(link, "/sign-out") {
					seen[link] = true
					todo = append(todo, link)
				}
			}
		}
		for _, n := range names {
			if strings.Contains(strings.ToLower(sent), strings.ToLower(n)) {
				found[path] = append(found[path], n)
			}
		}
	}
	return found, pages
}

func quote(s string) string { return `"` + strings.ReplaceAll(s, `"`, "%22") + `"` }

// TestASmallTeam: the manager of an opening also reads. No page and no file that he can reach names a candidate whose scorecard he has not
// sent; then theirs does, and the other one's does not.
func TestASmallTeam(t *testing.T) {
	t.Parallel()
	s := start(t, "serve", "--data", t.TempDir(), "--addr", freePort(t))
	owner, org, opening := company(t, s, attempttest.Tree)
	owner.get(opening + "/team")
	self := owner.find(`name="member" value="(mem_[0-9a-f]{32})"`)
	owner.post(org+"/members", url.Values{"name": {"Ravi Patel"}, "email": {"ravi@northpier.example"}, "roles": {"reviewer"}})
	ravi := owner.find(`/members/(mem_[0-9a-f]{32})">Ravi Patel`)
	owner.post(opening+"/team", url.Values{"member": {self}, "roles": {"recruiter"}})
	owner.post(opening+"/team", url.Values{"member": {ravi}, "roles": {"manager", "reviewer"}})
	p := browser.New(t)
	p.Look(browser.Desk)
	p.Allow("403") // pages that are not his are linked nowhere; a link that is refused is found below
	eventually(t, "Ravi's invitation in the outbox", func() bool {
		owner.get(org + "/outbox")
		return strings.Contains(owner.page, "/sign-in/")
	})
	p.Go(owner.find(`href="(http[^"]*/sign-in/[^"]+)"`))
	p.Follow("main form button")

	people := [][2]string{{"Kemi Adeola", "kemi@mail.example"}, {"Tomás Øverland", "tomas@mail.example"}}
	for _, one := range people {
		c := newVisitor(t, s.URL)
		c.get(invite(t, owner, s, org, opening, one[0], one[1]))
		c.post(c.at, nil)
		c.post("/c/parts/quiz/start", nil)
		c.post("/c/parts/quiz/items/pick", url.Values{"choice": {"0"}, "_go": {"next"}})
		c.post("/c/parts/writing/start", nil)
		c.post("/c/parts/writing/items/tell-us", url.Values{"text": {"I am " + one[0] + " (" + one[1] + "), and the queue delivered twice."}})
		for _, part := range []string{"quiz", "writing"} {
			c.post("/c/parts/"+part+"/send", nil)
			c.sees("Receipt")
		}
	}
	cards := func() (list []string) {
		p.Go(s.URL + org + "/review")
		return strings.Fields(p.Value(`[...new Set([...document.querySelectorAll("main a[href*='/review/']")].map(a => a.pathname).filter(x => /[/]review[/][A-Z0-9-]+$/.test(x)))].join(" ")`))
	}
	eventually(t, "both submissions in the queue", func() bool { return len(cards()) == 2 })
	told := []string{"Kemi", "Adeola", "kemi@mail", "Tomás", "Øverland", "tomas@mail"}

	found, pages := names(t, p, s.URL, org+"/openings", told...)
	t.Logf("%d pages", pages)
	if len(found) > 0 || pages < 15 {
		t.Errorf("before anything is filed %d pages name candidates to their reader: %v", pages, found)
	}
	p.Go(s.URL + opening)
	lookAt(t, p, "small-team")

	p.Go(s.URL + cards()[0])
	p.Press("r", "3", "c")
	p.Until(`document.activeElement.name === "n.clear"`)
	p.Press("It says what happened.")
	p.Value(`document.activeElement.blur()`)
	p.Press("r", "2", "s")
	p.Until(`document.activeElement.textContent.trim() === "Send my scorecard"`)
	p.Press(kb.Enter)
	p.Sees("Your scores are sent")
	found, _ = names(t, p, s.URL, org+"/openings", told...)
	one, other := 0, 0
	for _, who := range found {
		for _, n := range who {
			if strings.Contains("Kemi Adeola kemi@mail", n) {
				one++
			} else {
				other++
			}
		}
	}
	if (one == 0) == (other == 0) {
		t.Errorf("after one of two scorecards was sent the pages name %v", found)
	}
}
