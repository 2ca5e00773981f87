package icpc

import (
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"candor/internal/judge"
	"candor/internal/sandbox"
)

// Verdicts of the formats.
var anyVerdict = []judge.Verdict{judge.AC, judge.WA, judge.TLE, judge.RTE}

// legacyFolders are what the legacy format demands of submissions by their folder, beside partially_accepted. compiler_error is no folder of the
// format, but in use.
var legacyFolders = map[string]Rule{
	"accepted":            {Permitted: []judge.Verdict{judge.AC}, Lower: true},
	"wrong_answer":        {Permitted: []judge.Verdict{judge.AC, judge.WA}, Required: []judge.Verdict{judge.WA}},
	"time_limit_exceeded": {Permitted: []judge.Verdict{judge.AC, judge.WA, judge.TLE}, Required: []judge.Verdict{judge.TLE}, Upper: true},
	"run_time_error":      {Required: []judge.Verdict{judge.RTE}},
	"compiler_error":      {Permitted: []judge.Verdict{judge.CE}},
}

// folders are the default requirements of 2025-09.
var folders = map[string]map[string]any{
	"accepted":            {"permitted": verdictWords("AC")},
	"rejected":            {"required": verdictWords("RTE TLE WA")},
	"wrong_answer":        {"permitted": verdictWords("AC WA"), "required": verdictWords("WA")},
	"time_limit_exceeded": {"permitted": verdictWords("AC TLE"), "required": verdictWords("TLE")},
	"run_time_error":      {"permitted": verdictWords("AC RTE"), "required": verdictWords("RTE")},
	"brute_force":         {"permitted": verdictWords("AC RTE TLE"), "required": verdictWords("RTE TLE"), "use_for_time_limit": false},
}

func verdictWords(s string) []any {
	var out []any
	for w := range strings.FieldsSeq(s) {
		out = append(out, w)
	}
	return out
}

// expectedResults is DOMjudge's comment in a submission.
var expectedResults = regexp.MustCompile(`@EXPECTED_RESULTS@:[ \t]*([A-Za-z_\-, \t]+)`)

var domjudge = map[string]judge.Verdict{"CORRECT": judge.AC, "ACCEPTED": judge.AC, "WRONG-ANSWER": judge.WA, "NO-OUTPUT": judge.WA, "TIMELIMIT": judge.TLE, "TIME-LIMIT-EXCEEDED": judge.TLE,
	"RUN-ERROR": judge.RTE, "RUN-TIME-ERROR": judge.RTE, "MEMORY-LIMIT": judge.MLE, "OUTPUT-LIMIT": judge.OLE, "COMPILER-ERROR": judge.CE}

// submissions reads the example submissions and what is declared of them.
func (r *reader) submissions() {
	said := r.declared()
	for _, e := range r.entries("submissions") {
		dir := path.Join("submissions", e.Name())
		if !r.isDir(dir) {
			continue
		}
		for _, x := range r.entries(dir) {
			r.submission(e.Name(), path.Join(dir, x.Name()), said)
		}
	}
	if !slices.ContainsFunc(r.Submissions, func(s Submission) bool { return strings.HasPrefix(s.Name, "accepted/") }) {
		r.bad("submissions", "There is no accepted submission.")
	}
}

// declared is submissions.yaml with the defaults of folders: keys by pattern.
func (r *reader) declared() map[string]map[string]any {
	if !r.current() {
		return nil
	}
	all, own := maps.Clone(folders), map[string]map[string]any{}
	d, ok := r.yaml("submissions/submissions.yaml", &own, false)
	if !ok {
		return all
	}
	for pattern, keys := range own {
		if usual, ok := folders[pattern]; ok {
			merged := maps.Clone(usual)
			maps.Copy(merged, keys)
			keys = merged
		}
		all[pattern] = keys
	}
	d.keys("$", func(pattern string, line int) {
		if _, ok := all[pattern]; !ok {
			r.add(Error, d.path, line, "%q is not understood.", pattern)
		}
	})
	return all
}

func (r *reader) submission(folder, name string, said map[string]map[string]any) {
	s := Submission{Name: strings.TrimPrefix(name, "submissions/"), Files: r.program(name, 0)}
	if len(s.Files) == 0 {
		r.bad(name, "There is no program in this folder.")
		return
	}
	s.Code = spoken(s.Files)
	declared := ""
	if r.current() {
		for _, pattern := range slices.Sorted(maps.Keys(said)) {
			if !matches(pattern, s.Name) {
				continue
			}
			keys := said[pattern]
			if l, ok := keys["language"].(string); ok {
				s.Code = l
			}
			if e, ok := keys["entrypoint"].(string); ok {
				declared = e
			}
			s.Rules = append(s.Rules, r.rules(pattern, keys)...)
		}
	} else if rule, ok := legacyFolders[folder]; ok {
		s.Rules = []Rule{rule}
	}
	s.Expected = expected(s.Rules)
	if folder == "partially_accepted" && s.Expected == nil && r.Scoring {
		s.Partial, s.Expected = true, anyVerdict
		if len(r.configs) > 0 { // graders accept what gives points
			s.Expected = []judge.Verdict{judge.AC}
		}
	}
	if comment := commented(s.Files); comment != nil {
		s.Expected, s.Rules, s.Partial = comment, nil, false
	}
	if s.Expected == nil {
		r.add(Warning, name, 0, "Nothing is declared of submissions in a folder of this name.")
	}
	var size int64
	for _, f := range s.Files {
		size += int64(len(f.Data))
	}
	if size > r.Limits.Code {
		r.bad(name, "This submission has %d bytes; the limit is %d KiB.", size, r.Limits.Code>>10)
	}
	r.speak(&s, name, declared)
	r.Submissions = append(r.Submissions, s)
}

// speak finds out a submission's language and entry, and adds what is included.
func (r *reader) speak(s *Submission, name, declared string) {
	l, ok := coded(s.Code)
	switch {
	case !ok && s.Code != "":
		r.bad(name, "The language %q is not known here.", s.Code)
	case !ok:
		r.bad(name, "No single language can be determined: %s.", names(s.Files))
	case l.judge == "":
		r.add(Warning, name, 0, "%s is not offered here: this submission is not judged.", l.name)
	}
	s.Language = l.judge
	own := s.Files
	s.Files = beside(beside(own, r.include["default"]), r.include[s.Code])
	s.Entry = entry(declared, l, own, s.Files)
}

// beside puts files over others.
func beside(files, over []sandbox.File) []sandbox.File {
	out := slices.DeleteFunc(slices.Clone(files), func(f sandbox.File) bool {
		return slices.ContainsFunc(over, func(o sandbox.File) bool { return o.Name == f.Name })
	})
	return append(out, over...)
}

// commented is what a submission says of itself; nil where it says nothing.
func commented(files []sandbox.File) []judge.Verdict {
	for _, f := range files {
		m := expectedResults.FindSubmatch(f.Data)
		if m == nil {
			continue
		}
		var out []judge.Verdict
		for word := range strings.SplitSeq(string(m[1]), ",") {
			word = strings.ReplaceAll(strings.ToUpper(strings.TrimSpace(word)), "_", "-")
			if v, ok := domjudge[word]; ok {
				out = append(out, v)
			}
		}
		return out
	}
	return nil
}

var ruleKeys = []string{"language", "entrypoint", "authors", "model_solution", "permitted", "required", "score", "message", "use_for_time_limit"}

// rules are what one pattern of submissions.yaml demands: of all tests, and of some.
func (r *reader) rules(pattern string, keys map[string]any) []Rule {
	var out []Rule
	if rule, ok := r.rule(pattern, keys); ok {
		out = append(out, rule)
	}
	for _, tests := range slices.Sorted(maps.Keys(keys)) {
		if slices.Contains(ruleKeys, tests) {
			continue
		}
		inner, ok := keys[tests].(map[string]any)
		if !ok {
			r.bad("submissions/submissions.yaml", "%s: the key %q is not in the format.", pattern, tests)
			continue
		}
		if rule, ok := r.rule(pattern, inner); ok {
			rule.Tests = tests
			out = append(out, rule)
		}
	}
	return out
}

func (r *reader) rule(pattern string, keys map[string]any) (rule Rule, ok bool) {
	verdicts := func(key string) []judge.Verdict {
		var out []judge.Verdict
		for _, word := range list(keys[key]) {
			if v := judge.Verdict(word); slices.Contains(anyVerdict, v) {
				out = append(out, v)
			} else {
				r.bad("submissions/submissions.yaml", "%s: %s has AC, WA, TLE and RTE, not %q.", pattern, key, word)
			}
		}
		return out
	}
	rule.Permitted, rule.Required = verdicts("permitted"), verdicts("required")
	rule.Message, _ = keys["message"].(string)
	scores, _ := keys["score"].([]any)
	if v, single := number(keys["score"]); single {
		rule.Score = []float64{v, v}
	} else if len(scores) == 2 {
		low, ok1 := number(scores[0])
		high, ok2 := number(scores[1])
		if ok1 && ok2 {
			rule.Score = []float64{low, high}
		}
	}
	if keys["score"] != nil && rule.Score == nil {
		r.bad("submissions/submissions.yaml", "%s: score is a number, or two.", pattern)
	}
	rule.Lower = rule.Permitted != nil && !slices.Contains(rule.Permitted, judge.TLE)
	rule.Upper = len(rule.Required) == 1 && rule.Required[0] == judge.TLE
	switch keys["use_for_time_limit"] {
	case false:
		rule.Lower, rule.Upper = false, false
	case "lower":
		rule.Lower, rule.Upper = true, false
	case "upper":
		rule.Lower, rule.Upper = false, true
	}
	return rule, rule.Permitted != nil || rule.Required != nil || rule.Score != nil || rule.Message != "" || rule.Lower || rule.Upper
}

// expected are the verdicts that a whole submission may have by its rules for all tests; nil where they say nothing.
func expected(rules []Rule) []judge.Verdict {
	may, said := append(slices.Clone(anyVerdict), judge.CE), false
	keep := func(list []judge.Verdict) {
		if list != nil {
			said = true
			may = slices.DeleteFunc(may, func(v judge.Verdict) bool { return !slices.Contains(list, v) })
		}
	}
	for _, r := range rules {
		if r.Tests == "" {
			keep(r.Permitted)
			keep(r.Required)
		}
	}
	if !said {
		return nil
	}
	return may
}

// maxBraces are expanded in one pattern: each more multiplies the work.
const maxBraces = 4

// matches says whether a pattern names a path or a folder above it. A star stays within a name; braces list alternatives.
func matches(pattern, name string) bool {
	if strings.Count(pattern, "{") > maxBraces {
		return false
	}
	if open := strings.IndexByte(pattern, '{'); open >= 0 {
		if end := strings.IndexByte(pattern[open:], '}'); end > 0 {
			for part := range strings.SplitSeq(pattern[open+1:open+end], ",") {
				if matches(pattern[:open]+part+pattern[open+end+1:], name) {
					return true
				}
			}
			return false
		}
	}
	plain := strings.NewReplacer(`\`, `\\`, "[", `\[`, "?", `\?`).Replace(pattern)
	for ; name != "."; name = path.Dir(name) {
		if ok, err := path.Match(plain, name); ok && err == nil {
			return true
		}
	}
	return false
}

// Open reads a submission that is not in the package: a file or folder of dir, by its name there. Findings say what is wrong with it.
func (p *Package) Open(dir fs.FS, name string) (Submission, []Finding) {
	outside := *p
	outside.tree, outside.Submissions = dir, nil
	r := &reader{Package: &outside}
	s := Submission{Name: name, Files: r.program(name, 0)}
	s.Code = spoken(s.Files)
	s.Expected = commented(s.Files)
	r.speak(&s, name, "")
	return s, r.found
}
