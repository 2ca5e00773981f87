package repo_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"candor/internal/git"
	"candor/internal/problem"
	"candor/internal/repo"
	"candor/internal/repo/repotest"
)

func TestMerge(t *testing.T) {
	each(t, func(w *world) {
		on := func(branch string, expected repo.Hash, changes ...repo.Change) repo.Hash {
			w.t.Helper()
			w.tick.Add(time.Second)
			c, err := w.Commit(ctx, w.r, repo.CommitAsk{Branch: branch, Expected: expected, Changes: changes, Message: "On " + branch, Author: anna, Received: w.tick.Now()})
			w.must(err)
			return c.Hash
		}
		merge := func(head repo.Hash) (git.Commit, error) {
			w.tick.Add(time.Second)
			return w.Merge(ctx, w.r, "main", head, "Merge", anna, w.tick.Now())
		}
		apart := func() []string {
			w.t.Helper()
			list, err := w.Apart(ctx, w.r, "main")
			w.must(err)
			return list
		}
		first := on("fix/a", w.r.Base, text("README.md", "# Fixed\n"), text("deep/new.txt", "n"), repo.Change{Path: "go.mod", Delete: true})
		clash := on("clash", w.r.Base, text("book/a.go", "theirs"), text("README.md", "# Clash\n"))
		main := on("", w.r.Base, text("book/a.go", "ours"))
		if got := apart(); !slices.Equal(got, []string{"clash", "fix/a"}) {
			t.Errorf("apart from main = %q", got)
		}
		if base, err := w.Base(ctx, w.r, "main", "fix/a"); err != nil || base != w.r.Base {
			t.Errorf("Base = %s, %v; want what both began with", base, err)
		}

		c, err := merge(first)
		w.must(err)
		if !slices.Equal(c.Parents, []repo.Hash{main, first}) || w.tip() != c.Hash {
			t.Errorf("parents %v, main at %s; want both branches, and main there", c.Parents, w.tip())
		}
		for path, want := range map[string]string{"README.md": "# Fixed\n", "deep/new.txt": "n", "go.mod": "(missing)", "book/a.go": "ours"} {
			if got := w.read("main", path); got != want {
				t.Errorf("%s = %q; want %q", path, got, want)
			}
		}
		if got := apart(); !slices.Equal(got, []string{"clash"}) {
			t.Errorf("apart after the merge = %q", got)
		}
		if _, err := merge(first); !errors.Is(err, repo.ErrNothing) {
			t.Errorf("once more: %v; want nothing to do", err)
		}
		_, err = merge(clash)
		if p, ok := problem.As(err); !errors.Is(err, repo.ErrMerge) || !ok || p.Facts["paths"] != "README.md\nbook/a.go" {
			t.Errorf("both changed a file: %v; want ErrMerge with both paths", err)
		}
		if w.tip() != c.Hash {
			t.Error("a merge that was refused moved main")
		}
		// What both sides made the same is no clash; where a file became a folder on one side, nothing is guessed.
		same := on("same", c.Hash, text("book/a.go", "agreed"))
		on("", c.Hash, text("book/a.go", "agreed"), text("new", "file"))
		if _, err := merge(same); err != nil {
			t.Errorf("the same change on both sides: %v", err)
		}
		folder := on("folder", c.Hash, text("new/file.txt", "x"))
		if _, err := merge(folder); !errors.Is(err, repo.ErrMerge) {
			t.Errorf("a folder where there is a file: %v; want ErrMerge", err)
		}
		dir := repotest.Clone(t, w.CloneURL(w.r, w.URL))
		repotest.Git(t, dir, "fsck", "--strict")
		if got := repotest.Git(t, dir, "rev-list", "--merges", "--count", "main"); got != "2" {
			t.Errorf("git counts %s merges; want 2", got)
		}
	})
}
