#include "sip/uri.h"
#include "tests/guard.h"
#include "tests/test.h"

#include <stdio.h>

static struct guard guard;

static struct slice put(const char *text)
{
    return guard_put(&guard, slice_of(text));
}

/* NULL is for what is not there. */
static bool is(struct slice s, const char *text)
{
    return text ? s.p && slice_eq(s, slice_of(text)) : s.p == NULL;
}

static const struct addr_case {
    const char *text;
    bool ok;
    const char *display, *uri, *params;
} addrs[] = {
    {"\"Bob, B.\" <sip:b@b;x=1>;tag=2", true, "\"Bob, B.\"", "sip:b@b;x=1", ";tag=2"},
    {"\"B\\\"ob; <x>, \\\\ tag=bad\" <sip:b@b>;tag=2", true, "\"B\\\"ob; <x>, \\\\ tag=bad\"", "sip:b@b",
     ";tag=2"},
    {"Alice\r\n <sip:a@a> ; tag = 2", true, "Alice", "sip:a@a", "; tag = 2"},
    {"<sip:a@a>", true, "", "sip:a@a", NULL},
    {"sip:a@a;tag=2", true, "", "sip:a@a", ";tag=2"},
    {"sip:a@a", true, "", "sip:a@a", NULL},
    {" tel:+1 ", true, "", "tel:+1", NULL},
    {"\"Alice <sip:a@a>;tag=2", false, "\"Alice", "sip:a@a", ";tag=2"},
    {"Alice <sip:a@a", false, "Alice", "sip:a@a", NULL},
    {"<sip:a@a> junk ;tag=2", false, "", "sip:a@a", ";tag=2"},
    {"<>;tag=2", false, "", "", ";tag=2"},
    {"", false, "", "", NULL},
    {";tag=2", false, "", "", ";tag=2"},
};

static void decodes_addresses(void)
{
    for (size_t i = 0; i < sizeof addrs / sizeof addrs[0]; i++) {
        const struct addr_case *c = &addrs[i];
        struct sip_nameaddr a;
        bool ok = sip_nameaddr_decode(put(c->text), &a);
        if (ok != c->ok || !is(a.display, c->display) || !is(a.uri, c->uri) || !is(a.params, c->params))
            printf("%s -> %d\n", c->text, ok);
        CU_ASSERT_TRUE(ok == c->ok && is(a.display, c->display) && is(a.uri, c->uri) &&
                       is(a.params, c->params));
    }
    CU_ASSERT_FALSE(sip_nameaddr_decode((struct slice){NULL, 0}, &(struct sip_nameaddr){.uri = {NULL, 0}}));
}

static const struct uri_case {
    const char *text;
    bool ok;
    const char *scheme, *user, *password, *host;
    uint16_t port;
    const char *params, *headers;
} uris[] = {
    {"sip:a@b", true, "sip", "a", NULL, "b", 0, NULL, NULL},
    {"SIPS:a:pw@b:5061;lr;x=1?s=1&t=2", true, "SIPS", "a", "pw", "b", 5061, ";lr;x=1", "?s=1&t=2"},
    {"sip:a;b?c=/d@e?f", true, "sip", "a;b?c=/d", NULL, "e", 0, NULL, "?f"},
    {"sip:[2001:db8::1]:5060;lr", true, "sip", NULL, NULL, "2001:db8::1", 5060, ";lr", NULL},
    {"sip:a@[::1]", true, "sip", "a", NULL, "::1", 0, NULL, NULL},
    {"sip:b", true, "sip", NULL, NULL, "b", 0, NULL, NULL},
    {"sip:b:50x0;lr", false, "sip", NULL, NULL, "b", 0, ";lr", NULL},
    {"sip:b:;lr", false, "sip", NULL, NULL, "b", 0, ";lr", NULL},
    {"sip:b:65536", false, "sip", NULL, NULL, "b", 0, NULL, NULL},
    {"sip:@b", false, "sip", "", NULL, "b", 0, NULL, NULL},
    {"sip:", false, "sip", NULL, NULL, "", 0, NULL, NULL},
    {"sip:[::1", false, "sip", NULL, NULL, "[", 0, NULL, NULL},
    {"tel:+1-555;phone-context=x", true, "tel", "+1-555", NULL, "", 0, ";phone-context=x", NULL},
    {"tel:", false, "tel", "", NULL, "", 0, NULL, NULL},
    {"urn:service:sos", true, "urn", NULL, NULL, "", 0, NULL, NULL},
    {"alice", false, NULL, NULL, NULL, NULL, 0, NULL, NULL},
    {":b", false, NULL, NULL, NULL, NULL, 0, NULL, NULL},
    {"", false, NULL, NULL, NULL, NULL, 0, NULL, NULL},
};

static void decodes_uris(void)
{
    for (size_t i = 0; i < sizeof uris / sizeof uris[0]; i++) {
        const struct uri_case *c = &uris[i];
        struct sip_uri u;
        bool ok = sip_uri_decode(put(c->text), &u) == c->ok && is(u.scheme, c->scheme) &&
                  is(u.user, c->user) && is(u.password, c->password) && is(u.host, c->host) &&
                  u.port == c->port && is(u.params, c->params) && is(u.headers, c->headers);
        if (!ok)
            printf("%s\n", c->text);
        CU_ASSERT_TRUE(ok);
    }
}

/* The examples of RFC 3261 19.1.4 and RFC 3966 4, and what lies beside them. */
static const struct eq_case {
    const char *a, *b;
    bool same;
} pairs[] = {
    {"sip:%61lice@atlanta.com;transport=TCP", "sip:alice@AtlanTa.CoM;Transport=tcp", true},
    {"sip:carol@chicago.com", "sip:carol@chicago.com;newparam=5", true},
    {"sip:carol@chicago.com", "sip:carol@chicago.com;security=on", true},
    {"sip:carol@chicago.com;newparam=5", "sip:carol@chicago.com;security=on", true},
    {"sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com",
     "sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.com", true},
    {"sip:alice@atlanta.com?subject=project%20x&priority=urgent",
     "sip:alice@atlanta.com?priority=urgent&subject=project%20x", true},
    {"SIP:ALICE@AtLanTa.CoM;Transport=udp", "sip:alice@AtLanTa.CoM;Transport=UDP", false},
    {"sip:bob@biloxi.com", "sip:bob@biloxi.com:5060", false},
    {"sip:bob@biloxi.com", "sip:bob@biloxi.com;transport=udp", false},
    {"sip:bob@biloxi.com", "sip:bob@biloxi.com:6000;transport=tcp", false},
    {"sip:carol@chicago.com", "sip:carol@chicago.com?Subject=next%20meeting", false},
    {"sip:bob@phone21.boxesbybob.com", "sip:bob@192.0.2.4", false},
    {"sip:carol@chicago.com;security=on", "sip:carol@chicago.com;security=off", false},
    {"sip:bob@biloxi.com;lr", "sip:bob@biloxi.com", true},
    {"sip:bob@biloxi.com;lr", "sip:bob@biloxi.com;lr=on", false},
    {"sip:bob@biloxi.com;maddr=192.0.2.1", "sip:bob@biloxi.com", false},
    {"sip:bob@biloxi.com", "sips:bob@biloxi.com", false},
    {"sip:bob@biloxi.com", "sip:bob:@biloxi.com", false},
    {"sip:bob:pw@biloxi.com", "sip:bob:PW@biloxi.com", false},
    {"sip:biloxi.com", "sip:bob@biloxi.com", false},
    {"sip:a%40b@c", "sip:a%40B@c", false},
    {"sip:a%3bb@c", "sip:a;b@c", false},
    {"sip:a%2Db@c", "sip:a-b@c", true},
    {"sip:a%0@c", "sip:a%0@c", true},
    {"sip:a%00@c", "sip:a@c", false},
    {"sip:a@[2001:DB8::1]", "sip:a@[2001:db8:0:0:0:0:0:1]", true},
    {"sip:a@[2001:db8::1]", "sip:a@[2001:db8::2]", false},
    {"sip:a@b?x=1&x=1&y=2", "sip:a@b?x=1&y=2&y=2", false},
    {"tel:+1-201-555-0123", "tel:+1(201)5550123", true},
    {"tel:+12015550123", "tel:+12015550124", false},
    {"tel:7042;phone-context=example.com", "tel:7042;phone-context=EXAMPLE.com", true},
    {"tel:7042;phone-context=+1-914", "tel:7042;PHONE-context=+1914", true},
    {"tel:7042;phone-context=example.com", "tel:7042", false},
    {"tel:+1;ext=1-2", "tel:+1;ext=12", true},
    {"tel:+1;x=1-2", "tel:+1;x=12", false},
    {"tel:+1", "sip:+1@x;user=phone", false},
    {"URN:service:sos", "urn:service:sos", true},
    {"urn:service:sos", "urn:service:SOS", false},
    {"nonsense", "nonsense", true},
    {"nonsense", "NONSENSE", false},
};

static void compares_uris(void)
{
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        struct slice a = slice_of(pairs[i].a), b = slice_of(pairs[i].b);
        bool ok = sip_uri_eq(a, b) == pairs[i].same && sip_uri_eq(b, a) == pairs[i].same &&
                  sip_uri_eq(a, put(pairs[i].b)) == pairs[i].same;
        if (!ok)
            printf("%s / %s\n", pairs[i].a, pairs[i].b);
        CU_ASSERT_TRUE(ok);
    }
}

/* More parameters than are searched: only the same bytes are the same. */
static void bounds_parts(void)
{
    char a[1024] = "sip:x", b[1024] = "sip:x;p0";

    for (int i = 0; i < 70; i++)
        snprintf(a + strlen(a), sizeof a - strlen(a), ";p%d", i);
    for (int i = 69; i >= 0; i--)
        snprintf(b + strlen(b), sizeof b - strlen(b), ";p%d", i);
    CU_ASSERT_FALSE(sip_uri_eq(slice_of(a), slice_of(b)));
    CU_ASSERT_TRUE(sip_uri_eq(slice_of(a), put(a)));
}

int main(int argc, char **argv)
{
    static const struct test tests[] = {
        {"decodes_addresses", decodes_addresses},
        {"decodes_uris", decodes_uris},
        {"compares_uris", compares_uris},
        {"bounds_parts", bounds_parts},
    };
    int status;

    guard_init(&guard, 4096);
    status = test_main(argc, argv, "uri", tests, sizeof tests / sizeof tests[0]);
    guard_done(&guard);
    return status;
}
