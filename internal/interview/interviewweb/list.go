package interviewweb

import (
	"fmt"
	"net/http"
	"net/url"
	"time"

	"candor/internal/interview"
	"candor/internal/org"
	"candor/internal/web"
)

// listView is a member's list.
type listView struct {
	Page         web.Page
	Base         string
	Zone         *time.Location
	Ours, Theirs []interview.Row // the asker asks: now, or after the candidate's answer
	Plans        bool            // the asker may make interviews for stages
	Others       []interview.Row // somebody else does, in openings that the asker runs
	// The addresses of each list's first and next page; "" where there is none.
	FirstMine, NextMine, FirstOthers, NextOthers string
}

func (p *Pages) list(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	mine, err := p.Interviews.Mine(r.Context(), web.Actor(r), q.Get("mine"))
	if err != nil {
		return err
	}
	others, err := p.Interviews.Watched(r.Context(), web.Actor(r), q.Get("others"))
	if err != nil {
		return err
	}
	v := listView{Page: web.PageOf(r, "Interviews"), Base: base(r), Others: others.Rows, Plans: org.May(web.Actor(r), "opening.create")}
	v.FirstMine, v.NextMine = v.pages("mine", q, mine.Next)
	v.FirstOthers, v.NextOthers = v.pages("others", q, others.Next)
	if v.Zone, err = p.Interviews.Zone(r.Context(), web.Actor(r).Org); err != nil {
		return err
	}
	for _, x := range mine.Rows {
		if x.State == interview.Ours {
			v.Ours = append(v.Ours, x)
		} else {
			v.Theirs = append(v.Theirs, x)
		}
	}
	return web.Show(w, r, listPage(v))
}

// pages are the addresses around the page of one of the lists; the other stays where it is.
func (v listView) pages(name string, now url.Values, cursor string) (first, next string) {
	at := func(c string) string {
		q := url.Values{}
		for _, k := range []string{"mine", "others"} {
			if k != name && now.Get(k) != "" {
				q.Set(k, now.Get(k))
			}
		}
		if c != "" {
			q.Set(name, c)
		}
		if len(q) == 0 {
			return v.Base
		}
		return v.Base + "?" + q.Encode()
	}
	if now.Get(name) != "" {
		first = at("")
	}
	if cursor != "" {
		next = at(cursor)
	}
	return first, next
}

// due says how a turn stands, with the tone of its badge.
func due(x interview.Interview, until, now time.Time, zone *time.Location) (tone, icon, text string) {
	switch {
	case x.State == interview.Waits:
		return "", "hourglass", "The work is not sent yet"
	case x.State == interview.Closed:
		return "ok", "check", "Over"
	case x.State == interview.Theirs:
		return "", "hourglass", "The candidate’s turn, until " + until.In(zone).Format("Mon 2 Jan, 15:04")
	case x.Late(now):
		return "bad", "circle-alert", "A question is late, due " + lastDay(x.Due, zone)
	case x.Due.Sub(now) < 24*time.Hour:
		return "warn", "hourglass", "A question is due today"
	}
	return "accent", "pen-line", "A question is due " + lastDay(x.Due, zone)
}

// says is where an interview stands, in words for the team.
func says(x interview.Interview) string {
	asked := fmt.Sprintf("%d of %d questions asked. ", x.Turn, x.Rounds)
	switch x.State {
	case interview.Waits:
		return "Begins when the work is sent."
	case interview.Ours:
		return asked + "It is our turn."
	case interview.Theirs:
		return asked + "It is the candidate’s turn."
	}
	return asked + "It is over."
}
