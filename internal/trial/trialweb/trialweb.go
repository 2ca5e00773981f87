// Package trialweb shows work trials: to the candidate the terms, each day's check-in, the hours and the end; to the host and whoever runs the opening the
// same from their side; and the form that makes one for stages.
package trialweb

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"candor/internal/db"
	"candor/internal/markdown"
	"candor/internal/org"
	"candor/internal/problem"
	"candor/internal/trial"
	"candor/internal/upload"
	"candor/internal/web"
	"candor/internal/web/locale"
)

// Pages are these pages.
type Pages struct {
	Trials  *trial.Trials
	Orgs    *org.Orgs
	Uploads *upload.Uploads
	MD      *markdown.Markdown // headings from level 3
}

// Routes declares them. Who may see what is decided by the loaders of trial.
func (p *Pages) Routes(mux *web.Mux) {
	handle := func(r web.Route, pattern, action string, h web.Handler) {
		r.Pattern, r.Action, r.Object = pattern, action, "trial"
		mux.Handle(r, h)
	}
	own := web.Route{Auth: web.Candidate, Tenant: web.FromSession, Rate: web.RateRead}
	read := own
	read.Query = []string{"day"}
	handle(read, "GET /c/trial", "trial.own", p.own)
	own.Rate = web.RateWrite
	handle(own, "POST /c/trial/accept", "trial.accept", p.accept)
	handle(own, "POST /c/trial/decline", "trial.decline", p.decline)
	handle(own, "POST /c/trial/begin", "trial.begin", p.begin)
	handle(own, "POST /c/trial/hours", "trial.hours", p.hours)
	handle(own, "POST /c/trial/cancel", "trial.cancel_own", p.cancelOwn)
	handle(own, "POST /c/trial/evaluate", "trial.evaluate_own", p.evaluateOwn)
	own.Rate, own.MaxBody = web.RateSave, 8<<20
	handle(own, "POST /c/trial/answer", "trial.answer", p.answer)

	staff := web.Route{Auth: web.Staff, Roles: web.AnyMember, Tenant: web.FromPath, Rate: web.RateRead}
	list := staff
	list.Query = []string{"after"}
	handle(list, "GET /o/{org}/trials", "trial.list", p.list)
	handle(staff, "GET /o/{org}/trials/{trial}", "trial.read", p.show)
	planning := staff
	planning.Roles = org.Roles().Actions["opening.create"]
	handle(planning, "GET /o/{org}/trials/stages", "trial.plans", p.plans)
	planning.Rate = web.RateWrite
	handle(planning, "POST /o/{org}/trials/stages", "trial.plan", p.plan)
	staff.Rate = web.RateWrite
	handle(staff, "POST /o/{org}/trials/{trial}/reply", "trial.reply", p.reply)
	handle(staff, "POST /o/{org}/trials/{trial}/cancel", "trial.cancel", p.cancel)
	handle(staff, "POST /o/{org}/trials/{trial}/replace", "trial.replace", p.replace)
	handle(staff, "POST /o/{org}/trials/{trial}/evaluate", "trial.evaluate", p.evaluate)
}

func id(r *http.Request) trial.ID { return trial.ID(r.PathValue("trial")) }

func base(r *http.Request) string { return "/o/" + r.PathValue("org") + "/trials" }

// words are the texts of a language, with the keys of trial.
type words struct{ *locale.Locale }

func (w words) t(key string, pairs ...any) string { return w.T("trial."+key, pairs...) }

// back says whether a page shows a problem beside its form; what is missing or not theirs is not shown at all.
func back(err error) bool {
	p, ok := problem.As(err)
	return ok && p.Kind != problem.Missing && p.Kind != problem.Forbidden
}

// hours are minutes as people read them: "6", "6.5", "6.25".
func hours(minutes int) string {
	return strconv.FormatFloat(float64(minutes)/60, 'f', -1, 64)
}

// short is hours with at most two places.
func short(minutes int) string {
	return strings.TrimSuffix(strings.TrimRight(fmt.Sprintf("%.2f", float64(minutes)/60), "0"), ".")
}

// percent is how much of the agreed hours is reported.
func percent(v *trial.View) int { return v.Worked() * 100 / (v.Hours * 60) }

// date is a day in a zone.
func date(t time.Time, zone *time.Location) string { return t.In(zone).Format("Mon 2 Jan") }

// lastDay is the day at whose end something of ours is due, in the organisation's zone.
func lastDay(due time.Time, zone *time.Location) string { return date(due.Add(-time.Second), zone) }

// zone is the organisation's.
func (p *Pages) zone(r *http.Request) (zone *time.Location, err error) {
	err = p.Trials.DB.Read(r.Context(), web.Actor(r).Org, func(tx db.Tx) error {
		o, err := p.Orgs.In(r.Context(), tx)
		zone = o.Location()
		return err
	})
	return zone, err
}

func fieldsOf(p *problem.Problem) map[string]string {
	if p == nil {
		return map[string]string{}
	}
	return p.Fields
}

// ratings are the levels that a form sent, by criterion.
func ratings(fields map[string][]string) map[string]int {
	out := map[string]int{}
	for key, list := range fields {
		if len(list) != 1 {
			continue
		}
		if n, err := strconv.Atoi(list[0]); err == nil {
			out[key] = n
		}
	}
	return out
}
