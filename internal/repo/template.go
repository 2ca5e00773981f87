package repo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"time"
	"unicode"

	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/egress"
	"candor/internal/git"
	"candor/internal/id"
	"candor/internal/problem"
	"candor/internal/repo/internal/query"
)

// Template is what a template is called.
type Template struct {
	Owner, Item string
	Name        string // lower-case letters, digits and dashes
	Main        string // the branch that counts; "" is main
}

// Source is where a template comes from. It brings the objects of one branch into a view and gives the commit at its end.
type Source func(ctx context.Context, rs *Repos, v *git.View, t Template) (Hash, error)

var plain = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,59}$`)

// Import makes a template, of which candidates' repositories are made. It holds one branch with what is behind it and nothing else: candidates can
// read all of it. A second time for the same owner and item gives the first. The source's problems come back: git.ErrRefused, git.ErrTooLarge.
func (rs *Repos) Import(ctx context.Context, org string, t Template, from Source) (Repository, error) {
	if t.Main == "" {
		t.Main = "main"
	}
	if !plain.MatchString(t.Name) {
		return Repository{}, problem.Field("name", "Use lower-case letters, digits and dashes, at most 60.")
	}
	if wrong := git.CheckRef("refs/heads/" + t.Main); wrong != "" {
		return Repository{}, problem.Field("main", "This branch "+wrong+".")
	}
	var r Repository
	err := rs.DB.Read(ctx, org, func(tx db.Tx) (err error) {
		r, err = rs.TemplateOf(ctx, tx, t.Owner, t.Item)
		return err
	})
	if !errors.Is(err, ErrMissing) {
		return r, err
	}
	s := snapshot{Repository: Repository{Org: org, Main: t.Main}}
	came, err := rs.view(ctx, s)
	if err != nil {
		return Repository{}, err
	}
	defer came.Close()
	tip, err := from(ctx, rs, came, t)
	if err != nil {
		return Repository{}, err
	}
	pack, tree, err := rs.checkTemplate(ctx, came, tip)
	if err != nil {
		return Repository{}, err
	}
	i := id.New(templates, rs.DB.Now())
	_, err = rs.commit(ctx, s, pack, func(tx db.Tx, row query.PacksRow) error {
		_, err := query.New(tx).AddTemplate(ctx, query.AddTemplateParams{OrgID: org, ID: i, Owner: t.Owner, Item: t.Item, Name: t.Name, Main: t.Main, Base: string(tip), TreeHash: string(tree),
			PackName: row.Name, PackHash: row.PackHash, IndexHash: row.IndexHash, Bytes: row.Bytes, CreatedAt: clock.Milli(rs.DB.Now())})
		if err == nil {
			r, err = rs.TemplateOf(ctx, tx, t.Owner, t.Item) // somebody may have been faster
		}
		if err != nil || r.ID != ID(i) {
			return err
		}
		return rs.named(ctx, tx, row)
	})
	return r, err
}

// TemplateOf is the template of an owner's item. ErrMissing.
func (rs *Repos) TemplateOf(ctx context.Context, tx db.Tx, owner, item string) (Repository, error) {
	row, err := query.New(tx).TemplateOf(ctx, tx.Org, owner, item)
	return foundTemplate(tx.Org, query.TemplateRow(row), err)
}

// checkTemplate holds what came to the same rules as a push, and makes one good pack of what is behind the tip.
func (rs *Repos) checkTemplate(ctx context.Context, v *git.View, tip Hash) (git.Pack, Hash, error) {
	pack, err := v.Repack(ctx, []Hash{tip}, nil)
	if errors.As(err, new(*git.Failure)) && ctx.Err() == nil {
		err = git.ErrRefused.Saying("what came is not whole: objects are missing behind the branch.")
	}
	if err != nil {
		return pack, "", err
	}
	if err := v.CheckTrees(ctx, pack); err != nil {
		return pack, "", err
	}
	if err := rs.checkFiles(ctx, v, tip); err != nil {
		return pack, "", err
	}
	o, err := v.Objects(ctx)
	if err != nil {
		return pack, "", err
	}
	defer o.Close()
	tree, err := o.Root(tip)
	return pack, tree, err
}

// Candor is who makes the first commit of a template that comes from a folder.
var Candor = git.Signature{Name: "Candor", Email: "candor@invalid", When: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}

// Folder is a tree of files as one commit. The same tree gives the same commit.
func Folder(tree fs.FS) Source {
	return func(ctx context.Context, rs *Repos, v *git.View, _ Template) (Hash, error) {
		var p git.Packer
		root, err := rs.pack(&p, tree)
		if err != nil {
			return "", err
		}
		tip := p.Add(git.CommitKind, git.CommitObject(root, nil, Candor, "Start"))
		_, err = v.Take(ctx, p.Pack(), rs.limits().pack())
		return tip, err
	}
}

// pack adds a tree of files to a pack and gives the tree's name. ErrRefused, ErrTooLarge.
func (rs *Repos) pack(p *git.Packer, tree fs.FS) (Hash, error) {
	l := rs.limits()
	n := 0
	var folder func(dir string) (Hash, error)
	folder = func(dir string) (Hash, error) {
		list, err := fs.ReadDir(tree, dir)
		if err != nil {
			return "", err
		}
		var entries []git.Entry
		for _, f := range list {
			if wrong := git.CheckName(f.Name()); wrong != "" {
				return "", git.ErrRefused.Saying(wrong)
			}
			name := filepath.ToSlash(filepath.Join(dir, f.Name()))
			if f.IsDir() {
				h, err := folder(name)
				if err != nil {
					return "", err
				}
				if h != git.EmptyTree {
					entries = append(entries, git.Entry{Path: f.Name(), Mode: git.FolderMode, Hash: h})
				}
				continue
			}
			info, err := f.Info()
			if err != nil {
				return "", err
			}
			if !info.Mode().IsRegular() {
				return "", git.ErrRefused.Saying(fmt.Sprintf("%q is a link or a special file. Only ordinary files are kept.", name))
			}
			if n++; n > l.Files {
				return "", git.ErrTooLarge.Saying(fmt.Sprintf("more than %d files.", l.Files))
			}
			if info.Size() > l.File || p.Size() > l.Push {
				return "", git.ErrTooLarge.Saying(fmt.Sprintf("%q is larger than %d MiB, or all files together are larger than %d MiB.", name, l.File>>20, l.Push>>20))
			}
			data, err := fs.ReadFile(tree, name)
			if err != nil {
				return "", err
			}
			mode := git.FileMode
			if info.Mode().Perm()&0o111 != 0 {
				mode = git.ExecMode
			}
			entries = append(entries, git.Entry{Path: f.Name(), Mode: mode, Hash: p.Add(git.BlobKind, data)})
		}
		return p.Add(git.TreeKind, git.TreeObject(entries)), nil
	}
	return folder(".")
}

// Bundle is a branch of a git bundle with its history; other branches and tags are left out.
func Bundle(r io.Reader) Source {
	return func(ctx context.Context, rs *Repos, v *git.View, t Template) (Hash, error) {
		b, err := git.ReadBundle(r)
		if err != nil {
			return "", err
		}
		tip, ok := b.Refs["refs/heads/"+t.Main]
		if !ok {
			return "", git.ErrRefused.Saying(fmt.Sprintf("the bundle has no branch %s.", t.Main))
		}
		if _, err := v.Take(ctx, b.Pack, rs.limits().pack()); err != nil {
			return "", err
		}
		return tip, nil
	}
}

// Remote is a branch of a repository at an https address, with its history; no tags, no other branches, nobody's pull requests. The address is asked
// by the rules of the way out.
func Remote(address string) Source {
	return func(ctx context.Context, rs *Repos, v *git.View, t Template) (Hash, error) {
		u, err := url.Parse(address)
		if err != nil || u.Scheme != "https" || u.Hostname() == "" || u.User != nil || u.Fragment != "" || strings.ContainsFunc(address, unicode.IsControl) {
			return "", git.ErrRefused.Saying("Give an address that begins with https:// and has no password in it.")
		}
		host := u.Host
		if u.Port() == "" {
			host = net.JoinHostPort(u.Hostname(), "443")
		}
		ctx, stop := context.WithTimeout(ctx, 5*time.Minute)
		defer stop()
		proxy, err := rs.Out.Proxy(ctx, host, rs.limits().Push)
		if err != nil {
			return "", err
		}
		tip, err := v.Fetch(ctx, u.String(), t.Main, proxy.URL)
		var f *git.Failure
		switch {
		case err == nil:
			return tip, nil
		case proxy.Denied.Load():
			return "", egress.ErrDenied
		case proxy.Full.Load():
			return "", git.ErrTooLarge.Saying(fmt.Sprintf("this repository is larger than %d MiB.", rs.limits().Push>>20))
		case errors.Is(err, context.DeadlineExceeded):
			return "", git.ErrRefused.Saying("this address took longer than five minutes to answer.")
		case errors.As(err, &f) && strings.Contains(f.Said, "couldn't find remote ref"):
			return "", git.ErrRefused.Saying(fmt.Sprintf("there is no branch %s.", t.Main))
		case errors.As(err, &f):
			return "", git.ErrRefused.Saying("there is no repository that everybody may read at this address, or it is not whole.")
		}
		return "", err
	}
}
