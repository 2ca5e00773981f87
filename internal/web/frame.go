package web

import (
	"net/http"
	"strings"

	"github.com/a-h/templ"
)

// FramePath begins the addresses of frames: pages for libraries that write styles into what they draw, which no page of ours may do.
const FramePath = "/-/frame/"

// Frame is the address of a frame by its stem, "diagram" for diagram.frame.ts, on the content origin where there is one.
func Frame(content, stem string) string { return strings.TrimSuffix(content, "/") + FramePath + stem }

// frame gives out a page that holds one script of ours. It is nobody's origin (sandbox), reaches nothing by the network, and what it draws comes by
// message from the page around it, which is the site's alone.
func (m *Mux) frame(w http.ResponseWriter, r *http.Request) error {
	stem := r.PathValue("frame")
	script, ok := Assets().Files[stem+frameScript]
	if !ok || !(Apart{Content: m.cfg.Content}).Here(r) {
		return ErrMissing
	}
	scheme := "http://"
	if callOf(r).secure {
		scheme = "https://"
	}
	here := scheme + r.Host
	site := strings.TrimSuffix(m.cfg.URL, "/")
	if site == "" || m.cfg.Content == "" {
		site = here
	}
	h := w.Header()
	h.Set("Content-Security-Policy", "default-src 'none'; script-src "+here+"/-/assets/"+script+"; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors "+site+"; sandbox allow-scripts")
	h.Del("X-Frame-Options") // frame-ancestors says who may
	h.Set("Content-Type", "text/html; charset=utf-8")
	_, err := w.Write([]byte(`<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>` + templ.EscapeString(stem) +
		`</title></head><body><script src="/-/assets/` + templ.EscapeString(script) + `" data-site="` + templ.EscapeString(site) + `"></script></body></html>` + "\n"))
	return err
}

// frameScript ends the logical name of a frame's script.
const frameScript = ".frame.js"
