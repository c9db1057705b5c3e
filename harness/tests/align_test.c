#include "oracle/align.h"

#include "tests/hearing.h"

static struct hearing h;

static struct judgement *judged(const struct talk_session *s)
{
    hearing_open(&h);
    talk_setup(&h.talk, s);
    talk_close(&h.talk, s, false, 2);
    CU_ASSERT_EQUAL_FATAL(hearing_hold(&h), 1);
    return hearing_judge(&h, 0);
}

static void finds_every_step(void)
{
    struct talk_session s = talk_default(1);
    struct judgement *j = judged(&s);

    CU_ASSERT_EQUAL(align(j), 7);
    for (int i = 0; i < 7; i++) {
        CU_ASSERT_EQUAL(j->passage[i], i);
        CU_ASSERT_EQUAL(j->way->passage[i].step, i);
    }
    hearing_close(&h);
}

/* pf-a is left out: its two steps are the ones that no passage fulfils. */
static void leaves_out_what_did_not_happen(void)
{
    struct talk_session s = {
        .node = {"127.0.10.1", "127.0.10.2", "127.0.20.2", "127.0.20.3", "127.0.20.2", "127.0.20.1"},
        .nnodes = 6,
        .number = 1,
        .more = ""};
    struct judgement *j = judged(&s);

    CU_ASSERT_EQUAL(align(j), 5);
    CU_ASSERT_TRUE(j->passage[0] == 0 && j->passage[1] == -1 && j->passage[2] == -1 && j->passage[3] == 1);
    hearing_close(&h);
}

/* A visit too many has no step. */
static void leaves_out_what_is_too_many(void)
{
    struct talk_session s = {.node = {"127.0.10.1", "127.0.10.2", "127.0.10.3", "127.0.10.2", "127.0.10.3",
                                      "127.0.10.2", "127.0.20.2", "127.0.20.3", "127.0.20.2", "127.0.20.1"},
                             .nnodes = 10,
                             .number = 1,
                             .more = ""};
    struct judgement *j = judged(&s);
    int none = 0;

    CU_ASSERT_EQUAL(align(j), 7);
    for (unsigned i = 0; i < j->way->n; i++)
        none += j->way->passage[i].step < 0;
    CU_ASSERT_EQUAL(none, 2);
    hearing_close(&h);
}

static const struct test tests[] = {
    {"finds every step", finds_every_step},
    {"leaves out what did not happen", leaves_out_what_did_not_happen},
    {"leaves out what is too many", leaves_out_what_is_too_many},
};
TEST_MAIN("align", tests)
