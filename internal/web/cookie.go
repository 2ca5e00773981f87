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
	themeCookie     = "__Host-theme"
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

// themeOf is the chosen theme; empty follows the system.
func themeOf(r *http.Request) string {
	if t := Cookie(r, themeCookie); t == "light" || t == "dark" {
		return t
	}
	return ""
}

// theme keeps the choice for a year.
func (m *Mux) theme(w http.ResponseWriter, r *http.Request) error {
	var f struct{ Theme, Back string }
	if err := ReadForm(r, &f); err != nil {
		return err
	}
	if f.Theme == "light" || f.Theme == "dark" {
		SetCookie(w, themeCookie, f.Theme, m.cfg.Clock.Now().AddDate(1, 0, 0))
	} else {
		ClearCookie(w, themeCookie)
	}
	return Redirect(w, r, f.Back, "")
}
