#include "tests/tcp_given.h"

#include <errno.h>

static void in_order(void)
{
    struct tcp *t = connected(1);

    CU_ASSERT_EQUAL(send(t, &a, 1, 0, "one."), TCP_TAKEN);
    CU_ASSERT_EQUAL(send(t, &b, 1001, 0, "answer."), TCP_TAKEN);
    CU_ASSERT_EQUAL(send(t, &a, 5, 0, "two.three."), TCP_TAKEN);
    check("1>one. 2>answer. 1>two.three. ");
    CU_ASSERT_EQUAL(tcp_flush(t), 0);
    check("1>one. 2>answer. 1>two.three. ");
    tcp_free(t);
}

/* Nothing is copied where nothing waits. */
static void shows_a_segment_where_it_lies(void)
{
    struct tcp *t = connected(1);
    const char text[] = "one.";

    send_at(t, &a, 1, 0, 0, SLICE(text), 0);
    CU_ASSERT_PTR_EQUAL(shown.last_p, text);
    tcp_free(t);
}

static void a_message_over_many_segments(void)
{
    struct tcp *t = connected(1);

    for (uint32_t i = 0; i < 500; i++) {
        CU_ASSERT_EQUAL(send(t, &a, 1 + i, 0, "x"), TCP_TAKEN);
        check("");
    }
    send(t, &a, 501, 0, ".y");
    CU_ASSERT_EQUAL(shown.frame, frame);
    CU_ASSERT_EQUAL(strncmp(shown.text, "1>xxxx", 6), 0);
    CU_ASSERT_EQUAL(shown.largest, 502);
    shown.text[0] = '\0';
    send(t, &a, 503, 0, "z.");
    check("1>yz. ");
    tcp_free(t);
}

static void reordered(void)
{
    struct tcp *t = connected(1);

    CU_ASSERT_EQUAL(send(t, &a, 9, 0, "3."), TCP_TAKEN);
    CU_ASSERT_EQUAL(send(t, &a, 5, 0, "two."), TCP_TAKEN);
    CU_ASSERT_EQUAL(send(t, &a, 11, 0, "four"), TCP_TAKEN);
    check("");
    CU_ASSERT_EQUAL(send(t, &a, 1, 0, "one."), TCP_TAKEN);
    check("1>one. 1>two. 1>3. ");
    CU_ASSERT_EQUAL(shown.frame, frame);
    send(t, &a, 15, 0, ".");
    check("1>one. 1>two. 1>3. 1>four. ");
    CU_ASSERT_EQUAL(tcp_counts(t)->gaps, 0);
    tcp_free(t);
}

static void sent_again(void)
{
    struct tcp *t = connected(1);

    send(t, &a, 1, 0, "one.");
    CU_ASSERT_EQUAL(send(t, &a, 1, 0, "one."), TCP_REPEATED);
    CU_ASSERT_EQUAL(send(t, &a, 4, 0, "."), TCP_REPEATED);     /* a keep-alive */
    CU_ASSERT_EQUAL(send(t, &a, 1, 0, "one.two."), TCP_TAKEN); /* with news */
    CU_ASSERT_EQUAL(send(t, &a, 13, 0, "4."), TCP_TAKEN);
    CU_ASSERT_EQUAL(send(t, &a, 13, 0, "4."), TCP_TAKEN); /* ahead, again */
    CU_ASSERT_EQUAL(send(t, &a, 9, 0, "3333"), TCP_TAKEN);
    check("1>one. 1>two. 1>33334. ");
    CU_ASSERT_EQUAL(tcp_counts(t)->conflicts, 0);
    tcp_free(t);
}

static void overlapping(void)
{
    struct tcp *t = connected(1);

    send(t, &a, 5, 0, "EF");
    send(t, &a, 9, 0, "IJ");
    CU_ASSERT_EQUAL(tcp_counts(t)->conflicts, 0);
    send(t, &a, 3, 0, "cdefghijkl"); /* over both, and between */
    CU_ASSERT_EQUAL(tcp_counts(t)->conflicts, 1);
    send(t, &a, 1, 0, "abCDx");
    send(t, &a, 13, 0, ".");
    check("1>abCDxFghIJkl. "); /* the first copy of each byte that was in order wins */
    tcp_free(t);
}

static void sequence_numbers_wrap(void)
{
    struct tcp *t = connected(0xfffffffeu);

    send(t, &a, 0xfffffffeu, 0, "ab");
    send(t, &a, 4, 0, "fg.");
    send(t, &a, 0, 0, "cdX");
    send(t, &a, 2, 0, "YeZ");
    check("1>abcdXeZg. ");
    CU_ASSERT_EQUAL(send(t, &a, 0xffffffffu, 0, "b"), TCP_REPEATED);
    tcp_free(t);
}

static void begun_before_the_capture(void)
{
    struct tcp *t = fresh(&roomy);

    CU_ASSERT_EQUAL(send(t, &a, 5000, TCP_ACK, ""), TCP_CONTROL);
    CU_ASSERT_EQUAL(send(t, &a, 5000, 0, "rest.one."), TCP_TAKEN);
    CU_ASSERT_EQUAL(send(t, &a, 5009, 0, "two."), TCP_TAKEN);
    check("g1>rest.one. 1>two. ");
    CU_ASSERT_EQUAL(tcp_counts(t)->midstream, 1);
    /* bytes from before the first that were seen are shown on their own, once */
    CU_ASSERT_EQUAL(send(t, &a, 4990, 0, "the early."), TCP_TAKEN);
    CU_ASSERT_EQUAL(send(t, &a, 4990, 0, "the early."), TCP_REPEATED);
    CU_ASSERT_EQUAL(send(t, &a, 5013, 0, "three."), TCP_TAKEN);
    check("g1>rest.one. 1>two. gc1>the early. g1>three. ");
    tcp_free(t);
}

/* The gap is told until the sink has found its feet. */
static void a_gap_is_told_until_bytes_are_taken(void)
{
    struct tcp *t = fresh(&roomy);

    send(t, &a, 1, 0, "half ");
    send(t, &a, 6, 0, "done.");
    send(t, &a, 11, 0, "next.");
    check("g1>half done. 1>next. ");
    tcp_free(t);
}

static void ends_with_fin(void)
{
    struct tcp *t = connected(1);

    CU_ASSERT_EQUAL(send(t, &a, 1, 0, "one.tw"), TCP_TAKEN);
    CU_ASSERT_EQUAL(send(t, &a, 7, TCP_FIN, "o"), TCP_TAKEN);
    check("1>one. l1>two ");
    CU_ASSERT_EQUAL(send(t, &a, 8, TCP_FIN, ""), TCP_CONTROL);
    CU_ASSERT_EQUAL(send(t, &a, 8, 0, "late."), TCP_CLOSED);
    CU_ASSERT_EQUAL(send(t, &a, 1, 0, "one."), TCP_REPEATED);
    CU_ASSERT_EQUAL(send(t, &b, 1001, 0, "half open."), TCP_TAKEN);
    check("1>one. l1>two 2>half open. ");
    tcp_free(t);
}

static void a_fin_that_comes_early(void)
{
    struct tcp *t = connected(1);

    send(t, &a, 5, TCP_FIN, "two");
    check("");
    send(t, &a, 1, 0, "one.");
    check("1>one. l1>two ");
    tcp_free(t);
    t = connected(1);
    send(t, &a, 5, TCP_FIN, ""); /* alone, ahead of the last bytes */
    send(t, &a, 1, 0, "one!");
    check("l1>one! ");
    tcp_free(t);
}

static void a_fin_alone(void)
{
    struct tcp *t = connected(1);

    send(t, &a, 1, 0, "left");
    send(t, &a, 5, TCP_FIN | TCP_ACK, "");
    check("l1>left ");
    CU_ASSERT_EQUAL(tcp_flush(t), 0);
    check("l1>left ");
    tcp_free(t);
}

static void ends_with_rst(void)
{
    struct tcp *t = connected(1);

    send(t, &a, 1, 0, "left");
    send(t, &a, 8, 0, "ahead.");
    CU_ASSERT_EQUAL(send(t, &a, 14, TCP_RST, ""), TCP_CONTROL);
    check("c1>left g1>ahead. ");
    CU_ASSERT_EQUAL(send(t, &a, 14, 0, "after"), TCP_CLOSED);
    CU_ASSERT_EQUAL(send(t, &b, 1001, 0, "on its way."), TCP_TAKEN);
    tcp_free(t);
    t = connected(1);
    send(t, &a, 1, 0, "left");
    CU_ASSERT_EQUAL(send(t, &a, 900000000, TCP_RST, ""), TCP_CONTROL); /* a blind one */
    send(t, &a, 5, 0, ".");
    check("1>left. ");
    tcp_free(t);
}

static void ports_used_again(void)
{
    struct tcp *t = connected(1);

    send(t, &a, 1, 0, "one.le");
    send(t, &b, 1001, 0, "answer.");
    CU_ASSERT_EQUAL(send(t, &a, 77000000, TCP_SYN, ""), TCP_CONTROL);
    check("1>one. 2>answer. cl1>le ");
    CU_ASSERT_EQUAL(send_at(t, &b, 88000000, 77000001, TCP_SYN | TCP_ACK, SLICE(""), 0), TCP_CONTROL);
    shown.text[0] = '\0';
    send(t, &a, 77000001, 0, "new.");
    send(t, &b, 88000001, 0, "new answer.");
    check("1>new. 2>new answer. ");
    CU_ASSERT_EQUAL(send(t, &a, 77000000, TCP_SYN, ""), TCP_CONTROL); /* the same SYN again */
    CU_ASSERT_EQUAL(send(t, &a, 77000001, 0, "new."), TCP_REPEATED);
    CU_ASSERT_EQUAL(tcp_counts(t)->midstream, 0);
    tcp_free(t);
}

/* The new connection's SYN was not captured: its numbers are beyond any window. */
static void ports_used_again_unseen(void)
{
    struct tcp *t = connected(1);

    send(t, &a, 1, 0, "one.");
    CU_ASSERT_EQUAL(send(t, &a, 3000000000u, 0, "two."), TCP_TAKEN);
    CU_ASSERT_EQUAL(send(t, &a, 1000000000u, 0, "three."), TCP_TAKEN);
    check("1>one. g1>two. g1>three. ");
    CU_ASSERT_EQUAL(tcp_counts(t)->midstream, 2);
    tcp_free(t);
}

static void a_syn_with_data(void)
{
    struct tcp *t = fresh(&roomy);

    CU_ASSERT_EQUAL(send(t, &a, 99, TCP_SYN, "fast."), TCP_TAKEN);
    CU_ASSERT_EQUAL(send(t, &a, 105, 0, "on."), TCP_TAKEN);
    check("1>fast. 1>on. ");
    tcp_free(t);
}

/* The answer to a SYN that was not captured shows where the other direction begins. */
static void a_syn_that_was_not_captured(void)
{
    struct tcp *t = fresh(&roomy);

    send_at(t, &b, 1000, 500, TCP_SYN | TCP_ACK, SLICE(""), 0);
    send(t, &a, 504, 0, "two.");
    send(t, &a, 500, 0, "one.");
    check("1>one. 1>two. ");
    CU_ASSERT_EQUAL(tcp_counts(t)->midstream, 0);
    tcp_free(t);
}

static void the_sink_can_stop_it(void)
{
    struct tcp *t = connected(1);

    shown.fail = -ECANCELED;
    CU_ASSERT_EQUAL(send(t, &a, 1, 0, "one."), -ECANCELED);
    shown.fail = 0;
    send(t, &a, 5, 0, "left");
    shown.fail = -ECANCELED;
    CU_ASSERT_EQUAL(tcp_flush(t), -ECANCELED);
    tcp_free(t);
    tcp_free(NULL);
}

/* Whatever order, overlap and repetition segments come in: the sink sees the stream, whole and once. */
static void agrees_with_the_stream_that_was_sent(void)
{
    static char sent[4000], got[5000];
    uint32_t seed = 7;

    for (size_t i = 0; i < sizeof sent; i++)
        sent[i] = (char)('a' + i * 7 % 23);
    for (int round = 0; round < 200; round++) {
        uint32_t first = (uint32_t)round * 123456789u, done = 0;
        struct tcp *t = connected(first);
        shown.collect = got;
        while (done < sizeof sent) {
            for (int k = 0; k < 20; k++) {
                uint32_t at, n;
                seed = seed * 1664525u + 1013904223u;
                at = (seed >> 8) % (sizeof sent - 1);
                n = 1 + (seed >> 20) % 60;
                if (at + n > sizeof sent)
                    n = sizeof sent - at;
                if (at > done + 200)
                    continue;
                CU_ASSERT_TRUE(send_at(t, &a, first + at, 0, 0, (struct slice){sent + at, n}, 0) >= 0);
            }
            CU_ASSERT_TRUE(send_at(t, &a, first + done, 0, 0, (struct slice){sent + done, 20}, 0) >= 0);
            done += 20;
        }
        CU_ASSERT_EQUAL(shown.collected, sizeof sent);
        CU_ASSERT_EQUAL(memcmp(got, sent, sizeof sent), 0);
        CU_ASSERT_EQUAL(tcp_counts(t)->gaps, 0);
        CU_ASSERT_EQUAL(tcp_counts(t)->conflicts, 0);
        tcp_free(t);
    }
}

static const struct test tests[] = {
    {"in order", in_order},
    {"shows a segment where it lies", shows_a_segment_where_it_lies},
    {"a message over many segments", a_message_over_many_segments},
    {"reordered", reordered},
    {"sent again", sent_again},
    {"overlapping", overlapping},
    {"sequence numbers wrap", sequence_numbers_wrap},
    {"begun before the capture", begun_before_the_capture},
    {"a gap is told until bytes are taken", a_gap_is_told_until_bytes_are_taken},
    {"ends with FIN", ends_with_fin},
    {"a FIN that comes early", a_fin_that_comes_early},
    {"a FIN alone", a_fin_alone},
    {"ends with RST", ends_with_rst},
    {"ports used again", ports_used_again},
    {"ports used again, unseen", ports_used_again_unseen},
    {"a SYN with data", a_syn_with_data},
    {"a SYN that was not captured", a_syn_that_was_not_captured},
    {"the sink can stop it", the_sink_can_stop_it},
    {"agrees with the stream that was sent", agrees_with_the_stream_that_was_sent},
};
TEST_MAIN("tcp", tests)
