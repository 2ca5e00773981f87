package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"time"

	"candor/internal/actor"
	"candor/internal/clock"
)

// Mux is the door. Register with Handle, then call Start once; until then it answers nothing.
type Mux struct {
	cfg     Config
	routes  []Route
	inner   *http.ServeMux
	origin  *http.CrossOriginProtection
	rates   limiter
	once    onceStore
	problem error // the first wrong declaration
	started bool
}

// New makes a mux with the door's own routes: assets and the browser's reports.
func New(cfg Config) *Mux {
	if cfg.Clock == nil {
		cfg.Clock = clock.New(nil)
	}
	if cfg.Log == nil {
		cfg.Log = slog.Default()
	}
	m := &Mux{cfg: cfg, inner: http.NewServeMux(), origin: http.NewCrossOriginProtection()}
	m.rates.limits = cfg.Rates
	if cfg.URL != "" {
		m.problem = m.origin.AddTrustedOrigin(strings.TrimSuffix(cfg.URL, "/"))
	}
	m.Handle(Route{Pattern: "GET /-/assets/{file}", Action: "web.asset", Auth: Anonymous, Tenant: NoTenant, Object: NoObject,
		Rate: RateAsset, Quiet: true}, serveAsset)
	m.Handle(Route{Pattern: "GET " + FramePath + "{frame}", Action: "web.frame", Auth: Anonymous, Tenant: NoTenant, Object: NoObject,
		Rate: RateAsset, Quiet: true}, m.frame)
	m.Handle(Route{Pattern: "POST " + ReportPath, Action: "web.report", Auth: Anonymous, Tenant: NoTenant, Object: NoObject,
		Rate: RateCode, Quiet: true, MaxBody: 64 << 10}, m.report)
	m.Handle(Route{Pattern: "GET /-/accent/{file}", Action: "web.accent", Auth: Anonymous, Tenant: NoTenant, Object: NoObject,
		Rate: RateAsset, Quiet: true}, serveAccent)
	m.Handle(Route{Pattern: "POST /-/theme", Action: "web.theme", Auth: Anonymous, Tenant: NoTenant, Object: NoObject,
		Rate: RateWrite}, m.theme)
	return m
}

// Handle declares a route. What is wrong with it is said by Start.
func (m *Mux) Handle(route Route, h Handler) {
	err := route.check(&m.cfg)
	if err == nil && h == nil {
		err = fmt.Errorf("route %q has no handler", route.Pattern)
	}
	if err == nil && slices.ContainsFunc(m.routes, func(o Route) bool { return o.Pattern == route.Pattern }) {
		err = fmt.Errorf("route %q is declared twice", route.Pattern)
	}
	if err != nil {
		m.problem = errors.Join(m.problem, err)
		return
	}
	if route.API() && m.cfg.Auth.Token == nil {
		return // no program can ask here
	}
	m.routes = append(m.routes, route)
	m.inner.HandleFunc(route.Pattern, func(w http.ResponseWriter, r *http.Request) { m.serve(w, r, &route, h) })
}

// Start says whether every declaration is complete, naming all that are not. The mux answers only after it said nil.
func (m *Mux) Start() error {
	if m.problem != nil {
		return m.problem
	}
	if m.started {
		return errors.New("the mux was started twice")
	}
	m.inner.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { m.fail(w, r, ErrMissing) })
	m.started = true
	return nil
}

// Routes lists the declarations, for generated tests and docs.
func (m *Mux) Routes() []Route { return slices.Clone(m.routes) }

// Server is an http.Server around the mux with the time limits we serve with. Give it a listener of [Listen].
func (m *Mux) Server() *http.Server {
	return &http.Server{Handler: m, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 32 << 10,
		ConnContext: withConn, ErrorLog: slog.NewLogLogger(m.cfg.Log.Handler(), slog.LevelDebug)}
}

// Serve serves on a listener until it closes.
func (m *Mux) Serve(l net.Listener) error { return m.Server().Serve(Listen(l, m.cfg.Clock)) }

// ServeHTTP gives a request its id, its receipt and its headers, refuses what comes from other origins, survives panics and
// writes the line in the log.
func (m *Mux) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	began := time.Now()
	c := &call{mux: m, id: random(9), nonce: random(16), received: m.cfg.Clock.Now()}
	if k, _ := r.Context().Value(connKey{}).(*conn); k != nil && r.ProtoMajor == 1 {
		if at := k.stamp(); !at.IsZero() {
			c.received = at
		}
		defer k.arm()
	}
	c.remote, c.secure = m.sender(r)
	ctx := r.Context()
	if ctx.Err() != nil && r.ProtoMajor == 1 {
		// Once reading from a connection failed (a piece of a recording that came too slowly), net/http ends the context of whatever comes on it
		// later before it begins, and yet goes on serving it. What came whole, a save among them, is done; the device takes another connection next.
		var cancel context.CancelFunc
		ctx, cancel = context.WithCancel(context.WithoutCancel(ctx))
		defer cancel()
		w.Header().Set("Connection", "close")
	}
	r = r.WithContext(context.WithValue(ctx, callKey{}, c))
	defer func() { // the server clears up after the request it made, of which this is a copy
		if r.MultipartForm != nil {
			r.MultipartForm.RemoveAll()
		}
	}()
	a := &answer{ResponseWriter: w, c: c}
	m.secure(a.Header(), c)
	defer func() {
		if fault := recover(); fault != nil {
			if fault == http.ErrAbortHandler {
				panic(fault)
			}
			m.cfg.Log.ErrorContext(r.Context(), "request panicked", "request", c.id, "route", pattern(c), "panic", fmt.Sprint(fault),
				"stack", string(debug.Stack()))
			if a.status == 0 {
				m.fail(a, r, errors.New("panic"))
			}
		}
		m.log(r, a, began)
	}()
	switch {
	case !m.started:
		http.Error(a, "starting", http.StatusServiceUnavailable)
	case r.Method == http.MethodOptions:
		a.Header().Set("Allow", "GET, HEAD, POST")
		a.WriteHeader(http.StatusNoContent)
	case r.Method == http.MethodTrace || r.Method == http.MethodConnect:
		a.WriteHeader(http.StatusMethodNotAllowed)
	case m.origin.Check(r) != nil && r.URL.Path != ReportPath:
		m.fail(a, r, ErrOrigin)
	default:
		m.inner.ServeHTTP(a, r)
	}
}

// serve is one declared route: rate, session, roles, then the handler.
func (m *Mux) serve(w http.ResponseWriter, r *http.Request, route *Route, h Handler) {
	c := callOf(r)
	c.route = route
	if route.Capture {
		w.Header().Set("Permissions-Policy", permissions(true))
	}
	limit := route.MaxBody
	if limit == 0 {
		limit = 1 << 20
	}
	r.Body = http.MaxBytesReader(w, r.Body, limit)
	var until time.Time // a stream has no end; the deadline of the connection's last request must not end it
	if !route.Stream {
		until = time.Now().Add(2 * time.Minute)
	}
	ctl := http.NewResponseController(w)
	_ = ctl.SetReadDeadline(until) // not every writer can; then the connection's own limits hold
	_ = ctl.SetWriteDeadline(until)
	if m.cfg.Once != nil && r.Method == http.MethodGet && !route.Stream && (route.Auth == Candidate || route.Auth == Link) {
		r = r.WithContext(m.cfg.Once(r.Context()))
	}
	if err := m.admit(r, c); err != nil {
		m.fail(w, r, err)
		return
	}
	if err := m.throttle(w, r, c); err != nil {
		m.fail(w, r, err)
		return
	}
	if err := route.asked(r); err != nil {
		m.fail(w, r, err)
		return
	}
	if err := m.pressed(w, r, h); err != nil {
		m.fail(w, r, err)
	}
}

// asked refuses values in the address of an API route that it does not declare: a filter with a typing error would else give everything.
func (r *Route) asked(req *http.Request) error {
	if !r.API() {
		return nil
	}
	for name := range req.URL.Query() {
		if !slices.Contains(r.Query, name) && !slices.Contains(r.Filters, name) {
			return ErrForm.Saying("There is a value in the address that we do not know.").On("?"+name, "There is no such value.")
		}
	}
	return nil
}

// admit finds who is asking and whether this route is for them.
func (m *Mux) admit(r *http.Request, c *call) (err error) {
	switch ctx := r.Context(); c.route.Auth {
	case Anonymous, Link:
		return nil
	case Staff:
		org := r.PathValue("org")
		if token, ok := bearer(r); ok && c.route.API() {
			c.session, err = m.cfg.Auth.Token(ctx, token, org, c.route.Scope)
		} else {
			c.session, err = signedIn(r, StaffCookie, func(s string) (Session, error) {
				if m.cfg.Auth.Staff == nil {
					return Session{}, ErrSignIn
				}
				return m.cfg.Auth.Staff(ctx, s, org)
			})
		}
		if err != nil {
			return err
		}
		if org != "" && c.session.Actor.Org == "" {
			return ErrMissing // an authenticator that forgot the organisation must not open it
		}
		if c.route.Roles[0] != "*" && !c.session.Actor.Has(c.route.Roles...) {
			return ErrRole
		}
	case Candidate:
		find := m.cfg.Auth.Candidate
		if c.route.Brief && m.cfg.Auth.Brief != nil {
			find = m.cfg.Auth.Brief
		}
		c.session, err = signedIn(r, CandidateCookie, func(s string) (Session, error) { return find(ctx, s) })
	case Operator:
		c.session, err = signedIn(r, OperatorCookie, func(s string) (Session, error) { return m.cfg.Auth.Operator(ctx, s) })
	}
	return err
}

// bearer is the token of a request (RFC 6750), which partners that speak Basic send as the name, without a password (RFC 7617).
func bearer(r *http.Request) (token string, ok bool) {
	if name, password, basic := r.BasicAuth(); basic {
		return name, password == ""
	}
	return strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
}

// Token is the token with which a program asked; "" is a session, or nobody. It is for whoever has to answer with it.
func Token(r *http.Request) string {
	c := callOf(r)
	if token, ok := bearer(r); ok && c.route != nil && c.route.API() {
		return token
	}
	return ""
}

func signedIn(r *http.Request, cookie string, find func(string) (Session, error)) (Session, error) {
	s := Cookie(r, cookie)
	if s == "" {
		return Session{}, ErrSignIn
	}
	return find(s)
}

func (m *Mux) throttle(w http.ResponseWriter, r *http.Request, c *call) error {
	who := c.session.Actor.Session
	if who == "" || c.route.Rate == RateSignIn || c.route.Rate == RateCode {
		who = c.remote.String()
	}
	ok, wait := m.rates.allow(c.route.Rate, who, m.cfg.Clock.Now())
	if c.route.Rate == RateAPI {
		w.Header().Set("RateLimit-Limit", strconv.Itoa(int(m.rates.of(RateAPI).Per)))
		w.Header().Set("RateLimit-Remaining", strconv.Itoa(m.rates.left(RateAPI, who)))
	}
	if ok {
		return m.busy(c.route.Rate)
	}
	return ErrTooMany.With("retry_after", strconv.Itoa(int(wait.Seconds())+1))
}

// busy lets what can wait find out that it has to.
func (m *Mux) busy(rate Rate) error {
	if m.cfg.Admit == nil {
		return nil
	}
	return m.cfg.Admit(rate)
}

// sender is the address of who is asking and whether they came over TLS. A forwarded header counts only from a configured proxy.
func (m *Mux) sender(r *http.Request) (netip.Addr, bool) {
	peer, _ := netip.ParseAddrPort(r.RemoteAddr)
	addr, secure := peer.Addr().Unmap(), r.TLS != nil
	believed := func(a netip.Addr) bool {
		return slices.ContainsFunc(m.cfg.Proxies, func(p netip.Prefix) bool { return p.Contains(a) })
	}
	if !believed(addr) {
		return addr, secure
	}
	secure = secure || r.Header.Get("X-Forwarded-Proto") == "https"
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for _, hop := range slices.Backward(hops) {
		a, err := netip.ParseAddr(strings.TrimSpace(hop))
		if err != nil {
			break
		}
		addr = a.Unmap()
		if !believed(addr) {
			break
		}
	}
	return addr, secure
}

// log writes one line per request: the pattern, never the address, which may hold a secret or a name.
func (m *Mux) log(r *http.Request, a *answer, began time.Time) {
	c := a.c
	if c.route != nil && c.route.Quiet && a.status < 400 {
		return
	}
	m.cfg.Log.InfoContext(r.Context(), "request", "request", c.id, "route", pattern(c), "method", r.Method, "status", a.status,
		"bytes", a.bytes, "ms", time.Since(began).Milliseconds(), "kind", string(kindOf(c)), "org", c.session.Actor.Org)
}

func kindOf(c *call) actor.Kind {
	kind, _ := c.session.Actor.Signs()
	return kind
}

// report counts a broken content rule in the log; the browser's text is cut and never shown to anybody.
func (m *Mux) report(w http.ResponseWriter, r *http.Request) error {
	b := make([]byte, 2000)
	n, _ := r.Body.Read(b) // best effort: a report that cannot be read is still a report
	m.cfg.Log.WarnContext(r.Context(), "browser refused content", "request", RequestID(r), "report", string(b[:n]))
	w.WriteHeader(http.StatusNoContent)
	return nil
}
