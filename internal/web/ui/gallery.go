// Package ui is the gallery of the components, each a folder beside this file with its template, style and example. It is drawn
// from the same templates as the pages, and the accessibility tests look at it like at any page.
package ui

import (
	"net/http"

	"github.com/a-h/templ"

	"candor/internal/actor"
	"candor/internal/web"
	"candor/internal/web/ui/avatar"
	"candor/internal/web/ui/badge"
	"candor/internal/web/ui/bulk"
	"candor/internal/web/ui/button"
	"candor/internal/web/ui/card"
	"candor/internal/web/ui/chart"
	"candor/internal/web/ui/choice"
	"candor/internal/web/ui/codeblock"
	"candor/internal/web/ui/dialog"
	"candor/internal/web/ui/diff"
	"candor/internal/web/ui/editor"
	"candor/internal/web/ui/empty"
	"candor/internal/web/ui/field"
	"candor/internal/web/ui/funnel"
	"candor/internal/web/ui/keys"
	"candor/internal/web/ui/meter"
	"candor/internal/web/ui/note"
	"candor/internal/web/ui/popover"
	"candor/internal/web/ui/scale"
	"candor/internal/web/ui/seg"
	"candor/internal/web/ui/steps"
	"candor/internal/web/ui/table"
	"candor/internal/web/ui/tabs"
	"candor/internal/web/ui/timeline"
	"candor/internal/web/ui/toast"
	"candor/internal/web/ui/work"
)

// example is one component of the gallery.
type example struct {
	Name string
	View templ.Component
}

func examples() []example {
	return []example{
		{"button", button.Example()},
		{"field", field.Example()},
		{"choice", choice.Example()},
		{"seg", seg.Example()},
		{"badge", badge.Example()},
		{"avatar", avatar.Example()},
		{"card", card.Example()},
		{"note", note.Example()},
		{"tabs", tabs.Example()},
		{"table", table.Example()},
		{"bulk", bulk.Example()},
		{"funnel", funnel.Example()},
		{"steps", steps.Example()},
		{"meter", meter.Example()},
		{"timeline", timeline.Example()},
		{"scale", scale.Example()},
		{"work", work.Example()},
		{"editor", editor.Example()},
		{"codeblock", codeblock.Example()},
		{"diff", diff.Example()},
		{"chart", chart.Example()},
		{"dialog", dialog.Example()},
		{"popover", popover.Example()},
		{"keys", keys.Example()},
		{"toast", toast.Example()},
		{"empty", empty.Example()},
	}
}

// Routes declares the gallery and two whole pages for looking at the frames; everybody may look, they hold nothing of anybody.
func Routes(mux *web.Mux) {
	route := func(path, action string) web.Route {
		return web.Route{Pattern: "GET /_components" + path, Action: action, Auth: web.Anonymous, Tenant: web.NoTenant, Object: web.NoObject, Rate: web.RateRead}
	}
	mux.Handle(route("", "web.gallery"), Gallery)
	mux.Handle(route("/work", "web.sample_work"), func(w http.ResponseWriter, r *http.Request) error {
		return web.Show(w, r, sampleWork(web.PageOf(r, "Rate limiter")))
	})
	mux.Handle(route("/staff", "web.sample_staff"), func(w http.ResponseWriter, r *http.Request) error {
		p := web.PageOf(r, "Backend Engineer")
		p.Session = web.Session{Name: "Mina Kovač", Org: web.Org{Name: "Northwind", Path: "northwind"}, Actor: actor.Actor{Roles: []string{"owner"}}}
		return web.Show(w, r, sampleStaff(p))
	})
}

// Gallery shows every component.
func Gallery(w http.ResponseWriter, r *http.Request) error {
	return web.Show(w, r, gallery(web.PageOf(r, "Components"), examples()))
}

// sampleCode is what the workspace shows.
const sampleCode = `package limiter

import (
	"sync"
	"time"
)

// Limiter allows at most n events per window for each key.
type Limiter struct {
	mu     sync.Mutex
	n      int
	window time.Duration
	seen   map[string][]time.Time
	now    func() time.Time
}

func New(n int, window time.Duration) *Limiter {
	return &Limiter{n: n, window: window, seen: map[string][]time.Time{}, now: time.Now}
}

// Allow reports whether the event for key may happen now.
func (l *Limiter) Allow(key string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()

	cut := l.now().Add(-l.window)
	kept := l.seen[key][:0]
	for _, t := range l.seen[key] {
		if t.After(cut) {
			kept = append(kept, t)
		}
	}
	if len(kept) >= l.n {
		l.seen[key] = kept
		return false
	}
	l.seen[key] = append(kept, l.now())
	return true
}
`
