#include "attack.h"

double cpu_used(void) {
	struct timespec t;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

// honest is the program that comes next: it adds two numbers.
static int honest(void) {
	int a, b;
	if (scanf("%d %d", &a, &b) != 2) return 1;
	printf("%d\n", a + b);
	return 0;
}

int main(int argc, char **argv) {
	struct entry *all[] = {crowds, memories, files, escapes, endings};
	if (argc < 2 || !strcmp(argv[1], "honest")) return honest();
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		for (struct entry *e = all[i]; e->name; e++)
			if (!strcmp(e->name, argv[1])) return e->run(argc - 1, argv + 1);
	fprintf(stderr, "no attack %s\n", argv[1]);
	return 99;
}
