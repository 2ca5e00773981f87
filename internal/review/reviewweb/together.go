package reviewweb

import (
	"errors"
	"net/http"

	"candor/internal/assessment"
	"candor/internal/opening"
	"candor/internal/problem"
	"candor/internal/review"
	"candor/internal/web"
	"candor/internal/web/ui/scale"
	"candor/internal/web/ui/work"
)

type togetherView struct {
	Page    web.Page
	Base    string // /o/x
	Here    string
	Partner *review.Partner
	Rows    []scale.View
	Problem *problem.Problem
	Fields  map[string]string
}

type togetherForm struct {
	Levels  map[string]string `form:"c.*"`
	Notes   map[string]string `form:"n.*"`
	Private string            `max:"5000"`
}

func (f togetherForm) card() review.Card {
	return cardForm{Levels: f.Levels, Notes: f.Notes, Private: f.Private}.card()
}

func candidateOf(r *http.Request) opening.ApplicationID {
	return opening.ApplicationID(r.PathValue("application"))
}

// together is where a facilitator rates how they worked with a candidate.
func (p *Pages) together(w http.ResponseWriter, r *http.Request) error {
	partner, err := p.Reviews.Partner(r.Context(), web.Actor(r), candidateOf(r))
	if err != nil {
		return err
	}
	return p.showTogether(w, r, partner, nil)
}

func (p *Pages) showTogether(w http.ResponseWriter, r *http.Request, partner *review.Partner, err error) error {
	prob, ok := problem.As(err)
	if err != nil && !ok {
		return err
	}
	v := togetherView{Page: web.PageOf(r, "Working with "+partner.Name), Base: base(r), Partner: partner, Problem: prob, Fields: map[string]string{}}
	v.Here = v.Base + "/together/" + string(partner.Application)
	if prob != nil {
		for key, text := range prob.Fields {
			v.Fields["c."+key] = text
		}
	}
	for _, c := range partner.Version.Collaboration {
		v.Rows = append(v.Rows, v.row(c))
	}
	return web.ShowWith(w, r, err, togetherPage(v))
}

func (v togetherView) sent() bool { return !v.Partner.Mine.Filed.IsZero() }

func (v togetherView) row(c assessment.Criterion) scale.View {
	mine := v.Partner.Mine.Card.Ratings[c.Key]
	s := scale.View{Name: "c." + c.Key, Title: c.Title, About: c.About, Guidance: c.Guidance, Chosen: mine.Level, Reason: mine.Reason, NoteName: "n." + c.Key, Note: mine.Note,
		Error: v.Fields["c."+c.Key], ReadOnly: v.sent()}
	for _, l := range c.Levels {
		s.Levels = append(s.Levels, scale.Level{Name: l.Name, Anchor: l.Anchor})
	}
	return s
}

func (v togetherView) saved() work.View {
	return work.View{Saved: v.Partner.Mine.Saved, Zone: v.Page.Zone}
}

// saveTogether keeps the draft.
func (p *Pages) saveTogether(w http.ResponseWriter, r *http.Request) error {
	var f togetherForm
	err := web.ReadForm(r, &f)
	if err == nil {
		err = p.Reviews.RateTogether(r.Context(), web.Actor(r), candidateOf(r), f.card())
	}
	switch {
	case err != nil && wantsJSON(r):
		return err
	case err != nil:
		return p.togetherAgain(w, r, f, err)
	case wantsJSON(r):
		return web.JSON(w, r, web.Saved{Saved: true})
	}
	return web.Redirect(w, r, base(r)+"/together/"+string(candidateOf(r)), "Draft saved.")
}

// fileTogether sends it, for good.
func (p *Pages) fileTogether(w http.ResponseWriter, r *http.Request) error {
	var f togetherForm
	err := web.ReadForm(r, &f)
	if err == nil {
		err = p.Reviews.FileTogether(r.Context(), web.Actor(r), candidateOf(r), f.card())
	}
	here := base(r) + "/together/" + string(candidateOf(r))
	if errors.Is(err, review.ErrFiled) {
		return web.Redirect(w, r, here, "This was sent already.")
	}
	if err != nil {
		return p.togetherAgain(w, r, f, err)
	}
	return web.Redirect(w, r, here, "Sent. It stands beside the scorecards, and in none of them.")
}

// togetherAgain shows the form as it was posted, with what is wrong.
func (p *Pages) togetherAgain(w http.ResponseWriter, r *http.Request, f togetherForm, err error) error {
	partner, perr := p.Reviews.Partner(r.Context(), web.Actor(r), candidateOf(r))
	if perr != nil {
		return perr
	}
	if partner.Mine.Filed.IsZero() {
		partner.Mine.Card = f.card()
	}
	return p.showTogether(w, r, partner, err)
}

// collaboration are the criteria of a work that facilitators rate, each with what they said.
func collaboration(col review.Column) (out []assessment.Criterion) {
	if len(col.Together) > 0 {
		out = col.Rubric.Collaboration
	}
	return out
}
