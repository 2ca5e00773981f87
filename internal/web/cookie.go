package web

import (
	"net/http"
	"time"
)

// The two session cookies. With the __Host- prefix a browser takes them only over a secure context, for the whole host and
// without a Domain, so no neighbour can set them. Chromium, Firefox and curl take loopback over plain http as secure.
const (
	StaffCookie     = "__Host-staff"
	CandidateCookie = "__Host-cand"
	OperatorCookie  = "__Host-operator"
	toastCookie     = "__Host-toast"
)

// SetCookie keeps a secret in the browser until expires; the zero time keeps it until the browser closes.
func SetCookie(w http.ResponseWriter, name, value string, expires time.Time) {
	http.SetCookie(w, &http.Cookie{Name: name, Value: value, Path: "/", Secure: true, HttpOnly: true,
		SameSite: http.SameSiteLaxMode, Expires: expires})
}

// ClearCookie forgets it.
func ClearCookie(w http.ResponseWriter, name string) {
	http.SetCookie(w, &http.Cookie{Name: name, Path: "/", Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode, MaxAge: -1})
}

// Cookie is the value of a cookie, or "".
func Cookie(r *http.Request, name string) string {
	c, err := r.Cookie(name)
	if err != nil {
		return ""
	}
	return c.Value
}
