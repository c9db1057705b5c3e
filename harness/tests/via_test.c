#include "sip/via.h"
#include "tests/guard.h"
#include "tests/test.h"

#include <stdio.h>

static bool is(struct slice s, const char *text)
{
    return text ? s.p && slice_eq(s, slice_of(text)) : s.p == NULL;
}

/* NULL is for what is not there. */
static const struct via_case {
    const char *text;
    bool ok;
    const char *transport, *host;
    uint16_t port;
    const char *branch, *received, *rport, *params;
} vias[] = {
    {"SIP/2.0/UDP h:5060;branch=z9hG4bKa;rport=5061;received=192.0.2.1", true, "UDP", "h", 5060, "z9hG4bKa",
     "192.0.2.1", "5061", ";branch=z9hG4bKa;rport=5061;received=192.0.2.1"},
    {"SIP/2.0/UDP h", true, "UDP", "h", 0, NULL, NULL, NULL, NULL},
    {"SIP/2.0/UDP h;rport", true, "UDP", "h", 0, NULL, NULL, "", ";rport"},
    {"SIP / 2.0\r\n / UDP h : 5060 ; branch = z ;x", true, "UDP", "h", 5060, "z", NULL, NULL,
     "; branch = z ;x"},
    {"SIP/2.0/tls-sctp h;BRANCH=z;Received=[::1]", true, "tls-sctp", "h", 0, "z", "[::1]", NULL,
     ";BRANCH=z;Received=[::1]"},
    {"SIP/2.0/TCP [2001:db8::44]:5060;branch=z", true, "TCP", "2001:db8::44", 5060, "z", NULL, NULL,
     ";branch=z"},
    {"SIP/2.0/TCP [2001:db8::44];branch=z", true, "TCP", "2001:db8::44", 0, "z", NULL, NULL, ";branch=z"},
    {"SIP/2.0/UDP\th;x=\"a;branch=no\";branch=z", true, "UDP", "h", 0, "z", NULL, NULL,
     ";x=\"a;branch=no\";branch=z"},
    {"SIP/2.0/UDP h;branch=a;branch=b", true, "UDP", "h", 0, "a", NULL, NULL, ";branch=a;branch=b"},
    {"SIP/2.0/UDP h;branch", true, "UDP", "h", 0, "", NULL, NULL, ";branch"},
    {"SIP/2.0/UDP h;branch=", true, "UDP", "h", 0, "", NULL, NULL, ";branch="},
    {"SIP/2.0/UDP h;;branch=z;", true, "UDP", "h", 0, "z", NULL, NULL, ";;branch=z;"},
    {"SIP/2.0/UDP h:50x0;branch=z", false, "UDP", "h", 0, "z", NULL, NULL, ";branch=z"},
    {"SIP/2.0/UDP h:;branch=z", false, "UDP", "h", 0, "z", NULL, NULL, ";branch=z"},
    {"SIP/2.0/UDP h:65536", false, "UDP", "h", 0, NULL, NULL, NULL, NULL},
    {"SIP/2.0/UDP h i;branch=z", false, "UDP", "h", 0, "z", NULL, NULL, ";branch=z"},
    {"SIP/2.0/UDP ;branch=z", false, "UDP", "", 0, "z", NULL, NULL, ";branch=z"},
    {"SIP/2.0/UDP;branch=z", false, "UDP", "", 0, "z", NULL, NULL, ";branch=z"},
    {"SIP/2.0 h;branch=z", false, "", "h", 0, "z", NULL, NULL, ";branch=z"},
    {"h;branch=z", false, "", "h", 0, "z", NULL, NULL, ";branch=z"},
    {"SIP/2.0/UDP [::1;branch=z", false, "UDP", "::1", 0, "z", NULL, NULL, ";branch=z"},
    {"SIP/2.0/UDP []:5060", false, "UDP", "", 5060, NULL, NULL, NULL, NULL},
    {"", false, "", "", 0, NULL, NULL, NULL, NULL},
    {";", false, "", "", 0, NULL, NULL, NULL, ";"},
};

static void decodes(void)
{
    struct guard g;

    guard_init(&g, 4096);
    for (size_t i = 0; i < sizeof vias / sizeof vias[0]; i++) {
        const struct via_case *c = &vias[i];
        struct slice text = guard_put(&g, slice_of(c->text));
        struct sip_via v;
        bool ok = sip_via_decode(text, &v) == c->ok && is(sip_via_branch(text), c->branch) &&
                  slice_eq(v.transport, slice_of(c->transport)) && is(v.host, c->host) && v.port == c->port &&
                  is(v.branch, c->branch) && is(v.received, c->received) && is(v.rport, c->rport) &&
                  is(v.params, c->params);
        if (!ok)
            printf("%s -> host %.*s:%u\n", c->text, SLICE_ARG(v.host), v.port);
        CU_ASSERT_TRUE(ok);
    }
    guard_done(&g);
}

static void decodes_nothing(void)
{
    struct sip_via v;

    CU_ASSERT_FALSE(sip_via_decode((struct slice){NULL, 0}, &v));
    CU_ASSERT_PTR_NULL(v.branch.p);
    CU_ASSERT_PTR_NULL(sip_via_branch((struct slice){NULL, 0}).p);
    CU_ASSERT_EQUAL(v.host.n, 0);
}

static const struct test tests[] = {{"decodes", decodes}, {"decodes_nothing", decodes_nothing}};
TEST_MAIN("via", tests)
