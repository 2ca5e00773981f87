package threadweb

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"candor/internal/db"
	"candor/internal/org"
	"candor/internal/problem"
	"candor/internal/thread"
	"candor/internal/web"
	"candor/internal/web/ui/seg"
)

// listView is the team's list.
type listView struct {
	Page   web.Page
	Base   string
	Filter thread.Filter
	List   thread.List
	Usual  string
	Org    org.Org
	Hours  []int // when the asker hears; nil is at once
}

// offered are the hours that the page offers.
var offered = []int{8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19}

func (v listView) address(f thread.Filter) string {
	q := url.Values{}
	if f.All {
		q.Set("show", "all")
	}
	if f.Search != "" {
		q.Set("q", f.Search)
	}
	if f.After != "" {
		q.Set("after", f.After)
	}
	if len(q) == 0 {
		return v.Base
	}
	return v.Base + "?" + q.Encode()
}

func (v listView) views() seg.View {
	return seg.View{Label: "Which conversations", Options: []seg.Option{{Text: "Waiting for us", Href: v.address(thread.Filter{Search: v.Filter.Search}), On: !v.Filter.All},
		{Text: "All", Href: v.address(thread.Filter{All: true, Search: v.Filter.Search}), On: v.Filter.All}}}
}

func (v listView) first() string {
	if v.Filter.After == "" {
		return ""
	}
	return v.address(thread.Filter{All: v.Filter.All, Search: v.Filter.Search})
}

func (v listView) next() string {
	if v.List.Next == "" {
		return ""
	}
	f := v.Filter
	f.After = v.List.Next
	return v.address(f)
}

// waits says since when somebody waits.
func (v listView) waits(r thread.Row) string {
	return "Since " + r.Waits.In(v.Page.Zone).Format("Mon 2 Jan, 15:04")
}

// due says how the promise of an answer stands, with the tone of its badge.
func (v listView) due(r thread.Row) (tone, icon, text string) {
	day := r.Due.Add(-time.Minute).Format("Mon 2 Jan")
	switch left := r.Due.Sub(v.Page.Now); {
	case left < 0:
		return "bad", "circle-alert", "Late, due " + day
	case left < 24*time.Hour:
		return "warn", "hourglass", "Due today"
	}
	return "", "hourglass", "Due " + day
}

func (v listView) chosen(hour int) bool { return slices.Contains(v.Hours, hour) }

func hourText(h int) string { return strconv.Itoa(h) + ":00" }

func (p *Pages) list(w http.ResponseWriter, r *http.Request) error {
	ctx, who, q := r.Context(), web.Actor(r), r.URL.Query()
	v := listView{Page: web.PageOf(r, "Conversations"), Base: base(r), Filter: thread.Filter{All: q.Get("show") == "all", Search: q.Get("q"), After: q.Get("after")}}
	var err error
	if v.List, err = p.Threads.List(ctx, who, v.Filter); err != nil {
		return err
	}
	d, err := p.Threads.Usual(ctx, who.Org)
	if err != nil {
		return err
	}
	if d > 0 {
		v.Usual = "Candidates read: “" + en.usual(d) + "”"
	}
	err = p.Threads.DB.Read(ctx, who.Org, func(tx db.Tx) error {
		all, err := p.Threads.Hours(ctx, tx)
		if err != nil {
			return err
		}
		v.Hours = all[who.ID]
		v.Org, err = p.Orgs.In(ctx, tx)
		return err
	})
	if err != nil {
		return err
	}
	return web.Show(w, r, listPage(v))
}

func (p *Pages) hours(w http.ResponseWriter, r *http.Request) error {
	var f struct {
		When  string `max:"10"`
		Hours []int  `max:"24"`
	}
	if err := web.ReadForm(r, &f); err != nil {
		return err
	}
	toast := "You hear of messages at once."
	switch {
	case f.When != "hours":
		f.Hours = nil
	case len(f.Hours) == 0:
		return problem.Field("hours", "Choose at least one hour.")
	default:
		toast = "You hear of messages at the hours you chose."
	}
	if err := p.Threads.SetHours(r.Context(), web.Actor(r), f.Hours); err != nil {
		return err
	}
	return web.Redirect(w, r, base(r), toast)
}
