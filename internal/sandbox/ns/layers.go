package ns

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"candor/internal/sandbox"
)

// namespaces is the layer without which there is no slot at all.
const namespaces = "namespaces"

// try attempts in one slot what the layers must prevent.
func (e *Engine) try(ctx context.Context) []sandbox.Layer {
	by := "the kernel, started as root"
	if os.Geteuid() != 0 {
		by = "a user namespace"
	}
	s, err := e.boot(ctx)
	if err != nil {
		return []sandbox.Layer{{Name: namespaces, By: by, Required: true, Tried: "starting a slot: " + err.Error(),
			Advice: "Run candor as root, or allow user namespaces: sysctl -w kernel.unprivileged_userns_clone=1 user.max_user_namespaces=15000. In Docker, run with --privileged or on the host."}}
	}
	defer s.end()
	got := map[string]int{}
	r, err := s.call(ctx, message{Op: "probe", Host: os.Getpid()})
	if err == nil {
		got = r.Errnos
	}
	// prevented: each attempt was made, and failed as a wall makes it fail. Another error (an argument that the kernel looked at, a port where
	// nobody listens) means that it went through.
	walls := []unix.Errno{unix.EPERM, unix.EACCES, unix.EROFS, unix.ENOENT, unix.ESRCH, unix.ENOSYS, unix.ENETUNREACH}
	prevented := func(names ...string) (bool, string) {
		var said []string
		ok := err == nil
		for _, n := range names {
			no, tried := got[n]
			how := unix.ErrnoName(unix.Errno(no))
			if !tried || !slices.Contains(walls, unix.Errno(no)) {
				ok, how = false, strings.TrimSpace("allowed "+how)
			}
			said = append(said, n+": "+how)
		}
		if err != nil {
			return false, err.Error()
		}
		return ok, strings.Join(said, ", ")
	}
	layer := func(name, by string, required bool, advice string, attempts ...string) sandbox.Layer {
		ok, tried := prevented(attempts...)
		return sandbox.Layer{Name: name, By: by, Required: required, Enforced: ok, Tried: tried, Advice: advice}
	}
	out := []sandbox.Layer{
		layer(namespaces, by, true, "Run candor as root or allow user namespaces.", "signal to the server", "process of the host"),
		layer("file system", "a root of its own, read-only", true, "Report this: a slot sees files of the host.", "read /etc/shadow", "read /root", "write /usr", "write /proc/sys"),
		layer("network", "an empty network namespace", true, "Report this: a slot reaches a network.", "connect 127.0.0.1", "connect 169.254.169.254"),
		layer("system calls", "seccomp, an allow-list", true, "A kernel with CONFIG_SECCOMP_FILTER is needed.", "mount", "unshare", "clone3", "ptrace", "bpf", "keyctl", "io_uring_setup", "perf_event_open", "packet socket"),
	}
	landlock := layer("Landlock", fmt.Sprintf("the kernel, ABI %d", landlockABI()), false, "A second wall behind the file system and the network; kernels from 5.13 have it (lsm=landlock at boot).", "read beside the allowed folders")
	counters := sandbox.Layer{Name: "shared counters", By: "accepted", Tried: "read /proc/stat, /proc/loadavg, /proc/meminfo: readable",
		Advice: "Programs can see how busy the whole machine is, nothing else. Only a stronger engine hides it."}
	return append(append(out, landlock, counters), e.tryGroups(ctx, s)...)
}

func (e *Engine) tryGroups(ctx context.Context, s *slot) []sandbox.Layer {
	by := fmt.Sprintf("cgroup v%d", e.groups.version)
	advice := "Run candor as root, or as a user whose systemd answers (loginctl enable-linger USER): candor then asks it for control groups by itself."
	sh := func(script string, memory int64, pids int) (sandbox.Report, error) {
		return s.Run(ctx, sandbox.Spec{Args: []string{"/bin/sh", "-c", script}, Env: []string{"PATH=/usr/bin:/bin"}, Memory: memory, Pids: pids, CPU: 2 * time.Minute, Wall: 5 * time.Minute}) // time is not what is tried
	}
	line := func(c, name, tried string, ok bool, err error) sandbox.Layer {
		if err != nil {
			tried += ": " + err.Error()
		}
		if why := e.groups.why[c]; why != "" {
			tried += " (" + why + ")"
		}
		return sandbox.Layer{Name: name, By: by, Required: true, Enforced: ok && err == nil, Tried: tried, Advice: advice}
	}
	m, err := sh("head -c 48m /dev/zero | tail", 32<<20, 64)
	lines := []sandbox.Layer{line(memory, "memory limit", "held 48 MiB with 32 MiB allowed: "+string(m.Status)+" "+m.Reason, m.Status == sandbox.MLE, err)}
	p, err := sh("for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24; do sleep 3 & done", 64<<20, 20)
	lines = append(lines, line(pids, "process limit", fmt.Sprintf("started 24 processes with 20 allowed: %d refused", p.PidsHit), p.PidsHit > 0, err))
	c, err := sh("i=0; while [ $i -lt 2000 ]; do i=$((i+1)); done", 64<<20, 64)
	return append(lines, line(cpu, "CPU accounting", fmt.Sprintf("counted to 2,000 in a shell: %s", c.CPU), c.CPU > 0 && e.groups.dirs[cpu] != "", err))
}
