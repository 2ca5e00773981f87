package reviewweb

import (
	"net/http"
	"net/url"
	"strconv"

	"candor/internal/appeal"
	"candor/internal/opening"
	"candor/internal/org"
	"candor/internal/review"
	"candor/internal/web"
)

type queueView struct {
	Page    web.Page
	Base    string
	List    []review.Waiting
	Total   int
	More    string
	Earlier string
	Decide  []review.Undecided
	Decides int    // on all pages
	Rest    string // the next page of Decide
	Before  string // its first
	Settle  []review.ToSettle
	Look    []review.ToLookAgain
	Rate    []review.ToRate
	Answer  []appeal.Waiting
	Golds   []opening.Opening // whose gold submissions the asker could practise on
	Done    []review.Done
	Take    []review.Waits // cards that wait for nobody
	Me      org.Member
	Hours   []int  // when the asker hears; nil is at once
	Hears   bool   // they can choose
	Rates   string // how the asker rates beside others: nobody else reads it
}

// queue is what waits for whoever asks.
func (p *Pages) queue(w http.ResponseWriter, r *http.Request) error {
	who := web.Actor(r)
	v := queueView{Base: base(r)}
	after, decided := review.Code(r.URL.Query().Get("after")), review.Code(r.URL.Query().Get("decide"))
	list, total, more, err := p.Reviews.Queue(r.Context(), who, after)
	if err != nil {
		return err
	}
	v.List, v.Total = list, total
	if more {
		v.More = v.Base + "/review?after=" + url.QueryEscape(string(list[len(list)-1].Code))
	}
	if after != "" {
		v.Earlier = v.Base + "/review"
	} else {
		if v.Decide, v.Decides, more, err = p.Reviews.ToDecide(r.Context(), who, decided); err != nil {
			return err
		}
		if more {
			v.Rest = v.Base + "/review?decide=" + url.QueryEscape(string(v.Decide[len(v.Decide)-1].Code))
		}
		if decided != "" {
			v.Before = v.Base + "/review"
		}
		if v.Golds, err = p.Reviews.ToCalibrate(r.Context(), who); err != nil {
			return err
		}
		if v.Settle, err = p.Reviews.ToSettle(r.Context(), who); err != nil {
			return err
		}
		if v.Look, err = p.Reviews.ToLookAgain(r.Context(), who); err != nil {
			return err
		}
		if v.Rate, err = p.Reviews.ToRate(r.Context(), who); err != nil {
			return err
		}
		if p.Appeals != nil {
			if v.Answer, err = p.Appeals.ToAnswer(r.Context(), who); err != nil {
				return err
			}
		}
		if v.Done, err = p.Reviews.FiledBy(r.Context(), who); err != nil {
			return err
		}
		if v.Take, err = p.Reviews.ToTake(r.Context(), who); err != nil {
			return err
		}
		if err := p.hearing(r, who, &v); err != nil {
			return err
		}
		rates, works, err := p.Reviews.Severity(r.Context(), who)
		if err != nil {
			return err
		}
		v.Rates = severity(rates, works)
	}
	v.Page = web.PageOf(r, "To review")
	return web.Show(w, r, queuePage(v))
}

// decides says what the list of decisions is, and how many there are when a page does not hold them.
func (v queueView) decides() string {
	if v.Decides > len(v.Decide) {
		return strconv.Itoa(v.Decides) + " wait for you, all scorecards are in"
	}
	return "All scorecards are in"
}

// stands is where a second look stands, for whoever answers.
func stands(a appeal.Waiting) (tone, icon, text string) {
	switch {
	case a.Look == review.Looked:
		return "accent", "circle-dot", "The second look is in"
	case a.Look == review.Asked:
		return "", "hourglass", "Somebody reads it again"
	}
	return "warn", "triangle-alert", "Nobody has it"
}

func (v queueView) summary() string {
	switch v.Total {
	case 0:
		return ""
	case 1:
		return "One waits for you."
	}
	return strconv.Itoa(v.Total) + " wait for you, the soonest due first. Within a day the order is yours alone."
}
