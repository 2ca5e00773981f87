package report

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
)

// event is a line of `go test -json`.
type event struct {
	Action, Package, Test, Output, ImportPath, FailedBuild string
	Elapsed                                                float64
}

// goTest is a test on its way.
type goTest struct {
	pkg, name string
	state     State
	text      strings.Builder
	millis    int64
	within    bool // it has tests of its own, and one of them did not pass
	parent    bool // it has tests of its own
}

// golang reads events. Lines that are none are output of the build or of a program that writes past the runner; they are shown and mean nothing.
// It ended when each package that started did.
func (c *collector) golang(b []byte) {
	tests, builds := map[string]*goTest{}, map[string]*strings.Builder{}
	var order []*goTest
	started, over := map[string]bool{}, map[string]bool{}
	var shown strings.Builder
	test := func(e event) *goTest {
		key := e.Package + "\x00" + e.Test
		t := tests[key]
		if t == nil {
			t = &goTest{pkg: e.Package, name: e.Test, state: Errored}
			tests[key], order = t, append(order, t)
		}
		return t
	}
	for l := range bytes.Lines(b) {
		var e event
		if json.Unmarshal(l, &e) != nil || e.Action == "" {
			shown.Write(l)
			continue
		}
		if len(order) > 2*MaxTests {
			c.Cut = true
			break
		}
		shown.WriteString(e.Output)
		switch {
		case e.Action == "build-output":
			if builds[e.ImportPath] == nil {
				builds[e.ImportPath] = &strings.Builder{}
			}
			builds[e.ImportPath].WriteString(e.Output)
		case e.Test != "":
			t := test(e)
			switch e.Action {
			case "pass":
				t.state = Passed
			case "fail":
				t.state = Failed
			case "skip":
				t.state = Skipped
			case "output":
				if !framed(e.Output) && t.text.Len() < MaxText {
					t.text.WriteString(e.Output)
				}
			}
			t.millis = max(t.millis, int64(e.Elapsed*1000))
		case e.Action == "start":
			started[e.Package] = true
		case e.Action == "pass", e.Action == "skip":
			over[e.Package] = true
		case e.Action == "fail":
			over[e.Package] = true
			if e.FailedBuild != "" {
				t := test(event{Package: e.Package, Test: "(build)"})
				if said := builds[e.FailedBuild]; said != nil && t.text.Len() == 0 {
					t.text.WriteString(said.String())
				}
			}
		}
	}
	nest(tests, order)
	for _, t := range order {
		if t.parent && (t.within || t.state == Passed || t.state == Skipped) {
			continue // its own tests say more
		}
		text := strings.ReplaceAll(t.text.String(), "\n    ", "\n")
		if t.state == Failed && strings.Contains("\n"+text, "\npanic: ") {
			t.state = Errored
		}
		c.add(Test{ID: t.pkg + "." + t.name, Name: t.name, Group: t.pkg, State: t.state, Text: text, Millis: t.millis})
	}
	c.Output = words(shown.String())
	c.Ended = len(over) > 0 && !c.Cut
	for pkg := range started {
		c.Ended = c.Ended && over[pkg]
	}
}

// nest marks those that have tests of their own.
func nest(tests map[string]*goTest, order []*goTest) {
	for _, t := range order {
		above := t.name
		for range maxDepth {
			i := strings.LastIndexByte(above, '/')
			if i < 0 {
				break
			}
			above = above[:i]
			if p := tests[t.pkg+"\x00"+above]; p != nil {
				p.parent = true
				p.within = p.within || t.state == Failed || t.state == Errored
			}
		}
	}
}

// framed says that a line is the runner's own: "=== RUN   TestTwice", "--- PASS: TestTwice (0.00s)".
func framed(s string) bool {
	s = strings.TrimLeft(s, " ")
	return slices.ContainsFunc([]string{"=== RUN ", "=== PAUSE ", "=== CONT ", "=== NAME ", "--- PASS: ", "--- FAIL: ", "--- SKIP: "}, func(p string) bool { return strings.HasPrefix(s, p) })
}
