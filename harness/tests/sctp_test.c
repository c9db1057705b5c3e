#include "tests/craft.h"
#include "tests/pipe.h"
#include "tests/test.h"
#include "wire/sctp.h"

#include <errno.h>
#include <stdio.h>

static char shown[4096];
static int answer;
static struct payload last;

static int take(void *ctx, const struct payload *p)
{
    size_t at = strlen(shown);

    CU_ASSERT_PTR_EQUAL(ctx, shown);
    CU_ASSERT_TRUE(p->transport == TRANSPORT_SCTP && !p->stream);
    snprintf(shown + at, sizeof shown - at, "%s%.*s ", p->cut ? "c" : "",
             (int)(p->bytes.n < 40 ? p->bytes.n : 40), p->bytes.p);
    last = *p;
    return answer;
}

static struct sctp *fresh(uint32_t associations, size_t message, size_t bytes)
{
    struct sctp_limits limits = {associations, message, bytes};
    struct sctp *s = NULL;

    shown[0] = '\0';
    answer = 0;
    CU_ASSERT_EQUAL_FATAL(sctp_new(&limits, (struct sctp_sink){take, shown}, &s), 0);
    return s;
}

static struct slice head(uint32_t tag)
{
    char h[12] = {0};

    craft_put(h, 5060, 2);
    craft_put(h + 2, 5061, 2);
    craft_put(h + 4, tag, 4);
    return join((struct slice){h, sizeof h}, SLICE(""));
}

static struct slice chunk(uint8_t type, uint8_t flags, struct slice value)
{
    char h[4] = {(char)type, (char)flags};
    struct slice padded;

    craft_put(h + 2, 4 + value.n, 2);
    padded = join((struct slice){h, 4}, value);
    return join(padded, (struct slice){"\0\0\0", (4 - padded.n % 4) % 4});
}

/* flags: 3 whole, 2 the first part, 0 a middle one, 1 the last */
static struct slice data(uint8_t flags, uint32_t tsn, const char *text)
{
    char v[12] = {0};

    craft_put(v, tsn, 4);
    return chunk(0, flags, craft_join(v, sizeof v, slice_of(text)));
}

static int give_cut(struct sctp *s, struct slice bytes, uint32_t missing)
{
    struct slice g = guarded(bytes);
    struct sctp_packet p = {.bytes = g, .missing = missing, .frame = 9};
    int r;

    p.src.addr = craft_addr("192.0.2.1");
    p.dst.addr = craft_addr("192.0.2.2");
    r = sctp_take(s, &p);
    unguard(g);
    return r;
}

static int give(struct sctp *s, struct slice bytes)
{
    return give_cut(s, bytes, 0);
}

static void check(const char *want)
{
    if (strcmp(shown, want) != 0)
        printf("\n    shown  %s\n    wanted %s\n", shown, want);
    CU_ASSERT_STRING_EQUAL(shown, want);
}

static void whole_messages(void)
{
    struct sctp *s = fresh(8, 10000, 100000);

    CU_ASSERT_EQUAL(give(s, join(head(7), data(3, 1, "BYE 1"))), SCTP_TAKEN);
    CU_ASSERT_TRUE(last.src.port == 5060 && last.dst.port == 5061 && last.frame == 9);
    CU_ASSERT_EQUAL(give(s, join(head(7), join(data(3, 2, "BYE 2"), data(3, 3, "BYE three")))), SCTP_TAKEN);
    check("BYE 1 BYE 2 BYE three ");
    sctp_free(s);
    sctp_free(NULL);
}

static void control_and_data(void)
{
    struct sctp *s = fresh(8, 10000, 100000);

    CU_ASSERT_EQUAL(give(s, join(head(0), chunk(1, 0, SLICE("init")))), SCTP_CONTROL);
    CU_ASSERT_EQUAL(give(s, join(head(7), chunk(3, 0, SLICE("a sack")))), SCTP_CONTROL);
    CU_ASSERT_EQUAL(give(s, join(head(7), join(chunk(3, 0, SLICE("a sack")), data(3, 1, "BYE")))),
                    SCTP_TAKEN);
    CU_ASSERT_EQUAL(give(s, head(7)), SCTP_CONTROL);
    check("BYE ");
    sctp_free(s);
}

static void sent_again(void)
{
    struct sctp *s = fresh(8, 10000, 100000);

    CU_ASSERT_EQUAL(give(s, join(head(7), data(3, 0xffffffff, "one"))), SCTP_TAKEN);
    CU_ASSERT_EQUAL(give(s, join(head(7), data(3, 1, "three"))), SCTP_TAKEN);
    CU_ASSERT_EQUAL(give(s, join(head(7), data(3, 0, "two"))), SCTP_TAKEN);
    CU_ASSERT_EQUAL(give(s, join(head(7), data(3, 0xffffffff, "one"))), SCTP_REPEATED);
    CU_ASSERT_EQUAL(give(s, join(head(7), join(data(3, 1, "three"), data(3, 2, "four")))), SCTP_TAKEN);
    CU_ASSERT_EQUAL(give(s, join(head(8), data(3, 1, "another association"))), SCTP_TAKEN);
    check("one three two four another association ");
    CU_ASSERT_EQUAL(give(s, join(head(7), data(3, 100000, "far on"))), SCTP_TAKEN);
    CU_ASSERT_EQUAL(give(s, join(head(7), data(3, 99999, "just before"))), SCTP_TAKEN);
    CU_ASSERT_EQUAL(give(s, join(head(7), data(3, 5, "long ago"))), SCTP_REPEATED);
    sctp_free(s);
}

static void in_parts(void)
{
    static const int orders[6][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
    static const char *const text[] = {"one-", "two-", "three"};
    static const uint8_t flags[] = {2, 0, 1};
    struct sctp *s = fresh(8, 10000, 100000);

    for (int i = 0; i < 6; i++) {
        uint32_t first = 0xfffffffeu + (uint32_t)i * 3;
        shown[0] = '\0';
        for (int k = 0; k < 3; k++) {
            int part = orders[i][k];
            check("");
            CU_ASSERT_EQUAL(give(s, join(head(7), data(flags[part], first + (uint32_t)part, text[part]))),
                            SCTP_TAKEN);
        }
        check("one-two-three ");
    }
    shown[0] = '\0'; /* two messages whose parts come mixed */
    give(s, join(head(7), join(data(1, 104, "B2"), data(2, 101, "A1-"))));
    give(s, join(head(7), join(data(2, 103, "B1-"), data(1, 102, "A2"))));
    check("B1-B2 A1-A2 ");
    sctp_flush(s);
    CU_ASSERT_EQUAL(sctp_counts(s)->gaps, 0);
    give(s, join(head(7), data(2, 200, "alone")));
    sctp_flush(s);
    CU_ASSERT_EQUAL(sctp_counts(s)->gaps, 1);
    sctp_free(s);
}

static void i_data(void)
{
    struct sctp *s = fresh(8, 10000, 100000);
    struct slice v = SLICE("\0\0\0\5\0\0\0\0\0\0\0\0\0\0\0\0BYE");

    CU_ASSERT_EQUAL(give(s, join(head(7), chunk(64, 3, v))), SCTP_TAKEN);
    check("BYE ");
    sctp_free(s);
}

static void lengths_that_lie(void)
{
    struct slice ok = join(head(7), data(3, 1, "BYE"));
    struct sctp *s = fresh(8, 10000, 100000);
    char *length = (char *)(uintptr_t)ok.p + 14;

    for (size_t n = 12; n < ok.n - 1; n++) /* the last byte is padding */
        CU_ASSERT_NOT_EQUAL(give(s, slice_head(ok, n)), SCTP_TAKEN);
    craft_put(length, 3, 2);
    CU_ASSERT_EQUAL(give(s, ok), SCTP_BAD);
    craft_put(length, 0xffff, 2);
    CU_ASSERT_EQUAL(give(s, ok), SCTP_BAD);
    craft_put(length, 15, 2);
    CU_ASSERT_EQUAL(give(s, ok), SCTP_BAD);
    check("");
    sctp_free(s);
}

static void cut_by_the_snap_length(void)
{
    struct slice ok = join(head(7), data(3, 1, "BYE sip:bob"));
    struct sctp *s = fresh(8, 10000, 100000);

    CU_ASSERT_EQUAL(give_cut(s, slice_head(ok, 20), (uint32_t)ok.n - 20), SCTP_SHORT);
    CU_ASSERT_EQUAL(give_cut(s, slice_head(ok, 14), (uint32_t)ok.n - 14), SCTP_SHORT);
    CU_ASSERT_EQUAL(give_cut(s, slice_head(ok, 12 + 16 + 3), (uint32_t)ok.n - 31), SCTP_TAKEN);
    check("cBYE ");
    sctp_free(s);
}

static void bounded(void)
{
    struct sctp *s = fresh(3, 200, 500);

    for (uint32_t tag = 1; tag <= 5; tag++)
        give(s, join(head(tag), data(2, 1, "part")));
    CU_ASSERT_EQUAL(sctp_counts(s)->limit, 2);
    CU_ASSERT_EQUAL(sctp_counts(s)->gaps, 2);
    for (uint32_t i = 2; i < 20; i++)
        CU_ASSERT_EQUAL(give(s, join(head(5), data(0, i, "another part of a long message"))), SCTP_TAKEN);
    CU_ASSERT_TRUE(sctp_counts(s)->limit > 3);
    sctp_free(s);
    s = fresh(64, 10000, 500);
    for (uint32_t tag = 1; tag <= 20; tag++)
        give(s, join(head(tag), data(2, 1, "another part of a long message")));
    CU_ASSERT_TRUE(sctp_counts(s)->limit > 10);
    sctp_free(s);
}

static void the_sink_can_stop_it(void)
{
    struct sctp *s = fresh(8, 10000, 100000);

    answer = -ECANCELED;
    CU_ASSERT_EQUAL(give(s, join(head(7), data(3, 1, "BYE"))), -ECANCELED);
    CU_ASSERT_EQUAL(give(s, join(head(7), data(2, 2, "BYE"))), SCTP_TAKEN);
    CU_ASSERT_EQUAL(give(s, join(head(7), data(1, 3, "BYE"))), -ECANCELED);
    sctp_free(s);
}

static const struct test tests[] = {
    {"whole messages", whole_messages},
    {"control and data", control_and_data},
    {"sent again", sent_again},
    {"in parts", in_parts},
    {"I-DATA", i_data},
    {"lengths that lie", lengths_that_lie},
    {"cut by the snap length", cut_by_the_snap_length},
    {"bounded", bounded},
    {"the sink can stop it", the_sink_can_stop_it},
};
TEST_MAIN("sctp", tests)
