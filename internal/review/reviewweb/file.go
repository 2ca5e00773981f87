package reviewweb

import (
	"errors"
	"net/http"
	"net/url"

	"candor/internal/review"
	"candor/internal/web"
)

// save keeps the draft: posted by the page as one goes, or by its button.
func (p *Pages) save(w http.ResponseWriter, r *http.Request) error {
	var f cardForm
	if err := web.ReadForm(r, &f); err != nil {
		return p.again(w, r, f, err)
	}
	if err := p.Reviews.Rate(r.Context(), web.Actor(r), code(r), f.card()); err != nil {
		return p.again(w, r, f, err)
	}
	if wantsJSON(r) {
		return web.JSON(w, r, web.Saved{Saved: true})
	}
	to := base(r) + "/review/" + string(code(r)) + "?item=" + url.QueryEscape(f.Item)
	if f.Across {
		to += "&across=1"
	}
	return web.Redirect(w, r, to, "Draft saved.")
}

// file sends the card, for good.
func (p *Pages) file(w http.ResponseWriter, r *http.Request) error {
	var f cardForm
	if err := web.ReadForm(r, &f); err != nil {
		return p.again(w, r, f, err)
	}
	err := p.Reviews.File(r.Context(), web.Actor(r), code(r), f.card())
	if errors.Is(err, review.ErrFiled) {
		return web.Redirect(w, r, base(r)+"/review/"+string(code(r)), "This scorecard was sent already.")
	}
	if err != nil {
		return p.again(w, r, f, err)
	}
	s, err := p.Reviews.Load(r.Context(), web.Actor(r), code(r))
	if err != nil {
		return err
	}
	if s.Mine.State == review.Assigned {
		return web.Redirect(w, r, base(r)+"/review/"+string(code(r)), "Sent. The last criterion opens with the candidate’s answers; you stay blind until then.")
	}
	return web.Redirect(w, r, base(r)+"/review/"+string(code(r)), "Your scores are sent. Now you can see what others wrote.")
}

// again shows the card as it was posted, with what is wrong.
func (p *Pages) again(w http.ResponseWriter, r *http.Request, f cardForm, err error) error {
	if wantsJSON(r) {
		return err
	}
	s, lerr := p.Reviews.Load(r.Context(), web.Actor(r), code(r))
	if lerr != nil {
		return lerr
	}
	if !errors.Is(err, review.ErrRubricMoved) { // then what fits was kept, and the rest is not to be chosen unseen
		s.Mine.Card = f.card()
	}
	return p.show(w, r, s, f.Item, err)
}

type reasonForm struct {
	Reason string `max:"500"`
	From   string `max:"64"`
	To     string `max:"64"`
}

// stepBack gives the work back; somebody else reads it.
func (p *Pages) stepBack(w http.ResponseWriter, r *http.Request) error {
	return p.reasoned(w, r, func(f reasonForm) error {
		return p.Reviews.StepBack(r.Context(), web.Actor(r), code(r), f.Reason)
	}, base(r)+"/review", "You gave it back. Somebody else reads it.")
}

// unblind opens the name, which ends the card.
func (p *Pages) unblind(w http.ResponseWriter, r *http.Request) error {
	return p.reasoned(w, r, func(f reasonForm) error {
		return p.Reviews.Unblind(r.Context(), web.Actor(r), code(r), f.Reason)
	}, base(r)+"/review/"+string(code(r)), "The name is open. This card cannot be sent any more.")
}

func (p *Pages) reasoned(w http.ResponseWriter, r *http.Request, do func(reasonForm) error, to, toast string) error {
	var f reasonForm
	err := web.ReadForm(r, &f)
	if err == nil {
		err = do(f)
	}
	if err == nil {
		return web.Redirect(w, r, to, toast)
	}
	s, lerr := p.Reviews.Load(r.Context(), web.Actor(r), code(r))
	if lerr != nil {
		return err
	}
	return p.show(w, r, s, "", err)
}
