// Many processes and threads, and processes that want to stay.
#include "attack.h"
#include <pthread.h>

static int fork_bomb(int argc, char **argv) { for (;;) fork(); }

static void *wait_for_ever(void *x) { for (;;) pause(); }

static int thread_bomb(int argc, char **argv) {
	pthread_attr_t small;
	pthread_attr_init(&small);
	pthread_attr_setstacksize(&small, 64 << 10);
	pthread_t t;
	int n = 0;
	while (n < 5000 && pthread_create(&t, &small, wait_for_ever, NULL) == 0) n++;
	printf("%d threads\n", n);
	fflush(stdout);
	_exit(0);
}

static int sleep_long(int argc, char **argv) { sleep(1000); return 0; }

static int deaf(int argc, char **argv) {
	for (int s = 1; s < 65; s++) signal(s, SIG_IGN);
	for (;;) pause();
}

// daemonize leaves a process in a session of its own.
static int daemonize(int argc, char **argv) {
	if (fork() == 0) {
		setsid();
		if (fork() == 0) for (;;) sleep(1);
		_exit(0);
	}
	wait(NULL);
	return 0;
}

static int late_writer(int argc, char **argv) {
	printf("early\n");
	fflush(stdout);
	if (fork() == 0) {
		sleep(2);
		printf("late\n");
		_exit(0);
	}
	return 0;
}

static int kill_all(int argc, char **argv) {
	pid_t child = fork();
	if (child == 0) for (;;) pause();
	tell("SIGKILL to PID 1", kill(1, SIGKILL) == 0); // no error for the same user, and no effect
	tell("SIGSTOP to all", kill(-1, SIGSTOP) == 0);
	tell("SIGKILL to all", kill(-1, SIGKILL) == 0);
	waitpid(child, NULL, 0);
	tell("SIGKILL to nobody", kill(-1, SIGKILL) == 0);
	return 1;
}

static int zombies(int argc, char **argv) {
	int n = 0;
	for (;; n++) {
		pid_t p = fork();
		if (p == 0) _exit(0);
		if (p < 0) break;
	}
	printf("%d zombies, then %s\n", n, strerrorname_np(errno));
	return 0;
}

// hogs divides the work so that no single process passes the limit.
static int hogs(int argc, char **argv) {
	for (int i = 0; i < 5; i++)
		if (fork() == 0) for (;;) ;
	for (;;) ;
}

static int spin(int argc, char **argv) { for (;;) ; }

// orphan burns so many seconds of CPU in a process that nobody waits for.
static int orphan(int argc, char **argv) {
	int p[2];
	char c;
	if (pipe(p)) return 2;
	if (fork() == 0) {
		if (fork() == 0) {
			while (cpu_used() < atof(argv[1])) ;
			if (write(p[1], "x", 1) != 1) _exit(3);
			for (;;) pause();
		}
		_exit(0);
	}
	wait(NULL);
	return read(p[0], &c, 1) == 1 ? 0 : 4;
}

struct entry crowds[] = {{"fork_bomb", fork_bomb}, {"thread_bomb", thread_bomb}, {"sleep", sleep_long}, {"deaf", deaf}, {"daemonize", daemonize},
	{"late_writer", late_writer}, {"kill_all", kill_all}, {"zombies", zombies}, {"hogs", hogs}, {"spin", spin}, {"orphan", orphan}, {0}};
