package repo

import (
	"archive/zip"
	"context"
	"io"
	"io/fs"
	"slices"

	"candor/internal/archive"
	"candor/internal/git"
)

// reading is a look at one revision.
func (rs *Repos) reading(ctx context.Context, r Repository, fn func(v *git.View, at func(rev string) (Hash, error)) error) error {
	v, s, err := rs.look(ctx, r)
	if err != nil {
		return err
	}
	defer v.Close()
	return fn(v, s.resolve)
}

// resolve finds what a branch, a tag, a full ref or a full hash stands for, in this order. A hash is looked for by whoever uses it. git.ErrMissing.
func (s snapshot) resolve(rev string) (Hash, error) {
	for _, name := range []string{"refs/heads/" + rev, "refs/tags/" + rev, rev} {
		if i := slices.IndexFunc(s.refs, func(r Ref) bool { return r.Name == name }); i >= 0 {
			return s.refs[i].Hash, nil
		}
	}
	if h := Hash(rev); h.Valid() && h != git.Zero {
		return h, nil
	}
	return "", git.ErrMissing
}

// Resolve is the commit that a branch, a tag, a full ref or a full hash stands for. git.ErrMissing.
func (rs *Repos) Resolve(ctx context.Context, r Repository, rev string) (out Hash, err error) {
	err = rs.reading(ctx, r, func(v *git.View, at func(string) (Hash, error)) error {
		h, err := at(rev)
		if err != nil {
			return err
		}
		o, err := v.Objects(ctx)
		if err != nil {
			return err
		}
		defer o.Close()
		out, err = o.Peel(h)
		return err
	})
	return out, err
}

// Tree lists a folder of a revision, folders first; path "" is the root. git.ErrMissing.
func (rs *Repos) Tree(ctx context.Context, r Repository, rev, path string) (out []git.Entry, err error) {
	err = rs.reading(ctx, r, func(v *git.View, at func(string) (Hash, error)) error {
		h, err := at(rev)
		if err == nil {
			out, err = v.Tree(ctx, h, path)
		}
		return err
	})
	return out, err
}

// Files lists all files of a revision by their paths. git.ErrMissing.
func (rs *Repos) Files(ctx context.Context, r Repository, rev string) (out []git.Entry, err error) {
	err = rs.reading(ctx, r, func(v *git.View, at func(string) (Hash, error)) error {
		h, err := at(rev)
		if err == nil {
			out, err = v.Files(ctx, h, rs.limits().Files)
		}
		return err
	})
	return out, err
}

// File reads a file of a revision, at most max bytes of it, 0 for 1 MiB. git.ErrMissing.
func (rs *Repos) File(ctx context.Context, r Repository, rev, path string, max int64) (out git.File, err error) {
	if max <= 0 {
		max = 1 << 20
	}
	err = rs.reading(ctx, r, func(v *git.View, at func(string) (Hash, error)) error {
		h, err := at(rev)
		if err == nil {
			out, err = v.File(ctx, h, path, max)
		}
		return err
	})
	return out, err
}

// FS is the whole tree of a revision in memory, for checks. Modes are lost: Files has them. git.ErrMissing.
func (rs *Repos) FS(ctx context.Context, r Repository, rev string) (fs.FS, error) {
	out := archive.Files{}
	err := rs.reading(ctx, r, func(v *git.View, at func(string) (Hash, error)) error {
		h, err := at(rev)
		if err != nil {
			return err
		}
		return v.Read(ctx, h, func(e git.Entry, data []byte) error {
			out[e.Path] = data
			return nil
		})
	})
	return out, err
}

// Log lists the commits of a revision, newest first, and says whether there are more. git.ErrMissing.
func (rs *Repos) Log(ctx context.Context, r Repository, rev string, o git.LogOptions) (out []git.Commit, more bool, err error) {
	err = rs.reading(ctx, r, func(v *git.View, at func(string) (Hash, error)) error {
		h, err := at(rev)
		if err == nil {
			out, more, err = v.Log(ctx, h, o)
		}
		return err
	})
	return out, more, err
}

// Blame says of each line of a file where it comes from. git.ErrMissing, git.ErrTooLarge.
func (rs *Repos) Blame(ctx context.Context, r Repository, rev, path string) (out []git.BlameLine, err error) {
	err = rs.reading(ctx, r, func(v *git.View, at func(string) (Hash, error)) error {
		h, err := at(rev)
		if err == nil {
			out, err = v.Blame(ctx, h, path)
		}
		return err
	})
	return out, err
}

// Diff compares two revisions; base "" is an empty tree. git.ErrMissing.
func (rs *Repos) Diff(ctx context.Context, r Repository, base, head string, o git.DiffOptions) (out git.Diff, err error) {
	err = rs.reading(ctx, r, func(v *git.View, at func(string) (Hash, error)) error {
		b := Hash("")
		if base != "" {
			if b, err = at(base); err != nil {
				return err
			}
		}
		h, err := at(head)
		if err == nil {
			out, err = v.Diff(ctx, b, h, o)
		}
		return err
	})
	return out, err
}

// Grep looks through the text files of a revision, and says whether there is more. git.ErrMissing, git.ErrPattern.
func (rs *Repos) Grep(ctx context.Context, r Repository, rev, text string, o git.GrepOptions) (out []git.Match, more bool, err error) {
	err = rs.reading(ctx, r, func(v *git.View, at func(string) (Hash, error)) error {
		h, err := at(rev)
		if err == nil {
			out, more, err = v.Grep(ctx, h, text, o)
		}
		return err
	})
	return out, more, err
}

// Archive writes the files of a revision as a zip, without times: the same bytes for the same tree. git.ErrMissing, before anything is written.
func (rs *Repos) Archive(ctx context.Context, r Repository, rev string, w io.Writer) error {
	return rs.reading(ctx, r, func(v *git.View, at func(string) (Hash, error)) error {
		h, err := at(rev)
		if err != nil {
			return err
		}
		z := zip.NewWriter(w)
		err = v.Read(ctx, h, func(e git.Entry, data []byte) error {
			head := &zip.FileHeader{Name: e.Path, Method: zip.Deflate}
			head.SetMode(0o644)
			if e.Mode == git.ExecMode {
				head.SetMode(0o755)
			}
			f, err := z.CreateHeader(head)
			if err == nil {
				_, err = f.Write(data)
			}
			return err
		})
		if err != nil {
			return err
		}
		return z.Close()
	})
}

// Bundle writes everything of a repository, what came late too, for git clone FILE.
func (rs *Repos) Bundle(ctx context.Context, r Repository, w io.Writer) error {
	return rs.reading(ctx, r, func(v *git.View, _ func(string) (Hash, error)) error { return v.Bundle(ctx, w) })
}
