// Package appealweb shows second looks: the candidate's page, where they ask for one and read the answer, and the page of an application where both
// results stand beside each other and somebody who decides answers.
package appealweb

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/a-h/templ"

	"candor/internal/actor"
	"candor/internal/appeal"
	"candor/internal/feedback"
	"candor/internal/opening"
	"candor/internal/problem"
	"candor/internal/review"
	"candor/internal/web"
	"candor/internal/web/locale"
	"candor/internal/web/ui/choice"
	"candor/internal/web/ui/work"
)

// Pages are these pages.
type Pages struct {
	Appeals *appeal.Appeals
}

// Routes declares them. Who may see and do what is decided by appeal's loaders.
func (p *Pages) Routes(mux *web.Mux) {
	handle := func(r web.Route, pattern, action string, h web.Handler) {
		r.Pattern, r.Action = pattern, action
		mux.Handle(r, h)
	}
	own := web.Route{Auth: web.Candidate, Tenant: web.FromSession, Object: "appeal", Rate: web.RateRead}
	handle(own, "GET /c/appeal", "appeal.own", p.own)
	own.Rate = web.RateWrite
	handle(own, "POST /c/appeal", "appeal.ask", p.ask)
	const one = "/o/{org}/applications/{application}/appeal"
	staff := web.Route{Auth: web.Staff, Roles: web.AnyMember, Tenant: web.FromPath, Object: "application", Rate: web.RateRead}
	handle(staff, "GET "+one, "appeal.read", p.read)
	staff.Rate = web.RateWrite
	handle(staff, "POST "+one, "appeal.answer", p.answer)
	handle(staff, "POST "+one+"/preview", "appeal.preview", p.preview)
	staff.Quiet, staff.Out = true, web.Saved{}
	handle(staff, "POST "+one+"/save", "appeal.save", p.save)
}

// words are the texts of a language, with the keys of appeal.
type words struct{ *locale.Locale }

func (w words) t(key string, pairs ...any) string { return w.T("appeal."+key, pairs...) }

type ownView struct {
	words
	Page    web.Page
	Own     appeal.Own
	Reason  string // as it was posted
	Problem *problem.Problem
	Fields  map[string]string
}

// day is an instant's day in the candidate's zone.
func (v ownView) day(t time.Time) string { return t.In(v.Page.Zone).Format("Mon 2 Jan") }

// last is the day at whose end something is due.
func (v ownView) last(t time.Time) string { return v.day(t.Add(-time.Second)) }

func (p *Pages) own(w http.ResponseWriter, r *http.Request) error { return p.showOwn(w, r, "", nil) }

func (p *Pages) showOwn(w http.ResponseWriter, r *http.Request, reason string, cause error) error {
	prob, err := problem.Shown(cause)
	if err != nil {
		return err
	}
	v := ownView{Page: web.PageOf(r, ""), Reason: reason, Problem: prob, Fields: fields(prob)}
	v.words = words{locale.For(v.Page.Lang)}
	v.Page.Title = v.t("title")
	if v.Own, err = p.Appeals.Own(r.Context(), web.Actor(r)); err != nil {
		return err
	}
	return web.ShowWith(w, r, cause, ownPage(v))
}

func fields(p *problem.Problem) map[string]string {
	if p == nil || p.Fields == nil {
		return map[string]string{}
	}
	return p.Fields
}

// ask asks for a second look, or takes it back.
func (p *Pages) ask(w http.ResponseWriter, r *http.Request) error {
	var f struct {
		Reason string `max:"2000"`
		Step   string `max:"10"` // ask or withdraw
	}
	err := web.ReadForm(r, &f)
	done := "asked"
	switch {
	case err != nil:
	case f.Step == "withdraw":
		done, err = "withdrawn", p.Appeals.Withdraw(r.Context(), web.Actor(r))
	default:
		err = p.Appeals.Ask(r.Context(), web.Actor(r), f.Reason)
	}
	if err != nil {
		return p.showOwn(w, r, f.Reason, err)
	}
	return web.Redirect(w, r, "/c/appeal", words{locale.For(web.PageOf(r, "").Lang)}.t(done+"_done"))
}

// Note leads from the page where a candidate reads their reply to this one; nil where there is nothing to ask for and nothing was asked.
func (p *Pages) Note(ctx context.Context, who actor.Actor, lang string, zone *time.Location) (templ.Component, error) {
	o, err := p.Appeals.Own(ctx, who)
	t := words{locale.For(lang)}
	switch {
	case err != nil:
		return nil, err
	case o.Appeal != nil && (o.Appeal.State == appeal.Upheld || o.Appeal.State == appeal.Changed):
		return link(t.t("link_told")), nil
	case o.Appeal != nil:
		return link(t.t("link_open")), nil
	case o.May:
		return link(t.t("link", "date", o.Until.In(zone).Format("Mon 2 Jan"))), nil
	}
	return nil, nil
}

type staffView struct {
	Page    web.Page
	Path    string // of the application
	Case    *appeal.Case
	Draft   appeal.Draft
	Warned  map[string]feedback.Warnings
	Preview bool
	Problem *problem.Problem
	Fields  map[string]string
}

func app(r *http.Request) opening.ApplicationID {
	return opening.ApplicationID(r.PathValue("application"))
}

func path(r *http.Request) string {
	return "/o/" + r.PathValue("org") + "/applications/" + r.PathValue("application")
}

func (p *Pages) read(w http.ResponseWriter, r *http.Request) error {
	return p.show(w, r, nil, false, nil)
}

func (p *Pages) show(w http.ResponseWriter, r *http.Request, d *appeal.Draft, preview bool, cause error) error {
	prob, err := problem.Shown(cause)
	if err != nil {
		return err
	}
	c, err := p.Appeals.Load(r.Context(), web.Actor(r), app(r))
	if err != nil {
		return cmp.Or(cause, err)
	}
	v := staffView{Page: web.PageOf(r, "Second look: "+c.Application.Title()), Path: path(r), Case: c, Draft: c.Appeal.Draft, Preview: preview, Problem: prob, Fields: fields(prob)}
	if d != nil {
		d.Saved = v.Draft.Saved
		v.Draft = *d
	}
	v.Warned = feedback.Warned(feedback.Draft{Body: v.Draft.Answer})
	return web.ShowWith(w, r, cause, staffPage(v))
}

// draftForm is an answer as it is posted.
type draftForm struct {
	Outcome string `max:"10"`
	Why     string `max:"2000"`
	Answer  string `max:"5000"`
}

func (p *Pages) draft(r *http.Request) (appeal.Draft, error) {
	var f draftForm
	err := web.ReadForm(r, &f)
	return appeal.Draft{Outcome: f.Outcome, Why: f.Why, Answer: f.Answer}, err
}

// save keeps the draft, posted as one writes or by its button.
func (p *Pages) save(w http.ResponseWriter, r *http.Request) error {
	d, err := p.draft(r)
	if err == nil {
		err = p.Appeals.Save(r.Context(), web.Actor(r), app(r), d)
	}
	if strings.Contains(r.Header.Get("Accept"), "application/json") {
		if err != nil {
			return err
		}
		return web.JSON(w, r, web.Saved{Saved: true})
	}
	if err != nil {
		return p.show(w, r, &d, false, err)
	}
	return web.Redirect(w, r, path(r)+"/appeal", "Draft saved.")
}

// preview keeps the draft and shows what the candidate will read.
func (p *Pages) preview(w http.ResponseWriter, r *http.Request) error {
	d, err := p.draft(r)
	if err == nil {
		err = p.Appeals.Save(r.Context(), web.Actor(r), app(r), d)
	}
	return p.show(w, r, &d, true, err)
}

func (p *Pages) answer(w http.ResponseWriter, r *http.Request) error {
	d, err := p.draft(r)
	if err != nil {
		return p.show(w, r, &d, false, err)
	}
	hears, err := p.Appeals.Decide(r.Context(), web.Actor(r), app(r), d)
	if err != nil {
		return p.show(w, r, &d, false, err)
	}
	toast := "Answered, and the candidate has been told."
	if hears.After(p.Appeals.DB.Now()) {
		toast = "Answered. The candidate is told in their daytime."
	}
	return web.Redirect(w, r, path(r)+"/appeal", toast)
}

func (v staffView) outcomes() choice.View {
	is := func(o string) bool { return v.Draft.Outcome == o }
	return choice.View{Name: "outcome", Legend: "What the second look comes to", Error: v.Fields["outcome"], Roomy: true, Options: []choice.Option{
		{Value: appeal.Uphold, Text: "The decision stands", Hint: "The application stays as it ended. Your answer is a letter of its own.", Checked: is(appeal.Uphold)},
		{Value: appeal.Change, Text: "The decision is changed", Hint: "The application goes on from where it ended: the next stage, or an offer after the last. Your answer is the reply.", Checked: is(appeal.Change)},
	}}
}

// english is what previews are drawn in.
func english() words { return words{locale.For("en")} }

// state is what the draft would make of the appeal.
func (v staffView) state() appeal.State {
	if v.Draft.Outcome == appeal.Change {
		return appeal.Changed
	}
	return appeal.Upheld
}

// level is a rating in words.
func (v staffView) level(key string, r review.Rating) string {
	for _, c := range v.Case.First.Rubric.Rubric {
		switch {
		case c.Key != key:
		case r.Level == review.CannotRate && r.Reason != "":
			return "Could not score it: " + r.Reason
		case r.Level == review.CannotRate:
			return "Could not score it"
		case r.Level >= 1 && r.Level <= len(c.Levels):
			return fmt.Sprintf("%d %s", r.Level, c.Levels[r.Level-1].Name)
		}
	}
	return "Not scored"
}

// first are the levels of the first cards in one criterion.
func (v staffView) first(key string) (out []string) {
	for _, o := range v.Case.First.Cards {
		out = append(out, o.Member.Name+": "+v.level(key, o.Review.Card.Ratings[key]))
	}
	return out
}

// looked says whether the second look is in.
func (v staffView) looked() bool { return v.Case.Second.State == review.Looked }

// points is the second look's score in words.
func (v staffView) points() string {
	n, ok := v.Case.Second.Points(v.Case.First.Rubric.Rubric)
	if !ok {
		return "no score"
	}
	return fmt.Sprintf("%.0f", n)
}

// stands says where the second look is, and what that means for whoever answers.
func (v staffView) stands() (tone, icon, title, text string) {
	c := v.Case
	switch {
	case v.looked():
		return "ok", "", "The second look is in.", c.Reader.Name + " had not seen the first scores and read without the name."
	case c.Second.State == review.Asked:
		return "", "hourglass", c.Reader.Name + " reads it a second time, by " + v.day(c.Second.Due) + ".", "They see neither the name nor the first scores. It can be answered when their card is in; what you write here is kept."
	case c.Nobody:
		return "warn", "", "Nobody is there who could look a second time.", "Everybody in the pool of this opening has had to do with this work, sees the list of candidates, or is away. Add a reviewer to the opening, and they are asked within minutes. Or read the work again yourself and answer; the candidate reads that nobody scored it anew."
	}
	return "", "hourglass", "Somebody is asked within minutes.", "There is somebody who could look a second time."
}

func (v staffView) day(t time.Time) string {
	return t.Add(-time.Second).In(v.Page.Zone).Format("Mon 2 Jan")
}

func (v staffView) saved() work.View { return work.View{Saved: v.Draft.Saved, Zone: v.Page.Zone} }

// hears says when the candidate would be told of an answer given now.
func (v staffView) hears() string {
	if v.Case.Hears.Sub(v.Page.Now) <= time.Minute {
		return "It is daytime where the candidate is: they are told at once."
	}
	return "It is night or a weekend where the candidate is. An answer given now is told on their next morning of a working day."
}

// ended is how a closed appeal ended, in words.
func (v staffView) ended() (tone, title, text string) {
	x := v.Case.Appeal
	told := "The candidate is told in their daytime."
	if !x.Told.IsZero() {
		told = "Told on " + x.Told.In(v.Page.Zone).Format("Mon 2 Jan, 15:04") + "."
	}
	if x.Alone {
		told += " Nobody was there who could look a second time."
	}
	switch x.State {
	case appeal.Upheld:
		return "ok", "The decision stands.", told
	case appeal.Changed:
		return "ok", "The decision is changed: they go on.", told
	}
	return "", "Taken back.", "Nobody waits for an answer."
}

// Standing is where an appeal stands, in a few words, for lists and the page of an application.
func Standing(c *appeal.Case) string {
	switch {
	case c.Appeal.State == appeal.Upheld:
		return "Answered: the decision stands."
	case c.Appeal.State == appeal.Changed:
		return "Answered: the decision is changed."
	case c.Appeal.State == appeal.Withdrawn:
		return "Taken back."
	case c.Second.State == review.Looked:
		return "The second look is in and waits for an answer."
	case c.Second.State == review.Asked:
		return "Somebody reads it a second time."
	case c.Nobody:
		return "Nobody is there who could look a second time."
	}
	return "Somebody is asked within minutes."
}
