#include "sip/value.h"
#include "tests/guard.h"
#include "tests/test.h"

#include <stdio.h>

#define HEAD                                                                                                 \
    "BYE sip:b@b SIP/2.0\r\nFrom: \"a;tag=no\" <sip:a@a;tag=no>;tag=1\r\nTo: sip:b@b;tag=2\r\nCall-ID: "     \
    "x\r\n"

static struct sip_field table[SIP_FIELDS_MAX];
static struct guard guard;

static void scan(struct sip_msg *m, const char *text)
{
    size_t used;
    CU_ASSERT_EQUAL_FATAL(sip_scan(m, table, guard_put(&guard, slice_of(text)), SIP_DATAGRAM, &used),
                          SIP_SCAN_OK);
}

static const struct list_case {
    enum sip_header id;
    const char *fields;
    const char *values; /* each in brackets */
} lists[] = {
    {SIP_VIA, "Via: a\r\nv: b\r\n", "[a][b]"},
    {SIP_VIA, "Via: a,b ,\r\n c\r\nX-Y: z\r\nVIA: d\r\n", "[a][b][c][d]"},
    {SIP_VIA, "Via:\r\nVia: a\r\n", "[][a]"},
    {SIP_VIA, "Via: a,\r\n", "[a][]"},
    {SIP_VIA, "Via: ,a,,b\r\n", "[][a][][b]"},
    {SIP_VIA, "Via: ,\r\n", "[][]"},
    {SIP_VIA, "", ""},
    {SIP_ROUTE, "Route: <sip:a,b;lr>, \"x, \\\" y\" <sip:c>\r\n", "[<sip:a,b;lr>][\"x, \\\" y\" <sip:c>]"},
    {SIP_ROUTE, "Route: \"a, b\r\nRoute: \"c, d\"\r\n", "[\"a][b][\"c, d\"]"},
    {SIP_ROUTE, "Route: <a, b\r\n", "[<a][b]"},
    {SIP_ROUTE, "Route: \"a\\\r\n", "[\"a\\]"},
    {SIP_FROM, "", "[\"a;tag=no\" <sip:a@a;tag=no>;tag=1]"},
    {SIP_CSEQ, "CSeq: 1, 2\r\nCSeq: 3\r\n", "[1, 2][3]"},
    {SIP_OTHER, "X-Y: a, b\r\n", "[a, b]"},
};

static void walks_lists(void)
{
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        const struct list_case *c = &lists[i];
        char text[512], got[256] = "";
        unsigned n = 0;
        struct sip_msg m;
        struct sip_values w;
        struct slice value;

        snprintf(text, sizeof text, HEAD "%s\r\n", c->fields);
        scan(&m, text);
        for (sip_values_start(&w, &m, c->id); sip_values_next(&w, &value); n++)
            snprintf(got + strlen(got), sizeof got - strlen(got), "[%.*s]", SLICE_ARG(value));
        CU_ASSERT_STRING_EQUAL(got, c->values);
        CU_ASSERT_EQUAL(sip_values_count(&m, c->id), n);
        CU_ASSERT_FALSE(sip_values_next(&w, &value));
    }
}

static void cuts_lists(void)
{
    struct sip_list l = {.rest = SLICE("a, b")}, none = {.rest = {NULL, 0}};
    struct slice value;

    CU_ASSERT_TRUE(sip_list_next(&l, &value));
    CHECK_SLICE(value, "a");
    CU_ASSERT_TRUE(sip_list_next(&l, &value));
    CHECK_SLICE(value, "b");
    CU_ASSERT_FALSE(sip_list_next(&l, &value));
    CU_ASSERT_FALSE(sip_list_next(&none, &value));
}

static const struct param_case {
    const char *params, *name, *value;
} params[] = {
    {";a=1;b;c=\"x;b=2\"", "a", "1"},
    {";a=1;b;c=\"x;b=2\"", "b", ""},
    {";a=1;b;c=\"x;b=2\"", "C", "x;b=2"},
    {";a=1;b;c=\"x;b=2\"", "d", NULL},
    {" ; a = 1 ;\r\n b= ", "A", "1"},
    {" ; a = 1 ;\r\n b= ", "b", ""},
    {";a=\"\"", "a", ""},
    {";a=\"", "a", "\""},
    {";a=\"x;b=1", "b", "1"},
    {";a=\"x\\\";b=1\";b=2", "b", "2"},
    {";a=b=c", "a", "b=c"},
    {";;;a", "a", ""},
    {";=1", "", "1"},
    {"", "a", NULL},
    {";", "", NULL},
};

static void finds_params(void)
{
    for (size_t i = 0; i < sizeof params / sizeof params[0]; i++) {
        const struct param_case *c = &params[i];
        struct slice got = sip_param(guard_put(&guard, slice_of(c->params)), slice_of(c->name));
        bool ok = c->value ? got.p && slice_eq(got, slice_of(c->value)) : got.p == NULL;
        if (!ok)
            printf("%s [%s] = %.*s\n", c->params, c->name, SLICE_ARG(got));
        CU_ASSERT_TRUE(ok);
    }
    CU_ASSERT_PTR_NULL(sip_param((struct slice){NULL, 0}, SLICE("a")).p);
}

/* The usual form, and all that comes near it. */
static const struct {
    const char *from, *tag;
} tags[] = {
    {"<sip:a>;tag=x", "x"},
    {"<sip:a>;tag=x ;p", "x"},
    {"<sip:a>;tag=x;tag=y", "x"},
    {"<sip:a>;tag=", ""},
    {"<sip:a>;tag=;p", ""},
    {"<sip:a>;tag= x", "x"},
    {"<sip:a>;TAG=x", "x"},
    {"<sip:a>;tag=\"q;r\"", "q;r"},
    {"<sip:a>;tags=x", ""},
    {"<sip:a>;p=1;tag=x", "x"},
    {"<sip:a> ;tag=x", "x"},
    {"<sip:a;tag=no>;tag=x", "x"},
    {"Al <sip:a>;tag=x", "x"},
    {"\"A>;tag=no\" <sip:a>;tag=x", "x"},
    {"\"A<b>\";tag=no <sip:a>;tag=x", "x"},
    {"a>;tag=no <sip:a>;tag=x", "x"},
    {"sip:a>;tag=x", "x"},
};

static void finds_tags(void)
{
    struct sip_msg m;

    scan(&m, HEAD "\r\n");
    CHECK_SLICE(sip_tag(&m, SIP_FROM), "1");
    CHECK_SLICE(sip_tag(&m, SIP_TO), "2");
    scan(&m, "BYE sip:b@b SIP/2.0\r\nFrom: \"Al <sip:a@a>;tag=3\r\n\r\n");
    CHECK_SLICE(sip_tag(&m, SIP_FROM), "3");
    CU_ASSERT_PTR_NULL(sip_tag(&m, SIP_TO).p);
    for (size_t i = 0; i < sizeof tags / sizeof tags[0]; i++) {
        char text[200];
        snprintf(text, sizeof text, "BYE sip:b@b SIP/2.0\r\nFrom: %s\r\n\r\n", tags[i].from);
        scan(&m, text);
        CU_ASSERT_TRUE(slice_eq(sip_tag(&m, SIP_FROM), slice_of(tags[i].tag)));
    }
}

static const struct cseq_case {
    const char *value;
    bool ok;
    uint32_t number;
    const char *method;
} cseqs[] = {
    {"231 BYE", true, 231, "BYE"},
    {" \t231\r\n \tBYE ", true, 231, "BYE"},
    {"0 X.!", true, 0, "X.!"},
    {"4294967295 BYE", true, 4294967295u, "BYE"},
    {"4294967296 BYE", false, 7, "BYE"},
    {"abc BYE", false, 7, "BYE"},
    {"BYE", false, 7, "BYE"},
    {"231", false, 231, ""},
    {"231BYE", false, 7, ""},
    {"231 BYE x", false, 231, "BYE"},
    {"231 B@E", false, 231, "B@E"},
    {"-1 BYE", false, 7, "BYE"},
    {"", false, 7, ""},
};

static void decodes_cseq(void)
{
    for (size_t i = 0; i < sizeof cseqs / sizeof cseqs[0]; i++) {
        const struct cseq_case *c = &cseqs[i];
        uint32_t number = 7;
        struct slice method;
        bool ok = sip_cseq_decode(guard_put(&guard, slice_of(c->value)), &number, &method) == c->ok &&
                  number == c->number && slice_eq(method, slice_of(c->method));
        if (!ok)
            printf("%s -> %u %.*s\n", c->value, number, SLICE_ARG(method));
        CU_ASSERT_TRUE(ok);
    }
}

/* Nothing is written where nothing can be read. */
static void reads_numbers(void)
{
    struct sip_msg m;
    struct slice method = SLICE("none");
    uint32_t n = 7;

    scan(&m, HEAD "CSeq: 5 BYE\r\nMax-Forwards: \t70\r\n\r\n");
    CU_ASSERT_TRUE(sip_max_forwards(&m, &n));
    CU_ASSERT_EQUAL(n, 70);
    CU_ASSERT_TRUE(sip_cseq(&m, &n, &method));
    CU_ASSERT_EQUAL(n, 5);
    CHECK_SLICE(method, "BYE");
    scan(&m, HEAD "CSeq: 6\r\nMax-Forwards: 4294967296\r\n\r\n");
    CU_ASSERT_FALSE(sip_max_forwards(&m, &n));
    CU_ASSERT_FALSE(sip_cseq(&m, &n, &method));
    scan(&m, HEAD "\r\n");
    CU_ASSERT_FALSE(sip_max_forwards(&m, &n));
    CU_ASSERT_FALSE(sip_cseq(&m, &n, &method));
    CU_ASSERT_EQUAL(n, 5);
}

static const struct eq_case {
    const char *a, *b;
    bool same;
} pairs[] = {
    {"a;b=c", "a ; b\r\n = c", true},
    {"a b", "a \t\r\n b", true},
    {"a b", "ab", false},
    {" a ", "a", true},
    {"SIP/2.0/UDP h", "SIP / 2.0 / UDP\th", true},
    {"\"x\" <sip:a>", "\"x\"<sip:a>", true},
    {"\"x  y\" <sip:a>", "\"x y\" <sip:a>", false},
    {"\"x\r\n y\"", "\"x y\"", true},
    {"\"x ;y\"", "\"x;y\"", false},
    {"\"x\\\" ;y\"", "\"x\\\";y\"", false},
    {"\"x\\\\\" ;y", "\"x\\\\\";y", true},
    {"\"x ;y", "\"x;y", true},
    {"a", "A", false},
    {"a", "a b", false},
    {"", " \r\n ", true},
    {"", "a", false},
    {"a,b", "a , b", true},
    {"a\"", "a", false},
};

static void compares(void)
{
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        struct slice a = slice_of(pairs[i].a), b = slice_of(pairs[i].b);
        bool ok =
            sip_value_eq(a, guard_put(&guard, b)) == pairs[i].same && sip_value_eq(b, a) == pairs[i].same;
        if (!ok)
            printf("%s / %s\n", pairs[i].a, pairs[i].b);
        CU_ASSERT_TRUE(ok);
    }
    CU_ASSERT_TRUE(sip_value_eq((struct slice){NULL, 0}, SLICE("")));
}

/* Texts made to be searched again and again cost one search: this takes seconds where it does not. */
static void survives_hostile_text(void)
{
    static char text[1 << 16];
    static const char *const patterns[] = {"\\\",", "\\\";", "<,", "\",",  "\" ",
                                           ";\"",   "    ",  ";<", "\\\"="};
    struct slice value, name, all = {text, sizeof text - 1};
    size_t n = 0;

    for (size_t i = 0; i < sizeof patterns / sizeof patterns[0]; i++) {
        struct sip_list l = {.rest = all};
        struct sip_params w = {.rest = all};
        struct sip_nameaddr addr;
        struct sip_via via;

        text[0] = '"';
        for (size_t k = 1; k < sizeof text; k++)
            text[k] = patterns[i][(k - 1) % strlen(patterns[i])];
        while (sip_list_next(&l, &value))
            n++;
        while (sip_params_next(&w, &name, &value))
            n++;
        CU_ASSERT_FALSE(sip_value_eq(all, slice_head(all, all.n - 9)) && n == 0);
        (void)sip_nameaddr_decode(all, &addr);
        (void)sip_via_decode(all, &via);
    }
    CU_ASSERT_TRUE(n > 65536);
}

int main(int argc, char **argv)
{
    static const struct test tests[] = {
        {"walks_lists", walks_lists},   {"cuts_lists", cuts_lists},
        {"finds_params", finds_params}, {"finds_tags", finds_tags},
        {"decodes_cseq", decodes_cseq}, {"reads_numbers", reads_numbers},
        {"compares", compares},         {"survives_hostile_text", survives_hostile_text},
    };
    int status;

    guard_init(&guard, 4096);
    status = test_main(argc, argv, "value", tests, sizeof tests / sizeof tests[0]);
    guard_done(&guard);
    return status;
}
