#include "report/text.h"

#include "tests/test.h"

static void makes_text_fit(void)
{
    static const struct {
        const char *in, *utf8, *lines, *line, *ascii;
    } cases[] = {
        {NULL, "", "", "", ""},
        {"plain", "plain", "plain", "plain", "plain"},
        {"\xe2\x82\xac", "\xe2\x82\xac", "\xe2\x82\xac", "\xe2\x82\xac", "?"},
        {"a\nb\tc", "a\nb\tc", "a\nb\tc", "a b c", "a b c"},
        {"\x1b[31m", "\x1b[31m", "\\x1b[31m", "\\x1b[31m", "\\x1b[31m"},
        {"\xff", "\\xff", "\\xff", "\\xff", "\\xff"},
        {"\xc0\xaf", "\\xc0\\xaf", "\\xc0\\xaf", "\\xc0\\xaf", "\\xc0\\xaf"}, /* overlong */
        {"\xe0\x80\x80", "\\xe0\\x80\\x80", "\\xe0\\x80\\x80", "\\xe0\\x80\\x80", "\\xe0\\x80\\x80"},
        {"\xed\xa0\x80", "\\xed\\xa0\\x80", "\\xed\\xa0\\x80", "\\xed\\xa0\\x80",
         "\\xed\\xa0\\x80"}, /* surrogate */
        {"\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80", "\\xf4\\x90\\x80\\x80", "\\xf4\\x90\\x80\\x80",
         "\\xf4\\x90\\x80\\x80"},
        {"\xe2\x82", "\\xe2\\x82", "\\xe2\\x82", "\\xe2\\x82", "\\xe2\\x82"},    /* cut off */
        {"\xe2\x80\xae", "\xe2\x80\xae", "\\u{202e}", "\\u{202e}", "\\u{202e}"}, /* right to left */
        {"\xef\xbf\xbe", "\xef\xbf\xbe", "\\u{fffe}", "\\u{fffe}", "\\u{fffe}"},
        {"\xc2\x9b", "\xc2\x9b", "\\u{009b}", "\\u{009b}", "\\u{009b}"}, /* an ANSI introducer */
        {"\xf0\x9f\x93\xa1", "\xf0\x9f\x93\xa1", "\xf0\x9f\x93\xa1", "\xf0\x9f\x93\xa1", "?"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *expected[] = {cases[i].utf8, cases[i].lines, cases[i].line, cases[i].ascii};

        for (int rule = TEXT_UTF8; rule <= TEXT_ASCII; rule++) {
            struct buf b;

            buf_init(&b, 1000);
            CU_ASSERT_EQUAL(text_add(&b, cases[i].in, (enum text_rule)rule), 0);
            CU_ASSERT_TRUE(slice_eq(buf_slice(&b), slice_of(expected[rule])));
            buf_done(&b);
        }
    }
}

static void cuts_what_is_too_long(void)
{
    static char text[TEXT_MAX + 100];
    struct buf b;

    memset(text, 'x', TEXT_MAX + 99);
    text[TEXT_MAX + 99] = '\0';
    memcpy(text + TEXT_MAX - 1, "\xe2\x82\xac", 3); /* the cut falls into it */
    buf_init(&b, TEXT_MAX * 8);
    CU_ASSERT_EQUAL(text_add(&b, text, TEXT_LINE), 0);
    CU_ASSERT_EQUAL(b.n, TEXT_MAX - 1 + 3);
    CU_ASSERT_TRUE(memcmp(b.p + TEXT_MAX - 1, "\xe2\x80\xa6", 3) == 0);
    buf_done(&b);
    buf_init(&b, 10);
    CU_ASSERT_TRUE(text_add(&b, text, TEXT_LINE) < 0);
    buf_done(&b);
}

static void counts_columns(void)
{
    CU_ASSERT_EQUAL(text_columns(SLICE("")), 0);
    CU_ASSERT_EQUAL(text_columns(SLICE("a\u2192b")), 3);
}

static void tells_time(void)
{
    char out[TEXT_TIME];

    CU_ASSERT_STRING_EQUAL(text_time(0, out), "");
    CU_ASSERT_STRING_EQUAL(text_time(1700000000 * NSEC_PER_SEC + 123456789, out),
                           "2023-11-14T22:13:20.123456Z");
    CU_ASSERT_STRING_EQUAL(text_time(-NSEC_PER_USEC, out), "1969-12-31T23:59:59.999999Z");
    CU_ASSERT_STRING_EQUAL(text_seconds(42 * NSEC_PER_MSEC, out), "0.042");
    CU_ASSERT_STRING_EQUAL(text_seconds(61 * NSEC_PER_SEC - 1, out), "61.000");
    CU_ASSERT_STRING_EQUAL(text_seconds(-5, out), "0.000");
    text_time(INT64_MAX, out);
    text_time(INT64_MIN, out);
    text_seconds(INT64_MAX, out);
}

static const struct test tests[] = {
    {"makes text fit", makes_text_fit},
    {"cuts what is too long", cuts_what_is_too_long},
    {"counts columns", counts_columns},
    {"tells time", tells_time},
};
TEST_MAIN("text", tests)
