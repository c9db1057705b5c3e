/* cpmspec run against a network that is not its own: a function under test lives on the host, and the harness
 * plays the others. The host is a network namespace of the test, and the function under test is a Kamailio
 * that the test starts. */
#include "base/clock.h"
#include "drive/listen.h"
#include "drive/sandbox.h"
#include "tests/runner.h"
#include "tests/scratch.h"
#include "tests/test.h"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>

#define OPTIONS(...) ((const char *const[]){__VA_ARGS__, NULL})

static char data[PATH_MAX];

/* --- the vendor's side */

static bool wait_until_it_listens(const char *address)
{
    struct endpoint at = {.port = 5060};
    enum listen_state state = LISTEN_NONE;
    nsec_t until = clock_monotonic() + 60 * NSEC_PER_SEC;
    struct error err;

    addr_parse(slice_of(address), &at.addr);
    while (state != LISTEN_EXACT && clock_monotonic() < until) {
        poll(NULL, 0, 5);
        if (listen_look(&at, false, &state, &err) < 0)
            return false;
    }
    return state == LISTEN_EXACT;
}

static bool own_network(void)
{
    uid_t uid = geteuid();
    gid_t gid = getegid();
    char map[3][64] = {"deny"};
    static const char *const file[3] = {"/proc/self/setgroups", "/proc/self/uid_map", "/proc/self/gid_map"};

    if (uid == 0)
        return unshare(CLONE_NEWNET) == 0 && sandbox_loopback_up(NULL) == 0;
    if (unshare(CLONE_NEWUSER | CLONE_NEWNET) < 0)
        return false;
    snprintf(map[1], sizeof map[1], "0 %u 1", (unsigned)uid);
    snprintf(map[2], sizeof map[2], "0 %u 1", (unsigned)gid);
    for (int i = 0; i < 3; i++) {
        int fd = open(file[i], O_WRONLY | O_CLOEXEC);
        bool ok = fd >= 0 && write(fd, map[i], strlen(map[i])) > 0;
        close(fd);
        if (!ok)
            return false;
    }
    return sandbox_loopback_up(NULL) == 0;
}

/* Its participating function A; `fault` is what is wrong with it, or NULL. */
static int be_vendor(void *ctx)
{
    const char *fault = ctx;
    char config[PATH_MAX + 64], dir[PATH_MAX];
    const char *argv[] = {"kamailio",
                          "-f",
                          config,
                          "-DD",
                          "-E",
                          "-n",
                          "1",
                          "-N",
                          "1",
                          "-m",
                          "16",
                          "-M",
                          "8",
                          "-Y",
                          dir,
                          "-w",
                          dir,
                          "-l",
                          "udp:127.0.10.3:5060",
                          "-A",
                          "ROLE_PF",
                          "-A",
                          "SELF=sip:127.0.10.3:5060",
                          fault ? "-A" : NULL,
                          fault,
                          NULL};
    struct process_spec spec = {.argv = argv};
    struct process *p;
    struct error err;

    snprintf(config, sizeof config, "%s/reference-network/kamailio.cfg", data);
    snprintf(dir, sizeof dir, "%s", scratch);
    if (process_start(&spec, &p, &err) < 0)
        return 1;
    for (;;)
        pause();
}

/* It ends with the run, and so do the processes that it starts. */
static bool start_vendor(void *ctx)
{
    struct process *p;
    struct error err;

    return own_network() && sandbox_start(SANDBOX_HOST, be_vendor, ctx, -1, &p, &err) == 0 &&
           wait_until_it_listens("127.0.10.3");
}

static const char *profile(const char *capture)
{
    char text[4096];

    snprintf(text, sizeof text,
             "<sut name=\"A vendor\"><ixit>"
             "<function role=\"client-a\"><node address=\"127.0.10.1\" port=\"5060\"/></function>"
             "<function role=\"core-a\"><node address=\"127.0.10.2\"/></function>"
             "<function role=\"pf-a\" under-test=\"yes\"><node address=\"127.0.10.3\"/></function>"
             "<function role=\"core-b\"><node address=\"127.0.20.2\"/></function>"
             "<function role=\"pf-b\"><node address=\"127.0.20.3\"/></function>"
             "<function role=\"client-b\"><node address=\"127.0.20.1\" port=\"5060\"/></function>"
             "<user side=\"a\" uri=\"sip:alice@a.example\" password=\"pa\"/>"
             "<user side=\"b\" uri=\"sip:bob@b.example\" password=\"pb\"/>%s</ixit></sut>",
             capture);
    return scratch_file("sut.xml", text);
}

static void vendor(const char *name, const char *capture, char *fault, int status, const char *verdict)
{
    struct runner r = {.enter = start_vendor, .ctx = fault};
    char sut[PATH_MAX];

    snprintf(sut, sizeof sut, "%s", profile(capture));
    CU_ASSERT_EQUAL(runner_run(&r, scratch_path(name), OPTIONS("--sut", sut, "--only", "CPM_CLS_NET_V_001")),
                    status);
    CU_ASSERT_STRING_EQUAL(runner_result(&r, 0, "verdict"), verdict);
    if (r.status != status)
        puts(runner_said(&r));
    CU_ASSERT_TRUE(runner_says(&r, "Network: the host's\n"));
    CU_ASSERT_TRUE(runner_left_nothing(&r));
    snprintf(r.out, sizeof r.out, "%s", scratch); /* the vendor's are gone, too */
    CU_ASSERT_TRUE(runner_left_nothing(&r));
    runner_done(&r);
}

static void test_a_good_function_passes(void)
{
    vendor("good", "<capture interface=\"lo\"/>", NULL, 0, "pass");
}

static void test_a_bad_function_fails(void)
{
    char fault[] = "FAULT=answer-early";

    vendor("bad", "<capture interface=\"lo\"/>", fault, 1, "fail");
}

static void test_capturing_by_a_command(void)
{
    /* tcpdump gives up rights that root of a namespace cannot give up. */
    if (geteuid() == 0 && process_find("tcpdump", NULL, 0))
        vendor("command", "<capture command=\"tcpdump -i lo -U -w -\"/>", NULL, 0, "pass");
}

/* The function under test reports, too, or leaves it to its neighbours; on the host no right to capture is
 * needed. */
static void test_capturing_by_hep(void)
{
    char define[] = "HEP=\"sip:127.0.0.1:9060\"";

    vendor("hep", "<capture hep=\"udp:127.0.0.1:9060\"/>", define, 0, "pass");
    vendor("neighbours", "<capture hep=\"tcp:127.0.0.1:9060\"/>", NULL, 0, "pass");
}

static void test_several_capture_points(void)
{
    vendor("both", "<capture interface=\"lo\"/><capture interface=\"any\"/>", NULL, 0, "pass");
}

/* The function under test is not there: that is no fail of its, for nothing was seen of it. */
static bool no_vendor(void *ctx)
{
    (void)ctx;
    return own_network();
}

static void test_a_function_that_is_not_there(void)
{
    struct runner r = {.enter = no_vendor};
    char sut[PATH_MAX];

    snprintf(sut, sizeof sut, "%s", profile(""));
    CU_ASSERT_EQUAL(
        runner_run(&r, scratch_path("absent"), OPTIONS("--sut", sut, "--only", "CPM_CLS_NET_V_001")), 6);
    CU_ASSERT_STRING_EQUAL(runner_result(&r, 0, "verdict"), "inconclusive");
    runner_done(&r);
}

static const struct test tests[] = {
    {"a good function passes", test_a_good_function_passes},
    {"a bad function fails", test_a_bad_function_fails},
    {"capturing by a command", test_capturing_by_a_command},
    {"capturing by HEP", test_capturing_by_hep},
    {"several capture points", test_several_capture_points},
    {"a function that is not there", test_a_function_that_is_not_there},
};

int main(int argc, char **argv)
{
    if (!realpath(".", data))
        return 99;
    scratch_path("");
    return test_main(argc, argv, "vendor", tests, sizeof tests / sizeof tests[0]);
}
