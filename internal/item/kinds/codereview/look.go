package codereview

import (
	"io/fs"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"candor/internal/item"
	"candor/internal/web/ui/diff"

	"github.com/a-h/templ"
	"github.com/bluekeyes/go-gitdiff/gitdiff"
)

// looking is a page beside the work.
type looking struct {
	*spec
	item.LookView
}

func (v looking) t(key string, pairs ...any) string { return v.Text("codereview."+key, pairs...) }

// Look has tree/SIDE, file/SIDE/PATH, search (?q=), changes and patch; SIDE is old or new.
func (Kind) Look(s item.Spec, v item.LookView) (templ.Component, error) {
	q := s.(*spec)
	l := looking{q, v}
	what, rest, _ := strings.Cut(v.Path, "/")
	switch what {
	case "tree":
		if t, ok := q.tree(rest); ok {
			return treePage(l, rest, entries(t)), nil
		}
	case "file":
		side, name, _ := strings.Cut(rest, "/")
		if t, ok := q.tree(side); ok && t[name] != nil {
			return filePage(l, side, name, t[name]), nil
		}
	case "search":
		return searchPage(l, strings.TrimSpace(v.Query.Get("q"))), nil
	case "changes":
		return changesPage(l), nil
	case "patch":
		return patchPage(l, q.patch()), nil
	}
	return nil, item.ErrLook
}

func (q *spec) tree(side string) (tree, bool) {
	switch side {
	case "old":
		return q.base, true
	case "new":
		return q.head, true
	}
	return nil, false
}

func (v looking) sideWord(side string) string {
	if side == "old" {
		return v.t("before")
	}
	return v.t("after")
}

func otherSide(side string) string {
	if side == "old" {
		return "new"
	}
	return "old"
}

// entry is a line of a tree: a directory's name, or a file in it.
type entry struct {
	dir   string
	files []string
}

func entries(t tree) (out []entry) {
	for _, name := range slices.Sorted(maps.Keys(t)) {
		dir := "."
		if i := strings.LastIndexByte(name, '/'); i >= 0 {
			dir = name[:i]
		}
		if n := len(out); n == 0 || out[n-1].dir != dir {
			if i := slices.IndexFunc(out, func(e entry) bool { return e.dir == dir }); i >= 0 {
				out[i].files = append(out[i].files, name)
				continue
			}
			out = append(out, entry{dir: dir})
		}
		out[len(out)-1].files = append(out[len(out)-1].files, name)
	}
	slices.SortStableFunc(out, func(a, b entry) int { return strings.Compare(a.dir, b.dir) })
	return out
}

// escapePath is a path in an address.
func escapePath(name string) string {
	parts := strings.Split(name, "/")
	for i, p := range parts {
		parts[i] = url.PathEscape(p)
	}
	return strings.Join(parts, "/")
}

// hit is a line that a search found.
type hit struct {
	side, name string
	line       int
	text       string
}

// maxHits is how many lines a search shows.
const maxHits = 200

// search finds a text, whatever its case, in both sides; what both have alike is shown once, as it is after the change.
func (q *spec) search(text string) (out []hit, more bool) {
	if text == "" {
		return nil, false
	}
	text = strings.ToLower(text)
	for _, side := range []string{"new", "old"} {
		t, _ := q.tree(side)
		for _, name := range slices.Sorted(maps.Keys(t)) {
			if other := q.head[name]; side == "old" && other != nil && string(other.data) == string(t[name].data) {
				continue
			}
			body, ok := t[name].text()
			if !ok || !strings.Contains(strings.ToLower(body), text) {
				continue
			}
			for i, line := range strings.Split(body, "\n") {
				if !strings.Contains(strings.ToLower(line), text) {
					continue
				}
				if len(out) == maxHits {
					return out, true
				}
				if r := []rune(strings.TrimSpace(line)); len(r) > 200 {
					line = string(r[:200]) + "…"
				}
				out = append(out, hit{side, name, i + 1, strings.TrimSpace(line)})
			}
		}
	}
	return out, false
}

// patch is the change as a unified patch, of the files that are text.
func (q *spec) patch() string {
	var b strings.Builder
	for _, f := range q.files {
		g := gitdiff.File{OldName: f.path, NewName: f.path, IsNew: f.old == nil, IsDelete: f.new == nil}
		if f.was != "" {
			g.OldName, g.IsRename = f.was, true
		}
		if f.old == nil || f.new == nil || f.old.exec != f.new.exec {
			g.OldMode, g.NewMode = modeOf(f.old), modeOf(f.new)
		}
		if f.closed() == binary || f.closed() == huge {
			g.IsBinary = true
		} else {
			g.TextFragments = fragments(f)
		}
		b.WriteString(g.String())
	}
	return b.String()
}

func modeOf(b *blob) fs.FileMode {
	switch {
	case b == nil:
		return 0
	case b.exec:
		return 0o100755
	}
	return 0o100644
}

// fragments are the hunks of a file with three lines around each change.
func fragments(f *file) []*gitdiff.TextFragment {
	var out []*gitdiff.TextFragment
	for _, h := range hunks(f.change()) {
		g := &gitdiff.TextFragment{}
		for _, r := range h {
			l := gitdiff.Line{Op: gitdiff.OpContext}
			switch r.Kind {
			case '+':
				l.Op, l.Line = gitdiff.OpAdd, line(f, diff.At{Side: diff.New, Line: r.New})
				g.LinesAdded++
				g.NewLines++
			case '-':
				l.Op, l.Line = gitdiff.OpDelete, line(f, diff.At{Side: diff.Old, Line: r.Old})
				g.LinesDeleted++
				g.OldLines++
			default:
				l.Line = line(f, diff.At{Side: diff.New, Line: r.New})
				g.NewLines++
				g.OldLines++
			}
			if g.OldPosition == 0 && r.Old > 0 {
				g.OldPosition = int64(r.Old)
			}
			if g.NewPosition == 0 && r.New > 0 {
				g.NewPosition = int64(r.New)
			}
			g.Lines = append(g.Lines, l)
		}
		out = append(out, g)
	}
	return out
}

// line is the text of a line, with its end where it has one.
func line(f *file, at diff.At) string {
	lines := strings.SplitAfter(f.side(at.Side), "\n")
	if at.Line < 1 || at.Line > len(lines) {
		return ""
	}
	return lines[at.Line-1]
}

// hunks are the changed rows with three around them.
func hunks(c diff.Change) (out [][]diff.Row) {
	last := -1
	for i, r := range c.Rows {
		if r.Kind == ' ' {
			continue
		}
		from, to := max(0, i-3), min(len(c.Rows), i+4)
		if last >= from && len(out) > 0 {
			n := len(out) - 1
			out[n] = append(out[n], c.Rows[min(last, to):to]...)
		} else {
			out = append(out, slices.Clone(c.Rows[from:to]))
		}
		last = max(last, to)
	}
	return out
}

// hunkSpan is where a hunk lies: the new lines, or the old ones where nothing is left.
func hunkSpan(h []diff.Row) (key string, from, to int) {
	for _, r := range h {
		if r.New > 0 {
			if from == 0 {
				from = r.New
			}
			to = r.New
		}
	}
	if from > 0 {
		return "hunk", from, to
	}
	return "hunk_old", h[0].Old, h[len(h)-1].Old
}

func (v looking) number(name string) string {
	return strconv.Itoa(slices.IndexFunc(v.files, func(f *file) bool { return f.path == name }))
}

// rowText is a row of a hunk with its sign.
func rowText(f *file, r diff.Row) string {
	switch r.Kind {
	case '+':
		return "+" + strings.TrimSuffix(line(f, diff.At{Side: diff.New, Line: r.New}), "\n") + "\n"
	case '-':
		return "-" + strings.TrimSuffix(line(f, diff.At{Side: diff.Old, Line: r.Old}), "\n") + "\n"
	}
	return " " + strings.TrimSuffix(line(f, diff.At{Side: diff.New, Line: r.New}), "\n") + "\n"
}

func hunkText(f *file, h []diff.Row) string {
	var b strings.Builder
	for _, r := range h {
		b.WriteString(rowText(f, r))
	}
	return b.String()
}
