/* Bad luck while cpmspec run is at work: one clear line each, the right exit status, and nothing left behind.
 */
#include "drive/sandbox.h"
#include "tests/runner.h"
#include "tests/scratch.h"
#include "tests/test.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#define OPTIONS(...) ((const char *const[]){__VA_ARGS__, NULL})

/* A test case that takes seconds, because the BYE is lost on its way: so there is time for bad luck. */
#define SLOW "--only", "CPM_CLS_NET_V_001", "--fault", "bye-lost-at-core-b"

static const char function_log[] = "CPM_CLS_NET_V_001/core-a.log";
static const char client_log[] = "CPM_CLS_NET_V_001/client-a-closes.log";

/* --- whoever ends us */

static void interrupted_at(const char *name, const char *file, int signal)
{
    struct runner r = {0};

    runner_start(&r, scratch_path(name), OPTIONS(SLOW));
    if (file)
        CU_ASSERT_TRUE(runner_reaches(&r, file));
    kill(process_pid(r.process), signal);
    runner_wait(&r);
    CU_ASSERT_EQUAL(r.status, 2);
    CU_ASSERT_TRUE(json_is_true(json_object_get(r.results, "interrupted")) || runner_says(&r, "interrupted"));
    CU_ASSERT_STRING_NOT_EQUAL(runner_result(&r, 0, "verdict"), "pass");
    CU_ASSERT_TRUE(runner_left_nothing(&r));
    runner_done(&r);
}

static void test_an_interruption_at_any_moment(void)
{
    interrupted_at("int-folder", "CPM_CLS_NET_V_001", SIGINT);
    interrupted_at("int-network", function_log, SIGINT);
    interrupted_at("int-clients", client_log, SIGINT);
    interrupted_at("term-network", function_log, SIGTERM);
    interrupted_at("term-clients", client_log, SIGTERM);
    interrupted_at("hup-clients", client_log, SIGHUP);
}

static void killed_at(const char *name, const char *file)
{
    struct runner r = {0};

    runner_start(&r, scratch_path(name), OPTIONS(SLOW));
    CU_ASSERT_TRUE(runner_reaches(&r, file));
    kill(process_pid(r.process), SIGKILL);
    runner_wait(&r);
    CU_ASSERT_EQUAL(r.status, -SIGKILL);
    CU_ASSERT_TRUE(runner_left_nothing(&r));
    runner_done(&r);
}

static void test_nothing_outlives_a_kill(void)
{
    killed_at("kill-folder", "CPM_CLS_NET_V_001");
    killed_at("kill-network", function_log);
    killed_at("kill-clients", client_log);
}

/* --- what we started is ended by somebody */

static void victim(const char *name, const char *word, const char *says)
{
    struct runner r = {0};
    pid_t pid = 0;

    runner_start(&r, scratch_path(name), OPTIONS(SLOW));
    CU_ASSERT_TRUE(runner_reaches(&r, client_log));
    pid = runner_find(&r, word);
    CU_ASSERT_NOT_EQUAL_FATAL(pid, 0);
    kill(pid, SIGKILL);
    runner_wait(&r);
    CU_ASSERT_EQUAL(r.status, 3);
    CU_ASSERT_STRING_EQUAL(runner_result(&r, 0, "verdict"), "error");
    CU_ASSERT_TRUE(runner_says(&r, says));
    CU_ASSERT_TRUE(runner_left_nothing(&r));
    runner_done(&r);
}

static void test_a_function_that_dies(void)
{
    victim("function-dies", "/core-b -l ", "core-b (kamailio)");
}

static void test_a_client_that_is_killed(void)
{
    victim("client-dies", "client-b-is-closed.xml",
           "client-b-is-closed (sipp) was killed by signal 9 (Killed)");
}

/* The second process in order of age is the one between us and the sandbox, the third is process 1 in it. */
static void test_the_driver_that_is_killed(void)
{
    struct runner r = {0};
    char children[64], line[64] = "";
    pid_t child;
    FILE *f;

    runner_start(&r, scratch_path("driver-dies"), OPTIONS(SLOW));
    CU_ASSERT_TRUE(runner_reaches(&r, client_log));
    snprintf(children, sizeof children, "/proc/%d/task/%d/children", (int)process_pid(r.process),
             (int)process_pid(r.process));
    f = fopen(children, "re");
    CU_ASSERT_PTR_NOT_NULL_FATAL(f);
    child = fgets(line, sizeof line, f) ? (pid_t)strtol(line, NULL, 10) : 0;
    fclose(f);
    CU_ASSERT_TRUE_FATAL(child > 1);
    kill(child, SIGKILL);
    runner_wait(&r);
    CU_ASSERT_EQUAL(r.status, 3);
    CU_ASSERT_TRUE(runner_says(&r, "the process that drives the test case was killed by signal 9"));
    CU_ASSERT_TRUE(runner_left_nothing(&r));
    runner_done(&r);
}

/* --- what is not there */

static bool empty_path(void *ctx)
{
    (void)ctx;
    return setenv("PATH", "/nonexistent", 1) == 0;
}

static void test_a_missing_program(void)
{
    struct runner r = {.enter = empty_path};

    CU_ASSERT_EQUAL(runner_run(&r, scratch_path("no-sipp"), OPTIONS("--only", "CPM_CLS_NET_V_001")), 4);
    CU_ASSERT_TRUE(runner_says(&r,
                               "sipp is not installed: `scripts/install-deps`, or on Debian `apt-get install "
                               "sip-tester`"));
    CU_ASSERT_TRUE(access(r.out, F_OK) < 0);
    runner_done(&r);
}

/* A small disk of our own. */
static bool small_disk(void *ctx)
{
    char options[64];

    snprintf(options, sizeof options, "size=%dk", *(int *)ctx);
    if (geteuid() != 0 || unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
        return false;
    return mount("tmpfs", scratch_path("disk"), "tmpfs", 0, options) == 0;
}

/* As an ordinary user, root in a namespace of our own may mount, too. */
static bool small_disk_for_anyone(void *ctx)
{
    uid_t uid = geteuid();
    gid_t gid = getegid();
    char map[3][64] = {"deny"};
    static const char *const file[3] = {"/proc/self/setgroups", "/proc/self/uid_map", "/proc/self/gid_map"};

    if (uid == 0)
        return small_disk(ctx);
    if (unshare(CLONE_NEWUSER) < 0)
        return false;
    snprintf(map[1], sizeof map[1], "0 %u 1", (unsigned)uid);
    snprintf(map[2], sizeof map[2], "0 %u 1", (unsigned)gid);
    for (int i = 0; i < 3; i++) {
        int fd = open(file[i], O_WRONLY | O_CLOEXEC);
        if (fd < 0 || write(fd, map[i], strlen(map[i])) < 0)
            return false;
        close(fd);
    }
    return small_disk(ctx);
}

static void test_a_full_disk(void)
{
    static int kilobytes[] = {4, 12, 24, 40, 60, 80};

    scratch_path("disk/x");
    for (size_t i = 0; i < sizeof kilobytes / sizeof kilobytes[0]; i++) {
        struct runner r = {.enter = small_disk_for_anyone, .ctx = &kilobytes[i]};
        CU_ASSERT_EQUAL(runner_run(&r, scratch_path("disk/run"), OPTIONS("--only", "CPM_CLS_NET_V_001")), 3);
        CU_ASSERT_TRUE(runner_says(&r, "No space left on device"));
        CU_ASSERT_TRUE(runner_left_nothing(&r));
        unlink(r.log);
        runner_done(&r);
    }
}

/* --- on the host's network: here one of our own, in which the kernel gives no further ones */

struct host {
    bool no_capture;   /* without the right to capture */
    bool no_pids;      /* without PID namespaces, too */
    const char *taken; /* an address that somebody uses */
};

static bool forbid(const char *limit)
{
    int fd = open(limit, O_WRONLY | O_CLOEXEC);
    bool ok = fd >= 0 && write(fd, "0", 1) == 1;

    if (fd >= 0)
        close(fd);
    return ok;
}

static bool enter_host(void *ctx)
{
    const struct host *h = ctx;
    uid_t uid = geteuid();
    gid_t gid = getegid();
    char map[3][64] = {"deny"};
    static const char *const file[3] = {"/proc/self/setgroups", "/proc/self/uid_map", "/proc/self/gid_map"};
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(5060)};
    int fd;

    if (unshare(CLONE_NEWUSER | CLONE_NEWNET) < 0)
        return false;
    snprintf(map[1], sizeof map[1], "0 %u 1", (unsigned)uid);
    snprintf(map[2], sizeof map[2], "0 %u 1", (unsigned)gid);
    for (int i = 0; i < 3; i++) {
        fd = open(file[i], O_WRONLY | O_CLOEXEC);
        if (fd < 0 || write(fd, map[i], strlen(map[i])) < 0)
            return false;
        close(fd);
    }
    if (sandbox_loopback_up(NULL) < 0 || !forbid("/proc/sys/user/max_net_namespaces") ||
        (h->no_pids && !forbid("/proc/sys/user/max_pid_namespaces")))
        return false;
    if (h->taken) { /* the socket stays open over exec */
        inet_pton(AF_INET, h->taken, &at.sin_addr);
        fd = socket(AF_INET, SOCK_DGRAM, 0);
        if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof at) < 0)
            return false;
    }
    return !h->no_capture || prctl(PR_CAPBSET_DROP, CAP_NET_RAW, 0, 0, 0) == 0;
}

static void test_without_namespaces_the_loopback_serves(void)
{
    struct host host = {0};
    struct runner r = {.enter = enter_host, .ctx = &host};

    CU_ASSERT_EQUAL(runner_run(&r, scratch_path("host"), OPTIONS("--only", "CPM_CLS_NET_V_00[12]")), 0);
    CU_ASSERT_STRING_EQUAL(runner_result(&r, 0, "verdict"), "pass");
    CU_ASSERT_STRING_EQUAL(runner_result(&r, 1, "verdict"), "pass");
    CU_ASSERT_TRUE(
        runner_says(&r, "Network: the host's loopback (the kernel gives this user no namespaces)"));
    CU_ASSERT_TRUE(runner_left_nothing(&r));
    runner_done(&r);
}

static void host_trouble(const char *name, struct host host, const char *says)
{
    struct runner r = {.enter = enter_host, .ctx = &host};

    CU_ASSERT_EQUAL(runner_run(&r, scratch_path(name), OPTIONS("--only", "CPM_CLS_NET_V_001")), 3);
    CU_ASSERT_STRING_EQUAL(runner_result(&r, 0, "verdict"), "error");
    CU_ASSERT_TRUE(runner_says(&r, says));
    CU_ASSERT_TRUE(runner_left_nothing(&r));
    runner_done(&r);
}

static void test_an_address_in_use(void)
{
    host_trouble("in-use", (struct host){.taken = "127.0.10.3"},
                 "the address 127.0.10.3:5060, which pf-a needs, is already in use");
    host_trouble("wildcard", (struct host){.taken = "0.0.0.0"}, "is already in use");
}

static void test_no_right_to_capture(void)
{
    host_trouble("no-right", (struct host){.no_capture = true}, "no right to capture on lo");
}

static void killed_on_host(const char *name, struct host host)
{
    struct runner r = {.enter = enter_host, .ctx = &host};

    runner_start(&r, scratch_path(name), OPTIONS(SLOW));
    CU_ASSERT_TRUE(runner_reaches(&r, client_log));
    kill(process_pid(r.process), SIGKILL);
    runner_wait(&r);
    CU_ASSERT_TRUE(runner_left_nothing(&r));
    runner_done(&r);
}

static void test_nothing_outlives_a_kill_on_the_host(void)
{
    killed_on_host("host-kill", (struct host){0});
    killed_on_host("host-kill-no-pids", (struct host){.no_pids = true});
}

static const struct test tests[] = {
    {"an interruption at any moment", test_an_interruption_at_any_moment},
    {"nothing outlives a kill", test_nothing_outlives_a_kill},
    {"a function that dies", test_a_function_that_dies},
    {"a client that is killed", test_a_client_that_is_killed},
    {"the driver that is killed", test_the_driver_that_is_killed},
    {"a missing program", test_a_missing_program},
    {"a full disk", test_a_full_disk},
    {"without namespaces the loopback serves", test_without_namespaces_the_loopback_serves},
    {"an address in use", test_an_address_in_use},
    {"no right to capture", test_no_right_to_capture},
    {"nothing outlives a kill on the host", test_nothing_outlives_a_kill_on_the_host},
};

TEST_MAIN("trouble", tests)
