package openingweb

import (
	"net/http"
	"time"

	"candor/internal/attempt"
	"candor/internal/db"
	"candor/internal/item"
	"candor/internal/opening"
	"candor/internal/problem"
	"candor/internal/review"
	"candor/internal/upload"
	"candor/internal/web"

	"github.com/a-h/templ"
)

type lateView struct {
	Page    web.Page
	App     opening.Application
	List    []lateAnswer
	Filed   int // readers who have finished already
	Problem *problem.Problem
	For     string // the revision whose form came back
	Reason  string
}

// lateAnswer is a late answer as it reads beside the one that counts.
type lateAnswer struct {
	attempt.Beside
	ArrivedBody, SubmittedBody templ.Component
}

type lateForm struct {
	Revision string `form:"revision,required"`
	Reason   string `form:"reason" max:"500"`
}

// late shows what arrived after the end beside what was submitted, to whoever runs the application and knows its name.
func (p *Pages) late(w http.ResponseWriter, r *http.Request) error {
	return p.showLate(w, r, lateForm{}, nil)
}

func (p *Pages) showLate(w http.ResponseWriter, r *http.Request, f lateForm, cause error) error {
	ctx, who := r.Context(), web.Actor(r)
	a, err := p.Openings.LoadApplication(ctx, who, opening.ApplicationID(r.PathValue("application")))
	if err != nil {
		return err
	}
	list, err := p.Attempts.LateBeside(ctx, who, a.ID)
	if err != nil {
		return err
	}
	v := lateView{Page: web.PageOf(r, "Late work"), App: a, For: f.Revision, Reason: f.Reason}
	for _, l := range list {
		read := func(body []byte) (templ.Component, error) {
			ref := item.Ref{Org: who.Org, Owner: string(l.Attempt), Version: string(l.Version), Item: l.Of.Key}
			whole, err := item.Fetched(ctx, l.Of.Kind, l.Of.Spec, ref, body)
			view := item.ReadView{Ref: ref, Body: whole}
			if _, ok := l.Of.Kind.(item.Filer); ok && p.Openings.Uploads != nil {
				view.Link = func(u upload.Upload, f upload.Form) string { return p.Openings.Uploads.Link(who, u, f) }
			}
			return l.Of.Kind.Read(l.Of.Spec, view), err
		}
		both := lateAnswer{Beside: l}
		if both.ArrivedBody, err = read(l.Arrived); err != nil {
			return err
		}
		if both.SubmittedBody, err = read(l.Submitted); err != nil {
			return err
		}
		v.List = append(v.List, both)
	}
	if v.Filed, err = p.filed(r, a.ID); err != nil {
		return err
	}
	if v.Problem, err = problem.Shown(cause); err != nil {
		return err
	}
	return web.ShowWith(w, r, cause, latePage(v))
}

// filed is how many readers of an application have finished.
func (p *Pages) filed(r *http.Request, a opening.ApplicationID) (n int, err error) {
	err = p.read(r, func(tx db.Tx) error {
		rounds, err := p.Reviews.RoundsOf(r.Context(), tx, a)
		if err != nil || len(rounds) == 0 {
			return err
		}
		cards, err := p.Reviews.ReviewsIn(r.Context(), tx, rounds[0].Attempt)
		for _, c := range cards {
			if c.State == review.Filed {
				n++
			}
		}
		return err
	})
	return n, err
}

// acceptLate makes a late answer the one that counts.
func (p *Pages) acceptLate(w http.ResponseWriter, r *http.Request) error {
	var f lateForm
	app := opening.ApplicationID(r.PathValue("application"))
	err := web.ReadForm(r, &f)
	if err == nil {
		err = p.Attempts.AcceptLate(r.Context(), web.Actor(r), app, f.Revision, f.Reason)
	}
	if err != nil {
		return p.showLate(w, r, f, err)
	}
	return web.Redirect(w, r, appPath(r, app), "Accepted. It counts now and is marked anew; the candidate reads of it.")
}

func (v lateView) wrong(l lateAnswer) string {
	if v.For != l.ID {
		return ""
	}
	return v.Problem.At("reason")
}

func (v lateView) reason(l lateAnswer) string {
	if v.For != l.ID {
		return ""
	}
	return v.Reason
}

// arrived is when a late answer came, and when it was typed as far as its device says.
func arrived(l attempt.Late, zone *time.Location) string {
	if l.Received.IsZero() {
		return "arrived over 90 days ago"
	}
	const form = "Mon 2 Jan, 15:04:05"
	out := "arrived " + l.Received.In(zone).Format(form)
	if !l.Typed.IsZero() {
		out += ", typed about " + l.Typed.In(zone).Format(form) + " by the device, which had last heard from us " + l.Heard.In(zone).Format(form)
	}
	if l.Device != "" {
		out += "; " + l.Device
	}
	return out
}
