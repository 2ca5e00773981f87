package e2e_test

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestCommands tells the stories of testdata/script with the real binary. $DATA is an installation of the story's own with one owner,
// $BUSY one that a server runs on, $ADDR and $OTHER addresses that nobody listens on.
func TestCommands(t *testing.T) {
	t.Parallel()
	path, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	founded := t.TempDir()
	s := start(t, "serve", "--addr", "127.0.0.1:0", "--data", founded)
	owner := newVisitor(t, s.URL)
	owner.get(s.link("become the owner"))
	owner.post(owner.at, url.Values{"organisation": {"Northpier"}, "name": {"Vera Lind"}, "email": {"vera@northpier.example"}, "zone": {"Europe/Lisbon"}})
	s.stop()
	cache, err := os.UserCacheDir() // with Go's library compiled: that takes a minute of a core
	if err != nil {
		t.Fatal(err)
	}
	busy := t.TempDir()
	running := start(t, "serve", "--addr", "127.0.0.1:0", "--data", busy)

	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(e *testscript.Env) error {
			data := filepath.Join(e.WorkDir, "data")
			e.Setenv("PATH", filepath.Dir(path)+string(os.PathListSeparator)+e.Getenv("PATH"))
			e.Setenv("XDG_CACHE_HOME", cache)
			e.Setenv("DATA", data)
			e.Setenv("BUSY", busy)
			e.Setenv("BUSYADDR", strings.TrimPrefix(running.URL, "http://"))
			e.Setenv("ADDR", freePort(t))
			e.Setenv("OTHER", freePort(t))
			return copyData(data, founded)
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){"ends": ends, "answers": answers, "hostile": hostile, "demodata": demoData},
	})
}

// copyData copies an installation; the key is as closed as it was, whatever the umask.
func copyData(to, from string) error {
	return errors.Join(os.CopyFS(to, os.DirFS(from)), os.Chmod(filepath.Join(to, "secret.key"), 0o600))
}

// ends CODE command... runs a command and wants that exit code.
func ends(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: ends CODE command...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("%v", err)
		}
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("%v ended with %d; want %d", args[1:], got, want)
	}
}

// answers URL TEXT waits until a server in the background answers an address with a text.
func answers(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: answers URL TEXT")
	}
	said := ""
	for range 400 {
		if r, err := http.Get(args[0]); err == nil {
			b, err := io.ReadAll(r.Body)
			r.Body.Close()
			ts.Check(err)
			if said = r.Status + " " + string(b); strings.Contains(said, args[1]) {
				return
			}
		}
		time.Sleep(50 * time.Millisecond) // the process says when it is ready; nothing else can
	}
	ts.Fatalf("%s says %q; want %q", args[0], said, args[1])
}

// demodata DIR puts a filled demo there.
func demoData(ts *testscript.TestScript, neg bool, args []string) {
	from, err := filled()
	ts.Check(err)
	ts.Check(copyData(ts.MkAbs(args[0]), from))
}

// hostile writes zips that no author makes: climbs.zip, link.zip, zeros.zip (10 GiB unpacked) and many.zip (200,000 entries).
func hostile(ts *testscript.TestScript, neg bool, args []string) {
	write := func(name string, fill func(z *zip.Writer) error) {
		f, err := os.Create(ts.MkAbs(name))
		ts.Check(err)
		z := zip.NewWriter(f)
		ts.Check(errors.Join(fill(z), z.Close(), f.Close()))
	}
	write("climbs.zip", func(z *zip.Writer) error { _, err := z.Create("../../climbed"); return err })
	write("link.zip", func(z *zip.Writer) error {
		h := zip.FileHeader{Name: "assessment.yaml"}
		h.SetMode(os.ModeSymlink | 0o777)
		w, err := z.CreateHeader(&h)
		if err == nil {
			_, err = io.WriteString(w, "/etc/hostname")
		}
		return err
	})
	const one = 32 << 20
	var packed bytes.Buffer
	w, err := flate.NewWriter(&packed, flate.BestSpeed)
	ts.Check(err)
	_, err = w.Write(make([]byte, one))
	ts.Check(errors.Join(err, w.Close()))
	write("zeros.zip", func(z *zip.Writer) error {
		for i := range 10 << 30 / one {
			w, err := z.CreateRaw(&zip.FileHeader{Name: fmt.Sprint("zeros", i), Method: zip.Deflate, CompressedSize64: uint64(packed.Len()), UncompressedSize64: one})
			if err != nil {
				return err
			}
			if _, err := w.Write(packed.Bytes()); err != nil {
				return err
			}
		}
		return nil
	})
	write("many.zip", func(z *zip.Writer) error {
		for i := range 200_000 {
			if _, err := z.CreateRaw(&zip.FileHeader{Name: fmt.Sprint(i)}); err != nil {
				return err
			}
		}
		return nil
	})
}
