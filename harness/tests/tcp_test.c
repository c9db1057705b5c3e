#include "tests/craft.h"
#include "tests/test.h"
#include "wire/tcp.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

/* The sink takes messages that end in a full stop, and writes down what it was shown: each message, flags
 * before it ('g'ap, 'c'ut, 'l'ast), and what it left of a chunk that will not come again. */
struct shown {
    char text[8192];
    uint64_t frame;
    unsigned calls;
    size_t largest;
    size_t collected; /* where everything is taken: how much */
    char *collect;    /* and where to */
    int fail;
    const char *last_p;
};

static struct shown shown;

static void note(const struct tcp_chunk *c, struct slice s)
{
    size_t at = strlen(shown.text);

    snprintf(shown.text + at, sizeof shown.text - at, "%s%s%s%u>%.*s ", c->gap ? "g" : "", c->cut ? "c" : "",
             c->last ? "l" : "", (unsigned)c->src->port, (int)(s.n < 60 ? s.n : 60), s.p ? s.p : "");
}

static int64_t take(void *ctx, const struct tcp_chunk *c)
{
    size_t n = c->bytes.n;

    CU_ASSERT_PTR_EQUAL(ctx, &shown);
    shown.calls++;
    shown.frame = c->frame;
    shown.last_p = c->bytes.p;
    if (c->bytes.n > shown.largest)
        shown.largest = c->bytes.n;
    if (shown.fail)
        return shown.fail;
    if (shown.collect) {
        memcpy(shown.collect + shown.collected, c->bytes.p, n);
        shown.collected += n;
        return (int64_t)n;
    }
    while (n && c->bytes.p[n - 1] != '.')
        n--;
    if (n || c->cut || c->last)
        note(c, n ? slice_head(c->bytes, n) : c->bytes);
    return (int64_t)n;
}

static const struct tcp_limits roomy = {64, 1 << 20, 4 << 20};
static struct endpoint a, b;
static uint64_t frame;

static struct tcp *fresh(const struct tcp_limits *limits)
{
    struct tcp *t = NULL;

    shown = (struct shown){.calls = 0};
    frame = 0;
    a = (struct endpoint){craft_addr("192.0.2.1"), 1};
    b = (struct endpoint){craft_addr("192.0.2.2"), 2};
    CU_ASSERT_EQUAL_FATAL(tcp_new(limits, (struct tcp_sink){take, &shown}, &t), 0);
    return t;
}

static int send_at(struct tcp *t, const struct endpoint *src, uint32_t seq, uint32_t ack, uint8_t flags,
                   struct slice data, nsec_t time)
{
    struct tcp_segment s = {.src = *src, .dst = src == &a ? b : a};

    s.seq = seq;
    s.ack = ack;
    s.flags = flags;
    s.data = data;
    s.time = time;
    s.frame = ++frame;
    return tcp_segment(t, &s);
}

static int send(struct tcp *t, const struct endpoint *src, uint32_t seq, uint8_t flags, const char *text)
{
    return send_at(t, src, seq, 0, flags, slice_of(text), 0);
}

/* A handshake: a's first byte is `seq`, b's is 1001. */
static struct tcp *connected(uint32_t seq)
{
    struct tcp *t = fresh(&roomy);

    CU_ASSERT_EQUAL(send(t, &a, seq - 1, TCP_SYN, ""), TCP_CONTROL);
    CU_ASSERT_EQUAL(send_at(t, &b, 1000, seq, TCP_SYN | TCP_ACK, SLICE(""), 0), TCP_CONTROL);
    CU_ASSERT_EQUAL(send_at(t, &a, seq, 1001, TCP_ACK, SLICE(""), 0), TCP_CONTROL);
    return t;
}

static void check(const char *want)
{
    if (strcmp(shown.text, want) != 0)
        printf("\n    shown  %s\n    wanted %s\n", shown.text, want);
    CU_ASSERT_STRING_EQUAL(shown.text, want);
}

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
    {"a hole that is acknowledged", a_hole_that_is_acknowledged},
    {"a hole that nobody acknowledges", a_hole_that_nobody_acknowledges},
    {"several holes", several_holes},
    {"segments that were cut", segments_that_were_cut},
    {"one direction has a bound", one_direction_has_a_bound},
    {"all together have a bound", all_together_have_a_bound},
    {"connections have a bound", connections_have_a_bound},
    {"the sink can stop it", the_sink_can_stop_it},
    {"agrees with the stream that was sent", agrees_with_the_stream_that_was_sent},
};
TEST_MAIN("tcp", tests)
