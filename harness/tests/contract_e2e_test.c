/* What is written as JSON keeps its published schema, says a validator that is not ours; of captures of every
 * shape, good and bad, and of a run. */
#include "tests/runner.h"
#include "tests/scratch.h"
#include "tests/test.h"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>

enum { WORDS_MAX = 8, FILES_MAX = 64 };

static int files;
static char file[FILES_MAX][RUNNER_PATH + 16];

static int launch(void *argv)
{
    char *const *words = argv;
    int log = open(scratch_path("said"), O_WRONLY | O_CREAT | O_TRUNC, 0600);

    if (log < 0 || dup2(log, 1) < 0 || dup2(log, 2) < 0)
        return 120;
    execv(words[0], words);
    return 121;
}

static int call(const char *const *argv)
{
    struct process *p;
    struct pollfd fd = {.events = POLLIN};
    struct error err;
    int status;

    scratch_path("said"); /* so that the child finds the folder */
    CU_ASSERT_EQUAL_FATAL(process_fork(launch, (void *)(uintptr_t)argv, -1, &p, &err), 0);
    fd.fd = process_fd(p);
    CU_ASSERT_EQUAL(poll(&fd, 1, RUNNER_DEADLINE_MS), 1);
    CU_ASSERT_EQUAL(process_reap(p), 0);
    status = process_status(p);
    process_free(p);
    return status;
}

static void show(void)
{
    char line[512];
    FILE *f = fopen(scratch_path("said"), "re");

    while (f && fgets(line, sizeof line, f))
        printf("  %s", line);
    if (f)
        fclose(f);
}

/* Judged by a profile (NULL: the default one), whatever comes of it. */
static void judge(const char *capture, const char *sut)
{
    char name[64];
    const char *argv[WORDS_MAX] = {runner_program(),     "judge", "--json", file[files], capture,
                                   sut ? "--sut" : NULL, sut,     NULL};
    int status;

    CU_ASSERT_TRUE_FATAL(files < FILES_MAX);
    snprintf(name, sizeof name, "%d.json", files);
    snprintf(file[files], sizeof file[files], "%s", scratch_path(name));
    status = call(argv);
    if (status != 0 && status != 1 && status != 5 && status != 6) {
        printf("\n  judge %s: status %d\n", capture, status);
        show();
        CU_FAIL("it was not judged");
    }
    files += access(file[files], R_OK) == 0;
}

static void judge_all_in(const char *folder, const char *sut)
{
    struct dirent **list;
    int n = scandir(folder, &list, NULL, alphasort);

    for (int i = 0; i < n; i++) {
        char path[PATH_MAX];

        snprintf(path, sizeof path, "%s/%s", folder, list[i]->d_name);
        if (strstr(list[i]->d_name, ".pcap"))
            judge(path, sut);
        free(list[i]);
    }
    CU_ASSERT_TRUE(n > 0);
    free(list);
}

static bool accepts(const char *schema)
{
    const char *argv[FILES_MAX + 4] = {"/usr/bin/python3", "scripts/check-json", schema};

    for (int i = 0; i < files; i++)
        argv[3 + i] = file[i];
    return call(argv) == 0;
}

static bool valid(const char *schema)
{
    if (accepts(schema))
        return true;
    show();
    return false;
}

static void of_captures(void)
{
    files = 0;
    judge_all_in("harness/tests/captures", NULL);
    judge_all_in("harness/tests/captures/shapes", "harness/tests/captures/shapes/nodes.xml");
    CU_ASSERT_TRUE(files > 20);
    CU_ASSERT_TRUE(valid("docs/results.schema.json"));
}

static void of_a_run(void)
{
    static const char *const options[] = {"--fault", "pf-a-bypassed", "--only", "CPM_CLS_NET_V_00[12]", NULL};
    struct runner r = {0};

    CU_ASSERT_EQUAL(runner_run(&r, scratch_path("run"), options), 1);
    snprintf(file[0], sizeof file[0], "%s/results.json", r.out);
    files = 1;
    CU_ASSERT_TRUE(valid("docs/results.schema.json"));
    runner_done(&r);
}

static void of_the_list(void)
{
    const char *const argv[] = {runner_program(), "list", "--json", file[0], NULL};

    snprintf(file[0], sizeof file[0], "%s", scratch_path("list.json"));
    CU_ASSERT_EQUAL(call(argv), 0);
    files = 1;
    CU_ASSERT_TRUE(valid("docs/list.schema.json"));
}

/* A validator that takes everything would prove nothing. */
static void a_break_is_found(void)
{
    CU_ASSERT_FALSE(accepts("docs/results.schema.json")); /* the list is no report */
    snprintf(file[0], sizeof file[0], "%s", scratch_file("not.json", "{\"schema\":"));
    CU_ASSERT_FALSE(accepts("docs/results.schema.json"));
}

static const struct test tests[] = {
    {"of captures", of_captures},
    {"of a run", of_a_run},
    {"of the list", of_the_list},
    {"a break is found", a_break_is_found},
};
TEST_MAIN("contract", tests)
