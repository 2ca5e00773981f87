// Package openingweb is the staff side of openings (list, board, invitation, settings, application) and the page behind a
// candidate's link.
package openingweb

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"candor/internal/actor"
	"candor/internal/analytics"
	"candor/internal/assessment"
	"candor/internal/attempt"
	"candor/internal/candidate"
	"candor/internal/db"
	"candor/internal/markdown"
	"candor/internal/notify"
	"candor/internal/opening"
	"candor/internal/org"
	"candor/internal/promise"
	"candor/internal/review"
	"candor/internal/token"
	"candor/internal/web"
	"candor/internal/web/locale"

	"github.com/a-h/templ"
)

// Pages are these pages.
type Pages struct {
	Openings    *opening.Openings
	Orgs        *org.Orgs
	Candidates  *candidate.Candidates
	Promises    *promise.Promises
	Assessments *assessment.Assessments
	Attempts    *attempt.Attempts
	Reviews     *review.Reviews
	URL         string // the public address, before /i/...
	Notify      *notify.Notify
	Tokens      *token.Tokens
	Analytics   *analytics.Analytics
	// Sections are what other faces add to an application's page, in order; an empty Body is left out.
	Sections []func(ctx context.Context, who actor.Actor, a opening.Application) (Section, error)
	// Promised is what is promised to the asking candidate beside a reply, pay above all, a sentence each; nil: nothing.
	Promised func(ctx context.Context, who actor.Actor, o opening.ID, lang string) ([]string, error)
	MD       *markdown.Markdown // of what candidates read about a choice
	// More are promises that other faces have a page for, their Href behind the opening's.
	More []Link
	// Try draws the practice for somebody without a place, with what was just posted; app binds attempt to it. nil: there is none.
	Try func(l *locale.Locale, at string, fields url.Values) (templ.Component, error)
	// Notice is what somebody should know of the disk's room; "" or nil is nothing.
	Notice func(who actor.Actor) string
}

// Section is a card on an application's page.
type Section struct {
	ID, Title string
	Body      templ.Component
}

// Routes declares them.
func (p *Pages) Routes(mux *web.Mux) {
	staff := func(rate web.Rate, pattern, action, object string, h web.Handler) {
		mux.Handle(web.Route{Pattern: pattern, Action: action, Auth: web.Staff, Roles: web.AnyMember, Tenant: web.FromPath, Object: object, Rate: rate}, h)
	}
	const one = "/o/{org}/openings/{opening}"
	staff(web.RateRead, "GET /o/{org}/openings", "opening.list", web.NoObject, p.list)
	staff(web.RateRead, "GET /o/{org}/openings/new", "opening.create_page", web.NoObject, p.fresh)
	staff(web.RateWrite, "POST /o/{org}/openings/new", "opening.create", web.NoObject, p.create)
	staff(web.RateRead, "GET "+one, "opening.read", "opening", p.board)
	staff(web.RateWrite, "POST "+one+"/join", "opening.join", "opening", p.join)
	staff(web.RateWrite, "POST "+one+"/views", "opening.save_view", "opening", p.saveView)
	staff(web.RateWrite, "POST "+one+"/views/{view}/drop", "opening.drop_view", "opening", p.dropView)
	staff(web.RateRead, "GET "+one+"/invite", "opening.invite_page", "opening", p.invite)
	staff(web.RateWrite, "POST "+one+"/invite", "opening.invite", "opening", p.invited)
	staff(web.RateRead, "GET "+one+"/settings", "opening.settings", "opening", p.settings)
	staff(web.RateWrite, "POST "+one+"/settings", "opening.change", "opening", p.change)
	staff(web.RateWrite, "POST "+one+"/state", "opening.state", "opening", p.state)
	staff(web.RateRead, "GET "+one+"/promises", "opening.promises_page", "opening", p.promises)
	staff(web.RateWrite, "POST "+one+"/promises", "opening.promises", "opening", p.setPromises)
	staff(web.RateRead, "GET "+one+"/stages", "opening.stages", "opening", p.stages)
	staff(web.RateWrite, "POST "+one+"/stages", "opening.stage", "opening", p.saveStage)
	staff(web.RateWrite, "POST "+one+"/stages/{stage}/raise", "opening.raise_stage", "opening", p.raiseStage)
	staff(web.RateWrite, "POST "+one+"/stages/{stage}/remove", "opening.remove_stage", "opening", p.removeStage)
	staff(web.RateRead, "GET "+one+"/team", "opening.team", "opening", p.team)
	staff(web.RateWrite, "POST "+one+"/team", "opening.role", "opening", p.setRoles)
	staff(web.RateWrite, "POST "+one+"/team/hand-over", "opening.hand_over", "opening", p.handOver)
	staff(web.RateRead, "GET "+one+"/public", "opening.public_page", "opening", p.public)
	staff(web.RateWrite, "POST "+one+"/public", "opening.public", "opening", p.setPublic)
	staff(web.RateWrite, "POST "+one+"/public/page", "opening.page", "opening", p.setPage)
	mux.Handle(web.Route{Pattern: "GET " + one + "/greeting", Action: "opening.greet_page", Auth: web.Staff, Roles: web.AnyMember, Tenant: web.FromPath, Object: "opening", Rate: web.RateRead, Capture: true}, p.greeting)
	mux.Handle(web.Route{Pattern: "POST " + one + "/greeting", Action: "opening.greet", Auth: web.Staff, Roles: web.AnyMember, Tenant: web.FromPath, Object: "opening", Rate: web.RateWrite, Capture: true}, p.greet)
	staff(web.RateWrite, "POST "+one+"/public/rotate", "opening.rotate_public", "opening", p.rotatePublic)
	staff(web.RateRead, "GET /o/{org}/applications/{application}", "application.read", "application", p.application)
	staff(web.RateRead, "GET /o/{org}/applications/{application}/parts", "application.parts", "application", p.parts)
	staff(web.RateWrite, "POST /o/{org}/applications/{application}/parts/extend", "application.extend_part", "application", p.moreMinutes)
	staff(web.RateWrite, "POST /o/{org}/applications/{application}/parts/reopen", "application.reopen_part", "application", p.reopenPart)
	staff(web.RateRead, "GET /o/{org}/applications/{application}/late", "application.late", "application", p.late)
	staff(web.RateWrite, "POST /o/{org}/applications/{application}/late", "application.accept_late", "application", p.acceptLate)
	staff(web.RateWrite, "POST /o/{org}/applications/{application}/time", "application.answer_time", "application", p.answerTime)
	for action, h := range map[string]web.Handler{"link": p.copyLink, "rotate": p.rotate, "revoke": p.revoke, "resend": p.resend, "address": p.readdress, "extend": p.extend} {
		staff(web.RateWrite, "POST /o/{org}/applications/{application}/invitations/{invitation}/"+action, "invitation."+action, "application", h)
	}
	for pattern, d := range map[string]struct {
		action string
		rate   web.Rate
		h      web.Handler
	}{"GET " + choosePath: {"invitation.choose_page", web.RateRead, p.choose}, "POST " + choosePath: {"invitation.choose", web.RateWrite, p.chose},
		"GET " + moreTimePath: {"invitation.more_time_page", web.RateRead, p.moreTime}, "POST " + moreTimePath: {"invitation.more_time", web.RateWrite, p.askTime}} {
		mux.Handle(web.Route{Pattern: pattern, Action: d.action, Auth: web.Candidate, Tenant: web.FromSession, Object: "invitation", Rate: d.rate}, d.h)
	}
	p.api(mux)
	link := web.Route{Auth: web.Link, Tenant: web.FromObject, Object: "invitation", Rate: web.RateCode}
	for pattern, d := range map[string]struct {
		action string
		h      web.Handler
	}{"GET /i/{secret}": {"invitation.look", p.look}, "POST /i/{secret}": {"invitation.enter", p.enter}, "POST /i/{secret}/code": {"invitation.code", p.mailCode},
		"POST /i/{secret}/time": {"invitation.ask_over", p.askOver}} {
		link.Pattern, link.Action = pattern, d.action
		mux.Handle(link, d.h)
	}
	door := web.Route{Auth: web.Link, Tenant: web.FromObject, Object: "opening", Rate: web.RateCode}
	for pattern, d := range map[string]struct {
		action string
		h      web.Handler
	}{"GET /apply/{secret}": {"public.look", p.door}, "POST /apply/{secret}": {"public.apply", p.apply}, "POST /apply/{secret}/ask": {"public.ask", p.wonder},
		"GET /apply/{secret}/try": {"public.try_page", p.try}, "POST /apply/{secret}/try": {"public.try", p.try}, "GET /apply/{secret}/{sealed}": {"public.confirm_page", p.confirming},
		"POST /apply/{secret}/{sealed}": {"public.confirm", p.confirm}} {
		door.Pattern, door.Action = pattern, d.action
		mux.Handle(door, d.h)
	}
}

// mails says whether mail goes out; without it the pages say to hand the link over.
func (p *Pages) mails() bool { return p.Notify != nil && p.Notify.Server != nil }

// openingAt is the opening of the address, by its loader.
func (p *Pages) openingAt(r *http.Request) (opening.Opening, error) {
	return p.Openings.Load(r.Context(), web.Actor(r), opening.ID(r.PathValue("opening")))
}

// read runs fn on a snapshot of the asker's organisation.
func (p *Pages) read(r *http.Request, fn func(tx db.Tx) error) error {
	return p.Openings.DB.Read(r.Context(), web.Actor(r).Org, fn)
}

func base(pg web.Page) string { return "/o/" + pg.Session.Org.Path }

func (p *Pages) path(r *http.Request, o opening.ID) string {
	return "/o/" + r.PathValue("org") + "/openings/" + string(o)
}

func appPath(r *http.Request, a opening.ApplicationID) string {
	return "/o/" + r.PathValue("org") + "/applications/" + string(a)
}

// ago is how many whole days lie between two instants, in words.
func ago(t, now time.Time) string {
	switch days := int(now.Sub(t).Hours()) / 24; {
	case days < 1:
		return "today"
	case days == 1:
		return "1 day ago"
	default:
		return plural(days, "day") + " ago"
	}
}

func plural(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return itoa(n) + " " + word + "s"
}

// names are the members of the organisation by id.
func (p *Pages) names(ctx context.Context, tx db.Tx) (map[string]org.Member, error) {
	all, err := p.Orgs.MembersIn(ctx, tx)
	out := make(map[string]org.Member, len(all))
	for _, m := range all {
		out[m.ID] = m
	}
	return out, err
}
