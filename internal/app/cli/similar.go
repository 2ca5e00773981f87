package cli

import (
	"bufio"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"candor/internal/similar"
	"candor/internal/similar/report"
	"candor/internal/similar/token"
)

// Similar compares the files of a folder.
type Similar struct {
	Dir      string   `arg:"" help:"Folder with a file of each person or, with --by-folder, a folder of each." type:"existingdir"`
	Base     []string `help:"Code that everybody was given: a file or a folder. It counts for nobody, also where it was edited." placeholder:"PATH" type:"path" sep:"none"`
	Archive  []string `help:"Folder of earlier submissions: compared with those of DIR, not with each other." placeholder:"DIR" type:"existingdir" sep:"none"`
	Language string   `help:"Compare only files in this language, and read files of unknown kinds as it (java, python, cpp, text ...)." placeholder:"ID"`
	ByFolder bool     `help:"Each folder in DIR is one person's submission, of many files."`
	JSON     bool     `name:"json" help:"Print one JSON object a line for each pair." xor:"form"`
	CSV      bool     `name:"csv" help:"Print file_a,file_b,score for every pair that shares something." xor:"form"`
	HTML     string   `name:"html" help:"Also write a report to this file: one page that needs no network." placeholder:"FILE" type:"path"`
}

// Run compares all with all. That something was found is no failure: the exit code is 0.
func (c *Similar) Run(e *env) error {
	lang, err := c.language()
	if err != nil {
		return err
	}
	started := time.Now()
	s := submissions{lang: lang, byFolder: c.ByFolder, index: similar.NewIndex(), tell: progress(e.err)}
	if err := s.base(e.ctx, c.Base); err != nil {
		return err
	}
	if err := s.read(e.ctx, c.Dir, similar.Own); err != nil {
		return err
	}
	for _, dir := range c.Archive {
		if err := s.read(e.ctx, dir, similar.Archived); err != nil {
			return err
		}
	}
	s.summarise(e.err)
	if s.own == 0 {
		fmt.Fprintln(e.err, "There is nothing to compare.")
		return found{}
	}
	var tell func(done, total int)
	if s.tell != nil {
		tell = func(done, total int) { s.tell(done, total, "compared") }
	}
	result, err := s.index.Compare(e.ctx, tell)
	if err != nil {
		return err
	}
	if c.HTML != "" {
		if err := c.report(e.ctx, &s, result); err != nil {
			return err
		}
	}
	out := bufio.NewWriterSize(e.out, 1<<16)
	switch {
	case c.CSV:
		err = s.csv(e.ctx, out, result)
	case c.JSON:
		err = s.json(out, result)
	default:
		err = s.table(out, result, time.Since(started))
	}
	return errors.Join(err, out.Flush())
}

// language is the one that was asked for; nil for any.
func (c *Similar) language() (*token.Language, error) {
	if c.Language == "" {
		return nil, nil
	}
	l := token.ByID(strings.ToLower(c.Language))
	if l == nil {
		return nil, fmt.Errorf("there is no language %s; there are %s", c.Language, strings.Join(token.IDs(), ", "))
	}
	return l, nil
}

// submissions are what was read, and where it can be read again.
type submissions struct {
	lang     *token.Language
	byFolder bool
	starter  *similar.Starter
	index    *similar.Index
	places   []origin       // of each document of the index
	own      int            // documents of DIR that can be compared
	compared int            // those, and the archive's
	skipped  map[string]int // files by why they are not compared
	tell     func(done, total int, what string)
}

// origin is where a document's files are.
type origin struct {
	root  string
	files []string
}

// notRead are folders that hold no one's own code.
var notRead = []string{"node_modules", "__pycache__", "__MACOSX", "site-packages"}

// walk lists the files of a folder, in order: links are not followed, and hidden ones and what tools put there left out.
func walk(root string) ([]string, error) {
	var out []string
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if name != root && (strings.HasPrefix(d.Name(), ".") || d.IsDir() && slices.Contains(notRead, d.Name())) {
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		if d.Type().IsRegular() {
			rel, err := filepath.Rel(root, name)
			if err != nil {
				return err
			}
			out = append(out, filepath.ToSlash(rel))
		}
		return nil
	})
	return out, err
}

// base reads what everybody was given.
func (s *submissions) base(ctx context.Context, paths []string) error {
	var files []similar.File
	for _, p := range paths {
		info, err := os.Stat(p)
		if err != nil {
			return err
		}
		root, names := filepath.Dir(p), []string{filepath.Base(p)}
		if info.IsDir() {
			if names, err = walk(p); err != nil {
				return err
			}
			root = p
		}
		more, err := load(origin{root, names})
		if err != nil {
			return err
		}
		files = append(files, more...)
	}
	s.starter = similar.NewStarter(files, s.lang)
	return ctx.Err()
}

// maxRead is how much of a file is read: as much as says that it is too large.
const maxRead = 8*similar.MaxFile + 1

// load reads the files of an origin.
func load(o origin) ([]similar.File, error) {
	files := make([]similar.File, 0, len(o.files))
	for _, name := range o.files {
		f, err := os.Open(filepath.Join(o.root, filepath.FromSlash(name)))
		if err != nil {
			return nil, err
		}
		data, err := io.ReadAll(io.LimitReader(f, maxRead))
		if err := errors.Join(err, f.Close()); err != nil {
			return nil, err
		}
		files = append(files, similar.File{Name: name, Data: data})
	}
	return files, nil
}

// read adds the submissions of a folder to the index.
func (s *submissions) read(ctx context.Context, root string, role similar.Role) error {
	names, err := walk(root)
	if err != nil {
		return err
	}
	var list []origin
	for _, n := range names {
		if !s.wanted(n) {
			s.skip("other language or kind")
			continue
		}
		top, _, inside := strings.Cut(n, "/")
		if k := len(list); s.byFolder && inside && k > 0 && strings.HasPrefix(list[k-1].files[0], top+"/") {
			list[k-1].files = append(list[k-1].files, n)
			continue
		}
		list = append(list, origin{root, []string{n}})
	}
	return s.index.AddAll(ctx, len(list), func(i int) (similar.Print, error) {
		files, err := load(list[i])
		if err != nil {
			return similar.Print{}, err
		}
		d := similar.Document{Name: s.name(list[i]), Role: role, Files: files}
		if role == similar.Archived {
			d.Name = path.Join(filepath.Base(root), d.Name)
		}
		if info, err := os.Stat(filepath.Join(root, filepath.FromSlash(list[i].files[0]))); err == nil {
			d.At = info.ModTime()
		}
		return s.starter.Print(d, s.lang), nil
	}, func(i int, p *similar.Print) {
		s.places = append(s.places, list[i])
		for _, f := range p.Skipped {
			s.skip(f.Why)
		}
		switch {
		case p.Exact == 0 && len(p.Skipped) == 0:
			s.skip("empty, or only what everybody was given")
		case p.Exact != 0:
			s.compared++
			if role == similar.Own {
				s.own++
			}
		}
		if s.tell != nil && (i%50 == 0 || i == len(list)-1) {
			s.tell(i+1, len(list), "read")
		}
	})
}

// wanted says that a file is of the language that was asked for, or of one that is known.
func (s *submissions) wanted(name string) bool {
	l := token.ByName(name)
	if s.lang == nil {
		return l != nil || strings.EqualFold(path.Ext(name), ".ipynb")
	}
	return l == nil || l.Family == s.lang.Family
}

// name is how a document is called: its file, or its folder.
func (s *submissions) name(o origin) string {
	if top, _, inside := strings.Cut(o.files[0], "/"); s.byFolder && inside {
		return top
	}
	return o.files[0]
}

func (s *submissions) skip(why string) {
	if s.skipped == nil {
		s.skipped = map[string]int{}
	}
	s.skipped[why]++
}

// summarise says what was not read.
func (s *submissions) summarise(w io.Writer) {
	var reasons []string
	for why := range s.skipped {
		reasons = append(reasons, why)
	}
	slices.Sort(reasons)
	for _, why := range reasons {
		fmt.Fprintf(w, "skipped: %s (%d)\n", why, s.skipped[why])
	}
}

func (s *submissions) text(doc int) (*similar.Text, error) {
	files, err := load(s.places[doc])
	if err != nil {
		return nil, err
	}
	return s.starter.Text(files, s.lang), nil
}

func (s *submissions) csv(ctx context.Context, w io.Writer, r *similar.Result) error {
	out := csv.NewWriter(w)
	row := []string{"file_a", "file_b", "score"}
	if err := out.Write(row); err != nil {
		return err
	}
	err := r.Each(ctx, s.index, func(a, b int, score float64) {
		row[0], row[1], row[2] = s.index.Prints[a].Name, s.index.Prints[b].Name, strconv.FormatFloat(score, 'f', 6, 64)
		_ = out.Write(row) // its error is kept, and told by Error
	})
	out.Flush()
	return errors.Join(err, out.Error())
}

// pairJSON is one line of --json.
type pairJSON struct {
	A        string           `json:"a"`
	B        string           `json:"b"`
	Score    float64          `json:"score"`
	Outcome  similar.Outcome  `json:"outcome"`
	Expected float64          `json:"expected_innocent"`
	Regions  []similar.Region `json:"regions"`
}

// json prints the closest pairs of each submission; regions are those of pairs worth a look.
func (s *submissions) json(w io.Writer, r *similar.Result) error {
	out := json.NewEncoder(w)
	texts := similar.Texts{Load: s.text}
	for _, p := range r.Pairs {
		line := pairJSON{s.index.Prints[p.A].Name, s.index.Prints[p.B].Name, p.Score, p.Outcome, p.Expected, []similar.Region{}}
		if p.Outcome != similar.Not {
			regions, err := texts.Regions(r, p)
			if err != nil {
				return err
			}
			line.Regions = append(line.Regions, regions...)
		}
		if err := out.Encode(line); err != nil {
			return err
		}
	}
	return nil
}

// shownPairs is how many pairs the table has at most.
const shownPairs = 50

func (s *submissions) table(w io.Writer, r *similar.Result, took time.Duration) error {
	t := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	shown, more := 0, 0
	for _, p := range r.Pairs {
		if p.Outcome == similar.Not {
			continue
		}
		if shown == shownPairs {
			more++
			continue
		}
		if shown == 0 {
			fmt.Fprintln(t, "SCORE\tOUTCOME\tEXPECTED BY CHANCE\tA\tB\t")
		}
		shown++
		fmt.Fprintf(t, "%.2f\t%s\t%s\t%s\t%s\t\n", p.Score, p.Outcome, chance(p.Expected), s.index.Prints[p.A].Name, s.index.Prints[p.B].Name)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	if more > 0 {
		fmt.Fprintf(w, "and %d more: --json has them all, --html shows them.\n", more)
	}
	if shown == 0 {
		fmt.Fprintln(w, "Not enough evidence in any pair: none is more alike than innocent people's work can be.")
	} else {
		fmt.Fprintln(w, "\nEXPECTED BY CHANCE: how many innocent pairs as alike as this are expected among these people. A fact to look at, not a verdict.")
	}
	_, err := fmt.Fprintf(w, "%d compared in %.1f s.\n", s.compared, took.Seconds())
	return err
}

// chance writes an expected number of pairs as far as it means something.
func chance(n float64) string {
	if n < 0.001 {
		return "< 0.001"
	}
	return strconv.FormatFloat(n, 'g', 2, 64)
}

// report writes the page beside its place first, so that a failure leaves no half of it.
func (c *Similar) report(ctx context.Context, s *submissions, r *similar.Result) error {
	f, err := os.CreateTemp(filepath.Dir(c.HTML), ".similar-*.html")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // gone when it was renamed
	err = report.Write(ctx, f, report.Input{Title: filepath.Base(c.Dir), Index: s.index, Result: r, Text: s.text})
	if err := errors.Join(err, f.Chmod(0o644), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), c.HTML)
}
