/* The live capture of one interface (libpcap), and its proof: a datagram with a number that nobody else knows
 * (the sentinel) is sent over the interface, and the capture is trusted from the moment that it is seen. What
 * lies between two sentinels that were both seen, with no drop counted by the kernel, is all that there was.
 */
#ifndef CPMSPEC_DRIVE_TAP_H
#define CPMSPEC_DRIVE_TAP_H

#include "base/error.h"
#include "wire/frame.h"

/* The discard port (RFC 863): where sentinels are sent to. */
enum { TAP_DISCARD_PORT = 9 };

struct tap;

/* Starts to capture whole packets. `source` is what frames carry as their source. -EPERM without the right to
 * capture (the text says what mends it), -ENODEV for an interface that is not there. */
int tap_open(const char *interface, uint32_t source, struct tap **ret, struct error *err);
void tap_free(struct tap *t);

/* Readable when frames have come. */
int tap_fd(const struct tap *t);

/* Hands over all frames that have come, each valid during the call only; number counts from 1. A negative
 * errno from `take` ends it and is returned; so is -EIO with an error where the capture broke. */
int tap_read(struct tap *t, int (*take)(void *ctx, const struct frame *f), void *ctx, struct error *err);

/* Sends a new sentinel; tap_proved tells whether tap_read has seen the last one sent. May be sent again where
 * it does not come. */
int tap_probe(struct tap *t, struct error *err);
bool tap_proved(const struct tap *t);
/* Whether a frame is one of our sentinels. */
bool tap_is_sentinel(const struct tap *t, const struct frame *f);

/* Packets that the kernel or the interface lost since tap_open. */
int tap_drops(struct tap *t, uint64_t *ret, struct error *err);

#endif
