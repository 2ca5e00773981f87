package demo

import (
	"context"
	"fmt"
	"strings"

	"candor/internal/app"
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
	part                string            // in which somebody who is working is
	answers             map[string]string // item -> choice places "0,1", a typed text, or the name of a file in _answers/; code has its own folder
	cards               int
	explained           []string // answers to the questions about their own work, in order; none: they still wait
	slow                bool     // who answers them after the first reader has sent the rest
	levels              []int    // of the criteria in their order, by the first reader; the second differs by one in the last
	outcome             review.Outcome
	reason, reply       string
	factor              int
	shown               string // printed by the demo, with what to see there
	next                *story // at the next stage, after an advance; without name and invitation
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

func systems(approach, undid string) map[string]string {
	return map[string]string{"choose-an-approach": approach, "a-change-you-undid": undid}
}

const (
	kindNo     = "Thank you for the time and care you put into this. Two things stood out, and we name below what was missing for this role. You are welcome to apply again; nothing of this counts against you."
	kindYes    = "Thank you. We enjoyed reading this, and your note to Ines is one we could have sent. We would like to go on with you; the next stage is in its own mail."
	kindReader = "Thank you. Both of us learned something from your two reviews, and one of your findings is in our own list now. We would like to work with you, and call you this week about how."
	kindHire   = "Thank you. Your review of the form is one its author would be glad of, and we had nothing to add to your undo history. We would like to work with you, and call you this week about how."
)

// The order of the stories is that of the board's making; times are days before today.
var stories = []story{
	{name: "Amara Okafor", zone: "Africa/Lagos", opening: "backend", invited: 1, until: invited, shown: "invited: see what to expect and begin"},
	{name: "Tomas Herrera", zone: "America/Bogota", opening: "backend", invited: 3, worked: 1, until: opened},
	{name: "Ingrid Solheim", zone: "Europe/Oslo", opening: "backend", invited: 4, worked: 1, until: working, part: "quiz", answers: backend("0", "0,1", "", "", ""), factor: 1500, shown: "in the middle of it, with one and a half times the time"},
	{name: "Mateo Rossi", zone: "Europe/Rome", opening: "backend", invited: 5, worked: 1, until: submitted, answers: backend("0", "0,1", "300", "412", "incident-solid.md")},
	{name: "Yusuf Demir", zone: "Europe/Istanbul", opening: "backend", invited: 6, worked: 2, until: submitted, cards: 1, answers: backend("0", "0", "300", "409", "incident-partly.md"), levels: []int{2, 2, 1, 2}},
	{name: "Priya Raman", zone: "Asia/Kolkata", opening: "backend", invited: 16, worked: 13, until: decided, cards: 2, answers: backend("0", "0,1", "300", "412", "incident-strong.md"), levels: []int{4, 4, 4, 4},
		outcome: review.Advance, reason: "Strong throughout, and writes down what is not done.", reply: kindYes,
		next: &story{worked: 7, until: submitted, cards: 1, answers: systems("approach-strong.md", "undid-solid.md"), levels: []int{4, 3, 4, 3}}},
	{name: "Lena Fischer", zone: "Europe/Berlin", opening: "backend", invited: 9, worked: 5, until: submitted, cards: 2, answers: backend("1", "0,1", "300", "", "incident-solid-lena.md"), levels: []int{3, 2, 3, 2}},
	{name: "Samuel Adeyemi", zone: "Europe/London", opening: "backend", invited: 14, worked: 11, until: decided, cards: 2, answers: backend("0", "0,1", "300,0", "412 Precondition Failed", "incident-strong-samuel.md"), levels: []int{4, 3, 4, 4},
		outcome: review.Advance, reason: "Both readers saw a note they would have sent.", reply: kindYes, shown: "advanced: reads our reply and has the next stage"},
	{name: "Chloe Martin", zone: "Europe/Paris", opening: "backend", invited: 14, worked: 10, until: decided, cards: 2, answers: backend("2", "2", "180", "500", "incident-notyet.md"), levels: []int{1, 1, 1, 2},
		outcome: review.Reject, reason: "The note does not say what happened to customers.", reply: kindNo, shown: "declined: reads the feedback"},
	{name: "Hiro Tanaka", zone: "Asia/Tokyo", opening: "backend", invited: 12, worked: 9, until: withdrew},
	{name: "Fatima Zahra", zone: "Africa/Casablanca", opening: "backend", invited: 2, until: invited},
	{name: "Oskar Nowak", zone: "Europe/Warsaw", opening: "backend", invited: 5, worked: 2, until: submitted, answers: backend("0", "0,1,2", "300", "412", "incident-partly-oskar.md")},
	{name: "Grace Mwangi", zone: "Africa/Nairobi", opening: "backend", invited: 7, worked: 3, until: submitted, cards: 1, answers: backend("0", "0,1", "300", "412", "incident-solid-grace.md"), levels: []int{3, 3, 3, 3}},
	{name: "Daniel Cohen", zone: "Asia/Jerusalem", opening: "backend", invited: 13, worked: 9, until: decided, cards: 2, answers: backend("0", "1", "450", "412", "incident-partly-daniel.md"), levels: []int{2, 2, 2, 3},
		outcome: review.Hold, reason: "We wait for the two who are still writing."},
	{name: "Elif Kaya", zone: "Europe/Istanbul", opening: "frontend", invited: 1, until: invited},
	{name: "Noah Williams", zone: "America/New_York", opening: "frontend", invited: 3, worked: 1, until: working, part: "history", answers: frontend("0", "0,1", "0", "")},
	{name: "Sofia Almeida", zone: "Europe/Lisbon", opening: "frontend", invited: 5, worked: 1, until: submitted, answers: frontend("0", "0,1,2", "0", "form-strong.md")},
	{name: "Marek Novotny", zone: "Europe/Prague", opening: "frontend", invited: 7, worked: 3, until: submitted, cards: 1, answers: frontend("1", "0,1", "0", "form-solid.md"), levels: []int{3, 3, 2, 3}},
	{name: "Aisha Bello", zone: "Africa/Lagos", opening: "frontend", invited: 9, worked: 5, until: submitted, cards: 2, answers: frontend("0", "0,1,2", "0", "form-solid-aisha.md"), levels: []int{3, 3, 3, 3}},
	{name: "Lucas Moreau", zone: "Europe/Brussels", opening: "frontend", invited: 12, worked: 8, until: decided, cards: 2, answers: frontend("3", "1,3", "2", "form-partly.md"), levels: []int{1, 2, 1, 2},
		outcome: review.Reject, reason: "Starts from code style, not from people.", reply: kindNo},
	{name: "Hanna Virtanen", zone: "Europe/Helsinki", opening: "frontend", invited: 13, worked: 9, until: decided, cards: 2, answers: frontend("0", "0,1,2", "0", "form-strong-hanna.md"), levels: []int{4, 4, 4, 4},
		outcome: review.Advance, reason: "Strong in what we need most.", reply: kindHire},
	{name: "Ravi Menon", zone: "Asia/Kolkata", opening: "frontend", invited: 2, worked: 1, until: opened},
	{name: "Julia Santos", zone: "America/Sao_Paulo", opening: "frontend", invited: 6, worked: 2, until: submitted, answers: frontend("0", "0,2", "1", "form-partly-julia.md")},
	{name: "Nadia Karim", zone: "Europe/London", opening: "platform", invited: 12, worked: 9, until: decided, cards: 2, levels: []int{4, 4, 4},
		explained: []string{"Nobody would notice until two captains meet at one berth. I would show it with a test that does just that: it passes today, and it should not.",
			"What is lost in silence weighed most, for nobody can mend it afterwards. With the four that I marked and a test for each I would approve; the rest can come later."},
		outcome: review.Advance, reason: "Found what mattered, and what nobody had thought of.", reply: kindReader},
	{name: "Tobias Lind", zone: "Europe/Stockholm", opening: "platform", invited: 9, worked: 5, until: submitted, cards: 2, levels: []int{3, 3, 3},
		explained: []string{"People would rely on something that is not there. I would write down the steps that lead to it and add them as a test.",
			"The error that is only logged. If it went back to the caller and the query took a parameter, I would let it in before the regatta."}},
	{name: "Mei Watanabe", zone: "Asia/Tokyo", opening: "platform", invited: 7, worked: 3, until: submitted, cards: 1, levels: []int{2, 2, 2}, slow: true,
		explained: []string{"I think it can go wrong when two requests come at once. I have not tried it; go test -race would tell.",
			"The query. With a placeholder there I would be content, and about the rest I would ask the author."}},
	{name: "Diego Castro", zone: "America/Santiago", opening: "platform", invited: 13, worked: 10, until: decided, cards: 2, levels: []int{1, 1, 1},
		explained: []string{"It is a classic. Everybody knows that.", "Nothing big. It works."},
		outcome:   review.Reject, reason: "Would have let both in as they are.", reply: kindNo},
	{name: "Anika Rao", zone: "Asia/Kolkata", opening: "platform", invited: 5, worked: 2, until: submitted, shown: "is asked two questions about their own work"},
	{name: "Emeka Nwosu", zone: "Africa/Lagos", opening: "platform", invited: 3, worked: 1, until: working, part: "go", shown: "reviewing a pull request, with a comment half written"},
	{name: "Zofia Lewandowska", zone: "Europe/Warsaw", opening: "tools", invited: 3, worked: 1, until: working, part: "repository", shown: "in the middle of a take-home, in the browser or with git"},
	{name: "Leila Rahman", zone: "Asia/Dhaka", opening: "tools", invited: 8, worked: 4, until: submitted, cards: 2, levels: []int{3, 3, 2, 4}},
	{name: "Emil Larsen", zone: "Europe/Copenhagen", opening: "tools", invited: 7, worked: 2, until: submitted},
	{name: "Joon Seo", zone: "Asia/Seoul", opening: "tools", invited: 6, worked: 2, until: submitted, shown: "sent a take-home, and pushed once more after the end"},
	{name: "Pavel Horak", zone: "Europe/Prague", opening: "timetables", invited: 7, worked: 3, until: submitted, cards: 1, levels: []int{2, 3, 3}},
	{name: "Nora Lindqvist", zone: "Europe/Stockholm", opening: "timetables", invited: 2, worked: 1, until: working, part: "repository", shown: "in the middle of a take-home in Python"},
	{name: "Inês Tavares", zone: "Europe/Lisbon", opening: "timetables", invited: 3, worked: 1, until: opened, shown: "may choose: a take-home, or something that they built already"},
	{name: "Kwame Boateng", zone: "Africa/Accra", opening: "systems", invited: 6, worked: 3, until: submitted, cards: 1, levels: []int{4, 3, 3}},
	{name: "Sara Lund", zone: "Europe/Copenhagen", opening: "systems", invited: 2, worked: 1, until: working, part: "design", shown: "in the middle of a system design, with a diagram"},
	{name: "Ben Carter", zone: "Europe/London", opening: "frontend", invited: 11, worked: 8, until: withdrew},
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
		out = list[0]
		return nil
	})
	return out, err
}
