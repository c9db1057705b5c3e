#include "drive/process.h"

#include "base/clock.h"
#include "base/slice.h"
#include "tests/test.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static struct process *p;
static struct error err;
static char dir[] = "/tmp/process-test-XXXXXX", log_path[64];

static int start(const char *script)
{
    const char *argv[] = {"sh", "-c", script, NULL};
    const char *env[] = {"GREETING=hello", NULL};
    struct process_spec spec = {.argv = argv, .dir = dir, .log = log_path, .env = env};

    return process_start(&spec, &p, &err);
}

static bool wait_end(const struct process *of)
{
    struct pollfd fd = {.fd = process_fd(of), .events = POLLIN};

    return poll(&fd, 1, 30000) == 1;
}

static const char *log_text(void)
{
    static char text[4096];
    FILE *f = fopen(log_path, "re");
    size_t n = f ? fread(text, 1, sizeof text - 1, f) : 0;

    text[n] = '\0';
    if (f)
        fclose(f);
    unlink(log_path);
    return text;
}

/* Whether a process of that number is there; one that only waits to be reaped is not. */
static bool runs(pid_t pid)
{
    char path[64], line[512] = "";
    const char *after;
    FILE *f;

    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    f = fopen(path, "re");
    if (!f)
        return false;
    after = fgets(line, sizeof line, f) ? strrchr(line, ')') : NULL;
    fclose(f);
    return after && after[2] != 'Z' && after[2] != 'X';
}

static bool gone(pid_t pid)
{
    nsec_t until = clock_monotonic() + 30 * NSEC_PER_SEC;

    while (runs(pid) && clock_monotonic() < until)
        poll(NULL, 0, 5);
    return !runs(pid);
}

static void test_streams_folder_and_environment(void)
{
    char wanted[128];

    CU_ASSERT_EQUAL_FATAL(start("pwd; cat; echo $GREETING >&2; exit 0"), 0);
    CU_ASSERT_TRUE(wait_end(p));
    CU_ASSERT_EQUAL(process_reap(p), 0);
    CU_ASSERT_EQUAL(process_reap(p), 0);
    CU_ASSERT_EQUAL(process_status(p), 0);
    process_free(p);
    snprintf(wanted, sizeof wanted, "%s\nhello\n", dir);
    CU_ASSERT_STRING_EQUAL(log_text(), wanted);
}

static void test_statuses_are_told_apart(void)
{
    char text[96];

    CU_ASSERT_EQUAL_FATAL(start("exit 7"), 0);
    CU_ASSERT_TRUE(wait_end(p));
    CU_ASSERT_EQUAL(process_reap(p), 0);
    CU_ASSERT_EQUAL(process_status(p), 7);
    CU_ASSERT_STRING_EQUAL(process_describe(p, text, sizeof text), "ended with status 7");
    process_free(p);
    CU_ASSERT_EQUAL_FATAL(start("kill -9 $$"), 0);
    CU_ASSERT_TRUE(wait_end(p));
    CU_ASSERT_EQUAL(process_reap(p), 0);
    CU_ASSERT_EQUAL(process_status(p), -9);
    CU_ASSERT_STRING_EQUAL(process_describe(p, text, sizeof text), "was killed by signal 9 (Killed)");
    process_free(p);
}

static void test_what_does_not_exist_is_named(void)
{
    const char *argv[] = {"no-such-program-anywhere", NULL};
    struct process_spec spec = {.argv = argv};

    CU_ASSERT_EQUAL(process_start(&spec, &p, &err), -ENOENT);
    CU_ASSERT_STRING_EQUAL(err.text, "no-such-program-anywhere is not installed");
    argv[0] = "/etc/passwd";
    CU_ASSERT_EQUAL(process_start(&spec, &p, &err), -ENOENT);
    argv[0] = "sh";
    spec.dir = "/no/such/folder";
    CU_ASSERT_EQUAL(process_start(&spec, &p, &err), -ENOENT);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "cannot start sh"));
    spec.dir = NULL;
    spec.log = "/no/such/folder/log";
    CU_ASSERT_EQUAL(process_start(&spec, &p, &err), -ENOENT);
    CU_ASSERT_EQUAL(waitpid(-1, NULL, WNOHANG), -1); /* nothing is left of them */
    CU_ASSERT_EQUAL(errno, ECHILD);
}

static void test_a_process_that_runs_is_not_reaped(void)
{
    CU_ASSERT_EQUAL_FATAL(start("sleep 600"), 0);
    CU_ASSERT_EQUAL(process_reap(p), -EAGAIN);
    process_free(p);
}

static pid_t number_in_log(void)
{
    uint64_t n = 0;
    const char *text = log_text();

    CU_ASSERT_TRUE(slice_number(slice_trim(slice_of(text)), 1 << 30, &n));
    return (pid_t)n;
}

static void wait_for_log(void)
{
    nsec_t until = clock_monotonic() + 30 * NSEC_PER_SEC;

    while (clock_monotonic() < until) {
        FILE *f = fopen(log_path, "re");
        int c = f ? fgetc(f) : EOF;
        if (f)
            fclose(f);
        if (c != EOF)
            return;
        poll(NULL, 0, 5);
    }
}

static void test_free_ends_the_whole_group(void)
{
    pid_t child;

    CU_ASSERT_EQUAL_FATAL(start("sleep 600 & echo $!; wait"), 0);
    wait_for_log();
    child = number_in_log();
    CU_ASSERT_TRUE(runs(child));
    process_free(p);
    CU_ASSERT_TRUE(gone(child));
}

/* Members of the group that outlive its leader end with it all the same. */
static void test_free_ends_those_who_outlive_the_leader(void)
{
    pid_t child;

    CU_ASSERT_EQUAL_FATAL(start("sleep 600 & echo $!"), 0);
    CU_ASSERT_TRUE(wait_end(p));
    CU_ASSERT_EQUAL(process_reap(p), 0);
    child = number_in_log();
    CU_ASSERT_TRUE(runs(child));
    process_free(p);
    CU_ASSERT_TRUE(gone(child));
}

static int start_and_hang(void *ctx)
{
    (void)ctx;
    if (start("echo $$; exec sleep 600") < 0)
        return 1;
    for (;;)
        pause();
}

static void test_children_die_with_a_parent_that_is_killed(void)
{
    struct process *parent;
    pid_t child;

    CU_ASSERT_EQUAL_FATAL(process_fork(start_and_hang, NULL, -1, &parent, &err), 0);
    wait_for_log();
    child = number_in_log();
    CU_ASSERT_TRUE(runs(child));
    kill(process_pid(parent), SIGKILL); /* it alone: no group, no farewell */
    CU_ASSERT_TRUE(gone(child));
    process_free(parent);
}

static int count_descriptors(void *ctx)
{
    int *keep = ctx, n = 0;

    for (int fd = 3; fd < 256; fd++)
        n += fcntl(fd, F_GETFD) >= 0;
    return n == 1 && fcntl(*keep, F_GETFD) >= 0 ? 0 : 1;
}

static void test_a_fork_keeps_one_descriptor(void)
{
    int keep[4];

    for (int i = 0; i < 4; i++)
        keep[i] = open("/dev/null", O_RDONLY);
    CU_ASSERT_EQUAL_FATAL(process_fork(count_descriptors, &keep[2], keep[2], &p, &err), 0);
    CU_ASSERT_TRUE(wait_end(p));
    CU_ASSERT_EQUAL(process_reap(p), 0);
    CU_ASSERT_EQUAL(process_status(p), 0);
    process_free(p);
    for (int i = 0; i < 4; i++)
        close(keep[i]);
}

static void test_output_goes_to_a_descriptor(void)
{
    const char *argv[] = {"sh", "-c", "echo out; echo err >&2", NULL};
    struct process_spec spec = {.argv = argv};
    char text[64] = "";
    int ends[2];
    size_t n = 0;
    ssize_t got;

    CU_ASSERT_EQUAL_FATAL(pipe2(ends, O_CLOEXEC), 0);
    spec.out = ends[1];
    CU_ASSERT_EQUAL_FATAL(process_start(&spec, &p, &err), 0);
    close(ends[1]);
    while ((got = read(ends[0], text + n, sizeof text - 1 - n)) > 0)
        n += (size_t)got;
    CU_ASSERT_STRING_EQUAL(text, "out\nerr\n");
    close(ends[0]);
    process_free(p);
}

static void test_a_signal_reaches_the_group(void)
{
    CU_ASSERT_EQUAL_FATAL(start("trap 'exit 5' TERM; echo ready; while :; do sleep 0.05; done"), 0);
    wait_for_log();
    process_signal(p, SIGTERM);
    CU_ASSERT_TRUE(wait_end(p));
    CU_ASSERT_EQUAL(process_reap(p), 0);
    CU_ASSERT_EQUAL(process_status(p), 5);
    process_free(p);
    log_text();
}

static const struct test tests[] = {
    {"streams, folder and environment", test_streams_folder_and_environment},
    {"statuses are told apart", test_statuses_are_told_apart},
    {"what does not exist is named", test_what_does_not_exist_is_named},
    {"a process that runs is not reaped", test_a_process_that_runs_is_not_reaped},
    {"free ends the whole group", test_free_ends_the_whole_group},
    {"free ends those who outlive the leader", test_free_ends_those_who_outlive_the_leader},
    {"children die with a parent that is killed", test_children_die_with_a_parent_that_is_killed},
    {"a fork keeps one descriptor", test_a_fork_keeps_one_descriptor},
    {"output goes to a descriptor", test_output_goes_to_a_descriptor},
    {"a signal reaches the group", test_a_signal_reaches_the_group},
};

int main(int argc, char **argv)
{
    int status;

    if (!mkdtemp(dir))
        return 99;
    snprintf(log_path, sizeof log_path, "%s/log", dir);
    status = test_main(argc, argv, "process", tests, sizeof tests / sizeof tests[0]);
    unlink(log_path);
    rmdir(dir);
    return status;
}
