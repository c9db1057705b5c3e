#include "tests/pipe.h"
#include "tests/test.h"
#include "wire/input.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <zlib.h>

/* A member of gzip data. */
static size_t pack(const char *in, size_t n, char *out, size_t size)
{
    z_stream z = {.next_in = (Bytef *)(uintptr_t)in, .avail_in = (uInt)n, .next_out = (Bytef *)out};

    z.avail_out = (uInt)size;
    if (deflateInit2(&z, 6, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY) != Z_OK ||
        deflate(&z, Z_FINISH) != Z_STREAM_END)
        return 0;
    deflateEnd(&z);
    return size - z.avail_out;
}

/* Text that does not repeat, so that bytes in the wrong place show. */
static char *numbers(size_t n)
{
    char *p = malloc(n + 16);

    for (size_t i = 0; i < n; i += 8)
        snprintf(p + i, 16, "%07zu\n", i / 8);
    return p;
}

/* Takes everything in steps of odd sizes and compares; returns how much came. */
static size_t take_all(struct input *in, const char *want, int *ret_last)
{
    size_t at = 0, step = 1;
    struct slice s;
    int r;

    while ((r = input_want(in, step, &s)) == 1) {
        if (memcmp(s.p, want + at, step) != 0)
            break;
        input_take(in, step);
        at += step;
        step = step * 7 % 99991 + 1;
    }
    if (r == 0 && memcmp(s.p, want + at, s.n) == 0) {
        at += s.n;
        input_take(in, s.n);
    }
    *ret_last = r;
    return at;
}

static void reads_a_file(void)
{
    enum { N = 3000000 };
    char *text = numbers(N);
    struct input *in;
    int r;

    CU_ASSERT_EQUAL_FATAL(input_new(fd_of((struct slice){text, N}), &in), 0);
    CU_ASSERT_EQUAL(take_all(in, text, &r), N);
    CU_ASSERT_EQUAL(r, 0);
    CU_ASSERT_EQUAL(input_offset(in), N);
    CU_ASSERT_PTR_NULL(input_trouble(in));
    input_free(in);
    free(text);
}

static void shows_what_is_left_at_the_end(void)
{
    struct input *in;
    struct slice s;

    CU_ASSERT_EQUAL_FATAL(input_new(fd_of(SLICE("abcdef")), &in), 0);
    CU_ASSERT_EQUAL(input_want(in, 4, &s), 1);
    CHECK_SLICE(slice_head(s, 4), "abcd");
    input_take(in, 4);
    CU_ASSERT_EQUAL(input_want(in, 4, &s), 0);
    CHECK_SLICE(s, "ef");
    CU_ASSERT_EQUAL(input_want(in, 2, &s), 1);
    CU_ASSERT_EQUAL(input_want(in, INPUT_WANT_MAX + 1, &s), -ENOBUFS);
    input_free(in);
}

static void inflates_several_members(void)
{
    enum { N = 1000000, HALF = N / 2 };
    char *text = numbers(N), *packed = malloc(N);
    struct input *in;
    size_t n;
    int r;

    n = pack(text, HALF, packed, N);
    n += pack(text + HALF, N - HALF, packed + n, N - n);
    memset(packed + n, 0, 512); /* padding, as tapes leave it */
    CU_ASSERT_EQUAL_FATAL(input_new(fd_of((struct slice){packed, n + 512}), &in), 0);
    CU_ASSERT_EQUAL(take_all(in, text, &r), N);
    CU_ASSERT_EQUAL(r, 0);
    CU_ASSERT_PTR_NULL(input_trouble(in));
    input_free(in);
    free(text);
    free(packed);
}

static void says_that_gzip_is_cut(void)
{
    enum { N = 200000 };
    char *text = numbers(N), *packed = malloc(N);
    size_t n = pack(text, N, packed, N), cuts[] = {n - 1, n - 9, n / 2, 11, 4};

    for (size_t i = 0; i < sizeof cuts / sizeof *cuts; i++) {
        struct input *in;
        int r;
        CU_ASSERT_EQUAL_FATAL(input_new(fd_of((struct slice){packed, cuts[i]}), &in), 0);
        CU_ASSERT_TRUE(take_all(in, text, &r) <= N);
        CU_ASSERT_EQUAL(r, 0);
        CU_ASSERT_PTR_NOT_NULL(input_trouble(in));
        input_free(in);
    }
    free(text);
    free(packed);
}

static void says_that_gzip_is_damaged(void)
{
    enum { N = 200000 };
    char *text = numbers(N), *packed = malloc(N);
    size_t n = pack(text, N, packed, N), got;
    struct input *in;
    int r;

    packed[n / 2] ^= 0x55;
    CU_ASSERT_EQUAL_FATAL(input_new(fd_of((struct slice){packed, n}), &in), 0);
    got = take_all(in, text, &r);
    CU_ASSERT_TRUE(got > 0 && got < N);
    input_free(in);
    packed[n / 2] ^= 0x55;
    memcpy(packed + n, "garbage", 7);
    CU_ASSERT_EQUAL_FATAL(input_new(fd_of((struct slice){packed, n + 7}), &in), 0);
    CU_ASSERT_TRUE(take_all(in, text, &r) > N / 2);
    CU_ASSERT_EQUAL(r, -EBADMSG);
    CU_ASSERT_PTR_NOT_NULL(input_trouble(in));
    input_free(in);
    free(text);
    free(packed);
}

static void waits_for_a_stream(void)
{
    struct input *in;
    struct slice s;
    int fd[2];

    CU_ASSERT_EQUAL_FATAL(pipe2(fd, O_CLOEXEC | O_NONBLOCK), 0);
    CU_ASSERT_EQUAL_FATAL(input_new(fd[0], &in), 0);
    CU_ASSERT_EQUAL(input_fd(in), fd[0]);
    CU_ASSERT_EQUAL(input_want(in, 2, &s), -EAGAIN);
    CU_ASSERT_TRUE(write_all(fd[1], SLICE("a")));
    CU_ASSERT_EQUAL(input_want(in, 2, &s), -EAGAIN);
    CU_ASSERT_TRUE(write_all(fd[1], SLICE("bc")));
    CU_ASSERT_EQUAL(input_want(in, 2, &s), 1);
    CHECK_SLICE(s, "abc");
    input_take(in, 3);
    CU_ASSERT_EQUAL(input_want(in, 1, &s), -EAGAIN);
    close(fd[1]);
    CU_ASSERT_EQUAL(input_want(in, 1, &s), 0);
    CU_ASSERT_EQUAL(s.n, 0);
    input_free(in);
}

/* Compressed data that trickles in shows as soon as it can be inflated. */
static void waits_for_gzip(void)
{
    char packed[4096], text[] = "one two three four five six seven eight nine ten";
    size_t n = pack(text, sizeof text, packed, sizeof packed);
    struct input *in;
    struct slice s;
    int fd[2], r = -EAGAIN;

    CU_ASSERT_EQUAL_FATAL(pipe2(fd, O_CLOEXEC | O_NONBLOCK), 0);
    CU_ASSERT_EQUAL_FATAL(input_new(fd[0], &in), 0);
    for (size_t i = 0; i < n - 8; i++) { /* all but the check sum and the length */
        CU_ASSERT_EQUAL(r, -EAGAIN);
        CU_ASSERT_TRUE(write_all(fd[1], (struct slice){packed + i, 1}));
        r = input_want(in, sizeof text, &s);
    }
    CU_ASSERT_EQUAL(r, 1);
    CU_ASSERT_EQUAL(memcmp(s.p, text, sizeof text), 0);
    close(fd[1]);
    input_free(in);
}

static void hands_on_errors(void)
{
    struct input *in;
    struct slice s;

    CU_ASSERT_EQUAL_FATAL(input_new(open("/", O_RDONLY | O_CLOEXEC), &in), 0);
    CU_ASSERT_EQUAL(input_want(in, 1, &s), -EISDIR);
    input_free(in);
    input_free(NULL);
}

static const struct test tests[] = {{"reads a file", reads_a_file},
                                    {"shows what is left at the end", shows_what_is_left_at_the_end},
                                    {"inflates several members", inflates_several_members},
                                    {"says that gzip is cut", says_that_gzip_is_cut},
                                    {"says that gzip is damaged", says_that_gzip_is_damaged},
                                    {"waits for a stream", waits_for_a_stream},
                                    {"waits for gzip", waits_for_gzip},
                                    {"hands on errors", hands_on_errors}};
TEST_MAIN("input", tests)
