#include "tests/craft.h"
#include "tests/pipe.h"
#include "tests/test.h"
#include "wire/input.h"
#include "wire/pcap.h"

#include <errno.h>

static struct buf *fresh(void)
{
    static struct buf b;

    buf_done(&b);
    buf_init(&b, 8 << 20);
    return &b;
}

/* The one frame of a capture. */
static int only_frame(const struct buf *b, struct frame *ret)
{
    struct pcap_reader reader = {.started = false};
    struct error err = {.text = ""};
    struct input *in;
    struct frame f;
    int r;

    CU_ASSERT_TRUE_FATAL(pcap_begins(buf_slice(b)));
    CU_ASSERT_EQUAL_FATAL(input_new(fd_of(buf_slice(b)), &in), 0);
    r = pcap_reader_next(&reader, in, 1, &f, &err);
    if (r == 1) {
        *ret = f;
        ret->bytes = join(f.bytes, SLICE(""));
        CU_ASSERT_EQUAL(pcap_reader_next(&reader, in, 2, &f, &err), 0);
    } else {
        CU_ASSERT_TRUE(r == 0 || err.text[0]);
    }
    input_free(in);
    return r;
}

static void reads_every_form(void)
{
    const struct {
        uint32_t magic;
        nsec_t time;
        bool modified;
    } forms[] = {{0xa1b2c3d4, 5 * NSEC_PER_SEC + 123456000, false},
                 {0xa1b23c4d, 5 * NSEC_PER_SEC + 123456, false},
                 {0xa1b2cd34, 5 * NSEC_PER_SEC + 123456000, true},
                 {0xa1b234cd, 5 * NSEC_PER_SEC + 123456000, true}};

    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        for (int swap = 0; swap < 2; swap++) {
            struct buf *b = fresh();
            struct frame f;
            craft_pcap_head(b, forms[i].magic, 113, swap);
            craft_pcap_frame(b, 5, 123456, SLICE("payload"), swap);
            if (forms[i].modified) { /* eight more bytes before the frame's own */
                b->n -= 7;
                buf_add(b, SLICE("\0\0\0\1\x08\0\0\0payload"));
            }
            CU_ASSERT_EQUAL_FATAL(only_frame(b, &f), 1);
            CHECK_SLICE(f.bytes, "payload");
            CU_ASSERT_EQUAL(f.time, forms[i].time);
            CU_ASSERT_EQUAL(f.linktype, 113);
            CU_ASSERT_EQUAL(f.wire_len, 7);
        }
    }
}

static void keeps_both_lengths(void)
{
    struct buf *b = fresh();
    struct frame f;

    craft_pcap_head(b, 0xa1b2c3d4, 1, false);
    craft_pcap_frame(b, 5, 1, SLICE("head"), false);
    b->p[24 + 12] = 100;
    CU_ASSERT_EQUAL(only_frame(b, &f), 1);
    CU_ASSERT_EQUAL(f.bytes.n, 4);
    CU_ASSERT_EQUAL(f.wire_len, 100);
    b->p[24 + 12] = 1; /* shorter on the wire than captured: some programs write 0 */
    CU_ASSERT_EQUAL(only_frame(b, &f), 1);
    CU_ASSERT_EQUAL(f.wire_len, 4);
}

/* Before version 2.3 the two lengths were the other way round; 2.3 had both ways. */
static void reads_old_versions(void)
{
    for (int minor = 2; minor <= 3; minor++) {
        struct buf *b = fresh();
        struct frame f;
        craft_pcap_head(b, 0xa1b2c3d4, 1, false);
        craft_pcap_frame(b, 5, 1, SLICE("head"), false);
        b->p[6] = (char)minor;
        b->p[24 + 8] = 100;
        b->p[24 + 12] = 4;
        CU_ASSERT_EQUAL(only_frame(b, &f), 1);
        CU_ASSERT_EQUAL(f.bytes.n, 4);
        CU_ASSERT_EQUAL(f.wire_len, 100);
    }
}

static void masks_the_check_sequence_out_of_the_link_type(void)
{
    struct buf *b = fresh();
    struct frame f;

    craft_pcap_head(b, 0xa1b2c3d4, 0x24000001, false);
    craft_pcap_frame(b, 5, 1, SLICE("x"), false);
    CU_ASSERT_EQUAL(only_frame(b, &f), 1);
    CU_ASSERT_EQUAL(f.linktype, 1);
}

static void takes_frames_of_any_length(void)
{
    static const size_t lengths[] = {0, 1, 65535, 262144, 1 << 20, (1 << 20) + 1};
    static char big[(1 << 20) + 1];

    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        struct pcap_reader reader = {.started = false};
        struct buf *b = fresh();
        struct input *in;
        struct frame f;
        craft_pcap_head(b, 0xa1b2c3d4, 1, false);
        craft_pcap_frame(b, 5, 1, (struct slice){big, lengths[i]}, false);
        CU_ASSERT_EQUAL_FATAL(input_new(fd_of(buf_slice(b)), &in), 0);
        if (lengths[i] <= 1 << 20) {
            CU_ASSERT_EQUAL(pcap_reader_next(&reader, in, 1, &f, NULL), 1);
            CU_ASSERT_EQUAL(f.bytes.n, lengths[i]);
            CU_ASSERT_EQUAL(pcap_reader_next(&reader, in, 2, &f, NULL), 0);
        } else {
            CU_ASSERT_EQUAL(pcap_reader_next(&reader, in, 1, &f, NULL), -EBADMSG);
        }
        input_free(in);
    }
}

static void refuses_other_versions(void)
{
    struct buf *b = fresh();
    struct frame f;

    craft_pcap_head(b, 0xa1b2c3d4, 1, false);
    b->p[4] = 3;
    CU_ASSERT_EQUAL(only_frame(b, &f), -EBADMSG);
    CU_ASSERT_FALSE(pcap_begins(SLICE("\xa1\xb2\xc3")));
    CU_ASSERT_FALSE(pcap_begins(SLICE("\xa1\xb2\xc3\xd5")));
}

static const struct test tests[] = {
    {"reads every form", reads_every_form},
    {"keeps both lengths", keeps_both_lengths},
    {"reads old versions", reads_old_versions},
    {"masks the check sequence out of the link type", masks_the_check_sequence_out_of_the_link_type},
    {"takes frames of any length", takes_frames_of_any_length},
    {"refuses other versions", refuses_other_versions},
};
TEST_MAIN("pcap", tests)
