package codereview_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"candor/internal/item"
	"candor/internal/web/locale"
)

const onlyA = "defects: [{id: a, file: a.go, lines: 2, severity: must, class: logic, title: A, why: B}]\n"

// of is a folder with a patch.
func of(base map[string]string, patch, defects string) fstest.MapFS {
	out := fstest.MapFS{"item.yaml": {Data: []byte(head)}, "change.patch": {Data: []byte(patch)}, "defects.yaml": {Data: []byte(defects)}}
	for name, text := range base {
		out["base/"+name] = &fstest.MapFile{Data: []byte(text)}
	}
	return out
}

// git makes the patch of what changed between two folders, as an author would.
func git(t *testing.T, before, after map[string]string, mode map[string]fs.FileMode) string {
	t.Helper()
	dir := t.TempDir()
	run := func(args ...string) string {
		t.Helper()
		cmd := exec.Command("git", append([]string{"-c", "user.name=x", "-c", "user.email=x@y.example", "-c", "core.autocrlf=false"}, args...)...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null")
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("git %v: %v", args, err)
		}
		return string(out)
	}
	write := func(files map[string]string) {
		t.Helper()
		for name, text := range files {
			p := filepath.Join(dir, name)
			if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
				t.Fatal(err)
			}
			m := fs.FileMode(0o644)
			if x, ok := mode[name]; ok {
				m = x
			}
			os.Remove(p)
			if err := os.WriteFile(p, []byte(text), m); err != nil {
				t.Fatal(err)
			}
		}
	}
	run("init", "-q")
	m := mode
	mode = nil
	write(before)
	run("add", "-A")
	run("commit", "-q", "-m", "base")
	mode = m
	for name := range before {
		if _, stays := after[name]; !stays {
			os.Remove(filepath.Join(dir, name))
		}
	}
	write(after)
	run("add", "-A")
	return run("diff", "--cached", "--binary", "-M")
}

func draw(t *testing.T, s item.Spec) string {
	t.Helper()
	var b bytes.Buffer
	if err := kind.Ask(s, item.AskView{Ref: item.Ref{Item: "pr"}, Body: kind.Blank(s), Alone: true, Text: locale.For("en").T}).Render(context.Background(), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestStrangeChanges: whatever git can say of a file is shown with a reason, and a page can be drawn of it.
func TestStrangeChanges(t *testing.T) {
	a, b := "package a\n", "package a\nvar x = 1\n"
	long := strings.Repeat("A line of a long file.\n", 500)
	for _, c := range []struct {
		name          string
		before, after map[string]string
		mode          map[string]fs.FileMode
		want          string
	}{
		{"binary", map[string]string{"x.bin": "\x00\x01" + strings.Repeat("z", 90)}, map[string]string{"x.bin": "\x00\x02" + strings.Repeat("y", 90)}, nil, "This file is not text"},
		{"not UTF-8", map[string]string{"x.txt": "caf\xe9\n"}, map[string]string{"x.txt": "caf\xe9s\n"}, nil, "This file is not text"},
		{"renamed only", map[string]string{"x.txt": long}, map[string]string{"y.txt": long}, nil, "Only the name changed"},
		{"renamed and changed", map[string]string{"x.txt": long}, map[string]string{"y.txt": long + "More.\n"}, nil, "was x.txt"},
		{"mode only", map[string]string{"x.sh": "echo\n"}, map[string]string{"x.sh": "echo\n"}, map[string]fs.FileMode{"x.sh": 0o755}, "Only the file’s mode changed"},
		{"CRLF", map[string]string{"x.txt": "one\r\ntwo\r\n"}, map[string]string{"x.txt": "one\r\nthree\r\n"}, nil, "line ends are CRLF"},
		{"only line ends", map[string]string{"x.txt": "one\r\ntwo\r\n"}, map[string]string{"x.txt": "one\ntwo\n"}, nil, "Only the line ends changed"},
		{"no line end at the end", map[string]string{"x.txt": "one\n"}, map[string]string{"x.txt": "one\ntwo"}, nil, "no line end at the end of the file"},
		{"long", map[string]string{"x.txt": ""}, map[string]string{"x.txt": long}, nil, "500 lines changed in this file"},
		{"huge", map[string]string{"x.txt": ""}, map[string]string{"x.txt": strings.Repeat("A line of a huge file.\n", 60_000)}, nil, "larger than 1 MiB"},
		{"removed", map[string]string{"x.txt": "one\n"}, map[string]string{}, nil, "removed"},
		{"spaces in the name", map[string]string{"x y.txt": "one\n"}, map[string]string{"x y.txt": "two\n"}, nil, "x y.txt"},
		{"tool", map[string]string{"go.sum": "a\n"}, map[string]string{"go.sum": "b\n"}, nil, "written by a tool"},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.before["a.go"], c.after["a.go"] = a, b
			s, found := kind.Spec(of(c.before, git(t, c.before, c.after, c.mode), onlyA))
			if item.Failed(found) {
				t.Fatal(found)
			}
			if page := draw(t, s); !strings.Contains(page, c.want) || !strings.Contains(page, "var") {
				t.Errorf("the page does not say %q", c.want)
			}
			for _, path := range []string{"patch", "changes", "tree/new", "search"} {
				if _, err := kind.Look(s, item.LookView{Path: path, Text: locale.For("en").T}); err != nil {
					t.Errorf("%s: %v", path, err)
				}
			}
		})
	}
}

// TestPatchesThatCannotBeTaken: each is a finding that says what to do.
func TestPatchesThatCannotBeTaken(t *testing.T) {
	base := map[string]string{"a.go": "package a\n"}
	good := "diff --git a/a.go b/a.go\n--- a/a.go\n+++ b/a.go\n@@ -1 +1,2 @@\n package a\n+var x = 1\n"
	for _, c := range []struct{ name, patch, want string }{
		{"good", good, ""},
		{"against another base", strings.ReplaceAll(good, "package a", "package b"), "Make the patch against the base again"},
		{"a file that is not there", strings.ReplaceAll(good, "a.go", "z.go"), "there is no file base/z.go"},
		{"adds what is there", "diff --git a/a.go b/a.go\nnew file mode 100644\n--- /dev/null\n+++ b/a.go\n@@ -0,0 +1 @@\n+package a\n", "in base already"},
		{"cut off", good[:len(good)-20], "no patch"},
		{"binary without content", "diff --git a/a.go b/a.go\nindex 1..2 100644\nBinary files a/a.go and b/a.go differ\n", "git diff --binary"},
		{"a name with a line break", "diff --git \"a/x\\ny.go\" \"b/x\\ny.go\"\nnew file mode 100644\n--- /dev/null\n+++ \"b/x\\ny.go\"\n@@ -0,0 +1 @@\n+package a\n", "control character"},
		{"out of the repository", strings.ReplaceAll(good, "/a.go", "/../a.go"), "no path within a repository"},
		{"nothing", "", "changes nothing"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, found := kind.Spec(of(base, c.patch, onlyA))
			if said := fmt.Sprint(found); item.Failed(found) != (c.want != "") || !strings.Contains(said, c.want) {
				t.Errorf("findings = %s; want %q", said, c.want)
			}
		})
	}
}

// FuzzPatch: no patch and no list of defects ends the program, and what can be read can be drawn.
func FuzzPatch(f *testing.F) {
	f.Add("diff --git a/a.go b/a.go\n--- a/a.go\n+++ b/a.go\n@@ -1 +1,2 @@\n package a\n+var x = 1\n", onlyA)
	f.Add("diff --git a/a.go b/b.go\nsimilarity index 100%\nrename from a.go\nrename to b.go\n", "defects:\n  - id: x\n")
	raw, _ := base64.StdEncoding.DecodeString("ZGlmZiAtLWdpdCBhL2EgYi9h")
	f.Add(string(raw), seeded)
	f.Fuzz(func(t *testing.T, patch, defects string) {
		s, found := kind.Spec(of(map[string]string{"a.go": "package a\n"}, patch, defects))
		if !item.Failed(found) {
			draw(t, s)
		}
	})
}
