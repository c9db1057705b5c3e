/* What a test case's own process tells the one that started it: a stream of records over a socket pair.
 * Frames go as they were captured, words about the progress as text, and the outcome as it stands. Both ends
 * are the same program, so structures go as they are in memory. */
#ifndef CPMSPEC_DRIVE_RELAY_H
#define CPMSPEC_DRIVE_RELAY_H

#include "base/error.h"
#include "drive/outcome.h"
#include "wire/frame.h"

/* --- the sending end: each call blocks until the other end has room. -EPIPE where that end is gone. */

int relay_frame(int fd, const struct frame *f);
int relay_stage(int fd, enum drive_stage stage);
int relay_outcome(int fd, const struct drive_outcome *o);

/* --- the receiving end */

struct relay_sink {
    int (*frame)(void *ctx, const struct frame *f); /* the frame is valid during the call */
    void (*stage)(void *ctx, enum drive_stage stage);
    void (*outcome)(void *ctx, const struct drive_outcome *o);
    void *ctx;
};

struct relay;

/* -ENOMEM. Borrows `fd`. */
int relay_new(int fd, const struct relay_sink *sink, struct relay **ret);
void relay_free(struct relay *r);

/* Takes in what has come, without waiting. 1: there will be more; 0: the other end has closed; a negative
 * errno: what the sink's frame() returned, or -EPROTO for bytes that are no record. */
int relay_read(struct relay *r);

#endif
