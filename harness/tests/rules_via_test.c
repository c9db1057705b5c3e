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

/* The next ones read every Via and write it anew, in another legal form. */
static void write_anew(struct court *c, int bye)
{
    for (int hop = 3; hop < COURT_HOPS; hop++)
        for (int reply = 0; reply < 2; reply++) {
            struct talk_message *m = reply ? court_ok(c, bye, hop) : court_bye(c, bye, hop);
            talk_edit(m, "Via: SIP/2.0/UDP 127.0.10.3:5060;branch=",
                      "v: sip / 2.0/udp 127.0.10.3 : 5060 ;\r\n\tBranch = ");
        }
}

/* The client asks for rport (RFC 3581 3), core-a fills it in. */
static void ask_for_rport(struct court *c, int bye)
{
    talk_edit(court_bye(c, bye, 0), FIRST, FIRST ";rport");
    court_edit_behind(c, bye, 1, FIRST, FIRST ";rport=5060;received=127.0.10.1");
    talk_edit(court_ok(c, bye, 0), FIRST, FIRST ";rport=5060;received=127.0.10.1");
}

static void name_in_capitals(struct court *c, int bye)
{
    court_edit_behind(c, bye, 2, "Via: SIP/2.0/UDP 127.0.10.3:5060", "Via: SIP/2.0/UDP pf.a.example");
    for (int hop = 4; hop < COURT_HOPS; hop++)
        for (int reply = 0; reply < 2; reply++)
            talk_edit(reply ? court_ok(c, bye, hop) : court_bye(c, bye, hop), "pf.a.example", "PF.A.Example");
}

static void write_the_default_port(struct court *c, int bye)
{
    court_edit_behind(c, bye, 2, "127.0.10.3:5060;branch", "127.0.10.3;branch");
    court_edit_behind(c, bye, 4, "127.0.10.3;branch", "127.0.10.3:5060;branch");
}

/* What 18.2.1 adds stays as it is; parameters of which nobody knows anything do, too. */
static void carry_parameters(struct court *c, int bye)
{
    court_edit_behind(c, bye, 0, FIRST, FIRST ";x;y=\"a,b;c\";maddr=127.0.10.1;ttl=1");
}

/* All Vias in one field of every message, an empty line of white space between them. */
static void join_all(struct court *c, int bye)
{
    for (int i = bye; i < c->talk.n; i++) {
        while (talk_edit(&c->talk.message[i], "\r\nVia: ", ",\r\n  \t"))
            ;
        if (talk_edit(&c->talk.message[i], "SIP/2.0\r\n", "SIP/2.0\n") || true)
            talk_edit(&c->talk.message[i], ",\r\n  \t", "\r\nVIA :");
        talk_edit(&c->talk.message[i], "SIP/2.0\n", "SIP/2.0\r\n");
    }
}

static void use_the_branch_of_an_unseen_invite(struct court *c, int bye)
{
    use_the_branch_of_the_invite(c, bye);
    for (int i = 0; i < bye; i++)
        c->talk.message[i].gone = true;
}

static void pop_none_unseen(struct court *c, int bye)
{
    pop_none(c, bye);
    court_ok(c, bye, 1)->gone = true;
    c->evidence.dropped = 1;
}

/* pf-a pushed two, for two of its processes; it takes both off. */
static void push_two(struct court *c, int bye)
{
    court_edit_behind(c, bye, 2, PF_A, "Via: SIP/2.0/UDP 127.0.10.3:5062;branch=z9hG4bKinner\r\n" PF_A);
    court_edit_behind(c, bye, 2, "Via: SIP/2.0/UDP 127.0.10.3:5062;branch=z9hG4bKinner\r\n" PF_A,
                      PF_A "Via: SIP/2.0/UDP 127.0.10.3:5062;branch=z9hG4bKinner\r\n");
}

static void exchange_two(struct court *c, int bye)
{
    court_edit_behind(c, bye, 4,
                      "Via: SIP/2.0/UDP 127.0.10.3:5060;branch=z9hG4bK-1-BYE-2-2\r\n"
                      "Via: SIP/2.0/UDP 127.0.10.2:5060;branch=z9hG4bK-1-BYE-2-1\r\n",
                      "Via: SIP/2.0/UDP 127.0.10.2:5060;branch=z9hG4bK-1-BYE-2-1\r\n"
                      "Via: SIP/2.0/UDP 127.0.10.3:5060;branch=z9hG4bK-1-BYE-2-2\r\n");
}

static void lose_the_branch(struct court *c, int bye)
{
    court_edit_behind(c, bye, 2, ";branch=z9hG4bK-1-BYE-2-2", "");
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
    {"core-a writes Vias anew", write_anew, VERDICT_PASS, NULL, 0, NULL},
    {"client-a asks for rport", ask_for_rport, VERDICT_PASS, NULL, 0, NULL},
    {"core-b writes names in capitals", name_in_capitals, VERDICT_PASS, NULL, 0, NULL},
    {"core-b writes the default port", write_the_default_port, VERDICT_PASS, NULL, 0, NULL},
    {"parameters that nobody knows", carry_parameters, VERDICT_PASS, NULL, 0, NULL},
    {"all Vias in one field", join_all, VERDICT_PASS, NULL, 0, NULL},
    {"a branch once more, and no setup", use_the_branch_of_an_unseen_invite, VERDICT_PASS, NULL, 0, NULL},
    {"pf-a's answer is not captured", pop_none_unseen, VERDICT_INCONCLUSIVE, "reply.reverse", 13, "23 34"},
    {"pf-a pushes two", push_two, VERDICT_PASS, NULL, 0, NULL},
    {"core-b exchanges two", exchange_two, VERDICT_FAIL, "via.preserved", 5, "25 26"},
    {"pf-a's branch is empty", lose_the_branch, VERDICT_FAIL, "via.branch", 3, "24"},
};

static void judges_the_vias(void)
{
    court_try(cases, sizeof cases / sizeof cases[0]);
}

static const struct test tests[] = {
    {"judges the Vias", judges_the_vias},
};
TEST_MAIN("rules_via", tests)
