#include "tests/talk.h"
#include "tests/test.h"
#include "trace/trace.h"

enum { KEPT_MAX = 16 };

struct bench {
    struct profile *profile;
    struct trace *trace;
    struct talk talk;
    int n;
    struct session *kept[KEPT_MAX];
};

static int keep(void *ctx, struct session *s)
{
    struct bench *b = ctx;

    if (b->n < KEPT_MAX)
        b->kept[b->n++] = s;
    else
        session_free(s);
    return 0;
}

static void open_bench(struct bench *b, const struct trace_config *more)
{
    struct trace_config config = more ? *more : (struct trace_config){0};

    memset(b, 0, sizeof *b);
    talk_init(&b->talk);
    CU_ASSERT_EQUAL_FATAL(profile_load("reference-network/sut.xml", "testcases/schema", &b->profile, NULL),
                          0);
    config.profile = b->profile;
    CU_ASSERT_EQUAL_FATAL(trace_new(&config, (struct session_sink){keep, b}, &b->trace), 0);
}

static int feed(struct bench *b)
{
    return talk_feed(&b->talk, (struct payload_sink){trace_take, b->trace});
}

static void close_bench(struct bench *b)
{
    for (int i = 0; i < b->n; i++)
        session_free(b->kept[i]);
    trace_free(b->trace);
    profile_free(b->profile);
    talk_done(&b->talk);
}

static void gathers_a_session(void)
{
    struct bench b;
    struct talk_session s = talk_default(7);
    const struct session *got;
    const struct dialog *d;

    open_bench(&b, NULL);
    talk_setup(&b.talk, &s);
    talk_close(&b.talk, &s, false, 2);
    CU_ASSERT_EQUAL(feed(&b), 0);
    CU_ASSERT_EQUAL(b.n, 0); /* it may still go on */
    CU_ASSERT_EQUAL(trace_end(b.trace), 0);
    CU_ASSERT_EQUAL_FATAL(b.n, 1);
    got = b.kept[0];
    CU_ASSERT_EQUAL(got->nhops, 14);
    CU_ASSERT_EQUAL(got->nlegs, 1);
    CU_ASSERT_TRUE(session_answered(got));
    CU_ASSERT_TRUE(got->leg[0]->service);
    CU_ASSERT_EQUAL(got->leg[0]->ndialogs, 1);
    d = got->leg[0]->dialog[0];
    CU_ASSERT_TRUE(d->confirmed && d->acked);
    CHECK_SLICE(d->tag[DIALOG_CALLEE], "b7");
    CHECK_SLICE(d->target[DIALOG_CALLER], "sip:alice@127.0.10.1:5060");
    CHECK_SLICE(d->target[DIALOG_CALLEE], "sip:bob@127.0.20.1:5060");
    CU_ASSERT_EQUAL(d->cseq[DIALOG_CALLER], 1);
    CU_ASSERT_EQUAL(got->hop[6]->nvias, 7);
    CU_ASSERT_EQUAL(trace_counts(b.trace)->messages, 35);
    close_bench(&b);
}

static void counts_retransmissions_and_other_captures(void)
{
    struct bench b;
    struct talk_session s = talk_default(1);
    int bye, again;

    open_bench(&b, NULL);
    talk_setup(&b.talk, &s);
    bye = talk_close(&b.talk, &s, false, 2);
    talk_repeat(&b.talk, bye, 500 * NSEC_PER_MSEC);
    again = talk_repeat(&b.talk, bye + 2, 0);
    b.talk.message[again].source = 1;
    CU_ASSERT_EQUAL(feed(&b), 0);
    CU_ASSERT_EQUAL(trace_end(b.trace), 0);
    CU_ASSERT_EQUAL_FATAL(b.n, 1);
    CU_ASSERT_EQUAL(b.kept[0]->nhops, 14);
    CU_ASSERT_EQUAL(b.kept[0]->hop[0]->nrepeats, 1);
    CU_ASSERT_FALSE(b.kept[0]->hop[0]->repeat_differs);
    CU_ASSERT_EQUAL(b.kept[0]->hop[2]->nrepeats, 0);
    CU_ASSERT_EQUAL(b.kept[0]->hop[2]->nelsewhere, 1);
    close_bench(&b);
}

/* A frame that another capture point saw: where a hop has it already it is told there, and nowhere else. */
static void notes_who_else_saw_a_message(void)
{
    struct bench b;
    struct talk_session s = talk_default(1);
    int bye, again;

    open_bench(&b, NULL);
    talk_setup(&b.talk, &s);
    bye = talk_close(&b.talk, &s, false, 2);
    again = talk_repeat(&b.talk, bye, 0);
    b.talk.message[again].again = true;
    again = talk_repeat(&b.talk, bye + 1, 0);
    b.talk.message[again].again = true;
    b.talk.message[again].source = 1;
    CU_ASSERT_EQUAL(feed(&b), 0);
    CU_ASSERT_EQUAL(trace_end(b.trace), 0);
    CU_ASSERT_EQUAL_FATAL(b.n, 1);
    CU_ASSERT_EQUAL(trace_counts(b.trace)->messages, 35);
    CU_ASSERT_EQUAL(b.kept[0]->nhops, 14);
    CU_ASSERT_TRUE(b.kept[0]->hop[0]->nrepeats == 0 && b.kept[0]->hop[0]->nelsewhere == 0);
    CU_ASSERT_TRUE(b.kept[0]->hop[1]->nrepeats == 0 && b.kept[0]->hop[1]->nelsewhere == 1);
    close_bench(&b);
}

/* Over a stream each capture point hands on all that it saw. */
static void counts_a_message_of_streams_once(void)
{
    for (unsigned known = 0; known < 2; known++) {
        struct bench b;
        struct talk_session s = talk_default(1);
        int messages;

        s.transport = TRANSPORT_TCP;
        open_bench(&b, &(struct trace_config){.many_clocks = known});
        talk_setup(&b.talk, &s);
        talk_close(&b.talk, &s, false, 2);
        messages = b.talk.n;
        for (int i = 0; i < messages; i++)
            b.talk.message[talk_repeat(&b.talk, i, 0)].source = 1;
        CU_ASSERT_EQUAL(feed(&b), 0);
        CU_ASSERT_EQUAL(trace_end(b.trace), 0);
        CU_ASSERT_EQUAL_FATAL(b.n, 1);
        CU_ASSERT_EQUAL(trace_counts(b.trace)->messages, known ? 35 : 70);
        CU_ASSERT_EQUAL(b.kept[0]->nhops, 14);
        for (unsigned i = 0; i < b.kept[0]->nhops; i++)
            CU_ASSERT_TRUE(b.kept[0]->hop[i]->nrepeats == 0 && b.kept[0]->hop[i]->nelsewhere == 1);
        close_bench(&b);
    }
}

/* The first two hops as they were seen with these times, ours and the reporters'. */
static enum hop_order order_of(nsec_t time, uint32_t reporter, nsec_t stamp)
{
    static const uint32_t clock[] = {9, 9};
    struct bench b;
    struct talk_session s = talk_default(1);
    enum hop_order order = HOP_UNORDERED;
    int bye;

    open_bench(&b, &(struct trace_config){.many_clocks = true, .clock = clock, .nclocks = 2});
    talk_setup(&b.talk, &s);
    bye = talk_close(&b.talk, &s, false, 2);
    b.talk.message[bye].reporter = 5;
    b.talk.message[bye].stamp = 1000 * NSEC_PER_SEC;
    b.talk.message[bye + 1].time = b.talk.message[bye].time + time;
    b.talk.message[bye + 1].reporter = reporter;
    b.talk.message[bye + 1].stamp = stamp;
    CU_ASSERT_EQUAL(feed(&b), 0);
    CU_ASSERT_EQUAL(trace_end(b.trace), 0);
    CU_ASSERT_EQUAL_FATAL(b.n, 1);
    for (unsigned i = 0; i + 1 < b.kept[0]->nhops; i++)
        if (b.kept[0]->hop[i]->nvias + b.kept[0]->hop[i + 1]->nvias == 3 && !hop_is_reply(b.kept[0]->hop[i]))
            order = b.kept[0]->hop[i]->nvias == 1 ? hop_order(b.kept[0]->hop[i], b.kept[0]->hop[i + 1])
                                                  : hop_order(b.kept[0]->hop[i + 1], b.kept[0]->hop[i]);
    close_bench(&b);
    return order;
}

static void order_is_what_one_clock_says_twice(void)
{
    const nsec_t ms = NSEC_PER_MSEC, then = 1000 * NSEC_PER_SEC;

    CU_ASSERT_EQUAL(order_of(ms, 5, then + ms), HOP_BEFORE);
    CU_ASSERT_EQUAL(order_of(ms, 5, then), HOP_BEFORE);
    CU_ASSERT_EQUAL(order_of(ms, 5, 0), HOP_BEFORE);
    CU_ASSERT_EQUAL(order_of(-ms, 5, then - ms), HOP_AFTER);
    CU_ASSERT_EQUAL(order_of(ms, 5, then - ms), HOP_UNORDERED);
    CU_ASSERT_EQUAL(order_of(-ms, 5, then + ms), HOP_UNORDERED);
    CU_ASSERT_EQUAL(order_of(ms, 6, then + ms), HOP_UNORDERED); /* another's clock */
    CU_ASSERT_EQUAL(order_of(ms, 0, 0), HOP_UNORDERED);         /* ours */
}

/* Two interfaces of one host are stamped by one clock. */
static void sources_may_share_a_clock(void)
{
    static const uint32_t clock[] = {0, 0};
    struct bench b;
    struct talk_session s = talk_default(1);
    int bye;

    for (unsigned shared = 0; shared < 2; shared++) {
        open_bench(&b, &(struct trace_config){.clock = clock, .nclocks = 2 * shared});
        talk_setup(&b.talk, &s);
        bye = talk_close(&b.talk, &s, false, 2);
        b.talk.message[bye + 1].source = 1;
        b.talk.message[talk_repeat(&b.talk, bye, 0)].source = 1; /* seen on both is no retransmission */
        CU_ASSERT_EQUAL(feed(&b), 0);
        CU_ASSERT_EQUAL(trace_end(b.trace), 0);
        CU_ASSERT_EQUAL_FATAL(b.n, 1);
        CU_ASSERT_EQUAL(hop_order(b.kept[0]->hop[0], b.kept[0]->hop[1]), shared ? HOP_BEFORE : HOP_AFTER);
        CU_ASSERT_TRUE(b.kept[0]->hop[0]->nrepeats == 0 && b.kept[0]->hop[0]->nelsewhere == 1);
        close_bench(&b);
    }
}

static void retires_what_is_over(void)
{
    struct bench b;

    open_bench(&b, NULL);
    for (unsigned i = 1; i <= 4; i++) {
        struct talk_session s = talk_default(i);
        talk_setup(&b.talk, &s);
        talk_close(&b.talk, &s, false, 2);
        b.talk.now += 6 * NSEC_PER_SEC; /* T4 is 5 s */
    }
    CU_ASSERT_EQUAL(feed(&b), 0);
    CU_ASSERT_EQUAL(b.n, 3);
    CU_ASSERT_EQUAL(trace_end(b.trace), 0);
    CU_ASSERT_EQUAL(b.n, 4);
    close_bench(&b);
}

static void many_clocks_retire_nothing(void)
{
    struct bench b;

    open_bench(&b, &(struct trace_config){.many_clocks = true});
    for (unsigned i = 1; i <= 3; i++) {
        struct talk_session s = talk_default(i);
        talk_setup(&b.talk, &s);
        talk_close(&b.talk, &s, false, 2);
        b.talk.now += 6 * NSEC_PER_SEC;
    }
    CU_ASSERT_EQUAL(feed(&b), 0);
    CU_ASSERT_EQUAL(b.n, 0);
    CU_ASSERT_EQUAL(trace_end(b.trace), 0);
    CU_ASSERT_EQUAL(b.n, 3);
    close_bench(&b);
}

static void joins_the_legs_of_a_b2bua(void)
{
    struct bench b;
    struct talk_session left = talk_default(1), right = talk_default(2), other = talk_default(3);

    open_bench(&b, NULL);
    left.nnodes = 3; /* client-a, core-a, pf-a */
    right.nnodes = 6;
    memmove(right.node, right.node + 2, 6 * sizeof right.node[0]); /* pf-a ... client-b */
    left.more = right.more = "P-Charging-Vector: icid-value=\"x1\";orig-ioi=a.example\r\n";
    talk_setup(&b.talk, &left);
    CU_ASSERT_TRUE(talk_cut_line(&b.talk.message[0], "P-Charging-Vector")); /* the client sends none */
    talk_setup(&b.talk, &other);
    talk_setup(&b.talk, &right);
    talk_close(&b.talk, &left, false, 2);
    talk_close(&b.talk, &right, false, 2);
    talk_close(&b.talk, &other, false, 2);
    CU_ASSERT_EQUAL(feed(&b), 0);
    CU_ASSERT_EQUAL(trace_end(b.trace), 0);
    CU_ASSERT_EQUAL_FATAL(b.n, 2);
    CU_ASSERT_EQUAL(b.kept[0]->nlegs + b.kept[1]->nlegs, 3);
    close_bench(&b);
}

/* What is not taken of a stream that was cut, or that ends, is not shown again: the half of a message counts,
 * too. The whole one before it is not the worse for it. */
static void hears_the_last_half_of_a_stream(void)
{
    const char *bye = "BYE sip:bob@127.0.20.1 SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.10.1;branch=z9hG4bK1\r\n"
                      "From: <sip:a@a>;tag=1\r\nTo: <sip:b@b>;tag=2\r\nCall-ID: 1\r\nCSeq: 1 BYE\r\n"
                      "Content-Length: 0\r\n\r\nBYE sip:bob@127.0.20.1 SIP/2.0\r\nVia: SIP/2.0/TCP 127.0";
    struct payload p = {.bytes = slice_of(bye), .transport = TRANSPORT_TCP, .stream = true, .frame = 1};
    size_t whole = slice_find_slice(p.bytes, SLICE("\r\n\r\n")) + 4;
    struct bench b;

    open_bench(&b, NULL);
    CU_ASSERT_EQUAL(trace_take(b.trace, &p), (int64_t)whole);
    CU_ASSERT_EQUAL(trace_counts(b.trace)->messages, 1);
    p.cut = true;
    CU_ASSERT_EQUAL(trace_take(b.trace, &p), (int64_t)p.bytes.n);
    CU_ASSERT_EQUAL(trace_counts(b.trace)->messages, 3);
    CU_ASSERT_EQUAL(trace_counts(b.trace)->malformed, 0);
    p.cut = false;
    p.last = true; /* here the sender is to blame */
    CU_ASSERT_EQUAL(trace_take(b.trace, &p), (int64_t)p.bytes.n);
    CU_ASSERT_EQUAL(trace_counts(b.trace)->malformed, 1);
    close_bench(&b);
}

static void keeps_to_its_bound(void)
{
    struct bench b;

    open_bench(&b, &(struct trace_config){.memory_max = 100000});
    for (unsigned i = 1; i <= 40; i++) {
        struct talk_session s = talk_default(i);
        talk_setup(&b.talk, &s);
    }
    CU_ASSERT_EQUAL(feed(&b), 0);
    CU_ASSERT_TRUE(trace_counts(b.trace)->evicted > 0);
    CU_ASSERT_EQUAL(trace_end(b.trace), 0);
    CU_ASSERT_EQUAL(b.n, 0);
    CU_ASSERT_EQUAL(trace_counts(b.trace)->open, 40);
    close_bench(&b);
}

/* Both branches of a fork answer; the one dialog is closed at once, the other one a minute later. */
static void keeps_a_fork_until_both_are_closed(void)
{
    struct bench b;
    struct talk_session s = talk_default(1);
    int bye;

    open_bench(&b, NULL);
    talk_setup(&b.talk, &s);
    for (int i = 7; i < 14; i++)
        talk_edit(&b.talk.message[talk_repeat(&b.talk, i, 0)], ";tag=b1", ";tag=x1");
    b.talk.now += NSEC_PER_MSEC;
    talk_close(&b.talk, &s, false, 2);
    b.talk.now += 60 * NSEC_PER_SEC;
    bye = talk_close(&b.talk, &s, false, 3);
    for (int i = bye; i < b.talk.n; i++)
        talk_edit(&b.talk.message[i], ";tag=b1", ";tag=x1");
    CU_ASSERT_EQUAL(feed(&b), 0);
    CU_ASSERT_EQUAL(trace_end(b.trace), 0);
    CU_ASSERT_EQUAL_FATAL(b.n, 1);
    CU_ASSERT_EQUAL(b.kept[0]->nhops, 28);
    CU_ASSERT_EQUAL(trace_counts(b.trace)->late, 0);
    CU_ASSERT_TRUE(session_answered(b.kept[0]));
    close_bench(&b);
}

static void finds_the_closing_of_a_spoiled_call_id(void)
{
    struct bench b;
    struct talk_session s = talk_default(1);
    int bye;

    open_bench(&b, NULL);
    talk_setup(&b.talk, &s);
    bye = talk_close(&b.talk, &s, false, 2);
    for (int i = bye + 3; i < bye + 11; i++)
        talk_edit(&b.talk.message[i], "Call-ID: 1@", "Call-ID: 1");
    CU_ASSERT_EQUAL(feed(&b), 0);
    CU_ASSERT_EQUAL(trace_end(b.trace), 0);
    CU_ASSERT_EQUAL_FATAL(b.n, 1);
    CU_ASSERT_EQUAL(b.kept[0]->nhops, 14);
    close_bench(&b);
}

static const struct test tests[] = {
    {"gathers a session", gathers_a_session},
    {"counts retransmissions, and other captures' views", counts_retransmissions_and_other_captures},
    {"retires what is over", retires_what_is_over},
    {"notes who else saw a message", notes_who_else_saw_a_message},
    {"counts a message of streams once", counts_a_message_of_streams_once},
    {"order is what one clock says twice", order_is_what_one_clock_says_twice},
    {"sources may share a clock", sources_may_share_a_clock},
    {"retires nothing by time where there are many clocks", many_clocks_retire_nothing},
    {"joins the legs of a B2BUA", joins_the_legs_of_a_b2bua},
    {"hears the last half of a stream", hears_the_last_half_of_a_stream},
    {"keeps to its bound", keeps_to_its_bound},
    {"keeps a fork until both are closed", keeps_a_fork_until_both_are_closed},
    {"finds the closing of a spoiled Call-ID", finds_the_closing_of_a_spoiled_call_id},
};
TEST_MAIN("trace", tests)
