package judge

import "testing"

// tree is what the default grader of the legacy format can do: a sample that is ignored, and two subtasks of which one is enough.
func tree() *Group {
	return &Group{Ignore: "sample", Groups: []Group{{Name: "sample"}, {Name: "secret", First: true, Any: true, Groups: []Group{
		{Name: "secret/a", Break: true, Sum: Least, Accept: 40}, {Name: "secret/b", Break: true, Sum: Least, Accept: 60}}}}}
}

func TestGroups(t *testing.T) {
	r := func(group, name string, v Verdict, score float64) Result {
		return Result{Group: group, Name: name, Verdict: v, Score: score}
	}
	two := func(g Group, a, b Result) (*Group, []Result) {
		a.Group, b.Group = g.Name, g.Name
		return &g, []Result{a, b}
	}
	for _, c := range []struct {
		name    string
		group   Group
		a, b    Result
		verdict Verdict
		score   float64
	}{
		{"all right adds up", Group{}, r("", "1", AC, 2), r("", "2", AC, 3), AC, 5},
		{"the worst hides the others", Group{}, r("", "1", WA, 0), r("", "2", RTE, 0), RTE, 0},
		{"TLE before WA", Group{}, r("", "1", TLE, 0), r("", "2", WA, 0), TLE, 0},
		{"the first counts", Group{First: true}, r("", "1", WA, 0), r("", "2", RTE, 0), WA, 0},
		{"one is enough", Group{Any: true}, r("", "1", WA, 0), r("", "2", AC, 7), AC, 7},
		{"always accepted", Group{Always: true}, r("", "1", WA, 1), r("", "2", TLE, 1), AC, 2},
		{"but not a judge's error", Group{Always: true}, r("", "1", JE, 0), r("", "2", AC, 1), JE, 1},
		{"least", Group{Sum: Least}, r("", "1", AC, 2), r("", "2", AC, 3), AC, 2},
		{"most", Group{Sum: Most}, r("", "1", AC, 2), r("", "2", AC, 3), AC, 3},
		{"average", Group{Sum: Average}, r("", "1", AC, 2), r("", "2", AC, 3), AC, 2.5},
		{"all passed", Group{Sum: All, Max: 9, Bounded: true}, r("", "1", AC, 0), r("", "2", AC, 0), AC, 9},
		{"not all passed", Group{Sum: All, Max: 9, Bounded: true}, r("", "1", AC, 0), r("", "2", OLE, 0), OLE, 0},
	} {
		g, tests := two(c.group, c.a, c.b)
		if got, ok := g.result(tests); !ok || got.Verdict != c.verdict || got.Score != c.score {
			t.Errorf("%s: %s with %g points; want %s with %g", c.name, got.Verdict, got.Score, c.verdict, c.score)
		}
	}
	got, _ := tree().result([]Result{r("sample", "sample/1", WA, 0), r("secret/a", "secret/a/1", AC, 40), r("secret/b", "secret/b/1", WA, 0)})
	if got.Verdict != AC || got.Score != 40 {
		t.Errorf("one subtask of two: %s with %g points; want AC with 40", got.Verdict, got.Score)
	}
	if _, ok := tree().result(nil); ok {
		t.Error("nothing was run, and there is a result")
	}
}

func TestGroupsLeaveOut(t *testing.T) {
	w := &work{Task: Task{Groups: tree()}}
	w.out.Tests = []Result{{Group: "sample", Name: "sample/1", Verdict: WA}, {Group: "secret/a", Name: "secret/a/1", Verdict: WA}}
	for group, want := range map[string]bool{"sample": false, "secret/a": true, "secret/b": false} {
		if got := w.skips(Test{Group: group}); got != want {
			t.Errorf("a test of %s is left out: %v; want %v", group, got, want)
		}
	}
	w.Groups.Groups[1].Break = true // now a failed subtask ends everything
	if !w.skips(Test{Group: "secret/b"}) {
		t.Error("secret/b is run after its neighbour failed")
	}
	w.Groups = &Group{Groups: []Group{{Name: "sample"}, {Name: "secret", Needs: []string{"sample"}}}}
	if !w.skips(Test{Group: "secret"}) {
		t.Error("secret is run although sample, which it requires, did not pass")
	}
	w.grade()
	if w.out.Verdict != WA || w.out.Groups[2].Verdict != WA {
		t.Errorf("%s, %+v", w.out.Verdict, w.out.Groups)
	}
}

// What a validator may say of points, by the group.
func TestPoints(t *testing.T) {
	bounded, free, legacy := Group{Sum: Least, Accept: 20, Bounded: true, Max: 20}, Group{Sum: Add, Given: true}, Group{Accept: 5, Reject: 1}
	for _, c := range []struct {
		name    string
		group   Group
		verdict Verdict
		f       feedback
		want    float64
		wrong   bool
	}{
		{"none", bounded, AC, feedback{}, 20, false},
		{"a share", bounded, AC, feedback{factor: "0.25\n"}, 5, false},
		{"points", bounded, AC, feedback{score: "7.5"}, 7.5, false},
		{"too many", bounded, AC, feedback{score: "20.5"}, 0, true},
		{"too large a share", bounded, AC, feedback{factor: "1.5"}, 0, true},
		{"both", bounded, AC, feedback{score: "1", factor: "1"}, 0, true},
		{"negative", bounded, AC, feedback{score: "-1"}, 0, true},
		{"no number", bounded, AC, feedback{score: "many"}, 0, true},
		{"not a number", bounded, AC, feedback{score: "nan"}, 0, true},
		{"refused", bounded, WA, feedback{}, 0, false},
		{"refused with points", bounded, WA, feedback{score: "3"}, 0, true},
		{"unbounded", free, AC, feedback{score: "1e6"}, 1e6, false},
		{"unbounded without points", free, AC, feedback{}, 0, true},
		{"unbounded share", free, AC, feedback{factor: "0.5"}, 0, true},
		{"pass and fail", Group{Sum: All, Bounded: true, Max: 3}, AC, feedback{score: "3"}, 0, true},
		{"legacy", legacy, AC, feedback{}, 5, false},
		{"legacy points", legacy, AC, feedback{score: "-2"}, -2, false},
		{"legacy refused", legacy, WA, feedback{}, 1, false},
	} {
		w, r := &work{Task: Task{Groups: &c.group}}, Result{Verdict: c.verdict}
		wrong := w.points(&r, c.f)
		if (wrong != "") != c.wrong || !c.wrong && r.Score != c.want {
			t.Errorf("%s: %g points, %q; want %g", c.name, r.Score, wrong, c.want)
		}
	}
}
