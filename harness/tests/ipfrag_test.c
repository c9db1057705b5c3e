#include "tests/craft.h"
#include "tests/test.h"
#include "wire/ipfrag.h"

static struct ipfrag *fresh(uint32_t packets, size_t bytes)
{
    struct ipfrag_limits limits = {packets, bytes};
    struct ipfrag *f = NULL;

    CU_ASSERT_EQUAL_FATAL(ipfrag_new(&limits, &f), 0);
    return f;
}

/* Adds a part of an IPv4 UDP packet; the whole where this completes it, else p == NULL. */
static struct slice add_at(struct ipfrag *f, uint16_t id, uint32_t offset, bool more, struct slice data,
                           nsec_t now, uint32_t *ret_frames)
{
    struct slice raw = ip4_part("192.0.2.1", "192.0.2.2", 17, id, offset, more, data);
    struct ip_packet p;
    int r;

    CU_ASSERT_EQUAL_FATAL(ip_decode(raw, &p), IP_OK);
    CU_ASSERT_TRUE_FATAL(p.fragment);
    *ret_frames = 1;
    r = ipfrag_add(f, &p, now, ret_frames);
    CU_ASSERT_TRUE(r == 0 || r == 1);
    if (r == 1)
        CU_ASSERT_TRUE(!p.fragment && p.protocol == 17 && p.missing == 0);
    return r == 1 ? p.payload : (struct slice){NULL, 0};
}

static struct slice add(struct ipfrag *f, uint32_t offset, bool more, const char *text)
{
    uint32_t frames;

    return add_at(f, 1, offset, more, slice_of(text), 0, &frames);
}

static void in_order(void)
{
    struct ipfrag *f = fresh(4, 1 << 20);
    uint32_t frames;

    CU_ASSERT_PTR_NULL(add_at(f, 1, 0, true, SLICE("aaaaaaaa"), 0, &frames).p);
    CU_ASSERT_PTR_NULL(add_at(f, 1, 8, true, SLICE("bbbbbbbb"), 0, &frames).p);
    CHECK_SLICE(add_at(f, 1, 16, false, SLICE("ccc"), 0, &frames), "aaaaaaaabbbbbbbbccc");
    CU_ASSERT_EQUAL(frames, 3);
    ipfrag_free(f);
}

static void in_reverse(void)
{
    struct ipfrag *f = fresh(4, 1 << 20);

    CU_ASSERT_PTR_NULL(add(f, 16, false, "ccc").p);
    CU_ASSERT_PTR_NULL(add(f, 8, true, "bbbbbbbb").p);
    CHECK_SLICE(add(f, 0, true, "aaaaaaaa"), "aaaaaaaabbbbbbbbccc");
    ipfrag_free(f);
}

static void in_every_order(void)
{
    static const int orders[24][4] = {{0, 1, 2, 3}, {0, 1, 3, 2}, {0, 2, 1, 3}, {0, 2, 3, 1}, {0, 3, 1, 2},
                                      {0, 3, 2, 1}, {1, 0, 2, 3}, {1, 0, 3, 2}, {1, 2, 0, 3}, {1, 2, 3, 0},
                                      {1, 3, 0, 2}, {1, 3, 2, 0}, {2, 0, 1, 3}, {2, 0, 3, 1}, {2, 1, 0, 3},
                                      {2, 1, 3, 0}, {2, 3, 0, 1}, {2, 3, 1, 0}, {3, 0, 1, 2}, {3, 0, 2, 1},
                                      {3, 1, 0, 2}, {3, 1, 2, 0}, {3, 2, 0, 1}, {3, 2, 1, 0}};
    static const char *const parts[] = {"aaaaaaaa", "bbbbbbbbBBBBBBBB", "cccccccc", "d"};
    static const uint32_t at[] = {0, 8, 24, 32};
    struct ipfrag *f = fresh(4, 1 << 20);

    for (int i = 0; i < 24; i++) {
        struct slice whole = {NULL, 0};
        for (int k = 0; k < 4; k++) {
            int part = orders[i][k];
            CU_ASSERT_PTR_NULL(whole.p);
            whole = add(f, at[part], part < 3, parts[part]);
        }
        CHECK_SLICE(whole, "aaaaaaaabbbbbbbbBBBBBBBBccccccccd");
    }
    CU_ASSERT_EQUAL(ipfrag_counts(f)->conflicts, 0);
    CU_ASSERT_EQUAL(ipfrag_counts(f)->incomplete, 0);
    ipfrag_free(f);
}

/* The first copy of every byte wins, whichever way parts overlap; what differs is counted. */
static void overlapping(void)
{
    struct ipfrag *f = fresh(4, 1 << 20);

    CU_ASSERT_PTR_NULL(add(f, 8, true, "22222222").p);
    CU_ASSERT_PTR_NULL(add(f, 0, true, "aaaaaaaabbbbbbbbcccccccc").p); /* over it, on both sides */
    CU_ASSERT_EQUAL(ipfrag_counts(f)->conflicts, 1);
    CU_ASSERT_PTR_NULL(add(f, 16, true, "xxxxxxxxdddddddd").p); /* begins in it */
    CU_ASSERT_EQUAL(ipfrag_counts(f)->conflicts, 2);
    CU_ASSERT_PTR_NULL(add(f, 16, true, "cccccccc").p); /* says the same again */
    CU_ASSERT_EQUAL(ipfrag_counts(f)->conflicts, 2);
    CU_ASSERT_EQUAL(ipfrag_counts(f)->repeated, 1);
    CHECK_SLICE(add(f, 32, false, "e"), "aaaaaaaa22222222ccccccccdddddddde");
    ipfrag_free(f);
}

static void parts_that_contradict_the_end(void)
{
    struct ipfrag *f = fresh(4, 1 << 20);

    CU_ASSERT_PTR_NULL(add(f, 8, false, "end").p);
    CU_ASSERT_PTR_NULL(add(f, 16, true, "beyond!!").p);
    CU_ASSERT_PTR_NULL(add(f, 8, false, "another end").p);
    CU_ASSERT_EQUAL(ipfrag_counts(f)->conflicts, 2);
    CHECK_SLICE(add(f, 0, true, "aaaaaaaa"), "aaaaaaaaend");
    CU_ASSERT_PTR_NULL(add(f, 16, true, "far away").p);
    CU_ASSERT_PTR_NULL(add(f, 8, false, "end").p); /* before what has come */
    CU_ASSERT_EQUAL(ipfrag_counts(f)->conflicts, 3);
    ipfrag_free(f);
}

static void one_missing(void)
{
    struct ipfrag *f = fresh(4, 1 << 20);

    CU_ASSERT_PTR_NULL(add(f, 0, true, "aaaaaaaa").p);
    CU_ASSERT_PTR_NULL(add(f, 16, false, "c").p);
    ipfrag_expire(f, INT64_MAX);
    CU_ASSERT_EQUAL(ipfrag_counts(f)->incomplete, 2);
    CU_ASSERT_PTR_NULL(add(f, 8, true, "bbbbbbbb").p); /* too late */
    ipfrag_free(f);
}

static void only_parts_with_more_to_come(void)
{
    struct ipfrag *f = fresh(4, 1 << 20);

    CU_ASSERT_PTR_NULL(add(f, 0, true, "aaaaaaaa").p);
    CU_ASSERT_PTR_NULL(add(f, 8, true, "bbbbbbbb").p);
    CU_ASSERT_PTR_NULL(add(f, 0, true, "aaaaaaaa").p);
    ipfrag_expire(f, INT64_MAX);
    CU_ASSERT_EQUAL(ipfrag_counts(f)->incomplete, 3);
    ipfrag_free(f);
}

static void no_part_of_any_packet(void)
{
    struct ipfrag *f = fresh(4, 1 << 20);
    static char big[65528];
    uint32_t frames;

    CU_ASSERT_PTR_NULL(add(f, 0, true, "not in eights").p);
    CU_ASSERT_PTR_NULL(add(f, 8, true, "").p);
    CU_ASSERT_PTR_NULL(add_at(f, 1, 65528, false, SLICE("past 64 KiB"), 0, &frames).p);
    CU_ASSERT_EQUAL(ipfrag_counts(f)->bad, 3);
    memset(big, 'x', sizeof big);
    CU_ASSERT_PTR_NULL(add_at(f, 2, 0, true, (struct slice){big, 32760}, 0, &frames).p);
    CU_ASSERT_PTR_NULL(add_at(f, 2, 32760, true, (struct slice){big, 32760}, 0, &frames).p);
    CU_ASSERT_EQUAL(add_at(f, 2, 65520, false, SLICE("123456789012345"), 0, &frames).n, 65535);
    ipfrag_free(f);
}

/* Packets of other addresses, identifications, protocols are others. */
static void packets_are_told_apart(void)
{
    struct ipfrag *f = fresh(8, 1 << 20);
    struct slice raw[] = {ip4_part("192.0.2.1", "192.0.2.2", 17, 1, 0, true, SLICE("aaaaaaaa")),
                          ip4_part("192.0.2.1", "192.0.2.2", 17, 2, 8, false, SLICE("b")),
                          ip4_part("192.0.2.1", "192.0.2.3", 17, 1, 8, false, SLICE("b")),
                          ip4_part("192.0.2.3", "192.0.2.2", 17, 1, 8, false, SLICE("b")),
                          ip4_part("192.0.2.1", "192.0.2.2", 6, 1, 8, false, SLICE("b")),
                          ip6_part("::1", "::2", 17, 1, 8, false, SLICE("b"))};
    struct ip_packet p;
    uint32_t frames = 1;

    for (size_t i = 0; i < sizeof raw / sizeof *raw; i++) {
        CU_ASSERT_EQUAL(ip_decode(raw[i], &p), IP_OK);
        CU_ASSERT_EQUAL(ipfrag_add(f, &p, 0, &frames), 0);
    }
    ipfrag_free(f);
}

/* The first part of an IPv6 packet names the protocol; the others may say what they like (RFC 8200 4.5). */
static void version_6(void)
{
    struct ipfrag *f = fresh(8, 1 << 20);
    struct ip_packet p;
    uint32_t frames = 1;

    CU_ASSERT_EQUAL(ip_decode(ip6_part("::1", "::2", 6, 70000, 8, false, SLICE("b")), &p), IP_OK);
    CU_ASSERT_EQUAL(ipfrag_add(f, &p, 0, &frames), 0);
    CU_ASSERT_EQUAL(ip_decode(ip6_part("::1", "::2", 17, 70000, 0, true, SLICE("aaaaaaaa")), &p), IP_OK);
    frames = 1;
    CU_ASSERT_EQUAL(ipfrag_add(f, &p, 0, &frames), 1);
    CU_ASSERT_EQUAL(p.protocol, 17);
    CU_ASSERT_EQUAL(p.version, 6);
    CHECK_SLICE(p.payload, "aaaaaaaab");
    ipfrag_free(f);
}

static void time_is_up(void)
{
    struct ipfrag *f = fresh(8, 1 << 20);
    uint32_t frames;

    CU_ASSERT_PTR_NULL(add_at(f, 1, 0, true, SLICE("aaaaaaaa"), 0, &frames).p);
    CU_ASSERT_PTR_NULL(add_at(f, 2, 0, true, SLICE("aaaaaaaa"), IPFRAG_TIMEOUT, &frames).p);
    CU_ASSERT_PTR_NULL(add_at(f, 3, 0, true, SLICE("aaaaaaaa"), IPFRAG_TIMEOUT + 1, &frames).p);
    CU_ASSERT_EQUAL(ipfrag_counts(f)->incomplete, 1);
    CU_ASSERT_PTR_NULL(add_at(f, 1, 8, false, SLICE("b"), IPFRAG_TIMEOUT + 2, &frames).p);
    CHECK_SLICE(add_at(f, 2, 8, false, SLICE("b"), IPFRAG_TIMEOUT + 2, &frames), "aaaaaaaab");
    ipfrag_free(f);
}

static void bounded_in_packets(void)
{
    struct ipfrag *f = fresh(3, 1 << 20);
    uint32_t frames;

    for (uint16_t id = 1; id <= 5; id++)
        CU_ASSERT_PTR_NULL(add_at(f, id, 0, true, SLICE("aaaaaaaa"), 0, &frames).p);
    CU_ASSERT_EQUAL(ipfrag_counts(f)->crowded, 2);
    CU_ASSERT_EQUAL(ipfrag_counts(f)->limit_met, 2);
    CHECK_SLICE(add_at(f, 3, 8, false, SLICE("b"), 0, &frames), "aaaaaaaab");
    CU_ASSERT_PTR_NULL(add_at(f, 1, 8, false, SLICE("b"), 0, &frames).p); /* had to go */
    ipfrag_free(f);
}

static void bounded_in_bytes(void)
{
    struct ipfrag *f = fresh(1000, 200000);
    uint32_t frames;

    for (uint16_t id = 1; id <= 10; id++)
        CU_ASSERT_PTR_NULL(add_at(f, id, 50000, true, SLICE("aaaaaaaa"), 0, &frames).p);
    CU_ASSERT_TRUE(ipfrag_counts(f)->crowded >= 7);
    CU_ASSERT_PTR_NULL(add_at(f, 10, 0, true, SLICE("aaaaaaaa"), 0, &frames).p);
    ipfrag_expire(f, INT64_MAX);
    CU_ASSERT_EQUAL(ipfrag_counts(f)->crowded + ipfrag_counts(f)->incomplete, 11);
    ipfrag_free(f);
}

/* The snap length cut the parts: what is missing at the end is said, and what lies behind a hole is not
 * shown. */
static void parts_that_were_cut(void)
{
    struct ipfrag *f = fresh(8, 1 << 20);
    struct slice first = ip4_part("192.0.2.1", "192.0.2.2", 17, 1, 0, true, SLICE("aaaaaaaabbbbbbbb"));
    struct ip_packet p;
    uint32_t frames = 1;

    CU_ASSERT_EQUAL(ip_decode(slice_head(first, 20 + 11), &p), IP_OK);
    CU_ASSERT_EQUAL(p.missing, 5);
    CU_ASSERT_EQUAL(ipfrag_add(f, &p, 0, &frames), 0);
    frames = 1;
    CU_ASSERT_EQUAL(ip_decode(ip4_part("192.0.2.1", "192.0.2.2", 17, 1, 16, false, SLICE("ccc")), &p), IP_OK);
    CU_ASSERT_EQUAL(ipfrag_add(f, &p, 0, &frames), 1);
    CHECK_SLICE(p.payload, "aaaaaaaabbb");
    CU_ASSERT_EQUAL(p.missing, 8);
    ipfrag_free(f);
}

static const struct test tests[] = {
    {"in order", in_order},
    {"in reverse", in_reverse},
    {"in every order", in_every_order},
    {"overlapping", overlapping},
    {"parts that contradict the end", parts_that_contradict_the_end},
    {"one missing", one_missing},
    {"only parts with more to come", only_parts_with_more_to_come},
    {"no part of any packet", no_part_of_any_packet},
    {"packets are told apart", packets_are_told_apart},
    {"version 6", version_6},
    {"time is up", time_is_up},
    {"bounded in packets", bounded_in_packets},
    {"bounded in bytes", bounded_in_bytes},
    {"parts that were cut", parts_that_were_cut},
};
TEST_MAIN("ipfrag", tests)
