#include "tests/hep_packet.h"
#include "tests/test.h"
#include "tests/websocket.h"
#include "wire/link.h"
#include "wire/source.h"
#include "wire/tcp.h"
#include "wire/wire.h"

#include <errno.h>
#include <stdio.h>

#define BYE "BYE sip:bob@b.example SIP/2.0\r\nVia: SIP/2.0/UDP x\r\n\r\n"
#define A   "192.0.2.1"
#define B   "192.0.2.2"
#define A6  "2001:db8::1"
#define B6  "2001:db8::2"

struct seen {
    unsigned n;
    struct payload last; /* bytes are not kept */
    char bytes[4096];
    size_t nbytes;
    int answer;
};

static struct seen seen;
static struct wire *w;
static uint64_t number;
static nsec_t now;

static int64_t take(void *ctx, const struct payload *p)
{
    CU_ASSERT_PTR_EQUAL(ctx, &seen);
    seen.n++;
    seen.last = *p;
    seen.nbytes = p->bytes.n < sizeof seen.bytes ? p->bytes.n : sizeof seen.bytes;
    memcpy(seen.bytes, p->bytes.p, seen.nbytes);
    return seen.answer ? seen.answer : (int64_t)p->bytes.n;
}

static void fresh_with(const struct wire_options *options)
{
    wire_free(w);
    w = NULL;
    seen = (struct seen){.n = 0};
    number = 0;
    now = 1700000000 * NSEC_PER_SEC;
    CU_ASSERT_EQUAL_FATAL(wire_new(options, (struct payload_sink){take, &seen}, &w), 0);
}

static void fresh(void)
{
    fresh_with(NULL);
}

static void give_link(uint32_t linktype, struct slice bytes)
{
    struct frame f = craft_frame(++number, now, linktype, bytes);

    now += 1000;
    CU_ASSERT_EQUAL(wire_frame(w, &f), 0);
}

static void give(struct slice ip)
{
    give_link(LINKTYPE_RAW, ip);
}

/* Every frame has become something: the outcomes add up. */
static void check_outcomes(void)
{
    uint64_t sum = 0;

    CU_ASSERT_EQUAL(wire_flush(w), 0);
    for (int i = 0; i < WIRE_OUTCOMES; i++)
        sum += wire_count(w, i);
    CU_ASSERT_EQUAL(sum, wire_frames(w));
    CU_ASSERT_EQUAL(wire_frames(w), number);
}

static void check_seen(unsigned n, const char *src, uint16_t sport, enum transport transport)
{
    struct addr a = craft_addr(src);

    CU_ASSERT_EQUAL(seen.n, n);
    CU_ASSERT_TRUE(addr_eq(&seen.last.src.addr, &a));
    CU_ASSERT_EQUAL(seen.last.src.port, sport);
    CU_ASSERT_EQUAL(seen.last.transport, transport);
    CU_ASSERT_EQUAL(seen.last.frame, number);
    CHECK_SLICE(((struct slice){seen.bytes, seen.nbytes}), BYE);
}

static void udp_over_both_versions(void)
{
    fresh();
    give_link(LINKTYPE_ETHERNET, eth(0x0800, ip4(A, B, 17, 1, udp(5060, 5080, SLICE(BYE)))));
    check_seen(1, A, 5060, TRANSPORT_UDP);
    CU_ASSERT_EQUAL(seen.last.dst.port, 5080);
    CU_ASSERT_FALSE(seen.last.stream || seen.last.cut || seen.last.gap || seen.last.last);
    CU_ASSERT_EQUAL(seen.last.time, now - 1000);
    give_link(LINKTYPE_ETHERNET, eth(0x86dd, ip6(A6, B6, 17, udp(5060, 5080, SLICE(BYE)))));
    check_seen(2, A6, 5060, TRANSPORT_UDP);
    give(ip6(A6, B6, 60, join(SLICE("\x11\0\0\0\0\0\0\0"), udp(5061, 5080, SLICE(BYE)))));
    check_seen(3, A6, 5061, TRANSPORT_UDP);
    CU_ASSERT_EQUAL(wire_count(w, WIRE_USED), 3);
    check_outcomes();
}

static void sip_on_any_port(void)
{
    fresh();
    give(ip4(A, B, 17, 1, udp(40000, 40001, SLICE(BYE))));
    CU_ASSERT_EQUAL(seen.n, 1);
    give(ip4(A, B, 17, 2, udp(40000, 40001, SLICE("\x80\x08voice"))));
    give(ip4(A, B, 17, 3, udp(40000, 53, SLICE("\x12\x34\1\0\0\1"))));
    CU_ASSERT_EQUAL(seen.n, 1);
    CU_ASSERT_EQUAL(wire_count(w, WIRE_NOT_SIP), 2);
    give(ip4(A, B, 17, 4, udp(40000, 5060, SLICE("\x01\x02no SIP, but on its port"))));
    CU_ASSERT_EQUAL(seen.n, 2);
    give(ip4(A, B, 17, 5, udp(40000, 5060, SLICE("\r\n\r\n"))));
    CU_ASSERT_EQUAL(seen.n, 2);
    CU_ASSERT_EQUAL(wire_count(w, WIRE_KEEPALIVE), 1);
    check_outcomes();
}

static void ports_that_are_named(void)
{
    struct wire_options o = {.nsip_ports = 1, .sip_port = {6000}};

    fresh_with(&o);
    give(ip4(A, B, 17, 1, udp(6000, 1, SLICE("\x01 no SIP"))));
    give(ip4(A, B, 17, 2, udp(5060, 5060, SLICE("\x01 no SIP"))));
    CU_ASSERT_EQUAL(seen.n, 1);
    check_outcomes();
}

static void datagrams_that_lie(void)
{
    struct slice d = udp(5060, 5060, SLICE(BYE)), packet;

    fresh();
    craft_put((char *)(uintptr_t)d.p + 4, d.n + 1, 2);
    give(ip4(A, B, 17, 1, d)); /* longer than its packet */
    craft_put((char *)(uintptr_t)d.p + 4, 7, 2);
    give(ip4(A, B, 17, 2, d)); /* shorter than its header */
    give(ip4(A, B, 17, 3, SLICE("short")));
    CU_ASSERT_EQUAL(wire_count(w, WIRE_BAD_TRANSPORT), 3);
    packet = ip4(A, B, 17, 4, udp(5060, 5060, SLICE(BYE)));
    give(slice_head(packet, 20 + 7)); /* cut by the snap length */
    give(slice_head(packet, 19));
    CU_ASSERT_EQUAL(wire_count(w, WIRE_SHORT), 2);
    CU_ASSERT_EQUAL(seen.n, 0);
    give(slice_head(packet, packet.n - 5));
    CU_ASSERT_EQUAL(seen.n, 1);
    CU_ASSERT_TRUE(seen.last.cut);
    CU_ASSERT_EQUAL(wire_count(w, WIRE_PAYLOAD_CUT), 1);
    give(SLICE("\x50 no IP"));
    give_link(LINKTYPE_ETHERNET, eth(0x0806, SLICE("arp")));
    give_link(147, SLICE("private"));
    give_link(LINKTYPE_ETHERNET, SLICE(""));
    give(ip4(A, B, 1, 5, SLICE("ping")));
    give(ip4(A, B, 50, 6, SLICE("secret")));
    CU_ASSERT_EQUAL(wire_count(w, WIRE_NOT_IP), 2);
    CU_ASSERT_EQUAL(wire_count(w, WIRE_LINK_UNKNOWN), 1);
    CU_ASSERT_EQUAL(wire_count(w, WIRE_OTHER_PROTOCOL), 1);
    CU_ASSERT_EQUAL(wire_count(w, WIRE_ENCRYPTED), 1);
    check_outcomes();
}

static void fragments(void)
{
    struct slice d = udp(5060, 5060, SLICE(BYE));

    fresh();
    give(ip4_part(A, B, 17, 9, 40, false, slice_tail(d, 40)));
    give(ip4_part(A, B, 17, 9, 0, true, slice_head(d, 24)));
    CU_ASSERT_EQUAL(seen.n, 0);
    give(ip4_part(A, B, 17, 9, 24, true, slice_head(slice_tail(d, 24), 16)));
    check_seen(1, A, 5060, TRANSPORT_UDP);
    CU_ASSERT_EQUAL(wire_count(w, WIRE_USED), 3);
    give(ip6_part(A6, B6, 17, 9, 24, false, slice_tail(d, 24)));
    give(ip6_part(A6, B6, 17, 9, 0, true, slice_head(d, 24)));
    check_seen(2, A6, 5060, TRANSPORT_UDP);
    give(ip4_part(A, B, 17, 10, 0, true, slice_head(d, 24)));
    give(ip4_part(A, B, 17, 10, 0, true, slice_head(d, 24))); /* captured twice */
    give(ip4_part(A, B, 17, 10, 8, true, SLICE("7 bytes")));
    CU_ASSERT_EQUAL(wire_count(w, WIRE_DUPLICATE), 1);
    check_outcomes();
    CU_ASSERT_EQUAL(wire_count(w, WIRE_FRAGMENT_INCOMPLETE), 1);
    CU_ASSERT_EQUAL(wire_count(w, WIRE_FRAGMENT_BAD), 1);
}

static void tunnels(void)
{
    struct slice in = ip4(A, B, 17, 1, udp(5060, 5060, SLICE(BYE)));
    struct slice teid = SLICE("\x30\xff\0\0teid");
    struct slice gtp = join(teid, in), deep;

    craft_put((char *)(uintptr_t)gtp.p + 2, in.n, 2);
    fresh();
    give(ip4("10.0.0.1", "10.0.0.2", 4, 1, in));
    check_seen(1, A, 5060, TRANSPORT_UDP);
    now += NSEC_PER_SEC;
    give(ip4("10.0.0.1", "10.0.0.2", 47, 2, join(SLICE("\0\0\x08\0"), in)));
    check_seen(2, A, 5060, TRANSPORT_UDP);
    now += NSEC_PER_SEC;
    give(ip6("::1", "::2", 17, udp(1, 2152, gtp)));
    check_seen(3, A, 5060, TRANSPORT_UDP);
    give(in); /* the same packet on the other side of the tunnel's end */
    CU_ASSERT_EQUAL(wire_count(w, WIRE_DUPLICATE), 1);
    deep = in;
    for (int i = 0; i < 20; i++)
        deep = ip4("10.0.0.1", "10.0.0.2", 4, 1, deep);
    give(deep);
    CU_ASSERT_EQUAL(wire_count(w, WIRE_NESTED), 1);
    CU_ASSERT_EQUAL(seen.n, 3);
    check_outcomes();
}

/* Between a terminal and its core IPsec may only sign. */
static void signed_packets(void)
{
    struct slice d = udp(5060, 5060, SLICE(BYE)), tail = SLICE("\1\1\x11signature96b");

    fresh();
    CU_ASSERT_EQUAL_FATAL((d.n + 3) % 4, 0);
    give(ip4(A, B, 50, 1, join(SLICE("spi_\0\0\0\1"), join(d, tail))));
    check_seen(1, A, 5060, TRANSPORT_UDP);
    check_outcomes();
}

/* The outer packet in fragments, and the inner one too: every frame is accounted for. */
static void fragments_in_tunnels(void)
{
    struct slice d = udp(5060, 5060, SLICE(BYE));
    struct slice head = ip4_part(A, B, 17, 9, 0, true, slice_head(d, 24));
    struct slice rest = ip4_part(A, B, 17, 9, 24, false, slice_tail(d, 24));

    fresh();
    give(ip4_part("10.0.0.1", "10.0.0.2", 4, 5, 0, true, slice_head(head, 16)));
    give(ip4_part("10.0.0.1", "10.0.0.2", 4, 5, 16, false, slice_tail(head, 16)));
    give(ip4("10.0.0.1", "10.0.0.2", 4, 6, rest));
    check_seen(1, A, 5060, TRANSPORT_UDP);
    CU_ASSERT_EQUAL(wire_count(w, WIRE_USED), 3);
    check_outcomes();
}

static void duplicates_count_once(void)
{
    struct slice with_id = ip4(A, B, 17, 7, udp(5060, 5060, SLICE(BYE)));
    struct slice without = ip6(A6, B6, 17, udp(5060, 5060, SLICE(BYE)));
    struct slice routed = join(with_id, SLICE(""));

    ((char *)(uintptr_t)routed.p)[8] = 63; /* one hop on: time to live and checksum have changed */
    ((char *)(uintptr_t)routed.p)[10] = 1;
    fresh();
    give(with_id);
    give(routed);
    CU_ASSERT_EQUAL(seen.n, 1);
    give(without);
    give(without);
    CU_ASSERT_EQUAL(seen.n, 2);
    now += 500 * NSEC_PER_MSEC; /* T1 later it is a retransmission */
    give(without);
    give(ip4(A, B, 17, 8, udp(5060, 5060, SLICE(BYE))));
    CU_ASSERT_EQUAL(seen.n, 4);
    CU_ASSERT_EQUAL(wire_count(w, WIRE_DUPLICATE), 2);
    check_outcomes();
}

static struct slice tcp4(bool from_a, uint32_t seq, uint8_t flags, struct slice data)
{
    static uint16_t id;

    return from_a ? ip4(A, B, 6, ++id, tcp_seg(40000, 5060, seq, 1, flags, data))
                  : ip4(B, A, 6, ++id, tcp_seg(5060, 40000, seq, 1, flags, data));
}

static void tcp_streams(void)
{
    fresh();
    give(tcp4(true, 0, TCP_SYN, SLICE("")));
    give(tcp4(true, 1, TCP_ACK, slice_head(SLICE(BYE), 20)));
    give(tcp4(true, 1, TCP_ACK, slice_head(SLICE(BYE), 20))); /* sent again */
    give(tcp4(true, 21, TCP_ACK, slice_tail(SLICE(BYE), 20)));
    CU_ASSERT_TRUE(seen.last.stream);
    check_seen(1, A, 40000, TRANSPORT_TCP);
    give(tcp4(true, sizeof BYE, TCP_ACK, SLICE("\r\n\r\n")));
    give(tcp4(true, sizeof BYE + 4, TCP_FIN, SLICE("")));
    give(tcp4(true, sizeof BYE + 4, 0, SLICE("late")));
    CU_ASSERT_EQUAL(wire_count(w, WIRE_USED), 2);
    CU_ASSERT_EQUAL(wire_count(w, WIRE_RETRANSMITTED), 1);
    CU_ASSERT_EQUAL(wire_count(w, WIRE_CONTROL), 2);
    CU_ASSERT_EQUAL(wire_count(w, WIRE_KEEPALIVE), 1);
    CU_ASSERT_EQUAL(wire_count(w, WIRE_AFTER_CLOSE), 1);
    give(ip4(A, B, 6, 1, slice_head(tcp_seg(1, 2, 3, 4, 0, SLICE("")), 19)));
    CU_ASSERT_EQUAL(wire_count(w, WIRE_BAD_TRANSPORT), 1);
    check_outcomes();
}

static void other_streams(void)
{
    const struct unreadable *u;
    struct wire_options o = {.tls_read = true};

    fresh();
    give(tcp4(true, 0, TCP_SYN, SLICE("")));
    give(tcp4(true, 1, 0, SLICE("\x16\3\1\0\5hello")));
    give(tcp4(true, 11, 0, SLICE("\x17\3\3\0\5secret")));
    CU_ASSERT_EQUAL(wire_count(w, WIRE_TLS_UNREADABLE), 2);
    u = wire_unreadable(w, 0);
    CU_ASSERT_PTR_NOT_NULL_FATAL(u);
    CU_ASSERT_EQUAL(u->dst.port, 5060);
    CU_ASSERT_EQUAL(u->frame, 2);
    CU_ASSERT_PTR_NULL(wire_unreadable(w, 1));
    CU_ASSERT_PTR_NULL(wire_unreadable(w, -1));
    give(tcp4(false, 0, TCP_SYN, SLICE("")));
    give(tcp4(false, 1, 0, SLICE("HTTP/1.1 200 OK\r\n\r\n")));
    give(tcp4(false, 20, 0, SLICE("body")));
    CU_ASSERT_EQUAL(wire_count(w, WIRE_NOT_SIP), 2);
    CU_ASSERT_EQUAL(seen.n, 0);
    check_outcomes();
    fresh_with(&o);
    give(tcp4(true, 1, 0, SLICE("\x16\3\1\0\5hello")));
    CU_ASSERT_EQUAL(wire_count(w, WIRE_TLS_DECRYPTED), 1);
    check_outcomes();
}

static void websocket(void)
{
    struct slice get = SLICE("GET / HTTP/1.1\r\nUpgrade: websocket\r\n\r\n");

    fresh();
    give(tcp4(true, 0, TCP_SYN, SLICE("")));
    give(tcp4(true, 1, 0, get));
    give(tcp4(true, 1 + (uint32_t)get.n, 0, ws_frame(0x81, true, SLICE(BYE))));
    CU_ASSERT_FALSE(seen.last.stream);
    check_seen(1, A, 40000, TRANSPORT_WS);
    check_outcomes();
}

static struct slice sctp4(const char *text)
{
    static uint32_t tsn;
    char h[28] = {0x13, (char)0xc4, 0x13, (char)0xc4, 0, 0, 0, 7, 0, 0, 0, 0, 0, 3};

    craft_put(h + 14, 16 + strlen(text), 2);
    craft_put(h + 16, ++tsn, 4);
    return ip4(
        A, B, 132, 0,
        join(craft_join(h, sizeof h, slice_of(text)), (struct slice){"\0\0\0", (4 - strlen(text) % 4) % 4}));
}

static void sctp(void)
{
    struct slice packet = sctp4(BYE);

    fresh();
    give(packet);
    check_seen(1, A, 5060, TRANSPORT_SCTP);
    give(packet); /* captured twice */
    CU_ASSERT_EQUAL(wire_count(w, WIRE_DUPLICATE), 1);
    give(sctp4("\r\n"));
    CU_ASSERT_EQUAL(wire_count(w, WIRE_KEEPALIVE), 1);
    give(ip4(A, B, 132, 0, SLICE("too short")));
    CU_ASSERT_EQUAL(wire_count(w, WIRE_BAD_TRANSPORT), 1);
    check_outcomes();
}

/* What `sender` reports, `after` what was last reported. */
static void report(const char *sender, nsec_t after, struct slice packet)
{
    struct frame f = hep_frame(++number, now += after, sender, packet);

    CU_ASSERT_EQUAL(wire_frame(w, &f), 0);
}

static struct slice report_of(uint16_t port, uint8_t protocol, uint32_t agent)
{
    return hep_report(A, 5060, B, port, protocol, agent, SLICE(BYE));
}

/* Both functions report the message that went from one to the other; it is one message, seen twice. */
static void hep(void)
{
    uint32_t first;

    fresh();
    report(A, 0, report_of(5060, 17, 1));
    check_seen(1, A, 5060, TRANSPORT_UDP);
    first = seen.last.reporter;
    CU_ASSERT_TRUE(first != 0 && !seen.last.again && !seen.last.stream);
    CU_ASSERT_EQUAL(seen.last.time, now);
    CU_ASSERT_EQUAL(seen.last.stamp, INT64_C(1700000000123456000));
    report(B, 0, hep_report(A, 40001, B, 5060, 17, 1, SLICE(BYE))); /* the port of a connection */
    CU_ASSERT_TRUE(seen.n == 2 && seen.last.again && seen.last.reporter != first);
    report(A, 0, report_of(5060, 17, 2)); /* another agent behind the same sender */
    CU_ASSERT_TRUE(seen.n == 3 && seen.last.again && seen.last.reporter != first);
    CU_ASSERT_EQUAL(wire_count(w, WIRE_DUPLICATE), 2);
    report(A, NSEC_PER_MSEC, report_of(5060, 17, 1)); /* a proxy with many clocks behind it, and no names */
    CU_ASSERT_TRUE(seen.n == 3 && wire_count(w, WIRE_DUPLICATE) == 3);
    report(A, 500 * NSEC_PER_MSEC, report_of(5060, 17, 1)); /* sent again */
    CU_ASSERT_TRUE(seen.n == 4 && !seen.last.again && seen.last.reporter == first);
    report("192.0.2.99", 0, hep_report(A, 5060, B, 5061, 22, 1, SLICE(BYE "x")));
    CU_ASSERT_EQUAL(seen.last.transport, TRANSPORT_TLS);
    report(A, 0, slice_head(report_of(5061, 22, 1), 80));
    CU_ASSERT_EQUAL(wire_count(w, WIRE_HEP_BAD), 1);
    report(A, 0, SLICE("no HEP"));
    CU_ASSERT_EQUAL(wire_count(w, WIRE_HEP_BAD), 2);
    report(A, 0, SLICE("HEP3\0\x0d\0\0\0\x0b\0\7\x64"));
    CU_ASSERT_EQUAL(wire_count(w, WIRE_HEP_OTHER), 1);
    check_outcomes();
}

static void hep_in_a_capture(void)
{
    struct wire_options o = {.hep_inside = true};
    struct slice report = hep_report(A, 5060, B, 5060, 6, 1, SLICE(BYE));

    fresh();
    give(ip4("10.0.0.1", "10.0.0.9", 17, 1, udp(40000, 9060, report)));
    CU_ASSERT_EQUAL(wire_count(w, WIRE_NOT_SIP), 1);
    fresh_with(&o);
    give(ip4("10.0.0.1", "10.0.0.9", 17, 1, udp(40000, 9060, report)));
    check_seen(1, A, 5060, TRANSPORT_TCP);
    give(ip4("10.0.0.1", "10.0.0.9", 17, 2, udp(40000, 5555, report))); /* at any port */
    CU_ASSERT_EQUAL(wire_count(w, WIRE_DUPLICATE), 1);
    check_outcomes();
}

static void exported_data(void)
{
    struct slice tags = SLICE("\0\x0c\0\4sip\0\0\x14\0\4\xc0\0\2\1\0\x15\0\4\xc0\0\2\2\0\x18\0\4\0\0\0\2"
                              "\0\x19\0\4\0\0\x13\xc4\0\x1a\0\4\0\0\x13\xc4\0\x1e\0\4\0\0\0\x4d\0\0\0\0");
    struct slice whole = join(tags, SLICE(BYE));

    fresh();
    give_link(LINKTYPE_UPPER_PDU, whole);
    CU_ASSERT_EQUAL(seen.last.frame, 77);
    number = 77;
    check_seen(1, A, 5060, TRANSPORT_TCP);
    number = 1;
    CU_ASSERT_TRUE(seen.last.stream && seen.last.last); /* it may hold several messages, all of them whole */
    for (size_t n = 0; n < tags.n; n++)
        give_link(LINKTYPE_UPPER_PDU, slice_head(tags, n));
    CU_ASSERT_EQUAL(wire_count(w, WIRE_SHORT), tags.n);
    give_link(LINKTYPE_UPPER_PDU, SLICE("\0\x0c\0\4http\0\0\0\0GET /"));
    CU_ASSERT_EQUAL(wire_count(w, WIRE_NOT_SIP), 1);
    check_outcomes();
}

/* What TLS carried is a stream that somebody else has put in order; its frames were counted as they came. */
static void decrypted_data(void)
{
    struct wire_options o = {.tls_read = true};
    struct slice tags = SLICE("\0\x0c\0\4data\0\x14\0\4\xc0\0\2\1\0\x15\0\4\xc0\0\2\2\0\x18\0\4\0\0\0\2"
                              "\0\x19\0\4\0\0\x13\xc4\0\x1a\0\4\0\0\x13\xc4\0\0\0\0");
    struct frame f = craft_frame(7, now, LINK_DECRYPTED, join(tags, slice_head(SLICE(BYE), 20)));

    fresh_with(&o);
    CU_ASSERT_EQUAL(wire_frame(w, &f), 0);
    CU_ASSERT_EQUAL(wire_frames(w), 0);
    f.number = 8;
    f.bytes = join(tags, slice_tail(SLICE(BYE), 20));
    CU_ASSERT_EQUAL(wire_frame(w, &f), 0);
    number = 8;
    CU_ASSERT_TRUE(seen.last.stream);
    check_seen(seen.n, A, 5060, TRANSPORT_TLS);
    f.bytes = slice_head(f.bytes, 11);
    CU_ASSERT_EQUAL(wire_frame(w, &f), 0);
    number = 0;
    check_outcomes();
    fresh(); /* nobody asked for it */
    f.bytes = join(tags, SLICE(BYE));
    CU_ASSERT_EQUAL(wire_frame(w, &f), 0);
    CU_ASSERT_EQUAL(seen.n, 0);
}

static void a_live_capture_ticks(void)
{
    fresh();
    give(tcp4(true, 0, TCP_SYN, SLICE("")));
    give(tcp4(true, 100, 0, SLICE(BYE)));
    CU_ASSERT_EQUAL(seen.n, 0);
    CU_ASSERT_EQUAL(wire_tick(w, now + 6 * NSEC_PER_SEC), 0);
    CU_ASSERT_EQUAL(seen.n, 1);
    CU_ASSERT_TRUE(seen.last.gap);
    CU_ASSERT_EQUAL(seen.last.frame, 2);
    CU_ASSERT_EQUAL(wire_count(w, WIRE_TCP_GAP), 1);
    check_outcomes();
}

static void times_beyond_reason(void)
{
    const nsec_t times[] = {INT64_MIN, INT64_MAX, 0, -1, FRAME_TIME_MAX};

    fresh();
    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        struct frame f = craft_frame(++number, times[i], LINKTYPE_RAW,
                                     ip4(A, B, 17, (uint16_t)(9 + i), udp(1, 5060, SLICE(BYE))));
        CU_ASSERT_EQUAL(wire_frame(w, &f), 0);
        f.bytes = ip4_part(A, B, 17, (uint16_t)i, 0, true, SLICE("12345678"));
        number++;
        CU_ASSERT_EQUAL(wire_frame(w, &f), 0);
        f.bytes = tcp4(true, 100 * (uint32_t)i, 0, SLICE(BYE));
        number++;
        CU_ASSERT_EQUAL(wire_frame(w, &f), 0);
    }
    check_outcomes();
}

static void the_sink_can_stop_it(void)
{
    struct frame f = craft_frame(1, 0, LINKTYPE_RAW, ip4(A, B, 17, 1, udp(1, 5060, SLICE(BYE))));

    fresh();
    seen.answer = -ECANCELED;
    CU_ASSERT_EQUAL(wire_frame(w, &f), -ECANCELED);
}

static void every_count_has_its_words(void)
{
    for (int i = 0; i < WIRE_COUNTS; i++) {
        CU_ASSERT_TRUE(wire_count_name(i) && wire_count_text(i));
        for (int k = 0; k < i; k++)
            CU_ASSERT_STRING_NOT_EQUAL(wire_count_name(i), wire_count_name(k));
    }
    wire_free(w);
    wire_free(NULL);
    w = NULL;
}

static const struct test tests[] = {
    {"UDP over both versions", udp_over_both_versions},
    {"SIP on any port", sip_on_any_port},
    {"ports that are named", ports_that_are_named},
    {"datagrams that lie", datagrams_that_lie},
    {"fragments", fragments},
    {"tunnels", tunnels},
    {"signed packets", signed_packets},
    {"fragments in tunnels", fragments_in_tunnels},
    {"duplicates count once", duplicates_count_once},
    {"TCP streams", tcp_streams},
    {"other streams", other_streams},
    {"WebSocket", websocket},
    {"SCTP", sctp},
    {"HEP", hep},
    {"HEP in a capture", hep_in_a_capture},
    {"exported data", exported_data},
    {"decrypted data", decrypted_data},
    {"a live capture ticks", a_live_capture_ticks},
    {"times beyond reason", times_beyond_reason},
    {"the sink can stop it", the_sink_can_stop_it},
    {"every count has its words", every_count_has_its_words},
};
TEST_MAIN("wire", tests)
