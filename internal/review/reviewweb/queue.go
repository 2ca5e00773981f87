package reviewweb

import (
	"net/http"
	"net/url"
	"strconv"

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
	Done    []review.Done
}

// queue is what waits for whoever asks.
func (p *Pages) queue(w http.ResponseWriter, r *http.Request) error {
	who := web.Actor(r)
	v := queueView{Base: base(r)}
	after := review.Code(r.URL.Query().Get("after"))
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
		if v.Decide, err = p.Reviews.ToDecide(r.Context(), who); err != nil {
			return err
		}
		if v.Done, err = p.Reviews.FiledBy(r.Context(), who); err != nil {
			return err
		}
	}
	v.Page = web.PageOf(r, "To review")
	return web.Show(w, r, queuePage(v))
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
