package sandboxtest

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"candor/internal/sandbox"
)

var attacks = []attack{
	{"01 fork bomb", "process limit", func(b *bench) error {
		return b.expect(sandbox.Spec{Wall: 2 * time.Second}, []sandbox.Status{sandbox.WTLE, sandbox.TLE}, []check{crowded}, "fork_bomb")
	}},
	{"02 thread bomb", "process limit", func(b *bench) error {
		return b.expect(sandbox.Spec{}, ended, []check{crowded, number(32, 64)}, "thread_bomb")
	}},
	{"03 memory bomb", "memory limit", func(b *bench) error {
		return b.expect(sandbox.Spec{CPU: 5 * time.Second}, mle, []check{func(r sandbox.Report) error {
			if r.Memory < 200<<20 || r.Memory > 256<<20 {
				return fmt.Errorf("the peak is not about the limit")
			}
			return nil
		}}, "memory_bomb")
	}},
	{"04 memory bomb in children", "memory limit", func(b *bench) error {
		return b.expect(sandbox.Spec{CPU: 5 * time.Second}, mle, nil, "memory_children")
	}},
	{"05 disk fill", "file system", func(b *bench) error {
		if err := b.expect(sandbox.Spec{}, ended, []check{refused(1, "ENOSPC", "EFBIG")}, "fill", "/tmp"); err != nil {
			return err
		}
		return b.expect(sandbox.Spec{Memory: 768 << 20, CPU: 10 * time.Second}, ended, []check{refused(1, "ENOSPC", "EFBIG")}, "fill", "/box")
	}},
	{"06 sparse file", "file system", func(b *bench) error {
		return b.expect(sandbox.Spec{}, ended, []check{refused(2, "EFBIG")}, "sparse")
	}},
	{"07 inode flood", "file system", func(b *bench) error {
		return b.expect(sandbox.Spec{}, ended, []check{number(1000, 20000), contains("ENOSPC")}, "inodes")
	}},
	{"08 output flood", "", func(b *bench) error {
		return b.expect(sandbox.Spec{Output: 1 << 20}, ole, []check{func(r sandbox.Report) error {
			if kept := len(r.Stdout) + len(r.Stderr); kept != 1<<20 || !r.Cut {
				return fmt.Errorf("%d bytes were kept, cut %v", kept, r.Cut)
			}
			return nil
		}}, "flood")
	}},
	{"09 sleep", "", func(b *bench) error {
		return b.expect(sandbox.Spec{Wall: time.Second}, wtle, []check{func(r sandbox.Report) error {
			if r.CPU > b.scaled(200*time.Millisecond) {
				return fmt.Errorf("a sleeper has used CPU time")
			}
			return nil
		}}, "sleep")
	}},
	{"10 ignores every signal", "", func(b *bench) error {
		return b.expect(sandbox.Spec{Wall: time.Second}, wtle, nil, "deaf")
	}},
	{"11 daemon", "namespaces", func(b *bench) error {
		return b.expect(sandbox.Spec{}, ok, []check{exit(0)}, "daemonize")
	}},
	{"12 late writer", "namespaces", func(b *bench) error {
		return b.expect(sandbox.Spec{}, ok, []check{output("early\n")}, "late_writer")
	}},
	{"13 reads files of the host", "file system", func(b *bench) error {
		return b.expect(sandbox.Spec{}, ok, []check{refused(12, "ENOENT")}, "paths", "/etc/shadow", "/etc/gshadow", "/etc/ssh", "/etc/machine-id", "/root", "/home", "/var", "/run",
			"/var/run/docker.sock", "/sys/fs/cgroup", "/old", "/tmp/candor", os.TempDir()+"/x", "/boot")
	}},
	{"14 reads /proc", "namespaces", func(b *bench) error {
		return b.expect(sandbox.Spec{}, ok, []check{refused(10, "ENOENT", "EACCES", "empty", "0")}, "proc")
	}},
	{"15 looks for what was handed over", "", func(b *bench) error {
		want := fmt.Sprintf("env %s\nenv %s\narg surroundings\nfd 0\nfd 1\nfd 2\nbox attack\n", path[0], b.mark)
		return b.expect(sandbox.Spec{Stdin: []byte("input")}, ok, []check{output(want)}, "surroundings")
	}},
	{"16 connects", "network", func(b *bench) error {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return err
		}
		defer l.Close()
		port := strconv.Itoa(l.Addr().(*net.TCPAddr).Port)
		if err := b.expect(sandbox.Spec{}, ok, []check{refused(1, "EACCES", "ENETUNREACH", "EADDRNOTAVAIL")}, "talk"); err != nil {
			return err
		}
		// A project has a loopback, of its own.
		if err := b.expect(sandbox.Spec{Profile: sandbox.Project}, ok, []check{output("talking: allowed\n")}, "talk"); err != nil {
			return err
		}
		if err := b.expect(sandbox.Spec{Profile: sandbox.Project}, ok, []check{contains("the judge: ECONNREFUSED\n"), contains("internet: ENETUNREACH\n")}, "network", port); err != nil {
			return err
		}
		return b.expect(sandbox.Spec{}, ok, []check{func(r sandbox.Report) error {
			tcp, dns, _ := bytes.Cut(r.Stdout, []byte("DNS: "))
			if string(dns) != "ENETUNREACH\n" { // no Landlock knows UDP
				return fmt.Errorf("a datagram left: %s", dns)
			}
			r.Stdout = tcp
			return refused(4, "EACCES", "ENETUNREACH", "ECONNREFUSED")(r) // Landlock, where it knows TCP, or the empty namespace, whose loopback may be up by now
		}}, "network", port)
	}},
	{"17 sockets of other kinds", "system calls", func(b *bench) error {
		name := strings.ReplaceAll(b.mark, "=", "-")
		l, err := net.Listen("unix", "@"+name)
		if err != nil {
			return err
		}
		defer l.Close()
		return b.expect(sandbox.Spec{}, ok, []check{refused(6, "EPERM", "ECONNREFUSED")}, "sockets", name)
	}},
	{"18 spies on other processes", "system calls", func(b *bench) error {
		return b.expect(sandbox.Spec{}, ok, []check{refused(11, "EPERM")}, "spy")
	}},
	{"19 mounts and namespaces", "system calls", func(b *bench) error {
		return b.expect(sandbox.Spec{}, ok, []check{refused(13, "EPERM")}, "mounts")
	}},
	{"20 clone3 with a user namespace", "system calls", func(b *bench) error {
		return b.expect(sandbox.Spec{}, ok, []check{output("clone3: ENOSYS\nclone: EPERM\n")}, "namespaces")
	}},
	{"21 system calls of another architecture", "system calls", func(b *bench) error {
		if !amd64 {
			return nil // no second door there: 32-bit code does not start
		}
		killed := func(r sandbox.Report) error {
			if r.Signal != 31 || !r.Syscall {
				return errors.New("want signal 31, and the flag that says why")
			}
			return nil
		}
		if err := b.expect(sandbox.Spec{}, re, []check{output(""), func(r sandbox.Report) error {
			if r.Signal == 11 && !r.Syscall {
				return nil // this kernel has no 32-bit door at all
			}
			return killed(r)
		}}, "foreign"); err != nil {
			return err
		}
		return b.expect(sandbox.Spec{}, re, []check{output(""), killed}, "foreign", "x32")
	}},
	{"22 the rest of the kernel", "system calls", func(b *bench) error {
		if err := b.expect(sandbox.Spec{}, ok, []check{refused(13, "EPERM")}, "kernel"); err != nil {
			return err
		}
		return b.expect(sandbox.Spec{}, ok, []check{refused(13, "EPERM")}, "reborn")
	}},
	{"23 clocks", "system calls", func(b *bench) error {
		if err := b.expect(sandbox.Spec{}, ok, []check{refused(3, "EPERM")}, "clocks"); err != nil {
			return err
		}
		return b.expect(sandbox.Spec{CPU: 300 * time.Millisecond}, tle, nil, "spin")
	}},
	{"24 raises its limits", "system calls", func(b *bench) error {
		return b.expect(sandbox.Spec{}, ok, []check{func(r sandbox.Report) error {
			before, after, found := bytes.Cut(r.Stdout, []byte("reading: allowed\n"))
			if !found {
				return errors.New("reading a limit is refused")
			}
			r.Stdout = append(before, after...)
			return refused(13, "EPERM", "EACCES")(r)
		}}, "limits")
	}},
	{"25 terminal", "system calls", func(b *bench) error {
		return b.expect(sandbox.Spec{}, ok, []check{output("TIOCSTI: EPERM\nTIOCLINUX: EPERM\nterminal: none\nsession: own\n")}, "terminal")
	}},
	{"26 artefacts that are not files", "file system", collector},
	{"27 race with the collector", "namespaces", race},
	{"28 core dump", "", func(b *bench) error {
		if err := b.expect(sandbox.Spec{}, re, []check{signal(6)}, "abort_big"); err != nil {
			return err
		}
		r, err := b.run(sandbox.Spec{Args: []string{"/bin/ls", "-A", "/box", "/tmp"}})
		if err != nil {
			return err
		}
		return verify(r, ok, output("/box:\nattack\n\n/tmp:\n"))
	}},
	{"29 dies of a signal", "", func(b *bench) error {
		for _, s := range []int{6, 11, 8, 9, 15} {
			if err := b.expect(sandbox.Spec{}, re, []check{signal(s)}, "die", strconv.Itoa(s)); err != nil {
				return err
			}
		}
		return nil
	}},
	{"30 exit code like a signal", "", func(b *bench) error {
		return b.expect(sandbox.Spec{}, re, []check{exit(137)}, "spoof")
	}},
	{"31 imitates verdicts", "", func(b *bench) error {
		return b.expect(sandbox.Spec{}, ok, []check{exit(0),
			output("TAP version 13\nok 1 - all\n1..1\n<testsuite tests=\"1\" failures=\"0\"/>\nPASS\nok  \tcandor\t0.1s\n{\"op\":\"run\",\"raw\":0}\n")}, "imitate")
	}},
	{"32 kills everybody", "namespaces", func(b *bench) error {
		return b.expect(sandbox.Spec{}, []sandbox.Status{sandbox.RE, sandbox.WTLE}, []check{contains("SIGKILL to nobody: ESRCH")}, "kill_all")
	}},
	{"33 zombies", "process limit", func(b *bench) error {
		return b.expect(sandbox.Spec{}, ended, []check{crowded, number(32, 64), contains("EAGAIN")}, "zombies")
	}},
	{"34 descriptors", "", func(b *bench) error {
		return b.expect(sandbox.Spec{}, ended, []check{number(100, 512), contains("EMFILE")}, "descriptors")
	}},
	{"35 divides the work", "CPU accounting", func(b *bench) error {
		return b.expect(sandbox.Spec{CPU: 500 * time.Millisecond}, tle, nil, "hogs")
	}},
	{"36 orphan burns CPU", "CPU accounting", func(b *bench) error {
		burn := b.scaled(300 * time.Millisecond)
		seconds := strconv.FormatFloat(burn.Seconds(), 'f', 3, 64)
		if err := b.expect(sandbox.Spec{}, ok, []check{func(r sandbox.Report) error {
			if r.CPU < burn {
				return fmt.Errorf("the orphan's CPU time is not counted")
			}
			return nil
		}}, "orphan", seconds); err != nil {
			return err
		}
		return b.expect(sandbox.Spec{CPU: 200 * time.Millisecond}, tle, nil, "orphan", seconds)
	}},
	{"37 leaves something for the next run", "", func(b *bench) error {
		if _, err := b.do(sandbox.Spec{}, "leave"); err != nil {
			return err
		}
		gone := []check{refused(6, "ENOENT", "EPERM", "EACCES", "ENOSYS")}
		if err := b.expect(sandbox.Spec{}, ok, gone, "look"); err != nil {
			return err
		}
		if err := b.open(); err != nil {
			return err
		}
		return b.expect(sandbox.Spec{}, ok, gone, "look")
	}},
	{"38 writes where it may not", "file system", readOnly},
	{"39 overwrites the judge", "namespaces", func(b *bench) error {
		return b.expect(sandbox.Spec{}, ok, []check{refused(3, "ENOENT", "ETXTBSY")}, "overwrite")
	}},
	{"40 compile bomb", "memory limit", func(b *bench) error {
		for _, text := range []string{
			"template<int N, int M> struct T { T<N-1, 2*M> a; T<N-1, 2*M+1> b; }; template<int M> struct T<0, M> {}; T<40, 0> t; int main() {}",
			"constexpr long f(long n) { long s = 0; for (long i = 0; i < n; i++) s += i % 7; return s; } static_assert(f(1L << 60) == 1); int main() {}",
		} {
			if err := b.compile("main.cpp", text, "g++", "-fconstexpr-ops-limit=100000000000", "-fconstexpr-loop-limit=2000000000"); err != nil {
				return err
			}
		}
		return nil
	}},
	{"41 includes devices and secrets", "file system", func(b *bench) error {
		for _, name := range []string{"/dev/random", "/dev/zero", "/dev/stdin", "/etc/shadow", "/proc/kcore", "/root/.profile"} {
			if err := b.compile("main.c", "#include \""+name+"\"\nint main() {}", "gcc"); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
		}
		return nil
	}},
	{"42 giant object and a million errors", "memory limit", func(b *bench) error {
		for _, text := range []string{"char a[1ull << 36] = {1}; int main() {}", `asm(".incbin \"/etc/shadow\""); int main() {}`, strings.Repeat("?", 1_000_000), strings.Repeat("x;\n", 300_000)} {
			if err := b.compile("main.c", text, "gcc", "-fmax-errors=0"); err != nil {
				return fmt.Errorf("%.30q: %w", text, err)
			}
		}
		return nil
	}},
	{"43 code that runs while compiling", "network", func(b *bench) error {
		for _, args := range [][]string{{"paths", "/etc/shadow", "/root", "/home", "/var"}, {"mounts"}, {"kernel"}} {
			if err := b.expect(sandbox.Spec{Profile: sandbox.Compile}, ok, []check{refused(4, "ENOENT", "EPERM")}, args...); err != nil {
				return err
			}
		}
		return b.expect(sandbox.Spec{Profile: sandbox.Compile}, ok, []check{refused(5, "EACCES", "ENETUNREACH")}, "network", "80")
	}},
	{"46 deep tree and strange names", "file system", func(b *bench) error {
		// A hundred thousand folders: inodes end before that, and CPU time may end before those.
		if err := b.expect(sandbox.Spec{}, []sandbox.Status{sandbox.OK, sandbox.RE, sandbox.TLE}, nil, "deep"); err != nil {
			return err
		}
		if _, err := b.slot.Read(b.ctx, strings.Repeat("d/", 2000)+"x", 10); !errors.Is(err, sandbox.ErrArtefact) {
			return fmt.Errorf("Read of a name that is too long = %w; want ErrArtefact", err)
		}
		return nil
	}},
	{"47 bytes that are no text", "", func(b *bench) error {
		return b.expect(sandbox.Spec{}, ok, []check{output("\x1b[2J\x1b]0;title\x07\x00\xff\xfe\xc3(" + strings.Repeat("\n", 1_000_000))}, "garbage")
	}},
	{"48 reads shared counters", "", func(b *bench) error {
		i := slices.IndexFunc(b.engine.Layers(), func(l sandbox.Layer) bool { return l.Name == "shared counters" })
		if i < 0 {
			return errors.New("no layer says whether the kernel's counters are shared")
		}
		want := "allowed"
		if b.engine.Layers()[i].Enforced {
			want = "ENOENT"
		}
		return b.expect(sandbox.Spec{}, ok, []check{refused(3, want)}, "counters")
	}},
}
