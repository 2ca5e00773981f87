package web

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"candor/internal/secret"
)

// Apart is where bytes are given out that strangers made: on an origin of their own where there is one, by signed addresses, and as nothing that can act.
type Apart struct {
	Content string // address of that origin, "" is the site's own
	Site    string // whose pages show them
}

// Here says whether a request came where such bytes are given out.
func (a Apart) Here(r *http.Request) bool {
	if a.Content == "" {
		return true
	}
	u, err := url.Parse(a.Content)
	return err == nil && u.Host == r.Host
}

// Head says what is given out, for how long that may be kept, and how (Content-Disposition). On the page that shows it it is media; opened by itself it
// can do nothing.
func (a Apart) Head(h http.Header, kind, disposition string, keep time.Duration) {
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	h.Set("Content-Type", kind)
	h.Set("Cache-Control", "private, max-age="+strconv.Itoa(int(keep.Seconds())))
	h.Set("Content-Disposition", disposition)
	if a.Content != "" { // its pages stand on another origin
		h.Set("Cross-Origin-Resource-Policy", "cross-origin")
		h.Set("Access-Control-Allow-Origin", strings.TrimSuffix(a.Site, "/"))
	}
}

// PassOf is what a signed address ends with: {until}/{sign}.
func PassOf(r *http.Request) secret.Pass {
	return secret.Pass{Until: r.PathValue("until"), Sign: r.PathValue("sign")}
}
