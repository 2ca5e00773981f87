package reviewweb

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"candor/internal/web"
)

// pause lets the reader's time stand still, or go on.
func (p *Pages) pause(w http.ResponseWriter, r *http.Request) error {
	var f struct {
		On   bool
		Item string `max:"64"`
	}
	err := web.ReadForm(r, &f)
	if err == nil {
		err = p.Reviews.Pause(r.Context(), web.Actor(r), code(r), f.On)
	}
	if err != nil {
		return err
	}
	toast := "Your time stands still. What you write is kept all the same."
	if f.On {
		toast = "Your time goes on."
	}
	return web.Redirect(w, r, base(r)+"/review/"+string(code(r))+"?item="+url.QueryEscape(f.Item), toast)
}

// correctTime keeps what the card really took.
func (p *Pages) correctTime(w http.ResponseWriter, r *http.Request) error {
	var f struct {
		Minutes string `max:"6"`
		Reason  string `max:"500"`
	}
	err := web.ReadForm(r, &f)
	if err == nil {
		n, nerr := strconv.Atoi(strings.TrimSpace(f.Minutes))
		if nerr != nil {
			n = -1 // refused as such
		}
		err = p.Reviews.CorrectTime(r.Context(), web.Actor(r), code(r), n, strings.TrimSpace(f.Reason))
	}
	if err == nil {
		return web.Redirect(w, r, base(r)+"/review/"+string(code(r)), "Corrected. It is shown as corrected by you.")
	}
	s, lerr := p.Reviews.Load(r.Context(), web.Actor(r), code(r))
	if lerr != nil {
		return lerr
	}
	return p.showWith(w, r, s, "", err, func(v *cardView) {
		v.Minutes, v.Reason = f.Minutes, f.Reason
		if text := v.Fields["reason"]; text != "" { // the way out of a card has a reason too
			v.Fields["time-reason"] = text
			delete(v.Fields, "reason")
		}
	})
}
