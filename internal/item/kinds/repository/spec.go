package repository

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"candor/internal/item"
	"candor/internal/judge"
	"candor/internal/judge/languages"
)

// How large what an author brings may be.
const (
	maxFile  = 1 << 20 // bytes
	maxFiles = 2000
)

// reader collects what is wrong while a folder is read.
type reader struct {
	dir fs.FS
	doc *item.Doc
	out []item.Finding
}

func (r *reader) bad(place, format string, args ...any) {
	r.out = append(r.out, r.doc.At(place, format, args...))
}

func (r *reader) at(p, format string, args ...any) {
	r.out = append(r.out, item.Finding{Path: p, Severity: item.Error, Text: fmt.Sprintf(format, args...)})
}

func readSpec(dir fs.FS) (*spec, []item.Finding) {
	s := &spec{wrong: map[string]tree{}}
	d, out := item.ReadYAML(dir, "item.yaml", s)
	if item.Failed(out) {
		return s, out
	}
	r := &reader{dir, d, append(out, s.Check(dir, d)...)}
	s.starter, s.solution = r.under("starter"), r.under("solution")
	if len(s.starter) == 0 {
		r.bad("$.kind", "Put what the candidate begins with into the folder starter.")
	}
	if len(s.solution) == 0 {
		r.bad("$.kind", "Put your own solution into the folder solution: the files that differ from the starter. It proves the checks, and tells which tests must come.")
	}
	for _, p := range s.Protected {
		if _, err := path.Match(p, ""); err != nil || !slices.ContainsFunc(s.starter.names(), func(name string) bool { return (&spec{Protected: []string{p}}).protects(name) }) {
			r.bad("$.protected", "No file of the starter is meant by %q.", p)
		}
	}
	for name := range s.solution {
		if s.protects(name) {
			r.at("solution/"+name, "This file is protected: a solution cannot change it.")
		}
	}
	r.issues(s)
	r.checks(s)
	r.wrong(s)
	return s, r.out
}

// under reads all files of a folder by their names in it.
func (r *reader) under(dir string) tree {
	out := tree{}
	sub, err := fs.Sub(r.dir, dir)
	if err != nil {
		return out
	}
	fs.WalkDir(sub, ".", func(p string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return nil
		}
		b, err := fs.ReadFile(sub, p)
		switch at := path.Join(dir, p); {
		case err != nil:
			r.at(at, "This file cannot be read: %v", err)
		case len(b) > maxFile:
			r.at(at, "This file is larger than 1 MiB.")
		case !utf8.Valid(b):
			r.at(at, "This file is not UTF-8. Save it as UTF-8.")
		case len(out) == maxFiles:
			r.at(dir, "There are more than %d files.", maxFiles)
			return fs.SkipAll
		default:
			out[p] = string(b)
		}
		return nil
	})
	return out
}

// issues reads issues/*.md; the first heading is the title.
func (r *reader) issues(s *spec) {
	list := r.under("issues")
	for _, name := range list.names() {
		key, ok := strings.CutSuffix(name, ".md")
		first, rest, _ := strings.Cut(strings.TrimSpace(list[name]), "\n")
		title, headed := strings.CutPrefix(first, "# ")
		if !ok || strings.Contains(key, "/") || !headed {
			r.at("issues/"+name, "An issue is a file NAME.md that begins with a heading: # Title.")
			continue
		}
		s.issues = append(s.issues, issue{key, strings.TrimSpace(title), strings.TrimSpace(rest)})
	}
}

func (r *reader) checks(s *spec) {
	if len(s.Checks) == 0 {
		r.bad("$.checks", "Write at least one check.")
	}
	names, total := map[string]bool{}, 0.0
	for i := range s.Checks {
		c := &s.Checks[i]
		place := fmt.Sprintf("$.checks[%d]", i)
		if c.Name == "" || names[c.Name] {
			r.bad(place, "Each check has a name of its own.")
		}
		names[c.Name] = true
		if c.Language == "" {
			c.Language = s.Language
		}
		l, ok := languages.Named(c.Language)
		if !ok {
			r.bad(place, "There is no language %q.", c.Language)
		}
		total += c.weight()
		if (len(c.Command) > 0) == (c.Framework != "") {
			r.bad(place, "A check has a command or a framework.")
		}
		if c.Format != "" && !slices.Contains(formats(), c.Format) {
			r.bad(place, "format is one of %s.", strings.Join(formats(), ", "))
		}
		if c.Files != "" {
			if c.files = r.under(c.Files); len(c.files) == 0 {
				r.bad(place, "There is nothing in the folder %s.", c.Files)
			}
		}
		if c.Framework != "" {
			at := slices.IndexFunc(l.Unit, func(f languages.Framework) bool { return f.Name == c.Framework })
			if at < 0 {
				r.bad(place, "%s has no framework %q here.", l.Name, c.Framework)
			} else if !slices.ContainsFunc(c.files.names(), func(name string) bool { return l.Unit[at].Is(name, []byte(c.files[name])) }) {
				r.bad(place, "A framework needs test files, in the folder that files names.")
			}
		}
		if c.Hidden && len(c.Command) > 0 {
			r.trusts(place, *c, l)
		}
		r.limits(place, c)
	}
	if len(s.Checks) > 0 && total == 0 {
		r.bad("$.checks", "At least one check must count.")
	}
}

// trusts warns of a hidden check whose result the candidate's code could write itself.
func (r *reader) trusts(place string, c check, l languages.Language) {
	instead := "let the command read the candidate's files without running them"
	if len(l.Unit) > 0 {
		var names []string
		for _, f := range l.Unit {
			names = append(names, f.Name)
		}
		instead = "write framework: " + strings.Join(names, " or ") + " in place of the command"
	}
	r.out = append(r.out, r.doc.Warn(place, "%q is a hidden check with a command: code that is written for it can end it or put lines into its report, and so pass. Where a mark depends on it, %s.", c.Name, instead))
}

func (r *reader) limits(place string, c *check) {
	c.limits = judge.Limits{Memory: int64(c.Memory) << 20}
	if c.CPU == "" {
		return
	}
	d, err := time.ParseDuration(c.CPU)
	if err != nil || d < time.Second || d > 5*time.Minute {
		r.bad(place, "cpu is a time from 1s to 5m.")
	}
	c.limits.CPU = d
}

// wrong reads wrong/NAME, and what must not pass with it.
func (r *reader) wrong(s *spec) {
	dirs, _ := fs.ReadDir(r.dir, "wrong")
	for _, d := range dirs {
		s.wrong[d.Name()] = r.under(path.Join("wrong", d.Name()))
		if len(s.Wrong[d.Name()]) == 0 {
			r.bad("$.wrong", "Say under wrong which checks must not pass with wrong/%s.", d.Name())
		}
	}
	for name, list := range s.Wrong {
		if _, ok := s.wrong[name]; !ok {
			r.bad("$.wrong", "There is no folder wrong/%s.", name)
		}
		for _, c := range list {
			if !slices.ContainsFunc(s.Checks, func(x check) bool { return x.Name == c }) {
				r.bad("$.wrong", "There is no check %q.", c)
			}
		}
	}
}
