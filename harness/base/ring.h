/* A ring of records between two threads: one writes, one reads, in the order of writing. It is bounded: the
 * writer waits for room, the reader for records. A waiting reader is woken for a batch of them, or for few a
 * millisecond after the first, so that waking costs little and nothing stays behind. */
#ifndef CPMSPEC_BASE_RING_H
#define CPMSPEC_BASE_RING_H

#include "base/slice.h"

struct ring;

/* `bytes` is a power of two, 4096 at least: what is written and not read yet. -ENOMEM. */
int ring_new(size_t bytes, struct ring **ret);
/* Neither thread may use it any more. */
void ring_free(struct ring *r);

/* The writer: room for a record of `n` bytes, aligned for any type, which ring_commit hands over. One that is
 * larger than a quarter of the ring takes memory of its own. -ECANCELED: the reader has stopped; -ENOMEM. */
int ring_reserve(struct ring *r, size_t n, void **ret);
void ring_commit(struct ring *r);
/* No record will follow. */
void ring_end(struct ring *r);

/* The reader: the next record, which stays until the next call. False behind the last one. */
bool ring_next(struct ring *r, struct slice *ret);
/* No further record will be taken: the writer is told so when it asks for room. */
void ring_stop(struct ring *r);

#endif
