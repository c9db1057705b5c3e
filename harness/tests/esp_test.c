#include "tests/craft.h"
#include "tests/pipe.h"
#include "tests/test.h"
#include "wire/esp.h"

/* ESP around `in`: padded to fours, with a check value of `check` bytes. */
static struct slice esp(uint8_t protocol, struct slice in, size_t check)
{
    size_t padding = (4 - (in.n + 2) % 4) % 4;
    char tail[6];

    for (size_t i = 0; i < padding; i++)
        tail[i] = (char)(i + 1);
    tail[padding] = (char)padding;
    tail[padding + 1] = (char)protocol;
    return join(SLICE("spi_\0\0\0\1"),
                join(in, join((struct slice){tail, padding + 2}, filled((char)0xa5, check))));
}

static bool opens(struct slice payload, struct ip_packet *p)
{
    struct slice g = guarded(payload);
    bool opened;

    *p = (struct ip_packet){.version = 4, .protocol = IP_ESP, .payload = g};
    opened = esp_open(p);
    if (opened)
        p->payload = join(p->payload, SLICE(""));
    else
        CU_ASSERT_TRUE(p->protocol == IP_ESP && p->payload.p == g.p && p->payload.n == g.n);
    unguard(g);
    return opened;
}

/* Made anew each time: what is crafted does not last long. */
static struct slice inner(int i, uint8_t *ret_protocol)
{
    static const uint8_t protocols[] = {IP_UDP, IP_UDP, IP_TCP, IP_TCP, IP_IPV4, IP_IPV6};

    *ret_protocol = protocols[i];
    switch (i) {
    case 0:
        return udp(5060, 5060, SLICE("BYE sip:b@b SIP/2.0\r\n\r\n"));
    case 1:
        return udp(5060, 5060, SLICE("1"));
    case 2:
        return tcp_seg(1, 5060, 1, 1, 0, SLICE("BYE sip:b@b SIP/2.0\r\n\r\n"));
    case 3:
        return tcp_seg(1, 5060, 1, 1, 0, SLICE(""));
    case 4:
        return ip4("192.0.2.1", "192.0.2.2", 17, 1, udp(1, 2, SLICE("x")));
    default:
        return ip6("::1", "::2", 17, udp(1, 2, SLICE("xyz")));
    }
}

static void opens_what_is_not_encrypted(void)
{
    static const size_t checks[] = {12, 16, 0, 24, 32};

    for (int i = 0; i < 6; i++) {
        for (size_t k = 0; k < sizeof checks / sizeof *checks; k++) {
            uint8_t protocol;
            struct slice in = inner(i, &protocol);
            struct ip_packet p;
            CU_ASSERT_TRUE(opens(esp(protocol, in, checks[k]), &p));
            CU_ASSERT_EQUAL(p.protocol, protocol);
            CU_ASSERT_TRUE(slice_eq(p.payload, in));
        }
    }
}

static void leaves_what_is(void)
{
    char noise[300];
    uint32_t seed = 1;
    int opened = 0;

    for (int i = 0; i < 20000; i++) {
        struct ip_packet p = {.version = 4, .protocol = IP_ESP};
        for (size_t k = 0; k < sizeof noise; k++) {
            seed = seed * 1664525u + 1013904223u;
            noise[k] = (char)(seed >> 24);
        }
        p.payload = (struct slice){noise, 20 + seed % 280};
        opened += esp_open(&p);
    }
    CU_ASSERT_TRUE(opened <= 2);
}

static void leaves_what_was_cut(void)
{
    struct slice whole = esp(IP_UDP, udp(5060, 5060, SLICE("BYE")), 12);
    struct ip_packet p = {.version = 4, .protocol = IP_ESP, .payload = whole, .missing = 1};

    CU_ASSERT_FALSE(esp_open(&p));
    for (size_t n = 0; n < 20; n++)
        CU_ASSERT_FALSE(opens(slice_head(whole, n), &p));
}

static const struct test tests[] = {
    {"opens what is not encrypted", opens_what_is_not_encrypted},
    {"leaves what is", leaves_what_is},
    {"leaves what was cut", leaves_what_was_cut},
};
TEST_MAIN("esp", tests)
