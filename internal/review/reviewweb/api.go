package reviewweb

import (
	"maps"
	"net/http"
	"slices"
	"time"

	"candor/internal/opening"
	"candor/internal/problem"
	"candor/internal/review"
	"candor/internal/web"
)

// What programs read of the reading. Words that people wrote for the team are no part of it.
type (
	wireMark struct {
		Item        string `json:"item"`
		Percent     int    `json:"percent"`
		Provisional bool   `json:"provisional"` // a person may still change it
	}
	wireRating struct {
		Criterion string `json:"criterion"`
		Level     int    `json:"level"` // from 1, the lowest; -1: it could not be scored
	}
	wireCard struct {
		Reviewer string       `json:"reviewer"`
		Filed    string       `json:"filed_at"`
		Ratings  []wireRating `json:"ratings"`
	}
	wireRound struct {
		Stage     string     `json:"stage"`
		Submitted string     `json:"submitted_at"`
		Closed    string     `json:"closed_at,omitempty"` // when the last card came in; before that there are neither marks nor cards
		Marks     []wireMark `json:"marks,omitempty"`
		Cards     []wireCard `json:"cards,omitempty"`
	}
	wireDecision struct {
		ID      string `json:"id"`
		Stage   string `json:"stage"`
		Outcome string `json:"outcome"`
		At      string `json:"decided_at"`
		Told    string `json:"told_at,omitempty"` // when the candidate was
	}
	wireResults struct {
		Application string         `json:"application"`
		Status      string         `json:"status"`
		Rounds      []wireRound    `json:"rounds"`
		Decisions   []wireDecision `json:"decisions"`
	}
)

func (p *Pages) api(mux *web.Mux) {
	mux.Handle(web.Route{Pattern: "GET /api/v1/o/{org}/applications/{application}/results", Action: "api.results", Auth: web.Staff, Roles: web.AnyMember, Tenant: web.FromPath,
		Object: "application", Rate: web.RateAPI, Scope: "result:read", Out: wireResults{},
		About:    "Marks and ratings of an application's submissions, each from when its last scorecard is in, and the decisions that were not taken back. For those who run or decide the opening.",
		Problems: []*problem.Problem{opening.ErrMissing, review.ErrRole, review.ErrOwnFirst}}, p.apiResults)
}

func (p *Pages) apiResults(w http.ResponseWriter, r *http.Request) error {
	app, list, decisions, err := p.Reviews.Results(r.Context(), web.Actor(r), opening.ApplicationID(r.PathValue("application")))
	if err != nil {
		return err
	}
	out := wireResults{string(app.ID), string(app.Status), []wireRound{}, []wireDecision{}}
	for _, n := range list {
		out.Rounds = append(out.Rounds, sentRound(n))
	}
	for _, d := range decisions {
		if d.Undone.IsZero() {
			out.Decisions = append(out.Decisions, wireDecision{d.ID, string(d.Stage), string(d.Outcome), stamp(d.At), stamp(d.Settled)})
		}
	}
	return web.JSON(w, r, out)
}

func sentRound(n review.Result) wireRound {
	out := wireRound{Stage: string(n.Stage), Submitted: stamp(n.Submitted), Closed: stamp(n.Closed)}
	for _, m := range n.Marks {
		out.Marks = append(out.Marks, wireMark(m))
	}
	for _, c := range n.Cards {
		card := wireCard{Reviewer: c.Member.ID, Filed: stamp(c.Review.Filed), Ratings: []wireRating{}}
		for _, criterion := range slices.Sorted(maps.Keys(c.Review.Card.Ratings)) {
			card.Ratings = append(card.Ratings, wireRating{criterion, c.Review.Card.Ratings[criterion].Level})
		}
		out.Cards = append(out.Cards, card)
	}
	return out
}

// stamp is a time as programs read it; "" is none.
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}
