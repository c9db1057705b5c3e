#include "tests/court.h"
#include "tests/test.h"

#include <stdio.h>

#define PF_B "Route: <sip:127.0.20.3;lr>\r\n"

static void pop_none(struct court *c, int bye)
{
    court_edit_byes(c, bye, 4, "Route: ", "Route: <sip:127.0.20.2;lr>\r\nRoute: ");
}

static void pop_two(struct court *c, int bye)
{
    talk_edit(court_bye(c, bye, 4), PF_B, "");
}

static void exchange(struct court *c, int bye)
{
    court_edit_byes(c, bye, 4, PF_B "Route: <sip:127.0.20.2;lr>\r\n", "Route: <sip:127.0.20.2;lr>\r\n" PF_B);
}

/* RFC 5658: two entries of one function, for two interfaces or transports. */
static void put_in_two(struct court *c, int bye)
{
    for (int hop = 0; hop < 2; hop++)
        talk_edit(court_bye(c, bye, hop), "Route: <sip:127.0.10.3;lr>\r\n",
                  "Route: <sip:127.0.10.3;lr>,\r\n <sip:127.0.10.3;transport=tcp;lr>\r\n");
    for (int i = 0; i < bye; i++)
        talk_edit(&c->talk.message[i], "Record-Route: <sip:127.0.10.3;lr>\r\n",
                  "Record-Route: <sip:127.0.10.3;transport=tcp;lr>, <sip:127.0.10.3;lr>\r\n");
}

/* Names instead of addresses: whose entry it is cannot be told, only that one goes. */
static void name_hosts(struct court *c, int bye)
{
    for (int i = 0; i < c->talk.n; i++)
        while (talk_edit(&c->talk.message[i], "oute: <sip:127.0.20.3;lr>", "oute: <sip:pf.b.example;lr>"))
            ;
    (void)bye;
}

static void name_hosts_in_vias(struct court *c, int bye)
{
    name_hosts(c, bye);
    for (int i = 0; i < c->talk.n; i++)
        while (talk_edit(&c->talk.message[i], "Via: SIP/2.0/UDP 127.0.20.3:5060",
                         "Via: SIP/2.0/UDP pf.b.example"))
            ;
}

static void see_one_side(struct court *c, int bye)
{
    pop_none(c, bye);
    court_bye(c, bye, 4)->gone = true;
    for (int hop = 5; hop < COURT_HOPS; hop++)
        talk_edit(court_bye(c, bye, hop), "Route: <sip:127.0.20.2;lr>\r\n", "");
}

static void send_another_set(struct court *c, int bye)
{
    court_edit_byes(c, bye, 0, PF_B, "");
}

static void send_no_set(struct court *c, int bye)
{
    while (talk_cut_line(court_bye(c, bye, 0), "Route:"))
        ;
}

static void write_it_otherwise(struct court *c, int bye)
{
    talk_edit(court_bye(c, bye, 0), PF_B, "ROUTE : \"PF\" < sip:127.0.20.3;lr>\r\n");
    talk_edit(court_bye(c, bye, 0), "\"PF\" < sip", "\"PF\" <sip");
}

static void show_no_setup(struct court *c, int bye)
{
    send_another_set(c, bye);
    for (int i = 0; i < bye; i++)
        c->talk.message[i].gone = true;
}

static void ask_for_another(struct court *c, int bye)
{
    court_edit_byes(c, bye, 0, "BYE sip:bob@127.0.20.1:5060", "BYE sip:bob@127.0.20.9:5060");
}

static void change_uri(struct court *c, int bye)
{
    court_edit_byes(c, bye, 5, "BYE sip:bob@127.0.20.1:5060", "BYE sip:bob@127.0.20.9:5060");
}

static void write_uri_otherwise(struct court *c, int bye)
{
    court_edit_byes(c, bye, 5, "BYE sip:bob@127.0.20.1:5060", "BYE SIP:%62ob@127.0.20.1:5060");
}

/* A GRUU is what the other end's Contact says; the core that knows it puts the address in its place. */
static void gruu(struct court *c, int bye)
{
    for (int i = 0; i < bye; i++)
        talk_edit(&c->talk.message[i], "Contact: <sip:bob@127.0.20.1:5060>",
                  "Contact: <sip:bob@b.example;gr=u1>");
    for (int hop = 0; hop < 6; hop++)
        talk_edit(court_bye(c, bye, hop), "BYE sip:bob@127.0.20.1:5060", "BYE sip:bob@b.example;gr=u1");
}

static void wrong_gruu(struct court *c, int bye)
{
    gruu(c, bye);
    for (int hop = 0; hop < 6; hop++)
        talk_edit(court_bye(c, bye, hop), ";gr=u1", ";gr=u2");
}

static void wrong_gruu_without_setup(struct court *c, int bye)
{
    wrong_gruu(c, bye);
    for (int i = 0; i < bye; i++)
        c->talk.message[i].gone = true;
}

static void count_none(struct court *c, int bye)
{
    for (int hop = 2; hop < COURT_HOPS; hop++)
        talk_cut_line(court_bye(c, bye, hop), "Max-Forwards:");
}

static void count_anew(struct court *c, int bye)
{
    talk_cut_line(court_bye(c, bye, 0), "Max-Forwards:");
    for (int hop = 1; hop < COURT_HOPS; hop++) {
        char before[32], after[32];
        snprintf(before, sizeof before, "Max-Forwards: %d", 70 - hop);
        snprintf(after, sizeof after, "Max-Forwards: %d", 71 - hop);
        talk_edit(court_bye(c, bye, hop), before, after);
    }
}

static void count_by(struct court *c, int bye, int first, int more)
{
    for (int hop = first; hop < COURT_HOPS; hop++) {
        char before[32], after[32];
        snprintf(before, sizeof before, "Max-Forwards: %d", 70 - hop);
        snprintf(after, sizeof after, "Max-Forwards: %d", 70 - hop + more);
        talk_edit(court_bye(c, bye, hop), before, after);
    }
}

static void keep_count(struct court *c, int bye)
{
    count_by(c, bye, 2, 1);
}

static void count_two(struct court *c, int bye)
{
    count_by(c, bye, 2, -1);
}

static void begin_lower(struct court *c, int bye)
{
    count_by(c, bye, 0, -60);
}

static void count_two_unseen(struct court *c, int bye)
{
    court_bye(c, bye, 1)->gone = true;
}

static void quote_names(struct court *c, int bye)
{
    talk_edit(court_bye(c, bye, 0), PF_B, "Route: \"P, <F> \\\" B\" <sip:127.0.20.3;lr> \r\n");
    talk_edit(court_bye(c, bye, 2), PF_B, "route:\r\n  <sip:127.0.20.3;LR>\r\n");
}

static void join_routes(struct court *c, int bye)
{
    for (int hop = 0; hop < COURT_HOPS; hop++)
        while (talk_edit(court_bye(c, bye, hop), ";lr>\r\nRoute: ", ";lr> ,\r\n\t"))
            ;
}

/* Names by capitals, an explicit transport, a maddr: pf-b's own entry, as it wrote it itself. */
static void describe_pf_b(struct court *c, int bye)
{
    (void)bye;
    for (int i = 0; i < c->talk.n; i++)
        while (talk_edit(&c->talk.message[i], "oute: <sip:127.0.20.3;lr>",
                         "oute: <sip:PF%2db.Example:5060;maddr=127.0.20.3;transport=udp;lr=on;ftag=a1?x=1>"))
            ;
}

static void describe_it_otherwise(struct court *c, int bye)
{
    describe_pf_b(c, bye);
    talk_edit(court_bye(c, bye, 0),
              "<sip:PF%2db.Example:5060;maddr=127.0.20.3;transport=udp;lr=on;ftag=a1?x=1>",
              "<sip:PF%2db.example:5060;lr=on;FTAG=a1;transport=UDP;maddr=127.0.20.3?x=1>");
}

static void write_the_port(struct court *c, int bye)
{
    talk_edit(court_bye(c, bye, 0), "Route: <sip:127.0.20.3;lr>", "Route: <sip:127.0.20.3:5060;lr>");
}

static void exchange_without_setup(struct court *c, int bye)
{
    talk_edit(court_bye(c, bye, 0), PF_B "Route: <sip:127.0.20.2;lr>\r\n",
              "Route: <sip:127.0.20.2;lr>\r\n" PF_B);
    for (int i = 0; i < bye; i++)
        c->talk.message[i].gone = true;
    court_bye(c, bye, 0)->gone = true;
}

static void target_with_parameters(struct court *c, int bye)
{
    for (int i = 0; i < bye; i++)
        talk_edit(&c->talk.message[i], "Contact: <sip:bob@127.0.20.1:5060>",
                  "m: \"Bob\" "
                  "<sip:b%6Fb@127.0.20.1:5060;transport=udp;ob;x=%41>;expires=3;+g.3gpp.icsi-ref=\"a,b\"");
    court_edit_byes(c, bye, 0, "BYE sip:bob@127.0.20.1:5060",
                    "BYE sip:bob@127.0.20.1:5060;transport=UDP;x=A");
}

/* core-b knows what its client's address is behind the NAT, and takes the parameter off that says so. */
static void take_alias_off(struct court *c, int bye)
{
    for (int i = 0; i < bye; i++)
        talk_edit(&c->talk.message[i], "Contact: <sip:bob@127.0.20.1:5060>",
                  "Contact: <sip:bob@127.0.20.1:5060;alias=192.0.2.1~4711~1>");
    for (int hop = 0; hop < 6; hop++)
        talk_edit(court_bye(c, bye, hop), "BYE sip:bob@127.0.20.1:5060",
                  "BYE sip:bob@127.0.20.1:5060;alias=192.0.2.1~4711~1");
}

static void change_uri_unseen(struct court *c, int bye)
{
    change_uri(c, bye);
    for (int i = 0; i < bye; i++)
        c->talk.message[i].gone = true;
    for (int hop = 0; hop < 5; hop++)
        court_bye(c, bye, hop)->gone = true;
}

static void write_numbers_otherwise(struct court *c, int bye)
{
    talk_edit(court_bye(c, bye, 0), "Max-Forwards: 70", "MAX-FORWARDS :\r\n 0070 ");
    talk_edit(court_bye(c, bye, 2), "Max-Forwards: 68", "Max-Forwards:068");
}

static void count_in_words(struct court *c, int bye)
{
    court_edit_byes(c, bye, 2, "Max-Forwards: ", "Max-Forwards: x");
}

static void count_in_words_from_the_start(struct court *c, int bye)
{
    court_edit_byes(c, bye, 0, "Max-Forwards: ", "Max-Forwards: -");
}

/* 0 may be received, and must not be sent on (16.3(3)). */
static void go_on_at_nought(struct court *c, int bye)
{
    count_by(c, bye, 0, -67);
    for (int hop = 4; hop < COURT_HOPS; hop++) {
        talk_cut_line(court_bye(c, bye, hop), "Max-Forwards:");
        talk_edit(court_bye(c, bye, hop), "Content-Length: 0", "Max-Forwards: 0\r\nContent-Length: 0");
    }
}

static void begin_anew_at_nought(struct court *c, int bye)
{
    count_by(c, bye, 0, -67);
    for (int hop = 4; hop < COURT_HOPS; hop++) {
        char line[64];
        snprintf(line, sizeof line, "Max-Forwards: %d\r\nContent-Length: 0", 70 - hop);
        talk_cut_line(court_bye(c, bye, hop), "Max-Forwards:");
        talk_edit(court_bye(c, bye, hop), "Content-Length: 0", line);
    }
}

static void arrive_with_nought(struct court *c, int bye)
{
    count_by(c, bye, 0, -64);
}

static void begin_with(struct court *c, int bye, int first)
{
    count_by(c, bye, 0, first - 70);
}

static void begin_with_the_most(struct court *c, int bye)
{
    begin_with(c, bye, 255);
}

static void begin_with_too_many(struct court *c, int bye)
{
    begin_with(c, bye, 256);
}

static void see_one_without_any(struct court *c, int bye)
{
    talk_cut_line(court_bye(c, bye, 3), "Max-Forwards:");
    court_bye(c, bye, 3)->gone = true;
}

static const struct court_case cases[] = {
    {"core-b keeps its own Route", pop_none, VERDICT_FAIL, "route.popped", 5, "25 26"},
    {"core-b takes pf-b's as well", pop_two, VERDICT_FAIL, "route.popped", 5, "25 26"},
    {"core-b exchanges two", exchange, VERDICT_FAIL, "route.popped", 5, "25 26"},
    {"pf-a put in two", put_in_two, VERDICT_PASS, NULL, 0, NULL},
    {"routes by name", name_hosts, VERDICT_PASS, NULL, 0, NULL},
    {"routes and Vias by name", name_hosts_in_vias, VERDICT_PASS, NULL, 0, NULL},
    {"one side of core-b is not captured", see_one_side, VERDICT_PASS, NULL, 0, NULL},
    {"client-a leaves one out", send_another_set, VERDICT_FAIL, "route.set", 1, "22"},
    {"client-a sends none", send_no_set, VERDICT_FAIL, "route.set", 1, "22"},
    {"client-a writes it otherwise", write_it_otherwise, VERDICT_PASS, NULL, 0, NULL},
    {"the setup was not captured", show_no_setup, VERDICT_PASS, NULL, 0, NULL},
    {"client-a asks for another", ask_for_another, VERDICT_FAIL, "ruri.preserved", 1, "22"},
    {"pf-b changes the Request-URI", change_uri, VERDICT_FAIL, "ruri.preserved", 6, "26 27"},
    {"pf-b writes it otherwise", write_uri_otherwise, VERDICT_PASS, NULL, 0, NULL},
    {"a GRUU", gruu, VERDICT_PASS, NULL, 0, NULL},
    {"another GRUU", wrong_gruu, VERDICT_FAIL, "ruri.preserved", 1, "22"},
    {"another GRUU, and no setup", wrong_gruu_without_setup, VERDICT_PASS, NULL, 0, NULL},
    {"pf-a takes Max-Forwards out", count_none, VERDICT_FAIL, "maxforwards.present", 3, "24"},
    {"client-a sends none", count_anew, VERDICT_FAIL, "maxforwards.present", 1, "22"},
    {"pf-a does not count", keep_count, VERDICT_FAIL, "maxforwards.decremented", 3, "23 24"},
    {"pf-a counts two", count_two, VERDICT_FAIL, "maxforwards.decremented", 3, "23 24"},
    {"client-a begins with 10", begin_lower, VERDICT_PASS, NULL, 0, NULL},
    {"two functions at once", count_two_unseen, VERDICT_PASS, NULL, 0, NULL},
    {"display names with commas, quotes, brackets", quote_names, VERDICT_PASS, NULL, 0, NULL},
    {"all Routes in one field", join_routes, VERDICT_PASS, NULL, 0, NULL},
    {"pf-b describes itself at length", describe_pf_b, VERDICT_PASS, NULL, 0, NULL},
    {"client-a turns its parameters", describe_it_otherwise, VERDICT_PASS, NULL, 0, NULL},
    {"client-a writes a port that was not there", write_the_port, VERDICT_FAIL, "route.set", 1, "22"},
    {"client-a exchanges two, and nobody sees it", exchange_without_setup, VERDICT_PASS, NULL, 0, NULL},
    {"a target with parameters", target_with_parameters, VERDICT_PASS, NULL, 0, NULL},
    {"core-b takes an alias off", take_alias_off, VERDICT_PASS, NULL, 0, NULL},
    {"another Request-URI, and one side", change_uri_unseen, VERDICT_PASS, NULL, 0, NULL},
    {"Max-Forwards with noughts and folds", write_numbers_otherwise, VERDICT_PASS, NULL, 0, NULL},
    {"pf-a counts in words", count_in_words, VERDICT_FAIL, "maxforwards.present", 3, "24"},
    {"client-a counts in words", count_in_words_from_the_start, VERDICT_FAIL, "maxforwards.present", 1, "22"},
    {"core-a sends 0 on as it is", go_on_at_nought, VERDICT_FAIL, "maxforwards.decremented", 5, "25 26"},
    {"core-b begins anew at 0", begin_anew_at_nought, VERDICT_FAIL, "maxforwards.decremented", 5, "25 26"},
    {"client-a begins with 255", begin_with_the_most, VERDICT_PASS, NULL, 0, NULL},
    {"client-a begins with 256", begin_with_too_many, VERDICT_FAIL, "maxforwards.present", 1, "22"},
    {"client-b is handed 0", arrive_with_nought, VERDICT_PASS, NULL, 0, NULL},
    {"the one without any is not captured", see_one_without_any, VERDICT_PASS, NULL, 0, NULL},
};

static void judges_the_routing(void)
{
    court_try(cases, sizeof cases / sizeof cases[0]);
}

static const struct test tests[] = {
    {"judges the routing", judges_the_routing},
};
TEST_MAIN("rules_routing", tests)
