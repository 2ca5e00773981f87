package judge_test

import (
	"strings"
	"testing"
	"time"

	"candor/internal/judge"
	"candor/internal/sandbox"
)

// echo is a program that prints its input.
var echo = []sandbox.File{file("main.py", "import sys\nsys.stdout.write(sys.stdin.read())")}

func validator(name, text string) *judge.Validator {
	return &judge.Validator{Files: []sandbox.File{file(name, text)}, Limits: judge.Limits{CPU: time.Second}}
}

// half accepts what is half of the answer, and says so to both sides.
const half = `import sys
got, want = sys.stdin.read().split(), open(sys.argv[2]).read().split()
open(sys.argv[3] + "judgemessage.txt", "w").write("want half of %s" % want[0])
open(sys.argv[3] + "teammessage.txt", "w").write("halves, please")
sys.exit(42 if got and 2 * int(got[0]) == int(want[0]) else 43)
`

func TestValidatorDecides(t *testing.T) {
	c := `#include <fstream>
#include <iostream>
#include "half.h"
int main(int, char **argv) { int want, got; std::ifstream(argv[2]) >> want; return std::cin >> got && half(got, want) ? 42 : 43; }`
	for _, v := range []struct {
		name string
		*judge.Validator
	}{
		{"Python", validator("half.py", half)},
		{"C++ with a header", &judge.Validator{Files: []sandbox.File{file("half.cpp", c), file("half.h", "inline bool half(int a, int b) { return 2 * a == b; }")}}},
		{"scripts", &judge.Validator{Files: []sandbox.File{file("half.py", half), file("build", "#!/bin/sh\nset -e\nprintf '#!/bin/sh\\nexec python3 /box/half.py \"$@\"\\n' > run\nchmod +x run\n")}}},
	} {
		for range 2 { // the second one finds it compiled
			out := mustJudge(t, judge.Task{Style: judge.Stdin, Language: "python", Files: echo, Validator: v.Validator, Tests: []judge.Test{
				{Name: "right", In: []byte("4"), Want: []byte("8")}, {Name: "wrong", In: []byte("5"), Want: []byte("8")}}})
			if passed, _ := out.Passed(); passed != 1 || out.Tests[0].Verdict != judge.AC || out.Tests[1].Verdict != judge.WA {
				t.Errorf("%s: %s %+v", v.name, out.Note, out.Tests)
			}
		}
	}
}

// What a validator says to judges is for the author, and a hidden test says nothing to the candidate.
func TestValidatorMessages(t *testing.T) {
	task := judge.Task{Style: judge.Stdin, Language: "python", Files: echo, Validator: validator("half.py", half), Tests: []judge.Test{
		{Name: "open", In: []byte("5"), Want: []byte("8")}, {Name: "hidden", Hidden: true, In: []byte("5"), Want: []byte("7314")}}}
	out := mustJudge(t, task)
	if r := out.Tests[0]; r.Text != "halves, please" || r.Judged != "" {
		t.Errorf("open: says %q, judged %q", r.Text, r.Judged)
	}
	if r := out.Tests[1]; r.Text != "" || r.Judged != "" || strings.Contains(r.Reason, "7314") || r.Want != nil {
		t.Errorf("hidden: %+v", r)
	}
	if !strings.Contains(out.Note, "hidden: want half of 7314") {
		t.Errorf("the author reads %q", out.Note)
	}
	task.Reveal = true
	if r := mustJudge(t, task).Tests[1]; r.Judged != "want half of 7314" || r.Text != "halves, please" {
		t.Errorf("revealed: %+v", r)
	}
}

// A validator that does not do its work is never the candidate's fault.
func TestValidatorsThatFail(t *testing.T) {
	for _, c := range []struct{ name, file, text, says string }{
		{"says 0", "v.py", "", "ended with exit code 0; it must end with 42 or 43"},
		{"crashes", "v.py", "raise ValueError('sick')", "ValueError: sick"},
		{"hangs", "v.py", "while True: pass", "of CPU time"},
		{"floods", "v.py", "while True: print('x' * 1000000)", "of output"},
		{"is killed", "v.py", "import os\nos.kill(os.getpid(), 9)", "SIGKILL"},
		{"does not compile", "v.cpp", "int main() { return x; }", "v.cpp:1:21: error"},
		{"is no program", "v.txt", "hello", "no language that is known"},
	} {
		task := judge.Task{Style: judge.Stdin, Language: "python", Files: echo, Validator: validator(c.file, c.text), Tests: []judge.Test{{Name: "a", In: []byte("1"), Want: []byte("1")}}}
		out := mustJudge(t, task)
		if out.Verdict != judge.JE || !strings.Contains(out.Reason, "not the program's fault") || !strings.Contains(out.Note, c.says) {
			t.Errorf("%s: %s %q, the author reads %q; want %q", c.name, out.Verdict, out.Reason, out.Note, c.says)
		}
		if strings.Contains(out.Reason, "sick") {
			t.Errorf("%s: the candidate reads %q", c.name, out.Reason)
		}
	}
}

// The submission's slot holds no answer, whatever the validator is given.
func TestAnswersStayAway(t *testing.T) {
	spy := `import os
for top in "/box", "/tmp":
    for folder, _, names in os.walk(top):
        for name in names:
            if b"7314" in open(os.path.join(folder, name), "rb").read():
                print(folder, name)
print(1)
`
	out := mustJudge(t, judge.Task{Style: judge.Stdin, Language: "python", Files: []sandbox.File{file("main.py", strings.Replace(spy, "7314", `73" b"14`, 1))},
		Validator: validator("half.py", half), Tests: []judge.Test{{Name: "a", Want: []byte("2 7314")}, {Name: "b", Want: []byte("2 7314")}}})
	if out.Verdict != judge.AC {
		t.Errorf("%s %q %+v", out.Verdict, out.Note, out.Tests)
	}
}

// Arguments, files beside the program, and a folder to write in belong to one test.
func TestTestsHaveArgumentsAndFiles(t *testing.T) {
	program := `import os, sys
print(sys.argv[1:], sorted(n for n in os.listdir() if not n.startswith(".")), open("data.txt").read() if os.path.exists("data.txt") else "")
try:
    open("left", "w").write("x")
    print("wrote")
except OSError:
    print("refused")
`
	task := judge.Task{Style: judge.Stdin, Language: "python", Files: []sandbox.File{file("main.py", program), file("data.txt", "mine")}, Checks: judge.Checks{CaseSensitive: true}, Tests: []judge.Test{
		{Name: "a", Args: []string{"x y", "z"}, Files: []sandbox.File{file("data.txt", "theirs"), file("more.txt", "")}, Want: []byte("['x y', 'z'] ['data.txt', 'main.py', 'more.txt'] theirs refused")},
		{Name: "b", Want: []byte("[] ['data.txt', 'main.py'] mine refused")}}}
	if out := mustJudge(t, task); out.Verdict != judge.AC {
		t.Errorf("%+v", out.Tests)
	}
	task.Writes = true
	for i := range task.Tests {
		task.Tests[i].Want = []byte(strings.Replace(string(task.Tests[i].Want), "refused", "wrote", 1))
	}
	if out := mustJudge(t, task); out.Verdict != judge.AC {
		t.Errorf("with a folder of its own: %s %s", out.Tests[1].Reason, out.Tests[1].Stderr)
	}
}

// The validator writes the next pass' input until it has seen enough.
func TestPasses(t *testing.T) {
	count := `import sys
n = int(sys.stdin.read())
open(sys.argv[3] + "judgemessage.txt", "a").write("%d " % n)
if n < 4: open(sys.argv[3] + "nextpass.in", "w").write("%d" % n)
sys.exit(42 if n < 5 else 43)
`
	task := judge.Task{Style: judge.Stdin, Language: "python", Files: []sandbox.File{file("main.py", "print(int(input()) + 1)")}, Reveal: true, Validator: validator("count.py", count),
		Tests: []judge.Test{{Name: "a", In: []byte("1")}}}
	task.Validator.Passes = 3
	if out := mustJudge(t, task); out.Verdict != judge.AC || out.Tests[0].Judged != "2 3 4 " {
		t.Errorf("%s, %s %+v", out.Verdict, out.Note, out.Tests)
	}
	task.Validator.Passes = 2
	if out := mustJudge(t, task); out.Verdict != judge.JE || !strings.Contains(out.Note, "more than 2 passes") {
		t.Errorf("%s, %s", out.Verdict, out.Note)
	}
}
