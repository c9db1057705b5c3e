#include "drive/loop.h"

#include "tests/test.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

static struct loop *l;
static int calls, order[8];
static int ends[2];

static void note_and_stop(void *ctx)
{
    order[calls++] = *(int *)ctx;
    loop_stop(l);
}

static void note(void *ctx)
{
    order[calls++] = *(int *)ctx;
}

static void begin(void)
{
    calls = 0;
    CU_ASSERT_EQUAL_FATAL(loop_new(&l, NULL), 0);
    CU_ASSERT_EQUAL_FATAL(pipe2(ends, O_CLOEXEC | O_NONBLOCK), 0);
}

static void finish(void)
{
    loop_free(l);
    close(ends[0]);
    close(ends[1]);
}

static void test_timers_are_due_in_their_order(void)
{
    int one = 1, two = 2, three = 3;

    begin();
    CU_ASSERT_EQUAL(loop_timer(l, 30 * NSEC_PER_MSEC, note_and_stop, &three), 0);
    CU_ASSERT_EQUAL(loop_timer(l, 20 * NSEC_PER_MSEC, note, &two), 0);
    CU_ASSERT_EQUAL(loop_timer(l, 0, note, &one), 0);
    CU_ASSERT_EQUAL(loop_run(l), 0);
    CU_ASSERT_EQUAL(calls, 3);
    CU_ASSERT_TRUE(order[0] == 1 && order[1] == 2 && order[2] == 3);
    finish();
}

static void test_a_timer_is_replaced_and_cancelled(void)
{
    int one = 1, two = 2;
    nsec_t before;

    begin();
    loop_timer(l, 0, note, &one);
    loop_timer(l, 3600 * NSEC_PER_SEC, note, &one); /* the same pair: later now */
    loop_timer(l, 0, note, &two);
    loop_cancel(l, note, &two);
    loop_cancel(l, note, &calls); /* there is none */
    loop_timer(l, 20 * NSEC_PER_MSEC, note_and_stop, &two);
    before = clock_monotonic();
    CU_ASSERT_EQUAL(loop_run(l), 0);
    CU_ASSERT_TRUE(clock_monotonic() - before >= 20 * NSEC_PER_MSEC);
    CU_ASSERT_EQUAL(calls, 1);
    finish();
}

static void set_again(void *ctx)
{
    if (++calls < 3)
        loop_timer(l, 0, set_again, ctx);
    else
        loop_stop(l);
}

static void test_a_timer_may_set_itself_anew(void)
{
    begin();
    loop_timer(l, 0, set_again, NULL);
    CU_ASSERT_EQUAL(loop_run(l), 0);
    CU_ASSERT_EQUAL(calls, 3);
    finish();
}

static void test_a_stop_before_the_run_counts(void)
{
    begin();
    loop_stop(l);
    CU_ASSERT_EQUAL(loop_run(l), 0);
    finish();
}

static void read_one(void *ctx)
{
    char c;

    (void)ctx;
    calls += read(ends[0], &c, 1) == 1;
    if (calls == 2)
        loop_stop(l);
}

static void test_a_descriptor_is_told_while_it_has_something(void)
{
    begin();
    CU_ASSERT_EQUAL(write(ends[1], "ab", 2), 2);
    CU_ASSERT_EQUAL(loop_watch(l, ends[0], read_one, NULL), 0);
    CU_ASSERT_EQUAL(loop_watch(l, ends[0], read_one, NULL), -EEXIST);
    CU_ASSERT_EQUAL(loop_run(l), 0);
    CU_ASSERT_EQUAL(calls, 2);
    finish();
}

static int second[2];

static void forget_the_other(void *ctx)
{
    int *other = ctx;

    calls++;
    loop_unwatch(l, *other);
    loop_timer(l, 0, note_and_stop, &calls);
}

static void test_who_was_forgotten_is_not_told(void)
{
    begin();
    CU_ASSERT_EQUAL(pipe2(second, O_CLOEXEC), 0);
    CU_ASSERT_EQUAL(write(ends[1], "a", 1) + write(second[1], "a", 1), 2);
    loop_watch(l, ends[0], forget_the_other, &second[0]);
    loop_watch(l, second[0], forget_the_other, &ends[0]);
    CU_ASSERT_EQUAL(loop_run(l), 0);
    CU_ASSERT_EQUAL(calls, 2); /* one of the two, and the timer */
    close(second[0]);
    close(second[1]);
    finish();
}

static void test_the_end_of_a_pipe_is_told(void)
{
    int one = 1;

    begin();
    close(ends[1]);
    ends[1] = dup(ends[0]);
    loop_watch(l, ends[0], note_and_stop, &one);
    CU_ASSERT_EQUAL(loop_run(l), 0);
    CU_ASSERT_EQUAL(calls, 1);
    finish();
}

static void test_signals_are_events(void)
{
    int one = 1;
    sigset_t mask;

    begin();
    CU_ASSERT_EQUAL(loop_signals(l, note_and_stop, &one, NULL), 0);
    kill(getpid(), SIGTERM);
    CU_ASSERT_EQUAL(loop_run(l), 0);
    CU_ASSERT_EQUAL(calls, 1);
    finish();
    sigprocmask(SIG_BLOCK, NULL, &mask);
    CU_ASSERT_FALSE(sigismember(&mask, SIGTERM));
}

static void test_an_ignored_signal_stays_ignored(void)
{
    int one = 1, two = 2;

    signal(SIGHUP, SIG_IGN);
    begin();
    CU_ASSERT_EQUAL(loop_signals(l, note_and_stop, &one, NULL), 0);
    kill(getpid(), SIGHUP);
    loop_timer(l, 20 * NSEC_PER_MSEC, note_and_stop, &two);
    CU_ASSERT_EQUAL(loop_run(l), 0);
    CU_ASSERT_EQUAL(calls, 1);
    CU_ASSERT_EQUAL(order[0], 2);
    finish();
    signal(SIGHUP, SIG_DFL);
}

static void test_the_bounds_hold(void)
{
    static int ctx[LOOP_TIMERS_MAX + 1];

    begin();
    for (int i = 0; i < LOOP_TIMERS_MAX; i++)
        CU_ASSERT_EQUAL(loop_timer(l, NSEC_PER_SEC, note, &ctx[i]), 0);
    CU_ASSERT_EQUAL(loop_timer(l, NSEC_PER_SEC, note, &ctx[LOOP_TIMERS_MAX]), -ENOBUFS);
    CU_ASSERT_EQUAL(loop_timer(l, NSEC_PER_SEC, note, &ctx[0]), 0);
    for (int i = 0; i < LOOP_WATCHES_MAX; i++)
        CU_ASSERT_EQUAL(loop_watch(l, 1000 + i, note, NULL), 0);
    CU_ASSERT_EQUAL(loop_watch(l, 1000 + LOOP_WATCHES_MAX, note, NULL), -ENOBUFS);
    finish();
}

static const struct test tests[] = {
    {"timers are due in their order", test_timers_are_due_in_their_order},
    {"a timer is replaced and cancelled", test_a_timer_is_replaced_and_cancelled},
    {"a timer may set itself anew", test_a_timer_may_set_itself_anew},
    {"a stop before the run counts", test_a_stop_before_the_run_counts},
    {"a descriptor is told while it has something", test_a_descriptor_is_told_while_it_has_something},
    {"who was forgotten is not told", test_who_was_forgotten_is_not_told},
    {"the end of a pipe is told", test_the_end_of_a_pipe_is_told},
    {"signals are events", test_signals_are_events},
    {"an ignored signal stays ignored", test_an_ignored_signal_stays_ignored},
    {"the bounds hold", test_the_bounds_hold},
};

TEST_MAIN("loop", tests)
