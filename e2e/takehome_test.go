package e2e_test

import (
	"html"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"candor/e2e/browser"
	"candor/internal/repo/repotest"

	"github.com/chromedp/chromedp/kb"
)

// ferryTree is an assessment with one part without a clock: a small repository with a visible and a hidden check.
var ferryTree = fstest.MapFS{
	"assessment.yaml": {Data: []byte(`candor: 1
title: Take-home
about: One small repository.
ai: {policy: allowed}
rubric:
  - {key: clear, title: Clear, weight: 1, about: Is it clear?, items: [ferry], levels: [{name: Not yet, anchor: It cannot be followed.}, {name: Solid, anchor: It reads from top to bottom.}]}
parts:
  - {key: home, title: Ferry, about: One repository., minutes: 20, items: [{item: ferry}]}
`)},
	"items/ferry/item.yaml": {Data: []byte(`kind: repository
title: The ferry
minutes: 20
language: python
statement: Make the ferry carry what the issue asks for.
protected: [run.sh]
checks:
  - {name: Seats, command: [sh, run.sh], format: tap}
  - {name: Stops, hidden: true, command: [sh, stops.sh], format: tap, files: checks/stops}
`)},
	"items/ferry/issues/1-seats.md":     {Data: []byte("# There are too few seats\n\nThe ferry needs **four**.\n")},
	"items/ferry/starter/README.md":     {Data: []byte("# Ferry\n\nIt crosses the harbour.\n")},
	"items/ferry/starter/lib/seats.py":  {Data: []byte("SEATS = 3\n")},
	"items/ferry/starter/run.sh":        {Data: []byte("#!/bin/sh\necho 1..1\ngrep -q 'SEATS = 4' lib/seats.py && echo ok 1 - four seats || echo not ok 1 - four seats\n")},
	"items/ferry/checks/stops/stops.sh": {Data: []byte("echo 1..1\ntest -e stops.txt && echo ok 1 - canary-stops || echo not ok 1 - canary-stops\n")},
	"items/ferry/solution/lib/seats.py": {Data: []byte("SEATS = 4\n")},
	"items/ferry/solution/stops.txt":    {Data: []byte("canary-solution\n")},
}

const ferry = "/c/parts/home/items/ferry"

// TestATakeHome: one candidate works in Chromium, is overtaken by a push of their own and decides it, and sends; another one works with git alone,
// and what they push after the end is kept apart. Their reader sees the work and nobody's name.
func TestATakeHome(t *testing.T) {
	t.Parallel()
	s := start(t, "serve", "--data", t.TempDir(), "--addr", freePort(t))
	owner, org, opening := company(t, s, ferryTree)
	inBrowser(t, s, invite(t, owner, s, org, opening, "Kemi Adeola", "kemi@mail.example"))
	inGit(t, s, invite(t, owner, s, org, opening, "Anna Muster", "anna@mail.example"))

	// Whoever reads meets work and no people: neither in the page nor in anything behind it.
	seen := 0
	eventually(t, "both pieces of work with their marks", func() bool {
		seen = 0
		owner.get(org + "/review")
		for _, m := range regexp.MustCompile(`href="(`+org+`/review/[A-Z0-9]+)`).FindAllStringSubmatch(owner.page, -1) {
			owner.get(m[1])
			text := words(owner.page)
			if strings.Contains(text, "Changes against the starter") && (strings.Contains(text, "2 of 2 checks pass as a whole") || strings.Contains(text, "1 of 2 checks pass as a whole")) {
				seen++
			}
			for _, name := range []string{"Anna", "Muster", "muster", "anna@", "Kemi", "Adeola", "kemi@", "GMT", "+0100"} {
				if at := strings.Index(owner.page, name); at >= 0 {
					t.Fatalf("a reader meets %q: ...%s...", name, owner.page[max(0, at-80):min(len(owner.page), at+80)])
				}
			}
			if strings.Contains(owner.page, "too late") {
				t.Fatal("what came late is among what counts")
			}
		}
		return seen == 2
	})
	if dir := os.Getenv("CANDOR_SHOTS"); dir != "" {
		p := browser.New(t)
		p.Look(browser.Desk)
		p.Bring(s.URL, owner.cookies)
		p.Go(s.URL + owner.at)
		p.Axe()
		p.Shots(dir, "takehome-review")
	}
}

// begin opens an invitation and starts the part.
func (v *visitor) begin(link string) {
	v.t.Helper()
	v.get(link)
	v.post(v.at, nil)
	v.post("/c/parts/home/start", nil)
	v.get(ferry)
}

// cloneURL is the address in the command of the page.
func cloneURL(t *testing.T, page string) string {
	t.Helper()
	m := regexp.MustCompile(`git clone (http[^<\s"]+)`).FindStringSubmatch(html.UnescapeString(page))
	if m == nil {
		t.Fatal("the page shows no clone command")
	}
	return m[1]
}

func inBrowser(t *testing.T, s *server, link string) {
	shots := os.Getenv("CANDOR_SHOTS")
	shot := func(p *browser.Page, name string) {
		p.Axe()
		if shots != "" {
			p.Shots(shots, name)
		}
	}
	p := browser.New(t)
	p.Look(browser.Desk)
	p.Go(link)
	p.Follow(`form[method=post] button`)
	p.Go(s.URL + "/c/parts/home")
	p.Follow(`form[action$="/start"] button`)
	p.Go(s.URL + ferry)
	p.Sees("It crosses the harbour.")
	shot(p, "takehome-start")
	clone := cloneURL(t, p.Value(`document.documentElement.outerHTML`))
	p.Follow(`.repo .tabs a[href*="view=issues"]`)
	p.Follow(`.repo-list a`)
	p.Sees("The ferry needs four.")

	// An edit is kept as it is typed, run before it is committed, and committed with a message.
	p.Follow(`.repo .tabs a[href*="view=files"]`)
	p.Until(`document.querySelector("[data-ready]") !== null && document.querySelector(".cm-content") !== null`)
	p.Allow("Applying inline style violates") // typing over a selection makes Chromium itself try to keep its look
	p.Value(`document.querySelector(".cm-content").focus()`)
	p.Ctrl("a")
	p.Press("SEATS = 4", kb.Enter)
	p.Until(`document.querySelector("[data-save]").dataset.kind === "saved" && /Saved/.test(document.querySelector("[data-save]").textContent)`)
	p.Ctrl(kb.Enter)
	p.Until(`/The one test passes/.test(document.querySelector("#ws-tests").textContent)`)
	shot(p, "takehome-files")
	p.Type(`textarea[name=message]`, "Four seats")
	p.Follow(`button[formaction*="/do/commit"]`)
	p.Sees("Four seats")
	shot(p, "takehome-history")

	// A push of their own changes the file that stands open: nothing is lost, and the candidate decides.
	p.Go(s.URL + ferry + "?view=files&file=lib%2Fseats.py")
	p.Until(`document.querySelector("[data-ready]") !== null && document.querySelector(".cm-content") !== null`)
	if got := p.Value(`document.querySelector(".cm-content").textContent`); !strings.Contains(got, "SEATS = 4") {
		t.Errorf("after the commit the editor shows %q", got)
	}
	dir := repotest.Clone(t, clone)
	repotest.Commit(t, dir, map[string]string{"lib/seats.py": "SEATS = 4  # by git\n", "stops.txt": "Aker\n"})
	repotest.Git(t, dir, "push", "--quiet")
	p.Value(`document.querySelector(".cm-content").focus()`)
	p.Ctrl(kb.End)
	p.Press("DECKS = 2", kb.Enter)
	p.Until(`document.querySelector("[data-save]").dataset.kind === "saved"`)
	p.Type(`textarea[name=message]`, "Two decks")
	p.Follow(`button[formaction*="/do/commit"]`)
	p.Sees("A newer commit changed a file that you edited here.")
	p.Sees("by git")
	p.Sees("DECKS = 2")
	p.Go(s.URL + ferry + "?view=files&file=lib%2Fseats.py")
	p.Sees("A newer commit changed what you edited.")
	shot(p, "takehome-conflict")
	p.Follow(`button[formaction*="/do/mine"]`)
	p.Follow(`button[formaction*="/do/commit"]`)
	p.Sees("Two decks")

	// A branch of their own, by the key: what is committed there does not count until it is merged, and the page before sending says so.
	p.Go(s.URL + ferry + "?view=files&file=README.md")
	p.Until(`document.querySelector("[data-ready]") !== null && document.querySelector(".cm-content") !== null`)
	p.Click(`.repo > details > summary`)
	p.Value(`document.querySelector("input[name=_branch]").value = "fix/cargo", document.querySelector("input[name=_branch]").focus()`)
	p.Press(kb.Enter)
	p.Sees("On branch fix/cargo")
	p.Go(s.URL + ferry + "?view=files&file=README.md")
	p.Until(`document.querySelector("[data-ready]") !== null && document.querySelector(".cm-content") !== null`)
	p.Value(`document.querySelector(".cm-content").focus()`)
	p.Ctrl(kb.End)
	p.Press("It carries cargo.", kb.Enter)
	p.Until(`document.querySelector("[data-save]").dataset.kind === "saved"`)
	p.Type(`textarea[name=message]`, "Cargo")
	p.Follow(`button[formaction*="/do/commit"]`)
	p.Sees("Merge into main")
	lookAt(t, p, "takehome-branch")
	p.Go(s.URL + "/c/parts/home/check")
	p.Sees("does not count: fix/cargo")
	p.Go(s.URL + ferry + "?view=history")
	p.Follow(`button[formaction*="/do/merge"]`)
	p.Sees("Merge branch 'fix/cargo'")
	p.Go(s.URL + ferry + "?view=changes")
	p.Sees("stops.txt")
	p.Sees("It carries cargo.")
	shot(p, "takehome-changes")
	page := p.Value(`document.documentElement.outerHTML`)
	p.Go(s.URL + ferry + "?view=checks")
	p.Until(`/The one test passes/.test(document.querySelector("#ws-tests").textContent)`)
	shot(p, "takehome-checks")
	for _, secret := range []string{"canary-stops", "canary-solution"} {
		if strings.Contains(page+p.Value(`document.documentElement.outerHTML`), secret) {
			t.Errorf("a candidate is shown %q", secret)
		}
	}
	p.Go(s.URL + "/c/parts/home/check")
	p.Follow(`form[action$="/send"] button`)
}

func inGit(t *testing.T, s *server, link string) {
	v := newVisitor(t, s.URL)
	v.begin(link)
	dir := repotest.Clone(t, cloneURL(t, v.page))
	repotest.Commit(t, dir, map[string]string{"lib/seats.py": "SEATS = 4\n", "muster_notes.md": "Anna Muster, built in /home/anna.muster/ferry\n"})
	repotest.Git(t, dir, "commit", "--quiet", "--amend", "--message", "Seats for four\n\nSigned-off-by: Anna Muster <anna@mail.example>")
	repotest.Git(t, dir, "push", "--quiet")
	eventually(t, "the checks of the push", func() bool {
		v.get(ferry + "?view=checks")
		return strings.Contains(words(v.page), "The one test passes")
	})
	v.get("/c/parts/home/check")
	v.post("/c/parts/home/send", url.Values{})
	repotest.Commit(t, dir, map[string]string{"stops.txt": "too late\n"})
	if said := repotest.Git(t, dir, "push"); !strings.Contains(said, "late") {
		t.Errorf("git says %q of a push after the end; want that it is late", said)
	}
}
