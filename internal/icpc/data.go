package icpc

import (
	"cmp"
	"io/fs"
	"math"
	"path"
	"slices"
	"strconv"
	"strings"

	"candor/internal/judge"
	"candor/internal/sandbox"
)

// testdata is testdata.yaml (legacy) and test_group.yaml (2025-09).
type testdata struct {
	OnReject    string `yaml:"on_reject"`
	Grading     string `yaml:"grading"`
	GraderFlags string `yaml:"grader_flags"`
	OutputFlags any    `yaml:"output_validator_flags"`
	InputFlags  any    `yaml:"input_validator_flags"`
	Accept      any    `yaml:"accept_score"`
	Reject      any    `yaml:"reject_score"`
	Range       string `yaml:"range"`

	MaxScore    any      `yaml:"max_score"`
	Aggregation string   `yaml:"score_aggregation"`
	Static      any      `yaml:"static_validation_score"`
	Needs       any      `yaml:"require_pass"`
	Args        []string `yaml:"args"`
	OutputArgs  []string `yaml:"output_validator_args"`
	Feedback    *bool    `yaml:"full_feedback"`
}

var groupKeys = []string{"max_score", "score_aggregation", "static_validation_score", "require_pass", "args", "input_validator_args", "static_validator_args", "output_validator_args",
	"input_visualizer_args", "output_visualizer_args", "full_feedback"}

var testKeys = []string{"args", "input_validator_args", "output_validator_args", "input_visualizer_args", "output_visualizer_args", "full_feedback", "hint", "description"}

var testdataKeys = []string{"on_reject", "grading", "grader_flags", "input_validator_flags", "output_validator_flags", "accept_score", "reject_score", "range"}

// data reads tests and groups.
func (r *reader) data() {
	if r.current() && !r.hasTestdata("data", 0) {
		r.groups()
	} else {
		if r.current() {
			r.add(Warning, "data", 0, "testdata.yaml is of the legacy format; %s has test_group.yaml. The groups are read as legacy.", Current)
		}
		r.Groups = r.legacy("data", "", testdata{})
		if low, high, ok := bounds(r.configs["data"].Range); ok {
			r.Most = &high
			if r.Minimize {
				r.Most = &low
			}
		}
	}
	if !slices.ContainsFunc(r.Tests, func(t judge.Test) bool { return strings.HasPrefix(t.Name, "secret/") }) {
		r.bad("data/secret", "There are no tests here (files that end with .in, and .ans beside them).")
	}
}

// hasTestdata says that a draft of the format describes its groups as the legacy format does.
func (r *reader) hasTestdata(dir string, depth int) bool {
	for _, e := range r.entries(dir) {
		full := path.Join(dir, e.Name())
		if e.Name() == "testdata.yaml" {
			var c testdata
			d, ok := (&reader{Package: r.Package}).yaml(full, &c, true)
			legacy, other := false, false
			if ok {
				d.keys("$", func(key string, _ int) {
					legacy = legacy || slices.Contains(testdataKeys, key)
					other = true
				})
			}
			if legacy {
				return true
			}
			if other {
				r.add(Warning, full, 0, "%s has no testdata.yaml but test_group.yaml: what is said here is ignored.", Current)
			}
			continue
		}
		if depth < maxDepth && r.isDir(full) && r.hasTestdata(full, depth+1) {
			return true
		}
	}
	return false
}

// tests reads the tests that stand directly in a folder of data/; those in folders of it that are no groups follow with deep.
func (r *reader) tests(dir, group string, c testdata, deep bool, depth int) []judge.Test {
	var out []judge.Test
	list := r.entries(dir)
	for _, e := range list {
		full := path.Join(dir, e.Name())
		stem, isIn := strings.CutSuffix(full, ".in")
		switch {
		case isIn && !r.isDir(full):
			if t, ok := r.test(stem, group, c); ok {
				out = append(out, t)
			}
		case strings.HasSuffix(full, ".ans") && !slices.ContainsFunc(list, func(o fs.DirEntry) bool { return o.Name() == strings.TrimSuffix(e.Name(), ".ans")+".in" }):
			r.bad(full, "There is an answer, but no input (%s.in).", path.Base(strings.TrimSuffix(full, ".ans")))
		case deep && depth < maxDepth && r.isDir(full) && !strings.HasSuffix(full, ".files"):
			out = append(out, r.tests(full, group, c, true, depth+1)...)
		}
	}
	return out
}

// test reads one test; stem is its path without an ending.
func (r *reader) test(stem, group string, c testdata) (judge.Test, bool) {
	name := strings.TrimPrefix(stem, "data/")
	if len(r.Tests) >= maxTests {
		return judge.Test{}, false
	}
	t := judge.Test{Name: name, Group: group, Hidden: !strings.HasPrefix(name, "sample/")}
	in, ok := r.file(stem + ".in")
	if !ok {
		return t, false
	}
	if _, err := fs.Stat(r.tree, stem+".ans"); err != nil {
		r.bad(stem+".in", "There is no answer (%s.ans).", path.Base(stem))
		return t, false
	}
	want, ok := r.file(stem + ".ans")
	if !ok {
		return t, false
	}
	t.In, t.Want, t.Args = in, want, c.Args
	flags := slices.Concat(strings.Fields(r.meta.ValidatorFlags), words(c.OutputFlags))
	if r.current() {
		flags = slices.Concat(words(c.OutputFlags), c.OutputArgs)
		if r.isDir(stem + ".files") {
			t.Files = r.plain(stem+".files", 0)
		}
		var own testdata
		if d, ok := r.yaml(stem+".yaml", &own, false); ok {
			r.unknown(Error, d, "$", testKeys...)
			if d.at("$.args") != nil {
				t.Args = own.Args
			}
			if d.at("$.output_validator_args") != nil {
				flags = own.OutputArgs
			}
			c.Feedback = cmp.Or(own.Feedback, c.Feedback)
		}
		if c.Feedback != nil && *c.Feedback {
			t.Hidden = false
		}
	}
	if r.Validator != nil {
		t.Flags = flags
		return t, true
	}
	checks, wrong := defaultFlags(flags)
	if wrong != "" {
		r.bad(cmp.Or(group, "data"), "The default validator does not know the argument %q.", wrong)
	}
	t.Checks = &checks
	return t, true
}

// plain reads the files of a folder as they are.
func (r *reader) plain(dir string, depth int) []sandbox.File {
	var out []sandbox.File
	for _, e := range r.entries(dir) {
		full := path.Join(dir, e.Name())
		if r.isDir(full) && depth < maxDepth {
			for _, f := range r.plain(full, depth+1) {
				out = append(out, sandbox.File{Name: path.Join(e.Name(), f.Name), Data: f.Data})
			}
		} else if b, ok := r.file(full); ok {
			out = append(out, sandbox.File{Name: e.Name(), Data: b})
		}
	}
	return out
}

// words of flags that are a text, or a map with a validator's name and flags.
func words(v any) []string {
	switch v := v.(type) {
	case string:
		return strings.Fields(v)
	case map[string]any:
		s, _ := v["flags"].(string)
		return strings.Fields(s)
	}
	return nil
}

// defaultFlags reads the default validator's arguments; wrong is the first it does not know.
func defaultFlags(flags []string) (c judge.Checks, wrong string) {
	for i := 0; i < len(flags); i++ {
		switch flags[i] {
		case "case_sensitive":
			c.CaseSensitive = true
		case "space_change_sensitive":
			c.SpaceSensitive = true
		case "float_tolerance", "float_absolute_tolerance", "float_relative_tolerance":
			v, ok := number(strings.Join(flags[i+1:min(i+2, len(flags))], ""))
			if !ok || v < 0 {
				return c, strings.Join(flags[i:], " ")
			}
			if flags[i] != "float_relative_tolerance" {
				c.Absolute = v
			}
			if flags[i] != "float_absolute_tolerance" {
				c.Relative = v
			}
			i++
		default:
			return c, flags[i]
		}
	}
	return c, ""
}

// legacy reads a folder as a group of the legacy format: what testdata.yaml does not say is as in the group around it.
func (r *reader) legacy(dir, name string, c testdata) judge.Group {
	if d, ok := r.yaml(path.Join(dir, "testdata.yaml"), &c, r.current()); ok {
		r.unknown(Warning, d, "$", testdataKeys...)
		if c.Grading == "custom" {
			r.add(Error, d.path, d.line("$.grading"), "Not supported: a grader of one's own.")
		}
	}
	r.configs[dir] = c
	g := judge.Group{Name: name, Break: c.OnReject != "continue", Accept: 1}
	if v, ok := number(c.Accept); ok {
		g.Accept = v
	}
	if v, ok := number(c.Reject); ok {
		g.Reject = v
	}
	for _, f := range strings.Fields(c.GraderFlags) {
		switch f {
		case "worst_error":
			g.First, g.Always = false, false
		case "first_error":
			g.First, g.Always = true, false
		case "always_accept":
			g.Always = true
		case "accept_if_any_accepted":
			g.Any = true
		case "ignore_sample":
			if name == "" {
				g.Ignore = "sample"
			}
		case "sum", "avg", "min", "max":
			g.Sum = judge.Sum(f)
		default:
			r.bad(path.Join(dir, "testdata.yaml"), "The default grader does not know the flag %q.", f)
		}
	}
	if name != "" {
		r.Tests = append(r.Tests, r.tests(dir, name, c, false, 0)...)
	}
	for _, e := range r.entries(dir) {
		full := path.Join(dir, e.Name())
		if !r.isDir(full) || name == "" && e.Name() != "sample" && e.Name() != "secret" || strings.HasSuffix(e.Name(), ".files") {
			continue
		}
		if strings.Count(full, "/") > maxDepth {
			r.bad(full, "The folders are too deep.")
			continue
		}
		g.Groups = append(g.Groups, r.legacy(full, path.Join(name, e.Name()), c))
	}
	if name == "" {
		slices.SortStableFunc(r.Tests, func(a, b judge.Test) int {
			return slices.Compare(strings.Split(a.Name, "/"), strings.Split(b.Name, "/"))
		})
	}
	return g
}

// groups reads sample and secret of 2025-09.
func (r *reader) groups() {
	sample, c, _ := r.group("data/sample", "sample", nil)
	r.Tests = append(r.Tests, r.tests("data/sample", "sample", c, true, 0)...)
	hundred := 100.0
	secret, c, _ := r.group("data/secret", "secret", &hundred)
	if c.Aggregation == "" {
		secret.Sum, secret.Break = judge.Add, false
	}
	sample.Sum, sample.Bounded, sample.Max, sample.Given = judge.All, false, 0, false // no points, whatever a validator says
	var inner []string
	for _, e := range r.entries("data/secret") {
		if _, err := fs.Stat(r.tree, path.Join("data/secret", e.Name(), "test_group.yaml")); err == nil {
			inner = append(inner, e.Name())
		}
	}
	if len(inner) == 0 {
		r.weigh(&secret, r.tests("data/secret", "secret", c, true, 0))
	} else if direct := r.tests("data/secret", "secret", c, false, 0); len(direct) > 0 {
		r.bad("data/secret", "There are groups here and tests beside them; only the groups count.")
	}
	for _, e := range inner {
		dir := path.Join("data/secret", e)
		g, c, _ := r.group(dir, "secret/"+e, nil)
		tests := r.tests(dir, g.Name, c, true, 0)
		if len(tests) == 0 {
			r.bad(dir, "There are no tests in this group.")
		}
		if secret.Bounded && g.Given && r.Scoring {
			r.bad(dir, "This group needs a max_score, because secret has one.")
		}
		r.weigh(&g, tests)
		secret.Groups = append(secret.Groups, g)
	}
	r.Groups = judge.Group{Groups: []judge.Group{sample, secret}}
	if !r.Scoring {
		r.Groups = passFail(r.Groups)
	} else if secret.Bounded {
		r.Most = &secret.Max
	}
}

// passFail is a group without points, which the first failure decides.
func passFail(g judge.Group) judge.Group {
	out := judge.Group{Name: g.Name, Break: true}
	for _, below := range g.Groups {
		out.Groups = append(out.Groups, passFail(below))
	}
	return out
}

// group reads test_group.yaml of a folder. usual is the largest number of points where it does not say; nil is unbounded.
func (r *reader) group(dir, name string, usual *float64) (judge.Group, testdata, bool) {
	var c testdata
	file := path.Join(dir, "test_group.yaml")
	d, there := r.yaml(file, &c, true)
	if there {
		r.unknown(Error, d, "$", groupKeys...)
	}
	if c.Static != nil {
		r.bad(file, "Not supported: static validation.")
	}
	g := judge.Group{Name: name, Needs: list(c.Needs), Sum: judge.All, Bounded: true}
	switch c.Aggregation {
	case "", "pass-fail":
	case "sum", "min":
		g.Sum = judge.Sum(c.Aggregation)
	default:
		r.add(Error, file, d.line("$.score_aggregation"), "score_aggregation is pass-fail, sum or min.")
	}
	g.Break = g.Sum != judge.Add // decided by the first failure
	switch v, ok := number(c.MaxScore); {
	case ok && v >= 0:
		g.Max = v
	case c.MaxScore == nil && usual != nil:
		g.Max = *usual
	case c.MaxScore == nil || c.MaxScore == "unbounded":
		g.Bounded, g.Given = false, true
	default:
		r.add(Error, file, d.line("$.max_score"), "max_score is a whole number from 0, or unbounded.")
	}
	if !r.Scoring && (c.MaxScore != nil || c.Aggregation != "" || c.Needs != nil) {
		r.bad(file, "max_score, score_aggregation and require_pass are for scoring problems only.")
	}
	return g, c, there
}

// weigh takes a group's tests and says what each is worth.
func (r *reader) weigh(g *judge.Group, tests []judge.Test) {
	r.Tests = append(r.Tests, tests...)
	switch {
	case !r.Scoring:
	case g.Sum == judge.All && g.Given:
		r.bad("data/"+g.Name, "A group of pass and fail needs a max_score.")
		g.Given = false
	case g.Sum == judge.All:
	case g.Sum == judge.Least:
		g.Accept = g.Max
	case len(tests) > 0:
		g.Accept = g.Max / float64(len(tests))
	}
}

// number reads what YAML may have taken for a number or a text.
func number(v any) (float64, bool) {
	switch v := v.(type) {
	case float64:
		return v, !math.IsNaN(v) && !math.IsInf(v, 0)
	case uint64:
		return float64(v), true
	case int64:
		return float64(v), true
	case int:
		return float64(v), true
	case string:
		f, err := strconv.ParseFloat(v, 64)
		return f, err == nil && !math.IsNaN(f) && !math.IsInf(f, 0)
	}
	return 0, false
}

// bounds reads "0 100".
func bounds(s string) (low, high float64, ok bool) {
	parts := strings.Fields(s)
	if len(parts) != 2 {
		return 0, 0, false
	}
	low, ok1 := number(parts[0])
	high, ok2 := number(parts[1])
	return low, high, ok1 && ok2
}
