#include "oracle/judgement.h"

#include <stdio.h>

#include "tests/hearing.h"

static struct hearing h;
static const struct rule must = {.id = "x.must", .severity = SEVERITY_MUST, .clause = "C 1"};
static const struct rule should = {.id = "x.should", .severity = SEVERITY_SHOULD, .clause = "C 2"};

static struct judgement *open_judgement(void)
{
    hearing_open(&h);
    hearing_talk(&h);
    CU_ASSERT_EQUAL_FATAL(hearing_hold(&h), 1);
    return hearing_judge(&h, 0);
}

static void pairs_what_a_function_was_handed(void)
{
    const struct judgement *j = open_judgement();

    CU_ASSERT_EQUAL_FATAL(j->npairs, 12);
    for (unsigned i = 0; i < 12; i++) {
        CU_ASSERT_EQUAL(j->pair[i].reply, i >= 6);
        CU_ASSERT_EQUAL(j->pair[i].step, (int)(i < 6 ? i + 2 : i + 3));
        CU_ASSERT_EQUAL(j->pair[i].hops, 1);
        CU_ASSERT_FALSE(j->pair[i].b2bua);
    }
    CU_ASSERT_EQUAL(j->undelivered, 0);
    CU_ASSERT_EQUAL(judgement_reply_step(j, 0), 13);
    hearing_close(&h);
}

static void knows_what_could_be_seen(void)
{
    struct judgement *j = open_judgement();

    CU_ASSERT_TRUE(judgement_visible(j, 0, 1));
    CU_ASSERT_TRUE(judgement_visible(j, 1, 0));
    CU_ASSERT_FALSE(judgement_visible(j, 0, 5));
    h.evidence.sees_all = true;
    CU_ASSERT_TRUE(judgement_visible(j, 0, 5));
    hearing_close(&h);
}

static void doubts_what_was_not_whole(void)
{
    struct judgement *j = open_judgement();

    CU_ASSERT_PTR_NULL(judgement_doubt(j));
    h.evidence.dropped = 1;
    CU_ASSERT_PTR_NOT_NULL(judgement_hole(j));
    h.evidence.dropped = 0;
    h.evidence.last_hole = j->session->begin.time;
    CU_ASSERT_PTR_NULL(judgement_hole(j));
    CU_ASSERT_PTR_NOT_NULL(judgement_doubt(j));
    h.evidence.last_hole = j->session->begin.time - 1;
    CU_ASSERT_PTR_NULL(judgement_doubt(j));
    h.evidence.cut = "cut";
    CU_ASSERT_PTR_NULL(judgement_doubt(j)); /* it was over by then */
    h.evidence.doubt = "doubt";
    CU_ASSERT_STRING_EQUAL(judgement_doubt(j), "doubt");
    hearing_close(&h);
}

/* Each source has an end of its own; the answer may come to any that showed the request. */
static void waits_for_every_source(void)
{
    struct judgement *j;
    nsec_t ends[2];
    int bye;

    hearing_open(&h);
    bye = hearing_talk(&h);
    for (int i = bye + 7; i < bye + 14; i++)
        h.talk.message[i].gone = true;
    for (int i = 0; i < 4; i++)
        h.talk.message[bye + i].source = 1;
    CU_ASSERT_EQUAL_FATAL(hearing_hold(&h), 1);
    j = hearing_judge(&h, 0);
    h.evidence.ends = ends;
    h.evidence.nends = 2;
    ends[0] = ends[1] = h.talk.now + 60 * NSEC_PER_SEC;
    CU_ASSERT_PTR_NULL(judgement_doubt(j));
    ends[1] = h.talk.now + 10 * NSEC_PER_SEC;
    CU_ASSERT_PTR_NOT_NULL(judgement_doubt(j));
    ends[1] = h.talk.now + 60 * NSEC_PER_SEC;
    ends[0] = h.talk.now + 10 * NSEC_PER_SEC;
    CU_ASSERT_PTR_NOT_NULL(judgement_doubt(j));
    hearing_close(&h);
}

static void a_grave_finding_is_never_lost(void)
{
    struct judgement *j = open_judgement();

    for (int i = 0; i < FINDINGS_MAX; i++)
        CU_ASSERT_PTR_NOT_NULL(judgement_find(j, &should, 1, "a", "b"));
    CU_ASSERT_PTR_NULL(judgement_find(j, &should, 1, "a", "b"));
    CU_ASSERT_PTR_NOT_NULL(judgement_find(j, &must, 2, "a", "b"));
    judgement_hang(j, 9);
    CU_ASSERT_EQUAL(j->nfindings, FINDINGS_MAX);
    CU_ASSERT_STRING_EQUAL(j->finding[FINDINGS_MAX - 1].rule, "x.must");
    CU_ASSERT_EQUAL(j->group[FINDINGS_MAX - 1], 9);
    CU_ASSERT_EQUAL(j->group[FINDINGS_MAX - 2], 0);
    for (int i = 1; i < FINDINGS_MAX; i++)
        CU_ASSERT_PTR_NOT_NULL(judgement_find(j, &must, 2, "a", "b"));
    CU_ASSERT_PTR_NULL(judgement_find(j, &must, 2, "a", "b"));
    hearing_close(&h);
}

static void weighs_what_loss_explains(void)
{
    struct judgement *j = open_judgement();
    struct finding *f = judgement_find(j, &must, 1, "a", "b");

    CU_ASSERT_PTR_NOT_NULL_FATAL(f);
    judgement_weigh(j, f);
    CU_ASSERT_FALSE(f->inconclusive);
    h.evidence.dropped = 1;
    judgement_weigh(j, f);
    CU_ASSERT_TRUE(f->inconclusive);
    CU_ASSERT_PTR_NOT_NULL(strstr(f->observed, "b; the capture lost frames"));
    judgement_weigh(j, NULL);
    hearing_close(&h);
}

static void shows_frames_once(void)
{
    struct finding f = {.nframes = 0};
    const struct judgement *j = open_judgement();

    for (int round = 0; round < 2; round++)
        for (unsigned i = 0; i < j->session->nhops; i++)
            finding_show(&f, j->session->hop[i]);
    CU_ASSERT_EQUAL(f.nframes, 14);
    finding_show(&f, NULL);
    finding_show(NULL, j->session->hop[0]);
    hearing_close(&h);
}

/* Texts hold to their bound; where memory is out they are empty, never NULL. */
static void writes_within_bounds(void)
{
    static char big[4000];
    struct judgement *j = open_judgement();
    struct arena none;

    memset(big, 'x', sizeof big - 1);
    CU_ASSERT_EQUAL(strlen(judgement_text(j, "%s", big)), 1023);
    arena_init(&none, 16);
    j->arena = &none;
    CU_ASSERT_STRING_EQUAL(judgement_text(j, "%s", big), "");
    arena_done(&none);
    hearing_close(&h);
}

static const struct test tests[] = {
    {"pairs what a function was handed", pairs_what_a_function_was_handed},
    {"knows what could be seen", knows_what_could_be_seen},
    {"doubts what was not whole", doubts_what_was_not_whole},
    {"waits for every source", waits_for_every_source},
    {"a grave finding is never lost", a_grave_finding_is_never_lost},
    {"weighs what loss explains", weighs_what_loss_explains},
    {"shows frames once", shows_frames_once},
    {"writes within bounds", writes_within_bounds},
};
TEST_MAIN("judgement", tests)
