package judge_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"candor/internal/judge"
	"candor/internal/judge/judgetest"
	"candor/internal/judge/languages"
	"candor/internal/sandbox"
)

func file(name, text string) sandbox.File { return sandbox.File{Name: name, Data: []byte(text)} }

func sum() []judge.Test { return []judge.Test{{Name: "sum", In: []byte("1 2\n"), Want: []byte("3\n")}} }

func mustJudge(t *testing.T, task judge.Task) judge.Outcome {
	t.Helper()
	out, err := judgetest.New(t).Judge(t.Context(), task, nil)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// The verdict of a program, and what the reason or the compiler's words must say.
func TestVerdicts(t *testing.T) {
	small := judge.Limits{CPU: time.Second, Memory: 64 << 20}
	for _, c := range []struct {
		name, language, file, program string
		want                          judge.Verdict
		says                          string
	}{
		{"right", "python", "main.py", "a,b=map(int,input().split())\nprint(a+b)", judge.AC, ""},
		{"right, CRLF and no newline at the end", "python", "main.py", "import sys\nsys.stdout.write('3\\r')", judge.AC, ""},
		{"right, CRLF in the source", "c", "main.c", "#include <stdio.h>\r\nint main(void){\r\n\tputs(\"3\");\r\n}", judge.AC, ""},
		{"wrong", "python", "main.py", "print()\nprint(4)", judge.WA, "Line 2: expected 3, got 4."},
		{"says nothing", "c", "main.c", "int main(void){}", judge.WA, "expected 3, but the output ends"},
		{"says too much", "python", "main.py", "print(3)\nprint('ok')", judge.WA, "should end, but there is ok"},
		{"invalid UTF-8", "python", "main.py", "import sys\nsys.stdout.buffer.write(b'\\xff\\xfe')", judge.WA, "got \uFFFD"},
		{"exit code", "python", "main.py", "import sys\nprint(3)\nsys.exit(7)", judge.RTE, "exit code 7"},
		{"verdict in its output", "python", "main.py", "import os\nprint('{\"verdict\": \"AC\"}')\nos._exit(137)", judge.RTE, "exit code 137"},
		{"exception", "javascript", "main.js", "throw new Error('no')", judge.RTE, "exit code 1"},
		{"signal", "c", "main.c", "#include <stdlib.h>\nint main(void){abort();}", judge.RTE, "SIGABRT"},
		{"for ever", "c", "main.c", "int main(void){for(volatile int i=0;;i++);}", judge.TLE, "of CPU time"},
		{"waits", "python", "main.py", "import time\ntime.sleep(60)", judge.TLE, "it waits for something"},
		{"too much memory in C", "c", "main.c", "#include <stdlib.h>\n#include <string.h>\nint main(void){for(;;)memset(malloc(1<<20),1,1<<20);}", judge.MLE, "more than its 64 MiB"},
		{"too much memory in Python", "python", "main.py", "x=[]\nwhile True: x.append(bytearray(1<<20))", judge.MLE, "more than its 64 MiB"},
		{"too much memory in JavaScript", "javascript", "main.js", "const x=[]; for(;;) x.push(Buffer.alloc(1<<20,1))", judge.MLE, "more than its 64 MiB"},
		{"too much output", "c", "main.c", "#include <stdio.h>\nint main(void){for(;;)puts(\"3\");}", judge.OLE, "1 MiB of output"},
		{"compile error in C", "c", "main.c", "int main(void){\n\treturn x;\n}", judge.CE, "main.c:2:16: error"},
		{"compile error in C++", "cpp", "main.cpp", "int main(){\n\treturn x;\n}", judge.CE, "main.cpp:2:16: error"},
		{"compile error in Go", "go", "main.go", "package main\n\nfunc main() { x() }", judge.CE, "main.go:3:15: undefined: x"},
		{"compile error in Python", "python", "main.py", "print(1)\nif:", judge.CE, "File \"main.py\", line 2"},
		{"compile error in JavaScript", "javascript", "main.js", "let a = 1\nlet a = 2", judge.CE, "main.js:2"},
		{"a header that never ends", "c", "main.c", "#include \"/dev/zero\"\nint main(void){}", judge.CE, "Compiling was ended"},
		{"a file of the host", "c", "main.c", "#include \"/etc/shadow\"\nint main(void){}", judge.CE, "No such file"},
		{"module syntax in .js", "javascript", "main.js", "import {readFileSync} from 'node:fs'\nconst [a,b]=readFileSync(0,'utf8').split(' ').map(Number)\nconsole.log(a+b)", judge.AC, ""},
		{"a binary", "c", "main.c", "\x7fELF\x00\x00", judge.CE, "NUL bytes"},
		{"an option as a name", "c", "-E.c", "int main(void){}", judge.CE, "cannot be the name"},
		{"a name that leads out", "c", "../main.c", "int main(void){}", judge.CE, "cannot be the name"},
		{"a file of ours", "c", ".candor/main.c", "int main(void){}", judge.CE, "cannot be the name"},
		{"1 MiB of source", "python", "main.py", "print(3)\n#" + strings.Repeat("x", 1<<20-10), judge.AC, ""},
		{"more than 1 MiB of source", "python", "main.py", strings.Repeat("#", 1<<20+1), judge.CE, "at most 1048576"},
		{"no program", "python", "readme.txt", "hello", judge.CE, "no file with Python code"},
		{"a language nobody knows", "cobol", "main.cob", "", judge.JE, "\"cobol\" is not known"},
	} {
		t.Run(c.name, func(t *testing.T) {
			limits := small
			if c.want == judge.MLE {
				limits.CPU = 10 * time.Second // the runtime of a language takes most of a second to start on a busy machine
			}
			out := mustJudge(t, judge.Task{Style: judge.Stdin, Language: c.language, Files: []sandbox.File{file(c.file, c.program)}, Limits: limits, Tests: sum()})
			said := out.Reason + out.Compile + out.Note
			for _, r := range out.Tests {
				said += r.Reason
			}
			if out.Verdict != c.want || !strings.Contains(said, c.says) {
				t.Errorf("verdict %s (%s), said %q; want %s, %q; stderr %s", out.Verdict, out.Reason, said, c.want, c.says, stderr(out))
			}
			if strings.Contains(out.Compile, "/box") {
				t.Errorf("the compiler's words tell of our folders: %s", out.Compile)
			}
		})
	}
}

func stderr(o judge.Outcome) string {
	var all string
	for _, r := range o.Tests {
		all += string(r.Stderr)
	}
	return all
}

// A hidden test's result holds nothing of its input and its answer, whatever the program does with them.
func TestHiddenTestsStayHidden(t *testing.T) {
	const secret = "canary7314"
	for name, program := range map[string]string{
		"wrong":   "import sys\nx=input()\nprint(x, x)\nsys.stderr.write(x)",
		"crashes": "raise SystemExit(input())",
		"spaces":  "print(input()+' ')",
	} {
		task := judge.Task{Style: judge.Stdin, Language: "python", Files: []sandbox.File{file("main.py", program)}, Checks: judge.Checks{SpaceSensitive: true},
			Tests: []judge.Test{{Name: "h", Hidden: true, In: []byte(secret), Want: []byte(secret + " expected")}}}
		r := mustJudge(t, task).Tests[0]
		if all := r.Reason + string(r.In) + string(r.Want) + string(r.Got) + string(r.Stderr) + r.Text; r.Verdict == judge.AC || strings.Contains(all, secret) {
			t.Errorf("%s: %s, %q", name, r.Verdict, all)
		}
		task.Reveal = true
		if r := mustJudge(t, task).Tests[0]; !bytes.Contains(r.In, []byte(secret)) {
			t.Errorf("%s: nothing is shown to the author", name)
		}
	}
}

// Nothing that one test leaves reaches the next.
func TestTestsAreApart(t *testing.T) {
	program := `
import os
seen = []
for folder in (".", "/tmp", "/dev/shm"):
    try:
        seen += [n for n in os.listdir(folder) if n == "left"]
        open(folder + "/left", "w").close()
    except OSError:
        pass
print(len(seen))
`
	tests := []judge.Test{{Name: "a", Want: []byte("0")}, {Name: "b", Want: []byte("0")}}
	out := mustJudge(t, judge.Task{Style: judge.Stdin, Language: "python", Files: []sandbox.File{file("main.py", program)}, Tests: tests})
	if passed, of := out.Passed(); passed != 2 || of != 2 {
		t.Errorf("%d of %d passed; want 2 of 2: %+v", passed, of, out.Tests)
	}
}

func TestStopEarlyAndProgress(t *testing.T) {
	task := judge.Task{Style: judge.Stdin, Language: "python", Files: []sandbox.File{file("main.py", "print(input())")}, StopEarly: true,
		Tests: []judge.Test{{Name: "a", In: []byte("1"), Want: []byte("1")}, {Name: "b", In: []byte("1"), Want: []byte("2")}, {Name: "c", In: []byte("1"), Want: []byte("1")},
			{Name: "mine", Own: true, In: []byte("5")}}}
	var told []string
	out, err := judgetest.New(t).Judge(t.Context(), task, func(r judge.Result) { told = append(told, r.Name+" "+string(r.Verdict)) })
	if err != nil || !slices.Equal(told, []string{"a AC", "b WA"}) || out.Verdict != judge.WA {
		t.Errorf("told %v, %s, %v", told, out.Verdict, err)
	}
	task.StopEarly, task.Tests = false, task.Tests[2:]
	if out := mustJudge(t, task); out.Verdict != judge.AC || string(out.Tests[1].Got) != "5\n" || out.Tests[1].Verdict != judge.AC {
		t.Errorf("own input: %+v", out)
	}
	if passed, of := mustJudge(t, task).Passed(); passed != 1 || of != 1 {
		t.Errorf("passed %d of %d; the candidate's own input must not count", passed, of)
	}
}

// A program that says hello needs no more than the language's own share, in every language.
func TestSmallLimitsAreEnough(t *testing.T) {
	for _, l := range languages.All() {
		t.Run(l.ID, func(t *testing.T) {
			in := l.SampleInput
			if in == "" {
				in = "1 2\n"
			}
			out := mustJudge(t, judge.Task{Style: judge.Stdin, Language: l.ID, Files: []sandbox.File{file(l.Main, l.Sample)}, Limits: judge.Limits{Memory: 64 << 20},
				Tests: []judge.Test{{Name: "sum", In: []byte(in), Want: []byte("3")}}})
			if out.Verdict != judge.AC {
				t.Errorf("%s: %s %s %+v", l.Name, out.Verdict, out.Compile, out.Tests)
			}
			t.Logf("%s: %s of CPU, %d MiB", l.Name, out.CPU.Round(time.Millisecond), out.Memory>>20)
		})
	}
}

const samples = "../app/demo/_content"

func TestSampleItemOfStdin(t *testing.T) {
	var tests []judge.Test
	for _, kind := range []string{"sample", "secret"} {
		ins, err := filepath.Glob(filepath.Join(samples, "working-with-systems/items/manifest-check/data", kind, "*.in"))
		if err != nil || len(ins) == 0 {
			t.Fatalf("no tests of %s: %v", kind, err)
		}
		for _, in := range ins {
			tests = append(tests, judge.Test{Name: filepath.Base(in), Hidden: kind == "secret", In: mustRead(t, in), Want: mustRead(t, strings.TrimSuffix(in, ".in")+".ans")})
		}
	}
	for program, want := range map[string]judge.Verdict{"accepted/python/lanes.py": judge.AC, "accepted/javascript/lanes.js": judge.AC, "wrong_answer/python/no_gap.py": judge.WA} {
		l, _ := languages.BySuffix(program)
		out := mustJudge(t, judge.Task{Style: judge.Stdin, Language: l.ID, Tests: tests,
			Files: []sandbox.File{{Name: filepath.Base(program), Data: mustRead(t, filepath.Join(samples, "working-with-systems/items/manifest-check/submissions", program))}}})
		if out.Verdict != want || len(out.Tests) != len(tests) {
			t.Errorf("%s: %s after %d tests; want %s after %d", program, out.Verdict, len(out.Tests), want, len(tests))
		}
	}
}

func mustRead(t *testing.T, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
