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
    {"client-b answers another CSeq", answer_another_cseq, VERDICT_FAIL, "response.copied", 8, "28 29"},
    {"core-b changes the answer's tag", pass_another_tag, VERDICT_FAIL, "response.copied", 11, "31 32"},
    {"client-b answers with a name, compact", answer_with_a_name, VERDICT_PASS, NULL, 0, NULL},
    {"client-b's own answer is not seen", see_one_answer, VERDICT_INCONCLUSIVE, "reply.origin", 8, "28 29"},
};

static void judges_the_dialog(void)
{
    court_try(cases, sizeof cases / sizeof cases[0]);
}

static const struct test tests[] = {
    {"judges the dialog", judges_the_dialog},
};
TEST_MAIN("rules_dialog", tests)
