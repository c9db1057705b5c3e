/* Slices: a pointer and a length into bytes that somebody else owns. Nothing here is NUL-terminated and
 * nothing allocates; a slice lives as long as the bytes it points into. An empty slice may have p == NULL. */
#ifndef CPMSPEC_BASE_SLICE_H
#define CPMSPEC_BASE_SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct slice {
    const char *p;
    size_t n;
};

/* A slice of a string literal; and the two arguments of printf's "%.*s". */
#define SLICE(literal) ((struct slice){(literal), sizeof(literal) - 1})
#define SLICE_ARG(s)   (int)(s).n, ((s).p ? (s).p : "")

static inline struct slice slice_of(const char *text)
{
    return (struct slice){text, text ? strlen(text) : 0};
}

/* Whether n bytes are the same. */
bool bytes_same(const char *a, const char *b, size_t n);

/* Texts that differ mostly do so at the end (tags, branches, ports): that is looked at first. */
static inline bool slice_eq(struct slice a, struct slice b)
{
    return a.n == b.n && (a.n == 0 || (a.p[a.n - 1] == b.p[b.n - 1] && bytes_same(a.p, b.p, a.n)));
}

/* The first `n` bytes, and all after them; `n` past the end means the end. */
static inline struct slice slice_head(struct slice s, size_t n)
{
    return (struct slice){s.p, n < s.n ? n : s.n};
}

static inline struct slice slice_tail(struct slice s, size_t n)
{
    if (n > s.n)
        n = s.n;
    return (struct slice){s.p ? s.p + n : NULL, s.n - n};
}

/* Equal without regard to the case of ASCII letters. */
bool slice_ieq(struct slice a, struct slice b);
bool slice_starts(struct slice s, struct slice prefix);
bool slice_istarts(struct slice s, struct slice prefix);

/* Without leading and trailing SP, HTAB, CR and LF. */
struct slice slice_trim(struct slice s);

/* Offset of the first `c`, or s.n where there is none. */
size_t slice_find(struct slice s, char c);

/* Offset of the first occurrence of `what`, or s.n where there is none. */
size_t slice_find_slice(struct slice s, struct slice what);

/* The decimal number that is all of `s` (digits only, at least one). False, and *ret untouched, where `s`
 * is anything else or the number is over `max`. */
bool slice_number(struct slice s, uint64_t max, uint64_t *ret);

#endif
