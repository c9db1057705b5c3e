#include "tests/court.h"
#include "tests/test.h"

#include <stdio.h>

static void add_line(struct talk_message *m, const char *line)
{
    char with[512];

    snprintf(with, sizeof with, "%sContent-Length: 0\r\n", line);
    talk_edit(m, "Content-Length: 0\r\n", with);
}

static void add_lines(struct court *c, int bye, int from, int to, const char *line)
{
    for (int hop = from; hop <= to; hop++)
        add_line(court_bye(c, bye, hop), line);
}

static void leave_from_out(struct court *c, int bye)
{
    for (int hop = 2; hop < COURT_HOPS; hop++)
        talk_cut_line(court_bye(c, bye, hop), "From:");
}

static void leave_cseq_out_of_the_answer(struct court *c, int bye)
{
    for (int hop = 4; hop >= 0; hop--)
        talk_cut_line(court_ok(c, bye, hop), "CSeq:");
}

static void write_compact(struct court *c, int bye)
{
    court_edit_behind(c, bye, 2, "From:", "f:");
    court_edit_behind(c, bye, 2, "Call-ID:", "i:");
    court_edit_behind(c, bye, 2, "Content-Length:", "l :");
}

static void drop_reason(struct court *c, int bye)
{
    for (int hop = 5; hop < COURT_HOPS; hop++)
        talk_cut_line(court_bye(c, bye, hop), "Reason:");
}

static void change_reason(struct court *c, int bye)
{
    court_edit_byes(c, bye, 5, "cause=200", "cause=480");
}

static void write_reason_otherwise(struct court *c, int bye)
{
    court_edit_byes(c, bye, 5, "Reason: SIP;cause=200;text=\"Call completed\"",
                    "REASON : SIP ; cause = 200\r\n ;text=\"Call completed\"");
}

static void drop_unknown(struct court *c, int bye)
{
    add_lines(c, bye, 0, 3, "X-Tomorrow: 1\r\n");
}

static void add_unknown(struct court *c, int bye)
{
    add_lines(c, bye, 3, 6, "X-Tomorrow: 1\r\n");
}

static void drop_unknown_unseen(struct court *c, int bye)
{
    drop_unknown(c, bye);
    court_bye(c, bye, 4)->gone = true;
    add_lines(c, bye, 5, 6, "X-Tomorrow: 1\r\n");
}

static void drop_access_network(struct court *c, int bye)
{
    add_lines(c, bye, 0, 3, "P-Access-Network-Info: 3GPP-E-UTRAN-FDD\r\n");
}

static void send_contact(struct court *c, int bye)
{
    add_lines(c, bye, 0, 6, "Contact: <sip:alice@127.0.10.1>\r\n");
}

static void send_body(struct court *c, int bye, int from, const char *text)
{
    for (int hop = from; hop < COURT_HOPS; hop++) {
        struct talk_message *m = court_bye(c, bye, hop);
        char length[64];

        snprintf(length, sizeof length, "Content-Type: text/plain\r\nContent-Length: %zu", strlen(text));
        talk_edit(m, "Content-Length: 0", length);
        buf_add(&m->text, slice_of(text));
    }
}

static void carry_a_body(struct court *c, int bye)
{
    send_body(c, bye, 0, "bye\r\n");
}

static void change_the_body(struct court *c, int bye)
{
    send_body(c, bye, 0, "bye\r\n");
    court_edit_byes(c, bye, 4, "bye\r\n", "BYE\r\n");
}

static void drop_the_body(struct court *c, int bye)
{
    send_body(c, bye, 0, "bye\r\n");
    court_edit_byes(c, bye, 4, "Content-Length: 5", "Content-Length: 0");
    for (int hop = 4; hop < COURT_HOPS; hop++)
        court_bye(c, bye, hop)->text.n -= 5;
}

static void count_too_many(struct court *c, int bye)
{
    court_edit_byes(c, bye, 4, "Content-Length: 0", "Content-Length: 5");
}

static void count_too_few(struct court *c, int bye)
{
    carry_a_body(c, bye);
    court_edit_byes(c, bye, 4, "Content-Length: 5", "Content-Length: 4");
}

static void count_none_on_udp(struct court *c, int bye)
{
    for (int hop = 4; hop < COURT_HOPS; hop++)
        talk_cut_line(court_bye(c, bye, hop), "Content-Length:");
}

static void count_none_on_tcp(struct court *c, int bye)
{
    count_none_on_udp(c, bye);
    for (int i = 0; i < c->talk.n; i++)
        c->talk.message[i].transport = TRANSPORT_TCP;
}

static void show_charging(struct court *c, int bye)
{
    add_lines(c, bye, 1, 6, "P-Charging-Vector: icid-value=1\r\n");
}

static void hide_charging(struct court *c, int bye)
{
    add_lines(c, bye, 1, 5, "P-Charging-Vector: icid-value=1\r\n");
}

static void show_charging_unseen(struct court *c, int bye)
{
    show_charging(c, bye);
    for (int i = 0; i < c->talk.n; i++)
        c->talk.message[i].gone = c->talk.message[i].hop == 6;
}

static void break_a_line(struct court *c, int bye)
{
    court_edit_byes(c, bye, 4, "Reason: ", "Nothing at all\r\nReason: ");
}

static void write_a_nul(struct court *c, int bye)
{
    for (int hop = 4; hop < COURT_HOPS; hop++) {
        struct talk_message *m = court_bye(c, bye, hop);
        m->text.p[slice_find_slice(buf_slice(&m->text), SLICE("completed"))] = '\0';
    }
}

static void fold_and_quote(struct court *c, int bye)
{
    court_edit_byes(c, bye, 4, "From: <sip:alice", "From :\r\n \"A \\\" \xc3\xa9\"\r\n\t<sip:alice");
}

static const struct court_case cases[] = {
    {"pf-a leaves From out", leave_from_out, VERDICT_FAIL, "headers.mandatory", 3, "24"},
    {"pf-b's answer lacks CSeq", leave_cseq_out_of_the_answer, VERDICT_FAIL, "headers.mandatory", 10, "31"},
    {"compact names", write_compact, VERDICT_PASS, NULL, 0, NULL},
    {"pf-b drops Reason", drop_reason, VERDICT_FAIL, "headers.preserved", 6, "26 27"},
    {"pf-b changes Reason", change_reason, VERDICT_FAIL, "headers.preserved", 6, "26 27"},
    {"pf-b writes Reason otherwise", write_reason_otherwise, VERDICT_PASS, NULL, 0, NULL},
    {"core-b drops an unknown header", drop_unknown, VERDICT_FAIL, "headers.preserved", 5, "25 26"},
    {"core-a adds one", add_unknown, VERDICT_PASS, NULL, 0, NULL},
    {"two functions at once", drop_unknown_unseen, VERDICT_PASS, NULL, 0, NULL},
    {"what stays in the trust domain", drop_access_network, VERDICT_PASS, NULL, 0, NULL},
    {"client-a sends Contact", send_contact, VERDICT_FAIL, "headers.unexpected", 1, "22"},
    {"a body", carry_a_body, VERDICT_PASS, NULL, 0, NULL},
    {"core-b changes the body", change_the_body, VERDICT_FAIL, "body.preserved", 5, "25 26"},
    {"core-b drops the body", drop_the_body, VERDICT_FAIL, "body.preserved", 5, "25 26"},
    {"core-b counts too many", count_too_many, VERDICT_FAIL, "contentlength.exact", 5, "26"},
    {"core-b counts too few", count_too_few, VERDICT_FAIL, "contentlength.exact", 5, "26"},
    {"no Content-Length on UDP", count_none_on_udp, VERDICT_PASS, NULL, 0, NULL},
    {"no Content-Length on TCP", count_none_on_tcp, VERDICT_FAIL, "contentlength.exact", 5, "26"},
    {"charging data reach client-b", show_charging, VERDICT_FAIL, "charging.hidden", 7, "28"},
    {"charging data stay inside", hide_charging, VERDICT_PASS, NULL, 0, NULL},
    {"the last hop is not captured", show_charging_unseen, VERDICT_INCONCLUSIVE, "path.missing", 7, "24"},
    {"core-b breaks a line", break_a_line, VERDICT_FAIL, "syntax", 5, "26"},
    {"core-b writes a NUL", write_a_nul, VERDICT_FAIL, "headers.preserved", 5, "25 26"},
    {"folds, quotes, UTF-8", fold_and_quote, VERDICT_PASS, NULL, 0, NULL},
};

static void judges_the_content(void)
{
    court_try(cases, sizeof cases / sizeof cases[0]);
}

static const struct test tests[] = {
    {"judges the content", judges_the_content},
};
TEST_MAIN("rules_content", tests)
