package reviewweb

import (
	"fmt"
	"net/http"

	"github.com/a-h/templ"

	"candor/internal/actor"
	"candor/internal/problem"
	"candor/internal/review"
	"candor/internal/web"
)

// cardsView is who reads a submission, for those who run or decide the opening.
type cardsView struct {
	Page    web.Page
	Base    string
	Here    string
	Desk    *review.Desk
	Column  *review.Column // nil while a card is open, or the asker's own is
	Facts   templ.Component
	Problem *problem.Problem
	Fields  map[string]string
}

func (p *Pages) cards(w http.ResponseWriter, r *http.Request) error {
	return p.showCards(w, r, nil)
}

func (p *Pages) showCards(w http.ResponseWriter, r *http.Request, err error) error {
	prob, ok := problem.As(err)
	if err != nil && !ok {
		return err
	}
	who := web.Actor(r)
	desk, derr := p.Reviews.Desk(r.Context(), who, code(r))
	if derr != nil {
		return derr
	}
	v := cardsView{Base: base(r), Desk: desk, Problem: prob, Fields: map[string]string{}}
	v.Here = v.Base + "/review/" + string(desk.Code)
	if prob != nil {
		v.Fields = prob.Fields
	}
	if !desk.Closed.IsZero() && !desk.Blind {
		col, cerr := p.Reviews.Column(r.Context(), who, desk.Code)
		if cerr != nil {
			return cerr
		}
		v.Column = &col
		if p.Facts != nil {
			if v.Facts, cerr = p.Facts(r.Context(), who, desk.Code, col.Rubric, ""); cerr != nil {
				return cerr
			}
		}
	}
	v.Page = web.PageOf(r, desk.Title)
	return web.ShowWith(w, r, err, cardsPage(v))
}

// reassign gives a review to somebody else of the pool.
func (p *Pages) reassign(w http.ResponseWriter, r *http.Request) error {
	return p.change(w, r, "Given to somebody else.", func(who actor.Actor, f reasonForm) error {
		return p.Reviews.Reassign(r.Context(), who, code(r), f.From, f.To, f.Reason)
	})
}

// enough goes on with the cards that are in.
func (p *Pages) enough(w http.ResponseWriter, r *http.Request) error {
	return p.change(w, r, "You go on with the scorecards that are in.", func(who actor.Actor, f reasonForm) error {
		return p.Reviews.Enough(r.Context(), who, code(r), f.Reason)
	})
}

func (p *Pages) change(w http.ResponseWriter, r *http.Request, toast string, do func(actor.Actor, reasonForm) error) error {
	var f reasonForm
	if err := web.ReadForm(r, &f); err != nil {
		return p.showCards(w, r, err)
	}
	if err := do(web.Actor(r), f); err != nil {
		return p.showCards(w, r, err)
	}
	return web.Redirect(w, r, base(r)+"/review/"+string(code(r))+"/cards", toast)
}

// third asks somebody else to settle what the cards differ on.
func (p *Pages) third(w http.ResponseWriter, r *http.Request) error {
	return p.press(w, r, "A third reader is asked.", func(who actor.Actor) error { return p.Reviews.Third(r.Context(), who, code(r)) })
}

// press is a form that is one button.
func (p *Pages) press(w http.ResponseWriter, r *http.Request, toast string, do func(actor.Actor) error) error {
	err := web.ReadForm(r, &struct{}{})
	if err == nil {
		err = do(web.Actor(r))
	}
	if err != nil {
		return p.showCards(w, r, err)
	}
	return web.Redirect(w, r, base(r)+"/review/"+string(code(r))+"/cards", toast)
}

// took is how long a card that was sent took; "" before.
func took(r review.Reader) string {
	switch {
	case r.State != review.Filed || r.Minutes == 0:
		return ""
	case r.Corrected:
		return fmt.Sprintf(", %d min, corrected by them", r.Minutes)
	}
	return fmt.Sprintf(", %d min", r.Minutes)
}

// stand is where a review stands, in words.
func stand(s review.State) string {
	switch s {
	case review.Filed:
		return "Sent"
	case review.Assigned:
		return "Being written"
	case review.SteppedBack:
		return "Gave it back"
	}
	return "Given to somebody else"
}
