package openingweb

import (
	"context"
	"net/http"

	"candor/internal/actor"
	"candor/internal/attempt"
	"candor/internal/opening"
	"candor/internal/problem"
	"candor/internal/web"
)

type partsView struct {
	Page    web.Page
	App     opening.Application
	Parts   []attempt.Part
	Problem *problem.Problem
	Form    partForm
}

// partForm gives a part more time.
type partForm struct {
	Part    string `form:"part,required" max:"64"`
	Minutes int    `form:"minutes"`
	Reason  string `form:"reason" max:"500"`
}

// parts are those of an application, to give them more minutes or to open them again; nothing of how much time somebody used.
func (p *Pages) parts(w http.ResponseWriter, r *http.Request) error {
	return p.showParts(w, r, partForm{}, nil)
}

func (p *Pages) showParts(w http.ResponseWriter, r *http.Request, f partForm, cause error) error {
	ctx, who := r.Context(), web.Actor(r)
	a, err := p.Openings.LoadApplication(ctx, who, opening.ApplicationID(r.PathValue("application")))
	if err != nil {
		return err
	}
	v := partsView{Page: web.PageOf(r, "More time"), App: a, Form: f}
	if v.Parts, err = p.Attempts.PartsOf(ctx, who, a.ID); err != nil {
		return err
	}
	if v.Problem, err = problem.Shown(cause); err != nil {
		return err
	}
	return web.ShowWith(w, r, cause, partsPage(v))
}

type timeGiver = func(ctx context.Context, who actor.Actor, app opening.ApplicationID, part string, minutes int, reason string) error

// moreMinutes and reopenPart are the two ways to give a part time.
func (p *Pages) moreMinutes(w http.ResponseWriter, r *http.Request) error {
	return p.giveTime(w, r, p.Attempts.Extend, "More minutes given. They are in the clock at once, also on open pages.")
}

func (p *Pages) reopenPart(w http.ResponseWriter, r *http.Request) error {
	return p.giveTime(w, r, p.Attempts.Reopen, "Open again for three days. What was sent before stays what counts until it ends.")
}

func (p *Pages) giveTime(w http.ResponseWriter, r *http.Request, give timeGiver, toast string) error {
	var f partForm
	app := opening.ApplicationID(r.PathValue("application"))
	err := web.ReadForm(r, &f)
	if err == nil {
		err = give(r.Context(), web.Actor(r), app, f.Part, f.Minutes, f.Reason)
	}
	if err != nil {
		return p.showParts(w, r, f, err)
	}
	return web.Redirect(w, r, appPath(r, app), toast)
}

// wrong is what is wrong with a field of a part's form.
func (v partsView) wrong(part attempt.Part, field string) string {
	if v.Form.Part != part.Key {
		return ""
	}
	return v.Problem.At(field)
}

func (v partsView) typed(part attempt.Part) partForm {
	if v.Form.Part != part.Key {
		return partForm{Minutes: 15}
	}
	return v.Form
}

func (v partsView) path() string {
	return base(v.Page) + "/applications/" + string(v.App.ID) + "/parts"
}
