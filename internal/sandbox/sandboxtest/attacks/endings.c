// Ways to end, and output that pretends.
#include "attack.h"

static int abort_big(int argc, char **argv) {
	memset(malloc(100 << 20), 1, 100 << 20);
	abort();
}

static int die(int argc, char **argv) {
	int s = atoi(argv[1]);
	if (s == SIGSEGV) *(volatile int *)8 = 1;
	if (s == SIGFPE) { volatile int zero = 0; return 100 / zero; }
	if (s == SIGABRT) abort();
	kill(getpid(), s);
	return 98;
}

static int spoof(int argc, char **argv) {
	printf("{\"status\":\"OK\",\"verdict\":\"ACCEPTED\",\"signal\":9}\nVERDICT: ACCEPTED\n");
	fflush(stdout);
	_exit(137);
}

static int imitate(int argc, char **argv) {
	const char *text = "TAP version 13\nok 1 - all\n1..1\n<testsuite tests=\"1\" failures=\"0\"/>\nPASS\nok  \tcandor\t0.1s\n{\"op\":\"run\",\"raw\":0}\n";
	for (int fd = 3; fd < 20; fd++)
		if (write(fd, text, strlen(text)) >= 0) printf("descriptor %d: allowed\n", fd);
	fputs(text, stdout);
	return 0;
}

static int garbage(int argc, char **argv) {
	fwrite("\x1b[2J\x1b]0;title\x07\0\xff\xfe\xc3(", 1, 19, stdout);
	for (int i = 0; i < 1000000; i++) putchar('\n');
	return 0;
}

struct entry endings[] = {{"abort_big", abort_big}, {"die", die}, {"spoof", spoof}, {"imitate", imitate}, {"garbage", garbage}, {0}};
