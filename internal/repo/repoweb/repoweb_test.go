package repoweb_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"candor/internal/db"
	"candor/internal/db/dbtest"
	"candor/internal/repo"
	"candor/internal/repo/repotest"
)

var ctx = context.Background()

// each runs a test on both engines, with two nodes that have separate caches.
func each(t *testing.T, fn func(t *testing.T, a, b *repotest.Node, tick *dbtest.Clock)) {
	dbtest.Each(t, repotest.Schemas, func(t *testing.T, d *db.DB, tick *dbtest.Clock) {
		files := t.TempDir()
		fn(t, repotest.NewNode(t, d, files), repotest.NewNode(t, d, files), tick)
	})
}

func read(t testing.TB, dir, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// What is pushed to one node is cloned from the other, in every protocol, whole, shallow and without its files.
func TestCloneAndPush(t *testing.T) {
	each(t, func(t *testing.T, a, b *repotest.Node, _ *dbtest.Clock) {
		r := a.New(t, a.Template(t, nil).ID, "att_1")
		dir := repotest.Clone(t, a.CloneURL(r, a.URL))
		if got := read(t, dir, "README.md"); got != "# Ferry booking\n" {
			t.Errorf("the clone's README is %q", got)
		}
		if info, err := os.Stat(filepath.Join(dir, "bin/test.sh")); err != nil || info.Mode()&0o100 == 0 {
			t.Errorf("what was executable is %v, %v", info.Mode(), err)
		}
		head := repotest.Commit(t, dir, map[string]string{"README.md": "# Ferry booking\n\nDone.\n", "new/file.txt": "new\n"})
		repotest.Git(t, dir, "push", "--quiet", "origin", "HEAD", "HEAD:refs/heads/side", "HEAD:refs/tags/v1")
		versions := []string{"0", "1", "2"}
		if a.DB.Engine == db.PostgreSQL {
			versions = versions[2:] // the wire does not know the database
		}
		for _, version := range versions {
			for _, how := range [][]string{nil, {"--depth=1"}, {"--filter=blob:none"}, {"--bare", "--mirror"}} {
				got := repotest.Clone(t, b.CloneURL(r, b.URL), append([]string{"-c", "protocol.version=" + version}, how...)...)
				if at := repotest.Git(t, got, "rev-parse", "HEAD"); at != head {
					t.Errorf("protocol %s, %v: the clone is at %s; want %s", version, how, at, head)
				}
				if how == nil || how[0] != "--bare" {
					if text := read(t, got, "new/file.txt"); text != "new\n" {
						t.Errorf("protocol %s, %v: the file is %q", version, how, text)
					}
				}
				repotest.Git(t, got, "fsck", "--strict")
			}
		}
		second := repotest.Commit(t, dir, map[string]string{"README.md": "# Again\n"})
		repotest.Git(t, dir, "push", "--quiet", "origin", "HEAD", ":refs/heads/side")
		refs := repotest.Git(t, dir, "ls-remote", "origin")
		if want := second + "\tHEAD\n" + second + "\trefs/heads/main\n" + head + "\trefs/tags/v1"; refs != want {
			t.Errorf("refs are\n%s\nwant\n%s", refs, want)
		}
		if now := b.Now(t, r.ID); now.Bytes == 0 || now.Pushed.IsZero() || now.State != repo.Open {
			t.Errorf("the repository is %+v", now)
		}
	})
}

// A push from a shallow clone, and from one without its files, brings what is missing and no more.
func TestPushFromShallowClones(t *testing.T) {
	each(t, func(t *testing.T, a, b *repotest.Node, _ *dbtest.Clock) {
		r := a.New(t, a.Template(t, nil).ID, "att_1")
		first := repotest.Clone(t, a.CloneURL(r, a.URL))
		repotest.Commit(t, first, map[string]string{"a": "1"})
		repotest.Commit(t, first, map[string]string{"a": "2"})
		repotest.Git(t, first, "push", "--quiet")
		for _, how := range []string{"--depth=1", "--filter=blob:none"} {
			dir := repotest.Clone(t, b.CloneURL(r, b.URL), how)
			repotest.Commit(t, dir, map[string]string{"a": how})
			repotest.Git(t, dir, "push", "--quiet")
			whole := repotest.Clone(t, a.CloneURL(r, a.URL))
			repotest.Git(t, whole, "fsck", "--strict")
			if got := read(t, whole, "a"); got != how {
				t.Errorf("after a push from %s the file is %q", how, got)
			}
		}
	})
}

// A large push comes in pieces, and with a password that the address does not hold.
func TestLargePushesAndHelpers(t *testing.T) {
	d, _ := dbtest.Open(t, repotest.Schemas...)
	n := repotest.NewNode(t, d, t.TempDir())
	r := n.New(t, n.Template(t, nil).ID, "att_1")
	whole := n.CloneURL(r, n.URL)
	scheme, rest, _ := strings.Cut(whole, "://")
	user, place, _ := strings.Cut(rest, "@")
	name, token, _ := strings.Cut(user, ":")
	bare := scheme + "://" + name + "@" + place
	dir := repotest.Clone(t, whole)
	repotest.Git(t, dir, "remote", "set-url", "origin", bare)
	if _, err := repotest.Try(dir, "fetch"); err == nil || !strings.Contains(err.Error(), "could not read Password") {
		t.Errorf("without a password: %v", err)
	}
	store := filepath.Join(t.TempDir(), "credentials")
	repotest.Git(t, dir, "config", "credential.helper", "store --file="+store)
	if err := os.WriteFile(store, []byte(scheme+"://"+name+":"+token+"@"+strings.SplitN(place, "/", 2)[0]+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	big := make([]byte, 6<<20)
	for i := range big {
		big[i] = byte(i * i >> 7)
	}
	head := repotest.Commit(t, dir, map[string]string{"big.bin": string(big), "small": "1"})
	repotest.Git(t, dir, "-c", "http.postBuffer=65536", "-c", "core.compression=0", "push", "--quiet")
	if got := repotest.Git(t, repotest.Clone(t, whole), "rev-parse", "HEAD"); got != head {
		t.Errorf("the large push arrived as %s; want %s", got, head)
	}
	n.Write(t, func(tx db.Tx) error { return n.Revoke(ctx, tx, r.ID) })
	if _, err := repotest.Try(dir, "fetch"); err == nil || !strings.Contains(err.Error(), "Authentication failed") && !strings.Contains(err.Error(), "could not read") {
		t.Errorf("after it was revoked: %v", err)
	}
	if left := read(t, filepath.Dir(store), "credentials"); strings.Contains(left, token) {
		t.Error("the helper still keeps a password that was refused")
	}
	repotest.Clone(t, n.CloneURL(n.Now(t, r.ID), n.URL))
}
