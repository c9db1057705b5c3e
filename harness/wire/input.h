/* The bytes of a capture file or stream, uncompressed: read in large pieces into one bounded buffer and shown
 * from there without a copy. Gzip data (RFC 1952, also several members one after the other) is recognised and
 * inflated on the way. */
#ifndef CPMSPEC_WIRE_INPUT_H
#define CPMSPEC_WIRE_INPUT_H

#include "base/slice.h"

enum { INPUT_WANT_MAX = 2 << 20 };

struct input;

/* Reads from `fd`, which may be non-blocking. The input owns it from here on and closes it, on failure too.
 * -ENOMEM. */
int input_new(int fd, struct input **ret);
void input_free(struct input *in);

/* The next bytes, at least `n` (up to INPUT_WANT_MAX) and as many more as are there; they stay where they are
 * until the next call.
 * 1: *ret has them. 0: the input ends before; *ret has what is left. -EAGAIN: not there yet (non-blocking).
 * Other negative errnos: reading failed; -EBADMSG: the gzip data is damaged, input_trouble says how. */
int input_want(struct input *in, size_t n, struct slice *ret);

/* Done with the first `n` of the bytes that were shown. */
void input_take(struct input *in, size_t n);

/* NULL, or what was wrong with the compression: known when input_want has answered 0 or -EBADMSG. */
const char *input_trouble(const struct input *in);

/* How many uncompressed bytes were taken. */
uint64_t input_offset(const struct input *in);

int input_fd(const struct input *in);

#endif
