package backup_test

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"candor/internal/backup"
	"candor/internal/blob"
	"candor/internal/db"
	"candor/internal/db/dbtest"
	"candor/internal/job"
	"candor/internal/problem"
)

var ctx = context.Background()

const step = 20261124000001

// The children's table comes before their parents' by name.
var schema fs.FS = fstest.MapFS{"schema/20261124000001_harbour.sql": {Data: []byte(`-- +goose Up
CREATE TABLE ships (
	org_id TEXT NOT NULL,
	id     TEXT NOT NULL,
	name   TEXT NOT NULL,
	afloat BOOLEAN NOT NULL,
	length BIGINT,
	PRIMARY KEY (org_id, id)
);
CREATE TABLE berths (
	org_id  TEXT NOT NULL,
	ship_id TEXT NOT NULL,
	n       BIGINT NOT NULL,
	chart   TEXT NOT NULL,
	PRIMARY KEY (org_id, ship_id, n),
	FOREIGN KEY (org_id, ship_id) REFERENCES ships (org_id, id)
);
CREATE TABLE harbours (
	id     TEXT PRIMARY KEY,
	org_id TEXT NOT NULL
);
CREATE TABLE passes (
	hash TEXT PRIMARY KEY
);
CREATE TABLE done (
	org_id TEXT NOT NULL,
	id     TEXT NOT NULL,
	times  BIGINT NOT NULL,
	PRIMARY KEY (org_id, id)
);
`)}}

var refs = []backup.Ref{{Table: "berths", Column: "chart", Class: blob.Package}}

type note struct {
	Z, A string
	N    int64
}

const sail = job.Task[note]("ship.sail")

// harbour is an installation.
type harbour struct {
	t     *testing.T
	d     *db.DB
	jobs  *job.Jobs
	blobs blob.Disk
	ran   []string
}

// walled is PostgreSQL for a role that row level security holds.
const walled db.Engine = "postgres behind the wall"

// open opens one, migrated, on an engine.
func open(t *testing.T, e db.Engine) *harbour {
	t.Helper()
	h := &harbour{t: t, blobs: blob.Disk{Dir: t.TempDir()}}
	switch e {
	case db.SQLite:
		h.d, _ = dbtest.Open(t, schema)
	case db.PostgreSQL:
		h.d, _ = dbtest.OpenPostgres(t, schema)
	case walled:
		h.d = openWalled(t)
	}
	var err error
	h.jobs, err = job.New(h.d, job.Options{})
	h.must(err)
	job.Work(h.jobs, sail, job.Judge, func(_ context.Context, n note) error {
		h.ran = append(h.ran, fmt.Sprint(n.A, n.N))
		return nil
	})
	job.Every(h.jobs, "harbour.sweep", 1e9, job.Housekeeping, func(context.Context) error { return nil })
	return h
}

// openWalled is a database whose owner is an ordinary role.
func openWalled(t *testing.T) *db.DB {
	t.Helper()
	must := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	address, err := url.Parse(dbtest.Database(t))
	must(err)
	admin, err := db.Open(ctx, address.String(), db.Options{})
	must(err)
	defer admin.Close()
	_, err = admin.Pool().Exec(ctx, `DO $$ BEGIN CREATE ROLE candor_walled LOGIN NOSUPERUSER NOBYPASSRLS; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$`)
	must(err)
	_, err = admin.Pool().Exec(ctx, `GRANT ALL ON SCHEMA public TO candor_walled`)
	must(err)
	address.User = url.User("candor_walled")
	d, err := db.Open(ctx, address.String(), db.Options{Now: dbtest.NewClock().Now})
	must(err)
	t.Cleanup(func() { d.Close() })
	must(d.Migrate(ctx, []fs.FS{schema}, job.Migrate(d)))
	return d
}

func (h *harbour) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *harbour) write(org string, fn func(tx db.Tx) error) {
	h.t.Helper()
	h.must(h.d.Write(ctx, org, fn))
}

// odd is what text can be.
var odd = []string{"", "plain", `"quoted" \ <tag> & more`, "Zoë 🚢 \u2028 line\nline\ttab", strings.Repeat("a long one ", 60_000), "Z", "a", "ä", "_", "-"}

// fill puts two organisations in.
func (h *harbour) fill() {
	h.t.Helper()
	for _, org := range []string{"org_b", "org_a", "org_B"} {
		h.write(org, func(tx db.Tx) error {
			chart, err := h.blobs.Put(ctx, org, blob.Package, []byte("chart of "+org))
			if err != nil {
				return err
			}
			for i, name := range odd {
				var length any
				if i%2 == 0 {
					length = int64(1)<<53 + int64(i) // more than a float holds
				}
				if _, err := tx.Exec(ctx, `INSERT INTO ships (org_id, id, name, afloat, length) VALUES ($1, $2, $3, $4, $5)`, org, fmt.Sprintf("ship%.1s%d", name, i), name, i%3 == 0, length); err != nil {
					return err
				}
			}
			for i := range 300 {
				named := ""
				if i%100 == 0 {
					named = string(chart)
				}
				if _, err := tx.Exec(ctx, `INSERT INTO berths (org_id, ship_id, n, chart) VALUES ($1, 'shipp1', $2, $3)`, org, i, named); err != nil {
					return err
				}
			}
			return sail.Enqueue(ctx, h.jobs, tx, note{Z: "z", A: org, N: 1<<52 + 1}, job.Unique(org))
		})
		h.must(h.d.Installation(ctx, func(tx db.Tx) error {
			_, err := tx.Exec(ctx, `INSERT INTO harbours (id, org_id) VALUES ($1, $1)`, org)
			return err
		}))
	}
	h.must(h.d.Installation(ctx, func(tx db.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO passes (hash) VALUES ('secret')`)
		return err
	}))
}

func (h *harbour) source() backup.Source {
	return backup.Source{DB: h.d, Blobs: h.blobs, Refs: refs, Leave: []string{"passes"}, Program: "test",
		Notes: func(context.Context) ([]byte, error) { return []byte(`{"said":"this"}`), nil }}
}

// backup writes one to a file.
func (h *harbour) backup(s backup.Source) (string, backup.Report) {
	h.t.Helper()
	dir := h.t.TempDir()
	path := filepath.Join(dir, "backup.tar")
	f, err := os.Create(path)
	h.must(err)
	r, err := backup.Write(ctx, f, s, dir)
	h.must(errors.Join(err, f.Close()))
	left, err := os.ReadDir(dir)
	if len(left) != 1 || err != nil {
		h.t.Errorf("%d files are left beside the backup, %v", len(left)-1, err)
	}
	return path, r
}

func read(t *testing.T, path string) *backup.Archive {
	t.Helper()
	a, err := backup.Open(path, step)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	return a
}

func (h *harbour) restore(path string) backup.Unpacked {
	h.t.Helper()
	out, err := read(h.t, path).Restore(ctx, backup.Place{DB: h.d, Jobs: h.jobs, Blobs: h.blobs}, refs)
	h.must(err)
	return out
}

func (h *harbour) compare(path string) []string {
	h.t.Helper()
	out, err := read(h.t, path).Compare(ctx, backup.Place{DB: h.d, Jobs: h.jobs, Blobs: h.blobs})
	h.must(err)
	return out
}

// content is every entry of a backup but the head, which says when it was made.
func content(t *testing.T, path string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := read(t, path).Each(ctx, func(name string, _ int64, r io.Reader) error {
		sum := sha256.New()
		_, err := io.Copy(sum, r)
		out[name] = hex.EncodeToString(sum.Sum(nil))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	delete(out, "candor-backup.json")
	return out
}

// From each engine to each: what was restored is what was backed up, its own backup has the same bytes, and what waited runs once.
func TestThereAndBack(t *testing.T) {
	for _, from := range []db.Engine{db.SQLite, db.PostgreSQL, walled} {
		for _, to := range []db.Engine{db.SQLite, db.PostgreSQL, walled} {
			if from == to && from != db.SQLite {
				continue
			}
			t.Run(fmt.Sprint(from, " to ", to), func(t *testing.T) {
				h := open(t, from)
				h.fill()
				path, r := h.backup(h.source())
				if want := int64(3*(len(odd)+300) + 3); r.Rows != want || r.Jobs != 3 || r.Files != 3 || len(r.Absent) != 0 || r.Header.Engine != h.d.Engine || r.Header.Step != step {
					t.Errorf("%d rows, %d jobs, %d files, absent %v, %+v; want %d, 3, 3", r.Rows, r.Jobs, r.Files, r.Absent, r.Header, want)
				}
				there := open(t, to)
				got := there.restore(path)
				if got.Rows != r.Rows || got.Jobs != 3 || got.Files != 3 || string(got.Notes) != `{"said":"this"}` || got.Key != nil {
					t.Errorf("restored %+v", got)
				}
				if d := there.compare(path); len(d) > 0 {
					t.Errorf("differences: %v", d)
				}
				again, _ := there.backup(there.source())
				if a, b := content(t, path), content(t, again); len(a) < 8 || fmt.Sprint(a) != fmt.Sprint(b) {
					t.Errorf("a backup of what was restored holds\n%v\nwant\n%v", b, a)
				}
				there.must(there.d.InstallationRead(ctx, func(tx db.Tx) error {
					n := -1
					err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM passes`).Scan(&n)
					if n != 0 {
						t.Errorf("%d passes came along", n)
					}
					return err
				}))
				there.must(there.jobs.Drain(ctx))
				there.must(there.jobs.Drain(ctx))
				if s := strings.Join(there.ran, " "); s != "org_b4503599627370497 org_a4503599627370497 org_B4503599627370497" {
					t.Errorf("ran %q; want each once, in their order", s)
				}
			})
		}
	}
}

// Rows that change while the backup is written do not come into it.
func TestOneInstant(t *testing.T) {
	for _, e := range []db.Engine{db.SQLite, db.PostgreSQL} {
		t.Run(string(e), func(t *testing.T) {
			h := open(t, e)
			h.fill()
			h.write("org_a", func(tx db.Tx) error {
				for i := range 2000 {
					if _, err := tx.Exec(ctx, `INSERT INTO done (org_id, id, times) VALUES ($1, $2, 0)`, tx.Org, fmt.Sprint(i)); err != nil {
						return err
					}
				}
				return nil
			})
			s := h.source()
			changed := 0
			s.Progress = func(done, total int, what string) {
				if what == "files" {
					return
				}
				changed++
				h.write("org_a", func(tx db.Tx) error {
					_, err := tx.Exec(ctx, `UPDATE done SET times = times + 1`)
					if err == nil {
						_, err = tx.Exec(ctx, `DELETE FROM berths`)
					}
					if err == nil {
						_, err = tx.Exec(ctx, `INSERT INTO done (org_id, id, times) VALUES ($1, $2, 7)`, tx.Org, fmt.Sprint("new", changed))
					}
					return err
				})
			}
			path, _ := h.backup(s)
			if changed == 0 {
				t.Fatal("nothing changed while it was written")
			}
			there := open(t, db.SQLite)
			there.restore(path)
			there.must(there.d.InstallationRead(ctx, func(tx db.Tx) error {
				var n, sum, berths int
				err := tx.QueryRowContext(ctx, `SELECT COUNT(*), SUM(times), (SELECT COUNT(*) FROM berths) FROM done`).Scan(&n, &sum, &berths)
				if n != 2000 || sum != 0 || berths != 900 {
					t.Errorf("%d rows that add up to %d, %d berths; want 2000, 0, 900", n, sum, berths)
				}
				return err
			}))
		})
	}
}

// A file that goes while the backup is made is no failure when its row went too, and is told when a row still names it.
func TestFilesThatAreGone(t *testing.T) {
	for _, c := range []struct {
		name string
		row  bool
		want backup.Why
	}{{"erased meanwhile", true, backup.Erased}, {"lost", false, backup.Missing}} {
		t.Run(c.name, func(t *testing.T) {
			h := open(t, db.SQLite)
			h.fill()
			chart := blob.Hash(fmt.Sprintf("%x", sha256.Sum256([]byte("chart of org_b")))) // the last one in order
			s := h.source()
			s.Progress = func(done, _ int, what string) {
				if what != "files" || done != 1 {
					return
				}
				if c.row {
					h.write("org_b", func(tx db.Tx) error {
						_, err := tx.Exec(ctx, `DELETE FROM berths WHERE org_id = $1`, tx.Org)
						return err
					})
				}
				h.must(h.blobs.Delete(ctx, "org_b", blob.Package, chart))
			}
			path, r := h.backup(s)
			want := []backup.Absent{{File: backup.File{Org: "org_b", Class: blob.Package, Hash: chart}, Why: c.want}}
			if !slices.Equal(r.Absent, want) || r.Files != 2 {
				t.Errorf("absent %v, %d files; want %v, 2", r.Absent, r.Files, want)
			}
			if got := open(t, db.SQLite).restore(path); !slices.Equal(got.Absent, want) || got.Files != 2 {
				t.Errorf("restored: absent %v, %d files; want %v, 2", got.Absent, got.Files, want)
			}
		})
	}
	t.Run("damaged", func(t *testing.T) {
		h := open(t, db.SQLite)
		h.fill()
		chart := fmt.Sprintf("%x", sha256.Sum256([]byte("chart of org_a")))
		h.must(os.WriteFile(filepath.Join(h.blobs.Dir, "org_a", "package", chart[:2], chart), []byte("other"), 0o600))
		if _, r := h.backup(h.source()); len(r.Absent) != 1 || r.Absent[0].Why != backup.Damaged || r.Absent[0].Hash != blob.Hash(chart) {
			t.Errorf("absent %v; want the damaged one", r.Absent)
		}
	})
}

// small is a backup of a few rows, in one piece.
func small(t *testing.T) []byte {
	h := open(t, db.SQLite)
	h.write("org_a", func(tx db.Tx) error {
		chart, err := h.blobs.Put(ctx, tx.Org, blob.Package, []byte("a chart"))
		if err == nil {
			_, err = tx.Exec(ctx, `INSERT INTO ships (org_id, id, name, afloat) VALUES ($1, 's1', 'Anna', true)`, tx.Org)
		}
		if err == nil {
			_, err = tx.Exec(ctx, `INSERT INTO berths (org_id, ship_id, n, chart) VALUES ($1, 's1', 1, $2)`, tx.Org, string(chart))
		}
		return err
	})
	path, _ := h.backup(h.source())
	whole, err := os.ReadFile(path)
	h.must(err)
	return whole
}

// look reads a backup as a restore would; nothing of it is kept.
func look(t *testing.T, data []byte) error {
	t.Helper()
	path := filepath.Join(t.TempDir(), "backup.tar")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	a, err := backup.Open(path, step)
	if err != nil {
		return err
	}
	defer a.Close()
	return a.Each(ctx, func(string, int64, io.Reader) error { return nil })
}

// There is no byte that could change unnoticed, and no place where the file could be cut off.
func TestEveryByteCounts(t *testing.T) {
	whole := small(t)
	if err := look(t, whole); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "backup.tar")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	seen := map[string]int{}
	check := func(what string, at int) {
		a, err := backup.Open(path, step)
		if err == nil {
			err = a.Each(ctx, func(string, int64, io.Reader) error { return nil })
			a.Close()
		}
		p, ok := problem.As(err)
		if !ok {
			t.Fatalf("%s at %d: %v; want a sentence", what, at, err)
		}
		seen[p.Code]++
	}
	if _, err := f.Write(whole); err != nil {
		t.Fatal(err)
	}
	for i := range whole {
		f.WriteAt([]byte{whole[i] ^ 1<<(i%8)}, int64(i))
		check("a flipped bit", i)
		f.WriteAt(whole[i:i+1], int64(i))
	}
	for n := len(whole) - 1; n >= 0; n -= 7 {
		if err := f.Truncate(int64(n)); err != nil {
			t.Fatal(err)
		}
		check("cut off", n)
	}
	for _, code := range []string{"backup_damaged", "backup_cut", "backup_none"} {
		if seen[code] == 0 {
			t.Errorf("nothing was told as %s: %v", code, seen)
		}
	}
}

// Each way in which a backup cannot be used has its sentence.
func TestWhatIsWrong(t *testing.T) {
	whole := small(t)
	flip := func(of string) []byte {
		i := bytes.Index(whole, []byte(of))
		if i < 0 {
			t.Fatalf("%q is not in it", of)
		}
		out := bytes.Clone(whole)
		out[i] ^= 1
		return out
	}
	newer := bytes.Replace(whole, []byte(`"format": 1`), []byte(`"format": 2`), 1)
	later := bytes.Replace(whole, []byte(`"step": 20261124000001`), []byte(`"step": 20261124000002`), 1)
	without := func(prefix string) []byte { // an archive in which one entry is left out, and the rest is as it was
		r := bytes.NewReader(whole)
		tr := tar.NewReader(r)
		before := int64(0)
		for {
			h, err := tr.Next()
			if err != nil {
				t.Fatal(err)
			}
			if strings.HasPrefix(h.Name, prefix) {
				after := before + 512 + (h.Size+511)/512*512
				return slices.Concat(whole[:before], whole[after:])
			}
			before += 512 + (h.Size+511)/512*512
		}
	}
	for _, c := range []struct {
		name string
		data []byte
		want error
		says string
	}{
		{"empty", nil, backup.ErrNone, "not a backup of Candor"},
		{"a zip", []byte("PK\x03\x04 something"), backup.ErrNone, "not a backup of Candor"},
		{"half", whole[:len(whole)/2], backup.ErrCut, "was cut off"},
		{"a newer format", newer, backup.ErrNewer, "made by a newer Candor (test). Update Candor here first."},
		{"a newer schema", later, backup.ErrNewer, "made by a newer Candor (test)"},
		{"a byte of a file", flip("a chart"), backup.ErrDamaged, "the bytes of files/org_a/package/"},
		{"a byte of rows", flip("\x1f\x8b"), backup.ErrDamaged, "the bytes of tables/ships/000001.jsonl.gz changed"},
		{"without a file", without("files/"), backup.ErrDamaged, "list cannot be read"},
	} {
		err := look(t, c.data)
		if p, ok := problem.As(err); !ok || !errors.Is(err, c.want) || !strings.Contains(p.Text, c.says) {
			t.Errorf("%s: %v; want %v, %q", c.name, err, c.want, c.says)
		}
	}
}

// What differs is told by ids, and without what people wrote.
func TestCompareTells(t *testing.T) {
	for _, e := range []db.Engine{db.SQLite, db.PostgreSQL} {
		t.Run(string(e), func(t *testing.T) {
			h := open(t, e)
			h.fill()
			path, _ := h.backup(h.source())
			for _, c := range []struct{ change, undo, want string }{
				{`UPDATE ships SET name = 'other' WHERE id = 'shipp1'`, `UPDATE ships SET name = 'plain' WHERE id = 'shipp1'`, "[ships org_a/shipp1: name differs]"},
				{`UPDATE ships SET afloat = NOT afloat WHERE id = 'shipp1'`, `UPDATE ships SET afloat = NOT afloat WHERE id = 'shipp1'`, "[ships org_a/shipp1: afloat differs]"},
				{`INSERT INTO ships (org_id, id, name, afloat) VALUES ('org_a', 'shipq', 'x', true)`, `DELETE FROM ships WHERE id = 'shipq'`, ""},
				{`DELETE FROM berths WHERE n = 299`, `INSERT INTO berths (org_id, ship_id, n, chart) VALUES ('org_a', 'shipp1', 299, '')`, ""},
				{`INSERT INTO done (org_id, id, times) VALUES ('org_a', 'x', 1)`, `DELETE FROM done`, "[done org_a/x is not in the backup]"},
			} {
				exec := func(q string) {
					h.write("org_a", func(tx db.Tx) error {
						if strings.HasPrefix(q, "INSERT") {
							_, err := tx.Exec(ctx, q)
							return err
						}
						if strings.Contains(q, "WHERE") {
							q += " AND org_id = 'org_a'"
						}
						_, err := tx.Exec(ctx, q)
						return err
					})
				}
				exec(c.change)
				got := fmt.Sprint(h.compare(path))
				if got == "[]" || c.want != "" && got != c.want || strings.Contains(got, "plain") {
					t.Errorf("%s: %s; want %s", c.change, got, c.want)
				}
				exec(c.undo)
			}
			if got := h.compare(path); len(got) > 0 {
				t.Errorf("nothing was changed: %v", got)
			}
			h.must(h.jobs.Drain(ctx))
			if got := fmt.Sprint(h.compare(path)); got != "[3 jobs are missing]" {
				t.Errorf("without jobs: %s", got)
			}
		})
	}
}

// A place that has something already, or that lacks what a row names, is not taken for restored.
func TestRestoreRefuses(t *testing.T) {
	h := open(t, db.SQLite)
	h.fill()
	path, _ := h.backup(h.source())
	if _, err := read(t, path).Restore(ctx, backup.Place{DB: h.d, Jobs: h.jobs, Blobs: h.blobs}, refs); err == nil {
		t.Error("it was restored over what was there")
	}
	s := h.source()
	s.Refs = nil // a backup by a program that forgot files
	path, _ = h.backup(s)
	if _, err := read(t, path).Restore(ctx, backup.Place{DB: open(t, db.SQLite).d, Jobs: h.jobs, Blobs: blob.Disk{Dir: t.TempDir()}}, refs); !errors.Is(err, backup.ErrDamaged) || !strings.Contains(err.Error(), "files/org_B/package/") {
		t.Errorf("Restore = %v; want the missing file", err)
	}
}
