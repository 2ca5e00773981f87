package assessmentweb

import (
	"bytes"
	"mime"
	"net/http"
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
	apart := web.Apart{Content: p.Files.Content, Site: p.Site}
	if !apart.Here(r) {
		return assessment.ErrMissing
	}
	x := assessment.File{Org: r.PathValue("org"), Version: r.PathValue("version"), Item: r.PathValue("item"), Name: r.PathValue("name"), Pass: web.PassOf(r)}
	kind, data, until, err := p.Files.Open(r.Context(), x)
	if err != nil {
		return err
	}
	apart.Head(w.Header(), kind, mime.FormatMediaType("inline", map[string]string{"filename": x.Name}), until.Sub(p.Assessments.DB.Now()))
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(data))
	return nil
}
