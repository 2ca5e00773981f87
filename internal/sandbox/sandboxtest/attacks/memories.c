// Memory, descriptors and what is shared through the kernel.
#include "attack.h"
#include <mqueue.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>

// bomb touches up to 1 GiB: enough to pass any limit of the suite, and harmless where the limit is missing.
static void bomb(void) {
	for (int i = 0; i < 1024; i++) {
		char *p = malloc(1 << 20);
		if (!p) _exit(5);
		memset(p, i + 1, 1 << 20);
	}
}

static int memory_bomb(int argc, char **argv) { bomb(); return 0; }

static int memory_children(int argc, char **argv) {
	for (int i = 0; i < 8; i++)
		if (fork() == 0) {
			bomb();
			for (;;) pause();
		}
	for (;;) pause();
}

static int descriptors(int argc, char **argv) {
	int n = 3;
	while (open("/dev/null", O_RDONLY) >= 0) n++;
	printf("%d descriptors, then %s\n", n, strerrorname_np(errno));
	return 0;
}

// leave puts something everywhere where the next program might find it; look looks. Keys are the same.
static int leave(int argc, char **argv) {
	tell("/dev/shm", open("/dev/shm/left", O_CREAT | O_RDWR, 0666) >= 0);
	tell("shared memory", shmget(0xCA0D, 4096, IPC_CREAT | 0666) >= 0);
	tell("semaphores", semget(0xCA0D, 1, IPC_CREAT | 0666) >= 0);
	tell("System V queue", msgget(0xCA0D, IPC_CREAT | 0666) >= 0);
	tell("POSIX queue", mq_open("/left", O_CREAT | O_RDWR, 0666, NULL) >= 0);
	tell("/tmp", open("/tmp/left", O_CREAT | O_RDWR, 0666) >= 0);
	return 0;
}

static int look(int argc, char **argv) {
	tell("/dev/shm", open("/dev/shm/left", O_RDONLY) >= 0);
	tell("shared memory", shmget(0xCA0D, 4096, 0) >= 0);
	tell("semaphores", semget(0xCA0D, 1, 0) >= 0);
	tell("System V queue", msgget(0xCA0D, 0) >= 0);
	tell("POSIX queue", mq_open("/left", O_RDONLY) >= 0);
	tell("/tmp", open("/tmp/left", O_RDONLY) >= 0);
	return 0;
}

struct entry memories[] = {{"memory_bomb", memory_bomb}, {"memory_children", memory_children}, {"descriptors", descriptors}, {"leave", leave}, {"look", look}, {0}};
