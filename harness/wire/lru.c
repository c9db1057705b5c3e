#include "wire/lru.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int lru_init(struct lru *l, uint32_t capacity)
{
    uint32_t buckets = 8;

    while (buckets < capacity && buckets < (1u << 31))
        buckets *= 2;
    *l = (struct lru){.mask = buckets - 1, .capacity = capacity, .free = LRU_NONE};
    l->oldest = l->newest = LRU_NONE;
    /* malloc: slots that are never used take no memory */
    l->node = malloc(capacity * sizeof *l->node);
    l->bucket = malloc(buckets * sizeof *l->bucket);
    if (!l->node || !l->bucket) {
        lru_done(l);
        return -ENOMEM;
    }
    memset(l->bucket, 0xff, buckets * sizeof *l->bucket);
    return 0;
}

void lru_done(struct lru *l)
{
    free(l->node);
    free(l->bucket);
    *l = (struct lru){.free = LRU_NONE, .oldest = LRU_NONE, .newest = LRU_NONE};
}

static uint32_t same_hash(const struct lru *l, uint32_t slot, uint64_t hash)
{
    while (slot != LRU_NONE && l->node[slot].hash != hash)
        slot = l->node[slot].chain;
    return slot;
}

uint32_t lru_find(const struct lru *l, uint64_t hash)
{
    return same_hash(l, l->bucket[hash & l->mask], hash);
}

uint32_t lru_find_next(const struct lru *l, uint32_t slot)
{
    return same_hash(l, l->node[slot].chain, l->node[slot].hash);
}

static void order_add(struct lru *l, uint32_t slot)
{
    struct lru_node *n = &l->node[slot];

    n->newer = LRU_NONE;
    n->older = l->newest;
    if (l->newest != LRU_NONE)
        l->node[l->newest].newer = slot;
    else
        l->oldest = slot;
    l->newest = slot;
}

static void order_remove(struct lru *l, uint32_t slot)
{
    const struct lru_node *n = &l->node[slot];

    if (n->older != LRU_NONE)
        l->node[n->older].newer = n->newer;
    else
        l->oldest = n->newer;
    if (n->newer != LRU_NONE)
        l->node[n->newer].older = n->older;
    else
        l->newest = n->older;
}

uint32_t lru_add(struct lru *l, uint64_t hash)
{
    uint32_t slot;

    if (l->free != LRU_NONE) {
        slot = l->free;
        l->free = l->node[slot].chain;
    } else if (l->fresh < l->capacity) {
        slot = l->fresh++;
    } else {
        return LRU_NONE;
    }
    l->node[slot].hash = hash;
    l->node[slot].chain = l->bucket[hash & l->mask];
    l->bucket[hash & l->mask] = slot;
    order_add(l, slot);
    l->used++;
    return slot;
}

void lru_remove(struct lru *l, uint32_t slot)
{
    uint32_t *at = &l->bucket[l->node[slot].hash & l->mask];

    while (*at != slot)
        at = &l->node[*at].chain;
    *at = l->node[slot].chain;
    order_remove(l, slot);
    l->node[slot].chain = l->free;
    l->free = slot;
    l->used--;
}

void lru_touch(struct lru *l, uint32_t slot)
{
    if (l->newest == slot)
        return;
    order_remove(l, slot);
    order_add(l, slot);
}
