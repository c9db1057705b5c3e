#include "tests/test.h"
#include "tests/websocket.h"
#include "wire/stream.h"

#include <errno.h>
#include <stdio.h>

#define BYE "BYE sip:bob@b.example SIP/2.0\r\nVia: SIP/2.0/TCP x\r\n\r\n"
#define GET "GET /sip HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nSec-WebSocket-Protocol: sip\r\n\r\n"

/* Payloads are written down: flags, transport, the first 12 bytes, how many. */
static char shown[4096];
static int64_t answer; /* -1: everything */

static int64_t take(void *ctx, const struct payload *p)
{
    size_t at = strlen(shown);

    CU_ASSERT_PTR_EQUAL(ctx, shown);
    CU_ASSERT_EQUAL(p->stream, p->transport == TRANSPORT_TCP);
    snprintf(shown + at, sizeof shown - at, "%s%s%s%s:%.*s:%u ", p->gap ? "g" : "", p->cut ? "c" : "",
             p->last ? "l" : "", transport_name(p->transport), (int)(p->bytes.n < 12 ? p->bytes.n : 12),
             p->bytes.p, (unsigned)p->bytes.n);
    return answer == -1 ? (int64_t)p->bytes.n : answer;
}

struct direction {
    struct stream_reader r;
    struct endpoint src, dst;
    uint8_t kind, peer;
};

static struct direction *fresh(void)
{
    static struct direction d;

    stream_done(&d.r);
    d = (struct direction){.src.port = 1, .dst.port = 5060};
    stream_init(&d.r, TRANSPORT_TCP, (struct payload_sink){take, shown}, 4096);
    shown[0] = '\0';
    answer = -1;
    return &d;
}

static int64_t give_flagged(struct direction *d, struct slice s, bool gap, bool cut, bool last)
{
    struct tcp_chunk c = {.bytes = s, .src = &d->src, .dst = &d->dst, .gap = gap, .cut = cut, .last = last};

    c.kind = &d->kind;
    c.peer_kind = &d->peer;
    return stream_take(&d->r, &c);
}

static int64_t give(struct direction *d, struct slice s)
{
    return give_flagged(d, s, false, false, false);
}

static void check(const char *want)
{
    if (strcmp(shown, want) != 0)
        printf("\n    shown  %s\n    wanted %s\n", shown, want);
    CU_ASSERT_STRING_EQUAL(shown, want);
    shown[0] = '\0';
}

static void hands_sip_on(void)
{
    struct direction *d = fresh();

    CU_ASSERT_EQUAL(give(d, SLICE("BYE sip:b")), 0); /* not enough to tell */
    check("");
    CU_ASSERT_EQUAL(give(d, SLICE(BYE)), sizeof BYE - 1);
    check("TCP:BYE sip:bob@:53 ");
    CU_ASSERT_EQUAL(d->kind, STREAM_SIP);
    CU_ASSERT_EQUAL(give_flagged(d, SLICE("SIP/2.0 2"), true, true, true), 9);
    check("gclTCP:SIP/2.0 2:9 ");
    answer = 5;
    CU_ASSERT_EQUAL(give(d, SLICE(BYE)), 5);
    answer = -EPIPE;
    CU_ASSERT_EQUAL(give(d, SLICE(BYE)), -EPIPE);
}

static void swallows_keepalives(void)
{
    struct direction *d = fresh();

    CU_ASSERT_EQUAL(give(d, SLICE("\r\n\r\n")), 4);
    CU_ASSERT_TRUE(d->r.keepalive);
    CU_ASSERT_EQUAL(give(d, SLICE(BYE)), sizeof BYE - 1);
    CU_ASSERT_FALSE(d->r.keepalive);
    check("TCP:BYE sip:bob@:53 ");
    CU_ASSERT_EQUAL(give(d, SLICE("\r\n")), 2);
    check("");
}

static void passes_over_what_is_not_sip(void)
{
    struct direction *d = fresh();

    CU_ASSERT_EQUAL(give(d, SLICE("GET / HTTP/1.1\r\nHost: x\r\n\r\n")), 27);
    CU_ASSERT_EQUAL(d->r.shown, STREAM_OTHER);
    CU_ASSERT_EQUAL(give(d, SLICE("any bytes, even SIP/2.0 in their middle\r\n" BYE)),
                    40 + 1 + sizeof BYE - 1);
    check("");
    CU_ASSERT_EQUAL(give(d, SLICE(BYE)), sizeof BYE - 1); /* but where a segment begins as SIP does, it is */
    check("gTCP:BYE sip:bob@:53 ");
    d = fresh();
    CU_ASSERT_EQUAL(give(d, SLICE("MSRP 1 SEND\r\nTo-Path: x\r\n\r\nBYE")), 30);
    CU_ASSERT_EQUAL(d->kind, STREAM_OTHER);
}

static void counts_tls(void)
{
    struct direction *d = fresh();

    CU_ASSERT_EQUAL(give(d, SLICE("\x16\3\1\0\5hello")), 10);
    CU_ASSERT_EQUAL(d->r.shown, STREAM_TLS);
    CU_ASSERT_EQUAL(give(d, SLICE("\x17\3\3\0\5" BYE)), 5 + sizeof BYE - 1);
    check("");
    CU_ASSERT_EQUAL(d->r.nunreadable, 1);
    CU_ASSERT_EQUAL(d->r.unreadable[0].streams, 1);
    CU_ASSERT_EQUAL(d->r.unreadable[0].dst.port, 5060);
    d->kind = STREAM_NEW;
    give(d, SLICE("\x16\3\1\0\5hello"));
    CU_ASSERT_EQUAL(d->r.unreadable[0].streams, 2);
    for (int i = 0; i < UNREADABLE_MAX + 3; i++) {
        d->kind = STREAM_NEW;
        d->src.port = (uint16_t)(1000 + i);
        give(d, SLICE("\x16\3\1\0\5hello"));
    }
    CU_ASSERT_EQUAL(d->r.nunreadable, UNREADABLE_MAX);
    CU_ASSERT_EQUAL(d->r.counts.unreadable_more, 4);
}

/* A capture that begins inside a message: nothing before the first start line is handed on. */
static void finds_its_way_in_mid_stream(void)
{
    struct direction *d = fresh();

    CU_ASSERT_EQUAL(give_flagged(d, SLICE("a: b\r\nv=0\r\n" BYE), true, false, false), 11 + sizeof BYE - 1);
    check("gTCP:BYE sip:bob@:53 ");
    CU_ASSERT_EQUAL(d->r.counts.skipped_bytes, 11);
    d = fresh();
    CU_ASSERT_EQUAL(give_flagged(d, SLICE("a: b\r\nBYE sip:b"), true, false, false), 6); /* a line is kept */
    CU_ASSERT_EQUAL(give_flagged(d, SLICE(BYE), true, false, false), sizeof BYE - 1);
    check("gTCP:BYE sip:bob@:53 ");
    d = fresh();
    CU_ASSERT_EQUAL(give_flagged(d, filled('x', 3000), true, false, false), 3000); /* but not without end */
}

static void reads_websocket(void)
{
    struct direction *d = fresh();
    struct slice bye = ws_frame(0x81, true, SLICE(BYE)), ping = ws_frame(0x89, true, SLICE("x"));
    struct slice all = join(SLICE(GET), join(bye, join(ping, join(bye, slice_head(bye, 20)))));

    CU_ASSERT_EQUAL(give(d, slice_head(SLICE(GET), 30)), 0);
    CU_ASSERT_EQUAL(give(d, all), (int64_t)all.n - 20);
    check("WS:BYE sip:bob@:53 WS:BYE sip:bob@:53 ");
    CU_ASSERT_EQUAL(d->r.shown, STREAM_WS);
    CU_ASSERT_EQUAL(give(d, ws_frame(0xc1, true, SLICE("deflated"))), 14);
    CU_ASSERT_EQUAL(d->r.counts.ws_unreadable, 1);
    CU_ASSERT_EQUAL(give(d, ws_frame(0x81, true, SLICE("\r\n\r\n"))), 10); /* a keep-alive (RFC 7118 6) */
    check("");
}

static void follows_websocket_across_a_gap(void)
{
    struct direction *d = fresh();
    struct slice bye = ws_frame(0x81, true, SLICE(BYE));

    d->kind = STREAM_WS;
    CU_ASSERT_EQUAL(give_flagged(d, slice_tail(bye, 20), true, false, false), (int64_t)bye.n - 20);
    CU_ASSERT_EQUAL(d->kind, STREAM_WS_LOST);
    CU_ASSERT_EQUAL(give(d, slice_tail(bye, 10)), (int64_t)bye.n - 10);
    check("");
    CU_ASSERT_EQUAL(give(d, bye), (int64_t)bye.n);
    check("WS:BYE sip:bob@:53 ");
    CU_ASSERT_EQUAL(give(d, SLICE("\xff\xff no frame")), 11);
    CU_ASSERT_EQUAL(d->r.counts.ws_lost, 1);
    d = fresh(); /* the capture begins after the handshake */
    CU_ASSERT_EQUAL(give_flagged(d, bye, true, false, false), (int64_t)bye.n);
    check("WS:BYE sip:bob@:53 ");
}

static void an_upgrade_that_is_refused(void)
{
    struct direction *d = fresh();

    CU_ASSERT_EQUAL(give(d, SLICE("HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n")), 50);
    CU_ASSERT_EQUAL(d->kind, STREAM_OTHER);
    d = fresh();
    CU_ASSERT_EQUAL(give(d, join(SLICE("GET /"), filled('x', 17000))), 17005); /* a header part without end */
    CU_ASSERT_EQUAL(d->kind, STREAM_OTHER);
}

static const struct test tests[] = {
    {"hands SIP on", hands_sip_on},
    {"swallows keep-alives", swallows_keepalives},
    {"passes over what is not SIP", passes_over_what_is_not_sip},
    {"counts TLS", counts_tls},
    {"finds its way in mid-stream", finds_its_way_in_mid_stream},
    {"reads WebSocket", reads_websocket},
    {"follows WebSocket across a gap", follows_websocket_across_a_gap},
    {"an upgrade that is refused", an_upgrade_that_is_refused},
};
TEST_MAIN("stream", tests)
