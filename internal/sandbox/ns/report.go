package ns

import (
	"fmt"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"candor/internal/sandbox"
)

// standing limits of the profiles.
func standing(p sandbox.Profile) sandbox.Spec {
	switch p {
	case sandbox.Compile:
		return sandbox.Spec{CPU: 30 * time.Second, Memory: 1 << 30, Pids: 128, Output: 256 << 10, FileSize: 256 << 20}
	case sandbox.Project:
		return sandbox.Spec{CPU: 120 * time.Second, Memory: 2 << 30, Pids: 512, Output: 4 << 20, FileSize: 256 << 20}
	case sandbox.Media: // a box's files count as memory of whoever wrote them
		return sandbox.Spec{CPU: 300 * time.Second, Memory: 2 << 30, Pids: 64, Output: 128 << 20, FileSize: 1 << 30}
	}
	return sandbox.Spec{CPU: 2 * time.Second, Memory: 256 << 20, Pids: 64, Output: 1 << 20, FileSize: 64 << 20}
}

func withDefaults(s sandbox.Spec) sandbox.Spec {
	d := standing(s.Profile)
	if s.CPU == 0 {
		s.CPU = d.CPU
	}
	if s.Wall == 0 {
		s.Wall = 3*s.CPU + time.Second
	}
	if s.Memory == 0 {
		s.Memory = d.Memory
	}
	if s.Pids == 0 {
		s.Pids = d.Pids
	}
	if s.Output == 0 {
		s.Output = d.Output
	}
	if s.FileSize == 0 {
		s.FileSize = d.FileSize
	}
	return s
}

// report reads the counters of a run that is over.
func (e *Engine) report(spec sandbox.Spec, r reply, g *group, c *pipes, cause sandbox.Status) sandbox.Report {
	out := sandbox.Report{CPU: g.cpu(), Memory: g.peak(), PidsHit: int(g.refused()), Wall: time.Duration(r.Wall), Stdout: c.out.Bytes(), Stderr: c.err.Bytes(), Cut: c.cap.over(), Weak: e.weak}
	if !g.counts() {
		out.CPU = time.Duration(r.CPU)
	}
	if out.Memory == 0 {
		out.Memory = r.Peak
	}
	switch {
	case r.Err == "":
		judge(&out, unix.WaitStatus(r.Raw), spec, cause, g.ooms())
	case r.Missing && programOf(spec.Args[0]):
		out.Status, out.ExitCode, out.Reason = sandbox.RE, 127, "there is no program to run at "+strings.TrimPrefix(spec.Args[0], "/box/")
	default:
		out.Status, out.Reason = sandbox.IE, "the sandbox could not run the program: "+r.Err
	}
	return out
}

// judge says what a run was, by wait status and counters only. Running out of memory comes before any kill of ours, and CPU time before wall
// time: that keeps the answer the same on a busy machine.
func judge(out *sandbox.Report, ws unix.WaitStatus, spec sandbox.Spec, cause sandbox.Status, ooms int64) {
	if ws.Exited() {
		out.ExitCode = ws.ExitStatus()
	}
	if ws.Signaled() {
		out.Signal = int(ws.Signal())
		out.Syscall = ws.Signal() == unix.SIGSYS
	}
	switch {
	case ooms > 0:
		out.Status, out.Reason = sandbox.MLE, "needed more than its "+quantity(spec.Memory)+" of memory"
	case cause == sandbox.OLE:
		out.Status, out.Reason = sandbox.OLE, "wrote more than "+quantity(spec.Output)+" of output"
	case cause == sandbox.TLE || out.CPU > spec.CPU:
		out.Status, out.Reason = sandbox.TLE, fmt.Sprintf("used %s of CPU time; %s are allowed", seconds(out.CPU), seconds(spec.CPU))
	case cause == sandbox.WTLE:
		out.Status, out.Reason = sandbox.WTLE, fmt.Sprintf("was not over after %s and had used %s of CPU time: it waits for something", seconds(spec.Wall), seconds(out.CPU))
	case out.Cut:
		out.Status, out.Reason = sandbox.OLE, "wrote more than "+quantity(spec.Output)+" of output"
	case out.Syscall:
		out.Status, out.Reason = sandbox.RE, "was ended for a system call that is forbidden here"
	case out.Signal == int(unix.SIGXFSZ):
		out.Status, out.Reason = sandbox.RE, "wrote a file larger than "+quantity(spec.FileSize)
	case out.Signal != 0:
		out.Status, out.Reason = sandbox.RE, "was ended by "+signalName(ws.Signal())
	case out.ExitCode != 0:
		out.Status, out.Reason = sandbox.RE, fmt.Sprintf("ended with exit code %d", out.ExitCode)
	default:
		out.Status = sandbox.OK
	}
}

func signalName(s syscall.Signal) string {
	about := map[syscall.Signal]string{unix.SIGSEGV: "it touched memory that is not its own", unix.SIGABRT: "it called abort, often after a failed assertion", unix.SIGFPE: "an arithmetic error such as a division by zero",
		unix.SIGPIPE: "it wrote to something that was closed", unix.SIGILL: "an instruction that does not exist", unix.SIGBUS: "it touched memory that is not there", unix.SIGKILL: "it was killed, though not by a limit"}
	if a := about[s]; a != "" {
		return unix.SignalName(s) + " (" + a + ")"
	}
	return unix.SignalName(s)
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.2f s", d.Seconds()) }

func quantity(n int64) string {
	switch {
	case n >= 1<<30 && n%(1<<30) == 0:
		return fmt.Sprintf("%d GiB", n>>30)
	case n >= 1<<20:
		return fmt.Sprintf("%d MiB", n>>20)
	}
	return fmt.Sprintf("%d KiB", n>>10)
}
