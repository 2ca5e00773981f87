package judge

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Sum is how the scores of a group's tests and groups become its own.
type Sum string

const (
	Add     Sum = "sum"
	Least   Sum = "min"
	Most    Sum = "max"
	Average Sum = "avg"
	All     Sum = "pass-fail" // Max when everything is AC, else 0
)

// Group is a node of the tree that tests are weighed in; a test names its group in Test.Group. It holds what both the 2025-09 format (section
// "Result aggregation") and the legacy format ("Graders") of problem packages can say. The zero value passes when everything passes.
type Group struct {
	Name   string // "secret/subtask1"; "" is the outermost
	Groups []Group
	// Break leaves out the rest of the group after something of it that is not AC.
	Break bool
	// Needs are groups that must be AC; else this one is left out, and its score is 0.
	Needs []string
	// The verdict is the worst one, unless First takes the first that is not AC, Any makes one AC enough, or Always makes it AC.
	First, Any, Always bool
	// Ignore is the group directly below that counts for nothing.
	Ignore string

	Sum            Sum     // "" adds
	Accept, Reject float64 // points of a test where the validator gives none
	// Bounded limits the group's points to Max and those of a test to Accept. Given says that the validator must give points.
	Bounded, Given bool
	Max            float64
}

// GroupResult is what became of a group.
type GroupResult struct {
	Name    string
	Verdict Verdict
	Score   float64
}

// worst is the order in which verdicts of a group hide each other (legacy format, "Default grader specification").
var worst = []Verdict{JE, CE, RTE, MLE, TLE, OLE, WA, AC}

// find is the group of a name and those around it, the outermost first; nil where there is none.
func (g *Group) find(name string) []*Group {
	if g.Name == name {
		return []*Group{g}
	}
	for i := range g.Groups {
		if found := g.Groups[i].find(name); found != nil {
			return append([]*Group{g}, found...)
		}
	}
	return nil
}

// result weighs what is there of a group; ok is false where nothing is.
func (g *Group) result(tests []Result) (out GroupResult, ok bool) {
	parts := g.parts(tests)
	out = GroupResult{Name: g.Name, Verdict: AC}
	if len(parts) == 0 {
		return out, false
	}
	scores, one := make([]float64, len(parts)), false
	for i, p := range parts {
		scores[i] = p.Score
		one = one || p.Verdict == AC
		if g.First && out.Verdict != AC {
			continue
		}
		if slices.Index(worst, p.Verdict) < slices.Index(worst, out.Verdict) {
			out.Verdict = p.Verdict
		}
	}
	if out.Verdict != JE && (g.Always || g.Any && one) {
		out.Verdict = AC
	}
	switch g.Sum {
	case Least:
		out.Score = slices.Min(scores)
	case Most:
		out.Score = slices.Max(scores)
	case All:
		if out.Verdict == AC {
			out.Score = g.Max
		}
	default:
		for _, s := range scores {
			out.Score += s
		}
		if g.Sum == Average {
			out.Score /= float64(len(scores))
		}
	}
	return out, true
}

// parts are the results of a group's own tests and of the groups directly below it, in the order of their names.
func (g *Group) parts(tests []Result) []GroupResult {
	var out []GroupResult
	for _, t := range tests {
		if t.Group == g.Name && !t.Own {
			out = append(out, GroupResult{t.Name, t.Verdict, t.Score})
		}
	}
	for i := range g.Groups {
		if below := &g.Groups[i]; below.Name != g.Ignore || g.Ignore == "" {
			if r, ok := below.result(tests); ok {
				out = append(out, r)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b GroupResult) int { return cmp.Compare(a.Name, b.Name) })
	return out
}

// lacks is a group that must be AC before this one and is not.
func (g *Group) lacks(root *Group, tests []Result) (GroupResult, bool) {
	for _, name := range g.Needs {
		if path := root.find(name); path != nil {
			if r, ok := path[len(path)-1].result(tests); ok && r.Verdict != AC {
				return r, true
			}
		}
	}
	return GroupResult{}, false
}

// skips says whether a test is left out, because a group around it is decided.
func (w *work) skips(t Test) bool {
	if w.Groups == nil || t.Own {
		return false
	}
	path := w.Groups.find(t.Group)
	for i, g := range path {
		if _, lacks := g.lacks(w.Groups, w.out.Tests); lacks {
			return true
		}
		if !g.Break {
			continue
		}
		for _, p := range g.parts(w.out.Tests) {
			under := i+1 < len(path) && p.Name == path[i+1].Name // still going on
			if p.Verdict != AC && !under {
				return true
			}
		}
	}
	return false
}

// grade fills in the outcome's verdict, score and groups. Points beyond a group's bound are the judge's fault.
func (w *work) grade() {
	var walk func(g *Group)
	walk = func(g *Group) {
		r, ok := g.result(w.out.Tests)
		if lack, lacks := g.lacks(w.Groups, w.out.Tests); lacks {
			r, ok = GroupResult{g.Name, lack.Verdict, 0}, true
		}
		if ok {
			w.out.Groups = append(w.out.Groups, r)
		}
		if g.Bounded && r.Score > g.Max+1e-9 {
			w.note(cmp.Or(g.Name, "all tests"), fmt.Sprintf("%g points, but at most %g are possible.", r.Score, g.Max))
			w.out.Verdict, w.out.Reason = JE, broken("").Reason
		}
		for i := range g.Groups {
			walk(&g.Groups[i])
		}
	}
	w.out.Verdict = AC
	walk(w.Groups)
	if w.out.Verdict == AC && len(w.out.Groups) > 0 {
		w.out.Verdict, w.out.Score = w.out.Groups[0].Verdict, w.out.Groups[0].Score
	}
}

// points gives a test its score; what is wrong with a validator's words about it comes back.
func (w *work) points(r *Result, f feedback) (wrong string) {
	if w.Groups == nil {
		return ""
	}
	path := w.Groups.find(r.Group)
	if path == nil {
		return ""
	}
	g := path[len(path)-1]
	said := f.score != "" || f.factor != ""
	ours := g.Bounded || g.Given || g.Sum == All // 2025-09
	switch {
	case f.score != "" && f.factor != "":
		return "The validator wrote both score.txt and score_multiplier.txt."
	case said && r.Verdict != AC && ours:
		return "The validator gave points to a test that it did not accept."
	case said && g.Sum == All:
		return "The validator gave points in a group that knows only pass and fail."
	case r.Verdict != AC:
		r.Score = g.Reject
		return ""
	case f.score == "" && g.Given:
		return "The validator gave no points (score.txt), but there is no largest number of points."
	case !said:
		r.Score = g.Accept
		return ""
	}
	n, err := strconv.ParseFloat(strings.TrimSpace(f.score+f.factor), 64)
	switch {
	case err != nil || math.IsNaN(n) || math.IsInf(n, 0) || ours && n < 0:
		return fmt.Sprintf("The validator's points are no such number: %q.", short(f.score+f.factor))
	case f.factor != "" && (!g.Bounded || n > 1):
		return fmt.Sprintf("The validator's score_multiplier.txt says %g; it may be 0 to 1, where there is a largest number of points.", n)
	case f.factor != "":
		n *= g.Accept
	case g.Bounded && n > g.Accept+1e-9:
		return fmt.Sprintf("The validator gave %g points; %g are the most.", n, g.Accept)
	}
	r.Score = n
	return ""
}
