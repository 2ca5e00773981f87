package repo_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http/cgi"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"candor/internal/archive"
	"candor/internal/blob"
	"candor/internal/db"
	"candor/internal/db/dbtest"
	"candor/internal/egress"
	"candor/internal/git"
	"candor/internal/job"
	"candor/internal/problem"
	"candor/internal/repo"
	"candor/internal/repo/repotest"
)

var (
	ctx  = context.Background()
	anna = git.Signature{Name: "Anna Muster", Email: "anna@mail.example"}
)

type world struct {
	*repotest.Node
	t     *testing.T
	tick  *dbtest.Clock
	files string
	r     repo.Repository
	notes []repo.PushedNote
}

func makeWorld(t *testing.T, d *db.DB, tick *dbtest.Clock) *world {
	w := &world{t: t, tick: tick, files: t.TempDir()}
	w.Node = repotest.NewNode(t, d, w.files)
	job.Listen(w.Jobs, repo.Pushed, "test.note", job.Housekeeping, func(_ context.Context, n repo.PushedNote) error {
		w.notes = append(w.notes, n)
		return nil
	})
	w.r = w.New(t, w.Template(t, nil).ID, "att_1")
	return w
}

func each(t *testing.T, fn func(w *world)) {
	dbtest.Each(t, repotest.Schemas, func(t *testing.T, d *db.DB, tick *dbtest.Clock) { fn(makeWorld(t, d, tick)) })
}

// one is each on SQLite only, for what does not depend on the engine.
func one(t *testing.T) *world {
	d, tick := dbtest.Open(t, repotest.Schemas...)
	return makeWorld(t, d, tick)
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// commit commits files on the branch that counts, over what it knows.
func (w *world) commit(expected repo.Hash, changes ...repo.Change) (git.Commit, error) {
	w.tick.Add(time.Second)
	return w.Commit(ctx, w.r, repo.CommitAsk{Expected: expected, Changes: changes, Message: "Change\n\nBecause.", Author: anna, Received: w.tick.Now()})
}

func (w *world) tip() repo.Hash {
	w.t.Helper()
	h, err := w.Resolve(ctx, w.r, "main")
	w.must(err)
	return h
}

func (w *world) read(rev, path string) string {
	w.t.Helper()
	f, err := w.File(ctx, w.r, rev, path, 0)
	if errors.Is(err, git.ErrMissing) {
		return "(missing)"
	}
	w.must(err)
	return string(f.Data)
}

func (w *world) drain() {
	w.t.Helper()
	w.must(w.Jobs.Drain(ctx))
}

func text(path, s string) repo.Change { return repo.Change{Path: path, Data: []byte(s)} }

func TestCreate(t *testing.T) {
	each(t, func(w *world) {
		again := w.New(t, w.r.Template, "att_1")
		if again != w.r {
			t.Errorf("a second time = %+v; want the first, %+v", again, w.r)
		}
		other := w.New(t, w.r.Template, "att_2")
		if other.ID == w.r.ID || other.Base != w.r.Base || other.State != repo.Open || other.Quota != repo.DefaultLimits.Repository || other.Main != "main" {
			t.Errorf("another's = %+v", other)
		}
		if w.CloneURL(other, w.URL) == w.CloneURL(w.r, w.URL) {
			t.Error("two have one credential")
		}
		if again := w.Template(t, repo.Folder(fstest.MapFS{"x": {}})); again.ID != w.r.Template {
			t.Errorf("imported again = %+v; want the first", again)
		}
		w.Write(t, func(tx db.Tx) error {
			for _, from := range []repo.ID{w.r.ID, "tpl_nothing", ""} {
				if _, err := w.Create(ctx, tx, from, "att_3", "ferry"); !errors.Is(err, repo.ErrMissing) {
					t.Errorf("from %q: %v; want missing", from, err)
				}
			}
			all, err := w.Of(ctx, tx, "att_1")
			if len(all) != 1 || all[0] != w.r {
				t.Errorf("of att_1: %+v", all)
			}
			return err
		})
		if err := w.DB.Read(ctx, "org_b", func(tx db.Tx) error { _, err := w.Load(ctx, tx, w.r.ID); return err }); !errors.Is(err, repo.ErrMissing) {
			t.Errorf("from another organisation: %v; want missing", err)
		}
		w.Write(t, func(tx db.Tx) error {
			if err := w.Close(ctx, tx, w.r.Template); !errors.Is(err, repo.ErrMissing) {
				t.Errorf("closing a template: %v", err)
			}
			if _, err := w.Submit(ctx, tx, w.r.Template, w.tick.Now()); !errors.Is(err, repo.ErrMissing) {
				t.Errorf("submitting a template: %v", err)
			}
			return nil
		})
	})
}

func TestCommit(t *testing.T) {
	each(t, func(w *world) {
		c, err := w.commit(w.r.Base, text("README.md", "# Mine\n"), text("new/deep/file.txt", "x"), repo.Change{Path: "go.mod", Delete: true}, repo.Change{Path: "book/b.go", From: "book/a.go", Data: []byte("b")},
			text("bin/test.sh", "still\n"), repo.Change{Path: "run", Data: []byte("r"), Exec: true})
		w.must(err)
		files, err := w.Files(ctx, w.r, "main")
		w.must(err)
		var got []string
		for _, f := range files {
			got = append(got, fmt.Sprintf("%s %s", f.Mode, f.Path))
		}
		if want := "100644 README.md\n100755 bin/test.sh\n100644 book/b.go\n100644 new/deep/file.txt\n100755 run"; strings.Join(got, "\n") != want {
			t.Errorf("files are\n%s\nwant\n%s", strings.Join(got, "\n"), want)
		}
		log, _, err := w.Log(ctx, w.r, "main", git.LogOptions{Not: w.r.Base})
		w.must(err)
		if len(log) != 1 || !reflect.DeepEqual(log[0], c) || c.Author.When != w.tick.Now() || c.Subject != "Change" || c.Body != "Because." {
			t.Errorf("the log is %+v; want %+v", log, c)
		}
		w.drain()
		if want := (repo.PushedNote{Org: repotest.Org, Repository: w.r.ID, Owner: "att_1", Item: "ferry", Main: true, Commit: c.Hash, Standing: repo.OnTime, Received: w.tick.Now().UnixMilli()}); len(w.notes) != 1 || w.notes[0] != want {
			t.Errorf("announced %+v; want %+v", w.notes, want)
		}
		dir := repotest.Clone(t, w.CloneURL(w.r, w.URL))
		repotest.Git(t, dir, "fsck", "--strict")
		if zone := repotest.Git(t, dir, "log", "-1", "--format=%ad", "--date=format:%z"); zone != "+0000" {
			t.Errorf("the commit tells the zone %s", zone)
		}
		for name, c := range map[string]struct {
			expected repo.Hash
			change   repo.Change
			want     error
		}{
			"nothing":          {c.Hash, text("README.md", "# Mine\n"), repo.ErrNothing},
			"same files moved": {w.r.Base, text("README.md", "# Other\n"), repo.ErrMoved},
			"one that is gone": {w.r.Base, text("go.mod", "x"), repo.ErrMoved},
			"not there":        {c.Hash, repo.Change{Path: "nowhere", Delete: true}, git.ErrMissing},
			"no such tip":      {repo.Hash(strings.Repeat("a", 40)), text("x", "x"), git.ErrMissing},
			"no tip":           {"", text("x", "x"), git.ErrMissing},
			"a climb":          {c.Hash, text("../x", "x"), git.ErrRefused},
			"a root":           {c.Hash, text("/x", "x"), git.ErrRefused},
			"no name":          {c.Hash, text("", "x"), git.ErrRefused},
			"git's own":        {c.Hash, text(".git/config", "x"), git.ErrRefused},
			"a line break":     {c.Hash, text("a\nb", "x"), git.ErrRefused},
			"in a file":        {c.Hash, text("README.md/x", "x"), git.ErrRefused},
			"over a folder":    {c.Hash, text("book", "x"), git.ErrRefused},
			"too large":        {c.Hash, repo.Change{Path: "big", Data: make([]byte, repo.DefaultLimits.File+1)}, git.ErrTooLarge},
		} {
			if _, err := w.commit(c.expected, c.change); !errors.Is(err, c.want) {
				t.Errorf("%s: %v; want %v", name, err, c.want)
			}
		}
		if _, err := w.Commit(ctx, w.r, repo.CommitAsk{Expected: c.Hash, Changes: []repo.Change{text("x", "x")}, Author: anna, Message: " \n"}); !errors.Is(err, git.ErrRefused) {
			t.Errorf("without a message: %v", err)
		}
		if _, err := w.Commit(ctx, w.r, repo.CommitAsk{Branch: "a..b", Expected: c.Hash, Changes: []repo.Change{text("x", "x")}, Author: anna, Message: "x"}); !errors.Is(err, git.ErrRefused) {
			t.Errorf("on a branch of a bad name: %v", err)
		}
		if w.tip() != c.Hash {
			t.Error("one of these moved the branch")
		}
	})
}

// A branch that moved is no conflict while none of the files changed; else the conflict names the files, and nothing is written.
func TestCommitOverAnotherOne(t *testing.T) {
	w := one(t)
	theirs, err := w.commit(w.r.Base, text("a", "1"), text("b", "1"))
	w.must(err)
	mine, err := w.commit(w.r.Base, text("c", "1"), repo.Change{Path: "go.mod", Delete: true})
	w.must(err)
	if mine.Parents[0] != theirs.Hash || w.read("main", "a") != "1" || w.read("main", "c") != "1" {
		t.Errorf("%+v is not on top of %s", mine, theirs.Hash)
	}
	_, err = w.commit(w.r.Base, text("b", "2"), text("c", "2"), text("d", "2"))
	p, _ := problem.As(err)
	if !errors.Is(err, repo.ErrMoved) || p.Facts["paths"] != "b\nc" || p.Facts["tip"] != string(mine.Hash) {
		t.Errorf("a conflict = %v, %+v", err, p)
	}
	if _, err := w.Replace(ctx, w.r, theirs.Hash, repotest.Tree, "All", anna, w.tick.Now()); !errors.Is(err, repo.ErrMoved) {
		t.Errorf("all files over one that moved: %v", err)
	}
	all, err := w.Replace(ctx, w.r, mine.Hash, repotest.Tree, "All", anna, w.tick.Now())
	w.must(err)
	if d, err := w.Diff(ctx, w.r, string(w.r.Base), string(all.Hash), git.DiffOptions{}); err != nil || len(d.Files) != 0 {
		t.Errorf("all files of the start again differ from it: %+v, %v", d, err)
	}
}

// Commits of a page and pushes of git that race lose nothing: each change of a file of its own is in the end.
func TestCommitsRace(t *testing.T) {
	each(t, func(w *world) {
		dir := repotest.Clone(t, w.CloneURL(w.r, w.URL))
		var all sync.WaitGroup
		for i := range 4 {
			all.Go(func() {
				if _, err := w.Commit(ctx, w.r, repo.CommitAsk{Expected: w.r.Base, Changes: []repo.Change{text(fmt.Sprint("page", i), "x")}, Message: "x", Author: anna, Received: w.tick.Now()}); err != nil {
					t.Errorf("commit %d: %v", i, err)
				}
			})
		}
		repotest.Commit(t, dir, map[string]string{"git": "x"})
		for range 20 {
			if _, err := repotest.Try(dir, "push", "--quiet"); err == nil {
				break
			}
			repotest.Git(t, dir, "pull", "--quiet", "--rebase")
		}
		all.Wait()
		for _, name := range []string{"page0", "page1", "page2", "page3", "git"} {
			if got := w.read("main", name); got != "x" {
				t.Errorf("%s is %s", name, got)
			}
		}
	})
}

func TestReading(t *testing.T) {
	w := one(t)
	c, err := w.commit(w.r.Base, text("book/a.go", "package book\n\nfunc Seats() int { return 4 }\n"))
	w.must(err)
	dir := repotest.Clone(t, w.CloneURL(w.r, w.URL))
	repotest.Git(t, dir, "tag", "-a", "-m", "x", "v1")
	repotest.Git(t, dir, "push", "--quiet", "origin", "v1", "HEAD:refs/heads/side/x")
	for rev, want := range map[string]repo.Hash{"main": c.Hash, "side/x": c.Hash, "v1": c.Hash, "refs/heads/main": c.Hash, string(c.Hash): c.Hash, string(w.r.Base): w.r.Base,
		"": "", "HEAD": "", "main^": "", string(c.Hash[:10]): "", "refs/heads": "", string(git.Zero): "", string(c.Tree): ""} {
		got, err := w.Resolve(ctx, w.r, rev)
		if got != want || (want == "") != errors.Is(err, git.ErrMissing) {
			t.Errorf("Resolve(%q) = %q, %v; want %q", rev, got, err, want)
		}
	}
	if tree, err := w.Tree(ctx, w.r, "v1", "book"); err != nil || len(tree) != 1 || tree[0].Path != "book/a.go" {
		t.Errorf("Tree = %+v, %v", tree, err)
	}
	tree, err := w.FS(ctx, w.r, "main")
	w.must(err)
	if b, err := fs.ReadFile(tree, "book/a.go"); err != nil || !strings.Contains(string(b), "return 4") {
		t.Errorf("FS holds %q, %v", b, err)
	}
	if d, err := w.Diff(ctx, w.r, string(w.r.Base), "main", git.DiffOptions{}); err != nil || len(d.Files) != 1 || d.Added != 1 || d.Deleted != 1 {
		t.Errorf("Diff = %+v, %v", d, err)
	}
	if d, err := w.Diff(ctx, w.r, "", "main", git.DiffOptions{}); err != nil || len(d.Files) != 4 {
		t.Errorf("Diff from nothing = %+v, %v", d, err)
	}
	if lines, err := w.Blame(ctx, w.r, "main", "book/a.go"); err != nil || len(lines) != 3 || lines[0].Commit != w.r.Base || lines[2].Commit != c.Hash {
		t.Errorf("Blame = %+v, %v", lines, err)
	}
	if found, more, err := w.Grep(ctx, w.r, "main", "Seats", git.GrepOptions{}); err != nil || more || len(found) != 1 || found[0].Line != 3 {
		t.Errorf("Grep = %+v, %v, %v", found, more, err)
	}
	var a, b bytes.Buffer
	w.must(w.Archive(ctx, w.r, "main", &a))
	w.must(w.Archive(ctx, w.r, "v1", &b))
	if !bytes.Equal(a.Bytes(), b.Bytes()) {
		t.Error("two archives of one tree differ")
	}
	z, err := zip.NewReader(bytes.NewReader(a.Bytes()), int64(a.Len()))
	w.must(err)
	if len(z.File) != 4 || z.File[1].Name != "bin/test.sh" || z.File[1].Mode().Perm() != 0o755 {
		t.Errorf("the archive has %d files", len(z.File))
	}
	if _, err := archive.Zip(bytes.NewReader(a.Bytes()), int64(a.Len())); err != nil {
		t.Errorf("the archive cannot be imported: %v", err)
	}
	if err := w.Archive(ctx, w.r, "nowhere", io.Discard); !errors.Is(err, git.ErrMissing) {
		t.Errorf("Archive of nothing = %v", err)
	}
	var bundle bytes.Buffer
	w.must(w.Bundle(ctx, w.r, &bundle))
	path := filepath.Join(t.TempDir(), "x.bundle")
	w.must(os.WriteFile(path, bundle.Bytes(), 0o600))
	if got := repotest.Git(t, repotest.Clone(t, path), "rev-parse", "HEAD"); got != string(c.Hash) {
		t.Errorf("the bundle's clone is at %s", got)
	}
	template := w.Now(t, w.r.Template)
	if got, err := w.File(ctx, template, "main", "README.md", 0); err != nil || string(got.Data) != "# Ferry booking\n" {
		t.Errorf("the template's file = %+v, %v", got, err)
	}
}

func TestImport(t *testing.T) {
	w := one(t)
	dir := repotest.Clone(t, w.CloneURL(w.r, w.URL))
	head := repotest.Commit(t, dir, map[string]string{"a": "1"})
	repotest.Git(t, dir, "checkout", "--quiet", "-b", "solution")
	solution := repotest.Commit(t, dir, map[string]string{"solution": "secret"})
	repotest.Git(t, dir, "tag", "v1")
	repotest.Git(t, dir, "update-ref", "refs/pull/1/head", "HEAD")
	file := filepath.Join(t.TempDir(), "x.bundle")
	repotest.Git(t, dir, "bundle", "create", "--quiet", file, "--all")
	whole, err := os.ReadFile(file)
	w.must(err)
	repotest.Git(t, dir, "bundle", "create", "--quiet", file, "main", "^main~1")
	thin, err := os.ReadFile(file)
	w.must(err)
	got, err := w.Import(ctx, repotest.Org, repo.Template{Owner: "ver_2", Item: "ferry", Name: "bundled"}, repo.Bundle(bytes.NewReader(whole)))
	w.must(err)
	if got.Base != repo.Hash(head) {
		t.Errorf("it begins at %s; want %s", got.Base, head)
	}
	if log, _, err := w.Log(ctx, got, "main", git.LogOptions{}); err != nil || len(log) != 2 {
		t.Errorf("its history is %+v, %v", log, err)
	}
	for _, hidden := range []string{solution, "solution", "v1", "refs/pull/1/head"} {
		if h, err := w.Resolve(ctx, got, hidden); !errors.Is(err, git.ErrMissing) {
			t.Errorf("%s came with it: %s, %v", hidden, h, err)
		}
	}
	link := fstest.MapFS{"link": {Mode: fs.ModeSymlink, Data: []byte("x")}}
	for name, c := range map[string]struct {
		template repo.Template
		from     repo.Source
		want     error
	}{
		"no such branch": {repo.Template{Name: "x", Main: "trunk"}, repo.Bundle(bytes.NewReader(whole)), git.ErrRefused},
		"a thin bundle":  {repo.Template{Name: "x"}, repo.Bundle(bytes.NewReader(thin)), git.ErrRefused},
		"cut off":        {repo.Template{Name: "x"}, repo.Bundle(bytes.NewReader(whole[:len(whole)/2])), git.ErrRefused},
		"no bundle":      {repo.Template{Name: "x"}, repo.Bundle(strings.NewReader("hello")), git.ErrRefused},
		"a link":         {repo.Template{Name: "x"}, repo.Folder(link), git.ErrRefused},
		"a bad name":     {repo.Template{Name: "../x"}, repo.Folder(repotest.Tree), problem.ErrInvalid},
		"a bad branch":   {repo.Template{Name: "x", Main: "a..b"}, repo.Folder(repotest.Tree), problem.ErrInvalid},
		".git":           {repo.Template{Name: "x"}, repo.Folder(fstest.MapFS{".git/config": {Data: []byte("x")}}), git.ErrRefused},
	} {
		c.template.Owner = name
		if _, err := w.Import(ctx, repotest.Org, c.template, c.from); !errors.Is(err, c.want) {
			t.Errorf("%s: %v; want %v", name, err, c.want)
		}
	}
}

// stored are the files of the blob store.
func (w *world) stored() (n int) {
	w.t.Helper()
	for _, org := range []string{repotest.Org} {
		w.must(blob.Disk{Dir: w.files}.List(ctx, org, blob.Pack, func(blob.Hash, int64) error { n++; return nil }))
	}
	return n
}

// Many packs become one, with everything that any push brought, also what a later one went over; the old files go a day later.
func TestConsolidate(t *testing.T) {
	each(t, func(w *world) {
		dir := repotest.Clone(t, w.CloneURL(w.r, w.URL))
		lost := repotest.Commit(t, dir, map[string]string{"lost": "not"})
		repotest.Git(t, dir, "push", "--quiet")
		repotest.Git(t, dir, "reset", "--quiet", "--hard", "HEAD~1")
		tip := w.r.Base
		repotest.Git(t, dir, "push", "--quiet", "--force")
		for i := range 21 {
			c, err := w.commit(tip, text("a", strings.Repeat("line\n", 50)+fmt.Sprint(i)))
			w.must(err)
			tip = c.Hash
		}
		before := w.Now(t, w.r.ID)
		if n := w.stored(); n != 2+2*22 {
			t.Errorf("%d files are stored before", n)
		}
		w.must(w.Consolidate(ctx, repotest.Org))
		w.drain()
		now := w.Now(t, w.r.ID)
		if now.Bytes >= before.Bytes || now.Bytes <= 0 {
			t.Errorf("it took %d bytes and takes %d", before.Bytes, now.Bytes)
		}
		w.must(w.Collect(ctx, repotest.Org))
		if n := w.stored(); n != 2+2*22+2 {
			t.Errorf("%d files are stored right after", n)
		}
		w.tick.Add(25 * time.Hour)
		w.must(w.Collect(ctx, repotest.Org))
		if n := w.stored(); n != 4 {
			t.Errorf("%d files are stored a day later; want the template's and its own", n)
		}
		w.must(os.RemoveAll(w.Cache))
		if got := w.read(lost, "lost"); got != "not" {
			t.Errorf("what a push went over is %s", got)
		}
		fresh := repotest.Clone(t, w.CloneURL(w.r, w.URL))
		repotest.Git(t, fresh, "fsck", "--strict")
		if got := repotest.Git(t, fresh, "rev-list", "--count", "HEAD"); got != "22" {
			t.Errorf("%s commits are left", got)
		}
		w.drain() // again changes nothing
		if again := w.Now(t, w.r.ID); again != now {
			t.Errorf("done again, %+v became %+v", now, again)
		}
	})
}

// Who is erased leaves no file, in the store or in the cache, and takes none away from others who pushed the same.
func TestErase(t *testing.T) {
	each(t, func(w *world) {
		same := w.New(t, w.r.Template, "att_2")
		for _, r := range []repo.Repository{w.r, same} {
			_, err := w.Commit(ctx, r, repo.CommitAsk{Expected: r.Base, Changes: []repo.Change{text("a", "1")}, Message: "x", Author: anna, Received: w.tick.Now()})
			w.must(err)
		}
		_, err := w.commit(w.tip(), text("a", "mine"))
		w.must(err)
		url := w.CloneURL(w.r, w.URL)
		p := db.Person{Org: repotest.Org, Attempts: []string{"att_1"}}
		var seen, gone map[string]int
		w.Write(t, func(tx db.Tx) (err error) {
			if seen, err = w.Preview(ctx, tx, p); err == nil {
				gone, err = w.Erase(ctx, tx, p)
			}
			return err
		})
		if seen["repositories"] != 1 || gone["repositories"] != 1 {
			t.Errorf("the preview said %v; erased were %v", seen, gone)
		}
		w.drain()
		if n := w.stored(); n != 4 {
			t.Errorf("%d files are stored; want the template's and what another pushed too", n)
		}
		w.must(w.Sweep(ctx))
		if n := len(w.Cached(t)); n != 2 {
			t.Errorf("%d packs are cached", n)
		}
		if out, err := repotest.Try(t.TempDir(), "clone", url); err == nil {
			t.Errorf("it can be cloned: %s", out)
		}
		repotest.Git(t, repotest.Clone(t, w.CloneURL(same, w.URL)), "fsck", "--strict")
	})
}

// A file that is being removed is not named again before it is put again.
func TestAFileThatIsBeingRemoved(t *testing.T) {
	each(t, func(w *world) {
		other := w.New(t, w.r.Template, "att_2")
		ask := repo.CommitAsk{Expected: w.r.Base, Changes: []repo.Change{text("a", "1")}, Message: "x", Author: anna, Received: w.tick.Now()}
		_, err := w.Commit(ctx, w.r, ask)
		w.must(err)
		w.Write(t, func(tx db.Tx) error { _, err := w.Erase(ctx, tx, db.Person{Attempts: []string{"att_1"}}); return err })
		w.Write(t, func(tx db.Tx) error { // a collector that broke off in the middle
			_, err := tx.Exec(ctx, `UPDATE repository_files SET going = 1 WHERE org_id = $1`, repotest.Org)
			return err
		})
		if _, err := w.Commit(ctx, other, ask); err == nil {
			t.Fatal("it named a file that was being removed")
		}
		w.must(w.Collect(ctx, repotest.Org))
		_, err = w.Commit(ctx, other, ask)
		w.must(err)
		w.must(w.Collect(ctx, repotest.Org))
		w.must(os.RemoveAll(w.Cache))
		repotest.Git(t, repotest.Clone(t, w.CloneURL(other, w.URL)), "fsck", "--strict")
	})
}

// thief is a store from which the first files that are put are collected before a row names them.
type thief struct {
	blob.Store
	w    *world
	left int
}

func (s *thief) PutReader(ctx context.Context, org string, c blob.Class, r io.Reader) (blob.Hash, int64, error) {
	h, n, err := s.Store.PutReader(ctx, org, c, r)
	if s.left--; err == nil && s.left >= 0 {
		s.w.must(s.Store.Delete(ctx, org, c, h))
		s.w.Write(s.w.t, func(tx db.Tx) error {
			_, err := tx.Exec(ctx, `DELETE FROM repository_files WHERE org_id = $1 AND hash = $2`, org, string(h))
			return err
		})
	}
	return h, n, err
}

// A file that was collected between its putting and its naming is put once more.
func TestAFileThatWasCollectedTooSoon(t *testing.T) {
	each(t, func(w *world) {
		w.Blobs = &thief{w.Blobs, w, 2}
		_, err := w.commit(w.r.Base, text("a", "1"))
		w.must(err)
		w.must(os.RemoveAll(w.Cache))
		repotest.Git(t, repotest.Clone(t, w.CloneURL(w.r, w.URL)), "fsck", "--strict")
	})
}

// A template comes from an https address: one branch, and nothing from within our own network.
func TestImportFromElsewhere(t *testing.T) {
	w := one(t)
	dir := t.TempDir()
	repotest.Git(t, dir, "init", "--quiet", "--initial-branch=main")
	head := repotest.Commit(t, dir, map[string]string{"a": "1"})
	repotest.Git(t, dir, "checkout", "--quiet", "-b", "solution")
	hidden := repotest.Commit(t, dir, map[string]string{"b": "secret"})
	repotest.Git(t, dir, "tag", "v1")
	repotest.Git(t, dir, "update-ref", "refs/pull/1/head", "HEAD")
	s := httptest.NewTLSServer(&cgi.Handler{Path: filepath.Join(repotest.Git(t, "/", "--exec-path"), "git-http-backend"), Root: "/",
		Env: []string{"GIT_PROJECT_ROOT=" + dir, "GIT_HTTP_EXPORT_ALL=1", "HOME=/nonexistent"}, InheritEnv: []string{"PATH"}})
	defer s.Close()
	ca := filepath.Join(t.TempDir(), "ca.pem")
	w.must(os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw}), 0o600))
	from := func(owner, main, address string) (repo.Repository, error) {
		return w.Import(ctx, repotest.Org, repo.Template{Owner: owner, Name: "far", Main: main}, repo.Remote(address))
	}
	w.Git = &git.Git{CA: ca}
	if _, err := from("denied", "main", s.URL+"/.git"); !errors.Is(err, egress.ErrDenied) {
		t.Errorf("from loopback: %v; want denied", err)
	}
	w.Out.Allow = func(netip.AddrPort) bool { return true }
	got, err := from("far", "main", s.URL+"/.git")
	w.must(err)
	if got.Base != repo.Hash(head) {
		t.Errorf("it begins at %s; want %s", got.Base, head)
	}
	for _, rev := range []string{hidden, "v1", "solution", "refs/pull/1/head"} {
		if h, err := w.Resolve(ctx, got, rev); !errors.Is(err, git.ErrMissing) {
			t.Errorf("%s came with it: %s, %v", rev, h, err)
		}
	}
	plain := strings.Replace(s.URL, "https", "http", 1)
	for name, address := range map[string]string{"no branch": s.URL + "/.git", "nothing there": s.URL + "/none.git", "http": plain + "/.git", "a file": "file://" + dir, "a folder": dir, "ssh": "ssh://git@localhost/x",
		"a program": "ext::sh -c touch% x", "an option": "--upload-pack=touch x", "a password": strings.Replace(s.URL, "://", "://a:b@", 1) + "/.git", "a line break": s.URL + "/.git\n"} {
		main := "main"
		if name == "no branch" {
			main = "trunk"
		}
		if _, err := from(name, main, address); !errors.Is(err, git.ErrRefused) {
			t.Errorf("%s: %v; want refused", name, err)
		}
	}
	w.Git = &git.Git{}
	if _, err := from("untrusted", "main", s.URL+"/.git"); !errors.Is(err, git.ErrRefused) {
		t.Errorf("with a certificate that nobody knows: %v; want refused", err)
	}
}
