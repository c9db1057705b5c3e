/* What becomes of a module when memory runs out: a body is run again and again, each time with another of its
 * allocations failing. All allocations of the calling thread count, also those inside the libraries, since
 * the test program's malloc stands before that of libc (and that of AddressSanitizer). */
#ifndef CPMSPEC_TESTS_OOM_H
#define CPMSPEC_TESTS_OOM_H

#include <stdbool.h>
#include <stddef.h>

/* Builds what it needs, uses it, frees all of it; returns 0, or the negative errno that it was told. It must
 * do the same each time it is called. */
typedef int oom_body(void *ctx);

struct oom_rules {
    bool any_failure;  /* any negative errno will do, not only -ENOMEM */
    bool ignore_leaks; /* of libraries that lose or keep memory on failure themselves */
    size_t step;       /* fail every step-th allocation only, where there are very many; 0 counts as 1 */
};

struct oom_outcome {
    size_t allocations; /* that the body makes where memory suffices */
    size_t untold;      /* runs that neither succeeded nor said -ENOMEM */
    size_t leaks;       /* runs that did not give back what they took */
    size_t first_bad;   /* the failing allocation, from 1, of the first such run; 0 where there is none */
    bool always_fails;  /* the body does not succeed even where memory suffices */
};

/* Fails the i-th allocation, once and from there on for good, for every i. */
struct oom_outcome oom_probe(oom_body *body, void *ctx, const struct oom_rules *rules);

/* The same, and CUnit is told of each thing that is wrong. Returns how many allocations the body makes. */
size_t oom_check(oom_body *body, void *ctx);
size_t oom_check_rules(oom_body *body, void *ctx, const struct oom_rules *rules);

/* For a test's own use: from now on the n-th allocation of this thread fails (1 is the next), and all after
 * it where `for_good`. 0 ends it. */
void oom_fail(size_t n, bool for_good);

/* The bytes that this thread has taken and not freed. */
long oom_live_bytes(void);

#endif
