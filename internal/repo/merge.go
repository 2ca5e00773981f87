package repo

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"candor/internal/git"
	"candor/internal/problem"
)

// ErrMerge: the same files were changed on both sides. Facts: paths.
var ErrMerge = problem.New(problem.Conflict, "repository_merge", "The same files were changed on both branches, so they cannot be joined here. Nothing was changed. Merge the other branch into yours with git, or change these files on your branch to what they are there.")

// Base is the newest commit that two revisions have in common. git.ErrMissing where there is none.
func (rs *Repos) Base(ctx context.Context, r Repository, a, b string) (out Hash, err error) {
	err = rs.reading(ctx, r, func(v *git.View, at func(string) (Hash, error)) error {
		x, err := at(a)
		if err != nil {
			return err
		}
		y, err := at(b)
		if err == nil {
			out, err = v.MergeBase(ctx, x, y)
		}
		return err
	})
	return out, err
}

// Merge brings a branch into another one by a commit with both as parents, the way that a push goes. head is the branch's tip when it was shown. A file that
// was changed on one side only is taken from there. ErrMerge where both changed one, ErrMoved where one of the branches moved meanwhile, ErrNothing where
// all of it is there already; problems of Commit.
func (rs *Repos) Merge(ctx context.Context, r Repository, into string, head Hash, message string, who git.Signature, received time.Time) (git.Commit, error) {
	tip, err := rs.Resolve(ctx, r, into)
	if err != nil {
		return git.Commit{}, err
	}
	base, err := rs.Base(ctx, r, string(tip), string(head))
	if err != nil {
		return git.Commit{}, err
	}
	if base == head {
		return git.Commit{}, ErrNothing
	}
	var at [3]map[string]git.Entry // of the base, and of both tips
	for i, rev := range []Hash{base, tip, head} {
		list, err := rs.Files(ctx, r, string(rev))
		if err != nil {
			return git.Commit{}, err
		}
		at[i] = map[string]git.Entry{}
		for _, e := range list {
			at[i][e.Path] = e
		}
	}
	ask := CommitAsk{Branch: into, Expected: tip, Message: message, Author: who, Received: received, also: head} // without changes: ErrMoved where the tip did
	return rs.write(ctx, r, ask, func(_ *git.Packer, w *workTree) error { return w.merge(at[0], at[1], at[2]) })
}

// merge takes over what theirs changed since was; ours is what stands here.
func (w *workTree) merge(was, ours, theirs map[string]git.Entry) error {
	if err := w.open(w.root, ""); err != nil { // it is written anew also where nothing comes
		return err
	}
	same := func(a, b git.Entry) bool { return a.Hash == b.Hash && a.Mode == b.Mode }
	var gone, come, both []string
	for name, e := range was {
		if _, there := theirs[name]; there || same(ours[name], git.Entry{}) {
			continue
		}
		if gone = append(gone, name); !same(ours[name], e) {
			both = append(both, name)
		}
	}
	for name, e := range theirs {
		if same(was[name], e) || same(ours[name], e) {
			continue
		}
		if come = append(come, name); !same(ours[name], was[name]) {
			both = append(both, name)
		}
	}
	if len(both) > 0 {
		slices.Sort(both)
		return ErrMerge.With("paths", strings.Join(both, "\n"))
	}
	for _, name := range gone { // first, for a file may have become a folder
		in, base, err := w.find(name)
		if err != nil {
			return err
		}
		delete(in.children, base)
	}
	slices.Sort(come)
	for _, name := range come {
		in, base, err := w.find(name)
		if errors.Is(err, git.ErrRefused) {
			return ErrMerge.With("paths", name)
		}
		if err != nil {
			return err
		}
		if there := in.children[base]; there != nil && there.folder {
			return ErrMerge.With("paths", name)
		}
		in.children[base] = &node{mode: theirs[name].Mode, hash: theirs[name].Hash}
	}
	return nil
}

// Heads are a repository's branches by their short names, among its refs.
func Heads(refs []Ref) map[string]Hash {
	out := map[string]Hash{}
	for _, r := range refs {
		if name, ok := strings.CutPrefix(r.Name, "refs/heads/"); ok {
			out[name] = r.Hash
		}
	}
	return out
}

// Apart are the branches, by name, that have a commit which another one has not. git.ErrMissing.
func (rs *Repos) Apart(ctx context.Context, r Repository, from string) (out []string, err error) {
	v, s, err := rs.look(ctx, r)
	if err != nil {
		return nil, err
	}
	defer v.Close()
	heads := Heads(s.refs)
	tip, ok := heads[from]
	if !ok {
		return nil, git.ErrMissing
	}
	for name, h := range heads {
		if h == tip {
			continue
		}
		base, err := v.MergeBase(ctx, tip, h)
		if err != nil && !errors.Is(err, git.ErrMissing) {
			return nil, fmt.Errorf("branch %s: %w", name, err)
		}
		if base != h {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out, nil
}
