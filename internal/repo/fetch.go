package repo

import (
	"bytes"
	"context"
	"errors"
	"io"

	"candor/internal/git"
	"candor/internal/problem"
)

// Service is one of the two that git speaks over HTTP.
type Service string

// The services.
const (
	UploadPack  Service = "git-upload-pack"  // clone and fetch
	ReceivePack Service = "git-receive-pack" // push
)

// Advertise writes what a client reads first (gitprotocol-http(5)): the refs, or in version 2 what the server can do. protocol is "", "version=1" or
// "version=2". ErrClosed for pushes to one that is read only, ErrBusy.
func (rs *Repos) Advertise(ctx context.Context, r Repository, s Service, protocol string, w io.Writer) error {
	if s == ReceivePack {
		if r.State == Closed {
			return ErrClosed
		}
		now, err := rs.snapshot(ctx, r)
		if err != nil {
			return err
		}
		return git.AdvertisePush(w, now.refs)
	}
	return rs.upload(ctx, r, protocol, nil, w, "--http-backend-info-refs")
}

// Fetch answers one request of upload-pack. What its client is to read instead of an answer is told in git's own words.
func (rs *Repos) Fetch(ctx context.Context, r Repository, protocol string, in io.Reader, w io.Writer) error {
	out := &counted{w: w}
	err := rs.upload(ctx, r, protocol, in, out)
	var f *git.Failure
	if errors.As(err, &f) && out.n > 0 {
		return nil // git told the client itself
	}
	if p, ok := problem.As(err); ok && out.n == 0 {
		return git.WritePkt(w, "ERR %s\n", p.Text)
	}
	return err
}

func (rs *Repos) upload(ctx context.Context, r Repository, protocol string, in io.Reader, w io.Writer, more ...string) error {
	leave, err := rs.slots.take(ctx, r.ID)
	if err != nil {
		return err
	}
	defer leave()
	v, _, err := rs.look(ctx, r)
	if err != nil {
		return err
	}
	defer v.Close()
	var env []string
	if protocol == "version=1" || protocol == "version=2" {
		env = []string{"GIT_PROTOCOL=" + protocol}
	}
	if in == nil {
		in = bytes.NewReader(nil)
	}
	args := append(append([]string{"upload-pack", "--strict", "--stateless-rpc"}, more...), v.Dir)
	p, err := v.Start(ctx, git.Options{In: in, Env: env}, args...)
	if err != nil {
		return err
	}
	if _, err := io.Copy(w, p.Out); err != nil {
		p.Stop()
		return err
	}
	return p.Wait()
}

// counted knows whether anything was written.
type counted struct {
	w io.Writer
	n int64
}

func (c *counted) Write(b []byte) (int, error) {
	n, err := c.w.Write(b)
	c.n += int64(n)
	return n, err
}
