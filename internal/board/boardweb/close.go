package boardweb

import (
	"net/http"
	"net/url"
	"slices"

	"candor/internal/board"
	"candor/internal/opening"
	"candor/internal/problem"
	"candor/internal/web"
)

type closeView struct {
	Page web.Page
	Here string
	board.Closing
	Form     closeForm
	Stages   map[opening.StageID]string
	Closes   bool // the asker can close it
	Tells    bool // the asker writes to people
	Managers []string
	Problem  *problem.Problem
}

type closeForm struct {
	Key     string   `max:"40"`
	Reason  string   `max:"500"`
	Fresh   string   `max:"4000"`
	Working string   `max:"4000"`
	Pick    []string `max:"500"`
}

// The words that closing begins with; they are edited on the page.
const (
	freshWords   = "The position is filled, so we end this here. There is nothing for you to finish, and it says nothing about you.\n\nThank you for your interest."
	workingWords = "The position is filled. You have begun, so nothing is taken from you: you can finish in the time that you have, we read what you send, and you get the reply that we promised. If you would rather stop here, press “Withdraw” on your page; that is fine, too."
)

// closing shows who is under way, before anything happens.
func (p *Pages) closing(w http.ResponseWriter, r *http.Request) error {
	return p.showClosing(w, r, closeForm{Fresh: freshWords, Working: workingWords}, nil)
}

func (p *Pages) showClosing(w http.ResponseWriter, r *http.Request, f closeForm, cause error) error {
	ctx, who := r.Context(), web.Actor(r)
	c, err := p.Boards.Closing(ctx, who, openingOf(r))
	if err != nil {
		return err
	}
	if f.Key == "" {
		f.Key = web.Once()
	}
	v := closeView{Page: web.PageOf(r, "Close: "+c.Opening.Title), Here: here(r), Closing: c, Form: f, Closes: c.Opening.Open && c.Opening.MayManage(who), Tells: c.Opening.MayDecide(who)}
	s, err := p.Boards.Surroundings(ctx, who, c.Opening)
	if err != nil {
		return err
	}
	v.Stages = s.Stages
	for _, m := range s.Managers {
		v.Managers = append(v.Managers, m.Name)
	}
	slices.Sort(v.Managers)
	if v.Problem, err = problem.Shown(cause); err != nil {
		return err
	}
	return web.ShowWith(w, r, cause, closePage(v))
}

// closed closes, and tells everybody who was on the page.
func (p *Pages) closed(w http.ResponseWriter, r *http.Request) error {
	var f closeForm
	err := web.ReadForm(r, &f)
	if err != nil {
		return p.showClosing(w, r, f, err)
	}
	results, err := p.Boards.Close(r.Context(), web.Actor(r), openingOf(r), board.Farewell{Key: f.Key, Reason: f.Reason, Fresh: f.Fresh, Working: f.Working, Picks: picked(f.Pick)})
	if err != nil {
		return p.showClosing(w, r, f, err)
	}
	if len(results) == 0 {
		return web.Redirect(w, r, here(r)+"/close", "Closed. Nobody new is invited, and what you promised stays.")
	}
	return p.became(w, r, "Closed", results)
}

// answer is the page on which those who sent their work are answered, each with their own words.
func (v closeView) answer() string {
	q := url.Values{}
	for i, l := range v.Owed {
		if i == board.MostDeclines {
			break
		}
		q.Add("pick", string(l.Application))
	}
	return v.Here + "/decline?" + q.Encode()
}

// button says what the press does, with its number.
func (v closeView) button() string {
	n := len(v.Fresh) + len(v.Working)
	switch {
	case !v.Tells || n == 0:
		return "Close the opening"
	case !v.Closes:
		return "Tell " + people(n)
	}
	return "Close, and tell " + people(n)
}
