package notify

import (
	"context"
	"fmt"
	"time"

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
		zone, err := time.LoadLocation(inv.Zone)
		if err != nil {
			zone = time.UTC
		}
		m.About, m.SubjectID, m.path = string(attempt.Questioned), note.Attempt, "invitation:"+string(a.Invitation)
		m.Subject, m.Action = fmt.Sprintf("%d questions about your work: %s", len(list), op.Title), "See the questions"
		m.Body = fmt.Sprintf("Hello %s,\n\nthank you for what you sent for %s at %s. As your page said from the start, there are %d short questions about your own work. Everybody in this opening is asked.\n\n"+
			"They take about %d minutes. There is no clock: you have until %s, and you can answer one by one. Each says why it is asked. If one is unclear, or not about your work, say so there.\n\n"+
			"Answer this mail if you need more time.\n\n%s", m.ToName, op.Title, o.Name, len(list), len(list)*opening.QuestionMinutes,
			inv.FinishBy.In(zone).Format("Monday 2 January, 15:04 (MST)"), m.replyName)
		return m, nil
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
