package ns

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"unsafe"

	"golang.org/x/sys/unix"
)

// libraries are links into /usr on most systems, and folders of their own on some.
var libraries = []string{"/bin", "/sbin", "/lib", "/lib64", "/lib32", "/libx32"}

// canary is a file that everybody could read, were it not beside the folders that Landlock allows.
const canary = "/.beside"

// masked stands in for files of /proc that are nobody's business: it can be neither read nor written.
const masked = "/.masked"

// buildRoot makes the world of a slot on a tmpfs and moves into it: toolchains read-only, /box and /tmp writable and bounded, a /dev
// of five devices, a /proc that shows only one's own processes. The host's root is unreachable afterwards.
func buildRoot(s setup) error {
	step := func(what string, err error) error {
		if err != nil {
			return fmt.Errorf("%s: %w", what, err)
		}
		return nil
	}
	if err := step("making mounts private", unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, "")); err != nil {
		return err
	}
	if err := step("mounting the root", unix.Mount("candor", s.Base, "tmpfs", unix.MS_NOSUID|unix.MS_NODEV, "size=1m,nr_inodes=2048,mode=0755")); err != nil {
		return err
	}
	at := func(p string) string { return filepath.Join(s.Base, p) }
	for _, dir := range []string{"proc", "dev", "scratch/tmp", "box", "etc", "old", "usr"} {
		if err := os.MkdirAll(at(dir), 0o755); err != nil {
			return err
		}
	}
	if err := os.Symlink(tmpAt[1:], at("tmp")); err != nil {
		return err
	}
	for _, name := range libraries {
		if to, err := os.Readlink(name); err == nil {
			if err := os.Symlink(to, at(name)); err != nil {
				return err
			}
		} else if _, err := os.Stat(name); err == nil {
			if err := bind(name, at(name)); err != nil {
				return err
			}
		}
	}
	for _, b := range s.Binds {
		from, to := bound(b)
		if _, err := os.Stat(from); errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err := bind(from, at(to)); err != nil {
			return err
		}
	}
	etc := map[string]string{
		"passwd": fmt.Sprintf("root:x:0:0::/:/bin/sh\ncandidate:x:%d:%d::/tmp:/bin/sh\n", s.UID, s.UID),
		"group":  fmt.Sprintf("root:x:0:\ncandidate:x:%d:\n", s.UID),
		"hosts":  "127.0.0.1 localhost\n::1 localhost\n", "nsswitch.conf": "hosts: files\npasswd: files\ngroup: files\n",
	}
	for name, text := range etc {
		if err := os.WriteFile(at("etc/"+name), []byte(text), 0o644); err != nil {
			return err
		}
	}
	if err := os.WriteFile(at(canary), nil, 0o444); err != nil {
		return err
	}
	if err := step("mounting /dev", unix.Mount("dev", at("dev"), "tmpfs", unix.MS_NOSUID|unix.MS_NOEXEC, "size=64k,nr_inodes=32,mode=0755")); err != nil {
		return err
	}
	for _, d := range []string{"null", "zero", "full", "random", "urandom"} {
		if err := os.WriteFile(at("dev/"+d), nil, 0o666); err != nil {
			return err
		}
		if err := step("binding /dev/"+d, unix.Mount("/dev/"+d, at("dev/"+d), "", unix.MS_BIND, "")); err != nil {
			return err
		}
	}
	for name, to := range map[string]string{"fd": "/proc/self/fd", "stdin": "/proc/self/fd/0", "stdout": "/proc/self/fd/1", "stderr": "/proc/self/fd/2"} {
		if err := os.Symlink(to, at("dev/"+name)); err != nil {
			return err
		}
	}
	if err := step("sealing /dev", unix.Mount("", at("dev"), "", unix.MS_REMOUNT|unix.MS_BIND|unix.MS_RDONLY|unix.MS_NOSUID|unix.MS_NOEXEC, "")); err != nil {
		return err
	}
	if err := step("mounting /proc", unix.Mount("proc", at("proc"), "proc", unix.MS_NOSUID|unix.MS_NODEV|unix.MS_NOEXEC, "hidepid=2")); err != nil {
		return err
	}
	if err := os.WriteFile(at(masked), nil, 0); err != nil {
		return err
	}
	for _, p := range []string{"kcore", "cmdline", "kallsyms", "kmsg", "keys", "key-users", "timer_list", "sched_debug", "config.gz", "sysrq-trigger", "mounts", "partitions", "interrupts"} {
		if info, err := os.Lstat(at("proc/" + p)); err == nil && info.Mode().IsRegular() {
			if err := step("masking /proc/"+p, bind(at(masked), at("proc/"+p))); err != nil {
				return err
			}
		}
	}
	for _, p := range []string{"sys", "irq", "bus", "fs", "acpi", "scsi"} {
		if _, err := os.Stat(at("proc/" + p)); err == nil {
			if err := bind(at("proc/"+p), at("proc/"+p)); err != nil {
				return err
			}
		}
	}
	box := fmt.Sprintf("size=%d,nr_inodes=%d,mode=1777", s.BoxBytes, s.Inodes)
	if err := step("mounting /box", unix.Mount("box", at("box"), "tmpfs", unix.MS_NOSUID|unix.MS_NODEV, box)); err != nil {
		return err
	}
	if err := step("pivot_root", unix.PivotRoot(s.Base, at("old"))); err != nil {
		return err
	}
	if err := os.Chdir("/"); err != nil {
		return err
	}
	if err := step("leaving the old root", unix.Unmount("/old", unix.MNT_DETACH)); err != nil {
		return err
	}
	if err := os.Remove("/old"); err != nil {
		return err
	}
	if err := mountTmp(s); err != nil {
		return err
	}
	if err := step("naming", unix.Sethostname([]byte("candor"))); err != nil {
		return err
	}
	return step("sealing the root", unix.Mount("", "/", "", unix.MS_REMOUNT|unix.MS_BIND|unix.MS_RDONLY|unix.MS_NOSUID|unix.MS_NODEV, ""))
}

// bound splits "/from=/to"; without a second part both are the same.
func bound(b string) (from, to string) {
	from, to, named := strings.Cut(b, "=")
	if !named {
		to = from
	}
	return from, to
}

// tmpAt is where /tmp leads. Landlock knows a folder by what is mounted there: a rule for a mounted folder ends with the mount, and /tmp is mounted anew
// after a run. The rule is therefore for the folder around it, which belongs to the read-only root and holds nothing else.
const (
	tmpAt   = scratch + "/tmp"
	scratch = "/scratch"
)

func mountTmp(s setup) error {
	return unix.Mount("tmp", tmpAt, "tmpfs", unix.MS_NOSUID|unix.MS_NODEV, fmt.Sprintf("size=%d,nr_inodes=%d,mode=1777", s.TmpBytes, s.Inodes))
}

// bind shows a file or folder read-only, with what is mounted below it.
func bind(from, to string) error {
	info, err := os.Stat(from)
	if err != nil {
		return err
	}
	if info.IsDir() {
		err = os.MkdirAll(to, 0o755)
	} else {
		if err = os.MkdirAll(path.Dir(to), 0o755); err == nil {
			if _, e := os.Stat(to); e != nil {
				err = os.WriteFile(to, nil, 0o644)
			}
		}
	}
	if err != nil {
		return err
	}
	if err := unix.Mount(from, to, "", unix.MS_BIND|unix.MS_REC, ""); err != nil {
		return fmt.Errorf("binding %s: %w", from, err)
	}
	sealed := unix.MountAttr{Attr_set: unix.MOUNT_ATTR_RDONLY | unix.MOUNT_ATTR_NOSUID | unix.MOUNT_ATTR_NODEV}
	if err := unix.MountSetattr(-1, to, unix.AT_RECURSIVE, &sealed); err != nil {
		return fmt.Errorf("making %s read-only: %w", from, err)
	}
	return nil
}

// Landlock access bits of files by ABI (linux/landlock.h).
const (
	llExecute  = 1 << 0
	llWrite    = 1 << 1
	llRead     = 1 << 2
	llReadDir  = 1 << 3
	llRefer    = 1 << 13 // ABI 2
	llTruncate = 1 << 14 // ABI 3
	llIoctl    = 1 << 15 // ABI 5
	llAllV1    = 1<<13 - 1
)

// landlockABI is 0 where the kernel has no Landlock.
func landlockABI() int {
	v, _, e := unix.RawSyscall(unix.SYS_LANDLOCK_CREATE_RULESET, 0, 0, 1)
	if e != 0 {
		return 0
	}
	return int(v)
}

// ruleset is a descriptor with the file allow-list and, unless loopback, every TCP port denied; -1 where there is no Landlock.
func ruleset(binds []string, loopback bool) (int, error) {
	abi := landlockABI()
	if abi == 0 {
		return -1, nil
	}
	handled := uint64(llAllV1)
	if abi >= 2 {
		handled |= llRefer
	}
	if abi >= 3 {
		handled |= llTruncate
	}
	if abi >= 5 {
		handled |= llIoctl
	}
	attr := [3]uint64{handled, 0, 0}
	size := uintptr(8)
	if abi >= 4 {
		size = 16
		if !loopback {
			attr[1] = 3 // bind and connect
		}
	}
	if abi >= 6 {
		size, attr[2] = 24, 3 // abstract unix sockets and signals stay inside
	}
	fd, _, e := unix.RawSyscall(unix.SYS_LANDLOCK_CREATE_RULESET, uintptr(unsafe.Pointer(&attr)), size, 0)
	if e != 0 {
		return -1, e
	}
	read := uint64(llExecute | llRead | llReadDir)
	type rule struct {
		path string
		bits uint64
	}
	rules := []rule{{"/", llReadDir}, {"/etc", read}, {"/proc", llRead | llReadDir | llWrite}, {"/dev", llRead | llReadDir | llWrite}, {scratch, handled}, {"/box", handled}}
	for _, path := range append(slices.Clone(libraries), binds...) {
		_, to := bound(path)
		rules = append(rules, rule{to, read})
	}
	for _, r := range rules {
		bits := r.bits
		p, err := unix.Open(r.path, unix.O_PATH|unix.O_CLOEXEC, 0)
		if err == unix.ENOENT {
			continue
		}
		if err != nil {
			unix.Close(int(fd))
			return -1, err
		}
		beneath := struct {
			bits uint64
			fd   int32
		}{bits & handled, int32(p)}
		var info unix.Stat_t
		if unix.Fstat(p, &info) == nil && info.Mode&unix.S_IFMT != unix.S_IFDIR {
			beneath.bits &^= llReadDir // EINVAL for a file
		}
		_, _, e := unix.RawSyscall6(unix.SYS_LANDLOCK_ADD_RULE, fd, 1, uintptr(unsafe.Pointer(&beneath)), 0, 0, 0)
		unix.Close(p)
		if e != 0 {
			unix.Close(int(fd))
			return -1, fmt.Errorf("%s: %w", r.path, e)
		}
	}
	return int(fd), nil
}
