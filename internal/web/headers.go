package web

import (
	"cmp"
	"crypto/rand"
	"encoding/base64"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// ReportPath takes the browser's reports about broken content rules.
const ReportPath = "/-/csp"

func random(n int) string {
	b := make([]byte, n)
	rand.Read(b)
	return base64.RawURLEncoding.EncodeToString(b)
}

// secure sets what every answer carries. The nonce is for the style sheets that the code editor makes while it runs; nothing
// else inline is let through, neither script nor style.
func (m *Mux) secure(h http.Header, c *call) {
	content := ""
	if m.cfg.Content != "" {
		content = " " + m.cfg.Content
	}
	csp := []string{
		"default-src 'none'",
		"script-src 'self'",
		"style-src 'self' 'nonce-" + c.nonce + "'",
		"img-src 'self' blob:" + content,
		"media-src 'self' blob:" + content,
		"font-src 'self'",
		"connect-src 'self'",
		"frame-src " + cmp.Or(m.cfg.Content, "'self'"), // what may be framed says so itself: see Mux.frame
		"worker-src 'self'",
		"manifest-src 'self'",
		"form-action 'self'",
		"base-uri 'none'",
		"frame-ancestors 'none'",
		"require-trusted-types-for 'script'",
		"trusted-types candor",
		"report-uri " + ReportPath,
	}
	h.Set("Content-Security-Policy", strings.Join(csp, "; "))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Permissions-Policy", permissions(c.route != nil && c.route.Capture))
	h.Set("Cache-Control", "no-store")
	h.Set("X-Request-Id", c.id)
	if c.secure {
		h.Set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
	}
}

func permissions(capture bool) string {
	own := "()"
	if capture {
		own = "(self)"
	}
	return "camera=" + own + ", microphone=" + own + ", display-capture=" + own +
		", geolocation=(), payment=(), usb=(), serial=(), hid=(), bluetooth=(), midi=(), browsing-topics=()"
}

// AllowCapture lets this page ask for the camera, the microphone and the screen.
func AllowCapture(w http.ResponseWriter) { w.Header().Set("Permissions-Policy", permissions(true)) }

func queryEscape(s string) string { return url.QueryEscape(s) }

// answer wraps the writer: it sees the status for the log, and puts the server's time and the toasts' end on the headers at the
// moment they leave.
type answer struct {
	http.ResponseWriter
	c      *call
	status int
	bytes  int64
}

func (a *answer) WriteHeader(code int) {
	if a.status == 0 && code >= 200 {
		a.status = code
		a.Header().Set("Candor-Now", strconv.FormatInt(a.c.mux.cfg.Clock.Now().UnixMilli(), 10))
		if len(a.c.toasts) > 0 {
			ClearCookie(a.ResponseWriter, toastCookie)
		}
	}
	a.ResponseWriter.WriteHeader(code)
}

func (a *answer) Write(b []byte) (int, error) {
	if a.status == 0 {
		a.WriteHeader(http.StatusOK)
	}
	n, err := a.ResponseWriter.Write(b)
	a.bytes += int64(n)
	return n, err
}

// Unwrap is for http.ResponseController.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }
