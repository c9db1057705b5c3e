#include <stdio.h>

#include "trace/leg.h"

#include "tests/saying.h"

#define HEAD(vias, to, cseq)                                                                                 \
    vias "From: \"A\" <sip:a@x>;tag=a1\r\nTo: <sip:b@x>" to "\r\nCall-ID: c\r\nCSeq: " cseq "\r\n"
#define VIA1 "Via: SIP/2.0/UDP a;branch=z9hG4bK1\r\n"
#define VIA2 "Via: SIP/2.0/UDP p;branch=z9hG4bK2\r\n" VIA1

static struct arena arena;
static struct leg leg;

static void begin(void)
{
    arena_done(&arena);
    arena_init(&arena, 1 << 20);
    leg = (struct leg){.arena = &arena};
}

static void note(const char *text)
{
    static struct saying s;

    CU_ASSERT_TRUE(leg_note(&leg, saying(&s, text, "192.0.2.1", "192.0.2.2", 0)));
}

static void invite(void)
{
    note("INVITE sip:b@x SIP/2.0\r\n" HEAD(
        VIA1, "",
        "3 INVITE") "Contact: <sip:a@192.0.2.1>\r\nAccept-Contact: *;audio, "
                    "*;+g.3gpp.icsi-ref=\"urn%3Aurn-7%3A3gpp-service.ims.icsi.oma.cpm.session\"\r\n\r\n");
    note("INVITE sip:b@x SIP/2.0\r\n" HEAD(VIA2, "", "3 INVITE") "Contact: <sip:a@192.0.2.1>\r\n\r\n");
}

static void accept(const char *text)
{
    note(text);
}

#define OK(to, rr, contact)                                                                                  \
    "SIP/2.0 200 OK\r\n" HEAD(VIA1, to, "3 INVITE") "Record-Route: " rr "\r\nContact: <" contact ">\r\n\r\n"

static void learns_the_dialog(void)
{
    struct dialog *d;
    enum dialog_end end;

    begin();
    invite();
    CU_ASSERT_TRUE(leg.invite_seen && leg.service);
    CHECK_SLICE(leg.caller_tag, "a1");
    CHECK_SLICE(leg.invite_branch, "z9hG4bK1");
    CU_ASSERT_EQUAL(leg.root, 1);
    CU_ASSERT_EQUAL(leg.reached, 2);
    accept(OK(";tag=b1", "<sip:p2;lr>, <sip:p1;lr>", "sip:b@192.0.2.9"));
    CU_ASSERT_EQUAL_FATAL(leg.ndialogs, 1);
    d = leg_dialog(&leg, SLICE("b1"), SLICE("a1"), false, &end);
    CU_ASSERT_PTR_NOT_NULL_FATAL(d);
    CU_ASSERT_EQUAL(end, DIALOG_CALLEE);
    CU_ASSERT_TRUE(d->confirmed && !d->acked);
    CHECK_SLICE(d->route_down, "<sip:p2;lr>,<sip:p1;lr>");
    CHECK_SLICE(d->target[DIALOG_CALLEE], "sip:b@192.0.2.9");
    CHECK_SLICE(d->target[DIALOG_CALLER], "sip:a@192.0.2.1");
    CU_ASSERT_EQUAL(d->cseq[DIALOG_CALLER], 3);
    note("ACK sip:b@x SIP/2.0\r\n" HEAD(VIA1, ";tag=b1", "3 ACK") "\r\n");
    CU_ASSERT_TRUE(d->acked);
    CU_ASSERT_TRUE(d->ack.vias == 1 && d->ack.from == 1 && d->ack.to == 2 && d->answered.vias == 1);
    note("ACK sip:b@x SIP/2.0\r\n" HEAD(VIA2, ";tag=b1", "3 ACK") "\r\n");
    CU_ASSERT_EQUAL(d->ack.vias, 2);
    note("ACK sip:b@x SIP/2.0\r\n" HEAD(VIA2 VIA2, ";tag=b1", "4 ACK") "\r\n"); /* of a later INVITE */
    CU_ASSERT_EQUAL(d->ack.vias, 2);
}

/* Functions write Contact and Record-Route anew, and captures of several hosts come in any order. */
static void takes_what_each_end_was_told(void)
{
    struct dialog *d;
    enum dialog_end end;

    begin();
    note("INVITE sip:b@x SIP/2.0\r\n" HEAD(VIA2, "", "3 INVITE") "Contact: <sip:a@nat>\r\n\r\n");
    note("SIP/2.0 200 OK\r\n" HEAD(VIA1, ";tag=b1", "3 INVITE") "Record-Route: <sip:near;lr>\r\n"
                                                                "Contact: <sip:b@nat>\r\n\r\n");
    note("INVITE sip:b@x SIP/2.0\r\n" HEAD(VIA1, "", "3 INVITE") "Contact: <sip:a@192.0.2.1>\r\n\r\n");
    note("SIP/2.0 200 OK\r\n" HEAD(VIA2, ";tag=b1", "3 INVITE") "Record-Route: <sip:far;lr>\r\n"
                                                                "Contact: <sip:b@192.0.2.9>\r\n\r\n");
    d = leg_dialog(&leg, SLICE("a1"), SLICE("b1"), false, &end);
    CU_ASSERT_PTR_NOT_NULL_FATAL(d);
    CHECK_SLICE(d->target[DIALOG_CALLER], "sip:a@nat");
    CHECK_SLICE(d->target[DIALOG_CALLEE], "sip:b@nat");
    CHECK_SLICE(d->route_up, "<sip:near;lr>");
    CHECK_SLICE(d->route_down, "<sip:far;lr>");
    /* the INVITE nearest to the callee comes last of all */
    note("INVITE sip:b@x SIP/2.0\r\n" HEAD(VIA2 VIA2, "", "3 INVITE") "Contact: <sip:a@edge>\r\n\r\n");
    CHECK_SLICE(d->target[DIALOG_CALLER], "sip:a@edge");
}

static void follows_a_refresh(void)
{
    struct dialog *d;
    enum dialog_end end;

    begin();
    invite();
    accept(OK(";tag=b1", "<sip:p1;lr>", "sip:b@192.0.2.9"));
    d = leg_dialog(&leg, SLICE("a1"), SLICE("b1"), false, &end);
    CU_ASSERT_PTR_NOT_NULL_FATAL(d);
    note("UPDATE sip:b@x SIP/2.0\r\n" HEAD(VIA1, ";tag=b1", "4 UPDATE") "Contact: <sip:a@moved>\r\n\r\n");
    CHECK_SLICE(d->target[DIALOG_CALLER], "sip:a@192.0.2.1"); /* not yet */
    note("SIP/2.0 200 OK\r\n" HEAD(VIA1, ";tag=b1", "4 UPDATE") "Contact: <sip:b@moved>\r\n\r\n");
    CHECK_SLICE(d->target[DIALOG_CALLER], "sip:a@moved");
    CHECK_SLICE(d->target[DIALOG_CALLEE], "sip:b@moved");
    CU_ASSERT_EQUAL(d->cseq[DIALOG_CALLER], 4);
    note("INVITE sip:b@x SIP/2.0\r\n" HEAD(VIA1, ";tag=b1", "5 INVITE") "Contact: <sip:a@again>\r\n\r\n");
    note("SIP/2.0 488 No\r\n" HEAD(VIA1, ";tag=b1", "5 INVITE") "\r\n");
    CHECK_SLICE(d->target[DIALOG_CALLER], "sip:a@moved"); /* refused */
    CHECK_SLICE(d->route_down, "<sip:p1;lr>");            /* never moves: RFC 3261 12.2 */
}

static void tells_forks_apart(void)
{
    char text[512];
    enum dialog_end end;

    begin();
    invite();
    note("SIP/2.0 183 On\r\n" HEAD(VIA1, ";tag=e1", "3 INVITE") "\r\n");
    note("SIP/2.0 100 Trying\r\n" HEAD(VIA1, ";tag=no", "3 INVITE") "\r\n");
    CU_ASSERT_EQUAL_FATAL(leg.ndialogs, 1);
    CU_ASSERT_TRUE(leg.dialog[0]->early && !leg.dialog[0]->confirmed);
    for (int i = 0; i < 2 * LEG_DIALOGS_MAX; i++) {
        static struct saying s;
        snprintf(text, sizeof text, "SIP/2.0 200 OK\r\n" HEAD(VIA1, ";tag=b%d", "3 INVITE") "\r\n", i);
        CU_ASSERT_TRUE(leg_note(&leg, saying(&s, text, "192.0.2.1", "192.0.2.2", 0)));
    }
    CU_ASSERT_EQUAL(leg.ndialogs, LEG_DIALOGS_MAX);
    CU_ASSERT_PTR_NULL(leg_dialog(&leg, SLICE("a1"), SLICE("b15"), true, &end));
    CU_ASSERT_PTR_NOT_NULL(leg_dialog(&leg, SLICE("a1"), SLICE("b0"), false, &end));
}

/* Where the setup was not captured the one who speaks first counts as the caller. */
static void takes_what_it_gets(void)
{
    struct dialog *d;
    enum dialog_end end;

    begin();
    d = leg_dialog(&leg, SLICE("x"), SLICE("y"), true, &end);
    CU_ASSERT_PTR_NOT_NULL_FATAL(d);
    CU_ASSERT_EQUAL(end, DIALOG_CALLER);
    CU_ASSERT_TRUE(leg_dialog(&leg, SLICE("y"), SLICE("x"), true, &end) == d);
    CU_ASSERT_EQUAL(end, DIALOG_CALLEE);
    CU_ASSERT_FALSE(d->confirmed);
    arena_done(&arena);
}

static const struct test tests[] = {
    {"learns the dialog", learns_the_dialog},
    {"takes what each end was told", takes_what_each_end_was_told},
    {"follows a refresh", follows_a_refresh},
    {"tells forks apart", tells_forks_apart},
    {"takes what it gets", takes_what_it_gets},
};
TEST_MAIN("leg", tests)
