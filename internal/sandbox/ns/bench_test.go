package ns_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"candor/internal/sandbox"
	"candor/internal/sandbox/ns"
	"candor/internal/sandbox/sandboxtest"
)

// cost is what one execution took.
type cost struct{ wall, cpu time.Duration }

// costs of many executions; at gives the smallest (0) or the middle (0.5) of each. On a busy machine the smallest says what the work takes.
type costs []cost

func (c costs) at(share float64) (m cost) {
	by := func(of func(cost) time.Duration) time.Duration {
		all := make([]time.Duration, len(c))
		for i, x := range c {
			all[i] = of(x)
		}
		slices.Sort(all)
		return all[int(share*float64(len(all)))]
	}
	return cost{by(func(x cost) time.Duration { return x.wall }), by(func(x cost) time.Duration { return x.cpu })}
}

// spent is the CPU time of this process and the children it has waited for, which the sandbox's inits are not.
func spent() time.Duration {
	var sum time.Duration
	for _, who := range []int{unix.RUSAGE_SELF, unix.RUSAGE_CHILDREN} {
		var u unix.Rusage
		unix.Getrusage(who, &u)
		sum += time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	return sum
}

// initSpent is the CPU time of a slot's init and of the programs it has waited for.
func initSpent(b *testing.B, s sandbox.Slot) time.Duration {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", ns.Pid(s)))
	if err != nil {
		b.Fatal(err)
	}
	f := strings.Fields(string(text[strings.LastIndex(string(text), ")")+1:]))
	var ticks int64
	for _, field := range f[11:15] { // utime, stime, cutime, cstime
		n, _ := strconv.ParseInt(field, 10, 64)
		ticks += n
	}
	return time.Duration(ticks) * 10 * time.Millisecond
}

// program is one to compare: the same file and arguments bare and in a slot.
type program struct {
	dir  string // on the host
	slot sandbox.Slot
	spec sandbox.Spec
}

func (p program) bare(b *testing.B) cost {
	cmd := exec.Command(p.spec.Args[0], p.spec.Args[1:]...)
	cmd.Path = strings.Replace(cmd.Path, "/box", p.dir, 1)
	cmd.Dir, cmd.Env = p.dir, p.spec.Env
	cmd.Stdin = strings.NewReader(string(p.spec.Stdin))
	began := time.Now()
	out, err := cmd.CombinedOutput()
	if errors.Is(err, unix.ETXTBSY) { // another fork of this process still holds the file that was just written
		return p.bare(b)
	}
	if err != nil {
		b.Fatalf("%v: %v\n%s", p.spec.Args, err, out)
	}
	return cost{time.Since(began), cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()}
}

func (p program) sandboxed(b *testing.B) cost {
	began := time.Now()
	r, err := p.slot.Run(b.Context(), p.spec)
	if err != nil || r.Status != sandbox.OK {
		b.Fatalf("Run = %s (%s), %v\n%s", r.Status, r.Reason, err, r.Stderr)
	}
	return cost{time.Since(began), r.CPU}
}

// alternate executes both in turns. all is the CPU time of everything that took part, per execution.
func (p program) alternate(b *testing.B, times int) (bare, boxed costs, bareAll, boxedAll time.Duration) {
	initBefore := initSpent(b, p.slot)
	for range times {
		before := spent()
		bare = append(bare, p.bare(b))
		middle := spent()
		boxed = append(boxed, p.sandboxed(b))
		bareAll += middle - before
		boxedAll += spent() - middle
	}
	boxedAll += initSpent(b, p.slot) - initBefore
	return bare, boxed, bareAll / time.Duration(times), boxedAll / time.Duration(times)
}

// install gives a program that is both in a slot's box and in a folder of the host.
func install(b *testing.B, e *ns.Engine, name string, data []byte, s sandbox.Spec) program {
	p := program{dir: b.TempDir(), slot: open(b, e), spec: s}
	p.spec.Env = []string{"PATH=/usr/local/bin:/usr/bin:/bin"}
	if err := p.slot.Write(b.Context(), []sandbox.File{{Name: name, Data: data, Mode: 0o755}}); err != nil {
		b.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(p.dir, name), data, 0o755); err != nil {
		b.Fatal(err)
	}
	return p
}

func millis(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1e6 }

// BenchmarkTrivial is what the sandbox adds to fork and exec of a small C program. Aims: 1.0 ms at the middle, 1.5 ms of CPU time.
func BenchmarkTrivial(b *testing.B) {
	e := engine(b, ns.Options{Slots: 1})
	p := install(b, e, "attack", sandboxtest.Build(b, e), sandbox.Spec{Args: []string{"/box/attack", "honest"}, Stdin: []byte("19 23\n")})
	p.alternate(b, 20)
	b.ResetTimer()
	bare, boxed, bareAll, boxedAll := p.alternate(b, max(50, b.N))
	for name, share := range map[string]float64{"min": 0, "p50": 0.5} {
		x, y := bare.at(share).wall, boxed.at(share).wall
		b.ReportMetric(millis(x), name+"-bare-ms")
		b.ReportMetric(millis(y-x), name+"-added-ms")
	}
	b.ReportMetric(millis(bareAll), "bare-cpu-ms")
	b.ReportMetric(millis(boxedAll-bareAll), "added-cpu-ms")
}

// BenchmarkLoop is CPU-bound work beside the same work bare. Aim: 1.02.
func BenchmarkLoop(b *testing.B) {
	e := engine(b, ns.Options{Slots: 1})
	p := install(b, e, "loop.py", nil, sandbox.Spec{Args: []string{"/usr/bin/python3", "-c", "s = 0\nfor i in range(3000000): s += i % 7"}, CPU: 20 * time.Second})
	bare, boxed, _, _ := p.alternate(b, max(9, b.N))
	b.ReportMetric(float64(boxed.at(0).cpu)/float64(bare.at(0).cpu), "min-cpu-ratio")
	b.ReportMetric(float64(boxed.at(0.5).cpu)/float64(bare.at(0.5).cpu), "p50-cpu-ratio")
}

// BenchmarkCompile is gcc beside gcc bare. Aim: 1.10.
func BenchmarkCompile(b *testing.B) {
	e := engine(b, ns.Options{Slots: 1})
	text := "#include <vector>\n#include <map>\n#include <algorithm>\n#include <iostream>\nint main() { std::map<int, std::vector<int>> m; m[1].push_back(2); std::cout << m.size(); }\n"
	p := install(b, e, "main.cpp", []byte(text), sandbox.Spec{Profile: sandbox.Compile, Args: []string{"/usr/bin/g++", "-O2", "-o", "main", "main.cpp"}})
	bare, boxed, _, _ := p.alternate(b, max(7, b.N))
	b.ReportMetric(float64(boxed.at(0).cpu)/float64(bare.at(0).cpu), "min-cpu-ratio")
	b.ReportMetric(float64(boxed.at(0.5).cpu)/float64(bare.at(0.5).cpu), "p50-cpu-ratio")
}

// BenchmarkSlot is a new slot, from nothing to ready and to gone, and the memory of one that waits. Aims: 20 ms, 5 MB that it shares with nobody.
func BenchmarkSlot(b *testing.B) {
	e := engine(b, ns.Options{Slots: 1})
	var up, down costs
	var used time.Duration
	var private int64
	for range max(20, b.N) {
		began := time.Now()
		s, err := e.Boot(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		ready := time.Now()
		private = privateBytes(b, ns.Pid(s))
		used += initSpent(b, s)
		killed := time.Now()
		s.Close()
		up, down = append(up, cost{wall: ready.Sub(began)}), append(down, cost{wall: time.Since(killed)})
	}
	b.ReportMetric(millis(up.at(0).wall), "min-new-ms")
	b.ReportMetric(millis(up.at(0.5).wall), "p50-new-ms")
	b.ReportMetric(millis(down.at(0.5).wall), "p50-close-ms")
	b.ReportMetric(millis(used)/float64(len(up)), "new-cpu-ms")
	b.ReportMetric(float64(private)/1e6, "private-MB")
}

// privateBytes is the memory of a process that it shares with no other.
func privateBytes(b *testing.B, pid int) (sum int64) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", pid))
	if err != nil {
		b.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if f := strings.Fields(line); len(f) == 3 && strings.HasPrefix(f[0], "Private_") {
			n, _ := strconv.ParseInt(f[1], 10, 64)
			sum += n << 10
		}
	}
	return sum
}

// BenchmarkSlots is how many short runs a second come through with one busy slot, and with one for each core, in turns; beside it the same
// program bare. Aim: a straight line.
func BenchmarkSlots(b *testing.B) {
	e := engine(b, ns.Options{})
	attack := sandboxtest.Build(b, e)
	spec := sandbox.Spec{Args: []string{"/box/attack", "honest"}, Stdin: []byte("19 23\n"), Env: []string{"PATH=/usr/bin:/bin"}}
	var all []program
	for range runtime.NumCPU() {
		all = append(all, install(b, e, "attack", attack, spec))
	}
	const each = 100
	round := func(slots []program, run func(program, *testing.B) cost) time.Duration {
		began := time.Now()
		var busy sync.WaitGroup
		for _, p := range slots {
			busy.Go(func() {
				for range each {
					run(p, b)
				}
			})
		}
		busy.Wait()
		return time.Since(began)
	}
	for name, run := range map[string]func(program, *testing.B) cost{"": program.sandboxed, "bare-": program.bare} {
		round(all, run)
		var one, many time.Duration
		rounds := max(5, b.N)
		for range rounds {
			one += round(all[:1], run)
			many += round(all, run)
		}
		b.ReportMetric(float64(rounds*each)/one.Seconds(), name+"runs/s-1")
		b.ReportMetric(float64(rounds*each*len(all))/many.Seconds(), fmt.Sprintf("%sruns/s-%d", name, len(all)))
	}
}

// BenchmarkKill is from the end of the limit to the report: 60 processes that fork for ever. Aim: 250 ms.
func BenchmarkKill(b *testing.B) {
	e := engine(b, ns.Options{Slots: 1})
	p := install(b, e, "attack", sandboxtest.Build(b, e), sandbox.Spec{Args: []string{"/box/attack", "fork_bomb"}, CPU: time.Hour, Wall: 200 * time.Millisecond})
	var late costs
	for range max(5, b.N) {
		began := time.Now()
		r, err := p.slot.Run(b.Context(), p.spec)
		if err != nil || r.Status != sandbox.WTLE {
			b.Fatalf("Run = %s (%s), %v", r.Status, r.Reason, err)
		}
		late = append(late, cost{wall: time.Since(began) - p.spec.Wall})
	}
	b.ReportMetric(millis(late.at(0.5).wall), "kill-to-report-ms")
}
