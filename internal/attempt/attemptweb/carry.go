package attemptweb

import (
	"bytes"
	"mime/multipart"
	"net/http"

	"candor/internal/archive"
	"candor/internal/attempt"
	"candor/internal/item"
	"candor/internal/problem"
	"candor/internal/web"
)

// maxZip is the largest zip that a candidate can bring, in bytes.
const maxZip = 32 << 20

type uploadForm struct {
	File    *multipart.FileHeader `form:"file"`
	Message string                `form:"message" max:"5000"`
}

type uploadView struct {
	itemView
	Message string
}

// carrier finds the page of an item whose repository can be taken along. item.ErrCarry where it has none.
func (p *Pages) carrier(r *http.Request) (itemView, item.Carrier, error) {
	v, err := p.find(r)
	if err != nil {
		return v, nil, err
	}
	k, ok := v.Item.Kind.(item.Carrier)
	if !ok {
		return v, nil, item.ErrCarry
	}
	if v.Sitting.State == attempt.Ready {
		return v, nil, attempt.ErrNotStarted
	}
	return v, k, nil
}

// filesZip is the repository as it stands, or as it was sent, to take along.
func (p *Pages) filesZip(w http.ResponseWriter, r *http.Request) error {
	v, k, err := p.carrier(r)
	if err != nil {
		return err
	}
	var b bytes.Buffer // a fault must not be sent as half a zip
	if err := k.Pack(r.Context(), p.ref(r, v), v.Item.Spec, v.V.Body(v.Item), &b); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/zip")
	w.Header().Set("Content-Disposition", `attachment; filename="`+v.Item.Key+`.zip"`)
	_, err = b.WriteTo(w)
	return err
}

// upload asks for a zip of the whole repository.
func (p *Pages) upload(w http.ResponseWriter, r *http.Request) error {
	v, _, err := p.carrier(r)
	if err != nil {
		return err
	}
	return p.showUpload(w, r, v, uploadForm{}, nil)
}

func (p *Pages) showUpload(w http.ResponseWriter, r *http.Request, v itemView, f uploadForm, err error) error {
	prob, ok := problem.As(err)
	if err != nil && !ok {
		return err
	}
	if !v.Sitting.Works(v.V.Now) {
		return web.Redirect(w, r, partPath(v.Part.Key), "")
	}
	v.Problem = prob
	return web.ShowWith(w, r, errOrNil(prob), uploadPage(uploadView{v, f.Message}))
}

// uploaded keeps what a zip changes as edits and shows them: the candidate commits or undoes them there.
func (p *Pages) uploaded(w http.ResponseWriter, r *http.Request) error {
	received := web.Received(r)
	v, k, err := p.carrier(r)
	if err != nil {
		return err
	}
	if !v.Sitting.Works(v.V.Now) {
		return attempt.ErrEnded
	}
	var f uploadForm
	if err := web.ReadForm(r, &f); err != nil {
		return p.showUpload(w, r, v, f, err)
	}
	if f.File == nil {
		return p.showUpload(w, r, v, f, problem.Field("file", v.t("upload_choose")))
	}
	file, err := f.File.Open()
	if err != nil {
		return err
	}
	defer file.Close()
	tree, err := archive.Zip(file, f.File.Size)
	if err != nil {
		return p.showUpload(w, r, v, f, err)
	}
	body, show, err := k.Unpack(r.Context(), p.ref(r, v), v.Item.Spec, v.V.Body(v.Item), tree, f.Message)
	if err != nil {
		return p.showUpload(w, r, v, f, err)
	}
	if _, err := p.keep(r, v, body, nil, received); err != nil {
		return p.showUpload(w, r, v, f, err)
	}
	return web.Redirect(w, r, itemPath(v.Part.Key, v.Item.Key)+"?"+show.Encode(), "")
}
