package git

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// Limits of a diff.
const (
	maxDiffFiles = 3000
	maxDiffLines = 50_000
	maxLine      = 4000 // bytes of a line that are shown
)

// Diff is what changed between two revisions.
type Diff struct {
	Files          []FileDiff
	Added, Deleted int  // lines
	Cut            bool // a limit was met: what is here is not all
}

// FileDiff is what changed in one file.
type FileDiff struct {
	Status           byte   // A added, D deleted, M modified, R renamed, T of another type
	Old, New         string // paths; both are set, and differ when it was renamed
	OldMode, NewMode Mode   // "000000" where there is none
	OldHash, NewHash Hash
	Added, Deleted   int
	Binary           bool
	Cut              bool // its lines, or the rest of them, are left out
	Hunks            []Hunk
}

// Hunk is a stretch of lines.
type Hunk struct {
	OldAt, OldN, NewAt, NewN int
	Head                     string // the function that git found above it
	Lines                    []Line
}

// Line is one line, without its end.
type Line struct {
	Op       byte // ' ', '+' or '-'
	Old, New int  // numbers from 1; 0 where it does not stand
	Text     string
	NoEnd    bool // the file ends here without a newline
}

// DiffOptions of Diff.
type DiffOptions struct {
	Context     int // lines around; 0 is 3, -1 none
	Paths       []string
	IgnoreSpace bool
	MaxLines    int // of all; 0 is 50,000
	MaxFiles    int // 0 is 3,000
}

// Diff compares two revisions, with renames found; base "" is an empty tree. ErrMissing.
func (v *View) Diff(ctx context.Context, base, head Hash, o DiffOptions) (Diff, error) {
	if base == "" {
		base = EmptyTree
	}
	if !base.Valid() || !head.Valid() {
		return Diff{}, ErrMissing
	}
	args := []string{"--literal-pathspecs", "diff-tree", "-r", "-z", "-M", "-l2000", "--raw", "--numstat", "-p", "--no-color", "--no-ext-diff", "--no-textconv",
		"--no-abbrev", "--full-index", "--src-prefix=a/", "--dst-prefix=b/", "--no-indent-heuristic", "--diff-algorithm=histogram"}
	switch {
	case o.Context < 0:
		args = append(args, "-U0")
	case o.Context > 0:
		args = append(args, fmt.Sprintf("-U%d", min(o.Context, 1000)))
	}
	if o.IgnoreSpace {
		args = append(args, "-w")
	}
	args = append(append(args, string(base), string(head), "--"), o.Paths...)
	p, err := v.Start(ctx, Options{}, args...)
	if err != nil {
		return Diff{}, err
	}
	d := differ{r: p.Out, lines: o.MaxLines, files: o.MaxFiles}
	if d.lines <= 0 {
		d.lines = maxDiffLines
	}
	if d.files <= 0 {
		d.files = maxDiffFiles
	}
	switch err := d.read(); {
	case errors.Is(err, errStop):
		p.Stop()
		return d.Diff, nil
	case err != nil:
		p.Stop()
		return Diff{}, err
	}
	return d.Diff, missing(p.Wait())
}

// differ reads what diff-tree writes: raw lines, numbers, patches.
type differ struct {
	Diff
	r            *bufio.Reader
	lines, files int // left
	at           int // the file whose patch is read
}

func (d *differ) field() (string, error) {
	b, err := d.r.ReadString(0)
	return strings.TrimSuffix(b, "\x00"), err
}

func (d *differ) read() error {
	if err := d.raw(); err != nil {
		return err
	}
	if err := d.numbers(); err != nil {
		return err
	}
	for i := range d.Files {
		d.Added += d.Files[i].Added
		d.Deleted += d.Files[i].Deleted
	}
	if len(d.Files) > d.files {
		d.Files, d.Cut = d.Files[:d.files], true
	}
	return d.patches()
}

// raw reads ":100644 100644 <old> <new> M", NUL, path, NUL; a rename has two paths.
func (d *differ) raw() error {
	for {
		b, err := d.r.Peek(1)
		if err == io.EOF || err == nil && b[0] != ':' {
			return nil
		}
		if err != nil {
			return err
		}
		head, err := d.field()
		if err != nil {
			return err
		}
		part := strings.Fields(strings.TrimPrefix(head, ":"))
		if len(part) != 5 {
			return fmt.Errorf("git diff-tree said %q", head)
		}
		f := FileDiff{Status: part[4][0], OldMode: Mode(part[0]), NewMode: Mode(part[1]), OldHash: Hash(part[2]), NewHash: Hash(part[3])}
		if f.Old, err = d.field(); err != nil {
			return err
		}
		f.New = f.Old
		if f.Status == 'R' || f.Status == 'C' {
			if f.New, err = d.field(); err != nil {
				return err
			}
		}
		d.Files = append(d.Files, f)
	}
}

// numbers reads "1 TAB 2 TAB path", NUL, for each file; a rename has an empty path and then two. A dash is a binary file. A file whose spaces
// alone changed has no line where these are ignored.
func (d *differ) numbers() error {
	for i := 0; i < len(d.Files); {
		b, err := d.r.Peek(1)
		if err == io.EOF || err == nil && b[0] != '-' && (b[0] < '0' || b[0] > '9') {
			return nil
		}
		if err != nil {
			return err
		}
		head, err := d.field()
		if err != nil {
			return err
		}
		part := strings.SplitN(head, "\t", 3)
		if len(part) != 3 {
			return fmt.Errorf("git diff-tree said %q", head)
		}
		name := part[2]
		if name == "" {
			if _, err := d.field(); err != nil {
				return err
			}
			if name, err = d.field(); err != nil {
				return err
			}
		}
		for i < len(d.Files) && d.Files[i].New != name {
			i++
		}
		if i == len(d.Files) {
			return fmt.Errorf("git diff-tree counted %q, which did not change", name)
		}
		f := &d.Files[i]
		if f.Binary = part[0] == "-"; !f.Binary {
			if f.Added, err = strconv.Atoi(part[0]); err != nil {
				return err
			}
			if f.Deleted, err = strconv.Atoi(part[1]); err != nil {
				return err
			}
		}
		i++
	}
	return nil
}

// patches reads the patches of the files, in their order. Lines of a patch are counted: what a file holds is never taken for a head.
func (d *differ) patches() error {
	d.at = -1
	for {
		line, cut, err := d.line()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		line = strings.TrimLeft(line, "\x00") // between numbers and patches
		switch {
		case strings.HasPrefix(line, "diff --git ") && !cut:
			d.next(strings.TrimPrefix(line, "diff --git "))
			if d.at >= len(d.Files) {
				return errStop // past the limit of files
			}
		case strings.HasPrefix(line, "@@ ") && d.at >= 0:
			if err := d.hunk(line); err != nil {
				return err
			}
		}
	}
}

// next finds the file of a patch. One whose type changed has two.
func (d *differ) next(names string) {
	is := func(i int) bool { f := d.Files[i]; return names == "a/"+f.Old+" b/"+f.New }
	if d.at >= 0 && d.at < len(d.Files) && d.Files[d.at].Status == 'T' && is(d.at) {
		return
	}
	for d.at++; d.at < len(d.Files) && !is(d.at); d.at++ {
	}
}

// line reads a line, of which only the beginning is kept when it is long.
func (d *differ) line() (text string, cut bool, err error) {
	var b []byte
	for {
		part, err := d.r.ReadSlice('\n')
		if room := maxLine + 1 - len(b); room > 0 {
			b = append(b, part[:min(room, len(part))]...)
		}
		if len(part) > 0 && len(b) > maxLine {
			cut = true
		}
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		if err == io.EOF && len(b) > 0 {
			err = nil
		}
		return string(bytes.TrimSuffix(b[:min(len(b), maxLine+1)], []byte("\n"))), cut && !bytes.HasSuffix(b, []byte("\n")), err
	}
}

// hunk reads "@@ -1,2 +3,4 @@ head" and as many lines as it says.
func (d *differ) hunk(head string) error {
	part := strings.SplitN(head, " ", 5)
	if len(part) < 4 {
		return fmt.Errorf("git diff-tree said %q", head)
	}
	var h Hunk
	var err, err2 error
	h.OldAt, h.OldN, err = span(part[1])
	h.NewAt, h.NewN, err2 = span(part[2])
	if err := errors.Join(err, err2); err != nil {
		return fmt.Errorf("git diff-tree said %q: %w", head, err)
	}
	if len(part) == 5 {
		h.Head = strings.ToValidUTF8(part[4], "\uFFFD")
	}
	f := &d.Files[d.at]
	old, now := h.OldAt, h.NewAt
	for old < h.OldAt+h.OldN || now < h.NewAt+h.NewN {
		text, cut, err := d.line()
		if err != nil {
			return err
		}
		if d.lines--; d.lines < 0 {
			f.Cut, d.Cut = true, true
			for i := d.at + 1; i < len(d.Files); i++ {
				d.Files[i].Cut = !d.Files[i].Binary && d.Files[i].Added+d.Files[i].Deleted > 0
			}
			f.Hunks = append(f.Hunks, h)
			return errStop
		}
		if text == "" {
			return errors.New("git diff-tree wrote an empty line")
		}
		l := Line{Op: text[0], Text: strings.ToValidUTF8(text[1:], "\uFFFD")}
		if cut {
			l.Text += "…"
		}
		switch l.Op {
		case ' ':
			l.Old, l.New = old, now
			old, now = old+1, now+1
		case '-':
			l.Old = old
			old++
		case '+':
			l.New = now
			now++
		case '\\':
			if n := len(h.Lines); n > 0 {
				h.Lines[n-1].NoEnd = true
			}
			continue
		default:
			return fmt.Errorf("git diff-tree wrote a line that begins with %q", text[:1])
		}
		h.Lines = append(h.Lines, l)
	}
	if b, err := d.r.Peek(1); err == nil && b[0] == '\\' {
		if _, _, err := d.line(); err != nil {
			return err
		}
		if n := len(h.Lines); n > 0 {
			h.Lines[n-1].NoEnd = true
		}
	}
	f.Hunks = append(f.Hunks, h)
	return nil
}

// span reads "-1,2" or "+3", which is one line.
func span(s string) (at, n int, err error) {
	a, b, two := strings.Cut(s[1:], ",")
	if at, err = strconv.Atoi(a); err != nil || !two {
		return at, 1, err
	}
	n, err = strconv.Atoi(b)
	return at, n, err
}
