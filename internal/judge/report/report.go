// Package report reads what runners of tests say: `go test -json`, JUnit XML, TAP, pytest -v and Exercism's results.json. A report is foreign
// bytes that the program under test may have had a hand in: it can be cut off, hostile, or a lie. Reading is bounded and never fails for what
// stands in it; whether it is believed is for package judge to say.
package report

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Format is how a report is written.
type Format string

const (
	Go       Format = "go"       // `go test -json`: test2json's events (go doc cmd/test2json), with the build's of Go 1.24
	JUnit    Format = "junit"    // the XML of Ant's JUnit task, as pytest --junitxml, node --test-reporter=junit, Maven and many others write it
	TAP      Format = "tap"      // Test Anything Protocol 12 to 14 with subtests (testanything.org), as prove -v and node --test-reporter=tap write it
	Pytest   Format = "pytest"   // the lines of pytest -v
	Exercism Format = "exercism" // results.json, versions 1 to 3 (exercism.org/docs/building/tooling/test-runners/interface)
)

// Formats are all of them.
func Formats() []Format { return []Format{Go, JUnit, TAP, Pytest, Exercism} }

// What is kept of a report. MaxBytes is read; the rest is for the page.
const (
	MaxBytes = 4 << 20  // of a report
	MaxTests = 2000     // of a report
	MaxName  = 300      // bytes of an id or a name
	MaxText  = 8 << 10  // bytes of what one test said
	maxTexts = 1 << 20  // bytes of what all tests said
	maxDepth = 24       // levels of tests within tests
	maxLine  = 64 << 10 // bytes of a line that is looked at
)

// State of a test.
type State string

const (
	Passed  State = "passed"
	Failed  State = "failed"  // an assertion did not hold
	Errored State = "errored" // ended otherwise: an exception, a panic, a build that failed, no end at all
	Skipped State = "skipped" // or to do
)

// Test is one named test.
type Test struct {
	ID     string // stable between runs of the same tests: "example.com/shelf.TestTwice/of_2"
	Name   string // as a person reads it: "TestTwice/of_2"
	Group  string // where it stands, package, class or file: "example.com/shelf"
	State  State
	Text   string // what it said, of one that did not pass
	Millis int64
}

// Report is what a runner said.
type Report struct {
	Tests  []Test // in the order of the report; of tests within tests the innermost
	Output string // what a terminal would have shown, where the report holds it; at most MaxBytes
	Ended  bool   // it came to its own end: false where it was cut off
	Cut    bool   // there were more than MaxTests
}

// Read reads a report of at most MaxBytes; what is beyond them is not looked at, and the report has then no end. An error says that the format
// is not known, or that this is no report of it.
func Read(f Format, b []byte) (Report, error) {
	long := len(b) > MaxBytes
	if long {
		b = b[:MaxBytes]
	}
	c := &collector{at: map[string]int{}}
	var err error
	switch f {
	case Go:
		c.golang(b)
	case JUnit:
		err = c.junit(b)
	case TAP:
		c.tap(b)
	case Pytest:
		c.pytest(b)
	case Exercism:
		err = c.exercism(b)
	default:
		return Report{}, fmt.Errorf("report: no format %q", f)
	}
	if err != nil {
		return Report{}, fmt.Errorf("report: %w", err)
	}
	c.Ended = c.Ended && !long
	return c.Report, nil
}

// collector gathers tests within bounds.
type collector struct {
	Report
	at    map[string]int // ids
	texts int            // bytes so far
}

// add keeps a test. One that is told twice passed only if it always did.
func (c *collector) add(t Test) {
	t.ID, t.Name, t.Group = line(t.ID), line(t.Name), line(t.Group)
	if t.State == Passed {
		t.Text = ""
	}
	t.Text = clip(strings.TrimSpace(words(t.Text)), min(MaxText, maxTexts-c.texts))
	t.Millis = max(0, t.Millis)
	if i, twice := c.at[t.ID]; twice {
		if c.Tests[i].State == Passed {
			c.Tests[i], c.texts = t, c.texts+len(t.Text)
		}
		return
	}
	if len(c.Tests) == MaxTests {
		c.Cut = true
		return
	}
	c.at[t.ID] = len(c.Tests)
	c.Tests, c.texts = append(c.Tests, t), c.texts+len(t.Text)
}

// lines are those of b without their ends; what is too long is cut.
func lines(b []byte) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for l := range bytes.Lines(b) {
			if !yield(words(strings.TrimRight(string(l[:min(len(l), maxLine)]), "\r\n"))) {
				return
			}
		}
	}
}

// words are text with the marks of what no page can show.
func words(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			if r == '\r' {
				return -1
			}
			return '\uFFFD'
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
}

// line is a name: one line of at most MaxName bytes. A cut one ends with a sum of the whole, so that two that begin alike stay two.
func line(s string) string {
	s = strings.Join(strings.Fields(words(s)), " ")
	if len(s) <= MaxName {
		return s
	}
	return clip(s, MaxName-12) + fmt.Sprintf("...%08x", sum(s))
}

// sum is FNV-1a over the bytes.
func sum(s string) uint32 {
	h := uint32(2166136261)
	for i := range len(s) {
		h = (h ^ uint32(s[i])) * 16777619
	}
	return h
}

// clip is at most n bytes of s, without half a character.
func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:max(n, 0)]
}

// failed says whether one of them did not pass and was not skipped.
func failed(tests []Test) bool {
	return slices.ContainsFunc(tests, func(t Test) bool { return t.State == Failed || t.State == Errored })
}
