package web

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"

	"candor/internal/problem"
	"candor/internal/web/locale"
)

// Problems of the door itself.
var (
	ErrSignIn   = problem.New(problem.SignIn, "sign_in", "Please sign in to see this page.")
	ErrMissing  = problem.New(problem.Missing, "missing", "There is nothing at this address, or it is not for you.")
	ErrRole     = problem.New(problem.Forbidden, "not_your_role", "Your role does not include this. The owner of your organisation can change that.")
	ErrTooMany  = problem.New(problem.TooMany, "too_many", "That was a lot at once. Wait a little, then try again. Nothing was lost.")
	ErrTooLarge = problem.New(problem.TooLarge, "too_large", "That is more than we can take at once. Nothing was changed.")
	ErrOrigin   = problem.New(problem.Forbidden, "other_origin", "This came from another site, so we did not do it. Open the page here and try again.")
	ErrForm     = problem.New(problem.Invalid, "form", "We could not read what was sent. Go back, reload the page, and try again.")
)

// errFault is what people see of a fault of ours.
var errFault = problem.New("", "fault", "Something went wrong on our side. What you sent before is safe.")

// status is the only place that knows HTTP statuses of problems.
func status(k problem.Kind) int {
	switch k {
	case problem.Invalid:
		return http.StatusUnprocessableEntity
	case problem.Missing:
		return http.StatusNotFound
	case problem.Conflict:
		return http.StatusConflict
	case problem.Forbidden:
		return http.StatusForbidden
	case problem.SignIn:
		return http.StatusUnauthorized
	case problem.TooMany:
		return http.StatusTooManyRequests
	case problem.TooLarge:
		return http.StatusRequestEntityTooLarge
	case problem.Unavailable:
		return http.StatusServiceUnavailable
	case problem.Full:
		return http.StatusInsufficientStorage
	}
	return http.StatusInternalServerError
}

// StatusOf is the HTTP status of an error: of a problem its kind's, of nil 200, of a fault 500.
func StatusOf(err error) int {
	if err == nil {
		return http.StatusOK
	}
	p, ok := problem.As(err)
	if !ok {
		return http.StatusInternalServerError
	}
	return status(p.Kind)
}

// ErrorView is what the error page shows.
type ErrorView struct {
	Status    int
	Title     string // what happened
	Text      string // what is safe, what to do
	Fields    map[string]string
	Reference string // can be read out; empty on 404, whose bytes are the same for everybody
	Back      string // address, empty when there is none
	BackText  string
}

// fail answers with an error: a problem as it is, a fault as a calm page and a line in the log.
func (m *Mux) fail(w http.ResponseWriter, r *http.Request, err error) {
	r = r.WithContext(context.WithoutCancel(r.Context())) // nothing is drawn in one that is over, and nothing drawn is a 200
	c := callOf(r)
	p, ok := problem.As(err)
	if !ok {
		m.cfg.Log.ErrorContext(r.Context(), "request failed", "request", c.id, "route", pattern(c), "error", err)
		p = errFault
	}
	code := status(p.Kind)
	if p.Kind == problem.Forbidden || p.Kind == problem.SignIn {
		m.cfg.Log.InfoContext(r.Context(), "access refused", "request", c.id, "route", pattern(c), "code", p.Code,
			"kind", c.session.Actor.Kind, "actor", c.session.Actor.ID, "org", c.session.Actor.Org)
	}
	if p.Kind == problem.SignIn && c.route != nil && c.route.API() {
		w.Header().Set("WWW-Authenticate", "Bearer")
	}
	if p.Kind == problem.TooMany || p.Facts["retry_after"] != "" {
		w.Header().Set("Retry-After", retryAfter(p))
	}
	if wantsJSON(c, r) {
		m.failJSON(w, r, code, p)
		return
	}
	if p.Kind == problem.SignIn && c.route != nil && c.route.Auth == Staff && m.cfg.SignInPath != "" {
		to := m.cfg.SignInPath
		if r.Method == http.MethodGet {
			to += "?next=" + queryEscape(r.URL.RequestURI())
		}
		http.Redirect(w, r, to, http.StatusSeeOther)
		return
	}
	m.showError(w, r, code, p)
}

func retryAfter(p *problem.Problem) string {
	if s := p.Facts["retry_after"]; s != "" {
		return s
	}
	return strconv.Itoa(int((10 * time.Second).Seconds()))
}

func pattern(c *call) string {
	if c.route == nil {
		return "-"
	}
	return c.route.Pattern
}

// wantsJSON: the API and the islands' private routes always, others when they say so.
func wantsJSON(c *call, r *http.Request) bool {
	if strings.HasPrefix(r.URL.Path, "/api/") || strings.HasPrefix(r.URL.Path, "/c/-/") || strings.HasPrefix(r.URL.Path, "/-/") {
		return true
	}
	accept := r.Header.Get("Accept")
	return strings.Contains(accept, "application/json") && !strings.Contains(accept, "text/html")
}

// failJSON writes RFC 9457 problem details. Values that were sent are never echoed.
func (m *Mux) failJSON(w http.ResponseWriter, r *http.Request, code int, p *problem.Problem) {
	body := struct {
		Type   string            `json:"type"`
		Title  string            `json:"title"`
		Status int               `json:"status"`
		Code   string            `json:"code"`
		Errors map[string]string `json:"errors,omitempty"`
		Facts  map[string]string `json:"facts,omitempty"`
	}{"about:blank", m.sentence(r, p), code, p.Code, p.Fields, p.Facts}
	if c := callOf(r); c.route != nil && c.route.API() {
		body.Errors = pointers(p.Fields)
	}
	out, err := json.Marshal(body)
	if err != nil {
		code, out = http.StatusInternalServerError, []byte(`{"type":"about:blank","status":500,"code":"fault"}`)
	}
	write(w, r, code, "application/problem+json", out)
}

// sentence is the problem's text in the person's language.
func (m *Mux) sentence(r *http.Request, p *problem.Problem) string {
	c := callOf(r)
	if c.route == nil || c.route.Auth != Candidate && c.route.Auth != Link {
		return p.Text // staff pages are English, as the problem is written
	}
	if s, ok := locale.For(c.session.Lang).Lookup(p.Code); ok {
		return s
	}
	return p.Text
}

var titles = map[int]string{
	http.StatusNotFound:              "Not found",
	http.StatusUnauthorized:          "Please sign in",
	http.StatusForbidden:             "Not for your role",
	http.StatusConflict:              "That is not possible right now",
	http.StatusUnprocessableEntity:   "Something needs another look",
	http.StatusRequestEntityTooLarge: "That was too large",
	http.StatusTooManyRequests:       "One moment",
	http.StatusServiceUnavailable:    "We will be back in a moment",
	http.StatusInsufficientStorage:   "Our disk is full",
}

func (m *Mux) showError(w http.ResponseWriter, r *http.Request, code int, p *problem.Problem) {
	c := callOf(r)
	v := ErrorView{Status: code, Title: titles[code], Text: m.sentence(r, p), Fields: p.Fields, Reference: c.id}
	if v.Title == "" {
		v.Title = "Something went wrong"
	}
	if code == http.StatusNotFound {
		// Byte-identical for a missing object and one of another organisation: nothing of the request or the session.
		v = ErrorView{Status: code, Title: v.Title, Text: ErrMissing.Text}
	}
	if r.Method == http.MethodPost && code != http.StatusNotFound {
		v.Back, v.BackText = r.URL.Path, "Back to the page"
	}
	if m.cfg.ErrorPage == nil {
		write(w, r, code, "text/plain; charset=utf-8", []byte(v.Title+"\n\n"+v.Text+"\n"))
		return
	}
	if err := render(w, r, code, m.cfg.ErrorPage(v)); err != nil {
		m.cfg.Log.ErrorContext(r.Context(), "error page failed", "request", c.id, "error", err)
	}
}
