#include "base/pool.h"

#include "base/huge.h"

#include <sanitizer/asan_interface.h>
#include <stdbool.h>
#include <stdlib.h>

/* Blocks are powers of two from LEAST to LARGEST; what is larger is malloc's. */
enum { LEAST = 2048, CLASSES = 5, LARGEST = LEAST << (CLASSES - 1) };
enum { FIRST_PIECE = 64 << 10 };

_Static_assert(FIRST_PIECE >= 2 * LARGEST, "a piece has room for its head and any block");

struct block {
    struct block *next;
};

struct piece {
    struct piece *next;
    _Alignas(64) char bytes[];
};

struct pool {
    struct block *free[CLASSES];
    struct piece *pieces; /* newest first */
    size_t piece_size;    /* of the next one */
    char *rest;           /* of the newest */
    size_t nrest;
};

struct pool *pool_new(void)
{
    struct pool *p = calloc(1, sizeof *p);

    if (p)
        p->piece_size = FIRST_PIECE;
    return p;
}

void pool_free(struct pool *p)
{
    while (p && p->pieces) {
        struct piece *next = p->pieces->next;
        free(p->pieces);
        p->pieces = next;
    }
    free(p);
}

/* The smallest class that holds n bytes; CLASSES where none does. */
static unsigned size_class(size_t n)
{
    unsigned c = 0;

    while (c < CLASSES && n > (size_t)LEAST << c)
        c++;
    return c;
}

static bool grow(struct pool *p)
{
    struct piece *piece = huge_alloc(p->piece_size);

    if (!piece)
        return false;
    piece->next = p->pieces;
    p->pieces = piece;
    p->rest = piece->bytes;
    p->nrest = p->piece_size - sizeof *piece;
    ASAN_POISON_MEMORY_REGION(p->rest, p->nrest);
    if (p->piece_size < HUGE_PAGE)
        p->piece_size *= 2;
    return true;
}

void *pool_take(struct pool *p, size_t n)
{
    unsigned c = size_class(n);
    size_t size = (size_t)LEAST << c;
    struct block *block;

    if (!p || c == CLASSES)
        return malloc(n);
    block = p->free[c];
    if (block) {
        ASAN_UNPOISON_MEMORY_REGION(block, n < sizeof *block ? sizeof *block : n);
        p->free[c] = block->next;
        return block;
    }
    if (p->nrest < size && !grow(p)) /* what is left of a piece is less than its largest block */
        return NULL;
    block = (struct block *)p->rest;
    p->rest += size;
    p->nrest -= size;
    ASAN_UNPOISON_MEMORY_REGION(block, n);
    return block;
}

void pool_give(struct pool *p, void *block, size_t n)
{
    unsigned c = size_class(n);
    struct block *b = block;

    if (!p || c == CLASSES) {
        free(block);
        return;
    }
    ASAN_UNPOISON_MEMORY_REGION(b, sizeof *b);
    b->next = p->free[c];
    p->free[c] = b;
    ASAN_POISON_MEMORY_REGION(b, n < sizeof *b ? sizeof *b : n);
}
