// Package interviewweb shows interviews in turns: the candidate's, read from top to bottom with the question of the moment at its end; the list of
// whoever asks, and the page where they read the work, ask, and end it; and the form that opens one.
package interviewweb

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"candor/internal/actor"
	"candor/internal/interview"
	"candor/internal/markdown"
	"candor/internal/opening"
	"candor/internal/org"
	"candor/internal/upload"
	"candor/internal/web"
	"candor/internal/web/locale"
)

// Pages are these pages.
type Pages struct {
	Interviews *interview.Interviews
	Openings   *opening.Openings
	Uploads    *upload.Uploads
	MD         *markdown.Markdown // headings from level 3
}

// Routes declares them. Who may see what is decided by the loaders of interview.
func (p *Pages) Routes(mux *web.Mux) {
	handle := func(r web.Route, pattern, action string, h web.Handler) {
		r.Pattern, r.Action, r.Object = pattern, action, "interview"
		mux.Handle(r, h)
	}
	own := web.Route{Auth: web.Candidate, Tenant: web.FromSession, Rate: web.RateRead}
	handle(own, "GET /c/interview", "interview.own", p.own)
	own.Rate = web.RateWrite
	handle(own, "POST /c/interview/begin", "interview.begin", p.begin)
	own.Rate, own.MaxBody = web.RateSave, 8<<20
	handle(own, "POST /c/interview/answer", "interview.answer", p.answer)

	staff := web.Route{Auth: web.Staff, Roles: web.AnyMember, Tenant: web.FromPath, Rate: web.RateRead}
	handle(staff, "GET /o/{org}/interviews", "interview.list", p.list)
	handle(staff, "GET /o/{org}/interviews/{interview}", "interview.read", p.show)
	planning := staff
	planning.Roles = org.Roles().Actions["opening.create"]
	handle(planning, "GET /o/{org}/interviews/stages", "interview.plans", p.plans)
	planning.Rate = web.RateWrite
	handle(planning, "POST /o/{org}/interviews/stages", "interview.plan", p.plan)
	handle(staff, "GET /o/{org}/applications/{application}/interview", "interview.open_page", p.opening)
	staff.Rate = web.RateWrite
	handle(staff, "POST /o/{org}/applications/{application}/interview", "interview.open", p.open)
	handle(staff, "POST /o/{org}/interviews/{interview}", "interview.ask", p.ask)
	handle(staff, "POST /o/{org}/interviews/{interview}/close", "interview.close", p.close)
	handle(staff, "POST /o/{org}/interviews/{interview}/replace", "interview.replace", p.replace)
	p.api(mux)
	staff.Quiet, staff.Out = true, web.Saved{}
	handle(staff, "POST /o/{org}/interviews/{interview}/draft", "interview.draft", p.draft)
}

func code(r *http.Request) interview.Code { return interview.Code(r.PathValue("interview")) }

func base(r *http.Request) string { return "/o/" + r.PathValue("org") + "/interviews" }

// words are the texts of a language, with the keys of interview.
type words struct{ *locale.Locale }

func (w words) t(key string, pairs ...any) string { return w.T("interview."+key, pairs...) }

// stamp is when something was said; the zone stands at the foot of the page.
func stamp(at time.Time, zone *time.Location) string { return at.In(zone).Format("Mon 2 Jan, 15:04") }

// lastDay is the day at whose end a question of ours is due, in the organisation's zone.
func lastDay(due time.Time, zone *time.Location) string {
	return due.Add(-time.Second).In(zone).Format("Mon 2 Jan")
}

// first is the beginning of a text in one line, for who hears it.
func first(s string) string {
	r := []rune(strings.Join(strings.Fields(s), " "))
	if len(r) <= 80 {
		return string(r)
	}
	return string(r[:80]) + "…"
}

func itoa(n int) string { return strconv.Itoa(n) }

// runs says whether a member opens interviews about an application as they see it.
func runs(who actor.Actor, a opening.Application) bool {
	return !a.Blind && (a.Opening.MayManage(who) || a.Opening.MayDecide(who))
}
