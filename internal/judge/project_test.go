package judge_test

import (
	"bytes"
	"encoding/gob"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"candor/internal/judge"
	"candor/internal/judge/judgetest"
	"candor/internal/judge/report"
	"candor/internal/sandbox"
)

func project(files []sandbox.File, suites ...judge.Suite) judge.Task {
	return judge.Task{Style: judge.Project, Files: files, Suites: suites}
}

func sh(name, script string) judge.Suite {
	return judge.Suite{Name: name, Command: []string{"sh", "-c", script}}
}

// tests is an outcome in short: a line a test.
func tests(o judge.Outcome) string {
	var out []string
	for _, r := range o.Tests {
		out = append(out, fmt.Sprintf("%s %s", r.Verdict, r.ID))
	}
	return strings.Join(out, "\n")
}

const goMod = "module example.com/shelf\n\ngo 1.22\n"

var goShelf = []sandbox.File{
	file("go.mod", goMod),
	file("shelf.go", "package shelf\n\nfunc Twice(n int) int { return 2 * n }\n"),
	file("store/store.go", "package store\n\nimport \"example.com/shelf\"\n\nfunc Four() int { return shelf.Twice(2) }\n"),
	file("store/store_test.go", "package store\n\nimport (\n\t\"net/http\"\n\t\"net/http/httptest\"\n\t\"testing\"\n)\n\nfunc TestFour(t *testing.T) {\n\tif Four() != 4 {\n\t\tt.Error(\"not four\")\n\t}\n}\n\nfunc TestServer(t *testing.T) {\n\ts := httptest.NewServer(http.NotFoundHandler())\n\tdefer s.Close()\n\tif _, err := http.Get(s.URL); err != nil {\n\t\tt.Fatal(err)\n\t}\n}\n"),
}

var goTwice = file("shelf_test.go", "package shelf\n\nimport \"testing\"\n\nfunc TestTwice(t *testing.T) {\n\tfor _, n := range []int{1, 2} {\n\t\tif Twice(n) != 2*n {\n\t\t\tt.Errorf(\"Twice(%d) = %d\", n, Twice(n))\n\t\t}\n\t}\n}\n")

func TestProjectInGo(t *testing.T) {
	command := judge.Suite{Name: "Tests", Language: "go", Command: []string{"go", "test", "-json", "./..."}, Format: report.Go}
	framework := judge.Suite{Name: "Hidden", Hidden: true, Language: "go", Framework: "go test", Files: []sandbox.File{goTwice}}
	task := project(goShelf, command, framework)
	task.Protected = []sandbox.File{file("go.mod", goMod)}
	out := mustJudge(t, task)
	t.Logf("%s of CPU", out.Spent)
	if got, want := tests(out), "AC Tests: example.com/shelf/store.TestFour\nAC Tests: example.com/shelf/store.TestServer\nAC Hidden: shelf.TestTwice"; got != want || out.Verdict != judge.AC {
		t.Errorf("%s\n%s\nwant\n%s\n%+v", out.Verdict, got, want, out)
	}
	if out.Spent <= 0 || len(out.Suites) != 2 || out.Suites[0].Passed != 2 || out.Suites[0].Of != 2 || !strings.Contains(string(out.Suites[0].Output), "--- PASS: TestFour") {
		t.Errorf("suites %+v", out.Suites)
	}

	task.Files = append(slices.Clone(goShelf[:1]), append([]sandbox.File{file("shelf.go", "package shelf\n\nfunc Twice(n int) int { return 4 }\n")}, goShelf[2:]...)...)
	task.Want = []string{"Tests: example.com/shelf/store.TestFour", "Tests: example.com/shelf/store.TestServer", "Hidden: shelf.TestTwice"}
	out = mustJudge(t, task)
	if got, want := tests(out), "AC Tests: example.com/shelf/store.TestFour\nAC Tests: example.com/shelf/store.TestServer\nWA Hidden: shelf.TestTwice"; got != want || out.Verdict != judge.WA {
		t.Errorf("%s\n%s\nwant\n%s", out.Verdict, got, want)
	}
	if s := out.Suites[1]; s.Output != nil || s.Verdict != judge.WA || s.Reason != "0 of 1 tests pass." {
		t.Errorf("the hidden suite: %+v", s)
	}

	task.Files = append(slices.Clone(goShelf[:1]), append([]sandbox.File{file("shelf.go", "package shelf\n\nfunc Twice(n int) int { return }\n")}, goShelf[2:]...)...)
	out = mustJudge(t, task)
	if got, want := tests(out), "RTE Tests: example.com/shelf/store.TestFour\nRTE Tests: example.com/shelf/store.TestServer\nCE Hidden: shelf.TestTwice"; strings.ReplaceAll(got, "WA", "RTE") != want || out.Verdict == judge.AC {
		t.Errorf("%s\n%s\nwant\n%s", out.Verdict, got, want)
	}
	if !strings.Contains(string(out.Suites[0].Output), "not enough return values") {
		t.Errorf("the compiler's words are missing: %s", out.Suites[0].Output)
	}
}

func TestProjectInPythonAndNode(t *testing.T) {
	files := []sandbox.File{
		file("shelf/__init__.py", ""), file("shelf/books.py", "def twice(n):\n    return 2 * n\n"),
		file("tests/test_books.py", "from shelf.books import twice\n\n\ndef test_two():\n    assert twice(2) == 4\n\n\ndef test_three():\n    assert twice(3) == 7\n"),
		file("shelf.mjs", "export const twice = n => 2 * n\n"),
		file("shelf.test.mjs", "import {test} from 'node:test'\nimport assert from 'node:assert'\nimport {twice} from './shelf.mjs'\ntest('two', () => assert.equal(twice(2), 4))\ntest('three', () => assert.equal(twice(3), 7))\n"),
	}
	out := mustJudge(t, project(files,
		judge.Suite{Name: "junit", Language: "python", Command: []string{"python3", "-m", "pytest", "-q", "-p", "no:cacheprovider", "--junitxml={report}"}, Format: report.JUnit},
		judge.Suite{Name: "pytest", Language: "python", Command: []string{"python3", "-m", "pytest", "-v"}, Format: report.Pytest},
		judge.Suite{Name: "tap", Language: "javascript", Command: []string{"node", "--test", "--test-reporter=tap"}, Format: report.TAP},
		judge.Suite{Name: "file", Language: "javascript", Command: []string{"sh", "-c", "mkdir out && echo '{\"status\":\"fail\",\"tests\":[{\"name\":\"a\",\"status\":\"fail\"}]}' > out/results.json"}, Format: report.Exercism, Report: "out/results.json"},
	))
	want := "AC junit: tests.test_books.test_two\nWA junit: tests.test_books.test_three\nAC pytest: tests/test_books.py::test_two\nWA pytest: tests/test_books.py::test_three\nAC tap: two\nWA tap: three\nWA file: a"
	if got := tests(out); got != want || out.Verdict != judge.WA {
		t.Errorf("%s\n%s\nwant\n%s\n%s", out.Verdict, got, want, out.Suites[0].Output)
	}
	if r := out.Tests[1]; r.Suite != "junit" || !strings.Contains(r.Text, "assert 6 == 7") {
		t.Errorf("what the test said: %+v", r)
	}
}

// What a check must not come to, however its command behaves.
func TestChecksThatMisbehave(t *testing.T) {
	quick := judge.Limits{CPU: time.Second, Wall: 2 * time.Second}
	tap := func(name, script string) judge.Suite {
		s := sh(name, script)
		s.Format = report.TAP
		return s
	}
	for _, c := range []struct {
		suite   judge.Suite
		verdict judge.Verdict
		reason  string // a part of it
	}{
		{sh("exits well", "exit 0"), judge.AC, ""},
		{sh("exits", "exit 3"), judge.WA, "exit code 3"},
		{sh("never ends", "sleep 1000"), judge.TLE, "The check was not over"},
		{sh("burns", "while :; do :; done"), judge.TLE, "The check used"},
		{sh("floods", "yes"), judge.OLE, "The check"},
		{sh("is killed", "kill -9 $$"), judge.RTE, "The check"},
		{sh("leaves a child", "sleep 1000 & exit 0"), judge.AC, ""},
		{tap("says nothing", "exit 0"), judge.RTE, "without a report"},
		{tap("has no end", "echo ok 1 - a"), judge.RTE, "no end"},
		{tap("passes and exits with an error", "echo 1..1; echo ok 1 - a; exit 1"), judge.RTE, "No test says why"},
		{tap("passes and never ends", "echo 1..1; echo ok 1 - a; sleep 1000"), judge.TLE, "The check was not over"},
		{tap("fails and exits well", "echo 1..1; echo not ok 1 - a; exit 0"), judge.WA, "0 of 1 tests pass."},
		{judge.Suite{Name: "a link for a report", Command: []string{"ln", "-s", "/etc/passwd", "{report}"}, Format: report.JUnit}, judge.RTE, "without a report"},
		{judge.Suite{Name: "a pipe for a report", Command: []string{"mkfifo", "{report}"}, Format: report.JUnit}, judge.RTE, "without a report"},
		{judge.Suite{Name: "the candidate's report", Command: []string{"true"}, Format: report.TAP, Report: "report.tap"}, judge.RTE, "without a report"},
		{sh("the candidate's protected file", "grep -q original protected.txt"), judge.AC, ""},
		{sh("writes a protected file", "echo x > protected.txt"), judge.WA, "exit code"},
		{sh("what another suite left", "test ! -e left && touch left"), judge.AC, ""},
		{sh("what another suite left, again", "test ! -e left"), judge.AC, ""},
		{sh("modes", "./run.sh"), judge.AC, ""},
	} {
		t.Run(c.suite.Name, func(t *testing.T) {
			t.Parallel()
			c.suite.Limits = quick
			task := project([]sandbox.File{file("report.tap", "1..1\nok 1 - a\n"), file("protected.txt", "changed\n"), {Name: "run.sh", Data: []byte("#!/bin/sh\n"), Mode: 0o755}}, c.suite)
			task.Protected = []sandbox.File{file("protected.txt", "original\n")}
			out := mustJudge(t, task)
			if out.Verdict != c.verdict || len(out.Suites) != 1 || out.Suites[0].Verdict != c.verdict || !strings.Contains(out.Suites[0].Reason, c.reason) {
				t.Fatalf("%s %q; want %s with %q: %+v", out.Verdict, out.Reason, c.verdict, c.reason, out)
			}
			if c.verdict != judge.AC && out.Suites[0].Reason == "" {
				t.Error("nobody says why")
			}
			if len(out.Suites[0].Output) > judge.MaxOutput+100 {
				t.Errorf("%d bytes of output are kept", len(out.Suites[0].Output))
			}
		})
	}
}

// Where it matters a suite has a framework: then nothing that the candidate's code prints, ends or brings makes a test pass.
func TestAFakedReportPassesNoHiddenTest(t *testing.T) {
	fake := `package shelf

import (
	"fmt"
	"os"
)

func init() {
	fmt.Print("\x16=== RUN   TestTwice\n\x16--- PASS: TestTwice (0.00s)\nPASS\n")
	os.Exit(0)
}

func Twice(n int) int { return 0 }
`
	files := []sandbox.File{file("go.mod", goMod), file("shelf.go", fake), goTwice, file("main_test.go", "package shelf\n\nimport (\n\t\"os\"\n\t\"testing\"\n)\n\nfunc TestMain(m *testing.M) { os.Exit(0) }\n")}
	framework := judge.Suite{Name: "Hidden", Hidden: true, Language: "go", Framework: "go test", Files: []sandbox.File{goTwice}}
	command := judge.Suite{Name: "Visible", Language: "go", Command: []string{"go", "test", "-json", "./..."}, Format: report.Go}
	task := project(files, framework, command)
	task.Protected = files[:1]
	task.Want = []string{"Hidden: shelf.TestTwice", "Visible: example.com/shelf.TestTwice", "Visible: example.com/shelf.TestOther"}
	out := mustJudge(t, task)
	for _, r := range out.Tests {
		switch {
		case r.ID == "Visible: example.com/shelf.TestTwice": // a command believes what code prints: the package comment says so
			t.Logf("the faked line: %s", r.Verdict)
		case r.Verdict == judge.AC:
			t.Errorf("%s passed", r.ID)
		}
	}
	if len(out.Tests) != 3 {
		t.Errorf("tests %s", tests(out))
	}
}

func TestHiddenSuitesSayNothing(t *testing.T) {
	s := sh("hidden", "echo the secret; echo 1..1; echo not ok 1 - a; echo '  ---'; echo '  message: the secret'; echo '  ...'")
	s.Hidden, s.Format = true, report.TAP
	out := mustJudge(t, project(nil, s))
	if text := fmt.Sprintf("%+v %s", out, out.Suites[0].Output); strings.Contains(text, "secret") || !out.Tests[0].Hidden {
		t.Errorf("it says %s", text)
	}
	task := project(nil, s)
	task.Reveal = true
	if out := mustJudge(t, task); !strings.Contains(string(out.Suites[0].Output), "the secret") || !strings.Contains(out.Tests[0].Text, "the secret") {
		t.Errorf("an author reads %+v", out)
	}
}

func TestTreesThatDoNotFit(t *testing.T) {
	many := make([]sandbox.File, judge.MaxTreeFiles+1)
	for i := range many {
		many[i] = file(fmt.Sprintf("f%d", i), "")
	}
	large := []sandbox.File{{Name: "large", Data: make([]byte, judge.MaxTreeFile+1)}}
	var all []sandbox.File
	for i := range judge.MaxTree/judge.MaxTreeFile + 1 {
		all = append(all, sandbox.File{Name: fmt.Sprint(i), Data: make([]byte, judge.MaxTreeFile)})
	}
	for name, files := range map[string][]sandbox.File{"many": many, "large": large, "all": all} {
		if out := mustJudge(t, project(files, sh("a", "true"))); out.Verdict != judge.CE || out.Reason == "" {
			t.Errorf("%s: %s %q", name, out.Verdict, out.Reason)
		}
	}
	odd := []sandbox.File{file("a\nb", "x"), file(".git/hooks/x", "x"), file("a\xff", "x"), file("../a", "x"), file(".candor/x", "x"), file("what is it?.md", "x"), file("-rf", "x")}
	out := mustJudge(t, project(odd, sh("a", `test "$(ls -A | sort | tr '\n' ' ')" = "-rf .candor what is it?.md "`)))
	if out.Verdict != judge.AC || !strings.Contains(out.Compile, "hooks") || strings.Count(out.Compile, ",") != 5 {
		t.Errorf("%s %q %s", out.Verdict, out.Compile, out.Suites[0].Output)
	}
}

func TestAProjectGoesThroughAWorkerWhole(t *testing.T) {
	task := project(goShelf, judge.Suite{Name: "a", Hidden: true, Language: "go", Command: []string{"x"}, Format: report.Go, Report: "r", Files: goShelf[:1], Limits: judge.Limits{CPU: 1}})
	var b bytes.Buffer
	if err := gob.NewEncoder(&b).Encode(task); err != nil {
		t.Fatal(err)
	}
	var back judge.Task
	if err := gob.NewDecoder(&b).Decode(&back); err != nil || fmt.Sprintf("%+v", back) != fmt.Sprintf("%+v", task) {
		t.Errorf("%+v, %v; want %+v", back, err, task)
	}
}

// A slot that dies costs one more try, as everywhere.
func TestAProjectsSlotDies(t *testing.T) {
	out, err := judge.New(&dying{Engine: judgetest.New(t).Engine, deaths: 1}).Judge(t.Context(), project(nil, sh("a", "true")), nil)
	if err != nil || out.Verdict != judge.AC {
		t.Errorf("%+v, %v", out, err)
	}
	out, err = judge.New(&dying{Engine: judgetest.New(t).Engine, deaths: 2}).Judge(t.Context(), project(nil, sh("a", "true")), nil)
	if err != nil || out.Verdict != judge.JE {
		t.Errorf("%+v, %v", out, err)
	}
}
