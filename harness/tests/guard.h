/* Bytes that end exactly where a page begins that nobody may read: one byte too far is a crash. */
#ifndef CPMSPEC_TESTS_GUARD_H
#define CPMSPEC_TESTS_GUARD_H

#include "base/slice.h"

#include <stdlib.h>
#include <sys/mman.h>

struct guard {
    char *map;
    size_t size;  /* of the map, the forbidden page included */
    size_t limit; /* most bytes that fit */
};

static inline void guard_init(struct guard *g, size_t limit)
{
    g->limit = (limit + 4095) / 4096 * 4096;
    g->size = g->limit + 4096;
    g->map = mmap(NULL, g->size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (g->map == MAP_FAILED || mprotect(g->map + g->limit, 4096, PROT_NONE) != 0)
        abort();
}

static inline void guard_done(struct guard *g)
{
    munmap(g->map, g->size);
}

/* The bytes, copied to the end; valid until the next call. */
static inline struct slice guard_put(struct guard *g, struct slice s)
{
    char *to = g->map + g->limit - s.n;

    if (s.n > g->limit)
        abort();
    if (s.n)
        memcpy(to, s.p, s.n);
    return (struct slice){to, s.n};
}

#endif
