// Package account is how staff sign in: a person with an e-mail address, single-use links, and sessions kept here.
//
// There are no passwords. A link is derived from the installation key, so that only its hash is stored and a mail job can make
// it again. It works once, for 15 minutes, and only in the browser that asked for it; opened elsewhere it shows six digits to
// type into that browser. Looking at a link changes nothing (mail scanners look); a human press does. An account may be a
// member of several organisations; what it may do there is org's business.
package account

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"net/mail"
	"strings"
	"time"

	"candor/internal/account/internal/query"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/id"
	"candor/internal/job"
	"candor/internal/problem"
	"candor/internal/secret"

	"golang.org/x/net/idna"
)

//go:embed schema/*.sql
var Schema embed.FS

// How long things hold.
const (
	LinkLife   = 15 * time.Minute
	AdminLife  = 24 * time.Hour // printed on the operator's own terminal
	MemberLife = 14 * 24 * time.Hour
	CodeLife   = 10 * time.Minute
	Idle       = 12 * time.Hour
	Absolute   = 7 * 24 * time.Hour
)

// ID is an account's.
type ID string

// Account is a person who can sign in.
type Account struct {
	ID    ID
	Email string
	Name  string
}

// Purpose says what a link is for.
type Purpose string

const (
	SignIn Purpose = "signin"
	Admin  Purpose = "admin"  // made by the operator on the command line
	Member Purpose = "member" // an invitation to an organisation
	Setup  Purpose = "setup"  // the first owner of an empty installation
)

// LinkWanted is announced when somebody asked for a link; a listener mails it.
const LinkWanted = job.Topic[LinkNote]("account.link_wanted")

// LinkNote names a link; Org is where its mail is filed, "" for the installation.
type LinkNote struct{ Link, Org string }

// Accounts keeps accounts, links and sessions.
type Accounts struct {
	DB   *db.DB
	Jobs *job.Jobs
	Key  secret.Key
}

var (
	// ErrLink: unknown, used, or out of time.
	ErrLink = problem.New(problem.Missing, "signin_link", "This sign-in link has been used or is out of time. Ask for a new one; it takes a minute.")
	// ErrCode: not the digits that the other browser shows, or too many tries.
	ErrCode = problem.New(problem.Invalid, "signin_code", "These are not the digits we are waiting for. Look at the other screen again, or ask for a new link.")
	// ErrSession: signed out, out of time, or ended by somebody.
	ErrSession = problem.New(problem.SignIn, "session_over", "You are signed out. Sign in again and you come back to this page.")
	// ErrMissing: no such account.
	ErrMissing = problem.New(problem.Missing, "account_missing", "We do not know this person.")
)

// Address checks an e-mail address as a person types it and gives it trimmed. Problems: ErrInvalid on the field "email".
func Address(s string) (string, error) {
	s = strings.TrimSpace(s)
	a, err := mail.ParseAddress(s)
	if err != nil || a.Address != s || len(s) > 254 || !strings.Contains(s, "@") {
		return "", problem.Field("email", "This is not an e-mail address. It looks like name@company.example.")
	}
	if _, err := idna.Lookup.ToASCII(s[strings.LastIndexByte(s, '@')+1:]); err != nil { // RFC 5891; mail goes out by the same rule
		return "", problem.Field("email", "What stands after the @ can be no name of a server. An address looks like name@company.example.")
	}
	return s, nil
}

func key(email string) string { return strings.ToLower(email) }

// Ensure finds the account of an address or makes it. It is called in the transaction that gives it a membership.
func (as *Accounts) Ensure(ctx context.Context, tx db.Tx, email, name string) (Account, error) {
	email, err := Address(email)
	if err != nil {
		return Account{}, err
	}
	now := as.DB.Now()
	q := query.New(tx)
	if _, err := q.AddAccount(ctx, query.AddAccountParams{ID: id.New("acc", now), Email: email, EmailKey: key(email), Name: name, CreatedAt: clock.Milli(now)}); err != nil {
		return Account{}, err
	}
	r, err := q.ByEmail(ctx, key(email))
	return Account{ID(r.ID), r.Email, r.Name}, err
}

// ByID finds an account. ErrMissing.
func (as *Accounts) ByID(ctx context.Context, tx db.Tx, a ID) (Account, error) {
	r, err := query.New(tx).ByID(ctx, string(a))
	if errors.Is(err, sql.ErrNoRows) {
		return Account{}, ErrMissing
	}
	return Account{ID(r.ID), r.Email, r.Name}, err
}

// ByEmail finds the account of an address. ErrMissing, also when it was ended.
func (as *Accounts) ByEmail(ctx context.Context, tx db.Tx, email string) (Account, error) {
	r, err := query.New(tx).ByEmail(ctx, key(email))
	if errors.Is(err, sql.ErrNoRows) || err == nil && r.DisabledAt != 0 {
		return Account{}, ErrMissing
	}
	return Account{ID(r.ID), r.Email, r.Name}, err
}

// Empty says whether nobody can sign in yet.
func (as *Accounts) Empty(ctx context.Context) (bool, error) {
	var n int64
	err := as.DB.InstallationRead(ctx, func(tx db.Tx) (err error) {
		n, err = query.New(tx).Accounts(ctx)
		return err
	})
	return n == 0, err
}
