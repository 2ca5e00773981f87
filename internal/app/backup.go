package app

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"candor/internal/account"
	"candor/internal/backup"
	"candor/internal/blob"
	"candor/internal/candidate"
	"candor/internal/db"
	"candor/internal/job"
	"candor/internal/problem"
	"candor/internal/secret"
)

// The names in a data folder.
const (
	databaseFile = "candor.db"
	keyFile      = "secret.key"
	// SigningKey is the file of the key that signs mails; without it they go unsigned. It is not in backups: another one is made in a minute.
	SigningKey  = "dkim.pem"
	filesFolder = "files"
	lockName    = "lock"
	lastBackup  = "backup.json" // what the last backup was
)

// Unfinished is a file in the data folder as long as a restore is not through.
const Unfinished = "restoring"

var (
	// ErrUnfinished: the data folder is that of a restore that did not come to its end.
	ErrUnfinished = problem.New(problem.Conflict, "restore_unfinished", "A restore into this folder did not come to its end.")
	errNothing    = problem.New(problem.Missing, "backup_nothing", "There is no installation.")
	errThere      = problem.New(problem.Conflict, "backup_there", "There is a file of that name already.")
	errRoom       = problem.New(problem.Full, "backup_full", "The disk is full.")
	errKey        = problem.New(problem.Invalid, "backup_key", "The installation key is missing.")
)

// Refs are the columns that name files, by the nouns' inventories.
func Refs() []backup.Ref {
	var out []backup.Ref
	for _, nouns := range Columns() {
		for table, columns := range nouns {
			for name, c := range columns {
				if c.File != "" {
					out = append(out, backup.Ref{Table: table, Column: name, Class: blob.Class(c.File)})
				}
			}
		}
	}
	slices.SortFunc(out, func(a, b backup.Ref) int { return strings.Compare(a.Table+"."+a.Column, b.Table+"."+b.Column) })
	return out
}

// address is where the database of a data folder is.
func (c Config) address() string {
	if c.Database != "" {
		return c.Database
	}
	return "sqlite:" + filepath.Join(c.Data, databaseFile)
}

// notes are what a backup knows of the time since its rows: who was erased.
type notes struct {
	Erased []candidate.Tombstone `json:"erased"`
}

// LastBackup is what the data folder remembers of the last backup.
type LastBackup struct {
	At    time.Time `json:"at"`
	To    string    `json:"to"`
	Bytes int64     `json:"bytes"`
	Whole bool      `json:"whole"` // nothing was missing or damaged
}

// Backup writes a backup of an installation to a file that is not there yet; the server may be running. progress may be nil. Where files were
// missing or damaged already the report says so. It gives problems for no installation, a file that is there and a full disk.
func Backup(ctx context.Context, c Config, to string, withKey bool, program string, progress func(done, total int, what string)) (out backup.Report, err error) {
	if _, err := os.Lstat(to); err == nil {
		return out, errThere.Saying(to + " is there already. Nothing was written: give another name with --to.")
	}
	if _, err := os.Stat(filepath.Join(c.Data, Unfinished)); err == nil {
		return out, ErrUnfinished.Saying("The installation in " + c.Data + " is that of a restore that did not come to its end. Nothing was written.")
	}
	if _, err := os.Stat(filepath.Join(c.Data, databaseFile)); err != nil && c.Database == "" {
		return out, errNothing.Saying("There is no installation in " + c.Data + ". Name its folder with --data.")
	}
	s := backup.Source{Blobs: blob.Disk{Dir: filepath.Join(c.Data, filesFolder)}, Refs: Refs(), Leave: account.Passing, Program: program, Progress: progress}
	key, raw, err := secret.Read(filepath.Join(c.Data, keyFile))
	if err != nil {
		return out, err
	}
	if s.Seal = key.Check(); withKey {
		s.Key = raw
	}
	if s.DB, err = db.Open(ctx, c.address(), db.Options{Now: c.Now, Readers: 2}); err != nil {
		return out, err
	}
	defer s.DB.Close()
	s.Notes = func(ctx context.Context) (raw []byte, err error) {
		var n notes
		err = s.DB.Picture(ctx, func(p *db.Picture) error {
			n.Erased, err = candidate.Tombstones(ctx, p)
			return err
		})
		if err != nil {
			return nil, err
		}
		return json.Marshal(n)
	}
	out, err = writeBackup(ctx, s, to)
	if err != nil {
		return out, roomy(err, "The disk of "+filepath.Dir(to)+" is full. Nothing was left there.")
	}
	at, err := filepath.Abs(to)
	if err != nil {
		return out, err
	}
	last, err := json.Marshal(LastBackup{out.Header.Made, at, out.Bytes, len(out.Absent) == 0})
	if err != nil {
		return out, err
	}
	return out, replace(filepath.Join(c.Data, lastBackup), last)
}

// roomy says of a full disk what to do; other errors stay as they are.
func roomy(err error, what string) error {
	if db.IsFull(err) || errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return errRoom.Saying(what)
	}
	return err
}

// writeBackup writes beside the name, syncs, and gives the name last: a file of that name is whole.
func writeBackup(ctx context.Context, s backup.Source, to string) (out backup.Report, err error) {
	dir := filepath.Dir(to)
	f, err := os.CreateTemp(dir, ".candor-backup-")
	if err != nil {
		return out, err
	}
	defer func() {
		if err != nil {
			os.Remove(f.Name())
		}
	}()
	out, err = backup.Write(ctx, f, s, dir)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return out, err
	}
	if err = os.Rename(f.Name(), to); err != nil {
		return out, err
	}
	return out, syncFolder(dir)
}

// replace puts a small file in place of another, whole or not at all.
func replace(path string, data []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".new-")
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		os.Remove(f.Name())
		return err
	}
	return syncFolder(filepath.Dir(path))
}

func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}

// Last is what the data folder remembers of the last backup; fs.ErrNotExist when there was none.
func Last(data string) (l LastBackup, err error) {
	raw, err := os.ReadFile(filepath.Join(data, lastBackup))
	if err != nil {
		return l, err
	}
	return l, json.Unmarshal(raw, &l)
}

// Files looks for every file that a row names, deep reads them too. It tells how many there are, and which are missing or damaged.
func Files(ctx context.Context, c Config, deep bool, progress func(done, total int, what string)) (n int, bad []backup.Absent, err error) {
	d, err := db.Open(ctx, c.address(), db.Options{Readers: 2})
	if err != nil {
		return 0, nil, err
	}
	defer d.Close()
	var all []backup.File
	err = backup.Named(ctx, d, Refs(), func(f backup.File) error { all = append(all, f); return nil })
	blobs := blob.Disk{Dir: filepath.Join(c.Data, filesFolder)}
	for i, f := range all {
		if progress != nil {
			progress(i+1, len(all), "files")
		}
		look := func() error {
			r, err := blobs.Open(ctx, f.Org, f.Class, f.Hash)
			if err != nil {
				return err
			}
			return r.Close()
		}
		if deep {
			look = func() error { _, err := backup.Check(ctx, blobs, f); return err }
		}
		switch err := look(); {
		case errors.Is(err, blob.ErrMissing):
			bad = append(bad, backup.Absent{File: f, Why: backup.Missing})
		case errors.Is(err, blob.ErrDamaged):
			bad = append(bad, backup.Absent{File: f, Why: backup.Damaged})
		case err != nil:
			return len(all), bad, err
		}
	}
	return len(all), bad, err
}

// VerifyBackup unpacks a backup into a temporary folder and compares what is there with what the backup holds. The first differences come
// back with backup.ErrDiffers.
func VerifyBackup(ctx context.Context, from string, progress func(done, total int, what string)) (out backup.Unpacked, differences []string, err error) {
	newest, err := db.Newest(Schemas())
	if err != nil {
		return out, nil, err
	}
	a, err := backup.Open(from, newest)
	if err != nil {
		return out, nil, err
	}
	defer a.Close()
	dir, err := os.MkdirTemp("", "candor-verify-")
	if err != nil {
		return out, nil, err
	}
	defer os.RemoveAll(dir)
	p := backup.Place{Blobs: blob.Disk{Dir: dir}, Progress: progress}
	if p.DB, err = db.Open(ctx, filepath.Join(dir, databaseFile), db.Options{Readers: 2}); err != nil {
		return out, nil, err
	}
	defer p.DB.Close()
	if err := p.DB.MigrateTo(ctx, a.Header.Step, Schemas(), job.Migrate(p.DB)); err != nil {
		return out, nil, err
	}
	if p.Jobs, err = job.New(p.DB, job.Options{}); err != nil {
		return out, nil, err
	}
	if out, err = a.Restore(ctx, p, Refs()); err != nil {
		return out, nil, roomy(err, "The disk of "+os.TempDir()+" is full: verifying needs room for what the backup holds. Name another folder in $TMPDIR.")
	}
	if differences, err = a.Compare(ctx, p); err == nil && len(differences) > 0 {
		err = backup.ErrDiffers
	}
	return out, differences, err
}
