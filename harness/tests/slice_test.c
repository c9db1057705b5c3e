#include "base/slice.h"
#include "tests/test.h"

static void compares(void)
{
    CU_ASSERT_TRUE(slice_eq(SLICE("a\0b"), SLICE("a\0b")));
    CU_ASSERT_FALSE(slice_eq(SLICE("a\0b"), SLICE("a\0c")));
    CU_ASSERT_TRUE(slice_ieq(SLICE("Call-ID"), SLICE("cALL-id")));
    CU_ASSERT_FALSE(slice_ieq(SLICE("@"), SLICE("`"))); /* differ by the case bit alone, and are no letters */
    CU_ASSERT_TRUE(slice_eq((struct slice){NULL, 0}, SLICE("")));
    CU_ASSERT_TRUE(slice_istarts(SLICE("SIPS:x"), SLICE("sip")));
    CU_ASSERT_FALSE(slice_starts(SLICE("si"), SLICE("sip")));
}

static void cuts(void)
{
    CHECK_SLICE(slice_trim(SLICE(" \t\r\n a b \r\n")), "a b");
    CU_ASSERT_EQUAL(slice_trim(SLICE(" \r\n")).n, 0);
    CHECK_SLICE(slice_tail(SLICE("abc"), 2), "c");
    CU_ASSERT_EQUAL(slice_tail(SLICE("abc"), 9).n, 0);
    CU_ASSERT_EQUAL(slice_find(SLICE("abc"), 'c'), 2);
    CU_ASSERT_EQUAL(slice_find(SLICE("abc"), 'x'), 3);
    CU_ASSERT_EQUAL(slice_find_slice(SLICE("abcabd"), SLICE("abd")), 3);
}

static void numbers(void)
{
    uint64_t n = 7;

    CU_ASSERT_TRUE(slice_number(SLICE("0042"), 100, &n));
    CU_ASSERT_EQUAL(n, 42);
    CU_ASSERT_FALSE(slice_number(SLICE(""), 100, &n));
    CU_ASSERT_FALSE(slice_number(SLICE("4x"), 100, &n));
    CU_ASSERT_FALSE(slice_number(SLICE("101"), 100, &n));
    CU_ASSERT_FALSE(slice_number(SLICE("5"), 3, &n));
    CU_ASSERT_TRUE(slice_number(SLICE("18446744073709551615"), UINT64_MAX, &n));
    CU_ASSERT_FALSE(slice_number(SLICE("18446744073709551616"), UINT64_MAX, &n));
}

static const struct test tests[] = {{"compares", compares}, {"cuts", cuts}, {"numbers", numbers}};
TEST_MAIN("slice", tests)
