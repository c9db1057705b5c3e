/* What one direction keeps: holes, and bounds. */
#include "tests/tcp_given.h"

static void a_hole_that_is_acknowledged(void)
{
    struct tcp *t = connected(1);

    send(t, &a, 1, 0, "beg");
    send_at(t, &a, 10, 0, 0, SLICE("two."), NSEC_PER_SEC);
    CU_ASSERT_EQUAL(shown.frame, 4);
    send_at(t, &b, 1001, 14, TCP_ACK, SLICE(""), NSEC_PER_SEC + 1);
    send_at(t, &a, 14, 0, 0, SLICE("three."), 2 * NSEC_PER_SEC);
    check("");
    send_at(t, &b, 1001, 20, TCP_ACK, SLICE(""), 2 * NSEC_PER_SEC + 1);
    check("c1>beg g1>two. 1>three. ");
    CU_ASSERT_EQUAL(shown.frame, 7); /* that which brought it, not that which ended the wait */
    CU_ASSERT_EQUAL(tcp_counts(t)->gaps, 1);
    CU_ASSERT_EQUAL(send(t, &a, 4, 0, "missed"), TCP_REPEATED);
    tcp_free(t);
}

static void a_hole_that_nobody_acknowledges(void)
{
    struct tcp *t = connected(1);

    send_at(t, &a, 10, 0, 0, SLICE("two."), NSEC_PER_SEC);
    CU_ASSERT_EQUAL(tcp_expire(t, 6 * NSEC_PER_SEC), 0);
    check("");
    CU_ASSERT_EQUAL(tcp_expire(t, 6 * NSEC_PER_SEC + 1), 0);
    check("g1>two. ");
    tcp_free(t);
}

static void several_holes(void)
{
    struct tcp *t = connected(1);

    send_at(t, &a, 10, 0, 0, SLICE("two."), 0);
    send_at(t, &a, 20, 0, 0, SLICE("three."), NSEC_PER_SEC);
    send_at(t, &a, 30, 0, 0, SLICE("fo"), NSEC_PER_SEC);
    CU_ASSERT_EQUAL(tcp_expire(t, 5 * NSEC_PER_SEC + 1), 0);
    check("g1>two. ");
    CU_ASSERT_EQUAL(tcp_expire(t, 6 * NSEC_PER_SEC + 1), 0);
    check("g1>two. g1>three. ");
    CU_ASSERT_EQUAL(tcp_flush(t), 0);
    check("g1>two. g1>three. gcl1>fo ");
    CU_ASSERT_EQUAL(tcp_counts(t)->gaps, 3);
    tcp_free(t);
}

static void segments_that_were_cut(void)
{
    struct tcp *t = connected(1);
    struct tcp_segment s = {.src = a, .dst = b, .seq = 1, .data = SLICE("one.tw"), .missing = 4};

    CU_ASSERT_EQUAL(tcp_segment(t, &s), TCP_TAKEN);
    send(t, &a, 11, 0, "three.");
    check("c1>one. g1>three. ");
    CU_ASSERT_EQUAL(tcp_segment(t, &s), TCP_REPEATED);
    s.seq = 21;
    CU_ASSERT_EQUAL(tcp_segment(t, &s), TCP_TAKEN); /* ahead */
    send(t, &a, 17, 0, "4444");
    send(t, &a, 31, 0, "five.");
    check("c1>one. g1>three. c1>4444one. g1>five. ");
    s.seq = 36; /* not one byte of it was captured */
    s.data = SLICE("");
    CU_ASSERT_EQUAL(tcp_segment(t, &s), TCP_TAKEN);
    send(t, &a, 40, 0, "six.");
    check("c1>one. g1>three. c1>4444one. g1>five. g1>six. ");
    tcp_free(t);
}

static void one_direction_has_a_bound(void)
{
    struct tcp_limits limits = {8, 100, 10000};
    struct tcp *t = fresh(&limits);

    send(t, &a, 0, TCP_SYN, "");
    for (uint32_t i = 0; i < 12; i++)
        send(t, &a, 1 + i * 10, 0, "0123456789");
    CU_ASSERT_EQUAL(tcp_counts(t)->stream_limit, 1);
    CU_ASSERT_TRUE(shown.largest <= 100);
    send(t, &a, 121, 0, "end.");
    CU_ASSERT_PTR_NOT_NULL(strstr(shown.text, "c1>0123"));
    CU_ASSERT_PTR_NOT_NULL(strstr(shown.text, "g1>0123456789"));
    tcp_free(t);
    t = fresh(&limits);
    send(t, &a, 0, TCP_SYN, "");
    for (uint32_t i = 1; i < 12; i++) /* ahead of a hole */
        send(t, &a, 1 + i * 10, 0, "01234567.");
    CU_ASSERT_TRUE(tcp_counts(t)->stream_limit > 0);
    CU_ASSERT_TRUE(tcp_counts(t)->gaps > 0);
    tcp_free(t);
    t = fresh(&limits); /* one segment that is over the bound all by itself */
    send(t, &a, 0, TCP_SYN, "");
    CU_ASSERT_EQUAL(send_at(t, &a, 1, 0, 0, filled('x', 1000), 0), TCP_TAKEN);
    CU_ASSERT_EQUAL(send(t, &a, 1001, 0, "end."), TCP_TAKEN);
    CU_ASSERT_PTR_NOT_NULL(strstr(shown.text, "g1>end."));
    tcp_free(t);
}

static void all_together_have_a_bound(void)
{
    struct tcp_limits limits = {64, 2000, 5000};
    struct tcp *t = fresh(&limits);

    for (uint16_t port = 1; port <= 40; port++) {
        a.port = port;
        send(t, &a, 0, TCP_SYN, "");
        send_at(t, &a, 1, 0, 0, filled('w', 200), 0);
        send_at(t, &a, 1000, 0, 0, filled('h', 200), 0);
    }
    CU_ASSERT_TRUE(tcp_counts(t)->buffer_limit >= 25);
    CU_ASSERT_PTR_NOT_NULL(strstr(shown.text, "c1>www"));
    CU_ASSERT_EQUAL(tcp_flush(t), 0);
    tcp_free(t);
}

static void connections_have_a_bound(void)
{
    struct tcp_limits limits = {4, 1000, 10000};
    struct tcp *t = fresh(&limits);

    for (uint16_t port = 1; port <= 6; port++) {
        a.port = port;
        send(t, &a, 0, TCP_SYN, "");
        send(t, &a, 1, 0, "left");
    }
    CU_ASSERT_EQUAL(tcp_counts(t)->connection_limit, 2);
    check("cl1>left cl2>left ");
    a.port = 3;
    send(t, &a, 5, 0, ".");
    check("cl1>left cl2>left 3>left. ");
    a.port = 9;
    send(t, &a, 0, TCP_SYN, "");
    check("cl1>left cl2>left 3>left. cl4>left ");
    tcp_free(t);
}

static const struct test tests[] = {
    {"a hole that is acknowledged", a_hole_that_is_acknowledged},
    {"a hole that nobody acknowledges", a_hole_that_nobody_acknowledges},
    {"several holes", several_holes},
    {"segments that were cut", segments_that_were_cut},
    {"one direction has a bound", one_direction_has_a_bound},
    {"all together have a bound", all_together_have_a_bound},
    {"connections have a bound", connections_have_a_bound},
};
TEST_MAIN("tcphalf", tests)
