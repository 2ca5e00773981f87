package attemptweb

import (
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"time"

	"candor/internal/item"
	"candor/internal/problem"
	"candor/internal/response"
	"candor/internal/web"
)

// maxFiles is how many bytes a page may have that is posted with files.
const maxFiles = 48 << 20

// files keeps the posted page, then the files that were chosen at its place "_place", each as a state of its own: what was typed is kept whatever becomes of them.
func (p *Pages) files(w http.ResponseWriter, r *http.Request) error {
	received := web.Received(r)
	v, err := p.find(r)
	if err != nil {
		return err
	}
	k, ok := v.Item.Kind.(item.Filer)
	if !ok {
		return item.ErrFile
	}
	body, fields, err := p.posted(r, v)
	if err != nil {
		if body == nil {
			body = v.V.Body(v.Item)
		}
		return p.showItem(w, r, v, body, err)
	}
	kept, err := p.keep(r, v, body, fields, received)
	if err != nil {
		return p.showItem(w, r, v, body, err)
	}
	place := fields.Get("_place")
	var chosen []*multipart.FileHeader
	if r.MultipartForm != nil {
		chosen = r.MultipartForm.File["_file-"+place]
	}
	if len(chosen) == 0 {
		return p.showItem(w, r, v, body, errNoFile)
	}
	var bad *problem.Problem
	for i, h := range chosen {
		after, err := p.attach(r, v, k, body, place, h)
		if err == nil {
			kept, err = p.keep(r, v, after, fields, received.Add(time.Duration(i+1)*time.Millisecond)) // a state of its own
		}
		if err == nil {
			body = after
			continue
		}
		var ok bool
		if bad, ok = problem.As(err); !ok {
			return err
		}
		break
	}
	if kept.Standing != response.OnTime {
		return p.afterSave(w, r, v, kept, fields)
	}
	if bad != nil {
		return p.showItem(w, r, v, body, bad)
	}
	return web.Redirect(w, r, itemPath(v.Part.Key, v.Item.Key), "")
}

// errNoFile: no file came with the form.
var errNoFile = problem.New(problem.Invalid, "item_no_file", "Choose a file first, then press Add beside it. Your text is kept.")

func (p *Pages) attach(r *http.Request, v itemView, k item.Filer, body []byte, place string, h *multipart.FileHeader) (after []byte, err error) {
	f, err := h.Open()
	if err != nil {
		return body, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	data, err := io.ReadAll(f) // of a request that is bounded
	if err != nil {
		return body, err
	}
	return k.Attach(r.Context(), web.Actor(r), p.ref(r, v), v.Item.Spec, body, place, item.File{Name: h.Filename, Data: data})
}
