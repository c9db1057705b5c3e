/* An arena: many small pieces that live and die together (what is kept of one session). Pieces are aligned
 * for any type and zeroed; they are never freed singly. The arena owns its memory and has a bound. */
#ifndef CPMSPEC_BASE_ARENA_H
#define CPMSPEC_BASE_ARENA_H

#include "base/pool.h"
#include "base/slice.h"

struct arena {
    struct arena_block *blocks; /* newest first */
    size_t used;                /* bytes handed out */
    size_t held;                /* bytes taken from the system */
    size_t limit;               /* of `held` */
    struct pool *pool;          /* where the memory is from; NULL: malloc */
};

/* `limit` in bytes. Takes no memory yet. */
void arena_init(struct arena *a, size_t limit);
/* The same with memory of a pool, which outlives the arena. */
void arena_init_from(struct arena *a, size_t limit, struct pool *pool);
/* Gives everything back; the arena may be used again. */
void arena_done(struct arena *a);
/* Takes every piece back, but keeps the newest block for what comes next: for an arena that is filled again
 * and again. */
void arena_reset(struct arena *a);

/* Asks for all of it to be brought into the cache, while something else is done: what was put there a while
 * ago is far away by now. */
void arena_prefetch(const struct arena *a);

/* NULL where memory is out or the limit would be passed. */
void *arena_alloc(struct arena *a, size_t n);
/* The bytes, copied and followed by a NUL that is not counted. p == NULL on failure. */
struct slice arena_copy(struct arena *a, struct slice s);
/* printf into the arena; NULL on failure. */
char *arena_printf(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
