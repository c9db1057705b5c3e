#include "tests/pipe.h"
#include "tests/test.h"
#include "wire/sniff.h"

static enum sniff of(struct slice s, enum sniff (*ask)(struct slice))
{
    struct slice g = guarded(s);
    enum sniff r = ask(g);

    unguard(g);
    return r;
}

static void knows_sip(void)
{
    const struct slice cases[] = {
        SLICE("BYE sip:bob@b.example SIP/2.0\r\nVia: x"),
        SLICE("SIP/2.0 200 OK\r\n"),
        SLICE("SIP/2.0 200\r\n"),
        SLICE("\r\n\r\nBYE sip:bob@b.example SIP/2.0\r\n"),
        SLICE("BYE  sip:bob@b.example  SIP/2.0\r\n"),
        SLICE("bye sip:bob@b.example sip/2.0\n"),
        SLICE("X-TENSION! tel:+1 SIP/2.0\r\n"),
        SLICE("BYE sip:bob@b.example SIP/7.0\r\n"),
        SLICE("BYE sip:bob@b.example\r\nVia: SIP/2.0/UDP x"),
        SLICE("BYE sip:bo"),
        SLICE(" BYE sip:bob@b.example SIP/2.0\r\n"),
        SLICE("BYE\tsip:bob@b.example SIP/2.0\r\n"),
        SLICE("Via: SIP/2.0/UDP 192.0.2.1\r\nCSeq: 1 BYE\r\n"), /* the start line is missing */
        SLICE("BYE urn:service:sos SIP/2.0\r\n"),
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        CU_ASSERT_EQUAL(of(cases[i], sniff_datagram), SNIFF_SIP);
}

static void knows_what_is_not(void)
{
    const struct slice cases[] = {
        SLICE("\x80\x08\x12\x34RTP packet"),
        SLICE("\x12\x34\x01\0\0\1\0\0\0\0\0\0\3www\3sip"),
        SLICE("SN\x01\0\0\1\0\0\0\0\0\0\3www"),
        SLICE("\0\1\0\x08\x21\x12\xa4\x42stun"),
        SLICE("HTTP/1.1 200 OK\r\nServer: x\r\n"),
        SLICE("NOTIFY * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\n"),
        SLICE("M-SEARCH * HTTP/1.1\r\n"),
        SLICE("MSRP a786hjs2 SEND\r\nTo-Path: msrp://x\r\n\r\nBYE sip:bob SIP/2.0\r\n"),
        SLICE("OPTIONS rtsp://x/y RTSP/1.0\r\n"),
        SLICE("<134>syslog says BYE sip:x SIP/2.0"),
        SLICE("{\"text\": \"BYE sip:x SIP/2.0\"}"),
        SLICE("just a line of text\r\n"),
        SLICE("d1:ad2:id20:abcdefghij"),
        SLICE("HEP3\0\x40"),
        SLICE("HEP3\0\x40 with BYE sip:bob SIP/2.0 in it"),
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        CU_ASSERT_EQUAL(of(cases[i], sniff_datagram), SNIFF_OTHER);
}

static void knows_keepalives(void)
{
    const struct slice cases[] = {{NULL, 0},         SLICE("\r\n\r\n"), SLICE("\r\n"),
                                  SLICE("\0\0\0\0"), SLICE("\0"),       SLICE(" ")};

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        CU_ASSERT_EQUAL(of(cases[i], sniff_datagram), SNIFF_KEEPALIVE);
}

/* However a stream's first bytes are cut, they are never taken for something else. */
static void waits_for_more_of_a_stream(void)
{
    const struct slice cases[] = {SLICE("BYE sip:bob@b.example SIP/2.0\r\nVia: SIP/2.0/TCP x\r\n"),
                                  SLICE("\r\nSIP/2.0 200 OK\r\nVia: x\r\n"), SLICE("INVITE sip:x\r\n")};

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        for (size_t n = 0; n <= cases[i].n; n++)
            CU_ASSERT_NOT_EQUAL(of(slice_head(cases[i], n), sniff_stream), SNIFF_OTHER);
        CU_ASSERT_EQUAL(of(cases[i], sniff_stream), SNIFF_SIP);
    }
    for (size_t n = 60; n < 70; n++) { /* a word as long as any method, and longer */
        CU_ASSERT_EQUAL(
            of(slice_head(SLICE("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"), n),
               sniff_stream),
            n < 64 ? SNIFF_MORE : SNIFF_OTHER);
    }
    CU_ASSERT_EQUAL(of(SLICE("\r\n"), sniff_stream), SNIFF_KEEPALIVE);
    CU_ASSERT_EQUAL(of(SLICE("GET / HTTP/1.1\r\n"), sniff_stream), SNIFF_OTHER);
    CU_ASSERT_EQUAL(of(SLICE("\x01\x02"), sniff_stream), SNIFF_OTHER);
    CU_ASSERT_EQUAL(of(SLICE("word"), sniff_stream), SNIFF_MORE);
    CU_ASSERT_EQUAL(of(SLICE("MSRP x SEND\r\n"), sniff_stream), SNIFF_OTHER);
}

static void finds_start_lines(void)
{
    CU_ASSERT_TRUE(sniff_start_line(SLICE("BYE sip:b@x SIP/2.0\r\n")));
    CU_ASSERT_TRUE(sniff_start_line(SLICE("BYE sip:b@x SIP/2.0")));
    CU_ASSERT_TRUE(sniff_start_line(SLICE("SIP/2.0 180 Ringing\r\n")));
    CU_ASSERT_TRUE(sniff_start_line(SLICE("bye sip:b@x sip/2.0\n")));
    CU_ASSERT_FALSE(sniff_start_line(SLICE("Via: SIP/2.0\r\n")));
    CU_ASSERT_FALSE(sniff_start_line(SLICE("v=0\r\n")));
    CU_ASSERT_EQUAL(sniff_find_start(SLICE("rest of a body\r\nBYE sip:b@x SIP/2.0\r\n")), 16);
    CU_ASSERT_EQUAL(sniff_find_start(SLICE("Via: SIP/2.0/TCP x\r\nc: 0\r\n\r\nSIP/2.0 200 OK\r\n")), 28);
    CU_ASSERT_EQUAL(sniff_find_start(SLICE("Via: SIP/2.0/TCP x\r\n")), 20);
    CU_ASSERT_EQUAL(sniff_find_start(SLICE("")), 0);
    CU_ASSERT_FALSE(sniff_start_line(SLICE("\tSIP/1.0")));
    CU_ASSERT_FALSE(sniff_start_line(SLICE("SIP/1.0")));
}

static void knows_tls(void)
{
    CU_ASSERT_TRUE(sniff_tls(SLICE("\x16\3\1\2\0\1\0\1\xfc\3\3")));
    CU_ASSERT_TRUE(sniff_tls(SLICE("\x17\3\3\0\x40")));
    CU_ASSERT_FALSE(sniff_tls(SLICE("\x16\3\1\2")));
    CU_ASSERT_FALSE(sniff_tls(SLICE("\x17\3\3\x60\0")));
    CU_ASSERT_FALSE(sniff_tls(SLICE("BYE sip:")));
}

static const struct test tests[] = {
    {"knows SIP", knows_sip},
    {"knows what is not", knows_what_is_not},
    {"knows keep-alives", knows_keepalives},
    {"waits for more of a stream", waits_for_more_of_a_stream},
    {"finds start lines", finds_start_lines},
    {"knows TLS", knows_tls},
};
TEST_MAIN("sniff", tests)
