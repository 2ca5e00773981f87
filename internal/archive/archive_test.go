package archive_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"candor/internal/archive"
)

type zero struct{}

func (zero) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func zipOf(t testing.TB, fill func(z *zip.Writer)) (*bytes.Reader, int64) {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	fill(z)
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return bytes.NewReader(b.Bytes()), int64(b.Len())
}

func put(z *zip.Writer, name, text string) {
	w, _ := z.Create(name)
	io.WriteString(w, text)
}

func TestHostileArchivesAreRefused(t *testing.T) {
	for name, fill := range map[string]func(z *zip.Writer){
		"climbs":        func(z *zip.Writer) { put(z, "../../etc/passwd", "x") },
		"climbs inside": func(z *zip.Writer) { put(z, "a/../../b", "x") },
		"absolute":      func(z *zip.Writer) { put(z, "/etc/passwd", "x") },
		"backslash":     func(z *zip.Writer) { put(z, `a\..\b`, "x") },
		"control":       func(z *zip.Writer) { put(z, "a\nb", "x") },
		"not utf-8":     func(z *zip.Writer) { put(z, "a\xff", "x") },
		"twice":         func(z *zip.Writer) { put(z, "a", "1"); put(z, "a", "2") },
		"link": func(z *zip.Writer) {
			h := &zip.FileHeader{Name: "a"}
			h.SetMode(os.ModeSymlink | 0o777)
			w, _ := z.CreateHeader(h)
			io.WriteString(w, "/etc/passwd")
		},
		"600 MB of zeros": func(z *zip.Writer) {
			w, _ := z.Create("zeros")
			io.Copy(w, io.LimitReader(zero{}, 600<<20))
		},
		"20,000 entries": func(z *zip.Writer) {
			for i := range 20_000 {
				put(z, fmt.Sprint("f", i), "")
			}
		},
	} {
		r, n := zipOf(t, fill)
		if _, err := archive.Zip(r, n); !errors.Is(err, archive.ErrBad) || !strings.Contains(err.Error(), "Nothing was imported") {
			t.Errorf("%s: Zip = %v; want a refusal that says why", name, err)
		}
	}
	if _, err := archive.Zip(strings.NewReader("not a zip"), 9); !errors.Is(err, archive.ErrBad) {
		t.Errorf("no zip at all = %v; want ErrBad", err)
	}
}

func TestTheSameFilesGiveTheSameZipAndComeBack(t *testing.T) {
	tree := fstest.MapFS{"assessment.yaml": {Data: []byte("a\r\n")}, "items/x/item.yaml": {Data: []byte("b")}, "items/x/ü.txt": {Data: []byte("c")}}
	var one, two bytes.Buffer
	for _, b := range []*bytes.Buffer{&one, &two} {
		if err := archive.Write(b, tree); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(one.Bytes(), two.Bytes()) {
		t.Error("two zips of the same files differ")
	}
	got, err := archive.Zip(bytes.NewReader(one.Bytes()), int64(one.Len()))
	if err != nil {
		t.Fatal(err)
	}
	if err := fstest.TestFS(got, "assessment.yaml", "items/x/item.yaml", "items/x/ü.txt"); err != nil {
		t.Error(err)
	}
	for name, f := range tree {
		if b, err := fs.ReadFile(got, name); err != nil || !bytes.Equal(b, f.Data) {
			t.Errorf("%s = %q, %v; want it byte for byte", name, b, err)
		}
	}
}

func TestAFolderAroundEverythingIsTakenOff(t *testing.T) {
	r, n := zipOf(t, func(z *zip.Writer) { put(z, "screen/assessment.yaml", "x"); put(z, "__MACOSX/screen/._a", "x") })
	got, err := archive.Zip(r, n)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := fs.Stat(got, "assessment.yaml"); err != nil {
		t.Errorf("assessment.yaml: %v", err)
	}
}

func FuzzZip(f *testing.F) {
	r, n := zipOf(f, func(z *zip.Writer) { put(z, "a/b", "c") })
	b := make([]byte, n)
	r.Read(b)
	f.Add(b)
	f.Fuzz(func(t *testing.T, b []byte) {
		tree, err := archive.Zip(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			return
		}
		fs.WalkDir(tree, ".", func(name string, _ fs.DirEntry, err error) error {
			if !fs.ValidPath(name) {
				t.Errorf("a name that leaves the folder: %q", name)
			}
			return err
		})
	})
}
