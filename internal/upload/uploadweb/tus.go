package uploadweb

import (
	"context"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/url"
	"time"

	"github.com/tus/tusd/v2/pkg/handler"
	"golang.org/x/exp/slog"

	"candor/internal/actor"
	"candor/internal/upload"
	"candor/internal/web"
)

// session is one request of tus: the data store and the locker of a handler of its own, bound to who asks. What upload says to it goes past tusd, which
// would show it as text, to the mux, which knows how people read it.
type session struct {
	us    *upload.Uploads
	who   actor.Actor
	owner func(context.Context, actor.Actor) (string, error)
	lease *upload.Lease // once it is held, until something changes
	err   error         // what upload said
}

// silent: the mux writes one line per request, and not the address, as tusd would.
var silent = slog.New(slog.NewTextHandler(io.Discard, nil))

// patience is how long a device may be silent within a request, waits how long a new connection waits for an old one to let go.
const (
	patience = time.Minute
	waits    = 10 * time.Second
)

// tus lets tusd answer a request about an upload, "" for a new one. How large it may become is upload's business.
func (p *Pages) tus(w http.ResponseWriter, r *http.Request, i upload.ID) error {
	s := &session{us: p.Uploads, who: web.Actor(r), owner: p.Owner}
	composer := handler.NewStoreComposer()
	composer.UseCore(s)
	composer.UseLocker(s)
	composer.UseTerminater(s)
	composer.UseLengthDeferrer(s)
	h, err := handler.NewUnroutedHandler(handler.Config{StoreComposer: composer, BasePath: at(r), Cors: &handler.CorsConfig{Disable: true}, Logger: silent,
		DisableDownload: true, AcquireLockTimeout: waits, NetworkTimeout: patience, GracefulRequestCompletionTimeout: waits})
	if err != nil {
		return err
	}
	do := map[string]http.HandlerFunc{http.MethodPost: h.PostFile, http.MethodHead: h.HeadFile, http.MethodPatch: h.PatchFile, http.MethodDelete: h.DelFile}[r.Method]
	asked := *r
	asked.URL = &url.URL{Path: "/" + string(i)} // tusd takes all of it for the id
	out := &reply{w: w, s: s, header: http.Header{}}
	h.Middleware(do).ServeHTTP(out, &asked)
	return s.err
}

// reply is the writer that tusd gets. It keeps silent when upload has something to say.
type reply struct {
	w      http.ResponseWriter
	s      *session
	header http.Header
}

func (o *reply) Header() http.Header { return o.header }

func (o *reply) WriteHeader(code int) {
	if o.s.err != nil {
		return
	}
	if to, err := url.Parse(o.header.Get("Location")); err == nil && to.Path != "" {
		o.header.Set("Location", to.Path) // whatever a proxy before us is called
	}
	maps.Copy(o.w.Header(), o.header)
	o.w.WriteHeader(code)
}

func (o *reply) Write(b []byte) (int, error) {
	if o.s.err != nil {
		return len(b), nil
	}
	return o.w.Write(b)
}

// Unwrap is for http.ResponseController.
func (o *reply) Unwrap() http.ResponseWriter { return o.w }

// says hands an error of upload's to the mux; tusd gets one of its own kind, of which nobody sees more than that it is one.
func (s *session) says(err error) error {
	if err == nil {
		return nil
	}
	s.err = err
	return handler.NewError("ERR_UPLOAD", "", web.StatusOf(err))
}

// NewUpload begins one; its item and purpose are told in the metadata, of a member whose it is too.
func (s *session) NewUpload(ctx context.Context, info handler.FileInfo) (handler.Upload, error) {
	length := info.Size
	if info.SizeIsDeferred {
		length = -1
	}
	owner := info.MetaData["owner"]
	if s.who.Kind == actor.Candidate {
		var err error
		if owner, err = s.owner(ctx, s.who); err != nil {
			return nil, s.says(err)
		}
	}
	u, err := s.us.Create(ctx, s.who, upload.Subject{Owner: owner, Item: info.MetaData["item"], Purpose: info.MetaData["purpose"]}, length)
	return &pieces{s, u.ID}, s.says(err)
}

// GetUpload names one.
func (s *session) GetUpload(_ context.Context, id string) (handler.Upload, error) {
	return &pieces{s, upload.ID(id)}, nil
}

// AsTerminatableUpload and AsLengthDeclarableUpload are tusd's way to ask what an upload can do besides.
func (s *session) AsTerminatableUpload(u handler.Upload) handler.TerminatableUpload {
	return u.(*pieces)
}

// AsLengthDeclarableUpload: see above.
func (s *session) AsLengthDeclarableUpload(u handler.Upload) handler.LengthDeclarableUpload {
	return u.(*pieces)
}

// NewLock is the lease of an upload.
func (s *session) NewLock(id string) (handler.Lock, error) {
	return &lock{s.us.Lease(s.who, upload.ID(id)), s}, nil
}

type lock struct {
	*upload.Lease
	s *session
}

// Lock waits for the lease. While another connection keeps it, tusd's own error says so to the device, which tries again.
func (l *lock) Lock(ctx context.Context, wanted func()) error {
	err := l.Lease.Lock(ctx, wanted)
	if errors.Is(err, upload.ErrBusy) {
		return handler.ErrFileLocked
	}
	if err == nil {
		l.s.lease = l.Lease
	}
	return l.s.says(err)
}

// pieces is one upload as tusd wants it.
type pieces struct {
	s  *session
	id upload.ID
}

func (p *pieces) WriteChunk(ctx context.Context, at int64, r io.Reader) (int64, error) {
	lease := p.s.lease
	if lease == nil {
		return 0, p.s.says(upload.ErrBusy) // tusd writes to nothing that it did not lock
	}
	n, err := lease.Append(ctx, at, r)
	p.s.lease = nil
	if errors.Is(err, upload.ErrOffset) {
		return n, handler.ErrMismatchOffset
	}
	return n, p.s.says(err)
}

func (p *pieces) GetInfo(ctx context.Context) (handler.FileInfo, error) {
	if p.s.lease != nil {
		return info(p.s.lease.Held()), nil
	}
	u, err := p.s.us.Load(ctx, p.s.who, p.id)
	return info(u), p.s.says(err)
}

func info(u upload.Upload) handler.FileInfo {
	return handler.FileInfo{ID: string(u.ID), Size: max(u.Length, 0), SizeIsDeferred: u.Length < 0, Offset: u.Bytes}
}

// FinishUpload does nothing: an upload ends when its device has told the hash.
func (p *pieces) FinishUpload(context.Context) error { return nil }

// GetReader is not asked for: nothing is downloaded here.
func (p *pieces) GetReader(context.Context) (io.ReadCloser, error) { return nil, handler.ErrNotFound }

func (p *pieces) DeclareLength(ctx context.Context, length int64) error {
	err := p.s.us.Declare(ctx, p.s.who, p.id, length)
	if err == nil && p.s.lease != nil {
		p.s.lease.Declared(length)
	}
	return p.s.says(err)
}

func (p *pieces) Terminate(ctx context.Context) error {
	return p.s.says(p.s.us.Drop(ctx, p.s.who, p.id))
}
