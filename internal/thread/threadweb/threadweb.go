// Package threadweb shows conversations: the candidate's, beside their work too; the team's list of those that wait; and what was said about a
// task, beside the answer, for whoever scores it.
package threadweb

import (
	"context"
	"slices"
	"strings"
	"time"

	"candor/internal/actor"
	"candor/internal/assessment"
	"candor/internal/attempt"
	"candor/internal/markdown"
	"candor/internal/opening"
	"candor/internal/org"
	"candor/internal/thread"
	"candor/internal/upload"
	"candor/internal/web"
	"candor/internal/web/locale"

	"github.com/a-h/templ"
)

// Pages are these pages.
type Pages struct {
	Threads     *thread.Threads
	Assessments *assessment.Assessments
	Attempts    *attempt.Attempts
	Orgs        *org.Orgs
	Uploads     *upload.Uploads
	MD          *markdown.Markdown // headings from level 3
}

// Routes declares them. Who may see what is decided by the loaders of thread.
func (p *Pages) Routes(mux *web.Mux) {
	handle := func(r web.Route, pattern, action string, h web.Handler) {
		r.Pattern, r.Action, r.Object = pattern, action, "thread"
		mux.Handle(r, h)
	}
	own := web.Route{Auth: web.Candidate, Tenant: web.FromSession, Rate: web.RateRead, Query: []string{"item"}}
	handle(own, "GET /c/conversation", "thread.own", p.own)
	own.Query, own.Rate, own.MaxBody = nil, web.RateWrite, mostPosted
	handle(own, "POST /c/conversation", "thread.say", p.say)
	own.MaxBody = 0
	own.Rate, own.Quiet, own.Out = web.RateSave, true, web.Saved{}
	handle(own, "POST /c/conversation/draft", "thread.draft", p.draft)
	handle(own, "POST /c/conversation/seen", "thread.seen", p.seen)

	staff := web.Route{Auth: web.Staff, Roles: web.AnyMember, Tenant: web.FromPath, Rate: web.RateRead}
	handle(staff, "GET /o/{org}/conversations/{application}", "thread.read", p.read)
	handle(staff, "GET /o/{org}/conversations/{application}/messages/{message}/everybody", "thread.answer_all_page", p.everybody)
	list := staff
	list.Query = []string{"show", "q", "after"}
	handle(list, "GET /o/{org}/conversations", "thread.list", p.list)
	staff.Rate = web.RateWrite
	handle(staff, "POST /o/{org}/conversations/hours", "thread.hours", p.hours)
	answering := staff
	answering.MaxBody = mostPosted
	handle(answering, "POST /o/{org}/conversations/{application}", "thread.answer", p.answer)
	handle(staff, "POST /o/{org}/conversations/{application}/messages/{message}/everybody", "thread.answer_all", p.answerAll)
	staff.Quiet, staff.Out = true, web.Saved{}
	handle(staff, "POST /o/{org}/conversations/{application}/draft", "thread.answer_draft", p.answerDraft)
}

// en are the texts as candidates read them in English, for staff pages.
var en = words{locale.For("en")}

// words are the texts of a language, with the keys of thread.
type words struct{ *locale.Locale }

func (w words) t(key string, pairs ...any) string { return w.T("thread."+key, pairs...) }

// usual says within what time four of five were answered; "" where too few were.
func (w words) usual(d time.Duration) string {
	n := func(unit time.Duration) int { return int((d + unit - 1) / unit) }
	switch {
	case d == 0:
		return ""
	case d <= 8*time.Hour:
		return w.t("usual_hours", "n", n(time.Hour))
	}
	return w.t("usual_days", "n", n(24*time.Hour))
}

// bubble is one message as a page draws it.
type bubble struct {
	ID      string
	Who     string
	Own     bool // the reader's side
	Assumed string
	About   string // the task in words; "" none, or it stands above
	At      time.Time
	Stamp   string
	Raw     string // of the reader's own side: what was sent
	Body    templ.Component
	Files   []attached
	All     string // says that it went to everybody; "" it did not
	Tell    string // address of the page that answers everybody; "" none
}

// titles are the tasks of messages in words; one that is in no version (a question about their own work) is named by its key alone.
func (p *Pages) titles(ctx context.Context, o string, list []thread.Message) (map[string]string, error) {
	out := map[string]string{}
	for _, m := range list {
		if m.Item == "" || out[m.Version+m.Item] != "" {
			continue
		}
		v, err := p.Assessments.Version(ctx, o, assessment.VersionID(m.Version))
		if err != nil {
			return nil, err
		}
		out[m.Version+m.Item] = m.Item
		if it, _, ok := v.Item(m.Item); ok {
			out[m.Version+m.Item] = it.Head.Title
		}
	}
	return out, nil
}

// first is the beginning of a text in one line, for who hears it.
func first(s string) string {
	r := []rune(strings.Join(strings.Fields(s), " "))
	if len(r) <= 80 {
		return string(r)
	}
	return string(r[:80]) + "…"
}

// stamp is when something was said; the zone stands at the foot of the page.
func stamp(at time.Time, zone *time.Location) string { return at.In(zone).Format("Mon 2 Jan, 15:04") }

// Said draws what was said about a task for whoever scores it, without names where they are blind and without times: beside the answer. Nil when
// nothing was.
func (p *Pages) Said(ctx context.Context, who actor.Actor, a opening.ApplicationID, version, item string) (templ.Component, error) {
	list, err := p.Threads.About(ctx, who, a, version, item)
	if err != nil {
		return nil, err
	}
	told, err := p.Threads.Notices(ctx, who.Org, version, item)
	if err != nil || len(list)+len(told) == 0 {
		return nil, err
	}
	list = slices.DeleteFunc(list, func(m thread.Message) bool { return m.Notice != "" }) // it stands above them
	return besideAnswer(p.staffBubbles(who, list, nil, time.UTC, "", "The candidate"), told), nil
}
