#include "tests/websocket.h"
#include "tests/wire_given.h"
#include "wire/tcp.h"

#include <errno.h>
#include <stdio.h>

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

/* Two captures of the same 20,000 packets, the second by a clock that is seconds off: each packet once. */
static void duplicates_across_captures(void)
{
    enum { PACKETS = 20000 };

    fresh();
    for (uint32_t source = 0; source < 2; source++) {
        for (int i = 0; i < PACKETS; i++) {
            char text[80];
            int n = snprintf(text, sizeof text, "BYE sip:%d@b.example SIP/2.0\r\n\r\n", i);
            struct frame f = craft_frame((uint64_t)i + 1, now + i * NSEC_PER_MSEC, LINKTYPE_RAW,
                                         ip6(A6, B6, 17, udp(5060, 5060, (struct slice){text, (size_t)n})));
            f.source = source;
            number++;
            CU_ASSERT_EQUAL(wire_frame(w, &f), 0);
            if (source == 0 && i == 0) { /* the other source shows early that it is there */
                f.source = 1;
                f.bytes = ip6(A6, B6, 58, SLICE("ping"));
                number++;
                CU_ASSERT_EQUAL(wire_frame(w, &f), 0);
            }
        }
        now += 3 * NSEC_PER_SEC;
    }
    CU_ASSERT_EQUAL(wire_count(w, WIRE_USED), PACKETS);
    CU_ASSERT_EQUAL(wire_count(w, WIRE_DUPLICATE), PACKETS);
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
    {"duplicates across captures", duplicates_across_captures},
    {"TCP streams", tcp_streams},
    {"other streams", other_streams},
    {"WebSocket", websocket},
    {"SCTP", sctp},
    {"a live capture ticks", a_live_capture_ticks},
    {"times beyond reason", times_beyond_reason},
    {"the sink can stop it", the_sink_can_stop_it},
    {"every count has its words", every_count_has_its_words},
};
TEST_MAIN("wire", tests)
