package boardweb

import (
	"net/http"
	"time"

	"candor/internal/board"
	"candor/internal/opening"
	"candor/internal/problem"
	"candor/internal/web"
	"candor/internal/web/ui/field"
)

type againView struct {
	Page web.Page
	Back string // the application
	board.Before
	Options []field.Option
	Form    againForm
	Problem *problem.Problem
}

// againForm invites somebody to their stage once more; What "" is what they were invited to.
type againForm struct {
	What     string `max:"120"`
	FinishBy string `max:"32"`
	Zone     string `max:"64"`
	Words    string `max:"1000"`
	Reason   string `max:"500"`
	Agreed   bool
}

// again shows what somebody has at their stage and what inviting them again would do to it.
func (p *Pages) again(w http.ResponseWriter, r *http.Request) error {
	return p.showAgain(w, r, againForm{}, nil)
}

func (p *Pages) showAgain(w http.ResponseWriter, r *http.Request, f againForm, cause error) error {
	ctx, who := r.Context(), web.Actor(r)
	b, err := p.Boards.Before(ctx, who, opening.ApplicationID(r.PathValue("application")))
	if err != nil {
		return err
	}
	v := againView{Page: web.PageOf(r, "Invite again: "+b.Application.Title()), Back: "/o/" + r.PathValue("org") + "/applications/" + r.PathValue("application"), Before: b, Form: f}
	if v.Form.Zone == "" {
		v.Form.Zone = b.Was.Zone
	}
	if v.Form.Zone == "" {
		v.Form.Zone = v.Page.Zone.String()
	}
	if v.Form.FinishBy == "" {
		zone, err := time.LoadLocation(v.Form.Zone)
		if err != nil {
			zone = time.UTC
		}
		v.Form.FinishBy = v.Page.Now.In(zone).AddDate(0, 0, b.Stage.Window).Format(opening.LocalForm)
	}
	if v.Options, err = p.offers(r, b.What.Title, len(b.Stage.Others)); err != nil {
		return err
	}
	if v.Problem, err = problem.Shown(cause); err != nil {
		return err
	}
	return web.ShowWith(w, r, cause, againPage(v))
}

// anyOffer lets the candidate choose of what the stage offers.
const anyOffer = "choice"

// offers are what somebody can be invited to: the same, another assessment, or what another format offers.
func (p *Pages) offers(r *http.Request, same string, others int) ([]field.Option, error) {
	ctx, who := r.Context(), web.Actor(r)
	if same == "" {
		same = "what they were invited to"
	}
	out := []field.Option{{Value: "", Text: "The same: " + same}}
	if others > 0 {
		out = append(out, field.Option{Value: anyOffer, Text: "Whatever this stage offers, as they choose (" + itoa(others+1) + ")"})
	}
	list, err := p.Boards.Attempts.Assessments.Published(ctx, who)
	if err != nil {
		return nil, err
	}
	for _, v := range list {
		out = append(out, field.Option{Value: "assessment:" + string(v.ID), Text: v.Title + ", version " + itoa(v.Number) + " (" + itoa(v.Minutes) + " min)"})
	}
	more, err := p.Boards.Openings.Offered(ctx, who.Org)
	for _, x := range more {
		out = append(out, field.Option{Value: x.Ref, Text: x.Text})
	}
	return out, err
}

func (p *Pages) invitedAgain(w http.ResponseWriter, r *http.Request) error {
	var f againForm
	err := web.ReadForm(r, &f)
	order := opening.Again{Words: f.Words, Reason: f.Reason, Agreed: f.Agreed}
	order.Format, order.Ref = cut(f.What)
	if f.What == anyOffer {
		order.Format, order.Ref, order.Choose = "", "", true
	}
	if err == nil {
		order.By, err = opening.ReadLocal(f.FinishBy, f.Zone)
	}
	if err == nil {
		_, err = p.Boards.Again(r.Context(), web.Actor(r), opening.ApplicationID(r.PathValue("application")), order)
	}
	if err != nil {
		return p.showAgain(w, r, f, err)
	}
	return web.Redirect(w, r, "/o/"+r.PathValue("org")+"/applications/"+r.PathValue("application"), "Invited again. The earlier link leads to the new place, and what was sent before is kept.")
}
