package assessment_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"testing"
	"testing/fstest"

	"candor/internal/account"
	"candor/internal/actor"
	"candor/internal/assessment"
	"candor/internal/audit"
	"candor/internal/blob"
	"candor/internal/db"
	"candor/internal/db/dbtest"
	"candor/internal/item"
	"candor/internal/item/kinds/choice"
	"candor/internal/item/kinds/freetext"
	"candor/internal/markdown"
	"candor/internal/org"
)

var (
	ctx   = context.Background()
	md    = markdown.New(3)
	kinds = item.Kinds{choice.Kind{MD: md}, freetext.Kind{MD: md}}
)

func small() fstest.MapFS {
	return fstest.MapFS{
		"assessment.yaml": {Data: []byte(`# a comment that stays
candor: 1
title: Small
about: A small one.
ai: {policy: disclosed}
reply_days: 5
rubric:
  - key: clear
    title: Clear
    about: Is it clear?
    items: [tell-us]
    levels:
      - {name: Not yet, anchor: Cannot be followed.}
      - {name: Solid, anchor: Can be followed at the first reading.}
parts:
  - key: all
    title: Everything
    minutes: 10
    items: [{item: pick}, {item: tell-us, weight: 2}]
`)},
		"items/pick/item.yaml":    {Data: []byte("kind: choice\ntitle: Pick\nminutes: 2\nstatement: Which?\ntype: single\noptions: [{text: a, correct: true}, {text: b}]\n")},
		"items/tell-us/item.yaml": {Data: []byte("kind: freetext\ntitle: Tell us\nminutes: 8\nstatement: Why?\n")},
		"notes/for us.txt":        {Data: []byte("kept too\r\n")},
	}
}

type world struct {
	*assessment.Assessments
	author actor.Actor
}

func each(t *testing.T, fn func(t *testing.T, w world)) {
	dbtest.Each(t, []fs.FS{audit.Schema, account.Schema, org.Schema, assessment.Schema}, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		fn(t, world{&assessment.Assessments{DB: d, Blobs: blob.Disk{Dir: t.TempDir()}, Kinds: kinds},
			actor.Actor{Kind: actor.Member, ID: "mem_1", Org: "org_1", Roles: []string{org.Author}}})
	})
}

func (w world) importTree(t *testing.T, tree fs.FS, into assessment.ID) assessment.VersionID {
	t.Helper()
	v, findings, err := w.Import(ctx, w.author, tree, into)
	if err != nil {
		t.Fatalf("Import = %v %v", err, findings)
	}
	return v
}

func TestTheStoredTreeIsTheOneThatCame(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		v := w.importTree(t, small(), "")
		tree, err := w.Tree(ctx, "org_1", v)
		if err != nil {
			t.Fatal(err)
		}
		for path, f := range small() {
			got, err := fs.ReadFile(tree, path)
			if err != nil || string(got) != string(f.Data) {
				t.Errorf("%s = %q, %v; want it byte for byte", path, got, err)
			}
		}
	})
}

func TestTheSameTreeIsTheSameVersionAndAnotherIsTheNext(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		first := w.importTree(t, small(), "")
		ver, err := w.Version(ctx, "org_1", first)
		if err != nil {
			t.Fatal(err)
		}
		if again := w.importTree(t, small(), ver.Assessment); again != first {
			t.Errorf("the same tree became %s; want %s", again, first)
		}
		changed := small()
		changed["notes/for us.txt"] = &fstest.MapFile{Data: []byte("kept too\n")}
		second := w.importTree(t, changed, ver.Assessment)
		if got, err := w.Version(ctx, "org_1", second); err != nil || got.Number != 2 || got.Assessment != ver.Assessment {
			t.Errorf("the changed tree = %+v, %v; want number 2", got, err)
		}
	})
}

func TestPublishingIsForEver(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		v := w.importTree(t, small(), "")
		for range 2 {
			if _, err := w.Publish(ctx, w.author, v, nil); err != nil {
				t.Fatal(err)
			}
		}
		ver, err := w.Version(ctx, "org_1", v)
		if err != nil || !ver.Published {
			t.Errorf("Version = %+v, %v; want it published", ver, err)
		}
		if i, p, ok := ver.Item("tell-us"); !ok || p.Key != "all" || i.Weight != 2 || i.Head.Title != "Tell us" {
			t.Errorf("Item = %+v in %s, %v", i, p.Key, ok)
		}
	})
}

func TestOthersCannotReachIt(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		v := w.importTree(t, small(), "")
		if _, err := w.Version(ctx, "org_2", v); !errors.Is(err, assessment.ErrMissing) {
			t.Errorf("from another organisation = %v; want ErrMissing", err)
		}
		reviewer := w.author
		reviewer.Roles = []string{org.Reviewer}
		if _, _, err := w.Import(ctx, reviewer, small(), ""); !errors.Is(err, org.ErrRole) {
			t.Errorf("a reviewer's import = %v; want ErrRole", err)
		}
		if _, err := w.Publish(ctx, reviewer, v, nil); !errors.Is(err, org.ErrRole) {
			t.Errorf("a reviewer's publishing = %v; want ErrRole", err)
		}
	})
}

func TestLinksAndSpecialFilesAreRefused(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		dir := t.TempDir()
		if err := os.CopyFS(dir, small()); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink("/etc/passwd", dir+"/items/pick/statement.md"); err != nil {
			t.Fatal(err)
		}
		if _, _, err := w.Import(ctx, w.author, os.DirFS(dir), ""); !errors.Is(err, assessment.ErrTree) {
			t.Errorf("Import with a link = %v; want ErrTree", err)
		}
	})
}
