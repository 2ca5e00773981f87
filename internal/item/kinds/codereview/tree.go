package codereview

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"candor/internal/web/ui/codeblock"
	"candor/internal/web/ui/diff"

	"github.com/bluekeyes/go-gitdiff/gitdiff"
)

// blob is a file at one side. A nil *blob is a file that is not there.
type blob struct {
	data []byte
	exec bool
}

// text is a blob's text, with LF line ends; ok is false for what is no text.
func (b *blob) text() (string, bool) {
	if b == nil {
		return "", true
	}
	if bytes.IndexByte(b.data, 0) >= 0 || !utf8.Valid(b.data) {
		return "", false
	}
	return strings.ReplaceAll(string(b.data), "\r\n", "\n"), true
}

func (b *blob) crlf() bool { return b != nil && bytes.Contains(b.data, []byte("\r\n")) }

// open says whether the last line has no end.
func (b *blob) open() bool {
	return b != nil && len(b.data) > 0 && b.data[len(b.data)-1] != '\n'
}

// tree is a repository at one side, by path.
type tree map[string]*blob

// maxFile is the largest file in bytes.
const maxFile = 4 << 20

// nameable says what is wrong with a path; "" when it can be kept and shown.
func nameable(name string) string {
	switch {
	case strings.ContainsFunc(name, unicode.IsControl):
		return "The name %q has a line break or another control character in it. Give the file another name."
	case !utf8.ValidString(name):
		return "The name %q is not UTF-8. Give the file another name."
	case !fs.ValidPath(name) || name == "." || len(name) > 200:
		return "%q is no path within a repository."
	}
	return ""
}

// tree reads all files of a folder; none when it is not there.
func (r *reader) tree(dir string) tree {
	out := tree{}
	sub, err := fs.Sub(r.dir, dir)
	if err != nil {
		return out
	}
	fs.WalkDir(sub, ".", func(p string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return nil
		}
		at := path.Join(dir, p)
		if wrong := nameable(p); wrong != "" {
			r.at(dir, 0, wrong, p)
			return nil
		}
		data, err := fs.ReadFile(sub, p)
		switch {
		case err != nil:
			r.at(at, 0, "This file cannot be read: %v", err)
		case len(data) > maxFile:
			r.at(at, 0, "This file is larger than %d MiB.", maxFile>>20)
		default:
			out[p] = &blob{data: data}
		}
		return nil
	})
	return out
}

// folder lays the files of change/ over the base.
func (r *reader) folder(base tree, removed []string) tree {
	head := maps.Clone(base)
	for name, b := range r.tree("change") {
		head[name] = b
	}
	for i, name := range removed {
		if _, ok := base[name]; !ok {
			r.bad(fmt.Sprintf("$.removed[%d]", i), "There is no file base/%s.", name)
		}
		delete(head, name)
	}
	return head
}

const patchName = "change.patch"

// patch applies change.patch to the base (as `git diff` writes it: renames, modes and `--binary` included). moved is the path that a
// renamed file had.
func (r *reader) patch(base tree) (head tree, moved map[string]string) {
	moved = map[string]string{}
	raw, err := fs.ReadFile(r.dir, patchName)
	if err != nil || len(raw) > maxFile {
		r.at(patchName, 0, "This file cannot be read, or is larger than %d MiB.", maxFile>>20)
		return nil, nil
	}
	list, _, err := gitdiff.Parse(bytes.NewReader(raw))
	if err != nil {
		r.at(patchName, 0, "This is no patch as git diff writes one: %s.", strings.TrimPrefix(err.Error(), "gitdiff: "))
		return nil, nil
	}
	head = maps.Clone(base)
	for _, f := range list {
		r.apply(base, head, moved, f)
	}
	return head, moved
}

func (r *reader) apply(base, head tree, moved map[string]string, f *gitdiff.File) {
	for _, name := range []string{f.OldName, f.NewName} {
		if wrong := nameable(name); name != "" && wrong != "" {
			r.at(patchName, 0, wrong, name)
			return
		}
	}
	name := f.NewName
	if name == "" {
		name = f.OldName
	}
	old := base[f.OldName]
	switch {
	case f.IsNew && base[f.NewName] != nil:
		r.at(patchName, 0, "This adds %s, which is in base already.", f.NewName)
		return
	case !f.IsNew && old == nil:
		r.at(patchName, 0, "This changes %s, and there is no file base/%s.", name, f.OldName)
		return
	case f.IsBinary && f.BinaryFragment == nil:
		r.at(patchName, 0, "This says that %s changes, but not how: it is no text. Make the patch with `git diff --binary`.", name)
		return
	}
	if !f.IsNew && !f.IsCopy && (f.IsDelete || f.IsRename) {
		delete(head, f.OldName)
	}
	if f.IsDelete {
		return
	}
	b := &blob{exec: old != nil && old.exec || f.NewMode&0o111 != 0}
	if f.OldMode != 0 && f.NewMode != 0 && old != nil {
		old.exec, b.exec = f.OldMode&0o111 != 0, f.NewMode&0o111 != 0
	}
	var out bytes.Buffer
	before := []byte{}
	if old != nil {
		before = old.data
	}
	if err := gitdiff.Apply(&out, bytes.NewReader(before), f); err != nil {
		line := 0
		var at *gitdiff.ApplyError
		if errors.As(err, &at) && at.Fragment > 0 && at.Fragment <= len(f.TextFragments) {
			line = int(at.Line)
		}
		r.at(patchName, 0, "This does not fit base/%s%s: %s. Make the patch against the base again.", f.OldName, nearLine(line), strings.TrimPrefix(err.Error(), "gitdiff: "))
		return
	}
	b.data = out.Bytes()
	head[name] = b
	if f.IsRename {
		moved[name] = f.OldName
	}
}

func nearLine(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf(" near line %d", n)
}

// closed says why a file starts closed; the value is the end of a message key.
type closed string

const (
	large     closed = "large"     // more than maxLines changed lines
	generated closed = "generated" // by the author's pattern, or by its name or first lines
	vendored  closed = "vendored"
	binary    closed = "binary" // no text: it cannot be opened
	moved     closed = "moved"  // renamed, nothing else
	mode      closed = "mode"   // another mode, nothing else
	lineEnds  closed = "line_ends"
	later     closed = "later" // maxDrawn changed lines stand before it
	huge      closed = "huge"  // over maxShown bytes: it cannot be opened
)

// maxLines is how many changed lines are shown at once, maxShown the largest text in bytes that is drawn.
const (
	maxLines = 400
	maxShown = 1 << 20
)

// opens says whether there is anything to show.
func (c closed) opens() bool {
	return c != binary && c != huge && c != moved && c != mode && c != lineEnds
}

// file is what the change did to one file.
type file struct {
	path   string
	was    string // the path it had, where it was renamed
	old    *blob
	new    *blob
	change func() diff.Change // made when it is first drawn; no rows for what is no text
	closed func() closed
}

// side is the text of one.
func (f *file) side(s diff.Side) string {
	b := f.new
	if s == diff.Old {
		b = f.old
	}
	text, _ := b.text()
	return text
}

// has says whether a line is on a side.
func (f *file) has(at diff.At) bool {
	return at.Line > 0 && at.Line <= countLines(f.side(at.Side))
}

func countLines(text string) int {
	if text == "" {
		return 0
	}
	return strings.Count(strings.TrimSuffix(text, "\n"), "\n") + 1
}

// touched are the files that differ, by path. A file that went and one that came with the same bytes are one that moved.
func touched(s *spec, movedTo map[string]string, cache *codeblock.Cache) []*file {
	gone, came := map[string]bool{}, []string{}
	var names []string
	for name, b := range s.base {
		h := s.head[name]
		switch {
		case h == nil:
			gone[name] = true
		case !bytes.Equal(b.data, h.data) || b.exec != h.exec:
			names = append(names, name)
		}
	}
	for name := range s.head {
		if s.base[name] == nil {
			came = append(came, name)
		}
	}
	slices.Sort(came)
	was := map[string]string{}
	for _, name := range came {
		names = append(names, name)
		from, ok := movedTo[name]
		if !ok {
			for _, g := range slices.Sorted(maps.Keys(gone)) {
				if len(s.base[g].data) > 0 && bytes.Equal(s.base[g].data, s.head[name].data) {
					from, ok = g, true
					break
				}
			}
		}
		if ok && gone[from] {
			was[name] = from
			delete(gone, from)
		}
	}
	names = append(names, slices.Collect(maps.Keys(gone))...)
	slices.Sort(names)
	var out []*file
	for _, name := range names {
		f := &file{path: name, was: was[name], old: s.base[name], new: s.head[name]}
		if f.was != "" {
			f.old = s.base[f.was]
		}
		f.change = sync.OnceValue(func() diff.Change { return compare(s, f, cache) })
		f.closed = sync.OnceValue(func() closed { return s.why(f) })
		out = append(out, f)
	}
	return out
}

func compare(s *spec, f *file, cache *codeblock.Cache) diff.Change {
	before, ok := f.old.text()
	after, ok2 := f.new.text()
	if !ok || !ok2 || len(before) > maxShown || len(after) > maxShown {
		return diff.Change{}
	}
	return diff.Compare(s.language(f.path), before, after, cache.Lines)
}

// language is the name by which a file is highlighted.
func (q *spec) language(name string) string {
	for _, pattern := range slices.Sorted(maps.Keys(q.Languages)) {
		if fits(pattern, name) {
			return q.Languages[pattern]
		}
	}
	return name
}

// fits matches a pattern with a whole path, with the file's own name, or (DIR/**) with everything in a folder.
func fits(pattern, name string) bool {
	if dir, ok := strings.CutSuffix(pattern, "/**"); ok {
		return strings.HasPrefix(name, dir+"/")
	}
	for _, n := range []string{name, path.Base(name)} {
		if ok, _ := path.Match(pattern, n); ok {
			return true
		}
	}
	return false
}

func anyFits(patterns []string, name string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool { return fits(p, name) })
}

// lockFiles are written by tools, whatever they say of themselves.
var lockFiles = []string{"go.sum", "package-lock.json", "yarn.lock", "pnpm-lock.yaml", "Cargo.lock", "poetry.lock", "Gemfile.lock", "composer.lock", "*.min.js", "*.min.css", "*.pb.go", "*_pb2.py"}

// why a file starts closed; "" when it does not.
func (q *spec) why(f *file) closed {
	before, ok := f.old.text()
	after, ok2 := f.new.text()
	c := f.change()
	first, _, _ := strings.Cut(after, "\n\n")
	switch {
	case f.old != nil && f.new != nil && bytes.Equal(f.old.data, f.new.data) && f.was != "":
		return moved
	case f.old != nil && f.new != nil && bytes.Equal(f.old.data, f.new.data):
		return mode
	case !ok || !ok2:
		return binary
	case len(before) > maxShown || len(after) > maxShown:
		return huge
	case f.old != nil && f.new != nil && before == after:
		return lineEnds
	case anyFits(q.Vendored, f.path) || strings.HasPrefix(f.path, "vendor/") || strings.Contains(f.path, "node_modules/"):
		return vendored
	case anyFits(q.Generated, f.path) || anyFits(lockFiles, f.path) || strings.Contains(first, "DO NOT EDIT") || strings.Contains(first, "@generated"):
		return generated
	case c.Plus+c.Minus > maxLines:
		return large
	}
	return ""
}
