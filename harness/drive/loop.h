/* The event loop: file descriptors, timers and signals, one thread, one ppoll. Callbacks may add and remove
 * watches, set and cancel timers and stop the loop. The loop borrows the file descriptors and the contexts;
 * it closes nothing but its own signalfd. */
#ifndef CPMSPEC_DRIVE_LOOP_H
#define CPMSPEC_DRIVE_LOOP_H

#include "base/clock.h"
#include "base/error.h"

#include <stdbool.h>

enum { LOOP_WATCHES_MAX = 256, LOOP_TIMERS_MAX = 256 };

struct loop;

typedef void loop_fn(void *ctx);

/* -ENOMEM. */
int loop_new(struct loop **ret, struct error *err);
/* Also restores the signal mask that loop_signals changed. */
void loop_free(struct loop *l);

/* Calls ready(ctx) whenever `fd` has something to read, an end or an error. One watch per descriptor:
 * -EEXIST, -ENOBUFS past the limit. */
int loop_watch(struct loop *l, int fd, loop_fn *ready, void *ctx);
/* Forgets a descriptor; before it is closed. One that is not watched is no error. */
void loop_unwatch(struct loop *l, int fd);

/* Calls due(ctx) once, `delay` from now. The pair names the timer: setting it again replaces it.
 * -ENOBUFS past the limit. */
int loop_timer(struct loop *l, nsec_t delay, loop_fn *due, void *ctx);
void loop_cancel(struct loop *l, loop_fn *due, void *ctx);

/* Takes SIGINT, SIGTERM and SIGHUP, except those that are ignored, out of the process's hands until the loop
 * is freed and calls caught(ctx) for each. Once per loop. */
int loop_signals(struct loop *l, loop_fn *caught, void *ctx, struct error *err);

/* Turns until loop_stop; where that was called before, it returns at once. 0, or the errno of a ppoll that
 * cannot work. */
int loop_run(struct loop *l);
void loop_stop(struct loop *l);

#endif
