package git

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha1"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"maps"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"candor/internal/problem"
)

var (
	ctx  = context.Background()
	anna = Signature{"Anna Muster", "anna@mail.example", time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)}
)

// lab makes packs and takes them.
type lab struct {
	t    testing.TB
	view *View
	Packer
}

func newLab(t testing.TB) *lab {
	t.Helper()
	v, err := new(Git).View(filepath.Join(t.TempDir(), "view"), "refs/heads/main", nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	return &lab{t: t, view: v}
}

// commit adds a commit of some files to the pack. A path that ends with * is executable.
func (l *lab) commit(message string, files map[string]string, parents ...Hash) Hash {
	return l.Add(CommitKind, CommitObject(l.tree("", files), parents, anna, message))
}

func (l *lab) tree(prefix string, files map[string]string) Hash {
	var entries []Entry
	seen := map[string]bool{}
	for _, path := range slices.Sorted(maps.Keys(files)) {
		rest, ok := strings.CutPrefix(path, prefix)
		if !ok {
			continue
		}
		name, _, deeper := strings.Cut(rest, "/")
		if deeper {
			if !seen[name] {
				seen[name] = true
				entries = append(entries, Entry{Path: name, Mode: FolderMode, Hash: l.tree(prefix+name+"/", files)})
			}
			continue
		}
		mode := FileMode
		if strings.HasSuffix(name, "*") {
			name, mode = strings.TrimSuffix(name, "*"), ExecMode
		}
		entries = append(entries, Entry{Path: name, Mode: mode, Hash: l.Add(BlobKind, []byte(files[path]))})
	}
	return l.Add(TreeKind, TreeObject(entries))
}

var roomy = PackLimits{Bytes: 64 << 20, Object: 16 << 20, Inflated: 256 << 20, Objects: 100_000}

// take gives the pack to git.
func (l *lab) take() Pack {
	l.t.Helper()
	p, err := l.view.Take(ctx, l.Pack(), roomy)
	if err != nil {
		l.t.Fatal(err)
	}
	return p
}

// with is a view of the same objects with refs.
func (l *lab) with(refs ...Ref) *View {
	l.t.Helper()
	v, err := new(Git).View(filepath.Join(l.t.TempDir(), "with"), "refs/heads/main", refs, []string{l.view.objects()})
	if err != nil {
		l.t.Fatal(err)
	}
	return v
}

func code(err error) string {
	if p, ok := problem.As(err); ok {
		return p.Code
	}
	return fmt.Sprint(err)
}

func said(err error) string {
	if p, ok := problem.As(err); ok {
		return p.Text
	}
	return fmt.Sprint(err)
}

// What we let through git lets through too; what we refuse beyond that is listed.
func TestCheckRef(t *testing.T) {
	ours := []string{"refs/heads/a\u200bb", "refs/heads/a\u202eb", "refs/heads/\xff", "refs/heads/-x", "refs/heads/x/-y", "refs/heads/HEAD", "refs/heads/" + strings.Repeat("x", 200)}
	for _, name := range append([]string{"refs/heads/main", "refs/heads/feature/one", "refs/tags/v1.0", "refs/heads/ünï", "refs/heads/a.b", "refs/heads/@", "refs/heads/a@b", "main", "",
		"refs/heads/", "/refs/heads/x", "refs//heads/x", "refs/heads/a..b", "refs/heads/.a", "refs/heads/a/.b", "refs/heads/a.lock", "refs/heads/a.lock/b", "refs/heads/a b",
		"refs/heads/a~1", "refs/heads/a^", "refs/heads/a:b", "refs/heads/a?b", "refs/heads/a*", "refs/heads/a[b", "refs/heads/a\\b", "refs/heads/a@{1}", "refs/heads/a.", "refs/heads/a/",
		"refs/heads/\x7f", "refs/heads/a\nb", "@", "../refs/heads/x", "refs/../x", "refs/heads/a.lock.", "refs/heads/..", "refs/heads/a\tb"}, ours...) {
		theirs := exec.Command("git", "check-ref-format", name).Run() == nil
		wrong := CheckRef(name)
		if want := theirs && !slices.Contains(ours, name); (wrong == "") != want {
			t.Errorf("CheckRef(%q) = %q; git check-ref-format says %v", name, wrong, theirs)
		}
	}
}

func FuzzCheckRef(f *testing.F) {
	f.Add("refs/heads/main")
	f.Add("refs/heads/a.lock")
	f.Fuzz(func(t *testing.T, name string) {
		if CheckRef(name) == "" && exec.Command("git", "check-ref-format", name).Run() != nil {
			t.Errorf("git refuses %q", name)
		}
	})
}

func TestPkt(t *testing.T) {
	var b bytes.Buffer
	WritePkt(&b, "want %s\n", Zero)
	WriteFlush(&b)
	b.WriteString("00010002")
	r := bufio.NewReader(&b)
	for i, want := range []Pkt{Data, Flush, Delim, End} {
		if got, line, err := ReadPkt(r); got != want || err != nil || i == 0 && string(line) != "want "+string(Zero)+"\n" {
			t.Errorf("line %d = %v, %q, %v; want %v", i, got, line, err, want)
		}
	}
	if _, _, err := ReadPkt(r); err != io.EOF {
		t.Errorf("at the end = %v", err)
	}
	for _, bad := range []string{"0003", "zzzz", "-001", "00", "000", "0009abc", "fff1" + strings.Repeat("x", 70000), "+004"} {
		if _, _, err := ReadPkt(bufio.NewReader(strings.NewReader(bad))); err == nil || err == io.EOF {
			t.Errorf("ReadPkt(%.10q) = %v; want an error", bad, err)
		}
	}
}

func TestReadPush(t *testing.T) {
	line := func(s string) string { return fmt.Sprintf("%04x%s", len(s)+4, s) }
	a := strings.Repeat("a", 40)
	cmd := string(Zero) + " " + a + " refs/heads/main"
	p, err := ReadPush(bufio.NewReader(strings.NewReader(line(cmd+"\x00report-status atomic")+line(a+" "+string(Zero)+" refs/heads/old")+"0000PACK")), 10)
	if err != nil || len(p.Commands) != 2 || !p.Has("atomic") || p.Has("quiet") || p.Commands[1] != (Command{"refs/heads/old", Hash(a), Zero}) {
		t.Errorf("ReadPush = %+v, %v", p, err)
	}
	if p, err := ReadPush(bufio.NewReader(strings.NewReader(line("shallow "+a)+line(cmd)+"0000")), 10); err != nil || !p.Shallow || len(p.Commands) != 1 {
		t.Errorf("of a shallow clone = %+v, %v", p, err)
	}
	for name, c := range map[string]struct{ in, want string }{
		"nothing":      {"", "EOF"},
		"a try":        {"0000", "EOF"},
		"cut off":      {line(cmd), "unexpected EOF"},
		"short":        {line("abc") + "0000", "git: not a push"},
		"no hash":      {line(strings.Repeat("z", 40)+" "+a+" refs/heads/main") + "0000", "git: not a push"},
		"twice":        {line(cmd) + line(cmd) + "0000", "git: not a push"},
		"a line break": {line(cmd+"\nx") + "0000", "git: not a push"},
		"signed":       {line("push-cert\x00x") + "0000", "git_refused"},
		"many":         {line(cmd+"1") + line(cmd+"2") + line(cmd+"3") + "0000", "git_too_large"},
		"a delimiter":  {"0001", "git: not a push"},
	} {
		if _, err := ReadPush(bufio.NewReader(strings.NewReader(c.in)), 2); code(err) != c.want {
			t.Errorf("%s: %v; want %s", name, err, c.want)
		}
	}
}

func FuzzReadPush(f *testing.F) {
	f.Add([]byte("0000"))
	f.Fuzz(func(t *testing.T, b []byte) { ReadPush(bufio.NewReader(bytes.NewReader(b)), 5) })
}

func TestGate(t *testing.T) {
	l := newLab(t)
	l.commit("one", map[string]string{"a.txt": "a\n", "zeros": strings.Repeat("\x00", 1<<20)})
	whole, err := io.ReadAll(l.Pack())
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if n, err := Gate(bytes.NewReader(whole), &out, roomy); err != nil || n != 4 || !bytes.Equal(out.Bytes(), whole) {
		t.Errorf("Gate = %d, %v and %d bytes of %d", n, err, out.Len(), len(whole))
	}
	flipped := slices.Clone(whole)
	flipped[len(flipped)-22] ^= 0xff
	for name, c := range map[string]struct {
		in    []byte
		limit func(*PackLimits)
		want  string
	}{
		"bytes":      {whole, func(l *PackLimits) { l.Bytes = 100 }, "more than 0 MiB in one push"},
		"objects":    {whole, func(l *PackLimits) { l.Objects = 3 }, "4 objects in one push; 3 are the most"},
		"one object": {whole, func(l *PackLimits) { l.Object = 1<<20 - 1 }, "a file of 1 MiB; 0 MiB are the most"},
		"unpacked":   {whole, func(l *PackLimits) { l.Inflated = 1 << 20 }, "unpacked, this push is larger than 1 MiB"},
		"cut off":    {whole[:len(whole)-25], nil, "the push broke off"},
		"no sum":     {whole[:len(whole)-3], nil, "the push broke off"},
		"empty":      {nil, nil, "the push broke off"},
		"no pack":    {[]byte("GIF89a......"), nil, "the pack is damaged"},
		"flipped":    {flipped, nil, "the pack is damaged"},
		"lies":       {append([]byte("PACK\x00\x00\x00\x02\x00\x00\x00\x01\x31"), whole[13:]...), nil, "the pack is damaged"},
		"a bomb":     {bomb(1 << 40), nil, "a file of 1048576 MiB; 16 MiB are the most"},
	} {
		limits := roomy
		if c.limit != nil {
			c.limit(&limits)
		}
		if _, err := Gate(bytes.NewReader(c.in), io.Discard, limits); !strings.HasPrefix(said(err), c.want) {
			t.Errorf("%s: %v; want %s", name, err, c.want)
		}
	}
}

// bomb is a pack with a delta of a few bytes that makes size bytes.
func bomb(size int64) []byte {
	var delta []byte
	for _, n := range []int64{5, size} {
		for ; n > 0x7f; n >>= 7 {
			delta = append(delta, byte(n)|0x80)
		}
		delta = append(delta, byte(n))
	}
	out := binary.BigEndian.AppendUint32([]byte("PACK\x00\x00\x00\x02"), 1)
	out = append(out, refDelta<<4|byte(len(delta)))
	out = append(out, make([]byte, 20)...)
	var p Packer
	p.Add(BlobKind, delta)
	return append(append(out, p.body.Bytes()[1:]...), make([]byte, 20)...)
}

func FuzzGate(f *testing.F) {
	var p Packer
	p.Add(BlobKind, []byte("hello"))
	whole, _ := io.ReadAll(p.Pack())
	f.Add(whole)
	f.Add(bomb(100))
	f.Fuzz(func(t *testing.T, b []byte) {
		var out bytes.Buffer
		limits := PackLimits{Bytes: 1 << 16, Object: 1 << 16, Inflated: 1 << 18, Objects: 100}
		if _, err := Gate(bytes.NewReader(b), &out, limits); err == nil && !bytes.HasPrefix(b, out.Bytes()) {
			t.Error("what went on is not what came")
		}
	})
}

func TestTakeRefuses(t *testing.T) {
	blob := func(l *lab) Hash { return l.Add(BlobKind, []byte("x")) }
	one := func(mode Mode, name string) func(l *lab) {
		return func(l *lab) {
			h := blob(l)
			if mode == ModuleMode {
				h = Hash(strings.Repeat("b", 40))
			}
			l.Add(CommitKind, CommitObject(l.Add(TreeKind, TreeObject([]Entry{{Path: name, Mode: mode, Hash: h}})), nil, anna, "x"))
		}
	}
	for name, c := range map[string]struct {
		fill func(l *lab)
		want string
	}{
		"missing object": {func(l *lab) {
			l.Add(CommitKind, CommitObject(Hash(strings.Repeat("c", 40)), nil, anna, "x"))
		}, "objects are missing"},
		".git":          {one(FileMode, ".git"), "it has a file or folder named .git"},
		".GIT":          {one(FileMode, ".GiT"), "it has a file or folder named .git"},
		"git~1":         {one(FileMode, "git~1"), "it has a file or folder named .git"},
		"..":            {one(FileMode, ".."), `it has a file named ".."`},
		"slash":         {one(FileMode, "a/b"), "it has a file name with a slash"},
		"link":          {one(LinkMode, "link"), `"link" is a symbolic link`},
		"submodule":     {one(ModuleMode, "sub"), `"sub" is a submodule`},
		"newline":       {one(FileMode, "a\nb"), `the file name "a\nb" has a line break`},
		"escape":        {one(FileMode, "a\x1b[31mb"), `the file name "a\x1b[31mb" has a line break`},
		"invalid UTF-8": {one(FileMode, "a\xffb"), `the file name "a\xffb" is not UTF-8`},
		"long":          {one(FileMode, strings.Repeat("x", 256)), "the file name \"xxxxx"},
		"twice": {func(l *lab) {
			h := blob(l)
			l.Add(CommitKind, CommitObject(l.Add(TreeKind, TreeObject([]Entry{{Path: "a", Mode: FileMode, Hash: h}, {Path: "a", Mode: FileMode, Hash: h}})), nil, anna, "x"))
		}, "git found it damaged"},
		"no commit": {func(l *lab) { l.Add(CommitKind, []byte("hello")) }, "git found it damaged"},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLab(t)
			c.fill(l)
			p, err := l.view.Take(ctx, l.Pack(), roomy)
			if err == nil {
				err = l.view.CheckTrees(ctx, p)
			}
			if code(err) != "git_refused" || !strings.HasPrefix(said(err), c.want) {
				t.Errorf("refused with %v; want %s", err, c.want)
			}
		})
	}
	l := newLab(t)
	l.commit("fine", map[string]string{"ünï/a b.txt": "x", "run*": "y"})
	if err := l.view.CheckTrees(ctx, l.take()); err != nil {
		t.Errorf("an honest one: %v", err)
	}
}

// A thin pack builds on what its own repository has, and on nothing else.
func TestThinPacks(t *testing.T) {
	l := newLab(t)
	base := l.Add(BlobKind, []byte("hello"))
	l.commit("one", map[string]string{"a": "hello"})
	l.take()
	delta := []byte{5, 10, 0x90, 5, 0x90, 5} // twice the first five bytes
	raw := binary.BigEndian.AppendUint32([]byte("PACK\x00\x00\x00\x02"), 1)
	raw = append(raw, refDelta<<4|byte(len(delta)))
	name, err := hex.DecodeString(string(base))
	if err != nil {
		t.Fatal(err)
	}
	raw = append(raw, name...)
	var z Packer
	z.Add(BlobKind, delta)
	raw = append(raw, z.body.Bytes()[1:]...)
	sum := sha1.Sum(raw)
	raw = append(raw, sum[:]...)
	mine := l.with()
	if p, err := mine.Take(ctx, bytes.NewReader(raw), roomy); err != nil || p.Objects != 1 {
		t.Fatalf("over an object that is there: %+v, %v", p, err)
	}
	o, err := mine.Objects(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer o.Close()
	if b, err := o.Read(HashOf(BlobKind, []byte("hellohello")), "", 100); err != nil || string(b.Data) != "hellohello" {
		t.Errorf("it made %q, %v", b.Data, err)
	}
	if _, err := newLab(t).view.Take(ctx, bytes.NewReader(raw), roomy); !strings.Contains(said(err), "builds on objects that are not in this repository") {
		t.Errorf("over an object of somebody else: %v", err)
	}
}
