package issuer

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"candor/internal/account"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/org"
	"candor/internal/problem"
	"candor/internal/secret"
)

const (
	// TripLife is how long somebody may take at the issuer.
	TripLife = 10 * time.Minute
	// patience is how long one request to an issuer may take.
	patience = 10 * time.Second
	// answer is how many bytes of one of its answers are read.
	answer = 256 << 10
)

var (
	// ErrSilent: the issuer does not answer, or not as OpenID Connect Discovery says.
	ErrSilent = problem.New(problem.Conflict, "issuer_silent", "The sign-in service does not answer as it should. Try again in a while, or ask for a link by mail.")
	// ErrTrip: it took too long, was begun in another browser, or is over.
	ErrTrip = problem.New(problem.Conflict, "issuer_trip", "This sign-in took longer than 10 minutes, or was begun in another browser or window. Begin again.")
	// ErrMix: the answer is of another issuer than the one that was chosen.
	ErrMix = problem.New(problem.Forbidden, "issuer_mix", "The answer came from another sign-in service than the one you chose, so nobody was signed in. Begin again.")
	// ErrDeclined: the person, or the service, stopped it.
	ErrDeclined = problem.New(problem.Conflict, "issuer_declined", "The sign-in service did not let you through. Begin again, or ask for a link by mail.")
	// ErrClient: it does not take our client id, secret or address.
	ErrClient = problem.New(problem.Conflict, "issuer_client", "The sign-in service does not know Candor by what is set up here. An owner should look at its client id and secret.")
	// ErrKeys: what it says is not signed with its keys.
	ErrKeys = problem.New(problem.Forbidden, "issuer_keys", "What the sign-in service said is not signed with its own keys, so nobody was signed in. An owner should look at its settings.")
	// ErrAudience: what it says was said to somebody else.
	ErrAudience = problem.New(problem.Forbidden, "issuer_audience", "What the sign-in service said was meant for another program, so nobody was signed in. An owner should look at the client id.")
	// ErrStale: what it says has run out, or belongs to another sign-in.
	ErrStale = problem.New(problem.Forbidden, "issuer_stale", "What the sign-in service said belongs to another sign-in, or has run out. Begin again.")
)

// trip is one way to the issuer and back. It travels sealed in the browser's cookie, so that nobody else can end it.
type trip struct {
	Org      org.ID     `json:"o"`
	Issuer   ID         `json:"i"`
	State    string     `json:"s"`
	Nonce    string     `json:"n"`
	Verifier string     `json:"v"`
	Account  account.ID `json:"a,omitempty"` // who connects; "" signs in
	Next     string     `json:"t,omitempty"`
	Ends     int64      `json:"e"`
}

// Begin is where to send the browser, and what to keep in its cookie meanwhile. who is the account that connects itself, or "" to sign in; next is
// where it goes on afterwards. ErrMissing, ErrSilent.
func (is *Issuers) Begin(ctx context.Context, o org.ID, i ID, who account.ID, next string) (to, cookie string, err error) {
	x, err := is.one(ctx, o, i)
	if err != nil {
		return "", "", err
	}
	p, err := is.discover(ctx, x.URL)
	if err != nil {
		return "", "", err
	}
	t := trip{o, i, secret.Random(), secret.Random(), oauth2.GenerateVerifier(), who, next, clock.Milli(is.DB.Now().Add(TripLife))}
	raw, err := json.Marshal(t)
	if err != nil {
		return "", "", err
	}
	sealed, err := is.Key.Seal("issuer trip", raw)
	if err != nil {
		return "", "", err
	}
	conf := is.client(p, o, x, "")
	return conf.AuthCodeURL(t.State, oidc.Nonce(t.Nonce), oauth2.S256ChallengeOption(t.Verifier)), base64.RawURLEncoding.EncodeToString(sealed), nil
}

func (is *Issuers) one(ctx context.Context, o org.ID, i ID) (x Issuer, err error) {
	err = is.DB.Read(ctx, o, func(tx db.Tx) (err error) {
		x, err = load(ctx, tx, i)
		return err
	})
	return x, err
}

// said is what an issuer says of a person.
type said struct {
	Subject  string
	Email    string
	Verified bool
	Name     string
}

// back reads an answer: of this issuer, to this browser and whoever is signed in there, signed, for us, and of now.
func (is *Issuers) back(ctx context.Context, o org.ID, i ID, cookie string, q url.Values, session account.Session) (x Issuer, t trip, s said, err error) {
	if t, err = is.open(cookie); err != nil {
		return x, t, s, err
	}
	if !secret.Equal(q.Get("state"), t.State) {
		return x, t, s, ErrTrip
	}
	if t.Org != o || t.Issuer != i {
		return x, t, s, ErrMix
	}
	if t.Account != "" && (session.Account.ID != t.Account || session.Org != "" && session.Org != o) {
		return x, t, s, ErrTrip // whoever began to connect is not who is signed in here
	}
	if x, err = is.one(ctx, o, i); err != nil {
		return x, t, s, err
	}
	if iss, named := q["iss"]; named && !slices.Equal(iss, []string{x.URL}) { // RFC 9207, section 2.4
		return x, t, s, ErrMix
	}
	if q.Has("error") || q.Get("code") == "" {
		return x, t, s, ErrDeclined
	}
	p, err := is.discover(ctx, x.URL)
	if err != nil {
		return x, t, s, err
	}
	if p.names && !q.Has("iss") {
		return x, t, s, ErrMix
	}
	s, err = is.fetch(ctx, p, o, x, t, q.Get("code"))
	return x, t, s, err
}

func (is *Issuers) open(cookie string) (t trip, err error) {
	sealed, err := base64.RawURLEncoding.DecodeString(cookie)
	if err != nil {
		return t, ErrTrip
	}
	raw, err := is.Key.Unseal("issuer trip", sealed)
	if err != nil || json.Unmarshal(raw, &t) != nil || t.Ends <= clock.Milli(is.DB.Now()) {
		return t, ErrTrip
	}
	return t, nil
}

// fetch changes the code for what the issuer says, and checks it (OpenID Connect Core, section 3.1.3.7).
func (is *Issuers) fetch(ctx context.Context, p *service, o org.ID, x Issuer, t trip, code string) (s said, err error) {
	plain, err := is.unseal(o, x.ID, x.secret)
	if err != nil {
		return s, err
	}
	ctx = oidc.ClientContext(ctx, is.http())
	token, err := is.client(p, o, x, plain).Exchange(ctx, code, oauth2.VerifierOption(t.Verifier))
	var refused *oauth2.RetrieveError
	switch {
	case errors.As(err, &refused) && refused.ErrorCode == "invalid_grant":
		return s, ErrStale
	case errors.As(err, &refused) && refused.Response.StatusCode < 500:
		return s, ErrClient
	case err != nil:
		return s, ErrSilent
	}
	raw, _ := token.Extra("id_token").(string)
	verify := p.VerifierContext(ctx, &oidc.Config{SkipClientIDCheck: true, SkipExpiryCheck: true, SkipIssuerCheck: true}) // each is checked below, with its own answer
	v, err := verify.Verify(ctx, raw)
	switch {
	case err != nil:
		return s, ErrKeys
	case v.Issuer != x.URL:
		return s, ErrMix
	}
	var claims struct {
		Party    string `json:"azp"`
		Email    string `json:"email"`
		Verified yes    `json:"email_verified"`
		Name     string `json:"name"`
	}
	if err := v.Claims(&claims); err != nil {
		return s, ErrKeys
	}
	switch {
	case !slices.Contains(v.Audience, x.Client), len(v.Audience) > 1 && claims.Party == "", claims.Party != "" && claims.Party != x.Client:
		return s, ErrAudience
	case !secret.Equal(v.Nonce, t.Nonce), v.Expiry.Before(is.DB.Now()):
		return s, ErrStale
	case v.Subject == "" || len(v.Subject) > 255:
		return s, ErrKeys
	}
	s = said{v.Subject, claims.Email, bool(claims.Verified), claims.Name}
	if (s.Email == "" || s.Name == "") && p.UserInfoEndpoint() != "" {
		u, err := p.UserInfo(ctx, oauth2.StaticTokenSource(token))
		if err != nil {
			return s, ErrSilent
		}
		if u.Subject != s.Subject { // section 5.3.2
			return s, ErrMix
		}
		if s.Email == "" {
			s.Email, s.Verified = u.Email, u.EmailVerified
		}
		if err := u.Claims(&claims); err == nil && s.Name == "" {
			s.Name = claims.Name
		}
	}
	return s, nil
}

// yes is a truth that some services send as a text.
type yes bool

// UnmarshalJSON takes true and "true" as true, and everything else as not.
func (y *yes) UnmarshalJSON(b []byte) error {
	*y = string(b) == "true" || string(b) == `"true"`
	return nil
}

// service is how an issuer is reached.
type service struct {
	*oidc.Provider
	issuer string // as it names itself
	style  oauth2.AuthStyle
	names  bool // it says in each answer who it is (RFC 9207)
}

// discover asks an issuer how it is reached (OpenID Connect Discovery 1.0). A slash more or less at the end is forgiven; another name is not. It is
// asked each time: people sign in seldom, and what it says holds at once on every node.
func (is *Issuers) discover(ctx context.Context, address string) (*service, error) {
	ctx = oidc.ClientContext(ctx, is.http())
	p, err := oidc.NewProvider(ctx, address)
	var other *oidc.IssuerMismatchError
	if errors.As(err, &other) && strings.TrimSuffix(other.Discovered, "/") == strings.TrimSuffix(address, "/") {
		address = other.Discovered
		p, err = oidc.NewProvider(ctx, address)
	}
	if err != nil {
		return nil, ErrSilent.On("url", "This address does not answer as an OpenID Connect service of that name, or it is not a public one.")
	}
	var says struct {
		Keys    string   `json:"jwks_uri"`
		Methods []string `json:"token_endpoint_auth_methods_supported"`
		Names   bool     `json:"authorization_response_iss_parameter_supported"`
	}
	if err := p.Claims(&says); err != nil {
		return nil, ErrSilent
	}
	for _, s := range []string{p.Endpoint().AuthURL, p.Endpoint().TokenURL, says.Keys} {
		if u, err := url.Parse(s); err != nil || u.Scheme != "https" || u.Host == "" {
			return nil, ErrSilent.On("url", "This service names addresses that do not begin with https://.")
		}
	}
	style := oauth2.AuthStyleInHeader // the default of section 9 of Core
	if len(says.Methods) > 0 && !slices.Contains(says.Methods, "client_secret_basic") {
		style = oauth2.AuthStyleInParams
	}
	return &service{p, address, style, says.Names}, nil
}

func (is *Issuers) client(p *service, o org.ID, x Issuer, plain string) *oauth2.Config {
	at := p.Endpoint()
	at.AuthStyle = p.style
	return &oauth2.Config{ClientID: x.Client, ClientSecret: plain, Endpoint: at, RedirectURL: is.Back(o, x.ID), Scopes: []string{oidc.ScopeOpenID, "email", "profile"}}
}

// http is the way out, reading little of each answer.
func (is *Issuers) http() *http.Client {
	c := is.Out.Client(patience, is.Roots)
	c.Transport = little{c.Transport}
	return c
}

type little struct{ http.RoundTripper }

// RoundTrip cuts the answer's body.
func (l little) RoundTrip(r *http.Request) (*http.Response, error) {
	res, err := l.RoundTripper.RoundTrip(r)
	if err == nil {
		res.Body = struct {
			io.Reader
			io.Closer
		}{io.LimitReader(res.Body, answer), res.Body}
	}
	return res, err
}
