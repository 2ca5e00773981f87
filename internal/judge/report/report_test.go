package report_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"candor/internal/judge/report"
)

// said is a report in short: a line a test.
func said(r report.Report) string {
	var out strings.Builder
	for _, t := range r.Tests {
		text, _, _ := strings.Cut(t.Text, "\n")
		fmt.Fprintf(&out, "%s %s | %s | %s | %s\n", t.State, t.ID, t.Name, t.Group, text)
	}
	return strings.TrimSpace(out.String())
}

// What stands in testdata was written by Go 1.26, pytest 7.2, Node 20 and Perl's Test::More about the same small shelf.
func TestRealReports(t *testing.T) {
	for _, c := range []struct {
		file   string
		format report.Format
		want   string
	}{
		{"go.json", report.Go, `
errored example.com/shelf/store.(build) | (build) | example.com/shelf/store | # example.com/shelf/store [example.com/shelf/store.test]
passed example.com/shelf.TestTwice/of_1 | TestTwice/of_1 | example.com/shelf | 
failed example.com/shelf.TestTwice/of_2 | TestTwice/of_2 | example.com/shelf | looking at 2
skipped example.com/shelf.TestSkipped | TestSkipped | example.com/shelf | shelf_test.go:13: not on this machine
passed example.com/shelf.TestFine | TestFine | example.com/shelf | 
errored example.com/shelf.TestPanics | TestPanics | example.com/shelf | panic: assignment to entry in nil map [recovered, repanicked]`},
		{"pytest.xml", report.JUnit, `
passed test_shelf.test_fine | test_fine | test_shelf | 
failed test_shelf.test_wrong | test_wrong | test_shelf | def test_wrong():
skipped test_shelf.test_skipped | test_skipped | test_shelf | /box/test_shelf.py:6: not here
errored test_shelf.test_error | test_error | test_shelf | failed on setup with "RuntimeError: no <shelf> & no #x00 box"
passed test_shelf.TestGroup.test_each[1] | test_each[1] | test_shelf.TestGroup | 
failed test_shelf.TestGroup.test_each[2] | test_each[2] | test_shelf.TestGroup | self = <test_shelf.TestGroup object at 0x7f5e4dd4c910>, n = 2`},
		{"pytest.txt", report.Pytest, `
passed test_shelf.py::test_fine | test_fine | test_shelf.py | 
failed test_shelf.py::test_wrong | test_wrong | test_shelf.py | assert (1 + 1) == 3
skipped test_shelf.py::test_skipped | test_skipped | test_shelf.py | not here
errored test_shelf.py::test_error | test_error | test_shelf.py | RuntimeError: no <shelf> & no ` + "\uFFFD" + ` box
passed test_shelf.py::TestGroup::test_each[1] | TestGroup::test_each[1] | test_shelf.py | 
failed test_shelf.py::TestGroup::test_each[2] | TestGroup::test_each[2] | test_shelf.py | assert 2 == 1`},
		{"node.tap", report.TAP, `
passed twice > of one | of one | twice | 
failed twice > of two # hash | of two # hash | twice | error: '1 == 2'
skipped skipped | skipped |  | not here
skipped later | later |  | error: 'no'
passed group > fine | fine | group | 
failed group > throws | throws | group | error: 'no box'`},
		{"node.xml", report.JUnit, `
passed twice.of one | of one | twice | 
failed twice.of two # hash | of two # hash | twice | Error [ERR_TEST_FAILURE]: 1 == 2
skipped skipped | skipped |  | not here
skipped later | later |  | true
passed group.fine | fine | group | 
failed group.throws | throws | group | Error [ERR_TEST_FAILURE]: no box`},
		{"perl.tap", report.TAP, `
passed fine | fine |  | 
failed wrong | wrong |  | 
skipped test 3 | test 3 |  | not here
passed inner > deep | deep | inner |`},
		{"exercism.json", report.Exercism, `
passed adds a book | adds a book | shelf_test.py | 
failed lends a book | lends a book | shelf_test.py | AssertionError: one book too many
errored test 3 | test 3 |  | no such thing`},
	} {
		t.Run(c.file, func(t *testing.T) {
			b, err := os.ReadFile(filepath.Join("testdata", c.file))
			if err != nil {
				t.Fatal(err)
			}
			got, err := report.Read(c.format, b)
			if err != nil {
				t.Fatal(err)
			}
			if text := said(got); text != strings.TrimSpace(c.want) {
				t.Errorf("it says\n%s\nwant\n%s", text, strings.TrimSpace(c.want))
			}
			if !got.Ended || got.Cut {
				t.Errorf("ended %t, cut %t; want a whole report", got.Ended, got.Cut)
			}
			for _, part := range []int{2, 3, 5} { // cut off: what came is told, nothing passes that did not, and it has no end
				short, err := report.Read(c.format, b[:len(b)/part])
				if err == nil && short.Ended {
					t.Errorf("the first %d of %d bytes have an end", len(b)/part, len(b))
				}
				whole := map[string]report.State{}
				for _, x := range got.Tests {
					whole[x.ID] = x.State
				}
				for _, x := range short.Tests {
					if s, ok := whole[x.ID]; x.State == report.Passed && ok && s != report.Passed {
						t.Errorf("%s passed in a part of the report and %s in all of it", x.ID, s)
					}
				}
			}
		})
	}
}

func TestWhatIsToldOfReports(t *testing.T) {
	for _, c := range []struct {
		name   string
		format report.Format
		in     string
		want   string
		ended  bool
	}{
		{"a test that fails the second time failed", report.TAP, "1..2\nok 1 - a\nnot ok 2 - a\n", "failed a | a |  |", true},
		{"a test that passes the second time failed", report.TAP, "1..2\nnot ok 1 - a\nok 2 - a\n", "failed a | a |  |", true},
		{"fewer results than planned are no end", report.TAP, "1..3\nok 1 - a\n", "passed a | a |  |", false},
		{"more results than planned are no end", report.TAP, "1..1\nok 1 - a\nok 2 - b\n", "passed a | a |  | \npassed b | b |  |", false},
		{"a plan of none", report.TAP, "1..0 # Skipped: nothing here\n", "", true},
		{"bail out", report.TAP, "1..1\nok 1 - a\nBail out! no disk\n", "passed a | a |  |", false},
		{"a parent that fails by itself", report.TAP, "    ok 1 - a\n    1..1\nnot ok 1 - outer\n1..1\n", "passed outer > a | a | outer | \nfailed outer | outer |  |", true},
		{"no test of a package that fails", report.Go, `{"Action":"start","Package":"p"}` + "\n" + `{"Action":"fail","Package":"p"}`, "", true},
		{"a package without an end", report.Go, `{"Action":"start","Package":"p"}` + "\n" + `{"Action":"run","Package":"p","Test":"T"}`, "errored p.T | T | p |", false},
		{"a parent whose own check fails", report.Go, `{"Action":"pass","Package":"p","Test":"T/a"}` + "\n" + `{"Action":"fail","Package":"p","Test":"T"}` + "\n" + `{"Action":"fail","Package":"p"}`, "passed p.T/a | T/a | p | \nfailed p.T | T | p |", true},
		{"no event", report.Go, "{}\n[]\n7\nnull\nno JSON\n", "", false},
		{"an entity bomb", report.JUnit, `<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><testsuite><testcase name="&b;"><failure>&b;</failure></testcase></testsuite>`, "failed &b; | &b; |  | &b;", true},
		{"a testcase without an end", report.JUnit, `<testsuite name="s"><testcase name="a" classname="c">`, "errored c.a | a | c |", false},
		{"broken UTF-8 and what XML forbids", report.JUnit, "<testsuite><testcase name=\"a\xff\x01\"/></testsuite>", "passed a\uFFFD\uFFFD | a\uFFFD\uFFFD |  |", true},
		{"another charset", report.JUnit, `<?xml version="1.0" encoding="ISO-8859-1"?><testsuite><testcase name="a"/></testsuite>`, "passed a | a |  |", true},
		{"nothing could be built", report.Exercism, `{"version":2,"status":"error","message":"no compiler"}`, "errored (all) | (all) |  | no compiler", true},
		{"a state nobody knows", report.Exercism, `{"version":9,"status":"fine","tests":[{"name":"a","status":"fine"}]}`, "errored a | a |  |", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := report.Read(c.format, []byte(c.in))
			if err != nil {
				t.Fatal(err)
			}
			if text := said(got); text != strings.TrimSpace(c.want) || got.Ended != c.ended {
				t.Errorf("it says %q, ended %t; want %q, %t", text, got.Ended, c.want, c.ended)
			}
		})
	}
}

func TestNoReports(t *testing.T) {
	for _, c := range []struct {
		format report.Format
		in     string
	}{
		{"", ""}, {"html", "<p>"}, {report.JUnit, ""}, {report.JUnit, "<html><body/></html>"}, {report.JUnit, "all is well"}, {report.JUnit, strings.Repeat("<testsuite>", 10000)},
		{report.Exercism, ""}, {report.Exercism, "[]"}, {report.Exercism, "{}"},
	} {
		if got, err := report.Read(c.format, []byte(c.in)); err == nil {
			t.Errorf("%q of %.30q was read: %+v", c.format, c.in, got)
		}
	}
}

func TestReportsAreBounded(t *testing.T) {
	long := strings.Repeat("x", 1<<20)
	var many, deep strings.Builder
	for i := range 3 * report.MaxTests {
		fmt.Fprintf(&many, "not ok %d - t%d\n  ---\n  message: %s\n  ...\n", i+1, i, long[:2000])
	}
	for i := range 1000 {
		fmt.Fprintf(&deep, "%sok 1 - t\n", strings.Repeat("    ", 1000-i))
	}
	for name, in := range map[string]string{
		"a long name": "1..1\nnot ok 1 - " + long, "many": many.String(), "deep": deep.String(), "a long text": "not ok 1 - a\n  ---\n  message: " + long + "\n  ...\n", "long": strings.Repeat("ok 1 - a\n", report.MaxBytes/8) + "1..1\n",
	} {
		got, err := report.Read(report.TAP, []byte(in))
		if err != nil {
			t.Fatal(err)
		}
		check(t, got)
		if name == "long" && got.Ended {
			t.Errorf("%s: what was not read has an end", name)
		}
		if name == "many" && !got.Cut {
			t.Errorf("%s: it does not say that there were more", name)
		}
	}
	a, _ := report.Read(report.TAP, []byte("ok 1 - "+long[:5000]+"a\nok 2 - "+long[:5000]+"b\n"))
	if len(a.Tests) != 2 {
		t.Errorf("two names that begin alike are %d tests", len(a.Tests))
	}
}

// check holds what every report keeps to.
func check(t *testing.T, r report.Report) {
	t.Helper()
	if len(r.Tests) > report.MaxTests {
		t.Errorf("%d tests", len(r.Tests))
	}
	all, ids := 0, map[string]bool{}
	for _, x := range r.Tests {
		all += len(x.Text)
		for _, s := range []string{x.ID, x.Name, x.Group} {
			if len(s) > report.MaxName || strings.ContainsAny(s, "\n\r\x00\x1b") || !utf8.ValidString(s) {
				t.Errorf("a name of %d bytes: %.80q", len(s), s)
			}
		}
		if len(x.Text) > report.MaxText || strings.ContainsAny(x.Text, "\x00\x1b\r") || !utf8.ValidString(x.Text) {
			t.Errorf("a text of %d bytes: %.80q", len(x.Text), x.Text)
		}
		if ids[x.ID] {
			t.Errorf("%q comes twice", x.ID)
		}
		ids[x.ID] = true
		if x.State != report.Passed && x.State != report.Failed && x.State != report.Errored && x.State != report.Skipped {
			t.Errorf("state %q", x.State)
		}
		if x.Millis < 0 {
			t.Errorf("it took %d ms", x.Millis)
		}
	}
	if all > 1<<20 {
		t.Errorf("%d bytes of texts", all)
	}
}

func FuzzRead(f *testing.F) {
	found, err := filepath.Glob("testdata/*.*")
	if err != nil || len(found) < 7 {
		f.Fatalf("%d reports: %v", len(found), err)
	}
	for _, name := range found {
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, format := range report.Formats() {
			if r, err := report.Read(format, b); err == nil {
				check(t, r)
			}
		}
	})
}
