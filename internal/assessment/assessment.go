// Package assessment keeps designed instruments: folders of files with parts, items, a rubric and an AI policy.
//
// A version is the stored tree, path by path and byte for byte; everything else is derived from it. A published version never
// changes: whoever started it finishes on it. The same tree imported again is the same version; another tree is the next number.
package assessment

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"time"

	"candor/internal/actor"
	"candor/internal/archive"
	"candor/internal/assessment/internal/query"
	"candor/internal/audit"
	"candor/internal/blob"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/id"
	"candor/internal/item"
	"candor/internal/job"
	"candor/internal/org"
	"candor/internal/problem"
	"candor/internal/upload"
)

//go:embed schema/*.sql
var Schema embed.FS

// What a tree may hold.
const (
	MaxFiles = archive.MaxEntries
	MaxFile  = archive.MaxFile
	MaxTree  = archive.MaxBytes
)

var (
	// ErrMissing: no such assessment or version for the asker.
	ErrMissing = problem.New(problem.Missing, "assessment_missing", "There is no such assessment here.")
	// ErrFindings: the tree has errors; Facts has none, ask Lint for them.
	ErrFindings = problem.New(problem.Invalid, "assessment_findings", "This assessment has mistakes that have to be mended first. Nothing was imported.")
	// ErrTree: too many files, too large, or names that cannot be kept.
	ErrTree = problem.New(problem.Invalid, "assessment_tree", "This folder cannot be kept as it is.")
	// ErrArchived: archived assessments take no new versions.
	ErrArchived = problem.New(problem.Conflict, "assessment_archived", "This assessment is archived. Bring it back first.")
)

// Assessments keeps them.
type Assessments struct {
	DB      *db.DB
	Blobs   blob.Store
	Jobs    *job.Jobs // PublishLater's; nil where everything is published at once
	Kinds   item.Kinds
	Uploads *upload.Uploads // of questions that are said aloud; nil: none are

	mu    sync.Mutex
	cache map[string]*Version // org/version: parsed once; immutable
}

// Listed is an assessment in a list.
type Listed struct {
	ID        ID
	Title     string
	Versions  int
	Published int
	Created   time.Time
}

// VersionInfo is a version in a list.
type VersionInfo struct {
	ID         VersionID
	Assessment ID
	Number     int
	Title      string
	Minutes    int
	Published  bool
	Created    time.Time
	At         time.Time // of publication
}

// Import keeps a tree: as a new assessment when into is "", else as its next version. The same tree again gives the version
// that is there. Problems: ErrRole, ErrTree, ErrFindings (with the findings), ErrMissing, ErrArchived.
func (as *Assessments) Import(ctx context.Context, who actor.Actor, tree fs.FS, into ID) (VersionID, []item.Finding, error) {
	if err := org.Need(who, "assessment.import"); err != nil {
		return "", nil, err
	}
	return as.keep(ctx, who, tree, into, 0)
}

// put is guarded by the assessment's row, which gives the number.
func (as *Assessments) put(ctx context.Context, tx db.Tx, who actor.Actor, v *Version, files []treeFile, hash string, into ID, after int) (VersionID, error) {
	q := query.New(tx)
	now := as.DB.Now()
	if into == "" {
		into = ID(id.New("ase", now))
		if err := q.AddAssessment(ctx, query.AddAssessmentParams{OrgID: tx.Org, ID: string(into), Title: v.Title, CreatedAt: clock.Milli(now), CreatedBy: who.ID}); err != nil {
			return "", err
		}
	} else if there, err := q.VersionOfTree(ctx, tx.Org, string(into), hash); err == nil {
		return VersionID(there), nil
	} else if !errors.Is(err, sql.ErrNoRows) {
		return "", err
	}
	n, err := q.NextNumber(ctx, tx.Org, string(into), v.Title)
	if err != nil {
		return "", err
	}
	a, err := q.Assessment(ctx, tx.Org, string(into))
	if errors.Is(err, sql.ErrNoRows) {
		return "", ErrMissing
	}
	if err != nil {
		return "", err
	}
	if n == 0 {
		return "", ErrArchived
	}
	if after > 0 && int(a.Latest)-1 != after {
		return "", ErrMoved
	}
	ver := id.New("ver", now)
	err = q.AddVersion(ctx, query.AddVersionParams{OrgID: tx.Org, ID: ver, AssessmentID: string(into), Number: a.Latest, Title: v.Title,
		Minutes: int64(v.Minutes), TreeHash: hash, CreatedAt: clock.Milli(now), CreatedBy: who.ID})
	if err != nil {
		return "", err
	}
	for _, f := range files {
		if err := q.AddFile(ctx, query.AddFileParams{OrgID: tx.Org, VersionID: ver, Path: f.path, Hash: string(f.hash), Size: int64(len(f.data))}); err != nil {
			return "", err
		}
	}
	position := int64(0)
	for _, p := range v.Parts {
		for _, i := range p.Items {
			err := q.AddItem(ctx, query.AddItemParams{OrgID: tx.Org, VersionID: ver, Item: i.Key, Part: p.Key, Kind: i.Kind.Name(), Title: i.Head.Title,
				Position: position, WeightMilli: int64(i.Weight*1000 + .5)})
			if err != nil {
				return "", err
			}
			position++
		}
	}
	return VersionID(ver), audit.Record(ctx, tx, now, who, "assessment.import", ver, audit.Facts{"assessment": string(into), "number": fmt.Sprint(a.Latest), "tree": hash})
}

type treeFile struct {
	path string
	data []byte
	hash blob.Hash
}

// Keepable says whether an import would keep the files of a tree as they are. ErrTree.
func Keepable(tree fs.FS) error {
	_, err := readTree(tree)
	return err
}

// readTree reads all files in order of their paths, within the limits; a .git folder is not part of the tree. ErrTree.
func readTree(tree fs.FS) ([]treeFile, error) {
	var out []treeFile
	total := int64(0)
	names := archive.Names{}
	err := fs.WalkDir(tree, ".", func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if e.IsDir() {
			if e.Name() == ".git" {
				return fs.SkipDir
			}
			return nil
		}
		if !e.Type().IsRegular() {
			return ErrTree.Saying(fmt.Sprintf("%s is not a plain file. Links and special files cannot be kept.", path))
		}
		if wrong := names.Add(path); wrong != "" {
			return ErrTree.Saying(wrong)
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		total += info.Size()
		switch {
		case info.Size() > MaxFile:
			return ErrTree.Saying(fmt.Sprintf("%s is larger than %d MiB.", path, MaxFile>>20))
		case total > MaxTree:
			return ErrTree.Saying(fmt.Sprintf("The folder is larger than %d MiB.", MaxTree>>20))
		case len(out) >= MaxFiles:
			return ErrTree.Saying(fmt.Sprintf("The folder has more than %d files.", MaxFiles))
		}
		data, err := fs.ReadFile(tree, path)
		if err != nil {
			return err
		}
		out = append(out, treeFile{path: path, data: data})
		return nil
	})
	slices.SortFunc(out, func(a, b treeFile) int { return strings.Compare(a.path, b.path) })
	return out, err
}

// treeHash is SHA-256 over length-prefixed paths and the hashes of their bytes, in order.
func treeHash(files []treeFile) string {
	h := sha256.New()
	for _, f := range files {
		sum := sha256.Sum256(f.data)
		fmt.Fprintf(h, "%d %s %x\n", len(f.path), f.path, sum)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// Version reads and parses a version; it is cached, for it never changes. ErrMissing.
func (as *Assessments) Version(ctx context.Context, o string, v VersionID) (*Version, error) {
	key := o + "/" + string(v)
	as.mu.Lock()
	got, ok := as.cache[key]
	as.mu.Unlock()
	if ok && got.Published {
		return got, nil
	}
	var row query.VersionRow
	err := as.DB.Read(ctx, o, func(tx db.Tx) (err error) {
		row, err = query.New(tx).Version(ctx, o, string(v))
		return err
	})
	if errors.Is(err, sql.ErrNoRows) {
		return nil, ErrMissing
	}
	if err != nil {
		return nil, err
	}
	if !ok {
		tree, err := as.Tree(ctx, o, v)
		if err != nil {
			return nil, err
		}
		var findings []item.Finding
		got, findings = Read(tree, as.Kinds)
		if item.Failed(findings) {
			return nil, fmt.Errorf("assessment: stored version %s does not parse any more: %v", v, findings)
		}
	}
	fresh := *got
	fresh.ID, fresh.Assessment, fresh.Number, fresh.Published = v, ID(row.AssessmentID), int(row.Number), row.State == "published"
	as.mu.Lock()
	defer as.mu.Unlock()
	if as.cache == nil {
		as.cache = map[string]*Version{}
	}
	as.cache[key] = &fresh
	return &fresh, nil
}

// Tree is the stored tree. ErrMissing.
func (as *Assessments) Tree(ctx context.Context, o string, v VersionID) (fs.FS, error) {
	var rows []query.FilesRow
	err := as.DB.Read(ctx, o, func(tx db.Tx) (err error) {
		rows, err = query.New(tx).Files(ctx, o, string(v))
		return err
	})
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, ErrMissing
	}
	tree := archive.Files{}
	for _, r := range rows {
		data, err := as.Blobs.Bytes(ctx, o, blob.Package, blob.Hash(r.Hash))
		if err != nil {
			return nil, fmt.Errorf("assessment: %s: %w", r.Path, err)
		}
		tree[r.Path] = data
	}
	return tree, nil
}

// List are the organisation's assessments by title. ErrRole.
func (as *Assessments) List(ctx context.Context, who actor.Actor) ([]Listed, error) {
	if err := org.Need(who, "assessment.list"); err != nil {
		return nil, err
	}
	var out []Listed
	err := as.DB.Read(ctx, who.Org, func(tx db.Tx) error {
		rows, err := query.New(tx).Assessments(ctx, who.Org)
		for _, r := range rows {
			out = append(out, Listed{ID(r.ID), r.Title, int(r.Latest), int(r.Published), clock.Time(r.CreatedAt)})
		}
		return err
	})
	return out, err
}

// Versions are an assessment's, newest first. ErrRole, ErrMissing.
func (as *Assessments) Versions(ctx context.Context, who actor.Actor, a ID) (Listed, []VersionInfo, error) {
	if err := org.Need(who, "assessment.list"); err != nil {
		return Listed{}, nil, err
	}
	var l Listed
	var out []VersionInfo
	err := as.DB.Read(ctx, who.Org, func(tx db.Tx) error {
		q := query.New(tx)
		r, err := q.Assessment(ctx, who.Org, string(a))
		if errors.Is(err, sql.ErrNoRows) {
			return ErrMissing
		}
		if err != nil {
			return err
		}
		l = Listed{ID: ID(r.ID), Title: r.Title, Versions: int(r.Latest), Created: clock.Time(r.CreatedAt)}
		rows, err := q.Versions(ctx, who.Org, string(a))
		for _, v := range rows {
			out = append(out, info(query.PublishedRow(v)))
		}
		return err
	})
	return l, out, err
}

// Newest is the newest published version of an assessment. ErrMissing when none is.
func (as *Assessments) Newest(ctx context.Context, o string, a ID) (*Version, error) {
	var v string
	err := as.DB.Read(ctx, o, func(tx db.Tx) (err error) {
		v, err = query.New(tx).Newest(ctx, o, string(a))
		return err
	})
	if errors.Is(err, sql.ErrNoRows) {
		return nil, ErrMissing
	}
	if err != nil {
		return nil, err
	}
	return as.Version(ctx, o, VersionID(v))
}

// Published are the versions a stage can use, by title. ErrRole.
func (as *Assessments) Published(ctx context.Context, who actor.Actor) ([]VersionInfo, error) {
	if err := org.Need(who, "assessment.list"); err != nil {
		return nil, err
	}
	var out []VersionInfo
	err := as.DB.Read(ctx, who.Org, func(tx db.Tx) error {
		rows, err := query.New(tx).Published(ctx, who.Org)
		for _, v := range rows {
			out = append(out, info(v))
		}
		return err
	})
	return out, err
}

func info(v query.PublishedRow) VersionInfo {
	return VersionInfo{VersionID(v.ID), ID(v.AssessmentID), int(v.Number), v.Title, int(v.Minutes), v.State == "published", clock.Time(v.CreatedAt), clock.Time(v.PublishedAt)}
}

// Archive takes an assessment out of the list; what runs on it goes on. ErrRole, ErrMissing.
func (as *Assessments) Archive(ctx context.Context, who actor.Actor, a ID) error {
	if err := org.Need(who, "assessment.archive"); err != nil {
		return err
	}
	return as.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		n, err := query.New(tx).Archive(ctx, who.Org, string(a), clock.Milli(as.DB.Now()))
		if err == nil && n == 0 {
			return ErrMissing
		}
		if err != nil {
			return err
		}
		return audit.Record(ctx, tx, as.DB.Now(), who, "assessment.archive", string(a), nil)
	})
}
