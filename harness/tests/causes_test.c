#include "report/causes.h"

#include "tests/sample.h"
#include "tests/test.h"

#include <stdio.h>

static void counts_what_did_not_pass(void)
{
    struct causes c = {0};

    causes_add(&c, sample_result(SAMPLE_PASS));
    causes_add(&c, sample_result(SAMPLE_NOT_APPLICABLE));
    CU_ASSERT_EQUAL(c.n, 0);
    causes_add(&c, sample_result(SAMPLE_ERROR));
    for (int i = 0; i < 3; i++)
        causes_add(&c, sample_result(SAMPLE_FAIL));
    causes_sort(&c);
    CU_ASSERT_EQUAL_FATAL(c.n, 2);
    CU_ASSERT_EQUAL(c.kind[0].n, 3);
    CU_ASSERT_STRING_EQUAL(c.kind[0].what, "path.missing");
    CU_ASSERT_EQUAL(c.kind[0].step, 3);
    CU_ASSERT_EQUAL(c.kind[0].verdict, VERDICT_FAIL);
    CU_ASSERT_STRING_EQUAL(c.kind[0].first, sample_result(SAMPLE_FAIL)->id);
    CU_ASSERT_EQUAL(c.kind[1].n, 1); /* no finding: its reason */
    CU_ASSERT_TRUE(strncmp(c.kind[1].what, sample_result(SAMPLE_ERROR)->reason, CAUSE_NAME - 1) == 0);
    CU_ASSERT_EQUAL(c.kind[1].step, 0);
}

/* The first that is more than a note, and no consequence. */
static void takes_the_cause(void)
{
    struct finding finding[] = {{.rule = "note", .severity = SEVERITY_NOTE, .cause = -1},
                                {.rule = "consequence", .severity = SEVERITY_MUST, .cause = 2},
                                {.rule = "cause", .severity = SEVERITY_MUST, .cause = -1, .step = 4}};
    struct result r = {.id = "x", .verdict = VERDICT_FAIL, .nfindings = 3, .finding = finding};
    struct result none = {.verdict = VERDICT_INCONCLUSIVE};
    struct causes c = {0};

    CU_ASSERT_PTR_EQUAL(causes_first(&r), &finding[2]);
    r.nfindings = 1;
    CU_ASSERT_PTR_EQUAL(causes_first(&r), &finding[0]);
    CU_ASSERT_PTR_NULL(causes_first(&none));
    causes_add(&c, &none);
    CU_ASSERT_STRING_EQUAL(c.kind[0].what, "inconclusive");
}

static void is_bounded(void)
{
    struct causes c = {0};
    char rule[300];
    struct finding f = {.rule = rule, .severity = SEVERITY_MUST, .cause = -1, .step = 1};
    struct result r = {.id = rule, .verdict = VERDICT_FAIL, .nfindings = 1, .finding = &f};

    for (int i = 0; i < CAUSES_MAX + 8; i++) {
        snprintf(rule, sizeof rule, "%d.%0250d", i, 0);
        causes_add(&c, &r);
        if (i == CAUSES_MAX - 1)
            causes_add(&c, &r);
    }
    CU_ASSERT_EQUAL(c.n, CAUSES_MAX);
    CU_ASSERT_EQUAL(c.others, 8);
    causes_sort(&c);
    CU_ASSERT_EQUAL(c.kind[0].n, 2);
    CU_ASSERT_TRUE(strncmp(c.kind[0].what, "31.", 3) == 0);
    CU_ASSERT_TRUE(strncmp(c.kind[1].what, "0.", 2) == 0); /* then as they came */
    CU_ASSERT_TRUE(strncmp(c.kind[CAUSES_MAX - 1].what, "30.", 3) == 0);
}

static const struct test tests[] = {
    {"counts what did not pass", counts_what_did_not_pass},
    {"takes the cause", takes_the_cause},
    {"is bounded", is_bounded},
};
TEST_MAIN("causes", tests)
