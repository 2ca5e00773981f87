package notify

import (
	"context"
	"fmt"

	"candor/internal/candidate"
	"candor/internal/db"
	"candor/internal/opening"
	"candor/internal/secret"
)

// wondered brings the contact of an opening what somebody asked who reads its page; an answer goes to whoever asked. One for each address in ten
// minutes.
func (n *Notify) wondered(ctx context.Context, note opening.WonderedNote) error {
	return n.compose(ctx, note.Org, func(tx db.Tx) (Mail, error) {
		asked, at, err := n.Openings.Asked(note)
		if err != nil {
			return Mail{}, err
		}
		op, err := n.Openings.In(ctx, tx, opening.ID(note.Opening))
		if err != nil {
			return Mail{}, err
		}
		turn := at.Truncate(perAddress).UnixMilli()
		return n.toMember(ctx, tx, op.Contact, Mail{About: string(opening.Wondered), SubjectID: secret.Hash(fmt.Sprint(note.Opening, " ", candidate.AddressKey(asked.Email), " ", turn)),
			replyName: asked.Email, replyEmail: asked.Email, Subject: "A question about " + op.Title,
			Body:   "Somebody who reads the page of " + op.Title + " and has not applied asks:\n\n" + asked.Text + "\n\nAnswer this mail, and it reaches them at " + asked.Email + ". Nothing else is kept of the question.",
			Action: "See the page", path: "/o/" + tx.Org + "/openings/" + note.Opening + "/public"})
	})
}
