// Package candidateweb is the people who apply, for recruiters: a list to search, and a page per person with their adjustments,
// which nobody who scores ever sees.
package candidateweb

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"candor/internal/attempt"
	"candor/internal/candidate"
	"candor/internal/db"
	"candor/internal/opening"
	"candor/internal/org"
	"candor/internal/problem"
	"candor/internal/web"
)

// Pages are these pages.
type Pages struct {
	Candidates *candidate.Candidates
	Openings   *opening.Openings
	Attempts   *attempt.Attempts
	Orgs       *org.Orgs
}

// Routes declares them.
func (p *Pages) Routes(mux *web.Mux) {
	handle := func(rate web.Rate, pattern, action, object string, h web.Handler) {
		mux.Handle(web.Route{Pattern: pattern, Action: action, Auth: web.Staff, Roles: org.Roles().Actions["candidate.read"], Tenant: web.FromPath, Object: object, Rate: rate}, h)
	}
	handle(web.RateRead, "GET /o/{org}/candidates", "candidate.list", web.NoObject, p.list)
	handle(web.RateRead, "GET /o/{org}/candidates/{candidate}", "candidate.read", "candidate", p.show)
	handle(web.RateWrite, "POST /o/{org}/candidates/{candidate}/adjust", "candidate.adjust", "candidate", p.adjust)
	handle(web.RateWrite, "POST /o/{org}/candidates/{candidate}/wish", "candidate.wish", "candidate", p.wish)
	handle(web.RateWrite, "POST /o/{org}/candidates/{candidate}/correct", "candidate.correct", "candidate", p.correct)
	p.api(mux)
}

func base(pg web.Page) string { return "/o/" + pg.Session.Org.Path }

type listView struct {
	Page   web.Page
	Search string
	List   []candidate.Candidate
	Next   string
}

func (p *Pages) list(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	v := listView{Page: web.PageOf(r, "Candidates"), Search: q.Get("q")}
	if n := []rune(v.Search); len(n) > 120 {
		v.Search = string(n[:120])
	}
	list, next, err := p.Openings.PeopleSeen(r.Context(), web.Actor(r), v.Search, candidate.Candidate{Name: q.Get("name"), ID: candidate.ID(q.Get("after"))})
	if err != nil {
		return err
	}
	v.List = list
	if next.ID != "" {
		v.Next = v.Page.Path + "?" + url.Values{"q": {v.Search}, "name": {next.Name}, "after": {string(next.ID)}}.Encode()
	}
	return web.Show(w, r, listPage(v))
}

type showView struct {
	Page         web.Page
	Person       candidate.Candidate
	Adjusted     candidate.Accommodation
	AnswerBy     time.Time // of an open wish
	Applications []opening.Earlier
	Problem      *problem.Problem
	Form         correctForm
}

type correctForm struct {
	Name  string `max:"120"`
	Email string `max:"254"`
	Zone  string `max:"64"`
}

func (p *Pages) show(w http.ResponseWriter, r *http.Request) error { return p.draw(w, r, nil, nil) }

// load is the person of the address, when the asker may see one of their applications and reads none of them blind.
func (p *Pages) load(r *http.Request) (candidate.Candidate, []opening.Earlier, error) {
	return p.Openings.Person(r.Context(), web.Actor(r), candidate.ID(r.PathValue("candidate")))
}

func (p *Pages) draw(w http.ResponseWriter, r *http.Request, form *correctForm, cause error) error {
	person, seen, err := p.load(r)
	if err != nil {
		return err
	}
	title := person.Name
	if person.Erased {
		title = "Erased candidate"
	}
	v := showView{Page: web.PageOf(r, title), Person: person, Applications: seen, Form: correctForm{person.Name, person.Email, person.Zone}}
	if form != nil {
		v.Form = *form
	}
	err = p.Candidates.DB.Read(r.Context(), web.Actor(r).Org, func(tx db.Tx) (err error) {
		if v.Adjusted, err = p.Candidates.AccommodationIn(r.Context(), tx, person.ID); err != nil {
			return err
		}
		v.AnswerBy, err = p.Attempts.AnswerBy(r.Context(), tx, v.Adjusted.Asked)
		return err
	})
	if err != nil {
		return err
	}
	if v.Problem, err = problem.Shown(cause); err != nil {
		return err
	}
	return web.ShowWith(w, r, cause, showPage(v))
}

func (p *Pages) back(w http.ResponseWriter, r *http.Request, c candidate.ID, toast string) error {
	return web.Redirect(w, r, "/o/"+r.PathValue("org")+"/candidates/"+string(c), toast)
}

// adjust gives extra time; running clocks get it at once.
func (p *Pages) adjust(w http.ResponseWriter, r *http.Request) error {
	var f struct {
		Factor string
		Breaks int `max:"240"`
	}
	if err := web.ReadForm(r, &f); err != nil {
		return p.draw(w, r, nil, err)
	}
	person, _, err := p.load(r)
	if err != nil {
		return err
	}
	x, err := strconv.ParseFloat(f.Factor, 64)
	if err != nil || x < 1 || x > 10 {
		return p.draw(w, r, nil, problem.Field("factor", "Give a number from 1 to 10, such as 1.5."))
	}
	if err := p.Attempts.Adjust(r.Context(), web.Actor(r), string(person.ID), candidate.Time{Factor: int(x*1000 + 0.5), Breaks: f.Breaks}); err != nil {
		return p.draw(w, r, nil, err)
	}
	return p.back(w, r, person.ID, "Saved. It holds for every clock of theirs, running ones too.")
}

// wish answers what they asked for in words.
func (p *Pages) wish(w http.ResponseWriter, r *http.Request) error {
	var f struct{ Answer string }
	if err := web.ReadForm(r, &f); err != nil {
		return p.draw(w, r, nil, err)
	}
	person, _, err := p.load(r)
	if err != nil {
		return err
	}
	if err := p.Attempts.Answer(r.Context(), web.Actor(r), person.ID, f.Answer == "granted"); err != nil && !errors.Is(err, candidate.ErrMissing) {
		return err
	}
	return p.back(w, r, person.ID, "Answered. They read it under their adjustments.")
}

func (p *Pages) correct(w http.ResponseWriter, r *http.Request) error {
	var f correctForm
	if err := web.ReadForm(r, &f); err != nil {
		return p.draw(w, r, &f, err)
	}
	person, _, err := p.load(r)
	if err != nil {
		return err
	}
	person.Name, person.Email, person.Zone = f.Name, f.Email, f.Zone
	who := web.Actor(r)
	err = p.Candidates.DB.Write(r.Context(), who.Org, func(tx db.Tx) error { return p.Candidates.Correct(r.Context(), tx, who, person) })
	if err != nil {
		return p.draw(w, r, &f, err)
	}
	return p.back(w, r, person.ID, "Corrected. Links that were sent stay as they are.")
}
