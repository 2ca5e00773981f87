package reviewweb

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"candor/internal/actor"
	"candor/internal/db"
	"candor/internal/org"
	"candor/internal/problem"
	"candor/internal/review"
	"candor/internal/web"
)

// offered are the hours at which somebody can hear of what waits.
var offered = []int{7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19}

// hearing reads when the asker is away and when they hear of what waits.
func (p *Pages) hearing(r *http.Request, who actor.Actor, v *queueView) error {
	return p.Reviews.DB.Read(r.Context(), who.Org, func(tx db.Tx) error {
		m, err := p.Reviews.Orgs.Member(r.Context(), tx, who.ID)
		if errors.Is(err, org.ErrMissing) {
			return nil
		}
		if err != nil || p.Threads == nil {
			v.Me = m
			return err
		}
		all, err := p.Threads.Hours(r.Context(), tx)
		v.Me, v.Hours, v.Hears = m, all[who.ID], true
		return err
	})
}

// takeOver gives the asker a card of somebody who is away, or whose day is over.
func (p *Pages) takeOver(w http.ResponseWriter, r *http.Request) error {
	if err := web.ReadForm(r, &struct{}{}); err != nil {
		return err
	}
	if err := p.Reviews.TakeOver(r.Context(), web.Actor(r), code(r)); err != nil {
		return err
	}
	return web.Redirect(w, r, base(r)+"/review/"+string(code(r)), "It is yours now. You begin your own scorecard.")
}

// handOver gives all open cards of the asker to others.
func (p *Pages) handOver(w http.ResponseWriter, r *http.Request) error {
	var f struct {
		Reason string `max:"500"`
	}
	if err := web.ReadForm(r, &f); err != nil {
		return err
	}
	who := web.Actor(r)
	given, kept, err := p.Reviews.HandOver(r.Context(), who, who.ID, "", f.Reason)
	if err != nil {
		return err
	}
	return web.Redirect(w, r, base(r)+"/review", handed(given, kept))
}

// handed says what became of cards that were handed over.
func handed(given, kept int) string {
	text := strconv.Itoa(given) + " given to others. What you wrote is kept."
	if kept > 0 {
		text += " For " + strconv.Itoa(kept) + " nobody else is in the pool, so they stay with you."
	}
	return text
}

// away says from when until when the asker is away.
func (p *Pages) away(w http.ResponseWriter, r *http.Request) error {
	var f struct {
		From    string `max:"10"`
		Through string `max:"10"`
	}
	if err := web.ReadForm(r, &f); err != nil {
		return err
	}
	zone := web.PageOf(r, "").Zone
	var from, until time.Time
	for _, x := range []struct {
		text string
		at   *time.Time
	}{{f.From, &from}, {f.Through, &until}} {
		if x.text == "" {
			continue
		}
		day, err := time.ParseInLocation(time.DateOnly, x.text, zone)
		if err != nil {
			return problem.Field("through", "Write a date such as 2026-12-24.")
		}
		*x.at = day.UTC()
	}
	if !until.IsZero() {
		until = until.In(zone).AddDate(0, 0, 1).UTC()
	}
	if err := p.Reviews.Orgs.SetAway(r.Context(), web.Actor(r), from, until); err != nil {
		return err
	}
	if until.IsZero() {
		return web.Redirect(w, r, base(r)+"/review", "You are here.")
	}
	return web.Redirect(w, r, base(r)+"/review", "Kept. Nothing new is given to you in that time.")
}

// hours says when the asker hears of what waits.
func (p *Pages) hours(w http.ResponseWriter, r *http.Request) error {
	var f struct {
		When  string `max:"10"`
		Hours []int  `max:"24"`
	}
	if err := web.ReadForm(r, &f); err != nil {
		return err
	}
	toast := "You hear of each at once."
	switch {
	case f.When != "hours":
		f.Hours = nil
	case len(f.Hours) == 0:
		return problem.Field("hours", "Choose at least one hour.")
	default:
		toast = "You hear of them at the hours you chose."
	}
	if err := p.Threads.SetHours(r.Context(), web.Actor(r), f.Hours); err != nil {
		return err
	}
	return web.Redirect(w, r, base(r)+"/review", toast)
}

func (v queueView) chosen(hour int) bool { return slices.Contains(v.Hours, hour) }

// absence says when the asker is away, now or later; "" is not.
func (v queueView) absence() string {
	switch {
	case !v.Me.Absent.After(v.Page.Now):
		return ""
	case v.Me.Away(v.Page.Now):
		return "You are away through " + v.last() + "."
	}
	return "You are away from " + v.Me.AbsentFrom.In(v.Page.Zone).Format("Mon 2 Jan") + " through " + v.last() + "."
}

func (v queueView) last() string {
	return v.Me.Absent.Add(-time.Second).In(v.Page.Zone).Format("Mon 2 Jan")
}

// days are those of the form.
func (v queueView) days() (from, through string) {
	if v.absence() == "" {
		return "", ""
	}
	if !v.Me.AbsentFrom.IsZero() {
		from = v.Me.AbsentFrom.In(v.Page.Zone).Format(time.DateOnly)
	}
	return from, v.Me.Absent.Add(-time.Second).In(v.Page.Zone).Format(time.DateOnly)
}

// why says why a card waits for nobody.
func why(w review.Waits) string {
	if w.Away {
		return "Its reader is away"
	}
	return "Its day is over"
}

func hourText(h int) string { return fmt.Sprintf("%02d:00", h) }

func (v queueView) toGive() string {
	if v.Total == 1 {
		return "1 scorecard of yours is open."
	}
	return strconv.Itoa(v.Total) + " scorecards of yours are open."
}
