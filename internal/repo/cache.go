package repo

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"candor/internal/blob"
	"candor/internal/db"
	"candor/internal/git"
	"candor/internal/id"
	"candor/internal/repo/internal/query"
)

const (
	// cacheUnused is how long a pack lies in the cache after it was last used, cacheBytes how large the cache grows.
	cacheUnused = 7 * 24 * time.Hour
	cacheBytes  = 8 << 30
	// leftOver is after how long a folder of a look that nobody closed is removed: the process ended in the middle.
	leftOver = 3 * time.Hour
)

// cache makes sure that a pack is brought once at a time.
type cache struct {
	mu      sync.Mutex
	fetches map[string]*fetch
}

type fetch struct {
	done chan struct{}
	err  error
}

// snapshot is a repository with its refs and packs at one instant.
type snapshot struct {
	Repository
	refs  []Ref
	packs []query.PacksRow
}

func (rs *Repos) snapshot(ctx context.Context, r Repository) (snapshot, error) {
	s := snapshot{}
	err := rs.DB.Read(ctx, r.Org, func(tx db.Tx) (err error) {
		if s.Repository, err = rs.Load(ctx, tx, r.ID); err != nil {
			return err
		}
		if s.Template == "" {
			t, err := query.New(tx).Template(ctx, r.Org, string(r.ID))
			s.refs = []Ref{{Name: s.main(), Hash: s.Base}}
			s.packs = []query.PacksRow{{Name: t.PackName, PackHash: t.PackHash, IndexHash: t.IndexHash, Bytes: t.Bytes, Shared: 1}}
			return err
		}
		if s.refs, err = rs.Refs(ctx, tx, r.ID); err != nil {
			return err
		}
		s.packs, err = query.New(tx).Packs(ctx, r.Org, string(r.ID))
		return err
	})
	return s, err
}

// view makes a folder for one look at a repository: its refs, and its own packs brought near. The caller closes it.
func (rs *Repos) view(ctx context.Context, s snapshot) (*git.View, error) {
	var dirs []string
	for _, p := range s.packs {
		dir, err := rs.near(ctx, s.Org, p)
		if err != nil {
			return nil, fmt.Errorf("repository %s: pack %s: %w", s.ID, p.Name, err)
		}
		dirs = append(dirs, dir)
	}
	return rs.Git.View(filepath.Join(rs.Cache, "views", id.Timeless("v")), s.main(), s.refs, dirs)
}

// look is view of a repository as it is now.
func (rs *Repos) look(ctx context.Context, r Repository) (*git.View, snapshot, error) {
	s, err := rs.snapshot(ctx, r)
	if err != nil {
		return nil, s, err
	}
	v, err := rs.view(ctx, s)
	return v, s, err
}

func (rs *Repos) cached(org, hash string) string {
	return filepath.Join(rs.Cache, "packs", org, hash)
}

// near is the folder of a pack in the cache; it is brought from the blob store when it is not there.
func (rs *Repos) near(ctx context.Context, org string, p query.PacksRow) (string, error) {
	dir := rs.cached(org, p.PackHash)
	files := git.Pack{Hash: Hash(p.Name), Dir: dir}
	if _, err := os.Stat(files.File("idx")); err == nil {
		if info, err := os.Stat(dir); err == nil && time.Since(info.ModTime()) > time.Hour {
			now := time.Now()
			_ = os.Chtimes(dir, now, now) // only says that it is used
		}
		return dir, nil
	}
	c := &rs.cache
	c.mu.Lock()
	f := c.fetches[dir]
	if f == nil {
		f = &fetch{done: make(chan struct{})}
		if c.fetches == nil {
			c.fetches = map[string]*fetch{}
		}
		c.fetches[dir] = f
		go func() { // whoever asked first may leave; the others still wait
			f.err = rs.bring(context.WithoutCancel(ctx), org, p, dir)
			c.mu.Lock()
			delete(c.fetches, dir)
			c.mu.Unlock()
			close(f.done)
		}()
	}
	c.mu.Unlock()
	select {
	case <-f.done:
		return dir, f.err
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// bring copies a pack out of the blob store; what does not have its hash is damaged.
func (rs *Repos) bring(ctx context.Context, org string, p query.PacksRow, dir string) error {
	tmp := filepath.Join(rs.Cache, "views", id.Timeless("p"))
	defer os.RemoveAll(tmp)
	if err := os.MkdirAll(filepath.Join(tmp, "pack"), 0o700); err != nil {
		return err
	}
	files := git.Pack{Hash: Hash(p.Name), Dir: tmp}
	if err := rs.copy(ctx, org, p.PackHash, files.File("pack")); err != nil {
		return err
	}
	if err := rs.copy(ctx, org, p.IndexHash, files.File("idx")); err != nil {
		return err
	}
	return moveTo(tmp, dir)
}

// moveTo gives a folder its name in the cache; one that is there already is as good.
func moveTo(tmp, dir string) error {
	if err := os.MkdirAll(filepath.Dir(dir), 0o700); err != nil {
		return err
	}
	err := os.Rename(tmp, dir)
	if _, there := os.Stat(filepath.Join(dir, "pack")); there == nil {
		return nil
	}
	return err
}

func (rs *Repos) copy(ctx context.Context, org, hash, to string) error {
	from, err := rs.Blobs.Open(ctx, org, blob.Pack, blob.Hash(hash))
	if err != nil {
		return err
	}
	defer from.Close()
	f, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o400)
	if err != nil {
		return err
	}
	sum := sha256.New()
	_, err = io.Copy(io.MultiWriter(f, sum), from)
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	if hex.EncodeToString(sum.Sum(nil)) != hash {
		return blob.ErrDamaged
	}
	return nil
}

// sweeps is how often a node clears its cache.
const sweeps = 10 * time.Minute

// Run clears this node's cache from time to time, until ctx ends.
func (rs *Repos) Run(ctx context.Context) {
	t := time.NewTicker(sweeps)
	defer t.Stop()
	for {
		if err := rs.Sweep(ctx); err != nil && ctx.Err() == nil {
			rs.log().WarnContext(ctx, "cache of repositories not cleared", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
	}
}

// Sweep clears this node's cache: packs that no repository names any more or that were not used for a week, the oldest when it is too large, and
// what ended processes left. A pack that is gone is brought again when it is needed.
func (rs *Repos) Sweep(ctx context.Context) error {
	now := time.Now() // of the files, which know no other clock
	left, err := os.ReadDir(filepath.Join(rs.Cache, "views"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for _, e := range left {
		if info, err := e.Info(); err == nil && now.Sub(info.ModTime()) > leftOver {
			err = os.RemoveAll(filepath.Join(rs.Cache, "views", e.Name()))
			if err != nil {
				return err
			}
		}
	}
	orgs, err := os.ReadDir(filepath.Join(rs.Cache, "packs"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	var kept []cachedPack
	for _, o := range orgs {
		some, err := rs.sweepOrg(ctx, o.Name(), now)
		if err != nil {
			return err
		}
		kept = append(kept, some...)
	}
	return evict(kept, cacheBytes)
}

func (rs *Repos) sweepOrg(ctx context.Context, org string, now time.Time) ([]cachedPack, error) {
	packs, err := os.ReadDir(filepath.Join(rs.Cache, "packs", org))
	if err != nil {
		return nil, err
	}
	var kept []cachedPack
	for _, e := range packs {
		p := cachedPack{dir: rs.cached(org, e.Name())}
		info, err := e.Info()
		if err != nil {
			continue // it went meanwhile
		}
		p.used = info.ModTime()
		named := int32(0)
		err = rs.DB.Read(ctx, org, func(tx db.Tx) (err error) {
			named, err = query.New(tx).Names(ctx, org, e.Name())
			return err
		})
		if err != nil {
			return nil, err
		}
		if named == 0 && now.Sub(p.used) > time.Minute || now.Sub(p.used) > cacheUnused { // one that was just pushed is named in a moment
			if err := os.RemoveAll(p.dir); err != nil {
				return nil, err
			}
			continue
		}
		p.bytes = size(filepath.Join(p.dir, "pack"))
		kept = append(kept, p)
	}
	return kept, nil
}

func size(dir string) (n int64) {
	files, _ := os.ReadDir(dir) // what cannot be read has no size
	for _, f := range files {
		if info, err := f.Info(); err == nil {
			n += info.Size()
		}
	}
	return n
}

type cachedPack struct {
	dir   string
	used  time.Time
	bytes int64
}

// evict removes the packs that were not used for longest until the rest fits.
func evict(all []cachedPack, room int64) error {
	slices.SortFunc(all, func(a, b cachedPack) int { return b.used.Compare(a.used) })
	for _, p := range all {
		if room -= p.bytes; room < 0 {
			if err := os.RemoveAll(p.dir); err != nil {
				return err
			}
		}
	}
	return nil
}
