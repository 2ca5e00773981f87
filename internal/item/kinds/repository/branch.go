package repository

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"candor/internal/git"
	"candor/internal/item"
	"candor/internal/repo"
)

// branches are the candidate's but the one that counts, by name.
func (st standing) branches() []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(st.heads)), func(name string) bool { return name == st.Main })
}

// aside says whether the browser's edits stand over another branch's files than what counts. Put over what counts they would be a state that nobody made, so
// of what was handed in they are no part; the candidate keeps them.
func (st standing) aside(a answer) bool {
	tip, there := st.heads[a.Branch]
	if st.sent {
		st = st.with(a) // a late commit may count
	}
	return there && tip != st.commit && len(a.Edits) > 0
}

// merge brings the branch that the browser is on into the one that counts. errUncommitted, repo.ErrMerge, repo.ErrNothing.
func (k Kind) merge(ctx context.Context, st standing, a answer, received time.Time) error {
	head, there := st.heads[a.Branch]
	switch {
	case len(a.Edits) > 0:
		return errUncommitted
	case !there:
		return repo.ErrNothing
	}
	_, err := k.Repos.Merge(ctx, st.Repository, st.Main, head, "Merge branch '"+a.Branch+"'", Author, received)
	return err
}

// turnTo goes to a branch. One that is not there begins with its first commit, from the one that counts; what is edited there and not committed goes with it. To
// any other branch nobody takes edits: there they would stand over other texts.
func (a *answer) turnTo(name, main string) error {
	if git.CheckRef("refs/heads/"+name) != "" {
		return errBranch
	}
	begins := a.Branch == "" && name != main && !slices.Contains(a.Held.Branches, name)
	if name != cmp.Or(a.Branch, main) && len(a.Edits) > 0 && !begins {
		return errUncommitted
	}
	if a.Branch = name; name == main {
		a.Branch = ""
	}
	return nil
}

// uncommitted says of edits that they count at the end, or on a branch of their own that they do not.
func (v askView) uncommitted(key string) string {
	if v.a.Held != nil && slices.Contains(v.a.Held.Branches, v.a.Branch) {
		key += "_branch"
	}
	return v.t(key, "branch", v.a.Branch)
}

// branch is where the browser is.
func (v askView) branch() string { return cmp.Or(v.a.Branch, v.a.Held.Main) }

// Lacks says what does not count, because it is not in the branch that does: other branches' commits, and edits over one of them.
func (Kind) Lacks(_ item.Spec, body []byte, text func(key string, pairs ...any) string) (out []string) {
	a := read(body)
	if a.Held == nil {
		return nil
	}
	if len(a.Held.Apart) > 0 {
		out = append(out, text("repository.branch_apart", "branches", strings.Join(a.Held.Apart, ", "), "main", a.Held.Main))
	}
	if a.Held.Aside {
		out = append(out, text("repository.branch_edits", "branch", a.Branch, "main", a.Held.Main))
	}
	return out
}
