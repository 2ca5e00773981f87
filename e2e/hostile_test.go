package e2e_test

import (
	"bytes"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"candor/e2e/browser"
	"candor/internal/archive"
	"candor/internal/attempt/attempttest"
)

// bite is a text that runs in any page which puts it into HTML, an attribute or a script as it is. It sets window.bitten.
const bite = `"'><img src=x onerror=window.bitten=1><svg onload=window.bitten=1>`

// biteMarkdown is one for texts that are formatted. Authors cannot import biteLink, which lint refuses; others can write it.
const (
	biteMarkdown = bite + "\n\n<script>window.bitten=1</script>\n\n```\n" + bite + "\n```\n"
	biteLink     = biteMarkdown + "\n\n[press](javascript:window.bitten=1) ![see](javascript:window.bitten=1)"
)

// hostileTree is an assessment in which every text that an author writes bites.
func hostileTree() fstest.MapFS {
	q := strconv.Quote
	out := maps.Clone(attempttest.Tree)
	level := "{name: 'No <svg onload=bitten=1>', anchor: " + q("No: "+bite) + "}, {name: 'Yes <svg onload=bitten=1>', anchor: " + q("Yes: "+bite) + "}"
	out["assessment.yaml"] = &fstest.MapFile{Data: []byte("candor: 1\ntitle: " + q(bite) + "\nabout: " + q(biteMarkdown) + "\nai: {policy: allowed, text: " + q(bite) + "}\nreply_days: 5\nrubric:\n" +
		"  - {key: clear, title: " + q(bite) + ", weight: 2, about: " + q(bite) + ", items: [tell-us], levels: [" + level + "]}\nparts:\n" +
		"  - {key: quiz, title: " + q(bite) + ", about: " + q(biteMarkdown) + ", minutes: 5, items: [{item: pick}]}\n" +
		"  - {key: writing, title: " + q("Writing "+bite) + ", about: " + q(bite) + ", minutes: 20, items: [{item: tell-us}]}\n")}
	out["items/pick/item.yaml"] = &fstest.MapFile{Data: []byte("kind: choice\ntitle: " + q(bite) + "\nminutes: 2\nstatement: " + q(biteMarkdown) +
		"\ntype: single\noptions: [{text: " + q(bite) + ", correct: true, why: " + q(bite) + "}, {text: " + q("other "+bite) + "}]\n")}
	out["items/tell-us/item.yaml"] = &fstest.MapFile{Data: []byte("kind: freetext\ntitle: " + q(bite) + "\nminutes: 20\nstatement: " + q(biteMarkdown) + "\nwords: {from: 1, to: 80}\n")}
	out["notes/"+strings.ReplaceAll(bite, `"`, "")+".txt"] = &fstest.MapFile{Data: []byte(bite)}
	delete(out, "items/number/item.yaml")
	return out
}

// TestHostileText (T19): names, titles, statements, answers, notes, scores, reasons, replies and file names are all written so that they
// would run where a page shows them as they are. In Chromium no page of the member or the candidate runs one; the browser package also
// fails on every console error, such as a content rule that stopped one.
func TestHostileText(t *testing.T) {
	t.Parallel()
	s := start(t, "serve", "--data", t.TempDir(), "--addr", freePort(t))
	owner := newVisitor(t, s.URL)
	owner.get(s.link("become the owner"))
	owner.post(owner.at, url.Values{"organisation": {"Org " + bite}, "name": {"Vera " + bite}, "email": {"vera@northpier.example"}, "zone": {"Europe/Lisbon"}})
	owner.get("/")
	org := owner.find(`href="(/o/org_[0-9a-f]{32})/openings"`)
	var zip bytes.Buffer
	if err := archive.Write(&zip, hostileTree()); err != nil {
		t.Fatal(err)
	}
	owner.upload(org+"/assessments", "file", zip.Bytes())
	version := owner.at
	owner.post(version+"/publish", nil)
	owner.post(org+"/members", url.Values{"name": {"Ravi " + bite}, "email": {"ravi@northpier.example"}, "roles": {"owner"}})
	enter := ""
	eventually(t, "the member's invitation", func() bool {
		owner.get(org + "/outbox")
		enter = regexp.MustCompile(regexp.QuoteMeta(s.URL) + `/sign-in/[\w-]+`).FindString(owner.page)
		return enter != ""
	})
	owner.post(org+"/openings/new", url.Values{"title": {"Engineer " + bite}, "team": {bite}, "reply_days": {"5"}, "stage_title": {"Screen " + bite},
		"assessment": {version[strings.LastIndex(version, "/")+1:]}, "reviewers": {"1"}, "window": {"7"}})
	owner.get(org + "/openings")
	opening := owner.find(`href="(/o/org_[0-9a-f]{32}/openings/opn_[0-9a-f]{32})"`)
	owner.get(opening + "/team")
	for _, m := range regexp.MustCompile(`value="(mem_[0-9a-f]{32})"`).FindAllStringSubmatch(owner.page, -1) {
		owner.post(opening+"/team", url.Values{"member": {m[1]}, "roles": {"manager", "recruiter"}})
	}
	self := owner.find(`value="(mem_[0-9a-f]{32})"`)
	owner.post(opening+"/team", url.Values{"member": {self}, "roles": {"manager", "recruiter", "reviewer"}})
	by := time.Now().Add(6 * 24 * time.Hour).UTC().Format("2006-01-02T15:04")
	zone, _ := awake()
	owner.post(opening+"/invite", url.Values{"name": {"Kemi " + bite}, "email": {"kemi@mail.example"}, "zone": {zone}, "note": {bite}, "finish_by": {by}, "step": {"send"}})
	link := ""
	eventually(t, "the candidate's invitation", func() bool {
		owner.get(org + "/outbox")
		link = regexp.MustCompile(regexp.QuoteMeta(s.URL) + `/i/[\w-]+`).FindString(owner.page)
		return link != ""
	})
	kemi := newVisitor(t, s.URL)
	kemi.get(link)
	kemi.post(kemi.at, nil)
	kemi.post("/c/adjust/ask", url.Values{"wish": {bite}})
	for part, answer := range map[string]url.Values{"quiz/items/pick": {"choice": {"0"}}, "writing/items/tell-us": {"text": {"One two three. " + biteLink}}} {
		name, _, _ := strings.Cut(part, "/")
		kemi.post("/c/parts/"+name+"/start", nil)
		kemi.post("/c/parts/"+part, answer)
		kemi.post("/c/parts/"+name+"/send", nil)
		kemi.post("/c/parts/"+name+"/note", url.Values{"note": {bite}})
	}
	card := ""
	eventually(t, "the submission in the queue", func() bool {
		owner.get(org + "/review")
		m := regexp.MustCompile(`href="(` + org + `/review/[A-Z0-9]+)`).FindStringSubmatch(owner.page)
		if m != nil {
			card = m[1]
		}
		return m != nil
	})
	owner.post(card, url.Values{"item": {"tell-us"}, "c.clear": {"2"}, "n.clear": {bite}, "shareable": {bite}, "private": {bite}})
	owner.get(opening)
	app := owner.find(`/applications/(app_[0-9a-f]{32})`)
	owner.post(org+"/decide/"+app, url.Values{"outcome": {"reject"}, "reason": {bite}, "body": {biteLink}, "l.clear": {"Yes <svg onload=bitten=1>"}, "t.clear": {bite}})

	seen := crawl(t, enter, "staff", "/", opening, opening+"/team", opening+"/compare", org+"/review", card, card+"/cards", org+"/decide/"+app, version,
		org+"/members", org+"/outbox", org+"/audit", org+"/candidates")
	seen += crawl(t, link, "candidate", "/c", "/c/status", "/c/time", "/c/adjust", "/c/parts/quiz", "/c/parts/writing", "/c/practice")
	t.Logf("%d pages", seen)

	t.Run("a page that shows it as it is", func(t *testing.T) { // what the others are spared, so that the test can fail
		raw := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			if r.URL.Path == "/x" {
				http.NotFound(w, r)
				return
			}
			w.Write([]byte("<!doctype html><title>Raw</title><link rel=icon href='data:,'><p>" + bite))
		}))
		defer raw.Close()
		p := browser.New(t)
		p.Go(raw.URL)
		p.Until(`window.bitten === 1`)
	})
}

// crawl signs in by a link and opens the pages given and every shape of page that they lead to; each shows a text that bites nobody.
func crawl(t *testing.T, link, kind string, from ...string) int {
	t.Helper()
	p := browser.New(t)
	p.Look(browser.Desk)
	p.Go(link)
	base := p.Value(`location.origin`)
	p.Follow("main form button")
	seen, shown := map[string]bool{}, 0
	for len(from) > 0 && len(seen) < 80 {
		path := from[0]
		from = from[1:]
		if seen[shape(path)] || leaves(path, kind) {
			continue
		}
		seen[shape(path)] = true
		p.Go(base + path)
		if p.Value(`window.bitten === undefined && !document.querySelector('[onerror], [onload], main a[href^="javascript:" i]')`) != "true" {
			t.Errorf("%s runs what somebody wrote", path)
		}
		if strings.Contains(p.Value(`document.body.innerText`), "onerror=window.bitten") {
			shown++
		}
		from = append(from, strings.Split(strings.Trim(p.Value(linksOf), `"`), `","`)...)
	}
	if shown < 5 {
		t.Errorf("only %d pages of the %s show a hostile text: this proves little", shown, kind)
	}
	t.Logf("%s: %d pages, %d of them show a hostile text", kind, len(seen), shown)
	return len(seen)
}
