package repo

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"candor/internal/blob"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/git"
	"candor/internal/job"
	"candor/internal/repo/internal/query"
)

// grace is how long a file stays that no row names: whoever has read rows that named it may still come for it, and a push that has begun is long
// over by then.
const grace = 24 * time.Hour

// errGoing: a file is being removed that was to be named.
var errGoing = errors.New("repo: a file of this pack is just being removed")

// commit makes the files of a pack durable, and then runs land, in which name is called. The files' row is written first, so that whatever happens
// in between they are collected; and a file that is being removed in that moment is put again. The zero Pack has no files.
func (rs *Repos) commit(ctx context.Context, s snapshot, pack git.Pack, land func(tx db.Tx, row query.PacksRow) error) (query.PacksRow, error) {
	if pack.Objects == 0 {
		return query.PacksRow{}, rs.DB.Write(ctx, s.Org, func(tx db.Tx) error { return land(tx, query.PacksRow{}) })
	}
	for try := 1; ; try++ {
		row, err := rs.keep(ctx, s, pack)
		if err == nil {
			err = rs.DB.Write(ctx, s.Org, func(tx db.Tx) error { return land(tx, row) })
		}
		if !errors.Is(err, errGoing) || try == 5 {
			return row, err
		}
		select {
		case <-ctx.Done():
			return row, ctx.Err()
		case <-time.After(time.Duration(try) * 50 * time.Millisecond):
		}
	}
}

// keep puts a pack's files into the blob store. When it returns they are synced.
func (rs *Repos) keep(ctx context.Context, s snapshot, pack git.Pack) (query.PacksRow, error) {
	row := query.PacksRow{Name: string(pack.Hash)}
	for _, f := range []struct {
		ext  string
		hash *string
	}{{"pack", &row.PackHash}, {"idx", &row.IndexHash}} {
		sum, n, err := hashFile(pack.File(f.ext))
		if err != nil {
			return row, err
		}
		*f.hash = sum
		row.Bytes += n
	}
	if s.ID != "" && s.Bytes+row.Bytes > s.Quota {
		return row, ErrQuota
	}
	if row.Bytes > roomy && rs.Room != nil {
		if err := rs.Room(); err != nil {
			return row, err
		}
	}
	err := rs.DB.Write(ctx, s.Org, func(tx db.Tx) error {
		for _, h := range []string{row.PackHash, row.IndexHash} {
			n, err := query.New(tx).Claim(ctx, s.Org, h, clock.Milli(rs.DB.Now()))
			if err != nil {
				return err
			}
			if n == 0 {
				return errGoing
			}
		}
		return nil
	})
	if err != nil {
		return row, err
	}
	for ext, want := range map[string]string{"pack": row.PackHash, "idx": row.IndexHash} {
		if err := rs.put(ctx, s.Org, pack.File(ext), want); err != nil {
			return row, err
		}
	}
	return row, nil
}

func (rs *Repos) put(ctx context.Context, org, path, want string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	got, _, err := rs.Blobs.PutReader(ctx, org, blob.Pack, f)
	if err == nil && string(got) != want {
		err = fmt.Errorf("a pack changed while it was kept: %s is not %s", got, want)
	}
	return err
}

func hashFile(path string) (string, int64, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", 0, err
	}
	defer f.Close()
	sum := sha256.New()
	n, err := io.Copy(sum, f)
	return hex.EncodeToString(sum.Sum(nil)), n, err
}

// name makes a row name a pack's files, in the transaction whose guarded write holds the repository.
func (rs *Repos) name(ctx context.Context, tx db.Tx, r ID, row query.PacksRow) error {
	if err := rs.named(ctx, tx, row); err != nil {
		return err
	}
	return query.New(tx).AddPack(ctx, query.AddPackParams{OrgID: tx.Org, RepositoryID: string(r), Name: row.Name, PackHash: row.PackHash, IndexHash: row.IndexHash, Bytes: row.Bytes})
}

// named takes a pack's files off the list of those that nothing names; errGoing when they are not on it.
func (rs *Repos) named(ctx context.Context, tx db.Tx, row query.PacksRow) error {
	q := query.New(tx)
	for _, h := range []string{row.PackHash, row.IndexHash} {
		n, err := q.Named(ctx, tx.Org, h)
		if err != nil {
			return err
		}
		if n == 0 {
			return errGoing // or somebody else named the same bytes a moment ago
		}
	}
	return nil
}

// collectNote says in which organisation.
type collectNote struct {
	Org string `json:"org"`
}

const (
	collect     = job.Task[collectNote]("repo.collect")
	consolidate = job.Task[consolidateNote]("repo.consolidate")
)

// Listen registers what is done later.
func (rs *Repos) Listen() {
	job.Work(rs.Jobs, collect, job.Housekeeping, func(ctx context.Context, n collectNote) error { return rs.Collect(ctx, n.Org) })
	job.Work(rs.Jobs, consolidate, job.Housekeeping, rs.consolidate)
}

// Collect removes the files that no row has named for a day, or that were erased.
func (rs *Repos) Collect(ctx context.Context, org string) error {
	before := clock.Milli(rs.DB.Now().Add(-grace))
	var all []string
	err := rs.DB.Read(ctx, org, func(tx db.Tx) (err error) {
		all, err = query.New(tx).Unnamed(ctx, org, before)
		return err
	})
	if err != nil {
		return err
	}
	for _, h := range all {
		if err := rs.remove(ctx, org, h, before); err != nil {
			return err
		}
	}
	return nil
}

// remove takes one file away, unless a row names it by now. Its own row goes last, so that a removal that broke off is done again.
func (rs *Repos) remove(ctx context.Context, org, h string, before int64) error {
	named := false
	err := rs.DB.Write(ctx, org, func(tx db.Tx) error {
		q := query.New(tx)
		n, err := q.Going(ctx, org, h, before)
		if named = n == 0; err != nil || !named {
			return err
		}
		k, err := q.Names(ctx, org, h)
		if err != nil || k == 0 {
			return err // somebody claims it anew
		}
		_, err = q.Gone(ctx, org, h)
		return err
	})
	if err != nil || named {
		return err
	}
	if err := rs.Blobs.Delete(ctx, org, blob.Pack, blob.Hash(h)); err != nil {
		return err
	}
	if err := os.RemoveAll(rs.cached(org, h)); err != nil {
		return err
	}
	return rs.DB.Write(ctx, org, func(tx db.Tx) error {
		_, err := query.New(tx).Gone(ctx, org, h)
		return err
	})
}

// crowd is with how many packs of its own a repository is made one of.
const crowd = 20

type consolidateNote struct {
	Org        string `json:"org"`
	Repository ID     `json:"repository"`
}

// Consolidate asks for every repository with many packs to be made one of.
func (rs *Repos) Consolidate(ctx context.Context, org string) error {
	return rs.DB.Write(ctx, org, func(tx db.Tx) error {
		all, err := query.New(tx).Crowded(ctx, org, crowd)
		for _, r := range all {
			if err == nil {
				err = consolidate.Enqueue(ctx, rs.Jobs, tx, consolidateNote{org, ID(r)}, job.Unique(r))
			}
		}
		return err
	})
}

// consolidate makes one pack of a repository's own ones. It holds everything that any ref ever stood for: nothing that a candidate pushed is
// dropped, also when a later push went over it.
func (rs *Repos) consolidate(ctx context.Context, n consolidateNote) error {
	v, s, err := rs.look(ctx, Repository{Org: n.Org, ID: n.Repository})
	if errors.Is(err, ErrMissing) {
		return nil // erased meanwhile
	}
	if err != nil {
		return err
	}
	defer v.Close()
	tips, err := rs.everything(ctx, s)
	if err != nil {
		return err
	}
	pack, err := v.Repack(ctx, tips, []Hash{s.Base})
	if err != nil || pack.Objects == 0 {
		return err
	}
	own := int64(0)
	for _, p := range s.packs {
		if p.Shared == 0 {
			own += p.Bytes
		}
	}
	quota := s
	quota.Bytes -= own // these go
	_, err = rs.commit(ctx, quota, pack, func(tx db.Tx, row query.PacksRow) error {
		return rs.swap(ctx, tx, s, own, row)
	})
	if errors.Is(err, errUnchanged) {
		return nil
	}
	return err
}

// swap puts one pack in the place of many; the packs' rows are the guard: whoever else did it was first.
func (rs *Repos) swap(ctx context.Context, tx db.Tx, s snapshot, own int64, row query.PacksRow) error {
	q := query.New(tx)
	n, err := q.Shrink(ctx, own-row.Bytes, tx.Org, string(s.ID))
	if err != nil {
		return err
	}
	if n == 0 {
		return errUnchanged
	}
	for _, p := range s.packs {
		if p.Shared == 1 || p.PackHash == row.PackHash {
			continue
		}
		n, err := q.DropPack(ctx, tx.Org, string(s.ID), p.Name)
		if err != nil {
			return err
		}
		if n == 0 {
			return errUnchanged
		}
		if err := rs.unname(ctx, tx, p, clock.Milli(rs.DB.Now())); err != nil {
			return err
		}
	}
	return rs.name(ctx, tx, s.ID, row)
}

// unname leaves a pack's files to Collect, from an instant on.
func (rs *Repos) unname(ctx context.Context, tx db.Tx, p query.PacksRow, since int64) error {
	for _, h := range []string{p.PackHash, p.IndexHash} {
		if _, err := query.New(tx).Claim(ctx, tx.Org, h, since); err != nil {
			return err
		}
	}
	return nil
}

// everything are all hashes that any ref of a repository ever stood for.
func (rs *Repos) everything(ctx context.Context, s snapshot) ([]Hash, error) {
	seen := map[Hash]bool{git.Zero: true, "": true}
	var out []Hash
	add := func(h Hash) {
		if !seen[h] {
			seen[h] = true
			out = append(out, h)
		}
	}
	for _, r := range s.refs {
		add(r.Hash)
	}
	err := rs.DB.Read(ctx, s.Org, func(tx db.Tx) error {
		all, err := rs.Updates(ctx, tx, s.ID)
		for _, u := range all {
			add(u.New)
		}
		return err
	})
	return out, err
}

// owned are the repositories of a person's attempts.
func (rs *Repos) owned(ctx context.Context, tx db.Tx, p db.Person) ([]Repository, error) {
	var out []Repository
	for _, a := range p.Attempts {
		some, err := rs.Of(ctx, tx, a)
		if err != nil {
			return nil, err
		}
		out = append(out, some...)
	}
	return out, nil
}

// Preview counts what Erase would remove.
func (rs *Repos) Preview(ctx context.Context, tx db.Tx, p db.Person) (map[string]int, error) {
	all, err := rs.owned(ctx, tx, p)
	return map[string]int{"repositories": len(all)}, err
}

// Erase removes the repositories of a person's attempts. Their files are removed right after the transaction, but for those that others name, too.
func (rs *Repos) Erase(ctx context.Context, tx db.Tx, p db.Person) (map[string]int, error) {
	all, err := rs.owned(ctx, tx, p)
	if err != nil {
		return nil, err
	}
	for _, r := range all {
		if err := rs.erase(ctx, tx, r.ID); err != nil {
			return nil, err
		}
	}
	if len(all) > 0 {
		if err := collect.Enqueue(ctx, rs.Jobs, tx, collectNote{tx.Org}); err != nil {
			return nil, err
		}
	}
	return map[string]int{"repositories": len(all)}, nil
}

func (rs *Repos) erase(ctx context.Context, tx db.Tx, r ID) error {
	q := query.New(tx)
	packs, err := q.Packs(ctx, tx.Org, string(r))
	if err != nil {
		return err
	}
	for _, p := range packs {
		if p.Shared == 1 {
			continue
		}
		if err := rs.unname(ctx, tx, p, 0); err != nil {
			return err
		}
	}
	for _, drop := range []func(context.Context, string, string) (int64, error){q.EraseRefs, q.ErasePacks, q.EraseUpdates, q.EraseSubmissions, q.DropKeys, q.Erase} {
		if _, err := drop(ctx, tx.Org, string(r)); err != nil {
			return err
		}
	}
	return nil
}
