#include "cli/kept.h"
#include "oracle/rule.h"

#include "tests/test.h"

#include <errno.h>
#include <stdio.h>

static struct flow flow = {.id = "close-1-1"};
static const struct testcase testcase = {
    .id = "CPM_CLS_NET_V_001", .title = "title", .flow = &flow, .closer = "client-a"};
static const struct drive_outcome content = {
    .end = DRIVE_DONE,
    .nwitnesses = 2,
    .witness = {{.role = "client-b", .scenario = "b.xml", .ended = true},
                {.role = "client-a", .scenario = "a.xml", .ended = true}},
    .begin = 5,
    .end_time = 9};
static struct kept kept;
static struct result result;

/* Who did not take the first step; NULL: it was taken. */
static const char *missing;

/* A result whose every byte is gone after kept_add. */
static void add(enum verdict v, const char *closer, int nfindings)
{
    char reason[32], rule[16], who[16];
    const char *call[1] = {reason};
    struct finding finding[4];
    struct ladder_row row[1] = {
        {.step = 1, .from = rule, .to = rule, .message = rule, .transport = rule, .frame = 3}};

    snprintf(reason, sizeof reason, "reason-%d", (int)v);
    snprintf(rule, sizeof rule, "a.rule");
    snprintf(who, sizeof who, "%s", closer);
    for (int i = 0; i < nfindings; i++)
        finding[i] = (struct finding){.rule = rule,
                                      .cause = i - 1,
                                      .clause = rule,
                                      .expected = rule,
                                      .observed = rule,
                                      .nframes = 1,
                                      .frame = {7},
                                      .frame_source = {0}};
    if (nfindings && missing) {
        finding[0].severity = SEVERITY_MUST;
        finding[0].step = 1;
        finding[0].rule = "reply.missing";
        row[0].from = missing;
    }
    CU_ASSERT_EQUAL(kept_add(&kept, &(struct result){.id = "session-1",
                                                     .title = "t",
                                                     .verdict = v,
                                                     .closer = who,
                                                     .reason = reason,
                                                     .ncall_ids = 1,
                                                     .call_id = call,
                                                     .nfindings = nfindings,
                                                     .finding = finding,
                                                     .nrows = 1,
                                                     .row = row,
                                                     .flow = rule}),
                    0);
    memset(reason, 'x', sizeof reason);
    memset(rule, 'x', sizeof rule);
    memset(who, 'x', sizeof who);
}

static void begin(void)
{
    kept_init(&kept, &testcase, 10);
}

static void finish(const struct drive_outcome *o)
{
    CU_ASSERT_EQUAL_FATAL(kept_result(&kept, o, "", &result), 0);
}

static void test_one_closing_is_the_result(void)
{
    begin();
    add(VERDICT_PASS, "client-a", 1);
    CU_ASSERT_EQUAL(kept_attach(&kept, "x/capture.pcap"), 0);
    finish(&content);
    CU_ASSERT_STRING_EQUAL(result.id, "CPM_CLS_NET_V_001");
    CU_ASSERT_STRING_EQUAL(result.title, "title");
    CU_ASSERT_EQUAL(result.verdict, VERDICT_PASS);
    CU_ASSERT_STRING_EQUAL(result.reason, "reason-1");
    CU_ASSERT_STRING_EQUAL(result.finding[0].rule, "a.rule");
    CU_ASSERT_EQUAL(result.finding[0].frame_source[0], 10);
    CU_ASSERT_EQUAL(result.row[0].source, 10);
    CU_ASSERT_STRING_EQUAL(result.row[0].from, "a.rule");
    CU_ASSERT_TRUE(result.begin == 5 && result.end == 9 && result.nfindings == 1);
    CU_ASSERT_TRUE(result.nattachments == 1 && strcmp(result.attachment[0], "x/capture.pcap") == 0);
    kept_done(&kept);
}

static void test_of_several_the_worst_counts(void)
{
    begin();
    add(VERDICT_PASS, "client-a", 2);
    add(VERDICT_FAIL, "client-b", 2);
    add(VERDICT_INCONCLUSIVE, "client-b", 0);
    finish(&content);
    CU_ASSERT_EQUAL(result.verdict, VERDICT_FAIL);
    CU_ASSERT_STRING_EQUAL(result.reason, "reason-3");
    CU_ASSERT_TRUE(result.nrows == 3 && result.ncall_ids == 3);
    CU_ASSERT_TRUE(result.finding[1].cause == 0 && result.finding[2].cause == -1 &&
                   result.finding[3].cause == 2);
    kept_done(&kept);
}

static void test_nothing_seen_is_no_pass(void)
{
    begin();
    finish(&content);
    CU_ASSERT_EQUAL(result.verdict, VERDICT_INCONCLUSIVE);
    CU_ASSERT_PTR_NOT_NULL(strstr(result.reason, "no BYE was seen"));
    kept_done(&kept);
}

static void test_somebody_else_closed(void)
{
    begin();
    add(VERDICT_PASS, "client-b", 0);
    finish(&content);
    CU_ASSERT_EQUAL(result.verdict, VERDICT_INCONCLUSIVE);
    kept_done(&kept);
    begin();
    add(VERDICT_PASS, "client-b", 0);
    add(VERDICT_PASS, "client-a", 0); /* both did, at once */
    finish(&content);
    CU_ASSERT_EQUAL(result.verdict, VERDICT_PASS);
    kept_done(&kept);
    begin();
    kept.closer = "pf-a"; /* as a fault has it */
    add(VERDICT_PASS, "pf-a", 0);
    finish(&content);
    CU_ASSERT_EQUAL(result.verdict, VERDICT_PASS);
    kept_done(&kept);
}

static void driven(enum drive_end end, enum verdict judged, enum verdict want)
{
    struct drive_outcome o = content;

    o.end = end;
    snprintf(o.reason, sizeof o.reason, "because of the drive");
    begin();
    add(judged, "client-a", 0);
    finish(&o);
    memset(&o, 'x', sizeof o);
    CU_ASSERT_EQUAL(result.verdict, want);
    if (want != judged)
        CU_ASSERT_STRING_EQUAL(result.reason, "because of the drive");
    kept_done(&kept);
}

/* A fail is only ever the SUT's: the harness's own trouble is an error, whatever was seen. */
static void test_how_it_was_driven_counts(void)
{
    driven(DRIVE_DONE, VERDICT_PASS, VERDICT_PASS);
    driven(DRIVE_ERROR, VERDICT_PASS, VERDICT_ERROR);
    driven(DRIVE_ERROR, VERDICT_FAIL, VERDICT_ERROR);
    driven(DRIVE_INCONCLUSIVE, VERDICT_PASS, VERDICT_INCONCLUSIVE);
    driven(DRIVE_INCONCLUSIVE, VERDICT_FAIL, VERDICT_FAIL);
    driven(DRIVE_INTERRUPTED, VERDICT_PASS, VERDICT_INCONCLUSIVE);
}

static void test_a_client_that_disagrees(void)
{
    struct drive_outcome o = content;

    o.witness[1].status = 1;
    snprintf(o.witness[1].word, sizeof o.witness[1].word, "it was not so");
    begin();
    add(VERDICT_PASS, "client-a", 1);
    finish(&o);
    CU_ASSERT_EQUAL(result.verdict, VERDICT_INCONCLUSIVE);
    CU_ASSERT_EQUAL_FATAL(result.nfindings, 2);
    CU_ASSERT_STRING_EQUAL(result.finding[1].rule, "witness.client");
    CU_ASSERT_PTR_NOT_NULL(rule_find(result.finding[1].rule));
    CU_ASSERT_TRUE(result.finding[1].inconclusive);
    CU_ASSERT_STRING_EQUAL(result.finding[1].observed,
                           "client-a (SIPp, a.xml) says that the session failed: it was not so");
    kept_done(&kept);
    o.witness[1].ended = false;
    begin();
    add(VERDICT_PASS, "client-a", 0);
    finish(&o);
    CU_ASSERT_EQUAL(result.verdict, VERDICT_INCONCLUSIVE);
    CU_ASSERT_PTR_NOT_NULL(strstr(result.finding[0].observed, "still waiting"));
    kept_done(&kept);
}

/* What our own client did not do is not the SUT's fail; what others did not, is. */
static void test_a_client_that_broke_off(void)
{
    static const struct {
        const char *missing;
        bool iut;
        enum verdict verdict;
    } cases[] = {{"client-b", false, VERDICT_INCONCLUSIVE},
                 {"core-b", false, VERDICT_FAIL},
                 {"client-b", true, VERDICT_FAIL}};

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct drive_outcome o = content;

        o.witness[0].status = 1;
        o.witness[0].iut = cases[i].iut;
        missing = cases[i].missing;
        begin();
        add(VERDICT_FAIL, "client-a", 2);
        finish(&o);
        CU_ASSERT_EQUAL(result.verdict, cases[i].verdict);
        CU_ASSERT_EQUAL(result.finding[0].inconclusive, cases[i].verdict == VERDICT_INCONCLUSIVE);
        CU_ASSERT_EQUAL(result.finding[1].inconclusive, cases[i].verdict == VERDICT_INCONCLUSIVE);
        kept_done(&kept);
    }
    missing = NULL;
}

/* It need not end; and where the test case has others do it wrong, its complaint is no news. */
static void test_a_client_under_test_is_heard(void)
{
    struct testcase provoking = testcase;
    struct drive_outcome o = content;

    o.witness[1].iut = true;
    o.witness[1].ended = false;
    begin();
    add(VERDICT_PASS, "client-a", 0);
    finish(&o);
    CU_ASSERT_TRUE(result.verdict == VERDICT_PASS && result.nfindings == 0);
    kept_done(&kept);
    o.witness[1].ended = true;
    o.witness[1].status = 7;
    begin();
    add(VERDICT_PASS, "client-a", 0);
    finish(&o);
    CU_ASSERT_TRUE(result.verdict == VERDICT_INCONCLUSIVE && result.finding[0].inconclusive);
    CU_ASSERT_STRING_EQUAL(result.finding[0].observed,
                           "the start command of client-a, which is under test, ended with status 7");
    kept_done(&kept);
    provoking.nprovoked = 1;
    begin();
    kept.testcase = &provoking;
    add(VERDICT_PASS, "client-a", 0);
    finish(&o);
    CU_ASSERT_EQUAL(result.verdict, VERDICT_PASS);
    CU_ASSERT_TRUE(result.nfindings == 1 && !result.finding[0].inconclusive);
    kept_done(&kept);
}

static void test_clients_that_see_nothing_wrong(void)
{
    begin();
    add(VERDICT_FAIL, "client-a", 1);
    finish(&content);
    CU_ASSERT_EQUAL(result.verdict, VERDICT_FAIL);
    CU_ASSERT_EQUAL_FATAL(result.nfindings, 2);
    CU_ASSERT_STRING_EQUAL(result.finding[0].rule, "a.rule");
    CU_ASSERT_STRING_EQUAL(result.finding[1].rule, "witness.client");
    CU_ASSERT_TRUE(result.finding[1].severity == SEVERITY_NOTE && !result.finding[1].inconclusive);
    kept_done(&kept);
}

static void test_what_does_not_apply(void)
{
    char why[32] = "no such feature";

    begin();
    CU_ASSERT_EQUAL_FATAL(kept_result(&kept, NULL, why, &result), 0);
    memset(why, 'x', sizeof why - 1);
    CU_ASSERT_EQUAL(result.verdict, VERDICT_NOT_APPLICABLE);
    CU_ASSERT_STRING_EQUAL(result.reason, "no such feature");
    kept_done(&kept);
}

static void test_the_bounds_hold(void)
{
    char path[32];

    begin();
    for (int i = 0; i < KEPT_CLOSINGS_MAX + 2; i++)
        add(VERDICT_PASS, "client-a", 0);
    for (int i = 0; i < KEPT_ATTACHMENTS_MAX + 2; i++) {
        snprintf(path, sizeof path, "file-%d", i);
        CU_ASSERT_EQUAL(kept_attach(&kept, path), 0);
    }
    finish(&content);
    CU_ASSERT_EQUAL(result.verdict, VERDICT_INCONCLUSIVE);
    CU_ASSERT_EQUAL(result.nattachments, KEPT_ATTACHMENTS_MAX);
    CU_ASSERT_EQUAL(result.nrows, KEPT_CLOSINGS_MAX);
    kept_done(&kept);
}

static const struct test tests[] = {
    {"one closing is the result", test_one_closing_is_the_result},
    {"of several the worst counts", test_of_several_the_worst_counts},
    {"nothing seen is no pass", test_nothing_seen_is_no_pass},
    {"somebody else closed", test_somebody_else_closed},
    {"how it was driven counts", test_how_it_was_driven_counts},
    {"a client that disagrees", test_a_client_that_disagrees},
    {"a client that broke off", test_a_client_that_broke_off},
    {"a client under test is heard", test_a_client_under_test_is_heard},
    {"clients that see nothing wrong", test_clients_that_see_nothing_wrong},
    {"what does not apply", test_what_does_not_apply},
    {"the bounds hold", test_the_bounds_hold},
};

TEST_MAIN("kept", tests)
