package notify

import (
	"context"

	"candor/internal/db"
	"candor/internal/integrity"
	"candor/internal/job"
	"candor/internal/opening"
	"candor/internal/org"
)

// listenCases wires what is written about a case.
func (n *Notify) listenCases() {
	job.Listen(n.Jobs, integrity.Asked, "notify.asked", job.Mail, n.asked)
	job.Listen(n.Jobs, integrity.Extended, "notify.extended", job.Mail, n.extended)
	job.Listen(n.Jobs, integrity.Heard, "notify.heard", job.Mail, n.heard)
	job.Listen(n.Jobs, integrity.Told, "notify.told", job.Mail, n.told)
	job.Listen(n.Jobs, integrity.Named, "notify.named", job.Mail, n.named)
}

// aboutCase begins a mail to the candidate of a case, who may answer its contact. until is a day as the organisation counts it.
func (n *Notify) aboutCase(ctx context.Context, tx db.Tx, note integrity.CaseNote) (m Mail, c integrity.Case, op opening.Opening, o org.Org, err error) {
	if c, err = n.Integrity.CaseIn(ctx, tx, integrity.CaseID(note.Case)); err != nil {
		return m, c, op, o, err
	}
	if m, op, o, err = n.toCandidate(ctx, tx, c.Application); err != nil {
		return m, c, op, o, err
	}
	if contact, err := n.Orgs.Member(ctx, tx, c.Contact); err == nil && contact.State == org.Active {
		m.replyName, m.replyEmail = contact.Name, contact.Email
	}
	m.SubjectID = note.Case + "#" + note.Turn
	m.path, err = n.place(ctx, tx, c.Application)
	return m, c, op, o, err
}

// asked tells a candidate of a question, in calm words: what was noticed stands on the page.
func (n *Notify) asked(ctx context.Context, note integrity.CaseNote) error {
	return n.compose(ctx, note.Org, func(tx db.Tx) (Mail, error) {
		m, c, op, o, err := n.aboutCase(ctx, tx, note)
		if err != nil {
			return m, err
		}
		m.About = string(integrity.Asked)
		err = n.write(ctx, tx, &m, op, o, "question", map[string]string{"by": day(c.Due, o.Zone)})
		return m, err
	})
}

// extended tells a candidate of more time.
func (n *Notify) extended(ctx context.Context, note integrity.CaseNote) error {
	return n.compose(ctx, note.Org, func(tx db.Tx) (Mail, error) {
		m, c, op, o, err := n.aboutCase(ctx, tx, note)
		if err != nil {
			return m, err
		}
		m.About = string(integrity.Extended)
		err = n.write(ctx, tx, &m, op, o, "longer", map[string]string{"by": day(c.Due, o.Zone)})
		return m, err
	})
}

// told brings a candidate the verdict with its reason.
func (n *Notify) told(ctx context.Context, note integrity.CaseNote) error {
	return n.compose(ctx, note.Org, func(tx db.Tx) (Mail, error) {
		m, c, op, o, err := n.aboutCase(ctx, tx, note)
		if err != nil {
			return m, err
		}
		m.About = string(integrity.Told)
		says, why := "thank you for your answer. It explains what we asked about, and nothing of it stays.", c.Reason
		switch {
		case c.Appeal == integrity.Lifted:
			says, why = "a third person has looked at it again. The finding is taken back, and nothing of it stays.", c.AppealWhy
		case c.Appeal == integrity.Upheld:
			says, why = "a third person has looked at it again, and comes to the same finding. This is the last word on it.", c.AppealWhy
		case c.Outcome == integrity.Found:
			says = "a person who has seen no score of yours has looked at what was noticed and at what you wrote. Their finding is that your own work on it is not shown. It decides nothing about your application by itself.\n\n" +
				"You can ask for another look, once, until the end of " + day(c.AppealDue, o.Zone) + ": a third person decides then. You are not declined before that day."
		}
		err = n.write(ctx, tx, &m, op, o, "verdict", map[string]string{"outcome": says, "reason": why})
		return m, err
	})
}

// heard tells whoever has the turn that the candidate wrote: the second person, and after that whoever opened the case.
func (n *Notify) heard(ctx context.Context, note integrity.CaseNote) error {
	return n.compose(ctx, note.Org, func(tx db.Tx) (Mail, error) {
		c, err := n.Integrity.CaseIn(ctx, tx, integrity.CaseID(note.Case))
		if err != nil {
			return Mail{}, err
		}
		to, subject, says := c.Decider, "An answer to read", "The candidate has answered in a case that is yours to decide. You see the work and the answer, no name and no score."
		if c.Outcome != "" {
			to, subject, says = c.OpenedBy, "A case was answered", "The candidate wrote about a case that you opened."
			if c.Standing(n.DB.Now()) == integrity.Appealed {
				says = "The candidate asks for another look at a finding. Please name a third person who decides: somebody without a role in this opening."
			}
		}
		return n.toMember(ctx, tx, to, Mail{About: string(integrity.Heard), SubjectID: note.Case + "#" + note.Turn, Subject: subject, Body: says, Action: "Open the case",
			path: "/o/" + tx.Org + "/cases/" + note.Case})
	})
}

// named tells somebody that they are to decide.
func (n *Notify) named(ctx context.Context, note integrity.NamedNote) error {
	return n.compose(ctx, note.Org, func(tx db.Tx) (Mail, error) {
		if _, err := n.Integrity.CaseIn(ctx, tx, integrity.CaseID(note.Case)); err != nil {
			return Mail{}, err
		}
		return n.toMember(ctx, tx, note.Member, Mail{About: string(integrity.Named), SubjectID: note.Case + "#" + note.Member, Subject: "You are asked to decide a case",
			Body: "Somebody noticed that a candidate’s work is also in another text, and has asked the candidate about it. You were named because you have seen no score and have no role in that opening.\n\n" +
				"You read the work and the answer without a name, and say whether it is explained. We write again when there is an answer; before that, or before the candidate’s day is over, there is nothing to do.",
			Action: "Open the case", path: "/o/" + tx.Org + "/cases/" + note.Case})
	})
}

// toMember addresses a mail to a member; whoever is not there any more gets none.
func (n *Notify) toMember(ctx context.Context, tx db.Tx, m org.MemberID, mail Mail) (Mail, error) {
	who, err := n.Orgs.Member(ctx, tx, m)
	if err != nil || who.State != org.Active {
		return Mail{}, opening.ErrMissing
	}
	mail.ToName, mail.ToEmail = who.Name, who.Email
	return mail, nil
}
