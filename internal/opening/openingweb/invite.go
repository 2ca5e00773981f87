package openingweb

import (
	"net/http"
	"time"

	"candor/internal/db"
	"candor/internal/notify"
	"candor/internal/opening"
	"candor/internal/problem"
	"candor/internal/web"
)

type inviteForm struct {
	Name     string `max:"120"`
	Email    string `max:"254"`
	Zone     string `max:"64"`
	FinishBy string `max:"32"`
	Note     string `max:"1000"`
	Step     string // "look" shows the mail, "send" sends it, "back" returns to the form
}

type inviteView struct {
	Page    web.Page
	Opening opening.Opening
	Stage   opening.Stage
	What    opening.Described
	Form    inviteForm
	Problem *problem.Problem
	Zones   []string

	Letter *notify.Mail // the preview
	Found  opening.Found
	Mails  bool
}

// invite is the form; its date is the stage's window from now, at the end of that day in the organisation's zone.
func (p *Pages) invite(w http.ResponseWriter, r *http.Request) error {
	o, err := p.Orgs.ByID(r.Context(), web.Actor(r).Org)
	if err != nil {
		return err
	}
	return p.showInvite(w, r, inviteForm{Zone: o.Zone}, nil, nil)
}

// invited is every press on the form: first the mail as it will look, then the sending.
func (p *Pages) invited(w http.ResponseWriter, r *http.Request) error {
	var f inviteForm
	if err := web.ReadForm(r, &f); err != nil {
		return p.showInvite(w, r, f, nil, err)
	}
	if f.Step == "back" {
		return p.showInvite(w, r, f, nil, nil)
	}
	by, err := opening.ReadLocal(f.FinishBy, f.Zone)
	if err == nil && !by.After(p.Openings.DB.Now()) {
		err = problem.Field("finish_by", "This moment has passed. Choose a later one.")
	}
	if err != nil {
		return p.showInvite(w, r, f, nil, err)
	}
	o := opening.ID(r.PathValue("opening"))
	form := opening.InviteForm{Name: f.Name, Email: f.Email, Zone: f.Zone, FinishBy: by, Note: f.Note}
	if f.Step != "send" {
		if err := form.Check(); err != nil {
			return p.showInvite(w, r, f, nil, err)
		}
		return p.showInvite(w, r, f, &form, nil)
	}
	inv, err := p.Openings.Invite(r.Context(), web.Actor(r), o, form)
	if err != nil {
		return p.showInvite(w, r, f, nil, err)
	}
	if !p.mails() {
		return web.Redirect(w, r, appPath(r, inv.Application), "Invited. No mail goes out from this installation: copy the link below and hand it over.")
	}
	return web.Redirect(w, r, appPath(r, inv.Application), "Invited. The mail to "+f.Name+" is on its way.")
}

func (p *Pages) showInvite(w http.ResponseWriter, r *http.Request, f inviteForm, preview *opening.InviteForm, cause error) error {
	ctx, who := r.Context(), web.Actor(r)
	o, err := p.openingAt(r)
	if err != nil {
		return err
	}
	if !o.MayManage(who) {
		return opening.ErrRole
	}
	if !o.Open {
		return opening.ErrClosed
	}
	v := inviteView{Page: web.PageOf(r, "Invite a candidate"), Opening: o, Form: f, Mails: p.mails(), Zones: zones}
	if v.Stage, v.What, err = p.firstStage(r, o.ID); err != nil {
		return err
	}
	if v.Form.FinishBy == "" {
		v.Form.FinishBy = endOfDay(p.Openings.DB.Now().Add(time.Duration(v.Stage.Window)*24*time.Hour), f.Zone).Format(opening.LocalForm)
	}
	if preview != nil {
		var letter notify.Mail
		err := p.read(r, func(tx db.Tx) (err error) {
			letter, err = p.Notify.Draft(ctx, tx, o, v.Stage, *preview)
			return err
		})
		if err != nil {
			return err
		}
		v.Letter = &letter
		v.Page.Title = "Check the invitation"
	}
	if f.Email != "" {
		if v.Found, err = p.Openings.Find(ctx, who, o.ID, f.Email); err != nil {
			return err
		}
	}
	if v.Problem, err = problem.Shown(cause); err != nil {
		return err
	}
	return web.ShowWith(w, r, cause, invitePage(v))
}

// answers is whom an answer to the mail reaches.
func (v inviteView) answers() string {
	name, email := v.Letter.Answers()
	return name + " · " + email
}

// endOfDay is 23:59 of an instant's day in a zone.
func endOfDay(t time.Time, zone string) time.Time {
	loc, err := time.LoadLocation(zone)
	if err != nil {
		loc = time.UTC
	}
	y, m, d := t.In(loc).Date()
	return time.Date(y, m, d, 23, 59, 0, 0, loc)
}
