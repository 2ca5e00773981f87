package reviewweb

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"candor/internal/problem"
	"candor/internal/review"
	"candor/internal/web"
	"candor/internal/web/ui/scale"
)

type settleView struct {
	cardView
	Settling *review.Settling
	Form     settleForm
}

// settleForm is what a third reader decided as it is posted: c.<criterion> is the level, n.<criterion> why.
type settleForm struct {
	Levels  map[string]string `form:"c.*"`
	Reasons map[string]string `form:"n.*"`
}

func (f settleForm) ruled() map[string]review.Ruled {
	out := map[string]review.Ruled{}
	for key, text := range f.Reasons {
		level, _ := strconv.Atoi(f.Levels[key]) // what is no number is no level, and refused as such
		out[key] = review.Ruled{Level: level, Reason: strings.TrimSpace(text)}
	}
	return out
}

// settling is the work, and what two readers differ on, for a third.
func (p *Pages) settling(w http.ResponseWriter, r *http.Request) error {
	return p.showSettling(w, r, settleForm{}, nil)
}

func (p *Pages) showSettling(w http.ResponseWriter, r *http.Request, f settleForm, err error) error {
	prob, ok := problem.As(err)
	if err != nil && !ok {
		return err
	}
	s, serr := p.Reviews.Settling(r.Context(), web.Actor(r), code(r))
	if serr != nil {
		return serr
	}
	v := settleView{cardView{Base: base(r) + "/review", Sheet: s.Sheet, Problem: prob, Fields: fieldsOf(prob)}, s, f}
	v.Card = v.Base + "/" + string(s.Code)
	v.Here = v.Card + "/settle"
	v.Page = web.PageOf(r, s.Title)
	p.evidence(&v.cardView, r.URL.Query().Get("item"), r.URL.Query(), p.link(r))
	return web.ShowWith(w, r, err, settlePage(v))
}

// scale is a dispute as its third reader rates it.
func (v settleView) scale(d review.Dispute) scale.View {
	chosen, reason := d.Level, d.Reason
	if r, ok := v.Form.ruled()[d.Key]; ok {
		chosen, reason = r.Level, r.Reason
	}
	out := rated(d.Criterion, v.Fields, chosen)
	out.Title, out.About, out.NoteName, out.Note, out.ReadOnly = "You decide: "+d.Title, "", "n."+d.Key, reason, v.Settling.State != review.Asked
	return out
}

// settle keeps what was decided, for good.
func (p *Pages) settle(w http.ResponseWriter, r *http.Request) error {
	var f settleForm
	err := web.ReadForm(r, &f)
	if err == nil {
		err = p.Reviews.Settle(r.Context(), web.Actor(r), code(r), f.ruled())
	}
	if errors.Is(err, review.ErrOver) {
		return web.Redirect(w, r, base(r)+"/review/"+string(code(r))+"/settle", "This was settled already.")
	}
	if err != nil {
		return p.showSettling(w, r, f, err)
	}
	return web.Redirect(w, r, base(r)+"/review", "Settled. Your levels are in the score, with your reasons beside them.")
}

// handBack gives it back; somebody else is asked.
func (p *Pages) handBack(w http.ResponseWriter, r *http.Request) error {
	var f struct {
		Reason string `max:"500"`
	}
	err := web.ReadForm(r, &f)
	if err == nil {
		err = p.Reviews.HandBack(r.Context(), web.Actor(r), code(r), strings.TrimSpace(f.Reason))
	}
	if err != nil {
		return p.showSettling(w, r, settleForm{}, err)
	}
	return web.Redirect(w, r, base(r)+"/review", "You gave it back.")
}
