#include "base/arena.h"

#include <stdarg.h>
#include <stdio.h>

/* What is known of an open session should fit the first block; each further one is twice as large. Where the
 * memory is a pool's there are many arenas, and little is to be taken in vain. */
enum { FIRST_BLOCK = 2048, LARGEST_BLOCK = 32768, LARGEST_OF_POOL = 4096 };

struct arena_block {
    struct arena_block *next;
    size_t size; /* with its head */
    size_t used; /* of bytes[] */
    _Alignas(max_align_t) char bytes[];
};

void arena_init(struct arena *a, size_t limit)
{
    *a = (struct arena){.limit = limit};
}

void arena_init_from(struct arena *a, size_t limit, struct pool *pool)
{
    *a = (struct arena){.limit = limit, .pool = pool};
}

static void free_blocks(struct arena *a, struct arena_block *b)
{
    while (b) {
        struct arena_block *next = b->next;
        pool_give(a->pool, b, b->size);
        b = next;
    }
}

void arena_done(struct arena *a)
{
    free_blocks(a, a->blocks);
    a->blocks = NULL;
    a->used = a->held = 0;
}

void arena_reset(struct arena *a)
{
    struct arena_block *b = a->blocks;

    a->used = a->held = 0;
    if (!b)
        return;
    free_blocks(a, b->next);
    b->next = NULL;
    b->used = 0;
    a->held = b->size;
}

void arena_prefetch(const struct arena *a)
{
    enum { CACHE_LINE = 64 };

    for (const struct arena_block *b = a->blocks; b; b = b->next)
        for (const char *p = b->bytes; p < b->bytes + b->used; p += CACHE_LINE)
            __builtin_prefetch(p);
}

static struct arena_block *grow(struct arena *a, size_t n)
{
    const size_t largest = a->pool ? LARGEST_OF_POOL : LARGEST_BLOCK;
    size_t size = a->blocks ? 2 * a->blocks->size : FIRST_BLOCK;
    struct arena_block *b;

    if (n > SIZE_MAX - sizeof *b)
        return NULL;
    n += sizeof *b;
    if (size > largest)
        size = largest;
    if (size < n)
        size = n;
    if (size > a->limit - a->held) /* near the limit, take no more than is asked for */
        size = n;
    if (size > a->limit - a->held)
        return NULL;
    b = pool_take(a->pool, size);
    if (!b)
        return NULL;
    *b = (struct arena_block){.next = a->blocks, .size = size};
    a->blocks = b;
    a->held += size;
    return b;
}

/* A piece with whatever is in it. */
static char *take(struct arena *a, size_t n)
{
    const size_t align = _Alignof(max_align_t);
    struct arena_block *b = a->blocks;
    char *piece;

    if (n > SIZE_MAX - align)
        return NULL;
    n = (n + align - 1) / align * align;
    if (!b || b->size - sizeof *b - b->used < n)
        b = grow(a, n);
    if (!b)
        return NULL;
    piece = b->bytes + b->used;
    b->used += n;
    a->used += n;
    return piece;
}

void *arena_alloc(struct arena *a, size_t n)
{
    char *piece = take(a, n);

    return piece ? memset(piece, 0, n) : NULL;
}

struct slice arena_copy(struct arena *a, struct slice s)
{
    char *copy = s.n < SIZE_MAX ? take(a, s.n + 1) : NULL;

    if (!copy)
        return (struct slice){NULL, 0};
    if (s.n)
        memcpy(copy, s.p, s.n);
    copy[s.n] = '\0';
    return (struct slice){copy, s.n};
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
    va_list args, again;
    char *text = NULL;
    int n;

    va_start(args, fmt);
    va_copy(again, args);
    n = vsnprintf(NULL, 0, fmt, args);
    if (n >= 0)
        text = arena_alloc(a, (size_t)n + 1);
    if (text)
        vsnprintf(text, (size_t)n + 1, fmt, again);
    va_end(again);
    va_end(args);
    return text;
}
