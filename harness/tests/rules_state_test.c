#include "tests/court.h"
#include "tests/test.h"

/* Of the setup: 200 over the last hop (what the callee sends) is message 7, over the first 13; ACK 14 to 20.
 */
enum { ACCEPTED = 7, ACCEPTED_LAST = 13, ACK = 14, ACK_LAST = 20 };

static void leave(struct court *c, int bye)
{
    (void)c, (void)bye;
}

static void turn_into(struct court *c, const char *status)
{
    for (int i = ACCEPTED; i <= ACCEPTED_LAST; i++)
        talk_edit(&c->talk.message[i], "200 OK", status);
}

static void drop(struct court *c, int first, int last)
{
    for (int i = first; i <= last; i++)
        c->talk.message[i].gone = true;
}

/* --- early */

static void ring_and_close(struct court *c, int bye)
{
    (void)bye;
    turn_into(c, "180 Ringing");
    drop(c, ACK, ACK_LAST);
}

static void ring_and_close_by_two_points(struct court *c, int bye)
{
    ring_and_close(c, bye);
    for (int i = 1; i <= 6; i++) /* all but the callee's own link was captured elsewhere */
        c->talk.message[i + ACCEPTED].source = court_bye(c, bye, i)->source = 1;
}

static void ring_accept_and_close_before(struct court *c, int bye)
{
    turn_into(c, "180 Ringing");
    drop(c, ACK, ACK_LAST);
    for (int i = ACCEPTED; i <= ACCEPTED_LAST; i++) {
        struct talk_message *m = &c->talk.message[talk_repeat(&c->talk, i, 0)];
        talk_edit(m, "180 Ringing", "200 OK");
        m->time = court_bye(c, bye, 0)->time + (i - ACCEPTED + 1) * 100 * NSEC_PER_USEC;
    }
}

/* A mirror port shows the 2xx 10 us after the BYE that it was sent before. */
static void accept_and_close_mirrored(struct court *c, int bye)
{
    drop(c, ACK, ACK_LAST);
    c->talk.message[ACCEPTED].time = court_bye(c, bye, 0)->time + 10 * NSEC_PER_USEC;
    for (int i = ACCEPTED + 1; i <= ACCEPTED_LAST; i++)
        c->talk.message[i].time = c->talk.message[ACCEPTED].time + (i - ACCEPTED) * NSEC_PER_USEC;
}

static void ring_and_lose_frames(struct court *c, int bye)
{
    ring_and_close(c, bye);
    c->evidence.dropped = 1;
}

/* The callee's own link was not captured while it was called. */
static void ring_unseen(struct court *c, int bye)
{
    ring_and_close(c, bye);
    c->talk.message[6].gone = c->talk.message[ACCEPTED].gone = true;
}

/* The capture has a gap of ten minutes, with the 2xx in it. */
static void ring_long_before(struct court *c, int bye)
{
    ring_and_close(c, bye);
    for (int i = bye; i < c->talk.n; i++)
        c->talk.message[i].time += 600 * NSEC_PER_SEC;
}

/* The capture kept so little of each frame that a 2xx with all its header fields is not known for one. */
static void ring_and_cut_the_2xx(struct court *c, int bye)
{
    ring_and_close(c, bye);
    for (int i = 0; i < 7; i++) {
        struct talk_message *m = &c->talk.message[talk_repeat(&c->talk, ACCEPTED + i, 0)];
        talk_edit(m, "180 Ringing", "200 OK");
        m->time = c->talk.message[ACK + i].time;
        m->cut = m->text.n / 2;
    }
}

static void see_nothing_of_the_setup(struct court *c, int bye)
{
    drop(c, 0, bye - 1);
}

/* --- unacknowledged */

static void delay_ack(struct court *c, nsec_t last)
{
    for (int i = ACK; i <= ACK_LAST; i++)
        c->talk.message[i].time = last - (ACK_LAST - i) * NSEC_PER_USEC;
}

static void close_before_the_ack(struct court *c, int bye)
{
    delay_ack(c, court_bye(c, bye, 0)->time + 3 * NSEC_PER_MSEC);
}

/* Only its last hop comes too late. */
static void close_as_the_ack_comes(struct court *c, int bye)
{
    c->talk.message[ACK_LAST].time = court_bye(c, bye, 0)->time + NSEC_PER_MSEC / 2;
}

static void close_without_an_ack(struct court *c, int bye)
{
    (void)bye;
    drop(c, ACK, ACK_LAST);
}

/* Nothing can escape the capture: there was none. */
static void close_without_an_ack_at_all(struct court *c, int bye)
{
    close_without_an_ack(c, bye);
    c->evidence.sees_all = true;
}

static void close_without_and_lose_frames(struct court *c, int bye)
{
    close_without_an_ack(c, bye);
    c->evidence.dropped = 1;
}

static void close_after_the_ack(struct court *c, int bye)
{
    delay_ack(c, court_bye(c, bye, 0)->time - NSEC_PER_USEC);
}

static void close_mirrored(struct court *c, int bye)
{
    delay_ack(c, court_bye(c, bye, 0)->time + 10 * NSEC_PER_USEC);
}

/* RFC 3261 13.3.1.4: nobody acknowledges, and the callee gives up. */
static void close_after_the_timeout(struct court *c, int bye)
{
    close_without_an_ack(c, bye);
    for (int i = bye; i < c->talk.n; i++)
        c->talk.message[i].time += 32 * NSEC_PER_SEC;
}

static void lose_the_last_ack(struct court *c, int bye)
{
    (void)bye;
    c->talk.message[ACK_LAST].gone = true;
}

static void see_the_ack_by_another_clock(struct court *c, int bye)
{
    close_before_the_ack(c, bye);
    c->talk.message[ACK_LAST].source = 1;
}

/* The first 2xx and the ACK of it were lost in the capture; the ACK of the repeated one is late. */
static void acknowledge_twice(struct court *c, int bye)
{
    int again = talk_repeat(&c->talk, ACK_LAST, 0);

    c->talk.message[again].time = court_bye(c, bye, 0)->time + NSEC_PER_MSEC;
}

static void see_no_2xx_of_its_own(struct court *c, int bye)
{
    close_without_an_ack(c, bye);
    c->talk.message[ACCEPTED].gone = true;
}

static const struct court_case callee[] = {
    {"as it should be", leave, VERDICT_PASS, NULL, 0, NULL},
    {"rings, and closes", ring_and_close, VERDICT_FAIL, "dialog.early", 1, "8 15"},
    {"closes, and accepts then", ring_accept_and_close_before, VERDICT_FAIL, "dialog.early", 1, "16 15"},
    {"mirrored the wrong way round", accept_and_close_mirrored, VERDICT_PASS, NULL, 0, NULL},
    {"rings, closes, and frames are lost", ring_and_lose_frames, VERDICT_INCONCLUSIVE, "dialog.early", 1,
     "8 15"},
    {"rings where nobody looks", ring_unseen, VERDICT_PASS, NULL, 0, NULL},
    {"rang long before", ring_long_before, VERDICT_PASS, NULL, 0, NULL},
    {"rings, and the 2xx is cut off", ring_and_cut_the_2xx, VERDICT_PASS, NULL, 0, NULL},
    {"rings, and each hop is captured elsewhere", ring_and_close_by_two_points, VERDICT_FAIL, "dialog.early",
     1, "8 9"},
    {"no setup was captured", see_nothing_of_the_setup, VERDICT_PASS, NULL, 0, NULL},
    {"closes before the ACK", close_before_the_ack, VERDICT_FAIL, "dialog.unacknowledged", 1, "8 15 24"},
    {"closes as the ACK comes", close_as_the_ack_comes, VERDICT_FAIL, "dialog.unacknowledged", 1, "8 21 22"},
    {"no ACK was captured", close_without_an_ack, VERDICT_INCONCLUSIVE, "dialog.unacknowledged", 1, "8 15"},
    {"no ACK was sent", close_without_an_ack_at_all, VERDICT_FAIL, "dialog.unacknowledged", 1, "8 15"},
    {"closes without, and frames are lost", close_without_and_lose_frames, VERDICT_INCONCLUSIVE,
     "dialog.unacknowledged", 1, "8 15"},
    {"closes after the ACK", close_after_the_ack, VERDICT_PASS, NULL, 0, NULL},
    {"closes after it, mirrored", close_mirrored, VERDICT_PASS, NULL, 0, NULL},
    {"closes when 64*T1 are over", close_after_the_timeout, VERDICT_PASS, NULL, 0, NULL},
    {"the ACK's last hop was not captured", lose_the_last_ack, VERDICT_PASS, NULL, 0, NULL},
    {"another clock saw the ACK", see_the_ack_by_another_clock, VERDICT_PASS, NULL, 0, NULL},
    {"a second ACK comes late", acknowledge_twice, VERDICT_PASS, NULL, 0, NULL},
    {"its 2xx was not captured where it sent it", see_no_2xx_of_its_own, VERDICT_PASS, NULL, 0, NULL},
};

static void judges_the_callee(void)
{
    court_try_callee(callee, sizeof callee / sizeof callee[0]);
}

/* The caller may close whenever it likes (RFC 3261 15, RFC 5407 3.1.3, 3.1.6). */
static const struct court_case caller[] = {
    {"closes while it rings", ring_and_close, VERDICT_PASS, NULL, 0, NULL},
    {"closes before the 2xx is there", ring_accept_and_close_before, VERDICT_PASS, NULL, 0, NULL},
    {"closes before its ACK is there", close_before_the_ack, VERDICT_PASS, NULL, 0, NULL},
    {"closes and has sent no ACK", close_without_an_ack, VERDICT_PASS, NULL, 0, NULL},
};

static void lets_the_caller_close(void)
{
    court_try(caller, sizeof caller / sizeof caller[0]);
}

/* --- the network closes */

/* The closing begins with the function that hop `first` comes from. */
static void begin_at(struct court *c, int bye, int first)
{
    for (int hop = 0; hop < first; hop++) {
        char via[80];
        snprintf(via, sizeof via, "Via: SIP/2.0/UDP %s:5060;branch=z9hG4bK-1-BYE-2-%d\r\n",
                 talk_default(1).node[hop], hop);
        court_bye(c, bye, hop)->gone = court_ok(c, bye, hop)->gone = true;
        court_edit_behind(c, bye, first, via, "");
    }
}

static void core_closes_one_way(struct court *c, int bye)
{
    begin_at(c, bye, 1);
}

static void pf_closes_one_way(struct court *c, int bye)
{
    begin_at(c, bye, 2);
}

static void core_closes_both_ways(struct court *c, int bye)
{
    struct talk_session up = talk_default(1);

    begin_at(c, bye, 1);
    up.nnodes = 2;
    talk_close(&c->talk, &up, true, 1);
}

/* The core cannot reach it, and need not know why. */
static void core_closes_and_loses_the_other(struct court *c, int bye)
{
    core_closes_both_ways(c, bye);
    c->talk.message[c->talk.n - 1].gone = true;
}

/* The other client's link was not captured. */
static void core_closes_the_other_unseen(struct court *c, int bye)
{
    begin_at(c, bye, 1);
    drop(c, 0, 0);
    drop(c, ACCEPTED_LAST, ACK);
}

/* It is not in the session yet. */
static void core_closes_what_was_not_acknowledged(struct court *c, int bye)
{
    begin_at(c, bye, 1);
    drop(c, ACK, ACK_LAST);
}

static void core_closes_as_the_capture_ends(struct court *c, int bye)
{
    static nsec_t end;

    begin_at(c, bye, 1);
    end = c->talk.now + 4 * NSEC_PER_SEC;
    c->evidence.ends = &end;
    c->evidence.nends = 1;
}

static void core_closes_and_frames_are_lost(struct court *c, int bye)
{
    begin_at(c, bye, 1);
    c->evidence.dropped = 1;
}

static const struct court_case network[] = {
    {"core-a closes one way", core_closes_one_way, VERDICT_FAIL, "session.both", 2, "22"},
    {"pf-a closes one way", pf_closes_one_way, VERDICT_FAIL, "session.both", 3, "22"},
    {"core-a closes both ways", core_closes_both_ways, VERDICT_PASS, NULL, 0, NULL},
    {"client-a's link was not seen", core_closes_the_other_unseen, VERDICT_PASS, NULL, 0, NULL},
    {"client-a has acknowledged nothing", core_closes_what_was_not_acknowledged, VERDICT_PASS, NULL, 0, NULL},
    {"client-a does not answer", core_closes_and_loses_the_other, VERDICT_PASS, NULL, 0, NULL},
    {"the capture ends", core_closes_as_the_capture_ends, VERDICT_INCONCLUSIVE, "session.both", 2, "22"},
    {"frames are lost", core_closes_and_frames_are_lost, VERDICT_INCONCLUSIVE, "session.both", 2, "22"},
};

static void has_the_network_close_towards_both(void)
{
    court_try(network, sizeof network / sizeof network[0]);
}

static const struct test tests[] = {
    {"judges the callee", judges_the_callee},
    {"lets the caller close", lets_the_caller_close},
    {"has the network close towards both", has_the_network_close_towards_both},
};
TEST_MAIN("rules_state", tests)
