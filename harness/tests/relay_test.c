#include "drive/relay.h"

#include "tests/test.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static int pair[2];
static struct relay *relay;
static int frames, refuse;
static enum drive_stage stages[STAGE_COUNT];
static int nstages;
static struct drive_outcome outcome;
static struct frame last;
static char last_bytes[4096];

static int on_frame(void *ctx, const struct frame *f)
{
    (void)ctx;
    last = *f;
    memcpy(last_bytes, f->bytes.p, f->bytes.n < sizeof last_bytes ? f->bytes.n : sizeof last_bytes);
    return ++frames == refuse ? -ENOSPC : 0;
}

static void on_stage(void *ctx, enum drive_stage stage)
{
    (void)ctx;
    stages[nstages++] = stage;
}

static void on_outcome(void *ctx, const struct drive_outcome *o)
{
    (void)ctx;
    outcome = *o;
}

static void begin(void)
{
    struct relay_sink sink = {on_frame, on_stage, on_outcome, NULL};

    frames = refuse = nstages = 0;
    CU_ASSERT_EQUAL_FATAL(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
    CU_ASSERT_EQUAL_FATAL(relay_new(pair[0], &sink, &relay), 0);
}

static void finish(void)
{
    relay_free(relay);
    close(pair[0]);
    if (pair[1] >= 0)
        close(pair[1]);
}

static void hang_up(void)
{
    close(pair[1]);
    pair[1] = -1;
}

static struct frame frame_of(const char *bytes, size_t n, uint64_t number)
{
    return (struct frame){.bytes = {bytes, n},
                          .wire_len = (uint32_t)n + 7,
                          .linktype = 113,
                          .source = 3,
                          .number = number,
                          .time = 1700000000123456789};
}

static void test_all_kinds_arrive_whole_and_in_order(void)
{
    struct frame f = frame_of("BYE sip:b SIP/2.0", 17, 42);
    struct drive_outcome o = {.end = DRIVE_INCONCLUSIVE, .reason = "because", .dropped = 9};

    begin();
    CU_ASSERT_EQUAL(relay_stage(pair[1], STAGE_CAPTURE), 0);
    CU_ASSERT_EQUAL(relay_frame(pair[1], &f), 0);
    CU_ASSERT_EQUAL(relay_outcome(pair[1], &o), 0);
    CU_ASSERT_EQUAL(relay_stage(pair[1], STAGE_STOP), 0);
    CU_ASSERT_EQUAL(relay_read(relay), 1);
    CU_ASSERT_TRUE(nstages == 2 && stages[0] == STAGE_CAPTURE && stages[1] == STAGE_STOP);
    CU_ASSERT_TRUE(frames == 1 && last.number == 42 && last.wire_len == 24 && last.linktype == 113 &&
                   last.source == 3 && last.time == 1700000000123456789);
    CHECK_SLICE(((struct slice){last_bytes, last.bytes.n}), "BYE sip:b SIP/2.0");
    CU_ASSERT_TRUE(outcome.end == DRIVE_INCONCLUSIVE && outcome.dropped == 9);
    CU_ASSERT_STRING_EQUAL(outcome.reason, "because");
    hang_up();
    CU_ASSERT_EQUAL(relay_read(relay), 0);
    finish();
}

/* However the bytes are cut on their way. */
static void test_records_arrive_byte_by_byte(void)
{
    struct frame f = frame_of("0123456789", 10, 1);
    char bytes[4096];
    ssize_t n;

    begin();
    for (int i = 0; i < 3; i++) {
        f.number = (uint64_t)i + 1;
        CU_ASSERT_EQUAL(relay_frame(pair[1], &f), 0);
    }
    n = recv(pair[0], bytes, sizeof bytes, 0);
    for (ssize_t i = 0; i < n; i++) {
        CU_ASSERT_EQUAL(send(pair[1], bytes + i, 1, 0), 1);
        CU_ASSERT_EQUAL(relay_read(relay), 1);
    }
    CU_ASSERT_EQUAL(frames, 3);
    CU_ASSERT_EQUAL(last.number, 3);
    finish();
}

static void test_a_large_frame(void)
{
    static char bytes[300000];
    struct frame f = frame_of(bytes, sizeof bytes, 1);
    pid_t pid;
    int r;

    begin();
    pid = fork();
    if (pid == 0)
        _exit(relay_frame(pair[1], &f) == 0 ? 0 : 1);
    hang_up();
    do
        r = relay_read(relay);
    while (r == 1);
    CU_ASSERT_EQUAL(r, 0);
    CU_ASSERT_EQUAL(frames, 1);
    CU_ASSERT_EQUAL(last.bytes.n, sizeof bytes);
    finish();
}

static void test_what_is_no_record_is_refused(void)
{
    static const char nonsense[64] = "this is no record at all, whatever one may think of it ........";

    begin();
    CU_ASSERT_EQUAL(send(pair[1], nonsense, sizeof nonsense, 0), (ssize_t)sizeof nonsense);
    CU_ASSERT_EQUAL(relay_read(relay), -EPROTO);
    finish();
}

static void test_a_record_that_is_cut_off(void)
{
    struct frame f = frame_of("0123456789", 10, 1);
    char bytes[4096];
    ssize_t n;

    begin();
    relay_frame(pair[1], &f);
    n = recv(pair[0], bytes, sizeof bytes, 0);
    send(pair[1], bytes, (size_t)n - 1, 0);
    hang_up();
    CU_ASSERT_EQUAL(relay_read(relay), -EPROTO);
    CU_ASSERT_EQUAL(frames, 0);
    finish();
}

static void test_the_sink_may_refuse(void)
{
    struct frame f = frame_of("0123456789", 10, 1);

    begin();
    refuse = 2;
    for (int i = 0; i < 3; i++)
        relay_frame(pair[1], &f);
    CU_ASSERT_EQUAL(relay_read(relay), -ENOSPC);
    CU_ASSERT_EQUAL(frames, 2);
    finish();
}

static void test_nobody_listens(void)
{
    struct frame f = frame_of("0123456789", 10, 1);

    begin();
    close(pair[0]);
    CU_ASSERT_EQUAL(relay_frame(pair[1], &f), -EPIPE);
    pair[0] = dup(1);
    finish();
}

static const struct test tests[] = {
    {"all kinds arrive whole and in order", test_all_kinds_arrive_whole_and_in_order},
    {"records arrive byte by byte", test_records_arrive_byte_by_byte},
    {"a large frame", test_a_large_frame},
    {"what is no record is refused", test_what_is_no_record_is_refused},
    {"a record that is cut off", test_a_record_that_is_cut_off},
    {"the sink may refuse", test_the_sink_may_refuse},
    {"nobody listens", test_nobody_listens},
};

TEST_MAIN("relay", tests)
