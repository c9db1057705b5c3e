#include "base/ring.h"
#include "tests/oom.h"
#include "tests/test.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <unistd.h>

/* Lets the other thread run on, so that the ring comes to be empty, or full. */
static void give_way(void)
{
    for (int i = 0; i < 100; i++)
        sched_yield();
}

enum { BYTES = 1 << 14, RECORDS = 20000 };

/* Lengths of every kind: none, odd, up to a quarter of the ring, and some that take memory of their own. */
static size_t length_of(unsigned i)
{
    if (i % 1000 == 999)
        return BYTES / 4 + i;
    return (i * 2654435761u) % (i % 10 ? 300 : BYTES / 4);
}

static char byte_of(unsigned i, size_t at)
{
    return (char)(i * 31 + at);
}

struct job {
    struct ring *ring;
    unsigned records;
    unsigned rest; /* the writer rests after so many */
    int answer;
};

static void *write_all(void *arg)
{
    struct job *j = arg;

    for (unsigned i = 0; i < j->records && j->answer == 0; i++) {
        size_t n = length_of(i);
        void *room = NULL;
        j->answer = ring_reserve(j->ring, n, &room);
        if (j->answer < 0)
            break;
        for (size_t k = 0; k < n; k++)
            ((char *)room)[k] = byte_of(i, k);
        ring_commit(j->ring);
        if (j->rest && i % j->rest == 0)
            give_way();
    }
    ring_end(j->ring);
    return NULL;
}

static bool is_record(struct slice s, unsigned i)
{
    bool same = s.n == length_of(i);

    for (size_t k = 0; same && k < s.n; k++)
        same = s.p[k] == byte_of(i, k);
    return same;
}

/* Reads up to `want` records, resting after each `rest`; returns how many there were. */
static unsigned read_some(struct ring *r, unsigned want, unsigned rest)
{
    struct slice s;
    unsigned n = 0;

    while (n < want && ring_next(r, &s)) {
        CU_ASSERT_TRUE_FATAL(is_record(s, n));
        CU_ASSERT_EQUAL_FATAL((uintptr_t)s.p % _Alignof(max_align_t), 0);
        n++;
        if (rest && n % rest == 0)
            give_way();
    }
    return n;
}

static void run(unsigned records, unsigned rest_writing, unsigned rest_reading)
{
    struct job j = {.records = records, .rest = rest_writing};
    struct slice s;
    pthread_t writer;

    CU_ASSERT_EQUAL_FATAL(ring_new(BYTES, &j.ring), 0);
    CU_ASSERT_EQUAL_FATAL(pthread_create(&writer, NULL, write_all, &j), 0);
    CU_ASSERT_EQUAL(read_some(j.ring, UINT32_MAX, rest_reading), records);
    CU_ASSERT_FALSE(ring_next(j.ring, &s));
    pthread_join(writer, NULL);
    CU_ASSERT_EQUAL(j.answer, 0);
    ring_free(j.ring);
}

static void hands_over_every_record_in_order(void)
{
    run(RECORDS, 0, 0);
}

static void waits_for_a_slow_reader(void)
{
    run(RECORDS / 10, 0, 20);
}

static void waits_for_a_slow_writer(void)
{
    run(RECORDS / 10, 20, 0);
}

static void ends_without_a_record(void)
{
    run(0, 0, 0);
}

/* A single record does not wait for a batch. */
static void hands_over_a_single_record_at_once(void)
{
    struct job j = {.records = 1};
    struct slice s;
    void *room;

    CU_ASSERT_EQUAL_FATAL(ring_new(BYTES, &j.ring), 0);
    CU_ASSERT_EQUAL_FATAL(ring_reserve(j.ring, 3, &room), 0);
    memcpy(room, "abc", 3);
    ring_commit(j.ring);
    CU_ASSERT_TRUE_FATAL(ring_next(j.ring, &s)); /* and no end was told */
    CHECK_SLICE(s, "abc");
    ring_free(j.ring);
}

static void tells_the_writer_that_the_reader_has_stopped(void)
{
    struct job j = {.records = RECORDS};
    pthread_t writer;

    CU_ASSERT_EQUAL_FATAL(ring_new(BYTES, &j.ring), 0);
    CU_ASSERT_EQUAL_FATAL(pthread_create(&writer, NULL, write_all, &j), 0);
    CU_ASSERT_EQUAL(read_some(j.ring, 100, 0), 100);
    ring_stop(j.ring); /* whether it waits for room or not */
    pthread_join(writer, NULL);
    CU_ASSERT_EQUAL(j.answer, -ECANCELED);
    ring_free(j.ring);
}

/* With records of their own memory unread, and one reserved. */
static void frees_what_was_not_read(void)
{
    long before = oom_live_bytes();
    struct ring *r;
    void *room;

    CU_ASSERT_EQUAL_FATAL(ring_new(BYTES, &r), 0);
    for (int i = 0; i < 5; i++) {
        CU_ASSERT_EQUAL_FATAL(ring_reserve(r, i % 2 ? BYTES : 10, &room), 0);
        ring_commit(r);
    }
    CU_ASSERT_EQUAL_FATAL(ring_reserve(r, BYTES, &room), 0);
    ring_free(r);
    CU_ASSERT_EQUAL(oom_live_bytes(), before);
}

static void says_that_memory_is_out(void)
{
    struct ring *r;
    void *room;

    oom_fail(1, true);
    CU_ASSERT_EQUAL(ring_new(BYTES, &r), -ENOMEM);
    oom_fail(0, false);
    CU_ASSERT_EQUAL_FATAL(ring_new(BYTES, &r), 0);
    oom_fail(1, true);
    CU_ASSERT_EQUAL(ring_reserve(r, BYTES, &room), -ENOMEM);
    CU_ASSERT_EQUAL(ring_reserve(r, 10, &room), 0);
    oom_fail(0, false);
    ring_commit(r);
    ring_free(r);
}

static const struct test tests[] = {
    {"hands over every record in order", hands_over_every_record_in_order},
    {"waits for a slow reader", waits_for_a_slow_reader},
    {"waits for a slow writer", waits_for_a_slow_writer},
    {"ends without a record", ends_without_a_record},
    {"hands over a single record at once", hands_over_a_single_record_at_once},
    {"tells the writer that the reader has stopped", tells_the_writer_that_the_reader_has_stopped},
    {"frees what was not read", frees_what_was_not_read},
    {"says that memory is out", says_that_memory_is_out},
};
TEST_MAIN("ring", tests)
