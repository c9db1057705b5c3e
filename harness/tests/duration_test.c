#include "suite/duration.h"

#include "tests/test.h"

static nsec_t parsed(const char *text)
{
    nsec_t t = -7;
    return duration_parse(slice_of(text), 3600 * NSEC_PER_SEC, &t) ? t : t == -7 ? -1 : -2;
}

static void parses(void)
{
    CU_ASSERT_EQUAL(parsed("500ms"), 500 * NSEC_PER_MSEC);
    CU_ASSERT_EQUAL(parsed("4s"), 4 * NSEC_PER_SEC);
    CU_ASSERT_EQUAL(parsed("0.5s"), 500 * NSEC_PER_MSEC);
    CU_ASSERT_EQUAL(parsed("1.25s"), 1250 * NSEC_PER_MSEC);
    CU_ASSERT_EQUAL(parsed("0.25min"), 15 * NSEC_PER_SEC);
    CU_ASSERT_EQUAL(parsed("60min"), 3600 * NSEC_PER_SEC);
    CU_ASSERT_EQUAL(parsed("7us"), 7000);
    CU_ASSERT_EQUAL(parsed("1ns"), 1);
    CU_ASSERT_EQUAL(parsed("1.9999999999999999ns"), 1);
}

static void refuses(void)
{
    static const char *const bad[] = {
        "",
        "s",
        "ms",
        "5",
        "-5s",
        "+5s",
        "5 s",
        " 5s",
        "5s ",
        "5S",
        "5h",
        "0s",
        "0ms",
        "1.s",
        ".5s",
        "1e3s",
        "0.0s",
        "3601s",
        "61min",
        "1..5s",
        "1.5.5s",
        "99999999999999999999s",
        "3600.000000001s",
        "0.1ns",
    };

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        CU_ASSERT_EQUAL(parsed(bad[i]), -1);
        if (parsed(bad[i]) != -1)
            printf("  took \"%s\"\n", bad[i]);
    }
    CU_ASSERT_FALSE(duration_parse((struct slice){"4s", 1}, NSEC_PER_SEC, &(nsec_t){0}));
    CU_ASSERT_FALSE(duration_parse((struct slice){NULL, 0}, NSEC_PER_SEC, &(nsec_t){0}));
}

static void formats(void)
{
    char text[DURATION_TEXT];

    CU_ASSERT_STRING_EQUAL(duration_format(500 * NSEC_PER_MSEC, text), "500ms");
    CU_ASSERT_STRING_EQUAL(duration_format(64 * 500 * NSEC_PER_MSEC, text), "32s");
    CU_ASSERT_STRING_EQUAL(duration_format(1, text), "1ns");
    CU_ASSERT_STRING_EQUAL(duration_format(120 * NSEC_PER_SEC, text), "120s");
    CU_ASSERT_STRING_EQUAL(duration_format(INT64_MAX, text), "9223372036854775807ns");
}

static const struct test tests[] = {{"parses", parses}, {"refuses", refuses}, {"formats", formats}};
TEST_MAIN("duration", tests)
