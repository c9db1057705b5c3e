#include "wire/hepreport.h"

#include "tests/hep_packet.h"
#include "tests/test.h"
#include "wire/upper.h"

#include <zlib.h>

#define BYE "BYE sip:bob@b.example SIP/2.0\r\nCall-ID: 1\r\n\r\n"

static struct buf inflated, out;

static struct report read_it(const char *sender, uint16_t port, struct slice packet)
{
    struct endpoint from = {craft_addr(sender), port};
    struct report r = {.reporter = 0};

    CU_ASSERT_EQUAL(report_read(&from, packet, &inflated, &r), 0);
    CU_ASSERT_NOT_EQUAL(r.reporter, 0);
    return r;
}

static struct slice report_of(uint8_t protocol, uint32_t agent)
{
    return hep_report("192.0.2.1", 5060, "192.0.2.2", 5070, protocol, agent, SLICE(BYE));
}

static void tells_what_was_said(void)
{
    static const struct {
        uint8_t protocol;
        enum transport transport;
    } cases[] = {{17, TRANSPORT_UDP},
                 {6, TRANSPORT_TCP},
                 {132, TRANSPORT_SCTP},
                 {22, TRANSPORT_TLS},
                 {99, TRANSPORT_UDP}};

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct report r = read_it("192.0.2.9", 1, report_of(cases[i].protocol, 1));
        CU_ASSERT_TRUE(r.kind == REPORT_SIP && r.transport == cases[i].transport);
        CU_ASSERT_TRUE(r.src.port == 5060 && r.dst.port == 5070);
        CU_ASSERT_EQUAL(r.stamp, INT64_C(1700000000123456000));
        CHECK_SLICE(r.bytes, BYE);
    }
    CU_ASSERT_EQUAL(read_it("192.0.2.9", 1, SLICE("HEP3\0\x0d\0\0\0\x0b\0\7\x64")).kind, REPORT_OTHER);
    CU_ASSERT_EQUAL(read_it("192.0.2.9", 1, SLICE("HEP1")).kind, REPORT_BAD);
    CU_ASSERT_EQUAL(read_it("192.0.2.9", 1, (struct slice){NULL, 0}).kind, REPORT_BAD);
}

static struct slice with_node(struct slice node)
{
    static struct buf b;

    buf_drop(&b, b.n);
    b.limit = 4096;
    buf_add(&b, report_of(17, 1));
    hep_chunk(&b, 0, 19, node);
    return hep_end(&b);
}

/* By address, port, capture id, name: whoever differs in one may have another clock. */
static void tells_reporters_apart(void)
{
    uint32_t one = read_it("192.0.2.9", 1, report_of(17, 1)).reporter;

    CU_ASSERT_EQUAL(read_it("192.0.2.9", 1, report_of(6, 1)).reporter, one);
    CU_ASSERT_NOT_EQUAL(read_it("192.0.2.8", 1, report_of(17, 1)).reporter, one);
    CU_ASSERT_NOT_EQUAL(read_it("192.0.2.9", 2, report_of(17, 1)).reporter, one);
    CU_ASSERT_NOT_EQUAL(read_it("192.0.2.9", 1, report_of(17, 2)).reporter, one);
    CU_ASSERT_NOT_EQUAL(read_it("192.0.2.9", 1, with_node(SLICE("pf-a"))).reporter, one);
    CU_ASSERT_NOT_EQUAL(read_it("192.0.2.9", 1, with_node(SLICE("pf-a"))).reporter,
                        read_it("192.0.2.9", 1, with_node(SLICE("pf-b"))).reporter);
}

static struct slice compressed(struct slice payload)
{
    static struct buf b;
    char packed[512];
    uLongf n = sizeof packed;

    CU_ASSERT_EQUAL(compress((Bytef *)packed, &n, (const Bytef *)payload.p, payload.n), Z_OK);
    hep_begin(&b);
    hep_number(&b, 2, 17, 1);
    hep_chunk(&b, 0, 3, SLICE("\xc0\0\2\1"));
    hep_chunk(&b, 0, 4, SLICE("\xc0\0\2\2"));
    hep_number(&b, 11, 1, 1);
    hep_chunk(&b, 0, 16, (struct slice){packed, n});
    return hep_end(&b);
}

static void inflates(void)
{
    struct report r = read_it("192.0.2.9", 1, compressed(SLICE(BYE)));

    CU_ASSERT_EQUAL(r.kind, REPORT_SIP);
    CHECK_SLICE(r.bytes, BYE);
    inflated.limit = 8;
    CU_ASSERT_EQUAL(read_it("192.0.2.9", 1, compressed(SLICE(BYE))).kind, REPORT_BAD);
    inflated.limit = 65536;
}

/* What was kept tells the same again as what came. */
static void keeps(struct slice packet)
{
    struct frame f = hep_frame(1, 5, "192.0.2.9", packet);
    struct report was = read_it("192.0.2.9", 40000, packet);
    struct upper u = {.reported = false};

    CU_ASSERT_EQUAL_FATAL(report_keep(&f, &inflated, &out), 0);
    CU_ASSERT_TRUE_FATAL(upper_decode(buf_slice(&out), &u));
    CU_ASSERT_TRUE(u.reported && u.report.kind == was.kind && u.report.reporter == was.reporter);
    CU_ASSERT_TRUE(u.report.stamp == was.stamp && u.report.transport == was.transport);
    CU_ASSERT_EQUAL(memcmp(&u.report.src, &was.src, sizeof was.src), 0);
    CU_ASSERT_EQUAL(memcmp(&u.report.dst, &was.dst, sizeof was.dst), 0);
    CU_ASSERT_TRUE(slice_eq(u.report.bytes, was.bytes));
    CU_ASSERT_TRUE(slice_eq(u.protocol, was.kind == REPORT_SIP ? SLICE("sip") : SLICE("data")));
}

static void keeps_reports(void)
{
    struct frame odd = {.bytes = SLICE("no packet"), .linktype = LINK_HEP3};

    keeps(report_of(17, 1));
    keeps(report_of(22, 77));
    keeps(hep_report("2001:db8::1", 5060, "2001:db8::2", 5060, 132, 1, SLICE(BYE)));
    keeps(compressed(SLICE(BYE)));
    keeps(SLICE("HEP3\0\x0d\0\0\0\x0b\0\7\x64"));
    keeps(SLICE("something else"));
    CU_ASSERT_EQUAL(report_keep(&odd, &inflated, &out), 0);
}

static const struct test tests[] = {
    {"tells what was said", tells_what_was_said},
    {"tells reporters apart", tells_reporters_apart},
    {"inflates", inflates},
    {"keeps reports", keeps_reports},
};

int main(int argc, char **argv)
{
    int failed;

    buf_init(&inflated, 65536);
    buf_init(&out, 131072);
    failed = test_main(argc, argv, "hepreport", tests, sizeof tests / sizeof tests[0]);
    buf_done(&inflated);
    buf_done(&out);
    return failed;
}
