#include "cli/runcase.h"

#include "tests/scratch.h"
#include "tests/test.h"
#include "wire/source.h"

#include <errno.h>

static struct testcases *suite;
static struct profile *profile;
static struct error err;
static const struct drive_outcome good = {.end = DRIVE_DONE, .begin = 1, .end_time = 2};

/* A capture as if it had just been made. */
static int play(struct runcase *c, const char *capture, const char *dir)
{
    static const struct capture_clocks one;
    struct runcase_config config = {.profile = profile, .sees_all = true, .clocks = &one};
    struct source *s;
    struct frame f;
    int r;

    CU_ASSERT_EQUAL_FATAL(source_open(capture, 0, &s, &err), 0);
    CU_ASSERT_EQUAL_FATAL(runcase_start(c, &config, dir, &err), 0);
    while ((r = source_next(s, &f, &err)) == 1 && (r = runcase_frame(c, &f, &err)) == 0)
        ;
    source_free(s);
    return r;
}

static void test_a_capture_passes(void)
{
    struct capture_facts facts = {0};
    struct result result;
    struct runcase c;
    char dir[PATH_MAX], folder[PATH_MAX];

    snprintf(dir, sizeof dir, "%s", scratch_path("one/case"));
    snprintf(folder, sizeof folder, "%s", scratch_path("one"));
    mkdir(dir, 0700);
    runcase_init(&c, testcases_find(suite, "CPM_CLS_NET_V_001"), profile, 0);
    CU_ASSERT_TRUE(c.applies);
    CU_ASSERT_FALSE(c.over);
    CU_ASSERT_EQUAL(play(&c, "harness/tests/captures/close-udp.pcap", dir), 0);
    scratch_file("one/case/core-a.log", "words");
    scratch_file("one/case/empty.log", "");
    CU_ASSERT_EQUAL(runcase_finish(&c, &good, folder, dir, &facts, &err), 0);
    CU_ASSERT_TRUE(c.over);
    CU_ASSERT_TRUE(facts.frames == 48 && facts.sip_messages == 48);
    CU_ASSERT_EQUAL(runcase_result(&c, &result, &err), 0);
    CU_ASSERT_EQUAL(result.verdict, VERDICT_PASS);
    CU_ASSERT_EQUAL(result.nrows, 14);
    CU_ASSERT_EQUAL_FATAL(result.nattachments, 2);
    CU_ASSERT_STRING_EQUAL(result.attachment[0], "case/capture.pcap");
    CU_ASSERT_STRING_EQUAL(result.attachment[1], "case/core-a.log");
    runcase_done(&c);
}

static void test_a_doubt_keeps_it_from_passing(void)
{
    struct drive_outcome doubt = {
        .end = DRIVE_INCONCLUSIVE, .reason = "the capture lost 3 frames", .dropped = 3};
    struct capture_facts facts = {0};
    struct result result;
    struct runcase c;
    char dir[PATH_MAX], folder[PATH_MAX];

    snprintf(dir, sizeof dir, "%s", scratch_path("two/case"));
    snprintf(folder, sizeof folder, "%s", scratch_path("two"));
    mkdir(dir, 0700);
    runcase_init(&c, testcases_find(suite, "CPM_CLS_NET_V_001"), profile, 0);
    CU_ASSERT_EQUAL(play(&c, "harness/tests/captures/close-udp.pcap", dir), 0);
    CU_ASSERT_EQUAL(runcase_finish(&c, &doubt, folder, dir, &facts, &err), 0);
    CU_ASSERT_EQUAL(runcase_result(&c, &result, &err), 0);
    CU_ASSERT_EQUAL(result.verdict, VERDICT_INCONCLUSIVE);
    CU_ASSERT_EQUAL(facts.dropped, 3);
    CU_ASSERT_EQUAL_FATAL(result.nattachments, 2);
    CU_ASSERT_STRING_EQUAL(result.attachment[0], "case/capture-annotated.pcapng");
    runcase_done(&c);
}

/* A test case with attempts left is played anew, and its result is that of the last one. */
static void test_an_attempt_and_another(void)
{
    const struct drive_outcome doubt = {.end = DRIVE_INCONCLUSIVE, .reason = "nobody saw it"};
    struct testcase tc = *testcases_find(suite, "CPM_CLS_NET_V_001");
    struct capture_facts facts = {0};
    struct result result;
    struct runcase c;
    char dir[PATH_MAX], folder[PATH_MAX];

    tc.attempts = 2;
    snprintf(dir, sizeof dir, "%s", scratch_path("three/case"));
    snprintf(folder, sizeof folder, "%s", scratch_path("three"));
    runcase_init(&c, &tc, profile, 0);
    for (int attempt = 1; attempt <= 2; attempt++) {
        mkdir(dir, 0700);
        CU_ASSERT_EQUAL(play(&c, "harness/tests/captures/close-udp.pcap", dir), 0);
        CU_ASSERT_EQUAL(runcase_finish(&c, attempt == 1 ? &doubt : &good, folder, dir, &facts, &err), 0);
        CU_ASSERT_EQUAL(runcase_again(&c, dir, &err), attempt == 1);
        CU_ASSERT_EQUAL(c.over, attempt == 2);
    }
    CU_ASSERT_EQUAL(access(scratch_path("three/case-attempt-1/capture.pcap"), F_OK), 0);
    CU_ASSERT_EQUAL(runcase_result(&c, &result, &err), 0);
    CU_ASSERT_EQUAL(result.verdict, VERDICT_PASS);
    CU_ASSERT_STRING_EQUAL(result.reason, "all 14 steps were taken in order (attempt 2 of 2)");
    CU_ASSERT_EQUAL(result.nattachments, 1);
    runcase_done(&c);
}

/* The last attempt stands, and what failed is not tried again. */
static void test_no_further_attempt(void)
{
    const struct drive_outcome doubt = {.end = DRIVE_INCONCLUSIVE, .reason = "nobody saw it"};
    const struct drive_outcome error = {.end = DRIVE_ERROR, .reason = "it broke"};
    struct testcase tc = *testcases_find(suite, "CPM_CLS_NET_V_001");
    struct capture_facts facts = {0};
    struct runcase c;
    char dir[PATH_MAX], folder[PATH_MAX];

    snprintf(dir, sizeof dir, "%s", scratch_path("four/case"));
    snprintf(folder, sizeof folder, "%s", scratch_path("four"));
    mkdir(dir, 0700);
    for (tc.attempts = 1; tc.attempts <= 2; tc.attempts++) {
        runcase_init(&c, &tc, profile, 0);
        CU_ASSERT_EQUAL(play(&c, "harness/tests/captures/close-udp.pcap", dir), 0);
        CU_ASSERT_EQUAL(runcase_finish(&c, tc.attempts == 1 ? &doubt : &error, folder, dir, &facts, &err), 0);
        CU_ASSERT_EQUAL(runcase_again(&c, dir, &err), 0);
        CU_ASSERT_TRUE(c.over);
        runcase_done(&c);
    }
}

static void test_a_capture_that_cannot_be_written(void)
{
    struct runcase c;

    runcase_init(&c, testcases_find(suite, "CPM_CLS_NET_V_001"), profile, 0);
    CU_ASSERT_EQUAL(play(&c, "harness/tests/captures/close-udp.pcap", "/no/such/folder"), -ENOENT);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "/no/such/folder/capture.pcap"));
    runcase_done(&c);
}

static const struct test tests[] = {
    {"a capture passes", test_a_capture_passes},
    {"a doubt keeps it from passing", test_a_doubt_keeps_it_from_passing},
    {"an attempt and another", test_an_attempt_and_another},
    {"no further attempt", test_no_further_attempt},
    {"a capture that cannot be written", test_a_capture_that_cannot_be_written},
};

int main(int argc, char **argv)
{
    int status;

    if (testcases_load("testcases", &suite, &err) < 0 ||
        profile_load("reference-network/sut.xml", "testcases/schema", &profile, &err) < 0) {
        printf("%s\n", err.text);
        return 99;
    }
    status = test_main(argc, argv, "runcase", tests, sizeof tests / sizeof tests[0]);
    profile_free(profile);
    testcases_free(suite);
    return status;
}
