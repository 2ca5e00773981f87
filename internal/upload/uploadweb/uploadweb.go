// Package uploadweb takes uploads over HTTP, by the tus protocol 1.0.0 (https://tus.io/protocols/resumable-upload) with creation, deferred lengths and
// termination, and gives out what was uploaded at signed addresses without a cookie. tusd's handler speaks the protocol; what is kept is upload's
// business. Beside tus there are three requests: how an upload stands, its end with the hash of the whole, and going back in it.
package uploadweb

import (
	"context"
	"net/http"
	"strings"

	"candor/internal/actor"
	"candor/internal/upload"
	"candor/internal/web"
)

// Pages are these addresses.
type Pages struct {
	Uploads *upload.Uploads
	Owner   func(ctx context.Context, who actor.Actor) (string, error) // whose uploads a candidate's are: their attempt
	Site    string                                                     // the public address; what plays on the content origin may be read by its pages
}

// maxBody bounds one request; what an upload takes of it is its own business.
const maxBody = 4 << 30

// base is where candidates' uploads are, and staff where an organisation's members' are.
const (
	base  = "/c/-/uploads"
	staff = "/o/{org}/-/uploads"
)

// at is where the asker's uploads are.
func at(r *http.Request) string {
	if web.Actor(r).Kind == actor.Member {
		return "/o/" + r.PathValue("org") + "/-/uploads"
	}
	return base
}

// Routes declares them. A member uploads what is their own in some noun's eyes, as whoever accepts it says.
func (p *Pages) Routes(mux *web.Mux) {
	p.uploads(mux, base, "upload.", web.Route{Auth: web.Candidate, Tenant: web.FromSession})
	p.uploads(mux, staff, "upload.staff_", web.Route{Auth: web.Staff, Roles: web.AnyMember, Tenant: web.FromPath})
	p.content(mux)
}

func (p *Pages) uploads(mux *web.Mux, base, verb string, route web.Route) {
	route.Object, route.Rate, route.Quiet = "upload", web.RateUpload, true
	handle := func(pattern, action string, h web.Handler) {
		route.Pattern, route.Action = pattern, verb+action
		mux.Handle(route, h)
	}
	route.Out = UploadState{}
	handle("GET "+base+"/{upload}", "read", p.read)
	route.In = wireUploadFinish{}
	handle("POST "+base+"/{upload}/finish", "finish", p.finish)
	route.In = wireUploadCut{}
	handle("POST "+base+"/{upload}/cut", "cut", p.cut)
	route.In, route.Out, route.MaxBody, route.Stream = nil, nil, maxBody, true // tus speaks in headers
	handle("POST "+base, "create", p.create)
	handle("PATCH "+base+"/{upload}", "append", p.patch)
	handle("DELETE "+base+"/{upload}", "drop", p.drop)
}

// UploadState is an upload as its device reads it.
type UploadState struct {
	ID      upload.ID    `json:"id"`
	Item    string       `json:"item"`
	Purpose string       `json:"purpose"`
	State   upload.State `json:"state"`
	Type    string       `json:"type"`
	Bytes   int64        `json:"bytes"`  // that are here, synced
	Length  int64        `json:"length"` // -1 while it was not told
	Hash    string       `json:"sha256"`
	Media   Recording    `json:"media"` // its state is "" while the upload is open
}

// Recording is what is known of a finished upload.
type Recording struct {
	State   upload.MediaState `json:"state"`
	Lost    string            `json:"lost"`
	Millis  int64             `json:"ms"`
	Width   int               `json:"width"`
	Height  int               `json:"height"`
	Sound   bool              `json:"sound"`
	Picture bool              `json:"picture"`
}

func standing(u upload.Upload) UploadState {
	s := UploadState{ID: u.ID, Item: u.Item, Purpose: u.Purpose, State: u.State, Type: u.Type, Bytes: u.Bytes, Length: u.Length, Hash: string(u.Hash)}
	m := u.Media
	s.Media = Recording{State: m.State, Lost: string(m.Lost), Millis: m.Length.Milliseconds(), Width: m.Width, Height: m.Height, Sound: m.Sound, Picture: m.Picture}
	return s
}

func named(r *http.Request) upload.ID { return upload.ID(r.PathValue("upload")) }

func (p *Pages) read(w http.ResponseWriter, r *http.Request) error {
	if r.Method == http.MethodHead {
		return p.tus(w, r, named(r))
	}
	u, err := p.Uploads.Load(r.Context(), web.Actor(r), named(r))
	if err != nil {
		return err
	}
	return web.JSON(w, r, standing(u))
}

type wireUploadFinish struct {
	Hash   string `json:"sha256"`
	Length int64  `json:"length"`
}

func (p *Pages) finish(w http.ResponseWriter, r *http.Request) error {
	var in wireUploadFinish
	if err := web.ReadJSON(r, &in); err != nil {
		return err
	}
	u, err := p.Uploads.Finish(r.Context(), web.Actor(r), named(r), upload.Claim{Hash: strings.ToLower(in.Hash), Length: in.Length})
	if err != nil {
		return err
	}
	return web.JSON(w, r, standing(u))
}

type wireUploadCut struct {
	At int64 `json:"at"`
}

func (p *Pages) cut(w http.ResponseWriter, r *http.Request) error {
	var in wireUploadCut
	if err := web.ReadJSON(r, &in); err != nil {
		return err
	}
	u, err := p.Uploads.Cut(r.Context(), web.Actor(r), named(r), in.At)
	if err != nil {
		return err
	}
	return web.JSON(w, r, standing(u))
}

func (p *Pages) create(w http.ResponseWriter, r *http.Request) error {
	return p.tus(w, r, "")
}

// patch and drop hold the upload as whoever began it: what is another's answers as what is not there.
func (p *Pages) patch(w http.ResponseWriter, r *http.Request) error { return p.tus(w, r, named(r)) }

func (p *Pages) drop(w http.ResponseWriter, r *http.Request) error { return p.patch(w, r) }
