#include "base/pool.h"
#include "tests/test.h"

#include <stdint.h>
#include <string.h>

enum { BLOCKS = 3000 };

static const size_t sizes[] = {1, 2048, 2049, 4096, 8192, 20000, 32768, 32769, 100000};

/* Every block is whole and its own, whatever the sizes, into pieces of a huge page. */
static void blocks_do_not_touch(void)
{
    struct pool *p = pool_new();
    static unsigned char *block[BLOCKS];

    CU_ASSERT_PTR_NOT_NULL_FATAL(p);
    for (size_t i = 0; i < BLOCKS; i++) {
        size_t n = sizes[i % (sizeof sizes / sizeof sizes[0])];
        block[i] = pool_take(p, n);
        CU_ASSERT_PTR_NOT_NULL_FATAL(block[i]);
        CU_ASSERT_EQUAL_FATAL((uintptr_t)block[i] % _Alignof(max_align_t), 0);
        memset(block[i], (int)(i & 0xff), n);
    }
    for (size_t i = 0; i < BLOCKS; i++) {
        size_t n = sizes[i % (sizeof sizes / sizeof sizes[0])];
        for (size_t k = 0; k < n; k++)
            if (block[i][k] != (i & 0xff))
                CU_FAIL_FATAL("another block's bytes");
        pool_give(p, block[i], n);
    }
    pool_free(p);
}

static void what_is_given_back_is_used_again(void)
{
    struct pool *p = pool_new();
    void *a, *b;

    CU_ASSERT_PTR_NOT_NULL_FATAL(p);
    a = pool_take(p, 3000);
    b = pool_take(p, 3000);
    CU_ASSERT_PTR_NOT_EQUAL(a, b);
    pool_give(p, a, 3000);
    CU_ASSERT_PTR_NOT_EQUAL(pool_take(p, 2048), a); /* of another class */
    CU_ASSERT_PTR_EQUAL(pool_take(p, 4096), a);     /* of the same */
    pool_free(p);
}

static void without_a_pool_it_is_malloc(void)
{
    void *block = pool_take(NULL, 2048);

    CU_ASSERT_PTR_NOT_NULL(block);
    pool_give(NULL, block, 2048);
    pool_free(NULL);
}

static const struct test tests[] = {
    {"blocks do not touch", blocks_do_not_touch},
    {"what is given back is used again", what_is_given_back_is_used_again},
    {"without a pool it is malloc", without_a_pool_it_is_malloc},
};
TEST_MAIN("pool", tests)
