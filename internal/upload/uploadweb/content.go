package uploadweb

import (
	"io"
	"mime"
	"net/http"
	"strings"
	"time"

	"candor/internal/upload"
	"candor/internal/web"
)

// content declares where what was uploaded is read.
func (p *Pages) content(mux *web.Mux) {
	mux.Handle(web.Route{Pattern: "GET " + upload.ContentPath + "{org}/{upload}/{form}/{until}/{sign}", Action: "upload.content", Auth: web.Link, Tenant: web.FromObject, Object: "upload",
		Rate: web.RateAsset, Stream: true, Quiet: true}, p.file)
}

// file serves bytes that a stranger sent. On the page that shows them they are media; opened by themselves they can do nothing, and what is no
// medium is only saved.
func (p *Pages) file(w http.ResponseWriter, r *http.Request) error {
	apart := web.Apart{Content: p.Uploads.Content, Site: p.Site}
	if !apart.Here(r) {
		return upload.ErrMissing
	}
	l := upload.Signed{Org: r.PathValue("org"), Upload: named(r), Form: upload.Form(r.PathValue("form")), Pass: web.PassOf(r)}
	f, body, err := p.Uploads.Open(r.Context(), l)
	if err != nil {
		return err
	}
	defer body.Close()
	apart.Head(w.Header(), f.Type, disposition(f), f.Until.Sub(p.Uploads.DB.Now()))
	w.Header().Set("ETag", `"`+string(f.Hash)+`"`)
	ctl := http.NewResponseController(w)
	http.ServeContent(&steady{ResponseWriter: w, ctl: ctl}, r, "", f.At, body)
	return nil
}

// disposition lets players and pictures show; everything else is a download.
func disposition(f upload.File) string {
	how := "attachment"
	switch kind, _, _ := strings.Cut(f.Type, "/"); {
	case f.Saved:
	case kind == "video", kind == "audio", f.Type == "image/png", f.Type == "image/jpeg", f.Type == "image/webp", strings.HasPrefix(f.Type, "text/vtt"):
		how = "inline"
	}
	return mime.FormatMediaType(how, map[string]string{"filename": f.Name})
}

// steady ends an answer only when its reader is silent for a while: somebody may watch an hour.
type steady struct {
	http.ResponseWriter
	ctl *http.ResponseController
}

func (s *steady) Write(b []byte) (int, error) {
	_ = s.ctl.SetWriteDeadline(time.Now().Add(patience)) // not every writer can
	return s.ResponseWriter.Write(b)
}

// ReadFrom hands a file to the kernel where the writer can, piece by piece, so that the deadline moves on.
func (s *steady) ReadFrom(r io.Reader) (n int64, err error) {
	for {
		_ = s.ctl.SetWriteDeadline(time.Now().Add(patience))
		k, err := io.CopyN(s.ResponseWriter, r, 1<<20)
		n += k
		if err == io.EOF {
			return n, nil
		}
		if err != nil {
			return n, err
		}
	}
}
