package backup

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"

	"candor/internal/blob"
	"candor/internal/db"
	"candor/internal/job"
)

// Place is where a backup is unpacked.
type Place struct {
	DB       *db.DB // migrated to the backup's step, without any row
	Filled   bool   // the rows are there already: only files are unpacked
	Jobs     *job.Jobs
	Blobs    blob.Store // what is there already stays
	Progress func(done, total int, what string)
}

// Unpacked is what came out of a backup beside rows and files.
type Unpacked struct {
	Report
	Key   []byte // of the installation; nil when it was left out
	Notes []byte
}

// Restore unpacks a backup. Rows are on PostgreSQL only there when it says nil; the place is not to be used before that. Afterwards every file that a
// row names is there, but for those that the backup says are absent. ErrDamaged, ErrDiffers.
func (a *Archive) Restore(ctx context.Context, p Place, refs []Ref) (out Unpacked, err error) {
	out.Header, out.Bytes = a.Header, a.Size
	if out.Absent, err = a.Absent(); err != nil {
		return out, err
	}
	progress, total := p.Progress, 0
	for _, t := range a.Header.Tables {
		total += int(t.Rows)
	}
	if progress == nil {
		progress = func(int, int, string) {}
	}
	u := unpacking{Archive: a, Place: p, out: &out, rows: map[string]int64{}, told: func(what string) { progress(int(out.Rows), total, what) }}
	if p.Filled {
		err = a.Each(ctx, func(name string, _ int64, r io.Reader) error { return u.entry(ctx, nil, name, r) })
	} else {
		err = p.DB.Fill(ctx, func(f *db.Filling) error {
			if err := a.Each(ctx, func(name string, _ int64, r io.Reader) error { return u.entry(ctx, f, name, r) }); err != nil {
				return err
			}
			for _, t := range a.Header.Tables {
				if u.rows[t.Name] != t.Rows {
					return damaged("%s has %d rows in it and should have %d.", t.Name, u.rows[t.Name], t.Rows)
				}
			}
			return nil
		})
	}
	if err != nil {
		return out, err
	}
	lost, err := a.lost(ctx, p, refs, out.Absent)
	if err == nil && len(lost) > 0 {
		err = damaged("%s is missing in it.", filesName+lost[0].String())
	}
	return out, err
}

// unpacking is a restore under way.
type unpacking struct {
	*Archive
	Place
	out  *Unpacked
	rows map[string]int64 // of each table
	told func(what string)
}

// entry unpacks one entry; rows and jobs only with somewhere to fill them in.
func (u *unpacking) entry(ctx context.Context, f *db.Filling, name string, r io.Reader) (err error) {
	if want, ok := file(name); ok {
		u.out.Files++
		h, _, err := u.Blobs.PutReader(ctx, want.Org, want.Class, r)
		if err == nil && h != want.Hash {
			err = damaged("the bytes of %s are not those of its name.", name)
		}
		return err
	}
	switch name {
	case headName:
		return nil
	case keyName:
		u.out.Key, err = io.ReadAll(r)
		return err
	case notesName:
		u.out.Notes, err = io.ReadAll(r)
		return err
	}
	t, jobs, ok := u.Archive.entry(name)
	switch {
	case !ok:
		return damaged("it holds %s, which is nothing of Candor's.", name)
	case f == nil:
		return nil
	case jobs:
		tx, err := f.Tx(ctx)
		if err != nil {
			return err
		}
		return unpack(r, func(text []byte) error {
			u.out.Jobs++
			var w job.Waiting
			if err := json.Unmarshal(text, &w); err != nil {
				return err
			}
			return u.Jobs.Wait(ctx, tx, w)
		})
	}
	defer u.told(t.Name)
	return unpack(r, func(text []byte) error {
		row, err := decode(text, t.Columns)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		u.rows[t.Name]++
		u.out.Rows++
		return f.Add(ctx, t.Table, row)
	})
}

// lost are files that rows name, that are not there, and of which the backup does not say so.
func (a *Archive) lost(ctx context.Context, p Place, refs []Ref, absent []Absent) (out []File, err error) {
	err = p.DB.Picture(ctx, func(pic *db.Picture) error {
		for f, err := range named(ctx, pic, refs) {
			if err != nil {
				return err
			}
			if slices.ContainsFunc(absent, func(a Absent) bool { return a.File == f }) {
				continue
			}
			r, err := p.Blobs.Open(ctx, f.Org, f.Class, f.Hash)
			if err != nil {
				out = append(out, f)
				continue
			}
			r.Close()
		}
		return nil
	})
	return out, err
}

// Named are the files that rows name, each once, in order.
func Named(ctx context.Context, d *db.DB, refs []Ref, fn func(File) error) error {
	return d.Picture(ctx, func(p *db.Picture) error {
		for f, err := range named(ctx, p, refs) {
			if err != nil {
				return err
			}
			if err := fn(f); err != nil {
				return err
			}
		}
		return nil
	})
}

func named(ctx context.Context, p *db.Picture, refs []Ref) iter.Seq2[File, error] {
	var asks []string
	for _, r := range refs {
		asks = append(asks, fmt.Sprintf(`SELECT DISTINCT org_id, '%s', "%s" FROM "%s" WHERE "%[2]s" <> ''`, r.Class, r.Column, r.Table))
	}
	return func(yield func(File, error) bool) {
		if len(asks) == 0 {
			return
		}
		var f File
		for err := range p.Query(ctx, strings.Join(asks, " UNION ")+" ORDER BY 1, 2, 3", &f.Org, &f.Class, &f.Hash) {
			if !yield(f, err) || err != nil {
				return
			}
		}
	}
}

// most is how many differences are told.
const most = 10

// Compare tells the first differences between what a backup holds and a place, none when it is the same; texts of people are not among the words.
// ErrDamaged.
func (a *Archive) Compare(ctx context.Context, p Place) (out []string, err error) {
	err = p.DB.Picture(ctx, func(pic *db.Picture) error {
		here := map[string]db.Table{}
		for _, t := range pic.Tables {
			here[t.Name] = t
		}
		for _, t := range a.Header.Tables {
			if have, ok := here[t.Name]; !ok || !slices.Equal(have.Columns, t.Columns) || !slices.Equal(have.Key, t.Key) {
				out = append(out, fmt.Sprintf("the table %s is another one", t.Name))
			}
			delete(here, t.Name)
		}
		for name := range here {
			out = append(out, fmt.Sprintf("the table %s is not in the backup", name))
		}
		if len(out) > 0 {
			return nil
		}
		c := comparison{ctx: ctx, pic: pic, say: func(format string, args ...any) {
			if len(out) < most {
				out = append(out, fmt.Sprintf(format, args...))
			}
		}}
		defer c.stop()
		left := a.Header.Tables
		// until goes on to a table; those before it have no more rows in the backup.
		until := func(name string) {
			for len(left) > 0 && left[0].Name != name {
				if !left[0].Left {
					c.over(left[0].Table)
				}
				left = left[1:]
			}
		}
		var jobs [][]byte
		err := a.Each(ctx, func(name string, _ int64, r io.Reader) error {
			if _, ok := file(name); ok {
				return nil
			}
			t, isJobs, ok := a.entry(name)
			if !ok {
				return nil
			}
			return unpack(r, func(text []byte) error {
				if isJobs {
					jobs = append(jobs, bytes.Clone(text))
					return nil
				}
				until(t.Name)
				return c.row(t.Table, text)
			})
		})
		if err != nil {
			return err
		}
		until("")
		c.jobs(jobs)
		return c.err
	})
	return out, err
}

// comparison holds the rows of the place beside those of the backup.
type comparison struct {
	ctx   context.Context
	pic   *db.Picture
	say   func(format string, args ...any)
	table string
	next  func() ([]any, error, bool)
	end   func()
	err   error
}

func (c *comparison) stop() {
	if c.end != nil {
		c.end()
	}
	c.end, c.table = nil, ""
}

func (c *comparison) at(t db.Table) {
	if c.table == t.Name {
		return
	}
	c.stop()
	c.table = t.Name
	c.next, c.end = iter.Pull2(c.pic.Rows(c.ctx, t))
}

// row compares the next row of a table.
func (c *comparison) row(t db.Table, text []byte) error {
	c.at(t)
	want, err := decode(text, t.Columns)
	if err != nil {
		return err
	}
	have, err, ok := c.next()
	if err != nil {
		return err
	}
	if !ok {
		c.say("%s %s is missing", t.Name, key(t, want))
		return nil
	}
	for i, f := range t.Columns {
		if !equal(want[i], have[i]) {
			c.say("%s %s: %s differs", t.Name, key(t, want), f.Name)
			break
		}
	}
	return nil
}

// over says that the backup has no more rows of a table.
func (c *comparison) over(t db.Table) {
	c.at(t)
	have, err, ok := c.next()
	c.err = errors.Join(c.err, err)
	if ok && err == nil {
		c.say("%s %s is not in the backup", t.Name, key(t, have))
	}
	c.stop()
}

func (c *comparison) jobs(want [][]byte) {
	n := 0
	err := job.Waits(c.ctx, c.pic.Tx(), func(w job.Waiting) error {
		have, err := json.Marshal(w)
		if n >= len(want) || !bytes.Equal(bytes.TrimSpace(want[n]), have) {
			c.say("job %d differs", n+1)
		}
		n++
		return err
	})
	c.err = errors.Join(c.err, err)
	if n < len(want) {
		c.say("%d jobs are missing", len(want)-n)
	}
}

func equal(a, b any) bool {
	x, ok := a.([]byte)
	y, both := b.([]byte)
	if ok && both {
		return bytes.Equal(x, y)
	}
	return ok == both && a == b
}

// key is what tells a row from others: ids and names of columns, no texts of people.
func key(t db.Table, row []any) string {
	var out []string
	for i, f := range t.Columns {
		if slices.Contains(t.Key, f.Name) {
			out = append(out, fmt.Sprint(row[i]))
		}
	}
	return strings.Join(out, "/")
}
