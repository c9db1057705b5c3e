#include "tests/hep_packet.h"
#include "tests/pipe.h"
#include "tests/test.h"
#include "wire/hep.h"

#include <errno.h>
#include <zlib.h>

static bool decode(struct slice packet, struct hep *h)
{
    struct slice g = guarded(packet);
    bool ok = hep_decode(g, h);

    if (ok && h->payload.p)
        h->payload = join(h->payload, SLICE(""));
    unguard(g);
    return ok;
}

static void decodes_what_servers_send(void)
{
    struct addr src = craft_addr("192.0.2.1"), dst = craft_addr("2001:db8::2");
    struct hep h;

    CU_ASSERT_TRUE_FATAL(
        decode(hep_report("192.0.2.1", 5060, "192.0.2.2", 5080, 17, 2001, SLICE("BYE")), &h));
    CU_ASSERT_TRUE(addr_eq(&h.src.addr, &src));
    CU_ASSERT_TRUE(h.src.port == 5060 && h.dst.port == 5080);
    CU_ASSERT_TRUE(h.ip_protocol == 17 && h.kind == HEP_SIP && h.agent == 2001 && !h.compressed);
    CU_ASSERT_EQUAL(h.time, INT64_C(1700000000123456000));
    CHECK_SLICE(h.payload, "BYE");
    CU_ASSERT_TRUE_FATAL(
        decode(hep_report("2001:db8::1", 5060, "2001:db8::2", 5080, 6, 1, SLICE("BYE")), &h));
    CU_ASSERT_TRUE(addr_eq(&h.dst.addr, &dst));
}

/* A chunk that comes again takes the place of the one before, however often; the latest time there is fits.
 */
static void takes_the_last_of_a_chunk(void)
{
    struct buf b;
    struct hep h;

    buf_init(&b, 1 << 20);
    hep_begin(&b);
    hep_number(&b, 11, 1, 1);
    for (int i = 0; i < 2000; i++) {
        hep_number(&b, 9, i < 1999 ? 1700000000 : UINT32_MAX, 4);
        hep_number(&b, 10, UINT32_MAX, 4);
    }
    CU_ASSERT_TRUE_FATAL(hep_decode(hep_end(&b), &h));
    CU_ASSERT_EQUAL(h.time, INT64_C(4294967295) * NSEC_PER_SEC + INT64_C(4294967295) * NSEC_PER_USEC);
    CU_ASSERT_TRUE(h.time <= FRAME_TIME_MAX);
    buf_done(&b);
}

static void knows_its_length(void)
{
    CU_ASSERT_EQUAL(hep_length(SLICE("HEP3\1\2rest")), 258);
    CU_ASSERT_EQUAL(hep_length(SLICE("HEP3\1")), 0);
    CU_ASSERT_EQUAL(hep_length(SLICE("HE")), 0);
    CU_ASSERT_EQUAL(hep_length((struct slice){NULL, 0}), 0);
    CU_ASSERT_EQUAL(hep_length(SLICE("HEX")), -1);
    CU_ASSERT_EQUAL(hep_length(SLICE("HEP2\1\2rest")), -1);
    CU_ASSERT_EQUAL(hep_length(SLICE("HEP3\0\5")), -1);
}

/* Cut anywhere, or with any length field raised, it is refused, and not one byte too many is read. */
static void refuses_packets_that_claim_more(void)
{
    struct slice p = hep_report("192.0.2.1", 5060, "192.0.2.2", 5080, 17, 1, SLICE("BYE"));
    struct hep h;
    size_t at = 6;

    for (size_t n = 0; n < p.n; n++)
        CU_ASSERT_FALSE(decode(slice_head(p, n), &h));
    while (at < p.n) {
        char *length = (char *)(uintptr_t)p.p + at + 4;
        uint16_t n = (uint16_t)(((uint8_t)length[0] << 8) | (uint8_t)length[1]);
        craft_put(length, 0xffff, 2);
        CU_ASSERT_FALSE(decode(p, &h));
        craft_put(length, 5, 2);
        CU_ASSERT_FALSE(decode(p, &h));
        craft_put(length, 0, 2);
        CU_ASSERT_FALSE(decode(p, &h));
        craft_put(length, n, 2);
        at += n;
    }
    CU_ASSERT_TRUE(decode(p, &h));
    CU_ASSERT_TRUE(decode(join(p, SLICE("trailing bytes of the datagram")), &h));
}

static void refuses_values_of_the_wrong_length(void)
{
    struct buf b = {.p = NULL};
    struct hep h;

    for (uint16_t type = 2; type <= 12; type++) {
        hep_begin(&b);
        hep_number(&b, 11, 1, 1);
        hep_chunk(&b, 0, type, SLICE("wrong"));
        CU_ASSERT_FALSE(decode(hep_end(&b), &h));
    }
    buf_done(&b);
}

static void passes_over_what_it_does_not_know(void)
{
    struct buf b = {.p = NULL};
    struct hep h;

    hep_begin(&b);
    hep_number(&b, 11, 100, 1);
    hep_chunk(&b, 0, 19, SLICE("node name"));
    hep_chunk(&b, 0, 32, SLICE("mos"));
    hep_chunk(&b, 3, 3, SLICE("a vendor's chunk is no address"));
    CU_ASSERT_TRUE(decode(hep_end(&b), &h));
    CU_ASSERT_EQUAL(h.kind, 100);
    CU_ASSERT_PTR_NULL(h.payload.p);
    hep_chunk(&b, 0, 15, SLICE("BYE")); /* a payload that is nowhere */
    CU_ASSERT_FALSE(decode(hep_end(&b), &h));
    buf_done(&b);
}

static void chunk_16_has_two_meanings(void)
{
    struct buf b = {.p = NULL};
    struct hep h;

    hep_begin(&b);
    hep_number(&b, 11, 1, 1);
    hep_chunk(&b, 0, 3, SLICE("\300\0\2\1"));
    hep_chunk(&b, 0, 4, SLICE("\300\0\2\2"));
    hep_chunk(&b, 0, 16, SLICE("something@host"));
    CU_ASSERT_TRUE(decode(hep_end(&b), &h));
    CU_ASSERT_TRUE(h.compressed);
    CHECK_SLICE(h.payload, "something@host");
    hep_chunk(&b, 0, 15, SLICE("BYE"));
    CU_ASSERT_TRUE(decode(hep_end(&b), &h));
    CU_ASSERT_FALSE(h.compressed);
    CHECK_SLICE(h.payload, "BYE");
    buf_done(&b);
}

static void inflates(void)
{
    static Bytef text[50000], packed[60000];
    uLongf n = sizeof packed;
    struct buf out;

    buf_init(&out, 40000);
    memset(text, 'x', sizeof text);
    compress(packed, &n, text, 30000);
    CU_ASSERT_EQUAL(hep_inflate((struct slice){(char *)packed, n}, &out), 0);
    CU_ASSERT_EQUAL(out.n, 30000);
    CU_ASSERT_EQUAL(memcmp(out.p, text, 30000), 0);
    CU_ASSERT_EQUAL(hep_inflate((struct slice){(char *)packed, n - 5}, &out), -EBADMSG);
    CU_ASSERT_EQUAL(hep_inflate(SLICE("not compressed"), &out), -EBADMSG);
    CU_ASSERT_EQUAL(hep_inflate(SLICE(""), &out), -EBADMSG);
    n = sizeof packed;
    compress(packed, &n, text, sizeof text); /* a bomb, for this limit */
    CU_ASSERT_EQUAL(hep_inflate((struct slice){(char *)packed, n}, &out), -ENOBUFS);
    buf_done(&out);
}

static const struct test tests[] = {
    {"decodes what servers send", decodes_what_servers_send},
    {"takes the last of a chunk", takes_the_last_of_a_chunk},
    {"knows its length", knows_its_length},
    {"refuses packets that claim more", refuses_packets_that_claim_more},
    {"refuses values of the wrong length", refuses_values_of_the_wrong_length},
    {"passes over what it does not know", passes_over_what_it_does_not_know},
    {"chunk 16 has two meanings", chunk_16_has_two_meanings},
    {"inflates", inflates},
};
TEST_MAIN("hep", tests)
