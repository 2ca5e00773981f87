package notify

import (
	"context"
	"errors"

	"candor/internal/actor"
	"candor/internal/db"
	"candor/internal/id"
	"candor/internal/mail"
	"candor/internal/org"
	"candor/internal/problem"
)

// Tried is what came of a test mail, in the server's words.
type Tried struct {
	To, Words string
	OK        bool
}

// ErrNoServer: there is nothing to send with.
var ErrNoServer = problem.New(problem.Conflict, "mail_no_server", "No mail server is set up. Start Candor with --smtp.")

// Try sends the asker a mail at once. ErrRole of org, ErrNoServer.
func (n *Notify) Try(ctx context.Context, who actor.Actor) (Tried, error) {
	if err := org.Need(who, "outbox.test"); err != nil {
		return Tried{}, err
	}
	if n.Server == nil {
		return Tried{}, ErrNoServer
	}
	var me org.Member
	err := n.DB.Read(ctx, who.Org, func(tx db.Tx) (err error) {
		me, err = n.Orgs.Member(ctx, tx, who.ID)
		return err
	})
	if err != nil {
		return Tried{}, err
	}
	now := n.DB.Now()
	m := Mail{Subject: "A test mail from Candor", Body: "Hello " + me.Name + ",\n\nthis mail came the same way as those to candidates. Look at where it landed, and at its headers: SPF, DKIM and DMARC should say “pass”."}
	words, err := n.Server.Send(ctx, mail.Letter{ToName: me.Name, ToEmail: me.Email, Subject: m.Subject, Text: m.Text(), HTML: m.HTML(), ID: id.New("tst", now), Date: now})
	var no *mail.Refused
	var later *mail.Later
	switch {
	case errors.As(err, &no):
		return Tried{me.Email, no.Words, false}, nil
	case errors.As(err, &later):
		return Tried{me.Email, later.Words, false}, nil
	}
	return Tried{me.Email, words, err == nil}, err
}

// Names are the members' names, for a page that says who changed something.
func (n *Notify) Names(ctx context.Context, who actor.Actor) (map[string]string, error) {
	out := map[string]string{}
	err := n.DB.Read(ctx, who.Org, func(tx db.Tx) error {
		all, err := n.Orgs.MembersIn(ctx, tx)
		for _, m := range all {
			out[m.ID] = m.Name
		}
		return err
	})
	return out, err
}
