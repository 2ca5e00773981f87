// Attempts on the host, on the kernel and on other programs.
#include "attack.h"
#include <arpa/inet.h>
#include <dirent.h>
#include <linux/if_packet.h>
#include <linux/kcmp.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/timex.h>
#include <sys/uio.h>
#include <sys/un.h>

int main(int, char **);

// paths tries to open each argument for reading.
static int paths(int argc, char **argv) {
	for (int i = 1; i < argc; i++) tell(argv[i], open(argv[i], O_RDONLY) >= 0);
	return 0;
}

static int proc(int argc, char **argv) {
	char b[64];
	const char *secret[] = {"/proc/1/environ", "/proc/1/root", "/proc/1/cmdline", "/proc/1/exe", "/proc/1/maps", "/proc/1/fd", 0};
	for (const char **p = secret; *p; p++) tell(*p, open(*p, O_RDONLY) >= 0);
	const char *empty[] = {"/proc/kcore", "/proc/cmdline", "/proc/kallsyms", 0};
	for (const char **p = empty; *p; p++) {
		int f = open(*p, O_RDONLY);
		printf("%s: %s\n", *p, f >= 0 && read(f, b, sizeof b) > 0 ? "allowed" : "empty");
	}
	int others = 0;
	DIR *d = opendir("/proc");
	for (struct dirent *e; (e = readdir(d));)
		if (atoi(e->d_name) > 0 && atoi(e->d_name) != getpid()) others++;
	printf("others: %d\n", others);
	return 0;
}

// surroundings lists all that was handed to the program.
static int surroundings(int argc, char **argv) {
	extern char **environ;
	for (char **e = environ; *e; e++) printf("env %s\n", *e);
	for (int i = 0; i < argc; i++) printf("arg %s\n", argv[i]);
	for (int fd = 0; fd < 1024; fd++)
		if (fcntl(fd, F_GETFD) >= 0) printf("fd %d\n", fd);
	DIR *d = opendir("/box");
	for (struct dirent *e; (e = readdir(d));)
		if (e->d_name[0] != '.') printf("box %s\n", e->d_name);
	return 0;
}

static void tcp(const char *what, const char *address, int port) {
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(port)};
	inet_pton(AF_INET, address, &a.sin_addr);
	int s = socket(AF_INET, SOCK_STREAM, 0);
	tell(what, connect(s, (struct sockaddr *)&a, sizeof a) == 0);
	close(s);
}

// network tries a port of the host where somebody listens, and an abstract socket of the host.
static int network(int argc, char **argv) {
	tcp("the judge", "127.0.0.1", atoi(argv[1]));
	tcp("metadata", "169.254.169.254", 80);
	tcp("LAN", "192.168.1.1", 80);
	tcp("internet", "1.1.1.1", 443);
	struct sockaddr_in dns = {.sin_family = AF_INET, .sin_port = htons(53)};
	inet_pton(AF_INET, "8.8.8.8", &dns.sin_addr);
	tell("DNS", sendto(socket(AF_INET, SOCK_DGRAM, 0), "x", 1, 0, (struct sockaddr *)&dns, sizeof dns) == 1);
	return 0;
}

// talk connects to a port of its own.
static int talk(int argc, char **argv) {
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t n = sizeof a;
	int l = socket(AF_INET, SOCK_STREAM, 0);
	tell("talking", !bind(l, (struct sockaddr *)&a, n) && !listen(l, 1) && !getsockname(l, (struct sockaddr *)&a, &n) &&
		!connect(socket(AF_INET, SOCK_STREAM, 0), (struct sockaddr *)&a, n));
	return 0;
}

static int sockets(int argc, char **argv) {
	tell("raw", socket(AF_INET, SOCK_RAW, IPPROTO_ICMP) >= 0);
	tell("packet", socket(AF_PACKET, SOCK_RAW, 0) >= 0);
	tell("netlink", socket(AF_NETLINK, SOCK_RAW, 0) >= 0);
	tell("vsock", socket(AF_VSOCK, SOCK_STREAM, 0) >= 0);
	tell("kernel crypto", socket(AF_ALG, SOCK_SEQPACKET, 0) >= 0);
	struct sockaddr_un a = {AF_UNIX};
	strcpy(a.sun_path + 1, argv[1]);
	tell("abstract", connect(socket(AF_UNIX, SOCK_STREAM, 0), (struct sockaddr *)&a, 3 + strlen(argv[1])) == 0);
	return 0;
}

static int spy(int argc, char **argv) {
	char b[8];
	pid_t child = fork();
	if (child == 0) for (;;) pause();
	for (int i = 0; i < 2; i++) {
		pid_t p = i ? child : 1;
		struct iovec here = {b, 8}, there = {(void *)main, 8};
		tell("ptrace", ptrace(PTRACE_ATTACH, p, 0, 0) == 0);
		tell("process_vm_readv", process_vm_readv(p, &here, 1, &there, 1, 0) >= 0);
		tell("process_vm_writev", process_vm_writev(p, &here, 1, &there, 1, 0) >= 0);
		tell("kcmp", syscall(SYS_kcmp, getpid(), p, KCMP_FILES, 0, 0) >= 0);
		tell("pidfd_getfd", syscall(SYS_pidfd_getfd, syscall(SYS_pidfd_open, p, 0), 0, 0) >= 0);
	}
	tell("traceme", ptrace(PTRACE_TRACEME, 0, 0, 0) == 0);
	kill(child, SIGKILL);
	return 0;
}

static int mounts(int argc, char **argv) {
	tell("mount", mount("none", "/tmp", "tmpfs", 0, 0) == 0);
	tell("bind", mount("/usr", "/tmp", 0, MS_BIND, 0) == 0);
	tell("remount", mount(0, "/usr", 0, MS_REMOUNT | MS_BIND, 0) == 0);
	tell("umount", umount2("/tmp", MNT_DETACH) == 0);
	tell("pivot_root", syscall(SYS_pivot_root, "/tmp", "/tmp") == 0);
	tell("chroot", chroot("/tmp") == 0);
	tell("open_tree", syscall(SYS_open_tree, -100, "/", 1) >= 0);
	tell("move_mount", syscall(SYS_move_mount, -100, "/usr", -100, "/tmp", 0) == 0);
	tell("fsopen", syscall(SYS_fsopen, "tmpfs", 0) >= 0);
	tell("mount_setattr", syscall(442, -100, "/", 0, 0, 0) == 0);
	tell("unshare user", unshare(CLONE_NEWUSER) == 0);
	tell("unshare mounts", unshare(CLONE_NEWNS) == 0);
	tell("setns", setns(open("/proc/self/ns/net", O_RDONLY), 0) == 0);
	return 0;
}

struct clone_args_ { unsigned long flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls; };

static int namespaces(int argc, char **argv) {
	struct clone_args_ a = {.flags = CLONE_NEWUSER, .exit_signal = SIGCHLD};
	errno = 0;
	long p = syscall(SYS_clone3, &a, sizeof a);
	if (p == 0) _exit(0);
	printf("clone3: %s\n", p > 0 ? "allowed" : strerrorname_np(errno));
	fflush(stdout);
	errno = 0;
	p = syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0);
	if (p == 0) _exit(0);
	printf("clone: %s\n", p > 0 ? "allowed" : strerrorname_np(errno));
	return 0;
}

// foreign makes a system call by the door of another architecture: 32-bit, or the x32 numbers.
static int foreign(int argc, char **argv) {
#ifdef __x86_64__
	long r;
	if (argc > 1) r = syscall(0x40000000 | 39);
	else __asm__ volatile("int $0x80" : "=a"(r) : "a"(20) : "memory");
	printf("allowed: %ld\n", r);
#endif
	return 0;
}

static int kernel(int argc, char **argv) {
	char args[256] = {0};
	tell("add_key", syscall(SYS_add_key, "user", "x", "y", 1, -3) >= 0);
	tell("keyctl", syscall(SYS_keyctl, 0, -3, 1) >= 0);
	tell("request_key", syscall(SYS_request_key, "user", "x", 0, 0) >= 0);
	tell("io_uring_setup", syscall(SYS_io_uring_setup, 4, args) >= 0);
	tell("bpf", syscall(SYS_bpf, 0, args, 64) >= 0);
	tell("perf_event_open", syscall(SYS_perf_event_open, args, 0, -1, -1, 0) >= 0);
	tell("userfaultfd", syscall(SYS_userfaultfd, 1) >= 0);
	tell("init_module", syscall(SYS_init_module, args, 8, "") >= 0);
	tell("kexec_load", syscall(SYS_kexec_load, 0, 0, 0, 0) >= 0);
	tell("syslog", syscall(SYS_syslog, 3, args, 8) >= 0);
	tell("open_by_handle_at", syscall(SYS_open_by_handle_at, -100, args, 0) >= 0);
	tell("swapon", syscall(SYS_swapon, "/tmp/x", 0) == 0);
	tell("reboot", syscall(SYS_reboot, 0, 0, 0, 0) == 0);
	return 0;
}

// reborn runs a copy of itself from anonymous memory: the walls must come along.
static int reborn(int argc, char **argv) {
	static char b[1 << 16];
	int from = open("/proc/self/exe", O_RDONLY), to = memfd_create("reborn", 0);
	for (ssize_t n; (n = read(from, b, sizeof b)) > 0;)
		if (write(to, b, n) != n) return 2;
	char *args[] = {"attack", "mounts", 0}, *env[] = {0};
	fexecve(to, args, env);
	printf("fexecve: %s\n", strerrorname_np(errno));
	return 0;
}

static int clocks(int argc, char **argv) {
	struct timespec t = {1000000000};
	struct timeval v = {1000000000};
	struct timex x = {.modes = ADJ_FREQUENCY};
	tell("clock_settime", clock_settime(CLOCK_REALTIME, &t) == 0);
	tell("settimeofday", settimeofday(&v, 0) == 0);
	tell("adjtimex", adjtimex(&x) >= 0);
	return 0;
}

static int limits(int argc, char **argv) {
	struct rlimit most = {RLIM_INFINITY, RLIM_INFINITY}, now;
	int which[] = {RLIMIT_FSIZE, RLIMIT_NOFILE, RLIMIT_CORE, RLIMIT_STACK, RLIMIT_MEMLOCK};
	for (int i = 0; i < 5; i++) {
		tell("prlimit", prlimit(0, which[i], &most, 0) == 0);
		tell("setrlimit", syscall(SYS_setrlimit, which[i], &most) == 0);
	}
	printf("reading: %s\n", prlimit(0, RLIMIT_NOFILE, 0, &now) == 0 ? "allowed" : strerrorname_np(errno));
	errno = 0;
	printf("nice: %s\n", nice(-5) == -1 && errno ? strerrorname_np(errno) : "allowed");
	tell("setpriority", setpriority(PRIO_PROCESS, 0, -5) == 0);
	tell("oom_score_adj", write(open("/proc/self/oom_score_adj", O_WRONLY), "-1000", 5) == 5);
	return 0;
}

static int terminal(int argc, char **argv) {
	char c = 'x';
	tell("TIOCSTI", ioctl(0, TIOCSTI, &c) == 0);
	tell("TIOCLINUX", ioctl(0, 0x541C, &c) == 0);
	printf("terminal: %s\n", isatty(0) || isatty(1) || isatty(2) || open("/dev/tty", O_RDWR) >= 0 ? "allowed" : "none");
	printf("session: %s\n", getsid(0) == getpid() ? "own" : "another's");
	return 0;
}

static int overwrite(int argc, char **argv) {
	tell("/proc/self/exe", open("/proc/self/exe", O_WRONLY) >= 0);
	tell("/proc/1/exe", open("/proc/1/exe", O_WRONLY) >= 0);
	tell("/proc/1/mem", open("/proc/1/mem", O_WRONLY) >= 0);
	return 0;
}

static int counters(int argc, char **argv) { return paths(4, (char *[]){"", "/proc/stat", "/proc/loadavg", "/proc/meminfo"}); }



struct entry escapes[] = {{"paths", paths}, {"proc", proc}, {"surroundings", surroundings}, {"network", network}, {"talk", talk}, {"sockets", sockets}, {"spy", spy}, {"mounts", mounts},
	{"namespaces", namespaces}, {"foreign", foreign}, {"kernel", kernel}, {"reborn", reborn}, {"clocks", clocks}, {"limits", limits}, {"terminal", terminal},
	{"overwrite", overwrite}, {"counters", counters}, {0}};
