#include "sip/reason.h"
#include "sip/value.h"
#include "tests/test.h"

#include <stdio.h>

static const struct reason_case {
    const char *value;
    bool ok;
    const char *protocol, *cause;
    uint32_t code;
    const char *text;
} reasons[] = {
    {"SIP;cause=200;text=\"Call completed\"", true, "SIP", "200", 200, "Call completed"},
    {"SIP ;cause=200 ;text=\"Call completed\"", true, "SIP", "200", 200, "Call completed"},
    {"Q.850 ; cause = 16 ;\r\n text = \"a;cause=1\"", true, "Q.850", "16", 16, "a;cause=1"},
    {"sip;CAUSE=410;TEXT=\"\\\"Gone\\\"\"", true, "sip", "410", 410, "\\\"Gone\\\""},
    {"SIP", true, "SIP", NULL, 0, NULL},
    {"SIP;cause=200;text=bare", true, "SIP", "200", 200, "bare"},
    {"SIP;text=\"\"", true, "SIP", NULL, 0, ""},
    {"SIP;cause=two", false, "SIP", "two", 0, NULL},
    {"SIP;cause", false, "SIP", "", 0, NULL},
    {"SIP;cause=4294967296", false, "SIP", "4294967296", 0, NULL},
    {";cause=200", false, "", "200", 200, NULL},
    {"S P;cause=200", false, "S P", "200", 200, NULL},
    {"", false, "", NULL, 0, NULL},
};

static bool is(struct slice s, const char *text)
{
    return text ? s.p && slice_eq(s, slice_of(text)) : s.p == NULL;
}

static void decodes(void)
{
    for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++) {
        const struct reason_case *c = &reasons[i];
        struct sip_reason r;
        bool ok = sip_reason_decode(slice_of(c->value), &r) == c->ok && is(r.protocol, c->protocol) &&
                  is(r.cause, c->cause) && r.cause_code == c->code && is(r.text, c->text);
        if (!ok)
            printf("%s\n", c->value);
        CU_ASSERT_TRUE(ok);
    }
}

static void finds(void)
{
    static struct sip_field table[SIP_FIELDS_MAX];
    struct sip_reason r = {.cause_code = 7};
    struct sip_msg m;
    size_t used;

    CU_ASSERT_EQUAL_FATAL(sip_scan(&m, table,
                                   SLICE("BYE sip:b@b SIP/2.0\r\nReason: Q.850;cause=16, SIP ;cause=200\r\n"
                                         "reason: sip;cause=410;text=\"a, b\"\r\n\r\n"),
                                   SIP_DATAGRAM, &used),
                          SIP_SCAN_OK);
    CU_ASSERT_FALSE(sip_reason_find(&m, SLICE("preemption"), &r));
    CU_ASSERT_EQUAL(r.cause_code, 7);
    CU_ASSERT_TRUE(sip_reason_find(&m, SLICE("sip"), &r));
    CU_ASSERT_EQUAL(r.cause_code, 200);
    CU_ASSERT_TRUE(sip_reason_find(&m, SLICE("q.850"), &r));
    CU_ASSERT_EQUAL(r.cause_code, 16);
}

static const struct test tests[] = {{"decodes", decodes}, {"finds", finds}};
TEST_MAIN("reason", tests)
