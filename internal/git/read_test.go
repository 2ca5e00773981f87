package git

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

func TestReading(t *testing.T) {
	l := newLab(t)
	one := l.commit("Start\n\nWith a body.", map[string]string{"README.md": "# Hello\n", "pkg/a.go": "package a\n", "pkg/deep/b.go": "package b\n", "run.sh*": "#!/bin/sh\n", "logo": "\x00PNG"})
	two := l.commit("Change é \xff", map[string]string{"README.md": "# Hello\nworld\n", "pkg/a.go": "package a\n", "pkg/deep/b.go": "package b\n", "run.sh*": "#!/bin/sh\n", "logo": "\x00PNG"}, one)
	l.take()
	v := l.with(Ref{"refs/heads/main", two})
	t.Run("tree", func(t *testing.T) {
		got, err := v.Tree(ctx, two, "")
		if err != nil {
			t.Fatal(err)
		}
		if s := paths(got); s != "pkg/ README.md logo run.sh*" {
			t.Errorf("root = %s", s)
		}
		if got[1].Size != 14 || got[0].Size != -1 {
			t.Errorf("sizes %d and %d", got[1].Size, got[0].Size)
		}
		if got, err := v.Tree(ctx, two, "pkg"); err != nil || paths(got) != "pkg/deep/ pkg/a.go" {
			t.Errorf("pkg = %s, %v", paths(got), err)
		}
		if got, err := v.Files(ctx, two, 5); err != nil || paths(got) != "README.md logo pkg/a.go pkg/deep/b.go run.sh*" {
			t.Errorf("files = %s, %v", paths(got), err)
		}
		if _, err := v.Files(ctx, two, 4); code(err) != "git_too_large" {
			t.Errorf("at most four of five files = %v", err)
		}
		for _, path := range []string{"nowhere", "../etc", "README.md", "/pkg", "pkg/", "a\nb", "."} {
			if _, err := v.Tree(ctx, two, path); code(err) != "git_missing" {
				t.Errorf("Tree(%q) = %v; want missing", path, err)
			}
		}
		for _, rev := range []Hash{"", "main", "HEAD", Zero, "--help", Hash(strings.Repeat("a", 40))} {
			if _, err := v.Tree(ctx, rev, ""); code(err) != "git_missing" {
				t.Errorf("Tree of %q = %v; want missing", rev, err)
			}
		}
	})
	t.Run("file", func(t *testing.T) {
		if f, err := v.File(ctx, two, "README.md", 7); err != nil || string(f.Data) != "# Hello" || f.Size != 14 || f.Mode != FileMode || f.Binary {
			t.Errorf("File = %+v, %v", f, err)
		}
		if f, err := v.File(ctx, one, "pkg/deep/b.go", 100); err != nil || string(f.Data) != "package b\n" {
			t.Errorf("File = %+v, %v", f, err)
		}
		if f, err := v.File(ctx, one, "logo", 100); err != nil || !f.Binary {
			t.Errorf("logo = %+v, %v", f, err)
		}
		for _, path := range []string{"", "pkg", "nowhere", "pkg/nowhere", "README.md/x", "../x"} {
			if _, err := v.File(ctx, one, path, 100); code(err) != "git_missing" {
				t.Errorf("File(%q) = %v; want missing", path, err)
			}
		}
	})
	t.Run("log", func(t *testing.T) {
		all, more, err := v.Log(ctx, two, LogOptions{})
		if err != nil || more || len(all) != 2 {
			t.Fatalf("Log = %+v, %v, %v", all, more, err)
		}
		want := Commit{one, all[1].Tree, nil, anna, anna, "Start", "With a body."}
		if !reflect.DeepEqual(all[1], want) || all[0].Subject != "Change é \uFFFD" || all[0].Parents[0] != one {
			t.Errorf("Log = %+v", all)
		}
		if all, more, err := v.Log(ctx, two, LogOptions{Max: 1}); err != nil || !more || all[0].Hash != two {
			t.Errorf("the newest = %+v, %v, %v", all, more, err)
		}
		if all, _, err := v.Log(ctx, two, LogOptions{Oldest: true}); err != nil || all[0].Hash != one {
			t.Errorf("oldest first = %+v, %v", all, err)
		}
		if all, _, err := v.Log(ctx, two, LogOptions{Not: one}); err != nil || len(all) != 1 {
			t.Errorf("not behind the first = %+v, %v", all, err)
		}
		if all, _, err := v.Log(ctx, two, LogOptions{Path: "pkg"}); err != nil || len(all) != 1 || all[0].Hash != one {
			t.Errorf("of pkg = %+v, %v", all, err)
		}
		if _, _, err := v.Log(ctx, "main", LogOptions{}); code(err) != "git_missing" {
			t.Errorf("of a name = %v", err)
		}
	})
	t.Run("blame", func(t *testing.T) {
		got, err := v.Blame(ctx, two, "README.md")
		want := []BlameLine{{1, one, anna, 1, "README.md", "# Hello"}, {2, two, anna, 2, "README.md", "world"}}
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("Blame = %+v, %v", got, err)
		}
		if _, err := v.Blame(ctx, two, "nowhere"); code(err) != "git_missing" {
			t.Errorf("of nothing = %v", err)
		}
	})
	t.Run("grep", func(t *testing.T) {
		for _, c := range []struct {
			text string
			o    GrepOptions
			want string
		}{
			{"package", GrepOptions{}, "pkg/a.go:1 pkg/deep/b.go:1"}, {"PACKAGE", GrepOptions{}, ""}, {"PACKAGE", GrepOptions{IgnoreCase: true}, "pkg/a.go:1 pkg/deep/b.go:1"},
			{"^w.r", GrepOptions{Regexp: true}, "README.md:2"}, {".", GrepOptions{}, ""}, {"PNG", GrepOptions{}, ""}, {"package", GrepOptions{Max: 1}, "pkg/a.go:1 more"}, {"", GrepOptions{}, ""},
		} {
			got, more, err := v.Grep(ctx, two, c.text, c.o)
			var b []string
			for _, m := range got {
				b = append(b, fmt.Sprintf("%s:%d", m.Path, m.Line))
			}
			if more {
				b = append(b, "more")
			}
			if s := strings.Join(b, " "); s != c.want || err != nil {
				t.Errorf("Grep(%q, %+v) = %s, %v; want %s", c.text, c.o, s, err, c.want)
			}
		}
		if _, _, err := v.Grep(ctx, two, "(", GrepOptions{Regexp: true}); code(err) != "git_pattern" {
			t.Errorf("of a broken one = %v", err)
		}
	})
	t.Run("bundle", func(t *testing.T) {
		dir := t.TempDir()
		var b bytes.Buffer
		if err := v.Bundle(ctx, &b); err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(dir, "x.bundle")
		if err := os.WriteFile(file, b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		if out, err := exec.Command("git", "clone", "--quiet", file, filepath.Join(dir, "out")).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		if got, err := os.ReadFile(filepath.Join(dir, "out", "README.md")); err != nil || string(got) != "# Hello\nworld\n" {
			t.Errorf("the clone holds %q, %v", got, err)
		}
	})
	t.Run("connected", func(t *testing.T) {
		if ok, err := l.with().Connected(ctx, []Hash{two}); !ok || err != nil {
			t.Errorf("all of it = %v, %v", ok, err)
		}
		if ok, err := l.with().Connected(ctx, []Hash{Hash(strings.Repeat("a", 40))}); ok || err != nil {
			t.Errorf("of nothing = %v, %v", ok, err)
		}
	})
	t.Run("repack", func(t *testing.T) {
		v := l.with()
		p, err := v.Repack(ctx, []Hash{two}, []Hash{one})
		if err != nil || p.Objects != 3 {
			t.Errorf("what the second added = %+v, %v; want a commit, a tree and a file", p, err)
		}
		if p, err := v.Repack(ctx, []Hash{one}, []Hash{two}); err != nil || p != (Pack{}) {
			t.Errorf("of nothing = %+v, %v", p, err)
		}
	})
}

func paths(entries []Entry) string {
	var b []string
	for _, e := range entries {
		s := e.Path
		switch e.Mode {
		case FolderMode:
			s += "/"
		case ExecMode:
			s += "*"
		}
		b = append(b, s)
	}
	return strings.Join(b, " ")
}

// draw is a diff as a person would write it down.
func draw(d Diff) string {
	var b strings.Builder
	for _, f := range d.Files {
		fmt.Fprintf(&b, "%c %s", f.Status, f.New)
		if f.Old != f.New {
			fmt.Fprintf(&b, " from %s", f.Old)
		}
		if f.OldMode != f.NewMode && f.Status != 'A' && f.Status != 'D' {
			fmt.Fprintf(&b, " %s to %s", f.OldMode, f.NewMode)
		}
		fmt.Fprintf(&b, " +%d-%d", f.Added, f.Deleted)
		for what, is := range map[string]bool{" binary": f.Binary, " cut": f.Cut} {
			if is {
				b.WriteString(what)
			}
		}
		b.WriteByte('\n')
		for _, h := range f.Hunks {
			fmt.Fprintf(&b, "@%d,%d %d,%d %s\n", h.OldAt, h.OldN, h.NewAt, h.NewN, h.Head)
			for _, l := range h.Lines {
				end := ""
				if l.NoEnd {
					end = " (no end)"
				}
				fmt.Fprintf(&b, "%c%d,%d %q%s\n", l.Op, l.Old, l.New, l.Text, end)
			}
		}
	}
	if d.Cut {
		b.WriteString("cut\n")
	}
	return b.String()
}

func TestDiff(t *testing.T) {
	long := strings.Repeat("line\n", 30)
	for name, c := range map[string]struct {
		old, now map[string]string
		o        DiffOptions
		want     string
	}{
		"a line": {map[string]string{"a": "1\n2\n3\n"}, map[string]string{"a": "1\ntwo\n3\n"}, DiffOptions{},
			"M a +1-1\n@1,3 1,3 \n 1,1 \"1\"\n-2,0 \"2\"\n+0,2 \"two\"\n 3,3 \"3\"\n"},
		"no context": {map[string]string{"a": "1\n2\n3\n"}, map[string]string{"a": "1\ntwo\n3\n"}, DiffOptions{Context: -1}, "M a +1-1\n@2,1 2,1 \n-2,0 \"2\"\n+0,2 \"two\"\n"},
		"made":       {map[string]string{"a": "1\n"}, map[string]string{"a": "1\n", "b": "x"}, DiffOptions{}, "A b +1-0\n@0,0 1,1 \n+0,1 \"x\" (no end)\n"},
		"removed":    {map[string]string{"a": "1\n", "b": "x\n"}, map[string]string{"a": "1\n"}, DiffOptions{}, "D b +0-1\n@1,1 0,0 \n-1,0 \"x\"\n"},
		"an end":     {map[string]string{"a": "1\n2"}, map[string]string{"a": "1\n2\n"}, DiffOptions{}, "M a +1-1\n@1,2 1,2 \n 1,1 \"1\"\n-2,0 \"2\" (no end)\n+0,2 \"2\"\n"},
		"renamed":    {map[string]string{"a": long}, map[string]string{"b c": long}, DiffOptions{}, "R b c from a +0-0\n"},
		"renamed and changed": {map[string]string{"a": long}, map[string]string{"dir/b": long + "end\n"}, DiffOptions{Context: -1},
			"R dir/b from a +1-0\n@30,0 31,1 line\n+0,31 \"end\"\n"},
		"only the mode": {map[string]string{"a": "1\n"}, map[string]string{"a*": "1\n"}, DiffOptions{}, "M a 100644 to 100755 +0-0\n"},
		"binary":        {map[string]string{"a": "\x00"}, map[string]string{"a": "\x01\x00", "b": "1\n"}, DiffOptions{}, "M a +0-0 binary\nA b +1-0\n@0,0 1,1 \n+0,1 \"1\"\n"},
		"line ends":     {map[string]string{"a": "1\r\n"}, map[string]string{"a": "1\n"}, DiffOptions{}, "M a +1-1\n@1,1 1,1 \n-1,0 \"1\\r\"\n+0,1 \"1\"\n"},
		"spaces":        {map[string]string{"a": "1\r\n", "b": "x\n"}, map[string]string{"a": "1\n", "b": "y\n"}, DiffOptions{IgnoreSpace: true}, "M a +0-0\nM b +1-1\n@1,1 1,1 \n-1,0 \"x\"\n+0,1 \"y\"\n"},
		"not UTF-8":     {map[string]string{"a": "\xff\n"}, map[string]string{"a": "\xfe\n"}, DiffOptions{}, "M a +1-1\n@1,1 1,1 \n-1,0 \"�\"\n+0,1 \"�\"\n"},
		"looks like a patch": {map[string]string{"a": "", "b": "x\n"}, map[string]string{"a": "diff --git a/b b/b\n@@ -1 +1 @@\n-- a/b\n", "b": "y\n"}, DiffOptions{},
			"M a +3-0\n@0,0 1,3 \n+0,1 \"diff --git a/b b/b\"\n+0,2 \"@@ -1 +1 @@\"\n+0,3 \"-- a/b\"\nM b +1-1\n@1,1 1,1 \n-1,0 \"x\"\n+0,1 \"y\"\n"},
		"lines are cut": {map[string]string{}, map[string]string{"a": long, "b": "1\n", "c": "\x00"}, DiffOptions{MaxLines: 2},
			"A a +30-0 cut\n@0,0 1,30 \n+0,1 \"line\"\n+0,2 \"line\"\nA b +1-0 cut\nA c +0-0 binary\ncut\n"},
		"files are cut": {map[string]string{}, map[string]string{"a": "1\n", "b": "2\n"}, DiffOptions{MaxFiles: 1}, "A a +1-0\n@0,0 1,1 \n+0,1 \"1\"\ncut\n"},
		"paths":         {map[string]string{"a": "1\n", "b/c": "1\n"}, map[string]string{"a": "2\n", "b/c": "2\n"}, DiffOptions{Paths: []string{"b"}, Context: -1}, "M b/c +1-1\n@1,1 1,1 \n-1,0 \"1\"\n+0,1 \"2\"\n"},
		"magic paths":   {map[string]string{"a": "1\n"}, map[string]string{"a": "2\n"}, DiffOptions{Paths: []string{":(top)a", "*"}}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLab(t)
			one, two := l.commit("1", c.old), l.commit("2", c.now)
			l.take()
			d, err := l.with().Diff(ctx, one, two, c.o)
			if got := draw(d); got != c.want || err != nil {
				t.Errorf("Diff = %v\n%swant\n%s", err, got, c.want)
			}
		})
	}
}

func TestLongLines(t *testing.T) {
	l := newLab(t)
	one := l.commit("1", map[string]string{"a": strings.Repeat("x", 100_000) + "\nshort\n"})
	l.take()
	d, err := l.with().Diff(ctx, "", one, DiffOptions{})
	if err != nil || len(d.Files) != 1 || len(d.Files[0].Hunks[0].Lines) != 2 {
		t.Fatalf("Diff = %v, %v", draw(d), err)
	}
	if lines := d.Files[0].Hunks[0].Lines; len(lines[0].Text) != maxLine+len("…") || lines[1].Text != "short" {
		t.Errorf("lines of %d and %d bytes", len(lines[0].Text), len(lines[1].Text))
	}
	if _, err := l.with().Diff(ctx, "HEAD", one, DiffOptions{}); code(err) != "git_missing" {
		t.Errorf("from a name = %v", err)
	}
}

// Nothing of the machine, the person or the repository changes what git does.
func TestTheEnvironmentIsClean(t *testing.T) {
	home := t.TempDir()
	evil := filepath.Join(home, "ran")
	if err := os.WriteFile(filepath.Join(home, ".gitconfig"), []byte("[core]\n\tpager = touch "+evil+"\n[diff]\n\texternal = touch "+evil+"\n[alias]\n\tls-tree = !touch "+evil+"\n[color]\n\tui = always\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("HOME", home)
	t.Setenv("GIT_EXTERNAL_DIFF", "touch "+evil)
	t.Setenv("GIT_INDEX_FILE", evil)
	t.Setenv("GIT_OBJECT_DIRECTORY", home)
	l := newLab(t)
	one := l.commit("1", map[string]string{"a": "1\n"})
	two := l.commit("2", map[string]string{"a": "2\n", ".gitattributes": "* diff=x filter=x\n", ".mailmap": "Other <other@mail.example> <anna@mail.example>\n"}, one)
	l.take()
	v := l.with(Ref{"refs/heads/main", two}, Ref{"refs/replace/" + string(one), two})
	if d, err := v.Diff(ctx, one, two, DiffOptions{}); err != nil || len(d.Files) != 3 {
		t.Errorf("Diff = %v, %v", draw(d), err)
	}
	if all, _, err := v.Log(ctx, two, LogOptions{}); err != nil || len(all) != 2 || all[0].Author != anna {
		t.Errorf("Log = %+v, %v", all, err)
	}
	if _, err := os.Stat(evil); err == nil {
		t.Error("a command of the configuration ran")
	}
	p, err := v.Start(ctx, Options{}, "clone", "--bare", "https://127.0.0.1:1/x", filepath.Join(home, "x"))
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Wait(); err == nil || !strings.Contains(err.Error(), "not allowed") {
		t.Errorf("it fetched: %v", err)
	}
}

func TestMemoryIsBounded(t *testing.T) {
	l := newLab(t)
	l.commit("1", map[string]string{"a": "1\n"})
	small := &View{l.with().Dir, &Git{Memory: 1 << 20}}
	if _, err := small.Take(ctx, l.Pack(), roomy); err == nil {
		t.Error("index-pack ran in 1 MiB")
	}
}
