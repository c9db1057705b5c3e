/* The order and the index of a bounded table: which slot has which hash, and which slot was used least
 * recently. The entries themselves are an array of the caller's, `capacity` long, indexed by slot; keys are
 * compared by the caller. Takes memory once, when it is made. */
#ifndef CPMSPEC_WIRE_LRU_H
#define CPMSPEC_WIRE_LRU_H

#include <stdbool.h>
#include <stdint.h>

#define LRU_NONE UINT32_MAX

struct lru_node {
    uint64_t hash;
    uint32_t chain;        /* next slot of the same bucket, or of the free list */
    uint32_t older, newer; /* neighbours in the order of use */
};

struct lru {
    struct lru_node *node;
    uint32_t *bucket;
    uint32_t mask;     /* of buckets */
    uint32_t capacity; /* slots */
    uint32_t used;
    uint32_t fresh; /* slots that were never used begin here */
    uint32_t free;  /* given back */
    uint32_t oldest, newest;
};

/* 0, or -ENOMEM (then there is nothing to release). `capacity` is at least 1. */
int lru_init(struct lru *l, uint32_t capacity);
void lru_done(struct lru *l);

/* The slots with this hash, one after the other; LRU_NONE at the end. */
uint32_t lru_find(const struct lru *l, uint64_t hash);
uint32_t lru_find_next(const struct lru *l, uint32_t slot);

/* A slot for a new entry, the most recently used one; LRU_NONE where all are taken. */
uint32_t lru_add(struct lru *l, uint64_t hash);
void lru_remove(struct lru *l, uint32_t slot);
/* Makes it the most recently used. */
void lru_touch(struct lru *l, uint32_t slot);

#endif
