/* Finds the ends of lines, and by the way every LF without CR, CR without LF and NUL, in one pass over blocks
 * of 64 bytes: in each, one mask marks the few bytes that may be one of these. For the scanner's own use. */
#ifndef CPMSPEC_SIP_LINES_H
#define CPMSPEC_SIP_LINES_H

#include "base/slice.h"

#include "sip/defect.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum { LINES_BLOCK = 64 };

struct lines {
    const char *p;
    size_t n;
    size_t block;     /* offset of the block that the mask describes */
    uint64_t marks;   /* its bytes up to CR in ASCII's order that were not looked at yet */
    uint32_t defects; /* of all bytes looked at: up to the last LF handed out */
};

#ifdef __SSE2__
static inline uint64_t lines_marks16(const char *p)
{
    __m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
    return (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_min_epu8(v, _mm_set1_epi8('\r')), v));
}

static inline uint64_t lines_marks(const char *p)
{
    return lines_marks16(p) | lines_marks16(p + 16) << 16 | lines_marks16(p + 32) << 32 |
           lines_marks16(p + 48) << 48;
}
#else
static inline uint64_t lines_marks(const char *p)
{
    uint64_t marks = 0;

    for (int i = 0; i < LINES_BLOCK; i++)
        marks |= (uint64_t)((unsigned char)p[i] <= '\r') << i;
    return marks;
}
#endif

static inline void lines_load(struct lines *l)
{
    size_t left = l->n - l->block;
    char last[LINES_BLOCK];

    if (left >= LINES_BLOCK) {
        l->marks = lines_marks(l->p + l->block);
        return;
    }
    memset(last, ' ', sizeof last);
    memcpy(last, l->p + l->block, left);
    l->marks = lines_marks(last);
}

/* The first `c` in [p, end), or NULL. Names are short, so that the first sixteen bytes mostly tell; bytes up
 * to `limit` may be read. */
static inline const char *lines_find(const char *p, const char *end, const char *limit, char c)
{
#ifdef __SSE2__
    if (limit - p >= 16) {
        __m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
        unsigned at = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(v, _mm_set1_epi8(c)));
        if (at)
            return __builtin_ctz(at) < end - p ? p + __builtin_ctz(at) : NULL;
        if (end - p <= 16)
            return NULL;
        p += 16;
    }
#else
    (void)limit;
#endif
    return memchr(p, c, (size_t)(end - p));
}

/* p must not be NULL. */
static inline void lines_start(struct lines *l, const char *p, size_t n)
{
    *l = (struct lines){.p = p, .n = n};
    lines_load(l);
}

/* Looks at the marked byte at `at`; true where it ends a line. */
static inline bool lines_end(struct lines *l, size_t at)
{
    char c = l->p[at];

    /* The LF of a CRLF that is cut by the block's end is met there, and known by the CR before it. */
    if (c == '\r' && at + 1 < l->n && l->p[at + 1] == '\n')
        return false;
    if (c == '\n') {
        l->defects |= at == 0 || l->p[at - 1] != '\r' ? SIP_DEFECT_LF : 0u;
        return true;
    }
    l->defects |= c == '\r' ? SIP_DEFECT_CR : c == '\0' ? SIP_DEFECT_NUL : 0u;
    return false;
}

/* Whether the first mark is the CR of a CRLF that lies in the block as a whole: so ends nearly every line.
 * Takes both. */
static inline bool lines_crlf(struct lines *l, size_t at)
{
    const uint64_t first = l->marks & -l->marks;

    if (!(l->marks & first << 1) || l->p[at] != '\r' || l->p[at + 1] != '\n')
        return false;
    l->marks ^= first | first << 1;
    return true;
}

/* The offset of the next LF, or n where there is no further one. */
static inline size_t lines_next(struct lines *l)
{
    for (;;) {
        while (l->marks) {
            size_t at = l->block + (size_t)__builtin_ctzll(l->marks);
            if (lines_crlf(l, at))
                return at + 1;
            l->marks &= l->marks - 1;
            if (lines_end(l, at))
                return at;
        }
        if (l->n - l->block <= LINES_BLOCK)
            return l->n;
        l->block += LINES_BLOCK;
        lines_load(l);
    }
}

#endif
