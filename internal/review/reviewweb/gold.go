package reviewweb

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"net/http"
	"strconv"

	"candor/internal/actor"
	"candor/internal/assessment"
	"candor/internal/opening"
	"candor/internal/problem"
	"candor/internal/review"
	"candor/internal/web"
	"candor/internal/web/ui/scale"
)

type goldView struct {
	Page    web.Page
	Base    string
	Here    string
	Column  review.Column
	Form    settleForm
	Problem *problem.Problem
	Fields  map[string]string
}

// gold is where a scored submission gets its reference levels.
func (p *Pages) gold(w http.ResponseWriter, r *http.Request) error {
	return p.showGold(w, r, settleForm{}, nil)
}

func (p *Pages) showGold(w http.ResponseWriter, r *http.Request, f settleForm, err error) error {
	prob, ok := problem.As(err)
	if err != nil && !ok {
		return err
	}
	col, cerr := p.Reviews.Column(r.Context(), web.Actor(r), code(r))
	if cerr != nil {
		return cmp.Or(err, cerr) // who may not is told that, and not what else stands against it
	}
	v := goldView{Page: web.PageOf(r, "Gold submission"), Base: base(r), Here: base(r) + "/review/" + string(code(r)), Column: col, Form: f, Problem: prob, Fields: fieldsOf(prob)}
	return web.ShowWith(w, r, err, goldPage(v))
}

// scale is a criterion with its reference as it was posted, or with what the cards say.
func (v goldView) scale(c assessment.Criterion) scale.View {
	posted := v.Form.ruled()[c.Key]
	if posted == (review.Ruled{}) {
		posted.Level = v.Column.Third.Ruled[c.Key].Level
		posted.Reason = v.Column.Third.Ruled[c.Key].Reason
	}
	out := rated(c, v.Fields, posted.Level)
	out.NoteName, out.Note = "n."+c.Key, posted.Reason
	return out
}

// fieldsOf are a problem's fields by the names of a form whose criteria are c.<criterion>; a nil problem has none.
func fieldsOf(p *problem.Problem) map[string]string {
	out := map[string]string{}
	if p == nil {
		return out
	}
	for key, text := range p.Fields {
		if key != "reason" {
			key = "c." + key
		}
		out[key] = text
	}
	return out
}

// rated is a criterion that must get a level.
func rated(c assessment.Criterion, fields map[string]string, chosen int) scale.View {
	out := scale.View{Name: "c." + c.Key, Title: c.Title, Weight: c.Weight, About: c.About, Guidance: c.Guidance, Chosen: chosen, Error: fields["c."+c.Key], Must: true}
	for _, l := range c.Levels {
		out.Levels = append(out.Levels, scale.Level{Name: l.Name, Anchor: l.Anchor})
	}
	return out
}

// makeGold gives a submission its reference levels.
func (p *Pages) makeGold(w http.ResponseWriter, r *http.Request) error {
	var f settleForm
	err := web.ReadForm(r, &f)
	if err == nil {
		err = p.Reviews.MakeGold(r.Context(), web.Actor(r), code(r), f.ruled())
	}
	if err != nil {
		return p.showGold(w, r, f, err)
	}
	return web.Redirect(w, r, base(r)+"/review/"+string(code(r))+"/cards", "Reviewers can practise on this now.")
}

// endGold takes a submission out of practice.
func (p *Pages) endGold(w http.ResponseWriter, r *http.Request) error {
	return p.press(w, r, "Nobody practises on this any more.", func(who actor.Actor) error { return p.Reviews.EndGold(r.Context(), who, code(r)) })
}

type practiceView struct {
	Page     web.Page
	Base     string
	Practice *review.Practice
}

// practice are an opening's gold submissions for a reviewer.
func (p *Pages) practice(w http.ResponseWriter, r *http.Request) error {
	list, err := p.Reviews.PracticeOf(r.Context(), web.Actor(r), opening.ID(r.PathValue("opening")))
	if err != nil {
		return err
	}
	return web.Show(w, r, practicePage(practiceView{web.PageOf(r, "Calibration"), base(r), list}))
}

// stands says where the asker's calibration stands.
func (v practiceView) stands() string {
	done := 0
	for _, g := range v.Practice.Golds {
		if g.Done {
			done++
		}
	}
	switch off := v.Practice.Off; {
	case v.Practice.Certified:
		return "You are certified for this opening."
	case math.IsNaN(off):
		return fmt.Sprintf("You scored %d of the %d it takes.", done, review.Golds)
	default:
		return fmt.Sprintf("Over your last %d you were %.1f levels off the reference on average; %.1f is near enough. Score another one.", review.Golds, off, review.Near)
	}
}

type practiseView struct {
	cardView
	Gold   *review.GoldSheet
	Levels map[string]int
}

// practise is a gold submission to score, and, once that is done, its reference.
func (p *Pages) practise(w http.ResponseWriter, r *http.Request) error {
	return p.showPractise(w, r, nil, nil)
}

func (p *Pages) showPractise(w http.ResponseWriter, r *http.Request, posted map[string]int, err error) error {
	prob, ok := problem.As(err)
	if err != nil && !ok {
		return err
	}
	g, gerr := p.Reviews.Gold(r.Context(), web.Actor(r), code(r))
	if gerr != nil {
		return gerr
	}
	v := practiseView{cardView{Base: base(r) + "/review", Sheet: g.Sheet, Problem: prob, Fields: fieldsOf(prob)}, g, posted}
	v.Card = v.Base + "/" + string(g.Code)
	v.Here = v.Card + "/practice"
	v.Page = web.PageOf(r, g.Title)
	p.evidence(&v.cardView, r.URL.Query().Get("item"), r.URL.Query(), p.link(r))
	return web.ShowWith(w, r, err, practisePage(v))
}

// practised keeps the levels of a practice.
func (p *Pages) practised(w http.ResponseWriter, r *http.Request) error {
	var f struct {
		Levels map[string]string `form:"c.*"`
	}
	err := web.ReadForm(r, &f)
	levels := map[string]int{}
	for key, text := range f.Levels {
		levels[key], _ = strconv.Atoi(text) // what is no number is no level
	}
	if err == nil {
		err = p.Reviews.Practise(r.Context(), web.Actor(r), code(r), levels)
	}
	here := base(r) + "/review/" + string(code(r)) + "/practice"
	if errors.Is(err, review.ErrPractised) {
		return web.Redirect(w, r, here, "You scored this already.")
	}
	if err != nil {
		return p.showPractise(w, r, levels, err)
	}
	return web.Redirect(w, r, here, "Scored. The reference is open.")
}

// beside says how a level lies to the reference.
func beside(mine, reference int) string {
	switch d := mine - reference; {
	case d == 0:
		return "As the reference"
	case d == 1 || d == -1:
		return "One level off"
	default:
		return fmt.Sprintf("%d levels off", max(d, -d))
	}
}
