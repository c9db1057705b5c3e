#include "tests/court.h"
#include "tests/test.h"

static struct talk_message *again(struct court *c, int at, nsec_t after)
{
    struct talk_message *m = &c->talk.message[talk_repeat(&c->talk, at, 0)];

    m->time = c->talk.message[at].time + after;
    return m;
}

static void hurry(struct court *c, int bye)
{
    again(c, bye, 100 * NSEC_PER_MSEC);
}

static void hurry_later(struct court *c, int bye)
{
    again(c, bye, 500 * NSEC_PER_MSEC);
    again(c, bye, 1000 * NSEC_PER_MSEC);
}

static void wait_as_timer_e_does(struct court *c, int bye)
{
    static const int at[] = {500, 1500, 3500, 7500, 11500};

    for (size_t i = 0; i < sizeof at / sizeof at[0]; i++)
        again(c, bye, at[i] * NSEC_PER_MSEC);
}

/* A busy host sends late, and one of its retransmissions was not captured. */
static void wait_longer(struct court *c, int bye)
{
    again(c, bye, 700 * NSEC_PER_MSEC);
    again(c, bye, 4 * NSEC_PER_SEC);
}

/* The next function sends again what it was sent again: the same gap, not its own timer's. */
static void lose_one_later(struct court *c, int bye)
{
    for (int hop = 0; hop < COURT_HOPS; hop++)
        again(c, bye + hop, 500 * NSEC_PER_MSEC);
}

/* Other capture points show the same: no retransmission. */
static void see_by_others(struct court *c, int bye)
{
    for (uint32_t source = 1; source < 4; source++)
        again(c, bye, (nsec_t)source * 10 * NSEC_PER_MSEC)->source = source;
}

/* Each of two sees another of the transmissions: their clocks tell nothing of the time between. */
static void see_each_by_another(struct court *c, int bye)
{
    again(c, bye, 20 * NSEC_PER_MSEC)->source = 1;
    again(c, bye, 520 * NSEC_PER_MSEC)->source = 1;
}

static void over_tcp(struct court *c)
{
    for (int i = 0; i < c->talk.n; i++)
        c->talk.message[i].transport = TRANSPORT_TCP;
}

static void repeat_over_tcp(struct court *c, int bye)
{
    over_tcp(c);
    again(c, bye, 500 * NSEC_PER_MSEC);
}

static void repeat_answer_over_tcp(struct court *c, int bye)
{
    over_tcp(c);
    again(c, bye + 13, 500 * NSEC_PER_MSEC);
}

static void see_tcp_twice(struct court *c, int bye)
{
    over_tcp(c);
    again(c, bye, NSEC_PER_MSEC)->source = 1;
}

static void unanswered(struct court *c, int bye)
{
    for (int hop = 0; hop < COURT_HOPS; hop++)
        court_ok(c, bye, hop)->gone = true;
}

static void repeat_for(struct court *c, int bye, int seconds)
{
    unanswered(c, bye);
    again(c, bye, 500 * NSEC_PER_MSEC);
    again(c, bye, 1500 * NSEC_PER_MSEC);
    again(c, bye, 3500 * NSEC_PER_MSEC);
    for (int at = 7500; at < seconds * 1000; at += 4000)
        again(c, bye, at * NSEC_PER_MSEC);
}

static void go_on_for_ever(struct court *c, int bye)
{
    repeat_for(c, bye, 60);
}

static void give_up_in_time(struct court *c, int bye)
{
    repeat_for(c, bye, 32);
}

/* A run in which client A is under test and nothing escapes the capture. */
static void watch_client_a(struct court *c)
{
    c->evidence.sees_all = true;
    c->profile->function[profile_function(c->profile, "client-a")].under_test = true;
}

static void say_it_once(struct court *c, int bye)
{
    unanswered(c, bye);
    watch_client_a(c);
}

static void stop_after_the_second(struct court *c, int bye)
{
    say_it_once(c, bye);
    again(c, bye, 500 * NSEC_PER_MSEC);
}

static void give_up_while_watched(struct court *c, int bye)
{
    repeat_for(c, bye, 32);
    watch_client_a(c);
}

/* Two seconds are a terminal's T1 (TS 24.229 7.7), 16 its T2. */
static void give_up_as_terminals_do(struct court *c, int bye)
{
    say_it_once(c, bye);
    again(c, bye, 2 * NSEC_PER_SEC);
    again(c, bye, 6 * NSEC_PER_SEC);
    for (int at = 14; at < 128; at += 16)
        again(c, bye, at * NSEC_PER_SEC);
}

static void say_it_once_unwatched(struct court *c, int bye)
{
    say_it_once(c, bye);
    c->evidence.sees_all = false;
}

static void say_it_once_over_tcp(struct court *c, int bye)
{
    say_it_once(c, bye);
    over_tcp(c);
}

static void say_it_once_and_be_played(struct court *c, int bye)
{
    say_it_once(c, bye);
    c->profile->function[profile_function(c->profile, "client-a")].under_test = false;
}

/* An in-dialog request of either end, over its first hop. */
static struct talk_message *ask(struct court *c, int bye, const char *method, bool callee, unsigned cseq)
{
    struct talk_message *m = again(c, callee ? bye + 7 : bye, 0);

    m->text.n = 0;
    buf_printf(&m->text,
               "%s sip:x@127.0.10.1 SIP/2.0\r\nVia: SIP/2.0/UDP %s:5060;branch=z9hG4bK-%s-%u\r\n"
               "From: <sip:x@a.example>;tag=%s\r\nTo: <sip:y@b.example>;tag=%s\r\nCall-ID: 1@127.0.10.1\r\n"
               "CSeq: %u %s\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n",
               method, callee ? "127.0.20.1" : "127.0.10.1", method, cseq, callee ? "b1" : "a1",
               callee ? "a1" : "b1", cseq, method);
    return m;
}

static void ask_after(struct court *c, int bye)
{
    ask(c, bye, "INFO", false, 3)->time = c->talk.now + NSEC_PER_MSEC;
}

static void ask_before(struct court *c, int bye)
{
    ask(c, bye, "INVITE", true, 1)->time = court_bye(c, bye, 3)->time;
}

/* The re-INVITE crossed the BYE, was lost, and is sent again by its timer (RFC 5407 3.2.2). */
static void ask_before_and_again(struct court *c, int bye)
{
    ask_before(c, bye);
    ask(c, bye, "INVITE", true, 1)->time = c->talk.now + 400 * NSEC_PER_MSEC;
}

static void acknowledge_after(struct court *c, int bye)
{
    ask(c, bye, "ACK", false, 1)->time = c->talk.now + NSEC_PER_MSEC;
}

/* Only another clock says that it was later. */
static void ask_by_another_clock(struct court *c, int bye)
{
    ask_after(c, bye);
    c->talk.message[c->talk.n - 1].source = 1;
}

static void close_again(struct court *c, int bye, const char *answer)
{
    struct talk_session s = talk_default(1);

    court_edit_oks(c, bye, 6, "200 OK", answer);
    talk_close(&c->talk, &s, false, 3);
}

static void close_twice(struct court *c, int bye)
{
    close_again(c, bye, "200 OK");
}

/* RFC 3261 22.2: once more, with credentials. */
static void close_with_credentials(struct court *c, int bye)
{
    close_again(c, bye, "407 Proxy Authentication Required");
}

/* Nobody answered, so nobody can say that it was over. */
static void close_unanswered_again(struct court *c, int bye)
{
    close_twice(c, bye);
    unanswered(c, bye);
    for (int hop = 0; hop < COURT_HOPS; hop++)
        c->talk.message[bye + hop].gone = hop > 0;
}

/* Only another clock saw what was repeated: how long it went on is not known. */
static void go_on_by_another_clock(struct court *c, int bye)
{
    int first = c->talk.n;

    go_on_for_ever(c, bye);
    for (int i = first; i < c->talk.n; i++)
        c->talk.message[i].source = 1;
}

/* T1 of a terminal is 2 s (TS 24.229 7.7): it gives up after 128 s. */
static void repeat_as_a_terminal(struct court *c, int bye)
{
    static const int at[] = {2, 6, 14, 30, 46, 62, 78, 94, 110, 126};

    unanswered(c, bye);
    for (size_t i = 0; i < sizeof at / sizeof at[0]; i++)
        again(c, bye, at[i] * NSEC_PER_SEC);
}

/* With the same number once more: it was on its way before. */
static void repeat_info_after(struct court *c, int bye)
{
    ask(c, bye, "INFO", true, 1)->time = court_bye(c, bye, 2)->time;
    ask(c, bye, "INFO", true, 1)->time = c->talk.now + NSEC_PER_SEC;
}

static void subscribe_after(struct court *c, int bye)
{
    ask(c, bye, "NOTIFY", true, 4)->time = c->talk.now + NSEC_PER_SEC;
}

/* There is no ACK of a BYE's OK (RFC 3261 17.1.2). */
static void acknowledge_the_answer(struct court *c, int bye)
{
    ask(c, bye, "ACK", false, 2)->time = c->talk.now + NSEC_PER_MSEC;
}

static void acknowledge_the_answer_unseen(struct court *c, int bye)
{
    acknowledge_the_answer(c, bye);
    c->talk.message[c->talk.n - 1].source = 1; /* by a clock that knows nothing of the closing */
}

static const struct court_case cases[] = {
    {"client-a repeats too soon", hurry, VERDICT_FAIL, "retransmit.timing", 1, "22 36"},
    {"client-a does not double", hurry_later, VERDICT_FAIL, "retransmit.timing", 1, "22 37"},
    {"client-a waits as it should", wait_as_timer_e_does, VERDICT_PASS, NULL, 0, NULL},
    {"client-a waits longer", wait_longer, VERDICT_PASS, NULL, 0, NULL},
    {"each hop repeats", lose_one_later, VERDICT_PASS, NULL, 0, NULL},
    {"three more capture points", see_by_others, VERDICT_PASS, NULL, 0, NULL},
    {"each of two sees some", see_each_by_another, VERDICT_PASS, NULL, 0, NULL},
    {"client-a repeats over TCP", repeat_over_tcp, VERDICT_FAIL, "retransmit.transport", 1, "22 36"},
    {"core-a answers twice over TCP", repeat_answer_over_tcp, VERDICT_PASS, NULL, 0, NULL},
    {"another capture point, over TCP", see_tcp_twice, VERDICT_PASS, NULL, 0, NULL},
    {"client-a goes on for ever", go_on_for_ever, VERDICT_FAIL, "timeout.final", 1, "22 44"},
    {"client-a gives up in time", give_up_in_time, VERDICT_FAIL, "reply.missing", 8, "28"},
    {"client-a says it once", say_it_once, VERDICT_FAIL, "retransmit.timing", 1, "22"},
    {"client-a stops after the second", stop_after_the_second, VERDICT_FAIL, "retransmit.timing", 1, "22"},
    {"client-a gives up while watched", give_up_while_watched, VERDICT_FAIL, "reply.missing", 8, "28"},
    {"client-a gives up as terminals do", give_up_as_terminals_do, VERDICT_FAIL, "reply.missing", 8, "28"},
    {"client-a says it once unwatched", say_it_once_unwatched, VERDICT_FAIL, "reply.missing", 8, "28"},
    {"client-a says it once over TCP", say_it_once_over_tcp, VERDICT_FAIL, "reply.missing", 8, "28"},
    {"client-a is played", say_it_once_and_be_played, VERDICT_FAIL, "reply.missing", 8, "28"},
    {"client-a asks after the close", ask_after, VERDICT_FAIL, "session.closed", 0, "36"},
    {"client-b asks before it", ask_before, VERDICT_PASS, NULL, 0, NULL},
    {"client-b's re-INVITE crossed it", ask_before_and_again, VERDICT_PASS, NULL, 0, NULL},
    {"an ACK after it", acknowledge_after, VERDICT_PASS, NULL, 0, NULL},
    {"client-a acknowledges the OK", acknowledge_the_answer, VERDICT_FAIL, "session.closed", 0, "36"},
    {"it does by another clock", acknowledge_the_answer_unseen, VERDICT_PASS, NULL, 0, NULL},
    {"another clock says after", ask_by_another_clock, VERDICT_PASS, NULL, 0, NULL},
    {"client-a closes twice", close_twice, VERDICT_FAIL, "session.closed", 0, "36"},
    {"client-a closes with credentials", close_with_credentials, VERDICT_PASS, NULL, 0, NULL},
    {"client-a closes what nobody answered", close_unanswered_again, VERDICT_FAIL, "path.missing", 2, "22"},
    {"it goes on by another clock", go_on_by_another_clock, VERDICT_FAIL, "reply.missing", 8, "28"},
    {"a terminal goes on", repeat_as_a_terminal, VERDICT_FAIL, "reply.missing", 8, "28"},
    {"an INFO is repeated after the close", repeat_info_after, VERDICT_PASS, NULL, 0, NULL},
    {"a subscription goes on", subscribe_after, VERDICT_PASS, NULL, 0, NULL},
};

static void judges_the_times(void)
{
    court_try(cases, sizeof cases / sizeof cases[0]);
}

static const struct test tests[] = {
    {"judges the times", judges_the_times},
};
TEST_MAIN("rules_time", tests)
