package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"candor/internal/account"
	"candor/internal/actor"
	"candor/internal/backup"
	"candor/internal/blob"
	"candor/internal/candidate"
	"candor/internal/db"
	"candor/internal/job"
	"candor/internal/privacy"
	"candor/internal/problem"
	"candor/internal/secret"
)

// The names in a data folder.
const (
	databaseFile = "candor.db"
	keyFile      = "secret.key"
	filesFolder  = "files"
	lockName     = "lock"
	lastBackup   = "backup.json" // what the last backup was
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
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		err = errRoom.Saying("The disk of " + filepath.Dir(to) + " is full. Nothing was left there.")
	}
	if err != nil {
		return out, err
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

// RestoreOptions say how a backup is restored.
type RestoreOptions struct {
	Key      string // a file with the installation key; "" takes the one in the backup
	NewKey   bool   // make a new key where neither has one
	Erased   string // a later backup: who was erased until it was made is erased again; "" is none
	Progress func(done, total int, what string)
}

// Restore makes an installation of a backup, in an empty data folder and an empty database. Until it is through the folder says that it is
// unfinished: nothing starts on it, and the restore can be begun again. Whoever was erased by the time the backup was finished is erased again.
// It gives problems for a backup that cannot be used, a place that is not empty, and a key that is missing or another one.
func Restore(ctx context.Context, c Config, from string, o RestoreOptions) (out backup.Unpacked, err error) {
	newest, err := db.Newest(Schemas())
	if err != nil {
		return out, err
	}
	a, err := backup.Open(from, newest)
	if err != nil {
		return out, err
	}
	defer a.Close()
	key, err := o.key(a.Header)
	if err != nil {
		return out, err
	}
	var later []candidate.Tombstone
	if o.Erased != "" {
		if later, err = erasedBy(ctx, o.Erased, newest); err != nil {
			return out, err
		}
	}
	if err := os.MkdirAll(c.Data, 0o700); err != nil {
		return out, fmt.Errorf("the data folder cannot be made: %w", err)
	}
	lock, err := lockFile(filepath.Join(c.Data, lockName))
	if err != nil {
		return out, err
	}
	defer func() {
		if lock != nil {
			lock.Close()
		}
	}()
	again, err := clearPlace(c.Data)
	if err != nil {
		return out, err
	}
	if err := replace(filepath.Join(c.Data, Unfinished), []byte("candor restore "+from+"\n")); err != nil {
		return out, err
	}
	p := backup.Place{Blobs: blob.Disk{Dir: filepath.Join(c.Data, filesFolder)}, Progress: o.Progress}
	if err := os.Mkdir(filepath.Join(c.Data, filesFolder), 0o700); err != nil {
		return out, err
	}
	if out, err = fill(ctx, c, a, p, again); err != nil {
		return out, err
	}
	switch keyPath := filepath.Join(c.Data, keyFile); {
	case key != nil:
		err = secret.Put(keyPath, key)
	case out.Key != nil:
		err = secret.Put(keyPath, out.Key)
	default:
		_, err = secret.Load(keyPath)
	}
	if err != nil {
		return out, err
	}
	erased, err := readNotes(out.Notes)
	if err != nil {
		return out, err
	}
	lock.Close()
	lock = nil
	if err := eraseAgain(ctx, c, append(erased, later...)); err != nil {
		return out, err
	}
	if err := os.Remove(filepath.Join(c.Data, Unfinished)); err != nil {
		return out, err
	}
	return out, syncFolder(c.Data)
}

// key finds the key that belongs to a backup; nil is the one inside, or a new one.
func (o RestoreOptions) key(h backup.Header) ([]byte, error) {
	if o.Key == "" {
		if h.Key || o.NewKey {
			return nil, nil
		}
		return nil, errKey.Saying("This backup does not hold the installation key. Give the old server's secret.key with --key FILE. " +
			"With --new-key it goes without: links that were sent still open, but those in mails that are still to be sent and in reminders do not, " +
			"until each invitation gets a new link, and whatever was sealed with the key cannot be read.")
	}
	k, raw, err := secret.Read(o.Key)
	if err != nil {
		return nil, err
	}
	if k.Check() != h.Seal {
		return nil, errKey.Saying("The key in " + o.Key + " is not the one of the installation that this backup is of.")
	}
	return raw, nil
}

// erasedBy are those who were erased until a backup was made.
func erasedBy(ctx context.Context, path string, newest int64) ([]candidate.Tombstone, error) {
	a, err := backup.Open(path, newest)
	if err != nil {
		return nil, err
	}
	defer a.Close()
	raw, err := a.Notes(ctx)
	if err != nil {
		return nil, err
	}
	return readNotes(raw)
}

func readNotes(raw []byte) ([]candidate.Tombstone, error) {
	var said notes
	if raw == nil {
		return nil, nil
	}
	err := json.Unmarshal(raw, &said)
	return said.Erased, err
}

// clearPlace makes sure that a folder is empty; what a restore that did not come to its end left there goes, and again says so.
func clearPlace(data string) (again bool, err error) {
	_, err = os.Stat(filepath.Join(data, Unfinished))
	if again = err == nil; !again && !errors.Is(err, fs.ErrNotExist) {
		return false, err
	}
	entries, err := os.ReadDir(data)
	if err != nil {
		return again, err
	}
	for _, e := range entries {
		if e.Name() == lockName || e.Name() == Unfinished {
			continue
		}
		if !again {
			return false, backup.ErrNotEmpty.Saying(fmt.Sprintf("%s is not empty: it holds %s. Nothing was changed. Restore into another folder with --data, or move what is there away.", data, e.Name()))
		}
		if err := os.RemoveAll(filepath.Join(data, e.Name())); err != nil {
			return again, err
		}
	}
	return again, nil
}

// fill unpacks into an empty database. One that holds exactly this backup is the one of a restore whose folder did not come to its end.
func fill(ctx context.Context, c Config, a *backup.Archive, p backup.Place, again bool) (out backup.Unpacked, err error) {
	if p.DB, err = db.Open(ctx, c.address(), db.Options{Now: c.Now, Readers: 2}); err != nil {
		return out, err
	}
	defer func() { err = errors.Join(err, p.DB.Close()) }()
	empty, err := isEmpty(ctx, p.DB, a.Header.Step)
	if err != nil {
		return out, err
	}
	notEmpty := backup.ErrNotEmpty.Saying("The database is not empty. Nothing in it was changed. Give an empty one with --database: DROP DATABASE and CREATE DATABASE, or another name.")
	if !empty && !again {
		return out, notEmpty
	}
	if empty {
		if err := p.DB.MigrateTo(ctx, a.Header.Step, Schemas(), job.Migrate(p.DB)); err != nil {
			return out, err
		}
	}
	if p.Jobs, err = job.New(p.DB, job.Options{}); err != nil {
		return out, err
	}
	if empty {
		return a.Restore(ctx, p, Refs())
	}
	differences, err := a.Compare(ctx, p)
	if err != nil {
		return out, err
	}
	if len(differences) > 0 {
		return out, notEmpty
	}
	p.Filled = true
	return a.Restore(ctx, p, Refs())
}

// isEmpty says that no table has a row, and none is of a newer schema than the backup's.
func isEmpty(ctx context.Context, d *db.DB, step int64) (bool, error) {
	tables, err := d.Tables(ctx)
	if err != nil || len(tables) == 0 {
		return err == nil, err
	}
	empty := false
	err = d.Picture(ctx, func(p *db.Picture) error {
		if p.Step > step {
			return nil
		}
		for _, t := range p.Tables {
			if n, err := p.Count(ctx, t); err != nil || n > 0 {
				return err
			}
		}
		empty = true
		return nil
	})
	if err != nil {
		return false, backup.ErrNotEmpty.Saying("The database holds tables that are none of Candor's. Give an empty one with --database.")
	}
	return empty, nil
}

// eraseAgain erases those who were erased since the rows of the backup.
func eraseAgain(ctx context.Context, c Config, list []candidate.Tombstone) error {
	if len(list) == 0 {
		return nil
	}
	a, err := open(ctx, c)
	if err != nil {
		return err
	}
	defer a.Close()
	for _, t := range list {
		var was candidate.Candidate
		err := a.DB.Read(ctx, t.Org, func(tx db.Tx) (err error) {
			was, err = a.Candidates.In(ctx, tx, t.Candidate)
			return err
		})
		if errors.Is(err, candidate.ErrMissing) || err == nil && was.Erased {
			continue
		}
		if err == nil {
			_, err = a.Privacy.Erase(ctx, actor.ForSystem(t.Org, "backup.restore"), t.Candidate)
		}
		if errors.Is(err, privacy.ErrHeld) {
			return fmt.Errorf("%s was erased after this backup, and in it an application of theirs is held: %w", t.Candidate, err)
		}
		if err != nil {
			return fmt.Errorf("erasing again: %w", err)
		}
	}
	return nil
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
		return out, nil, err
	}
	if differences, err = a.Compare(ctx, p); err == nil && len(differences) > 0 {
		err = backup.ErrDiffers
	}
	return out, differences, err
}
