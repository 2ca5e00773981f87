// Package feedbackweb is where the manager of an opening decides and writes the reply, with a preview of what the candidate will
// read and when.
package feedbackweb

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/a-h/templ"

	"candor/internal/actor"
	"candor/internal/db"
	"candor/internal/feedback"
	"candor/internal/notify"
	"candor/internal/opening"
	"candor/internal/problem"
	"candor/internal/review"
	"candor/internal/web"
)

// Pages are these pages.
type Pages struct {
	DB        *db.DB
	Feedbacks *feedback.Feedbacks
	Notify    *notify.Notify
	// Again draws where a second look at the no of an application stands; app binds appeal to it. nil, or a nil component: nobody asked.
	Again func(ctx context.Context, who actor.Actor, a opening.ApplicationID) (templ.Component, error)
}

// Routes declares them. Who may decide is decided by the loaders of review.
func (p *Pages) Routes(mux *web.Mux) {
	read := web.Route{Auth: web.Staff, Roles: web.AnyMember, Tenant: web.FromPath, Object: "application", Rate: web.RateRead}
	write := read
	write.Rate = web.RateWrite
	save := write
	save.Quiet, save.Out = true, web.Saved{}
	handle := func(r web.Route, pattern, action string, h web.Handler) {
		r.Pattern, r.Action = pattern, action
		mux.Handle(r, h)
	}
	handle(read, "GET /o/{org}/decide/{application}", "feedback.table", p.table)
	handle(save, "POST /o/{org}/decide/{application}/save", "feedback.save", p.save)
	handle(write, "POST /o/{org}/decide/{application}/preview", "feedback.preview", p.preview)
	handle(write, "POST /o/{org}/decide/{application}", "decision.make", p.decide)
	undo := write
	undo.Object = "decision"
	handle(undo, "POST /o/{org}/decisions/{decision}/undo", "decision.undo", p.undo)
}

// decisionForm is a decision as it is posted: l.<criterion> is the level in words, t.<criterion> the text.
type decisionForm struct {
	Outcome  string            `max:"10"`
	Reason   string            `max:"2000"`
	Body     string            `max:"10000"`
	Levels   map[string]string `form:"l.*"`
	Texts    map[string]string `form:"t.*"`
	NextBy   string            `max:"32"`
	NextNote string            `max:"1000"`
	Wait     bool
}

// draft keeps the criteria in the order of the page's lines. ErrInvalid on next_by, with all that could be read.
func (f decisionForm) draft(order []feedback.Line, zone string) (feedback.Draft, error) {
	d := feedback.Draft{Outcome: review.Outcome(f.Outcome), Reason: f.Reason, Body: f.Body, Next: opening.Next{Note: f.NextNote}}
	var err error
	if f.NextBy != "" {
		if d.Next.By, err = opening.ReadLocal(f.NextBy, zone); err != nil {
			err = problem.Field("next_by", sentence(err))
		}
	}
	for _, l := range order {
		level, has := f.Levels[l.Key]
		text, hasText := f.Texts[l.Key]
		if has || hasText {
			d.Lines = append(d.Lines, feedback.Line{Key: l.Key, Title: l.Title, Level: strings.TrimSpace(level), Text: strings.TrimSpace(text)})
		}
	}
	return d, err
}

type tableView struct {
	Page    web.Page
	Base    string
	Here    string
	Table   *feedback.Table
	Draft   feedback.Draft
	Wait    bool
	Hears   time.Time // in the candidate's zone
	Due     time.Time
	Reply   feedback.View
	Subject string
	Mail    string
	Invite  notify.Mail // to the next stage, where they go on
	NextBy  string      // what was typed
	Preview bool
	Again   templ.Component
	Warned  map[string]feedback.Warnings
	Problem *problem.Problem
	Fields  map[string]string
}

func app(r *http.Request) opening.ApplicationID {
	return opening.ApplicationID(r.PathValue("application"))
}

func (p *Pages) table(w http.ResponseWriter, r *http.Request) error {
	t, err := p.Feedbacks.Table(r.Context(), web.Actor(r), app(r))
	if err != nil {
		return err
	}
	return p.show(w, r, t, t.Draft, true, false, nil)
}

func (p *Pages) show(w http.ResponseWriter, r *http.Request, t *feedback.Table, d feedback.Draft, wait, preview bool, err error) error {
	prob, ok := problem.As(err)
	if err != nil && !ok {
		return err
	}
	base := "/o/" + r.PathValue("org")
	v := tableView{Base: base, Here: base + "/decide/" + string(t.Application.ID), Table: t, Draft: d, Wait: wait, Preview: preview, Warned: feedback.Warned(d), Problem: prob, Fields: map[string]string{}}
	if prob != nil {
		v.Fields = prob.Fields
	}
	who := web.Actor(r)
	var herr error
	if v.Hears, v.Due, herr = p.Feedbacks.Hears(r.Context(), who, t.Application, wait); herr != nil {
		return herr
	}
	reply := feedback.Letter(d, t.Last)
	if reply.Outcome == "" {
		reply.Outcome = review.Advance
	}
	if shown := t.Waiting; shown != nil {
		reply = *shown
	} else if t.Reply != nil {
		reply = *t.Reply
	}
	var letter notify.Mail
	rerr := p.DB.Read(r.Context(), who.Org, func(tx db.Tx) (err error) {
		if letter, err = p.Notify.Reply(r.Context(), tx, t.Application, reply); err != nil || reply.Outcome != review.Advance || t.Next.ID == "" {
			return err
		}
		by := reply.Next.By
		if by.IsZero() {
			by = v.Hears.AddDate(0, 0, t.Next.Window)
		}
		v.Invite, err = p.Notify.Draft(r.Context(), tx, t.Application.Opening, t.Next, opening.InviteForm{Name: t.Application.Title(), Zone: t.Zone, Note: reply.Next.Note, FinishBy: by})
		return err
	})
	if rerr != nil && !errors.Is(rerr, opening.ErrMissing) { // whoever was erased is written to no more
		return rerr
	}
	v.Reply = feedback.View{Reply: reply}
	v.Subject, v.Mail = letter.Subject, letter.Text()
	if !d.Next.By.IsZero() {
		v.NextBy = d.Next.By.In(v.Hears.Location()).Format(opening.LocalForm)
	}
	if t.Reply != nil && p.Again != nil {
		if v.Again, rerr = p.Again(r.Context(), who, t.Application.ID); rerr != nil {
			return rerr
		}
	}
	v.Page = web.PageOf(r, "Decide: "+t.Application.Title())
	return web.ShowWith(w, r, err, tablePage(v))
}

// read reads the form and the table it is for.
func (p *Pages) read(r *http.Request) (*feedback.Table, feedback.Draft, decisionForm, error) {
	var f decisionForm
	ferr := web.ReadForm(r, &f)
	t, err := p.Feedbacks.Table(r.Context(), web.Actor(r), app(r))
	if err != nil {
		return nil, feedback.Draft{}, f, err
	}
	d, derr := f.draft(lines(t), t.Zone)
	if ferr == nil {
		ferr = derr
	}
	return t, d, f, ferr
}

// sentence is a problem about a moment in words.
func sentence(err error) string {
	if p, ok := problem.As(err); ok {
		for _, text := range p.Fields {
			return text
		}
	}
	return "Give a day and a time, such as 2026-12-03 23:59."
}

// lines are the criteria the page offers: those of the rubric, else of the draft.
func lines(t *feedback.Table) []feedback.Line {
	if t.Column == nil {
		return t.Draft.Lines
	}
	var out []feedback.Line
	for _, c := range t.Column.Rubric.Rubric {
		l := feedback.Line{Key: c.Key, Title: c.Title}
		for _, d := range t.Draft.Lines {
			if d.Key == c.Key {
				l = d
			}
		}
		out = append(out, l)
	}
	return out
}

// save keeps the draft, posted as one writes or by its button.
func (p *Pages) save(w http.ResponseWriter, r *http.Request) error {
	t, d, f, err := p.read(r)
	if t == nil {
		return err
	}
	if err == nil {
		err = p.Feedbacks.Save(r.Context(), web.Actor(r), app(r), d)
	}
	if strings.Contains(r.Header.Get("Accept"), "application/json") {
		if err != nil {
			return err
		}
		return web.JSON(w, r, web.Saved{Saved: true})
	}
	if err != nil {
		return p.show(w, r, t, d, f.Wait, false, err)
	}
	return web.Redirect(w, r, "/o/"+r.PathValue("org")+"/decide/"+string(app(r)), "Draft saved.")
}

// preview keeps the draft and shows what the candidate will read.
func (p *Pages) preview(w http.ResponseWriter, r *http.Request) error {
	t, d, f, err := p.read(r)
	if t == nil {
		return err
	}
	if err == nil {
		err = p.Feedbacks.Save(r.Context(), web.Actor(r), app(r), d)
	}
	return p.show(w, r, t, d, f.Wait, true, err)
}

// decide decides.
func (p *Pages) decide(w http.ResponseWriter, r *http.Request) error {
	t, d, f, err := p.read(r)
	if t == nil {
		return err
	}
	if err != nil {
		return p.show(w, r, t, d, f.Wait, false, err)
	}
	dec, release, err := p.Feedbacks.Decide(r.Context(), web.Actor(r), app(r), d, f.Wait)
	if err != nil {
		return p.show(w, r, t, d, f.Wait, false, err)
	}
	here := "/o/" + r.PathValue("org") + "/decide/" + string(app(r))
	switch {
	case dec.Outcome == review.Hold:
		return web.Redirect(w, r, here, "On hold. Nothing was told; the promise goes on.")
	case !release.After(p.DB.Now()):
		return web.Redirect(w, r, here, "Decided, and the candidate has been told.")
	}
	undo := "/o/" + r.PathValue("org") + "/decisions/" + dec.ID + "/undo"
	return web.RedirectWith(w, r, here, web.Toast{Text: "Decided. The candidate has not been told yet.", Undo: undo, Action: "Take it back"})
}

// undo takes back what was not told yet.
func (p *Pages) undo(w http.ResponseWriter, r *http.Request) error {
	var f struct {
		Reason string `max:"500"`
	}
	if err := web.ReadForm(r, &f); err != nil {
		return err
	}
	a, err := p.Feedbacks.Undo(r.Context(), web.Actor(r), r.PathValue("decision"), f.Reason)
	if errors.Is(err, problem.ErrInvalid) && a != "" { // the press of a message came late: the page has the field
		r.SetPathValue("application", string(a))
		t, terr := p.Feedbacks.Table(r.Context(), web.Actor(r), a)
		if terr != nil {
			return terr
		}
		return p.show(w, r, t, t.Draft, true, false, err)
	}
	if err != nil {
		return err
	}
	return web.Redirect(w, r, "/o/"+r.PathValue("org")+"/decide/"+string(a), "Taken back. Your draft is here again.")
}
