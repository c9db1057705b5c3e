#include "oracle/strand.h"

#include <stdio.h>

#include "tests/hearing.h"

static struct hearing h;
static struct strand strand[STRANDS_MAX];

static int find(void)
{
    hearing_hold(&h);
    return strand_find(h.session[0], &h.arena, strand);
}

static void makes_a_chain(void)
{
    hearing_open(&h);
    hearing_talk(&h);
    CU_ASSERT_EQUAL(find(), 1);
    CU_ASSERT_EQUAL(strand[0].n, 7);
    CU_ASSERT_EQUAL(strand[0].nchain, 7);
    for (unsigned i = 0; i < 7; i++) {
        CU_ASSERT_EQUAL(strand[0].chain[i]->nvias, i + 1);
        CU_ASSERT_FALSE(strand[0].broken[i]);
    }
    CHECK_SLICE(strand[0].call_id, "1@127.0.10.1");
    CU_ASSERT_EQUAL(strand[0].cseq, 2);
    hearing_close(&h);
}

/* The Vias tell, whatever the times say. */
static void needs_no_clock(void)
{
    int bye;

    hearing_open(&h);
    bye = hearing_talk(&h);
    for (int hop = 0; hop < 7; hop++)
        h.talk.message[bye + hop].time = h.talk.now + (7 - hop) * NSEC_PER_SEC;
    CU_ASSERT_EQUAL(find(), 1);
    CU_ASSERT_EQUAL(strand[0].nchain, 7);
    hearing_close(&h);
}

static void bridges_what_was_not_seen(void)
{
    int bye;

    hearing_open(&h);
    bye = hearing_talk(&h);
    h.talk.message[bye + 2].gone = h.talk.message[bye + 3].gone = true;
    for (int hop = 4; hop < 7; hop++) /* and its tag was changed there */
        talk_edit(&h.talk.message[bye + hop], ";tag=b1", ";tag=x1");
    CU_ASSERT_EQUAL(find(), 1);
    CU_ASSERT_EQUAL(strand[0].nchain, 5);
    CU_ASSERT_FALSE(strand[0].broken[2]);
    hearing_close(&h);
}

static void joins_by_place_where_vias_are_gone(void)
{
    int bye;

    hearing_open(&h);
    bye = hearing_talk(&h);
    for (int hop = 3; hop < 7; hop++)
        for (int i = 0; i < 3; i++) {
            static const char *const gone[] = {"Via: SIP/2.0/UDP 127.0.10.1", "Via: SIP/2.0/UDP 127.0.10.3",
                                               "Via: SIP/2.0/UDP 127.0.10.2:5060;branch=z9hG4bK-1-BYE-2-1"};
            CU_ASSERT_TRUE(talk_cut_line(&h.talk.message[bye + hop], gone[i]));
        }
    CU_ASSERT_EQUAL(find(), 1);
    CU_ASSERT_EQUAL(strand[0].nchain, 7);
    CU_ASSERT_TRUE(strand[0].broken[3]);
    CU_ASSERT_FALSE(strand[0].broken[4]);
    hearing_close(&h);
}

static void tells_attempts_and_ends_apart(void)
{
    struct talk_session s = talk_default(1);

    hearing_open(&h);
    hearing_talk(&h);
    talk_close(&h.talk, &s, false, 3);
    talk_close(&h.talk, &s, true, 2);
    CU_ASSERT_EQUAL(find(), 3);
    CHECK_SLICE(strand[2].from_tag, "b1");
    hearing_close(&h);
}

/* As many hops as a session holds, all of one request: the work stays small, and nothing overflows. */
static void takes_a_crowd(void)
{
    int bye;

    hearing_open(&h);
    bye = hearing_talk(&h);
    for (int i = 0; i < SESSION_HOPS_MAX; i++) {
        int again = talk_repeat(&h.talk, bye + i % 7, i);
        char branch[32];
        snprintf(branch, sizeof branch, "branch=z9hG4bKx%d", i);
        talk_edit(&h.talk.message[again], "branch=z9hG4bK", branch);
    }
    CU_ASSERT_EQUAL(find(), 1);
    CU_ASSERT_TRUE(strand[0].n > 400 && strand[0].nchain >= 7 && strand[0].nchain <= strand[0].n);
    hearing_close(&h);
}

static const struct test tests[] = {
    {"makes a chain", makes_a_chain},
    {"needs no clock", needs_no_clock},
    {"bridges what was not seen", bridges_what_was_not_seen},
    {"joins by place where Vias are gone", joins_by_place_where_vias_are_gone},
    {"tells attempts and ends apart", tells_attempts_and_ends_apart},
    {"takes a crowd", takes_a_crowd},
};
TEST_MAIN("strand", tests)
