package ns_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
)

// scopeRole makes the test binary ask for a scope on a machine whose control groups stand at a folder.
const scopeRole = "CANDOR_TEST_SCOPE"

// nobody is a user who is not root.
const nobody = 65534

// An ordinary user's process starts anew under systemd-run where its own group is not delegated, and nowhere else.
func TestScope(t *testing.T) {
	dir := t.TempDir()
	if err := os.Chmod(filepath.Dir(dir), 0o755); err != nil { // temporary folders are their maker's alone
		t.Fatal(err)
	}
	binary, err := os.ReadFile("/proc/self/exe")
	if err != nil {
		t.Fatal(err)
	}
	self := filepath.Join(dir, "ns.test")
	write(t, self, binary, 0o755)
	delegated, others := filepath.Join(dir, "delegated"), filepath.Join(dir, "others")
	for _, d := range []string{delegated, others} {
		if err := os.Mkdir(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	// Root becomes an ordinary user; who is one already is not given what they cannot write.
	as := &syscall.SysProcAttr{}
	if os.Geteuid() == 0 {
		as.Credential = &syscall.Credential{Uid: nobody, Gid: nobody}
		if err := os.Chown(delegated, nobody, nobody); err != nil {
			t.Fatal(err)
		}
	} else if err := os.Chmod(others, 0o555); err != nil {
		t.Fatal(err)
	}
	// systemd-run as it is called: it names itself, then becomes the command.
	works, refuses := filepath.Join(dir, "works"), filepath.Join(dir, "refuses")
	tool := "#!/bin/sh\ncase \"$*\" in *' -- true') exit 0;; esac\necho \"$@\" | sed 's| -- .*| --|'\nwhile [ \"$1\" != -- ]; do shift; done; shift; exec \"$@\"\n"
	for place, text := range map[string]string{works: tool, refuses: "#!/bin/sh\nexit 1\n"} {
		if err := os.Mkdir(place, 0o755); err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(place, "systemd-run"), []byte(text), 0o755)
	}
	const anew = "--user --scope --quiet --collect --property=Delegate=yes --\n"
	for _, c := range []struct{ name, groups, path, kind, want string }{
		{"not delegated", others, works, "v2", anew + "goes on v2\n"},
		{"delegated", delegated, works, "v2", "goes on v2\n"},
		{"version 1 has the limits", others, works, "hybrid", "goes on hybrid\n"},
		{"systemd does not answer", others, refuses, "v2", "goes on v2\n"},
		{"no systemd", others, "/nowhere", "v2", "goes on v2\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			cmd := exec.Command(self, c.kind)
			cmd.Env = []string{scopeRole + "=" + c.groups, "PATH=" + c.path + ":/nowhere"}
			if c.path == works {
				cmd.Env[1] = "PATH=" + c.path + ":/usr/bin:/bin"
			}
			cmd.SysProcAttr = as
			said, err := cmd.CombinedOutput()
			if err != nil || string(said) != c.want {
				t.Errorf("it says %q, %v; want %q", said, err, c.want)
			}
		})
	}
}

func write(t *testing.T, path string, data []byte, mode os.FileMode) {
	t.Helper()
	if err := os.WriteFile(path, data, mode); err != nil {
		t.Fatal(err)
	}
}
