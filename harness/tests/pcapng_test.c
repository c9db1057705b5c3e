#include "tests/craft.h"
#include "tests/pipe.h"
#include "tests/test.h"
#include "wire/input.h"
#include "wire/pcapng.h"

#include <errno.h>

static struct buf *fresh(void)
{
    static struct buf b;

    buf_done(&b);
    buf_init(&b, 8 << 20);
    return &b;
}

struct reading {
    struct pcapng_reader reader;
    struct input *in;
    struct error err;
    uint64_t n;
};

static void start(struct reading *r, struct slice bytes)
{
    *r = (struct reading){.n = 0};
    CU_ASSERT_TRUE(pcapng_begins(bytes) || bytes.n < 4);
    CU_ASSERT_EQUAL_FATAL(input_new(fd_of(bytes), &r->in), 0);
}

static int next(struct reading *r, struct frame *f)
{
    return pcapng_reader_next(&r->reader, r->in, ++r->n, f, &r->err);
}

static void stop(struct reading *r)
{
    pcapng_reader_done(&r->reader);
    input_free(r->in);
}

static const struct slice none = {NULL, 0};

static void reads_interfaces_that_differ(void)
{
    for (int swap = 0; swap < 2; swap++) {
        struct buf *b = fresh();
        struct reading r;
        struct frame f;
        craft_section(b, swap);
        craft_interface(b, 1, 0, none, swap);
        craft_interface(b, 113, 96, none, swap);
        craft_packet(b, 1, 1700000000123456, SLICE("cooked"), none, swap);
        craft_packet(b, 0, 1700000000123457, SLICE("ethernet"), none, swap);
        start(&r, buf_slice(b));
        CU_ASSERT_EQUAL(next(&r, &f), 1);
        CHECK_SLICE(f.bytes, "cooked");
        CU_ASSERT_EQUAL(f.linktype, 113);
        CU_ASSERT_EQUAL(f.time, INT64_C(1700000000123456000));
        CU_ASSERT_EQUAL(next(&r, &f), 1);
        CHECK_SLICE(f.bytes, "ethernet");
        CU_ASSERT_EQUAL(f.linktype, 1);
        CU_ASSERT_EQUAL(next(&r, &f), 0);
        stop(&r);
    }
}

static void reads_sections_in_either_order(void)
{
    struct buf *b = fresh();
    struct reading r;
    struct frame f;

    craft_section(b, false);
    craft_interface(b, 1, 0, none, false);
    craft_packet(b, 0, 1, SLICE("one"), none, false);
    craft_section(b, true);
    craft_interface(b, 101, 0, none, true);
    craft_packet(b, 0, 2, SLICE("two"), none, true);
    craft_packet(b, 1, 3, SLICE("its interface is of the section before"), none, true);
    start(&r, buf_slice(b));
    CU_ASSERT_EQUAL(next(&r, &f), 1);
    CU_ASSERT_EQUAL(next(&r, &f), 1);
    CHECK_SLICE(f.bytes, "two");
    CU_ASSERT_EQUAL(f.linktype, 101);
    CU_ASSERT_EQUAL(next(&r, &f), -EBADMSG);
    CU_ASSERT_PTR_NOT_NULL(strstr(r.err.text, "frame 3 belongs to an interface that is not described"));
    stop(&r);
}

static void knows_time_resolutions(void)
{
    const struct {
        struct slice options;
        uint64_t ticks;
        nsec_t time;
    } cases[] = {
        {SLICE("\x09\0\x01\0\x09\0\0\0"), 1700000000000000001, INT64_C(1700000000000000001)},
        {SLICE("\x09\0\x01\0\x03\0\0\0"), 1700000000001, INT64_C(1700000000001000000)},
        {SLICE("\x09\0\x01\0\x00\0\0\0"), 1700000000, INT64_C(1700000000000000000)},
        {SLICE("\x09\0\x01\0\x8a\0\0\0"), 1024 * 5 + 512, INT64_C(5500000000)}, /* 2**-10 s */
        {SLICE("\x09\0\x01\0\x0c\0\0\0"), 1500000000000, INT64_C(1500000000)},  /* picoseconds */
        {SLICE("\x0e\0\x08\0\x0a\0\0\0\0\0\0\0"), 1000000, INT64_C(11000000000)},
        {SLICE("\x0e\0\x08\0\xff\xff\xff\xff\xff\xff\xff\xff"), 3000000, INT64_C(2000000000)},
        {SLICE("\x09\0\x01\0\x06\0\0\0\0\0\0\0\x0e\0\x08\0\x0a\0\0\0\0\0\0\0"), 1000000, 1000000000},
        {SLICE("\x09\0\x01\0\x00\0\0\0"), UINT64_MAX, FRAME_TIME_MAX},
        {SLICE("\x0e\0\x08\0\0\0\0\0\0\0\0\x80"), 1, 0},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf *b = fresh();
        struct reading r;
        struct frame f;
        craft_section(b, false);
        craft_interface(b, 1, 0, cases[i].options, false);
        craft_packet(b, 0, cases[i].ticks, SLICE("x"), none, false);
        start(&r, buf_slice(b));
        CU_ASSERT_EQUAL_FATAL(next(&r, &f), 1);
        CU_ASSERT_EQUAL(f.time, cases[i].time);
        stop(&r);
    }
}

static void refuses_a_resolution_beyond_use(void)
{
    struct buf *b = fresh();
    struct reading r;
    struct frame f;

    craft_section(b, false);
    craft_interface(b, 1, 0, SLICE("\x09\0\x01\0\x7f\0\0\0"), false);
    start(&r, buf_slice(b));
    CU_ASSERT_EQUAL(next(&r, &f), -EBADMSG);
    stop(&r);
}

static void reads_simple_and_old_packets(void)
{
    struct buf *b = fresh(), body;
    struct reading r;
    struct frame f;

    craft_section(b, false);
    craft_interface(b, 1, 8, none, false);
    craft_packet(b, 0, 7000000, SLICE("x"), none, false);
    craft_block(b, 3, SLICE("\x14\0\0\0simple s"), false); /* 20 on the wire, snap length 8 */
    craft_block(b, 3, SLICE("\x03\0\0\0abc"), false);
    buf_init(&body, 100);
    buf_add(&body, SLICE("\0\0\x05\0\0\0\0\0\x40\x42\x0f\0\x03\0\0\0\x09\0\0\0old"));
    craft_block(b, 2, buf_slice(&body), false);
    buf_done(&body);
    start(&r, buf_slice(b));
    CU_ASSERT_EQUAL(next(&r, &f), 1);
    CU_ASSERT_EQUAL(next(&r, &f), 1);
    CHECK_SLICE(f.bytes, "simple s");
    CU_ASSERT_EQUAL(f.wire_len, 20);
    CU_ASSERT_EQUAL(f.time, 7 * NSEC_PER_SEC);
    CU_ASSERT_EQUAL(next(&r, &f), 1);
    CHECK_SLICE(f.bytes, "abc");
    CU_ASSERT_EQUAL(next(&r, &f), 1);
    CHECK_SLICE(f.bytes, "old");
    CU_ASSERT_EQUAL(f.wire_len, 9);
    CU_ASSERT_EQUAL(f.time, NSEC_PER_SEC);
    CU_ASSERT_EQUAL(pcapng_reader_dropped(&r.reader), 5);
    CU_ASSERT_EQUAL(next(&r, &f), 0);
    stop(&r);
}

static void steps_over_what_holds_no_frame(void)
{
    struct buf *b = fresh();
    struct reading r;
    struct frame f;

    craft_section(b, false);
    craft_block(b, 4, SLICE("names"), false);
    craft_block(b, 0x12345, filled('c', 90000), false);
    craft_block(b, 7, filled('c', 300), false);
    craft_interface(b, 1, 0, none, false);
    craft_block(b, 10, SLICE("KLST\x04\0\0\0keys"), false);
    craft_packet(b, 0, 1, SLICE("x"), none, false);
    craft_block(b, 0x77777777, none, false);
    start(&r, buf_slice(b));
    CU_ASSERT_EQUAL(next(&r, &f), 1);
    CU_ASSERT_TRUE(r.reader.secrets);
    CU_ASSERT_EQUAL(next(&r, &f), 0);
    stop(&r);
}

/* So that the frames behind them have the numbers that Wireshark gives them. */
static void counts_records_that_are_no_frames(void)
{
    static const uint32_t types[] = {9, 0xbad, 0x40000bad, 0x204, 0x208, 0x216, 0x221};
    struct buf *b = fresh();
    struct reading r;
    struct frame f;

    craft_section(b, false);
    craft_interface(b, 1, 0, none, false);
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        craft_block(b, types[i], filled('c', 100 + i), false);
    craft_packet(b, 0, 1, SLICE("x"), none, false);
    start(&r, buf_slice(b));
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        CU_ASSERT_EQUAL(next(&r, &f), 1);
        CU_ASSERT_TRUE(f.linktype == LINK_RECORD && f.bytes.n == 0);
    }
    CU_ASSERT_EQUAL(next(&r, &f), 1);
    CHECK_SLICE(f.bytes, "x");
    CU_ASSERT_EQUAL(next(&r, &f), 0);
    stop(&r);
}

static void adds_up_what_was_dropped(void)
{
    struct buf *b = fresh();
    struct reading r;
    struct frame f;

    craft_section(b, false);
    craft_interface(b, 1, 0, none, false);
    craft_interface(b, 1, 0, none, false);
    craft_packet(b, 0, 1, SLICE("x"), SLICE("\x04\0\x08\0\x02\0\0\0\0\0\0\0"), false);
    craft_block(b, 5, SLICE("\0\0\0\0time____\x05\0\x08\0\x01\0\0\0\0\0\0\0"), false);
    craft_block(b, 5, SLICE("\0\0\0\0time____\x05\0\x08\0\x07\0\0\0\0\0\0\0\x07\0\x08\0\x03\0\0\0\0\0\0\0"),
                false);
    craft_block(b, 5, SLICE("\1\0\0\0time____\x05\0\x08\0\x64\0\0\0\0\0\0\0"), false);
    craft_block(b, 5, SLICE("\x09\0\0\0time____\x05\0\x08\0\x64\0\0\0\0\0\0\0"),
                false); /* no such interface */
    craft_section(b, false);
    craft_interface(b, 1, 0, none, false);
    craft_packet(b, 0, 1, SLICE("x"), SLICE("\x04\0\x08\0\x02\0\0\0\0\0\0\0"), false);
    start(&r, buf_slice(b));
    while (next(&r, &f) == 1)
        continue;
    CU_ASSERT_EQUAL(pcapng_reader_dropped(&r.reader), 10 + 100 + 2);
    stop(&r);
}

static void refuses_lengths_that_lie(void)
{
    struct buf *b = fresh();
    size_t packet;
    const struct {
        size_t at;
        const char *bytes;
    } lies[] = {
        {4, "\x20\0\0\x7f"},      /* the block is too long */
        {4, "\x0b\0\0\0"},        /* too short */
        {4, "\x21\0\0\0"},        /* not in fours */
        {8 + 12, "\xff\xff\0\0"}, /* the frame is longer than the block */
        {8 + 12, "\xff\xff\xff\xff"},
        {8 + 20 + 8, "\x08\0\0\0"}, /* the length at the end differs */
        {8, "\x01\0\0\0"},          /* an interface that is not there */
    };

    craft_section(b, false);
    craft_interface(b, 1, 0, none, false);
    packet = b->n;
    craft_packet(b, 0, 1, SLICE("12345678"), none, false);
    for (size_t i = 0; i < sizeof lies / sizeof *lies; i++) {
        struct reading r;
        struct frame f;
        char save[4];
        memcpy(save, b->p + packet + lies[i].at, 4);
        memcpy(b->p + packet + lies[i].at, lies[i].bytes, 4);
        start(&r, buf_slice(b));
        CU_ASSERT_EQUAL(next(&r, &f), -EBADMSG);
        CU_ASSERT_TRUE(r.err.text[0]);
        stop(&r);
        memcpy(b->p + packet + lies[i].at, save, 4);
    }
}

static void says_where_it_is_cut(void)
{
    struct buf *b = fresh();
    size_t first, second;

    craft_section(b, false);
    craft_interface(b, 1, 0, none, false);
    craft_packet(b, 0, 1, SLICE("one"), none, false);
    first = b->n;
    craft_block(b, 4, filled('n', 100), false);
    craft_packet(b, 0, 1, SLICE("two"), none, false);
    second = b->n;
    for (size_t n = first + 1; n < second; n++) {
        struct reading r;
        struct frame f;
        int last;
        start(&r, (struct slice){b->p, n});
        CU_ASSERT_EQUAL(next(&r, &f), 1);
        last = next(&r, &f);
        if (n == first + 112) { /* between two blocks */
            CU_ASSERT_EQUAL(last, 0);
        } else {
            CU_ASSERT_EQUAL(last, -ENODATA);
            CU_ASSERT_PTR_NOT_NULL(strstr(r.err.text, "after frame 1"));
        }
        stop(&r);
    }
}

static void bounds_the_interfaces(void)
{
    struct buf *b = fresh();
    struct reading r;
    struct frame f;

    craft_section(b, false);
    for (int i = 0; i <= PCAPNG_INTERFACES_MAX; i++)
        craft_interface(b, 1, 0, none, false);
    start(&r, buf_slice(b));
    CU_ASSERT_EQUAL(next(&r, &f), -EBADMSG);
    stop(&r);
}

static const struct test tests[] = {
    {"reads interfaces that differ", reads_interfaces_that_differ},
    {"reads sections in either order", reads_sections_in_either_order},
    {"knows time resolutions", knows_time_resolutions},
    {"refuses a resolution beyond use", refuses_a_resolution_beyond_use},
    {"reads simple and old packets", reads_simple_and_old_packets},
    {"steps over what holds no frame", steps_over_what_holds_no_frame},
    {"counts records that are no frames", counts_records_that_are_no_frames},
    {"adds up what was dropped", adds_up_what_was_dropped},
    {"refuses lengths that lie", refuses_lengths_that_lie},
    {"says where it is cut", says_where_it_is_cut},
    {"bounds the interfaces", bounds_the_interfaces},
};
TEST_MAIN("pcapng", tests)
