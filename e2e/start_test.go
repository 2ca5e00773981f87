package e2e_test

import (
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"syscall"
	"testing"
	"time"
)

// BenchmarkStart is the time from the process's start to its first answer on the demo's data (ms/start), and how much memory it holds
// once it has been idle for ten seconds (idle-MB, VmRSS) and right after the start (first-MB); beside them a process of the same binary
// that only says its version (ms/version), and the binary's size.
func BenchmarkStart(b *testing.B) {
	path, err := binary()
	if err != nil {
		b.Fatal(err)
	}
	data, err := filled()
	if err != nil {
		b.Fatal(err)
	}
	to := b.TempDir()
	if err := copyData(to, data); err != nil {
		b.Fatal(err)
	}
	l := freePort(b)
	var starting, bare time.Duration
	idle, first := 0.0, 0.0
	for b.Loop() {
		began := time.Now()
		if err := exec.Command(path, "version").Run(); err != nil {
			b.Fatal(err)
		}
		bare += time.Since(began)
		cmd := exec.Command(path, "serve", "--data", to, "--addr", l)
		began = time.Now()
		if err := cmd.Start(); err != nil {
			b.Fatal(err)
		}
		for {
			if res, err := http.Get("http://" + l + "/healthz"); err == nil {
				res.Body.Close()
				if res.StatusCode == http.StatusOK {
					break
				}
			}
			if time.Since(began) > time.Minute {
				cmd.Process.Kill()
				b.Fatal("it does not answer within a minute")
			}
			time.Sleep(time.Millisecond) // another process; there is no other way to see it
		}
		starting += time.Since(began)
		first += resident(b, cmd.Process.Pid)
		time.Sleep(10 * time.Second) // idle is what stays when nothing happens
		idle += resident(b, cmd.Process.Pid)
		cmd.Process.Signal(syscall.SIGTERM)
		if err := cmd.Wait(); err != nil {
			b.Fatal(err)
		}
	}
	info, err := os.Stat(path)
	if err != nil {
		b.Fatal(err)
	}
	n := float64(b.N)
	b.ReportMetric(float64(starting.Milliseconds())/n, "ms/start")
	b.ReportMetric(float64(bare.Milliseconds())/n, "ms/version")
	b.ReportMetric(first/n, "first-MB")
	b.ReportMetric(idle/n, "idle-MB")
	b.ReportMetric(float64(info.Size())/1e6, "binary-MB")
}

var vmRSS = regexp.MustCompile(`VmRSS:\s+(\d+) kB`)

// resident is a process's memory in MB.
func resident(b *testing.B, pid int) float64 {
	b.Helper()
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		b.Fatal(err)
	}
	m := vmRSS.FindSubmatch(raw)
	if m == nil {
		b.Fatalf("no VmRSS in %s", raw)
	}
	kb, err := strconv.Atoi(string(m[1]))
	if err != nil {
		b.Fatal(err)
	}
	return float64(kb) * 1024 / 1e6
}
