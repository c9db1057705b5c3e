#include "oracle/way.h"

#include <stdio.h>

#include "tests/hearing.h"

static struct hearing h;

static void goes_there_and_back(void)
{
    const struct way *w;

    hearing_open(&h);
    hearing_talk(&h);
    CU_ASSERT_EQUAL_FATAL(hearing_hold(&h), 1);
    w = h.way[0];
    CU_ASSERT_EQUAL_FATAL(w->n, 7);
    CU_ASSERT_EQUAL(w->passage[0].joint, JOINT_FIRST);
    for (unsigned i = 0; i < 7; i++) {
        CU_ASSERT_TRUE(i == 0 || w->passage[i].joint == JOINT_PROXY);
        CU_ASSERT_TRUE(w->passage[i].request && w->passage[i].proof == w->passage[i].request);
        CU_ASSERT_TRUE(w->passage[i].reply && w->passage[i].reply->msg.status == 200);
        CU_ASSERT_EQUAL(w->passage[i].depth, i + 1);
    }
    CU_ASSERT_TRUE(w->naside == 0 && !w->challenged && !w->again && !w->crowded && !w->crossed && !w->late);
    CU_ASSERT_TRUE(way_last_seen(w) == &w->passage[6]);
    hearing_close(&h);
}

static void infers_from_vias(void)
{
    const struct way *w;
    int bye;

    hearing_open(&h);
    bye = hearing_talk(&h);
    for (int hop = 0; hop < 6; hop++)
        h.talk.message[bye + hop].gone = true;
    CU_ASSERT_EQUAL_FATAL(hearing_hold(&h), 1);
    w = h.way[0];
    CU_ASSERT_EQUAL_FATAL(w->n, 7);
    for (unsigned i = 0; i < 6; i++) {
        CU_ASSERT_TRUE(!w->passage[i].request && w->passage[i].proof == w->passage[6].request);
        CU_ASSERT_TRUE(w->passage[i].from && w->passage[i].to && w->passage[i].reply);
    }
    hearing_close(&h);
}

static void names_attempts(void)
{
    struct talk_session s = talk_default(1);
    const struct way *w;
    int bye;

    hearing_open(&h);
    bye = hearing_talk(&h);
    for (int i = bye + 7; i < bye + 14; i++)
        talk_edit(&h.talk.message[i], "200 OK", "407 Auth");
    talk_close(&h.talk, &s, false, 3);
    talk_close(&h.talk, &s, false, 4);
    CU_ASSERT_EQUAL_FATAL(hearing_hold(&h), 1);
    w = h.way[0];
    CU_ASSERT_EQUAL(w->passage[0].request->cseq, 3);
    CU_ASSERT_TRUE(w->challenged && w->challenged->cseq == 2);
    CU_ASSERT_TRUE(w->again && w->again->cseq == 4);
    hearing_close(&h);
}

/* The second BYE comes after the session is over: where that is asked for, it has a way of its own. */
static void sets_apart_what_comes_after(void)
{
    struct talk_session s = talk_default(1);

    hearing_open(&h);
    hearing_talk(&h);
    talk_close(&h.talk, &s, false, 3);
    CU_ASSERT_EQUAL_FATAL(hearing_hold(&h), 1);
    CU_ASSERT_PTR_NOT_NULL(h.way[0]->again);
    CU_ASSERT_EQUAL_FATAL(way_find(h.session[0], h.profile, h.bound[0].clients, true, &h.arena, h.way), 2);
    CU_ASSERT_TRUE(!h.way[0]->beyond && !h.way[0]->again && h.way[0]->passage[0].request->cseq == 2);
    CU_ASSERT_FALSE(h.way[0]->retry || h.way[1]->retry);
    CU_ASSERT_TRUE(h.way[1]->beyond && !h.way[1]->again && h.way[1]->passage[0].request->cseq == 3);
    hearing_close(&h);
}

static void goes_on_in_the_next_leg(void)
{
    struct talk_session left = talk_default(1), right = talk_default(2);
    const struct way *w;

    hearing_open(&h);
    left.nnodes = 3;
    right.nnodes = 6;
    memmove(right.node, right.node + 2, 6 * sizeof right.node[0]);
    talk_setup(&h.talk, &left);
    talk_setup(&h.talk, &right);
    for (int i = 0; i < h.talk.n; i++) /* what the INVITEs share */
        talk_edit(&h.talk.message[i], "Contribution-ID: c2", "Contribution-ID: c1");
    talk_close(&h.talk, &left, false, 2);
    talk_close(&h.talk, &right, false, 2);
    CU_ASSERT_EQUAL_FATAL(hearing_hold(&h), 1);
    w = h.way[0];
    CU_ASSERT_EQUAL(w->nlegs, 2);
    CU_ASSERT_EQUAL_FATAL(w->n, 7);
    CU_ASSERT_EQUAL(w->passage[2].joint, JOINT_B2BUA);
    hearing_close(&h);
}

/* A session over a B2BUA, pf-a: its two legs, set up. */
static void set_up_two_legs(struct talk_session *left, struct talk_session *right)
{
    *left = talk_default(1);
    *right = talk_default(2);
    left->nnodes = 3;
    right->nnodes = 6;
    memmove(right->node, right->node + 2, 6 * sizeof right->node[0]);
    talk_setup(&h.talk, left);
    talk_setup(&h.talk, right);
    for (int i = 0; i < h.talk.n; i++)
        talk_edit(&h.talk.message[i], "Contribution-ID: c2", "Contribution-ID: c1");
}

/* A closing in which every answer is another one. */
static void close_refused(const struct talk_session *s, unsigned cseq, const char *status)
{
    for (int i = talk_close(&h.talk, s, false, cseq); i < h.talk.n; i++)
        talk_edit(&h.talk.message[i], "200 OK", status);
}

/* The far client's challenge comes back over the B2BUA; then each leg has a second attempt. */
static void is_challenged_over_a_b2bua(void)
{
    struct talk_session left, right;
    const struct way *w;

    hearing_open(&h);
    set_up_two_legs(&left, &right);
    close_refused(&left, 2, "401 Who Are You");
    close_refused(&right, 2, "401 Who Are You");
    talk_close(&h.talk, &left, false, 3);
    talk_close(&h.talk, &right, false, 3);
    CU_ASSERT_EQUAL_FATAL(hearing_hold(&h), 1);
    w = h.way[0];
    CU_ASSERT_EQUAL_FATAL(w->n, 7);
    CU_ASSERT_TRUE(w->passage[6].request && w->passage[6].request->cseq == 3);
    CU_ASSERT_PTR_NOT_NULL(w->challenged);
    hearing_close(&h);
}

/* The B2BUA refuses the first attempt itself; what it sends on is the second one's. */
static void keeps_attempts_apart_over_a_b2bua(void)
{
    struct talk_session left, right;

    hearing_open(&h);
    set_up_two_legs(&left, &right);
    close_refused(&left, 2, "483 Too Many Hops");
    talk_close(&h.talk, &left, false, 3);
    talk_close(&h.talk, &right, false, 2);
    CU_ASSERT_EQUAL_FATAL(hearing_hold(&h), 1);
    CU_ASSERT_EQUAL_FATAL(way_find(h.session[0], h.profile, h.bound[0].clients, true, &h.arena, h.way), 2);
    CU_ASSERT_TRUE(h.way[0]->n == 2 && !h.way[0]->retry);
    CU_ASSERT_TRUE(h.way[1]->n == 7 && h.way[1]->retry && !h.way[1]->beyond);
    hearing_close(&h);
}

static void says_when_it_is_crowded(void)
{
    int bye;

    hearing_open(&h);
    bye = hearing_talk(&h);
    for (int i = 0; i < 2 * WAY_ASIDE_MAX; i++) {
        char branch[32];
        int again = talk_repeat(&h.talk, bye + 4, i * NSEC_PER_SEC);
        snprintf(branch, sizeof branch, "branch=z9hG4bKx%d", i);
        talk_edit(&h.talk.message[again], "branch=z9hG4bK", branch);
    }
    CU_ASSERT_EQUAL_FATAL(hearing_hold(&h), 1);
    CU_ASSERT_TRUE(h.way[0]->crowded);
    CU_ASSERT_EQUAL(h.way[0]->naside, WAY_ASIDE_MAX);
    hearing_close(&h);
}

static void finds_a_way_for_each_end(void)
{
    struct talk_session s = talk_default(1);
    int bye, other;

    hearing_open(&h);
    bye = hearing_talk(&h);
    other = talk_close(&h.talk, &s, true, 2);
    for (int i = other; i < h.talk.n; i++)
        h.talk.message[i].time += h.talk.message[bye].time - h.talk.message[other].time + 1;
    CU_ASSERT_EQUAL_FATAL(hearing_hold(&h), 2);
    CU_ASSERT_TRUE(h.way[0]->crossed && h.way[1]->crossed && !h.way[0]->late && !h.way[1]->late);
    CU_ASSERT_TRUE(h.way[0]->naside == 0 && h.way[1]->naside == 0);
    hearing_close(&h);
}

static const struct test tests[] = {
    {"sets apart what comes after", sets_apart_what_comes_after},
    {"goes there and back", goes_there_and_back},
    {"infers from Vias", infers_from_vias},
    {"names attempts", names_attempts},
    {"goes on in the next leg", goes_on_in_the_next_leg},
    {"is challenged over a B2BUA", is_challenged_over_a_b2bua},
    {"keeps attempts apart over a B2BUA", keeps_attempts_apart_over_a_b2bua},
    {"says when it is crowded", says_when_it_is_crowded},
    {"finds a way for each end", finds_a_way_for_each_end},
};
TEST_MAIN("way", tests)
