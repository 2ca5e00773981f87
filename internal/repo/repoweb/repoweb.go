// Package repoweb speaks git's smart HTTP (gitprotocol-http(5)): git clone, fetch and push against a candidate's repository, in every version of the
// protocol. Whoever holds the credential that the clone command has is its candidate. A refusal is told in git's own output wherever git shows it.
package repoweb

import (
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"candor/internal/git"
	"candor/internal/problem"
	"candor/internal/repo"
	"candor/internal/web"
)

const (
	// maxPush bounds a push's request; what a repository takes of it is its own business.
	maxPush = 4 << 30
	// maxWants bounds what a fetch asks for, unpacked.
	maxWants = 32 << 20
	// patience is how long a client may be silent in the middle of a request or of an answer.
	patience = 2 * time.Minute
)

// Pages are the addresses that git asks.
type Pages struct{ Repos *repo.Repos }

// Routes mounts them.
func (p *Pages) Routes(mux *web.Mux) {
	route := web.Route{Auth: web.Link, Tenant: web.FromObject, Object: "repository", Rate: web.RateGit, Stream: true, Quiet: true}
	route.Pattern, route.Action = "GET /git/{name}/info/refs", "repository.read"
	mux.Handle(route, p.refs)
	route.Pattern, route.MaxBody = "POST /git/{name}/git-upload-pack", maxWants
	mux.Handle(route, p.fetch)
	route.Pattern, route.Action, route.MaxBody = "POST /git/{name}/git-receive-pack", "repository.push", maxPush
	mux.Handle(route, p.push)
}

// enter finds the repository, or answers so that git asks for the password, or its credential helper forgets it.
func (p *Pages) enter(w http.ResponseWriter, r *http.Request) (repo.Repository, bool, error) {
	name, isGit := strings.CutSuffix(r.PathValue("name"), ".git")
	_, token, sent := r.BasicAuth()
	if sent && isGit {
		found, err := p.Repos.Enter(r.Context(), token, name)
		if !errors.Is(err, repo.ErrCredential) {
			return found, err == nil, err
		}
	}
	w.Header().Set("WWW-Authenticate", `Basic realm="Candor", charset="UTF-8"`)
	return repo.Repository{}, false, plain(w, repo.ErrCredential)
}

// plain answers with a problem as text, which git shows after "remote: ".
func plain(w http.ResponseWriter, p *problem.Problem) error {
	status := web.StatusOf(p)
	if status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", "30")
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, err := fmt.Fprintln(w, p.Text)
	return err
}

func (p *Pages) refs(w http.ResponseWriter, r *http.Request) error {
	found, ok, err := p.enter(w, r)
	if err != nil || !ok {
		return err
	}
	service := repo.Service(r.URL.Query().Get("service"))
	if service != repo.UploadPack && service != repo.ReceivePack {
		return plain(w, web.ErrMissing.Saying("This server speaks git's smart protocol only; your git is too old for it."))
	}
	protocol := r.Header.Get("Git-Protocol")
	out := &answer{w: w, kind: "application/x-" + string(service) + "-advertisement"}
	if service == repo.ReceivePack || protocol != "version=2" { // which begins with its version in place of the service
		out.head = func(w io.Writer) error {
			if err := git.WritePkt(w, "# service=%s\n", service); err != nil {
				return err
			}
			return git.WriteFlush(w)
		}
	}
	err = p.Repos.Advertise(r.Context(), found, service, protocol, out)
	if told, ok := problem.As(err); ok && !out.begun {
		return plain(w, told)
	}
	return err
}

func (p *Pages) fetch(w http.ResponseWriter, r *http.Request) error {
	found, ok, err := p.enter(w, r)
	if err != nil || !ok {
		return err
	}
	in, err := body(w, r, repo.UploadPack, maxWants)
	if err != nil {
		return err
	}
	return p.Repos.Fetch(r.Context(), found, r.Header.Get("Git-Protocol"), in, &answer{w: w, kind: "application/x-git-upload-pack-result"})
}

func (p *Pages) push(w http.ResponseWriter, r *http.Request) error {
	found, ok, err := p.enter(w, r)
	if err != nil || !ok {
		return err
	}
	in, err := body(w, r, repo.ReceivePack, maxPush)
	if err != nil {
		return err
	}
	out := &answer{w: w, kind: "application/x-git-receive-pack-result"}
	err = p.Repos.Push(r.Context(), found, in, out, web.Received(r))
	if err == nil && !out.begun { // git tried the door
		_, err = out.Write(nil)
	}
	return err
}

// errType: a request that no git makes.
var errType = problem.New(problem.Invalid, "repository_request", "This is not a request that git makes.")

// body is what a client sends, unpacked when it is packed. Each piece of it may take a while; silence ends it.
func body(w http.ResponseWriter, r *http.Request, s repo.Service, most int64) (io.Reader, error) {
	if r.Header.Get("Content-Type") != "application/x-"+string(s)+"-request" {
		return nil, errType
	}
	in := io.Reader(&slow{r.Body, http.NewResponseController(w)})
	switch r.Header.Get("Content-Encoding") {
	case "":
		return in, nil
	case "gzip", "x-gzip":
		z, err := gzip.NewReader(in)
		if err != nil {
			return nil, errType
		}
		return io.LimitReader(z, most), nil
	}
	return nil, errType
}

type slow struct {
	r   io.Reader
	ctl *http.ResponseController
}

func (s *slow) Read(b []byte) (int, error) {
	_ = s.ctl.SetReadDeadline(time.Now().Add(patience)) // not every writer can
	return s.r.Read(b)
}

// answer writes git's answer as it comes: the headers with its first bytes, each piece at once, because it may be progress that a person waits for.
type answer struct {
	w     http.ResponseWriter
	kind  string
	head  func(io.Writer) error
	begun bool
}

func (a *answer) Write(b []byte) (int, error) {
	ctl := http.NewResponseController(a.w)
	_ = ctl.SetWriteDeadline(time.Now().Add(patience))
	if !a.begun {
		a.begun = true
		a.w.Header().Set("Content-Type", a.kind)
		if a.head != nil {
			if err := a.head(a.w); err != nil {
				return 0, err
			}
		}
	}
	n, err := a.w.Write(b)
	if err == nil {
		_ = ctl.Flush()
	}
	return n, err
}
