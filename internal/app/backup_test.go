package app_test

import (
	"bytes"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"candor/internal/app"
	"candor/internal/attempt"
	"candor/internal/backup"
	"candor/internal/blob"
	"candor/internal/candidate"
	"candor/internal/db"
	"candor/internal/db/dbtest"
	"candor/internal/disk/disktest"
	"candor/internal/secret"
)

// where is the world's place.
func (w *world) where() app.Config {
	return app.Config{Data: w.app.Config.Data, Database: w.app.Config.Database, Now: w.tick.Now}
}

func (w *world) backup(name string, withKey bool, progress func(done, total int, what string)) string {
	w.t.Helper()
	path := filepath.Join(w.t.TempDir(), name)
	r, err := app.Backup(ctx, w.where(), path, withKey, "test", progress)
	w.must(err)
	if len(r.Absent) > 0 || r.Files == 0 || r.Rows == 0 {
		w.t.Errorf("backed up %d rows, %d files, without %v", r.Rows, r.Files, r.Absent)
	}
	return path
}

// place is an empty one on the other engine.
func (w *world) place() app.Config {
	c := app.Config{Data: filepath.Join(w.t.TempDir(), "restored"), Now: w.tick.Now, URL: "http://example.com"}
	if w.app.Config.Database == "" {
		c.Database = dbtest.Database(w.t)
	}
	return c
}

func reopen(t *testing.T, c app.Config) *app.App {
	t.Helper()
	a, err := app.Open(ctx, c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	return a
}

// serves lets an app live as serve does before it answers.
func serves(t *testing.T, a *app.App, node string) {
	t.Helper()
	a.Attempts.Outages = &attempt.Outages{Attempts: a.Attempts, Node: node, Log: slog.New(slog.DiscardHandler)}
	if err := a.Attempts.Outages.Start(ctx); err != nil {
		t.Fatal(err)
	}
}

func bothEngines(t *testing.T, fn func(t *testing.T, w *world)) {
	t.Run("sqlite", func(t *testing.T) { fn(t, makeWorld(t, "")) })
	t.Run("postgres", func(t *testing.T) { fn(t, makeWorld(t, dbtest.Database(t))) })
}

// A backup of a running installation, restored three hours later on another machine and on the other engine: who was working has the time back
// before anything is sent by time, what waited in the queue is done once, links still open, and files are there.
func TestRestoredElsewhere(t *testing.T) {
	t.Parallel()
	bothEngines(t, func(t *testing.T, w *world) {
		serves(t, w.app, "one")
		last := w.here.enter("last", w.here.plain)
		w.here.work(last)
		for _, part := range []string{"quiz", "writing", "coding"} {
			_, err := w.app.Attempts.Send(ctx, last.who, part)
			w.must(err)
		}
		before, err := w.app.Attempts.View(ctx, w.here.busy.who)
		w.must(err)
		path := w.backup("candor.tar", true, nil)

		w.tick.Add(3 * time.Hour)
		c := w.place()
		r, err := app.Restore(ctx, c, path, app.RestoreOptions{})
		w.must(err)
		if r.Jobs == 0 {
			t.Error("no job waited; want those of what was sent last")
		}
		a := reopen(t, c)
		serves(t, a, "two")
		w.must(a.Attempts.CloseOverdue(ctx, w.here.org.ID))
		after, err := a.Attempts.View(ctx, w.here.busy.who)
		w.must(err)
		for part, s := range before.Sittings {
			got := after.Sittings[part]
			if s.State != attempt.Running || got.State != attempt.Running || got.Over(after.Now) {
				t.Errorf("%s is %s, over %v; want it to run", part, got.State, got.Over(after.Now))
			}
			if want := s.End().Add(3*time.Hour + time.Minute); !got.End().Equal(want) {
				t.Errorf("%s ends at %v; want the 3 hours and a minute more than %v", part, got.End(), s.End())
			}
		}
		rounds := func() (n int) {
			w.must(a.DB.Read(ctx, w.here.org.ID, func(tx db.Tx) error {
				return tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM review_rounds WHERE org_id = $1 AND application_id = $2`, tx.Org, string(last.inv.Application)).Scan(&n)
			}))
			return n
		}
		if n := rounds(); n != 0 {
			t.Errorf("%d reviews of what was sent last before the queue runs", n)
		}
		a.Runs.Worker = loud{}
		w.must(a.Jobs.Drain(ctx))
		if n := rounds(); n != 1 {
			t.Errorf("%d reviews of what was sent last; want the job's one", n)
		}
		if _, err := a.Openings.Enter(ctx, a.Openings.Secret(w.here.blind.inv), ""); err != nil {
			t.Errorf("the link of an invitation: %v", err)
		}
		if _, err := a.Assessments.Tree(ctx, w.there.org.ID, w.there.published); err != nil {
			t.Errorf("the files of a version: %v", err)
		}
		for where, d := range map[string]*db.DB{"the old place": w.app.DB, "the new one": a.DB} {
			w.must(d.InstallationRead(ctx, func(tx db.Tx) error {
				var n int
				err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM staff_sessions`).Scan(&n)
				if (n > 0) != (d == w.app.DB) {
					t.Errorf("%d sessions of members in %s", n, where)
				}
				return err
			}))
		}
		if _, differences, err := app.VerifyBackup(ctx, path, nil); err != nil || len(differences) > 0 {
			t.Errorf("verify: %v, %v", differences, err)
		}
	})
}

// Whoever is erased while a backup is made, or after it, does not come back with it.
func TestErasedPeopleDoNotComeBack(t *testing.T) {
	t.Parallel()
	bothEngines(t, func(t *testing.T, w *world) {
		erase := func(p *applicant) {
			_, err := w.app.Privacy.Erase(ctx, p.who, candidate.ID(p.who.Subject))
			w.must(err)
		}
		first := true
		path := w.backup("old.tar", true, func(_, _ int, what string) {
			if what == "files" && first {
				first = false
				erase(w.here.told)
			}
		})
		erase(w.here.read)
		later := w.backup("later.tar", false, nil)
		if first {
			t.Fatal("nobody was erased while the backup was made")
		}
		for _, c := range []struct {
			erased string
			read   bool // whoever was erased after the backup is there
		}{{"", true}, {later, false}} {
			place := w.place()
			_, err := app.Restore(ctx, place, path, app.RestoreOptions{Erased: c.erased})
			w.must(err)
			if told, read, waits := w.stands(place, w.here.told), w.stands(place, w.here.read), w.stands(place, w.here.waits); told || read != c.read || !waits {
				t.Errorf("with %q: erased meanwhile %v, erased later %v, not erased %v; want false, %v, true", filepath.Base(c.erased), told, read, waits, c.read)
			}
		}
	})
}

// stands says that a person's name or answer is in some row of a place.
func (w *world) stands(c app.Config, who *applicant) (found bool) {
	w.t.Helper()
	a, err := app.Open(ctx, c)
	w.must(err)
	defer a.Close()
	w.must(a.DB.Picture(ctx, func(p *db.Picture) error {
		for _, table := range p.Tables {
			for row, err := range p.Rows(ctx, table) {
				if err != nil {
					return err
				}
				for _, v := range row {
					text, _ := v.(string)
					found = found || strings.Contains(text, w.here.word("name", who.name)) || strings.Contains(text, w.here.word("answer", who.name))
				}
			}
		}
		return nil
	}))
	return found
}

// A place that is not empty stays as it is; one in which a restore broke off says so to everybody, and the restore can be begun again.
func TestRestoreBreaksOff(t *testing.T) {
	t.Parallel()
	bothEngines(t, func(t *testing.T, w *world) {
		path := w.backup("candor.tar", true, nil)
		if _, err := app.Restore(ctx, w.where(), path, app.RestoreOptions{}); err == nil {
			t.Error("it was restored over the installation")
		}
		if full := (app.Config{Data: t.TempDir(), Database: w.app.Config.Database, Now: w.tick.Now}); full.Database != "" {
			if _, err := app.Restore(ctx, full, path, app.RestoreOptions{}); !errors.Is(err, backup.ErrNotEmpty) {
				t.Errorf("into a database with rows: %v", err)
			}
		}
		whole, err := os.ReadFile(path)
		w.must(err)
		torn := bytes.Clone(whole)
		torn[len(torn)*9/10] ^= 1
		bad := filepath.Join(t.TempDir(), "torn.tar")
		w.must(os.WriteFile(bad, torn, 0o600))
		c := w.place()
		if _, err := app.Restore(ctx, c, bad, app.RestoreOptions{}); !errors.Is(err, backup.ErrDamaged) {
			t.Errorf("a damaged one: %v", err)
		}
		if _, err := app.Open(ctx, c); !errors.Is(err, app.ErrUnfinished) || !strings.Contains(err.Error(), "candor restore "+bad) {
			t.Errorf("Open = %v; want that the restore is to be begun again", err)
		}
		if _, err := app.Backup(ctx, c, filepath.Join(t.TempDir(), "x"), false, "", nil); !errors.Is(err, app.ErrUnfinished) {
			t.Errorf("Backup = %v; want that there is only half a place", err)
		}
		_, err = app.Restore(ctx, c, path, app.RestoreOptions{})
		w.must(err)
		// It ended after the rows were in, before the folder was whole.
		w.must(os.WriteFile(filepath.Join(c.Data, app.Unfinished), nil, 0o600))
		_, err = app.Restore(ctx, c, path, app.RestoreOptions{})
		w.must(err)
		a := reopen(t, c)
		if _, err := a.Assessments.Tree(ctx, w.here.org.ID, w.here.published); err != nil {
			t.Errorf("the files of a version: %v", err)
		}
	})
}

// The key comes along only when it is asked for; without it a restore asks, takes no other, and does without only when it is told to.
func TestBackupKey(t *testing.T) {
	t.Parallel()
	w := makeWorld(t, "")
	bare, with := w.backup("bare.tar", false, nil), w.backup("with.tar", true, nil)
	key, err := os.ReadFile(filepath.Join(w.app.Config.Data, "secret.key"))
	w.must(err)
	for path, want := range map[string]bool{bare: false, with: true} {
		raw, err := os.ReadFile(path)
		w.must(err)
		if got := bytes.Contains(raw, bytes.TrimSpace(key)); got != want {
			t.Errorf("%s holds the key: %v; want %v", filepath.Base(path), got, want)
		}
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s can be read by others: %v, %v", filepath.Base(path), info.Mode(), err)
		}
	}
	other := filepath.Join(t.TempDir(), "other.key")
	_, err = secret.Load(other)
	w.must(err)
	for _, c := range []struct {
		name  string
		from  string
		o     app.RestoreOptions
		opens bool
		says  string
	}{
		{"without", bare, app.RestoreOptions{}, false, "--key FILE"},
		{"another", bare, app.RestoreOptions{Key: other}, false, "is not the one of the installation"},
		{"another, though it is inside", with, app.RestoreOptions{Key: other}, false, "is not the one of the installation"},
		{"the right one", bare, app.RestoreOptions{Key: filepath.Join(w.app.Config.Data, "secret.key")}, true, ""},
		{"a new one", bare, app.RestoreOptions{NewKey: true}, false, ""},
		{"inside", with, app.RestoreOptions{}, true, ""},
	} {
		place := app.Config{Data: filepath.Join(t.TempDir(), "restored"), Now: w.tick.Now}
		_, err := app.Restore(ctx, place, c.from, c.o)
		if c.says != "" {
			if err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%s: %v; want %q", c.name, err, c.says)
			}
			if _, err := os.Stat(place.Data); err == nil {
				t.Errorf("%s: something was written", c.name)
			}
			continue
		}
		w.must(err, c.name)
		a := reopen(t, place)
		if _, err := a.Openings.Enter(ctx, a.Openings.Secret(w.here.blind.inv), ""); (err == nil) != c.opens {
			t.Errorf("%s: a link made anew: %v; want that it opens: %v", c.name, err, c.opens)
		}
		if _, err := a.Openings.Enter(ctx, w.secrets["i"], ""); err != nil {
			t.Errorf("%s: a link that was sent: %v", c.name, err)
		}
	}
}

// A disk without room for a backup, or for what is restored, is told, and a backup that did not fit leaves nothing.
func TestBackupOnAFullDisk(t *testing.T) {
	t.Parallel()
	w := makeWorld(t, "")
	path := w.backup("candor.tar", true, nil)
	small := disktest.Small(t, 64<<10)
	if _, err := app.Backup(ctx, w.where(), filepath.Join(small, "x.tar"), true, "", nil); err == nil || !strings.Contains(err.Error(), "is full. Nothing was left there.") {
		t.Errorf("Backup = %v; want that the disk is full", err)
	}
	if left, err := os.ReadDir(small); len(left) > 0 || err != nil {
		t.Errorf("%v is left there, %v", left, err)
	}
	small = disktest.Small(t, 512<<10)
	if _, err := app.Restore(ctx, app.Config{Data: filepath.Join(small, "new")}, path, app.RestoreOptions{}); err == nil || !strings.Contains(err.Error(), "begin the restore again") {
		t.Errorf("Restore = %v; want that the disk is full", err)
	}
}

// Every stored file is named by a column that the inventories say names files; else a backup would leave it out.
func TestEveryFileIsNamed(t *testing.T) {
	t.Parallel()
	w := makeWorld(t, "")
	named := map[string]bool{}
	w.must(backup.Named(ctx, w.app.DB, app.Refs(), func(f backup.File) error { named[f.String()] = true; return nil }))
	n := 0
	for _, s := range []*side{w.here, w.there} {
		for _, class := range blob.Classes {
			w.must(w.app.Blobs.List(ctx, s.org.ID, class, func(h blob.Hash, _ int64) error {
				n++
				if f := (backup.File{Org: s.org.ID, Class: class, Hash: h}); !named[f.String()] {
					t.Errorf("no column names %s: give it db.Column.File", f)
				}
				return nil
			}))
		}
	}
	if n < 10 {
		t.Errorf("only %d files are stored", n)
	}
}

// What doctor looks for: files that are gone or changed.
func TestFilesAreLookedFor(t *testing.T) {
	t.Parallel()
	w := makeWorld(t, "")
	var all []backup.File
	w.must(backup.Named(ctx, w.app.DB, app.Refs(), func(f backup.File) error { all = append(all, f); return nil }))
	path := func(f backup.File) string {
		return filepath.Join(w.app.Config.Data, "files", f.Org, string(f.Class), string(f.Hash[:2]), string(f.Hash))
	}
	w.must(os.Remove(path(all[0])))
	w.must(os.WriteFile(path(all[1]), []byte("other"), 0o600))
	for deep, want := range map[bool][]backup.Absent{false: {{File: all[0], Why: backup.Missing}}, true: {{File: all[0], Why: backup.Missing}, {File: all[1], Why: backup.Damaged}}} {
		n, bad, err := app.Files(ctx, w.where(), deep, nil)
		if err != nil || n != len(all) || len(bad) != len(want) || bad[0] != want[0] || bad[len(bad)-1] != want[len(want)-1] {
			t.Errorf("deep %v: %d files, %v, %v; want %v", deep, n, bad, err, want)
		}
	}
}
