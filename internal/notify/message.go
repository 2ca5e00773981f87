package notify

import (
	"context"
	"strings"
	"time"

	"candor/internal/actor"
	"candor/internal/audit"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/notify/internal/query"
	"candor/internal/opening"
	"candor/internal/problem"
)

// message is what a mail that somebody wrote to a candidate is about; its subject is the act and the application.
const message = "message"

// Regret is how long a message that somebody wrote waits, so that they can take it back.
const Regret = 15 * time.Second

// What a message has room for, in characters.
const (
	MaxMessageSubject = 100
	MaxMessage        = 4000
)

var (
	// ErrWritten: the act has written to this person already.
	ErrWritten = problem.New(problem.Conflict, "message_written", "This message was sent to them already.")
	// ErrLeft: the mail is on its way.
	ErrLeft = problem.New(problem.Conflict, "mail_left", "This mail has left already, so it cannot be taken back.")
)

// CheckMessage says what a message lacks. ErrInvalid on subject or message.
func CheckMessage(subject, text string) error {
	switch {
	case strings.TrimSpace(subject) == "":
		return problem.Field("subject", "Give the mail a subject.")
	case strings.ContainsAny(subject, "\r\n"):
		return problem.Field("subject", "A subject is one line.")
	case len([]rune(subject)) > MaxMessageSubject:
		return problem.Field("subject", "This is longer than 100 characters.")
	case strings.TrimSpace(text) == "":
		return problem.Field("message", "Write what they are to know.")
	case len([]rune(text)) > MaxMessage:
		return problem.Field("message", "This is longer than 4,000 characters.")
	}
	return nil
}

// Message writes to the person of an application, in their daytime and not before Regret is over, and gives the mail; act is the same
// for one press to many, and writes to nobody twice. For those who run or decide the opening and know the name. ErrInvalid,
// ErrWritten, opening.ErrMissing, opening.ErrRole, opening.ErrMoved when the application has ended.
func (n *Notify) Message(ctx context.Context, who actor.Actor, app opening.ApplicationID, act, subject, text string) (mail string, err error) {
	if err := CheckMessage(subject, text); err != nil {
		return "", err
	}
	err = n.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		if err := n.mayMessage(ctx, tx, who, app); err != nil {
			return err
		}
		m, op, o, err := n.toCandidate(ctx, tx, app)
		if err != nil {
			return err
		}
		now := n.DB.Now()
		m.About, m.SubjectID, m.Due = message, act+":"+string(app), now.Add(Regret)
		if m.path, err = n.place(ctx, tx, app); err != nil {
			return err
		}
		if err := n.write(ctx, tx, &m, op, o, "several", map[string]string{"subject": subject, "message": text}); err != nil {
			return err
		}
		added, err := n.put(ctx, tx, m)
		switch {
		case err != nil:
			return err
		case !added:
			return ErrWritten
		}
		if mail, err = query.New(tx).MailAbout(ctx, tx.Org, m.About, m.SubjectID); err != nil {
			return err
		}
		return audit.Record(ctx, tx, now, who, "application.message", string(app), audit.Facts{"mail": mail})
	})
	return mail, err
}

// mayMessage refuses whoever neither runs nor decides the opening, whoever is blind, and applications that have ended.
func (n *Notify) mayMessage(ctx context.Context, tx db.Tx, who actor.Actor, app opening.ApplicationID) error {
	a, err := n.Openings.LoadApplicationIn(ctx, tx, who, app)
	switch {
	case err != nil:
		return err
	case a.Blind || !a.Opening.MayManage(who) && !a.Opening.MayDecide(who):
		return opening.ErrRole
	case a.Status != opening.Active:
		return opening.ErrMoved.Saying("This application has ended. Write to them from your own mail.")
	}
	return nil
}

// Unsend takes back a message that has not left. ErrMissing, ErrLeft, and those of Message.
func (n *Notify) Unsend(ctx context.Context, who actor.Actor, mail, reason string) error {
	return n.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		m, err := n.in(ctx, tx, mail)
		if err != nil {
			return err
		}
		if m.About != message {
			return ErrMissing
		}
		if err := n.mayMessage(ctx, tx, who, m.application); err != nil {
			return err
		}
		now := n.DB.Now()
		k, err := query.New(tx).Settle(ctx, query.SettleParams{OrgID: tx.Org, ID: mail, State: string(Dropped), Error: "Taken back before it left.", SentAt: clock.Milli(now)})
		switch {
		case err != nil:
			return err
		case k == 0:
			return ErrLeft
		}
		why, err := audit.Reason(ctx, tx, now, string(m.application), reason)
		if err != nil {
			return err
		}
		return audit.Record(ctx, tx, now, who, "application.unsend", string(m.application), audit.Facts{"mail": mail, "reason": why})
	})
}
