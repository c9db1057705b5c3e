/* Finds the ends of lines in one pass over blocks of 64 bytes, and by the way every LF without CR, CR without
 * LF and NUL. For the scanner's own use. */
#ifndef CPMSPEC_SIP_LINES_H
#define CPMSPEC_SIP_LINES_H

#include "sip/defect.h"

#include "base/slice.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum { LINES_BLOCK = 64 };

struct lines {
    const char *p;
    size_t n;
    size_t block;           /* offset of the block that the masks describe */
    uint64_t lf;            /* LFs of it that were not handed out yet */
    uint64_t bare_lf, nul;  /* in this block */
    uint64_t after_bare_cr; /* the bytes behind CRs that are not LF */
    uint64_t cr_before;     /* 1 where the byte before the block is CR */
    uint32_t defects;       /* of the blocks before */
};

struct lines_masks {
    uint64_t lf, cr, nul;
};

#ifdef __SSE2__
static inline uint64_t lines_equal(const __m128i v[4], char c)
{
    const __m128i want = _mm_set1_epi8(c);
    uint64_t mask = 0;

    for (int i = 3; i >= 0; i--)
        mask = mask << 16 | (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(v[i], want));
    return mask;
}

static inline struct lines_masks lines_masks_of(const char *p)
{
    __m128i v[4];

    for (int i = 0; i < 4; i++)
        v[i] = _mm_loadu_si128((const __m128i *)(const void *)(p + 16 * i));
    return (struct lines_masks){lines_equal(v, '\n'), lines_equal(v, '\r'), lines_equal(v, '\0')};
}
#else
static inline struct lines_masks lines_masks_of(const char *p)
{
    struct lines_masks m = {0, 0, 0};

    for (int i = 0; i < LINES_BLOCK; i++) {
        m.lf |= (uint64_t)(p[i] == '\n') << i;
        m.cr |= (uint64_t)(p[i] == '\r') << i;
        m.nul |= (uint64_t)(p[i] == '\0') << i;
    }
    return m;
}
#endif

static inline void lines_load(struct lines *l)
{
    size_t left = l->n - l->block;
    struct lines_masks m;
    uint64_t after_cr;

    if (left >= LINES_BLOCK) {
        m = lines_masks_of(l->p + l->block);
    } else {
        char last[LINES_BLOCK];
        memset(last, ' ', sizeof last);
        memcpy(last, l->p + l->block, left);
        m = lines_masks_of(last);
    }
    after_cr = m.cr << 1 | l->cr_before;
    l->lf = m.lf;
    l->bare_lf = m.lf & ~after_cr;
    l->after_bare_cr = after_cr & ~m.lf;
    l->nul = m.nul;
    l->cr_before = m.cr >> 63;
}

static inline void lines_start(struct lines *l, const char *p, size_t n)
{
    *l = (struct lines){.p = p, .n = n};
    lines_load(l);
}

static inline uint32_t lines_block_defects(const struct lines *l, uint64_t within)
{
    return (l->bare_lf & within ? SIP_DEFECT_LF : 0u) | (l->after_bare_cr & within ? SIP_DEFECT_CR : 0u) |
           (l->nul & within ? SIP_DEFECT_NUL : 0u);
}

/* The offset of the next LF, or n where there is no further one. */
static inline size_t lines_next(struct lines *l)
{
    size_t at;

    while (!l->lf) {
        if (l->n - l->block <= LINES_BLOCK)
            return l->n;
        l->defects |= lines_block_defects(l, ~(uint64_t)0);
        l->block += LINES_BLOCK;
        lines_load(l);
    }
    at = l->block + (size_t)__builtin_ctzll(l->lf);
    l->lf &= l->lf - 1;
    return at;
}

/* The defects of the bytes before `end`, which lies in the present block or at its end. */
static inline uint32_t lines_defects(const struct lines *l, size_t end)
{
    size_t k = end - l->block;
    uint32_t defects =
        l->defects | lines_block_defects(l, k < LINES_BLOCK ? ((uint64_t)1 << k) - 1 : ~(uint64_t)0);

    /* Nothing follows the last byte of all, so no mask speaks of it. */
    if (end == l->n && end && l->p[end - 1] == '\r')
        defects |= SIP_DEFECT_CR;
    return defects;
}

#endif
