#include "trace/join.h"

#include <stdio.h>
#include <stdlib.h>

#include "tests/saying.h"
#include "trace/trace.h"

static struct profile profile;
static struct tracked_leg *legs;

/* An INVITE of a new leg with some headers, from one function to another. */
static struct said *invite(const char *headers, role_set from, role_set to)
{
    static struct saying s;
    static char text[1024];

    snprintf(text, sizeof text, "INVITE sip:b SIP/2.0\r\nFrom: <sip:a>;tag=1\r\nCall-ID: c\r\n%s\r\n",
             headers);
    saying(&s, text, "192.0.2.1", "192.0.2.2", 0);
    s.said.from = from;
    s.said.to = to;
    return &s.said;
}

/* A session whose INVITE went from function 1 to 2. */
static struct tracked *session(struct join *j, const char *headers, const char *call_id)
{
    struct tracked *t = tracked_new(1 << 20, NULL);
    struct tracked_leg *leg;

    CU_ASSERT_PTR_NOT_NULL_FATAL(t);
    leg = tracked_leg_add(&legs, t, slice_of(call_id), hash_bytes(slice_of(call_id), 0));
    CU_ASSERT_PTR_NOT_NULL_FATAL(leg);
    leg->leg.root = 1;
    leg->leg.reached = 2;
    CU_ASSERT_TRUE(join_note(j, t, invite(headers, 1, 2)));
    return t;
}

static void drop(struct join *j, struct tracked *t)
{
    join_forget(j, t);
    for (unsigned i = 0; i < t->session.nlegs; i++)
        tracked_leg_remove(&legs, tracked_leg_of(t->session.leg[i]));
    session_free(&t->session);
}

static void joins_by(const char *first, const char *second, bool joined)
{
    struct join *j = NULL;
    struct tracked *t;

    CU_ASSERT_EQUAL_FATAL(join_new(&profile, &j), 0);
    t = session(j, first, "one");
    CU_ASSERT_EQUAL(join_find(j, invite(second, 2, 4)) == t, joined);
    if ((join_find(j, invite(second, 2, 4)) == t) != joined)
        printf("\n  %s / %s\n", first, second);
    drop(j, t);
    CU_ASSERT_PTR_NULL(join_find(j, invite(second, 2, 4)));
    join_free(j);
}

static void joins_by_what_is_shared(void)
{
    joins_by("Contribution-ID: x\r\n", "Contribution-ID: x\r\n", true);
    joins_by("Contribution-ID: x\r\n", "contribution-id : x \r\n", true);
    joins_by("Contribution-ID: x\r\n", "Contribution-ID: y\r\n", false);
    joins_by("Contribution-ID: x\r\n", "Conversation-ID: x\r\n", false);
    joins_by("Session-ID: x;remote=1\r\n", "Session-ID: x;remote=2\r\n", true);
    joins_by("Conversation-ID: x\r\n", "Conversation-ID: x\r\n", true);
    joins_by("P-Charging-Vector: icid-value=\"q\";orig-ioi=a\r\n",
             "P-Charging-Vector: term-ioi=b;icid-value=q\r\n", true);
    joins_by("P-Charging-Vector: icid-value=q\r\n", "P-Charging-Vector: icid-value=r\r\n", false);
    joins_by("X-Ours: x\r\n", "X-Ours: x\r\n", true);
    joins_by("X-Other: x\r\n", "X-Other: x\r\n", false);
    joins_by("Contribution-ID:\r\n", "Contribution-ID:\r\n", false);
    joins_by("", "", false);
}

static void joins_what_carries_on(void)
{
    struct join *j = NULL;
    struct tracked *t;

    CU_ASSERT_EQUAL_FATAL(join_new(&profile, &j), 0);
    t = session(j, "Conversation-ID: x\r\n", "one");
    CU_ASSERT_PTR_NULL(join_find(j, invite("Conversation-ID: x\r\n", 1, 2))); /* the same caller, anew */
    CU_ASSERT_PTR_NULL(join_find(j, invite("Conversation-ID: x\r\n", 8, 4))); /* somebody else's */
    CU_ASSERT_TRUE(join_find(j, invite("Conversation-ID: x\r\n", 2, 4)) == t);
    CU_ASSERT_STRING_EQUAL(t->session.joined_by, "Conversation-ID");
    t->session.nhops = 1; /* closing: an INVITE opens another one */
    CU_ASSERT_PTR_NULL(join_find(j, invite("Conversation-ID: x\r\n", 2, 4)));
    t->session.nhops = 0;
    drop(j, t);
    join_free(j);
}

static void gives_the_key_to_the_newest(void)
{
    struct join *j = NULL;
    struct tracked *t, *u;

    CU_ASSERT_EQUAL_FATAL(join_new(&profile, &j), 0);
    t = session(j, "Contribution-ID: x\r\nSession-ID: 1\r\n", "one");
    u = session(j, "Contribution-ID: x\r\n", "two");
    CU_ASSERT_EQUAL(t->nkeys, 1);
    CU_ASSERT_EQUAL(u->nkeys, 1);
    CU_ASSERT_TRUE(join_find(j, invite("Contribution-ID: x\r\n", 2, 4)) == u);
    drop(j, u);
    CU_ASSERT_PTR_NULL(join_find(j, invite("Contribution-ID: x\r\n", 2, 4)));
    CU_ASSERT_TRUE(join_find(j, invite("Session-ID: 1\r\n", 2, 4)) == t);
    drop(j, t);
    join_free(j);
    join_free(NULL);
}

static const struct test tests[] = {
    {"joins by what is shared", joins_by_what_is_shared},
    {"joins what carries on", joins_what_carries_on},
    {"gives the key to the newest", gives_the_key_to_the_newest},
};

int main(int argc, char **argv)
{
    profile.ncorrelate = 1;
    snprintf(profile.correlate[0], sizeof profile.correlate[0], "X-Ours");
    return test_main(argc, argv, "join", tests, sizeof tests / sizeof tests[0]);
}
