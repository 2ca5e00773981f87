package code_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io/fs"
	"maps"
	"net/url"
	"strings"
	"testing"
	"testing/fstest"

	"candor/internal/item"
	"candor/internal/item/itemtest"
	"candor/internal/item/kinds/code"
	"candor/internal/judge"
	"candor/internal/judge/judgetest"
	"candor/internal/markdown"
	"candor/internal/run"
	"candor/internal/web/locale"
)

func TestMain(m *testing.M) { judgetest.Main(m) }

var (
	ctx  = context.Background()
	kind = code.Kind{MD: markdown.New(3)}
)

// sum is an item of the stdin style: print the sum of the numbers.
var sum = fstest.MapFS{
	"item.yaml":                             {Data: []byte("kind: code\ntitle: Sum\nminutes: 5\nstatement: Print the sum.\nstyle: stdin\nlanguages: {python: {}, c: {}}\n")},
	"starter/python/sum.py":                 {Data: []byte("import sys\n")},
	"data/sample/1.in":                      {Data: []byte("1 2\n")},
	"data/sample/1.ans":                     {Data: []byte("3\n")},
	"data/secret/big.in":                    {Data: []byte("canary-input 4000 5\n")},
	"data/secret/big.ans":                   {Data: []byte("4005\n")},
	"submissions/accepted/python/a.py":      {Data: []byte(solution)},
	"submissions/accepted/c/a.c":            {Data: []byte("#include <stdio.h>\n#include <stdlib.h>\nint main(void){char w[99];int s=0;while(scanf(\"%98s\",w)==1)s+=atoi(w);printf(\"%d\\n\",s);}\n")},
	"submissions/wrong_answer/python/w.py":  {Data: []byte("print(3)\n")},
	"submissions/run_time_error/python/r/m": {Data: []byte("")},
}

const solution = "import sys\nprint(sum(int(w) for w in sys.stdin.read().split() if w.isdigit()))  # canary-solution\n"

func init() {
	delete(sum, "submissions/run_time_error/python/r/m")
	sum["submissions/run_time_error/python/r.py"] = &fstest.MapFile{Data: []byte("raise SystemExit(3)\n")}
}

func with(changes map[string]string) fstest.MapFS {
	out := maps.Clone(sum)
	for name, text := range changes {
		if text == "" {
			delete(out, name)
			continue
		}
		out[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return out
}

func spec(t *testing.T, dir fs.FS) item.Spec {
	t.Helper()
	s, findings := kind.Spec(dir)
	if item.Failed(findings) {
		t.Fatal(findings)
	}
	return s
}

func TestConformance(t *testing.T) {
	itemtest.Kind(t, kind, itemtest.Case{Dir: sum, Name: "Okafor", Secret: []string{"canary-input", "canary-solution", "4005"},
		Form: url.Values{"language": {"python"}, "file/python/sum.py": {"# Amara Okafor\r\nprint(3)\r\n"}, "new/python/okafor_more.py": {"x = 1"}, "input": {"5 5"}}})
}

func TestMistakesAreNamedWithTheirPlace(t *testing.T) {
	yaml := string(sum["item.yaml"].Data)
	for name, c := range map[string]struct {
		changes map[string]string
		want    string
	}{
		"style":            {map[string]string{"item.yaml": strings.Replace(yaml, "stdin", "stdio", 1)}, "item.yaml:5:8: error: style is stdin, unit or function"},
		"language":         {map[string]string{"item.yaml": strings.Replace(yaml, "c: {}", "cobol: {}", 1)}, "error: There is no language cobol"},
		"limit":            {map[string]string{"item.yaml": yaml + "limits: {cpu: 2h}\n"}, "item.yaml:7:15: error: Write a time from 100ms"},
		"memory":           {map[string]string{"item.yaml": yaml + "limits: {memory: 3MB}\n"}, "error: Write a size"},
		"no answers":       {map[string]string{"data/secret/big.ans": ""}, "data/secret/big.in: error: There is no big.ans"},
		"no tests":         {map[string]string{"data/sample/1.in": "", "data/secret/big.in": ""}, "error: The stdin style needs tests"},
		"verdict":          {map[string]string{"submissions/correct/a.py": "x"}, "submissions/correct: error: No such verdict"},
		"foreign language": {map[string]string{"submissions/accepted/ruby/a.rb": "x"}, "error: This belongs to no language"},
		"starter":          {map[string]string{"item.yaml": strings.Replace(yaml, "python: {}", "python: {starter: [main.py]}", 1)}, "error: There is no file starter/python/main.py"},
		"not UTF-8":        {map[string]string{"starter/python/sum.py": "\xff"}, "starter/python/sum.py: error: This file is not UTF-8"},
		"unknown field":    {map[string]string{"item.yaml": yaml + "tests: 3\n"}, "item.yaml:7:1: error: unknown field"},
		"no solution":      {map[string]string{"submissions/accepted/c/a.c": ""}, "warning: There is no solution in submissions/accepted/c"},
		"no unit tests":    {map[string]string{"item.yaml": strings.Replace(yaml, "stdin", "unit", 1)}, "error: There are no tests in tests/visible/python"},
		"no signature":     {map[string]string{"item.yaml": strings.Replace(yaml, "stdin", "function", 1)}, "error: The function style needs function"},
	} {
		t.Run(name, func(t *testing.T) {
			_, findings := kind.Spec(with(c.changes))
			for _, f := range findings {
				if strings.Contains(f.String(), c.want) {
					return
				}
			}
			t.Errorf("findings = %v; want %s", findings, c.want)
		})
	}
}

func TestCasesMustFitTheSignature(t *testing.T) {
	yaml := "kind: code\ntitle: Merge\nminutes: 5\nstatement: Merge.\nstyle: function\nlanguages: {python: {}}\nfunction: {name: merge, params: [{name: a, type: \"int[][]\"}, {name: b, type: float}], returns: \"string[]\"}\n"
	for cases, want := range map[string]string{
		"visible: [{name: one, args: [[[1, 2]], 3], want: [a]}]":                                                 "",
		"visible: [{name: one, args: [[[1, 2.5]], 3], want: [a]}]":                                               "a is int[][]",
		"visible: [{name: one, args: [[[1]]], want: [a]}]":                                                       "1 values for 2 parameters",
		"visible: [{name: one, args: [[], 1.5], want: [1]}]":                                                     "want is no string[]",
		"visible: [{name: one, args: [[], 1.5], want: []}]\nhidden: [{name: one, args: [[], 1.5], want: []}]":    "a name of its own",
		"visible: [{name: one, args: [[], 1.5], want: []}]\nhiden: [{name: another, args: [[], 1.5], want: []}]": "unknown field",
	} {
		_, findings := kind.Spec(fstest.MapFS{"item.yaml": {Data: []byte(yaml)}, "cases.yaml": {Data: []byte(cases)}, "submissions/accepted/python/a.py": {Data: []byte("x")}})
		var said string
		for _, f := range findings {
			said += f.String() + "\n"
		}
		if want == "" && said != "" || !strings.Contains(said, want) {
			t.Errorf("%s:\n%swant %q", cases, said, want)
		}
	}
}

func TestAnAnswerKeepsWhatDiffersFromTheStarter(t *testing.T) {
	s := spec(t, sum)
	form := func(before string, f url.Values) string {
		t.Helper()
		got, err := kind.Form(s, []byte(before), f)
		if err != nil {
			t.Fatal(err)
		}
		return string(got)
	}
	if got := form("{}", url.Values{"language": {"c"}, "file/python/sum.py": {"import sys\r\n"}, "file/c/main.c": {""}}); got != `{"language":"c"}` {
		t.Errorf("an untouched page gives %s", got)
	}
	both := form("{}", url.Values{"language": {"c"}, "file/python/sum.py": {"print(1)"}, "file/c/main.c": {"int main;"}})
	if got := form(both, url.Values{"language": {"python"}}); got != strings.Replace(both, `"c","files"`, `"python","files"`, 1) {
		t.Errorf("choosing another language gives %s; want both languages' files kept: %s", got, both)
	}
	if got := form(`{"files":{"python":{"more.py":"x"}}}`, url.Values{"new/python/more.py": {""}}); got != `{}` {
		t.Errorf("an emptied file of one's own gives %s; want it gone", got)
	}
	for _, bad := range []url.Values{{"new/python/../x": {"y"}}, {"new/python//etc/passwd": {"y"}}, {"new/python/.hidden": {"y"}}, {"new/cobol/x": {"y"}}, {"language": {"cobol"}}, {"new/python/a\\b": {"y"}}} {
		if got, err := kind.Form(s, []byte("{}"), bad); err == nil {
			t.Errorf("Form(%v) = %s; want a problem", bad, got)
		}
	}
	if _, err := kind.Form(s, []byte("{}"), url.Values{"file/python/sum.py": {strings.Repeat("x", code.MaxFile+1)}}); err == nil || !strings.Contains(err.Error(), "Shorten") {
		t.Errorf("a file of over 1 MiB: %v; want what to do", err)
	}
}

func TestTheAuthorsFilesStayTheAuthors(t *testing.T) {
	s := spec(t, fstest.MapFS{
		"item.yaml":                       {Data: []byte("kind: code\ntitle: T\nminutes: 5\nstatement: S\nstyle: unit\nlanguages: {go: {starter: [a.go], protected: [fixed.go]}}\n")},
		"starter/go/a.go":                 {Data: []byte("package a\n")},
		"starter/go/fixed.go":             {Data: []byte("package a // fixed\n")},
		"starter/go/go.mod":               {Data: []byte("module a\n")},
		"tests/visible/go/a_test.go":      {Data: []byte("package a\n\nimport \"testing\"\n\nfunc TestA(t *testing.T) {}\n")},
		"tests/hidden/go/hidden_test.go":  {Data: []byte("package a\n\nimport \"testing\"\n\nfunc TestCanary(t *testing.T) {}\n")},
		"submissions/accepted/go/x/a.go":  {Data: []byte("package a\n")},
		"submissions/accepted/go/x/go.md": {Data: []byte("notes\n")},
	})
	form := url.Values{"language": {"go"}, "file/go/a.go": {"package a\n\nvar mine = 1\n"}}
	for _, name := range []string{"fixed.go", "go.mod", "a_test.go", "hidden_test.go"} {
		form.Set("file/go/"+name, "package evil\n")
		form.Set("new/go/"+name, "package evil\n")
	}
	body, err := kind.Form(s, []byte("{}"), form)
	if err != nil || strings.Contains(string(body), "evil") {
		t.Fatalf("Form = %s, %v; want only a.go", body, err)
	}
	w, err := kind.Task(t.Context(), s, run.Run{Ask: run.Ask{Purpose: run.Try, Body: body}})
	if err != nil {
		t.Fatal(err)
	}
	raw, _ := json.Marshal(w.Task)
	if bytes.Contains(raw, []byte("evil")) {
		t.Error("a candidate's file took the place of the author's")
	}
	for _, x := range w.Task.UnitTests {
		if x.Hidden {
			t.Errorf("a try has the hidden test %s", x.Name)
		}
	}
	if len(w.Task.Protected) != 2 || w.Reference == nil {
		t.Errorf("protected = %v, reference = %v; want fixed.go and go.mod, and the solution", w.Task.Protected, w.Reference)
	}
	graded, err := kind.Task(t.Context(), s, run.Run{Ask: run.Ask{Purpose: run.Graded, Body: body}})
	if err != nil || len(graded.Task.UnitTests) != 2 {
		t.Errorf("graded: %d test files, %v; want both", len(graded.Task.UnitTests), err)
	}
	if err := kind.Check(s, []byte(`{"language":"go","files":{"go":{"hidden_test.go":"package evil"}}}`)); err == nil {
		t.Error("Check lets a body through that replaces a hidden test")
	}
}

func TestProofJudgesEverySubmission(t *testing.T) {
	k := kind
	k.Judge = judgetest.New(t)
	if findings := k.Prove(ctx, spec(t, sum), nil); len(findings) != 0 {
		t.Errorf("Prove = %v; want nothing", findings)
	}
	lying := with(map[string]string{"submissions/wrong_answer/python/w.py": solution, "submissions/accepted/python/slow.py": "while True: pass\n"})
	findings := k.Prove(ctx, spec(t, lying), nil)
	if len(findings) != 2 || !strings.Contains(findings[0].String()+findings[1].String(), "This gets TLE, declared is AC") || !strings.Contains(findings[0].String()+findings[1].String(), "This gets AC, declared is WA") {
		t.Errorf("Prove = %v; want both lies named", findings)
	}
}

func TestWhatACandidateSeesOfTests(t *testing.T) {
	k := kind
	s := spec(t, sum)
	body := []byte(`{"language":"python","files":{"python":{"sum.py":"print(7)\n"}},"input":"40 2"}`)
	j := judgetest.New(t)
	w, err := k.Task(t.Context(), s, run.Run{Ask: run.Ask{Purpose: run.Graded, Body: body}})
	if err != nil {
		t.Fatal(err)
	}
	o, err := j.Judge(ctx, w.Task, nil)
	if err != nil {
		t.Fatal(err)
	}
	raw, _ := json.Marshal(o)
	mark, err := k.Finish(s, body, raw)
	if err != nil || mark.Share != 0 || mark.Why != "0 of 2 tests pass" {
		t.Fatalf("mark = %+v, %v", mark, err)
	}
	var theirs, staff bytes.Buffer
	k.Read(s, item.ReadView{Body: body, Mark: &mark, Candidate: true}).Render(ctx, &theirs)
	k.Read(s, item.ReadView{Body: body, Mark: &mark}).Render(ctx, &staff)
	for _, secret := range []string{"canary-input", "4005"} {
		if strings.Contains(theirs.String(), secret) {
			t.Errorf("the candidate reads %q", secret)
		}
	}
	if !strings.Contains(theirs.String(), "big") || !strings.Contains(staff.String(), "sum.py") || !strings.Contains(staff.String(), "big (hidden)") ||
		!strings.Contains(staff.String(), `id="test:big_(hidden)" data-label="Test big (hidden)"`) || strings.Contains(theirs.String(), "test:big") {
		t.Error("names and verdicts of hidden tests are shown to both, marked as hidden for staff")
	}

	w, err = k.Task(t.Context(), s, run.Run{Ask: run.Ask{Purpose: run.Try, Body: body}})
	if err != nil {
		t.Fatal(err)
	}
	o, err = j.Judge(ctx, w.Task, nil)
	if err != nil || len(o.Tests) != 2 || !o.Tests[1].Own || o.Tests[1].Verdict != judge.AC || string(o.Tests[1].Got) != "7\n" {
		t.Errorf("a try = %+v, %v; want the sample and the own input", o.Tests, err)
	}
}

// Even where a result holds what a hidden test holds (an author's proof keeps it), a candidate reads name and verdict only.
func TestHiddenTestsStayHiddenWhateverAResultHolds(t *testing.T) {
	body := []byte(`{"language":"python","files":{"python":{"sum.py":"x"}}}`)
	raw, err := json.Marshal(judge.Outcome{Verdict: judge.WA, Tests: []judge.Result{{Name: "the-name", Hidden: true, Verdict: judge.WA, Reason: "canary-reason", In: []byte("canary-in"),
		Want: []byte("canary-want"), Got: []byte("canary-got"), Stderr: []byte("canary-stderr"), Text: "canary-text"}}})
	if err != nil {
		t.Fatal(err)
	}
	var page bytes.Buffer
	kind.Read(spec(t, sum), item.ReadView{Body: body, Mark: &item.Mark{Detail: raw}, Candidate: true}).Render(ctx, &page)
	if !strings.Contains(page.String(), "the-name") || strings.Contains(page.String(), "canary") {
		t.Errorf("the candidate reads %s", page.String())
	}
}

func TestResultsAreShownAsTextWhateverAProgramPrints(t *testing.T) {
	s := spec(t, sum)
	body := []byte(`{"language":"python","files":{"python":{"sum.py":"x"}}}`)
	raw, _ := json.Marshal(judge.Outcome{Verdict: judge.WA, Tests: []judge.Result{{Name: "1", Verdict: judge.WA, Reason: "line 1", In: []byte("1 2\n"), Want: []byte("3\n"), Got: []byte("\x1b[31m\x00<script>alert(1)</script>\xff\n")}}})
	mark := item.Mark{Detail: raw}
	var b bytes.Buffer
	if err := kind.Read(s, item.ReadView{Body: body, Mark: &mark, Candidate: true}).Render(ctx, &b); err != nil {
		t.Fatal(err)
	}
	if out := b.String(); strings.ContainsAny(out, "\x00\x1b") || strings.Contains(out, "<script>") || !strings.Contains(out, "␛[31m␀&lt;script&gt;") {
		t.Errorf("the page holds raw output: %q", out)
	}
}

func TestEveryTextOfTheEditorIsThere(t *testing.T) {
	s := spec(t, sum)
	for _, state := range []string{"queued", "running", "done", "failed"} {
		var b bytes.Buffer
		err := kind.Ask(s, item.AskView{Ref: item.Ref{Item: "sum", Owner: "att_1"}, Body: []byte("{}"), DoURL: "/do", Text: locale.For("en").T,
			Done: []item.Event{{State: state, Result: []byte(`{"n":3,"verdict":"CE","weak":["x"]}`)}}}).Render(ctx, &b)
		if err != nil || strings.Contains(b.String(), "code.") {
			t.Errorf("%s: %v; a key is shown as itself", state, err)
		}
	}
}

func TestSourcesStandBesideTheCandidates(t *testing.T) {
	s := spec(t, with(map[string]string{"leaked/python/forum.py": "print(sum(map(int, input().split())))\n", "leaked/blog.py": "print(0)\n"}))
	roles := map[string]item.SourceRole{}
	for _, x := range kind.Sources(s) {
		roles[x.Name] = x.Role
		if len(x.Files) == 0 && x.Role != item.Starter {
			t.Errorf("%s has no text", x.Name)
		}
	}
	want := map[string]item.SourceRole{"starter/python": item.Starter, "starter/c": item.Starter, "accepted/python/a.py": item.Solution, "accepted/c/a.c": item.Solution,
		"leaked/python/forum.py": item.Leaked, "leaked/blog.py": item.Leaked}
	if !maps.Equal(roles, want) {
		t.Errorf("sources = %v; want %v, and no wrong submission", roles, want)
	}
	var page strings.Builder
	if err := kind.Author(s).Render(t.Context(), &page); err != nil || !strings.Contains(page.String(), "leaked/blog.py went round") {
		t.Errorf("the author's page does not show what is compared with, %v", err)
	}
	if _, findings := kind.Spec(with(map[string]string{"leaked/x.rb": "puts 1"})); !item.Failed(findings) {
		t.Error("a leaked text of no offered language passed")
	}
}

// Lines are quoted as people write them and as the page names them.
func TestQuote(t *testing.T) {
	s, _ := kind.Spec(sum)
	body := []byte(`{"language":"python","files":{"python":{"sum.py":"import sys\nprint(1)\nprint(2)\n"}}}`)
	for place, want := range map[string]string{
		"sum.py:2": "sum.py:2 x-sum.py-L2 print(1)", "sum.py:2-3": "sum.py:2-3 x-sum.py-L2 print(1)\nprint(2)", "x-sum.py-L2": "sum.py:2 x-sum.py-L2 print(1)",
		"x-sum.py-L2 x-sum.py-L3": "sum.py:2-3 x-sum.py-L2 print(1)\nprint(2)", "x-sum.py-dR3": "sum.py:3 x-sum.py-L3 print(2)",
		"sum.py:4": "", "sum.py:3-2": "", "sum.py": "", "y-sum.py-L2": "", "x-sum.py-dL2": "", "other.py:1": "",
	} {
		q, ok := kind.Quote(item.Ref{Item: "x"}, s, body, place)
		if got := strings.TrimSpace(q.Place + " " + q.At + " " + q.Text); got != want || ok != (want != "") {
			t.Errorf("Quote(%q) = %q, %v; want %q", place, got, ok, want)
		}
	}
}

// What nothing tests runs on what is typed, nothing too, is never marked, and says so where it has tests all the same.
func TestUntested(t *testing.T) {
	s, err := kind.Turn().Spec(kind, "Question 1", 10, "Why?")
	if err != nil {
		t.Fatal(err)
	}
	if !kind.Unmarked(s) {
		t.Error("the answer to a question would be marked")
	}
	for _, input := range []string{"", "4 5"} {
		w, err := kind.Task(ctx, s, run.Run{Ask: run.Ask{Purpose: run.Try, Body: []byte(`{"language":"python","input":"` + input + `","files":{"python":{"main.py":"print(1)"}}}`)}})
		if err != nil || len(w.Task.Tests) != 1 || !w.Task.Tests[0].Own || strings.TrimSpace(string(w.Task.Tests[0].In)) != input {
			t.Errorf("of the input %q it runs %+v, %v; want one run on it", input, w.Task.Tests, err)
		}
	}
	tested := with(map[string]string{"item.yaml": string(sum["item.yaml"].Data) + "untested: true\n"})
	if _, found := kind.Spec(tested); !item.Failed(found) {
		t.Error("an item with tests says that nothing is tested, and nobody minds")
	}
	if s, _ := kind.Spec(sum); kind.Unmarked(s) {
		t.Error("an item with tests is not marked")
	}
}
