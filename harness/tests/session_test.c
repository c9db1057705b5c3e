#include "trace/session.h"

#include <stdio.h>
#include <stdlib.h>

#include "tests/saying.h"
#include "trace/tracked.h"

static struct tracked *t;
static struct tracked_leg *legs, *leg;

static void begin(void)
{
    t = tracked_new(16 << 20, NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(t);
    legs = NULL;
    leg = tracked_leg_add(&legs, t, SLICE("c"), 1);
    CU_ASSERT_PTR_NOT_NULL_FATAL(leg);
}

static void end(void)
{
    tracked_leg_remove(&legs, leg);
    arena_done(&t->session.arena);
    free(t);
}

/* A BYE, or its answer, in transaction `branch`; by the callee where `back`. */
static void say(int branch, unsigned status, bool back, int ms)
{
    static struct saying s;
    char text[512], start[64];

    if (status)
        snprintf(start, sizeof start, "SIP/2.0 %u X", status);
    else
        snprintf(start, sizeof start, "BYE sip:x SIP/2.0");
    snprintf(text, sizeof text,
             "%s\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK%d\r\nFrom: <sip:a>;tag=%s\r\nTo: <sip:b>;tag=%s\r\n"
             "Call-ID: c\r\nCSeq: %d BYE\r\n\r\n",
             start, branch, back ? "b" : "a", back ? "a" : "b", branch);
    session_add(&t->session, &leg->leg,
                saying(&s, text, status ? "192.0.2.2" : "192.0.2.1", status ? "192.0.2.1" : "192.0.2.2", ms));
}

static void knows_when_it_is_over(void)
{
    struct sighting early = {.time = 0}, late = {.time = 100 * NSEC_PER_MSEC};

    begin();
    CU_ASSERT_FALSE(session_answered(&t->session));
    say(1, 0, false, 1);
    say(1, 100, false, 2);
    CU_ASSERT_FALSE(session_answered(&t->session));
    CU_ASSERT_FALSE(session_closed_before(&t->session, &late));
    say(1, 407, false, 3);
    CU_ASSERT_FALSE(session_answered(&t->session)); /* it will be sent again */
    say(2, 0, false, 4);
    say(2, 200, false, 5);
    CU_ASSERT_TRUE(session_closed_before(&t->session, &late));
    CU_ASSERT_FALSE(session_closed_before(&t->session, &early));
    CU_ASSERT_EQUAL(t->session.nhops, 5);
    end();
}

static void waits_for_both_ends(void)
{
    begin();
    say(1, 0, false, 1);
    say(2, 0, true, 2);
    say(1, 200, false, 3);
    CU_ASSERT_FALSE(session_answered(&t->session));
    say(2, 481, true, 4);
    CU_ASSERT_TRUE(session_answered(&t->session));
    CU_ASSERT_TRUE(leg->leg.closing && leg->leg.ndialogs == 1 && leg->leg.dialog[0]->closing);
    end();
}

static void counts_what_comes_again(void)
{
    begin();
    for (int i = 0; i < 5; i++)
        say(1, 0, false, i);
    CU_ASSERT_EQUAL(t->session.nhops, 1);
    CU_ASSERT_EQUAL(t->session.hop[0]->nrepeats, 4);
    end();
}

/* What does not fit is counted, and nothing takes longer for it. */
static void keeps_within_bounds(void)
{
    begin();
    for (int i = 0; i < SESSION_HOPS_MAX + 88; i++)
        say(i, 0, false, i);
    CU_ASSERT_EQUAL(t->session.nhops, SESSION_HOPS_MAX);
    CU_ASSERT_EQUAL(t->session.hops_lost, 88);
    CU_ASSERT_FALSE(session_answered(&t->session));
    end();
}

static const struct test tests[] = {
    {"knows when it is over", knows_when_it_is_over},
    {"waits for both ends", waits_for_both_ends},
    {"counts what comes again", counts_what_comes_again},
    {"keeps within bounds", keeps_within_bounds},
};
TEST_MAIN("session", tests)
