package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"candor/internal/app"
	"candor/internal/assessment"
	"candor/internal/candidate"
	"candor/internal/db"
	"candor/internal/opening"
	"candor/internal/review"
)

// end is how far a story goes.
type end int

const (
	invited end = iota
	opened
	withdrew
	working
	submitted // cards says how many are filed
	decided
)

// story is one candidate: when they were invited and worked (days ago), how far it went, what they answered and how it was read.
type story struct {
	name, zone, opening string
	invited, worked     int
	until               end
	answers             map[string]string // item -> choice places "0,1", a typed text, or the name of a file in answers/
	cards               int
	levels              []int // of the two criteria, by the first reader; the second differs by one in the last
	outcome             review.Outcome
	reason, reply       string
	factor              int
	shown               string // printed by the demo, with what to see there
}

func (s story) mail() string {
	return strings.ToLower(strings.ReplaceAll(s.name, " ", ".")) + "@mail.example"
}

func backend(index, retry, drain, lost, text string) map[string]string {
	return map[string]string{"pick-index": index, "retry-safely": retry, "drain-the-queue": drain, "lost-update": lost, "explain-the-incident": text}
}

func frontend(search, dialog, jump, text string) map[string]string {
	return map[string]string{"stale-search": search, "closing-a-dialog": dialog, "jumping-page": jump, "review-the-form": text}
}

const (
	kindNo  = "Thank you for the time and care you put into this. Two things stood out, and we name below what was missing for this role. You are welcome to apply again; nothing of this counts against you."
	kindYes = "Thank you. We enjoyed reading this, and your note to Ines is one we could have sent. We would like to go on with you; the next stage is in its own mail."
)

// The order of the stories is that of the board's making; times are days before today.
var stories = []story{
	{name: "Amara Okafor", zone: "Africa/Lagos", opening: "backend", invited: 1, until: invited, shown: "invited: see what to expect and begin"},
	{name: "Tomas Herrera", zone: "America/Bogota", opening: "backend", invited: 3, worked: 1, until: opened},
	{name: "Ingrid Solheim", zone: "Europe/Oslo", opening: "backend", invited: 4, worked: 1, until: working, answers: backend("0", "0,1", "", "", ""), factor: 1500, shown: "in the middle of it, with one and a half times the time"},
	{name: "Mateo Rossi", zone: "Europe/Rome", opening: "backend", invited: 5, worked: 1, until: submitted, answers: backend("0", "0,1", "300", "412", "incident-solid.md")},
	{name: "Yusuf Demir", zone: "Europe/Istanbul", opening: "backend", invited: 6, worked: 2, until: submitted, cards: 1, answers: backend("0", "0", "300", "409", "incident-partly.md"), levels: []int{2, 2}},
	{name: "Priya Raman", zone: "Asia/Kolkata", opening: "backend", invited: 8, worked: 4, until: submitted, cards: 2, answers: backend("0", "0,1", "300", "412", "incident-strong.md"), levels: []int{4, 4}},
	{name: "Lena Fischer", zone: "Europe/Berlin", opening: "backend", invited: 9, worked: 5, until: submitted, cards: 2, answers: backend("1", "0,1", "300", "", "incident-solid.md"), levels: []int{3, 2}},
	{name: "Samuel Adeyemi", zone: "Europe/London", opening: "backend", invited: 14, worked: 11, until: decided, cards: 2, answers: backend("0", "0,1", "300,0", "412 Precondition Failed", "incident-strong.md"), levels: []int{4, 3},
		outcome: review.Advance, reason: "Both readers saw a note they would have sent.", reply: kindYes, shown: "advanced: reads our reply and has the next stage"},
	{name: "Chloe Martin", zone: "Europe/Paris", opening: "backend", invited: 14, worked: 10, until: decided, cards: 2, answers: backend("2", "2", "180", "500", "incident-notyet.md"), levels: []int{1, 1},
		outcome: review.Reject, reason: "The note does not say what happened to customers.", reply: kindNo, shown: "declined: reads the feedback"},
	{name: "Hiro Tanaka", zone: "Asia/Tokyo", opening: "backend", invited: 12, worked: 9, until: withdrew},
	{name: "Fatima Zahra", zone: "Africa/Casablanca", opening: "backend", invited: 2, until: invited},
	{name: "Oskar Nowak", zone: "Europe/Warsaw", opening: "backend", invited: 5, worked: 2, until: submitted, cards: 0, answers: backend("0", "0,1,2", "300", "412", "incident-partly.md")},
	{name: "Grace Mwangi", zone: "Africa/Nairobi", opening: "backend", invited: 7, worked: 3, until: submitted, cards: 1, answers: backend("0", "0,1", "300", "412", "incident-solid.md"), levels: []int{3, 3}},
	{name: "Daniel Cohen", zone: "Asia/Jerusalem", opening: "backend", invited: 13, worked: 9, until: decided, cards: 2, answers: backend("0", "1", "450", "412", "incident-partly.md"), levels: []int{2, 2},
		outcome: review.Hold, reason: "We wait for the two who are still writing.", reply: ""},
	{name: "Elif Kaya", zone: "Europe/Istanbul", opening: "frontend", invited: 1, until: invited},
	{name: "Noah Williams", zone: "America/New_York", opening: "frontend", invited: 3, worked: 1, until: working, answers: frontend("0", "", "", "")},
	{name: "Sofia Almeida", zone: "Europe/Lisbon", opening: "frontend", invited: 5, worked: 1, until: submitted, answers: frontend("0", "0,1,2", "0", "form-strong.md")},
	{name: "Marek Novotny", zone: "Europe/Prague", opening: "frontend", invited: 7, worked: 3, until: submitted, cards: 1, answers: frontend("1", "0,1", "0", "form-solid.md"), levels: []int{3, 3}},
	{name: "Aisha Bello", zone: "Africa/Lagos", opening: "frontend", invited: 9, worked: 5, until: submitted, cards: 2, answers: frontend("0", "0,1,2", "0", "form-solid.md"), levels: []int{3, 3}},
	{name: "Lucas Moreau", zone: "Europe/Brussels", opening: "frontend", invited: 12, worked: 8, until: decided, cards: 2, answers: frontend("3", "1,3", "2", "form-partly.md"), levels: []int{1, 2},
		outcome: review.Reject, reason: "Starts from code style, not from people.", reply: kindNo},
	{name: "Hanna Virtanen", zone: "Europe/Helsinki", opening: "frontend", invited: 13, worked: 9, until: decided, cards: 2, answers: frontend("0", "0,1,2", "0", "form-strong.md"), levels: []int{4, 4},
		outcome: review.Advance, reason: "Strong in what we need most.", reply: kindYes},
	{name: "Ravi Menon", zone: "Asia/Kolkata", opening: "frontend", invited: 2, worked: 1, until: opened},
	{name: "Julia Santos", zone: "America/Sao_Paulo", opening: "frontend", invited: 6, worked: 2, until: submitted, answers: frontend("0", "0,2", "1", "form-partly.md")},
	{name: "Ben Carter", zone: "Europe/London", opening: "frontend", invited: 11, worked: 8, until: withdrew},
}

// answer is the body of the story's answer to an item; ok is false where there is none.
func (s story) answer(key string) (body []byte, ok bool, err error) {
	a, ok := s.answers[key]
	if !ok || a == "" {
		return nil, false, nil
	}
	switch {
	case strings.HasSuffix(a, ".md"):
		text, err := files.ReadFile("answers/" + a)
		if err != nil {
			return nil, false, err
		}
		body, err = json.Marshal(map[string][]string{"text": {string(text)}})
		return body, true, err
	case key == "drain-the-queue" || key == "lost-update":
		body, err = json.Marshal(map[string][]string{"typed": {a}})
		return body, true, err
	}
	body, err = json.Marshal(map[string][]string{"choice": strings.Split(a, ",")})
	return body, true, err
}

// seen are notes of readers by level.
var seen = map[int]string{
	1: "Internal names throughout; I could not say from this whether a booking is right.",
	2: "The cause is there. Who was affected, and what to tell them, is not.",
	3: "Says what happened, what is safe and what comes next, in words I would use on the phone.",
	4: "Also says what is not known yet and when the next message comes; the first check could prove the idea wrong.",
}

// card is what reader n wrote: the story's levels, the second reader one apart in the last criterion.
func (s story) card(v *assessment.Version, n int) review.Card {
	c := review.Card{Ratings: map[string]review.Rating{}, Private: "Read once, then again with the rubric.",
		Shareable: "Thank you for reading the timeline so closely."}
	for i, crit := range v.Rubric {
		level := s.levels[min(i, len(s.levels)-1)]
		if n == 1 && i == len(v.Rubric)-1 {
			level = max(1, level-1)
		}
		level = min(level, len(crit.Levels))
		r := review.Rating{Level: level, Note: seen[level]}
		if len(crit.Items) > 0 {
			r.Evidence = []review.Place{{Item: crit.Items[0]}}
		}
		c.Ratings[crit.Key] = r
	}
	return c
}

// invitationOf finds the newest invitation of a sample candidate.
func invitationOf(ctx context.Context, a *app.App, org, mail string) (opening.Invitation, error) {
	var out opening.Invitation
	err := a.DB.Read(ctx, org, func(tx db.Tx) error {
		c, err := a.Candidates.ByEmail(ctx, tx, mail)
		if err != nil {
			return err
		}
		apps, err := a.Openings.ApplicationsOf(ctx, tx, string(candidate.ID(c.ID)))
		if err != nil || len(apps) == 0 {
			return fmt.Errorf("demo: %s has no application: %w", mail, err)
		}
		list, err := a.Openings.InvitationsOf(ctx, tx, apps[0].ID)
		if err != nil || len(list) == 0 {
			return fmt.Errorf("demo: %s has no invitation: %w", mail, err)
		}
		out = list[len(list)-1]
		return nil
	})
	return out, err
}
