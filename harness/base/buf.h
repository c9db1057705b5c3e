/* A growing buffer of bytes with a bound. It owns its memory. */
#ifndef CPMSPEC_BASE_BUF_H
#define CPMSPEC_BASE_BUF_H

#include "base/slice.h"

#include <stdarg.h>

struct buf {
    char *p;
    size_t n;
    size_t size;
    size_t limit;
};

void buf_init(struct buf *b, size_t limit);
void buf_done(struct buf *b);

/* 0, -ENOBUFS past the limit, -ENOMEM; on failure the buffer is as it was. */
int buf_add(struct buf *b, struct slice s);
int buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
int buf_vprintf(struct buf *b, const char *fmt, va_list args) __attribute__((format(printf, 2, 0)));

/* Room for `n` more bytes; the caller writes them at p + n and then counts them in. */
int buf_reserve(struct buf *b, size_t n);

/* Takes the first `n` bytes out. */
void buf_drop(struct buf *b, size_t n);

static inline struct slice buf_slice(const struct buf *b)
{
    return (struct slice){b->p, b->n};
}

#endif
