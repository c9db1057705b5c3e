#include "tests/court.h"
#include "tests/test.h"

#include <stdio.h>

static void leave(struct court *c, int bye)
{
    (void)c, (void)bye;
}

static void refuse(struct court *c, int bye)
{
    court_edit_oks(c, bye, 6, "200 OK", "500 Server Error");
}

static void soften(struct court *c, int bye)
{
    court_edit_oks(c, bye, 6, "200 OK", "503 Service Unavailable");
    court_edit_oks(c, bye, 4, "503 Service Unavailable", "500 Server Error");
}

static void challenge(struct court *c, int bye)
{
    for (int hop = 1; hop < COURT_HOPS; hop++)
        court_bye(c, bye, hop)->gone = court_ok(c, bye, hop)->gone = true;
    talk_edit(court_ok(c, bye, 0), "200 OK", "407 Proxy Authentication Required");
}

static void challenge_at_the_end(struct court *c, int bye)
{
    challenge(c, bye);
    c->evidence.cut = "the capture is cut off";
}

static void give_up_early(struct court *c, int bye)
{
    court_edit_oks(c, bye, 3, "200 OK", "408 Request Timeout");
    for (int hop = 0; hop <= 3; hop++)
        court_ok(c, bye, hop)->time = court_bye(c, bye, 6)->time + NSEC_PER_USEC * (4 - hop);
}

static void lose_at_pf_a(struct court *c, int bye)
{
    court_ok(c, bye, 1)->gone = court_ok(c, bye, 0)->gone = true;
}

static void lose_at_pf_a_and_frames(struct court *c, int bye)
{
    lose_at_pf_a(c, bye);
    c->evidence.dropped = 1;
}

/* The first OK is lost on the last hop: client-a asks again, core-a has it still. */
static void lose_on_the_wire(struct court *c, int bye)
{
    nsec_t later = court_bye(c, bye, 0)->time + 500 * NSEC_PER_MSEC;

    c->talk.message[talk_repeat(&c->talk, bye, 0)].time = later;
    c->talk.message[talk_repeat(&c->talk, bye + 13, 0)].time = later + NSEC_PER_MSEC;
}

/* The answer is lost between core-b and core-a: what core-a asks again, core-b answers again. */
static void lose_in_the_middle(struct court *c, int bye)
{
    nsec_t later = court_bye(c, bye, 3)->time + 500 * NSEC_PER_MSEC;

    for (int hop = 0; hop <= 2; hop++)
        court_ok(c, bye, hop)->time += 500 * NSEC_PER_MSEC;
    for (int hop = 0; hop <= 3; hop++)
        c->talk.message[talk_repeat(&c->talk, bye + hop, 0)].time = later - (3 - hop) * NSEC_PER_USEC;
    court_say_too(c, bye, 3, "200 OK", later + NSEC_PER_USEC);
}

static void skip_pf_b(struct court *c, int bye)
{
    court_ok(c, bye, 5)->gone = court_ok(c, bye, 4)->gone = true;
}

static void skip_pf_b_and_frames(struct court *c, int bye)
{
    skip_pf_b(c, bye);
    c->evidence.dropped = 1;
}

static void answer_for_client_b(struct court *c, int bye)
{
    court_ok(c, bye, 6)->gone = true;
}

static void answer_for_client_b_and_frames(struct court *c, int bye)
{
    answer_for_client_b(c, bye);
    c->evidence.dropped = 1;
}

static void answer_early(struct court *c, int bye)
{
    nsec_t early = court_bye(c, bye, 2)->time + NSEC_PER_USEC;

    court_ok(c, bye, 1)->time = early;
    court_ok(c, bye, 0)->time = early + NSEC_PER_USEC;
}

/* Frames were lost: the answer from below may have come once before. */
static void answer_early_and_lose_frames(struct court *c, int bye)
{
    answer_early(c, bye);
    c->evidence.dropped = 1;
}

static void answer_at_once(struct court *c, int bye)
{
    for (int hop = 0; hop < COURT_HOPS; hop++)
        court_ok(c, bye, hop)->time = court_bye(c, bye, 6)->time + 1;
}

static void see_one_with_another_clock(struct court *c, int bye)
{
    court_ok(c, bye, 2)->source = 1;
}

static void answer_otherwise(struct court *c, int bye)
{
    court_say_too(c, bye, 4, "481 No Such Call", c->talk.now);
}

static void answer_again(struct court *c, int bye)
{
    court_say_too(c, bye, 4, "200 OK", c->talk.now + NSEC_PER_SEC);
}

static void ring(struct court *c, int bye)
{
    court_say_too(c, bye, 6, "180 Ringing", court_ok(c, bye, 6)->time - NSEC_PER_USEC);
}

static void try_at(struct court *c, int bye, nsec_t after)
{
    for (int hop = 0; hop < COURT_HOPS; hop++)
        court_ok(c, bye, hop)->time += 5 * NSEC_PER_SEC;
    court_say_too(c, bye, 6, "100 Trying", court_bye(c, bye, 6)->time + after);
}

static void try_early(struct court *c, int bye)
{
    try_at(c, bye, NSEC_PER_SEC);
}

static void try_late(struct court *c, int bye)
{
    try_at(c, bye, 3600 * NSEC_PER_MSEC);
}

static void try_by_another_clock(struct court *c, int bye)
{
    try_early(c, bye);
    c->talk.message[c->talk.n - 1].source = 1;
}

/* Another node of core-a, which the profile knows. */
static void answer_to_another_node(struct court *c, int bye)
{
    addr_parse(SLICE("127.0.11.9"), &court_ok(c, bye, 3)->dst.addr);
}

static void answer_from_another_port(struct court *c, int bye)
{
    court_ok(c, bye, 6)->src.port = 40000;
}

/* Each hop says the OK once more. */
static void answer_again_everywhere(struct court *c, int bye)
{
    for (int hop = COURT_HOPS; hop-- > 0;)
        court_say_too(c, bye, hop, "200 OK", c->talk.now + (NSEC_PER_SEC - hop * NSEC_PER_USEC));
}

/* Each hop asks once more when all is over: what it says crossed the OK. */
static void ask_again_behind_the_answer(struct court *c, int bye)
{
    for (int hop = 0; hop < COURT_HOPS; hop++)
        c->talk.message[talk_repeat(&c->talk, bye + hop, 0)].time =
            court_bye(c, bye, hop)->time + 500 * NSEC_PER_MSEC;
    answer_again_everywhere(c, bye);
}

static void refuse_unseen(struct court *c, int bye)
{
    refuse(c, bye);
    court_ok(c, bye, 6)->gone = true;
    c->evidence.dropped = 1;
}

/* The second answer came, and was not captured. */
static void answer_otherwise_unseen(struct court *c, int bye)
{
    answer_otherwise(c, bye);
    c->talk.message[c->talk.n - 1].gone = true;
}

/* To core-a, which is none of its business. */
static void answer_elsewhere_too(struct court *c, int bye)
{
    struct talk_message *m = court_say_too(c, bye, 4, "200 OK", c->talk.now);

    addr_parse(SLICE("127.0.10.2"), &m->dst.addr);
}

/* Everyone tries in time, over all hops, and the answer comes after that. */
static void try_everywhere(struct court *c, int bye)
{
    for (int hop = 0; hop < COURT_HOPS; hop++)
        court_ok(c, bye, hop)->time += 9 * NSEC_PER_SEC;
    for (int hop = 0; hop < COURT_HOPS; hop++)
        court_say_too(c, bye, hop, "100 Trying", court_bye(c, bye, hop)->time + 3600 * NSEC_PER_MSEC);
}

/* As answers to what was repeated: 3.5 s after the first. */
static void try_behind_the_answer(struct court *c, int bye)
{
    court_say_too(c, bye, 2, "100 Trying", court_ok(c, bye, 2)->time + 4 * NSEC_PER_SEC);
}

static void answer_with_a_phrase(struct court *c, int bye)
{
    court_edit_oks(c, bye, 6, "200 OK", "200 \303\234ber: 404 Not; \"OK\"");
    court_edit_oks(c, bye, 3, "200 \303\234", "200 ");
    court_edit_oks(c, bye, 1, "200 ", "200");
    talk_edit(court_ok(c, bye, 1), "200", "200 ");
    talk_edit(court_ok(c, bye, 0), "200", "200 ");
}

static const struct court_case cases[] = {
    {"as it should be", leave, VERDICT_PASS, NULL, 0, NULL},
    {"client-b refuses", refuse, VERDICT_FAIL, "reply.status", 8, "28 29"},
    {"503 becomes 500 on the way", soften, VERDICT_FAIL, "reply.status", 8, "28 29"},
    {"a challenge is the last word", challenge, VERDICT_FAIL, "path.missing", 2, "22"},
    {"a challenge, and the capture ends", challenge_at_the_end, VERDICT_INCONCLUSIVE, "path.missing", 2,
     "22"},
    {"core-b gives up, the OK comes late", give_up_early, VERDICT_FAIL, "reply.status", 11, "25 29"},
    {"pf-a loses the OK", lose_at_pf_a, VERDICT_FAIL, "reply.missing", 13, "23"},
    {"it is gone, and frames are too", lose_at_pf_a_and_frames, VERDICT_INCONCLUSIVE, "reply.missing", 13,
     "23"},
    {"the OK is lost on the wire once", lose_on_the_wire, VERDICT_PASS, NULL, 0, NULL},
    {"the OK is lost in the middle once", lose_in_the_middle, VERDICT_PASS, NULL, 0, NULL},
    {"the OK passes over pf-b", skip_pf_b, VERDICT_FAIL, "reply.reverse", 9, "27 30"},
    {"it does, and frames are lost", skip_pf_b_and_frames, VERDICT_INCONCLUSIVE, "reply.reverse", 9, "27 30"},
    {"core-b answers for client-b", answer_for_client_b, VERDICT_FAIL, "reply.origin", 8, "28 29"},
    {"it does, and frames are lost", answer_for_client_b_and_frames, VERDICT_INCONCLUSIVE, "reply.origin", 8,
     "28 29"},
    {"pf-a answers early", answer_early, VERDICT_FAIL, "reply.causality", 13, "25 35"},
    {"it does, and frames are lost", answer_early_and_lose_frames, VERDICT_INCONCLUSIVE, "reply.causality",
     13, "25 35"},
    {"all answers have one time", answer_at_once, VERDICT_PASS, NULL, 0, NULL},
    {"two clocks", see_one_with_another_clock, VERDICT_INCONCLUSIVE, "reply.causality", 12, "1:1 32"},
    {"pf-b answers otherwise as well", answer_otherwise, VERDICT_FAIL, "reply.duplicate", 10, "31 36"},
    {"pf-b answers the same again", answer_again, VERDICT_PASS, NULL, 0, NULL},
    {"client-b rings", ring, VERDICT_FAIL, "reply.provisional", 8, "28 29"},
    {"100 too early", try_early, VERDICT_FAIL, "reply.provisional", 8, "28 29"},
    {"100 when it may be", try_late, VERDICT_PASS, NULL, 0, NULL},
    {"100 by another clock", try_by_another_clock, VERDICT_PASS, NULL, 0, NULL},
    {"client-b answers from another port", answer_from_another_port, VERDICT_PASS, NULL, 0, NULL},
    {"each hop answers again", answer_again_everywhere, VERDICT_PASS, NULL, 0, NULL},
    {"each hop asks again, too late", ask_again_behind_the_answer, VERDICT_PASS, NULL, 0, NULL},
    {"client-b refuses, not captured", refuse_unseen, VERDICT_FAIL, "reply.status", 9, "27 29"},
    {"pf-b's other answer is not captured", answer_otherwise_unseen, VERDICT_PASS, NULL, 0, NULL},
    {"pf-b answers core-a as well", answer_elsewhere_too, VERDICT_FAIL, "reply.duplicate", 10, "31 36"},
    {"100 on every hop", try_everywhere, VERDICT_PASS, NULL, 0, NULL},
    {"100 behind the answer", try_behind_the_answer, VERDICT_PASS, NULL, 0, NULL},
    {"phrases", answer_with_a_phrase, VERDICT_PASS, NULL, 0, NULL},
};

/* In a profile where cores have several nodes. */
static const struct court_case of_nodes[] = {
    {"the OK goes to another node", answer_to_another_node, VERDICT_PASS, NULL, 0, NULL},
};

static void judges_the_answer(void)
{
    court_try(cases, sizeof cases / sizeof cases[0]);
    court_try_in("harness/tests/mutants/wide.xml", of_nodes, sizeof of_nodes / sizeof of_nodes[0]);
}

/* Both close at once; each refuses the other's (RFC 5407 3.2.1). */
static void both_close(struct court *c, nsec_t after, int *ret_second)
{
    struct talk_session s = talk_default(1);
    int first, second;

    court_open(c, NULL);
    talk_setup(&c->talk, &s);
    first = talk_close(&c->talk, &s, false, 2);
    second = talk_close(&c->talk, &s, true, 1);
    for (int i = second; i < c->talk.n; i++)
        c->talk.message[i].time += c->talk.message[first].time - c->talk.message[second].time + after;
    court_edit_oks(c, second, 6, "200 OK", "481 No Such Dialog");
    *ret_second = second;
}

static void loses_a_race(void)
{
    static struct court c;
    int second;

    both_close(&c, NSEC_PER_USEC, &second);
    court_hold(&c);
    CU_ASSERT_EQUAL(c.nresults, 2);
    court_check_pass(&c, 0, "client-a");
    court_check_pass(&c, 1, "client-b");
    court_close(&c);
}

/* Client-b answered, and closes then what is closed: its own fault, and 481 is the right answer to it. */
static void closes_what_is_closed(void)
{
    static struct court c;
    int second;

    both_close(&c, NSEC_PER_SEC, &second);
    court_hold(&c);
    CU_ASSERT_EQUAL(c.nresults, 2);
    court_check_pass(&c, 0, "client-a");
    CU_ASSERT_EQUAL(c.nfindings[0], 0);
    CU_ASSERT_EQUAL(c.verdict[1], VERDICT_FAIL);
    CU_ASSERT_STRING_EQUAL(c.rule[1], "session.closed");
    CU_ASSERT_EQUAL(c.causes[1], 1);
    court_close(&c);
}

/* One closing whose answers are edited, where the flow wants another one than 200. `wrong`: the step that is,
 * or 0. */
static void wants(unsigned status, bool any, const char *far, int to, const char *near, int wrong)
{
    static struct court c;
    struct talk_session s = talk_default(1);
    int bye;

    court_open(&c, NULL);
    if (any)
        court_expect_kind(&c, status);
    else
        court_expect_status(&c, status);
    talk_setup(&c.talk, &s);
    bye = talk_close(&c.talk, &s, false, 2);
    court_edit_oks(&c, bye, 6, "200 OK", far);
    if (near)
        court_edit_oks(&c, bye, to, far, near);
    court_hold(&c);
    CU_ASSERT_EQUAL_FATAL(c.nresults, 1);
    if (wrong)
        court_check_fail(&c, "reply.status", wrong);
    else
        court_check_pass(&c, 0, "client-a");
    court_close(&c);
}

static void wants_what_the_flow_says(void)
{
    wants(481, false, "481 No Such Call", 0, NULL, 0);
    wants(503, false, "503 Out of Service", 5, "500 Server Error", 0);
    wants(481, false, "481 No Such Call", 3, "200 OK", 11);
    wants(481, false, "481 No Such Call", 3, "403 Forbidden", 11);
}

/* The far end may choose, the others may not: what they are handed they hand on. */
static void wants_one_of_a_kind(void)
{
    wants(400, true, "400 Bad Request", 0, NULL, 0);
    wants(400, true, "481 No Such Call", 0, NULL, 0);
    wants(400, true, "499 Whatever", 0, NULL, 0);
    wants(400, true, "200 Fine", 0, NULL, 8);
    wants(400, true, "500 Server Error", 0, NULL, 8);
    wants(400, true, "481 No Such Call", 3, "400 Bad Request", 11);
    wants(400, true, "481 No Such Call", 3, "200 OK", 11);
}

/* 503 is to become 500 at the first function; where each hands it on as it is, the first is to blame. */
static void softens_what_is_out_of_service(void)
{
    static struct court c;
    struct talk_session s = talk_default(1);
    int bye;

    court_open(&c, NULL);
    court_expect_status(&c, 503);
    talk_setup(&c.talk, &s);
    bye = talk_close(&c.talk, &s, false, 2);
    court_edit_oks(&c, bye, 6, "200 OK", "503 Out of Service");
    court_hold(&c);
    court_check_fail(&c, "reply.unavailable", 9);
    CU_ASSERT_EQUAL(c.severity[0], SEVERITY_SHOULD);
    court_close(&c);
}

/* A 200 is no answer to what is to be refused. */
static void refuses_what_is_to_be_refused(void)
{
    static struct court c;
    struct talk_session s = talk_default(1);

    court_open(&c, NULL);
    court_expect_status(&c, 481);
    talk_setup(&c.talk, &s);
    talk_close(&c.talk, &s, false, 2);
    court_hold(&c);
    court_check_fail(&c, "reply.status", 8);
    court_close(&c);
}

static const struct test tests[] = {
    {"wants what the flow says", wants_what_the_flow_says},
    {"wants one of a kind", wants_one_of_a_kind},
    {"softens what is out of service", softens_what_is_out_of_service},
    {"refuses what is to be refused", refuses_what_is_to_be_refused},
    {"judges the answer", judges_the_answer},
    {"a race may be lost", loses_a_race},
    {"what is closed is not closed again", closes_what_is_closed},
};
TEST_MAIN("rules_reply", tests)
