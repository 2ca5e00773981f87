package uploadweb_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"candor/internal/actor"
	"candor/internal/blob"
	"candor/internal/db"
	"candor/internal/db/dbtest"
	"candor/internal/secret"
	"candor/internal/upload"
	"candor/internal/upload/uploadtest"
	"candor/internal/upload/uploadweb"
	"candor/internal/web"
)

var (
	ctx    = context.Background()
	silent = slog.New(slog.DiscardHandler)
)

// node is one node of an installation, behind a network that breaks: each connection ends after as many bytes as left says, when that is not 0.
type node struct {
	*upload.Uploads
	url  string
	cuts *cuts
}

func serve(t testing.TB, d *db.DB, files string) *node {
	t.Helper()
	us := uploadtest.New(t, d, files)
	mux := web.New(web.Config{Clock: d.Clock, Log: silent, Rates: map[web.Rate]web.Limit{web.RateUpload: {Burst: 1e6, Per: 1e6}}, Auth: web.Auth{
		Staff: func(_ context.Context, cookie, _ string) (web.Session, error) {
			return web.Session{Actor: actor.Actor{Kind: actor.Member, ID: cookie, Org: "org_a"}}, nil
		},
		Candidate: func(_ context.Context, cookie string) (web.Session, error) {
			return web.Session{Actor: actor.Actor{Kind: actor.Candidate, ID: cookie, Org: "org_a", Subject: cookie}}, nil
		}}})
	(&uploadweb.Pages{Uploads: us, Owner: func(_ context.Context, who actor.Actor) (string, error) { return "att_" + who.ID, nil }}).Routes(mux)
	if err := mux.Start(); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := &cuts{Listener: l}
	s := mux.Server()
	go s.Serve(web.Listen(c, d.Clock))
	t.Cleanup(func() { s.Close() })
	return &node{us, "http://" + l.Addr().String(), c}
}

// cuts is a listener whose connections break, as long as some are left.
type cuts struct {
	net.Listener
	left   atomic.Int64
	chance func() int64 // bytes until the next one breaks
}

func (c *cuts) Accept() (net.Conn, error) {
	conn, err := c.Listener.Accept()
	if err == nil && c.left.Load() > 0 {
		conn = &brittle{Conn: conn, cuts: c, left: c.chance()}
	}
	return conn, err
}

type brittle struct {
	net.Conn
	cuts *cuts
	left int64
}

func (b *brittle) Read(p []byte) (int, error) {
	if b.left > 0 {
		n, err := b.Conn.Read(p[:min(int64(len(p)), b.left)])
		b.left -= int64(n)
		return n, err
	}
	if b.cuts.left.Add(-1) < 0 { // there were enough
		return b.Conn.Read(p)
	}
	b.Conn.(*net.TCPConn).SetLinger(0) // a reset, as of a network that is gone
	b.Close()
	return 0, io.ErrUnexpectedEOF
}

// device sends as a candidate's.
type device struct {
	t    testing.TB
	who  string
	http http.Client
}

func (v *device) ask(method, url string, body []byte, head ...string) (*http.Response, []byte, error) {
	req, err := http.NewRequest(method, url, bytes.NewReader(body))
	if err != nil {
		v.t.Fatal(err)
	}
	req.AddCookie(&http.Cookie{Name: web.CandidateCookie, Value: v.who})
	req.Header.Set("Tus-Resumable", "1.0.0")
	for i := 0; i < len(head); i += 2 {
		req.Header.Set(head[i], head[i+1])
	}
	resp, err := v.http.Do(req)
	if err != nil {
		return nil, nil, err
	}
	defer resp.Body.Close()
	out, err := io.ReadAll(resp.Body)
	return resp, out, err
}

func (v *device) begin(n *node, head ...string) string {
	v.t.Helper()
	resp, body, err := v.ask("POST", n.url+"/c/-/uploads", nil, append([]string{"Upload-Metadata", "item d2Fsaw==,purpose dGFrZQ=="}, head...)...)
	if err != nil || resp.StatusCode != http.StatusCreated || !strings.HasPrefix(resp.Header.Get("Location"), "/c/-/uploads/upl_") {
		v.t.Fatalf("create = %v, %v, %s", resp, err, body)
	}
	return resp.Header.Get("Location")
}

func (v *device) piece(n *node, path string, at int64, data []byte) (*http.Response, error) {
	resp, _, err := v.ask("PATCH", n.url+path, data, "Upload-Offset", fmt.Sprint(at), "Content-Type", "application/offset+octet-stream")
	return resp, err
}

// offset is what the server has, asked until it answers.
func (v *device) offset(n *node, path string) int64 {
	for {
		resp, _, err := v.ask("HEAD", n.url+path, nil)
		if err != nil || resp.StatusCode == http.StatusLocked {
			continue
		}
		at, err := strconv.ParseInt(resp.Header.Get("Upload-Offset"), 10, 64)
		if err != nil {
			v.t.Fatalf("HEAD = %d %v", resp.StatusCode, resp.Header)
		}
		return at
	}
}

func (v *device) finish(n *node, path string, data []byte) (int, uploadweb.UploadState, string) {
	v.t.Helper()
	claim := fmt.Sprintf(`{"sha256":%q,"length":%d}`, secret.Hash(string(data)), len(data))
	resp, body, err := v.ask("POST", n.url+path+"/finish", []byte(claim), "Content-Type", "application/json")
	if err != nil {
		v.t.Fatal(err)
	}
	var s uploadweb.UploadState
	if resp.StatusCode == http.StatusOK {
		if err := json.Unmarshal(body, &s); err != nil {
			v.t.Fatal(err)
		}
	}
	return resp.StatusCode, s, string(body)
}

func recording(n int) []byte {
	data := make([]byte, n)
	chance := rand.New(rand.NewPCG(uint64(n), 9))
	for i := range data {
		data[i] = byte(chance.Uint32())
	}
	copy(data, "\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\xf7\x81\x01webm")
	return data
}

// A hundred cuts of the network, at whatever byte, on two nodes of one installation in turn: what lies there is what was sent.
func TestHundredCuts(t *testing.T) {
	dbtest.Each(t, uploadtest.Schemas, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		files := t.TempDir()
		nodes := []*node{serve(t, d, files), serve(t, d, files)}
		const many = 100
		chance := rand.New(rand.NewPCG(1, 2))
		var mu = make(chan struct{}, 1)
		for _, n := range nodes {
			n.cuts.chance = func() int64 { mu <- struct{}{}; defer func() { <-mu }(); return chance.Int64N(6_000) }
			n.cuts.left.Store(many / 2)
		}
		data := recording(400_000)
		v := &device{t: t, who: "anna"}
		v.http.Transport = &http.Transport{DisableKeepAlives: true}
		var path string
		for path == "" { // the first reply may be lost too
			resp, _, err := v.ask("POST", nodes[0].url+"/c/-/uploads", nil, "Upload-Defer-Length", "1", "Upload-Metadata", "item d2Fsaw==,purpose dGFrZQ==")
			if err == nil {
				path = resp.Header.Get("Location")
			}
		}
		tries, at := 0, int64(0)
		for at < int64(len(data)) {
			n := nodes[tries%2]
			tries++
			if now := v.offset(n, path); now < at {
				t.Fatalf("%d bytes are there, %d were acknowledged", now, at)
			} else {
				at = now
			}
			if resp, err := v.piece(n, path, at, data[at:min(len(data), int(at)+20_000)]); err == nil && resp.StatusCode == http.StatusNoContent {
				at, _ = strconv.ParseInt(resp.Header.Get("Upload-Offset"), 10, 64)
			}
		}
		for _, n := range nodes {
			if left := n.cuts.left.Load(); left > 0 {
				t.Errorf("%d cuts were never made", left)
			}
		}
		code, s, body := v.finish(nodes[1], path, data)
		if code != http.StatusOK || s.State != upload.Complete || s.Hash != secret.Hash(string(data)) {
			t.Fatalf("finish = %d %s", code, body)
		}
		if got, err := nodes[0].Blobs.Bytes(ctx, "org_a", blob.Recording, blob.Hash(s.Hash)); err != nil || !bytes.Equal(got, data) {
			t.Errorf("what lies there is not what was sent: %v", err)
		}
	})
}

// A device that comes back while its old connection still hangs takes the upload from it, on the other node, and what had come is kept.
func TestHangingConnection(t *testing.T) {
	dbtest.Each(t, uploadtest.Schemas, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		files := t.TempDir()
		one, two := serve(t, d, files), serve(t, d, files)
		v := &device{t: t, who: "anna"}
		path, data := v.begin(one, "Upload-Length", "60000"), recording(60_000)
		body, more := io.Pipe()
		req, err := http.NewRequest("PATCH", one.url+path, body)
		if err != nil {
			t.Fatal(err)
		}
		req.AddCookie(&http.Cookie{Name: web.CandidateCookie, Value: v.who})
		req.ContentLength = 60_000
		for k, x := range map[string]string{"Tus-Resumable": "1.0.0", "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"} {
			req.Header.Set(k, x)
		}
		ended := make(chan struct{})
		go func() {
			if resp, err := http.DefaultClient.Do(req); err == nil {
				resp.Body.Close()
			}
			close(ended)
		}()
		if _, err := more.Write(data[:25_000]); err != nil { // and then silence
			t.Fatal(err)
		}
		for tries := 0; ; tries++ {
			at := v.offset(two, path)
			if at > 25_000 {
				t.Fatalf("%d bytes are there of 25,000 that were sent", at)
			}
			resp, err := v.piece(two, path, at, data[at:])
			if err == nil && resp.StatusCode == http.StatusConflict && tries < 5 {
				continue // what was on its way on the old connection came after the question: a device asks again
			}
			if err != nil || resp.StatusCode != http.StatusNoContent {
				t.Fatalf("the rest = %v, %v", resp, err)
			}
			break
		}
		if code, _, said := v.finish(two, path, data); code != http.StatusOK {
			t.Errorf("finish = %d %s", code, said)
		}
		more.Close()
		<-ended
	})
}

// What is refused says why; what is another's answers byte for byte as what is not there.
func TestAnswers(t *testing.T) {
	d, _ := dbtest.Open(t, uploadtest.Schemas...)
	n := serve(t, d, t.TempDir())
	anna, ben := &device{t: t, who: "anna"}, &device{t: t, who: "ben"}
	path, data := anna.begin(n, "Upload-Defer-Length", "1"), recording(5000)
	if resp, err := anna.piece(n, path, 0, data[:4999]); err != nil || resp.StatusCode != http.StatusNoContent || resp.Header.Get("Upload-Offset") != "4999" {
		t.Fatalf("a piece = %v, %v", resp, err)
	}
	if resp, _ := anna.piece(n, path, 1, data); resp.StatusCode != http.StatusConflict {
		t.Errorf("a piece at a wrong place = %d", resp.StatusCode)
	}
	if code, _, said := anna.finish(n, path, data); code != http.StatusConflict || !strings.Contains(said, `"bytes":"4999"`) {
		t.Errorf("finish too early = %d %s", code, said)
	}
	resp, said, err := anna.ask("POST", n.url+"/c/-/uploads", nil, "Upload-Length", fmt.Sprint(4<<30), "Upload-Metadata", "item d2Fsaw==,purpose eA==")
	if err != nil || resp.StatusCode != http.StatusRequestEntityTooLarge || !strings.Contains(string(said), "upload_too_large") {
		t.Errorf("4 GiB = %v %s", resp, said)
	}
	for _, method := range []string{"GET", "PATCH", "DELETE"} {
		head := []string{"Upload-Offset", "4999", "Content-Type", "application/offset+octet-stream"}
		foreign, a, _ := ben.ask(method, n.url+path, []byte("x"), head...)
		missing, b, _ := ben.ask(method, n.url+"/c/-/uploads/upl_00000000000000000000000000000000", []byte("x"), head...)
		if foreign.StatusCode != http.StatusNotFound || missing.StatusCode != http.StatusNotFound || !bytes.Equal(a, b) {
			t.Errorf("%s of another's = %d %s; of nothing %d %s", method, foreign.StatusCode, a, missing.StatusCode, b)
		}
	}
	if resp, _, _ := anna.ask("DELETE", n.url+path, nil); resp.StatusCode != http.StatusNoContent {
		t.Errorf("DELETE = %d", resp.StatusCode)
	}
}

// A signed address needs no cookie, jumps, and harms nobody who opens it; another one opens nothing.
func TestContent(t *testing.T) {
	d, tick := dbtest.Open(t, uploadtest.Schemas...)
	n := serve(t, d, t.TempDir())
	v := &device{t: t, who: "anna"}
	path, data := v.begin(n, "Upload-Defer-Length", "1"), recording(5000)
	if _, err := v.piece(n, path, 0, data); err != nil {
		t.Fatal(err)
	}
	_, s, _ := v.finish(n, path, data)
	who := actor.Actor{Kind: actor.Candidate, ID: "anna", Org: "org_a"}
	u, err := n.Load(ctx, who, s.ID)
	if err != nil {
		t.Fatal(err)
	}
	link := n.Link(who, u, upload.Play)
	get := func(link, ranged string) (*http.Response, []byte) {
		req, _ := http.NewRequest("GET", n.url+link, nil)
		req.Header.Set("Range", ranged)
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		b, _ := io.ReadAll(resp.Body)
		return resp, b
	}
	resp, b := get(link, "bytes=100-199")
	if resp.StatusCode != http.StatusPartialContent || !bytes.Equal(b, data[100:200]) || resp.Header.Get("Content-Type") != "video/webm" {
		t.Errorf("a range = %d, %d bytes, %v", resp.StatusCode, len(b), resp.Header)
	}
	for k, want := range map[string]string{"Content-Security-Policy": "default-src 'none'; sandbox", "X-Content-Type-Options": "nosniff"} {
		if got := resp.Header.Get(k); got != want {
			t.Errorf("%s: %s; want %s", k, got, want)
		}
	}
	for name, other := range map[string]string{"another form": strings.Replace(link, "/play/", "/raw/", 1), "another time": strings.Replace(link, "/play/1", "/play/2", 1),
		"no captions": n.Link(who, u, upload.Text)} {
		if resp, _ := get(other, ""); resp.StatusCode != http.StatusNotFound {
			t.Errorf("%s = %d; want 404", name, resp.StatusCode)
		}
	}
	tick.Add(8 * time.Hour)
	if resp, _ := get(link, ""); resp.StatusCode != http.StatusNotFound {
		t.Errorf("after its time = %d; want 404", resp.StatusCode)
	}
}
