/* Answers that no function may send on: another's, late ones, 100. */
#include "tests/court.h"
#include "tests/test.h"

/* An OK of another's request, as it seems: its topmost Via names a host that nobody knows. */
static void hear_anothers(struct court *c, int bye)
{
    struct talk_message *m = court_say_too(c, bye, 6, "200 OK", court_ok(c, bye, 6)->time - NSEC_PER_USEC);

    CU_ASSERT_TRUE(talk_edit(m, "127.0.20.2", "192.0.2.1"));
    CU_ASSERT_TRUE(talk_edit(m, "branch=z9hG4bK", "branch=z9hG4bKforeign"));
}

/* The right one comes when all is said. */
static void take_anothers(struct court *c, int bye)
{
    hear_anothers(c, bye);
    court_ok(c, bye, 6)->time += 200 * NSEC_PER_MSEC;
}

static void take_anothers_and_lose_frames(struct court *c, int bye)
{
    take_anothers(c, bye);
    c->evidence.dropped = 1;
}

/* An OK whose topmost branches are of no transaction (any more). */
static void answer_what_is_over(struct court *c, int bye, int hop, nsec_t after)
{
    struct talk_message *m = court_say_too(c, bye, hop, "200 OK", c->talk.now + after);

    for (int i = 0; i < hop - 4; i++)
        CU_ASSERT_TRUE(talk_edit(m, "branch=z9hG4bK-", "branch=over-z9hG4bK-"));
}

static void hear_what_is_over(struct court *c, int bye)
{
    answer_what_is_over(c, bye, 6, 0);
}

static void send_on_what_is_over(struct court *c, int bye)
{
    answer_what_is_over(c, bye, 6, 0);
    answer_what_is_over(c, bye, 5, NSEC_PER_USEC);
}

static void send_on_what_is_over_and_lose_frames(struct court *c, int bye)
{
    send_on_what_is_over(c, bye);
    c->evidence.dropped = 1;
}

/* 100 of client-b and of core-b, when they may, with these in Timestamp. */
static void try_twice(struct court *c, int bye, const char *far, const char *near)
{
    for (int hop = 0; hop < COURT_HOPS; hop++)
        court_ok(c, bye, hop)->time += 5 * NSEC_PER_SEC;
    court_say_too(c, bye, 6, "100 Trying", court_bye(c, bye, 6)->time + 3600 * NSEC_PER_MSEC);
    CU_ASSERT_TRUE(talk_edit(&c->talk.message[c->talk.n - 1], "Content-Length", far));
    court_say_too(c, bye, 5, "100 Trying", court_bye(c, bye, 6)->time + 3601 * NSEC_PER_MSEC);
    CU_ASSERT_TRUE(talk_edit(&c->talk.message[c->talk.n - 1], "Content-Length", near));
}

static void send_trying_on(struct court *c, int bye)
{
    try_twice(c, bye, "Timestamp: 54 3.600\r\nContent-Length", "timestamp: 54\r\n 3.600\r\nContent-Length");
}

static void try_each_for_itself(struct court *c, int bye)
{
    try_twice(c, bye, "Timestamp: 54 3.600\r\nContent-Length", "Timestamp: 54 3.601\r\nContent-Length");
}

/* Two that take themselves for quick, and do not count finely. */
static void try_at_once_both(struct court *c, int bye)
{
    try_twice(c, bye, "Timestamp: 5400 0.001\r\nContent-Length", "Timestamp: 5400 0.001\r\nContent-Length");
}

/* What is copied from the BYE is no sign. */
static void try_without_delay(struct court *c, int bye)
{
    try_twice(c, bye, "Timestamp: 5400\r\nContent-Length", "Timestamp: 5400\r\nContent-Length");
}

static const struct court_case cases[] = {
    {"an OK with another's Via on top", hear_anothers, VERDICT_PASS, NULL, 0, NULL},
    {"core-b takes it for its own", take_anothers, VERDICT_FAIL, "reply.causality", 9, "29 30 36"},
    {"it does, and frames are lost", take_anothers_and_lose_frames, VERDICT_INCONCLUSIVE, "reply.causality",
     9, "30 36"},
    {"an OK to what is over", hear_what_is_over, VERDICT_PASS, NULL, 0, NULL},
    {"core-b sends it on", send_on_what_is_over, VERDICT_FAIL, "reply.duplicate", 9, "36 37"},
    {"it does, and frames are lost", send_on_what_is_over_and_lose_frames, VERDICT_INCONCLUSIVE,
     "reply.duplicate", 9, "36 37"},
    {"core-b sends the 100 of client-b on", send_trying_on, VERDICT_FAIL, "reply.provisional", 9, "29 30"},
    {"core-b sends a 100 of its own", try_each_for_itself, VERDICT_PASS, NULL, 0, NULL},
    {"two delays are equal by chance", try_at_once_both, VERDICT_PASS, NULL, 0, NULL},
    {"no delay is told", try_without_delay, VERDICT_PASS, NULL, 0, NULL},
};

static void judges_what_is_sent_on(void)
{
    court_try(cases, sizeof cases / sizeof cases[0]);
}

static const struct test tests[] = {
    {"judges what is sent on", judges_what_is_sent_on},
};
TEST_MAIN("rules_reply_sent_on", tests)
