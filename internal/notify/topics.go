package notify

import (
	"context"
	"errors"
	"fmt"

	"candor/internal/analytics"
	"candor/internal/appeal"
	"candor/internal/attempt"
	"candor/internal/candidate"
	"candor/internal/db"
	"candor/internal/feedback"
	"candor/internal/integrity"
	"candor/internal/job"
	"candor/internal/opening"
	"candor/internal/org"
)

// listenMore wires what happens after an invitation.
func (n *Notify) listenMore() {
	job.Listen(n.Jobs, opening.CodeWanted, "notify.code", job.Mail, n.code)
	job.Listen(n.Jobs, attempt.Submitted, "notify.receipt", job.Mail, n.receipt)
	job.Listen(n.Jobs, feedback.Released, "notify.released", job.Mail, n.released)
	job.Listen(n.Jobs, opening.Wondered, "notify.wondered", job.Mail, n.wondered)
	job.Listen(n.Jobs, opening.Applied, "notify.applied", job.Mail, n.applied)
	job.Listen(n.Jobs, attempt.Asked, "notify.wished", job.Mail, n.wished)
	job.Listen(n.Jobs, attempt.Answered, "notify.granted", job.Mail, n.granted)
	job.Listen(n.Jobs, attempt.Questioned, "notify.questioned", job.Mail, n.questioned)
	job.Listen(n.Jobs, attempt.Unclear, "notify.unclear", job.Mail, n.unclear)
	job.Listen(n.Jobs, analytics.Drifted, "notify.drifted", job.Mail, n.drifted)
	n.listenTime()
	n.listenReading()
	n.listenAppeals()
	n.listenCases()
	n.listenPromises()
	n.listenTalks()
	n.listenThreads()
	n.listenInterviews()
	n.listenTrials()
}

// toCandidate begins a mail to the person of an application, who may answer the opening's contact.
func (n *Notify) toCandidate(ctx context.Context, tx db.Tx, app opening.ApplicationID) (Mail, opening.Opening, org.Org, error) {
	a, err := n.Openings.ApplicationIn(ctx, tx, app)
	if err != nil {
		return Mail{}, opening.Opening{}, org.Org{}, err
	}
	c, err := n.Candidates.In(ctx, tx, candidate.ID(a.Candidate))
	if err != nil {
		return Mail{}, opening.Opening{}, org.Org{}, err
	}
	o, err := n.Orgs.In(ctx, tx)
	m := Mail{ToName: c.Name, ToEmail: c.Email, replyName: o.Name, replyEmail: o.Contact, application: app, zone: first(c.Zone, o.Zone)}
	if contact, err := n.Orgs.Member(ctx, tx, a.Opening.Contact); err == nil {
		m.replyName, m.replyEmail = contact.Name, contact.Email
	}
	if c.Erased {
		err = errors.Join(err, opening.ErrMissing)
	}
	return m, a.Opening, o, err
}

// compose writes one mail in one transaction; what is gone meanwhile is not written about.
func (n *Notify) compose(ctx context.Context, o string, fn func(tx db.Tx) (Mail, error)) error {
	err := n.DB.Write(ctx, o, func(tx db.Tx) error {
		m, err := fn(tx)
		if err != nil {
			return err
		}
		return n.Put(ctx, tx, m)
	})
	if errors.Is(err, opening.ErrMissing) || errors.Is(err, feedback.ErrMissing) || errors.Is(err, attempt.ErrMissing) || errors.Is(err, appeal.ErrMissing) || errors.Is(err, integrity.ErrCaseMissing) {
		return nil
	}
	return err
}

// code brings a candidate the digits for another device.
func (n *Notify) code(ctx context.Context, note opening.CodeNote) error {
	return n.compose(ctx, note.Org, func(tx db.Tx) (Mail, error) {
		inv, err := n.Openings.InvitationIn(ctx, tx, opening.InvitationID(note.Invitation))
		if err != nil {
			return Mail{}, err
		}
		m, op, o, err := n.toCandidate(ctx, tx, inv.Application)
		if err != nil {
			return m, err
		}
		m.About, m.SubjectID, m.zone = string(opening.CodeWanted), note.Code, ""
		err = n.write(ctx, tx, &m, op, o, "code", map[string]string{"digits": n.Openings.CodeDigits(note.Code)})
		return m, err
	})
}

// receipt tells a candidate what was sent.
func (n *Notify) receipt(ctx context.Context, note attempt.SubmittedNote) error {
	return n.compose(ctx, note.Org, func(tx db.Tx) (Mail, error) {
		m, op, o, err := n.toCandidate(ctx, tx, opening.ApplicationID(note.Application))
		if err != nil {
			return m, err
		}
		a, err := n.Attempts.In(ctx, tx, attempt.ID(note.Attempt))
		if err != nil {
			return m, err
		}
		m.About, m.SubjectID, m.path = string(attempt.Submitted), note.Submission, "invitation:"+string(a.Invitation)
		pressed, err := n.Attempts.Pressed(ctx, tx, a.ID)
		if err != nil {
			return m, err
		}
		if pressed {
			m.zone = ""
		}
		err = n.write(ctx, tx, &m, op, o, "receipt", map[string]string{"days": fmt.Sprint(op.ReplyDays), "receipt": a.Receipt})
		return m, err
	})
}

// released brings a candidate the company's reply.
func (n *Notify) released(ctx context.Context, note feedback.ReleasedNote) error {
	return n.compose(ctx, note.Org, func(tx db.Tx) (Mail, error) {
		m, op, o, err := n.toCandidate(ctx, tx, opening.ApplicationID(note.Application))
		if err != nil {
			return m, err
		}
		r, err := n.Feedbacks.In(ctx, tx, note.Feedback)
		if err != nil {
			return m, err
		}
		m.About, m.SubjectID = string(feedback.Released), note.Feedback
		if m.path, err = n.place(ctx, tx, m.application); err != nil {
			return m, err
		}
		err = n.reply(ctx, tx, &m, op, o, r)
		return m, err
	})
}

// reply writes the decision letter.
func (n *Notify) reply(ctx context.Context, tx db.Tx, m *Mail, op opening.Opening, o org.Org, r feedback.Reply) error {
	outcome, text := r.Words(Lang)
	return n.write(ctx, tx, m, op, o, "reply", map[string]string{"outcome": outcome, "reply": text})
}

// Reply is the decision letter to the person of an application as it would be now; the page that decides shows it, with the name as its
// asker sees it.
func (n *Notify) Reply(ctx context.Context, tx db.Tx, app opening.Application, r feedback.Reply) (Mail, error) {
	m, op, o, err := n.toCandidate(ctx, tx, app.ID)
	if err != nil {
		return m, err
	}
	m.ToName = app.Title()
	err = n.reply(ctx, tx, &m, op, o, r)
	return m, err
}

// place is the way to where a candidate reads of their application: the newest place they have opened, else their first. "" without one.
func (n *Notify) place(ctx context.Context, tx db.Tx, app opening.ApplicationID) (string, error) {
	list, err := n.Openings.InvitationsOf(ctx, tx, app)
	out := ""
	for _, inv := range list {
		if inv.Revoked {
			continue
		}
		out = "invitation:" + string(inv.ID)
		if !inv.OpenedAt.IsZero() {
			break
		}
	}
	return out, err
}
