// Package hook tells programs what happened: a feed of events that is read by cursor, and webhooks by the Standard Webhooks specification.
//
// An event is a type and ids, never a name or a mark: whoever wants more asks the API, which decides what they may see. Events of an
// organisation have one order, that in which they were kept. Each is sent to every endpoint that asked for its type and whose maker
// runs, decides or observes the opening, at least once; the order in which they arrive is not promised. What is not taken is tried again for
// a day and then lies dead until somebody sends it again. An endpoint that answers 410 is ended. Requests go out by egress: to public
// addresses, by https, without following redirects.
package hook

import (
	"context"
	"crypto/x509"
	"database/sql"
	"embed"
	"encoding/base64"
	"errors"
	"net/url"
	"slices"
	"strings"
	"time"

	"candor/internal/actor"
	"candor/internal/audit"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/egress"
	"candor/internal/hook/internal/query"
	"candor/internal/id"
	"candor/internal/job"
	"candor/internal/opening"
	"candor/internal/org"
	"candor/internal/problem"
	"candor/internal/secret"
)

//go:embed schema/*.sql
var Schema embed.FS

// EndpointID and DeliveryID are ids.
type (
	EndpointID string
	DeliveryID string
)

// Type is a sort of event.
type Type struct{ Name, Words string }

// Types are all of them, as the page lists them.
var Types = []Type{
	{"invitation.sent", "Somebody was invited, or their link was sent again"},
	{"application.submitted", "Somebody sent their work"},
	{"interview.asked", "Somebody of the team asked in an interview"},
	{"interview.answered", "A candidate answered in an interview, and more can be asked"},
	{"interview.ended", "An interview is over; its readers have all of it"},
	{"results.ready", "The last scorecard of a submission is in"},
	{"application.replied", "The candidate was told what was decided"},
	{"application.withdrawn", "The candidate withdrew"},
}

// testType is what the page sends to try an endpoint.
const testType = "test"

// State of an endpoint.
type State string

const (
	On   State = "on"
	Gone State = "gone" // it answered 410
)

// Endpoint is where webhooks go.
type Endpoint struct {
	ID      EndpointID
	URL     string
	Types   []string
	Member  org.MemberID // who made it
	State   State
	Overlap time.Time // until then both secrets sign; zero: one does
	Created time.Time

	secret, old string // sealed
}

const (
	// MostEndpoints is how many an organisation has.
	MostEndpoints = 20
	// Overlap is how long the secret before still signs after a new one was made.
	Overlap = 24 * time.Hour
)

var (
	// ErrMissing: no such endpoint or delivery for the asker.
	ErrMissing = problem.New(problem.Missing, "hook_missing", "There is nothing here, or it is not yours to see.")
	// ErrMany: there are enough.
	ErrMany = problem.New(problem.Conflict, "hook_many", "There are 20 endpoints. Remove one first.")
	// ErrGone: it said that it wants nothing more.
	ErrGone = problem.New(problem.Conflict, "hook_gone", "This endpoint answered that it is gone, so nothing is sent to it. Remove it, and add it again when it is back.")
)

// Hooks keeps endpoints and events.
type Hooks struct {
	DB       *db.DB
	Jobs     *job.Jobs
	Key      secret.Key
	Orgs     *org.Orgs
	Openings *opening.Openings
	Out      egress.Out
	Roots    *x509.CertPool // nil are the system's
	Patience time.Duration  // how long a receiver has, all in all; 0 is 15 s
}

// Add makes an endpoint and gives its secret, which is shown once. ErrRole, ErrMany, ErrInvalid on "url", "types".
func (hs *Hooks) Add(ctx context.Context, who actor.Actor, address string, types []string) (e EndpointID, plain string, err error) {
	if err := org.Need(who, "hook.change"); err != nil {
		return "", "", err
	}
	if err := checkURL(address); err != nil {
		return "", "", err
	}
	if len(types) == 0 || slices.ContainsFunc(types, func(s string) bool { return !slices.ContainsFunc(Types, func(t Type) bool { return t.Name == s }) }) {
		return "", "", problem.Field("types", "Choose what it is told.")
	}
	now := hs.DB.Now()
	e = EndpointID(id.New("hok", now))
	plain = newSecret()
	sealed, err := hs.seal(who.Org, e, plain)
	if err != nil {
		return "", "", err
	}
	err = hs.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		q := query.New(tx)
		if _, err := q.HoldEndpoints(ctx, tx.Org); err != nil { // two at once are counted one after the other
			return err
		}
		all, err := q.Endpoints(ctx, tx.Org)
		if err == nil && len(all) >= MostEndpoints {
			err = ErrMany
		}
		if err != nil {
			return err
		}
		err = q.AddEndpoint(ctx, query.AddEndpointParams{OrgID: tx.Org, ID: string(e), Url: address, Types: strings.Join(types, " "), Secret: sealed, MemberID: who.ID, CreatedAt: clock.Milli(now)})
		if err != nil {
			return err
		}
		return audit.Record(ctx, tx, now, who, "hook.add", string(e), nil)
	})
	return e, plain, err
}

func checkURL(address string) error {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" || u.Hostname() == "" || u.User != nil || u.Fragment != "" || len(address) > 500 {
		return problem.Field("url", "Give an address that begins with https://, without a name and password in it.")
	}
	return nil
}

func (hs *Hooks) seal(o string, e EndpointID, plain string) (string, error) {
	b, err := hs.Key.Seal("hook "+o+" "+string(e), []byte(plain))
	return base64.StdEncoding.EncodeToString(b), err
}

func (hs *Hooks) unseal(o string, e EndpointID, sealed string) (string, error) {
	b, err := base64.StdEncoding.DecodeString(sealed)
	if err != nil {
		return "", err
	}
	plain, err := hs.Key.Unseal("hook "+o+" "+string(e), b)
	return string(plain), err
}

// List are the endpoints. ErrRole.
func (hs *Hooks) List(ctx context.Context, who actor.Actor) (out []Endpoint, err error) {
	if err := org.Need(who, "hook.change"); err != nil {
		return nil, err
	}
	err = hs.DB.Read(ctx, who.Org, func(tx db.Tx) error {
		out, err = endpoints(ctx, tx)
		return err
	})
	return out, err
}

func endpoints(ctx context.Context, tx db.Tx) (out []Endpoint, err error) {
	rows, err := query.New(tx).Endpoints(ctx, tx.Org)
	for _, r := range rows {
		out = append(out, endpoint(query.EndpointRow(r)))
	}
	return out, err
}

// Load reads one. ErrRole, ErrMissing.
func (hs *Hooks) Load(ctx context.Context, who actor.Actor, e EndpointID) (out Endpoint, err error) {
	if err := org.Need(who, "hook.change"); err != nil {
		return out, err
	}
	err = hs.DB.Read(ctx, who.Org, func(tx db.Tx) error {
		out, err = load(ctx, tx, e)
		return err
	})
	return out, err
}

func load(ctx context.Context, tx db.Tx, e EndpointID) (Endpoint, error) {
	r, err := query.New(tx).Endpoint(ctx, tx.Org, string(e))
	if errors.Is(err, sql.ErrNoRows) {
		return Endpoint{}, ErrMissing
	}
	return endpoint(r), err
}

func endpoint(r query.EndpointRow) Endpoint {
	return Endpoint{EndpointID(r.ID), r.Url, strings.Fields(r.Types), r.MemberID, State(r.State), clock.Time(r.OldUntil), clock.Time(r.CreatedAt), r.Secret, r.OldSecret}
}

// Remove ends an endpoint: nothing that waits is sent to it. ErrRole, ErrMissing.
func (hs *Hooks) Remove(ctx context.Context, who actor.Actor, e EndpointID) error {
	return hs.change(ctx, who, e, "hook.remove", func(tx db.Tx) (int64, error) {
		return query.New(tx).SetState(ctx, tx.Org, string(e), "off")
	})
}

// Rotate makes a new secret, shown once; the one before signs too for [Overlap]. ErrRole, ErrMissing.
func (hs *Hooks) Rotate(ctx context.Context, who actor.Actor, e EndpointID) (plain string, err error) {
	plain = newSecret()
	sealed, err := hs.seal(who.Org, e, plain)
	if err != nil {
		return "", err
	}
	return plain, hs.change(ctx, who, e, "hook.rotate", func(tx db.Tx) (int64, error) {
		return query.New(tx).Rotate(ctx, query.RotateParams{OrgID: tx.Org, ID: string(e), Secret: sealed, Until: clock.Milli(hs.DB.Now().Add(Overlap))})
	})
}

// change is one guarded write to an endpoint, with its line in the record.
func (hs *Hooks) change(ctx context.Context, who actor.Actor, e EndpointID, verb string, fn func(tx db.Tx) (int64, error)) error {
	if err := org.Need(who, "hook.change"); err != nil {
		return err
	}
	return hs.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		n, err := fn(tx)
		if err == nil && n == 0 {
			err = ErrMissing
		}
		if err != nil {
			return err
		}
		return audit.Record(ctx, tx, hs.DB.Now(), who, verb, string(e), nil)
	})
}
