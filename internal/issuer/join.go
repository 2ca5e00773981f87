package issuer

import (
	"context"
	"database/sql"
	"errors"
	"net/url"
	"slices"
	"strings"
	"time"

	"candor/internal/account"
	"candor/internal/actor"
	"candor/internal/audit"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/issuer/internal/query"
	"candor/internal/org"
	"candor/internal/problem"
)

var (
	// ErrNoMail: a new person without an address.
	ErrNoMail = problem.New(problem.Forbidden, "issuer_no_mail", "The sign-in service did not say which mail address is yours, so we do not know whom it means. Its owner can let Candor read it.")
	// ErrUnchecked: a new person with an address that nobody checked.
	ErrUnchecked = problem.New(problem.Forbidden, "issuer_unchecked", "The sign-in service has not checked your mail address. Confirm it there, or ask us for a link by mail.")
	// ErrStranger: nobody was invited at this address.
	ErrStranger = problem.New(problem.Forbidden, "issuer_stranger", "You are not a member here. Ask an owner of the organisation for an invitation to this address.")
	// ErrConnect: a member by mail, who has not said yet that this is them.
	ErrConnect = problem.New(problem.Forbidden, "issuer_connect", "There is a member with your address, who has not connected this service. Sign in with a link by mail once, and connect it under “You”.")
	// ErrEnded: the member has no access any more.
	ErrEnded = problem.New(problem.Forbidden, "issuer_ended", "You have no access to this organisation any more. An owner can change that.")
	// ErrOther: the account there is connected with another member, or the member with another account there.
	ErrOther = problem.New(problem.Conflict, "issuer_other", "This account is connected with another member, or you with another account there. Disconnect that one first.")
)

// Finish is the way back from an issuer: it signs in and gives the session's cookie, or connects whoever began, with cookie "". session is who is
// signed in in this browser. Whatever went wrong, next is where the person wanted to go. Problems: those of the trip and of this file, ErrMissing.
func (is *Issuers) Finish(ctx context.Context, o org.ID, i ID, trip string, q url.Values, session account.Session, agent string) (cookie, next string, err error) {
	x, t, s, err := is.back(ctx, o, i, trip, q, session)
	if err != nil {
		return "", t.Next, err
	}
	err = is.DB.Write(ctx, o, func(tx db.Tx) error {
		cookie = ""
		n, err := query.New(tx).HoldOne(ctx, tx.Org, string(x.ID)) // whoever removes it ends this too
		if err == nil && n == 0 {
			err = ErrMissing
		}
		if err != nil {
			return err
		}
		if t.Account != "" {
			return is.connect(ctx, tx, x, s, t.Account)
		}
		m, err := is.known(ctx, tx, x, s)
		if errors.Is(err, ErrMissing) {
			m, err = is.welcome(ctx, tx, x, s)
		}
		if err != nil {
			return err
		}
		cookie, err = is.Accounts.BeginBound(ctx, tx, m.Account, agent, string(x.ID))
		return err
	})
	return cookie, t.Next, err
}

// known is the member whom an issuer's subject is. ErrMissing, ErrEnded.
func (is *Issuers) known(ctx context.Context, tx db.Tx, x Issuer, s said) (org.Member, error) {
	id, err := query.New(tx).Who(ctx, tx.Org, x.URL, s.Subject)
	if errors.Is(err, sql.ErrNoRows) {
		return org.Member{}, ErrMissing
	}
	if err != nil {
		return org.Member{}, err
	}
	m, err := is.Orgs.Member(ctx, tx, id)
	if err == nil && m.State != org.Active {
		err = ErrEnded
	}
	return m, err
}

// welcome lets in somebody who comes for the first time, and links them: who was invited at the address, or who has one of the domains.
func (is *Issuers) welcome(ctx context.Context, tx db.Tx, x Issuer, s said) (m org.Member, err error) {
	if s.Email == "" {
		return m, ErrNoMail
	}
	if !s.Verified {
		return m, ErrUnchecked
	}
	email, err := account.Address(s.Email)
	if err != nil {
		return m, ErrNoMail
	}
	a, err := is.Accounts.ByEmail(ctx, tx, email)
	if err == nil {
		m, err = is.Orgs.MemberOf(ctx, tx, a.ID)
	}
	switch {
	case errors.Is(err, account.ErrMissing), errors.Is(err, org.ErrMissing):
		_, at, _ := strings.Cut(strings.ToLower(email), "@")
		if !slices.Contains(x.Domains, at) {
			return m, ErrStranger
		}
		name := strings.TrimSpace(s.Name)
		if name == "" || len([]rune(name)) > 120 {
			name, _, _ = strings.Cut(email, "@")
		}
		if m, err = is.Orgs.Join(ctx, tx, org.Member{Name: name, Email: email, Roles: x.Roles}, string(x.ID)); err != nil {
			return m, err
		}
	case err != nil:
		return m, err
	case m.State == org.Active:
		return m, ErrConnect
	case m.State == org.Disabled:
		return m, ErrEnded
	default:
		if err := is.Orgs.Vouch(ctx, tx, m.ID, string(x.ID)); err != nil {
			return m, err
		}
	}
	return m, is.link(ctx, tx, x, s, m)
}

// link keeps who is who; the unique keys (issuer, subject) and (issuer, member) are the guard.
func (is *Issuers) link(ctx context.Context, tx db.Tx, x Issuer, s said, m org.Member) error {
	now := is.DB.Now()
	n, err := query.New(tx).Link(ctx, query.LinkParams{OrgID: tx.Org, Issuer: x.URL, Subject: s.Subject, MemberID: m.ID, CreatedAt: clock.Milli(now)})
	if err == nil && n == 0 {
		err = ErrOther
	}
	if err != nil {
		return err
	}
	return audit.Record(ctx, tx, now, actor.Actor{Kind: actor.Member, ID: m.ID, Org: tx.Org}, "issuer.connect", string(x.ID), nil)
}

// connect links whoever is signed in. No address is asked for: they said so themselves.
func (is *Issuers) connect(ctx context.Context, tx db.Tx, x Issuer, s said, a account.ID) error {
	m, err := is.Orgs.MemberOf(ctx, tx, a)
	if errors.Is(err, org.ErrMissing) || err == nil && m.State != org.Active {
		return ErrEnded
	}
	if err != nil {
		return err
	}
	if id, err := query.New(tx).Who(ctx, tx.Org, x.URL, s.Subject); err == nil && id == m.ID {
		return nil // twice pressed
	}
	return is.link(ctx, tx, x, s, m)
}

// Connection is how a member stands with an issuer.
type Connection struct {
	Door
	Since time.Time // zero: not connected
}

// Connections are the asker's own, one for each issuer. ErrRole.
func (is *Issuers) Connections(ctx context.Context, who actor.Actor) (out []Connection, err error) {
	if err := org.Need(who, "member.list"); err != nil {
		return nil, err
	}
	err = is.DB.Read(ctx, who.Org, func(tx db.Tx) error {
		all, err := list(ctx, tx)
		if err != nil {
			return err
		}
		linked, err := query.New(tx).Linked(ctx, tx.Org, who.ID)
		for _, x := range all {
			c := Connection{Door: Door{x.ID, x.Label}}
			for _, l := range linked {
				if l.Issuer == x.URL {
					c.Since = clock.Time(l.CreatedAt)
				}
			}
			out = append(out, c)
		}
		return err
	})
	return out, err
}

// Disconnect ends the asker's own connection with an issuer, and the sessions that it began for them. ErrRole, ErrMissing.
func (is *Issuers) Disconnect(ctx context.Context, who actor.Actor, i ID) error {
	if err := org.Need(who, "member.list"); err != nil {
		return err
	}
	return is.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		x, err := load(ctx, tx, i)
		if err != nil {
			return err
		}
		n, err := query.New(tx).Unlink(ctx, tx.Org, x.URL, who.ID)
		if err == nil && n == 0 {
			err = ErrMissing
		}
		if err != nil {
			return err
		}
		m, err := is.Orgs.Member(ctx, tx, who.ID)
		if err != nil {
			return err
		}
		if err := is.Accounts.EndBound(ctx, tx, string(i), m.Account); err != nil {
			return err
		}
		return audit.Record(ctx, tx, is.DB.Now(), who, "issuer.disconnect", string(i), nil)
	})
}
