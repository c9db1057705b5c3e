#include "drive/clients.h"

#include "tests/boxed.h"
#include "tests/party.h"
#include "tests/scratch.h"
#include "tests/test.h"

static struct loop *loop;
static struct clients *clients;
static struct plan plan;
static struct error err;
static struct drive_witness witness[DRIVE_WITNESSES_MAX];
static int overs, failures;
static enum drive_end how;
static char why[512];

static void on_over(void *ctx)
{
    (void)ctx;
    overs++;
    loop_stop(loop);
}

static void on_failed(void *ctx, enum drive_end end, const struct error *e)
{
    (void)ctx;
    failures++;
    how = end;
    snprintf(why, sizeof why, "%s", e->text);
    loop_stop(loop);
}

static int add(const char *name, const char *what, const char *value, bool preamble)
{
    struct plan_party *p = &plan.client[plan.nclients++];

    *p = party(name, what, value, scratch_path(""));
    p->scenario = "some.xml";
    p->preamble = preamble;
    return plan.nclients;
}

static void run(void)
{
    struct clients_spec spec = {&plan, 60 * NSEC_PER_SEC, 200 * NSEC_PER_MSEC};
    struct clients_sink sink = {on_over, on_failed, NULL};

    overs = failures = 0;
    CU_ASSERT_EQUAL_FATAL(loop_new(&loop, &err), 0);
    CU_ASSERT_EQUAL_FATAL(clients_start(&spec, loop, &sink, &clients, &err), 0);
    CU_ASSERT_EQUAL(loop_run(loop), 0);
    CU_ASSERT_EQUAL(overs + failures, 1);
}

static void finish(void)
{
    clients_free(clients);
    loop_free(loop);
    plan.nclients = 0;
}

static void test_each_begins_when_the_one_before_is_ready(void)
{
    add("b-register", "play-exit", "0", true);
    add("b", "play-listen", "5060", false);
    add("a", "play-poke", "5060", false); /* were b not ready, it would wait for ever */
    run();
    CU_ASSERT_EQUAL(overs, 1);
    CU_ASSERT_TRUE(clients_content(clients));
    CU_ASSERT_EQUAL(clients_witnesses(clients, witness), 3);
    CU_ASSERT_STRING_EQUAL(witness[1].role, "b");
    CU_ASSERT_STRING_EQUAL(witness[1].scenario, "some.xml");
    CU_ASSERT_TRUE(witness[2].ended && witness[2].status == 0);
    finish();
}

/* It is not waited for, and says nothing; but it may not go before the others do. */
static void test_one_that_lasts(void)
{
    add("pf-a", "play-listen", "5070", false);
    plan.client[0].lasting = true;
    add("a", "play-exit", "0", false);
    run();
    CU_ASSERT_EQUAL(overs, 1);
    CU_ASSERT_FALSE(clients_content(clients));
    CU_ASSERT_EQUAL(clients_witnesses(clients, witness), 1);
    CU_ASSERT_STRING_EQUAL(witness[0].role, "a");
    finish();
    add("b", "play-listen", "5060", false);
    add("pf-a", "play-exit", "0", false);
    plan.client[1].lasting = true;
    run();
    CU_ASSERT_TRUE(failures == 1 && how == DRIVE_ERROR);
    CU_ASSERT_PTR_NOT_NULL(strstr(why, "pf-a (sipp) ended with status 0"));
    finish();
}

static void test_a_preamble_that_fails(void)
{
    add("b-register", "play-exit", "1", true);
    add("a", "play-poke", "5060", false);
    run();
    CU_ASSERT_TRUE(failures == 1 && how == DRIVE_INCONCLUSIVE);
    CU_ASSERT_PTR_NOT_NULL(strstr(why, "the preamble failed: b-register (sipp) ended with status 1"));
    CU_ASSERT_EQUAL(clients_witnesses(clients, witness), 1);
    finish();
}

static void test_a_client_that_cannot_work(void)
{
    add("b", "play-listen", "5060", false);
    add("a", "play-exit", "255", false);
    run();
    CU_ASSERT_TRUE(failures == 1 && how == DRIVE_ERROR);
    CU_ASSERT_PTR_NOT_NULL(strstr(why, "a (sipp) ended with status 255"));
    finish();
}

static void test_a_client_that_is_killed(void)
{
    add("b", "play-listen", "5060", false);
    add("a", "play-kill", "9", false);
    run();
    CU_ASSERT_TRUE(failures == 1 && how == DRIVE_ERROR);
    CU_ASSERT_PTR_NOT_NULL(strstr(why, "a (sipp) was killed by signal 9 (Killed)"));
    finish();
}

/* The other one waits for what will never come. */
static void test_after_a_failure_patience_ends(void)
{
    add("b", "play-listen", "5060", false);
    add("a", "play-exit", "1", false);
    run();
    CU_ASSERT_EQUAL(overs, 1);
    CU_ASSERT_FALSE(clients_content(clients));
    CU_ASSERT_EQUAL(clients_witnesses(clients, witness), 2);
    CU_ASSERT_FALSE(witness[0].ended);
    CU_ASSERT_TRUE(witness[1].ended && witness[1].status == 1);
    CU_ASSERT_STRING_EQUAL(witness[1].word, "");
    finish();
}

static void test_one_that_ends_before_it_is_ready(void)
{
    add("b", "play-exit", "1", false);
    plan.client[0].at.port = 5060;
    add("a", "play-poke", "5060", false);
    run();
    CU_ASSERT_TRUE(failures == 1 && how == DRIVE_INCONCLUSIVE);
    finish();
}

/* --- one that is under test */

static const char registered[] =
    "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP h;branch=z9hG4bKx\r\nTo: <sip:bob@b>;tag=1\r\n"
    "From: <sip:bob@b>\r\nCall-ID: 1\r\nCSeq: 1 REGISTER\r\nContact: <sip:bob@c>\r\n\r\n";

static void hear(void *ctx)
{
    (void)ctx;
    clients_heard(clients, slice_of("INVITE sip:bob@b SIP/2.0\r\n\r\n"));
    CU_ASSERT_EQUAL(clients_witnesses(clients, witness), 1); /* the next one waits */
    clients_heard(clients, slice_of(registered));
}

static void under_test(enum plan_kind kind)
{
    struct plan_party *p = &plan.client[plan.nclients - 1];

    p->kind = kind;
    p->identity = "bob@b";
}

/* As run(), with somebody to hear; `timeout` for all of it. */
static void run_hearing(nsec_t timeout)
{
    struct clients_spec spec = {&plan, timeout, 200 * NSEC_PER_MSEC};
    struct clients_sink sink = {on_over, on_failed, NULL};

    overs = failures = 0;
    CU_ASSERT_EQUAL_FATAL(loop_new(&loop, &err), 0);
    CU_ASSERT_EQUAL_FATAL(clients_start(&spec, loop, &sink, &clients, &err), 0);
    loop_timer(loop, 20 * NSEC_PER_MSEC, hear, NULL);
    CU_ASSERT_EQUAL(loop_run(loop), 0);
    CU_ASSERT_EQUAL(overs + failures, 1);
}

static void test_one_under_test_is_ready_when_it_has_registered(void)
{
    add("b", "play-listen", "5060", false); /* does not end by itself */
    under_test(PLAN_COMMAND);
    add("a", "play-exit", "0", false);
    run_hearing(60 * NSEC_PER_SEC);
    CU_ASSERT_EQUAL(overs, 1);
    CU_ASSERT_TRUE(clients_content(clients));
    CU_ASSERT_EQUAL(clients_witnesses(clients, witness), 2);
    CU_ASSERT_TRUE(witness[0].iut && !witness[0].ended && !witness[1].iut);
    finish();
}

static void test_a_person_need_not_be_started(void)
{
    add("b", "play-exit", "1", false);
    under_test(PLAN_OPERATOR);
    add("a", "play-exit", "0", false);
    run_hearing(60 * NSEC_PER_SEC);
    CU_ASSERT_TRUE(overs == 1 && clients_content(clients));
    finish();
}

static void test_one_that_does_not_register(void)
{
    struct clients_spec spec = {&plan, 100 * NSEC_PER_MSEC, 200 * NSEC_PER_MSEC};
    struct clients_sink sink = {on_over, on_failed, NULL};

    add("b", "play-listen", "5060", false);
    under_test(PLAN_COMMAND);
    add("a", "play-exit", "0", false);
    overs = failures = 0;
    CU_ASSERT_EQUAL_FATAL(loop_new(&loop, &err), 0);
    CU_ASSERT_EQUAL_FATAL(clients_start(&spec, loop, &sink, &clients, &err), 0);
    CU_ASSERT_EQUAL(loop_run(loop), 0);
    CU_ASSERT_TRUE(failures == 1 && how == DRIVE_INCONCLUSIVE);
    CU_ASSERT_PTR_NOT_NULL(strstr(why, "b, which is under test, did not register bob@b within"));
    finish();
}

static void test_a_start_command_that_fails(void)
{
    add("b", "play-exit", "3", false);
    under_test(PLAN_COMMAND);
    add("a", "play-exit", "0", false);
    run();
    CU_ASSERT_TRUE(failures == 1 && how == DRIVE_INCONCLUSIVE);
    CU_ASSERT_PTR_NOT_NULL(strstr(why, "its start command ended with status 3"));
    finish();
    add("b", "play-listen", "5060", false);
    add("a", "play-exit", "3", false);
    under_test(PLAN_COMMAND);
    run(); /* b waits for what will never come */
    CU_ASSERT_TRUE(overs == 1 && !clients_content(clients));
    finish();
}

static void test_a_start_command_is_asked_to_end(void)
{
    for (int stubborn = 0; stubborn < 2; stubborn++) {
        add("b", stubborn ? "play-stubborn" : "play-listen", "5060", false);
        under_test(PLAN_COMMAND);
        add("a", "play-exit", "0", false);
        run_hearing(60 * NSEC_PER_SEC);
        clients_stop(clients, on_over, NULL);
        CU_ASSERT_EQUAL(loop_run(loop), 0); /* on_over ends it, in either case */
        CU_ASSERT_EQUAL(overs, 2);
        finish();
    }
}

static void test_nobody_to_drive(void)
{
    run();
    CU_ASSERT_TRUE(failures == 1 && how == DRIVE_ERROR);
    finish();
}

static const struct test tests[] = {
    {"each begins when the one before is ready", test_each_begins_when_the_one_before_is_ready},
    {"one that lasts", test_one_that_lasts},
    {"a preamble that fails", test_a_preamble_that_fails},
    {"a client that cannot work", test_a_client_that_cannot_work},
    {"a client that is killed", test_a_client_that_is_killed},
    {"after a failure patience ends", test_after_a_failure_patience_ends},
    {"one that ends before it is ready", test_one_that_ends_before_it_is_ready},
    {"one under test is ready when it has registered", test_one_under_test_is_ready_when_it_has_registered},
    {"a person need not be started", test_a_person_need_not_be_started},
    {"one that does not register", test_one_that_does_not_register},
    {"a start command that fails", test_a_start_command_that_fails},
    {"a start command is asked to end", test_a_start_command_is_asked_to_end},
    {"nobody to drive", test_nobody_to_drive},
};

int main(int argc, char **argv)
{
    party_play(argc, argv);
    return boxed_main(argc, argv, "clients", tests, sizeof tests / sizeof tests[0]);
}
