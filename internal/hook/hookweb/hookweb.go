// Package hookweb is the owner's pages of webhooks, and the feed of events for programs.
package hookweb

import (
	"net/http"
	"strconv"
	"time"

	"candor/internal/hook"
	"candor/internal/org"
	"candor/internal/problem"
	"candor/internal/web"
)

// Pages are these pages.
type Pages struct{ Hooks *hook.Hooks }

// Routes declares them.
func (p *Pages) Routes(mux *web.Mux) {
	handle := func(rate web.Rate, pattern, action string, h web.Handler) {
		mux.Handle(web.Route{Pattern: pattern, Action: action, Auth: web.Staff, Roles: org.Roles().Actions["hook.change"], Tenant: web.FromPath, Object: "hook", Rate: rate}, h)
	}
	const one = "/o/{org}/hooks/{hook}"
	handle(web.RateRead, "GET /o/{org}/hooks", "hook.list", p.list)
	handle(web.RateWrite, "POST /o/{org}/hooks", "hook.add", p.add)
	handle(web.RateRead, "GET "+one, "hook.read", p.read)
	handle(web.RateWrite, "POST "+one+"/test", "hook.test", p.test)
	handle(web.RateWrite, "POST "+one+"/rotate", "hook.rotate", p.rotate)
	handle(web.RateWrite, "POST "+one+"/remove", "hook.remove", p.remove)
	handle(web.RateWrite, "POST "+one+"/deliveries/{delivery}/replay", "hook.replay", p.replay)
	mux.Handle(web.Route{Pattern: "GET /api/v1/o/{org}/events", Action: "api.events", Auth: web.Staff, Roles: web.AnyMember, Tenant: web.FromPath, Object: web.NoObject, Rate: web.RateAPI,
		Scope: "event:read", Filters: []string{"cursor"}, Out: wireHappenings{},
		About: "What happened in openings whose board the token's maker reads, in the order it was kept, for 90 days. next always leads on: ask with it again to learn what came since."}, p.events)
}

// What programs read of what happened: ids. Webhooks bring the same.
type (
	wireHappening struct {
		ID          string `json:"id"`
		Type        string `json:"type"`
		Timestamp   string `json:"timestamp"`
		Opening     string `json:"opening"`
		Application string `json:"application"`
		Invitation  string `json:"invitation,omitempty"`
	}
	wireHappenings struct {
		Events []wireHappening `json:"events"`
		Next   string          `json:"next"`
	}
)

func (p *Pages) events(w http.ResponseWriter, r *http.Request) error {
	at, err := web.ReadCursor(r)
	if err != nil {
		return err
	}
	after, _ := strconv.ParseInt(at, 10, 64) // "" is the beginning; a cursor is ours
	list, last, err := p.Hooks.Feed(r.Context(), web.Actor(r), after)
	if err != nil {
		return err
	}
	out := wireHappenings{Events: []wireHappening{}}
	for _, e := range list {
		out.Events = append(out.Events, wireHappening{e.ID, e.Type, e.At.UTC().Format(time.RFC3339), string(e.Opening), string(e.Application), string(e.Invitation)})
	}
	if out.Next, err = web.Cursor(r, strconv.FormatInt(last, 10)); err != nil {
		return err
	}
	return web.JSON(w, r, out)
}

type form struct {
	URL   string   `form:"url" max:"500"`
	Types []string `form:"types" max:"20"`
}

type listView struct {
	Page    web.Page
	List    []hook.Endpoint
	Form    form
	Problem *problem.Problem
	Secret  string // of the one that was made just now
}

func (p *Pages) list(w http.ResponseWriter, r *http.Request) error {
	return p.showList(w, r, form{}, "", nil)
}

func (p *Pages) showList(w http.ResponseWriter, r *http.Request, f form, secret string, err error) error {
	prob, ok := problem.As(err)
	if err != nil && !ok {
		return err
	}
	list, failed := p.Hooks.List(r.Context(), web.Actor(r))
	if failed != nil {
		return failed
	}
	return web.ShowWith(w, r, err, listPage(listView{web.PageOf(r, "Webhooks"), list, f, prob, secret}))
}

// add shows the secret in its answer and nowhere else.
func (p *Pages) add(w http.ResponseWriter, r *http.Request) error {
	var f form
	if err := web.ReadForm(r, &f); err != nil {
		return p.showList(w, r, f, "", err)
	}
	_, secret, err := p.Hooks.Add(r.Context(), web.Actor(r), f.URL, f.Types)
	if err != nil {
		return p.showList(w, r, f, "", err)
	}
	return p.showList(w, r, form{}, secret, nil)
}

type oneView struct {
	Page   web.Page
	Hook   hook.Endpoint
	List   []hook.Delivery
	Dead   bool // only those that lie dead
	Secret string
}

func (v oneView) href() string { return base(v.Page) + "/hooks/" + string(v.Hook.ID) }

func base(pg web.Page) string { return "/o/" + pg.Session.Org.Path }

func (p *Pages) read(w http.ResponseWriter, r *http.Request) error { return p.show(w, r, "") }

func (p *Pages) show(w http.ResponseWriter, r *http.Request, secret string) error {
	v := oneView{Page: web.PageOf(r, "Webhook"), Dead: r.URL.Query().Get("view") == "dead", Secret: secret}
	var err error
	if v.Hook, v.List, err = p.Hooks.Log(r.Context(), web.Actor(r), id(r), v.Dead); err != nil {
		return err
	}
	return web.Show(w, r, onePage(v))
}

func id(r *http.Request) hook.EndpointID { return hook.EndpointID(r.PathValue("hook")) }

func (p *Pages) back(w http.ResponseWriter, r *http.Request, toast string) error {
	return web.Redirect(w, r, "/o/"+web.Actor(r).Org+"/hooks/"+string(id(r)), toast)
}

func (p *Pages) test(w http.ResponseWriter, r *http.Request) error {
	if err := p.Hooks.Try(r.Context(), web.Actor(r), id(r)); err != nil {
		return err
	}
	return p.back(w, r, "A test event is on its way.")
}

// rotate shows the new secret in its answer and nowhere else.
func (p *Pages) rotate(w http.ResponseWriter, r *http.Request) error {
	secret, err := p.Hooks.Rotate(r.Context(), web.Actor(r), id(r))
	if err != nil {
		return err
	}
	return p.show(w, r, secret)
}

func (p *Pages) remove(w http.ResponseWriter, r *http.Request) error {
	if err := p.Hooks.Remove(r.Context(), web.Actor(r), id(r)); err != nil {
		return err
	}
	return web.Redirect(w, r, "/o/"+web.Actor(r).Org+"/hooks", "Removed. Nothing more is sent there.")
}

func (p *Pages) replay(w http.ResponseWriter, r *http.Request) error {
	if err := p.Hooks.Replay(r.Context(), web.Actor(r), id(r), hook.DeliveryID(r.PathValue("delivery"))); err != nil {
		return err
	}
	return p.back(w, r, "It is sent again.")
}
