// Package archive reads zips that strangers made and writes zips that are the same for the same files.
//
// Limits are counted while inflating, never taken from what the archive says of itself: at most 10,000 entries, 32 MiB a file, 500 MiB
// unpacked, 100 times the packed size; plain files with clean relative UTF-8 names that every computer keeps apart; no links, no
// archives inside archives are opened.
package archive

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"candor/internal/problem"
)

// What an archive may hold.
const (
	MaxEntries = 10_000
	MaxPacked  = 100 << 20
	MaxFile    = 32 << 20
	MaxBytes   = 500 << 20
	MaxRatio   = 100
)

// ErrBad is an archive that is refused; its sentence says why.
var ErrBad = problem.New(problem.Invalid, "archive_bad", "This zip cannot be read.")

func bad(format string, args ...any) error {
	return ErrBad.Saying(fmt.Sprintf(format, args...) + " Nothing was imported.")
}

// Zip reads a zip of size bytes into a tree in memory. A single folder around everything is taken off, and what macOS adds. ErrBad.
func Zip(r io.ReaderAt, size int64) (fs.FS, error) {
	if size > MaxPacked {
		return nil, bad("This zip is larger than %d MiB.", MaxPacked>>20)
	}
	if err := checkEnd(r, size); err != nil {
		return nil, err
	}
	z, err := zip.NewReader(r, size)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return nil, errNoZip
	}
	if len(z.File) > MaxEntries {
		return nil, errEntries
	}
	files, names := Files{}, Names{}
	left := max(min(MaxBytes, size*MaxRatio), 1<<20)
	for _, f := range z.File {
		if strings.HasSuffix(f.Name, "/") {
			continue
		}
		if wrong := names.Add(f.Name); wrong != "" {
			return nil, bad("%s", wrong)
		}
		if !f.Mode().IsRegular() {
			return nil, bad("%q is a link or a special file.", f.Name)
		}
		if f.Flags&1 != 0 {
			return nil, bad("%q is encrypted.", f.Name)
		}
		data, err := inflate(f, left)
		if err != nil {
			return nil, err
		}
		left -= int64(len(data))
		files[f.Name] = data
	}
	return files.unwrapped(), nil
}

var (
	errNoZip   = bad("This file is not a zip, or it was cut off.")
	errEntries = bad("This zip has more than %d entries.", MaxEntries)
)

// checkEnd looks at the end record before the directory is read into memory: the directory's length bounds the entries, however many
// the record says there are (PKWARE's APPNOTE, 4.3.16). What needs a zip64 record is too large for us.
func checkEnd(r io.ReaderAt, size int64) error {
	const (
		fixed     = 22
		comment   = 1<<16 - 1
		directory = 8 << 20
	)
	tail := make([]byte, min(size, fixed+comment))
	if _, err := r.ReadAt(tail, size-int64(len(tail))); err != nil && err != io.EOF {
		return errNoZip
	}
	for at := bytes.LastIndex(tail, endSign); at >= 0; at = bytes.LastIndex(tail[:at], endSign) {
		record := tail[at:]
		if len(record) < fixed || len(record) < fixed+int(binary.LittleEndian.Uint16(record[20:])) {
			continue // these bytes stand in the comment
		}
		end := size - int64(len(record))
		length, begin := int64(binary.LittleEndian.Uint32(record[12:])), int64(binary.LittleEndian.Uint32(record[16:]))
		if binary.LittleEndian.Uint16(record[10:]) > MaxEntries || begin > end || max(length, end-begin) > directory {
			return errEntries
		}
		return nil
	}
	return errNoZip
}

var endSign = []byte("PK\x05\x06")

func inflate(f *zip.File, left int64) ([]byte, error) {
	r, err := f.Open()
	if errors.Is(err, zip.ErrAlgorithm) {
		return nil, bad("%q is packed in a way that is not read here; pack it as an ordinary zip (deflate).", f.Name)
	}
	if err != nil {
		return nil, bad("%q is damaged.", f.Name)
	}
	defer r.Close()
	data, err := io.ReadAll(io.LimitReader(r, min(left, MaxFile)+1))
	switch {
	case int64(len(data)) > left:
		return nil, bad("Unpacked, this zip is larger than %d MiB or %d times its size.", MaxBytes>>20, MaxRatio)
	case len(data) > MaxFile:
		return nil, bad("%q is larger than %d MiB.", f.Name, MaxFile>>20)
	case err != nil:
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

// Copy reads a whole tree into memory, to be changed.
func Copy(tree fs.FS) (Files, error) {
	out := Files{}
	err := fs.WalkDir(tree, ".", func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		data, err := fs.ReadFile(tree, path)
		out[path] = data
		return err
	})
	return out, err
}
