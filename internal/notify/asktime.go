package notify

import (
	"context"

	"candor/internal/db"
	"candor/internal/job"
	"candor/internal/opening"
)

// listenTime wires what is asked and answered about the end of a window.
func (n *Notify) listenTime() {
	job.Listen(n.Jobs, opening.TimeAsked, "notify.time_asked", job.Mail, n.timeAsked)
	job.Listen(n.Jobs, opening.TimeAnswered, "notify.time_answered", job.Mail, n.timeAnswered)
}

// timeAsked tells whoever looks after an opening's candidates that one of them asks for more time; who it is and what they say stands behind the link.
func (n *Notify) timeAsked(ctx context.Context, note opening.TimeNote) error {
	return n.compose(ctx, note.Org, func(tx db.Tx) (Mail, error) {
		t, err := n.Openings.TimeAskIn(ctx, tx, note.Ask)
		if err != nil {
			return Mail{}, err
		}
		if !t.Waits() {
			return Mail{}, opening.ErrMissing // answered already
		}
		op, err := n.Openings.In(ctx, tx, t.Opening)
		if err != nil {
			return Mail{}, err
		}
		o, err := n.Orgs.In(ctx, tx)
		if err != nil {
			return Mail{}, err
		}
		due, err := n.Attempts.AnswerBy(ctx, tx, t.Asked)
		if err != nil {
			return Mail{}, err
		}
		return n.toMember(ctx, tx, op.Contact, Mail{About: string(opening.TimeAsked), SubjectID: note.Ask, Subject: "A candidate asks for more time: " + op.Title,
			Action: "Read it and answer", path: "/o/" + tx.Org + "/openings/" + string(t.Opening) + "?view=us",
			Body: "Somebody who is invited asks for more time. They were promised an answer by " + day(due, o.Zone) + ", and nothing of theirs ends before it.\n\nOn the board they stand first; one press gives it."})
	})
}

// timeAnswered tells a candidate what came of it.
func (n *Notify) timeAnswered(ctx context.Context, note opening.TimeNote) error {
	return n.compose(ctx, note.Org, func(tx db.Tx) (Mail, error) {
		t, err := n.Openings.TimeAskIn(ctx, tx, note.Ask)
		if err != nil {
			return Mail{}, err
		}
		m, op, o, err := n.toCandidate(ctx, tx, t.Application)
		if err != nil {
			return m, err
		}
		m.About, m.SubjectID, m.path = string(opening.TimeAnswered), note.Ask, "invitation:"+string(t.Invitation)
		says := "You have more time: until " + spell(t.Until, m.zone) + ". It is already on your page."
		if t.Until.IsZero() {
			says = "We could not give more time. " + t.Reply
		}
		err = n.write(ctx, tx, &m, op, o, "moretime", map[string]string{"outcome": says})
		return m, err
	})
}
