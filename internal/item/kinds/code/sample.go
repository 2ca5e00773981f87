package code

import (
	"io/fs"
	"path"
	"slices"

	"candor/internal/judge"
)

// submission is a sample of the author's with the verdicts it must get.
type submission struct {
	path     string // in the item's folder, for findings
	language string
	files    []file
	entry    string
	want     []judge.Verdict
}

// verdicts are the folders of sample submissions, as ICPC packages call them.
var verdicts = map[string][]judge.Verdict{
	"accepted": {judge.AC}, "wrong_answer": {judge.WA}, "time_limit_exceeded": {judge.TLE}, "run_time_error": {judge.RTE}, "compile_error": {judge.CE},
	"memory_limit_exceeded": {judge.MLE}, "output_limit_exceeded": {judge.OLE}, "rejected": {judge.WA, judge.TLE, judge.RTE, judge.CE, judge.MLE, judge.OLE},
}

// submissions reads submissions/VERDICT/LANGUAGE/..., where a file is one submission and a folder another, or submissions/VERDICT/FILE.
func (r *reader) submissions(s *spec) {
	entries, err := fs.ReadDir(r.dir, "submissions")
	if err != nil {
		r.warn("$.kind", "There are no sample submissions: nothing proves that this item can be solved.")
	}
	for _, v := range entries {
		want, ok := verdicts[v.Name()]
		if !ok {
			r.at("submissions/"+v.Name(), "No such verdict. Folders are called accepted, wrong_answer, time_limit_exceeded, run_time_error, compile_error and so on.")
			continue
		}
		if s.Style == judge.Unit && (v.Name() == "wrong_answer" || v.Name() == "run_time_error") {
			want = []judge.Verdict{judge.WA, judge.RTE} // a unit test fails by an assertion or by an error
		}
		for _, x := range r.sorted(s, path.Join("submissions", v.Name())) {
			x.want = want
			s.samples = append(s.samples, x)
		}
	}
	for _, l := range s.languages {
		if !slices.ContainsFunc(s.samples, func(x submission) bool { return x.language == l.ID && slices.Contains(x.want, judge.AC) }) {
			if s.Style == judge.Unit {
				r.bad("$.languages."+l.ID, "The unit style needs a solution in submissions/accepted/%s: it tells which tests must come.", l.ID)
			} else if err == nil {
				r.warn("$.languages."+l.ID, "There is no solution in submissions/accepted/%s: nothing proves that the limits fit %s.", l.ID, l.Name)
			}
		}
	}
}

func (s *spec) bySuffix(name string) (*language, bool) {
	for i := range s.languages {
		if slices.Contains(s.languages[i].Suffixes, path.Ext(name)) {
			return &s.languages[i], true
		}
	}
	return nil, false
}

// leaked reads leaked/LANGUAGE/... or leaked/FILE: solutions that went round.
func (r *reader) leaked(s *spec) {
	if _, err := fs.Stat(r.dir, "leaked"); err == nil {
		s.leaked = r.sorted(s, "leaked")
	}
}

// sorted are the submissions of a folder, by language.
func (r *reader) sorted(s *spec, dir string) (out []submission) {
	inside, _ := fs.ReadDir(r.dir, dir)
	for _, e := range inside {
		p := path.Join(dir, e.Name())
		if l, ok := s.language(e.Name()); ok && e.IsDir() {
			each, _ := fs.ReadDir(r.dir, p)
			for _, one := range each {
				out = append(out, r.sample(s, path.Join(p, one.Name()), one.IsDir(), l)...)
			}
			continue
		}
		if l, ok := s.bySuffix(e.Name()); ok && !e.IsDir() {
			out = append(out, r.sample(s, p, false, l)...)
			continue
		}
		r.at(p, "This belongs to no language that the item offers. Sort by language: %s/%s/....", dir, "python")
	}
	return out
}

// sample is one submission, or none where nothing can be read.
func (r *reader) sample(s *spec, p string, folder bool, l *language) []submission {
	x := submission{path: p, language: l.ID, entry: l.offer.Entry}
	if folder {
		x.files = r.under(p)
	} else if text, ok := r.file(p); ok {
		name := path.Base(p)
		if s.Style != judge.Stdin {
			name = l.starter[0].name // one file stands for the one that is asked for
		}
		x.files = []file{{name, text}}
		if s.Style == judge.Stdin {
			x.entry = name
		}
	}
	if len(x.files) == 0 {
		r.at(p, "There is nothing in this submission.")
		return nil
	}
	return []submission{x}
}
