package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"sync"
	"time"

	"github.com/a-h/templ"

	"candor/internal/secret"
)

// Page is what every page takes from its request; views carry it to the layouts of web/ui.
type Page struct {
	Title   string
	Path    string // of the request, for links to itself
	Lang    string
	Dir     string // ltr or rtl
	Nonce   string // for the code editor's style sheets
	Session Session
	Toasts  []Toast
	Light   bool   // the person saves data: no fonts
	Theme   string // light, dark or empty for the system's
	Now     time.Time
	Zone    *time.Location // of who is asking, UTC when unknown
}

// Toast confirms what the person did. Errors are never toasts.
type Toast struct {
	Text   string `json:"t"`
	Undo   string `json:"u,omitempty"` // address of a POST that takes it back
	Action string `json:"a,omitempty"` // the word on its button
}

// PageOf makes the page of a request and takes the toasts that the last action left.
func PageOf(r *http.Request, title string) Page {
	c := callOf(r)
	lang := c.session.Lang
	if lang == "" {
		lang = "en"
	}
	zone, err := time.LoadLocation(c.session.Zone)
	if err != nil {
		zone = time.UTC
	}
	return Page{Title: title, Path: r.URL.Path, Lang: lang, Dir: dir(lang), Nonce: c.nonce, Session: c.session,
		Toasts: takeToasts(r, c), Theme: themeOf(r), Light: r.Header.Get("Save-Data") == "on", Now: c.mux.cfg.Clock.Now(), Zone: zone}
}

func dir(lang string) string {
	base, _, _ := strings.Cut(lang, "-")
	switch base {
	case "ar", "fa", "he", "ur":
		return "rtl"
	}
	return "ltr"
}

// Show writes a page.
func Show(w http.ResponseWriter, r *http.Request, page templ.Component) error {
	return render(w, r, http.StatusOK, page)
}

// ShowWith writes a page that explains an error beside its fields, with the error's status.
func ShowWith(w http.ResponseWriter, r *http.Request, err error, page templ.Component) error {
	return render(w, r, StatusOf(err), page)
}

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

func render(w http.ResponseWriter, r *http.Request, code int, page templ.Component) error {
	b := buffers.Get().(*bytes.Buffer)
	b.Reset()
	defer buffers.Put(b)
	if err := page.Render(r.Context(), b); err != nil {
		return err
	}
	write(w, r, code, "text/html; charset=utf-8", b.Bytes())
	return nil
}

// Saved is what a form answers that an island posted, when it is kept.
type Saved struct {
	Saved bool `json:"saved"`
}

// JSON answers with a value of the type that the route declares as Out; anything else is a fault. What a program reads has an ETag, and who
// has it already gets 304.
func JSON(w http.ResponseWriter, r *http.Request, v any) error {
	if route := callOf(r).route; route != nil && reflect.TypeOf(v) != reflect.TypeOf(route.Out) {
		return fmt.Errorf("route %q answers %T, and declares %T", route.Pattern, v, route.Out)
	}
	out, err := json.Marshal(v)
	if err != nil {
		return err
	}
	if route := callOf(r).route; route != nil && route.API() && r.Method == http.MethodGet {
		sum := sha256.Sum256(out)
		tag := `W/"` + hex.EncodeToString(sum[:12]) + `"`
		w.Header().Set("ETag", tag)
		if r.Header.Get("If-None-Match") == tag {
			w.WriteHeader(http.StatusNotModified)
			return nil
		}
	}
	write(w, r, http.StatusOK, "application/json", out)
	return nil
}

var zips = sync.Pool{New: func() any { z, _ := gzip.NewWriterLevel(nil, 5); return z }}

// write sends a whole body, compressed when that helps and the client can. A write that fails means the client has gone.
func write(w http.ResponseWriter, r *http.Request, code int, kind string, body []byte) {
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Add("Vary", "Accept-Encoding")
	if len(body) > 1000 && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
		w.WriteHeader(code)
		if r.Method == http.MethodHead {
			return
		}
		z := zips.Get().(*gzip.Writer)
		defer zips.Put(z)
		z.Reset(w)
		z.Write(body)
		z.Close()
		return
	}
	w.WriteHeader(code)
	if r.Method != http.MethodHead {
		w.Write(body)
	}
}

// Redirect ends an action: the browser gets the next page, which shows the toast once (empty text shows none). Only addresses of
// this host are taken; anything else goes to "/".
func Redirect(w http.ResponseWriter, r *http.Request, to, toast string) error {
	if toast == "" {
		return redirect(w, r, to)
	}
	return RedirectWith(w, r, to, Toast{Text: toast})
}

// RedirectWith is Redirect with a toast that can be undone.
func RedirectWith(w http.ResponseWriter, r *http.Request, to string, toasts ...Toast) error {
	c := callOf(r)
	raw, err := json.Marshal(toasts)
	if err != nil {
		return err
	}
	body := base64.RawURLEncoding.EncodeToString(raw)
	SetCookie(w, toastCookie, body+"."+toastSum(c, body), time.Time{})
	return redirect(w, r, to)
}

func redirect(w http.ResponseWriter, r *http.Request, to string) error {
	http.Redirect(w, r, Local(to), http.StatusSeeOther)
	return nil
}

// Local is the address when it stays on this host, else "/". Use it for every ?next=.
func Local(to string) string {
	if !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") || strings.ContainsAny(to, "\\\r\n\t") {
		return "/"
	}
	return to
}

// toastSum keeps others from writing texts into our pages.
func toastSum(c *call, body string) string {
	s := c.mux.cfg.Key.Sum("toast", body)
	return hex.EncodeToString(s[:12])
}

func takeToasts(r *http.Request, c *call) []Toast {
	if c.toasts != nil {
		return c.toasts
	}
	body, sum, ok := strings.Cut(Cookie(r, toastCookie), ".")
	if !ok || !secret.Equal(sum, toastSum(c, body)) {
		return nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(body)
	if err != nil || json.Unmarshal(raw, &c.toasts) != nil {
		return nil
	}
	return c.toasts
}
