package icpc_test

import (
	"io/fs"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"candor/internal/archive"
	"candor/internal/icpc"
	"candor/internal/judge"
	"candor/internal/judge/judgetest"
)

func TestMain(m *testing.M) { judgetest.Main(m) }

// folder makes a tree of a text in which "-- name --" begins a file; more files are put over it.
func folder(texts ...string) fstest.MapFS {
	out, name := fstest.MapFS{}, ""
	for _, text := range texts {
		for line := range strings.Lines(text) {
			if n, ok := strings.CutPrefix(strings.TrimSpace(line), "-- "); ok && strings.HasSuffix(n, " --") {
				if name = strings.TrimSuffix(n, " --"); !fs.ValidPath(name) || name == "." {
					name = ""
					continue
				}
				out[name] = &fstest.MapFile{Mode: 0o644}
			} else if name != "" {
				out[name].Data = append(out[name].Data, line...)
			}
		}
	}
	return out
}

// without takes files away.
func without(t fstest.MapFS, names ...string) fstest.MapFS {
	out := maps.Clone(t)
	for _, n := range names {
		delete(out, n)
	}
	return out
}

func says(fs []icpc.Finding, text string) bool {
	return slices.ContainsFunc(fs, func(f icpc.Finding) bool { return strings.Contains(f.String(), text) })
}

// sum is a package of 2025-09 with what that format has.
const sum = `
-- problem.yaml --
problem_format_version: 2025-09
name: {en: Sum, de: Summe}
uuid: 5ca6ba5b-36d5-4eff-8aa7-d967cbc4375e
limits: {time_limit: 3, time_resolution: 0.5, memory: 300, output: 2, validation_time: 7}
constants: {extra: 1000, wide: {value: 7, tex: '7,000'}}
-- data/sample/1.in --
1 2
-- data/sample/1.ans --
1003
-- data/secret/2.in --
-- data/secret/2.ans --
1007
-- data/secret/2.yaml --
args: ["3", "4"]
full_feedback: true
-- data/secret/deep/3.in --
-- data/secret/deep/3.ans --
1009.0001
-- data/secret/deep/3.files/numbers.txt --
4 5
-- data/secret/test_group.yaml --
output_validator_args: [float_tolerance, "1e-3"]
-- include/default/extra.txt --
{{extra}}
-- include/python3/lib.py --
import os, sys
def numbers():
    if sys.argv[1:]: return sys.argv[1:]
    return (open("numbers.txt").read() if os.path.exists("numbers.txt") else input()).split()
-- submissions/accepted/a.py --
import lib
print(sum(map(int, lib.numbers())) + int(open("extra.txt").read()))
-- submissions/accepted/two/part.py --
from lib import *
extra = {{extra}} # {{unknown}} stays
-- submissions/accepted/two/start.py --
from part import *
print(sum(map(int, numbers())) + extra)
-- submissions/wrong_answer/w.py --
import lib
print(sum(map(int, lib.numbers())))
-- submissions/run_time_error/r.py --
raise SystemExit(1)
-- submissions/other/comment.py --
# @EXPECTED_RESULTS@: WRONG-ANSWER, RUN-ERROR
-- submissions/submissions.yaml --
accepted/two: {language: python3, entrypoint: start.py, authors: Somebody}
wrong_answer/*.{cpp,py}:
  sample: {permitted: [WA]}
`

func TestReadCurrent(t *testing.T) {
	p, found := icpc.Read(folder(sum))
	if len(found) > 0 {
		t.Errorf("findings: %v", found)
	}
	if p.Names["de"] != "Summe" || p.Limits.Time != 3*time.Second || p.Limits.Memory != 300<<20 || p.Limits.Output != 2<<20 || p.Validator != nil {
		t.Errorf("%v %+v", p.Names, p.Limits)
	}
	var names []string
	for _, x := range p.Tests {
		names = append(names, x.Name)
	}
	if !slices.Equal(names, []string{"sample/1", "secret/2", "secret/deep/3"}) {
		t.Fatalf("tests %v", names)
	}
	if p.Tests[0].Hidden || p.Tests[1].Hidden || !p.Tests[2].Hidden {
		t.Error("samples and full feedback are shown, the rest is hidden")
	}
	if c := p.Tests[2].Checks; c.Absolute != 1e-3 || c.Relative != 1e-3 || p.Tests[0].Checks.Absolute != 0 {
		t.Errorf("checks %+v and %+v", p.Tests[0].Checks, c)
	}
	if len(p.Tests[2].Files) != 1 || !slices.Equal(p.Tests[1].Args, []string{"3", "4"}) {
		t.Errorf("files %v, arguments %v", p.Tests[2].Files, p.Tests[1].Args)
	}
	got := map[string]icpc.Submission{}
	for _, s := range p.Submissions {
		got[s.Name] = s
	}
	if s := got["accepted/two"]; s.Entry != "start.py" || s.Language != "python" || !strings.Contains(string(s.Files[0].Data), "extra = 1000 # {{unknown}}") {
		t.Errorf("accepted/two: %q %s %s", s.Entry, s.Language, s.Files[0].Data)
	}
	if s := got["accepted/a.py"]; s.Entry != "a.py" || len(s.Files) != 3 {
		t.Errorf("accepted/a.py: %q with %d files", s.Entry, len(s.Files))
	}
	if e := got["other/comment.py"].Expected; !slices.Equal(e, []judge.Verdict{judge.WA, judge.RTE}) {
		t.Errorf("the comment declares %v", e)
	}
}

const legacy = `
-- problem.yaml --
author: One, Two and Three
source: A Contest
source_url: https://contest.example
license: cc by-sa
rights_owner: Us
unheard: of
validator_flags: case_sensitive
limits: {time_multiplier: 9, memory: 60}
-- problem_statement/problem.en.tex --
\problemname{Echo}
-- data/sample/1.in --
a
-- data/sample/1.ans --
a
-- data/secret/b/1.in --
B
-- data/secret/b/1.ans --
B
-- data/secret/b/1.hint --
mind the case
-- data/secret/a.in --
c
-- data/secret/a.ans --
c
-- submissions/accepted/e.py --
print(input())
-- submissions/wrong_answer/w.py --
print(input().lower())
-- submissions/time_limit_exceeded/t.py --
while True: pass
-- submissions/run_time_error/r.py --
print(input())
x = bytearray(100 << 20)
`

func TestFindings(t *testing.T) {
	for _, c := range []struct {
		name string
		tree fs.FS
		want string
	}{
		{"no package", folder("-- readme --\n"), "problem.yaml: error: This file is missing"},
		{"no YAML", folder(sum, "-- problem.yaml --\na: [\n"), "problem.yaml:1: error"},
		{"unknown key", folder(sum, "-- problem.yaml --\nproblem_format_version: 2025-09\nname: x\nsource_url: y\n"), `problem.yaml:3: warning: The key "source_url" is not in the format.`},
		{"unknown limit", folder(sum, "-- problem.yaml --\nproblem_format_version: 2025-09\nname: x\nlimits:\n  memory: 5\n  time_multiplier: 3\n"), `problem.yaml:5: error: The key "time_multiplier"`},
		{"unknown legacy key", folder(legacy), `problem.yaml:6: warning: The key "unheard"`},
		{"wrong type", folder(sum, "-- problem.yaml --\nproblem_format_version: 2025-09\nname: x\nlimits: {memory: much}\n"), "problem.yaml:3: error"},
		{"negative", folder(sum, "-- problem.yaml --\nproblem_format_version: 2025-09\nname: x\nlimits: {memory: -1}\n"), "limits.memory is more than 0"},
		{"several types", folder(sum, "-- problem.yaml --\nproblem_format_version: 2025-09\nname: x\ntype: pass-fail interactive\n"), "several are written as a sequence"},
		{"no validator", folder(legacy, "-- problem.yaml --\nvalidation: custom\n"), "needs an output validator"},
		{"submit-answer", folder(sum, "-- problem.yaml --\nproblem_format_version: 2025-09\nname: x\ntype: [submit-answer]\n"), "Not supported: submit-answer"},
		{"no tests", without(folder(legacy), "data/secret/a.in", "data/secret/a.ans", "data/secret/b/1.in", "data/secret/b/1.ans"), "data/secret: error: There are no tests here"},
		{"no answer", without(folder(legacy), "data/secret/a.ans"), "data/secret/a.in: error: There is no answer (a.ans)."},
		{"no input", without(folder(legacy), "data/secret/a.in"), "data/secret/a.ans: error: There is an answer, but no input (a.in)."},
		{"bad name", folder(legacy, "-- data/secret/-x.in --\n"), "data/secret/-x.in: warning"},
		{"unknown flag", folder(legacy, "-- data/secret/b/testdata.yaml --\noutput_validator_flags: fuzzy\n"), `does not know the argument "fuzzy"`},
		{"grader of its own", folder(legacy, "-- data/secret/testdata.yaml --\non_reject: break\ngrading: custom\n"), "data/secret/testdata.yaml:2: error: Not supported"},
		{"no accepted", without(folder(legacy), "submissions/accepted/e.py"), "no accepted submission"},
		{"language not offered", folder(legacy, "-- submissions/accepted/k.kt --\nfun main() {}\n"), "submissions/accepted/k.kt: warning: Kotlin is not offered here"},
		{"Python 2", folder(legacy, "-- submissions/accepted/p.py --\n#!/usr/bin/env python2\nprint 1\n"), "Python 2 is not offered here"},
		{"no language", folder(legacy, "-- submissions/accepted/x/a.py --\n-- submissions/accepted/x/b.rb --\n"), "No single language"},
		{"nothing declared", folder(legacy, "-- submissions/slow/s.py --\nprint(1)\n"), "submissions/slow/s.py: warning: Nothing is declared"},
		{"unknown verdict", folder(sum, "-- submissions/submissions.yaml --\naccepted/*: {permitted: [OK]}\n"), `permitted has AC, WA, TLE and RTE, not "OK"`},
		{"test group", folder(sum, "-- data/secret/test_group.yaml --\nmax: 5\n"), `data/secret/test_group.yaml:1: error: The key "max"`},
		{"legacy groups in 2025-09", folder(sum, "-- data/secret/testdata.yaml --\nscoring: 5\n"), "what is said here is ignored"},
		{"a large submission", folder(legacy, "-- submissions/wrong_answer/l.py --\n#"+strings.Repeat("x", 200<<10)+"\n"), "the limit is 128 KiB"},
	} {
		if _, found := icpc.Read(c.tree); !says(found, c.want) {
			t.Errorf("%s: %v; want %q", c.name, found, c.want)
		}
	}
}

// proved judges every submission of a package.
func proved(t *testing.T, tree fs.FS) (*icpc.Package, map[string]icpc.Report) {
	t.Helper()
	p, _ := icpc.Read(tree)
	reports, found, err := p.Prove(t.Context(), judgetest.New(t), p.Submissions, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Log(found)
	out := map[string]icpc.Report{}
	for _, r := range reports {
		out[r.Name] = r
	}
	return p, out
}

func TestProveCurrent(t *testing.T) {
	_, got := proved(t, folder(sum))
	for name, want := range map[string]judge.Verdict{"accepted/a.py": judge.AC, "accepted/two": judge.AC, "wrong_answer/w.py": judge.WA, "run_time_error/r.py": judge.RTE, "other/comment.py": judge.WA} {
		if r := got[name]; r.Outcome.Verdict != want || r.Wrong != "" {
			t.Errorf("%s: %s, %q; %s", name, r.Outcome.Verdict, r.Wrong, r.Outcome.Note)
		}
	}
}

// A legacy package has no time limit: the accepted submissions make it. More memory than allowed is a run-time error of the format.
func TestProveLegacy(t *testing.T) {
	p, got := proved(t, folder(legacy))
	if p.Limits.Time < time.Second || p.Limits.Time > 10*time.Second || p.Limits.Time%time.Second != 0 {
		t.Errorf("the time limit is %s", p.Limits.Time)
	}
	for name, want := range map[string]judge.Verdict{"accepted/e.py": judge.AC, "wrong_answer/w.py": judge.WA, "time_limit_exceeded/t.py": judge.TLE, "run_time_error/r.py": judge.MLE} {
		if r := got[name]; r.Outcome.Verdict != want || r.Wrong != "" {
			t.Errorf("%s: %s, %q; %s", name, r.Outcome.Verdict, r.Wrong, r.Outcome.Note)
		}
	}
	if n := len(got["time_limit_exceeded/t.py"].Outcome.Tests); n != 1 {
		t.Errorf("%d tests were run after the verdict was clear", n)
	}
}

// What is not as declared is said, and why.
func TestProveFindsLies(t *testing.T) {
	_, got := proved(t, folder(sum, `
-- submissions/accepted/a.py --
print(1)
-- submissions/wrong_answer/w.py --
import lib
print(sum(map(int, lib.numbers())) + (0 if lib.sys.argv[1:] else 1000))
-- submissions/run_time_error/r.py --
print(1)
`))
	for name, want := range map[string]string{"accepted/a.py": "This gets WA; declared is AC.", "wrong_answer/w.py": "sample/1 gets AC; permitted in sample is WA.", "run_time_error/r.py": "declared is RTE."} {
		if r := got[name]; !strings.Contains(r.Wrong, want) {
			t.Errorf("%s: %s, %q; want %q", name, r.Outcome.Verdict, r.Wrong, want)
		}
	}
}

// The validator of points gives what the submission claims, and refuses claims beyond 10.
const points = `
-- problem.yaml --
problem_format_version: 2025-09
name: Points
uuid: 025dfeea-eb85-4532-94d1-3108ec03c80f
type: scoring
limits: {time_limit: 5}
-- output_validator/v.py --
import sys
n = float(sys.stdin.read())
if n > 10: sys.exit(43)
if "free" in sys.argv: open(sys.argv[3] + "score.txt", "w").write("%g" % n)
if "share" in sys.argv: open(sys.argv[3] + "score_multiplier.txt", "w").write("%g" % (n / 10))
open(sys.argv[3] + "judgemessage.txt", "w").write("claims %g" % n)
sys.exit(42)
-- data/sample/1.in --
1
-- data/sample/1.ans --
-- data/secret/test_group.yaml --
max_score: 100
-- data/secret/a/test_group.yaml --
max_score: 20
-- data/secret/a/1.in --
2
-- data/secret/a/1.ans --
-- data/secret/b/test_group.yaml --
max_score: 40
score_aggregation: sum
output_validator_args: [share]
require_pass: [sample, secret/a]
-- data/secret/b/1.in --
3
-- data/secret/b/1.ans --
-- data/secret/b/2.in --
4
-- data/secret/b/2.ans --
-- data/secret/c/test_group.yaml --
max_score: 40
score_aggregation: min
output_validator_args: [free]
-- data/secret/c/1.in --
5
-- data/secret/c/1.ans --
-- data/secret/c/2.in --
6
-- data/secret/c/2.ans --
-- submissions/accepted/ten.py --
print(10)
-- submissions/accepted/input.py --
print(input())
-- submissions/wrong_answer/much.py --
n = int(input())
print(n if n > 2 else 11)
-- submissions/submissions.yaml --
accepted/ten.py: {score: 70, message: claims 10}
accepted/input.py:
  score: [38, 40]
  secret/b: {score: 14}
`

func TestProveScores(t *testing.T) {
	_, got := proved(t, folder(points))
	// ten: 20 + 2 x 20 + min(10, 10); input: 20 + 20 x 0.3 + 20 x 0.4 + min(5, 6); much: group a fails, so b is not run, and c gives 5
	for name, want := range map[string]float64{"accepted/ten.py": 70, "accepted/input.py": 39, "wrong_answer/much.py": 5} {
		if r := got[name]; r.Outcome.Score != want || r.Wrong != "" {
			t.Errorf("%s: %s, %g points, %q %s; want %g points", name, r.Outcome.Verdict, r.Outcome.Score, r.Wrong, r.Outcome.Note, want)
		}
	}
	if tests := got["wrong_answer/much.py"].Outcome.Tests; slices.ContainsFunc(tests, func(r judge.Result) bool { return r.Group == "secret/b" }) {
		t.Error("secret/b was run although it requires what did not pass")
	}
}

// subtasks is a legacy scoring package: half of the points for each of two groups.
const subtasks = `
-- problem.yaml --
name: Subtasks
type: scoring
source: Here
-- data/testdata.yaml --
on_reject: continue
range: 0 100
grader_flags: ignore_sample
-- data/sample/1.in --
1
-- data/sample/1.ans --
1
-- data/secret/testdata.yaml --
grader_flags: first_error accept_if_any_accepted
-- data/secret/one/testdata.yaml --
on_reject: break
accept_score: 40
grader_flags: min
-- data/secret/one/1.in --
2
-- data/secret/one/1.ans --
2
-- data/secret/two/testdata.yaml --
on_reject: break
accept_score: 60
grader_flags: min
-- data/secret/two/1.in --
-3
-- data/secret/two/1.ans --
-3
-- data/secret/two/2.in --
4
-- data/secret/two/2.ans --
4
-- submissions/accepted/e.py --
print(input())
-- submissions/partially_accepted/abs.py --
print(abs(int(input())))
-- submissions/wrong_answer/w.py --
print(0)
`

func TestProveLegacyScores(t *testing.T) {
	_, got := proved(t, folder(subtasks))
	for name, want := range map[string]float64{"accepted/e.py": 100, "partially_accepted/abs.py": 40, "wrong_answer/w.py": 0} {
		if r := got[name]; r.Outcome.Score != want || r.Wrong != "" {
			t.Errorf("%s: %s, %g points, %q; want %g points", name, r.Outcome.Verdict, r.Outcome.Score, r.Wrong, want)
		}
	}
	if n := len(got["partially_accepted/abs.py"].Outcome.Tests); n != 3 {
		t.Errorf("%d tests were run; the second of the broken group is left out", n)
	}
}

// Exported packages of the older format mean the same in the newer one.
func TestExport(t *testing.T) {
	for name, text := range map[string]string{"legacy": legacy, "scoring": subtasks} {
		p, _ := icpc.Read(folder(text))
		files, warned := p.Export()
		if icpc.Failed(warned) {
			t.Errorf("%s: %v", name, warned)
		}
		q, found := icpc.Read(files)
		if icpc.Failed(found) || q.Format != icpc.Current {
			t.Errorf("%s: read again: %v\n%s", name, found, files["problem.yaml"])
		}
		if len(q.Tests) != len(p.Tests) || len(q.Submissions) != len(p.Submissions) || q.Scoring != p.Scoring || q.Limits.AC != p.Limits.AC || q.Limits.Memory != p.Limits.Memory {
			t.Errorf("%s: %d tests, %d submissions, %+v", name, len(q.Tests), len(q.Submissions), q.Limits)
		}
		for i, x := range q.Tests {
			if y := p.Tests[i]; x.Name != y.Name || *x.Checks != *y.Checks || string(x.Want) != string(y.Want) {
				t.Errorf("%s: test %s %+v became %s %+v", name, y.Name, y.Checks, x.Name, x.Checks)
			}
		}
		_, got := proved(t, files)
		for _, r := range got {
			if r.Wrong != "" {
				t.Errorf("%s: %s: %s", name, r.Name, r.Wrong)
			}
		}
		if name == "scoring" && (got["accepted/e.py"].Outcome.Score != 100 || got["partially_accepted/abs.py"].Outcome.Score != 40) {
			t.Errorf("scores became %g and %g", got["accepted/e.py"].Outcome.Score, got["partially_accepted/abs.py"].Outcome.Score)
		}
	}
	p, _ := icpc.Read(folder(legacy, "-- data/secret/testdata.yaml --\naccept_score: 3\n-- graders/g.py --\n"))
	if _, warned := p.Export(); !says(warned, "graders: warning: Not carried over") {
		t.Errorf("what is lost is not said: %v", warned)
	}
	p, _ = icpc.Read(folder(sum))
	files, _ := p.Export()
	if !maps.EqualFunc(files, archive.Files(text(folder(sum))), func(a, b []byte) bool { return string(a) == string(b) }) {
		t.Error("a package of 2025-09 is not the same after its export")
	}
}

func text(m fstest.MapFS) map[string][]byte {
	out := map[string][]byte{}
	for name, f := range m {
		out[name] = f.Data
	}
	return out
}

// Whatever a package says, it is read without a fault, and its export can be read again.
func FuzzRead(f *testing.F) {
	for _, text := range []string{sum, legacy, points, subtasks} {
		f.Add(text, "problem.yaml", "type: 5\nlimits: [")
		f.Add(text, "data/secret/test_group.yaml", "max_score: unbounded\nscore_aggregation: sum\nargs: {a: 1}")
		f.Add(text, "data/secret/testdata.yaml", "accept_score: .nan\nrange: 0\noutput_validator_flags: {flags: 1}")
		f.Add(text, "submissions/submissions.yaml", "'{{': {score: [1, x], permitted: 3}")
	}
	f.Fuzz(func(t *testing.T, text, name, more string) {
		tree := folder(text)
		if fs.ValidPath(name) && name != "." {
			tree[name] = &fstest.MapFile{Data: []byte(more), Mode: 0o644}
		}
		p, _ := icpc.Read(tree)
		for _, s := range p.Submissions {
			p.Task(s)
		}
		files, _ := p.Export()
		icpc.Read(files)
	})
}
