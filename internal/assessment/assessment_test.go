package assessment_test

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"reflect"
	"testing"
	"testing/fstest"

	"candor/internal/account"
	"candor/internal/actor"
	"candor/internal/archive"
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

	"pgregory.net/rapid"
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
ai: {policy: allowed}
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
	eachTick(t, func(t *testing.T, w world, _ *dbtest.Clock) { fn(t, w) })
}

func eachTick(t *testing.T, fn func(t *testing.T, w world, tick *dbtest.Clock)) {
	dbtest.Each(t, []fs.FS{audit.Schema, account.Schema, org.Schema, assessment.Schema}, func(t *testing.T, d *db.DB, tick *dbtest.Clock) {
		fn(t, world{&assessment.Assessments{DB: d, Blobs: blob.Disk{Dir: t.TempDir()}, Kinds: kinds},
			actor.Actor{Kind: actor.Member, ID: "mem_1", Org: "org_1", Roles: []string{org.Author}}}, tick)
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

// TestWhatIsExportedIsWhatWasImported: whatever the files are called and hold, the zip gives the same bytes and so the same version.
func TestWhatIsExportedIsWhatWasImported(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		name := rapid.StringMatching(`[a-z0-9 ._@#%&'(){}~+=,;!-]{1,12}|[äßñ漢字🦆-]{1,6}|\.hidden|\.gitignore`)
		content := rapid.OneOf(rapid.SliceOfN(rapid.Byte(), 0, 200), rapid.SampledFrom([][]byte{{}, []byte("a\r\nb\r\n"), []byte("no end of line"), {0}, []byte("\ufeffx"), []byte("PK\x03\x04")}))
		rapid.Check(t, func(t *rapid.T) {
			tree := small()
			names := archive.Names{}
			for path := range tree {
				names.Add(path)
			}
			for range rapid.IntRange(0, 12).Draw(t, "files") {
				dir := rapid.SampledFrom([]string{"", "notes/", "items/pick/", "a/b/c/"}).Draw(t, "folder")
				path := dir + name.Draw(t, "name")
				if fs.ValidPath(path) && names.Add(path) == "" {
					tree[path] = &fstest.MapFile{Data: content.Draw(t, "content")}
				}
			}
			first, findings, err := w.Import(ctx, w.author, tree, "")
			if err != nil {
				t.Fatalf("Import = %v %v", err, findings)
			}
			stored, err := w.Tree(ctx, "org_1", first)
			if err != nil {
				t.Fatal(err)
			}
			var packed bytes.Buffer
			if err := archive.Write(&packed, stored); err != nil {
				t.Fatal(err)
			}
			back, err := archive.Zip(bytes.NewReader(packed.Bytes()), int64(packed.Len()))
			if err != nil {
				t.Fatal(err)
			}
			seen := 0
			fs.WalkDir(back, ".", func(path string, e fs.DirEntry, err error) error {
				if err != nil || e.IsDir() {
					return err
				}
				seen++
				got, err := fs.ReadFile(back, path)
				if f := tree[path]; err != nil || f == nil || !bytes.Equal(got, f.Data) {
					t.Errorf("%q = %q, %v; want it byte for byte", path, got, err)
				}
				return nil
			})
			if seen != len(tree) {
				t.Errorf("%d files came back of %d", seen, len(tree))
			}
			ver, err := w.Version(ctx, "org_1", first)
			if err != nil {
				t.Fatal(err)
			}
			if again, _, err := w.Import(ctx, w.author, back, ver.Assessment); again != first || err != nil {
				t.Errorf("the export imported again = %s, %v; want %s", again, err, first)
			}
		})
	})
}

// TestAVersionInUseStaysAsItIs: whatever is imported into its assessment, what candidates started on is not touched.
func TestAVersionInUseStaysAsItIs(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		first := w.importTree(t, small(), "")
		if _, err := w.Publish(ctx, w.author, first, nil); err != nil {
			t.Fatal(err)
		}
		before, err := w.Version(ctx, "org_1", first)
		if err != nil {
			t.Fatal(err)
		}
		second := w.importTree(t, edited(t, "items/tell-us/item.yaml", "Why?", "Why not?"), before.Assessment)
		if _, _, err := w.Import(ctx, w.author, edited(t, "assessment.yaml", "candor: 1", "candor: 3"), before.Assessment); !errors.Is(err, assessment.ErrFindings) {
			t.Errorf("a broken tree = %v; want ErrFindings", err)
		}
		w.Assessments = &assessment.Assessments{DB: w.DB, Blobs: w.Blobs, Kinds: w.Kinds} // reads it anew
		after, err := w.Version(ctx, "org_1", first)
		if err != nil || second == first || after.Number != 1 || !after.Published || !reflect.DeepEqual(after.Parts, before.Parts) {
			t.Errorf("after = %+v, %v; want it as before", after, err)
		}
		tree, err := w.Tree(ctx, "org_1", first)
		if err != nil {
			t.Fatal(err)
		}
		if text, err := fs.ReadFile(tree, "items/tell-us/item.yaml"); err != nil || !bytes.Contains(text, []byte("Why?")) {
			t.Errorf("its file = %q, %v", text, err)
		}
		_, list, err := w.Versions(ctx, w.author, before.Assessment)
		if err != nil || len(list) != 2 || list[0].ID != second || list[0].Published {
			t.Errorf("versions = %+v, %v; want the new one a draft beside it", list, err)
		}
	})
}

// TestWhatIsRefusedLeavesNothing: no rows of a tree with mistakes, of one whose names are not kept, and of one into nowhere.
func TestWhatIsRefusedLeavesNothing(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		twins := small()
		twins["Notes/for us.txt"] = &fstest.MapFile{Data: []byte("x")}
		for name, c := range map[string]struct {
			tree fs.FS
			into assessment.ID
			want error
		}{
			"mistakes":         {edited(t, "assessment.yaml", "candor: 1", "candor: 2"), "", assessment.ErrFindings},
			"names":            {twins, "", assessment.ErrTree},
			"a file too large": {fstest.MapFS{"assessment.yaml": {Data: make([]byte, assessment.MaxFile+1)}}, "", assessment.ErrTree},
			"into nowhere":     {small(), "ase_nowhere", assessment.ErrMissing},
		} {
			if _, _, err := w.Import(ctx, w.author, c.tree, c.into); !errors.Is(err, c.want) {
				t.Errorf("%s = %v; want %v", name, err, c.want)
			}
		}
		for _, table := range []string{"assessments", "versions", "version_files", "version_items", "audit_acts"} {
			n := -1
			err := w.DB.Read(ctx, "org_1", func(tx db.Tx) error { return tx.QueryRowContext(ctx, "SELECT COUNT(*) FROM "+table).Scan(&n) })
			if err != nil || n != 0 {
				t.Errorf("%s has %d rows, %v; want none", table, n, err)
			}
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
