package judge_test

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"candor/internal/judge"
	"candor/internal/judge/languages"
	"candor/internal/sandbox"
)

// TestSampleItemOfFunctions judges the demo's item with every submission it has.
func TestSampleItemOfFunctions(t *testing.T) {
	item := filepath.Join(samples, "working-with-systems/items/merge-sailings")
	var y struct {
		Visible, Hidden []struct {
			Name       string
			Args, Want any
		}
	}
	if err := yaml.Unmarshal(mustRead(t, filepath.Join(item, "cases.yaml")), &y); err != nil {
		t.Fatal(err)
	}
	var cases []judge.Case
	for i, c := range append(y.Visible, y.Hidden...) {
		args, _ := json.Marshal(c.Args)
		want, _ := json.Marshal(c.Want)
		cases = append(cases, judge.Case{Name: c.Name, Args: args, Want: want, Hidden: i >= len(y.Visible)})
	}
	found, err := filepath.Glob(filepath.Join(item, "submissions/*/*/*"))
	if err != nil || len(found) < 5 {
		t.Fatalf("%d submissions: %v", len(found), err)
	}
	for _, dir := range found {
		part := strings.Split(strings.TrimPrefix(dir, filepath.Join(item, "submissions")+"/"), "/")
		want := map[string]judge.Verdict{"accepted": judge.AC, "wrong_answer": judge.WA}[part[0]]
		out := mustJudge(t, judge.Task{Style: judge.Function, Language: part[1], Files: folder(t, dir), Cases: cases,
			Signature: languages.Signature{Name: "merge", Params: []languages.Param{{Name: "sailings", Type: "int[][]"}}, Returns: "int[][]"}})
		if out.Verdict != want || len(out.Tests) != len(cases) {
			t.Errorf("%s: %s after %d cases; want %s after %d: %s %s %+v", part, out.Verdict, len(out.Tests), want, len(cases), out.Compile, out.Note, out.Tests)
		}
	}
}

// Every type goes in and comes out in every language of the function style.
func TestFunctionTypes(t *testing.T) {
	programs := map[string]string{
		"python":     "def echo(i, f, b, s, l, m):\n    print('0')\n    return [s, str(i), str(b).lower(), str(len(l)), m[1][0]] if f == 0.5 else []\n",
		"javascript": "export function echo(i, f, b, s, l, m) {\n  console.log('0')\n  return f === 0.5 ? [s, String(i), String(b), String(l.length), m[1][0]] : []\n}\n",
		"typescript": "export function echo(i: number, f: number, b: boolean, s: string, l: number[], m: string[][]): string[] {\n  return f === 0.5 ? [s, String(i), String(b), String(l.length), m[1]![0]!] : []\n}\n",
		"go":         "package solution\n\nimport \"fmt\"\n\nfunc echo(i int, f float64, b bool, s string, l []float64, m [][]string) []string {\n\tfmt.Println(0)\n\tif f != 0.5 {\n\t\treturn nil\n\t}\n\treturn []string{s, fmt.Sprint(i), fmt.Sprint(b), fmt.Sprint(len(l)), m[1][0]}\n}\n",
		"cpp":        "#include <string>\n#include <vector>\nusing namespace std;\n\nvector<string> echo(long long i, double f, bool b, const string &s, vector<double> l, vector<vector<string>> &m) {\n\tif (f != 0.5) return {};\n\treturn {s, to_string(i), b ? \"true\" : \"false\", to_string(l.size()), m[1][0]};\n}\n",
		"java":       "import java.util.List;\n\nclass Solution {\n\tString[] echo(long i, double f, boolean b, String s, double[] l, List<List<String>> m) {\n\t\tSystem.out.println(0);\n\t\treturn f == 0.5 ? new String[] {s, \"\" + i, \"\" + b, \"\" + l.length, m.get(1).get(0)} : new String[0];\n\t}\n}\n",
	}
	for _, l := range languages.All() {
		if (l.Function != nil) != (programs[l.ID] != "") {
			t.Errorf("%s is not tested", l.Name)
		}
		if l.Function == nil {
			continue
		}
		t.Run(l.ID, func(t *testing.T) {
			t.Parallel()
			sig := languages.Signature{Name: "echo", Returns: "string[]"}
			out := mustJudge(t, judge.Task{Style: judge.Function, Language: l.ID, Files: []sandbox.File{file(l.Function.File, programs[l.ID])}, Signature: sig, Cases: []judge.Case{
				{Name: "all", Args: []byte(`[-9007199254740991, 0.5, true, "a\"b\\ö😀\u0001\n", [1, 2.5e3, -0.25], [[], ["ä"]]]`), Want: []byte(`["a\"b\\ö😀\u0001\n", "-9007199254740991", "true", "3", "ä"]`)},
				{Name: "nothing", Args: []byte(`[0, 0.25, false, "", [], []]`), Want: []byte(`[]`)},
				{Name: "crash", Args: []byte(`[0, 0.5, false, "", [], [[],["x"]], 7, 8]`), Want: []byte(`[]`), Own: true},
			}})
			if out.Verdict != judge.AC {
				t.Errorf("%s %s %s %+v", out.Verdict, out.Compile, out.Note, out.Tests)
			}
		})
	}
}

// What programs try, and what comes of it.
func TestFunctionVerdicts(t *testing.T) {
	sig := languages.Signature{Name: "twice", Params: []languages.Param{{Name: "n", Type: "int"}}, Returns: "int"}
	for _, c := range []struct {
		name, language, program string
		want                    judge.Verdict
		says                    string
	}{
		{"right", "python", "def twice(n): return 2 * n", judge.AC, ""},
		{"wrong", "python", "def twice(n): return 5", judge.WA, "Expected 4, got 5."},
		{"another type", "python", "def twice(n): return '4'", judge.WA, `got "4"`},
		{"true is not 1", "javascript", "export const twice = () => true", judge.WA, "got true"},
		{"prints", "python", "print('4')\ndef twice(n):\n    print('4')\n    return 0", judge.WA, "got 0"},
		{"equal to everything", "python", "class A(int):\n    def __eq__(self, o): return True\n    def __repr__(self): return '4'\n    __str__ = __repr__\ndef twice(n): return A(0)", judge.WA, "got 0"},
		{"no value", "python", "class A: pass\ndef twice(n): return A()", judge.RTE, "exit code 1"},
		{"exits", "python", "import sys\ndef twice(n): sys.exit(0)", judge.RTE, "ended before the function returned"},
		{"exits hard", "python", "import os\ndef twice(n): os._exit(0)", judge.RTE, "ended before the function returned"},
		{"exits when loaded", "javascript", "process.exit(0)", judge.RTE, "ended before the function returned"},
		{"writes to the descriptor", "python", "import os\nos.write(4, b'\\nx 4\\n')\ndef twice(n): os._exit(0)", judge.RTE, "ended before the function returned"},
		{"looks for the nonce", "python", "import os, sys\ndef twice(n):\n    try: nonce = os.read(3, 100)\n    except OSError: nonce = b''\n    known = repr(sys.argv) + repr(os.environ) + open('/proc/self/environ').read()\n    return 4 if not nonce and 'nonce' not in known.lower() else 0", judge.AC, ""},
		{"looks for the answer", "python", "import os\ndef twice(n):\n    for folder, _, names in os.walk('/box'):\n        for name in names:\n            if '98' + '7654' in open(os.path.join(folder, name)).read(): return 0\n    return 4", judge.AC, ""},
		{"changes what writes", "python", "import json, os\njson.dumps = lambda *a, **k: '4'\nos.write = lambda *a: 10**6\ndef twice(n): return 0", judge.WA, "got 0"},
		{"no function", "python", "def thrice(n): return 4", judge.RTE, "exit code 1"},
		{"for ever", "python", "def twice(n):\n    while True: pass", judge.TLE, "CPU"},
		{"answers too much", "python", "def twice(n): return 'x' * (9 << 20)", judge.OLE, "8 MiB"},
		{"promise", "javascript", "export async function twice(n) { return 2 * n }", judge.AC, ""},
		{"CommonJS", "javascript", "module.exports = {twice: (n) => 2 * n}", judge.AC, ""},
		{"its own harness", "go", "package solution\n\nfunc twice(n int) int { return 2 * n }\n\nfunc TestMain() {}", judge.CE, "TestMain redeclared"},
		{"another package", "go", "package main\n\nfunc twice(n int) int { return 2 * n }", judge.CE, "found packages"},
		{"wrong in C++", "cpp", "int twice(int n) { return n; }", judge.WA, "Expected 4, got 2."},
		{"exception in C++", "cpp", "#include <stdexcept>\nint twice(int n) { throw std::runtime_error(\"no\"); }", judge.RTE, "SIGABRT"},
		{"exception in Java", "java", "class Solution { static int twice(int n) { throw new RuntimeException(\"no\"); } }", judge.RTE, "exit code 1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			l, _ := languages.Named(c.language)
			out := mustJudge(t, judge.Task{Style: judge.Function, Language: c.language, Files: []sandbox.File{file(l.Function.File, c.program)}, Signature: sig,
				Limits: judge.Limits{CPU: 1e9, Memory: 128 << 20},
				Cases:  []judge.Case{{Name: "two", Args: []byte(`[2]`), Want: []byte(`4`)}, {Name: "many", Hidden: true, Args: []byte(`[2]`), Want: []byte(`987654`)}}})
			said := out.Reason + out.Compile
			for _, r := range out.Tests {
				if r.Hidden {
					if strings.Contains(r.Reason+string(r.Want)+string(r.Got)+string(r.In)+string(r.Stderr), "987654") {
						t.Errorf("the hidden case tells what it expects: %+v", r)
					}
					continue
				}
				said += r.Reason
				if r.Verdict != c.want {
					t.Errorf("%s %s (%s); want %s", r.Verdict, r.Reason, r.Stderr, c.want)
				}
			}
			if !strings.Contains(said, c.says) || (out.Verdict == judge.CE) != (c.want == judge.CE) {
				t.Errorf("%s said %q; want %q", out.Verdict, said, c.says)
			}
		})
	}
	if out := mustJudge(t, judge.Task{Style: judge.Function, Language: "bash", Files: []sandbox.File{file("main.sh", "")}, Signature: sig}); out.Verdict != judge.JE {
		t.Errorf("a language without the style: %s", out.Verdict)
	}
}
