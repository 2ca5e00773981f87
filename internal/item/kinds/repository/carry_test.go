package repository_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io/fs"
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"

	"candor/internal/archive"
	"candor/internal/repo/repotest"
)

// taken is what the zip of the repository holds.
func (w *world) taken(t *testing.T) archive.Files {
	t.Helper()
	var b bytes.Buffer
	if err := w.k.Pack(ctx, w.ref, w.spec, w.body, &b); err != nil {
		t.Fatal(err)
	}
	return unzip(t, b.Bytes())
}

func unzip(t *testing.T, b []byte) archive.Files {
	t.Helper()
	tree, err := archive.Zip(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	return tree.(archive.Files)
}

// bring uploads a tree.
func (w *world) bring(t *testing.T, tree fs.FS, message string) (url.Values, error) {
	t.Helper()
	body, show, err := w.k.Unpack(ctx, w.ref, w.spec, w.body, tree, message)
	if err := w.k.Check(w.spec, body); err != nil {
		t.Fatalf("after the zip the body is %.200s: %v", body, err)
	}
	w.body = body
	return show, err
}

func TestAZipIsOneCommitOnTopOfWhatIsThere(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		tree := w.taken(t)
		if got := slices.Sorted(maps.Keys(tree)); fmt.Sprint(got) != "[README.md lib/deck.py run.sh seats.txt tests/a.txt]" {
			t.Fatalf("the zip holds %v", got)
		}
		if _, err := w.bring(t, tree, ""); code(err) != "repository_zip_same" {
			t.Errorf("the same zip: %v", err)
		}
		tree["seats.txt"] = []byte("4\r\n")
		tree["deck.png"] = []byte("\x89PNG\x00\xff")
		tree["bin/go"] = []byte("#!/bin/sh\n")
		tree["tests/a.txt"] = []byte("mine")
		tree["tests/b.txt"] = []byte("mine")
		tree[".git/config"] = []byte("[core]\n")
		delete(tree, "lib/deck.py")
		delete(tree, "run.sh")
		show, err := w.bring(t, tree, "Four seats\r\n\r\nBy zip.")
		if err != nil {
			t.Fatal(err)
		}
		if got := show["left"]; fmt.Sprint(got) != "[run.sh tests/a.txt tests/b.txt]" {
			t.Errorf("left as they are: %v", got)
		}
		page := w.ask(t, "view", "changes", "left", "run.sh")
		for _, want := range []string{"Not committed yet", "run.sh.", "lib/deck.py", "deck.png", "Four seats"} {
			if !strings.Contains(page, want) {
				t.Errorf("before the commit the page lacks %q", want)
			}
		}
		if got := w.taken(t); string(got["seats.txt"]) != "4\r\n" || got["lib/deck.py"] != nil {
			t.Errorf("taken along again: %q", got)
		}
		if _, err := w.bring(t, tree, ""); code(err) != "repository_zip_unsaved" {
			t.Errorf("a second zip over what is not committed: %v", err)
		}
		dir := repotest.Clone(t, w.url) // and somebody pushes meanwhile
		repotest.Commit(t, dir, map[string]string{"README.md": "# By git\n"})
		repotest.Git(t, dir, "push", "--quiet")
		if err := w.act(t, "commit", nil); err != nil {
			t.Fatal(err)
		}
		repotest.Git(t, dir, "pull", "--quiet")
		if got := repotest.Git(t, dir, "ls-files", "--format=%(objectmode) %(path)"); got != "100644 README.md\n100755 bin/go\n100644 deck.png\n100755 run.sh\n100644 seats.txt\n100644 tests/a.txt" {
			t.Errorf("the repository holds %q", got)
		}
		if got := repotest.Git(t, dir, "show", "HEAD:README.md") + repotest.Git(t, dir, "log", "-1", "--format=|%s|%b"); got != "# By git|Four seats|By zip." {
			t.Errorf("on top of the push: %q", got)
		}
		if got := repotest.Git(t, dir, "cat-file", "-s", "HEAD:deck.png") + repotest.Git(t, dir, "cat-file", "-s", "HEAD:seats.txt"); got != "63" {
			t.Errorf("bytes: %s; want the picture's 6 and 4, CR and LF", got)
		}
	})
}

func TestAZipNeverGoesOverAPush(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		tree := w.taken(t)
		tree["seats.txt"] = []byte("44\n")
		if _, err := w.bring(t, tree, "All"); err != nil {
			t.Fatal(err)
		}
		dir := repotest.Clone(t, w.url)
		repotest.Commit(t, dir, map[string]string{"seats.txt": "5\n"})
		repotest.Git(t, dir, "push", "--quiet")
		if err := w.act(t, "commit", nil); code(err) != "repository_conflict" {
			t.Errorf("over a push of the same file: %v; want it offered", err)
		}
		if got := w.documents(t)["seats.txt"]; got != "5\n" {
			t.Errorf("what counts is %q; want the push", got)
		}
		if err := w.act(t, "undo-all", nil); err != nil || string(w.body) != `{"message":"All"}` {
			t.Errorf("undone: %v, %s", err, w.body)
		}
	})
}

func TestZipsThatAreRefused(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		many := maps.Clone(w.taken(t))
		for i := range 201 {
			many[fmt.Sprint("n/", i)] = []byte("x")
		}
		for name, c := range map[string]struct {
			tree archive.Files
			want string
		}{
			"nothing":         {archive.Files{".git/HEAD": []byte("x")}, "repository_zip_empty"},
			"a strange name":  {archive.Files{"README.md": nil, "a:b": []byte("x")}, "repository_zip_name"},
			"a large file":    {archive.Files{"big": bytes.Repeat([]byte("x"), 1<<20+1)}, "repository_zip_large"},
			"many files":      {many, "repository_many_edits"},
			"git by its case": {archive.Files{"x/.GIT/config": []byte("x")}, "repository_zip_name"},
			"much altogether": {archive.Files{"1": noise(1 << 20), "2": noise(1 << 20), "3": noise(1 << 20), "4": noise(1 << 20), "5": noise(1 << 20)}, "repository_zip_large"},
		} {
			before := string(w.body)
			if _, err := w.bring(t, c.tree, "x"); code(err) != c.want {
				t.Errorf("%s: %v; want %s", name, err, c.want)
			}
			if string(w.body) != before {
				t.Errorf("%s: something was changed", name)
			}
		}
	})
}

// noise is bytes that are no text.
func noise(n int) []byte { return bytes.Repeat([]byte{0, 0xff}, n/2) }

// One folder around everything and what macOS adds are taken off before a kind sees the files; links are refused.
func TestAZipOfAMac(t *testing.T) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range []string{"ferry/seats.txt", "__MACOSX/ferry/._seats.txt", "ferry/.DS_Store"} {
		if _, err := z.Create(name); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if got := unzip(t, b.Bytes()); len(got) != 1 || got["seats.txt"] == nil {
		t.Errorf("the zip holds %v; want seats.txt", got)
	}
}
