package backup

import (
	"archive/tar"
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path"
	"strings"
)

// Archive is an opened backup.
type Archive struct {
	Header Header
	Size   int64 // bytes

	f    *os.File
	sum  [sha256.Size]byte
	list int64 // where the list begins
}

// Open opens a backup and looks at its two ends. step is the newest schema step that this program knows. ErrNone, ErrCut, ErrDamaged, ErrNewer.
func Open(name string, step int64) (_ *Archive, err error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	a := &Archive{f: f}
	defer func() {
		if err != nil {
			f.Close()
		}
	}()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	a.Size = info.Size()
	t := tar.NewReader(io.NewSectionReader(f, 0, a.Size))
	h, err := t.Next()
	if err != nil || h.Name != headName {
		return nil, ErrNone
	}
	head, err := io.ReadAll(io.LimitReader(t, 16<<20))
	if err != nil {
		return nil, ErrCut
	}
	var is struct{ Format int }
	if err := json.Unmarshal(head, &is); err == nil && is.Format > Format {
		return nil, newer(head)
	}
	tail := make([]byte, endSize)
	if _, err := f.ReadAt(tail, a.Size-endSize); err != nil {
		return nil, ErrCut
	}
	if a.sum, a.list, err = readEnd(tail); err != nil {
		return nil, ErrCut.Saying("This backup was cut off, or its last bytes are damaged. Take another copy of it, or another backup.")
	}
	if err := json.Unmarshal(head, &a.Header); err != nil {
		return nil, damaged("its first entry cannot be read.")
	}
	if a.Header.Step > step {
		return nil, newer(head)
	}
	return a, nil
}

func newer(head []byte) error {
	var h Header
	json.Unmarshal(head, &h) // as far as it can be understood
	return ErrNewer.Saying(fmt.Sprintf("This backup was made by a newer Candor (%s). Update Candor here first.", h.Program))
}

// Close closes it.
func (a *Archive) Close() error { return a.f.Close() }

// Each calls fn for each entry between the head and the list, in order. What fn reads is checked when it returns, so it must be of no consequence
// before Each said nil; an entry that fn leaves is read anyway. In the end every byte of the backup was looked at. ErrDamaged.
func (a *Archive) Each(ctx context.Context, fn func(name string, size int64, r io.Reader) error) error {
	whole := &meter{Hash: sha256.New()}
	body := io.TeeReader(bufio.NewReaderSize(io.NewSectionReader(a.f, 0, a.Size-endSize), 1<<20), whole)
	list, err := a.lines()
	if err != nil {
		return err
	}
	t := tar.NewReader(body)
	for {
		h, err := t.Next()
		if err != nil {
			return damaged("it cannot be read on after byte %d.", whole.n)
		}
		if h.Name == listName {
			break
		}
		var want line
		if err := list.Decode(&want); err != nil {
			return damaged("its list ends before %s.", h.Name)
		}
		if want.Absent != "" {
			return damaged("%s should not be in it.", h.Name)
		}
		if want.Name != h.Name {
			return damaged("%s is missing in it.", want.Name)
		}
		if want.Size != h.Size {
			return damaged("%s has %d bytes in it and should have %d.", h.Name, h.Size, want.Size)
		}
		sum := sha256.New()
		r := io.TeeReader(t, sum)
		failed := fn(h.Name, h.Size, r)
		if _, err := io.Copy(io.Discard, r); err != nil {
			return damaged("%s cannot be read.", h.Name)
		}
		if hex.EncodeToString(sum.Sum(nil)) != want.SHA256 {
			return damaged("the bytes of %s changed.", h.Name)
		}
		if failed != nil {
			return failed
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	var want line
	for err = list.Decode(&want); err == nil; err = list.Decode(&want) {
		if want.Absent == "" {
			return damaged("%s is missing in it.", want.Name)
		}
	}
	if !errors.Is(err, io.EOF) {
		return damaged("its list cannot be read.")
	}
	if _, err := io.Copy(io.Discard, body); err != nil {
		return err
	}
	if [sha256.Size]byte(whole.Sum(nil)) != a.sum {
		return damaged("some of its bytes changed, though none of what is restored.")
	}
	return nil
}

// meter is a hash that knows how much it has seen.
type meter struct {
	hash.Hash
	n int64
}

func (m *meter) Write(p []byte) (int, error) {
	m.n += int64(len(p))
	return m.Hash.Write(p)
}

// lines are those of the list.
func (a *Archive) lines() (*json.Decoder, error) {
	t := tar.NewReader(io.NewSectionReader(a.f, a.list, max(0, a.Size-endSize-a.list)))
	if h, err := t.Next(); err != nil || h.Name != listName {
		return nil, damaged("its list cannot be read.")
	}
	return json.NewDecoder(bufio.NewReader(t)), nil
}

// Absent are the files that rows name and that are not in it. ErrDamaged.
func (a *Archive) Absent() ([]Absent, error) {
	list, err := a.lines()
	if err != nil {
		return nil, err
	}
	var out []Absent
	for {
		var l line
		if err := list.Decode(&l); errors.Is(err, io.EOF) {
			return out, nil
		} else if err != nil {
			return nil, damaged("its list cannot be read.")
		}
		if f, ok := file(l.Name); ok && l.Absent != "" {
			out = append(out, Absent{f, l.Absent})
		}
	}
}

// Notes are what Source.Notes said; nil when there are none. ErrDamaged.
func (a *Archive) Notes(ctx context.Context) (notes []byte, err error) {
	err = a.Each(ctx, func(name string, _ int64, r io.Reader) (err error) {
		if name == notesName {
			notes, err = io.ReadAll(r)
		}
		return err
	})
	return notes, err
}

// entry says what a packed entry holds: a table's rows or jobs.
func (a *Archive) entry(name string) (table Table, jobs, ok bool) {
	if strings.HasPrefix(name, jobsName) {
		return Table{}, true, true
	}
	of, ok := strings.CutPrefix(path.Dir(name)+"/", tableName)
	for _, t := range a.Header.Tables {
		if ok && t.Name+"/" == of {
			return t, false, true
		}
	}
	return Table{}, false, false
}

// unpack calls fn for each line of a packed entry.
func unpack(r io.Reader, fn func(text []byte) error) error {
	packed, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return err
	}
	lines := bufio.NewReaderSize(z, 1<<16)
	for {
		text, err := lines.ReadBytes('\n')
		if errors.Is(err, io.EOF) && len(text) == 0 {
			return nil
		}
		if err != nil {
			return err
		}
		if err := fn(text); err != nil {
			return err
		}
	}
}
