#include "base/buf.h"
#include "tests/test.h"

#include <errno.h>

static void grows_and_drops(void)
{
    struct buf b;

    buf_init(&b, 1000);
    CU_ASSERT_EQUAL(buf_printf(&b, "%s-%d", "abc", 5), 0);
    CU_ASSERT_EQUAL(buf_add(&b, SLICE("xyz")), 0);
    CHECK_SLICE(buf_slice(&b), "abc-5xyz");
    buf_drop(&b, 5);
    CHECK_SLICE(buf_slice(&b), "xyz");
    buf_drop(&b, 50);
    CU_ASSERT_EQUAL(b.n, 0);
    buf_done(&b);
}

static void keeps_to_its_limit(void)
{
    struct buf b;

    buf_init(&b, 10);
    CU_ASSERT_EQUAL(buf_add(&b, SLICE("0123456789")), 0);
    CU_ASSERT_EQUAL(buf_add(&b, SLICE("x")), -ENOBUFS);
    CHECK_SLICE(buf_slice(&b), "0123456789");
    buf_done(&b);
}

static const struct test tests[] = {{"grows and drops", grows_and_drops},
                                    {"keeps to its limit", keeps_to_its_limit}};
TEST_MAIN("buf", tests)
