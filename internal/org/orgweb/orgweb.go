// Package orgweb is an organisation's own pages: members, settings, and the record of what people did.
package orgweb

import (
	"net/http"
	"slices"
	"time"

	"candor/internal/audit"
	"candor/internal/db"
	"candor/internal/org"
	"candor/internal/problem"
	"candor/internal/web"
)

// Pages are these pages.
type Pages struct{ Orgs *org.Orgs }

// Routes declares them.
func (p *Pages) Routes(mux *web.Mux) {
	handle := func(rate web.Rate, pattern, action, inTable string, h web.Handler) {
		mux.Handle(web.Route{Pattern: pattern, Action: action, Auth: web.Staff, Roles: org.Roles().Actions[inTable], Tenant: web.FromPath, Object: "organisation", Rate: rate}, h)
	}
	handle(web.RateRead, "GET /o/{org}/settings", "organisation.read", "organisation.change", p.settings)
	handle(web.RateWrite, "POST /o/{org}/settings", "organisation.change", "organisation.change", p.change)
	handle(web.RateRead, "GET /o/{org}/days", "organisation.days_page", "organisation.change", p.days)
	handle(web.RateWrite, "POST /o/{org}/days", "organisation.days", "organisation.change", p.setDays)
	handle(web.RateRead, "GET /o/{org}/members", "member.list", "member.invite", p.members)
	handle(web.RateWrite, "POST /o/{org}/members", "member.invite", "member.invite", p.invite)
	handle(web.RateRead, "GET /o/{org}/members/{member}", "member.read", "member.change", p.member)
	handle(web.RateWrite, "POST /o/{org}/members/{member}", "member.change", "member.change", p.changeMember)
	handle(web.RateWrite, "POST /o/{org}/members/{member}/disable", "member.disable", "member.disable", p.disable)
	handle(web.RateWrite, "POST /o/{org}/members/{member}/enable", "member.enable", "member.disable", p.enable)
	handle(web.RateRead, "GET /o/{org}/audit", "audit.read", "audit.read", p.audit)
}

func base(pg web.Page) string { return "/o/" + pg.Session.Org.Path }

type settingsForm struct {
	Name           string `form:"name" max:"120"`
	Contact        string `form:"contact" max:"254"`
	Zone           string `form:"zone" max:"64"`
	Hue            int    `form:"hue" min:"0" max:"360"`
	Chroma         int    `form:"chroma" min:"0" max:"180"`
	FailureMinutes int    `form:"failure_minutes" min:"0" max:"120"`
	FactorMax      int    `form:"factor_max" min:"1000" max:"10000"`
	BreakMax       int    `form:"break_max" min:"0" max:"240"`
	KeepMonths     int    `form:"keep_months" min:"1" max:"120"`
	RecordingDays  int    `form:"recording_days" min:"1" max:"1830"`
	AskHours       int    `form:"ask_hours" min:"1" max:"80"`
}

func (p *Pages) settings(w http.ResponseWriter, r *http.Request) error {
	o, err := p.Orgs.ByID(r.Context(), web.Actor(r).Org)
	if err != nil {
		return err
	}
	return p.showSettings(w, r, settingsForm{o.Name, o.Contact, o.Zone, o.Hue, o.Chroma, o.FailureMinutes, o.FactorMax, o.BreakMax, o.KeepMonths, o.RecordingDays, o.AskHours}, nil)
}

func (p *Pages) showSettings(w http.ResponseWriter, r *http.Request, f settingsForm, err error) error {
	prob, ok := problem.As(err)
	if err != nil && !ok {
		return err
	}
	return web.ShowWith(w, r, err, settingsPage(settingsView{web.PageOf(r, "Settings"), f, prob}))
}

func (p *Pages) change(w http.ResponseWriter, r *http.Request) error {
	var f settingsForm
	if err := web.ReadForm(r, &f); err != nil {
		return p.showSettings(w, r, f, err)
	}
	if web.AccentPath(f.Hue, f.Chroma) == "" {
		return p.showSettings(w, r, f, problem.Field("hue", "With this colour, text on buttons could not be read well enough. Choose another hue, or less colour."))
	}
	err := p.Orgs.Change(r.Context(), web.Actor(r), org.Org{Name: f.Name, Contact: f.Contact, Zone: f.Zone, Hue: f.Hue, Chroma: f.Chroma,
		FailureMinutes: f.FailureMinutes, FactorMax: f.FactorMax, BreakMax: f.BreakMax, KeepMonths: f.KeepMonths, RecordingDays: f.RecordingDays, AskHours: f.AskHours})
	if err != nil {
		return p.showSettings(w, r, f, err)
	}
	return web.Redirect(w, r, "/o/"+web.Actor(r).Org+"/settings", "Settings saved.")
}

type memberForm struct {
	Name   string   `form:"name" max:"120"`
	Email  string   `form:"email" max:"254"`
	Title  string   `form:"title" max:"120"`
	Team   string   `form:"team" max:"120"`
	Roles  []string `form:"roles" max:"10"`
	Absent string   `form:"absent"`
	From   string   `form:"absent_from"`
}

func (p *Pages) members(w http.ResponseWriter, r *http.Request) error {
	return p.showMembers(w, r, memberForm{}, nil)
}

func (p *Pages) showMembers(w http.ResponseWriter, r *http.Request, f memberForm, err error) error {
	prob, ok := problem.As(err)
	if err != nil && !ok {
		return err
	}
	list, err2 := p.Orgs.Members(r.Context(), web.Actor(r))
	if err2 != nil {
		return err2
	}
	return web.ShowWith(w, r, err, membersPage(membersView{web.PageOf(r, "Members"), list, f, prob}))
}

func (p *Pages) invite(w http.ResponseWriter, r *http.Request) error {
	var f memberForm
	if err := web.ReadForm(r, &f); err != nil {
		return p.showMembers(w, r, f, err)
	}
	_, err := p.Orgs.Invite(r.Context(), web.Actor(r), org.Member{Name: f.Name, Email: f.Email, Title: f.Title, Team: f.Team, Roles: f.Roles})
	if err != nil {
		return p.showMembers(w, r, f, err)
	}
	return web.Redirect(w, r, "/o/"+web.Actor(r).Org+"/members", f.Name+" is invited. The link is in the outbox too.")
}

func (p *Pages) load(r *http.Request) (m org.Member, err error) {
	err = p.Orgs.DB.Read(r.Context(), web.Actor(r).Org, func(tx db.Tx) (err error) {
		m, err = p.Orgs.Member(r.Context(), tx, r.PathValue("member"))
		return err
	})
	return m, err
}

func (p *Pages) member(w http.ResponseWriter, r *http.Request) error {
	m, err := p.load(r)
	if err != nil {
		return err
	}
	return p.showMember(w, r, m, nil)
}

func (p *Pages) showMember(w http.ResponseWriter, r *http.Request, m org.Member, err error) error {
	prob, ok := problem.As(err)
	if err != nil && !ok {
		return err
	}
	return web.ShowWith(w, r, err, memberPage(memberView{web.PageOf(r, m.Name), m, prob}))
}

func (p *Pages) changeMember(w http.ResponseWriter, r *http.Request) error {
	m, err := p.load(r)
	if err != nil {
		return err
	}
	var f memberForm
	err = web.ReadForm(r, &f)
	m.Name, m.Title, m.Team, m.Roles = f.Name, f.Title, f.Team, f.Roles
	if err != nil {
		return p.showMember(w, r, m, err)
	}
	zone := web.PageOf(r, "").Zone
	m.Absent, m.AbsentFrom = time.Time{}, time.Time{}
	if f.Absent != "" {
		day, err := time.ParseInLocation("2006-01-02", f.Absent, zone)
		if err != nil {
			return p.showMember(w, r, m, problem.Field("absent", "Write a date such as 2026-12-24."))
		}
		m.Absent = day.AddDate(0, 0, 1).UTC()
	}
	if f.From != "" {
		day, err := time.ParseInLocation("2006-01-02", f.From, zone)
		if err != nil {
			return p.showMember(w, r, m, problem.Field("absent_from", "Write a date such as 2026-12-24."))
		}
		m.AbsentFrom = day.UTC()
	}
	if err := p.Orgs.ChangeMember(r.Context(), web.Actor(r), m); err != nil {
		return p.showMember(w, r, m, err)
	}
	return web.Redirect(w, r, "/o/"+web.Actor(r).Org+"/members", "Saved. It holds at once.")
}

func (p *Pages) disable(w http.ResponseWriter, r *http.Request) error {
	m, err := p.load(r)
	if err != nil {
		return err
	}
	if err := p.Orgs.Disable(r.Context(), web.Actor(r), m.ID); err != nil {
		return p.showMember(w, r, m, err)
	}
	return web.Redirect(w, r, "/o/"+web.Actor(r).Org+"/members", m.Name+" has no access any more.")
}

func (p *Pages) enable(w http.ResponseWriter, r *http.Request) error {
	if err := p.Orgs.Enable(r.Context(), web.Actor(r), r.PathValue("member")); err != nil {
		return err
	}
	return web.Redirect(w, r, "/o/"+web.Actor(r).Org+"/members", "They have access again.")
}

func (p *Pages) audit(w http.ResponseWriter, r *http.Request) error {
	var f struct {
		Before int `form:"before"`
	}
	v := auditView{Page: web.PageOf(r, "What people did"), Names: map[string]string{}}
	for _, c := range r.URL.Query().Get("before") {
		if c < '0' || c > '9' || f.Before > 1e12 {
			return problem.Field("before", "This is not a number.")
		}
		f.Before = f.Before*10 + int(c-'0')
	}
	err := p.Orgs.DB.Read(r.Context(), web.Actor(r).Org, func(tx db.Tx) (err error) {
		if v.Lines, err = audit.Lines(r.Context(), tx, int64(f.Before), 100); err != nil {
			return err
		}
		if n := len(v.Lines); n >= 100 {
			v.Older = v.Lines[n-1].N
		}
		list, err := p.Orgs.MembersIn(r.Context(), tx)
		if err != nil {
			return err
		}
		for _, m := range list {
			v.Names[m.ID] = m.Name
		}
		if f.Before == 0 {
			v.Checked, v.Broken, err = audit.Verify(r.Context(), tx)
		}
		return err
	})
	if err != nil {
		return err
	}
	return web.Show(w, r, auditPage(v))
}

func has(roles []string, r string) bool { return slices.Contains(roles, r) }
