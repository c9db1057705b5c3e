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

static void leave_out(struct court *c, int bye, int hop, const char *name)
{
    for (; hop < COURT_HOPS; hop++)
        talk_cut_line(court_bye(c, bye, hop), name);
}

static void leave_to_out(struct court *c, int bye)
{
    leave_out(c, bye, 5, "To:");
}

static void leave_call_id_out(struct court *c, int bye)
{
    talk_cut_line(court_bye(c, bye, 4), "Call-ID:");
}

static void leave_from_out_of_the_answer(struct court *c, int bye)
{
    for (int hop = 6; hop >= 0; hop--)
        talk_cut_line(court_ok(c, bye, hop), "From:");
}

static void leave_the_vias_out_of_the_answer(struct court *c, int bye)
{
    while (talk_cut_line(court_ok(c, bye, 3), "Via:"))
        ;
}

/* The one without From is not captured, and whoever comes next adds none. */
static void leave_from_out_unseen(struct court *c, int bye)
{
    talk_cut_line(court_bye(c, bye, 2), "From:");
    court_bye(c, bye, 2)->gone = true;
}

/* The capture kept the head of a message but not all of it: what is not there may have been cut off. */
static void keep_half(struct court *c, int bye)
{
    court_bye(c, bye, 4)->cut = 200;
}

/* Only the body was cut off. */
static void keep_the_head(struct court *c, int bye)
{
    send_body(c, bye, 0, "so long, and thanks\r\n");
    court_bye(c, bye, 4)->cut = court_bye(c, bye, 4)->text.n - 9;
}

static void carry_odd_reasons(struct court *c, int bye)
{
    court_edit_byes(
        c, bye, 0, "Reason: SIP;cause=200;text=\"Call completed\"",
        "Reason: SIP;cause=200;text=\"a \\\"b\\\\\\\";c,d\",Q.850 ;cause=16;text=\"\xc3\xa9, <x>\"");
    court_edit_byes(c, bye, 4, ",Q.850 ;cause=16", "\r\nReason:\tQ.850;cause=16");
}

static void change_a_quoted_word(struct court *c, int bye)
{
    carry_odd_reasons(c, bye);
    court_edit_byes(c, bye, 5, ";c,d\"", ";c,e\"");
}

static void change_the_order_of_reasons(struct court *c, int bye)
{
    court_edit_byes(c, bye, 0, "Reason: SIP", "Reason: Q.850;cause=16\r\nReason: SIP");
    court_edit_byes(c, bye, 4, "Reason: Q.850;cause=16\r\nReason: SIP;cause=200;text=\"Call completed\"",
                    "Reason: SIP;cause=200;text=\"Call completed\"\r\nReason: Q.850;cause=16");
}

/* RFC 6050 4.1, 4.2: the one becomes the other in the core, and that stays there. */
static void assert_the_service(struct court *c, int bye)
{
    talk_edit(court_bye(c, bye, 0), "Content-Length: 0",
              "P-Preferred-Service: urn:urn-7:3gpp-service.ims.icsi.oma.cpm.session\r\nContent-Length: 0");
    add_lines(c, bye, 1, 5, "P-Asserted-Service: urn:urn-7:3gpp-service.ims.icsi.oma.cpm.session\r\n");
}

/* Of the operator's own, behind its border nobody sees them (TS 24.229 7.2, RFC 7316). */
static void keep_the_operators_own(struct court *c, int bye)
{
    add_lines(c, bye, 1, 3,
              "P-Private-Network-Indication: a.example\r\nRelayed-Charge: scscf;ecf=192.0.2.1\r\n");
    add_lines(c, bye, 2, 5, "Resource-Share: no-media-sharing\r\nRestoration-Info: noresponse\r\n");
}

static void add_features(struct court *c, int bye)
{
    add_lines(c, bye, 0, 2, "History-Info: <sip:a@a.example>;index=1\r\nFeature-Caps: *;+x\r\n");
    add_lines(c, bye, 3, 6,
              "History-Info: <sip:a@a.example>;index=1, <sip:b@b.example>;index=1.1\r\nFeature-Caps: *;+x, "
              "*;+y\r\n");
}

static void answer_with_contact(struct court *c, int bye)
{
    for (int hop = 0; hop < COURT_HOPS; hop++)
        add_line(court_ok(c, bye, hop), "m: <sip:bob@127.0.20.1>\r\n");
}

/* What looks like it: other names, and a URI in a header that may be there. */
static void send_what_looks_like_contact(struct court *c, int bye)
{
    add_lines(c, bye, 0, 6,
              "Accept-Contact: *\r\nX-Contact: <sip:x@127.0.10.1>\r\nP-Asserted-Identity: "
              "<sip:alice@a.example>\r\n");
}

static void send_contact_unseen(struct court *c, int bye)
{
    add_line(court_bye(c, bye, 3), "Contact: <sip:alice@127.0.10.1>\r\n");
    court_bye(c, bye, 3)->gone = true;
}

static void change_the_body_unseen(struct court *c, int bye)
{
    send_body(c, bye, 0, "bye\r\n");
    talk_edit(court_bye(c, bye, 4), "bye\r\n", "BYE\r\n");
    court_bye(c, bye, 4)->gone = true;
}

static void change_the_type(struct court *c, int bye)
{
    send_body(c, bye, 0, "bye\r\n");
    court_edit_byes(c, bye, 4, "Content-Type: text/plain", "Content-Type: text/html");
}

static void write_the_type_otherwise(struct court *c, int bye)
{
    send_body(c, bye, 0, "bye\r\n");
    court_edit_byes(c, bye, 4, "Content-Type: text/plain", "c : text / plain");
    court_edit_byes(c, bye, 4, "Content-Length: 5", "L:0005");
}

static void name_a_header_with_a_blank(struct court *c, int bye)
{
    court_edit_byes(c, bye, 4, "Reason: ", "X Nothing: 1\r\nReason: ");
}

static void write_the_version_small(struct court *c, int bye)
{
    court_edit_byes(c, bye, 4, "5060 SIP/2.0", "5060 sip/2.0");
}

static void end_with_lf(struct court *c, int bye)
{
    talk_edit(court_ok(c, bye, 4), "\r\nCall-ID", "\nCall-ID");
}

static void end_with_lf_unseen(struct court *c, int bye)
{
    end_with_lf(c, bye);
    court_ok(c, bye, 4)->gone = true;
    c->evidence.dropped = 1;
}

static void spoil_a_via(struct court *c, int bye, const char *with)
{
    court_edit_behind(c, bye, 4, "Via: SIP/2.0/UDP 127.0.20.2:5060;branch=z9hG4bK-1-BYE-2-4", with);
}

static void write_a_port_that_is_none(struct court *c, int bye)
{
    spoil_a_via(c, bye, "Via: SIP/2.0/UDP 127.0.20.2:5o60;branch=z9hG4bK-1-BYE-2-4");
}

static void push_a_via_of_another_protocol(struct court *c, int bye)
{
    spoil_a_via(c, bye, "Via: SIPS/2.0/UDP 127.0.20.2:5060;branch=z9hG4bK-1-BYE-2-4");
}

static void leave_a_bracket_open(struct court *c, int bye)
{
    court_edit_byes(c, bye, 4, "<sip:127.0.20.2;lr>", "<sip:127.0.20.2;lr");
}

static void write_behind_the_bracket(struct court *c, int bye)
{
    court_edit_byes(c, bye, 4, "<sip:alice@a.example>;tag", "<sip:alice@a.example> Alice;tag");
}

static void give_two_reasons_of_one_protocol(struct court *c, int bye)
{
    court_edit_byes(c, bye, 0, "Reason: SIP", "Reason: sip ;cause=480,SIP");
}

static void give_two_reasons(struct court *c, int bye)
{
    court_edit_byes(c, bye, 0, "Reason: SIP",
                    "Reason: STIR;cause=1,STIR;cause=2,Q.850;cause=16;text=\",SIP;\"\r\nReason: SIP");
}

static void give_a_second_reason_unseen(struct court *c, int bye)
{
    talk_edit(court_bye(c, bye, 2), "Reason: SIP", "Reason: SIP;cause=1\r\nReason: SIP");
    court_bye(c, bye, 2)->gone = true;
}

/* RFC 3261 7.3.1: tokens are the same in any case, what is in quotes is not. */
static void write_tokens_in_another_case(struct court *c, int bye)
{
    send_body(c, bye, 0, "bye\r\n");
    court_edit_byes(c, bye, 4, "Reason: SIP;cause=200;text=", "reason: Sip;CAUSE=200;Text=");
    court_edit_byes(c, bye, 4, "Content-Type: text/plain", "Content-Type: Text/PLAIN");
}

static void write_a_text_in_another_case(struct court *c, int bye)
{
    court_edit_byes(c, bye, 4, "\"Call completed\"", "\"Call Completed\"");
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
    {"core-b breaks a line", break_a_line, VERDICT_FAIL, "syntax", 5, "26"},
    {"core-b writes a NUL", write_a_nul, VERDICT_FAIL, "headers.preserved", 5, "25 26"},
    {"folds, quotes, UTF-8", fold_and_quote, VERDICT_PASS, NULL, 0, NULL},
    {"pf-b leaves To out", leave_to_out, VERDICT_FAIL, "headers.mandatory", 6, "27"},
    {"core-b leaves the Call-ID out", leave_call_id_out, VERDICT_FAIL, "headers.mandatory", 5, "26"},
    {"client-b's answer lacks From", leave_from_out_of_the_answer, VERDICT_FAIL, "headers.mandatory", 8,
     "29"},
    {"core-b's answer lacks the Vias", leave_the_vias_out_of_the_answer, VERDICT_FAIL, "headers.mandatory",
     11, "32"},
    {"what lacks From is not captured", leave_from_out_unseen, VERDICT_PASS, NULL, 0, NULL},
    {"half a message was kept", keep_half, VERDICT_INCONCLUSIVE, "capture.whole", 0, ""},
    {"a body was cut off", keep_the_head, VERDICT_PASS, NULL, 0, NULL},
    {"Reasons with quotes, joined and split", carry_odd_reasons, VERDICT_PASS, NULL, 0, NULL},
    {"pf-b changes a quoted word", change_a_quoted_word, VERDICT_FAIL, "headers.preserved", 6, "26 27"},
    {"core-b turns the Reasons round", change_the_order_of_reasons, VERDICT_FAIL, "headers.preserved", 5,
     "25 26"},
    {"the service is asserted inside", assert_the_service, VERDICT_FAIL, "headers.unexpected", 1, "22"},
    {"the operator keeps what is its own", keep_the_operators_own, VERDICT_PASS, NULL, 0, NULL},
    {"functions add to lists", add_features, VERDICT_PASS, NULL, 0, NULL},
    {"client-b answers with Contact", answer_with_contact, VERDICT_FAIL, "headers.unexpected", 8, "29"},
    {"what looks like Contact", send_what_looks_like_contact, VERDICT_PASS, NULL, 0, NULL},
    {"what has Contact is not captured", send_contact_unseen, VERDICT_PASS, NULL, 0, NULL},
    {"what has another body is not captured", change_the_body_unseen, VERDICT_PASS, NULL, 0, NULL},
    {"core-b changes the type", change_the_type, VERDICT_FAIL, "headers.preserved", 5, "25 26"},
    {"core-b writes it otherwise", write_the_type_otherwise, VERDICT_PASS, NULL, 0, NULL},
    {"a blank in a header's name", name_a_header_with_a_blank, VERDICT_FAIL, "syntax", 5, "26"},
    {"the version in small letters", write_the_version_small, VERDICT_FAIL, "syntax", 5, "26"},
    {"pf-b ends a line with LF", end_with_lf, VERDICT_FAIL, "syntax", 10, "31"},
    {"what has LF is not captured", end_with_lf_unseen, VERDICT_INCONCLUSIVE, "reply.reverse", 10, "26 31"},
    {"core-b's port is none", write_a_port_that_is_none, VERDICT_FAIL, "syntax", 5, "26"},
    {"core-b's Via is of another protocol", push_a_via_of_another_protocol, VERDICT_FAIL, "syntax", 5, "26"},
    {"core-b leaves a bracket open", leave_a_bracket_open, VERDICT_FAIL, "syntax", 5, "26"},
    {"core-b writes behind a bracket", write_behind_the_bracket, VERDICT_FAIL, "dialog.identity", 5, "25 26"},
    {"two Reasons of SIP", give_two_reasons_of_one_protocol, VERDICT_FAIL, "reason.distinct", 1, "22"},
    {"Reasons of other protocols", give_two_reasons, VERDICT_PASS, NULL, 0, NULL},
    {"a second Reason, not captured", give_a_second_reason_unseen, VERDICT_PASS, NULL, 0, NULL},
    {"core-b writes tokens in another case", write_tokens_in_another_case, VERDICT_PASS, NULL, 0, NULL},
    {"core-b writes a text in another case", write_a_text_in_another_case, VERDICT_FAIL, "headers.preserved",
     5, "25 26"},
};

static void judges_the_content(void)
{
    court_try(cases, sizeof cases / sizeof cases[0]);
}

static const struct test tests[] = {
    {"judges the content", judges_the_content},
};
TEST_MAIN("rules_content", tests)
