package e2e_test

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"

	"candor/e2e/browser"
	"candor/internal/web"
)

// The last two are of a change that is read: its files, and lines of it.
var variable = regexp.MustCompile(`[a-z]{3}_[0-9a-f]{32}|/review/[A-Z0-9]{4}\b|/preview/[\w-]+|/look/file/.*|/files/.*|[?&](?:from|comment|open|show)=.*`)

// shape is an address without its ids: pages of one shape are one page with other content.
func shape(path string) string {
	path, _, _ = strings.Cut(path, "#")
	return variable.ReplaceAllString(path, "*")
}

const linksOf = `JSON.stringify([...document.querySelectorAll("a[href]")].filter(a => a.origin === location.origin && !a.hasAttribute("download")).map(a => a.pathname + a.search)).slice(1, -1)`

// shifts is the cumulative layout shift of the page so far.
const shifts = `new Promise(done => {
	let sum = 0
	new PerformanceObserver(list => { for (const e of list.getEntries()) if (!e.hadRecentInput) sum += e.value }).observe({type: "layout-shift", buffered: true})
	setTimeout(() => done(sum), 50)
})`

// TestLandingWeight: what a candidate's first page needs, everything compressed, is at most 30 KB (ui.md, section 10).
func TestLandingWeight(t *testing.T) {
	t.Parallel()
	s := demo(t)
	p := browser.New(t)
	p.Go(s.link("Amara Okafor"))
	p.Follow("main form button")
	p.Sees("Hello Amara")
	cookie := p.Cookies(s.URL + "/c")[web.CandidateCookie]
	total := 0
	for _, address := range append([]string{s.URL + "/c"}, strings.Fields(p.Value(`performance.getEntriesByType("resource").map(e => e.name).join(" ")`))...) {
		r, err := http.NewRequest("GET", address, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Accept-Encoding", "gzip") // said by hand, so that the body is counted as it travels
		r.AddCookie(&http.Cookie{Name: web.CandidateCookie, Value: cookie})
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		n, err := io.Copy(io.Discard, res.Body)
		res.Body.Close()
		if err != nil || res.StatusCode != 200 {
			t.Fatalf("%s = %d, %v", address, res.StatusCode, err)
		}
		t.Logf("%6d  %s", n, strings.TrimPrefix(address, s.URL))
		total += int(n)
	}
	t.Logf("%6d  in all", total)
	if total > 30<<10 {
		t.Errorf("the landing page needs %d bytes; at most %d", total, 30<<10)
	}
}

// TestEveryPage follows every link of the demo as each of its people: each page answers, axe finds no violation of WCAG 2.2 AA on a
// wide light screen and on a dark phone, nothing scrolls sideways, and the console stays silent. With CANDOR_SHOTS=DIR it keeps
// pictures of all of them.
func TestEveryPage(t *testing.T) {
	t.Parallel()
	s := demo(t)
	t.Run("staff", func(t *testing.T) {
		t.Parallel()
		seen := map[string]bool{}
		for _, who := range []string{"Helena Brandt", "Noor Haddad", "Piotr Zielinski", "Jun Park"} {
			walk(t, s.link(who), strings.ToLower(strings.Fields(who)[0]), "staff", seen)
		}
		t.Logf("%d pages", len(seen))
	})
	t.Run("candidates", func(t *testing.T) {
		t.Parallel()
		seen := map[string]bool{}
		for _, who := range []string{"Amara Okafor", "Ingrid Solheim", "Samuel Adeyemi", "Chloe Martin"} {
			name := strings.ToLower(strings.Fields(who)[0])
			walk(t, s.link(who), name, name, seen)
		}
		t.Logf("%d pages", len(seen))
	})
}

// leaves are addresses that are files, streams or somebody else's pages.
func leaves(path, kind string) bool {
	if kind == "staff" && (strings.HasPrefix(path, "/i/") || strings.HasPrefix(path, "/c/")) { // in mails that the outbox shows
		return true
	}
	for _, end := range []string{".csv", ".ics", ".zip", ".json", "/export", "/download"} {
		if strings.HasSuffix(path, end) {
			return true
		}
	}
	return strings.HasPrefix(path, "/-/") || strings.HasPrefix(path, "/_components") || strings.HasPrefix(path, "/sign-in")
}

// walk signs in by a link and looks at every shape of page that can be reached.
func walk(t *testing.T, link, name, kind string, seen map[string]bool) {
	p := browser.New(t)
	p.Look(browser.Desk)
	p.Go(link)
	look(t, p, name+"-enter")
	p.Look(browser.Desk)
	p.Follow("main form button")
	if p.Value(`location.pathname.startsWith("/i/")`) == "true" {
		look(t, p, name+"-other-device") // a part is running in another browser: this page asks for its code
		return
	}
	base := p.Value(`location.origin`)
	left := &frontier{kind: kind, seen: seen, todo: []string{p.Value(`location.pathname`)}}
	left.more = sync.NewCond(&left.mu)
	visit := func(p *browser.Page, path string) (links []string) {
		p.Look(browser.Desk)
		p.Go(base + path)
		if status := p.Value(`performance.getEntriesByType("navigation")[0].responseStatus`); status != "200" {
			t.Errorf("%s: a link leads to %s, which answers %s", name, path, status)
			return nil
		}
		for _, next := range strings.Split(p.Value(linksOf), ",") {
			if next = strings.Trim(next, `"`); next != "" {
				links = append(links, next)
			}
		}
		if shift, err := strconv.ParseFloat(p.Value(shifts), 64); err != nil || shift > 0.02 {
			t.Errorf("%s: %s shifts its layout by %.3f while loading (%v); at most 0.02", name, path, shift, err)
		}
		look(t, p, name+"-"+strings.Trim(strings.NewReplacer("/", "-", "*", "x", "?", "-", "=", "-", "&", "-").Replace(shape(path)), "-"))
		return links
	}
	var tabs sync.WaitGroup
	for _, p := range []*browser.Page{p, p.Tab()} {
		tabs.Go(func() {
			for {
				path, ok := left.next()
				if !ok {
					return
				}
				func() {
					var links []string
					defer func() { left.found(links) }() // also when this tab gives up
					links = visit(p, path)
				}()
			}
		})
	}
	tabs.Wait()
}

// frontier is what two tabs of one person have still to see.
type frontier struct {
	kind string
	mu   sync.Mutex
	more *sync.Cond
	seen map[string]bool // shapes of pages
	todo []string
	busy int // pages that are being looked at
}

// next is a page of a shape that nobody has seen; it waits while one that is being looked at may lead to some.
func (f *frontier) next() (string, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for {
		for len(f.todo) > 0 {
			path := f.todo[0]
			f.todo = f.todo[1:]
			if key := f.kind + " " + shape(path); !leaves(path, f.kind) && !f.seen[key] {
				f.seen[key] = true
				f.busy++
				return path, true
			}
		}
		if f.busy == 0 {
			return "", false
		}
		f.more.Wait()
	}
}

func (f *frontier) found(links []string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.todo = append(f.todo, links...)
	f.busy--
	f.more.Broadcast()
}

func look(t *testing.T, p *browser.Page, name string) {
	for _, v := range []browser.View{browser.Desk, {Width: 390, Height: 844, Dark: true, Touch: true}} {
		p.Look(v)
		p.For(t, func() {
			if n := p.Axe(); n > 0 {
				t.Errorf("%s at %d px has %d violations, above", name, v.Width, n)
			}
			if wide := p.Value(`document.documentElement.scrollWidth - document.documentElement.clientWidth`); wide != "0" {
				t.Errorf("%s at %d px is %s px too wide: %s", name, v.Width, wide, p.Value(`[...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > innerWidth + 1).slice(0, 5).map(e => e.tagName + "." + e.className).join(", ")`))
			}
		})
		if dir := os.Getenv("CANDOR_SHOTS"); dir != "" {
			p.Shot(filepath.Join(dir, fmt.Sprintf("%s-%d.png", name, v.Width)))
		}
	}
}
