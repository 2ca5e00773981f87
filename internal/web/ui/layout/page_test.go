package layout_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/a-h/templ"
	"github.com/chromedp/chromedp/kb"

	"candor/e2e/browser"
	"candor/internal/actor"
	"candor/internal/web"
	"candor/internal/web/ui/dialog"
	"candor/internal/web/ui/errorpage"
	"candor/internal/web/ui/layout"
	"candor/internal/web/ui/work"
)

// site counts what its pages were told.
type site struct {
	pressed, drafts atomic.Int64
	slow            chan struct{}
	down            atomic.Bool
}

func serve(t *testing.T) (*site, string) {
	t.Helper()
	st := &site{slow: make(chan struct{})}
	mux := web.New(web.Config{ErrorPage: errorpage.Show, SignInPath: "/sign-in", Auth: web.Auth{Staff: func(context.Context, string, string) (web.Session, error) {
		return web.Session{Actor: actor.Actor{Kind: actor.Member, ID: "mem_1", Org: "org_1", Roles: []string{"owner"}, Session: "s"}, Name: "Mina Kovač", Org: web.Org{Name: "Northwind", Path: "northwind"}}, nil
	}}})
	mux.Handle(web.Route{Pattern: "GET /enter", Action: "test.enter", Auth: web.Anonymous, Tenant: web.NoTenant, Object: web.NoObject, Rate: web.RateRead},
		func(w http.ResponseWriter, r *http.Request) error {
			web.SetCookie(w, web.StaffCookie, "x", time.Time{})
			return web.Redirect(w, r, "/o/northwind/openings", "Welcome back.")
		})
	route := func(pattern, action string) web.Route {
		return web.Route{Pattern: pattern, Action: action, Auth: web.Staff, Roles: web.AnyMember, Tenant: web.FromPath, Object: "opening", Rate: web.RateWrite}
	}
	mux.Handle(route("GET /o/{org}/openings", "test.list"), func(w http.ResponseWriter, r *http.Request) error {
		return web.Show(w, r, st.page(web.PageOf(r, "Openings"), r.URL.Query().Get("tab")))
	})
	mux.Handle(route("POST /o/{org}/press", "test.press"), func(w http.ResponseWriter, r *http.Request) error {
		<-st.slow
		st.pressed.Add(1)
		return web.Redirect(w, r, "/o/northwind/openings", "Pressed.")
	})
	mux.Handle(route("POST /o/{org}/draft", "test.draft"), func(w http.ResponseWriter, r *http.Request) error {
		if st.down.Load() {
			return io.ErrUnexpectedEOF
		}
		st.drafts.Add(1)
		w.WriteHeader(http.StatusNoContent)
		return nil
	})
	if err := mux.Start(); err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return st, s.URL
}

func (st *site) page(p web.Page, tab string) templ.Component {
	say := dialog.Dialog(dialog.View{ID: "d", Title: "Send it?", Action: "/o/northwind/press", Do: "Send it"})
	body := templ.Join(templ.Raw(fmt.Sprintf(`<h1>Openings</h1>
		<section id="panel"><h2 tabindex="-1">Tab %s</h2><a id="first" href="?tab=first" data-swap="panel">First</a> <a href="?tab=second" data-swap="panel">Second</a></section>
		<form id="press" method="post" action="/o/northwind/press"><button id="go">Press</button></form>
		<a id="opens" href="/confirm" data-dialog="d">Send…</a>
		<form data-autosave="/o/northwind/draft" method="post" action="/o/northwind/draft"><label>Note <textarea name="note"></textarea></label></form>`, tab)), say, work.Save(work.View{}))
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return layout.Staff(layout.StaffView{Page: p, Current: "openings"}).Render(templ.WithChildren(ctx, body), w)
	})
}

func enter(t *testing.T, url string) *browser.Page {
	p := browser.New(t)
	p.Look(browser.Desk)
	p.Go(url + "/enter")
	return p
}

// TestToastOnce: what the action said is on the next page, and not on the one after it.
func TestToastOnce(t *testing.T) {
	_, url := serve(t)
	p := enter(t, url)
	p.Sees("Welcome back.")
	p.Axe()
	p.Go(url + "/o/northwind/openings")
	if got := p.Value(`document.querySelectorAll(".toast").length`); got != "0" {
		t.Errorf("%s toasts on the second page", got)
	}
}

// TestSwap: a link replaces its part of the page, keeps the focus, changes the address, and Back brings the old one.
func TestSwap(t *testing.T) {
	_, url := serve(t)
	p := enter(t, url)
	p.Value(`window.stayed = true`)
	p.Value(`document.querySelector("#first").focus()`)
	p.Press(kb.Enter)
	p.Sees("Tab first")
	if p.Value(`window.stayed + location.search + document.activeElement.id`) != "true?tab=firstfirst" {
		t.Errorf("after the swap: %s", p.Value(`window.stayed + location.search + document.activeElement.id`))
	}
	p.Value(`history.back()`)
	p.Until(`location.search === ""`)
}

// TestDoublePress: pressing twice while the server works sends once.
func TestDoublePress(t *testing.T) {
	st, url := serve(t)
	p := enter(t, url)
	answer := sync.OnceFunc(func() { close(st.slow) })
	t.Cleanup(answer) // the server closes only when its requests have an answer
	if got := p.Value(`(() => { const b = document.querySelector("#go"); b.click(); b.click(); b.click(); return b.getAttribute("aria-busy") })()`); got != "true" {
		t.Errorf("aria-busy = %s", got)
	}
	answer()
	p.Sees("Pressed.")
	if n := st.pressed.Load(); n != 1 {
		t.Errorf("pressed %d times; want once", n)
	}
}

// TestDialog: it opens over the page with its heading in focus, Escape closes it, and the focus returns to its opener.
func TestDialog(t *testing.T) {
	_, url := serve(t)
	p := enter(t, url)
	p.Value(`document.querySelector("#opens").focus()`)
	p.Press(kb.Enter)
	p.Until(`document.querySelector("dialog").open && document.activeElement.id === "d-title"`)
	p.Axe()
	p.Press(kb.Escape)
	p.Until(`!document.querySelector("dialog").open && document.activeElement.id === "opens"`)
}

// TestMenu: it opens by keyboard, closes on Escape with the focus on its button, and on a press outside.
func TestMenu(t *testing.T) {
	_, url := serve(t)
	p := enter(t, url)
	p.Value(`document.querySelector(".person").focus()`)
	p.Press(kb.Enter)
	p.Sees("Sign out")
	p.Axe()
	p.Press(kb.Escape)
	p.Until(`!document.querySelector("details.menu[open]") && document.activeElement.matches(".person")`)
	p.Click(".person")
	p.Sees("Sign out")
	p.Click("h1")
	p.Until(`!document.querySelector("details.menu[open]")`)
	p.Click(".person")
	p.Click(`button[name="theme"][value="dark"]`)
	p.Until(`document.documentElement.dataset.theme === "dark"`)
	p.Axe()
}

// TestPhone: everything in the bar is reached on a phone, too.
func TestPhone(t *testing.T) {
	_, url := serve(t)
	p := enter(t, url)
	p.Look(browser.Phone)
	p.Click(`[aria-label="Menu"]`)
	p.Sees("Assessments")
	p.Axe()
}

// TestDraft: a draft of staff is posted after a rest, and the status never says saved when it is not.
func TestDraft(t *testing.T) {
	st, url := serve(t)
	p := enter(t, url)
	text := `document.querySelector("[data-save-text]").textContent`
	p.Until(`document.querySelector(".toast [data-dismiss]:not([hidden])") !== null`) // scripts are here
	p.Value(`import(document.querySelector("script[type=module]").src).then(() => 0)`)
	p.Type("textarea", "Good")
	p.Until(`/^Saved \d/.test(` + text + `)`)
	st.down.Store(true)
	p.Type("textarea", "!")
	p.Until(text + `.startsWith("Not saved: we could not reach the server.")`)
	st.down.Store(false)
	p.Until(`/^Saved \d/.test(` + text + `)`)
	if n := st.drafts.Load(); n != 2 {
		t.Errorf("%d drafts arrived; want 2", n)
	}
}
