package code

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/goccy/go-yaml"

	"candor/internal/item"
	"candor/internal/judge"
	"candor/internal/judge/languages"
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

func (r *reader) warn(place, format string, args ...any) {
	r.out = append(r.out, r.doc.Warn(place, format, args...))
}

func (r *reader) at(p, format string, args ...any) {
	r.out = append(r.out, item.Finding{Path: p, Severity: item.Error, Text: fmt.Sprintf(format, args...)})
}

func read(dir fs.FS) (*spec, []item.Finding) {
	s := &spec{}
	d, out := item.ReadYAML(dir, "item.yaml", s)
	if item.Failed(out) {
		return s, out
	}
	r := &reader{dir, d, append(out, s.Check(dir, d)...)}
	if !slices.Contains([]judge.Style{judge.Stdin, judge.Unit, judge.Function}, s.Style) {
		r.bad("$.style", "style is stdin, unit or function; this says %q.", s.Style)
		return s, r.out
	}
	if s.Untested && s.Style != judge.Stdin {
		r.bad("$.untested", "Only programs of the style stdin can be without tests.")
	}
	s.Files = s.AddFiles == nil || *s.AddFiles
	r.limits(s)
	r.languages(s)
	switch s.Style {
	case judge.Stdin:
		r.data(s)
		if s.Untested && len(s.tests) > 0 {
			r.bad("$.untested", "There are tests in data. Remove them, or leave untested out.")
		}
	case judge.Function:
		r.function(s)
	case judge.Unit:
		r.units(s)
	}
	r.submissions(s)
	r.leaked(s)
	return s, r.out
}

func (r *reader) limits(s *spec) {
	s.bounds = judge.Limits{CPU: defaultCPU, Memory: defaultMemory}
	if s.Style == judge.Unit {
		s.bounds.CPU = defaultUnit
	}
	duration := func(place, text string, into *time.Duration, max time.Duration) {
		if text == "" {
			return
		}
		got, err := time.ParseDuration(text)
		if err != nil || got < 100*time.Millisecond || got > max {
			r.bad(place, "Write a time from 100ms to %s, such as 2s.", max)
			return
		}
		*into = got
	}
	size := func(place, text string, into *int64, min, max int64) {
		if text == "" {
			return
		}
		got, err := bytesOf(text)
		if err != nil || got < min || got > max {
			r.bad(place, "Write a size from %d MiB to %d MiB, such as 256MiB.", min>>20, max>>20)
			return
		}
		*into = got
	}
	duration("$.limits.cpu", s.Limits.CPU, &s.bounds.CPU, time.Minute)
	duration("$.limits.wall", s.Limits.Wall, &s.bounds.Wall, 5*time.Minute)
	size("$.limits.memory", s.Limits.Memory, &s.bounds.Memory, 16<<20, 4<<30)
	size("$.limits.output", s.Limits.Output, &s.bounds.Output, 1<<20, 64<<20)
	if c := s.Compare; c.Absolute < 0 || c.Relative < 0 {
		r.bad("$.compare", "A tolerance is not negative.")
	}
}

// bytesOf reads "256MiB", "64KiB", "1GiB" or a number of bytes.
func bytesOf(text string) (int64, error) {
	for unit, shift := range map[string]int{"KiB": 10, "MiB": 20, "GiB": 30} {
		if n, ok := strings.CutSuffix(text, unit); ok {
			v, err := strconv.ParseInt(strings.TrimSpace(n), 10, 32)
			return v << shift, err
		}
	}
	return strconv.ParseInt(text, 10, 64)
}

func (r *reader) languages(s *spec) {
	if len(s.Offered) == 0 {
		r.bad("$.languages", "Offer at least one language: languages: {python: {}}.")
	}
	for _, entry := range s.Offered {
		name := fmt.Sprint(entry.Key)
		place := "$.languages." + name
		base, ok := languages.Named(name)
		if !ok {
			var all []string
			for _, l := range languages.All() {
				all = append(all, l.ID)
			}
			r.bad(place, "There is no language %s. Known are %s.", name, strings.Join(all, ", "))
			continue
		}
		l := language{Language: base}
		raw, err := yaml.Marshal(entry.Value)
		if err == nil {
			err = yaml.UnmarshalWithOptions(raw, &l.offer, yaml.Strict())
		}
		if err != nil {
			r.bad(place, "Under a language stand starter, protected, entry and framework; this cannot be read.")
			continue
		}
		l.starter = r.under(path.Join("starter", name))
		for i := len(l.Starter) - 1; i >= 0; i-- { // the named ones first, in their order
			at := slices.IndexFunc(l.starter, func(f file) bool { return f.name == l.Starter[i] })
			if at < 0 {
				r.bad(place+".starter", "There is no file starter/%s/%s.", name, l.Starter[i])
				continue
			}
			f := l.starter[at]
			l.starter = slices.Insert(slices.Delete(l.starter, at, at+1), 0, f)
		}
		for _, p := range l.Protected {
			if !slices.ContainsFunc(l.starter, func(f file) bool { return f.name == p }) {
				r.bad(place+".protected", "There is no file starter/%s/%s.", name, p)
			}
		}
		if len(l.starter) == 0 {
			own := base.Main
			if s.Style == judge.Function && base.Function != nil {
				own = base.Function.File
			}
			l.starter = []file{{own, ""}}
		}
		s.languages = append(s.languages, l)
	}
}

// under reads all files of a folder, by their names in it; none when it is not there.
func (r *reader) under(dir string) []file {
	var out []file
	sub, err := fs.Sub(r.dir, dir)
	if err != nil {
		return nil
	}
	fs.WalkDir(sub, ".", func(p string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return nil
		}
		if f, ok := r.file(path.Join(dir, p)); ok {
			out = append(out, file{p, f})
		}
		return nil
	})
	slices.SortFunc(out, func(a, b file) int { return strings.Compare(a.name, b.name) })
	return out
}

func (r *reader) file(name string) (string, bool) {
	b, err := fs.ReadFile(r.dir, name)
	switch {
	case err != nil:
		r.at(name, "This file cannot be read: %v", err)
	case len(b) > MaxFile:
		r.at(name, "This file is larger than 1 MiB.")
	case !utf8.Valid(b):
		r.at(name, "This file is not UTF-8. Save it as UTF-8.")
	default:
		return strings.ReplaceAll(string(b), "\r\n", "\n"), true
	}
	return "", false
}

// data reads the tests of the stdin style as an ICPC package has them: data/sample and data/secret, a .in and a .ans each.
func (r *reader) data(s *spec) {
	for _, hidden := range []bool{false, true} {
		dir := "data/sample"
		if hidden {
			dir = "data/secret"
		}
		var names []string
		fs.WalkDir(r.dir, dir, func(p string, e fs.DirEntry, err error) error {
			if err == nil && !e.IsDir() && strings.HasSuffix(p, ".in") {
				names = append(names, strings.TrimSuffix(p, ".in"))
			}
			return nil
		})
		slices.Sort(names)
		for _, n := range names {
			in, err := fs.ReadFile(r.dir, n+".in")
			if err != nil {
				r.at(n+".in", "This file cannot be read: %v", err)
				continue
			}
			want, err := fs.ReadFile(r.dir, n+".ans")
			if err != nil {
				r.at(n+".in", "There is no %s.ans with the expected output.", path.Base(n))
				continue
			}
			s.tests = append(s.tests, judge.Test{Name: strings.TrimPrefix(n, dir+"/"), Hidden: hidden, In: in, Want: want})
		}
		if len(names) == 0 && !hidden && !s.Untested {
			r.warn("$.style", "There is no data/sample: candidates see no test that they can run.")
		}
	}
	if len(s.tests) == 0 && !s.Untested {
		r.bad("$.style", "The stdin style needs tests: data/sample/1.in with 1.ans, data/secret/....")
	}
}

// units reads tests/visible/LANGUAGE and tests/hidden/LANGUAGE.
func (r *reader) units(s *spec) {
	for i := range s.languages {
		l := &s.languages[i]
		if len(l.Unit) == 0 {
			r.bad("$.languages."+l.ID, "There is no unit test framework for %s here. Use stdin or function, or leave the language out.", l.Name)
			continue
		}
		for _, hidden := range []bool{false, true} {
			dir := "tests/visible"
			if hidden {
				dir = "tests/hidden"
			}
			for _, f := range r.under(path.Join(dir, l.ID)) {
				l.unit = append(l.unit, judge.UnitTest{Name: f.name, Hidden: hidden, Data: []byte(f.text)})
			}
		}
		if !slices.ContainsFunc(l.unit, func(t judge.UnitTest) bool { return l.tests(t.Name, t.Data) }) {
			r.bad("$.languages."+l.ID, "There are no tests in tests/visible/%s or tests/hidden/%s.", l.ID, l.ID)
		}
	}
}

// tests says whether a file holds unit tests of one of the language's frameworks.
func (l *language) tests(name string, text []byte) bool {
	return slices.ContainsFunc(l.Unit, func(f languages.Framework) bool { return f.Is(name, text) })
}
