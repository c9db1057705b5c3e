/* The whole of drive/ on the reference network: what the campaign promises to who called it. */
#include "drive/campaign.h"

#include "drive/outcome.h"
#include "drive/testrun.h"
#include "tests/scratch.h"
#include "tests/test.h"

#include <errno.h>
#include <signal.h>

static struct testcases *suite;
static struct profile *profile;
static struct error err;
static const struct testcase *picked[4];

static struct seen {
    int starts, frames, stages, dones;
    enum drive_stage last;
    bool out_of_order;
    struct drive_outcome outcome;
} seen[4];

static int refuse_start, refuse_frame, interrupt_at; /* 0: never */
static int attempts = 1;

static int on_start(void *ctx, int i, const char *dir)
{
    (void)ctx;
    seen[i].starts++;
    CU_ASSERT_EQUAL(access(dir, W_OK), 0);
    return refuse_start;
}

static int on_frame(void *ctx, int i, const struct frame *f)
{
    (void)ctx;
    seen[i].out_of_order |= f->number != (uint64_t)++seen[i].frames;
    return seen[i].frames == refuse_frame ? -ENOSPC : 0;
}

static void on_stage(void *ctx, int i, enum drive_stage stage)
{
    (void)ctx;
    seen[i].out_of_order |= seen[i].stages > 0 && stage <= seen[i].last;
    seen[i].last = stage;
    if (++seen[i].stages == interrupt_at)
        kill(getpid(), SIGINT);
}

static bool on_done(void *ctx, int i, const struct drive_outcome *o)
{
    (void)ctx;
    seen[i].dones++;
    seen[i].outcome = *o;
    return seen[i].dones < attempts;
}

static int run(const char *name, int n, int jobs, bool *ret_interrupted)
{
    char data[PATH_MAX], out[PATH_MAX];
    struct campaign_spec spec = {.profile = profile,
                                 .testcase = picked,
                                 .ntestcases = n,
                                 .kind = SANDBOX_PRIVATE,
                                 .jobs = jobs,
                                 .data_dir = data,
                                 .out_dir = out,
                                 .start = on_start,
                                 .frame = on_frame,
                                 .stage = on_stage,
                                 .done = on_done};

    memset(seen, 0, sizeof seen);
    snprintf(out, sizeof out, "%s", name[0] == '/' ? name : scratch_path(name));
    mkdir(out, 0700);
    CU_ASSERT_PTR_NOT_NULL_FATAL(realpath(".", data));
    return campaign_run(&spec, ret_interrupted, &err);
}

static void test_two_side_by_side(void)
{
    bool interrupted = true;

    CU_ASSERT_EQUAL(run("two", 2, 2, &interrupted), 0);
    CU_ASSERT_FALSE(interrupted);
    for (int i = 0; i < 2; i++) {
        CU_ASSERT_TRUE(seen[i].starts == 1 && seen[i].dones == 1 && seen[i].stages == STAGE_COUNT);
        CU_ASSERT_FALSE(seen[i].out_of_order);
        CU_ASSERT_TRUE(seen[i].frames > 50);
        CU_ASSERT_EQUAL(seen[i].outcome.end, DRIVE_DONE);
        CU_ASSERT_EQUAL(seen[i].outcome.dropped, 0);
        CU_ASSERT_EQUAL(seen[i].outcome.nwitnesses, 3);
        CU_ASSERT_TRUE(seen[i].outcome.begin < seen[i].outcome.end_time);
        for (int w = 0; w < 3; w++)
            CU_ASSERT_TRUE(seen[i].outcome.witness[w].ended && seen[i].outcome.witness[w].status == 0);
    }
}

static void test_once_more(void)
{
    bool interrupted;

    attempts = 2;
    CU_ASSERT_EQUAL(run("more", 2, 1, &interrupted), 0);
    for (int i = 0; i < 2; i++)
        CU_ASSERT_TRUE(seen[i].starts == 2 && seen[i].dones == 2 && seen[i].outcome.end == DRIVE_DONE);
    interrupt_at = 3;
    CU_ASSERT_EQUAL(run("no-more", 1, 1, &interrupted), 0);
    CU_ASSERT_TRUE(interrupted && seen[0].starts == 1 && seen[0].dones == 1);
    interrupt_at = 0;
    attempts = 1;
}

static void test_who_called_may_stop_it(void)
{
    bool interrupted;

    refuse_start = -EDQUOT;
    CU_ASSERT_EQUAL(run("start", 2, 1, &interrupted), -EDQUOT);
    CU_ASSERT_TRUE(seen[0].starts == 1 && seen[1].starts == 0 && seen[0].frames == 0);
    refuse_start = 0;
    refuse_frame = 5;
    CU_ASSERT_EQUAL(run("frame", 2, 1, &interrupted), -ENOSPC);
    CU_ASSERT_EQUAL(seen[0].frames, 5);
    CU_ASSERT_EQUAL(seen[1].starts, 0);
    refuse_frame = 0;
}

static void test_an_interruption(void)
{
    bool interrupted = false;

    interrupt_at = 3;
    CU_ASSERT_EQUAL(run("interrupted", 2, 1, &interrupted), 0);
    interrupt_at = 0;
    CU_ASSERT_TRUE(interrupted);
    CU_ASSERT_TRUE(seen[0].dones == 1 && seen[0].outcome.end == DRIVE_INTERRUPTED);
    CU_ASSERT_EQUAL(strncmp(seen[0].outcome.reason, "interrupted while ", 18), 0);
    CU_ASSERT_EQUAL(seen[1].starts, 0);
}

static void test_a_folder_that_cannot_be_made(void)
{
    bool interrupted;

    CU_ASSERT_EQUAL(run("/proc/nothing", 1, 1, &interrupted), -ENOENT);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "cannot make the folder"));
}

static void test_stages_have_words(void)
{
    for (int s = 0; s < STAGE_COUNT; s++)
        CU_ASSERT_TRUE(strlen(drive_stage_name((enum drive_stage)s)) > 5);
}

static const struct test tests[] = {
    {"two side by side", test_two_side_by_side},
    {"once more", test_once_more},
    {"who called may stop it", test_who_called_may_stop_it},
    {"an interruption", test_an_interruption},
    {"a folder that cannot be made", test_a_folder_that_cannot_be_made},
    {"stages have words", test_stages_have_words},
};

int main(int argc, char **argv)
{
    int status;

    if (testcases_load("testcases", &suite, &err) < 0 ||
        profile_load("reference-network/sut.xml", "testcases/schema", &profile, &err) < 0) {
        printf("%s\n", err.text);
        return 99;
    }
    picked[0] = testcases_find(suite, "CPM_CLS_NET_V_001");
    picked[1] = testcases_find(suite, "CPM_CLS_NET_V_003");
    status = test_main(argc, argv, "campaign", tests, sizeof tests / sizeof tests[0]);
    profile_free(profile);
    testcases_free(suite);
    return status;
}
