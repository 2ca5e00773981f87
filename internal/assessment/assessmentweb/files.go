package assessmentweb

import (
	"bytes"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"candor/internal/assessment"
	"candor/internal/web"
)

// told declares where the files of a question are read.
func (p *Pages) told(mux *web.Mux) {
	if p.Files == nil {
		return
	}
	mux.Handle(web.Route{Pattern: "GET " + assessment.FilePath + "{org}/{version}/{item}/{name}/{until}/{sign}", Action: "assessment.told", Auth: web.Link, Tenant: web.FromObject, Object: "version",
		Rate: web.RateAsset, Stream: true, Quiet: true}, p.toldFile)
}

// toldFile serves one. On the page that shows it it is media; opened by itself it can do nothing.
func (p *Pages) toldFile(w http.ResponseWriter, r *http.Request) error {
	if p.Files.Content != "" {
		if u, err := url.Parse(p.Files.Content); err != nil || u.Host != r.Host {
			return assessment.ErrMissing // only there
		}
	}
	x := assessment.File{Org: r.PathValue("org"), Version: r.PathValue("version"), Item: r.PathValue("item"), Name: r.PathValue("name"), Until: r.PathValue("until"), Sign: r.PathValue("sign")}
	kind, data, until, err := p.Files.Open(r.Context(), x)
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	h.Set("Content-Type", kind)
	h.Set("Cache-Control", "private, max-age="+strconv.Itoa(int(until.Sub(p.Assessments.DB.Now()).Seconds())))
	h.Set("Content-Disposition", mime.FormatMediaType("inline", map[string]string{"filename": x.Name}))
	if p.Files.Content != "" { // its pages stand on another origin
		h.Set("Cross-Origin-Resource-Policy", "cross-origin")
		h.Set("Access-Control-Allow-Origin", strings.TrimSuffix(p.Site, "/"))
	}
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(data))
	return nil
}
