#include "wire/wrap.h"

#include "tests/craft.h"
#include "tests/test.h"
#include "wire/bytes.h"
#include "wire/ip.h"

#include <stdlib.h>

static char room[WRAP_HEAD_MAX + 65536];

static struct endpoint at(const char *text, uint16_t port)
{
    return (struct endpoint){craft_addr(text), port};
}

/* Of all 16-bit words, as RFC 1071 adds them up: all ones where the checksum in them is right. */
static uint32_t sum(struct slice s, uint32_t start)
{
    uint64_t all = start;

    for (size_t i = 0; i < s.n; i++)
        all += (uint64_t)byte_at(s, i) << (i % 2 ? 0 : 8);
    while (all >> 16)
        all = (all & 0xffff) + (all >> 16);
    return (uint32_t)all;
}

static struct slice wrap(const char *src, const char *dst, size_t n, struct ip_packet *ret)
{
    struct endpoint from = at(src, 1234), to = at(dst, 9060);
    struct slice all;

    for (size_t i = 0; i < n; i++)
        room[WRAP_HEAD_MAX + i] = (char)(uint8_t)(i * 7 + 1);
    all = wrap_udp(&from, &to, room + WRAP_HEAD_MAX, n);
    CU_ASSERT_EQUAL(ip_decode(all, ret), IP_OK);
    CU_ASSERT_EQUAL(ret->protocol, IP_UDP);
    CU_ASSERT_TRUE(addr_eq(&ret->src, &from.addr) && addr_eq(&ret->dst, &to.addr));
    CU_ASSERT_EQUAL(get_be16(ret->payload.p), 1234);
    CU_ASSERT_EQUAL(get_be16(ret->payload.p + 2), 9060);
    CU_ASSERT_PTR_EQUAL(ret->payload.p + 8, room + WRAP_HEAD_MAX);
    CU_ASSERT_EQUAL(ret->payload.n, 8 + n);
    return all;
}

static void both_families(void)
{
    static const size_t sizes[] = {0, 1, 2, 511, 1400, 65507};
    struct ip_packet ip;

    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        size_t n = sizes[i];
        struct slice all = wrap("192.0.2.1", "198.51.100.2", n, &ip);
        CU_ASSERT_EQUAL(all.n, 28 + n);
        CU_ASSERT_EQUAL(sum(slice_head(all, 20), 0), 0xffff);
        CU_ASSERT_EQUAL(sum(slice_tail(all, 12), 17 + 8 + (uint32_t)n), 0xffff);
        CU_ASSERT_EQUAL(get_be16(ip.payload.p + 4), 8 + n);
        all = wrap("2001:db8::1", "2001:db8::2", n, &ip);
        CU_ASSERT_EQUAL(all.n, 48 + n);
        CU_ASSERT_EQUAL(sum(slice_tail(all, 8), 17 + 8 + (uint32_t)n), 0xffff);
    }
}

/* 65,535 bytes of HEP came over TCP. */
static void too_long_for_a_datagram(void)
{
    struct ip_packet ip;
    struct slice all = wrap("192.0.2.1", "198.51.100.2", 65535, &ip);

    CU_ASSERT_EQUAL(get_be16(all.p + 2), 0);
    CU_ASSERT_EQUAL(get_be16(ip.payload.p + 4), 0);
    all = wrap("2001:db8::1", "2001:db8::2", 65535, &ip);
    CU_ASSERT_EQUAL(get_be16(all.p + 4), 0);
}

static const struct test tests[] = {
    {"both families", both_families},
    {"too long for a datagram", too_long_for_a_datagram},
};
TEST_MAIN("wrap", tests)
