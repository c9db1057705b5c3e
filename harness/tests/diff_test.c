#include "sip/diff.h"
#include "tests/test.h"

#include <stdio.h>

#define TOP "BYE sip:b@b SIP/2.0\r\n"

static const struct diff_case {
    const char *before, *after; /* header fields */
    const char *differences;    /* "-name(x)", "+name(y)", "~name(x|y)" */
} cases[] = {
    {"A: 1\r\nB: 2\r\n", "A: 1\r\nB: 2\r\n", ""},
    {"A: 1\r\nB: 2\r\n", "b :2\r\nA:\r\n 1\r\n", ""},
    {"A: 1\r\nA: 2\r\n", "A: 2\r\nA: 1\r\n", "~Accept-Contact(1|2)"},
    {"Aa: 1\r\nAa: 2\r\n", "Aa: 1 ,2\r\n", ""},
    {"Aa: 1\r\nB: 3\r\nAa: 2\r\n", "Aa: 1,2\r\nB: 3\r\n", ""},
    {"Aa: 1, 2, 3\r\n", "Aa: 1, 3\r\n", "-Aa(2)"},
    {"Aa: 1, 3\r\n", "Aa: 1, 2, 3\r\n", "+Aa(2)"},
    {"Aa: 1\r\n", "Aa: 1, 2\r\n", "+Aa(2)"},
    {"Aa: 1, 2\r\n", "Aa: 1\r\n", "-Aa(2)"},
    {"Aa: \"1,2\"\r\n", "Aa: \"1\", \"2\"\r\n", "+Aa(\"1\")"},
    {"Aa: 1\r\nBb: 2\r\nCc: 3\r\n", "Cc: 4\r\nDd: 5\r\nAa: 1\r\n", "-Bb(2)~Cc(3|4)+Dd(5)"},
    {"Aa:\r\n", "", "-Aa()"},
    {"", "Aa:\r\n", "+Aa()"},
    {"Aa:\r\n", "Aa: \r\n", ""},
    {"Subject: x\r\n", "s: x\r\n", ""},
    {"Subject: x\r\n", "S: y\r\n", "~Subject(x|y)"},
    {"k: x\r\n", "", "-Supported(x)"},
    {"f: <sip:a@a>;tag=1\r\n", "From: <sip:a@a> ; tag=1\r\n", ""},
    {"From: <sip:a@a>;tag=1\r\n", "From: <sip:a@a>;tag=2\r\n", "~From(<sip:a@a>;tag=1|<sip:a@a>;tag=2)"},
    {"From: a, b\r\n", "From: a\r\nFrom: b\r\n", "+From(a)"},
    {"Reason: SIP;cause=200, Q.850;cause=16\r\n", "Reason: SIP ;cause=200\r\nReason: Q.850;cause=16\r\n", ""},
    {"Reason: SIP;cause=200\r\n", "", "-Reason(SIP;cause=200)"},
    {"Via: a\r\nMax-Forwards: 70\r\nRoute: b\r\nl: 0\r\nRecord-Route: c\r\n", "Via: d\r\nVia: a\r\n", ""},
    {"User-Agent: x (a, b)\r\n", "User-Agent: x (a, b)\r\n", ""},
    {"Date: Sat, 13 Nov 2010 23:29:00 GMT\r\n", "Date: Sat, 13 Nov 2010 23:29:01 GMT\r\n",
     "~Date(13 Nov 2010 23:29:00 GMT|13 Nov 2010 23:29:01 GMT)"},
};

static void scan(struct sip_msg *m, struct sip_field *table, char *text, size_t size, const char *fields)
{
    size_t used;
    int n = snprintf(text, size, TOP "%s\r\n", fields);
    CU_ASSERT_EQUAL_FATAL(sip_scan(m, table, (struct slice){text, (size_t)n}, SIP_DATAGRAM, &used),
                          SIP_SCAN_OK);
}

static void say(char *to, size_t size, const struct sip_diff *d)
{
    size_t n = strlen(to);
    snprintf(to + n, size - n, "%c%.*s(%.*s%s%.*s)", "=-+~"[d->kind], SLICE_ARG(d->name),
             SLICE_ARG(d->before), d -> kind == SIP_CHANGED ? "|" : "", SLICE_ARG(d->after));
}

static void finds_differences(void)
{
    static struct sip_field tables[2][SIP_FIELDS_MAX];

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char a[512], b[512], got[512] = "", first[512] = "";
        struct sip_msg before, after;
        struct sip_diff_walk w;
        struct sip_diff d = {.kind = SIP_SAME};

        scan(&before, tables[0], a, sizeof a, cases[i].before);
        scan(&after, tables[1], b, sizeof b, cases[i].after);
        sip_diff_start(&w, &before, &after, SIP_SET_HOP);
        while (sip_diff_next(&w, &d))
            say(got, sizeof got, &d);
        CU_ASSERT_STRING_EQUAL(got, cases[i].differences);
        CU_ASSERT_FALSE(w.incomplete);
        CU_ASSERT_EQUAL(sip_diff_first(&before, &after, SIP_SET_HOP, &d), got[0] ? d.kind : SIP_SAME);
        if (got[0])
            say(first, sizeof first, &d);
        CU_ASSERT_TRUE(strncmp(first, got, strlen(first)) == 0);
        CU_ASSERT_EQUAL(sip_diff_first(&before, &before, SIP_SET_HOP, &d), SIP_SAME);
    }
}

static void ignores_kinds(void)
{
    static struct sip_field tables[2][SIP_FIELDS_MAX];
    char a[512], b[512];
    struct sip_msg before, after;
    struct sip_diff d;

    scan(&before, tables[0], a, sizeof a, "Reason: x\r\nUser-Agent: y\r\nVia: a, b\r\nRoute: c\r\n");
    scan(&after, tables[1], b, sizeof b, "User-Agent: z\r\nVia: a\r\nv: b\r\nRoute: d\r\n");
    CU_ASSERT_EQUAL(sip_diff_first(&before, &after, SIP_SET_HOP, &d), SIP_DROPPED);
    CHECK_SLICE(d.name, "Reason");
    CU_ASSERT_EQUAL(sip_diff_first(&before, &after, SIP_SET_HOP | SIP_SET(SIP_REASON), &d), SIP_CHANGED);
    CHECK_SLICE(d.name, "User-Agent");
    CU_ASSERT_EQUAL(
        sip_diff_first(&before, &after, SIP_SET_HOP | SIP_SET(SIP_REASON) | SIP_SET(SIP_OTHER), &d),
        SIP_SAME);
    CU_ASSERT_TRUE(sip_header_eq(&before, &after, SIP_VIA));
    CU_ASSERT_FALSE(sip_header_eq(&before, &after, SIP_ROUTE));
    CU_ASSERT_FALSE(sip_header_eq(&before, &after, SIP_REASON));
    CU_ASSERT_TRUE(sip_header_eq(&before, &after, SIP_CONTACT));
}

/* A header that the table had no room for is not taken for one that was dropped. */
static void says_what_it_cannot_compare(void)
{
    static struct sip_field tables[2][SIP_FIELDS_MAX];
    static char a[8192], b[8192], fields[8000];
    struct sip_msg before, after;
    struct sip_diff_walk w;
    struct sip_diff d;
    size_t n = 0;

    for (int i = 0; i < 127; i++)
        n += (size_t)snprintf(fields + n, sizeof fields - n, "X-%d: 1\r\n", i);
    scan(&before, tables[0], a, sizeof a, fields);
    snprintf(fields + n, sizeof fields - n, "X-New: 1\r\nReason: SIP\r\n");
    scan(&after, tables[1], b, sizeof b, fields);
    sip_diff_start(&w, &before, &after, 0);
    CU_ASSERT_TRUE(w.incomplete);
    CU_ASSERT_TRUE(sip_diff_next(&w, &d));
    CHECK_SLICE(d.name, "Reason");
    CU_ASSERT_EQUAL(d.kind, SIP_ADDED);
    CU_ASSERT_FALSE(sip_diff_next(&w, &d));
    sip_diff_start(&w, &before, &after, SIP_SET(SIP_OTHER));
    CU_ASSERT_FALSE(w.incomplete);
}

static const struct test tests[] = {
    {"finds_differences", finds_differences},
    {"ignores_kinds", ignores_kinds},
    {"says_what_it_cannot_compare", says_what_it_cannot_compare},
};
TEST_MAIN("diff", tests)
