package assessment

import (
	"context"
	"io/fs"
	"slices"
	"unicode/utf8"

	"candor/internal/actor"
	"candor/internal/archive"
	"candor/internal/blob"
	"candor/internal/db"
	"candor/internal/item"
	"candor/internal/org"
	"candor/internal/problem"
)

// MostText is the largest file, in bytes, that is edited on a page.
const MostText = 256 << 10

var (
	// ErrMoved: there is a newer version than the one that was edited.
	ErrMoved = problem.New(problem.Conflict, "assessment_moved", "Somebody saved a newer version meanwhile, so yours was not put over it. Copy what you typed, open the newest version and add it there.")
	// ErrFile: no such file, or none that a page can show as text.
	ErrFile = problem.New(problem.Missing, "assessment_file", "There is no such text file in this version.")
)

// Edits are files of a version as they shall be, by path; nil removes one.
type Edits map[string][]byte

// on is a tree with them.
func (e Edits) on(tree fs.FS) (archive.Files, error) {
	files, err := archive.Copy(tree)
	if err != nil {
		return nil, err
	}
	for path, data := range e {
		if data == nil {
			delete(files, path)
			continue
		}
		files[path] = data
	}
	return files, nil
}

// Lint says what would be wrong with a version after edits. ErrRole, ErrMissing.
func (as *Assessments) Lint(ctx context.Context, who actor.Actor, v VersionID, e Edits) ([]item.Finding, error) {
	if err := org.Need(who, "assessment.import"); err != nil {
		return nil, err
	}
	tree, err := as.Tree(ctx, who.Org, v)
	if err != nil {
		return nil, err
	}
	files, err := e.on(tree)
	if err != nil {
		return nil, err
	}
	_, findings := Read(files, as.Kinds)
	return findings, nil
}

// Edit makes the next draft of edits of a version: every other byte stays. newest is the number of the newest version that the editor saw; when there
// is a newer one by now it is refused, by the guarded write that gives the next its number, so that two who edit at once never undo each other's
// work. Files that some version has already are that version. Problems as of Import, and ErrMoved.
func (as *Assessments) Edit(ctx context.Context, who actor.Actor, v VersionID, newest int, e Edits) (VersionID, []item.Finding, error) {
	if err := org.Need(who, "assessment.import"); err != nil {
		return "", nil, err
	}
	ver, err := as.Version(ctx, who.Org, v)
	if err != nil {
		return "", nil, err
	}
	tree, err := as.Tree(ctx, who.Org, v)
	if err != nil {
		return "", nil, err
	}
	files, err := e.on(tree)
	if err != nil {
		return "", nil, err
	}
	return as.keep(ctx, who, files, ver.Assessment, newest)
}

// Duplicate makes another assessment of a version's files under another title. Problems as of Import.
func (as *Assessments) Duplicate(ctx context.Context, who actor.Actor, v VersionID, title string) (VersionID, []item.Finding, error) {
	if err := org.Need(who, "assessment.import"); err != nil {
		return "", nil, err
	}
	tree, err := as.Tree(ctx, who.Org, v)
	if err != nil {
		return "", nil, err
	}
	raw, err := fs.ReadFile(tree, "assessment.yaml")
	if err != nil {
		return "", nil, err
	}
	fields, err := Fields(raw)
	if err != nil {
		return "", nil, err
	}
	i := slices.IndexFunc(fields, func(f Field) bool { return len(f.Path) == 1 && f.Path[0] == "title" })
	if i < 0 {
		return "", nil, ErrField
	}
	raw, err = Fill(raw, map[int]string{i: title})
	if err != nil {
		return "", nil, err
	}
	files, err := Edits{"assessment.yaml": raw}.on(tree)
	if err != nil {
		return "", nil, err
	}
	return as.keep(ctx, who, files, "", 0)
}

// keep imports a tree; after is the number that has to be the newest still, 0: whatever is.
func (as *Assessments) keep(ctx context.Context, who actor.Actor, tree fs.FS, into ID, after int) (VersionID, []item.Finding, error) {
	files, err := readTree(tree)
	if err != nil {
		return "", nil, err
	}
	v, findings := Read(tree, as.Kinds)
	if item.Failed(findings) {
		return "", findings, ErrFindings
	}
	hash := treeHash(files)
	// Bytes first, then the rows that name them: a crash in between leaves bytes that nobody names, never a name without bytes.
	for i := range files {
		h, err := as.Blobs.Put(ctx, who.Org, blob.Package, files[i].data)
		if err != nil {
			return "", findings, err
		}
		files[i].hash = h
	}
	var out VersionID
	err = as.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		out, err = as.put(ctx, tx, who, v, files, hash, into, after)
		return err
	})
	return out, findings, err
}

// Difference is one file that two versions do not have alike.
type Difference struct {
	Path     string
	Old, New []byte // nil: it is not there
	Text     bool   // both can be read
}

// Differences are what leads from one version of an assessment to another, by path. ErrRole, ErrMissing, also when they are of two assessments.
func (as *Assessments) Differences(ctx context.Context, who actor.Actor, from, to VersionID) (a, b *Version, out []Difference, err error) {
	if err := org.Need(who, "assessment.solutions"); err != nil {
		return nil, nil, nil, err
	}
	if a, err = as.Version(ctx, who.Org, from); err != nil {
		return nil, nil, nil, err
	}
	if b, err = as.Version(ctx, who.Org, to); err != nil {
		return nil, nil, nil, err
	}
	if a.Assessment != b.Assessment {
		return nil, nil, nil, ErrMissing
	}
	var trees [2]archive.Files
	for i, v := range []VersionID{from, to} {
		tree, err := as.Tree(ctx, who.Org, v)
		if err != nil {
			return nil, nil, nil, err
		}
		if trees[i], err = archive.Copy(tree); err != nil {
			return nil, nil, nil, err
		}
	}
	return a, b, differences(trees[0], trees[1]), nil
}

func differences(a, b archive.Files) (out []Difference) {
	paths := map[string]bool{}
	for p := range a {
		paths[p] = true
	}
	for p := range b {
		paths[p] = true
	}
	for p := range paths {
		old, had := a[p]
		now, has := b[p]
		if had && has && string(old) == string(now) {
			continue
		}
		d := Difference{Path: p, Text: Readable(old) && Readable(now)}
		if had {
			d.Old = old
		}
		if has {
			d.New = now
		}
		out = append(out, d)
	}
	slices.SortFunc(out, func(x, y Difference) int {
		if x.Path < y.Path {
			return -1
		}
		return 1
	})
	return out
}

// Readable says whether a page can show a file as text.
func Readable(data []byte) bool {
	return len(data) <= MostText && utf8.Valid(data) && !slices.Contains(data, 0)
}
