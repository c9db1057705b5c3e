/* The judge over sessions as a conformant network says them, and over each way to spoil them. */
#include "oracle/judge.h"
#include "tests/talk.h"
#include "tests/test.h"
#include "trace/trace.h"

#include <stdio.h>

struct court {
    struct profile *profile;
    struct flow *flow, *mirror;
    struct judge *judge;
    struct trace *trace;
    struct evidence evidence;
    struct talk talk;
    int nresults;
    enum verdict verdict[8];
    char rule[8][40], closer[8][16], reason[8][400];
    int step[8], nfindings[8], causes[8];
    enum ladder_mark mark[8][64];
    bool say; /* prints the findings */
};

static int take_result(void *ctx, const struct result *r)
{
    struct court *c = ctx;
    int n = c->nresults++;

    if (n >= 8)
        return 0;
    c->verdict[n] = r->verdict;
    c->nfindings[n] = r->nfindings;
    c->causes[n] = 0;
    snprintf(c->closer[n], sizeof c->closer[n], "%s", r->closer);
    snprintf(c->reason[n], sizeof c->reason[n], "%s", r->reason);
    for (int i = 0; i < r->nfindings; i++)
        c->causes[n] += r->finding[i].cause < 0;
    if (r->nfindings) {
        snprintf(c->rule[n], sizeof c->rule[n], "%s", r->finding[0].rule);
        c->step[n] = r->finding[0].step;
    }
    for (int i = 0; i < r->nrows && i < 64; i++)
        if (r->row[i].step)
            c->mark[n][r->row[i].step] = r->row[i].mark;
    for (int i = 0; c->say && i < r->nfindings; i++)
        printf("  %s%s step %d: expected that %s; observed: %s\n", r->finding[i].cause < 0 ? "" : "  ",
               r->finding[i].rule, r->finding[i].step, r->finding[i].expected, r->finding[i].observed);
    return 0;
}

static int take_session(void *ctx, struct session *s)
{
    struct court *c = ctx;
    int e = judge_session(c->judge, s, &c->evidence, take_result, c);

    session_free(s);
    return e;
}

static void open_court(struct court *c)
{
    struct judge_config config = {0};
    struct trace_config trace = {0};

    memset(c, 0, sizeof *c);
    talk_init(&c->talk);
    CU_ASSERT_EQUAL_FATAL(profile_load("reference-network/sut.xml", "testcases/schema", &c->profile, NULL),
                          0);
    CU_ASSERT_EQUAL_FATAL(flow_load("testcases/flows/close-1-1.xml", "testcases/schema", &c->flow, NULL), 0);
    CU_ASSERT_EQUAL_FATAL(flow_mirror(c->flow, &c->mirror), 0);
    config.profile = trace.profile = c->profile;
    CU_ASSERT_EQUAL_FATAL(judge_bind(c->profile, c->flow, c->mirror, config.flow, NULL), 0);
    CU_ASSERT_EQUAL_FATAL(judge_new(&config, &c->judge), 0);
    CU_ASSERT_EQUAL_FATAL(trace_new(&trace, (struct session_sink){take_session, c}, &c->trace), 0);
    c->evidence.links = trace_links(c->trace);
}

/* Judges what is said in the court; a capture that goes on for long enough after it. */
static void hold(struct court *c)
{
    CU_ASSERT_EQUAL(talk_feed(&c->talk, (struct payload_sink){trace_take, c->trace}), 0);
    c->evidence.until = c->talk.now + 120 * NSEC_PER_SEC;
    CU_ASSERT_EQUAL(trace_end(c->trace), 0);
}

static void close_court(struct court *c)
{
    trace_free(c->trace);
    judge_free(c->judge);
    flow_free(c->mirror);
    flow_free(c->flow);
    profile_free(c->profile);
    talk_done(&c->talk);
}

static void check_fail(const struct court *c, const char *rule, int step)
{
    bool right = c->nresults > 0 && c->verdict[0] == VERDICT_FAIL && strcmp(c->rule[0], rule) == 0 &&
                 c->step[0] == step;

    CU_ASSERT_TRUE(right);
    if (!right)
        printf("\n  wanted fail %s at step %d, got %s %s at step %d: %s\n", rule, step,
               verdict_name(c->verdict[0]), c->rule[0], c->step[0], c->reason[0]);
}

static void check_pass(const struct court *c, int n, const char *closer)
{
    bool right = c->nresults > n && c->verdict[n] == VERDICT_PASS && strcmp(c->closer[n], closer) == 0;

    CU_ASSERT_TRUE(right);
    if (!right)
        printf("\n  wanted pass of %s, got %s of %s: %s\n", closer, verdict_name(c->verdict[n]), c->closer[n],
               c->reason[n]);
}

static void passes_the_plain_flow(void)
{
    struct court c;
    struct talk_session s = talk_default(1), second = talk_default(2);

    open_court(&c);
    talk_setup(&c.talk, &s);
    talk_setup(&c.talk, &second);
    talk_close(&c.talk, &s, false, 2);
    talk_close(&c.talk, &second, true, 1);
    hold(&c);
    CU_ASSERT_EQUAL(c.nresults, 2);
    check_pass(&c, 0, "client-a");
    check_pass(&c, 1, "client-b");
    CU_ASSERT_EQUAL(c.nfindings[0], 0);
    CU_ASSERT_EQUAL(c.nfindings[1], 0);
    for (int i = 1; i <= 14; i++)
        CU_ASSERT_EQUAL(c.mark[0][i], LADDER_SEEN);
    close_court(&c);
}

/* One spoiled session: what is done to it, and what must come of it. */
struct spoiled {
    const char *name;
    void (*spoil)(struct court *c, int bye);
    const char *rule;
    int step;
};

static struct talk_message *bye_over(struct court *c, int bye, int hop)
{
    return &c->talk.message[bye + hop];
}

static struct talk_message *ok_over(struct court *c, int bye, int hop)
{
    return &c->talk.message[bye + 13 - hop];
}

/* pf-a is passed over: core-a sends on at once, with one Via and one Route entry less from there on. */
static void bypass_pf_a(struct court *c, int bye)
{
    bye_over(c, bye, 1)->gone = bye_over(c, bye, 2)->gone = true;
    ok_over(c, bye, 1)->gone = ok_over(c, bye, 2)->gone = true;
    for (int hop = 3; hop < 7; hop++) {
        char before[32], after[32];
        snprintf(before, sizeof before, "Max-Forwards: %d", 70 - hop);
        snprintf(after, sizeof after, "Max-Forwards: %d", 72 - hop);
        talk_edit(bye_over(c, bye, hop), before, after);
        talk_cut_line(bye_over(c, bye, hop), "Via: SIP/2.0/UDP 127.0.10.3");
        talk_cut_line(ok_over(c, bye, hop), "Via: SIP/2.0/UDP 127.0.10.3");
        talk_edit(bye_over(c, bye, hop), "Via: SIP/2.0/UDP 127.0.10.2:5060;branch=z9hG4bK-1-BYE-2-1\r\n", "");
        talk_edit(ok_over(c, bye, hop), "Via: SIP/2.0/UDP 127.0.10.2:5060;branch=z9hG4bK-1-BYE-2-1\r\n", "");
    }
}

static void lose_at_core_b(struct court *c, int bye)
{
    for (int hop = 4; hop < 7; hop++)
        bye_over(c, bye, hop)->gone = true;
    for (int hop = 0; hop < 7; hop++)
        ok_over(c, bye, hop)->gone = true;
}

static void answer_early_at_pf_a(struct court *c, int bye)
{
    nsec_t early = bye_over(c, bye, 2)->time + NSEC_PER_USEC;

    ok_over(c, bye, 1)->time = early;
    ok_over(c, bye, 0)->time = early + NSEC_PER_USEC;
}

static void skip_pf_b_back(struct court *c, int bye)
{
    ok_over(c, bye, 5)->gone = ok_over(c, bye, 4)->gone = true;
}

static void lose_ok_at_pf_a(struct court *c, int bye)
{
    ok_over(c, bye, 1)->gone = ok_over(c, bye, 0)->gone = true;
}

static void answer_for_client_b(struct court *c, int bye)
{
    ok_over(c, bye, 6)->gone = true;
}

static void keep_max_forwards(struct court *c, int bye)
{
    for (int hop = 2; hop < 7; hop++) {
        char before[32], after[32];
        snprintf(before, sizeof before, "Max-Forwards: %d", 70 - hop);
        snprintf(after, sizeof after, "Max-Forwards: %d", 71 - hop);
        talk_edit(bye_over(c, bye, hop), before, after);
    }
}

static void drop_reason(struct court *c, int bye)
{
    for (int hop = 5; hop < 7; hop++)
        talk_cut_line(bye_over(c, bye, hop), "Reason:");
}

static void change_to_tag(struct court *c, int bye)
{
    for (int hop = 3; hop < 7; hop++)
        talk_edit(bye_over(c, bye, hop), ";tag=b1", ";tag=x1");
    for (int hop = 0; hop < 7; hop++)
        talk_edit(ok_over(c, bye, hop), ";tag=b1", ";tag=x1");
}

static void send_twice(struct court *c, int bye)
{
    int again = talk_repeat(&c->talk, bye + 4, 0);

    talk_edit(&c->talk.message[again], "z9hG4bK-1-BYE-2-4", "z9hG4bK-1-BYE-2-4x");
}

static void refuse(struct court *c, int bye)
{
    for (int hop = 0; hop < 7; hop++)
        talk_edit(ok_over(c, bye, hop), "200 OK", "500 Server Error");
}

static void ring(struct court *c, int bye)
{
    int again = talk_repeat(&c->talk, bye + 7, 0);

    talk_edit(&c->talk.message[again], "200 OK", "180 Ringing");
    c->talk.message[again].time = ok_over(c, bye, 6)->time - NSEC_PER_USEC;
}

static void answer_otherwise(struct court *c, int bye)
{
    int again = talk_repeat(&c->talk, bye + 9, 0);

    talk_edit(&c->talk.message[again], "200 OK", "481 No Such Call");
}

static void repeat_cseq(struct court *c, int bye)
{
    for (int hop = 0; hop < 7; hop++) {
        talk_edit(bye_over(c, bye, hop), "CSeq: 2", "CSeq: 1");
        talk_edit(ok_over(c, bye, hop), "CSeq: 2", "CSeq: 1");
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

        open_court(&c);
        talk_setup(&c.talk, &s);
        bye = talk_close(&c.talk, &s, false, 2);
        spoiled[i].spoil(&c, bye);
        hold(&c);
        check_fail(&c, spoiled[i].rule, spoiled[i].step);
        CU_ASSERT_EQUAL(c.causes[0], 1);
        if (c.causes[0] != 1)
            printf("\n  %s: %d causes\n", spoiled[i].name, c.causes[0]);
        close_court(&c);
    }
}

static void infers_what_via_proves(void)
{
    struct court c;
    struct talk_session s = talk_default(1);
    int bye;

    open_court(&c);
    talk_setup(&c.talk, &s);
    bye = talk_close(&c.talk, &s, false, 2);
    bye_over(&c, bye, 1)->gone = bye_over(&c, bye, 4)->gone = true;
    hold(&c);
    CU_ASSERT_EQUAL(c.mark[0][2], LADDER_INFERRED);
    CU_ASSERT_EQUAL(c.mark[0][5], LADDER_INFERRED);
    check_pass(&c, 0, "client-a");
    close_court(&c);
}

static void is_not_sure_of_what_was_not_captured(void)
{
    struct court c;
    struct talk_session s = talk_default(1);

    open_court(&c);
    talk_setup(&c.talk, &s);
    talk_close(&c.talk, &s, false, 2);
    for (int i = 0; i < c.talk.n; i++) /* captured at core-a alone */
        if (!strstr(endpoint_format(&c.talk.message[i].src, (char[ENDPOINT_TEXT]){0}), "127.0.10.2") &&
            !strstr(endpoint_format(&c.talk.message[i].dst, (char[ENDPOINT_TEXT]){0}), "127.0.10.2"))
            c.talk.message[i].gone = true;
    hold(&c);
    CU_ASSERT_EQUAL(c.nresults, 1);
    CU_ASSERT_EQUAL(c.verdict[0], VERDICT_INCONCLUSIVE);
    CU_ASSERT_EQUAL(c.mark[0][4], LADDER_SEEN);
    CU_ASSERT_EQUAL(c.mark[0][5], LADDER_UNSEEN);
    CU_ASSERT_PTR_NOT_NULL(strstr(c.reason[0], "capture at one of them"));
    close_court(&c);
}

static const struct test tests[] = {
    {"passes the plain flow, whoever closes", passes_the_plain_flow},
    {"fails what is spoiled, and names it", fails_what_is_spoiled},
    {"infers what later Via stacks prove", infers_what_via_proves},
    {"is not sure of what was not captured", is_not_sure_of_what_was_not_captured},
};
TEST_MAIN("judge", tests)
