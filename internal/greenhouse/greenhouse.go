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
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

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

// The states of a test as Greenhouse reads them. Only Complete has a meaning there.
const (
	Complete  = "complete"
	Sent      = "sent"
	Opened    = "started"
	Submitted = "in_review"
	Expired   = "expired"
	Ended     = "ended" // withdrawn, or decided without it
)

// Status is how a test stands. Score is of 0 to 100, and nil until it is complete and when nobody could score it.
type Status struct {
	State    string
	Page     string // of the application, under the installation's address
	Score    *int
	Metadata map[string]string
}

// Status reads one for whoever may see the application. ErrMissing.
func (g *Greenhouse) Status(ctx context.Context, who actor.Actor, t TestID) (out Status, err error) {
	var r query.TestRow
	var inv opening.Invitation
	var round review.Round
	var app opening.Application
	err = g.DB.Read(ctx, who.Org, func(tx db.Tx) error {
		r, err = query.New(tx).Test(ctx, tx.Org, string(t))
		if errors.Is(err, sql.ErrNoRows) {
			return ErrMissing
		}
		if err != nil {
			return err
		}
		if app, err = g.Openings.LoadApplicationIn(ctx, tx, who, opening.ApplicationID(r.ApplicationID)); err != nil {
			return err
		}
		if inv, err = g.Openings.InvitationIn(ctx, tx, opening.InvitationID(r.InvitationID)); err != nil {
			return err
		}
		round, err = g.round(ctx, tx, app.ID, inv.Stage)
		return err
	})
	if errors.Is(err, opening.ErrMissing) {
		err = ErrMissing
	}
	if err != nil {
		return out, err
	}
	zone := g.zone(ctx, who.Org)
	out = Status{State: state(inv, round, app, g.DB.Now()), Page: "/o/" + who.Org + "/applications/" + r.ApplicationID, Metadata: map[string]string{"Sent": day(clock.Time(r.CreatedAt), zone)}}
	if round.Attempt == "" {
		return out, nil
	}
	if app.Blind || out.State != Complete {
		out.Metadata["Work received"] = "yes"
		return out, nil
	}
	out.Metadata["Work received"] = day(round.Submitted, zone)
	col, err := g.Reviews.Column(ctx, who, round.Code)
	if _, refused := problem.As(err); refused {
		return out, nil // the score is not the key's to read
	}
	if err != nil {
		return out, err
	}
	out.Metadata["Scorecards"] = fmt.Sprint(len(col.Cards))
	if col.Score.Cards > 0 {
		n := int(col.Score.Value + .5)
		out.Score = &n
		out.Metadata["Score"] = col.Score.String() + " of 100"
	}
	return out, nil
}

func day(t time.Time, zone *time.Location) string { return t.In(zone).Format("2 January 2006") }

func (g *Greenhouse) zone(ctx context.Context, o org.ID) *time.Location {
	organisation, err := g.Orgs.ByID(ctx, o)
	if err != nil {
		return time.UTC
	}
	if zone, err := time.LoadLocation(organisation.Zone); err == nil {
		return zone
	}
	return time.UTC
}

// round is the reading of what a stage led to; the zero value: nothing was sent.
func (g *Greenhouse) round(ctx context.Context, tx db.Tx, a opening.ApplicationID, s opening.StageID) (review.Round, error) {
	rounds, err := g.Reviews.RoundsOf(ctx, tx, a)
	for _, n := range rounds {
		if n.Stage == s {
			return n, err
		}
	}
	return review.Round{}, err
}

func state(inv opening.Invitation, n review.Round, app opening.Application, now time.Time) string {
	switch {
	case n.Attempt != "" && !n.Closed.IsZero():
		return Complete
	case app.Status != opening.Active:
		return Ended
	case n.Attempt != "":
		return Submitted
	}
	switch inv.State(now) {
	case opening.Opened:
		return Opened
	case opening.Expired:
		return Expired
	case opening.Revoked:
		return Ended
	}
	return Sent
}

// Report keeps what Greenhouse could not read, with ids and without the candidate's address.
func (g *Greenhouse) Report(ctx context.Context, who actor.Actor, call string, errs []string, test, email string) error {
	words := strings.Join(errs, "\n")
	if email != "" {
		words = strings.ReplaceAll(words, email, "(address)")
	}
	return g.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		now := g.DB.Now()
		return query.New(tx).AddError(ctx, query.AddErrorParams{OrgID: tx.Org, ID: id.New("gre", now), Call: cut(call, 100), Words: cut(words, 2000), TestID: cut(test, 100), CreatedAt: clock.Milli(now)})
	})
}

func cut(s string, most int) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' || r == 0x7f {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	if r := []rune(s); len(r) > most {
		return string(r[:most])
	}
	return s
}

// Listed is a test as the owner's page shows it.
type Listed struct {
	ID     TestID
	App    opening.ApplicationID
	At     time.Time
	State  hook.DeliveryState
	Tries  int
	Due    time.Time
	Status int    // of the last answer; 0: there was none
	Answer string // its first bytes, or why there was none
}

// Report is what Greenhouse could not read.
type Report struct {
	Call, Words string
	At          time.Time
}

// Log are the newest 100 tests and 50 reports, and when Greenhouse last sent one; zero: never. ErrRole of org.
func (g *Greenhouse) Log(ctx context.Context, who actor.Actor) (tests []Listed, reports []Report, seen time.Time, err error) {
	if err := org.Need(who, "greenhouse.change"); err != nil {
		return nil, nil, seen, err
	}
	err = g.DB.Read(ctx, who.Org, func(tx db.Tx) error {
		q := query.New(tx)
		k, err := q.Key(ctx, tx.Org)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		seen = clock.Time(k.SeenAt)
		rows, err := q.Tests(ctx, tx.Org)
		if err != nil {
			return err
		}
		for _, r := range rows {
			tests = append(tests, Listed{TestID(r.ID), opening.ApplicationID(r.ApplicationID), clock.Time(r.CreatedAt), hook.DeliveryState(r.State), int(r.Tries), clock.Time(r.DueAt), int(r.Status), r.Answer})
		}
		wrong, err := q.Errors(ctx, tx.Org)
		for _, r := range wrong {
			reports = append(reports, Report{r.Call, r.Words, clock.Time(r.CreatedAt)})
		}
		return err
	})
	return tests, reports, seen, err
}

// Older counts reports from before an instant.
func (g *Greenhouse) Older(ctx context.Context, tx db.Tx, before time.Time) (n int, oldest time.Time, err error) {
	r, err := query.New(tx).OlderErrors(ctx, tx.Org, clock.Milli(before))
	return int(r.N), clock.Time(r.Oldest), err
}

// Forget removes them.
func (g *Greenhouse) Forget(ctx context.Context, tx db.Tx, before time.Time) (int, error) {
	n, err := query.New(tx).ForgetErrors(ctx, tx.Org, clock.Milli(before))
	return int(n), err
}

// Preview counts what Erase would remove.
func (g *Greenhouse) Preview(ctx context.Context, tx db.Tx, p db.Person) (map[string]int, error) {
	n := 0
	for _, a := range p.Applications {
		k, err := query.New(tx).CountTests(ctx, tx.Org, a)
		if err != nil {
			return nil, err
		}
		n += int(k)
	}
	return map[string]int{"tests sent by Greenhouse": n}, nil
}

// Erase removes what ties a person to Greenhouse.
func (g *Greenhouse) Erase(ctx context.Context, tx db.Tx, p db.Person) (map[string]int, error) {
	n := 0
	for _, a := range p.Applications {
		if _, err := query.New(tx).EraseErrors(ctx, tx.Org, a); err != nil {
			return nil, err
		}
		k, err := query.New(tx).EraseTests(ctx, tx.Org, a)
		if err != nil {
			return nil, err
		}
		n += int(k)
	}
	return map[string]int{"tests sent by Greenhouse": n}, nil
}

// request is the PATCH of a complete test.
func request(ctx context.Context, address, key string) (*http.Request, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPatch, address, nil)
	if err != nil {
		return nil, err
	}
	r.SetBasicAuth(key, "")
	r.Header.Set("User-Agent", "Candor")
	return r, nil
}
