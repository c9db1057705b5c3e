#include "tests/craft.h"
#include "tests/pipe.h"
#include "tests/test.h"
#include "wire/tunnel.h"

#define IP4 "\x45IPv4"
#define ETH "\2\0\0\0\0\1\2\0\0\0\0\2\x08\0" IP4

static bool is_ip(enum link_result r, struct slice ip)
{
    return r == LINK_IP && ip.n == 5 && memcmp(ip.p, IP4, 5) == 0;
}

static void reads_gre(void)
{
    const struct slice cases[] = {
        SLICE("\0\0\x08\0" IP4),               /* plain */
        SLICE("\x80\0\x08\0cccc" IP4),         /* checksum */
        SLICE("\x20\0\x08\0kkkk" IP4),         /* key */
        SLICE("\xb0\0\x08\0cccckkkkssss" IP4), /* all of them */
        SLICE("\0\0\x65\x58" ETH),             /* bridged */
        SLICE("\0\0\x88\x47\0\2\1\x40" IP4),   /* MPLS */
        SLICE("\x30\x81\x88\x0b"
              "kkkkssssaaaa\xff\3\0\x21" IP4), /* PPTP */
        SLICE("\0\0\x88\xbe" ETH),             /* ERSPAN I */
        SLICE("\x10\0\x88\xbe"
              "ssss12345678" ETH), /* II */
        SLICE("\x10\0\x22\xeb"
              "ssss12345678901\0" ETH), /* III */
        SLICE("\x10\0\x22\xeb"
              "ssss12345678901\1platform" ETH),
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct slice ip = {NULL, 0};
        for (size_t n = 0; n < cases[i].n - 5; n++) {
            struct slice g = guarded(slice_head(cases[i], n));
            CU_ASSERT_NOT_EQUAL(tunnel_gre(g, &ip), LINK_IP);
            unguard(g);
        }
        CU_ASSERT_TRUE(is_ip(tunnel_gre(cases[i], &ip), ip));
    }
}

static void leaves_what_gre_does_not_say(void)
{
    struct slice ip;

    CU_ASSERT_EQUAL(tunnel_gre(SLICE("\0\2\x08\0" IP4), &ip), LINK_NOT_IP); /* no such version */
    CU_ASSERT_EQUAL(tunnel_gre(SLICE("\0\0\x08\x06"
                                     "arp"),
                               &ip),
                    LINK_NOT_IP);
    CU_ASSERT_EQUAL(tunnel_gre(SLICE("\x30\x01\x88\x0b"
                                     "kkkkssss"),
                               &ip),
                    LINK_NOT_IP); /* PPTP's ack alone */
}

static void reads_tunnels_over_udp(void)
{
    const struct {
        uint16_t port;
        struct slice d;
    } cases[] = {
        {2152, SLICE("\x30\xff\0\5teid" IP4)},
        {2152, SLICE("\x32\xff\0\x09teid"
                     "ss\0\0" IP4)},
        {2152, SLICE("\x34\xff\0\x0dteid"
                     "ss\0\x85"
                     "\1\x10\x09\0" IP4)}, /* the 5G extension */
        {4789, SLICE("\x08\0\0\0\0\0\5\0" ETH)},
        {8472, SLICE("\x08\0\0\0\0\0\5\0" ETH)},
        {6081, SLICE("\0\0\x65\x58\0\0\5\0" ETH)},
        {6081, SLICE("\1\0\x08\0\0\0\5\0opts" IP4)},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct slice ip = {NULL, 0};
        for (size_t n = 0; n < cases[i].d.n - 5; n++) {
            struct slice g = guarded(slice_head(cases[i].d, n));
            CU_ASSERT_NOT_EQUAL(tunnel_udp(40000, cases[i].port, g, &ip), LINK_IP);
            unguard(g);
        }
        CU_ASSERT_TRUE(is_ip(tunnel_udp(40000, cases[i].port, cases[i].d, &ip), ip));
        CU_ASSERT_EQUAL(tunnel_udp(40000, 5060, cases[i].d, &ip), LINK_UNKNOWN);
    }
}

/* SIP on a tunnel's port is SIP. */
static void leaves_sip_alone(void)
{
    const uint16_t ports[] = {2152, 4789, 8472, 6081};
    struct slice ip;

    for (size_t i = 0; i < sizeof ports / sizeof *ports; i++) {
        CU_ASSERT_EQUAL(tunnel_udp(5060, ports[i], SLICE("BYE sip:b@b SIP/2.0\r\n"), &ip), LINK_UNKNOWN);
        CU_ASSERT_EQUAL(tunnel_udp(5060, ports[i], SLICE("SIP/2.0 200 OK\r\n"), &ip), LINK_UNKNOWN);
    }
    CU_ASSERT_EQUAL(tunnel_udp(1, 2152, SLICE("\x32\x01\0\4teidss\0\0"), &ip),
                    LINK_UNKNOWN); /* echo request */
}

static void stops_at_extensions_that_lie(void)
{
    struct slice ip;

    CU_ASSERT_EQUAL(tunnel_udp(1, 2152, SLICE("\x34\xff\0\x0dteidss\0\x85\0\x10\x09\0" IP4), &ip),
                    LINK_SHORT);
    CU_ASSERT_EQUAL(tunnel_udp(1, 2152, SLICE("\x34\xff\0\x0dteidss\0\x85\x7f\x10\x09\0" IP4), &ip),
                    LINK_SHORT);
}

static const struct test tests[] = {
    {"reads GRE", reads_gre},
    {"leaves what GRE does not say", leaves_what_gre_does_not_say},
    {"reads tunnels over UDP", reads_tunnels_over_udp},
    {"leaves SIP alone", leaves_sip_alone},
    {"stops at extensions that lie", stops_at_extensions_that_lie},
};
TEST_MAIN("tunnel", tests)
