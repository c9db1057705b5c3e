#include "tests/court.h"
#include "tests/test.h"

#include <stdio.h>

/* One closing, and the note that it is to bring; NULL for none. */
struct noted {
    const char *name;
    void (*spoil)(struct court *c, int bye);
    const char *rule;
};

static void leave(struct court *c, int bye)
{
    (void)c, (void)bye;
}

static void close_with_credentials(struct court *c, int bye)
{
    struct talk_session s = talk_default(1);

    court_edit_oks(c, bye, 6, "200 OK", "401 Unauthorized");
    talk_close(&c->talk, &s, false, 3);
}

static void close_from_both_ends(struct court *c, int bye)
{
    struct talk_session s = talk_default(1);
    int other = talk_close(&c->talk, &s, true, 1);

    for (int i = other; i < c->talk.n; i++)
        c->talk.message[i].time += c->talk.message[bye].time - c->talk.message[other].time + 1;
}

static void show_no_setup(struct court *c, int bye)
{
    for (int i = 0; i < bye; i++)
        c->talk.message[i].gone = true;
}

static void show_no_answer_to_the_setup(struct court *c, int bye)
{
    for (int i = 0; i < bye; i++)
        c->talk.message[i].gone = c->talk.message[i].reply;
}

static void show_one_side_of_pf_a(struct court *c, int bye)
{
    court_bye(c, bye, 1)->gone = true;
}

static const struct noted noted[] = {
    {"as it should be", leave, NULL},
    {"challenged", close_with_credentials, "note.challenged"},
    {"both ends at once", close_from_both_ends, "note.crossed"},
    {"no setup", show_no_setup, "note.setup"},
    {"the setup has no answer", show_no_answer_to_the_setup, "note.setup"},
    {"one side of pf-a", show_one_side_of_pf_a, "note.sides"},
};

static void tells_and_passes(void)
{
    for (size_t i = 0; i < sizeof noted / sizeof noted[0]; i++) {
        static struct court c;
        struct talk_session s = talk_default(1);
        const char *rule = noted[i].rule ? noted[i].rule : "";
        int bye;

        court_open(&c, NULL);
        talk_setup(&c.talk, &s);
        bye = talk_close(&c.talk, &s, false, 2);
        noted[i].spoil(&c, bye);
        court_hold(&c);
        court_check_pass(&c, 0, "client-a");
        CU_ASSERT_EQUAL(c.severity[0], SEVERITY_NOTE);
        CU_ASSERT_STRING_EQUAL(c.rule[0], rule);
        if (strcmp(c.rule[0], rule) != 0)
            printf("\n  %s: %s\n", noted[i].name, c.rule[0]);
        court_close(&c);
    }
}

/* The legs on both sides of pf-a; what its INVITEs share joins them. */
static void cut_at_pf_a(struct court *c, bool declared, const char *left_shares, const char *right_shares)
{
    struct talk_session left = talk_default(1), right = talk_default(2);

    court_open(c, NULL);
    c->profile->function[profile_function(c->profile, "pf-a")].b2bua = declared;
    left.nnodes = 3;
    right.nnodes = 6;
    memmove(right.node, right.node + 2, 6 * sizeof right.node[0]);
    left.more = left_shares;
    right.more = right_shares;
    talk_setup(&c->talk, &left);
    talk_setup(&c->talk, &right);
    for (int i = 0; i < c->talk.n; i++) /* begins with both INVITEs */
        talk_edit(&c->talk.message[i], "Max-Forwards: 70", i < 8 ? "Max-Forwards: 70" : "Max-Forwards: 60");
}

/* Both legs are closed; the answer of the left one comes last. */
static void close_both(struct court *c)
{
    struct talk_session left = talk_default(1), right = talk_default(2);
    int first, second;

    left.nnodes = 3;
    right.nnodes = 6;
    memmove(right.node, right.node + 2, 6 * sizeof right.node[0]);
    first = talk_close(&c->talk, &left, false, 2);
    second = talk_close(&c->talk, &right, false, 2);
    for (int i = second; i < c->talk.n; i++)
        talk_edit(&c->talk.message[i], "Max-Forwards: 70", "Max-Forwards: 60");
    for (int i = second; i < second + 5; i++) {
        char before[32], after[32];
        snprintf(before, sizeof before, "Max-Forwards: %d", 70 - (i - second));
        snprintf(after, sizeof after, "Max-Forwards: %d", 60 - (i - second));
        talk_edit(&c->talk.message[i], before, after);
    }
    for (int i = first + 2; i < first + 4; i++)
        c->talk.message[i].time = c->talk.now + i * NSEC_PER_MSEC;
}

static void tells_of_a_b2bua(void)
{
    static struct court c;

    for (int declared = 0; declared < 2; declared++) {
        cut_at_pf_a(&c, declared, "Session-ID: s1\r\n", "Session-ID: s1\r\n");
        close_both(&c);
        court_hold(&c);
        CU_ASSERT_EQUAL(c.nresults, 1);
        court_check_pass(&c, 0, "client-a");
        CU_ASSERT_EQUAL(c.nfindings[0], !declared);
        CU_ASSERT_STRING_EQUAL(c.rule[0], declared ? "" : "note.b2bua");
        court_close(&c);
    }
}

/* The network closes towards both ends. */
static void tells_of_the_network(void)
{
    static struct court c;
    struct talk_session s = talk_default(1), down = talk_default(1), up = talk_default(1);

    court_open(&c, NULL);
    talk_setup(&c.talk, &s);
    down.nnodes = 5;
    memmove(down.node, down.node + 3, 5 * sizeof down.node[0]);
    talk_close(&c.talk, &down, false, 2);
    for (int i = c.talk.n - 8; i < c.talk.n; i++)
        talk_edit(&c.talk.message[i], "Call-ID: 1@127.0.10.2", "Call-ID: 1@127.0.10.1");
    up.nnodes = 2;
    talk_close(&c.talk, &up, true, 1);
    court_hold(&c);
    CU_ASSERT_EQUAL(c.nresults, 2);
    court_check_pass(&c, 0, "core-a");
    CU_ASSERT_STRING_EQUAL(c.rule[0], "note.network");
    court_close(&c);
}

/* A plain closing, and what is wrong with the capture. */
static void close_in(struct court *c, uint64_t dropped, const char *doubt, const char *cut, size_t kept)
{
    struct talk_session s = talk_default(1);
    int bye;

    court_open(c, NULL);
    talk_setup(&c->talk, &s);
    bye = talk_close(&c->talk, &s, false, 2);
    c->evidence.dropped = dropped;
    c->evidence.doubt = doubt;
    c->evidence.cut = cut;
    court_bye(c, bye, 4)->cut = kept;
    court_hold(c);
}

static void says_once_that_the_capture_is_not_whole(void)
{
    static struct court c;

    close_in(&c, 3, NULL, NULL, 0);
    court_check_inconclusive(&c, "capture.whole");
    CU_ASSERT_EQUAL(c.nfindings[0], 1);
    court_close(&c);
    close_in(&c, 0, "nobody trusts it", NULL, 0);
    court_check_inconclusive(&c, "capture.whole");
    CU_ASSERT_PTR_NOT_NULL(strstr(c.reason[0], "nobody trusts it"));
    court_close(&c);
    close_in(&c, 0, NULL, NULL, 200); /* inside the header fields */
    court_check_inconclusive(&c, "capture.whole");
    CU_ASSERT_EQUAL(c.nfindings[0], 1);
    court_close(&c);
}

/* It ends too early, but not for this session: all of it was answered. */
static void minds_no_end_behind_the_closing(void)
{
    static struct court c;

    close_in(&c, 0, NULL, "it ends too early", 0);
    court_check_pass(&c, 0, "client-a");
    CU_ASSERT_EQUAL(c.nfindings[0], 0);
    court_close(&c);
}

/* Where one leg alone was captured nobody knows of a B2BUA, and none is told of. */
static void does_not_guess_at_a_b2bua(void)
{
    static struct court c;

    cut_at_pf_a(&c, false, "Session-ID: s1\r\n", "Session-ID: s1\r\n");
    close_both(&c);
    for (int i = 0; i < c.talk.n; i++) /* the right one's Call-ID is of its own first node */
        c.talk.message[i].gone = slice_find_slice(buf_slice(&c.talk.message[i].text), SLICE("Call-ID: 2@")) <
                                 c.talk.message[i].text.n;
    court_hold(&c);
    CU_ASSERT_EQUAL(c.nresults, 1);
    court_check_inconclusive(&c, "path.missing");
    court_close(&c);
}

static const struct test tests[] = {
    {"tells, and passes", tells_and_passes},
    {"tells of a B2BUA", tells_of_a_b2bua},
    {"tells of the network's closing", tells_of_the_network},
    {"does not guess at a B2BUA", does_not_guess_at_a_b2bua},
    {"says once that the capture is not whole", says_once_that_the_capture_is_not_whole},
    {"minds no end behind the closing", minds_no_end_behind_the_closing},
};
TEST_MAIN("rules_note", tests)
