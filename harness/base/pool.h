/* Blocks of memory that are used again and again: what one session leaves, the next one takes. The pool takes
 * its memory from the system in ever larger pieces, at last of a huge page each, and keeps it until its end.
 * For one thread. */
#ifndef CPMSPEC_BASE_POOL_H
#define CPMSPEC_BASE_POOL_H

#include <stddef.h>

struct pool;

/* NULL where memory is out. A pool that is freed takes every block with it; NULL is no pool. */
struct pool *pool_new(void);
void pool_free(struct pool *p);

/* A block of `n` bytes, aligned for any type, with whatever is in it; NULL where memory is out. It goes back
 * with the same `n`. Without a pool it is malloc's. */
void *pool_take(struct pool *p, size_t n);
void pool_give(struct pool *p, void *block, size_t n);

#endif
