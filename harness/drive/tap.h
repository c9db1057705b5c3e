/* One capture point of a test case: a source of frames (wire/source.h) that runs while the test case does,
 * and its proof. A sentinel (sentinel.h) is sent where the capture point must see it, and the capture is
 * trusted from the moment that it has. What lies between two sentinels that were both seen, with no loss
 * counted, is all that there was. */
#ifndef CPMSPEC_DRIVE_TAP_H
#define CPMSPEC_DRIVE_TAP_H

#include "base/error.h"
#include "suite/profile.h"
#include "wire/frame.h"

struct tap;

/* Begins to capture at a capture point of the profile: whole packets at an interface; what a command writes
 * to its standard output (words.h says how it is taken apart; its other words go to the file `log`, NULL for
 * nowhere); or the HEP reports that come to a place where we listen. Its sentinels go over that very
 * interface, to every node of the profile, or to that place. The profile is borrowed. `source` is what frames
 * carry. -EPERM without the right to capture (the text says what mends it), -ENODEV, -ENOENT, -EADDRINUSE, …
 */
int tap_open(const struct profile_capture *at, const struct profile *p, uint32_t source, const char *log,
             struct tap **ret, struct error *err);
void tap_free(struct tap *t);

/* Readable when frames have come, or the end. */
int tap_fd(const struct tap *t);

/* Hands over all frames that have come, each valid during the call only. A negative errno from `take` ends it
 * and is returned; otherwise `err` says why the capture cannot go on. */
int tap_read(struct tap *t, int (*take)(void *ctx, const struct frame *f), void *ctx, struct error *err);

/* Sends a new sentinel; tap_proved tells whether tap_read has seen the last one sent. May be sent again where
 * it does not come. */
int tap_probe(struct tap *t, struct error *err);
bool tap_proved(const struct tap *t);
/* Whether a frame holds one of our sentinels. */
bool tap_is_sentinel(const struct tap *t, const struct frame *f);

bool tap_is_command(const struct tap *t);
/* "the capture on eth0", "the capture by `ssh …`", "the listener for HEP at udp:…": for a person. */
const char *tap_name(const struct tap *t);

/* Ends the capture: what comes now is not looked at any more. Returns how many packets the capturing side
 * lost, as far as it says: the kernel; and a command in its stream, or in the words that tcpdump and dumpcap
 * end with. A command is asked to end (SIGTERM) and waited for, for a second at most. */
uint64_t tap_end(struct tap *t);

#endif
