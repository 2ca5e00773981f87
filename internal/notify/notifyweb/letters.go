package notifyweb

import (
	"errors"
	"net/http"
	"strconv"

	"candor/internal/notify"
	"candor/internal/opening"
	"candor/internal/problem"
	"candor/internal/web"
)

func appID(r *http.Request) opening.ApplicationID {
	return opening.ApplicationID(r.PathValue("application"))
}

// openingID is the opening of the address; "" is the organisation.
func openingID(r *http.Request) opening.ID { return opening.ID(r.PathValue("opening")) }

// path is the list of the place of a request.
func path(r *http.Request) string {
	if o := openingID(r); o != "" {
		return "/o/" + r.PathValue("org") + "/openings/" + string(o) + "/mails"
	}
	return "/o/" + r.PathValue("org") + "/mails"
}

type lettersView struct {
	Page    web.Page
	Path    string
	Opening opening.Opening // ID "" in the organisation
	List    []notify.Text
	Ahead   notify.Ahead // of an opening
}

func (p *Pages) letters(w http.ResponseWriter, r *http.Request) error {
	v := lettersView{Page: web.PageOf(r, "Mails to candidates"), Path: path(r)}
	var err error
	if v.List, v.Opening, err = p.Notify.Texts(r.Context(), web.Actor(r), openingID(r)); err != nil {
		return err
	}
	if v.Opening.ID != "" {
		if v.Ahead, err = p.Notify.Ahead(r.Context(), web.Actor(r), v.Opening.ID); err != nil {
			return err
		}
	}
	return web.Show(w, r, lettersPage(v))
}

// remind turns an opening's reminders on or off.
func (p *Pages) remind(w http.ResponseWriter, r *http.Request) error {
	var f struct{ Active bool }
	if err := web.ReadForm(r, &f); err != nil {
		return err
	}
	if err := p.Notify.SetReminders(r.Context(), web.Actor(r), openingID(r), f.Active); err != nil {
		return err
	}
	said := "Reminders are off. Nothing is sent by itself."
	if f.Active {
		said = "Reminders are on."
	}
	return web.Redirect(w, r, path(r), said)
}

// ahead is what the reminders of a letter come to, in words; "" is nothing.
func (v lettersView) ahead(key string) string {
	c, ok := v.Ahead.Next[key]
	if !ok || !v.Ahead.Active {
		return ""
	}
	people := "1 person"
	if c.People != 1 {
		people = strconv.Itoa(c.People) + " people"
	}
	return "As things are, " + people + "; first " + c.First.In(v.Page.Zone).Format("Mon 2 Jan, 15:04") + "."
}

type letterForm struct {
	Subject string `max:"400"`
	Body    string `form:"body,raw" max:"8000"`
	Number  int
	Step    string `max:"10"` // "save", "look" or "default"
}

type letterView struct {
	Page    web.Page
	Path    string
	Opening opening.Opening
	Text    notify.Text
	Form    letterForm
	Preview *notify.Mail
	Answers string
	Problem *problem.Problem
	Names   map[string]string // of members
}

func (p *Pages) letter(w http.ResponseWriter, r *http.Request) error {
	return p.showLetter(w, r, nil, true, nil)
}

// showLetter shows the words of a letter, or those of a form that came back, and how they look.
func (p *Pages) showLetter(w http.ResponseWriter, r *http.Request, f *letterForm, look bool, cause error) error {
	ctx, who := r.Context(), web.Actor(r)
	t, op, err := p.Notify.Text(ctx, who, openingID(r), r.PathValue("letter"))
	if err != nil {
		return err
	}
	v := letterView{Page: web.PageOf(r, t.Letter.Title), Path: path(r), Opening: op, Text: t, Form: letterForm{Subject: t.Words.Subject, Body: t.Words.Body, Number: t.Number}}
	if f != nil {
		v.Form = *f
	}
	if errors.Is(cause, notify.ErrChanged) {
		v.Form.Number = t.Number
	}
	if v.Problem, err = problem.Shown(cause); err != nil {
		return err
	}
	if v.Names, err = p.Notify.Names(ctx, who); err != nil {
		return err
	}
	if look {
		m, err := p.Notify.Sampled(ctx, who, op, t.Letter, notify.Words{Subject: v.Form.Subject, Body: v.Form.Body})
		if err != nil {
			return err
		}
		v.Preview = &m
		name, email := m.Answers()
		v.Answers = name + " <" + email + ">"
	}
	return web.ShowWith(w, r, cause, letterPage(v))
}

// save keeps the words, shows them as they will look, or goes back to the default.
func (p *Pages) save(w http.ResponseWriter, r *http.Request) error {
	var f letterForm
	ctx, who, o, key := r.Context(), web.Actor(r), openingID(r), r.PathValue("letter")
	err := web.ReadForm(r, &f)
	words := notify.Words{Subject: f.Subject, Body: f.Body}
	said := "Saved. Mails from now on have these words."
	switch {
	case err != nil:
	case f.Step == "look":
		t, _, err := p.Notify.Text(ctx, who, o, key)
		if err != nil {
			return err
		}
		err = t.Letter.Check(words)
		return p.showLetter(w, r, &f, err == nil, err)
	case f.Step == "default":
		said, err = "These are the words above this place again. Yours are in the history.", p.Notify.DropText(ctx, who, o, key, f.Number)
	default:
		err = p.Notify.SetText(ctx, who, o, key, words, f.Number)
	}
	if errors.Is(err, problem.ErrInvalid) || errors.Is(err, notify.ErrChanged) {
		return p.showLetter(w, r, &f, false, err)
	}
	if err != nil {
		return err
	}
	return web.Redirect(w, r, path(r)+"/"+key, said)
}

// from says where words come from.
func from(t notify.Text, opening bool) string {
	switch {
	case t.From == "opening":
		return "Your own words, for this opening"
	case t.From == "organisation" && opening:
		return "Your organisation’s words"
	case t.From == "organisation":
		return "Your own words"
	}
	return "The default"
}
