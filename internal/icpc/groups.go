package icpc

import (
	"io/fs"
	"path"
	"slices"
	"strings"

	"candor/internal/judge"
)

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
