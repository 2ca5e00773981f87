// Files that fill, and files that are not what they seem.
#include "attack.h"
#include <sys/un.h>

static const char *full(const char *dir, long piece, long max) {
	static char block[1 << 16], name[64];
	for (int i = 0;; i++) {
		snprintf(name, sizeof name, "%s/fill%d", dir, i);
		int f = open(name, O_CREAT | O_WRONLY, 0644);
		if (f < 0) return strerrorname_np(errno);
		for (long n = 0; n < piece; n += sizeof block) {
			if (write(f, block, sizeof block) < 0) return strerrorname_np(errno);
			if ((max -= sizeof block) < 0) return "allowed";
		}
		close(f);
	}
}

// fill writes until it cannot, and at most 1 GiB.
static int fill(int argc, char **argv) {
	signal(SIGXFSZ, SIG_IGN);
	printf("filling: %s\n", full(argv[1], 16 << 20, 1 << 30));
	return 0;
}

static int sparse(int argc, char **argv) {
	signal(SIGXFSZ, SIG_IGN);
	int f = open("/tmp/sparse", O_CREAT | O_RDWR, 0644);
	tell("truncate to 1 TiB", ftruncate(f, 1L << 40) == 0);
	tell("write at 1 TiB", pwrite(f, "x", 1, 1L << 40) == 1);
	return 0;
}

static int inodes(int argc, char **argv) {
	char name[64];
	int n = 0, f;
	for (;; n++) {
		snprintf(name, sizeof name, "/tmp/i%d", n);
		if ((f = open(name, O_CREAT | O_WRONLY, 0644)) < 0) break;
		close(f);
	}
	printf("%d files, then %s\n", n, strerrorname_np(errno));
	return 0;
}

static int flood(int argc, char **argv) {
	static char block[1 << 16];
	memset(block, 'y', sizeof block);
	while (write(1 + (rand() & 1), block, sizeof block) > 0) ;
	return 0;
}

// bait leaves in the box what a careless collector would follow.
static int bait(int argc, char **argv) {
	tell("link to /etc/shadow", symlink("/etc/shadow", "out.txt") == 0);
	tell("link to /etc/passwd", symlink("/etc/passwd", "passwd.txt") == 0);
	tell("link within the box", symlink("honest.txt", "alias.txt") == 0);
	tell("folder that is a link", symlink("../../etc", "dir") == 0);
	tell("FIFO", mkfifo("fifo.txt", 0666) == 0);
	tell("device", mknod("device.txt", S_IFBLK | 0666, 8 << 8) == 0);
	tell("folder", mkdir("folder.txt", 0777) == 0);
	tell("hard link", link("/etc/passwd", "hard.txt") == 0);
	struct sockaddr_un a = {AF_UNIX, "socket.txt"};
	tell("socket", bind(socket(AF_UNIX, SOCK_STREAM, 0), (struct sockaddr *)&a, sizeof a) == 0);
	tell("1 GiB", ftruncate(open("huge.txt", O_CREAT | O_RDWR, 0666), 1 << 30) == 0);
	int f = open("honest.txt", O_CREAT | O_WRONLY, 0666);
	return write(f, "result\n", 7) == 7 ? 0 : 1;
}

// swap leaves a process that exchanges a file for a link as fast as it can.
static int swap(int argc, char **argv) {
	if (symlink("/etc/passwd", "evil")) return 1;
	int f = open("good", O_CREAT | O_WRONLY, 0666);
	if (write(f, "result\n", 7) != 7 || link("good", "out.txt")) return 1;
	if (fork() == 0) {
		setsid();
		for (;;) {
			link("good", "next"), rename("next", "out.txt"), unlink("next");
			link("evil", "next"), rename("next", "out.txt"), unlink("next");
		}
	}
	usleep(20000);
	return 0;
}

static int write_everywhere(int argc, char **argv) {
	const char *places[] = {"/usr/x", "/usr/bin/x", "/usr/lib/x", "/usr/local/x", "/etc/x", "/x", "/lib/x", "/proc/sys/kernel/hostname", "/proc/sysrq-trigger", "/dev/x", 0};
	for (const char **p = places; *p; p++) tell(*p, open(*p, O_CREAT | O_WRONLY, 0666) >= 0);
	tell("/etc/passwd", open("/etc/passwd", O_WRONLY) >= 0);
	tell("/usr/bin/env", open("/usr/bin/env", O_WRONLY) >= 0);
	tell("unlink /usr/bin/env", unlink("/usr/bin/env") == 0);
	tell("chmod /usr", chmod("/usr", 0777) == 0);
	return 0;
}

// protected tries to change a file of ours in a folder where others may add files.
static int protected(int argc, char **argv) {
	tell("write", open("tests/ours.txt", O_WRONLY) >= 0);
	tell("chmod", chmod("tests/ours.txt", 0666) == 0);
	tell("unlink", unlink("tests/ours.txt") == 0);
	tell("rename over", rename("mine.txt", "tests/ours.txt") == 0);
	tell("rename", rename("tests/ours.txt", "tests/theirs.txt") == 0);
	tell("rename the folder", rename("tests", "old") == 0);
	tell("add", open("tests/added.txt", O_CREAT | O_WRONLY, 0666) >= 0);
	return 0;
}

// plant prepares folders into which files of ours will be put: a link, and a folder of its own.
static int plant(int argc, char **argv) {
	mkdir("away", 0777);
	tell("link as folder", symlink("away", "tests") == 0);
	tell("folder of its own", mkdir("own", 0777) == 0);
	return 0;
}

static int box_write(int argc, char **argv) {
	tell("new file in /box", open("/box/new.txt", O_CREAT | O_WRONLY, 0666) >= 0);
	tell("own file in /box", open("/box/mine.txt", O_WRONLY) >= 0);
	return 0;
}

static int deep(int argc, char **argv) {
	int n = 0;
	while (n < 100000 && mkdir("d", 0777) == 0 && chdir("d") == 0) n++;
	int stopped = errno;
	char long_name[256];
	memset(long_name, 'n', 255), long_name[255] = 0;
	chdir("/tmp");
	tell("new line", mkdir("/tmp/a\nb", 0777) == 0);
	tell("invalid UTF-8", mkdir("/tmp/\xff\xfe", 0777) == 0);
	tell("255 bytes", mkdir(long_name, 0777) == 0);
	printf("%d deep, then %s\n", n, strerrorname_np(stopped));
	return 0;
}

struct entry files[] = {{"fill", fill}, {"sparse", sparse}, {"inodes", inodes}, {"flood", flood}, {"bait", bait}, {"swap", swap}, {"write_everywhere", write_everywhere},
	{"protected", protected}, {"plant", plant}, {"box_write", box_write}, {"deep", deep}, {0}};
