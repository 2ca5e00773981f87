package ns

import (
	"os"
	"path/filepath"
	"strconv"
	"time"

	"golang.org/x/sys/unix"
)

// beginning is how long a run is looked at for sessions.
const beginning = time.Second

// least is the lowest priority there is, as nice counts.
const least = 19

// Three ways to give way, of which the machine has at least one; where one is missing or not allowed, runs are only less polite. Nice counts among the
// processes of a session where the kernel groups those (autogroup), so that it says nothing between us and a run, which has a session of its own: there the
// session is told. Where groups of the cpu controller exist, neither counts outside of them: there the group is told.

// yieldGroup has the runs of a pen wait for others: a tenth of a processor, while somebody else wants it. Most hierarchies of v1 have no such file here.
func yieldGroup(pen string) {
	os.WriteFile(filepath.Join(pen, "cpu.weight"), []byte("10"), 0)  // v2, of 100
	os.WriteFile(filepath.Join(pen, "cpu.shares"), []byte("102"), 0) // v1, of 1024
}

// yieldProcess has a process, and what it will start, wait for others.
func yieldProcess(pid int) {
	unix.Setpriority(unix.PRIO_PGRP, pid, least) // all of its threads
	yieldSession(strconv.Itoa(pid))
}

func yieldSession(pid string) bool {
	return os.WriteFile(filepath.Join("/proc", pid, "autogroup"), []byte(strconv.Itoa(least)), 0) == nil
}

// yield has the sessions of a run that begins wait for others; told are the processes whose session knows. A run opens its own at its beginning, and
// programs that open more later are not looked for.
func (r *group) yield(told map[string]bool) {
	if !r.all.yields {
		return
	}
	for _, id := range r.threads() {
		if !told[id] {
			told[id] = yieldSession(id)
		}
	}
}
