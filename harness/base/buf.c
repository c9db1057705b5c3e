#include "base/buf.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

enum { FIRST_SIZE = 256 };

void buf_init(struct buf *b, size_t limit)
{
    *b = (struct buf){.limit = limit};
}

void buf_done(struct buf *b)
{
    free(b->p);
    *b = (struct buf){.limit = b->limit};
}

int buf_reserve(struct buf *b, size_t n)
{
    size_t size = b->size ? b->size : FIRST_SIZE;
    char *p;

    if (n > b->limit || b->n > b->limit - n)
        return -ENOBUFS;
    if (b->size - b->n >= n && b->p)
        return 0;
    while (size < b->n + n)
        size = size > SIZE_MAX / 2 ? b->n + n : size * 2;
    p = realloc(b->p, size);
    if (!p)
        return -ENOMEM;
    b->p = p;
    b->size = size;
    return 0;
}

int buf_add(struct buf *b, struct slice s)
{
    int r = buf_reserve(b, s.n);

    if (r < 0)
        return r;
    if (s.n)
        memcpy(b->p + b->n, s.p, s.n);
    b->n += s.n;
    return 0;
}

int buf_vprintf(struct buf *b, const char *fmt, va_list args)
{
    va_list again;
    int n, r = -EINVAL;

    va_copy(again, args);
    n = vsnprintf(NULL, 0, fmt, args);
    if (n >= 0)
        r = buf_reserve(b, (size_t)n + 1);
    if (r == 0) {
        vsnprintf(b->p + b->n, (size_t)n + 1, fmt, again);
        b->n += (size_t)n;
    }
    va_end(again);
    return r;
}

int buf_printf(struct buf *b, const char *fmt, ...)
{
    va_list args;
    int r;

    va_start(args, fmt);
    r = buf_vprintf(b, fmt, args);
    va_end(args);
    return r;
}

void buf_drop(struct buf *b, size_t n)
{
    if (n > b->n)
        n = b->n;
    if (n)
        memmove(b->p, b->p + n, b->n - n);
    b->n -= n;
}
