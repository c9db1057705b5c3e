/* Payloads that come without a packet of their own: reported by a server (HEP), exported by Wireshark. */
#include "tests/hep_packet.h"
#include "tests/wire_given.h"

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

/* A capture at the same place shows the message, too. */
static void hep_beside_a_capture(void)
{
    fresh();
    give(ip4(A, B, 17, 1, udp(5060, 5060, SLICE(BYE))));
    CU_ASSERT_FALSE(seen.last.again);
    report(A, 0, report_of(5060, 17, 1));
    CU_ASSERT_TRUE(seen.n == 2 && seen.last.again && seen.last.reporter != 0);
    report(B, 0, report_of(5060, 17, 1));
    CU_ASSERT_TRUE(seen.n == 3 && seen.last.again);
    give(ip4(A, B, 17, 2, udp(5060, 5060, SLICE(BYE "x"))));
    CU_ASSERT_TRUE(seen.n == 4 && !seen.last.again);
    CU_ASSERT_EQUAL(wire_count(w, WIRE_DUPLICATE), 2);
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

static void the_end(void)
{
    wire_free(w);
    w = NULL;
}

static const struct test tests[] = {
    {"HEP", hep},
    {"HEP beside a capture", hep_beside_a_capture},
    {"HEP in a capture", hep_in_a_capture},
    {"exported data", exported_data},
    {"decrypted data", decrypted_data},
    {"the end", the_end},
};
TEST_MAIN("reported", tests)
