// Package attemptweb is the candidate's side: what to expect, the parts, the work itself with continuous saving, sending, the
// receipt, and where it stands afterwards. Every page works without script; the outbox of the base script saves in between.
package attemptweb

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"candor/internal/actor"
	"candor/internal/analytics"
	"candor/internal/assessment"
	"candor/internal/attempt"
	"candor/internal/db"
	"candor/internal/item"
	"candor/internal/markdown"
	"candor/internal/opening"
	"candor/internal/org"
	"candor/internal/upload"
	"candor/internal/web"
	"candor/internal/web/locale"
	"candor/internal/web/ui/work"

	"github.com/a-h/templ"
)

// Pages are these pages.
type Pages struct {
	Attempts *attempt.Attempts
	Openings *opening.Openings
	Orgs     *org.Orgs
	Kinds    item.Kinds
	Uploads  *upload.Uploads
	Files    *assessment.Files // that candidates are given with a question; nil: none
	MD       *markdown.Markdown
	// Reply tells how the company's answer stands; app binds review and feedback to it. nil: nothing yet.
	Reply func(ctx context.Context, who actor.Actor, app opening.ApplicationID) (Reply, error)
	// Again draws where the candidate asks for a second look, or how it stands, in a language and a zone; app binds appeal to it. nil, or a nil
	// component: there is nothing.
	Again func(ctx context.Context, who actor.Actor, lang string, zone *time.Location) (templ.Component, error)
	// Questions draws what the candidate is asked about their work, in a language and a zone; app binds integrity to it. nil: nothing.
	Questions func(ctx context.Context, who actor.Actor, app opening.ApplicationID, lang string, zone *time.Location) (templ.Component, error)
	// Beside draws what everybody was told about a task, and where the candidate asks about it; app binds thread to it. nil: nothing.
	Beside func(ctx context.Context, who actor.Actor, page web.Page, organisation, item string) (told, ask templ.Component, err error)
	// Talk draws how an interview about the work stands; app binds interview to it. nil, or a nil component: there is none.
	Talk func(ctx context.Context, who actor.Actor, page web.Page, organisation string) (templ.Component, error)
	// First is where a candidate goes who cannot start anything before something else; "" is nowhere, nil: nobody waits for anything.
	First func(ctx context.Context, who actor.Actor) (string, error)
	// Waiting draws that somebody has answered what the candidate asked; nil when nobody has.
	Waiting func(ctx context.Context, who actor.Actor, page web.Page, organisation string) (templ.Component, error)
	// Survey asks how it was; nil, or a nil component: there is nothing to ask.
	Survey func(ctx context.Context, who actor.Actor, page web.Page, organisation string) (templ.Component, error)
	// Spent is what people gave to somebody's work so far; Terms what other nouns promise at the stage of an invitation. nil: nothing.
	Spent func(ctx context.Context, who actor.Actor, a opening.ApplicationID) (Spent, error)
	Terms func(ctx context.Context, who actor.Actor, o opening.ID, lang string) (Terms, error)
	// Longer are the parts of a version that take people longer than it says; app binds analytics to it. nil: nobody measures.
	Longer func(ctx context.Context, org string, v *assessment.Version) (map[string]analytics.Real, error)
	// Scored are the criteria that somebody's work is read by where those of its version were changed, and since when; app binds review to it. nil, or
	// no criteria: those of the version.
	Scored func(ctx context.Context, who actor.Actor, a attempt.Attempt, o opening.ID, v *assessment.Version) ([]assessment.Criterion, time.Time, error)
	// Whole is what an opening may ask of one person in all. nil: nobody adds it up.
	Whole func(ctx context.Context, org string, o opening.ID) (analytics.Ask, error)
}

// Reply is how the company's answer stands, in what a candidate may know.
type Reply struct {
	Readers  int             // how many read
	Finished int             // of them have filed
	Body     templ.Component // the released feedback; nil until then
}

// Routes declares them.
func (p *Pages) Routes(mux *web.Mux) {
	handle := func(rate web.Rate, pattern, action string, h web.Handler) {
		mux.Handle(web.Route{Pattern: pattern, Action: action, Auth: web.Candidate, Tenant: web.FromSession, Object: "attempt", Rate: rate}, p.before(h))
	}
	handle(web.RateRead, "GET /c", "attempt.expect", p.landing)
	handle(web.RateRead, "GET /c/{$}", "attempt.expect_slash", p.landing)
	handle(web.RateRead, "GET /c/parts/{part}", "attempt.part", p.part)
	handle(web.RateWrite, "POST /c/parts/{part}/start", "attempt.start", p.start)
	handle(web.RateWrite, "POST /c/parts/{part}/here", "attempt.here", p.here)
	handle(web.RateWrite, "POST /c/parts/{part}/failure", "attempt.failure", p.failure)
	handle(web.RateWrite, "POST /c/parts/{part}/break", "attempt.break", p.takeBreak)
	handle(web.RateWrite, "POST /c/parts/{part}/go-on", "attempt.go_on", p.goOn)
	handle(web.RateRead, "GET /c/parts/{part}/check", "attempt.check", p.check)
	handle(web.RateWrite, "POST /c/parts/{part}/send", "attempt.send", p.send)
	handle(web.RateWrite, "POST /c/parts/{part}/note", "attempt.note", p.note)
	handle(web.RateRead, "GET /c/parts/{part}/items/{item}", "attempt.item", p.item)
	handle(web.RateRead, "GET /c/parts/{part}/items/{item}/look/{path...}", "attempt.look", p.look)
	handle(web.RateExport, "GET /c/parts/{part}/items/{item}/files.zip", "attempt.files_zip", p.filesZip)
	handle(web.RateRead, "GET /c/parts/{part}/items/{item}/upload", "attempt.upload_page", p.upload)
	mux.Handle(web.Route{Pattern: "POST /c/parts/{part}/items/{item}/upload", Action: "attempt.upload", Auth: web.Candidate, Tenant: web.FromSession, Object: "attempt",
		Rate: web.RateWrite, MaxBody: maxZip + 1<<20}, p.uploaded)
	mux.Handle(web.Route{Pattern: "POST /c/parts/{part}/items/{item}/files", Action: "attempt.files", Auth: web.Candidate, Tenant: web.FromSession, Object: "attempt",
		Rate: web.RateSave, MaxBody: maxFiles}, p.files)
	handle(web.RateRead, "GET /c/parts/{part}/items/{item}/history", "attempt.history", p.history)
	handle(web.RateRead, "GET /c/parts/{part}/items/{item}/states/{n}", "attempt.state", p.state)
	handle(web.RateWrite, "POST /c/parts/{part}/items/{item}/restore", "attempt.restore", p.restore)
	handle(web.RateWrite, "POST /c/parts/{part}/items/{item}/leave", "attempt.leave", p.leave)
	handle(web.RateWrite, "POST /c/parts/{part}/items/{item}/unclear", "attempt.unclear", p.unclear)
	mux.Handle(web.Route{Pattern: "POST /c/parts/{part}/items/{item}", Action: "attempt.save_form", Auth: web.Candidate, Tenant: web.FromSession, Object: "attempt",
		Rate: web.RateSave, MaxBody: 8 << 20}, p.saveForm)
	handle(web.RateRead, "GET /c/parts/{part}/items/{item}/disclosure", "attempt.disclosure", p.disclosure)
	mux.Handle(web.Route{Pattern: "POST /c/parts/{part}/items/{item}/disclosure", Action: "attempt.disclose", Auth: web.Candidate, Tenant: web.FromSession, Object: "attempt",
		Rate: web.RateSave, MaxBody: 8 << 20}, p.disclose)
	mux.Handle(web.Route{Pattern: "POST /c/parts/{part}/items/{item}/do/{action}", Action: "attempt.do", Auth: web.Candidate, Tenant: web.FromSession, Object: "attempt",
		Rate: web.RateRun, MaxBody: 8 << 20}, p.do)
	mux.Handle(web.Route{Pattern: "POST /c/-/save", Action: "attempt.save", Auth: web.Candidate, Tenant: web.FromSession, Object: "attempt",
		Rate: web.RateSave, MaxBody: 32 << 20, Brief: true, Quiet: true, In: wireSaves{}, Out: wireReply{}}, p.save)
	mux.Handle(web.Route{Pattern: "GET /c/-/clock", Action: "attempt.clock", Auth: web.Candidate, Tenant: web.FromSession, Object: "attempt",
		Rate: web.RateSave, Brief: true, Quiet: true, Query: []string{"sitting"}, Out: wireTick{}}, p.clock)
	handle(web.RateRead, "GET /c/status", "attempt.status", p.status)
	handle(web.RateRead, "GET /c/time", "attempt.time", p.time)
	handle(web.RateExport, "GET /c/time.csv", "attempt.time_table", p.timeTable)
	handle(web.RateRead, "GET /c/device", "attempt.device", p.device)
	handle(web.RateCode, "POST /c/device", "attempt.device_code", p.deviceCode)
	handle(web.RateRead, "GET /c/adjust", "attempt.adjust_page", p.adjust)
	handle(web.RateWrite, "POST /c/adjust", "attempt.adjust", p.adjusted)
	handle(web.RateWrite, "POST /c/adjust/ask", "attempt.ask", p.asked)
	handle(web.RateRead, "GET /c/practice", "attempt.practice", p.practice)
	mux.Handle(web.Route{Pattern: "POST /c/practice/items/{item}/do/{action}", Action: "attempt.practice_do", Auth: web.Candidate, Tenant: web.FromSession, Object: "attempt",
		Rate: web.RateRun, MaxBody: 8 << 20}, p.practiceDo)
}

// before leads whoever cannot start anything yet to what comes before it, in the place of a page that is not there.
func (p *Pages) before(h web.Handler) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		err := h(w, r)
		if !errors.Is(err, attempt.ErrMissing) || p.First == nil || r.Method != http.MethodGet {
			return err
		}
		to, failed := p.First(r.Context(), web.Actor(r))
		switch {
		case failed != nil:
			return failed
		case to == "":
			return err
		}
		return web.Redirect(w, r, to, "")
	}
}

// frame is what all these pages share.
type frame struct {
	Page  web.Page
	L     *locale.Locale
	V     *attempt.View
	Org   org.Org
	Asks  templ.Component // what the candidate is asked; nil: nothing
	Heard templ.Component // that somebody has answered them; nil: nobody has
	Turns templ.Component // how an interview stands; nil: there is none
	Voice templ.Component // how it was for them; nil: they are not asked
	Spent Spent
	Terms []string // what other nouns promise here, a sentence each
	Pays  bool     // there is a page about money
	Talks bool     // there is one about a talk
	// Longer are the parts that take people longer than is advertised, by key.
	Longer map[string]analytics.Real
	Whole  analytics.Ask // of one person in all stages; on the first page only
	// Scored are the criteria that count, where they are others than the version's, since Changed.
	Scored  []assessment.Criterion
	Changed time.Time
}

func (p *Pages) frame(r *http.Request, title string) (frame, error) {
	v, err := p.Attempts.View(r.Context(), web.Actor(r))
	if err != nil {
		return frame{}, err
	}
	if len(v.Sittings) == 0 { // nothing can be started yet
		return frame{}, attempt.ErrMissing
	}
	o, err := p.Orgs.ByID(r.Context(), web.Actor(r).Org)
	page := web.PageOf(r, title)
	f := frame{Page: page, L: locale.For(page.Lang), V: v, Org: o}
	for i := range v.Version.Parts {
		if v.Version.Parts[i].Key == attempt.ExplainPart { // made for this view alone
			v.Version.Parts[i].Title, v.Version.Parts[i].About = f.t("explain"), f.t("explain_about")
		}
	}
	return f, err
}

// toExplain is the part with questions about their own work while it waits for the candidate; ok is false where nothing does.
func (f frame) toExplain() (attempt.Sitting, bool) {
	s, ok := f.V.Sittings[attempt.ExplainPart]
	return s, ok && !s.Over(f.V.Now) && f.V.Invitation.Status == opening.Active
}

// asks puts on a page what the candidate is asked, and that they were answered.
func (p *Pages) asks(r *http.Request, f *frame) (err error) {
	if p.Spent != nil {
		if f.Spent, err = p.Spent(r.Context(), web.Actor(r), f.V.Attempt.Application); err != nil {
			return err
		}
	}
	if p.Terms != nil {
		t, err := p.Terms(r.Context(), web.Actor(r), f.V.Opening.ID, f.Page.Lang)
		if err != nil {
			return err
		}
		f.Terms, f.Pays, f.Talks = t.Says, t.Pays, t.Talks
	}
	if p.Questions != nil {
		if f.Asks, err = p.Questions(r.Context(), web.Actor(r), f.V.Attempt.Application, f.Page.Lang, f.Page.Zone); err != nil {
			return err
		}
	}
	if p.Talk != nil {
		if f.Turns, err = p.Talk(r.Context(), web.Actor(r), f.Page, f.Org.Name); err != nil {
			return err
		}
	}
	if p.Survey != nil {
		if f.Voice, err = p.Survey(r.Context(), web.Actor(r), f.Page, f.Org.Name); err != nil {
			return err
		}
	}
	if p.Scored != nil {
		if f.Scored, f.Changed, err = p.Scored(r.Context(), web.Actor(r), f.V.Attempt, f.V.Opening.ID, f.V.Version); err != nil {
			return err
		}
	}
	if p.Waiting != nil {
		f.Heard, err = p.Waiting(r.Context(), web.Actor(r), f.Page, f.Org.Name)
	}
	return err
}

// criteria are those that the work is read by.
func (f frame) criteria() []assessment.Criterion {
	if len(f.Scored) > 0 {
		return f.Scored
	}
	return f.V.Version.Rubric
}

func (f frame) t(key string, pairs ...any) string { return f.L.T("attempt."+key, pairs...) }

// minutes is a duration in words: "45 minutes", "2 h 5 min".
func (f frame) minutes(d time.Duration) string {
	n := int((d + time.Minute - 1) / time.Minute)
	if n < 100 {
		return f.t("minutes", "n", n)
	}
	return f.t("hours", "h", n/60, "m", fmt.Sprintf("%02d", n%60))
}

// day is an instant as candidates read it: weekday, date, time and zone.
func (f frame) day(t time.Time) string {
	z := t.In(f.Page.Zone)
	return z.Format("Mon 2 Jan, 15:04") + " " + zoneName(f.Page.Zone, t)
}

// promised is the last day of a promise as a date: the company's working day, in its own zone.
func (f frame) promised(due time.Time) string {
	return due.Add(-time.Minute).In(f.Org.Location()).Format("Mon 2 Jan")
}

func zoneName(z *time.Location, at time.Time) string {
	if z == time.UTC {
		return "UTC"
	}
	name := z.String()
	if i := strings.LastIndexByte(name, '/'); i >= 0 {
		name = name[i+1:]
	}
	name = strings.ReplaceAll(name, "_", " ") + " time"
	if abbr, _ := at.In(z).Zone(); !strings.ContainsAny(abbr, "+-0123456789") {
		name += " (" + abbr + ")"
	}
	return name
}

// sitting finds the part of the address and its sitting.
func (p *Pages) sitting(r *http.Request, f frame) (assessment.Part, attempt.Sitting, error) {
	part, ok := f.V.Version.Part(r.PathValue("part"))
	s, there := f.V.Sittings[part.Key]
	if !ok || !there {
		return part, s, attempt.ErrMissing
	}
	return part, s, nil
}

func partPath(key string) string { return "/c/parts/" + key }

func itemPath(part, key string) string { return "/c/parts/" + part + "/items/" + key }

// workView is what the bar, the timer and the save status need.
func (f frame) workView(part assessment.Part, s attempt.Sitting) work.View {
	w := work.View{Sitting: string(s.ID), Epoch: int(s.Takeover), Now: f.V.Now, Interval: f.V.Interval, Ended: s.Over(f.V.Now), Saved: s.SavedAt,
		Zone: f.Page.Zone, Text: f.L, Send: partPath(part.Key) + "/check", Continue: partPath(part.Key)}
	if s.Clock.Timed > 0 {
		w.End, w.Total = s.End(), s.Clock.Length()
	}
	return w
}

func (p *Pages) landing(w http.ResponseWriter, r *http.Request) error {
	f, err := p.frame(r, "What to expect")
	if err != nil {
		return err
	}
	if err := p.asks(r, &f); err != nil {
		return err
	}
	f.V.Version = attempt.WithoutTurns(f.V.Version) // those have a page of their own
	if err := p.longer(r, &f); err != nil {
		return err
	}
	if p.Whole != nil {
		if f.Whole, err = p.Whole(r.Context(), f.Org.ID, f.V.Opening.ID); err != nil {
			return err
		}
	}
	v := landingView{frame: f, MD: p.MD}
	err = p.Attempts.DB.Read(r.Context(), f.Org.ID, func(tx db.Tx) error {
		readers, err := p.Openings.Pool(r.Context(), tx, f.V.Opening.ID, f.V.Invitation.Stage)
		if err != nil {
			return err
		}
		for _, m := range readers {
			who, err := p.Orgs.Member(r.Context(), tx, m)
			if err != nil {
				return err
			}
			v.Readers = append(v.Readers, who.Name)
		}
		contact, err := p.Orgs.Member(r.Context(), tx, f.V.Opening.Contact)
		if err == nil {
			v.Contact = contact.Name
		}
		return nil
	})
	if err != nil {
		return err
	}
	return web.Show(w, r, landingPage(v))
}

// part is the page before a part, or leads into the work, or shows what was sent.
func (p *Pages) part(w http.ResponseWriter, r *http.Request) error {
	f, err := p.frame(r, "")
	if err != nil {
		return err
	}
	part, s, err := p.sitting(r, f)
	if err != nil {
		return err
	}
	f.Page.Title = part.Title
	if attempt.IsDay(part.Key) {
		return web.Redirect(w, r, "/c/trial", "")
	}
	if attempt.IsTurn(part.Key) {
		if _, does := part.Items[0].Kind.(item.Doer); !does || s.Over(f.V.Now) {
			return web.Redirect(w, r, "/c/interview", "")
		}
	}
	switch {
	case s.State == attempt.Ready && !s.Over(f.V.Now):
		if err := p.longer(r, &f); err != nil {
			return err
		}
		return web.Show(w, r, beforePage(beforeView{f, part, s}))
	case !s.Over(f.V.Now) && s.Clock.Stands(f.V.Now):
		return web.Show(w, r, breakPage(breakView{f, part, s}))
	case s.Works(f.V.Now):
		return web.Redirect(w, r, itemPath(part.Key, p.first(f, part)), "")
	}
	return p.showSent(w, r, f, part, s, nil)
}

// first is the first item without an answer, or the first.
func (p *Pages) first(f frame, part assessment.Part) string {
	for _, i := range part.Items {
		a, ok := f.V.Answers[i.Key]
		if !ok || !i.Kind.Answered(i.Spec, a.Body) {
			return i.Key
		}
	}
	return part.Items[0].Key
}
