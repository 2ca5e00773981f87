package repository

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"candor/internal/archive"
	"candor/internal/db"
	"candor/internal/git"
	"candor/internal/item"
	"candor/internal/repo"
)

// How much of a repository pages and readers are given.
const (
	maxShown   = 512 << 10 // bytes of a file; larger ones are told by their size
	maxCommits = 100
	maxDiff    = 2000 // lines that are counted of a commit
	maxHeld    = 32   // states that are remembered
)

// Prepare imports the starter.
func (k Kind) Prepare(ctx context.Context, ref item.Ref, s item.Spec) error {
	files := archive.Files{}
	for name, text := range s.(*spec).starter {
		files[name] = []byte(text)
	}
	_, err := k.Repos.Import(ctx, ref.Org, repo.Template{Owner: ref.Version, Item: ref.Item, Name: cmp.Or(ref.Item, "repository")}, repo.Folder(modes{files}))
	return err
}

// modes are files of which those that begin with the line for an interpreter can be executed.
type modes struct{ archive.Files }

// ReadDir lists a folder.
func (m modes) ReadDir(dir string) ([]fs.DirEntry, error) {
	list, err := fs.ReadDir(m.Files, dir)
	for i, e := range list {
		if strings.HasPrefix(string(m.Files[path.Join(dir, e.Name())]), "#!") {
			list[i] = script{e}
		}
	}
	return list, err
}

// script is a file that can be executed.
type script struct{ fs.DirEntry }

func (s script) Info() (fs.FileInfo, error) {
	i, err := s.DirEntry.Info()
	return scriptInfo{i}, err
}

type scriptInfo struct{ fs.FileInfo }

func (i scriptInfo) Mode() fs.FileMode { return i.FileInfo.Mode() | 0o111 }

// Host makes the candidate's repository from the starter's, or lets work in it go on.
func (k Kind) Host(ctx context.Context, tx db.Tx, ref item.Ref, _ item.Spec) error {
	r, err := k.Repos.ByOwner(ctx, tx, ref.Owner, ref.Item)
	if err == nil {
		return k.Repos.Reopen(ctx, tx, r.ID)
	}
	if !errors.Is(err, repo.ErrMissing) {
		return err
	}
	template, err := k.Repos.TemplateOf(ctx, tx, ref.Version, ref.Item)
	if err != nil {
		return fmt.Errorf("the repository that %s begins with: %w", ref.Item, err)
	}
	_, err = k.Repos.Create(ctx, tx, template.ID, ref.Owner, ref.Item)
	return err
}

// Hand tags what counts.
func (k Kind) Hand(ctx context.Context, tx db.Tx, ref item.Ref, until time.Time) error {
	r, err := k.Repos.ByOwner(ctx, tx, ref.Owner, ref.Item)
	if err != nil {
		return err
	}
	_, err = k.Repos.Submit(ctx, tx, r.ID, until)
	return err
}

// Late names the commit beside the submission that it came after.
func (k Kind) Late(ctx context.Context, tx db.Tx, ref item.Ref, body []byte, commit string) ([]byte, error) {
	st, err := k.standingIn(ctx, tx, ref)
	if err != nil {
		return nil, err
	}
	a := read(body)
	a.Late = &late{repo.Hash(commit), st.turn}
	return json.Marshal(a)
}

// Touched says whether anything was ever pushed or committed.
func (k Kind) Touched(ctx context.Context, tx db.Tx, ref item.Ref) (bool, error) {
	r, err := k.Repos.ByOwner(ctx, tx, ref.Owner, ref.Item)
	if errors.Is(err, repo.ErrMissing) {
		return false, nil
	}
	return err == nil && !r.Pushed.IsZero(), err
}

// standing is a candidate's repository with the commit that counts.
type standing struct {
	repo.Repository
	commit repo.Hash
	sent   bool // fixed by a submission
	turn   int  // the submission's number
	late   int  // pushes after it
	heads  map[string]repo.Hash
}

// with is the standing where an accepted late commit counts, and while they work the branch that the browser is on.
func (st standing) with(a answer) standing {
	if h, ok := st.heads[a.Branch]; ok && !st.sent {
		st.commit = h
	}
	if a.Late != nil && st.sent && a.Late.Submission == st.turn {
		st.commit = a.Late.Commit
	}
	return st
}

// standing finds it. repo.ErrMissing where there is none.
func (k Kind) standing(ctx context.Context, ref item.Ref) (st standing, err error) {
	err = k.Repos.DB.Read(ctx, ref.Org, func(tx db.Tx) (err error) {
		st, err = k.standingIn(ctx, tx, ref)
		return err
	})
	return st, err
}

func (k Kind) standingIn(ctx context.Context, tx db.Tx, ref item.Ref) (st standing, err error) {
	if st.Repository, err = k.Repos.ByOwner(ctx, tx, ref.Owner, ref.Item); err != nil {
		return st, err
	}
	if st.State != repo.Open {
		receipts, err := k.Repos.Receipts(ctx, tx, st.ID)
		if err != nil {
			return st, err
		}
		if len(receipts) > 0 {
			st.sent, st.turn, st.commit = true, receipts[0].Number, receipts[0].Commit
		}
	}
	refs, err := k.Repos.Refs(ctx, tx, st.ID)
	st.heads = repo.Heads(refs)
	for _, r := range refs {
		if r.Name == "refs/heads/"+st.Main && st.commit == "" {
			st.commit = r.Hash
		}
		if strings.HasPrefix(r.Name, "refs/late/") {
			st.late++
		}
	}
	if err == nil && st.commit == "" {
		err = fmt.Errorf("repository %s has no %s", st.ID, st.Main)
	}
	return st, err
}

// Fetch lays the repository into a body.
func (k Kind) Fetch(ctx context.Context, ref item.Ref, s item.Spec, body []byte) ([]byte, error) {
	if k.Repos == nil {
		return body, nil
	}
	st, err := k.standing(ctx, ref)
	if errors.Is(err, repo.ErrMissing) {
		return body, nil
	}
	if err != nil {
		return nil, err
	}
	a := read(body)
	h, err := k.held(ctx, st.with(a), s.(*spec))
	if err != nil {
		return nil, err
	}
	h.Sent, h.Late, h.Main = st.sent, st.late, st.Main
	if h.Aside = st.aside(a); h.Aside && st.sent {
		a.Edits = nil
	}
	if h.Branches = st.branches(); !st.sent && len(h.Branches) > 0 {
		if h.Apart, err = k.Repos.Apart(ctx, st.Repository, st.Main); err != nil {
			return nil, err
		}
	}
	return withHeld(a, h)
}

// held reads a state of a repository, or remembers it: a commit never changes.
func (k Kind) held(ctx context.Context, st standing, s *spec) (held, error) {
	key := string(st.ID) + string(st.commit)
	if h, ok := k.read.get(key); ok {
		return h, nil
	}
	h := held{Commit: string(st.commit), Texts: map[string]string{}}
	entries, err := k.Repos.Files(ctx, st.Repository, h.Commit)
	if err != nil {
		return h, err
	}
	given := map[string]string{}
	for name, text := range s.starter {
		given[name] = blobHash(text)
	}
	for _, e := range entries {
		f := file{Path: e.Path, Hash: string(e.Hash), Size: e.Size, Exec: e.Mode == git.ExecMode}
		if given[f.Path] != f.Hash {
			if f.Size > maxShown {
				f.Binary = true
			} else if got, err := k.Repos.File(ctx, st.Repository, h.Commit, f.Path, maxShown); err != nil {
				return h, err
			} else if f.Binary = got.Binary || !utf8.Valid(got.Data); !f.Binary {
				h.Texts[f.Path] = string(got.Data)
			}
		}
		h.Files = append(h.Files, f)
	}
	list, more, err := k.Repos.Log(ctx, st.Repository, h.Commit, git.LogOptions{Not: st.Base, Max: maxCommits})
	if err != nil {
		return h, err
	}
	h.More = more
	for _, c := range slices.Backward(list) {
		one := commit{Subject: c.Subject, Body: c.Body}
		if len(c.Parents) > 0 {
			d, err := k.Repos.Diff(ctx, st.Repository, string(c.Parents[0]), string(c.Hash), git.DiffOptions{Context: -1, MaxLines: maxDiff, MaxFiles: 200})
			if err != nil {
				return h, err
			}
			for _, f := range d.Files {
				one.Files = append(one.Files, change{string(f.Status), cmp.Or(f.New, f.Old), f.Added, f.Deleted})
			}
		}
		h.Commits = append(h.Commits, one)
	}
	k.read.put(key, h)
	return h, nil
}

// cache remembers the states that were read last.
type cache struct {
	mu    sync.Mutex
	known map[string]held
	order []string
}

func (c *cache) get(key string) (held, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	h, ok := c.known[key]
	return h, ok
}

func (c *cache) put(key string, h held) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.known == nil {
		c.known = map[string]held{}
	}
	if _, ok := c.known[key]; !ok {
		c.order = append(c.order, key)
	}
	c.known[key] = h
	if len(c.order) > maxHeld {
		delete(c.known, c.order[0])
		c.order = c.order[1:]
	}
}

// Clone is the command for the candidate's own computer.
func (k Kind) Clone(ctx context.Context, ref item.Ref) (string, error) {
	if k.Repos == nil || k.Site == "" {
		return "", nil
	}
	st, err := k.standing(ctx, ref)
	if errors.Is(err, repo.ErrMissing) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	return "git clone " + k.Repos.CloneURL(st.Repository, k.Site), nil
}
