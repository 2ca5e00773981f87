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

// Session is one signed-in browser.
type Session struct {
	ID      string
	Account Account
	Org     string // the only organisation it is good in; "" is every one
}

// begin makes a session: 256 random bits, of which only the hash is kept.
func (as *Accounts) begin(ctx context.Context, tx db.Tx, a ID, agent, org, issuer string) (cookie string, err error) {
	now := as.DB.Now()
	cookie = secret.Random()
	if len(agent) > 200 {
		agent = agent[:200]
	}
	return cookie, query.New(tx).AddSession(ctx, query.AddSessionParams{Hash: secret.Hash(cookie), ID: id.New("ses", now), AccountID: string(a),
		Agent: agent, CreatedAt: clock.Milli(now), ExpiresAt: clock.Milli(now.Add(Absolute)), OrgID: org, Issuer: issuer})
}

// Begin is for whoever used up a link of purpose Setup or Member in this transaction.
func (as *Accounts) Begin(ctx context.Context, tx db.Tx, a ID, agent string) (cookie string, err error) {
	return as.begin(ctx, tx, a, agent, "", "")
}

// BeginBound makes a session that is good in the transaction's organisation only: its own sign-in service said who this is, and another
// organisation has no reason to believe that.
func (as *Accounts) BeginBound(ctx context.Context, tx db.Tx, a ID, agent, issuer string) (cookie string, err error) {
	return as.begin(ctx, tx, a, agent, tx.Org, issuer)
}

// EndBound ends the sessions that an organisation's sign-in service began, of one account or, with "", of all.
func (as *Accounts) EndBound(ctx context.Context, tx db.Tx, issuer string, a ID) error {
	_, err := query.New(tx).RevokeBound(ctx, query.RevokeBoundParams{OrgID: tx.Org, Issuer: issuer, AccountID: string(a), Now: clock.Milli(as.DB.Now())})
	return err
}

// touchEvery is how exact "last seen" is; a session is not written at every request.
const touchEvery = 5 * time.Minute

// Session finds who a cookie belongs to. ErrSession.
func (as *Accounts) Session(ctx context.Context, cookie string) (Session, error) {
	if cookie == "" {
		return Session{}, ErrSession
	}
	hash := secret.Hash(cookie)
	var r query.SessionRow
	err := as.DB.InstallationRead(ctx, func(tx db.Tx) (err error) {
		r, err = query.New(tx).Session(ctx, hash)
		return err
	})
	if errors.Is(err, sql.ErrNoRows) {
		return Session{}, ErrSession
	}
	if err != nil {
		return Session{}, err
	}
	now := as.DB.Now()
	if r.RevokedAt != 0 || r.DisabledAt != 0 || r.ExpiresAt <= clock.Milli(now) || r.SeenAt <= clock.Milli(now.Add(-Idle)) {
		return Session{}, ErrSession
	}
	if now.Sub(clock.Time(r.SeenAt)) > touchEvery {
		err = as.DB.Installation(ctx, func(tx db.Tx) error {
			_, err := query.New(tx).Touch(ctx, hash, clock.Milli(now))
			return err
		})
	}
	return Session{r.ID, Account{ID(r.AccountID), r.Email, r.Name}, r.OrgID}, err
}

// Listed is a session as its owner sees it.
type Listed struct {
	ID      string
	Agent   string
	Since   time.Time
	Seen    time.Time
	Current bool
}

// List are the account's live sessions, last seen first; one that is good in one organisation sees those of that organisation.
func (as *Accounts) List(ctx context.Context, s Session) ([]Listed, error) {
	var out []Listed
	now := as.DB.Now()
	err := as.DB.InstallationRead(ctx, func(tx db.Tx) error {
		rows, err := query.New(tx).Sessions(ctx, query.SessionsParams{AccountID: string(s.Account.ID), Bound: s.Org, Now: clock.Milli(now), Since: clock.Milli(now.Add(-Idle))})
		for _, r := range rows {
			out = append(out, Listed{r.ID, r.Agent, clock.Time(r.CreatedAt), clock.Time(r.SeenAt), r.ID == s.ID})
		}
		return err
	})
	return out, err
}

// Revoke ends one of the account's own sessions. ErrMissing when it is not theirs.
func (as *Accounts) Revoke(ctx context.Context, s Session, session string) error {
	return as.DB.Installation(ctx, func(tx db.Tx) error {
		n, err := query.New(tx).Revoke(ctx, query.RevokeParams{AccountID: string(s.Account.ID), ID: session, Bound: s.Org, Now: clock.Milli(as.DB.Now())})
		if err == nil && n == 0 {
			return ErrMissing
		}
		return err
	})
}

// End ends everything an account has: sessions and links that wait. It is part of the one function that disables a member.
func (as *Accounts) End(ctx context.Context, tx db.Tx, a ID) error {
	q := query.New(tx)
	if _, err := q.RevokeAll(ctx, string(a), clock.Milli(as.DB.Now())); err != nil {
		return err
	}
	_, err := q.EndLinks(ctx, string(a), clock.Milli(as.DB.Now()))
	return err
}
