package editor_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/a-h/templ"
	"github.com/chromedp/chromedp/kb"

	"candor/e2e/browser"
	"candor/internal/actor"
	"candor/internal/web"
	"candor/internal/web/ui/editor"
	"candor/internal/web/ui/errorpage"
	"candor/internal/web/ui/layout"
	"candor/internal/web/ui/work"
)

// site is a page with an editor; body is the newest answer it was sent.
type site struct {
	mu   sync.Mutex
	body string
	runs int
	code string // as the last run got it
	turn int
}

func (s *site) answer() map[string][]string {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := map[string][]string{}
	_ = json.Unmarshal([]byte(s.body), &out) // nothing was sent yet
	return out
}

func serve(t *testing.T) (*site, string) {
	t.Helper()
	st := &site{}
	mux := web.New(web.Config{ErrorPage: errorpage.Show, Auth: web.Auth{Candidate: func(context.Context, string) (web.Session, error) {
		return web.Session{Actor: actor.Actor{Kind: actor.Candidate, ID: "inv_1", Org: "org_1", Session: "s"}, Org: web.Org{Name: "Northwind"}}, nil
	}}})
	route := func(pattern, action string) web.Route {
		return web.Route{Pattern: pattern, Action: action, Auth: web.Candidate, Tenant: web.FromSession, Object: "sitting", Rate: web.RateSave, In: saveRequest{}, Out: map[string]any{}}
	}
	mux.Handle(web.Route{Pattern: "GET /enter", Action: "test.enter", Auth: web.Anonymous, Tenant: web.NoTenant, Object: web.NoObject, Rate: web.RateRead},
		func(w http.ResponseWriter, r *http.Request) error {
			web.SetCookie(w, web.CandidateCookie, "x", time.Time{})
			return web.Redirect(w, r, "/c/work", "")
		})
	show := func(w http.ResponseWriter, r *http.Request) error {
		st.mu.Lock()
		defer st.mu.Unlock()
		return web.Show(w, r, page(web.PageOf(r, "Code"), st.runs, st.code))
	}
	mux.Handle(route("GET /c/work", "test.work"), show)
	mux.Handle(route("POST /c/run", "test.run"), func(w http.ResponseWriter, r *http.Request) error {
		var f struct {
			Language string
			Files    map[string]string `form:"file.*"`
			Client   string            `form:"_client"`
			Seq      int               `form:"_seq"`
		}
		if err := web.ReadForm(r, &f); err != nil {
			return err
		}
		st.mu.Lock()
		st.runs++
		st.turn = f.Seq
		st.code = f.Language + ": " + f.Files["main.go"]
		st.mu.Unlock()
		return web.Redirect(w, r, "/c/work", "")
	})
	mux.Handle(route("POST /c/-/save", "test.save"), func(w http.ResponseWriter, r *http.Request) error {
		var q saveRequest
		if err := web.ReadJSON(r, &q); err != nil {
			return err
		}
		var acks []map[string]any
		st.mu.Lock()
		defer st.mu.Unlock()
		for _, s := range q.Saves {
			st.body = s.Body
			acks = append(acks, map[string]any{"item": s.Item, "seq": s.Seq, "standing": "on_time", "revision": s.Seq})
		}
		return web.JSON(w, r, map[string]any{"now": time.Now().UnixMilli(), "end": 0, "interval": 2000, "state": "running", "editor": true, "acks": acks})
	})
	if err := mux.Start(); err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return st, s.URL
}

func page(p web.Page, runs int, code string) templ.Component {
	v := editor.View{ID: "e", Language: "go", Run: "/c/run", NewFile: "file.", Sets: []editor.Set{
		{Language: "go", Text: "Go", Mode: "go", Files: []editor.File{{Name: "file.main.go", Path: "main.go", Text: "package main\n"}, {Name: "file.fixed.go", Path: "fixed.go", Text: "// fixed\n", ReadOnly: true}}},
		{Language: "python", Text: "Python", Mode: "python", Files: []editor.File{{Name: "file.main.py", Path: "main.py", Text: "pass\n"}}}}}
	if runs > 0 {
		v.Results = editor.Results(editor.ResultsView{ID: "e-results", Say: fmt.Sprintf("Run %d passed", runs), Note: code})
	}
	body := templ.Join(work.Sitting(work.View{Sitting: "sit_1", Epoch: 1, Now: p.Now}), templ.Raw(`<h1>Code</h1><form method="post" action="/c/run" data-item="itm_1" autocomplete="off">`), editor.Editor(v), templ.Raw(`</form><a href="#after" id="after">After</a>`))
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return layout.Candidate(layout.CandidateView{Page: p, Bar: work.Bar(work.View{})}).Render(templ.WithChildren(ctx, body), w)
	})
}

func enter(t *testing.T, url string) *browser.Page {
	p := browser.New(t)
	p.Look(browser.Desk)
	p.Go(url + "/enter")
	p.Until(`document.querySelector("[data-ready]") !== null && document.querySelector(".cm-content") !== null`)
	return p
}

func (s *site) until(t *testing.T, p *browser.Page, field, want string) {
	t.Helper()
	for range 200 {
		if got := s.answer()[field]; len(got) == 1 && got[0] == want {
			return
		}
		p.Value(`new Promise(r => setTimeout(r, 50))`)
	}
	t.Fatalf("the server has %q; want %s = %q", s.answer(), field, want)
}

const focused = `document.activeElement.closest(".cm-editor") !== null`

// TestTypes: what is typed in the editor is the form's answer; Tab indents, and Escape then Tab leaves.
func TestTypes(t *testing.T) {
	st, url := serve(t)
	p := enter(t, url)
	p.Value(`document.querySelector(".cm-content").focus()`)
	p.Press("// x", kb.Enter, kb.Tab)
	st.until(t, p, "file.main.go", "// x\n\tpackage main\n")
}

// TestLeaves: the keyboard gets out of the editor by Escape then Tab, and by Ctrl-M then Tab.
func TestLeaves(t *testing.T) {
	_, url := serve(t)
	p := enter(t, url)
	p.Value(`document.querySelector(".cm-content").focus()`)
	p.Press(kb.Tab)
	p.Until(focused)
	p.Press(kb.Escape, kb.Tab)
	p.Until("!(" + focused + ")")
	p.Value(`document.querySelector(".cm-content").focus()`)
	p.Ctrl("m")
	p.Press(kb.Tab)
	p.Until("!(" + focused + ")")
	label := p.Value(`document.querySelector(".cm-content").getAttribute("aria-label")`)
	if !strings.Contains(label, "main.go, code editor. Press Escape, then Tab, to leave.") {
		t.Errorf("the editor is called %q", label)
	}
}

// TestRuns: Ctrl-Enter sends what stands in the editor and swaps the results without leaving the page.
func TestRuns(t *testing.T) {
	st, url := serve(t)
	p := enter(t, url)
	p.Value(`window.stayed = true`)
	p.Value(`document.querySelector(".cm-content").focus()`)
	p.Press("z")
	p.Ctrl(kb.Enter)
	p.Sees("Run 1 passed")
	if p.Value(`window.stayed`) != "true" {
		t.Error("the page was left")
	}
	st.mu.Lock()
	defer st.mu.Unlock()
	if st.code != "go: zpackage main\n" {
		t.Errorf("the run got %q", st.code)
	}
	if st.turn != 2 {
		t.Errorf("the run has turn %d; want the one after the version it was typed in", st.turn)
	}
	p.Until(focused)
}

// TestLanguages: the other language's files come with the choice, read-only files cannot be changed, and plain text stays chosen.
func TestLanguages(t *testing.T) {
	st, url := serve(t)
	p := enter(t, url)
	p.Click(`[role="tab"]:nth-child(2)`)
	p.Until(`document.querySelector(".cm-content").innerText.includes("// fixed")`)
	p.Press("q")
	p.Value(`(() => { const s = document.querySelector("select[name=language]"); s.value = "python"; s.dispatchEvent(new Event("change", {bubbles: true})) })()`)
	p.Until(`document.querySelector(".cm-content").innerText.includes("pass")`)
	p.Value(`document.querySelector(".cm-content").focus()`)
	p.Press("y")
	st.until(t, p, "file.main.py", "ypass\n")
	st.until(t, p, "language", "python")
	st.until(t, p, "file.fixed.go", "// fixed\n")
	p.Click("[data-settings] > summary")
	p.Axe()
	p.Click(`[data-option="plain"]`)
	p.Until(`document.querySelector("[data-cm]").hidden && document.activeElement.name === "file.main.py"`)
	p.Press("w")
	p.Until(`document.activeElement.value.includes("w")`)
	p.Axe()
	p.Go(url + "/c/work")
	p.Until(`document.querySelector("code-editor[data-on]") !== null && document.querySelector("[data-cm]").hidden`)
}

// TestVim: with Vim keys Escape belongs to Vim, and the way out says so.
func TestVim(t *testing.T) {
	st, url := serve(t)
	p := enter(t, url)
	p.Click("[data-settings] > summary")
	p.Click(`[data-option="vim"]`)
	p.Sees("Ctrl-M, then Tab leaves the editor")
	p.Press(kb.Escape)
	p.Value(`document.querySelector(".cm-content").focus()`)
	p.Press("iab", kb.Escape, "x")
	st.until(t, p, "file.main.go", "apackage main\n")
	p.Ctrl("m")
	p.Press(kb.Tab)
	p.Until("!(" + focused + ")")
}

// TestNoScript: without script each file is a text area with its name, and the run button posts the form.
func TestNoScript(t *testing.T) {
	st, url := serve(t)
	p := browser.New(t)
	p.Script(false)
	p.Go(url + "/enter")
	p.Type(`textarea[name="file.main.go"]`, "// by hand\n")
	p.Click("[data-run]")
	p.Sees("Run 1 passed")
	st.mu.Lock()
	defer st.mu.Unlock()
	if !strings.Contains(st.code, "// by hand") {
		t.Errorf("the run got %q", st.code)
	}
	if st.turn != 0 {
		t.Errorf("the run has turn %d; want none without script", st.turn)
	}
}

type saveRequest struct {
	Sitting, Client string
	Epoch           int
	Age, Unreached  int64
	Saves           []struct {
		Item, Body, SHA256 string
		Seq, Base          int
		Typed, Heard       int64
	}
}
