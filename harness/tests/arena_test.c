#include "base/arena.h"
#include "tests/test.h"

static void gives_zeroed_aligned_pieces(void)
{
    struct arena a;

    arena_init(&a, 1 << 20);
    for (int i = 0; i < 1000; i++) {
        unsigned char *p = arena_alloc(&a, (size_t)i);
        CU_ASSERT_PTR_NOT_NULL_FATAL(p);
        CU_ASSERT_EQUAL((uintptr_t)p % _Alignof(max_align_t), 0);
        for (int j = 0; j < i; j++)
            CU_ASSERT_EQUAL_FATAL(p[j], 0);
        memset(p, 0xff, (size_t)i);
    }
    arena_done(&a);
    CU_ASSERT_EQUAL(a.held, 0);
}

static void keeps_to_its_limit(void)
{
    struct arena a;

    arena_init(&a, 10000);
    CU_ASSERT_PTR_NULL(arena_alloc(&a, 10001));
    CU_ASSERT_PTR_NULL(arena_alloc(&a, SIZE_MAX));
    CU_ASSERT_PTR_NOT_NULL(arena_alloc(&a, 5000));
    CU_ASSERT_PTR_NULL(arena_alloc(&a, 6000));
    CU_ASSERT_PTR_NOT_NULL(arena_alloc(&a, 4000));
    CU_ASSERT_TRUE(a.held <= 10000);
    arena_done(&a);
}

static void copies_and_prints(void)
{
    struct arena a;
    struct slice s;

    arena_init(&a, 1 << 20);
    s = arena_copy(&a, SLICE("a\0b"));
    CHECK_SLICE(s, "a\0b");
    CU_ASSERT_EQUAL(s.p[3], '\0');
    CU_ASSERT_STRING_EQUAL(arena_printf(&a, "step %d", 7), "step 7");
    arena_done(&a);
}

static void starts_anew_in_the_newest_block(void)
{
    struct arena a;
    char *first, *p;

    arena_init(&a, 1 << 20);
    arena_reset(&a);
    CU_ASSERT_EQUAL(a.held, 0);
    for (int i = 0; i < 100; i++)
        CU_ASSERT_PTR_NOT_NULL_FATAL(arena_alloc(&a, 1000));
    arena_reset(&a);
    CU_ASSERT_EQUAL(a.used, 0);
    CU_ASSERT_TRUE(a.held > 0 && a.held < 100000);
    first = arena_alloc(&a, 64);
    memset(first, 0xff, 64);
    arena_reset(&a);
    p = arena_alloc(&a, 64);
    CU_ASSERT_PTR_EQUAL(p, first);
    for (int i = 0; i < 64; i++)
        CU_ASSERT_EQUAL_FATAL(p[i], 0);
    arena_done(&a);
    CU_ASSERT_EQUAL(a.held, 0);
}

static void takes_its_memory_from_a_pool(void)
{
    struct pool *pool = pool_new();
    struct arena a;
    char *first;

    CU_ASSERT_PTR_NOT_NULL_FATAL(pool);
    arena_init_from(&a, 1 << 20, pool);
    first = arena_alloc(&a, 100);
    for (int i = 0; i < 1000; i++)
        CU_ASSERT_PTR_NOT_NULL_FATAL(arena_alloc(&a, 1000));
    CU_ASSERT_PTR_NULL(arena_alloc(&a, 1 << 20));
    arena_done(&a);
    for (int i = 0; i < 10; i++) {
        CU_ASSERT_PTR_EQUAL(arena_alloc(&a, 100), first);
        arena_done(&a);
    }
    pool_free(pool);
}

static const struct test tests[] = {
    {"gives zeroed, aligned pieces", gives_zeroed_aligned_pieces},
    {"keeps to its limit", keeps_to_its_limit},
    {"copies and prints", copies_and_prints},
    {"starts anew in the newest block", starts_anew_in_the_newest_block},
    {"takes its memory from a pool", takes_its_memory_from_a_pool},
};
TEST_MAIN("arena", tests)
