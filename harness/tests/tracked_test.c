#include "trace/tracked.h"

#include <stdio.h>

#include "tests/oom.h"
#include "tests/test.h"
#include "trace/trace.h"

static void finds_legs_by_call_id(void)
{
    struct tracked *t = tracked_new(1 << 20, NULL);
    struct tracked_leg *legs = NULL, *leg;

    CU_ASSERT_PTR_NOT_NULL_FATAL(t);
    for (int i = 0; i < SESSION_LEGS_MAX + 2; i++) {
        char id[16];
        snprintf(id, sizeof id, "call-%d", i);
        leg = tracked_leg_add(&legs, t, slice_of(id), hash_bytes(slice_of(id), 0));
        CU_ASSERT_EQUAL(leg != NULL, i < SESSION_LEGS_MAX);
    }
    leg = tracked_leg_find(legs, SLICE("call-7"), hash_bytes(SLICE("call-7"), 0));
    CU_ASSERT_PTR_NOT_NULL_FATAL(leg);
    CHECK_SLICE(leg->leg.call_id, "call-7");
    CU_ASSERT_TRUE(leg->owner == t && tracked_leg_of(&leg->leg) == leg);
    CU_ASSERT_PTR_NULL(tracked_leg_find(legs, SLICE("call-99"), hash_bytes(SLICE("call-99"), 0)));
    CU_ASSERT_PTR_NULL(tracked_leg_find(legs, SLICE(""), hash_bytes(SLICE(""), 0)));
    while (legs)
        tracked_leg_remove(&legs, legs);
    session_free(&t->session);
}

static void keeps_the_order_of_age(void)
{
    struct tracked *t[3] = {tracked_new(1 << 16, NULL), tracked_new(1 << 16, NULL),
                            tracked_new(1 << 16, NULL)};
    struct tracked_list list = {NULL, NULL};

    for (int i = 0; i < 3; i++) {
        CU_ASSERT_PTR_NOT_NULL_FATAL(t[i]);
        tracked_list_add(&list, t[i]);
    }
    tracked_list_remove(&list, t[0]);
    tracked_list_add(&list, t[0]);
    CU_ASSERT_TRUE(list.oldest == t[1] && t[1]->newer == t[2] && t[2]->newer == t[0] && list.newest == t[0]);
    tracked_list_remove(&list, t[2]);
    CU_ASSERT_TRUE(t[1]->newer == t[0] && t[0]->older == t[1]);
    tracked_list_remove(&list, t[1]);
    tracked_list_remove(&list, t[0]);
    CU_ASSERT_TRUE(!list.oldest && !list.newest);
    for (int i = 0; i < 3; i++)
        session_free(&t[i]->session);
}

static void says_when_there_is_no_room(void)
{
    struct tracked_leg *legs = NULL;
    struct tracked *t;

    oom_fail(1, false);
    t = tracked_new(1 << 16, NULL);
    oom_fail(0, false);
    CU_ASSERT_PTR_NULL(t);
    t = tracked_new(64, NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(t);
    CU_ASSERT_PTR_NULL(tracked_leg_add(&legs, t, SLICE("c"), 1));
    CU_ASSERT_EQUAL(t->session.nlegs, 0);
    session_free(&t->session);
    session_free(NULL);
}

static const struct test tests[] = {
    {"finds legs by Call-ID", finds_legs_by_call_id},
    {"keeps the order of age", keeps_the_order_of_age},
    {"says when there is no room", says_when_there_is_no_room},
};
TEST_MAIN("tracked", tests)
