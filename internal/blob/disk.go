package blob

import (
	"bytes"
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
	"syscall"

	"candor/internal/db"
)

// Disk is a store in a folder. It must exist.
type Disk struct {
	Dir string
	// Fatal is told of a sync that failed: the bytes may be gone although they can still be read. It must not return; nil makes it an error like others.
	Fatal func(error)
}

// synced gives the error of a sync back, unless it is one to end of.
func (d Disk) synced(err error) error {
	if err != nil && d.Fatal != nil && full(err) == err {
		d.Fatal(fmt.Errorf("blob: the disk failed while a file was synced: %w", err))
	}
	return err
}

func (d Disk) folder(org string, c Class) (string, error) {
	if !plain(org) || !slices.Contains(Classes, c) {
		return "", fmt.Errorf("blob: %q/%q is not an organisation and class", org, c)
	}
	return filepath.Join(d.Dir, org, string(c)), nil
}

func (d Disk) path(org string, c Class, h Hash) (string, error) {
	dir, err := d.folder(org, c)
	if err != nil {
		return "", err
	}
	if b, err := hex.DecodeString(string(h)); err != nil || len(b) != sha256.Size {
		return "", ErrMissing
	}
	return filepath.Join(dir, string(h[:2]), string(h)), nil
}

// plain: ids are letters, digits and underscores, so that no name leaves the folder.
func plain(s string) bool {
	for _, r := range s {
		if !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '_' || r == '-') {
			return false
		}
	}
	return s != ""
}

// Put keeps data.
func (d Disk) Put(ctx context.Context, org string, c Class, data []byte) (Hash, error) {
	sum := sha256.Sum256(data)
	h := Hash(hex.EncodeToString(sum[:]))
	path, err := d.path(org, c, h)
	if err != nil {
		return "", err
	}
	if info, err := os.Stat(path); err == nil && info.Size() == int64(len(data)) {
		return h, full(d.synced(d.syncNames(path))) // who wrote it may not have come so far
	}
	got, _, err := d.PutReader(ctx, org, c, bytes.NewReader(data))
	return got, err
}

// PutReader keeps a stream.
func (d Disk) PutReader(ctx context.Context, org string, c Class, r io.Reader) (_ Hash, n int64, err error) {
	dir, err := d.folder(org, c)
	if err != nil {
		return "", 0, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", 0, full(err)
	}
	tmp, err := os.CreateTemp(dir, ".new-*")
	if err != nil {
		return "", 0, full(err)
	}
	defer func() {
		if err != nil {
			tmp.Close()
			os.Remove(tmp.Name())
			err = full(err)
		}
	}()
	sum := sha256.New()
	if n, err = io.Copy(io.MultiWriter(&steady{d: d, f: tmp}, sum), r); err != nil {
		return "", 0, err
	}
	if err = ctx.Err(); err != nil {
		return "", 0, err
	}
	if err = d.synced(fsync(tmp)); err != nil {
		return "", 0, err
	}
	if err = tmp.Close(); err != nil {
		return "", 0, err
	}
	h := Hash(hex.EncodeToString(sum.Sum(nil)))
	path, err := d.path(org, c, h)
	if err != nil {
		return "", 0, err
	}
	if err = os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return "", 0, err
	}
	if err = os.Rename(tmp.Name(), path); err != nil {
		return "", 0, err
	}
	if err = d.synced(d.syncNames(path)); err != nil {
		os.Remove(path) // a second try must not find it
		return "", 0, err
	}
	return h, n, nil
}

// stride is how many bytes of a stream are written before they are synced: whoever else waits for this disk, a save above all, waits for no more.
const stride = 4 << 20

// steady writes a file and syncs it stride by stride.
type steady struct {
	d   Disk
	f   *os.File
	due int // bytes since the last sync
}

func (s *steady) Write(p []byte) (int, error) {
	n, err := s.f.Write(p)
	if s.due += n; err == nil && s.due >= stride {
		s.due = 0
		err = s.d.synced(fsync(s.f))
	}
	return n, err
}

// fsync is taken away by the negative control of the power cuts, and by nothing else.
var fsync = (*os.File).Sync

// syncNames syncs every folder on the way to a path, also the one that the store's is in. It does not remember which were synced before:
// a process that died between making a folder and syncing its name leaves no sign of it.
func (d Disk) syncNames(path string) error {
	for dir := filepath.Dir(path); ; dir = filepath.Dir(dir) {
		if err := syncFolder(dir); err != nil {
			return err
		}
		if len(dir) < len(d.Dir) || dir == filepath.Dir(dir) {
			return nil
		}
	}
}

func syncFolder(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer f.Close()
	return fsync(f)
}

func full(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return db.ErrFull
	}
	return err
}

// Open reads.
func (d Disk) Open(_ context.Context, org string, c Class, h Hash) (io.ReadCloser, error) {
	path, err := d.path(org, c, h)
	if err != nil {
		return nil, err
	}
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrMissing
	}
	return f, err
}

// Bytes reads all and checks.
func (d Disk) Bytes(ctx context.Context, org string, c Class, h Hash) ([]byte, error) {
	f, err := d.Open(ctx, org, c, h)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(f)
	if err != nil {
		return nil, err
	}
	if sum := sha256.Sum256(data); hex.EncodeToString(sum[:]) != string(h) {
		return nil, ErrDamaged
	}
	return data, nil
}

// Delete removes.
func (d Disk) Delete(_ context.Context, org string, c Class, h Hash) error {
	path, err := d.path(org, c, h)
	if err != nil {
		return err
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// List walks.
func (d Disk) List(ctx context.Context, org string, c Class, fn func(Hash, int64) error) error {
	dir, err := d.folder(org, c)
	if err != nil {
		return err
	}
	err = filepath.WalkDir(dir, func(_ string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || len(e.Name()) != 2*sha256.Size {
			return err
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		return fn(Hash(e.Name()), info.Size())
	})
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
