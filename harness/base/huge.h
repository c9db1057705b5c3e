/* Memory that two threads or many sessions walk through: in huge pages where the kernel has them, so that
 * finding a page costs less. */
#ifndef CPMSPEC_BASE_HUGE_H
#define CPMSPEC_BASE_HUGE_H

#include <stdlib.h>
#include <sys/mman.h>

enum { HUGE_PAGE = 2 << 20 };

/* `n` bytes, for free() to take back; NULL where memory is out. From HUGE_PAGE on a multiple of that. */
static inline void *huge_alloc(size_t n)
{
    void *p = n >= HUGE_PAGE ? aligned_alloc(HUGE_PAGE, n) : malloc(n);

    if (p && n >= HUGE_PAGE)
        (void)madvise(p, n, MADV_HUGEPAGE); /* where there are none, it is as good */
    return p;
}

#endif
