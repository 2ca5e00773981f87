package archive_test

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"runtime"
	"strings"
	"testing"
	"testing/fstest"

	"candor/internal/archive"
	"candor/internal/problem"
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

func TestHostileArchivesAreRefusedWithASentenceOfTheirOwn(t *testing.T) {
	with := func(h zip.FileHeader, text string) func(z *zip.Writer) {
		return func(z *zip.Writer) {
			w, _ := z.CreateHeader(&h)
			io.WriteString(w, text)
		}
	}
	two := func(a, b string) func(z *zip.Writer) {
		return func(z *zip.Writer) { put(z, a, "1"); put(z, b, "2") }
	}
	link := zip.FileHeader{Name: "a"}
	link.SetMode(os.ModeSymlink | 0o777)
	device := zip.FileHeader{Name: "a"}
	device.SetMode(os.ModeDevice | 0o666)
	const twins = "differ only by case or by how their letters are encoded; some computers take them for one."
	for name, c := range map[string]struct {
		fill func(z *zip.Writer)
		want string
	}{
		"climbs":          {with(zip.FileHeader{Name: "../../etc/passwd"}, "x"), `The name "../../etc/passwd" would leave the folder or is not clean.`},
		"climbs inside":   {with(zip.FileHeader{Name: "a/../../b"}, "x"), `The name "a/../../b" would leave the folder or is not clean.`},
		"absolute":        {with(zip.FileHeader{Name: "/etc/passwd"}, "x"), `The name "/etc/passwd" would leave the folder or is not clean.`},
		"of Windows":      {with(zip.FileHeader{Name: `C:\x`}, "x"), `The name "C:\\x" has characters that are not kept; use UTF-8 without control characters or backslashes.`},
		"control":         {with(zip.FileHeader{Name: "a\nb"}, "x"), `The name "a\nb" has characters`},
		"not utf-8":       {with(zip.FileHeader{Name: "a\xff", NonUTF8: true}, "x"), `The name "a\xff" has characters`},
		"long":            {with(zip.FileHeader{Name: strings.Repeat("x", 401)}, "x"), "is longer than 400 bytes."},
		"nothing":         {with(zip.FileHeader{Name: "."}, "x"), `The name "." would leave the folder or is not clean.`},
		"twice":           {two("a", "a"), `"a" stands twice.`},
		"by case":         {two("items/One.md", "items/one.md"), `"items/One.md" and "items/one.md" ` + twins},
		"folders by case": {two("Items/one.md", "items/two.md"), `"Items" and "items" ` + twins},
		"by encoding":     {two("caf\u00e9", "cafe\u0301"), twins},
		"sharp s":         {two("straße", "STRASSE"), twins},
		"file and folder": {two("a", "a/b"), `"a" is a file and a folder.`},
		"folder and file": {two("a/b", "a"), `"a" is a file and a folder.`},
		"link":            {with(link, "/etc/passwd"), `"a" is a link or a special file.`},
		"device":          {with(device, ""), `"a" is a link or a special file.`},
		"encrypted": {func(z *zip.Writer) {
			w, _ := z.CreateRaw(&zip.FileHeader{Name: "a", Flags: 1, Method: zip.Store})
			w.Write(nil)
		}, `"a" is encrypted.`},
		"another method": {func(z *zip.Writer) { w, _ := z.CreateRaw(&zip.FileHeader{Name: "a", Method: 93}); w.Write(nil) }, `"a" is packed in a way that is not read here; pack it as an ordinary zip (deflate).`},
		"a wrong sum": {func(z *zip.Writer) {
			w, _ := z.CreateRaw(&zip.FileHeader{Name: "a", CRC32: 1, CompressedSize64: 1, UncompressedSize64: 1})
			w.Write([]byte("x"))
		}, `"a" is damaged.`},
		"zeros":           {func(z *zip.Writer) { fillZeros(z, "zeros", 64<<20) }, "Unpacked, this zip is larger than 500 MiB or 100 times its size."},
		"a large file":    {func(z *zip.Writer) { put(z, "noise", string(noise(1<<20))); fillZeros(z, "zeros", 33<<20) }, `"zeros" is larger than 32 MiB.`},
		"20,000 entries":  {func(z *zip.Writer) { fillEntries(z, 20_000) }, "This zip has more than 10000 entries."},
		"200,000 entries": {func(z *zip.Writer) { fillEntries(z, 200_000) }, "This zip has more than 10000 entries."},
	} {
		r, n := zipOf(t, c.fill)
		_, err := archive.Zip(r, n)
		p, ok := problem.As(err)
		if !ok || !errors.Is(err, archive.ErrBad) || !strings.Contains(p.Text, c.want) || !strings.HasSuffix(p.Text, " Nothing was imported.") {
			t.Errorf("%s: Zip = %v; want %s", name, err, c.want)
		}
	}
}

func fillZeros(z *zip.Writer, name string, n int64) {
	w, _ := z.Create(name)
	io.Copy(w, io.LimitReader(zero{}, n))
}

func fillEntries(z *zip.Writer, n int) {
	for i := range n {
		z.CreateRaw(&zip.FileHeader{Name: fmt.Sprint("f", i)})
	}
}

// noise are bytes that cannot be packed.
func noise(n int) []byte {
	out := make([]byte, n)
	rand.NewChaCha8([32]byte{1}).Read(out)
	return out
}

// TestWhatIsNoZip: a zip cut off anywhere, and bytes that only look like one.
func TestWhatIsNoZip(t *testing.T) {
	r, n := zipOf(t, func(z *zip.Writer) { put(z, "a", "x") })
	whole := make([]byte, n)
	if _, err := r.ReadAt(whole, 0); err != nil {
		t.Fatal(err)
	}
	bad := [][]byte{nil, []byte("not a zip"), []byte("PK\x05\x06")}
	for i := range whole {
		bad = append(bad, whole[:i])
	}
	for _, b := range bad {
		_, err := archive.Zip(bytes.NewReader(b), int64(len(b)))
		if p, ok := problem.As(err); !ok || p.Text != "This file is not a zip, or it was cut off. Nothing was imported." {
			t.Errorf("%d bytes %.20q = %v; want that it is no zip", len(b), b, err)
		}
	}
}

// TestTenGigabytesOfZerosTakeLittleMemory: the end is seen before what comes out of it is held.
func TestTenGigabytesOfZerosTakeLittleMemory(t *testing.T) {
	var packed bytes.Buffer
	w, err := flate.NewWriter(&packed, flate.BestSpeed)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(w, io.LimitReader(zero{}, 64<<20)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	// 160 entries that say 64 MiB each, and so 10 GiB; the packed bytes of all are there.
	r, n := zipOf(t, func(z *zip.Writer) {
		for i := range 160 {
			f, err := z.CreateRaw(&zip.FileHeader{Name: fmt.Sprint("zeros", i), Method: zip.Deflate, CompressedSize64: uint64(packed.Len()), UncompressedSize64: 64 << 20})
			if err != nil {
				t.Fatal(err)
			}
			f.Write(packed.Bytes())
		}
	})
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err = archive.Zip(r, n)
	runtime.ReadMemStats(&after)
	if !errors.Is(err, archive.ErrBad) {
		t.Errorf("Zip = %v; want ErrBad", err)
	}
	if used := after.TotalAlloc - before.TotalAlloc; used > 256<<20 {
		t.Errorf("%d MiB were allocated on the way; want at most 256", used>>20)
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
