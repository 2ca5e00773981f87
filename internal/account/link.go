package account

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"candor/internal/account/internal/query"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/id"
	"candor/internal/secret"
)

// Secret is the link's secret, derived again from its id.
func (as *Accounts) Secret(link string) string { return as.Key.Link("signin", link) }

// Digits is the code for a link that was opened in another browser.
func (as *Accounts) Digits(link string) string { return as.Key.Digits("signin-code", link) }

func (as *Accounts) add(ctx context.Context, tx db.Tx, a ID, p Purpose, org, browser string, life time.Duration) (string, error) {
	now := as.DB.Now()
	link := id.New("lnk", now)
	bound := ""
	if browser != "" {
		bound = secret.Hash(browser)
	}
	return link, query.New(tx).AddLink(ctx, query.AddLinkParams{ID: link, Hash: secret.Hash(as.Secret(link)), AccountID: string(a), Purpose: string(p),
		OrgID: org, Browser: bound, CreatedAt: clock.Milli(now), ExpiresAt: clock.Milli(now.Add(life))})
}

// Ask mails a link to an address if it has an account; browser is the secret of the asking browser's cookie. It answers the
// same for an address nobody has. Problems: ErrInvalid on "email".
func (as *Accounts) Ask(ctx context.Context, email, browser string) error {
	email, err := Address(email)
	if err != nil {
		return err
	}
	return as.DB.Installation(ctx, func(tx db.Tx) error {
		r, err := query.New(tx).ByEmail(ctx, key(email))
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		// An address nobody has gets a row too, so that both take the same time; it belongs to no account and is never mailed.
		link, err := as.add(ctx, tx, ID(r.ID), SignIn, "", browser, LinkLife)
		if err != nil || r.ID == "" || r.DisabledAt != 0 {
			return err
		}
		return LinkWanted.Announce(ctx, as.Jobs, tx, LinkNote{Link: link})
	})
}

// AdminLink makes a one-time link on the operator's command line. ErrMissing when nobody has the address.
func (as *Accounts) AdminLink(ctx context.Context, email string) (secret string, err error) {
	email, err = Address(email)
	if err != nil {
		return "", err
	}
	err = as.DB.Installation(ctx, func(tx db.Tx) error {
		r, err := query.New(tx).ByEmail(ctx, key(email))
		if errors.Is(err, sql.ErrNoRows) {
			return ErrMissing
		}
		if err != nil {
			return err
		}
		link, err := as.add(ctx, tx, ID(r.ID), Admin, "", "", AdminLife)
		secret = as.Secret(link)
		return err
	})
	return secret, err
}

// SetupLink makes the link with which the first owner names the organisation.
func (as *Accounts) SetupLink(ctx context.Context) (secret string, err error) {
	err = as.DB.Installation(ctx, func(tx db.Tx) error {
		link, err := as.add(ctx, tx, "", Setup, "", "", AdminLife)
		secret = as.Secret(link)
		return err
	})
	return secret, err
}

// InviteLink makes the link of a member's invitation in the caller's transaction and announces it.
func (as *Accounts) InviteLink(ctx context.Context, tx db.Tx, a ID, org string) (link string, err error) {
	if link, err = as.add(ctx, tx, a, Member, org, "", MemberLife); err != nil {
		return "", err
	}
	return link, LinkWanted.Announce(ctx, as.Jobs, tx, LinkNote{Link: link, Org: org})
}

// Link is what a page may know of a link before it is used.
type Link struct {
	ID      string
	Account ID
	Purpose Purpose
	Org     string
	Bound   bool // opened in the browser that asked, or bound to none
}

// Look finds a link by its secret without changing anything. ErrLink.
func (as *Accounts) Look(ctx context.Context, tx db.Tx, linkSecret, browser string) (Link, error) {
	r, err := query.New(tx).LinkByHash(ctx, secret.Hash(linkSecret))
	if errors.Is(err, sql.ErrNoRows) || err == nil && (r.UsedAt != 0 || r.ExpiresAt <= clock.Milli(as.DB.Now()) || r.AccountID == "" && r.Purpose != string(Setup)) {
		return Link{}, ErrLink
	}
	return Link{r.ID, ID(r.AccountID), Purpose(r.Purpose), r.OrgID, r.Browser == "" || r.Browser == secret.Hash(browser)}, err
}

// LookByID is Look for the job that mails it. ErrLink.
func (as *Accounts) LookByID(ctx context.Context, tx db.Tx, link string) (Link, error) {
	r, err := query.New(tx).LinkByID(ctx, link)
	if errors.Is(err, sql.ErrNoRows) || err == nil && (r.UsedAt != 0 || r.ExpiresAt <= clock.Milli(as.DB.Now())) {
		return Link{}, ErrLink
	}
	return Link{ID: r.ID, Account: ID(r.AccountID), Purpose: Purpose(r.Purpose), Org: r.OrgID}, err
}

// Take uses a link up, once, in the caller's transaction. ErrLink when somebody was faster.
func (as *Accounts) Take(ctx context.Context, tx db.Tx, l Link) error {
	n, err := query.New(tx).UseLink(ctx, l.ID, clock.Milli(as.DB.Now()))
	if err == nil && n == 0 {
		return ErrLink
	}
	return err
}

// Press is the human press on a link's page. In the browser that asked it signs in and gives the session's cookie; in another
// it gives the six digits to type into the first. ErrLink.
func (as *Accounts) Press(ctx context.Context, linkSecret, browser, agent string) (cookie, digits string, err error) {
	err = as.DB.Installation(ctx, func(tx db.Tx) error {
		cookie, digits = "", ""
		l, err := as.Look(ctx, tx, linkSecret, browser)
		if err != nil {
			return err
		}
		if l.Purpose == Setup || l.Purpose == Member {
			return ErrLink // those have pages of their own
		}
		if !l.Bound {
			now := as.DB.Now()
			if _, err := query.New(tx).OpenLink(ctx, l.ID, clock.Milli(now), clock.Milli(now.Add(CodeLife))); err != nil {
				return err
			}
			digits = as.Digits(l.ID)
			return nil
		}
		if err := as.Take(ctx, tx, l); err != nil {
			return err
		}
		cookie, err = as.begin(ctx, tx, l.Account, agent, "", "")
		return err
	})
	return cookie, digits, err
}

// Type is the digits typed into the browser that asked. ErrCode, at most five tries per link.
func (as *Accounts) Type(ctx context.Context, digits, browser, agent string) (cookie string, err error) {
	wrong := false
	err = as.DB.Installation(ctx, func(tx db.Tx) error {
		cookie, wrong = "", false
		q := query.New(tx)
		now := as.DB.Now()
		l, err := q.WaitingIn(ctx, secret.Hash(browser), clock.Milli(now))
		if errors.Is(err, sql.ErrNoRows) {
			return ErrCode
		}
		if err != nil {
			return err
		}
		n, err := q.TryCode(ctx, l.ID)
		if err != nil {
			return err
		}
		if n == 0 {
			return ErrCode
		}
		if wrong = !secret.Equal(digits, as.Digits(l.ID)); wrong {
			return nil // the try counts, so it has to be committed
		}
		if err := as.Take(ctx, tx, Link{ID: l.ID}); err != nil {
			return err
		}
		cookie, err = as.begin(ctx, tx, ID(l.AccountID), agent, "", "")
		return err
	})
	if err == nil && wrong {
		err = ErrCode
	}
	return cookie, err
}
