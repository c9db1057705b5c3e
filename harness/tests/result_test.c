#include "oracle/result.h"

#include "tests/test.h"

static void names_verdicts(void)
{
    CU_ASSERT_STRING_EQUAL(verdict_name(VERDICT_PASS), "pass");
    CU_ASSERT_STRING_EQUAL(verdict_name(VERDICT_FAIL), "fail");
    CU_ASSERT_STRING_EQUAL(verdict_name(VERDICT_INCONCLUSIVE), "inconclusive");
    CU_ASSERT_STRING_EQUAL(verdict_name(VERDICT_NOT_APPLICABLE), "not-applicable");
    CU_ASSERT_STRING_EQUAL(verdict_name(VERDICT_ERROR), "error");
    CU_ASSERT_STRING_EQUAL(severity_name(SEVERITY_NOTE), "note");
    CU_ASSERT_STRING_EQUAL(severity_name(SEVERITY_SHOULD), "should");
    CU_ASSERT_STRING_EQUAL(severity_name(SEVERITY_MUST), "must");
}

/* ISO/IEC 9646: the worst wins, and error is the worst. */
static void the_worst_wins(void)
{
    static const enum verdict rising[] = {VERDICT_NOT_APPLICABLE, VERDICT_PASS, VERDICT_INCONCLUSIVE,
                                          VERDICT_FAIL, VERDICT_ERROR};

    for (int a = 0; a < VERDICT_COUNT; a++)
        for (int b = 0; b < VERDICT_COUNT; b++)
            CU_ASSERT_EQUAL(verdict_worst(rising[a], rising[b]), rising[a > b ? a : b]);
}

static void exits_as_the_whole_went(void)
{
    static const struct {
        uint64_t na, pass, inconclusive, fail, error;
        bool interrupted;
        int status;
    } rows[] = {
        {0, 0, 0, 0, 0, false, 5}, {3, 0, 0, 0, 0, false, 5}, {0, 1, 0, 0, 0, false, 0},
        {2, 1, 0, 0, 0, false, 0}, {0, 1, 1, 0, 0, false, 6}, {0, 0, 1, 0, 0, false, 6},
        {0, 5, 1, 1, 0, false, 1}, {0, 5, 0, 1, 0, false, 1}, {0, 5, 1, 1, 1, false, 3},
        {0, 0, 0, 0, 1, false, 3}, {0, 5, 1, 1, 1, true, 2},  {0, 0, 0, 0, 0, true, 2},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct summary s = {.interrupted = rows[i].interrupted};

        s.total[VERDICT_NOT_APPLICABLE] = rows[i].na;
        s.total[VERDICT_PASS] = rows[i].pass;
        s.total[VERDICT_INCONCLUSIVE] = rows[i].inconclusive;
        s.total[VERDICT_FAIL] = rows[i].fail;
        s.total[VERDICT_ERROR] = rows[i].error;
        CU_ASSERT_EQUAL(summary_exit_status(&s), rows[i].status);
    }
}

static const struct test tests[] = {
    {"names verdicts", names_verdicts},
    {"the worst wins", the_worst_wins},
    {"exits as the whole went", exits_as_the_whole_went},
};
TEST_MAIN("result", tests)
