/* The judge over sessions as a conformant network says them, and over each way to spoil them. */
#include "oracle/judge.h"
#include "tests/court.h"
#include "tests/scratch.h"
#include "tests/test.h"

#include <stdio.h>

static void passes_the_plain_flow(void)
{
    struct court c;
    struct talk_session s = talk_default(1), second = talk_default(2);

    court_open(&c, NULL);
    talk_setup(&c.talk, &s);
    talk_setup(&c.talk, &second);
    talk_close(&c.talk, &s, false, 2);
    talk_close(&c.talk, &second, true, 1);
    court_hold(&c);
    CU_ASSERT_EQUAL(c.nresults, 2);
    court_check_pass(&c, 0, "client-a");
    court_check_pass(&c, 1, "client-b");
    CU_ASSERT_EQUAL(c.nfindings[0], 0);
    CU_ASSERT_EQUAL(c.nfindings[1], 0);
    for (int i = 1; i <= 14; i++)
        CU_ASSERT_EQUAL(c.mark[0][i], LADDER_SEEN);
    court_close(&c);
}

/* One spoiled session: what is done to it, and what must come of it. */
struct spoiled {
    const char *name;
    void (*spoil)(struct court *c, int bye);
    const char *rule;
    int step;
};

/* pf-a is passed over: core-a sends on at once, with one Via and one Route entry less from there on. */
static void bypass_pf_a(struct court *c, int bye)
{
    court_bye(c, bye, 1)->gone = court_bye(c, bye, 2)->gone = true;
    court_ok(c, bye, 1)->gone = court_ok(c, bye, 2)->gone = true;
    for (int hop = 3; hop < 7; hop++) {
        char before[32], after[32];
        snprintf(before, sizeof before, "Max-Forwards: %d", 70 - hop);
        snprintf(after, sizeof after, "Max-Forwards: %d", 72 - hop);
        talk_edit(court_bye(c, bye, hop), before, after);
        talk_cut_line(court_bye(c, bye, hop), "Via: SIP/2.0/UDP 127.0.10.3");
        talk_cut_line(court_ok(c, bye, hop), "Via: SIP/2.0/UDP 127.0.10.3");
        talk_edit(court_bye(c, bye, hop), "Via: SIP/2.0/UDP 127.0.10.2:5060;branch=z9hG4bK-1-BYE-2-1\r\n",
                  "");
        talk_edit(court_ok(c, bye, hop), "Via: SIP/2.0/UDP 127.0.10.2:5060;branch=z9hG4bK-1-BYE-2-1\r\n", "");
    }
}

static void lose_at_core_b(struct court *c, int bye)
{
    for (int hop = 4; hop < 7; hop++)
        court_bye(c, bye, hop)->gone = true;
    for (int hop = 0; hop < 7; hop++)
        court_ok(c, bye, hop)->gone = true;
}

static void answer_early_at_pf_a(struct court *c, int bye)
{
    nsec_t early = court_bye(c, bye, 2)->time + NSEC_PER_USEC;

    court_ok(c, bye, 1)->time = early;
    court_ok(c, bye, 0)->time = early + NSEC_PER_USEC;
}

static void skip_pf_b_back(struct court *c, int bye)
{
    court_ok(c, bye, 5)->gone = court_ok(c, bye, 4)->gone = true;
}

static void lose_ok_at_pf_a(struct court *c, int bye)
{
    court_ok(c, bye, 1)->gone = court_ok(c, bye, 0)->gone = true;
}

static void answer_for_client_b(struct court *c, int bye)
{
    court_ok(c, bye, 6)->gone = true;
}

static void keep_max_forwards(struct court *c, int bye)
{
    for (int hop = 2; hop < 7; hop++) {
        char before[32], after[32];
        snprintf(before, sizeof before, "Max-Forwards: %d", 70 - hop);
        snprintf(after, sizeof after, "Max-Forwards: %d", 71 - hop);
        talk_edit(court_bye(c, bye, hop), before, after);
    }
}

static void drop_reason(struct court *c, int bye)
{
    for (int hop = 5; hop < 7; hop++)
        talk_cut_line(court_bye(c, bye, hop), "Reason:");
}

static void change_to_tag(struct court *c, int bye)
{
    for (int hop = 3; hop < 7; hop++)
        talk_edit(court_bye(c, bye, hop), ";tag=b1", ";tag=x1");
    for (int hop = 0; hop < 7; hop++)
        talk_edit(court_ok(c, bye, hop), ";tag=b1", ";tag=x1");
}

static void send_twice(struct court *c, int bye)
{
    int again = talk_repeat(&c->talk, bye + 4, 0);

    talk_edit(&c->talk.message[again], "z9hG4bK-1-BYE-2-4", "z9hG4bK-1-BYE-2-4x");
}

static void refuse(struct court *c, int bye)
{
    for (int hop = 0; hop < 7; hop++)
        talk_edit(court_ok(c, bye, hop), "200 OK", "500 Server Error");
}

static void ring(struct court *c, int bye)
{
    int again = talk_repeat(&c->talk, bye + 7, 0);

    talk_edit(&c->talk.message[again], "200 OK", "180 Ringing");
    c->talk.message[again].time = court_ok(c, bye, 6)->time - NSEC_PER_USEC;
}

static void answer_otherwise(struct court *c, int bye)
{
    int again = talk_repeat(&c->talk, bye + 9, 0);

    talk_edit(&c->talk.message[again], "200 OK", "481 No Such Call");
}

static void repeat_cseq(struct court *c, int bye)
{
    for (int hop = 0; hop < 7; hop++) {
        talk_edit(court_bye(c, bye, hop), "CSeq: 2", "CSeq: 1");
        talk_edit(court_ok(c, bye, hop), "CSeq: 2", "CSeq: 1");
    }
}

static void hurry(struct court *c, int bye)
{
    talk_repeat(&c->talk, bye, 100 * NSEC_PER_MSEC);
}

static const struct spoiled spoiled[] = {
    {"pf-a is passed over", bypass_pf_a, "path.missing", 2},
    {"core-b loses the BYE", lose_at_core_b, "path.missing", 5},
    {"pf-a answers early", answer_early_at_pf_a, "reply.causality", 13},
    {"the OK passes over pf-b", skip_pf_b_back, "reply.reverse", 9},
    {"pf-a loses the OK", lose_ok_at_pf_a, "reply.missing", 13},
    {"core-b answers for client-b", answer_for_client_b, "reply.origin", 8},
    {"pf-a keeps Max-Forwards", keep_max_forwards, "maxforwards.decremented", 3},
    {"pf-b drops Reason", drop_reason, "headers.preserved", 6},
    {"core-a changes the To tag", change_to_tag, "dialog.identity", 4},
    {"core-b sends it twice", send_twice, "request.duplicate", 5},
    {"client-b refuses", refuse, "reply.status", 8},
    {"client-b rings", ring, "reply.provisional", 8},
    {"pf-b answers twice", answer_otherwise, "reply.duplicate", 10},
    {"client-a repeats its CSeq", repeat_cseq, "cseq.increasing", 1},
    {"client-a repeats too soon", hurry, "retransmit.timing", 1},
};

static void fails_what_is_spoiled(void)
{
    for (size_t i = 0; i < sizeof spoiled / sizeof spoiled[0]; i++) {
        struct court c;
        struct talk_session s = talk_default(1);
        int bye;

        court_open(&c, NULL);
        talk_setup(&c.talk, &s);
        bye = talk_close(&c.talk, &s, false, 2);
        spoiled[i].spoil(&c, bye);
        court_hold(&c);
        court_check_fail(&c, spoiled[i].rule, spoiled[i].step);
        CU_ASSERT_EQUAL(c.causes[0], 1);
        if (c.causes[0] != 1)
            printf("\n  %s: %d causes\n", spoiled[i].name, c.causes[0]);
        court_close(&c);
    }
}

/* A BYE that belongs to no open session, before or behind one that does: each has its flow. */
static void knows_what_is_astray(void)
{
    static struct court c;
    struct talk_session s = talk_default(1), unknown = talk_default(2);
    const char *refusal = "481 No Such Call";

    court_open(&c, NULL);
    court_expect_stray(&c, "testcases/flows/stray-481.xml");
    talk_setup(&c.talk, &s);
    court_edit_oks(&c, talk_close(&c.talk, &unknown, false, 2), 6, "200 OK", refusal);
    talk_close(&c.talk, &s, false, 2);
    court_edit_oks(&c, talk_close(&c.talk, &s, false, 3), 6, "200 OK", refusal);
    court_hold(&c);
    CU_ASSERT_EQUAL(c.nresults, 3);
    for (int i = 0; i < c.nresults; i++)
        CU_ASSERT_EQUAL(c.verdict[i], VERDICT_PASS);
    court_close(&c);
}

static void a_stray_one_is_not_to_be_answered(bool after)
{
    static struct court c;
    struct talk_session s = talk_default(1), unknown = talk_default(2);

    court_open(&c, NULL);
    court_expect_stray(&c, "testcases/flows/stray-481.xml");
    talk_setup(&c.talk, &s);
    talk_close(&c.talk, &s, false, 2);
    talk_close(&c.talk, after ? &s : &unknown, false, 3);
    court_hold(&c);
    CU_ASSERT_EQUAL_FATAL(c.nresults, 2);
    for (int i = 0; i < 2; i++)
        if (c.verdict[i] != VERDICT_PASS) {
            CU_ASSERT_STRING_EQUAL(c.rule[i], "reply.status");
            CU_ASSERT_EQUAL(c.step[i], 8);
            CU_ASSERT_NOT_EQUAL(c.verdict[!i], c.verdict[i]);
        }
    CU_ASSERT_NOT_EQUAL(c.verdict[0], c.verdict[1]);
    court_close(&c);
}

static void fails_what_takes_a_stray_one_for_good(void)
{
    a_stray_one_is_not_to_be_answered(false);
    a_stray_one_is_not_to_be_answered(true);
}

/* A refusal, and what closes the session then: with `lost`, the second OK does not come back. */
static void closes_after_a_refusal(bool lost)
{
    static struct court c;
    struct talk_session s = talk_default(1);
    int bye;

    court_open(&c, NULL);
    court_expect_again(&c, "testcases/flows/close-1-1.xml");
    court_expect_status(&c, 500);
    talk_setup(&c.talk, &s);
    court_edit_oks(&c, talk_close(&c.talk, &s, false, 2), 6, "200 OK", "500 Server Error");
    bye = talk_close(&c.talk, &s, false, 3);
    court_ok(&c, bye, 0)->gone = lost;
    court_hold(&c);
    CU_ASSERT_EQUAL_FATAL(c.nresults, 2);
    CU_ASSERT_EQUAL(c.verdict[0], VERDICT_PASS);
    CU_ASSERT_EQUAL(c.verdict[1], lost ? VERDICT_FAIL : VERDICT_PASS);
    if (lost)
        CU_ASSERT_STRING_EQUAL(c.rule[1], "reply.missing");
    court_close(&c);
}

static void judges_what_comes_after_a_refusal(void)
{
    closes_after_a_refusal(false);
    closes_after_a_refusal(true);
}

/* The last function spoils the BYE, whose answer is as the far client can make it; then all is in order.
 * `how`: its CSeq on the last hop, `answer`: that of the answer there, `back`: that of those before it, which
 * the function may have to mend. */
static void refuses_what_is_spoiled(const char *how, const char *answer, const char *back, const char *rule,
                                    int findings)
{
    static struct court c;
    struct talk_session s = talk_default(1);
    int bye;

    court_open(&c, NULL);
    court_expect_again(&c, "testcases/flows/close-1-1.xml");
    court_expect_kind(&c, 400);
    talk_setup(&c.talk, &s);
    bye = talk_close(&c.talk, &s, false, 2);
    court_edit_oks(&c, bye, 6, "200 OK", "400 Bad Request");
    talk_edit(court_bye(&c, bye, 6), "CSeq: 2 BYE", how);
    talk_edit(court_ok(&c, bye, 6), "CSeq: 2 BYE", answer);
    court_edit_oks(&c, bye, 5, "CSeq: 2 BYE", back);
    talk_close(&c.talk, &s, false, 4);
    court_hold(&c);
    CU_ASSERT_EQUAL_FATAL(c.nresults, 2);
    court_check_fail(&c, rule, 7);
    CU_ASSERT_EQUAL(c.nfindings[0], findings);
    CU_ASSERT_EQUAL(c.verdict[1], VERDICT_PASS);
    court_close(&c);
}

static void knows_the_answer_to_what_was_spoiled(void)
{
    refuses_what_is_spoiled("CSeq: 2 REGISTER", "CSeq: 2 REGISTER", "CSeq: 2 BYE", "cseq.method", 2);
    refuses_what_is_spoiled("CSeq: 2 BYE\r\nCSeq: 3 BYE", "CSeq: 2 BYE", "CSeq: 2 BYE", "syntax", 1);
    refuses_what_is_spoiled("CSeq: 2 BYE\r\nCSeq: 3 BYE", "CSeq: 3 BYE", "CSeq: 3 BYE", "syntax", 1);
    refuses_what_is_spoiled("CSeq: 2 BYE\r\nCSeq: 3 BYE", "CSeq: 2 BYE\r\nCSeq: 3 BYE", "CSeq: 2 BYE",
                            "syntax", 1);
}

static void infers_what_via_proves(void)
{
    struct court c;
    struct talk_session s = talk_default(1);
    int bye;

    court_open(&c, NULL);
    talk_setup(&c.talk, &s);
    bye = talk_close(&c.talk, &s, false, 2);
    court_bye(&c, bye, 1)->gone = court_bye(&c, bye, 4)->gone = true;
    court_hold(&c);
    CU_ASSERT_EQUAL(c.mark[0][2], LADDER_INFERRED);
    CU_ASSERT_EQUAL(c.mark[0][5], LADDER_INFERRED);
    court_check_pass(&c, 0, "client-a");
    court_close(&c);
}

static void is_not_sure_of_what_was_not_captured(void)
{
    struct court c;
    struct talk_session s = talk_default(1);

    court_open(&c, NULL);
    talk_setup(&c.talk, &s);
    talk_close(&c.talk, &s, false, 2);
    for (int i = 0; i < c.talk.n; i++) /* captured at core-a alone */
        if (!strstr(endpoint_format(&c.talk.message[i].src, (char[ENDPOINT_TEXT]){0}), "127.0.10.2") &&
            !strstr(endpoint_format(&c.talk.message[i].dst, (char[ENDPOINT_TEXT]){0}), "127.0.10.2"))
            c.talk.message[i].gone = true;
    court_hold(&c);
    CU_ASSERT_EQUAL(c.nresults, 1);
    CU_ASSERT_EQUAL(c.verdict[0], VERDICT_INCONCLUSIVE);
    CU_ASSERT_EQUAL(c.mark[0][4], LADDER_SEEN);
    CU_ASSERT_EQUAL(c.mark[0][5], LADDER_UNSEEN);
    CU_ASSERT_PTR_NOT_NULL(strstr(c.reason[0], "capture at one of them"));
    court_close(&c);
}

static void judges_ipv6(void)
{
    static const struct talk_session s = {.node = {"[2001:db8:a::1]", "[2001:db8:a::2]", "[2001:db8:a::3]",
                                                   "[2001:db8:a::2]", "[2001:db8:b::2]", "[2001:db8:b::3]",
                                                   "[2001:db8:b::2]", "[2001:db8:b::1]"},
                                          .nnodes = 8,
                                          .number = 1,
                                          .more = ""};
    static const char profile[] = "<sut name='Six'><ixit>"
                                  "<function role='client-a'><node address='2001:db8:a::1'/></function>"
                                  "<function role='core-a'><node address='2001:db8:a::2'/></function>"
                                  "<function role='pf-a'><node address='2001:db8:a::3'/></function>"
                                  "<function role='client-b'><node address='2001:db8:b::1'/></function>"
                                  "<function role='core-b'><node address='2001:db8:b::2'/></function>"
                                  "<function role='pf-b'><node address='2001:db8:b::3'/></function>"
                                  "</ixit></sut>";

    for (int callee = 0; callee < 2; callee++) {
        struct court c;
        int bye;

        court_open(&c, scratch_file("six.xml", profile));
        talk_setup(&c.talk, &s);
        bye = talk_close(&c.talk, &s, callee, 2);
        court_bye(&c, bye, 2)->gone = true; /* its Via proves it */
        court_hold(&c);
        court_check_pass(&c, 0, callee ? "client-b" : "client-a");
        CU_ASSERT_EQUAL(c.mark[0][3], LADDER_INFERRED);
        court_close(&c);
    }
}

static const struct test tests[] = {
    {"knows what is astray", knows_what_is_astray},
    {"judges what comes after a refusal", judges_what_comes_after_a_refusal},
    {"knows the answer to what was spoiled", knows_the_answer_to_what_was_spoiled},
    {"fails what takes a stray one for good", fails_what_takes_a_stray_one_for_good},
    {"passes the plain flow, whoever closes", passes_the_plain_flow},
    {"fails what is spoiled, and names it", fails_what_is_spoiled},
    {"judges IPv6", judges_ipv6},
    {"infers what later Via stacks prove", infers_what_via_proves},
    {"is not sure of what was not captured", is_not_sure_of_what_was_not_captured},
};
TEST_MAIN("judge", tests)
