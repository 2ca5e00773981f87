package reviewweb

import (
	"errors"
	"net/http"
	"strings"

	"candor/internal/assessment"
	"candor/internal/problem"
	"candor/internal/review"
	"candor/internal/web"
	"candor/internal/web/ui/scale"
	"candor/internal/web/ui/work"
)

type lookingView struct {
	cardView
	Looking *review.Looking
	Reason  string // of giving it back
}

// looking is the work and a scorecard of one's own, for whoever looks a second time.
func (p *Pages) looking(w http.ResponseWriter, r *http.Request) error {
	return p.showLooking(w, r, nil, r.URL.Query().Get("item"), nil)
}

func (p *Pages) showLooking(w http.ResponseWriter, r *http.Request, card *review.Card, at string, err error) error {
	prob, ok := problem.As(err)
	if err != nil && !ok {
		return err
	}
	l, lerr := p.Reviews.Looking(r.Context(), web.Actor(r), code(r))
	if lerr != nil {
		return lerr
	}
	if card != nil {
		l.Second.Card = *card
	}
	v := lookingView{cardView{Base: base(r) + "/review", Sheet: l.Sheet, Problem: prob, Fields: map[string]string{}}, l, ""}
	if prob != nil {
		for key, text := range prob.Fields {
			if key != "reason" && key != "private" {
				key = "c." + key
			}
			v.Fields[key] = text
		}
	}
	v.Card = v.Base + "/" + string(l.Code)
	v.Here = v.Card + "/second"
	v.Page = web.PageOf(r, l.Title)
	p.evidence(&v.cardView, at, r.URL.Query(), p.link(r))
	return web.ShowWith(w, r, err, lookingPage(v))
}

// scale is a criterion as whoever looks rates it.
func (v lookingView) scale(c assessment.Criterion) scale.View {
	mine := v.Looking.Second.Card.Ratings[c.Key]
	out := scale.View{Name: "c." + c.Key, Title: c.Title, Weight: c.Weight, About: c.About, Guidance: c.Guidance, Chosen: mine.Level, Reason: mine.Reason,
		NoteName: "n." + c.Key, Note: mine.Note, Error: v.Fields["c."+c.Key], ReadOnly: v.Looking.State != review.Asked}
	for _, l := range c.Levels {
		out.Levels = append(out.Levels, scale.Level{Name: l.Name, Anchor: l.Anchor})
	}
	return out
}

func (v lookingView) saved() work.View { return work.View{Saved: v.Looking.Saved, Zone: v.Page.Zone} }

func (p *Pages) posted(r *http.Request) (cardForm, review.Card, error) {
	var f cardForm
	err := web.ReadForm(r, &f)
	return f, f.card(), err
}

// saveLook keeps the draft.
func (p *Pages) saveLook(w http.ResponseWriter, r *http.Request) error {
	f, card, err := p.posted(r)
	if err == nil {
		err = p.Reviews.Look(r.Context(), web.Actor(r), code(r), card)
	}
	if wantsJSON(r) {
		if err != nil {
			return err
		}
		return web.JSON(w, r, web.Saved{Saved: true})
	}
	if err != nil {
		return p.showLooking(w, r, &card, f.Item, err)
	}
	return web.Redirect(w, r, base(r)+"/review/"+string(code(r))+"/second?item="+f.Item, "Draft saved.")
}

// fileLook sends it, for good.
func (p *Pages) fileLook(w http.ResponseWriter, r *http.Request) error {
	f, card, err := p.posted(r)
	here := base(r) + "/review/" + string(code(r)) + "/second"
	if err == nil {
		err = p.Reviews.FileLook(r.Context(), web.Actor(r), code(r), card)
	}
	if errors.Is(err, review.ErrLooked) {
		return web.Redirect(w, r, here, "This was sent already.")
	}
	if err != nil {
		return p.showLooking(w, r, &card, f.Item, err)
	}
	return web.Redirect(w, r, here, "Sent. It stands beside the first scores, which you can read now.")
}

// lookBack gives it back; somebody else is asked.
func (p *Pages) lookBack(w http.ResponseWriter, r *http.Request) error {
	var f reasonForm
	err := web.ReadForm(r, &f)
	if err == nil {
		err = p.Reviews.LookBack(r.Context(), web.Actor(r), code(r), strings.TrimSpace(f.Reason))
	}
	if err != nil {
		return p.showLooking(w, r, nil, "", err)
	}
	return web.Redirect(w, r, base(r)+"/review", "You gave it back. Somebody else is asked.")
}
