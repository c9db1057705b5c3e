#include "tests/court.h"
#include "tests/test.h"

static void change_to_tag(struct court *c, int bye)
{
    court_edit_behind(c, bye, 3, ";tag=b1", ";tag=x1");
}

static void change_to_tag_unseen(struct court *c, int bye)
{
    change_to_tag(c, bye);
    court_bye(c, bye, 3)->gone = true;
}

static void change_call_id(struct court *c, int bye)
{
    court_edit_behind(c, bye, 3, "Call-ID: 1@", "Call-ID: 9@");
}

static void change_from_uri(struct court *c, int bye)
{
    court_edit_behind(c, bye, 3, "From: <sip:alice@", "From: <sip:carol@");
}

static void show_another_name(struct court *c, int bye)
{
    court_edit_behind(c, bye, 3, "From: <sip:alice@", "From: \"Alice, the 1st\" <sip:alice@");
}

static void close_another_dialog(struct court *c, int bye)
{
    court_edit_behind(c, bye, 0, ";tag=b1", ";tag=x1");
}

/* RFC 3261 15: the caller may close an early dialog, here of a fork's other branch. */
static void close_an_early_dialog(struct court *c, int bye)
{
    int ringing = talk_repeat(&c->talk, 13, 0);

    talk_edit(&c->talk.message[ringing], "200 OK", "180 Ringing");
    talk_edit(&c->talk.message[ringing], ";tag=b1", ";tag=x1");
    c->talk.message[ringing].time = c->talk.message[13].time - NSEC_PER_USEC;
    close_another_dialog(c, bye);
}

/* Before there is any final answer to the INVITE; that one is 487 then. */
static void close_while_it_rings(struct court *c, int bye)
{
    for (int i = 7; i < bye; i++) {
        talk_edit(&c->talk.message[i], "200 OK", "180 Ringing");
        c->talk.message[i].gone = i >= 14;
    }
    for (int i = 13; i >= 7; i--)
        talk_edit(&c->talk.message[talk_repeat(&c->talk, i, 0)], "180 Ringing", "487 Request Terminated");
}

/* The answer crossed the BYE (RFC 5407 3.1.3). */
static void close_while_it_is_answered(struct court *c, int bye)
{
    for (int i = 7; i < 14; i++) {
        struct talk_message *m = &c->talk.message[talk_repeat(&c->talk, i, 0)];
        m->time = court_bye(c, bye, 3)->time + i;
        talk_edit(&c->talk.message[i], "200 OK", "180 Ringing");
    }
}

/* Frames were lost: the answer that made the dialog may be among them. */
static void close_another_and_lose_frames(struct court *c, int bye)
{
    close_another_dialog(c, bye);
    c->evidence.dropped = 1;
}

static void see_no_setup(struct court *c, int bye)
{
    close_another_dialog(c, bye);
    for (int i = 0; i < bye; i++)
        c->talk.message[i].gone = true;
}

static void change_cseq(struct court *c, int bye)
{
    court_edit_behind(c, bye, 3, "CSeq: 2 ", "CSeq: 3 ");
}

static void spoil_cseq(struct court *c, int bye)
{
    court_edit_behind(c, bye, 3, "CSeq: 2 ", "CSeq: two ");
}

static void write_cseq_otherwise(struct court *c, int bye)
{
    court_edit_behind(c, bye, 3, "CSeq: 2 ", "CSEQ :\r\n\t00002 \t");
}

static void repeat_cseq(struct court *c, int bye)
{
    court_edit_behind(c, bye, 0, "CSeq: 2 ", "CSeq: 1 ");
}

static void leave_a_gap(struct court *c, int bye)
{
    court_edit_behind(c, bye, 0, "CSeq: 2 ", "CSeq: 4000 ");
}

static void repeat_cseq_without_setup(struct court *c, int bye)
{
    repeat_cseq(c, bye);
    for (int i = 0; i < bye; i++)
        c->talk.message[i].gone = true;
}

static void name_another_method(struct court *c, int bye)
{
    court_edit_byes(c, bye, 2, "CSeq: 2 BYE", "CSeq: 2 INFO");
}

static void answer_another_tag(struct court *c, int bye)
{
    court_edit_oks(c, bye, 6, ";tag=b1", ";tag=x1");
}

static void answer_another_call(struct court *c, int bye)
{
    court_edit_oks(c, bye, 6, "Call-ID: 1@", "Call-ID: 9@");
}

static void answer_another_method(struct court *c, int bye)
{
    court_edit_oks(c, bye, 6, "CSeq: 2 BYE", "CSeq: 2 INFO");
}

/* It copies what it was sent. */
static void answer_the_method_that_came(struct court *c, int bye)
{
    court_edit_behind(c, bye, 0, "CSeq: 2 BYE", "CSeq: 2 INFO");
}

static void answer_another_cseq(struct court *c, int bye)
{
    court_edit_oks(c, bye, 6, "CSeq: 2 ", "CSeq: 7 ");
}

static void pass_another_tag(struct court *c, int bye)
{
    court_edit_oks(c, bye, 3, ";tag=b1", ";tag=x1");
}

static void answer_with_a_name(struct court *c, int bye)
{
    court_edit_oks(c, bye, 6, "To: <sip:bob@", "t: Bob <sip:bob@");
}

static void see_one_answer(struct court *c, int bye)
{
    court_ok(c, bye, 6)->gone = true;
    c->evidence.dropped = 1;
    court_edit_oks(c, bye, 5, ";tag=b1", ";tag=x1");
}

static void turn_tag_and_parameters(struct court *c, int bye)
{
    court_edit_byes(c, bye, 3, "<sip:bob@b.example>;tag=b1",
                    "<sip:bob@b.example> ; x=\"tag=z\" ; Tag = b1;y");
    court_edit_oks(c, bye, 6, "<sip:bob@b.example>;tag=b1", "<sip:bob@b.example>;y;tag=b1");
}

static void write_from_without_brackets(struct court *c, int bye)
{
    court_edit_behind(c, bye, 0, "From: <sip:alice@a.example>;tag=a1", "f:sip:alice@a.example;tag=a1");
}

/* Equal by RFC 3261 19.1.4: escapes, the host's case, a parameter that one of them lacks, IPv6 in full. */
static void write_uris_otherwise(struct court *c, int bye)
{
    court_edit_behind(c, bye, 3, "<sip:alice@a.example>", "\"A, <B>\" <sip:%61lice@A.EXAMPLE;x=1>");
    court_edit_behind(c, bye, 3, "<sip:bob@b.example>", "<sip:bob@B.Example>");
}

static void write_addresses_otherwise(struct court *c, int bye)
{
    for (int i = 0; i < c->talk.n; i++)
        talk_edit(&c->talk.message[i], "alice@a.example", "alice@[2001:db8::a:1]");
    court_edit_behind(c, bye, 3, "alice@[2001:db8::a:1]", "alice@[2001:DB8:0:0:0:0:A:1]");
}

static void write_telephone_numbers(struct court *c, int bye)
{
    for (int i = 0; i < c->talk.n; i++)
        talk_edit(&c->talk.message[i], "<sip:bob@b.example>", "<tel:+1-555-(01).01;ext=7>");
    court_edit_behind(c, bye, 3, "<tel:+1-555-(01).01;ext=7>", "<tel:+15550101;EXT=7>");
}

static void change_the_number(struct court *c, int bye)
{
    write_telephone_numbers(c, bye);
    court_edit_behind(c, bye, 4, "+15550101", "+15550102");
}

/* An escaped reserved character is not the bare one. */
static void unescape_a_reserved(struct court *c, int bye)
{
    for (int i = 0; i < c->talk.n; i++)
        talk_edit(&c->talk.message[i], "sip:alice@a.example", "sip:al%3Aice@a.example");
    court_edit_behind(c, bye, 3, "sip:al%3Aice@a.example", "sip:al:ice@a.example");
}

static void change_cseq_by_two(struct court *c, int bye)
{
    court_bye(c, bye, 3)->gone = true;
    change_cseq(c, bye);
}

/* What core-a and core-b made of it is not captured between them: who did it is not known, that it was done
 * is. */
static void change_cseq_unseen(struct court *c, int bye)
{
    court_edit_behind(c, bye, 6, "CSeq: 2 ", "CSeq: 3 ");
    for (int hop = 0; hop < 6; hop++)
        court_bye(c, bye, hop)->gone = court_ok(c, bye, hop)->gone = true;
    c->evidence.dropped = 1;
}

static void send_the_highest_number(struct court *c, int bye)
{
    court_edit_behind(c, bye, 0, "CSeq: 2 ", "CSeq: 4294967295 ");
}

static void send_too_high_a_number(struct court *c, int bye)
{
    court_edit_behind(c, bye, 0, "CSeq: 2 ", "CSeq: 4294967296 ");
}

static void send_no_number(struct court *c, int bye)
{
    court_edit_behind(c, bye, 0, "CSeq: 2 ", "CSeq: two ");
}

static void write_the_method_otherwise(struct court *c, int bye)
{
    court_edit_behind(c, bye, 0, "CSeq: 2 BYE", "CSeq:\t2\r\n   BYE  ");
}

/* A method is compared as it is: this is none that anybody knows. */
static void write_the_method_small(struct court *c, int bye)
{
    court_edit_byes(c, bye, 2, "CSeq: 2 BYE", "CSeq: 2 bye");
}

/* One hop names another method, and was not captured. */
static void name_another_method_unseen(struct court *c, int bye)
{
    talk_edit(court_bye(c, bye, 2), "CSeq: 2 BYE", "CSeq: 2 INFO");
    court_bye(c, bye, 2)->gone = true;
}

static void name_another_method_to_the_end(struct court *c, int bye)
{
    court_edit_byes(c, bye, 0, "CSeq: 2 BYE", "CSeq: 2 CANCEL");
}

static void answer_without_a_via(struct court *c, int bye)
{
    court_edit_oks(c, bye, 6, "Via: SIP/2.0/UDP 127.0.10.1:5060;branch=z9hG4bK-1-BYE-2-0\r\n", "");
}

static void answer_without_a_to_tag(struct court *c, int bye)
{
    court_edit_oks(c, bye, 6, ";tag=b1", "");
}

static void answer_another_port(struct court *c, int bye)
{
    court_edit_oks(c, bye, 6, "Via: SIP/2.0/UDP 127.0.10.1:5060", "Via: SIP/2.0/UDP 127.0.10.1:5070");
}

/* received and rport of the request's topmost Via, added by client-b in its answer (18.2.1, 18.2.2). */
static void answer_with_received(struct court *c, int bye)
{
    talk_edit(court_ok(c, bye, 6), ";branch=z9hG4bK-1-BYE-2-6",
              ";branch=z9hG4bK-1-BYE-2-6;received=127.0.20.2;rport=5060");
}

/* Neither client-b's answer nor the request that it was handed is captured. */
static void see_neither_end(struct court *c, int bye)
{
    answer_another_tag(c, bye);
    court_bye(c, bye, 6)->gone = court_ok(c, bye, 6)->gone = true;
    c->evidence.dropped = 1;
}

static const struct court_case cases[] = {
    {"core-a changes the To tag", change_to_tag, VERDICT_FAIL, "dialog.identity", 4, "24 25"},
    {"core-a or core-b changes the To tag", change_to_tag_unseen, VERDICT_FAIL, "dialog.identity", 5,
     "24 25"},
    {"core-a changes the Call-ID", change_call_id, VERDICT_FAIL, "dialog.identity", 4, "24 25"},
    {"core-a changes the From URI", change_from_uri, VERDICT_FAIL, "dialog.identity", 4, "24 25"},
    {"core-a shows another name", show_another_name, VERDICT_PASS, NULL, 0, NULL},
    {"client-a closes a dialog that there is not", close_another_dialog, VERDICT_FAIL, "dialog.identity", 1,
     "22"},
    {"client-a closes an early dialog", close_an_early_dialog, VERDICT_PASS, NULL, 0, NULL},
    {"client-a closes while it rings", close_while_it_rings, VERDICT_PASS, NULL, 0, NULL},
    {"client-a closes while it is answered", close_while_it_is_answered, VERDICT_PASS, NULL, 0, NULL},
    {"another dialog, and frames are lost", close_another_and_lose_frames, VERDICT_INCONCLUSIVE,
     "dialog.identity", 1, "22"},
    {"another dialog, and no setup", see_no_setup, VERDICT_PASS, NULL, 0, NULL},
    {"core-a changes the CSeq", change_cseq, VERDICT_FAIL, "cseq.preserved", 4, "24 25"},
    {"core-a spoils the CSeq", spoil_cseq, VERDICT_FAIL, "cseq.preserved", 4, "24 25"},
    {"core-a writes it otherwise", write_cseq_otherwise, VERDICT_PASS, NULL, 0, NULL},
    {"client-a repeats its CSeq", repeat_cseq, VERDICT_FAIL, "cseq.increasing", 1, "22"},
    {"client-a leaves a gap", leave_a_gap, VERDICT_PASS, NULL, 0, NULL},
    {"a repeated CSeq, and no setup", repeat_cseq_without_setup, VERDICT_PASS, NULL, 0, NULL},
    {"pf-a names another method", name_another_method, VERDICT_FAIL, "cseq.method", 3, "24"},
    {"client-b answers with another tag", answer_another_tag, VERDICT_FAIL, "response.copied", 8, "28 29"},
    {"client-b answers another call", answer_another_call, VERDICT_FAIL, "response.copied", 8, "28 29"},
    {"client-b answers another method", answer_another_method, VERDICT_FAIL, "response.copied", 8, "28 29"},
    {"client-b answers what came", answer_the_method_that_came, VERDICT_FAIL, "cseq.method", 1, "22"},
    {"client-b answers another CSeq", answer_another_cseq, VERDICT_FAIL, "response.copied", 8, "28 29"},
    {"core-b changes the answer's tag", pass_another_tag, VERDICT_FAIL, "response.copied", 11, "31 32"},
    {"client-b answers with a name, compact", answer_with_a_name, VERDICT_PASS, NULL, 0, NULL},
    {"client-b's own answer is not seen", see_one_answer, VERDICT_INCONCLUSIVE, "reply.origin", 8, "28 29"},
    {"tags among other parameters", turn_tag_and_parameters, VERDICT_PASS, NULL, 0, NULL},
    {"a From without brackets", write_from_without_brackets, VERDICT_PASS, NULL, 0, NULL},
    {"the same URIs otherwise", write_uris_otherwise, VERDICT_PASS, NULL, 0, NULL},
    {"the same address otherwise", write_addresses_otherwise, VERDICT_PASS, NULL, 0, NULL},
    {"the same number otherwise", write_telephone_numbers, VERDICT_PASS, NULL, 0, NULL},
    {"core-b changes the number", change_the_number, VERDICT_FAIL, "dialog.identity", 5, "25 26"},
    {"core-a unescapes what is reserved", unescape_a_reserved, VERDICT_FAIL, "dialog.identity", 4, "24 25"},
    {"core-a or core-b changes the CSeq", change_cseq_by_two, VERDICT_FAIL, "cseq.preserved", 5, "24 25"},
    {"one message of the request is captured", change_cseq_unseen, VERDICT_INCONCLUSIVE, "reply.missing", 9,
     "22"},
    {"the highest CSeq", send_the_highest_number, VERDICT_PASS, NULL, 0, NULL},
    {"a CSeq too high", send_too_high_a_number, VERDICT_FAIL, "syntax", 1, "22"},
    {"a CSeq that is no number", send_no_number, VERDICT_FAIL, "syntax", 1, "22"},
    {"the method behind a fold", write_the_method_otherwise, VERDICT_PASS, NULL, 0, NULL},
    {"the method in small letters", write_the_method_small, VERDICT_FAIL, "cseq.method", 3, "24"},
    {"another method, not captured", name_another_method_unseen, VERDICT_PASS, NULL, 0, NULL},
    {"client-a names another method", name_another_method_to_the_end, VERDICT_FAIL, "cseq.method", 1, "22"},
    {"client-b leaves a Via out", answer_without_a_via, VERDICT_FAIL, "response.copied", 8, "28 29"},
    {"client-b leaves the To tag out", answer_without_a_to_tag, VERDICT_FAIL, "response.copied", 8, "28 29"},
    {"client-b answers another port", answer_another_port, VERDICT_FAIL, "response.copied", 8, "28 29"},
    {"client-b adds received", answer_with_received, VERDICT_PASS, NULL, 0, NULL},
    {"client-b's link is not captured", see_neither_end, VERDICT_FAIL, "response.copied", 9, "27 28"},
};

static void judges_the_dialog(void)
{
    court_try(cases, sizeof cases / sizeof cases[0]);
}

static const struct test tests[] = {
    {"judges the dialog", judges_the_dialog},
};
TEST_MAIN("rules_dialog", tests)
