#include "tests/craft.h"
#include "tests/pipe.h"
#include "tests/test.h"
#include "wire/ip.h"

static enum ip_result decode(struct slice bytes, struct ip_packet *p)
{
    struct slice g = guarded(bytes);
    enum ip_result r = ip_decode(g, p);

    if (r == IP_OK)
        p->payload = join(p->payload, SLICE(""));
    unguard(g);
    return r;
}

static void decodes_version_4(void)
{
    struct addr src = craft_addr("192.0.2.1"), dst = craft_addr("198.51.100.2");
    struct ip_packet p;

    CU_ASSERT_EQUAL(
        decode(join(ip4("192.0.2.1", "198.51.100.2", 17, 77, SLICE("data")), SLICE("padding")), &p), IP_OK);
    CHECK_SLICE(p.payload, "data");
    CU_ASSERT_TRUE(addr_eq(&p.src, &src) && addr_eq(&p.dst, &dst));
    CU_ASSERT_TRUE(p.version == 4 && p.protocol == 17 && p.id == 77 && !p.fragment && p.missing == 0);
}

static void steps_over_options(void)
{
    struct slice s = ip4("192.0.2.1", "198.51.100.2", 6, 1, SLICE("optsdata"));
    struct ip_packet p;

    ((char *)(uintptr_t)s.p)[0] = 0x46;
    CU_ASSERT_EQUAL(decode(s, &p), IP_OK);
    CHECK_SLICE(p.payload, "data");
    CU_ASSERT_EQUAL(decode(slice_head(s, 23), &p), IP_SHORT);
}

static void says_what_was_not_captured(void)
{
    struct slice s = ip4("192.0.2.1", "198.51.100.2", 6, 1, SLICE("0123456789"));
    struct ip_packet p;

    CU_ASSERT_EQUAL(decode(slice_head(s, 24), &p), IP_OK);
    CHECK_SLICE(p.payload, "0123");
    CU_ASSERT_EQUAL(p.missing, 6);
    s = ip6("2001:db8::1", "2001:db8::2", 17, SLICE("0123456789"));
    CU_ASSERT_EQUAL(decode(slice_head(s, 44), &p), IP_OK);
    CHECK_SLICE(p.payload, "0123");
    CU_ASSERT_EQUAL(p.missing, 6);
}

static void takes_a_length_of_zero_for_offload(void)
{
    struct slice s = ip4("192.0.2.1", "198.51.100.2", 6, 1, SLICE("0123456789"));
    struct ip_packet p;

    memset((char *)(uintptr_t)s.p + 2, 0, 2);
    CU_ASSERT_EQUAL(decode(s, &p), IP_OK);
    CU_ASSERT_EQUAL(p.payload.n, 10);
}

static void refuses_what_is_no_header(void)
{
    struct slice s = ip4("192.0.2.1", "198.51.100.2", 6, 1, SLICE("0123456789"));
    char *b = (char *)(uintptr_t)s.p;
    struct ip_packet p;

    CU_ASSERT_EQUAL(decode(slice_head(s, 0), &p), IP_SHORT);
    CU_ASSERT_EQUAL(decode(slice_head(s, 19), &p), IP_SHORT);
    b[0] = 0x44;
    CU_ASSERT_EQUAL(decode(s, &p), IP_BAD);
    b[0] = 0x55;
    CU_ASSERT_EQUAL(decode(s, &p), IP_BAD);
    b[0] = 0x45;
    b[2] = 0, b[3] = 19;
    CU_ASSERT_EQUAL(decode(s, &p), IP_BAD);
    CU_ASSERT_EQUAL(decode(slice_head(ip6("::1", "::1", 17, SLICE("")), 39), &p), IP_SHORT);
}

static void knows_fragments(void)
{
    struct ip_packet p;

    CU_ASSERT_EQUAL(decode(ip4_part("192.0.2.1", "192.0.2.2", 17, 9, 1480, true, SLICE("x")), &p), IP_OK);
    CU_ASSERT_TRUE(p.fragment && p.more && p.offset == 1480 && p.id == 9);
    CU_ASSERT_EQUAL(decode(ip4_part("192.0.2.1", "192.0.2.2", 17, 9, 1480, false, SLICE("x")), &p), IP_OK);
    CU_ASSERT_TRUE(p.fragment && !p.more);
    CU_ASSERT_EQUAL(decode(ip6_part("::1", "::2", 17, 0x12345678, 1448, true, SLICE("x")), &p), IP_OK);
    CU_ASSERT_TRUE(p.fragment && p.more && p.offset == 1448 && p.id == 0x12345678 && p.protocol == 17);
    CHECK_SLICE(p.payload, "x");
    CU_ASSERT_EQUAL(decode(ip6_part("::1", "::2", 17, 5, 0, false, SLICE("x")), &p), IP_OK); /* atomic */
    CU_ASSERT_TRUE(!p.fragment && p.protocol == 17);
}

static void steps_over_extension_headers(void)
{
    /* hop-by-hop, routing (16 bytes), destination options, authentication (24 bytes): then UDP */
    struct slice chain = SLICE("\x2b\0hopopt"
                               "\x3c\1routing-of-16b"
                               "\x33\0dstopt"
                               "\x11\4authentication-of-24-bs"
                               "data"),
                 packet;
    struct ip_packet p;

    CU_ASSERT_EQUAL(decode(ip6("::1", "::2", 0, slice_head(chain, 8 + 16 + 8)), &p), IP_SHORT);
    chain = join(slice_head(chain, 8 + 16 + 8), SLICE("\x11\4authentication-of-24-bdata"));
    CU_ASSERT_EQUAL(decode(ip6("::1", "::2", 0, chain), &p), IP_OK);
    CU_ASSERT_EQUAL(p.protocol, 17);
    CHECK_SLICE(p.payload, "data");
    packet = ip6("::1", "::2", 0, chain);
    for (size_t n = 0; n < packet.n - 4; n++)
        CU_ASSERT_EQUAL(decode(slice_head(packet, n), &p), IP_SHORT);
    CU_ASSERT_EQUAL(decode(ip4("192.0.2.1", "192.0.2.2", 51, 1, SLICE("\x11\1authenticadata")), &p), IP_OK);
    CU_ASSERT_EQUAL(p.protocol, 17);
    CHECK_SLICE(p.payload, "data");
}

static void bounds_the_chain(void)
{
    char chain[8 * 200];
    struct ip_packet p;

    memset(chain, 0, sizeof chain); /* hop-by-hop options in hop-by-hop options */
    CU_ASSERT_EQUAL(decode(ip6("::1", "::2", 0, (struct slice){chain, sizeof chain}), &p), IP_BAD);
}

static const struct test tests[] = {
    {"decodes version 4", decodes_version_4},
    {"steps over options", steps_over_options},
    {"says what was not captured", says_what_was_not_captured},
    {"takes a length of zero for offload", takes_a_length_of_zero_for_offload},
    {"refuses what is no header", refuses_what_is_no_header},
    {"knows fragments", knows_fragments},
    {"steps over extension headers", steps_over_extension_headers},
    {"bounds the chain", bounds_the_chain},
};
TEST_MAIN("ip", tests)
