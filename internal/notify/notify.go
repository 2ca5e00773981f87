// Package notify writes to people: it listens to what lower nouns announce, composes one mail about one thing, and hands it to
// the mail server in a job. Nobody gets two mails about one thing. A link in a mail is a path whose secret is derived when the
// mail is sent or shown, so the table holds none. Without a mail server letters wait in the owner's outbox.
package notify

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"html"
	"strings"
	"time"

	"candor/internal/account"
	"candor/internal/actor"
	"candor/internal/attempt"
	"candor/internal/candidate"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/feedback"
	"candor/internal/id"
	"candor/internal/integrity"
	"candor/internal/job"
	"candor/internal/mail"
	"candor/internal/notify/internal/query"
	"candor/internal/opening"
	"candor/internal/org"
	"candor/internal/problem"
)

//go:embed schema/*.sql
var Schema embed.FS

// Mailer hands letters over; *mail.SMTP is one. nil: there is no server.
type Mailer interface {
	Send(ctx context.Context, l mail.Letter) error
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
	Server     Mailer
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
	Body      string // plain text, paragraphs apart by empty lines
	Action    string // the words of the link, "" none
	Link      string // derived; "" none (any more)
	State     string // queued, sent, refused
	Error     string // the server's words
	Created   time.Time
	Sent      time.Time

	replyName, replyEmail, path string
	application                 opening.ApplicationID // what it is about; "" none
}

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
	if m.application != "" {
		a, err := n.Openings.ApplicationIn(ctx, tx, m.application)
		if err == nil {
			err = n.Candidates.Hold(ctx, tx, candidate.ID(a.Candidate))
		}
		if errors.Is(err, opening.ErrMissing) || errors.Is(err, candidate.ErrMissing) {
			return nil
		}
		if err != nil {
			return err
		}
	}
	now := n.DB.Now()
	key := id.New("mal", now)
	added, err := query.New(tx).Add(ctx, query.AddParams{OrgID: tx.Org, ID: key, About: m.About, SubjectID: m.SubjectID, ToName: m.ToName, ToEmail: m.ToEmail,
		ReplyName: m.replyName, ReplyEmail: m.replyEmail, Subject: m.Subject, Body: m.Body, ActionText: m.Action, ActionPath: m.path, CreatedAt: clock.Milli(now), ApplicationID: string(m.application)})
	if err != nil || added == 0 || n.Server == nil {
		return err
	}
	return send.Enqueue(ctx, n.Jobs, tx, sendNote{tx.Org, key}, job.Tries(12))
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

// invited mails a candidate their link.
func (n *Notify) invited(ctx context.Context, note opening.InvitedNote) error {
	var m Mail
	err := n.DB.Read(ctx, note.Org, func(tx db.Tx) (err error) {
		inv, err := n.Openings.InvitationIn(ctx, tx, opening.InvitationID(note.Invitation))
		if err != nil {
			return err
		}
		if inv.Revoked {
			return opening.ErrMissing
		}
		m, err = n.Invitation(ctx, tx, inv)
		m.SubjectID = fmt.Sprint(note.Invitation, "#", note.Turn)
		return err
	})
	if errors.Is(err, opening.ErrMissing) {
		return nil
	}
	if err != nil {
		return err
	}
	return n.DB.Write(ctx, note.Org, func(tx db.Tx) error { return n.Put(ctx, tx, m) })
}

// Invitation is the mail of an invitation.
func (n *Notify) Invitation(ctx context.Context, tx db.Tx, inv opening.Invitation) (Mail, error) {
	c, err := n.Candidates.In(ctx, tx, candidate.ID(inv.Candidate))
	if err != nil {
		return Mail{}, err
	}
	op, err := n.Openings.In(ctx, tx, inv.Opening)
	if err != nil {
		return Mail{}, err
	}
	m, err := n.Draft(ctx, tx, op, opening.Stage{Format: inv.Format, Ref: inv.Ref}, opening.InviteForm{Name: c.Name, Email: c.Email, Zone: first(inv.Zone, c.Zone), Note: inv.Note, FinishBy: inv.FinishBy})
	m.path, m.application = "invitation:"+string(inv.ID), inv.Application
	return m, err
}

// Draft is the mail of an invitation that is not made yet, as it will look; the page that invites shows it. f.FinishBy is needed.
func (n *Notify) Draft(ctx context.Context, tx db.Tx, op opening.Opening, s opening.Stage, f opening.InviteForm) (Mail, error) {
	organisation, err := n.Orgs.In(ctx, tx)
	if err != nil {
		return Mail{}, err
	}
	contact, err := n.Orgs.Member(ctx, tx, op.Contact)
	if err != nil {
		contact = org.Member{Name: organisation.Name, Email: organisation.Contact}
	}
	what := "an interview in turns"
	if format, ok := n.Openings.Format(s.Format); ok {
		if d, err := format.Describe(ctx, tx.Org, s.Ref); err == nil {
			d = d.With(s)
			what = fmt.Sprintf("“%s”: %s, about %d minutes in all", d.Title, parts(d.Parts), d.Minutes)
		}
	}
	m := Mail{About: string(opening.Invited), ToName: f.Name, ToEmail: f.Email, Subject: op.Title + " at " + organisation.Name + ": your interview",
		Action: "See what to expect", replyName: contact.Name, replyEmail: contact.Email}
	m.Body = Compose(Invite{Name: f.Name, Opening: op.Title, Org: organisation.Name, What: what, By: f.FinishBy, Zone: first(f.Zone, organisation.Zone),
		ReplyDays: op.ReplyDays, Contact: contact.Name, Note: f.Note})
	return m, nil
}

// Answers is whom an answer to the mail reaches, as name and address.
func (m Mail) Answers() (name, email string) { return m.replyName, m.replyEmail }

func parts(n int) string {
	if n == 1 {
		return "one part"
	}
	return fmt.Sprint(n, " parts")
}

func first(list ...string) string {
	for _, s := range list {
		if s != "" {
			return s
		}
	}
	return ""
}

// Invite is what an invitation's mail is made from.
type Invite struct {
	Name, Opening, Org, What string
	By                       time.Time
	Zone                     string
	ReplyDays                int
	Contact, Note            string
}

// Compose is the text of an invitation.
func Compose(i Invite) string {
	zone, err := time.LoadLocation(i.Zone)
	if err != nil {
		zone = time.UTC
	}
	var b strings.Builder
	fmt.Fprintf(&b, "Hello %s,\n\n", i.Name)
	if i.Note != "" {
		fmt.Fprintf(&b, "%s\n\n", i.Note)
	}
	fmt.Fprintf(&b, "%s would like to go on with you for %s. It is %s, in your own time and with your own tools, by %s (%s).\n\n", i.Org, i.Opening, i.What,
		i.By.In(zone).Format("Monday 2 January, 15:04"), zone)
	fmt.Fprintf(&b, "The link shows everything before anything starts: what you will be asked, who reads it, how it is scored. No clock runs until you press start. You hear from us within %d working days after you have sent your last part, with written feedback, either way.\n\n", i.ReplyDays)
	fmt.Fprintf(&b, "You need no account. Answer this mail if anything is unclear, or if you need it another way.\n\n%s", i.Contact)
	return b.String()
}

// deliver hands one mail over. A refusal is kept in the server's words; a server that is down is tried again.
func (n *Notify) deliver(ctx context.Context, note sendNote) error {
	var m Mail
	err := n.DB.Read(ctx, note.Org, func(tx db.Tx) (err error) {
		m, err = n.in(ctx, tx, note.Mail)
		return err
	})
	if errors.Is(err, ErrMissing) || err == nil && m.State != "queued" {
		return nil
	}
	if err != nil {
		return err
	}
	l := mail.Letter{ToName: m.ToName, ToEmail: m.ToEmail, ReplyName: m.replyName, ReplyEmail: m.replyEmail, Subject: m.Subject, Text: m.Text(), HTML: m.HTML(), ID: m.ID, Date: n.DB.Now()}
	state, words := "sent", ""
	if err := n.Server.Send(ctx, l); err != nil {
		var no *mail.Refused
		if !errors.As(err, &no) {
			return err
		}
		state, words = "refused", no.Words
	}
	return n.DB.Write(ctx, note.Org, func(tx db.Tx) error {
		_, err := query.New(tx).Settle(ctx, query.SettleParams{OrgID: note.Org, ID: note.Mail, State: state, Error: words, SentAt: clock.Milli(n.DB.Now())})
		return err
	})
}

func (n *Notify) in(ctx context.Context, tx db.Tx, key string) (Mail, error) {
	r, err := query.New(tx).Mail(ctx, tx.Org, key)
	if errors.Is(err, sql.ErrNoRows) {
		return Mail{}, ErrMissing
	}
	if err != nil {
		return Mail{}, err
	}
	return n.show(ctx, tx, query.NewestRow(r))
}

func (n *Notify) show(ctx context.Context, tx db.Tx, r query.NewestRow) (Mail, error) {
	m := Mail{ID: r.ID, About: r.About, SubjectID: r.SubjectID, ToName: r.ToName, ToEmail: r.ToEmail, Subject: r.Subject, Body: r.Body, Action: r.ActionText, State: r.State,
		Error: r.Error, Created: clock.Time(r.CreatedAt), Sent: clock.Time(r.SentAt), replyName: r.ReplyName, replyEmail: r.ReplyEmail, path: r.ActionPath}
	var err error
	m.Link, err = n.resolve(ctx, tx, r.ActionPath)
	return m, err
}

// resolve derives the address of a mail's link; "" when it does not hold any more.
func (n *Notify) resolve(ctx context.Context, tx db.Tx, path string) (string, error) {
	kind, key, _ := strings.Cut(path, ":")
	switch kind {
	case "signin":
		_, err := n.Accounts.LookByID(ctx, tx, key)
		if errors.Is(err, account.ErrLink) {
			return "", nil
		}
		return n.URL + "/sign-in/" + n.Accounts.Secret(key), err
	case "invitation":
		inv, err := n.Openings.InvitationIn(ctx, tx, opening.InvitationID(key))
		if errors.Is(err, opening.ErrMissing) || err == nil && inv.Revoked {
			return "", nil
		}
		return n.URL + "/i/" + n.Openings.Secret(inv), err
	case "apply":
		o, sealed, _ := strings.Cut(key, ":")
		link, err := n.Openings.PublicSecret(ctx, tx, opening.ID(o))
		if errors.Is(err, opening.ErrMissing) {
			return "", nil
		}
		return n.URL + "/apply/" + link + "/" + sealed, err
	case "":
		return "", nil
	}
	return n.URL + path, nil
}

// Text is the plain part.
func (m Mail) Text() string {
	s := m.Body
	if m.Link != "" {
		s += "\n\n" + m.Action + ":\n" + m.Link
	}
	return s + "\n"
}

// HTML is the other part: paragraphs and the link as a button, nothing that loads from anywhere.
func (m Mail) HTML() string {
	var b strings.Builder
	b.WriteString(`<!doctype html><html lang="en"><body style="font:16px/1.55 system-ui,sans-serif;color:#1b202b;max-width:36rem">`)
	for _, p := range strings.Split(m.Body, "\n\n") {
		b.WriteString("<p>" + strings.ReplaceAll(html.EscapeString(p), "\n", "<br>") + "</p>")
	}
	if m.Link != "" {
		fmt.Fprintf(&b, `<p><a href="%s" style="display:inline-block;background:#2c4fbb;color:#ffffff;padding:12px 20px;border-radius:10px;text-decoration:none">%s</a></p><p style="color:#5f6571;font-size:14px">%s</p>`,
			html.EscapeString(m.Link), html.EscapeString(m.Action), html.EscapeString(m.Link))
	}
	b.WriteString("</body></html>")
	return b.String()
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
