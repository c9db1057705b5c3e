/* A child process. It leads a process group of its own, dies with us (PR_SET_PDEATHSIG, SIGKILL), reads from
 * /dev/null and writes to a log file; no other descriptor of ours reaches it.
 *
 * The caller: fills a spec, calls process_start, watches process_fd (readable when the child has ended), then
 * calls process_reap. process_free ends whatever still runs, at once and with its whole group. Nothing that
 * the spec points to is kept after process_start, and process_start leaves nothing open or running where it
 * fails. */
#ifndef CPMSPEC_DRIVE_PROCESS_H
#define CPMSPEC_DRIVE_PROCESS_H

#include "base/error.h"

#include <stdbool.h>
#include <sys/types.h>

struct process_spec {
    const char *const *argv; /* ends with NULL; argv[0] is looked for in PATH, and in the sbin folders */
    const char *dir;         /* working folder; NULL: ours */
    const char *log;         /* standard output and error are added to this file; NULL: /dev/null */
    int out; /* 0: no. Standard output goes to this descriptor, which stays the caller's, and standard error
              * too where there is no log */
    const char *const *env; /* "NAME=value" added to our environment; ends with NULL; may be NULL */
};

struct process;

/* -ENOENT where the program does not exist (the text names it), or the errno of what failed. */
int process_start(const struct process_spec *spec, struct process **ret, struct error *err);

/* Runs body(ctx) in a child that is a copy of us; its value is the exit status. It keeps our standard streams
 * and the descriptor `keep` (-1: none) and no other. Otherwise as process_start. */
int process_fork(int (*body)(void *ctx), void *ctx, int keep, struct process **ret, struct error *err);

/* Kills the group (SIGKILL) where it still runs, waits for the child, gives all back. */
void process_free(struct process *p);

pid_t process_pid(const struct process *p);
int process_fd(const struct process *p);

/* 0 once the child has ended, and from then on; -EAGAIN while it runs. Does not wait. */
int process_reap(struct process *p);
/* After process_reap said 0: the exit status, or -signal where a signal ended it. */
int process_status(const struct process *p);
/* "ended with status 1", "was killed by signal 9 (Killed)"; into `out`, which it returns. */
const char *process_describe(const struct process *p, char *out, size_t size);

/* A signal to the whole group; to the child alone. */
void process_signal(struct process *p, int signal);
void process_signal_leader(struct process *p, int signal);

/* Where `name` would be found; false where nowhere. `out` may be NULL. */
bool process_find(const char *name, char *out, size_t size);

#endif
