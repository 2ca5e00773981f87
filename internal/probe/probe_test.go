package probe_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"candor/internal/probe"
)

var update = flag.Bool("update", false, "write the golden files")

// work reads testdata/NAME.txt: "-- given PATH --" begins a file of the starter, "-- 2 PATH --" one of the second moment; a file stays in later
// moments until it is written again, and goes with an empty text.
func work(t *testing.T, name string) probe.Work {
	t.Helper()
	raw, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	w := probe.Work{Given: map[string]string{}, Moment: "run", Tests: func(f string) bool { return strings.Contains(f, "test") }}
	for _, chunk := range strings.Split("\n"+string(raw), "\n-- ")[1:] {
		head, text, _ := strings.Cut(chunk, " --\n")
		when, file, _ := strings.Cut(head, " ")
		if when == "given" {
			w.Given[file] = text + "\n"
			continue
		}
		n := 0
		fmt.Sscan(when, &n)
		for len(w.States) < n {
			next := map[string]string{}
			last := w.Given
			if len(w.States) > 0 {
				last = w.States[len(w.States)-1]
			}
			for f, t := range last {
				next[f] = t
			}
			w.States = append(w.States, next)
		}
		if w.States[n-1][file] = text + "\n"; strings.TrimSpace(text) == "" {
			delete(w.States[n-1], file)
		}
	}
	return w
}

func TestProbesAreGolden(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) < 3 {
		t.Fatalf("%d works in testdata, %v", len(files), err)
	}
	for _, name := range files {
		w := work(t, name)
		found := w.Find()
		if again := work(t, name).Find(); !reflect.DeepEqual(again, found) {
			t.Errorf("%s: the same work gives other probes", name)
		}
		var b strings.Builder
		for _, p := range found {
			fmt.Fprintf(&b, "%s %s:%d %q %d\n%s\n%s\n%s\n\n", p.Rule, p.File, p.Line, p.Name, p.Times, p.Text, p.Why, p.Code)
		}
		golden := strings.TrimSuffix(name, ".txt") + ".golden"
		if *update {
			if err := os.WriteFile(golden, []byte(b.String()), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil || string(want) != b.String() {
			t.Errorf("%s: probes are\n%s", name, b.String())
		}
	}
}

func TestNothingIsAskedAboutTheStarter(t *testing.T) {
	w := work(t, "testdata/limiter.go.txt")
	w.States = []map[string]string{w.Given, w.Given}
	if found := w.Find(); len(found) != 0 {
		t.Errorf("of a starter that was sent as it is: %v", found)
	}
}

func TestChooseTakesOtherRulesAndOtherPlacesFirst(t *testing.T) {
	a, b := probe.Probe{Rule: probe.Rewritten, File: "a.go", Name: "f", Line: 3}, probe.Probe{Rule: probe.Scale, File: "a.go", Name: "f", Line: 3}
	c, d := probe.Probe{Rule: probe.Condition, File: "a.go", Name: "line 9", Line: 9}, probe.Probe{Rule: probe.Rewritten, File: "b.go", Line: 1}
	for _, one := range []struct {
		found [][]probe.Probe
		n     int
		want  []int // lines
	}{
		{[][]probe.Probe{{a, b, c}}, 3, []int{3, 9}},        // b is about what a is about
		{[][]probe.Probe{{a, c}, {d}}, 2, []int{3, 9}},      // d has a's rule, c has not
		{[][]probe.Probe{{a, c}, {d}}, 3, []int{3, 9, 1}},   // and comes when nothing else is left
		{[][]probe.Probe{nil, {d}, {a, c}}, 2, []int{1, 9}}, // the first work with anything goes first
		{nil, 3, nil},
	} {
		var got []int
		for _, p := range probe.Choose(one.found, one.n) {
			got = append(got, p.Line)
		}
		if !reflect.DeepEqual(got, one.want) {
			t.Errorf("Choose(%v, %d) = lines %v, want %v", one.found, one.n, got, one.want)
		}
	}
}

func FuzzFunctions(f *testing.F) {
	f.Add("a.py", "def f():\n\treturn 1\n")
	f.Add("a.ts", "const f = async (a) => {\n}\n")
	f.Fuzz(func(t *testing.T, file, text string) {
		lines := strings.Count(text, "\n") + 1
		for _, fn := range probe.Functions(file, text) {
			if fn.From < 1 || fn.To > lines || fn.From >= fn.To {
				t.Errorf("%q has the lines %d to %d of %d", fn.Name, fn.From, fn.To, lines)
			}
			fn.Code(text)
		}
	})
}
