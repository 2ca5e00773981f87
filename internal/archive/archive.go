// Package archive reads zips that strangers made and writes zips that are the same for the same files.
//
// Limits are counted while inflating, never taken from what the archive says of itself: at most 10,000 entries, 500 MiB unpacked,
// 100 times the packed size; plain files with clean relative UTF-8 names; no links, no archives inside archives are opened.
package archive

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"candor/internal/problem"
)

// What an archive may hold.
const (
	MaxEntries = 10_000
	MaxPacked  = 100 << 20
	MaxBytes   = 500 << 20
	MaxRatio   = 100
)

// ErrBad is an archive that is refused; its sentence says why.
var ErrBad = problem.New(problem.Invalid, "archive_bad", "This zip cannot be read.")

func bad(format string, args ...any) error {
	return ErrBad.Saying(fmt.Sprintf(format, args...) + " Nothing was imported.")
}

// Zip reads a zip of size bytes into a tree in memory. A single folder around everything is taken off. ErrBad.
func Zip(r io.ReaderAt, size int64) (fs.FS, error) {
	if size > MaxPacked {
		return nil, bad("This zip is larger than %d MiB.", MaxPacked>>20)
	}
	z, err := zip.NewReader(r, size)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return nil, bad("This file is not a zip, or it was cut off.")
	}
	if len(z.File) > MaxEntries {
		return nil, bad("This zip has %d entries; at most %d are read.", len(z.File), MaxEntries)
	}
	files := Files{}
	left := int64(MaxBytes)
	most := max(size*MaxRatio, 1<<20)
	for _, f := range z.File {
		if strings.HasSuffix(f.Name, "/") {
			continue
		}
		if err := checkName(f.Name); err != nil {
			return nil, err
		}
		if !f.Mode().IsRegular() {
			return nil, bad("%q is a link or a special file.", f.Name)
		}
		if f.Flags&1 != 0 {
			return nil, bad("%q is encrypted.", f.Name)
		}
		if _, twice := files[f.Name]; twice {
			return nil, bad("%q stands twice.", f.Name)
		}
		data, err := inflate(f, min(left, most))
		if err != nil {
			return nil, err
		}
		left -= int64(len(data))
		most -= int64(len(data))
		files[f.Name] = data
	}
	return files.unwrapped(), nil
}

func checkName(name string) error {
	switch {
	case !utf8.ValidString(name), strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == '\\' || r == 0x7f }):
		return bad("The name %q has bytes that are not kept; use UTF-8 without control characters or backslashes.", name)
	case !fs.ValidPath(name), len(name) > 400:
		return bad("The name %q would leave the folder or is not clean.", name)
	}
	return nil
}

func inflate(f *zip.File, most int64) ([]byte, error) {
	r, err := f.Open()
	if err != nil {
		return nil, bad("%q cannot be unpacked.", f.Name)
	}
	defer r.Close()
	data, err := io.ReadAll(io.LimitReader(r, most+1))
	if int64(len(data)) > most {
		return nil, bad("Unpacked, this zip is larger than %d MiB or %d times its size.", MaxBytes>>20, MaxRatio)
	}
	if err != nil {
		return nil, bad("%q is damaged.", f.Name)
	}
	return data, nil
}

// Files is a tree in memory: slash-separated path -> bytes.
type Files map[string][]byte

// unwrapped takes off a single folder around everything, and what macOS adds.
func (fl Files) unwrapped() Files {
	for name := range fl {
		if strings.HasPrefix(name, "__MACOSX/") || path.Base(name) == ".DS_Store" {
			delete(fl, name)
		}
	}
	if _, ok := fl["assessment.yaml"]; ok {
		return fl
	}
	folder := ""
	for name := range fl {
		first, _, inside := strings.Cut(name, "/")
		if !inside || folder != "" && folder != first {
			return fl
		}
		folder = first
	}
	out := Files{}
	for name, data := range fl {
		out[strings.TrimPrefix(name, folder+"/")] = data
	}
	return out
}

// Open makes Files a file system.
func (fl Files) Open(name string) (fs.File, error) {
	if !fs.ValidPath(name) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrInvalid}
	}
	if data, ok := fl[name]; ok {
		return &file{info{path.Base(name), int64(len(data)), false}, bytes.NewReader(data)}, nil
	}
	entries := fl.list(name)
	if entries == nil && name != "." {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return &folder{info{path.Base(name), 0, true}, entries}, nil
}

// list are the entries of a folder in order; nil when there is none.
func (fl Files) list(dir string) []fs.DirEntry {
	prefix := dir + "/"
	if dir == "." {
		prefix = ""
	}
	seen := map[string]info{}
	for name, data := range fl {
		rest, ok := strings.CutPrefix(name, prefix)
		if !ok {
			continue
		}
		if first, _, deeper := strings.Cut(rest, "/"); deeper {
			seen[first] = info{first, 0, true}
		} else {
			seen[first] = info{first, int64(len(data)), false}
		}
	}
	var out []fs.DirEntry
	for _, i := range seen {
		out = append(out, fs.FileInfoToDirEntry(i))
	}
	slices.SortFunc(out, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return out
}

type info struct {
	name string
	size int64
	dir  bool
}

func (i info) Name() string { return i.name }
func (i info) Size() int64  { return i.size }
func (i info) Mode() fs.FileMode {
	if i.dir {
		return fs.ModeDir | 0o755
	}
	return 0o644
}
func (i info) ModTime() time.Time { return time.Time{} }
func (i info) IsDir() bool        { return i.dir }
func (i info) Sys() any           { return nil }

type file struct {
	info
	*bytes.Reader
}

func (f *file) Stat() (fs.FileInfo, error) { return f.info, nil }
func (f *file) Size() int64                { return f.info.size }
func (f *file) Close() error               { return nil }

type folder struct {
	info
	left []fs.DirEntry
}

func (f *folder) Stat() (fs.FileInfo, error) { return f.info, nil }
func (f *folder) Close() error               { return nil }
func (f *folder) Read([]byte) (int, error) {
	return 0, &fs.PathError{Op: "read", Path: f.name, Err: errors.New("is a folder")}
}

func (f *folder) ReadDir(n int) ([]fs.DirEntry, error) {
	if n <= 0 || n > len(f.left) {
		if n > 0 && len(f.left) == 0 {
			return nil, io.EOF
		}
		n = len(f.left)
	}
	out := f.left[:n]
	f.left = f.left[n:]
	return out, nil
}

// Write writes a tree as a zip: names in order, no times, the same bytes for the same files.
func Write(w io.Writer, tree fs.FS) error {
	z := zip.NewWriter(w)
	err := fs.WalkDir(tree, ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		data, err := fs.ReadFile(tree, name)
		if err != nil {
			return err
		}
		out, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate})
		if err != nil {
			return err
		}
		_, err = out.Write(data)
		return err
	})
	return errors.Join(err, z.Close())
}
