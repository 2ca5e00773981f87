package notify

import (
	"context"
	"errors"

	"candor/internal/appeal"
	"candor/internal/db"
	"candor/internal/job"
	"candor/internal/opening"
	"candor/internal/review"
)

// listenAppeals wires who hears of an appeal: whoever runs or decides the opening, when it is asked for and when the second look is in, and the
// candidate, when it is answered.
func (n *Notify) listenAppeals() {
	job.Listen(n.Jobs, appeal.Asked, "notify.appeal", job.Mail, n.appealed)
	job.Listen(n.Jobs, review.LookedAgain, "notify.looked_again", job.Mail, n.lookedAgain)
	job.Listen(n.Jobs, appeal.Told, "notify.appeal_told", job.Mail, n.appealTold)
}

func (n *Notify) appealed(ctx context.Context, note appeal.Note) error {
	return n.toDeciders(ctx, note.Org, note.Application, string(appeal.Asked), note.Appeal, "Somebody asks for a second look",
		"A candidate who was declined asks for a second look at their work, and was promised an answer. Somebody who has not seen the first scores reads it, where there is somebody; then one of you answers.")
}

func (n *Notify) lookedAgain(ctx context.Context, note review.RoundNote) error {
	return n.toDeciders(ctx, note.Org, note.Application, string(review.LookedAgain), note.Attempt, "A second look is in",
		"The second look that a candidate asked for is in. It stands beside the first scores; one of you says whether the decision stands, and why.")
}

// toDeciders writes to those who run or decide an opening, without a name: some of them may read without one.
func (n *Notify) toDeciders(ctx context.Context, o, application, about, subject, title, body string) error {
	err := n.DB.Write(ctx, o, func(tx db.Tx) error {
		a, err := n.Openings.ApplicationIn(ctx, tx, opening.ApplicationID(application))
		if err != nil {
			return err
		}
		list, err := n.firstOf(ctx, tx, a, []opening.Role{opening.Manager, opening.Recruiter})
		if err != nil {
			return err
		}
		for _, m := range list {
			err := n.Put(ctx, tx, Mail{About: about, SubjectID: subject + " " + m.ID, ToName: m.Name, ToEmail: m.Email, Subject: title,
				Body: "Hello " + m.Name + ",\n\n" + body, Action: "Open your list", path: "/o/" + tx.Org + "/review"})
			if err != nil {
				return err
			}
		}
		return nil
	})
	if errors.Is(err, opening.ErrMissing) {
		return nil
	}
	return err
}

// appealTold brings a candidate the answer where the decision stands; where they go on, the reply does.
func (n *Notify) appealTold(ctx context.Context, note appeal.Note) error {
	return n.compose(ctx, note.Org, func(tx db.Tx) (Mail, error) {
		x, err := n.Appeals.In(ctx, tx, note.Appeal)
		if err != nil {
			return Mail{}, err
		}
		if x.State != appeal.Upheld {
			return Mail{}, appeal.ErrMissing
		}
		m, op, o, err := n.toCandidate(ctx, tx, x.Application)
		if err != nil {
			return m, err
		}
		m.About, m.SubjectID = string(appeal.Told), x.ID
		if m.path, err = n.place(ctx, tx, x.Application); err != nil {
			return m, err
		}
		err = n.write(ctx, tx, &m, op, o, "second", map[string]string{"reply": x.Draft.Answer})
		return m, err
	})
}
