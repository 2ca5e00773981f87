// Package issuer is how members sign in with what their company has already: services that speak OpenID Connect (Core 1.0), one or more per
// organisation.
//
// A person is known by issuer and subject, never by an address. An address counts once, and only when the issuer says that it was checked: it lets
// in a member who was invited at it, and, where an owner said so, makes whoever has one of the company's domains a member with the roles the owner
// chose. Who is a member already connects their account from within, signed in by mail. What an issuer says binds its own organisation: the session
// is good there and nowhere else, so that no organisation can vouch its way into another. The link by mail always works beside it.
//
// Each sign-in is the code flow with PKCE (RFC 7636), state and nonce, bound to the browser by a sealed cookie, with an address of its own per
// issuer; an answer of another issuer is refused (RFC 9700, section 4.4). Requests go out by egress.
package issuer

import (
	"context"
	"crypto/x509"
	"database/sql"
	"embed"
	"encoding/base64"
	"errors"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"candor/internal/account"
	"candor/internal/actor"
	"candor/internal/audit"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/egress"
	"candor/internal/id"
	"candor/internal/issuer/internal/query"
	"candor/internal/org"
	"candor/internal/problem"
	"candor/internal/secret"
)

//go:embed schema/*.sql
var Schema embed.FS

// ID is an issuer's.
type ID string

// Issuer is a service that says who somebody is.
type Issuer struct {
	ID      ID
	URL     string // as it names itself
	Label   string // on the button: "Tideway account"
	Client  string // our name there
	Domains []string
	Roles   []string // of whoever comes by a domain
	Created time.Time

	secret string // sealed
}

// Form is what an owner fills in. A change does not move URL, and keeps the secret when Secret is "".
type Form struct {
	URL, Label, Client, Secret string
	Domains                    string // with spaces or commas between them
	Roles                      []string
}

// Most is how many an organisation has.
const Most = 10

var (
	// ErrMissing: no such issuer here.
	ErrMissing = problem.New(problem.Missing, "issuer_missing", "There is nothing here, or it is not yours to see.")
	// ErrMany: there are enough.
	ErrMany = problem.New(problem.Conflict, "issuer_many", "There are 10 sign-in services. Remove one first.")
	// ErrTwice: it is there already.
	ErrTwice = problem.New(problem.Conflict, "issuer_twice", "This sign-in service is set up already.")
)

// Issuers keeps them.
type Issuers struct {
	DB       *db.DB
	Key      secret.Key
	Accounts *account.Accounts
	Orgs     *org.Orgs
	URL      string // the public address of this installation
	Out      egress.Out
	Roots    *x509.CertPool // nil are the system's
}

// Back is the address to which an issuer sends people, which its owner has to let in there.
func (is *Issuers) Back(o org.ID, i ID) string {
	return is.URL + "/sign-in/at/" + o + "/" + string(i) + "/back"
}

// Add asks the service how it is reached, and keeps it. ErrRole, ErrMany, ErrTwice, [ErrSilent], ErrInvalid on "url", "label", "client", "secret",
// "domains", "roles".
func (is *Issuers) Add(ctx context.Context, who actor.Actor, f Form) (i ID, err error) {
	if err := org.Need(who, "issuer.change"); err != nil {
		return "", err
	}
	if err := checkURL(f.URL); err != nil {
		return "", err
	}
	if f.Secret == "" {
		return "", problem.Field("secret", "Give the secret that the service made for Candor.")
	}
	domains, err := f.check()
	if err != nil {
		return "", err
	}
	p, err := is.discover(ctx, f.URL)
	if err != nil {
		return "", err
	}
	now := is.DB.Now()
	i = ID(id.New("iss", now))
	sealed, err := is.seal(who.Org, i, f.Secret)
	if err != nil {
		return "", err
	}
	err = is.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		q := query.New(tx)
		if _, err := q.Hold(ctx, tx.Org); err != nil { // two at once are counted one after the other
			return err
		}
		all, err := q.All(ctx, tx.Org)
		if err == nil && len(all) >= Most {
			err = ErrMany
		}
		if err != nil {
			return err
		}
		n, err := q.Add(ctx, query.AddParams{OrgID: tx.Org, ID: string(i), Url: p.issuer, Label: f.Label, ClientID: f.Client, Secret: sealed, Domains: strings.Join(domains, " "),
			Roles: strings.Join(f.Roles, " "), CreatedAt: clock.Milli(now)})
		if err == nil && n == 0 {
			err = ErrTwice
		}
		if err != nil {
			return err
		}
		return audit.Record(ctx, tx, now, who, "issuer.add", string(i), audit.Facts{"roles": strings.Join(f.Roles, " ")})
	})
	return i, err
}

func checkURL(address string) error {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" || u.Hostname() == "" || u.User != nil || u.Fragment != "" || u.RawQuery != "" || len(address) > 300 {
		return problem.Field("url", "Give the address by which the service names itself. It begins with https:// and has nothing behind the path.")
	}
	return nil
}

var domain = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$`)

// check looks at what may change later too, and gives the domains.
func (f Form) check() (domains []string, err error) {
	if n := len([]rune(strings.TrimSpace(f.Label))); n == 0 || n > 60 {
		return nil, problem.Field("label", "Say in up to 60 characters what people know it by.")
	}
	if f.Client == "" || len(f.Client) > 300 {
		return nil, problem.Field("client", "Give the client id that the service made for Candor.")
	}
	if len(f.Secret) > 500 {
		return nil, problem.Field("secret", "This is longer than 500 characters.")
	}
	domains = strings.FieldsFunc(strings.ToLower(f.Domains), func(r rune) bool { return r == ',' || r == ' ' || r == '\n' || r == '\r' || r == '\t' })
	if len(domains) > 20 || slices.ContainsFunc(domains, func(s string) bool { return !domain.MatchString(s) }) {
		return nil, problem.Field("domains", "Write domains such as company.example, up to 20.")
	}
	if slices.Contains(f.Roles, org.Owner) {
		return nil, problem.Field("roles", "Nobody becomes an owner by the domain of their address. An owner can make them one.")
	}
	if slices.ContainsFunc(f.Roles, func(r string) bool { return !slices.Contains(org.AllRoles, r) }) {
		return nil, problem.Field("roles", "There is no such role.")
	}
	return domains, nil
}

// Change sets everything but the address. ErrRole, ErrMissing, ErrInvalid as of Add.
func (is *Issuers) Change(ctx context.Context, who actor.Actor, i ID, f Form) error {
	if err := org.Need(who, "issuer.change"); err != nil {
		return err
	}
	domains, err := f.check()
	if err != nil {
		return err
	}
	return is.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		q := query.New(tx)
		if _, err := q.HoldOne(ctx, tx.Org, string(i)); err != nil {
			return err
		}
		old, err := load(ctx, tx, i)
		if err != nil {
			return err
		}
		sealed := old.secret
		if f.Secret != "" {
			if sealed, err = is.seal(tx.Org, i, f.Secret); err != nil {
				return err
			}
		}
		_, err = q.Change(ctx, query.ChangeParams{OrgID: tx.Org, ID: string(i), Label: f.Label, ClientID: f.Client, Secret: sealed, Domains: strings.Join(domains, " "), Roles: strings.Join(f.Roles, " ")})
		if err != nil {
			return err
		}
		return audit.Record(ctx, tx, is.DB.Now(), who, "issuer.change", string(i), audit.Facts{"roles": strings.Join(f.Roles, " ")})
	})
}

// Remove ends it, with the sessions that it began. Who is who there stays known, for when it is added again. ErrRole, ErrMissing.
func (is *Issuers) Remove(ctx context.Context, who actor.Actor, i ID) error {
	if err := org.Need(who, "issuer.change"); err != nil {
		return err
	}
	return is.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		q := query.New(tx)
		n, err := q.Remove(ctx, tx.Org, string(i))
		if err == nil && n == 0 {
			err = ErrMissing
		}
		if err != nil {
			return err
		}
		if err := is.Accounts.EndBound(ctx, tx, string(i), ""); err != nil {
			return err
		}
		return audit.Record(ctx, tx, is.DB.Now(), who, "issuer.remove", string(i), nil)
	})
}

// Listed is an issuer with how many people it knows here.
type Listed struct {
	Issuer
	People int
}

// List are all of them. ErrRole.
func (is *Issuers) List(ctx context.Context, who actor.Actor) (out []Listed, err error) {
	if err := org.Need(who, "issuer.change"); err != nil {
		return nil, err
	}
	err = is.DB.Read(ctx, who.Org, func(tx db.Tx) error {
		all, err := list(ctx, tx)
		if err != nil {
			return err
		}
		people, err := query.New(tx).People(ctx, tx.Org)
		for _, x := range all {
			l := Listed{Issuer: x}
			for _, p := range people {
				if p.Issuer == x.URL {
					l.People = int(p.N)
				}
			}
			out = append(out, l)
		}
		return err
	})
	return out, err
}

// Load reads one. ErrRole, ErrMissing.
func (is *Issuers) Load(ctx context.Context, who actor.Actor, i ID) (out Issuer, err error) {
	if err := org.Need(who, "issuer.change"); err != nil {
		return out, err
	}
	err = is.DB.Read(ctx, who.Org, func(tx db.Tx) (err error) {
		out, err = load(ctx, tx, i)
		return err
	})
	return out, err
}

// Check asks the service now how it is reached. ErrRole, ErrMissing, [ErrSilent].
func (is *Issuers) Check(ctx context.Context, who actor.Actor, i ID) error {
	x, err := is.Load(ctx, who, i)
	if err != nil {
		return err
	}
	_, err = is.discover(ctx, x.URL)
	return err
}

// Door is an issuer as everybody may read it who knows the organisation's address.
type Door struct {
	ID    ID
	Label string
}

// Doors are an organisation's; whose it is is not told. org.ErrMissing.
func (is *Issuers) Doors(ctx context.Context, o org.ID) (out []Door, err error) {
	err = is.DB.Read(ctx, o, func(tx db.Tx) error {
		if _, err := is.Orgs.In(ctx, tx); err != nil {
			return err
		}
		all, err := list(ctx, tx)
		for _, x := range all {
			out = append(out, Door{x.ID, x.Label})
		}
		return err
	})
	return out, err
}

func list(ctx context.Context, tx db.Tx) (out []Issuer, err error) {
	rows, err := query.New(tx).All(ctx, tx.Org)
	for _, r := range rows {
		out = append(out, issuer(query.OneRow(r)))
	}
	return out, err
}

func load(ctx context.Context, tx db.Tx, i ID) (Issuer, error) {
	r, err := query.New(tx).One(ctx, tx.Org, string(i))
	if errors.Is(err, sql.ErrNoRows) {
		return Issuer{}, ErrMissing
	}
	return issuer(r), err
}

func issuer(r query.OneRow) Issuer {
	return Issuer{ID(r.ID), r.Url, r.Label, r.ClientID, strings.Fields(r.Domains), strings.Fields(r.Roles), clock.Time(r.CreatedAt), r.Secret}
}

func purpose(o org.ID, i ID) string { return "issuer " + o + " " + string(i) }

func (is *Issuers) seal(o org.ID, i ID, plain string) (string, error) {
	b, err := is.Key.Seal(purpose(o, i), []byte(plain))
	return base64.StdEncoding.EncodeToString(b), err
}

func (is *Issuers) unseal(o org.ID, i ID, sealed string) (string, error) {
	b, err := base64.StdEncoding.DecodeString(sealed)
	if err != nil {
		return "", err
	}
	plain, err := is.Key.Unseal(purpose(o, i), b)
	return string(plain), err
}
