package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"candor/internal/actor"
	"candor/internal/backup"
	"candor/internal/blob"
	"candor/internal/candidate"
	"candor/internal/db"
	"candor/internal/job"
	"candor/internal/privacy"
	"candor/internal/secret"
)

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
	if out, err = unpack(ctx, c, a, from, key, o.Progress); err != nil {
		return out, roomy(err, "The disk is full. Make room, and begin the restore again.")
	}
	erased, err := readNotes(out.Notes)
	if err != nil {
		return out, err
	}
	if err := eraseAgain(ctx, c, append(erased, later...)); err != nil {
		return out, err
	}
	if err := os.Remove(filepath.Join(c.Data, Unfinished)); err != nil {
		return out, err
	}
	return out, syncFolder(c.Data)
}

// unpack puts everything of a backup into its place, which says that it is unfinished from the first thing on.
func unpack(ctx context.Context, c Config, a *backup.Archive, from string, key []byte, progress func(done, total int, what string)) (out backup.Unpacked, err error) {
	lock, err := lockFile(filepath.Join(c.Data, lockName))
	if err != nil {
		return out, err
	}
	defer lock.Close()
	again, err := clearPlace(c.Data)
	if err != nil {
		return out, err
	}
	if err := replace(filepath.Join(c.Data, Unfinished), []byte("candor restore "+from+"\n")); err != nil {
		return out, err
	}
	files := filepath.Join(c.Data, filesFolder)
	if err := os.Mkdir(files, 0o700); err != nil {
		return out, err
	}
	if out, err = fill(ctx, c, a, backup.Place{Blobs: blob.Disk{Dir: files}, Progress: progress}, again); err != nil {
		return out, err
	}
	if key == nil {
		key = out.Key
	}
	at := filepath.Join(c.Data, keyFile)
	if key == nil {
		_, err = secret.Load(at)
		return out, err
	}
	return out, secret.Put(at, key)
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
