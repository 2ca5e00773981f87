package interviewweb

import (
	"fmt"
	"net/http"
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
}

func (p *Pages) list(w http.ResponseWriter, r *http.Request) error {
	mine, others, err := p.Interviews.List(r.Context(), web.Actor(r))
	if err != nil {
		return err
	}
	v := listView{Page: web.PageOf(r, "Interviews"), Base: base(r), Others: others, Plans: org.May(web.Actor(r), "opening.create")}
	if v.Zone, err = p.Interviews.Zone(r.Context(), web.Actor(r).Org); err != nil {
		return err
	}
	for _, x := range mine {
		if x.State == interview.Ours {
			v.Ours = append(v.Ours, x)
		} else {
			v.Theirs = append(v.Theirs, x)
		}
	}
	return web.Show(w, r, listPage(v))
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
