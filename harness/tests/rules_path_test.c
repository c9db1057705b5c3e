#include "tests/court.h"
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

static const struct court_case cases[] = {
    {"pf-a is passed over", bypass_pf_a, VERDICT_FAIL, "path.missing", 2},
    {"core-b loses the BYE", lose_at_core_b, VERDICT_FAIL, "path.missing", 5},
    {"a stranger in place of pf-a", pass_a_stranger, VERDICT_FAIL, "path.foreign", 2},
    {"core-b sends it twice", send_twice, VERDICT_FAIL, "request.duplicate", 5},
    {"a retransmission is no second transaction", send_again, VERDICT_PASS, NULL, 0},
    {"what later Vias prove needs not be seen", show_two_hops_less, VERDICT_PASS, NULL, 0},
    {"what no capture shows is not known", show_no_side_b, VERDICT_INCONCLUSIVE, "path.missing", 5},
};

static void judges_the_way(void)
{
    court_try(cases, sizeof cases / sizeof cases[0]);
}

/* A loop: core-a hands the request to pf-a a second time. */
static void finds_a_visit_too_many(void)
{
    static struct court c;
    struct talk_session s = {.node = {"127.0.10.1", "127.0.10.2", "127.0.10.3", "127.0.10.2", "127.0.10.3",
                                      "127.0.10.2", "127.0.20.2", "127.0.20.3", "127.0.20.2", "127.0.20.1"},
                             .nnodes = 10,
                             .number = 1,
                             .more = ""};

    court_open(&c, NULL);
    talk_setup(&c.talk, &s);
    talk_close(&c.talk, &s, false, 2);
    court_hold(&c);
    court_check_fail(&c, "path.extra", 4);
    CU_ASSERT_EQUAL(c.causes[0], 1);
    court_close(&c);
}

/* Both participating functions, but in the wrong order: pf-b's side first. */
static void finds_the_wrong_order(void)
{
    static struct court c;
    struct talk_session s = {.node = {"127.0.10.1", "127.0.10.2", "127.0.20.2", "127.0.20.3", "127.0.20.2",
                                      "127.0.10.2", "127.0.10.3", "127.0.10.2", "127.0.20.2", "127.0.20.1"},
                             .nnodes = 10,
                             .number = 1,
                             .more = ""};

    court_open(&c, NULL);
    talk_setup(&c.talk, &s);
    talk_close(&c.talk, &s, false, 2);
    court_hold(&c);
    CU_ASSERT_EQUAL(c.verdict[0], VERDICT_FAIL);
    CU_ASSERT_STRING_EQUAL(c.rule[0], "path.order");
    court_close(&c);
}

static const struct test tests[] = {
    {"judges the way", judges_the_way},
    {"finds a visit too many", finds_a_visit_too_many},
    {"finds the wrong order", finds_the_wrong_order},
};
TEST_MAIN("rules_path", tests)
