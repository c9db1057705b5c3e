#include "tests/court.h"
#include "tests/test.h"

#define PF_A  "Via: SIP/2.0/UDP 127.0.10.3:5060;branch=z9hG4bK-1-BYE-2-2\r\n"
#define FIRST "Via: SIP/2.0/UDP 127.0.10.1:5060;branch=z9hG4bK-1-BYE-2-0"

static void push_none(struct court *c, int bye)
{
    court_edit_behind(c, bye, 2, PF_A, "");
}

/* pf-a puts its own there and takes the one below off. */
static void push_over_another(struct court *c, int bye)
{
    court_edit_behind(c, bye, 2, "Via: SIP/2.0/UDP 127.0.10.2:5060;branch=z9hG4bK-1-BYE-2-1\r\n", "");
}

static void change_below(struct court *c, int bye)
{
    court_edit_behind(c, bye, 4, FIRST, FIRST ";x=1");
}

static void change_branch_below(struct court *c, int bye)
{
    court_edit_behind(c, bye, 4, FIRST, FIRST "0");
}

/* What 18.2.1 and RFC 3581 have the next hop add. */
static void add_received(struct court *c, int bye)
{
    court_edit_behind(c, bye, 1, FIRST, FIRST ";received=192.0.2.1;rport=4711");
    talk_edit(court_ok(c, bye, 0), FIRST, FIRST ";received=192.0.2.1;rport=4711");
}

static void join_with_commas(struct court *c, int bye)
{
    for (int hop = 3; hop < COURT_HOPS; hop++)
        talk_edit(court_bye(c, bye, hop), "\r\nVia: SIP/2.0/UDP 127.0.10.3",
                  ",\r\n SIP / 2.0 / UDP 127.0.10.3");
}

static void pop_none(struct court *c, int bye)
{
    talk_edit(court_ok(c, bye, 1), "SIP/2.0 200 OK\r\n", "SIP/2.0 200 OK\r\n" PF_A);
}

static void pop_two(struct court *c, int bye)
{
    talk_edit(court_ok(c, bye, 1), "Via: SIP/2.0/UDP 127.0.10.2:5060;branch=z9hG4bK-1-BYE-2-1\r\n", "");
}

static void use_a_branch_twice(struct court *c, int bye)
{
    court_edit_behind(c, bye, 3, "z9hG4bK-1-BYE-2-3", "z9hG4bK-1-BYE-2-1");
}

static void forget_the_cookie(struct court *c, int bye)
{
    court_edit_behind(c, bye, 4, "z9hG4bK-1-BYE-2-4", "1-BYE-2-4");
}

static void use_the_branch_of_the_invite(struct court *c, int bye)
{
    court_edit_behind(c, bye, 0, "z9hG4bK-1-BYE-2-0", "z9hG4bK-1-INVITE-1-0");
}

static void write_the_cookie_otherwise(struct court *c, int bye)
{
    court_edit_behind(c, bye, 4, "z9hG4bK-1-BYE-2-4", "Z9HG4BK-1-BYE-2-4");
}

/* One side of pf-a is not captured: what it did to the lower Vias is not known, and that is said. */
static void change_unseen(struct court *c, int bye)
{
    court_bye(c, bye, 1)->gone = court_ok(c, bye, 1)->gone = true;
}

static const struct court_case cases[] = {
    {"pf-a pushes none", push_none, VERDICT_FAIL, "via.pushed", 3, "23 24"},
    {"pf-a pushes its own over another's", push_over_another, VERDICT_FAIL, "via.preserved", 3, "23 24"},
    {"core-b adds to the first", change_below, VERDICT_FAIL, "via.preserved", 5, "25 26"},
    {"core-b changes the branch of the first", change_branch_below, VERDICT_FAIL, "via.preserved", 5,
     "25 26"},
    {"core-a adds received and rport", add_received, VERDICT_PASS, NULL, 0, NULL},
    {"Vias joined with a comma, folded", join_with_commas, VERDICT_PASS, NULL, 0, NULL},
    {"pf-a leaves its own on the answer", pop_none, VERDICT_FAIL, "via.popped", 13, "33 34"},
    {"pf-a takes two off the answer", pop_two, VERDICT_FAIL, "via.popped", 13, "33 34"},
    {"core-a uses one branch for both visits", use_a_branch_twice, VERDICT_FAIL, "via.branch", 4, "25 23"},
    {"core-b forgets the cookie", forget_the_cookie, VERDICT_FAIL, "via.branch", 5, "26"},
    {"client-a uses the INVITE's branch", use_the_branch_of_the_invite, VERDICT_FAIL, "via.branch", 1, "22"},
    {"the cookie in another case", write_the_cookie_otherwise, VERDICT_PASS, NULL, 0, NULL},
    {"one side is not captured", change_unseen, VERDICT_INCONCLUSIVE, "reply.reverse", 13, "23 33"},
};

static void judges_the_vias(void)
{
    court_try(cases, sizeof cases / sizeof cases[0]);
}

static const struct test tests[] = {
    {"judges the Vias", judges_the_vias},
};
TEST_MAIN("rules_via", tests)
