package talkweb

import (
	"net/http"
	"time"

	"candor/internal/problem"
	"candor/internal/talk"
	"candor/internal/web"
)

// openView are the talks that have not taken place, of all openings that the asker runs or decides.
type openView struct {
	Page  web.Page
	Base  string // of the organisation
	Lines []talk.OpenLine
	Next  talk.ID
	Zone  string
}

func (p *Pages) open(w http.ResponseWriter, r *http.Request) error {
	ctx, who := r.Context(), web.Actor(r)
	v := openView{Page: web.PageOf(r, "Open talks"), Base: "/o/" + web.SessionOf(r).Org.Path}
	var err error
	if v.Lines, v.Next, err = p.Talks.Open(ctx, who, talk.ID(r.URL.Query().Get("after"))); err != nil {
		return err
	}
	o, err := p.Orgs.ByID(ctx, who.Org)
	if err != nil {
		return err
	}
	v.Zone = o.Zone
	return web.Show(w, r, openPage(v))
}

// stands says how a talk stands, with the tone of its badge: ours until times are offered.
func (v openView) stands(l talk.OpenLine) (tone, icon, text string) {
	zone, err := time.LoadLocation(v.Zone)
	if err != nil {
		zone = time.UTC
	}
	last := l.Due.Add(-time.Second).In(zone).Format("Mon 2 Jan")
	switch {
	case l.State == talk.Booked:
		return "ok", "calendar", Standing(l.Talk, v.Zone)
	case l.State == talk.Offered:
		return "", "hourglass", "The candidate chooses"
	case l.Due.IsZero():
		return "warn", "hourglass", "Offer times"
	case v.Page.Now.After(l.Due):
		return "bad", "circle-alert", "Late, promised by " + last
	}
	return "warn", "hourglass", "Offer times, promised by " + last
}

// What programs read.
type (
	wireTalk struct {
		ID          string `json:"id"`
		Application string `json:"application"`
		Opening     string `json:"opening"`
		State       string `json:"state"` // owed, offered or booked
		Minutes     int    `json:"minutes"`
		Host        string `json:"host,omitempty"` // the member who offered the times
		Starts      string `json:"starts_at,omitempty"`
		Due         string `json:"due_at,omitempty"` // the end of the promised day
	}
	wireTalks struct {
		Talks []wireTalk `json:"talks"`
		Next  string     `json:"next,omitempty"`
	}
)

func (p *Pages) api(mux *web.Mux) {
	mux.Handle(web.Route{Pattern: "GET /api/v1/o/{org}/talks", Action: "api.talks", Auth: web.Staff, Roles: web.AnyMember, Tenant: web.FromPath, Object: web.NoObject, Rate: web.RateAPI, Scope: "application:read",
		Filters: []string{"cursor"}, Out: wireTalks{}, Problems: []*problem.Problem{},
		About: "The talks that have not taken place, of all openings that the token's maker runs or decides, in the order in which they were owed. Those with people whose work they still have to score are left out, so a page may be short."}, p.apiOpen)
}

func (p *Pages) apiOpen(w http.ResponseWriter, r *http.Request) error {
	after, err := web.ReadCursor(r)
	if err != nil {
		return err
	}
	list, next, err := p.Talks.Open(r.Context(), web.Actor(r), talk.ID(after))
	if err != nil {
		return err
	}
	out := wireTalks{Talks: []wireTalk{}}
	for _, l := range list {
		out.Talks = append(out.Talks, wireTalk{string(l.ID), string(l.Application), string(l.Opening), string(l.State), l.Minutes, l.Host, instant(l.Starts), instant(l.Due)})
	}
	if out.Next, err = web.Cursor(r, string(next)); err != nil {
		return err
	}
	return web.JSON(w, r, out)
}

func instant(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}
