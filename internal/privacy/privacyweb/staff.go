package privacyweb

import (
	"net/http"
	"strconv"
	"time"

	"candor/internal/opening"
	"candor/internal/org"
	"candor/internal/privacy"
	"candor/internal/problem"
	"candor/internal/web"
)

func (p *Pages) staffRoutes(mux *web.Mux) {
	handle := func(rate web.Rate, pattern, action, object string, roles []string, h web.Handler) {
		mux.Handle(web.Route{Pattern: pattern, Action: action, Auth: web.Staff, Roles: roles, Tenant: web.FromPath, Object: object, Rate: rate}, h)
	}
	handle(web.RateRead, "GET /o/{org}/settings/retention", "privacy.plan", "organisation", org.Roles().Actions["organisation.change"], p.plan)
	handle(web.RateRead, "GET /o/{org}/applications/{application}/keep", "privacy.kept", "application", web.AnyMember, p.kept)
	handle(web.RateWrite, "POST /o/{org}/applications/{application}/keep", "privacy.hold", "application", web.AnyMember, p.hold)
	handle(web.RateWrite, "POST /o/{org}/applications/{application}/lift", "privacy.lift", "application", web.AnyMember, p.lift)
}

func base(pg web.Page) string { return "/o/" + pg.Session.Org.Path }

// long is a period in words.
func long(p privacy.Period) string {
	if p.Months == 0 {
		return count(p.Days, "day")
	}
	return count(p.Months, "month")
}

func count(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return strconv.Itoa(n) + " " + what
}

func day(pg web.Page, t time.Time) string { return t.In(pg.Zone).Format("2 January 2006") }

func (p *Pages) plan(w http.ResponseWriter, r *http.Request) error {
	v := planView{Page: web.PageOf(r, "What is deleted when")}
	var err error
	if v.Plan, err = p.Privacy.Plan(r.Context(), web.Actor(r), v.Page.Zone); err != nil {
		return err
	}
	return web.Show(w, r, planPage(v))
}

func application(r *http.Request) opening.ApplicationID {
	return opening.ApplicationID(r.PathValue("application"))
}

func (p *Pages) kept(w http.ResponseWriter, r *http.Request) error { return p.showKept(w, r, "", nil) }

func (p *Pages) showKept(w http.ResponseWriter, r *http.Request, reason string, cause error) error {
	k, err := p.Privacy.Kept(r.Context(), web.Actor(r), application(r))
	if err != nil {
		return err
	}
	if !k.Manage {
		return opening.ErrRole
	}
	prob, err := problem.Shown(cause)
	if err != nil {
		return err
	}
	return web.ShowWith(w, r, cause, keptPage(keptView{web.PageOf(r, "How long this is kept"), k, reason, prob}))
}

func (p *Pages) hold(w http.ResponseWriter, r *http.Request) error {
	var f struct{ Reason string }
	err := web.ReadForm(r, &f)
	if err == nil {
		err = p.Privacy.Hold(r.Context(), web.Actor(r), application(r), f.Reason)
	}
	if err != nil {
		return p.showKept(w, r, f.Reason, err)
	}
	return web.Redirect(w, r, "/o/"+r.PathValue("org")+"/applications/"+string(application(r)), "It is kept until you lift that.")
}

func (p *Pages) lift(w http.ResponseWriter, r *http.Request) error {
	if err := p.Privacy.Lift(r.Context(), web.Actor(r), application(r)); err != nil {
		return err
	}
	return web.Redirect(w, r, "/o/"+r.PathValue("org")+"/applications/"+string(application(r)), "Lifted. What is over its time goes tonight.")
}
