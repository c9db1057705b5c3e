#include "tests/oom.h"

#include "tests/test.h"

#include <errno.h>
#include <malloc.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define UNDER_SANITIZER 1
#endif
#endif
#if defined(UNDER_SANITIZER) || defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define BENEATH(name) __interceptor_##name
#else
#define BENEATH(name) __libc_##name
#endif

/* What a sanitizer would put into these runs before it is ready. */
#ifdef __clang__
#define UNCHECKED __attribute__((disable_sanitizer_instrumentation))
#else
#define UNCHECKED
#endif

void *BENEATH(malloc)(size_t n);
void *BENEATH(calloc)(size_t n, size_t size);
void *BENEATH(realloc)(void *p, size_t n);
void BENEATH(free)(void *p);

/* Of this thread: allocations so far, those not freed yet, and which of them fails. */
static _Thread_local struct {
    size_t made, fail_at;
    long live, bytes;
    bool for_good;
} oom;

/* Before the program's own constructors AddressSanitizer may not be asked for sizes yet. */
static volatile bool awake; /* volatile: or the compiler runs wake() itself, at compile time */

static __attribute__((constructor)) void wake(void)
{
    awake = true;
}

UNCHECKED static long size_of(void *p)
{
    return p && awake ? (long)malloc_usable_size(p) : 0;
}

UNCHECKED static bool refuse(void)
{
    oom.made++;
    if (oom.fail_at == 0 || oom.made < oom.fail_at || (oom.made > oom.fail_at && !oom.for_good))
        return false;
    errno = ENOMEM;
    return true;
}

UNCHECKED static void *count(void *p)
{
    oom.live += p != NULL;
    oom.bytes += size_of(p);
    return p;
}

long oom_live_bytes(void)
{
    return oom.bytes;
}

/* NOLINTBEGIN(readability-inconsistent-declaration-parameter-name): libc names them in its own space. */
UNCHECKED void *malloc(size_t n)
{
    return refuse() ? NULL : count(BENEATH(malloc)(n));
}

UNCHECKED void *calloc(size_t n, size_t size)
{
    return refuse() ? NULL : count(BENEATH(calloc)(n, size));
}

UNCHECKED void *realloc(void *p, size_t n)
{
    long before = size_of(p);
    void *q;

    if (refuse())
        return NULL;
    if (!p)
        return count(BENEATH(realloc)(p, n));
    q = BENEATH(realloc)(p, n);
    if (q)
        oom.bytes += size_of(q) - before;
    return q;
}

UNCHECKED void free(void *p)
{
    oom.live -= p != NULL;
    oom.bytes -= size_of(p);
    BENEATH(free)(p);
}
/* NOLINTEND(readability-inconsistent-declaration-parameter-name) */

void oom_fail(size_t n, bool for_good)
{
    oom.fail_at = n ? oom.made + n : 0;
    oom.for_good = for_good;
}

/* LeakSanitizer's, where it is linked in: what is allocated in between may leak. */
__attribute__((weak)) void __lsan_disable(void);
__attribute__((weak)) void __lsan_enable(void);

static int run(oom_body *body, void *ctx, const struct oom_rules *rules)
{
    int r;

    if (rules->ignore_leaks && __lsan_disable)
        __lsan_disable();
    r = body(ctx);
    if (rules->ignore_leaks && __lsan_enable)
        __lsan_enable();
    return r;
}

static void try_one(oom_body *body, void *ctx, const struct oom_rules *rules, size_t i, bool for_good,
                    struct oom_outcome *o)
{
    long live = oom.live;
    bool untold, leak;
    int r;

    oom_fail(i, for_good);
    r = run(body, ctx, rules);
    oom_fail(0, false);
    untold = r != 0 && r != -ENOMEM && !(rules->any_failure && r < 0);
    leak = !rules->ignore_leaks && oom.live != live;
    o->untold += untold;
    o->leaks += leak;
    if ((untold || leak) && o->first_bad == 0)
        o->first_bad = i;
}

struct oom_outcome oom_probe(oom_body *body, void *ctx, const struct oom_rules *rules)
{
    struct oom_outcome o = {0};
    size_t step = rules->step ? rules->step : 1, made;

    /* Twice before counting: libraries keep caches that only the first use fills. */
    for (int i = 0; i < 2; i++)
        o.always_fails = body(ctx) != 0 || o.always_fails;
    made = oom.made;
    body(ctx);
    o.allocations = oom.made - made;
    for (size_t i = 1; i <= o.allocations; i += step) {
        try_one(body, ctx, rules, i, false, &o);
        try_one(body, ctx, rules, i, true, &o);
    }
    return o;
}

static void check(bool good, size_t n, const char *what, size_t i)
{
    char text[160];

    snprintf(text, sizeof text, "%zu runs %s, the first where allocation %zu fails", n, what, i);
    CU_assertImplementation(good, __LINE__, text, __FILE__, "", CU_FALSE);
}

size_t oom_check_rules(oom_body *body, void *ctx, const struct oom_rules *rules)
{
    struct oom_outcome o = oom_probe(body, ctx, rules);

    CU_ASSERT_FALSE(o.always_fails);
    check(o.untold == 0, o.untold, "did not tell of the lack of memory", o.first_bad);
    check(o.leaks == 0, o.leaks, "did not give all memory back", o.first_bad);
    return o.allocations;
}

size_t oom_check(oom_body *body, void *ctx)
{
    static const struct oom_rules strict = {0};

    return oom_check_rules(body, ctx, &strict);
}
