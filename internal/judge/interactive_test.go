package judge_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"candor/internal/judge"
	"candor/internal/judge/judgetest"
	"candor/internal/sandbox"
)

// guess thinks of the number in the input, answers guesses between 1 and 1000, and accepts after the right one.
const guess = `import sys
secret = int(open(sys.argv[1]).read())
say = open(sys.argv[3] + "judgemessage.txt", "w")
for line in sys.stdin:
    say.write("guess %s" % line)
    say.flush()
    n = int(line)
    if not 1 <= n <= 1000:
        sys.exit(43)
    print("lower" if secret < n else "higher" if secret > n else "correct", flush=True)
    if n == secret:
        sys.exit(42)
sys.exit(43)
`

const bisect = `lo, hi = 1, 1000
while True:
    mid = (lo + hi) // 2
    print(mid, flush=True)
    said = input()
    if said == "correct": break
    lo, hi = (lo, mid - 1) if said == "lower" else (mid + 1, hi)
`

func TestInteractive(t *testing.T) {
	for _, c := range []struct {
		name, program string
		want          judge.Verdict
		says          string
	}{
		{"right", bisect, judge.AC, ""},
		{"speaks on after the end", bisect + "print('x' * 200000, flush=True)\n", judge.AC, ""},
		{"crashes after the end", bisect + "raise SystemExit(3)\n", judge.RTE, "exit code 3"},
		{"goes on after the end", bisect + "while True: pass\n", judge.TLE, "of CPU time"},
		{"ends too early", "print(500, flush=True)\n", judge.WA, "not right"},
		{"crashes too early", "raise SystemExit(3)\n", judge.RTE, "exit code 3"},
		{"is refused and then crashes", "print(-1, flush=True)\ninput()\n", judge.WA, "ended the conversation"},
		{"is refused and goes on for ever", "print(-1, flush=True)\nwhile True: pass\n", judge.WA, "ended the conversation"},
		{"waits without a word", "input()\n", judge.TLE, "waited for each other"},
		{"is busy", "while True: pass\n", judge.TLE, "of CPU time"},
	} {
		v := validator("guess.py", guess)
		v.Interactive = true
		out := mustJudge(t, judge.Task{Style: judge.Stdin, Language: "python", Files: []sandbox.File{file("main.py", c.program)}, Validator: v,
			Limits: judge.Limits{CPU: 500 * time.Millisecond}, Tests: []judge.Test{{Name: "a", Hidden: true, In: []byte("731\n")}}})
		r := out.Tests[0]
		if r.Verdict != c.want || !strings.Contains(r.Reason, c.says) {
			t.Errorf("%s: %s %q %s; want %s %q", c.name, r.Verdict, r.Reason, out.Note, c.want, c.says)
		}
	}
}

// A validator that dies, or that has the program wait, is the judge's fault.
func TestInteractiveValidatorsThatFail(t *testing.T) {
	for _, c := range []struct{ name, text, says string }{
		{"crashes", "raise ValueError('sick')", "ValueError: sick"},
		{"says 0", "", "exit code 0"},
		{"hangs when the program is over", "import sys\nsys.stdin.read()\nwhile True: pass", "of CPU time"},
		{"keeps the program waiting", "import sys\nsys.stdin.readline()\nwhile True: pass", "busy"},
	} {
		v := validator("v.py", c.text)
		v.Interactive = true
		v.Limits.CPU = 20 * time.Second
		program := "print(1, flush=True)\n"
		if c.says == "busy" {
			program += "input()\n"
		} else {
			v.Limits.CPU = time.Second
		}
		out := mustJudge(t, judge.Task{Style: judge.Stdin, Language: "python", Files: []sandbox.File{file("main.py", program)}, Validator: v,
			Limits: judge.Limits{CPU: 300 * time.Millisecond}, Tests: []judge.Test{{Name: "a", In: []byte("1")}}})
		if out.Verdict != judge.JE || !strings.Contains(out.Note, c.says) {
			t.Errorf("%s: %s, the author reads %q; want %q", c.name, out.Verdict, out.Note, c.says)
		}
	}
}

// What a validator says to a program that is over must not end the validator.
func TestValidatorIsDeafToBrokenPipes(t *testing.T) {
	v := validator("v.cpp", `#include <iostream>
#include <string>
int main() {
	std::string said;
	while (std::getline(std::cin, said)) {}
	for (int i = 0; i < 1000; i++) std::cout << "well done" << std::endl;
	return 42;
}`)
	v.Interactive = true
	out := mustJudge(t, judge.Task{Style: judge.Stdin, Language: "python", Files: []sandbox.File{file("main.py", "print(1)")}, Validator: v, Tests: []judge.Test{{Name: "a"}}})
	if out.Verdict != judge.AC {
		t.Errorf("%s, the author reads %q", out.Verdict, out.Note)
	}
}

// Many tasks at once that take two slots each do not wait for each other for ever, and each gets the verdict it gets alone.
func TestManyPairsAtOnce(t *testing.T) {
	var wg sync.WaitGroup
	for i := range 6 {
		wg.Go(func() {
			v := validator("guess.py", guess)
			v.Interactive = true
			out, err := judgetest.New(t).Judge(t.Context(), judge.Task{Style: judge.Stdin, Language: "python", Files: []sandbox.File{file("main.py", bisect)}, Validator: v,
				Limits: judge.Limits{CPU: 5 * time.Second}, Tests: []judge.Test{{Name: "a", In: []byte("731")}, {Name: "b", In: []byte("12")}}}, nil)
			if err != nil || len(out.Tests) != 2 || out.Verdict != judge.AC {
				t.Errorf("task %d: %s %s %v", i, out.Verdict, out.Note, err)
			}
		})
	}
	wg.Wait()
}
