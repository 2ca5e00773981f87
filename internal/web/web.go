// Package web is the door: a mux on which every route declares who may use it, who decides about its object and how often it
// may be called, and which does not start when a declaration is missing. It knows sessions only through the functions that app
// binds, turns problems into pages or problem+json, and sets the headers that keep the browser strict. It knows no noun.
// How to make a page stands in internal/web/ui/README.md.
//
// A handler parses, calls and shows; it returns an error and never a status:
//
//	mux.Handle(web.Route{Pattern: "POST /o/{org}/openings/{opening}/invite", Action: "opening.invite", Auth: web.Staff,
//		Roles: web.AnyMember, Tenant: web.FromPath, Object: "opening", Rate: web.RateWrite}, p.invite)
package web

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"time"

	"github.com/a-h/templ"

	"candor/internal/actor"
	"candor/internal/clock"
	"candor/internal/secret"
)

// Org is what pages show of an organisation. Path is the segment after /o/ in addresses; Accent is the address of its style
// sheet or empty.
type Org struct {
	ID, Path, Name, Accent string
}

// Session is a signed-in person as pages need it.
type Session struct {
	Actor actor.Actor
	Name  string // shown in the bar of staff; empty on candidate pages
	Org   Org
	Zone  string // IANA name, empty when unknown
	Lang  string // BCP 47, empty means English
}

// Auth finds who is asking; app binds it to the nouns that keep sessions. Each function gets the secret of the cookie or token
// and returns [ErrSignIn] (or any problem of kind SignIn) when it does not hold, and a problem of kind Missing when the person is
// signed in but not a member of the organisation. They are called at each request, so a revocation holds at once.
type Auth struct {
	Staff     func(ctx context.Context, cookie, org string) (Session, error) // org as in the path; empty on routes without one
	Candidate func(ctx context.Context, cookie string) (Session, error)
	Brief     func(ctx context.Context, cookie string) (Session, error) // a candidate's for routes that are Brief; nil is Candidate
	Token     func(ctx context.Context, token, org, scope string) (Session, error)
	Operator  func(ctx context.Context, cookie string) (Session, error)
}

// Config is what the door needs from outside. Zero values are safe.
type Config struct {
	Clock   *clock.Clock
	Log     *slog.Logger
	Key     secret.Key
	Auth    Auth
	URL     string           // the public address, such as https://interviews.example; empty trusts only the request's own host
	Content string           // the address of the content origin, or empty
	Proxies []netip.Prefix   // whose X-Forwarded-For and X-Forwarded-Proto are believed
	Rates   map[Rate]Limit   // overrides of the built-in classes, for tests
	Admit   func(Rate) error // asked before each request: what can wait does while there is little room or much to do; nil lets all in

	// Once makes the context of a page that a candidate opens: reads with it may be answered by those before them. nil leaves it as it is.
	Once func(context.Context) context.Context

	// SignInPath is where a member without a session is sent; "?next=" with the address is added. Empty shows the error page.
	SignInPath string
	// ErrorPage draws what went wrong; app sets errorpage.Show. Nil shows the bare sentence.
	ErrorPage func(ErrorView) templ.Component
}

// Handler is a page or an action.
type Handler func(w http.ResponseWriter, r *http.Request) error

// call is what the door knows about one request.
type call struct {
	mux      *Mux
	route    *Route
	id       string
	nonce    string
	received time.Time
	session  Session
	remote   netip.Addr
	secure   bool
	toasts   []Toast
	parsed   bool
}

type callKey struct{}

func callOf(r *http.Request) *call {
	c, _ := r.Context().Value(callKey{}).(*call)
	if c == nil {
		return &call{mux: &Mux{cfg: Config{Clock: clock.New(nil), Log: slog.Default()}}}
	}
	return c
}

// Actor is who is asking; the zero Actor on anonymous routes.
func Actor(r *http.Request) actor.Actor { return callOf(r).session.Actor }

// SessionOf is the session of who is asking.
func SessionOf(r *http.Request) Session { return callOf(r).session }

// Received is when the first byte of this request reached us, by the deciding clock (time.md, rule 3). It is stamped by the
// listener of [Listen]; without that listener it is when the mux saw the request.
func Received(r *http.Request) time.Time { return callOf(r).received }

// RequestID is the reference of this request, which can be read out to support.
func RequestID(r *http.Request) string { return callOf(r).id }

// Remote is the address of who is asking, after believed proxies. Rate limits and session lists use it; it is never logged.
func Remote(r *http.Request) netip.Addr { return callOf(r).remote }

// Recheck asks again whether the session of this request still holds, for streams that outlive the check at their start.
func Recheck(r *http.Request) error {
	c := callOf(r)
	if c.route == nil {
		return nil
	}
	again := *c
	return c.mux.admit(r, &again)
}
