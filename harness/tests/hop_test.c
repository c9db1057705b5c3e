#include <stdio.h>

#include "tests/saying.h"

#define BYE(branch)                                                                                          \
    "BYE sip:b@x SIP/2.0\r\nVia: SIP/2.0/UDP a.x;branch=" branch                                             \
    "\r\nVia: SIP/2.0/UDP [2001:db8::1]:5070\r\n"                                                            \
    "From: <sip:a@x>;tag=1\r\nTo: <sip:b@x>;tag=2\r\nCall-ID: c\r\nCSeq: 7 BYE\r\n\r\n"

static struct arena arena;

static struct hop *keep(const struct said *said)
{
    struct via_texts vias;

    said_vias(said, &vias);
    return hop_keep(&arena, said, &vias, NULL);
}

/* What is kept stands by itself: the text that it was made of may go. */
static void keeps_what_counts(void)
{
    char text[] = BYE("z9hG4bK1");
    static struct saying s;
    struct hop *h;

    arena_init(&arena, 1 << 20);
    h = keep(saying(&s, text, "192.0.2.1", "192.0.2.2", 5));
    memset(text, 'x', sizeof text - 1);
    memset(&s, 0xff, sizeof s);
    CU_ASSERT_PTR_NOT_NULL_FATAL(h);
    CU_ASSERT_EQUAL(h->nvias, 2);
    CHECK_SLICE(hop_branch(h), "z9hG4bK1");
    CHECK_SLICE(h->via[1]->host, "2001:db8::1");
    CU_ASSERT_EQUAL(h->via[1]->port, 5070);
    CHECK_SLICE(h->call_id, "c");
    CHECK_SLICE(h->from_tag, "1");
    CHECK_SLICE(h->to_tag, "2");
    CU_ASSERT_TRUE(h->cseq_ok && h->cseq == 7 && h->first.frame == 6 && !hop_is_reply(h));
    CHECK_SLICE(slice_head(sip_text(&h->msg), 3), "BYE");
    arena_done(&arena);
}

static void knows_itself_again(void)
{
    static struct saying s;
    struct hop *h;

    arena_init(&arena, 1 << 20);
    h = keep(saying(&s, BYE("z9hG4bK1"), "192.0.2.1", "192.0.2.2", 0));
    CU_ASSERT_PTR_NOT_NULL_FATAL(h);
    saying(&s, BYE("z9hG4bK1"), "192.0.2.1", "192.0.2.2", 500);
    CU_ASSERT_TRUE(hop_same(h, &s.said, said_branch(&s.said)));
    saying(&s, BYE("z9hG4bK2"), "192.0.2.1", "192.0.2.2", 500);
    CU_ASSERT_FALSE(hop_same(h, &s.said, said_branch(&s.said)));
    saying(&s, BYE("z9hG4bK1"), "192.0.2.1", "192.0.2.3", 500);
    CU_ASSERT_FALSE(hop_same(h, &s.said, said_branch(&s.said)));
    saying(&s, "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP a.x;branch=z9hG4bK1\r\nCSeq: 7 BYE\r\n\r\n", "192.0.2.1",
           "192.0.2.2", 500);
    CU_ASSERT_FALSE(hop_same(h, &s.said, said_branch(&s.said)));
    arena_done(&arena);
}

static void counts_what_comes_again(void)
{
    static struct saying s;
    struct hop *h;

    arena_init(&arena, 1 << 20);
    h = keep(saying(&s, BYE("z9hG4bK1"), "192.0.2.1", "192.0.2.2", 0));
    CU_ASSERT_PTR_NOT_NULL_FATAL(h);
    for (int i = 1; i <= 40; i++)
        CU_ASSERT_TRUE(hop_repeat(&arena, h, saying(&s, BYE("z9hG4bK1"), "192.0.2.1", "192.0.2.2", i)));
    CU_ASSERT_EQUAL(h->nrepeats, 40);
    CU_ASSERT_EQUAL(h->repeat[HOP_REPEATS_MAX - 1].frame, HOP_REPEATS_MAX + 1);
    CU_ASSERT_FALSE(h->repeat_differs);
    for (uint32_t source = 1; source <= HOP_ELSEWHERE_MAX + 2; source++)
        for (int i = 0; i < 2; i++) {
            saying(&s, BYE("z9hG4bK1"), "192.0.2.1", "192.0.2.2", 50 + i);
            CU_ASSERT_TRUE(hop_repeat(&arena, h, seen_from(&s, source)));
        }
    CU_ASSERT_EQUAL(h->nrepeats, 40);
    CU_ASSERT_TRUE(h->nelsewhere >= HOP_ELSEWHERE_MAX);
    CU_ASSERT_EQUAL(h->elsewhere[HOP_ELSEWHERE_MAX - 1].source, HOP_ELSEWHERE_MAX);
    arena_done(&arena);
}

static void compares_times_of_one_clock(void)
{
    static struct saying s;
    struct hop *a, *b, *c;

    arena_init(&arena, 1 << 20);
    a = keep(saying(&s, BYE("z9hG4bK1"), "192.0.2.1", "192.0.2.2", 10));
    b = keep(saying(&s, BYE("z9hG4bK2"), "192.0.2.2", "192.0.2.3", 20));
    saying(&s, BYE("z9hG4bK3"), "192.0.2.3", "192.0.2.4", 5);
    c = keep(seen_from(&s, 1));
    CU_ASSERT_TRUE_FATAL(a && b && c);
    CU_ASSERT_EQUAL(hop_order(a, b), HOP_BEFORE);
    CU_ASSERT_EQUAL(hop_order(b, a), HOP_AFTER);
    CU_ASSERT_EQUAL(hop_order(c, a), HOP_UNORDERED);
    saying(&s, BYE("z9hG4bK2"), "192.0.2.2", "192.0.2.3", 2);
    CU_ASSERT_TRUE(hop_repeat(&arena, b, seen_from(&s, 1)));
    CU_ASSERT_EQUAL(hop_order(b, c), HOP_BEFORE); /* by the other clock, which saw both */
    CU_ASSERT_EQUAL(hop_order(a, c), HOP_UNORDERED);
    CU_ASSERT_TRUE(hop_seen_before(b, &c->first));
    CU_ASSERT_FALSE(hop_seen_before(a, &c->first));
    arena_done(&arena);
}

static void keeps_within_bounds(void)
{
    static char text[32768];
    static struct saying s;
    struct hop *h;
    size_t n = (size_t)snprintf(text, sizeof text, "BYE sip:b@x SIP/2.0\r\nVia: ");

    for (int i = 0; i < 200; i++)
        n += (size_t)snprintf(text + n, sizeof text - n, "%sSIP/2.0/UDP h%d;branch=z9hG4bK%d", i ? "," : "",
                              i, i);
    snprintf(text + n, sizeof text - n, "\r\nCall-ID: c\r\n\r\n");
    arena_init(&arena, 1 << 20);
    h = keep(saying(&s, text, "192.0.2.1", "192.0.2.2", 0));
    CU_ASSERT_PTR_NOT_NULL_FATAL(h);
    CU_ASSERT_EQUAL(h->nvias, HOP_VIAS_MAX);
    CU_ASSERT_FALSE(h->cseq_ok);
    arena_done(&arena);
    arena_init(&arena, 1000); /* no room for the text */
    CU_ASSERT_PTR_NULL(keep(&s.said));
    arena_done(&arena);
}

static const struct test tests[] = {
    {"keeps what counts", keeps_what_counts},
    {"knows itself again", knows_itself_again},
    {"counts what comes again", counts_what_comes_again},
    {"compares times of one clock", compares_times_of_one_clock},
    {"keeps within bounds", keeps_within_bounds},
};
TEST_MAIN("hop", tests)
