#include "trace/registry.h"

#include <errno.h>
#include <stdio.h>

#include "tests/saying.h"

static struct profile *profile;
static struct trace_counts counts;
static struct registry *r;
static int taken;
static bool evicted;

static int take(void *ctx, struct session *s)
{
    (void)ctx;
    taken++;
    evicted |= s->evicted;
    session_free(s);
    return 0;
}

static int refuse(void *ctx, struct session *s)
{
    (void)ctx;
    session_free(s);
    return -ECANCELED;
}

static void begin(size_t memory_max, int (*sink)(void *, struct session *))
{
    static struct trace_config config;

    config = (struct trace_config){.profile = profile, .memory_max = memory_max};
    counts = (struct trace_counts){0};
    taken = 0;
    evicted = false;
    CU_ASSERT_EQUAL_FATAL(registry_new(&config, (struct session_sink){sink, NULL}, &counts, &r), 0);
}

/* A message of call number `call`, from client-a to core-a and back. */
static int say(int call, const char *start, const char *method, const char *to_tag, int ms)
{
    static struct saying s;
    char text[512];
    bool reply = strncmp(start, "SIP", 3) == 0;

    snprintf(text, sizeof text,
             "%s\r\nVia: SIP/2.0/UDP 127.0.10.1;branch=z9hG4bK%s%d\r\nFrom: <sip:a>;tag=a\r\n"
             "To: <sip:b>%s\r\nCall-ID: call-%d\r\nCSeq: 2 %s\r\n\r\n",
             start, method, call, to_tag, call, method);
    saying(&s, text, reply ? "127.0.10.2" : "127.0.10.1", reply ? "127.0.10.1" : "127.0.10.2", ms);
    s.said.from = reply ? 2 : 1;
    s.said.to = reply ? 1 : 2;
    return registry_say(r, &s.said);
}

static int invite(int call, int ms)
{
    return say(call, "INVITE sip:b SIP/2.0", "INVITE", "", ms);
}

static int bye(int call, int ms)
{
    return say(call, "BYE sip:b SIP/2.0", "BYE", ";tag=b", ms);
}

static int ok(int call, int ms)
{
    return say(call, "SIP/2.0 200 OK", "BYE", ";tag=b", ms);
}

static void lets_go_what_is_over(void)
{
    int over = (int)(profile->t4 / NSEC_PER_MSEC);

    begin(1 << 24, take);
    CU_ASSERT_EQUAL(invite(1, 0) | bye(1, 10) | ok(1, 20), 0);
    CU_ASSERT_EQUAL(invite(2, 20 + over), 0);
    CU_ASSERT_EQUAL(taken, 0);
    CU_ASSERT_EQUAL(invite(3, 21 + over), 0);
    CU_ASSERT_EQUAL(taken, 1);
    CU_ASSERT_EQUAL(bye(1, 30 + over), 0); /* it comes too late to be judged, and is counted */
    CU_ASSERT_EQUAL(counts.late, 1);
    CU_ASSERT_EQUAL(registry_end(r), 0);
    CU_ASSERT_EQUAL(taken, 1);
    CU_ASSERT_EQUAL(counts.open, 2);
    CU_ASSERT_EQUAL(counts.sessions, 3);
    registry_free(r);
}

static void waits_for_an_answer(void)
{
    int wait = (int)((64 * profile->t1 + 2 * profile->t4) / NSEC_PER_MSEC);

    begin(1 << 24, take);
    CU_ASSERT_EQUAL(invite(1, 0) | bye(1, 10), 0);
    CU_ASSERT_EQUAL(invite(2, 10 + wait), 0);
    CU_ASSERT_EQUAL(taken, 0);
    CU_ASSERT_EQUAL(invite(3, 11 + wait), 0);
    CU_ASSERT_EQUAL(taken, 1);
    registry_free(r); /* what is still open goes with it */
}

static void counts_what_is_none_of_its_own(void)
{
    begin(1 << 24, take);
    CU_ASSERT_EQUAL(say(1, "REGISTER sip:x SIP/2.0", "REGISTER", "", 0), 0);
    CU_ASSERT_EQUAL(say(2, "ACK sip:x SIP/2.0", "ACK", ";tag=b", 1), 0);
    CU_ASSERT_EQUAL(counts.outside, 2);
    CU_ASSERT_EQUAL(counts.sessions, 0);
    CU_ASSERT_EQUAL(bye(3, 2), 0); /* the capture began inside that one */
    CU_ASSERT_EQUAL(counts.sessions, 1);
    CU_ASSERT_EQUAL(registry_end(r), 0);
    CU_ASSERT_EQUAL(taken, 1);
    registry_free(r);
}

/* Past the bound the oldest goes, and it is said that it was not over. */
static void keeps_to_its_bound(void)
{
    begin(100000, take);
    for (int call = 0; call < 200; call++)
        CU_ASSERT_EQUAL(invite(call, call) | bye(call, call), 0);
    CU_ASSERT_TRUE(counts.evicted > 100);
    CU_ASSERT_TRUE(evicted && taken == (int)counts.evicted);
    CU_ASSERT_EQUAL(registry_end(r), 0);
    CU_ASSERT_EQUAL(taken, 200);
    registry_free(r);
}

static void the_sink_can_stop_it(void)
{
    begin(1 << 24, refuse);
    CU_ASSERT_EQUAL(bye(1, 0) | ok(1, 1), 0);
    CU_ASSERT_EQUAL(bye(2, 100000), -ECANCELED);
    registry_free(r);
    begin(1 << 24, refuse);
    CU_ASSERT_EQUAL(bye(1, 0), 0);
    CU_ASSERT_EQUAL(registry_end(r), -ECANCELED);
    registry_free(r);
    registry_free(NULL);
}

static const struct test tests[] = {
    {"lets go what is over", lets_go_what_is_over},
    {"waits for an answer", waits_for_an_answer},
    {"counts what is none of its own", counts_what_is_none_of_its_own},
    {"keeps to its bound", keeps_to_its_bound},
    {"the sink can stop it", the_sink_can_stop_it},
};

int main(int argc, char **argv)
{
    int status;

    if (profile_load("reference-network/sut.xml", "testcases/schema", &profile, NULL) < 0)
        return 99;
    status = test_main(argc, argv, "registry", tests, sizeof tests / sizeof tests[0]);
    profile_free(profile);
    return status;
}
