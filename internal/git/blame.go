package git

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"candor/internal/problem"
)

// BlameLine is a line of a file with the commit that it comes from.
type BlameLine struct {
	Line   int // from 1
	Commit Hash
	Author Signature
	From   int    // its number there
	Path   string // its file there
	Text   string
}

// maxBlame is how many lines are blamed.
const maxBlame = 20_000

// Blame says of each line of a file where it comes from. ErrMissing; ErrTooLarge over 20,000 lines.
func (v *View) Blame(ctx context.Context, rev Hash, path string) ([]BlameLine, error) {
	if _, err := at(rev, path); err != nil || path == "" {
		return nil, ErrMissing
	}
	out, err := v.run(ctx, Options{}, 4*maxText, "blame", "--line-porcelain", string(rev), "--", path)
	if err != nil {
		return nil, missing(err)
	}
	var all []BlameLine
	var now BlameLine
	var who [3]string
	begun := false
	for line := range bytes.Lines(out) {
		text := strings.ToValidUTF8(string(bytes.TrimSuffix(line, []byte("\n"))), "\uFFFD")
		if begun && text != "" && text[0] == '\t' {
			if len(all) == maxBlame {
				return nil, ErrTooLarge.Saying("This file has too many lines to say where each comes from.")
			}
			if now.Author, err = signature(who[:]); err != nil {
				return nil, err
			}
			now.Text, begun = text[1:], false
			all = append(all, now)
			continue
		}
		key, value, _ := strings.Cut(text, " ")
		switch {
		case !begun:
			part := strings.Fields(text)
			if len(part) < 3 || !Hash(part[0]).Valid() {
				return nil, fmt.Errorf("git blame said %q", text)
			}
			now = BlameLine{Commit: Hash(part[0])}
			if now.From, err = strconv.Atoi(part[1]); err != nil {
				return nil, err
			}
			if now.Line, err = strconv.Atoi(part[2]); err != nil {
				return nil, err
			}
			begun = true
		case key == "author":
			who[0] = value
		case key == "author-mail":
			who[1] = strings.Trim(value, "<>")
		case key == "author-time":
			who[2] = value
		case key == "filename":
			now.Path = value
		}
	}
	return all, nil
}

// GrepOptions of Grep.
type GrepOptions struct {
	Regexp     bool // else the text as it stands
	IgnoreCase bool
	Max        int // matches; 0 is 500
}

// Match is a line that holds what was looked for.
type Match struct {
	Path string
	Line int // from 1
	Text string
}

// ErrPattern is a regular expression that cannot be read.
var ErrPattern = problem.New(problem.Invalid, "git_pattern", "This is not a regular expression that can be used here. Look for the plain text instead, or mend it.")

// Grep looks through the text files of a revision, and says whether there are more matches. Regular expressions are RE2's, which take no longer
// than the text is long. ErrPattern, ErrMissing.
func (v *View) Grep(ctx context.Context, rev Hash, text string, o GrepOptions) (found []Match, more bool, err error) {
	if text == "" {
		return nil, false, nil
	}
	if o.Max <= 0 {
		o.Max = 500
	}
	if !o.Regexp {
		text = regexp.QuoteMeta(text)
	}
	if o.IgnoreCase {
		text = "(?i)" + text
	}
	re, err := regexp.Compile(text)
	if err != nil || len(text) > 2000 {
		return nil, false, ErrPattern
	}
	err = v.each(ctx, rev, func(e Entry, b Object) error {
		if Binary(b.Data) || !o.Regexp && !re.Match(b.Data) { // an expression may be about a line's ends
			return nil
		}
		n := 0
		for line := range bytes.Lines(b.Data) {
			n++
			line = bytes.TrimRight(line, "\r\n")
			if !re.Match(line) {
				continue
			}
			if len(found) == o.Max {
				more = true
				return errStop
			}
			found = append(found, Match{e.Path, n, strings.ToValidUTF8(string(line[:min(len(line), maxLine)]), "\uFFFD")})
		}
		return nil
	})
	return found, more, err
}

// each reads the files of a revision in order, one after the other.
func (v *View) each(ctx context.Context, rev Hash, fn func(e Entry, b Object) error) error {
	files, err := v.Files(ctx, rev, maxEntries)
	if err != nil {
		return err
	}
	var names []Hash
	var kept []Entry
	for _, f := range files {
		if f.Mode == FileMode || f.Mode == ExecMode {
			names, kept = append(names, f.Hash), append(kept, f)
		}
	}
	o, err := v.Objects(ctx)
	if err != nil {
		return err
	}
	defer o.Close()
	err = o.Each(names, 1<<30, func(i int, b Object) error { return fn(kept[i], b) })
	if err == errStop {
		return nil
	}
	return err
}

// Read calls fn for each file of a revision in the order of their paths. ErrMissing.
func (v *View) Read(ctx context.Context, rev Hash, fn func(e Entry, data []byte) error) error {
	return v.each(ctx, rev, func(e Entry, b Object) error { return fn(e, b.Data) })
}

// Bundle writes all refs of the view and what they have behind them, for git clone FILE.
func (v *View) Bundle(ctx context.Context, w io.Writer) error {
	p, err := v.Start(ctx, Options{}, "bundle", "create", "--quiet", "--version=2", "-", "--all")
	if err != nil {
		return err
	}
	if _, err := io.Copy(w, p.Out); err != nil {
		p.Stop()
		return err
	}
	return p.Wait()
}
