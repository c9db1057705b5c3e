#include "drive/network.h"

#include "drive/actor.h"
#include "tests/boxed.h"
#include "tests/party.h"
#include "tests/scratch.h"
#include "tests/test.h"

#include <errno.h>

static struct loop *loop;
static struct network *network;
static struct plan plan;
static struct error err;
static int ready, failures, ended;
static char why[512];

static void on_ready(void *ctx)
{
    (void)ctx;
    ready++;
    loop_stop(loop);
}

static void on_failed(void *ctx, const struct error *e)
{
    (void)ctx;
    failures++;
    snprintf(why, sizeof why, "%s", e->text);
    loop_stop(loop);
}

static void on_ended(void *ctx)
{
    (void)ctx;
    ended++;
    loop_stop(loop);
}

static void begin(int n, struct plan_party first, struct plan_party second)
{
    struct network_sink sink = {on_ready, on_failed, on_ended, NULL};

    ready = failures = ended = 0;
    plan = (struct plan){.nfunctions = n, .function = {first, second}};
    CU_ASSERT_EQUAL_FATAL(loop_new(&loop, &err), 0);
    CU_ASSERT_EQUAL_FATAL(network_start(&plan, loop, &sink, &network, &err), 0);
    CU_ASSERT_EQUAL(loop_run(loop), 0);
}

static void finish(void)
{
    network_free(network);
    loop_free(loop);
}

static struct plan_party part(const char *name, const char *what, const char *value)
{
    return party(name, what, value, scratch_path(""));
}

static void test_ready_when_all_wait(void)
{
    begin(2, part("one", "play-listen", "5060"), part("two", "play-listen", "5061"));
    CU_ASSERT_TRUE(ready == 1 && failures == 0);
    network_stop(network);
    CU_ASSERT_EQUAL(loop_run(loop), 0);
    CU_ASSERT_TRUE(ended == 1 && failures == 0);
    finish();
    CU_ASSERT_TRUE(access(scratch_path("one"), F_OK) < 0); /* nothing was left in its folder */
}

static void test_one_that_ends_before_it_is_ready(void)
{
    begin(2, part("one", "play-listen", "5060"), part("two", "play-exit", "3"));
    CU_ASSERT_TRUE(ready == 0 && failures == 1);
    CU_ASSERT_PTR_NOT_NULL(strstr(why, "two (kamailio) ended with status 3"));
    network_stop(network);
    CU_ASSERT_EQUAL(loop_run(loop), 0);
    CU_ASSERT_EQUAL(ended, 1);
    finish();
}

static void test_one_that_dies_later(void)
{
    begin(1, part("one", "play-listen", "5060"), (struct plan_party){0});
    CU_ASSERT_EQUAL(ready, 1);
    CU_ASSERT_EQUAL(party_poke("5060"), 0); /* it ends */
    CU_ASSERT_EQUAL(loop_run(loop), 0);
    CU_ASSERT_EQUAL(failures, 1);
    CU_ASSERT_PTR_NOT_NULL(strstr(why, "one (kamailio) ended with status 0"));
    finish();
}

static void test_one_that_cannot_be_started(void)
{
    struct plan_party p = part("one", "play-listen", "5060");

    p.argv[0] = "no-such-program";
    begin(1, p, p);
    CU_ASSERT_EQUAL(failures, 1);
    CU_ASSERT_STRING_EQUAL(why, "one cannot be started: no-such-program is not installed");
    finish();
}

static void test_one_that_does_not_want_to_end(void)
{
    begin(1, part("one", "play-stubborn", "5060"), (struct plan_party){0});
    CU_ASSERT_EQUAL(ready, 1);
    network_stop(network);
    CU_ASSERT_EQUAL(loop_run(loop), 0);
    CU_ASSERT_EQUAL(ended, 1);
    finish();                                                             /* which kills it */
    begin(1, part("two", "play-listen", "5060"), (struct plan_party){0}); /* the port is free again */
    CU_ASSERT_EQUAL(ready, 1);
    finish();
}

static void test_a_network_of_nobody(void)
{
    begin(0, (struct plan_party){0}, (struct plan_party){0});
    CU_ASSERT_EQUAL(ready, 1);
    network_stop(network);
    CU_ASSERT_EQUAL(ended, 1);
    finish();
}

static void test_an_actor_that_never_began(void)
{
    struct actor a = {0};

    actor_done(&a);
    CU_ASSERT_PTR_NULL(a.process);
}

static const struct test tests[] = {
    {"ready when all wait", test_ready_when_all_wait},
    {"one that ends before it is ready", test_one_that_ends_before_it_is_ready},
    {"one that dies later", test_one_that_dies_later},
    {"one that cannot be started", test_one_that_cannot_be_started},
    {"one that does not want to end", test_one_that_does_not_want_to_end},
    {"a network of nobody", test_a_network_of_nobody},
    {"an actor that never began", test_an_actor_that_never_began},
};

int main(int argc, char **argv)
{
    party_play(argc, argv);
    return boxed_main(argc, argv, "network", tests, sizeof tests / sizeof tests[0]);
}
