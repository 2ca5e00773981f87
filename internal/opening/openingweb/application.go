package openingweb

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"candor/internal/actor"
	"candor/internal/attempt"
	"candor/internal/audit"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/opening"
	"candor/internal/problem"
	"candor/internal/promise"
	"candor/internal/web"
	"candor/internal/web/ui/timeline"
)

type applicationView struct {
	Page      web.Page
	App       opening.Application
	Manage    bool
	Candidate string // address of the person's page; "" when not for the asker
	Stages    []applicationStage
	Promises  []promise.Promise
	History   []timeline.Event
	Earlier   []opening.Earlier
	Sections  []Section
	Late      []attempt.Beside
	Problem   *problem.Problem
	For       opening.InvitationID // whose form came back, or whose link is shown
	Link      string
	Extend    extendForm
	Address   addressForm
	Mails     bool
	Ask       opening.TimeAsk // the newest; zero: none, or not for the asker
	Reply     string          // of a no to it, as typed
}

// applicationStage is a stage with the invitation to it.
type applicationStage struct {
	opening.Stage
	Here   bool
	Inv    opening.Invitation // ID "" when not invited to it
	State  opening.InvitationState
	Begun  bool                 // a part was started: the link cannot be taken back
	Before []opening.Invitation // that this one took the place of, newest first
	What   opening.Described

	Refused string // the mail server's words, when the newest mail did not go
}

type extendForm struct {
	FinishBy string `max:"32"`
	Zone     string `max:"64"`
	Reason   string `max:"500"`
}

type addressForm struct {
	Name  string `max:"120"`
	Email string `max:"254"`
}

func (p *Pages) application(w http.ResponseWriter, r *http.Request) error {
	return p.showApplication(w, r, applicationView{}, nil)
}

func (p *Pages) showApplication(w http.ResponseWriter, r *http.Request, v applicationView, cause error) error {
	ctx, who := r.Context(), web.Actor(r)
	a, err := p.Openings.LoadApplication(ctx, who, opening.ApplicationID(r.PathValue("application")))
	if err != nil {
		return err
	}
	v.Page, v.App, v.Mails = web.PageOf(r, a.Title()), a, p.mails()
	v.Manage = !a.Blind && a.Opening.MayManage(who)
	if !a.Blind {
		if err := p.read(r, func(tx db.Tx) error { return p.about(r, tx, who, &v) }); err != nil {
			return err
		}
		for i, s := range v.Stages {
			if s.Inv.ID != "" { // what they have, whatever the stage asks for by now
				s.Format, s.Ref = s.Inv.Format, s.Inv.Ref
			}
			if v.Stages[i].What, err = p.describe(r, s.Stage); err != nil {
				if _, isProblem := problem.As(err); !isProblem {
					return err
				}
			}
		}
	}
	if v.Manage {
		if v.Late, err = p.Attempts.LateBeside(ctx, who, a.ID); err != nil {
			return err
		}
	}
	for _, section := range p.Sections {
		s, err := section(ctx, who, a)
		if err != nil {
			return err
		}
		if s.Body != nil {
			v.Sections = append(v.Sections, s)
		}
	}
	if v.Problem, err = problem.Shown(cause); err != nil {
		return err
	}
	return web.ShowWith(w, r, cause, applicationPage(v))
}

// about reads what surrounds an application; nothing of how much time somebody used.
func (p *Pages) about(r *http.Request, tx db.Tx, who actor.Actor, v *applicationView) error {
	ctx := r.Context()
	stages, err := p.Openings.Stages(ctx, tx, v.App.Opening.ID)
	if err != nil {
		return err
	}
	invitations, err := p.Openings.InvitationsOf(ctx, tx, v.App.ID)
	if err != nil {
		return err
	}
	refused := map[opening.InvitationID]string{}
	if p.mails() {
		ids := make([]opening.InvitationID, len(invitations))
		for i, inv := range invitations {
			ids[i] = inv.ID
		}
		if refused, err = p.Notify.RefusedInvitations(ctx, tx, ids); err != nil {
			return err
		}
	}
	for _, s := range stages {
		x := applicationStage{Stage: s, Here: s.ID == v.App.Stage}
		for _, inv := range invitations {
			if inv.Stage != s.ID {
				continue
			}
			if inv.Replaced != "" {
				x.Before = append(x.Before, inv)
				continue
			}
			x.Inv, x.State = inv, inv.State(v.Page.Now)
			if words, no := refused[inv.ID]; no {
				x.Refused = or(words, "no reason given")
			}
			if f, ok := p.Openings.Format(inv.Format); ok {
				if x.Begun, err = f.Running(ctx, tx, inv); err != nil {
					return err
				}
			}
		}
		v.Stages = append(v.Stages, x)
	}
	if v.Promises, err = p.Promises.Of(ctx, tx, string(v.App.ID)); err != nil {
		return err
	}
	if !v.Manage {
		return nil
	}
	if v.Ask, err = p.Openings.TimeAskOf(ctx, tx, v.App.ID); err != nil {
		return err
	}
	v.Candidate = base(v.Page) + "/candidates/" + v.App.Candidate
	all, err := p.Openings.SeenOf(ctx, tx, who, v.App.Candidate)
	if err != nil {
		return err
	}
	for _, e := range all {
		if e.ID != v.App.ID {
			v.Earlier = append(v.Earlier, e)
		}
	}
	v.History, err = p.history(r, tx, v.App.ID, v.Page.Zone)
	return err
}

// verbs are the acts of an application's history in words; an act that is not here is not shown.
var verbs = map[string]struct{ icon, text string }{
	"opening.invite": {"send", "Invited"}, "invitation.open": {"book-open", "Opened the link"}, "invitation.copy": {"copy", "Link copied"},
	"invitation.rotate": {"refresh-cw", "New link; the old one ended"}, "invitation.revoke": {"x", "Link taken back"},
	"invitation.resend": {"mail", "Mail sent again"}, "mail.again": {"mail", "Mail sent again"}, "invitation.extend": {"clock", "More time given"}, "invitation.again": {"rotate-ccw", "Invited to the stage again"}, "time.ask": {"hourglass", "Asked for more time"}, "time.answer": {"message-circle", "Answered about more time"}, "invitation.choose": {"check", "Chose what to do"}, "time.credit": {"clock", "Time given back for an outage of ours"},
	"late.accept": {"check", "A late answer accepted"},
	"time.extend": {"clock", "More minutes given"}, "part.reopen": {"rotate-ccw", "A part opened again"},
	"application.hired": {"check", "Hired"}, "application.declined": {"circle-check", "Declined"}, "application.withdrawn": {"undo-2", "Withdrew"},
	"application.hold": {"lock", "Kept until somebody lifts it"}, "application.lift": {"undo-2", "No longer kept longer"}, "application.expire": {"x", "What was written was deleted"},
	"review.unblind": {"eye", "Name opened before scoring"}, "decision.make": {"flag", "Decided"}, "decision.undo": {"undo-2", "Decision taken back"},
	"appeal.ask": {"message-circle", "Asked for a second look"}, "appeal.withdraw": {"undo-2", "Took back the wish for a second look"}, "appeal.uphold": {"check", "Answered: the decision stands"},
	"appeal.change": {"check", "Answered: the decision is changed"}, "appeal.told": {"mail", "Told of the answer"}, "application.resumed": {"rotate-ccw", "Goes on after all"},
}

func (p *Pages) history(r *http.Request, tx db.Tx, a opening.ApplicationID, zone *time.Location) ([]timeline.Event, error) {
	lines, err := audit.Of(r.Context(), tx, string(a), 100)
	if err != nil {
		return nil, err
	}
	members, err := p.names(r.Context(), tx)
	if err != nil {
		return nil, err
	}
	var out []timeline.Event
	for _, l := range lines {
		v, ok := verbs[l.Verb]
		if !ok {
			continue
		}
		e := timeline.Event{At: l.At.In(zone), Icon: v.icon, Text: v.text, Note: "the candidate"}
		switch l.Actor.Kind {
		case actor.Member:
			e.Note = members[l.Actor.ID].Name
		case actor.System:
			e.Note = "by itself"
		}
		if by, err := strconv.ParseInt(l.Facts["finish_by"], 10, 64); err == nil {
			e.Text += ", until " + clock.Time(by).In(zone).Format("Mon 2 Jan, 15:04")
		}
		if n, err := strconv.Atoi(l.Facts["seconds"]); err == nil && n > 0 {
			e.Text += fmt.Sprintf(", %d min %d s", n/60, n%60)
		}
		why, err := audit.ReasonText(r.Context(), tx, l.Facts["reason"])
		if err != nil {
			return nil, err
		}
		if why != "" {
			e.Note += ": “" + why + "”"
		}
		out = append(out, e)
	}
	return out, nil
}

// invitationAt is the invitation of the address, when it belongs to the application of the address that the asker may see.
func (p *Pages) invitationAt(r *http.Request) (opening.InvitationID, error) {
	a, err := p.Openings.LoadApplication(r.Context(), web.Actor(r), opening.ApplicationID(r.PathValue("application")))
	if err != nil {
		return "", err
	}
	i := opening.InvitationID(r.PathValue("invitation"))
	err = p.read(r, func(tx db.Tx) error {
		inv, err := p.Openings.InvitationIn(r.Context(), tx, i)
		if err == nil && inv.Application != a.ID {
			err = opening.ErrMissing
		}
		return err
	})
	return i, err
}

// act does one thing to the invitation and returns to the application, with the toast or with the problem.
func (p *Pages) act(w http.ResponseWriter, r *http.Request, toast string, do func(i opening.InvitationID) error) error {
	i, err := p.invitationAt(r)
	if err != nil {
		return err
	}
	if err := do(i); err != nil {
		return p.showApplication(w, r, applicationView{For: i}, err)
	}
	return web.Redirect(w, r, appPath(r, opening.ApplicationID(r.PathValue("application"))), toast)
}

// copyLink shows the link once more; that somebody looked is in the history.
func (p *Pages) copyLink(w http.ResponseWriter, r *http.Request) error {
	i, err := p.invitationAt(r)
	if err != nil {
		return err
	}
	s, err := p.Openings.Link(r.Context(), web.Actor(r), i)
	if err != nil {
		return err
	}
	return p.showApplication(w, r, applicationView{For: i, Link: strings.TrimSuffix(p.URL, "/") + "/i/" + s}, nil)
}

func (p *Pages) rotate(w http.ResponseWriter, r *http.Request) error {
	return p.act(w, r, "There is a new link, and it is on its way. The old one ended.", func(i opening.InvitationID) error {
		return p.Openings.Rotate(r.Context(), web.Actor(r), i)
	})
}

func (p *Pages) revoke(w http.ResponseWriter, r *http.Request) error {
	return p.act(w, r, "The link was taken back.", func(i opening.InvitationID) error {
		return p.Openings.Revoke(r.Context(), web.Actor(r), i)
	})
}

func (p *Pages) resend(w http.ResponseWriter, r *http.Request) error {
	return p.act(w, r, "The mail is on its way again.", func(i opening.InvitationID) error {
		return p.Openings.Resend(r.Context(), web.Actor(r), i)
	})
}

func (p *Pages) readdress(w http.ResponseWriter, r *http.Request) error {
	var f addressForm
	i, err := p.invitationAt(r)
	if err != nil {
		return err
	}
	if err = web.ReadForm(r, &f); err == nil {
		err = p.Openings.Readdress(r.Context(), web.Actor(r), i, f.Name, f.Email)
	}
	if err != nil {
		return p.showApplication(w, r, applicationView{For: i, Address: f}, err)
	}
	return web.Redirect(w, r, appPath(r, opening.ApplicationID(r.PathValue("application"))), "Corrected. The old link ended; a new one is on its way to "+f.Email+".")
}

func (p *Pages) extend(w http.ResponseWriter, r *http.Request) error {
	var f extendForm
	i, err := p.invitationAt(r)
	if err != nil {
		return err
	}
	if err = web.ReadForm(r, &f); err == nil && f.Reason == "" {
		err = problem.Field("reason", "Say why, in a sentence. The candidate can read that more time was given, not why.")
	}
	var by time.Time
	if err == nil {
		by, err = opening.ReadLocal(f.FinishBy, f.Zone)
	}
	if err == nil {
		err = p.Attempts.ExtendWindow(r.Context(), web.Actor(r), i, by, f.Reason)
	}
	if err != nil {
		return p.showApplication(w, r, applicationView{For: i, Extend: f}, err)
	}
	return web.Redirect(w, r, appPath(r, opening.ApplicationID(r.PathValue("application"))), "More time was given. It holds at once, also on open pages.")
}

func (v applicationView) zone(s applicationStage) string {
	if s.Inv.Zone != "" {
		return s.Inv.Zone
	}
	return v.Page.Zone.String()
}

// extendValue is the field's text: what was typed, else the present end in the invitation's zone.
func (v applicationView) extendValue(s applicationStage) string {
	if v.For == s.Inv.ID && v.Extend.FinishBy != "" {
		return v.Extend.FinishBy
	}
	loc, err := time.LoadLocation(v.zone(s))
	if err != nil {
		loc = time.UTC
	}
	return s.Inv.FinishBy.In(loc).Format(opening.LocalForm)
}

func (v applicationView) wrongAt(s applicationStage, field string) string {
	if v.For != s.Inv.ID {
		return ""
	}
	return v.Problem.At(field)
}
