// Small hostile programs, one binary: `attack NAME [ARG...]`. What an attempt came to is printed as "what: ERRNO" or "what: allowed";
// the suite compares, the sandbox never reads it.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

// tell prints what became of an attempt; ok says that it worked.
#define tell(what, ok) do { errno = 0; int ok_ = (ok); printf("%s: %s\n", what, ok_ ? "allowed" : strerrorname_np(errno)); fflush(stdout); } while (0)

typedef int attack(int argc, char **argv);
struct entry { const char *name; attack *run; };
extern struct entry crowds[], memories[], files[], escapes[], endings[];

double cpu_used(void); // seconds of this process
