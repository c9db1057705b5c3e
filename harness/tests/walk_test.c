#include "oracle/walk.h"

#include "tests/hearing.h"

static struct hearing h;

static struct judgement *open_judgement(void)
{
    hearing_open(&h);
    hearing_talk(&h);
    CU_ASSERT_EQUAL_FATAL(hearing_hold(&h), 1);
    return hearing_judge(&h, 0);
}

static void goes_up_and_down(void)
{
    static const char *const sender[] = {"client-a", "core-a", "pf-a", "core-a", "core-b", "pf-b", "core-b",
                                         "client-b", "core-b", "pf-b", "core-b", "core-a", "pf-a", "core-a"};
    struct judgement *j = open_judgement();
    int n = 0;

    for (struct walk w = {0}; walk_next(j, &w); n++) {
        CU_ASSERT_TRUE_FATAL(n < 14);
        CU_ASSERT_EQUAL(w.step, n + 1);
        CU_ASSERT_EQUAL(w.reply, n >= 7);
        CU_ASSERT_EQUAL(hop_is_reply(w.hop), w.reply);
        CU_ASSERT_STRING_EQUAL(walk_sender(j, &w), sender[n]);
    }
    CU_ASSERT_EQUAL(n, 14);
    hearing_close(&h);
}

static void passes_over_what_was_not_seen(void)
{
    struct judgement *j = open_judgement();
    int n = 0;

    j->way->passage[2].reply = NULL;
    j->way->passage[3].inner = true;
    for (struct walk w = {0}; walk_next(j, &w); n++)
        CU_ASSERT_TRUE(w.step != 4 && w.step != 11 && w.step != 12);
    CU_ASSERT_EQUAL(n, 11);
    hearing_close(&h);
}

static const struct test tests[] = {
    {"goes up and down", goes_up_and_down},
    {"passes over what was not seen", passes_over_what_was_not_seen},
};
TEST_MAIN("walk", tests)
