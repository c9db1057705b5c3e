#include "cli/provoked.h"

#include "tests/test.h"

#include <stdio.h>

static struct flow flow;
static struct testcase testcase;
static struct arena arena;
static struct finding finding[4];
static struct result result;

/* Two roles a side; the answer of "net" to the closing client is step 4. */
static void set_up(void)
{
    static const char *const roles[] = {"client-a", "net-a", "client-b", "net-b"};

    flow = (struct flow){.id = "close", .nroles = 4, .nsteps = 4, .nrequests = 2};
    for (int i = 0; i < 4; i++) {
        snprintf(flow.role[i].name, sizeof flow.role[i].name, "%s", roles[i]);
        flow.role[i].mirror = (i + 2) % 4;
    }
    flow.step[0].from = 0;
    flow.step[1].from = 1;
    flow.step[2].from = 2;
    flow.step[3].from = 1;
    testcase = (struct testcase){.flow = &flow, .nprovoked = 1, .provoked = {{"reply.missing", "net-a"}}};
    for (int i = 0; i < 4; i++)
        finding[i] = (struct finding){.rule = "reply.missing",
                                      .severity = SEVERITY_MUST,
                                      .step = 4,
                                      .cause = -1,
                                      .expected = "it does",
                                      .observed = "it did not"};
    result = (struct result){.verdict = VERDICT_FAIL,
                             .closer = "client-a",
                             .reason = "as it was",
                             .flow = "close",
                             .nfindings = 1,
                             .finding = finding};
}

static void forgive(bool strict)
{
    CU_ASSERT_EQUAL(provoked_forgive(&testcase, strict, &arena, finding, &result), 0);
}

static void test_what_was_provoked_is_forgiven(void)
{
    set_up();
    forgive(false);
    CU_ASSERT_EQUAL(result.verdict, VERDICT_PASS);
    CU_ASSERT_EQUAL(finding[0].severity, SEVERITY_NOTE);
    CU_ASSERT_STRING_EQUAL(result.reason, "nothing was amiss but what the test case has the network do");
}

static void test_and_what_follows_from_it(void)
{
    set_up();
    result.nfindings = 3;
    finding[1] = (struct finding){.rule = "x", .severity = SEVERITY_MUST, .step = 1, .cause = 0};
    finding[2] = (struct finding){.rule = "x", .severity = SEVERITY_SHOULD, .cause = 1, .inconclusive = true};
    forgive(true);
    CU_ASSERT_EQUAL(result.verdict, VERDICT_PASS);
    CU_ASSERT_FALSE(finding[2].inconclusive);
}

static void test_nothing_else_is(void)
{
    set_up();
    finding[0].step = 3; /* client-b's answer */
    forgive(false);
    CU_ASSERT_EQUAL(result.verdict, VERDICT_FAIL);
    CU_ASSERT_STRING_EQUAL(result.reason, "as it was");
    set_up();
    finding[0].rule = "reply.status";
    forgive(false);
    CU_ASSERT_EQUAL(result.verdict, VERDICT_FAIL);
    set_up();
    finding[0].step = 0;
    forgive(false);
    CU_ASSERT_EQUAL(result.verdict, VERDICT_FAIL);
    set_up();
    result.flow = "another"; /* whose steps are others' */
    forgive(false);
    CU_ASSERT_EQUAL(result.verdict, VERDICT_FAIL);
    set_up();
    result.closer = "client-b"; /* step 4 is net-b's there */
    forgive(false);
    CU_ASSERT_EQUAL(result.verdict, VERDICT_FAIL);
    snprintf(testcase.provoked[0].role, sizeof testcase.provoked[0].role, "net-b");
    forgive(false);
    CU_ASSERT_EQUAL(result.verdict, VERDICT_PASS);
}

static void test_what_is_left_decides(void)
{
    set_up();
    result.nfindings = 2;
    finding[1].rule = "timeout.final";
    finding[1].step = 1;
    forgive(false);
    CU_ASSERT_EQUAL(result.verdict, VERDICT_FAIL);
    CU_ASSERT_STRING_EQUAL(result.reason, "step 1: expected that it does, but it did not");
    set_up();
    result.nfindings = 2;
    finding[1] = (struct finding){.rule = "x", .severity = SEVERITY_SHOULD, .expected = "e", .observed = "o"};
    forgive(false);
    CU_ASSERT_EQUAL(result.verdict, VERDICT_PASS);
    set_up();
    result.nfindings = 2;
    finding[1] = (struct finding){
        .rule = "x", .severity = SEVERITY_SHOULD, .cause = -1, .expected = "e", .observed = "o"};
    forgive(true);
    CU_ASSERT_EQUAL(result.verdict, VERDICT_FAIL);
    CU_ASSERT_STRING_EQUAL(result.reason, "expected that e, but o");
    set_up();
    result.nfindings = 2;
    finding[1].rule = "x";
    finding[1].inconclusive = true;
    forgive(false);
    CU_ASSERT_EQUAL(result.verdict, VERDICT_INCONCLUSIVE);
}

static void test_a_verdict_that_rests_on_none_of_it_stays(void)
{
    set_up();
    result.verdict = VERDICT_NOT_APPLICABLE;
    forgive(false);
    CU_ASSERT_EQUAL(result.verdict, VERDICT_NOT_APPLICABLE);
    set_up();
    result.nfindings = 0;
    result.verdict = VERDICT_PASS;
    forgive(false);
    CU_ASSERT_STRING_EQUAL(result.reason, "as it was");
}

static const struct test tests[] = {
    {"what was provoked is forgiven", test_what_was_provoked_is_forgiven},
    {"and what follows from it", test_and_what_follows_from_it},
    {"nothing else is", test_nothing_else_is},
    {"what is left decides", test_what_is_left_decides},
    {"a verdict that rests on none of it stays", test_a_verdict_that_rests_on_none_of_it_stays},
};

int main(int argc, char **argv)
{
    int status;

    arena_init(&arena, 1 << 20);
    status = test_main(argc, argv, "provoked", tests, sizeof tests / sizeof tests[0]);
    arena_done(&arena);
    return status;
}
