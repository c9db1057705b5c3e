#include "tests/court.h"
#include "tests/scratch.h"
#include "tests/test.h"

#include <stdio.h>

/* pf-a is passed over: core-a sends on at once, with one Via and one Max-Forwards less from there on. */
static void bypass_pf_a(struct court *c, int bye)
{
    for (int hop = 1; hop < 3; hop++)
        court_bye(c, bye, hop)->gone = court_ok(c, bye, hop)->gone = true;
    for (int hop = 3; hop < 7; hop++) {
        char before[32], after[32];
        snprintf(before, sizeof before, "Max-Forwards: %d", 70 - hop);
        snprintf(after, sizeof after, "Max-Forwards: %d", 72 - hop);
        talk_edit(court_bye(c, bye, hop), before, after);
        for (int reply = 0; reply < 2; reply++) {
            struct talk_message *m = reply ? court_ok(c, bye, hop) : court_bye(c, bye, hop);
            talk_cut_line(m, "Via: SIP/2.0/UDP 127.0.10.3");
            talk_edit(m, "Via: SIP/2.0/UDP 127.0.10.2:5060;branch=z9hG4bK-1-BYE-2-1\r\n", "");
        }
    }
}

static void lose_at_core_b(struct court *c, int bye)
{
    for (int hop = 4; hop < 7; hop++)
        court_bye(c, bye, hop)->gone = true;
    for (int hop = 0; hop < 7; hop++)
        court_ok(c, bye, hop)->gone = true;
}

static void pass_a_stranger(struct court *c, int bye)
{
    struct talk_message *m;

    addr_parse(SLICE("192.0.2.9"), &court_bye(c, bye, 1)->dst.addr);
    m = court_bye(c, bye, 2);
    addr_parse(SLICE("192.0.2.9"), &m->src.addr);
    for (int hop = 2; hop < 7; hop++) {
        talk_edit(court_bye(c, bye, hop), "Via: SIP/2.0/UDP 127.0.10.3:5060",
                  "Via: SIP/2.0/UDP 192.0.2.9:5060");
        talk_edit(court_ok(c, bye, hop), "Via: SIP/2.0/UDP 127.0.10.3:5060",
                  "Via: SIP/2.0/UDP 192.0.2.9:5060");
    }
    addr_parse(SLICE("192.0.2.9"), &court_ok(c, bye, 1)->src.addr);
    addr_parse(SLICE("192.0.2.9"), &court_ok(c, bye, 2)->dst.addr);
}

static void send_twice(struct court *c, int bye)
{
    int again = talk_repeat(&c->talk, bye + 4, 0);

    talk_edit(&c->talk.message[again], "z9hG4bK-1-BYE-2-4", "z9hG4bK-1-BYE-2-4x");
}

/* No second transaction: the same branch once more, after T1. */
static void send_again(struct court *c, int bye)
{
    for (int hop = 0; hop < 7; hop++)
        talk_repeat(&c->talk, bye + hop, 500 * NSEC_PER_MSEC);
}

static void show_two_hops_less(struct court *c, int bye)
{
    court_bye(c, bye, 1)->gone = court_bye(c, bye, 4)->gone = true;
}

/* Nothing is captured around pf-b, and nothing behind it tells. */
static void show_no_side_b(struct court *c, int bye)
{
    for (int i = 0; i < c->talk.n; i++) {
        struct talk_message *m = &c->talk.message[i];
        m->gone = m->hop > 3;
    }
    (void)bye;
}

/* Its first node is out of service, so core-b asks another one (RFC 3263 4.3). */
static void try_another_node(struct court *c, int bye)
{
    struct talk_message *m = &c->talk.message[talk_repeat(&c->talk, bye + 4, 0)];

    talk_edit(m, "z9hG4bK-1-BYE-2-4", "z9hG4bK-1-BYE-2-4x");
    m->time = court_bye(c, bye, 4)->time - NSEC_PER_USEC;
    addr_parse(SLICE("127.0.20.33"), &m->dst.addr);
}

static void ask_two_nodes(struct court *c, int bye)
{
    int answer = talk_repeat(&c->talk, bye + 13 - 4, 0);

    try_another_node(c, bye);
    talk_edit(&c->talk.message[answer], "z9hG4bK-1-BYE-2-4", "z9hG4bK-1-BYE-2-4x");
    addr_parse(SLICE("127.0.20.33"), &c->talk.message[answer].src.addr);
}

static void lose_without_setup(struct court *c, int bye)
{
    lose_at_core_b(c, bye);
    for (int i = 0; i < bye; i++)
        c->talk.message[i].gone = true;
}

/* What it was handed it answers, and nothing tells what it did then. */
static void end_at_pf_b(struct court *c, int bye)
{
    for (int i = 0; i < c->talk.n; i++)
        c->talk.message[i].gone = c->talk.message[i].hop > 4;
    (void)bye;
}

/* Links from pf-b on are seen, of another session; this one's INVITE ended there as well. */
static void end_at_pf_b_with_links(struct court *c, int bye)
{
    struct talk_session other = talk_default(2);

    end_at_pf_b(c, bye);
    talk_setup(&c->talk, &other);
}

static void end_at_pf_b_without_setup(struct court *c, int bye)
{
    end_at_pf_b_with_links(c, bye);
    for (int i = 0; i < bye; i++)
        c->talk.message[i].gone = true;
}

static void end_at_pf_b_in_the_bye(struct court *c, int bye)
{
    for (int hop = 5; hop < COURT_HOPS; hop++)
        court_bye(c, bye, hop)->gone = court_ok(c, bye, hop)->gone = true;
}

/* Another node of core-a, which the profile knows. */
static void pass_a_second_node(struct court *c, int bye)
{
    addr_parse(SLICE("127.0.11.9"), &court_bye(c, bye, 1)->src.addr);
    addr_parse(SLICE("127.0.11.9"), &court_ok(c, bye, 1)->dst.addr);
}

/* The stranger's own links are not captured; that there was one the Vias behind it tell. */
static void pass_a_stranger_unseen(struct court *c, int bye)
{
    pass_a_stranger(c, bye);
    for (int hop = 1; hop < 3; hop++)
        court_bye(c, bye, hop)->gone = court_ok(c, bye, hop)->gone = true;
}

static void send_twice_unseen(struct court *c, int bye)
{
    send_twice(c, bye);
    c->talk.message[c->talk.n - 1].gone = true;
}

/* TCP first; nobody answers there, so UDP (RFC 3263 4.3). */
static void try_another_transport(struct court *c, int bye)
{
    struct talk_message *m = &c->talk.message[talk_repeat(&c->talk, bye + 4, 0)];

    talk_edit(m, "UDP 127.0.20.2:5060;branch=z9hG4bK-1-BYE-2-4",
              "TCP 127.0.20.2:5060;branch=z9hG4bK-1-BYE-2-4x");
    m->time = court_bye(c, bye, 4)->time - NSEC_PER_USEC;
    m->transport = TRANSPORT_TCP;
}

/* The capture shows two hops the wrong way round; the Vias prove the right one. */
static void capture_out_of_order(struct court *c, int bye)
{
    nsec_t time = court_bye(c, bye, 1)->time;

    court_bye(c, bye, 1)->time = court_bye(c, bye, 2)->time;
    court_bye(c, bye, 2)->time = time;
}

static const struct court_case cases[] = {
    {"pf-a is passed over", bypass_pf_a, VERDICT_FAIL, "path.missing", 2, "22 23"},
    {"core-b loses the BYE", lose_at_core_b, VERDICT_FAIL, "path.missing", 5, "25"},
    {"a stranger in place of pf-a", pass_a_stranger, VERDICT_FAIL, "path.foreign", 2, "23 24"},
    {"core-b sends it twice", send_twice, VERDICT_FAIL, "request.duplicate", 5, "25 26 36"},
    {"a retransmission is no second transaction", send_again, VERDICT_PASS, NULL, 0, NULL},
    {"what later Vias prove needs not be seen", show_two_hops_less, VERDICT_PASS, NULL, 0, NULL},
    {"core-b loses it, and no setup was captured", lose_without_setup, VERDICT_FAIL, "reply.missing", 11,
     "4"},
    {"another node, where the first is silent", try_another_node, VERDICT_PASS, NULL, 0, NULL},
    {"two nodes, and both answer", ask_two_nodes, VERDICT_FAIL, "request.duplicate", 5, "25 27 26"},
    {"pf-b ends it, and nothing is captured behind", end_at_pf_b, VERDICT_INCONCLUSIVE, "path.missing", 6,
     "20"},
    {"pf-b ends INVITE and BYE", end_at_pf_b_with_links, VERDICT_INCONCLUSIVE, "path.missing", 6, "20"},
    {"pf-b ends it, and no setup was captured", end_at_pf_b_without_setup, VERDICT_INCONCLUSIVE,
     "path.missing", 6, "5"},
    {"pf-b ends the BYE, but not the INVITE", end_at_pf_b_in_the_bye, VERDICT_FAIL, "path.missing", 6, "26"},
    {"what no capture shows is not known", show_no_side_b, VERDICT_INCONCLUSIVE, "path.missing", 5, "16"},
    {"a stranger whose links are not captured", pass_a_stranger_unseen, VERDICT_INCONCLUSIVE, "path.missing",
     2, "22 23"},
    {"the second sending is not captured", send_twice_unseen, VERDICT_PASS, NULL, 0, NULL},
    {"another transport, where the first is silent", try_another_transport, VERDICT_PASS, NULL, 0, NULL},
    {"captured out of order", capture_out_of_order, VERDICT_PASS, NULL, 0, NULL},
};

/* In a profile where cores have several nodes. */
static const struct court_case of_nodes[] = {
    {"another node of core-a", pass_a_second_node, VERDICT_PASS, NULL, 0, NULL},
};

/* The default profile, but pf-b has two nodes. */
static const char *two_nodes(void)
{
    static char text[16384];
    FILE *f = fopen("reference-network/sut.xml", "re");
    struct buf b;
    size_t n = f ? fread(text, 1, sizeof text, f) : 0, at;
    const char *path;

    if (f)
        fclose(f);
    at = slice_find_slice((struct slice){text, n}, SLICE("<node address=\"127.0.20.3\"/>"));
    buf_init(&b, 2 * sizeof text);
    buf_add(&b, (struct slice){text, at});
    buf_add(&b, SLICE("<node address=\"127.0.20.33\"/>"));
    buf_add(&b, (struct slice){text + at, n - at});
    path = scratch_write("sut.xml", b.p, b.n);
    buf_done(&b);
    return path;
}

static void judges_the_way(void)
{
    court_try_in(two_nodes(), cases, sizeof cases / sizeof cases[0]);
    court_try_in("harness/tests/mutants/wide.xml", of_nodes, sizeof of_nodes / sizeof of_nodes[0]);
}

/* A loop: core-a hands the request to pf-a a second time. */
static const struct talk_session loop = {.node = {"127.0.10.1", "127.0.10.2", "127.0.10.3", "127.0.10.2",
                                                  "127.0.10.3", "127.0.10.2", "127.0.20.2", "127.0.20.3",
                                                  "127.0.20.2", "127.0.20.1"},
                                         .nnodes = 10,
                                         .number = 1,
                                         .more = ""};
/* Both participating functions, but in the wrong order: pf-b's side first. */
static const struct talk_session turned = {.node = {"127.0.10.1", "127.0.10.2", "127.0.20.2", "127.0.20.3",
                                                    "127.0.20.2", "127.0.10.2", "127.0.10.3", "127.0.10.2",
                                                    "127.0.20.2", "127.0.20.1"},
                                           .nnodes = 10,
                                           .number = 1,
                                           .more = ""};
/* Not a loop: core-a's own nodes hand it to each other. */
static const struct talk_session inner = {.node = {"127.0.10.1", "127.0.10.2", "127.0.11.4", "127.0.10.3",
                                                   "127.0.11.4", "127.0.11.5", "127.0.20.2", "127.0.20.3",
                                                   "127.0.20.2", "127.0.20.1"},
                                          .nnodes = 10,
                                          .number = 1,
                                          .more = ""};

/* Closes the session over another way, of whose hops those in `unseen` (a bit each) are not captured. */
static void close_over(struct court *c, const struct talk_session *s, unsigned unseen)
{
    court_open(c, "harness/tests/mutants/wide.xml");
    talk_setup(&c->talk, s);
    talk_close(&c->talk, s, false, 2);
    for (int i = 0; i < c->talk.n; i++)
        c->talk.message[i].gone = unseen >> c->talk.message[i].hop & 1;
    court_hold(c);
}

static void finds_a_visit_too_many(void)
{
    static struct court c;

    close_over(&c, &loop, 0);
    court_check_fail(&c, "path.extra", 4);
    CU_ASSERT_EQUAL(c.causes[0], 1);
    CU_ASSERT_STRING_EQUAL(c.frames[0], "31 32");
    court_close(&c);
    close_over(&c, &inner, 0);
    court_check_pass(&c, 0, "client-a");
    CU_ASSERT_EQUAL(c.nfindings[0], 0);
    court_close(&c);
}

/* The visit itself is not captured: a later Via stack proves it, or nothing does. */
static void finds_a_visit_that_was_not_captured(void)
{
    static struct court c;

    close_over(&c, &loop, 3u << 3);
    CU_ASSERT_EQUAL(c.verdict[0], VERDICT_FAIL);
    CU_ASSERT_STRING_EQUAL(c.rule[0], "path.extra");
    court_close(&c);
    close_over(&c, &loop, ~7u);
    CU_ASSERT_EQUAL(c.verdict[0], VERDICT_INCONCLUSIVE);
    court_close(&c);
}

static void finds_the_wrong_order(void)
{
    static struct court c;

    close_over(&c, &turned, 0);
    court_check_fail(&c, "path.order", 2);
    CU_ASSERT_EQUAL(c.causes[0], 1);
    CU_ASSERT_STRING_EQUAL(c.frames[0], "33 28 29");
    court_close(&c);
    close_over(&c, &turned, 3u << 5); /* Via stacks prove what is not captured */
    CU_ASSERT_EQUAL(c.verdict[0], VERDICT_FAIL);
    CU_ASSERT_STRING_EQUAL(c.rule[0], "path.order");
    court_close(&c);
    close_over(&c, &turned, ~1u);
    CU_ASSERT_EQUAL(c.verdict[0], VERDICT_INCONCLUSIVE);
    court_close(&c);
}

/* The same for the one who was called: his BYE goes where the INVITE came from. */
static void judges_the_way_back(void)
{
    static struct court c;
    struct talk_session s = talk_default(1);
    int bye;

    court_open(&c, NULL);
    talk_setup(&c.talk, &s);
    bye = talk_close(&c.talk, &s, true, 2);
    court_bye(&c, bye, 6)->gone = court_ok(&c, bye, 6)->gone = true;
    court_hold(&c);
    court_check_fail(&c, "path.missing", 7);
    court_close(&c);
}

static const struct test tests[] = {
    {"judges the way", judges_the_way},
    {"judges the way back", judges_the_way_back},
    {"finds a visit too many", finds_a_visit_too_many},
    {"finds a visit that was not captured", finds_a_visit_that_was_not_captured},
    {"finds the wrong order", finds_the_wrong_order},
};
TEST_MAIN("rules_path", tests)
