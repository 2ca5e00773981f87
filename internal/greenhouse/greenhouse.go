// Package greenhouse is this installation as an assessment partner of Greenhouse, by its Assessment Partner API.
//
// A test there is an opening here: to send it is to invite to the opening's first stage, and the mail goes out as from the page. It is complete when
// the last scorecard of that stage is in; Greenhouse is then told by a PATCH to the address that it gave, authenticated with the key that it uses
// itself, tried for a day as webhooks are, and given up until somebody sends it again. A score is told only when the test is complete, and nothing
// of how long the candidate took. The key is a token of an owner with the scope of the same name: it lists, sends and reads what that owner may at
// that moment, and reads blind what they read blind.
package greenhouse

import (
	"context"
	"database/sql"
	"embed"
	"encoding/base64"
	"errors"
	"net/url"
	"strings"

	"candor/internal/actor"
	"candor/internal/audit"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/greenhouse/internal/query"
	"candor/internal/hook"
	"candor/internal/id"
	"candor/internal/job"
	"candor/internal/opening"
	"candor/internal/org"
	"candor/internal/problem"
	"candor/internal/review"
	"candor/internal/secret"
	"candor/internal/token"
)

//go:embed schema/*.sql
var Schema embed.FS

// TestID is one test that was sent, Greenhouse's partner_interview_id.
type TestID string

// Open is a test that is not complete; then it is told as a webhook is.
const Open hook.DeliveryState = "open"

// ErrMissing: no such test for the asker.
var ErrMissing = problem.New(problem.Missing, "greenhouse_missing", "There is nothing here, or it is not yours to see.")

// Greenhouse keeps what was sent by it.
type Greenhouse struct {
	DB       *db.DB
	Jobs     *job.Jobs
	Key      secret.Key
	Orgs     *org.Orgs
	Tokens   *token.Tokens
	Openings *opening.Openings
	Reviews  *review.Reviews
	Hooks    *hook.Hooks
	Hosts    func(host string) bool // which hosts are Greenhouse; nil: greenhouse.io and what is under it
}

// Choice is an opening that can be sent.
type Choice struct {
	ID   opening.ID
	Name string
}

// Choices are the open openings that the asker runs. ErrRole of org.
func (g *Greenhouse) Choices(ctx context.Context, who actor.Actor) (out []Choice, err error) {
	list, err := g.Openings.List(ctx, who)
	if err != nil {
		return nil, err
	}
	err = g.DB.Read(ctx, who.Org, func(tx db.Tx) error {
		for _, o := range list {
			if !o.Open {
				continue
			}
			if _, err := g.Openings.ManageIn(ctx, tx, who, o.ID); errors.Is(err, opening.ErrRole) || errors.Is(err, opening.ErrMissing) {
				continue
			} else if err != nil {
				return err
			}
			stages, err := g.Openings.Stages(ctx, tx, o.ID)
			if err != nil {
				return err
			}
			if len(stages) > 0 {
				out = append(out, Choice{o.ID, o.Title + ": " + stages[0].Title})
			}
		}
		return nil
	})
	return out, err
}

// Order is what Greenhouse sends to send a test.
type Order struct {
	Test        opening.ID
	First, Last string
	Preferred   string
	Email       string
	Profile     string // the application there
	URL         string // where the PATCH goes
}

func (o Order) name() string {
	first := strings.TrimSpace(o.Preferred)
	if first == "" {
		first = strings.TrimSpace(o.First)
	}
	return strings.TrimSpace(first + " " + strings.TrimSpace(o.Last))
}

// ours says whether an address is Greenhouse's, where the key may go.
func (g *Greenhouse) ours(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" || u.User != nil || u.Hostname() == "" || len(address) > 500 {
		return false
	}
	if g.Hosts != nil {
		return g.Hosts(u.Hostname())
	}
	h := strings.ToLower(u.Hostname())
	return h == "greenhouse.io" || strings.HasSuffix(h, ".greenhouse.io")
}

// Send invites, once per address of the PATCH: sent again it gives the same test. Whoever is in the opening already gets their link once more. key is
// with what Greenhouse asked, kept sealed for the PATCH. ErrMissing when the opening is not there, not open, or not for the asker; ErrInvalid on
// "url", "profile", "name", "email".
func (g *Greenhouse) Send(ctx context.Context, who actor.Actor, key string, o Order) (t TestID, err error) {
	if !g.ours(o.URL) {
		return "", problem.Field("url", "This is not an address of Greenhouse.")
	}
	if len(o.Profile) > 500 {
		return "", problem.Field("profile", "This address is longer than 500 characters.")
	}
	again := opening.InvitationID("")
	err = g.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		again = ""
		q := query.New(tx)
		if err := g.remember(ctx, tx, who, key); err != nil {
			return err
		}
		if r, err := q.TestByURL(ctx, tx.Org, o.URL); err == nil {
			t = TestID(r.ID)
			return nil
		} else if !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		inv, err := g.Openings.InviteIn(ctx, tx, who, o.Test, opening.InviteForm{Name: o.name(), Email: o.Email})
		if p, ok := problem.As(err); ok && errors.Is(err, opening.ErrTwice) {
			if inv, err = g.there(ctx, tx, opening.ApplicationID(p.Facts["application"])); err == nil {
				again = inv.ID
			}
		}
		switch {
		case errors.Is(err, opening.ErrMissing), errors.Is(err, opening.ErrRole), errors.Is(err, opening.ErrClosed):
			return ErrMissing
		case err != nil:
			return err
		}
		now := g.DB.Now()
		t = TestID(id.New("grt", now))
		n, err := q.AddTest(ctx, query.AddTestParams{OrgID: tx.Org, ID: string(t), ApplicationID: string(inv.Application), InvitationID: string(inv.ID), StageID: string(inv.Stage), Url: o.URL,
			ProfileUrl: o.Profile, CreatedAt: clock.Milli(now)})
		if err == nil && n == 0 {
			r, late := q.TestByURL(ctx, tx.Org, o.URL) // the same came twice at once
			t, err = TestID(r.ID), late
		}
		if err != nil {
			return err
		}
		if round, err := g.round(ctx, tx, inv.Application, inv.Stage); err != nil {
			return err
		} else if round.Attempt != "" && !round.Closed.IsZero() { // it was complete before Greenhouse asked
			if err := g.finish(ctx, tx, t); err != nil {
				return err
			}
		}
		return audit.Record(ctx, tx, now, who, "greenhouse.send", string(inv.Application), audit.Facts{"test": string(t)})
	})
	if err == nil && again != "" {
		if err := g.Openings.Resend(ctx, who, again); err != nil {
			if _, ok := problem.As(err); !ok {
				return "", err
			} // it is over for them; Greenhouse reads so from the test's status
		}
	}
	return t, err
}

// there is the first invitation of an application that is there already.
func (g *Greenhouse) there(ctx context.Context, tx db.Tx, a opening.ApplicationID) (opening.Invitation, error) {
	list, err := g.Openings.InvitationsOf(ctx, tx, a)
	if err == nil && len(list) == 0 {
		err = ErrMissing
	}
	if err != nil {
		return opening.Invitation{}, err
	}
	return list[len(list)-1], nil
}

func (g *Greenhouse) purpose(o org.ID) string { return "greenhouse " + o }

// remember keeps the key that Greenhouse uses; "" is somebody who tries it with a session.
func (g *Greenhouse) remember(ctx context.Context, tx db.Tx, who actor.Actor, key string) error {
	if key == "" || who.Token == "" {
		return nil
	}
	sealed, err := g.Key.Seal(g.purpose(tx.Org), []byte(key))
	if err != nil {
		return err
	}
	return query.New(tx).SetKey(ctx, query.SetKeyParams{OrgID: tx.Org, TokenID: who.Token, Sealed: base64.StdEncoding.EncodeToString(sealed), SeenAt: clock.Milli(g.DB.Now())})
}
