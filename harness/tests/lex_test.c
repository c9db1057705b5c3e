#include "sip/lex.h"
#include "sip/lines.h"
#include "tests/guard.h"
#include "tests/test.h"

/* Every byte is in the classes that RFC 3261 25.1 puts it in. */
static void classes(void)
{
    for (int c = 0; c < 256; c++) {
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        CU_ASSERT_EQUAL(lex_is((char)c, LEX_TOKEN), letter || (c && strchr("-.!%*_+`'~", c)));
        CU_ASSERT_EQUAL(lex_is((char)c, LEX_SPACE), c && strchr(" \t\r\n", c));
        CU_ASSERT_EQUAL(lex_is((char)c, LEX_LOOSE), c && strchr("/=()<>,;:\"", c));
        CU_ASSERT_EQUAL(lex_is((char)c, LEX_HOST_END), c && strchr(": \t\r\n", c));
    }
    CU_ASSERT_FALSE(lex_is_token(SLICE("")));
    CU_ASSERT_TRUE(lex_is_token(SLICE("a-b")));
    CU_ASSERT_FALSE(lex_is_token(SLICE("a b")));
}

static size_t quoted(const char *text)
{
    const char *end = lex_quoted_end(text, text + strlen(text));
    return end ? (size_t)(end - text) : 0;
}

static void quotes(void)
{
    CU_ASSERT_EQUAL(quoted("\"\""), 2);
    CU_ASSERT_EQUAL(quoted("\"a\\\"b\"c\""), 6);
    CU_ASSERT_EQUAL(quoted("\"a\\\\\"b"), 5);
    CU_ASSERT_EQUAL(quoted("\""), 0);
    CU_ASSERT_EQUAL(quoted("\"a\\\""), 0);
    CU_ASSERT_EQUAL(quoted("\"a\\"), 0);
}

static size_t found(const char *text)
{
    struct lex_state state = {false, false};
    return (size_t)(lex_find(text, text + strlen(text), ',', ';', '<', &state) - text);
}

static void finds_outside(void)
{
    CU_ASSERT_EQUAL(found("ab,c"), 2);
    CU_ASSERT_EQUAL(found("\",;\";"), 4);
    CU_ASSERT_EQUAL(found("\",;"), 1);
    CU_ASSERT_EQUAL(found("abc"), 3);
    CU_ASSERT_EQUAL(found("a<,>"), 1);
    CU_ASSERT_EQUAL(found(""), 0);
}

static void same_names(void)
{
    static const char lower[] = "p-charging-function-addresses";
    char text[sizeof lower];

    for (size_t n = 0; n < sizeof lower; n++) {
        memcpy(text, lower, sizeof text);
        CU_ASSERT_TRUE(lex_same(text, lower, n));
        for (size_t i = 0; i < n; i++) {
            text[i] = (char)(text[i] ^ 0x01);
            CU_ASSERT_FALSE(lex_same(text, lower, n));
            text[i] = (char)(lower[i] ^ 0x20);
            CU_ASSERT_EQUAL(lex_same(text, lower, n), lower[i] != '-');
            text[i] = lower[i];
        }
    }
}

/* The lines of a text as one sees who looks at it byte by byte. */
static uint32_t slow_lines(struct slice s, size_t *at, size_t *n)
{
    uint32_t defects = 0;

    *n = 0;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '\n') {
            at[(*n)++] = i;
            defects |= i == 0 || s.p[i - 1] != '\r' ? SIP_DEFECT_LF : 0u;
        }
        defects |= s.p[i] == '\r' && (i + 1 == s.n || s.p[i + 1] != '\n') ? SIP_DEFECT_CR : 0u;
        defects |= s.p[i] == '\0' ? SIP_DEFECT_NUL : 0u;
    }
    return defects;
}

/* Texts of every length over block boundaries, against the edge of readable memory; from rich in line ends to
 * poor, with the same sequence of texts in each run. */
static void finds_lines(void)
{
    static const char letters[] = "\r\n\r\n\n\r\0\tabcdefgh";
    struct guard g;
    char text[300];
    size_t at[300], n;
    uint32_t seed = 1;

    guard_init(&g, sizeof text);
    for (int round = 0; round < 20000; round++) {
        size_t length = (size_t)round % sizeof text, i = 0;
        struct lines l;
        struct slice s;
        uint32_t defects;
        for (size_t k = 0; k < length; k++) {
            seed = seed * 1664525u + 1013904223u;
            text[k] =
                (seed >> 28) <= (unsigned)(round % 16) ? letters[(seed >> 20) % (sizeof letters - 1)] : 'x';
        }
        s = guard_put(&g, (struct slice){text, length});
        defects = slow_lines(s, at, &n);
        lines_start(&l, s.p, s.n);
        while (i < n && lines_next(&l) == at[i])
            i++;
        CU_ASSERT_TRUE(i == n && lines_next(&l) == length && lines_next(&l) == length &&
                       l.defects == defects);
    }
    guard_done(&g);
}

static void finds_bytes(void)
{
    char text[64];
    struct guard g;

    guard_init(&g, sizeof text);
    for (size_t length = 0; length <= sizeof text; length++)
        for (size_t colon = 0; colon <= length; colon++) {
            struct slice s;
            const char *p;
            memset(text, 'a', length);
            if (colon < length)
                text[colon] = ':';
            s = guard_put(&g, (struct slice){text, length});
            for (size_t end = 0; end <= length; end++) {
                p = lines_find(s.p, s.p + end, s.p + s.n, ':');
                CU_ASSERT_PTR_EQUAL(p, colon < end ? s.p + colon : NULL);
            }
        }
    guard_done(&g);
}

static const struct test tests[] = {
    {"classes", classes},       {"quotes", quotes},           {"finds_outside", finds_outside},
    {"same_names", same_names}, {"finds_lines", finds_lines}, {"finds_bytes", finds_bytes},
};
TEST_MAIN("lex", tests)
