package notify

import (
	"context"
	"fmt"

	"candor/internal/attempt"
	"candor/internal/db"
	"candor/internal/opening"
)

// questioned tells a candidate that the questions about their work are there, and until when.
func (n *Notify) questioned(ctx context.Context, note attempt.SubmittedNote) error {
	return n.compose(ctx, note.Org, func(tx db.Tx) (Mail, error) {
		m, op, o, err := n.toCandidate(ctx, tx, opening.ApplicationID(note.Application))
		if err != nil {
			return m, err
		}
		a, err := n.Attempts.In(ctx, tx, attempt.ID(note.Attempt))
		if err != nil {
			return m, err
		}
		list, err := n.Attempts.Questions(ctx, tx, a.ID)
		if err != nil {
			return m, err
		}
		inv, err := n.Openings.InvitationIn(ctx, tx, a.Invitation)
		if err != nil {
			return m, err
		}
		pressed, err := n.Attempts.Pressed(ctx, tx, a.ID)
		if err != nil {
			return m, err
		}
		if pressed {
			m.zone = "" // it answers their own press, and their time runs from now
		}
		m.About, m.SubjectID, m.path = string(attempt.Questioned), note.Attempt, "invitation:"+string(a.Invitation)
		err = n.write(ctx, tx, &m, op, o, "explain", map[string]string{"questions": fmt.Sprint(len(list)), "minutes": fmt.Sprint(len(list) * opening.QuestionMinutes),
			"by": spell(inv.FinishBy, inv.Zone)})
		return m, err
	})
}

// unclear tells the opening's contact what a candidate says of a question. Who it is stands behind the link, for those who may know.
func (n *Notify) unclear(ctx context.Context, note attempt.UnclearNote) error {
	return n.compose(ctx, note.Org, func(tx db.Tx) (Mail, error) {
		app, err := n.Openings.ApplicationIn(ctx, tx, opening.ApplicationID(note.Application))
		if err != nil {
			return Mail{}, err
		}
		return n.toMember(ctx, tx, app.Opening.Contact, Mail{About: string(attempt.Unclear), SubjectID: fmt.Sprintf("%s#%d#%d", note.Attempt, note.N, note.At),
			Subject: "A question is unclear: " + app.Opening.Title, Action: "See what they say", path: "/o/" + tx.Org + "/applications/" + note.Application + "/parts",
			Body: "A candidate says that a question about their work is unclear, or not about their work. It counts for nothing against them. Please answer them; you can also give them more time or open the questions again."})
	})
}
