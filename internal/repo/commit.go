package repo

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"candor/internal/git"
)

// CommitAsk is a commit that a page makes.
type CommitAsk struct {
	Branch   string // "" is the one that counts; one that is not there begins at Expected
	Expected Hash   // its tip when the page was shown
	Changes  []Change
	Message  string
	Author   git.Signature // When is set from Received
	Received time.Time

	also Hash // a second parent
}

// Change is what becomes of one file.
type Change struct {
	Path   string
	Data   []byte
	Delete bool
	Exec   bool   // one that is executable stays so
	From   string // where it was before, or ""
}

// Commit commits the changes, the way that a push goes. A branch that moved since its tip was shown is no conflict as long as none of these files
// changed in between: the commit goes on top. ErrMoved otherwise, with nothing written; ErrNothing, ErrClosed, ErrQuota, git.ErrRefused,
// git.ErrTooLarge, git.ErrMissing (no such file to remove).
func (rs *Repos) Commit(ctx context.Context, r Repository, ask CommitAsk) (git.Commit, error) {
	return rs.write(ctx, r, ask, func(p *git.Packer, w *workTree) error { return w.apply(p, ask.Changes, rs.limits().File) })
}

// Replace commits a whole tree of files in the place of what is there, such as an uploaded zip. It is a conflict when the branch moved. Problems as
// for Commit.
func (rs *Repos) Replace(ctx context.Context, r Repository, expected Hash, tree fs.FS, message string, who git.Signature, received time.Time) (git.Commit, error) {
	ask := CommitAsk{Expected: expected, Message: message, Author: who, Received: received}
	return rs.write(ctx, r, ask, func(p *git.Packer, w *workTree) error {
		h, err := rs.pack(p, tree)
		w.root = &node{hash: h}
		return err
	})
}

func (rs *Repos) write(ctx context.Context, r Repository, ask CommitAsk, change func(*git.Packer, *workTree) error) (git.Commit, error) {
	for try := 1; ; try++ {
		c, err := rs.writeOnce(ctx, r, ask, change)
		if !errors.Is(err, errRaced) {
			return c, err
		}
		if try == 5 {
			return c, ErrMoved
		}
	}
}

// errRaced: the branch moved while the commit was made.
var errRaced = errors.New("repo: the branch moved while a commit was made")

func (rs *Repos) writeOnce(ctx context.Context, r Repository, ask CommitAsk, change func(*git.Packer, *workTree) error) (git.Commit, error) {
	leave, err := rs.slots.take(ctx, r.ID)
	if err != nil {
		return git.Commit{}, err
	}
	defer leave()
	v, s, err := rs.look(ctx, r)
	if err != nil {
		return git.Commit{}, err
	}
	defer v.Close()
	branch := s.main()
	if ask.Branch != "" {
		branch = "refs/heads/" + ask.Branch
	}
	old := git.Zero
	if i := slices.IndexFunc(s.refs, func(r Ref) bool { return r.Name == branch }); i >= 0 {
		old = s.refs[i].Hash
	}
	o, err := v.Objects(ctx)
	if err != nil {
		return git.Commit{}, err
	}
	defer o.Close()
	parent := old
	if old == git.Zero {
		if parent, err = o.Peel(ask.Expected); err != nil {
			return git.Commit{}, err
		}
	}
	if parent != ask.Expected {
		if err := moved(o, ask, parent); err != nil {
			return git.Commit{}, err
		}
	}
	p, w := &git.Packer{}, &workTree{objects: o, rev: parent, root: &node{folder: true}}
	if err := change(p, w); err != nil {
		return git.Commit{}, err
	}
	tree, err := w.write(p)
	if err != nil {
		return git.Commit{}, err
	}
	before, err := o.Root(parent)
	if err != nil {
		return git.Commit{}, err
	}
	if tree == before && old != git.Zero && ask.also == "" {
		return git.Commit{}, ErrNothing
	}
	who := ask.Author
	who.When = ask.Received.UTC().Truncate(time.Second)
	subject, body, _ := strings.Cut(strings.TrimSpace(ask.Message), "\n")
	if subject == "" {
		return git.Commit{}, git.ErrRefused.Saying("Say in a few words what you changed.")
	}
	made := git.Commit{Tree: tree, Parents: []Hash{parent}, Author: who, Committer: who, Subject: subject, Body: strings.TrimSpace(body)}
	if ask.also != "" {
		made.Parents = append(made.Parents, ask.also)
	}
	made.Hash = p.Add(git.CommitKind, git.CommitObject(tree, made.Parents, who, ask.Message))
	done, err := rs.receive(ctx, r, arrival{commands: []git.Command{{Ref: branch, Old: old, New: made.Hash}}, pack: p.Pack(), received: ask.Received, via: Page, atomic: true})
	if err != nil {
		return git.Commit{}, err
	}
	switch why := done.results[0].Refused; why {
	case "":
		return made, nil
	case movedHere:
		return git.Commit{}, errRaced
	default:
		return git.Commit{}, git.ErrRefused.Saying(fmt.Sprintf("%s: %s", short(branch), why))
	}
}

// moved says whether a file that is to be changed was changed since its branch was shown.
func moved(o *git.Objects, ask CommitAsk, tip Hash) error {
	gone := func(paths []string) error {
		return ErrMoved.With("tip", string(tip)).With("paths", strings.Join(paths, "\n"))
	}
	if len(ask.Changes) == 0 {
		return gone(nil)
	}
	if _, err := o.Peel(ask.Expected); err != nil {
		return err
	}
	var both []string
	for _, c := range ask.Changes {
		for _, path := range []string{c.Path, c.From} {
			if path == "" {
				continue
			}
			was, err := o.Read(ask.Expected, path, 0)
			if err != nil && !errors.Is(err, git.ErrMissing) {
				return err
			}
			is, err := o.Read(tip, path, 0)
			if err != nil && !errors.Is(err, git.ErrMissing) {
				return err
			}
			if was.Hash != is.Hash {
				both = append(both, path)
			}
		}
	}
	if len(both) > 0 {
		return gone(both)
	}
	return nil
}

// workTree is a tree of a revision with changes over it; folders are read when they are needed.
type workTree struct {
	objects *git.Objects
	rev     Hash
	root    *node
}

// node is a file or a folder. One whose children were not read stands for what its hash names.
type node struct {
	mode     git.Mode
	hash     Hash
	folder   bool
	read     bool
	children map[string]*node
}

// open reads a folder's children.
func (w *workTree) open(n *node, path string) error {
	if n.read {
		return nil
	}
	n.read, n.children = true, map[string]*node{}
	if n != w.root && n.hash == "" {
		return nil // it is new
	}
	entries, err := w.objects.Tree(w.rev, path)
	if err != nil {
		return err
	}
	for _, e := range entries {
		n.children[e.Path] = &node{mode: e.Mode, hash: e.Hash, folder: e.Mode == git.FolderMode}
	}
	return nil
}

// find is the folder that a path is in, made where it is not there.
func (w *workTree) find(path string) (*node, string, error) {
	if !fs.ValidPath(path) || path == "." {
		return nil, "", git.ErrRefused.Saying(fmt.Sprintf("%q is not a name that a file can have.", path))
	}
	n, at := w.root, ""
	if err := w.open(n, ""); err != nil {
		return nil, "", err
	}
	parts := strings.Split(path, "/")
	for _, part := range parts {
		if wrong := git.CheckName(part); wrong != "" {
			return nil, "", git.ErrRefused.Saying(wrong)
		}
	}
	for _, part := range parts[:len(parts)-1] {
		next := n.children[part]
		if next == nil {
			next = &node{mode: git.FolderMode, folder: true}
			n.children[part] = next
		}
		if !next.folder {
			return nil, "", git.ErrRefused.Saying(fmt.Sprintf("%q is a file, so nothing can be in it.", part))
		}
		at = strings.TrimPrefix(at+"/"+part, "/")
		if err := w.open(next, at); err != nil {
			return nil, "", err
		}
		n = next
	}
	return n, parts[len(parts)-1], nil
}

func (w *workTree) apply(p *git.Packer, changes []Change, most int64) error {
	for _, c := range changes {
		mode := git.FileMode
		if c.Exec {
			mode = git.ExecMode
		}
		for _, path := range []string{c.From, c.Path} {
			if path == "" || path == c.Path && !c.Delete {
				continue
			}
			in, name, err := w.find(path)
			if err != nil {
				return err
			}
			if in.children[name] == nil {
				return git.ErrMissing.Saying(fmt.Sprintf("%q is not there any more.", path))
			}
			if in.children[name].mode == git.ExecMode {
				mode = git.ExecMode
			}
			delete(in.children, name)
		}
		if c.Delete {
			continue
		}
		if int64(len(c.Data)) > most {
			return git.ErrTooLarge.Saying(fmt.Sprintf("%q is larger than %d MiB, which is the most for one file.", c.Path, most>>20))
		}
		in, name, err := w.find(c.Path)
		if err != nil {
			return err
		}
		switch there := in.children[name]; {
		case there != nil && there.folder:
			return git.ErrRefused.Saying(fmt.Sprintf("%q is a folder.", c.Path))
		case there != nil && there.mode == git.ExecMode:
			mode = git.ExecMode
		}
		in.children[name] = &node{mode: mode, hash: p.Add(git.BlobKind, c.Data)}
	}
	return nil
}

// write adds the changed folders to a pack and gives the root's name. Empty folders are left out, as git has none.
func (w *workTree) write(p *git.Packer) (Hash, error) {
	if !w.root.read {
		return w.root.hash, nil
	}
	var folder func(n *node) Hash
	folder = func(n *node) Hash {
		if !n.read {
			return n.hash
		}
		var entries []git.Entry
		for name, c := range n.children {
			h := c.hash
			if c.folder {
				if h = folder(c); h == git.EmptyTree {
					continue
				}
			}
			entries = append(entries, git.Entry{Path: name, Mode: c.mode, Hash: h})
		}
		return p.Add(git.TreeKind, git.TreeObject(entries))
	}
	return folder(w.root), nil
}
