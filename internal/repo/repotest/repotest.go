// Package repotest makes nodes that serve repositories, and works on them with the machine's own git, for other packages' tests.
package repotest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"candor/internal/blob"
	"candor/internal/db"
	"candor/internal/git"
	"candor/internal/job"
	"candor/internal/live"
	"candor/internal/repo"
	"candor/internal/repo/repoweb"
	"candor/internal/secret"
	"candor/internal/web"
)

// Schemas are what a node needs.
var Schemas = []fs.FS{live.Schema, repo.Schema}

// Org is the organisation of what is made here.
const Org = "org_a"

// Tree is a small starter.
var Tree = fstest.MapFS{
	"README.md":   {Data: []byte("# Ferry booking\n"), Mode: 0o644},
	"go.mod":      {Data: []byte("module ferry\n"), Mode: 0o644},
	"book/a.go":   {Data: []byte("package book\n\nfunc Seats() int { return 3 }\n"), Mode: 0o644},
	"bin/test.sh": {Data: []byte("#!/bin/sh\n"), Mode: 0o755},
}

// Node is one node of an installation with a cache of its own, and the address it serves at.
type Node struct {
	*repo.Repos
	URL string
}

// NewNode serves on loopback until the test ends. files is the folder of the blob store, which nodes share.
func NewNode(t testing.TB, d *db.DB, files string) *Node {
	t.Helper()
	n, s, err := serve(d, blob.Disk{Dir: files}, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return n
}

func serve(d *db.DB, files blob.Store, cache string) (*Node, *http.Server, error) {
	jobs, err := job.New(d, job.Options{})
	if err != nil {
		return nil, nil, err
	}
	n := &Node{Repos: &repo.Repos{DB: d, Jobs: jobs, Blobs: files, Key: secret.Of("repotest"), Git: &git.Git{}, Cache: cache}}
	n.Listen()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, nil, err
	}
	n.URL = "http://" + l.Addr().String()
	s, err := n.server()
	if err != nil {
		return nil, nil, err
	}
	go s.Serve(web.Listen(l, d.Clock))
	return n, s, nil
}

// Alone is a node in a process of its own, until the process is killed: where are its database, the folder of its files and its cache. It prints
// the address of a repository. A broken one writes files a moment after they were said to be kept.
func Alone(where []string, broken bool) error {
	ctx := context.Background()
	d, err := db.Open(ctx, "sqlite:"+where[0], db.Options{})
	if err != nil {
		return err
	}
	if err := d.Migrate(ctx, Schemas, job.Migrate(d)); err != nil {
		return err
	}
	if err := os.MkdirAll(where[1], 0o700); err != nil {
		return err
	}
	files := blob.Store(blob.Disk{Dir: where[1]})
	if broken {
		files = lazy{files}
	}
	n, _, err := serve(d, files, where[2])
	if err != nil {
		return err
	}
	n.Blobs = blob.Disk{Dir: where[1]} // the template is whole in any case
	template, err := n.Import(ctx, Org, repo.Template{Owner: "ver_1", Item: "ferry", Name: "ferry-booking"}, repo.Folder(Tree))
	if err != nil {
		return err
	}
	n.Blobs = files
	var r repo.Repository
	err = d.Write(ctx, Org, func(tx db.Tx) (err error) {
		r, err = n.Create(ctx, tx, template.ID, "att_1", "ferry")
		return err
	})
	if err != nil {
		return err
	}
	fmt.Println(n.CloneURL(r, n.URL))
	select {}
}

// lazy is a store that breaks its promise.
type lazy struct{ blob.Store }

func (s lazy) PutReader(ctx context.Context, org string, c blob.Class, r io.Reader) (blob.Hash, int64, error) {
	data, err := io.ReadAll(r)
	go func() {
		time.Sleep(time.Second)
		s.Store.Put(context.WithoutCancel(ctx), org, c, data)
	}()
	sum := sha256.Sum256(data)
	return blob.Hash(hex.EncodeToString(sum[:])), int64(len(data)), err
}

// server has rates that stop no test.
func (n *Node) server() (*http.Server, error) {
	mux := web.New(web.Config{Log: slog.New(slog.DiscardHandler), Clock: n.DB.Clock, Key: n.Key, URL: n.URL, Rates: map[web.Rate]web.Limit{web.RateGit: {Burst: 1e6, Per: 1e6}}})
	(&repoweb.Pages{Repos: n.Repos}).Routes(mux)
	return mux.Server(), mux.Start()
}

// Template imports Tree, or another one.
func (n *Node) Template(t testing.TB, from repo.Source) repo.Repository {
	t.Helper()
	if from == nil {
		from = repo.Folder(Tree)
	}
	r, err := n.Import(context.Background(), Org, repo.Template{Owner: "ver_1", Item: "ferry", Name: "ferry-booking"}, from)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// New makes an owner's repository of a template.
func (n *Node) New(t testing.TB, template repo.ID, owner string) repo.Repository {
	t.Helper()
	var r repo.Repository
	err := n.DB.Write(context.Background(), Org, func(tx db.Tx) (err error) {
		r, err = n.Create(context.Background(), tx, template, owner, "ferry")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// Now is a repository as it is now.
func (n *Node) Now(t testing.TB, i repo.ID) (r repo.Repository) {
	t.Helper()
	n.Read(t, func(tx db.Tx) (err error) {
		r, err = n.Load(context.Background(), tx, i)
		return err
	})
	return r
}

// Read reads rows.
func (n *Node) Read(t testing.TB, fn func(tx db.Tx) error) {
	t.Helper()
	if err := n.DB.Read(context.Background(), Org, fn); err != nil {
		t.Fatal(err)
	}
}

// Write writes rows.
func (n *Node) Write(t testing.TB, fn func(tx db.Tx) error) {
	t.Helper()
	if err := n.DB.Write(context.Background(), Org, fn); err != nil {
		t.Fatal(err)
	}
}

// Client is the environment of a person's git: a name, no configuration of this machine, no prompts.
func Client(more ...string) []string {
	return append([]string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C", "HOME=/nonexistent", "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null", "GIT_TERMINAL_PROMPT=0",
		"GIT_AUTHOR_NAME=Anna Muster", "GIT_AUTHOR_EMAIL=anna@mail.example", "GIT_COMMITTER_NAME=Anna Muster", "GIT_COMMITTER_EMAIL=anna@mail.example"}, more...)
}

// Try runs git in a folder and gives all that it says.
func Try(dir string, args ...string) (string, error) {
	return try(dir, Client(), args)
}

func try(dir string, env, args []string) (string, error) {
	var out bytes.Buffer
	cmd := exec.Command("git", args...)
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = dir, env, &out, &out
	err := cmd.Run()
	if err != nil {
		err = fmt.Errorf("git %s: %w\n%s", strings.Join(args, " "), err, out.String())
	}
	return out.String(), err
}

// Git runs git, which must go well.
func Git(t testing.TB, dir string, args ...string) string {
	t.Helper()
	out, err := Try(dir, args...)
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(out)
}

// Clone clones into a folder of the test's.
func Clone(t testing.TB, url string, args ...string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "clone")
	Git(t, "/", append(append([]string{"clone", "--quiet"}, args...), url, dir)...)
	return dir
}

// Commit writes files into a clone and commits them. It gives the commit.
func Commit(t testing.TB, dir string, files map[string]string) string {
	t.Helper()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	Git(t, dir, "add", "--all")
	Git(t, dir, "commit", "--quiet", "--message", "Change")
	return Git(t, dir, "rev-parse", "HEAD")
}

// Cached are the packs in a node's cache.
func (n *Node) Cached(t testing.TB) []string {
	t.Helper()
	all, err := filepath.Glob(filepath.Join(n.Cache, "packs", "*", "*"))
	if err != nil {
		t.Fatal(err)
	}
	return all
}
