/* The failing allocator itself: that it fails what it should, and that its check sees a module that does not
 * tell, leaks, or forgets to clean up. */
#include "tests/oom.h"

#include "base/arena.h"
#include "base/buf.h"
#include "tests/test.h"

#include <errno.h>
#include <stdlib.h>

/* Called through this, a compiler cannot see that an allocation is useless and leave it out. */
static void *(*volatile take)(size_t) = malloc;

static void fails_the_nth(void)
{
    void *first, *second, *third;

    oom_fail(2, false);
    first = take(10);
    second = take(10);
    third = strdup("also inside libc");
    oom_fail(0, false);
    CU_ASSERT_PTR_NOT_NULL(first);
    CU_ASSERT_PTR_NULL(second);
    CU_ASSERT_PTR_NOT_NULL(third);
    free(first);
    free(third);
    oom_fail(1, true);
    first = take(10);
    second = realloc(take(10), 10);
    oom_fail(0, false);
    CU_ASSERT_PTR_NULL(first);
    CU_ASSERT_PTR_NULL(second);
}

static int uses_base(void *ctx)
{
    struct buf b;
    struct arena a;
    int r = 0;

    (void)ctx;
    buf_init(&b, 1 << 16);
    arena_init(&a, 1 << 20);
    for (int i = 0; i < 20 && r == 0; i++)
        r = buf_printf(&b, "%d: %0*d", i, 100 * i, i);
    for (int i = 0; i < 20 && r == 0; i++)
        r = arena_alloc(&a, 5000) && arena_printf(&a, "%d", i) ? 0 : -ENOMEM;
    buf_done(&b);
    arena_done(&a);
    return r;
}

static void base_survives(void)
{
    CU_ASSERT_TRUE(oom_check(uses_base, NULL) >= 10);
}

static int hides_it(void *ctx)
{
    void *p = take(10);

    (void)ctx;
    free(p);
    return p ? 0 : -EINVAL;
}

/* Loses the first piece where the second fails; it is kept for the test to free, so no sanitizer minds. */
static int leaks(void *ctx)
{
    void **lost = ctx;
    void *p = take(10), *q = take(10);

    if (p && !q) {
        free(lost[1]);
        lost[1] = lost[0];
        lost[0] = p;
        return -ENOMEM;
    }
    free(p);
    free(q);
    return p ? 0 : -ENOMEM;
}

static int never_works(void *ctx)
{
    (void)ctx;
    return -EIO;
}

static void sees_bad_modules(void)
{
    static const struct oom_rules strict = {0}, loose = {.any_failure = true};
    void *lost[2] = {NULL, NULL};
    struct oom_outcome o = oom_probe(hides_it, NULL, &strict);

    CU_ASSERT_EQUAL(o.allocations, 1);
    CU_ASSERT_EQUAL(o.untold, 2);
    CU_ASSERT_EQUAL(o.leaks, 0);
    CU_ASSERT_EQUAL(o.first_bad, 1);
    CU_ASSERT_EQUAL(oom_probe(hides_it, NULL, &loose).untold, 0);
    o = oom_probe(leaks, lost, &strict);
    CU_ASSERT_EQUAL(o.untold, 0);
    CU_ASSERT_EQUAL(o.leaks, 2);
    CU_ASSERT_EQUAL(o.first_bad, 2);
    free(lost[0]);
    free(lost[1]);
    CU_ASSERT_TRUE(oom_probe(never_works, NULL, &strict).always_fails);
}

static const struct test tests[] = {
    {"fails the n-th allocation", fails_the_nth},
    {"base survives each failure", base_survives},
    {"sees bad modules", sees_bad_modules},
};
TEST_MAIN("oom", tests)
