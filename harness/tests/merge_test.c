#include "tests/craft.h"
#include "tests/pipe.h"
#include "tests/test.h"
#include "wire/merge.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>

enum { SOURCES_MAX = 40 };

static struct source *sources[SOURCES_MAX];
static uint32_t nsources;

static void reset(void)
{
    while (nsources)
        source_free(sources[--nsources]);
}

/* A capture whose frames have these times, in seconds. */
static struct slice capture(const char *times)
{
    static struct buf b;

    buf_done(&b);
    buf_init(&b, 1 << 20);
    craft_pcap_head(&b, 0xa1b2c3d4, 1, false);
    for (; *times; times++)
        craft_pcap_frame(&b, (uint32_t)(*times - '0'), 0, (struct slice){times, 1}, false);
    return buf_slice(&b);
}

static struct source *add_fd(struct merge *m, int fd)
{
    char name[32];

    snprintf(name, sizeof name, "capture %u", nsources);
    CU_ASSERT_EQUAL_FATAL(source_open_fd(fd, name, nsources, &sources[nsources], NULL), 0);
    CU_ASSERT_EQUAL_FATAL(merge_add(m, sources[nsources]), 0);
    return sources[nsources++];
}

/* What comes, as source and time; '!' where a source ends in an error. */
static const char *all(struct merge *m)
{
    static char text[400];
    struct error err;
    struct frame f;
    size_t n = 0;
    int r;

    while ((r = merge_next(m, &f, &err)) != 0 && r != -EAGAIN && n < sizeof text - 4) {
        if (r < 0) {
            text[n++] = '!';
            text[n++] = err.file[8];
        } else {
            text[n++] = (char)('a' + f.source);
            text[n++] = f.bytes.p[0];
        }
        text[n++] = ' ';
    }
    text[n] = '\0';
    return text;
}

static void by_time(void)
{
    struct merge *m = NULL;

    CU_ASSERT_EQUAL_FATAL(merge_new(&m), 0);
    add_fd(m, fd_of(capture("1589")));
    add_fd(m, fd_of(capture("237")));
    add_fd(m, fd_of(capture("46")));
    CU_ASSERT_STRING_EQUAL(all(m), "a1 b2 b3 c4 a5 c6 b7 a8 a9 ");
    merge_free(m);
    reset();
}

static void each_in_its_own_order(void)
{
    struct merge *m = NULL;

    CU_ASSERT_EQUAL_FATAL(merge_new(&m), 0);
    add_fd(m, fd_of(capture("5123")));
    add_fd(m, fd_of(capture("446")));
    CU_ASSERT_STRING_EQUAL(all(m), "b4 b4 a5 a1 a2 a3 b6 ");
    merge_free(m);
    reset();
}

static void equal_times_keep_the_order_of_the_sources(void)
{
    struct merge *m = NULL;

    CU_ASSERT_EQUAL_FATAL(merge_new(&m), 0);
    add_fd(m, fd_of(capture("11")));
    add_fd(m, fd_of(capture("11")));
    add_fd(m, fd_of(capture("1")));
    CU_ASSERT_STRING_EQUAL(all(m), "a1 a1 b1 b1 c1 ");
    merge_free(m);
    reset();
}

static void many(void)
{
    struct merge *m = NULL;
    const char *text;

    CU_ASSERT_EQUAL_FATAL(merge_new(&m), 0);
    for (int i = 0; i < 20; i++)
        add_fd(m, fd_of(capture(i % 2 ? "136" : "2479")));
    text = all(m);
    CU_ASSERT_EQUAL(strlen(text), 3 * 70);
    for (size_t i = 3; text[i]; i += 3)
        CU_ASSERT_TRUE(text[i + 1] >= text[i - 2]);
    merge_free(m);
    reset();
}

static void goes_on_after_a_source_that_fails(void)
{
    struct merge *m = NULL;
    struct slice cut = capture("147");

    CU_ASSERT_EQUAL_FATAL(merge_new(&m), 0);
    add_fd(m, fd_of(slice_head(cut, cut.n - 3)));
    add_fd(m, fd_of(capture("258")));
    add_fd(m, fd_of(SLICE("no capture")));
    CU_ASSERT_STRING_EQUAL(all(m), "!2 a1 b2 a4 !0 b5 b8 ");
    CU_ASSERT_EQUAL(source_state(sources[0]), SOURCE_CUT);
    CU_ASSERT_EQUAL(source_state(sources[1]), SOURCE_END);
    CU_ASSERT_EQUAL(source_state(sources[2]), SOURCE_FOREIGN);
    merge_free(m);
    reset();
}

static void does_not_wait_for_a_silent_stream(void)
{
    struct merge *m = NULL;
    struct slice late;
    struct frame f;
    int fd[2];

    CU_ASSERT_EQUAL_FATAL(pipe2(fd, O_CLOEXEC | O_NONBLOCK), 0);
    CU_ASSERT_EQUAL_FATAL(merge_new(&m), 0);
    add_fd(m, fd[0]);
    add_fd(m, fd_of(capture("5")));
    CU_ASSERT_EQUAL(merge_next(m, &f, NULL), 1);
    CU_ASSERT_EQUAL(f.source, 1);
    CU_ASSERT_EQUAL(merge_next(m, &f, NULL), -EAGAIN);
    late = capture("3");
    CU_ASSERT_TRUE(write_all(fd[1], late));
    CU_ASSERT_EQUAL(merge_next(m, &f, NULL), 1);
    CU_ASSERT_EQUAL(f.source, 0);
    CU_ASSERT_EQUAL(merge_next(m, &f, NULL), -EAGAIN);
    close(fd[1]);
    CU_ASSERT_EQUAL(merge_next(m, &f, NULL), 0);
    merge_free(m);
    merge_free(NULL);
    reset();
}

static void nothing_at_all(void)
{
    struct merge *m = NULL;
    struct frame f;

    CU_ASSERT_EQUAL_FATAL(merge_new(&m), 0);
    CU_ASSERT_EQUAL(merge_next(m, &f, NULL), 0);
    merge_free(m);
}

static const struct test tests[] = {
    {"by time", by_time},
    {"each in its own order", each_in_its_own_order},
    {"equal times keep the order of the sources", equal_times_keep_the_order_of_the_sources},
    {"many", many},
    {"goes on after a source that fails", goes_on_after_a_source_that_fails},
    {"does not wait for a silent stream", does_not_wait_for_a_silent_stream},
    {"nothing at all", nothing_at_all},
};
TEST_MAIN("merge", tests)
