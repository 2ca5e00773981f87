// Package talkweb shows promised talks: the candidate's, where they choose a time, and the page of an application where times are offered.
package talkweb

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"candor/internal/actor"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/notify"
	"candor/internal/opening"
	"candor/internal/org"
	"candor/internal/problem"
	"candor/internal/talk"
	"candor/internal/web"
	"candor/internal/web/locale"
)

// Pages are these pages.
type Pages struct {
	Talks    *talk.Talks
	Openings *opening.Openings
	Orgs     *org.Orgs
	Notify   *notify.Notify
}

// Routes declares them. Who may see what is decided by talk and by opening's loaders.
func (p *Pages) Routes(mux *web.Mux) {
	handle := func(r web.Route, pattern, action string, h web.Handler) {
		r.Pattern, r.Action = pattern, action
		mux.Handle(r, h)
	}
	staff := web.Route{Auth: web.Staff, Roles: web.AnyMember, Tenant: web.FromPath, Object: "opening", Rate: web.RateRead}
	handle(staff, "GET /o/{org}/openings/{opening}/talks", "talk.terms_page", p.terms)
	staff.Object = "application"
	handle(staff, "GET /o/{org}/applications/{application}/talk", "talk.read", p.read)
	staff.Rate = web.RateWrite
	handle(staff, "POST /o/{org}/applications/{application}/talk", "talk.arrange", p.arrange)
	staff.Object = "opening"
	handle(staff, "POST /o/{org}/openings/{opening}/talks", "talk.terms", p.setTerms)
	all := web.Route{Auth: web.Staff, Roles: web.AnyMember, Tenant: web.FromPath, Object: web.NoObject, Rate: web.RateRead, Query: []string{"after"}}
	handle(all, "GET /o/{org}/talks", "talk.open", p.open)
	p.api(mux)
	own := web.Route{Auth: web.Candidate, Tenant: web.FromSession, Object: "talk", Rate: web.RateRead}
	handle(own, "GET /c/talk", "talk.own", p.own)
	handle(own, "GET /c/talk.ics", "talk.file", p.file)
	own.Rate = web.RateWrite
	handle(own, "POST /c/talk", "talk.choose", p.choose)
}

type termsView struct {
	Page    web.Page
	Opening opening.Opening
	Path    string
	Days    int
	Minutes int
	Hosts   int // managers who are present
	Problem *problem.Problem
}

// hoursAWeek is how much of a week talks are thought to get from each manager; it is said beside the number that is made of it.
const hoursAWeek = 3

// aWeek says how many talks a week can be held.
func (v termsView) aWeek() string {
	if v.Hosts == 0 {
		return "Nobody who decides in this opening is present, so nobody could hold them. Add a manager under People first."
	}
	n := v.Hosts * hoursAWeek * 60 / max(v.Minutes, 10)
	who := strconv.Itoa(v.Hosts) + " people who decide are here now; with "
	if v.Hosts == 1 {
		who = "One person who decides is here now; with "
	}
	return who + strconv.Itoa(hoursAWeek) + " hours a week each they can hold about " + strconv.Itoa(n) + " such talks a week. 0 promises none."
}

func (p *Pages) terms(w http.ResponseWriter, r *http.Request) error {
	return p.showTerms(w, r, nil, nil)
}

func (p *Pages) showTerms(w http.ResponseWriter, r *http.Request, f *talk.Terms, cause error) error {
	prob, err := problem.Shown(cause)
	if err != nil {
		return err
	}
	ctx, who := r.Context(), web.Actor(r)
	o, err := p.Openings.Load(ctx, who, opening.ID(r.PathValue("opening")))
	if err != nil {
		return err
	}
	if !o.MayManage(who) {
		return opening.ErrRole
	}
	v := termsView{Page: web.PageOf(r, "Talks"), Opening: o, Path: "/o/" + web.SessionOf(r).Org.Path + "/openings/" + string(o.ID), Problem: prob}
	err = p.Openings.DB.Read(ctx, who.Org, func(tx db.Tx) error {
		t, err := p.Talks.TermsIn(ctx, tx, o.ID)
		if err != nil {
			return err
		}
		if f != nil {
			t = *f
		}
		v.Days, v.Minutes = t.Days, t.Minutes
		if v.Minutes == 0 {
			v.Minutes = 45
		}
		v.Hosts, err = p.Openings.Present(ctx, tx, o.ID, opening.Manager)
		return err
	})
	if err != nil {
		return err
	}
	return web.ShowWith(w, r, cause, termsPage(v))
}

func (p *Pages) setTerms(w http.ResponseWriter, r *http.Request) error {
	var f struct{ Days, Minutes int }
	err := web.ReadForm(r, &f)
	t := talk.Terms{Days: f.Days, Minutes: f.Minutes}
	if err == nil {
		err = p.Talks.SetTerms(r.Context(), web.Actor(r), opening.ID(r.PathValue("opening")), t)
	}
	if err != nil {
		return p.showTerms(w, r, &t, err)
	}
	return web.Redirect(w, r, "/o/"+web.SessionOf(r).Org.Path+"/openings/"+r.PathValue("opening")+"/talks", "Saved, for work that is sent from now on.")
}

// rows is how many empty times the form has beside those that are offered.
const rows = 3

type staffView struct {
	Page    web.Page
	Path    string
	App     opening.Application
	Talk    talk.Talk
	None    bool // no talk is owed
	Zone    string
	Slots   []string // local, as the form has them
	Link    string
	Problem *problem.Problem
	Step    string
}

func (v staffView) when(t time.Time) string { return opening.Spell(t, v.Zone) }

type staffForm struct {
	Slots []string `max:"40"`
	Link  string   `max:"2000"`
	Step  string   `max:"10"` // offer, cancel or took
}

func (p *Pages) read(w http.ResponseWriter, r *http.Request) error {
	return p.show(w, r, staffForm{}, nil)
}

func (p *Pages) show(w http.ResponseWriter, r *http.Request, f staffForm, cause error) error {
	prob, err := problem.Shown(cause)
	if err != nil {
		return err
	}
	ctx, who, a := r.Context(), web.Actor(r), opening.ApplicationID(r.PathValue("application"))
	v := staffView{Page: web.PageOf(r, "Talk"), Path: p.path(r), Problem: prob, Step: f.Step}
	if v.Talk, v.App, err = p.Talks.Load(ctx, who, a); errors.Is(err, talk.ErrMissing) {
		v.None = true
	} else if err != nil {
		return err
	}
	o, err := p.Orgs.ByID(ctx, who.Org)
	if err != nil {
		return err
	}
	v.Zone, v.Slots, v.Link = o.Zone, f.Slots, f.Link
	if prob == nil {
		zone := o.Location()
		for _, s := range v.Talk.Slots {
			if s.After(v.Page.Now) {
				v.Slots = append(v.Slots, s.In(zone).Format(opening.LocalForm))
			}
		}
		v.Link = v.Talk.Link
	}
	for range rows {
		v.Slots = append(v.Slots, "")
	}
	return web.ShowWith(w, r, cause, staffPage(v))
}

func (p *Pages) path(r *http.Request) string {
	return "/o/" + web.SessionOf(r).Org.Path + "/applications/" + r.PathValue("application")
}

func (p *Pages) arrange(w http.ResponseWriter, r *http.Request) error {
	var f staffForm
	if err := web.ReadForm(r, &f); err != nil {
		return p.show(w, r, f, err)
	}
	text, err := p.act(r, f)
	if err != nil {
		return p.show(w, r, f, err)
	}
	return web.Redirect(w, r, p.path(r)+"/talk", text)
}

func (p *Pages) act(r *http.Request, f staffForm) (string, error) {
	ctx, who, a := r.Context(), web.Actor(r), opening.ApplicationID(r.PathValue("application"))
	switch f.Step {
	case "cancel":
		return "Cancelled. Calendars on both sides are told.", p.Talks.Cancel(ctx, who, a)
	case "took":
		return "The promise is kept.", p.Talks.Took(ctx, who, a)
	}
	o, err := p.Orgs.ByID(ctx, who.Org)
	if err != nil {
		return "", err
	}
	var slots []time.Time
	var kept []string
	for _, s := range f.Slots {
		if s = strings.TrimSpace(s); s != "" {
			kept = append(kept, s)
		}
	}
	for _, s := range kept {
		at, err := opening.ReadLocal(s, o.Zone)
		if bad, ok := problem.As(err); ok {
			return "", problem.Field("slots", strings.ReplaceAll(s, "T", " ")+": "+bad.Fields["finish_by"])
		}
		if err != nil {
			return "", err
		}
		slots = append(slots, at)
	}
	return "Offered. The candidate is told, and the promise stands still while they choose.", p.Talks.Offer(ctx, who, a, slots, f.Link)
}

// words are the texts of a language, with the keys of talk.
type words struct{ *locale.Locale }

func (w words) t(key string, pairs ...any) string { return w.T("talk."+key, pairs...) }

type ownView struct {
	words
	Page    web.Page
	Org     org.Org
	Talk    talk.Talk
	None    bool
	Problem *problem.Problem
}

func (v ownView) when(t time.Time) string { return opening.Spell(t, v.Page.Zone.String()) }

func (p *Pages) own(w http.ResponseWriter, r *http.Request) error { return p.showOwn(w, r, nil) }

func (p *Pages) showOwn(w http.ResponseWriter, r *http.Request, cause error) error {
	prob, err := problem.Shown(cause)
	if err != nil {
		return err
	}
	ctx, who := r.Context(), web.Actor(r)
	v := ownView{Page: web.PageOf(r, ""), Problem: prob}
	v.words = words{locale.For(v.Page.Lang)}
	v.Page.Title = v.t("title")
	if v.Org, err = p.Orgs.ByID(ctx, who.Org); err != nil {
		return err
	}
	if v.Talk, err = p.Talks.Own(ctx, who); errors.Is(err, talk.ErrNone) {
		v.None = true
	} else if err != nil {
		return err
	}
	return web.ShowWith(w, r, cause, ownPage(v))
}

func (p *Pages) choose(w http.ResponseWriter, r *http.Request) error {
	var f struct {
		At   int64
		Step string `max:"10"` // choose, cancel or decline
	}
	if err := web.ReadForm(r, &f); err != nil {
		return p.showOwn(w, r, err)
	}
	ctx, who := r.Context(), web.Actor(r)
	var err error
	done := "chosen"
	switch f.Step {
	case "cancel":
		done, err = "cancelled", p.Talks.CancelOwn(ctx, who)
	case "decline":
		done, err = "declined", p.Talks.Decline(ctx, who)
	default:
		err = p.Talks.Choose(ctx, who, clock.Time(f.At))
	}
	if err != nil {
		return p.showOwn(w, r, err)
	}
	return web.Redirect(w, r, "/c/talk", words{locale.For(web.PageOf(r, "").Lang)}.t(done+"_done"))
}

// file is the calendar's file of the chosen time, for whoever gets no mail.
func (p *Pages) file(w http.ResponseWriter, r *http.Request) error {
	ctx, who := r.Context(), web.Actor(r)
	t, err := p.Talks.Own(ctx, who)
	if err != nil {
		return err
	}
	if t.State != talk.Booked {
		return talk.ErrState
	}
	var e talk.Event
	err = p.Openings.DB.Read(ctx, who.Org, func(tx db.Tx) error {
		e, err = p.Notify.EventOf(ctx, tx, t)
		return err
	})
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/calendar; charset=utf-8; method="+e.Method())
	w.Header().Set("Content-Disposition", `attachment; filename="talk.ics"`)
	_, err = w.Write([]byte(e.File()))
	return err
}

// Terms is a sentence about the talk that an opening promises, for a candidate's first page; "" where none is.
func (p *Pages) Terms(ctx context.Context, who actor.Actor, o opening.ID, lang string) (text string, err error) {
	err = p.Openings.DB.Read(ctx, who.Org, func(tx db.Tx) error {
		t, err := p.Talks.TermsIn(ctx, tx, o)
		if t.Days > 0 {
			text = words{locale.For(lang)}.t("term", "n", t.Days, "minutes", t.Minutes)
		}
		return err
	})
	return text, err
}

// Standing is a talk in a few words for the page of an application.
func Standing(t talk.Talk, zone string) string {
	switch t.State {
	case talk.Offered:
		return "Times are offered; the candidate chooses."
	case talk.Booked:
		return opening.Spell(t.Starts, zone)
	case talk.Held:
		return "It took place."
	case talk.Declined:
		return "The candidate wants no talk."
	}
	return "Owed: nobody has offered a time yet."
}
