// Package notify writes to people: it listens to what lower nouns announce, composes one mail about one thing, and hands it to
// the mail server in a job. Nobody gets two mails about one thing. A link in a mail is a path whose secret is derived when the
// mail is sent or shown, so the table holds none. Without a mail server letters wait in the owner's outbox.
package notify

import (
	"context"
	"embed"
	"errors"
	"time"

	"candor/internal/account"
	"candor/internal/actor"
	"candor/internal/analytics"
	"candor/internal/appeal"
	"candor/internal/attempt"
	"candor/internal/candidate"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/feedback"
	"candor/internal/id"
	"candor/internal/integrity"
	"candor/internal/interview"
	"candor/internal/job"
	"candor/internal/mail"
	"candor/internal/notify/internal/query"
	"candor/internal/opening"
	"candor/internal/org"
	"candor/internal/payment"
	"candor/internal/problem"
	"candor/internal/promise"
	"candor/internal/talk"
	"candor/internal/thread"
	"candor/internal/trial"
)

//go:embed schema/*.sql
var Schema embed.FS

// Mailer hands letters over and gives the server's words; *mail.SMTP is one. nil: there is no server.
type Mailer interface {
	Send(ctx context.Context, l mail.Letter) (words string, err error)
}

// Notify composes and keeps mails.
type Notify struct {
	DB         *db.DB
	Jobs       *job.Jobs
	Accounts   *account.Accounts
	Orgs       *org.Orgs
	Openings   *opening.Openings
	Candidates *candidate.Candidates
	Attempts   *attempt.Attempts
	Feedbacks  *feedback.Feedbacks
	Integrity  *integrity.Integrity
	Analytics  *analytics.Analytics
	Threads    *thread.Threads
	Appeals    *appeal.Appeals
	Interviews *interview.Interviews
	Promises   *promise.Promises
	Payments   *payment.Payments
	Talks      *talk.Talks
	Trials     *trial.Trials
	Server     Mailer
	Inbox      Inbox  // where bounces arrive; nil is nowhere
	URL        string // public address, without a slash at the end
}

// Mail is a letter as the outbox shows it.
type Mail struct {
	ID        string
	About     string // the topic
	SubjectID string
	ToName    string
	ToEmail   string
	Subject   string
	Body      string // plain text, paragraphs apart by empty lines; one that is {{link}} is the link's place, else it comes last
	Action    string // the words of the link, "" none
	Link      string // derived; "" none (any more)
	State     State
	Error     string // the server's last words, "" none
	Tries     int
	Created   time.Time
	Due       time.Time // when it leaves at the earliest
	Sent      time.Time // when the server said yes or no

	replyName, replyEmail, path string
	application                 opening.ApplicationID // what it is about; "" none
	zone                        string                // whose daytime it keeps to; "" leaves at any hour
}

// State is how far a mail is.
type State string

const (
	Queued  State = "queued"
	Sent    State = "sent"    // the mail server took it
	Refused State = "refused" // it would not, or could not be reached for days
	Bounced State = "bounced" // it took it, and said later that it did not arrive
	Dropped State = "dropped" // there was nothing to say any more when it could have left
)

// ErrMissing: no such mail.
var ErrMissing = problem.New(problem.Missing, "mail_missing", "There is no such mail.")

// send is the job that hands a mail over.
const send = job.Task[sendNote]("notify.send")

type sendNote struct{ Org, Mail string }

// Listen wires the topics; call it once before the queue starts.
func (n *Notify) Listen() {
	job.Work(n.Jobs, send, job.Mail, n.deliver)
	job.Listen(n.Jobs, account.LinkWanted, "notify.signin", job.Mail, n.link)
	job.Listen(n.Jobs, opening.Invited, "notify.invited", job.Mail, n.invited)
	n.listenMore()
}

// Put keeps a mail about one thing, once, in the caller's transaction, and enqueues its sending. Nobody writes to a person who was
// erased meanwhile; holding the candidate is the guarding write.
func (n *Notify) Put(ctx context.Context, tx db.Tx, m Mail) error {
	_, err := n.put(ctx, tx, m)
	return err
}

// add keeps a mail whose person is held.
func (n *Notify) add(ctx context.Context, tx db.Tx, m Mail) (added bool, err error) {
	now := n.DB.Now()
	due, err := n.leaves(ctx, tx, m.zone, later(now, m.Due))
	if err != nil {
		return false, err
	}
	if m.Due.After(due) {
		due = m.Due
	}
	key := id.New("mal", now)
	k, err := query.New(tx).Add(ctx, query.AddParams{OrgID: tx.Org, ID: key, About: m.About, SubjectID: m.SubjectID, ToName: m.ToName, ToEmail: m.ToEmail,
		ReplyName: m.replyName, ReplyEmail: m.replyEmail, Subject: m.Subject, Body: m.Body, ActionText: m.Action, ActionPath: m.path, CreatedAt: clock.Milli(now), ApplicationID: string(m.application),
		Zone: m.zone, DueAt: clock.Milli(due)})
	if err != nil || k == 0 || n.Server == nil {
		return k > 0, err
	}
	return true, send.Enqueue(ctx, n.Jobs, tx, sendNote{tx.Org, key}, job.At(due))
}

// link mails a sign-in link or a member's invitation; it is filed with one of the account's organisations.
func (n *Notify) link(ctx context.Context, note account.LinkNote) error {
	var l account.Link
	var to account.Account
	err := n.DB.InstallationRead(ctx, func(tx db.Tx) (err error) {
		if l, err = n.Accounts.LookByID(ctx, tx, note.Link); err != nil {
			return err
		}
		to, err = n.Accounts.ByID(ctx, tx, l.Account)
		return err
	})
	if errors.Is(err, account.ErrLink) {
		return nil // used or out of time meanwhile
	}
	if err != nil {
		return err
	}
	o := l.Org
	if o == "" {
		list, err := n.Orgs.Of(ctx, to.ID)
		if err != nil || len(list) == 0 {
			return err
		}
		o = list[0].ID
	}
	organisation, err := n.Orgs.ByID(ctx, o)
	if err != nil {
		return err
	}
	m := Mail{About: "signin", SubjectID: l.ID, ToName: to.Name, ToEmail: to.Email, Subject: "Your sign-in link", Action: "Sign in", path: "signin:" + l.ID,
		Body: "Here is the link you asked for. It works once, for 15 minutes, in the browser that asked for it; anywhere else it shows six digits to type there.\n\nDid you not ask? Then nothing happens; you may delete this mail."}
	if l.Purpose == account.Member {
		m.About, m.Subject, m.Action = "member", "Join "+organisation.Name+" on Candor", "Join "+organisation.Name
		m.Body = "You have been invited to read and run interviews at " + organisation.Name + ". The link holds for 14 days."
	}
	return n.DB.Write(ctx, o, func(tx db.Tx) error { return n.Put(ctx, tx, m) })
}

// Outbox are the newest mails, 50 at a time, for an owner. Mails about an application that the asker does not see, or reads without
// its name, are left out. ErrRole.
func (n *Notify) Outbox(ctx context.Context, who actor.Actor, before Mail) ([]Mail, error) {
	if err := org.Need(who, "outbox.read"); err != nil {
		return nil, err
	}
	at := int64(1) << 62
	if before.ID != "" {
		at = clock.Milli(before.Created)
	}
	var out []Mail
	err := n.DB.Read(ctx, who.Org, func(tx db.Tx) error {
		rows, err := query.New(tx).Newest(ctx, who.Org, at, before.ID)
		if err != nil {
			return err
		}
		for _, r := range rows {
			if r.ApplicationID != "" {
				a, err := n.Openings.LoadApplicationIn(ctx, tx, who, opening.ApplicationID(r.ApplicationID))
				if errors.Is(err, opening.ErrMissing) || err == nil && a.Blind {
					continue
				}
				if err != nil {
					return err
				}
			}
			m, err := n.show(ctx, tx, r)
			if err != nil {
				return err
			}
			out = append(out, m)
		}
		return nil
	})
	return out, err
}
