#include "drive/dump.h"

#include "tests/hep_packet.h"
#include "tests/scratch.h"
#include "tests/test.h"
#include "wire/link.h"
#include "wire/source.h"
#include "wire/upper.h"

#include <errno.h>

static struct error err;

static struct frame frame_of(const char *text, uint32_t source, nsec_t time)
{
    return (struct frame){.bytes = slice_of(text),
                          .wire_len = (uint32_t)strlen(text) + 5,
                          .linktype = 1,
                          .source = source,
                          .time = time};
}

/* Reads back what was written: frames with these bytes, in this order. */
static void holds(const char *name, const char *const *text, const nsec_t *time, int n)
{
    struct source *s;
    struct frame f;

    CU_ASSERT_EQUAL_FATAL(source_open(scratch_path(name), 0, &s, &err), 0);
    for (int i = 0; i < n; i++) {
        CU_ASSERT_EQUAL_FATAL(source_next(s, &f, &err), 1);
        CU_ASSERT_TRUE(slice_eq(f.bytes, slice_of(text[i])));
        CU_ASSERT_EQUAL(f.wire_len, strlen(text[i]) + 5);
        CU_ASSERT_EQUAL(f.time, time[i]);
        CU_ASSERT_EQUAL(f.linktype, 1);
    }
    CU_ASSERT_EQUAL(source_next(s, &f, &err), 0);
    source_free(s);
}

static void test_frames_come_back_as_they_were(void)
{
    static const char *const text[] = {"one", "", "three"};
    static const nsec_t time[] = {1700000000000000001, 1700000000999999999, 1700000001000000000};
    struct dump *d;

    CU_ASSERT_EQUAL_FATAL(dump_new(scratch_path(""), &d, &err), 0);
    for (int i = 0; i < 3; i++) {
        struct frame f = frame_of(text[i], 0, time[i]);
        CU_ASSERT_EQUAL(dump_frame(d, &f, &err), 0);
    }
    CU_ASSERT_EQUAL(dump_flush(d, &err), 0);
    holds("capture.pcap", text, time, 3);
    dump_free(d);
}

static void test_each_capture_point_has_its_file(void)
{
    static const char *const text[] = {"first", "second"};
    static const nsec_t time[] = {1700000000000000000, 1700000000000000001};
    char name[DUMP_NAME_MAX];
    struct dump *d;

    scratch_path("two/x");
    CU_ASSERT_EQUAL_FATAL(dump_new(scratch_path("two"), &d, &err), 0);
    for (uint32_t i = 0; i < 2; i++) {
        struct frame f = frame_of(text[i], i, time[i]);
        CU_ASSERT_EQUAL(dump_frame(d, &f, &err), 0);
    }
    dump_free(d);
    CU_ASSERT_STRING_EQUAL(dump_name(0, name), "capture.pcap");
    CU_ASSERT_STRING_EQUAL(dump_name(1, name), "capture-2.pcap");
    holds("two/capture.pcap", text, time, 1);
    holds("two/capture-2.pcap", text + 1, time + 1, 1);
}

static void test_raw_ip_keeps_its_link_type(void)
{
    struct frame f = frame_of("E", 0, 1700000000000000000);
    struct source *s;
    struct dump *d;

    scratch_path("raw/x");
    f.linktype = 101;
    CU_ASSERT_EQUAL_FATAL(dump_new(scratch_path("raw"), &d, &err), 0);
    CU_ASSERT_EQUAL(dump_frame(d, &f, &err), 0);
    dump_free(d);
    CU_ASSERT_EQUAL_FATAL(source_open(scratch_path("raw/capture.pcap"), 0, &s, &err), 0);
    CU_ASSERT_EQUAL(source_next(s, &f, &err), 1);
    CU_ASSERT_EQUAL(f.linktype, 101);
    source_free(s);
}

static void test_where_it_cannot_be_written(void)
{
    struct frame f = frame_of("one", 0, 1);
    struct dump *d;

    CU_ASSERT_EQUAL_FATAL(dump_new("/no/such/folder", &d, &err), 0);
    CU_ASSERT_EQUAL(dump_frame(d, &f, &err), -ENOENT);
    CU_ASSERT_STRING_EQUAL(err.text, "cannot write /no/such/folder/capture.pcap: No such file or directory");
    CU_ASSERT_EQUAL(dump_frame(d, &f, &err), -EIO);
    dump_free(d);
}

static void test_a_full_disk_is_told(void)
{
    static char large[200000];
    struct frame f = {.bytes = {large, sizeof large}, .wire_len = sizeof large, .linktype = 1};
    struct dump *d;

    scratch_path("full/x");
    CU_ASSERT_EQUAL(symlink("/dev/full", scratch_path("full/capture.pcap")), 0);
    CU_ASSERT_EQUAL_FATAL(dump_new(scratch_path("full"), &d, &err), 0);
    CU_ASSERT_EQUAL(dump_frame(d, &f, &err), -ENOSPC);
    CU_ASSERT_PTR_NOT_NULL(
        strstr(err.text, "No space left on device; make room, or write elsewhere with --out"));
    dump_free(d);
    f.bytes.n = f.wire_len = 10; /* so little that it shows only in the end */
    CU_ASSERT_EQUAL_FATAL(dump_new(scratch_path("full"), &d, &err), 0);
    CU_ASSERT_EQUAL(dump_frame(d, &f, &err), 0);
    CU_ASSERT_EQUAL(dump_flush(d, &err), -ENOSPC);
    dump_free(d);
}

/* What was reported by HEP is kept as the SIP message that it is. */
static void test_reports_are_kept(void)
{
    struct frame f = hep_frame(1, 1700000000000000005, "192.0.2.9",
                               hep_report("192.0.2.1", 5060, "192.0.2.2", 5060, 6, 1, SLICE("BYE")));
    struct source *s;
    struct upper u;
    struct dump *d;

    CU_ASSERT_EQUAL_FATAL(dump_new(scratch_path(""), &d, &err), 0);
    CU_ASSERT_EQUAL(dump_frame(d, &f, &err), 0);
    CU_ASSERT_EQUAL(dump_flush(d, &err), 0);
    CU_ASSERT_EQUAL_FATAL(source_open(scratch_path("capture.pcap"), 0, &s, &err), 0);
    CU_ASSERT_EQUAL_FATAL(source_next(s, &f, &err), 1);
    CU_ASSERT_TRUE(f.linktype == LINKTYPE_UPPER_PDU && f.time == 1700000000000000005);
    CU_ASSERT_TRUE_FATAL(upper_decode(f.bytes, &u));
    CHECK_SLICE(u.protocol, "sip");
    CHECK_SLICE(u.data, "BYE");
    CU_ASSERT_TRUE(u.reported && u.report.transport == TRANSPORT_TCP);
    source_free(s);
    dump_free(d);
}

static void test_too_many_capture_points(void)
{
    struct frame f = frame_of("one", DUMP_SOURCES_MAX, 1);
    struct dump *d;

    CU_ASSERT_EQUAL_FATAL(dump_new(scratch_path(""), &d, &err), 0);
    CU_ASSERT_EQUAL(dump_frame(d, &f, &err), -EINVAL);
    dump_free(d);
}

static const struct test tests[] = {
    {"frames come back as they were", test_frames_come_back_as_they_were},
    {"each capture point has its file", test_each_capture_point_has_its_file},
    {"raw IP keeps its link type", test_raw_ip_keeps_its_link_type},
    {"where it cannot be written", test_where_it_cannot_be_written},
    {"a full disk is told", test_a_full_disk_is_told},
    {"reports are kept", test_reports_are_kept},
    {"too many capture points", test_too_many_capture_points},
};

TEST_MAIN("dump", tests)
