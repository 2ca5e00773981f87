// Package token keeps the secrets with which programs ask: what an owner makes on a page, with a name, scopes and a day on which it ends.
//
// A token asks for the member who made it. It may what that member may at that moment, narrowed by its scopes: it learns of no confidential
// opening that they are not in, and reads blind what they read blind. When they leave, it ends. Its secret is shown once; the
// database keeps the hash. What it does is in the record under the token's own id. Rules that say who may do what stay with each
// noun: a token needs no second set of them.
package token

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"slices"
	"strings"
	"time"

	"candor/internal/actor"
	"candor/internal/audit"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/id"
	"candor/internal/org"
	"candor/internal/problem"
	"candor/internal/secret"
	"candor/internal/token/internal/query"
)

//go:embed schema/*.sql
var Schema embed.FS

// ID is a token's.
type ID string

// Scope is one thing that a token may be used for.
type Scope struct{ Name, Words string }

// Greenhouse is the scope of the key that Greenhouse is given; its protocol knows no other.
const Greenhouse = "greenhouse"

// Scopes are all of them, as the page lists them.
var Scopes = []Scope{
	{"opening:read", "Read openings and their stages"},
	{"candidate:read", "Read candidates: names and addresses"},
	{"application:read", "Read applications and invitations"},
	{"invitation:write", "Invite candidates"},
	{"result:read", "Read marks, ratings and decisions"},
	{"event:read", "Read what happened"},
	{Greenhouse, "Be Greenhouse's key: list openings, invite, and read how it stands"},
}

// Token is one, without its secret.
type Token struct {
	ID      ID
	Name    string
	Scopes  []string
	Member  org.MemberID // who made it, and for whom it asks
	Created time.Time
	Expires time.Time
	Used    time.Time // to five minutes; zero: never
	Revoked time.Time // zero: it was not
}

// Live says whether it is taken at an instant.
func (t Token) Live(now time.Time) bool { return t.Revoked.IsZero() && now.Before(t.Expires) }

const (
	// MostLive is how many an organisation has at once.
	MostLive = 50
	// MostDays is how long one may live.
	MostDays = 366
	// prefix tells people, and programs that look for leaked secrets, what it is.
	prefix = "cdr_"
	// touch is how exactly it is kept when one was used.
	touch = 5 * time.Minute
)

var (
	// ErrToken: unknown, ended or revoked, or whoever made it has no access any more; which of these is not told.
	ErrToken = problem.New(problem.SignIn, "token", "This token is not taken here. It may have ended or been revoked; an owner can make a new one.")
	// ErrScope: the token is not for this.
	ErrScope = problem.New(problem.Forbidden, "token_scope", "This token was not made for this. Make one with the scope that is named here.")
	// ErrMissing: no such token here.
	ErrMissing = problem.New(problem.Missing, "token_missing", "There is nothing here, or it is not yours to see.")
	// ErrMany: there are enough.
	ErrMany = problem.New(problem.Conflict, "token_many", "There are 50 tokens in use. Revoke one that nothing uses any more.")
)

// Tokens keeps them.
type Tokens struct {
	DB   *db.DB
	Orgs *org.Orgs
	Key  secret.Key
}

// Make makes one that ends in some days, 1 to [MostDays], and gives its secret, which nobody can read again. ErrRole, ErrMany, ErrInvalid
// on "name", "scopes", "days".
func (ts *Tokens) Make(ctx context.Context, who actor.Actor, name string, scopes []string, days int) (plain string, err error) {
	if err := org.Need(who, "token.change"); err != nil {
		return "", err
	}
	if name = strings.TrimSpace(name); name == "" || len([]rune(name)) > 120 {
		return "", problem.Field("name", "Say in up to 120 characters which program uses it.")
	}
	if err := checkScopes(scopes); err != nil {
		return "", err
	}
	if days < 1 || days > MostDays {
		return "", problem.Field("days", "A token lives for 1 to 366 days.")
	}
	now := ts.DB.Now()
	made := id.New("tok", now)
	plain = prefix + secret.Random()
	err = ts.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		q := query.New(tx)
		if _, err := q.HoldLive(ctx, tx.Org); err != nil { // two at once are counted one after the other
			return err
		}
		n, err := q.Live(ctx, tx.Org, clock.Milli(now))
		if err != nil {
			return err
		}
		if n >= MostLive {
			return ErrMany
		}
		err = q.Add(ctx, query.AddParams{OrgID: tx.Org, ID: made, Hash: secret.Hash(plain), Name: name, Scopes: strings.Join(scopes, " "), MemberID: who.ID,
			CreatedAt: clock.Milli(now), ExpiresAt: clock.Milli(now.AddDate(0, 0, days))})
		if err != nil {
			return err
		}
		return audit.Record(ctx, tx, now, who, "token.make", made, audit.Facts{"scopes": strings.Join(scopes, " ")})
	})
	return plain, err
}

func checkScopes(scopes []string) error {
	if len(scopes) == 0 {
		return problem.Field("scopes", "Choose what it may be used for.")
	}
	for i, s := range scopes {
		if slices.Contains(scopes[:i], s) || !slices.ContainsFunc(Scopes, func(x Scope) bool { return x.Name == s }) {
			return problem.Field("scopes", "There is no such scope.")
		}
	}
	return nil
}

// List are the newest 200, also those that ended. ErrRole.
func (ts *Tokens) List(ctx context.Context, who actor.Actor) (out []Token, err error) {
	if err := org.Need(who, "token.change"); err != nil {
		return nil, err
	}
	err = ts.DB.Read(ctx, who.Org, func(tx db.Tx) error {
		rows, err := query.New(tx).All(ctx, tx.Org)
		for _, r := range rows {
			out = append(out, token(query.ByHashRow(r)))
		}
		return err
	})
	return out, err
}

// Revoke ends one at once. ErrRole, ErrMissing.
func (ts *Tokens) Revoke(ctx context.Context, who actor.Actor, t ID) error {
	if err := org.Need(who, "token.change"); err != nil {
		return err
	}
	return ts.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		now := ts.DB.Now()
		n, err := query.New(tx).Revoke(ctx, tx.Org, string(t), clock.Milli(now))
		if err == nil && n == 0 {
			err = ErrMissing
		}
		if err != nil {
			return err
		}
		return audit.Record(ctx, tx, now, who, "token.revoke", string(t), nil)
	})
}

// Actor is for whom a secret asks in an organisation, with Token set. ErrToken, ErrScope.
func (ts *Tokens) Actor(ctx context.Context, plain, o org.ID, scope string) (actor.Actor, org.Member, error) {
	var t Token
	var m org.Member
	now := ts.DB.Now()
	err := ts.DB.Read(ctx, o, func(tx db.Tx) error {
		r, err := query.New(tx).ByHash(ctx, tx.Org, secret.Hash(plain))
		if errors.Is(err, sql.ErrNoRows) {
			return ErrToken
		}
		if err != nil {
			return err
		}
		if t = token(r); !t.Live(now) {
			return ErrToken
		}
		m, err = ts.Orgs.Member(ctx, tx, t.Member)
		if errors.Is(err, org.ErrMissing) || err == nil && m.State != org.Active {
			return ErrToken
		}
		return err
	})
	if err != nil {
		return actor.Actor{}, m, err
	}
	if !slices.Contains(t.Scopes, scope) {
		return actor.Actor{}, m, ErrScope.With("scope", scope)
	}
	if now.Sub(t.Used) >= touch {
		err = ts.DB.Write(ctx, o, func(tx db.Tx) error {
			_, err := query.New(tx).Touch(ctx, tx.Org, string(t.ID), clock.Milli(now))
			return err
		})
	}
	return actor.Actor{Kind: actor.Member, ID: m.ID, Org: o, Roles: m.Roles, Session: string(t.ID), Token: string(t.ID)}, m, err
}

func token(r query.ByHashRow) Token {
	return Token{ID(r.ID), r.Name, strings.Fields(r.Scopes), r.MemberID, clock.Time(r.CreatedAt), clock.Time(r.ExpiresAt), clock.Time(r.UsedAt), clock.Time(r.RevokedAt)}
}
