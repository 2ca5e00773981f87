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
