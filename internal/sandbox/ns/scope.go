package ns

import (
	"os"
	"os/exec"

	"golang.org/x/sys/unix"
)

// scoped in the environment says that the process was started anew by [Scope].
const scoped = "CANDOR_SCOPE"

// Scope gives an ordinary user's process control groups of its own. Where there is cgroup v2, none is delegated to it, and the user's systemd
// answers, the program starts anew in a scope and this does not return; process id, terminal and open files stay. Otherwise it does nothing,
// and the layers say what is missing. Call it before anything is opened or started.
func Scope() { scope(cgroupMounts(), ownGroups()) }

func scope(mounts []mount, own map[string]string) {
	if os.Geteuid() == 0 || os.Getenv(scoped) != "" || !wantsScope(mounts, own) {
		return
	}
	tool, err := exec.LookPath("systemd-run")
	if err != nil {
		return
	}
	self, err := os.Executable()
	if err != nil {
		return
	}
	in := []string{tool, "--user", "--scope", "--quiet", "--collect", "--property=Delegate=yes", "--"}
	if exec.Command(in[0], append(in[1:], "true")...).Run() != nil {
		return // no systemd of this user: nothing is lost by having asked
	}
	unix.Exec(tool, append(append(in, self), os.Args[1:]...), append(os.Environ(), scoped+"=1"))
}

// wantsScope: the limits are v2's to give, and the group of this process is not its own.
func wantsScope(mounts []mount, own map[string]string) bool {
	wants := false
	for _, m := range mounts {
		for _, c := range controllers {
			if m.has(c) {
				return false
			}
		}
		if m.kind == "cgroup2" {
			wants = unix.Access(inside(m, own[""]), unix.W_OK) != nil
		}
	}
	return wants
}
