#include "tests/craft.h"
#include "tests/pipe.h"
#include "tests/test.h"
#include "wire/source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <zlib.h>

static struct buf *fresh(void)
{
    static struct buf b;

    buf_done(&b);
    buf_init(&b, 64 << 20);
    return &b;
}

static struct source *from(struct slice bytes)
{
    struct source *s = NULL;

    CU_ASSERT_EQUAL_FATAL(source_open_fd(fd_of(bytes), "a.pcap", 7, &s, NULL), 0);
    return s;
}

/* Reads to the end; the number of frames, and the last word. */
static int read_all(struct slice bytes, int *ret_last, struct error *err, enum source_state *ret_state)
{
    struct source *s = from(bytes);
    struct frame f;
    int n = 0, r;

    *err = (struct error){.text = ""};
    while ((r = source_next(s, &f, err)) == 1) {
        n++;
        CU_ASSERT_EQUAL(f.number, (uint64_t)n);
        CU_ASSERT_EQUAL(f.source, 7);
    }
    CU_ASSERT_EQUAL(source_next(s, &f, err), r);
    CU_ASSERT_EQUAL(source_frames(s), (uint64_t)n);
    *ret_state = source_state(s);
    *ret_last = r;
    source_free(s);
    return n;
}

static void opens_files(void)
{
    char path[] = "/tmp/source_test.XXXXXX";
    struct source *s = NULL;
    struct buf *b = fresh();
    struct error err;
    struct frame f;
    int fd = mkstemp(path);

    craft_pcap_head(b, 0xa1b2c3d4, 1, false);
    craft_pcap_frame(b, 1, 2, SLICE("x"), false);
    CU_ASSERT_TRUE(write_all(fd, buf_slice(b)));
    CU_ASSERT_EQUAL_FATAL(source_open(path, 3, &s, &err), 0);
    CU_ASSERT_STRING_EQUAL(source_name(s), path);
    CU_ASSERT_EQUAL(source_index(s), 3);
    CU_ASSERT_EQUAL(source_next(s, &f, &err), 1);
    CU_ASSERT_EQUAL(source_next(s, &f, &err), 0);
    CU_ASSERT_EQUAL(source_state(s), SOURCE_END);
    CU_ASSERT_EQUAL(source_dropped(s), 0);
    CU_ASSERT_FALSE(source_has_secrets(s));
    source_free(s);
    close(fd);
    unlink(path);
}

static void says_why_a_file_cannot_be_opened(void)
{
    struct source *s = NULL;
    struct error err;

    CU_ASSERT_EQUAL(source_open("/no/such/capture.pcap", 0, &s, &err), -ENOENT);
    CU_ASSERT_STRING_EQUAL(err.text, "no such capture");
    CU_ASSERT_STRING_EQUAL(err.file, "/no/such/capture.pcap");
    CU_ASSERT_EQUAL(source_open("/tmp", 0, &s, &err), -EISDIR);
    CU_ASSERT_PTR_NULL(s);
    source_free(NULL);
}

static void tells_empty_from_foreign(void)
{
    const struct {
        struct slice bytes;
        enum source_state state;
        int last;
        const char *word;
    } cases[] = {
        {{"", 0}, SOURCE_EMPTY, -ENODATA, "empty"},
        {SLICE("x"), SOURCE_FOREIGN, -EMEDIUMTYPE, "neither pcap nor pcapng"},
        {SLICE("\x7f"
               "ELF and so on"),
         SOURCE_FOREIGN, -EMEDIUMTYPE, "neither"},
        {SLICE("\x28\xb5\x2f\xfd zstandard"), SOURCE_FOREIGN, -EMEDIUMTYPE, "zstd -d"},
        {SLICE("PK\x03\x04 zip"), SOURCE_FOREIGN, -EMEDIUMTYPE, "zip"},
        {SLICE("\xd4\xc3\xb2\xa1"), SOURCE_CUT, -EBADMSG, "file header"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        enum source_state state;
        struct error err;
        int last;
        CU_ASSERT_EQUAL(read_all(cases[i].bytes, &last, &err, &state), 0);
        CU_ASSERT_EQUAL(state, cases[i].state);
        CU_ASSERT_EQUAL(last, cases[i].last);
        CU_ASSERT_PTR_NOT_NULL(strstr(err.text, cases[i].word));
        CU_ASSERT_STRING_EQUAL(err.file, "a.pcap");
    }
}

/* Whatever a pcap of three frames is cut to: all whole frames come, then the place is named. */
static void delivers_what_is_before_a_cut(void)
{
    struct buf *b = fresh();
    size_t ends[4];

    craft_pcap_head(b, 0xa1b2c3d4, 1, false);
    ends[0] = b->n;
    for (int i = 1; i <= 3; i++) {
        craft_pcap_frame(b, 1, 2, filled('x', (size_t)i * 10), false);
        ends[i] = b->n;
    }
    for (size_t n = 1; n <= b->n; n++) {
        enum source_state state;
        struct error err;
        int whole = 0, last;
        while (whole < 3 && ends[whole + 1] <= n)
            whole++;
        CU_ASSERT_EQUAL(read_all((struct slice){b->p, n}, &last, &err, &state), n < ends[0] ? 0 : whole);
        if (n >= ends[0] && n == ends[whole]) {
            CU_ASSERT_TRUE(last == 0 && state == SOURCE_END);
        } else if (n >= 4) {
            char number[32];
            CU_ASSERT_TRUE(last == -EBADMSG && state == SOURCE_CUT);
            snprintf(number, sizeof number, "frame %d", n < ends[0] ? 0 : whole + 1);
            CU_ASSERT_TRUE(n < ends[0] || strstr(err.text, number));
        }
    }
}

static void stops_where_a_length_lies(void)
{
    struct buf *b = fresh();
    enum source_state state;
    struct error err;
    int last;

    craft_pcap_head(b, 0xa1b2c3d4, 1, false);
    craft_pcap_frame(b, 1, 2, SLICE("one"), false);
    craft_pcap_frame(b, 1, 2, SLICE("two"), false);
    memcpy(b->p + b->n - 3 - 8, "\xff\xff\xff\x7f", 4);
    CU_ASSERT_EQUAL(read_all(buf_slice(b), &last, &err, &state), 1);
    CU_ASSERT_TRUE(last == -EBADMSG && state == SOURCE_DAMAGED);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "frame 2 claims to hold 2147483647 bytes"));
}

static size_t gzip(struct slice in, char *out, size_t size)
{
    z_stream z = {.next_in = (Bytef *)(uintptr_t)in.p, .avail_in = (uInt)in.n, .next_out = (Bytef *)out};

    z.avail_out = (uInt)size;
    if (deflateInit2(&z, 6, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY) != Z_OK ||
        deflate(&z, Z_FINISH) != Z_STREAM_END)
        return 0;
    deflateEnd(&z);
    return size - z.avail_out;
}

static void reads_gzip_as_far_as_it_reaches(void)
{
    static char packed[200000];
    struct buf *b = fresh();
    enum source_state state;
    struct error err;
    size_t n;
    int last;

    craft_pcap_head(b, 0xa1b23c4d, 1, true);
    for (uint32_t i = 0; i < 3000; i++) {
        char text[64];
        int len = snprintf(text, sizeof text, "frame %u has the number %u", i, i * 2654435761u);
        craft_pcap_frame(b, i, i, (struct slice){text, (size_t)len}, true);
    }
    n = gzip(buf_slice(b), packed, sizeof packed);
    CU_ASSERT_EQUAL(read_all((struct slice){packed, n}, &last, &err, &state), 3000);
    CU_ASSERT_TRUE(last == 0 && state == SOURCE_END);
    last = 0;
    CU_ASSERT_TRUE(read_all((struct slice){packed, n / 2}, &last, &err, &state) > 100);
    CU_ASSERT_TRUE(last == -EBADMSG && state == SOURCE_CUT);
    CU_ASSERT_EQUAL(read_all((struct slice){packed, n - 4}, &last, &err, &state), 3000);
    CU_ASSERT_TRUE(last == -EBADMSG && state == SOURCE_CUT);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "after frame 3000"));
    CU_ASSERT_EQUAL(read_all((struct slice){packed, 2}, &last, &err, &state), 0);
    CU_ASSERT_EQUAL(state, SOURCE_FOREIGN);
    CU_ASSERT_EQUAL(read_all((struct slice){packed, 12}, &last, &err, &state), 0);
    CU_ASSERT_EQUAL(state, SOURCE_CUT);
}

/* A capture program writes in pieces that end anywhere; every frame shows as soon as it is whole. */
static void follows_a_stream(void)
{
    struct buf *b = fresh();
    struct source *s;
    struct frame f;
    int fd[2];

    craft_pcap_head(b, 0xa1b2c3d4, 101, true);
    craft_pcap_frame(b, 1, 2, SLICE("first"), true);
    craft_pcap_frame(b, 1, 3, SLICE("second"), true);
    CU_ASSERT_EQUAL_FATAL(pipe2(fd, O_CLOEXEC | O_NONBLOCK), 0);
    CU_ASSERT_EQUAL_FATAL(source_open_fd(fd[0], "a command", 0, &s, NULL), 0);
    CU_ASSERT_EQUAL(source_fd(s), fd[0]);
    for (size_t i = 0; i < b->n; i++) {
        bool whole = i == 24 + 16 + 5 || i == b->n;
        CU_ASSERT_EQUAL(source_next(s, &f, NULL), whole ? 1 : -EAGAIN);
        CU_ASSERT_TRUE(write_all(fd[1], (struct slice){b->p + i, 1}));
    }
    CU_ASSERT_EQUAL(source_next(s, &f, NULL), 1);
    CHECK_SLICE(f.bytes, "second");
    CU_ASSERT_EQUAL(f.number, 2);
    CU_ASSERT_EQUAL(source_next(s, &f, NULL), -EAGAIN);
    CU_ASSERT_EQUAL(source_state(s), SOURCE_OPEN);
    close(fd[1]);
    CU_ASSERT_EQUAL(source_next(s, &f, NULL), 0);
    source_free(s);
}

static void passes_on_reading_errors(void)
{
    struct source *s;
    struct error err;
    struct frame f;

    CU_ASSERT_EQUAL_FATAL(source_open_fd(open("/", O_RDONLY | O_CLOEXEC), "root", 0, &s, &err), 0);
    CU_ASSERT_EQUAL(source_next(s, &f, &err), -EISDIR);
    CU_ASSERT_EQUAL(source_state(s), SOURCE_FAILED);
    CU_ASSERT_STRING_EQUAL(err.file, "root");
    source_free(s);
}

static const struct test tests[] = {
    {"opens files", opens_files},
    {"says why a file cannot be opened", says_why_a_file_cannot_be_opened},
    {"tells empty from foreign", tells_empty_from_foreign},
    {"delivers what is before a cut", delivers_what_is_before_a_cut},
    {"stops where a length lies", stops_where_a_length_lies},
    {"reads gzip as far as it reaches", reads_gzip_as_far_as_it_reaches},
    {"follows a stream", follows_a_stream},
    {"passes on reading errors", passes_on_reading_errors},
};
TEST_MAIN("source", tests)
