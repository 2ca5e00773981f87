package repo

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"candor/internal/git"
)

// tip is what is known of an object that a ref is to stand for.
type tip struct {
	commit, tree Hash
	forced       bool
}

// checkTips looks at what refs are to stand for: commits (or tags of commits) that are there with everything behind them, with trees within bounds.
func (rs *Repos) checkTips(ctx context.Context, v *git.View, s snapshot, o *outcome, tips map[Hash]tip) error {
	objects, err := v.Objects(ctx)
	if err != nil {
		return err
	}
	defer objects.Close()
	var all []Hash
	for i := range o.results {
		r := &o.results[i]
		if r.Refused != "" || r.New == git.Zero {
			continue
		}
		info, err := objects.Info(r.New)
		if errors.Is(err, git.ErrMissing) {
			r.Refused = "its commit did not come with the push"
			continue
		}
		if err != nil {
			return err
		}
		if info.Kind != git.CommitKind && (info.Kind != git.TagKind || strings.HasPrefix(r.Ref, "refs/heads/")) {
			r.Refused = "it is not a commit"
			continue
		}
		t := tip{}
		if t.commit, err = objects.Peel(r.New); err == nil {
			t.tree, err = objects.Root(t.commit)
		}
		if errors.Is(err, git.ErrMissing) {
			r.Refused = "it is not a commit"
			continue
		}
		if err != nil {
			return err
		}
		tips[r.New] = t
		all = append(all, r.New)
	}
	if len(all) == 0 {
		return nil
	}
	ok, err := v.Connected(ctx, all)
	if err != nil {
		return err
	}
	if !ok {
		return git.ErrRefused.Saying("objects are missing that this push needs. Push again; with a shallow clone, run git fetch --unshallow first.")
	}
	for h, t := range tips {
		if err := rs.checkFiles(ctx, v, t.commit); err != nil {
			return err
		}
		for _, r := range o.results {
			if r.New == h && r.Old != git.Zero && strings.HasPrefix(r.Ref, "refs/heads/") {
				behind, err := v.Behind(ctx, r.Old, t.commit)
				if err != nil {
					return err
				}
				t.forced = t.forced || !behind
			}
		}
		tips[h] = t
	}
	return nil
}

// checkFiles holds one revision to its limits.
func (rs *Repos) checkFiles(ctx context.Context, v *git.View, rev Hash) error {
	l := rs.limits()
	files, err := v.Files(ctx, rev, l.Files)
	if err != nil {
		return err
	}
	left := l.Inflated
	for _, f := range files {
		if len(f.Path) > 1000 {
			return git.ErrRefused.Saying(fmt.Sprintf("the path %.60q... is longer than 1,000 bytes.", f.Path))
		}
		if f.Size > l.File {
			return git.ErrTooLarge.Saying(fmt.Sprintf("%q is larger than %d MiB, which is the most for one file.", f.Path, l.File>>20))
		}
		if left -= f.Size; left < 0 {
			return git.ErrTooLarge.Saying(fmt.Sprintf("its files are larger than %d MiB together.", l.Inflated>>20))
		}
	}
	return nil
}
