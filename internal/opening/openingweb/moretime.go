package openingweb

import (
	"context"
	"errors"
	"net/http"
	"time"

	"candor/internal/actor"
	"candor/internal/db"
	"candor/internal/opening"
	"candor/internal/problem"
	"candor/internal/web"
	"candor/internal/web/locale"

	"github.com/a-h/templ"
)

const moreTimePath = "/c/more-time"

// moreTimeView is where a candidate asks for more time, and reads what came of it.
type moreTimeView struct {
	Page    web.Page
	L       *locale.Locale
	Org     string
	Ask     opening.TimeAsk
	Until   string // the end of the window as it is
	Over    bool   // the window is
	Answer  string // by when they hear
	New     string // the end that was given
	Words   string
	Problem *problem.Problem
}

func (v moreTimeView) t(key string, pairs ...any) string { return v.L.T("moretime."+key, pairs...) }

func (p *Pages) moreTime(w http.ResponseWriter, r *http.Request) error {
	return p.showMoreTime(w, r, "", nil)
}

func (p *Pages) showMoreTime(w http.ResponseWriter, r *http.Request, words string, cause error) error {
	ctx, who := r.Context(), web.Actor(r)
	ask, inv, err := p.Openings.OwnTimeAsk(ctx, who)
	if err != nil {
		return err
	}
	v := moreTimeView{Page: web.PageOf(r, ""), Ask: ask, Words: words}
	v.L = locale.For(v.Page.Lang)
	v.Page.Title = v.t("title")
	zone := v.Page.Zone.String()
	v.Until, v.Over = opening.Spell(inv.FinishBy, zone), v.Page.Now.After(inv.FinishBy)
	if !ask.Until.IsZero() {
		v.New = opening.Spell(ask.Until, zone)
	}
	err = p.read(r, func(tx db.Tx) error {
		organisation, err := p.Orgs.In(ctx, tx)
		if err != nil {
			return err
		}
		v.Org = organisation.Name
		from := v.Page.Now
		if ask.Waits() {
			from = ask.Asked
		}
		due, err := p.Attempts.AnswerBy(ctx, tx, from)
		v.Answer = due.Add(-time.Minute).In(organisation.Location()).Format("Monday 2 January")
		return err
	})
	if err != nil {
		return err
	}
	if v.Problem, err = problem.Shown(cause); err != nil {
		return err
	}
	return web.ShowWith(w, r, cause, moreTimePage(v))
}

// askTime sends a candidate's wish for more time to the board.
func (p *Pages) askTime(w http.ResponseWriter, r *http.Request) error {
	var f struct {
		Words string `max:"1000"`
	}
	err := web.ReadForm(r, &f)
	if err == nil {
		err = p.Attempts.AskTime(r.Context(), web.Actor(r), f.Words)
	}
	if err != nil {
		return p.showMoreTime(w, r, f.Words, err)
	}
	return web.Redirect(w, r, moreTimePath, locale.For(web.PageOf(r, "").Lang).T("moretime.sent"))
}

// TimeNote draws on a candidate's page where they ask for more time, or how that stands; nil where nothing can be asked any more.
func (p *Pages) TimeNote(ctx context.Context, who actor.Actor, page web.Page, _ string) (templ.Component, error) {
	ask, inv, err := p.Openings.OwnTimeAsk(ctx, who)
	if prob, ok := problem.As(err); ok && prob.Kind == problem.Missing || err == nil && (inv.Status != opening.Active || inv.Replaced != "" || inv.Revoked) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	sent := false
	err = p.Openings.DB.Read(ctx, who.Org, func(tx db.Tx) error {
		began, err := p.Attempts.Of(ctx, tx, inv.Application)
		for _, a := range began {
			sent = sent || a.Invitation == inv.ID && a.State != "open"
		}
		return err
	})
	if err != nil || sent {
		return nil, err
	}
	l, until := locale.For(page.Lang), ""
	if !ask.Until.IsZero() {
		until = opening.Spell(ask.Until, page.Zone.String())
	}
	return timeNote(l, ask, until), nil
}

// answerTime answers a candidate who asked for more time, from the board or from their page.
func (p *Pages) answerTime(w http.ResponseWriter, r *http.Request) error {
	var f struct {
		Ask   string `form:"ask,required" max:"80"`
		Hours int
		Reply string `max:"500"`
		Back  string `max:"300"`
	}
	a := opening.ApplicationID(r.PathValue("application"))
	err := web.ReadForm(r, &f)
	var t opening.TimeAsk
	if err == nil {
		err = p.read(r, func(tx db.Tx) (err error) {
			t, err = p.Openings.TimeAskIn(r.Context(), tx, f.Ask)
			return err
		})
	}
	if err == nil && t.Application != a {
		err = opening.ErrMissing
	}
	if err == nil {
		err = p.Attempts.AnswerTime(r.Context(), web.Actor(r), f.Ask, f.Hours, f.Reply)
	}
	if errors.Is(err, opening.ErrMissing) {
		return err
	}
	if err != nil {
		return p.showApplication(w, r, applicationView{Reply: f.Reply}, err)
	}
	text := "Answered. They get a mail with your reason."
	if f.Hours > 0 {
		text = "Given. They get a mail with the new day."
	}
	to := appPath(r, a)
	if f.Back == "board" {
		to = p.path(r, t.Opening)
	}
	return web.Redirect(w, r, to, text)
}
