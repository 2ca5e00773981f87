package git

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Limits of what is shown.
const (
	maxEntries = 100_000 // of a tree
	maxLog     = 1000    // commits at once
	maxText    = 8 << 20 // bytes of a listing
)

// sorted are a folder's entries in git's order, in which a folder's name ends with a slash.
func sorted(entries []Entry) []Entry {
	key := func(e Entry) string {
		if e.Mode == FolderMode {
			return e.Path + "/"
		}
		return e.Path
	}
	out := slices.Clone(entries)
	slices.SortFunc(out, func(a, b Entry) int { return strings.Compare(key(a), key(b)) })
	return out
}

// Tree lists one folder of a revision, folders first; path "" is the root. ErrMissing.
func (v *View) Tree(ctx context.Context, rev Hash, path string) ([]Entry, error) {
	out, err := v.list(ctx, rev, path, maxEntries)
	slices.SortStableFunc(out, func(a, b Entry) int {
		switch {
		case a.Mode == FolderMode && b.Mode != FolderMode:
			return -1
		case a.Mode != FolderMode && b.Mode == FolderMode:
			return 1
		}
		return strings.Compare(a.Path, b.Path)
	})
	return out, err
}

// Files lists all files of a revision by their path, at most max: ErrTooLarge. ErrMissing.
func (v *View) Files(ctx context.Context, rev Hash, max int) ([]Entry, error) {
	return v.list(ctx, rev, "", max, "-r")
}

func (v *View) list(ctx context.Context, rev Hash, path string, max int, flags ...string) ([]Entry, error) {
	spec, err := at(rev, path)
	if err != nil {
		return nil, err
	}
	var out []Entry
	args := append(append([]string{"ls-tree", "-z", "--long"}, flags...), "--end-of-options", spec)
	err = v.lines(ctx, Options{}, 0, func(line []byte) error {
		if len(out) == max {
			return ErrTooLarge.Saying(fmt.Sprintf("more than %d files. Leave out what a build or a package manager makes, such as node_modules.", max))
		}
		e, err := entry(string(line))
		if path != "" {
			e.Path = path + "/" + e.Path
		}
		out = append(out, e)
		return err
	}, args...)
	return out, missing(err)
}

// missing makes ErrMissing of what git says of a name that it does not know.
func missing(err error) error {
	var f *Failure
	var exit *exec.ExitError
	if !errors.As(err, &f) || !errors.As(err, &exit) || exit.ExitCode() != 128 {
		return err
	}
	for _, said := range []string{"Not a valid object name", "not a tree object", "bad object", "bad revision", "ambiguous argument", "no such path", "Not a tree"} {
		if strings.Contains(f.Said, said) {
			return ErrMissing
		}
	}
	return err
}

// entry reads a line of ls-tree --long: mode, kind, hash, size, TAB, path.
func entry(line string) (Entry, error) {
	head, path, ok := strings.Cut(line, "\t")
	part := strings.Fields(head)
	if !ok || len(part) != 4 {
		return Entry{}, fmt.Errorf("git ls-tree said %q", line)
	}
	e := Entry{Path: path, Mode: Mode(part[0]), Hash: Hash(part[2]), Size: -1}
	if part[3] == "-" {
		return e, nil
	}
	var err error
	e.Size, err = strconv.ParseInt(part[3], 10, 64)
	return e, err
}

// File is one file's content.
type File struct {
	Entry
	Data   []byte // cut at what was asked for
	Binary bool
}

// Binary says what git says: a file with a NUL in its first 8,000 bytes.
func Binary(data []byte) bool { return bytes.IndexByte(data[:min(len(data), 8000)], 0) >= 0 }

// File reads a file of a revision, at most max bytes of it. ErrMissing, also for a folder.
func (v *View) File(ctx context.Context, rev Hash, path string, max int64) (File, error) {
	o, err := v.Objects(ctx)
	if err != nil {
		return File{}, err
	}
	defer o.Close()
	folder, name := "", path
	if i := strings.LastIndexByte(path, '/'); i >= 0 {
		folder, name = path[:i], path[i+1:]
	}
	tree, err := o.Tree(rev, folder)
	if err != nil {
		return File{}, err
	}
	i := slices.IndexFunc(tree, func(e Entry) bool { return e.Path == name && e.Mode != FolderMode })
	if i < 0 {
		return File{}, ErrMissing
	}
	b, err := o.Read(tree[i].Hash, "", max)
	if err != nil {
		return File{}, err
	}
	return File{Entry{path, tree[i].Mode, b.Hash, b.Size}, b.Data, Binary(b.Data)}, nil
}

// LogOptions of Log.
type LogOptions struct {
	Path   string // only commits that change what is there
	Not    Hash   // no commit that this one has behind it
	Skip   int
	Max    int  // 0 is 100
	Oldest bool // of them first
}

// The fields of a commit in the log, each ended by a NUL.
const logFormat = "%H%x00%T%x00%P%x00%an%x00%ae%x00%at%x00%cn%x00%ce%x00%ct%x00%s%x00%b"

// Log lists commits from rev back, newest first, and says whether there are more. ErrMissing.
func (v *View) Log(ctx context.Context, rev Hash, o LogOptions) (all []Commit, more bool, err error) {
	if !rev.Valid() || o.Not != "" && !o.Not.Valid() {
		return nil, false, ErrMissing
	}
	if o.Max <= 0 {
		o.Max = 100
	}
	o.Max = min(o.Max, maxLog)
	args := []string{"--literal-pathspecs", "log", "-z", "--no-color", "--no-show-signature", "--no-notes", "--no-mailmap", "--topo-order", "--format=tformat:" + logFormat,
		fmt.Sprintf("--max-count=%d", o.Max+1), fmt.Sprintf("--skip=%d", max(0, o.Skip))}
	if o.Oldest {
		args = append(args, "--reverse")
	}
	args = append(args, string(rev))
	if o.Not != "" {
		args = append(args, "^"+string(o.Not))
	}
	args = append(args, "--")
	if o.Path != "" {
		args = append(args, o.Path)
	}
	out, err := v.run(ctx, Options{}, maxText, args...)
	if err != nil {
		return nil, false, missing(err)
	}
	fields := strings.Split(string(out), "\x00")
	const n = 11
	for ; len(fields) > n; fields = fields[n:] {
		c, err := commit(fields[:n])
		if err != nil {
			return nil, false, err
		}
		all = append(all, c)
	}
	switch {
	case len(all) <= o.Max:
		return all, false, nil
	case o.Oldest: // git takes the newest of them and turns these round
		return all[1:], true, nil
	}
	return all[:o.Max], true, nil
}

func commit(f []string) (Commit, error) {
	for i := range f {
		f[i] = strings.ToValidUTF8(f[i], "\uFFFD")
	}
	c := Commit{Hash: Hash(f[0]), Tree: Hash(f[1]), Subject: f[9], Body: strings.TrimSpace(f[10])}
	for _, p := range strings.Fields(f[2]) {
		c.Parents = append(c.Parents, Hash(p))
	}
	var err error
	if c.Author, err = signature(f[3:6]); err != nil {
		return c, err
	}
	c.Committer, err = signature(f[6:9])
	return c, err
}

// signature reads name, address and Unix seconds; what is no time is none.
func signature(f []string) (Signature, error) {
	s := Signature{Name: f[0], Email: f[1]}
	if f[2] == "" {
		return s, nil
	}
	sec, err := strconv.ParseInt(f[2], 10, 64)
	if err != nil {
		return s, fmt.Errorf("git log: time: %w", err)
	}
	s.When = time.Unix(sec, 0).UTC()
	return s, nil
}
