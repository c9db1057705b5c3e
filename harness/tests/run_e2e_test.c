/* cpmspec run as a user meets it: real functions, real clients, a real capture. */
#include "tests/runner.h"
#include "tests/scratch.h"
#include "tests/test.h"

#include <fcntl.h>
#include <poll.h>

#define OPTIONS(...) ((const char *const[]){__VA_ARGS__, NULL})

static size_t results(const struct runner *r)
{
    return json_array_size(json_object_get(r->results, "results"));
}

static size_t hops(const struct runner *r, size_t n)
{
    return json_array_size(
        json_object_get(json_array_get(json_object_get(r->results, "results"), n), "hops"));
}

static bool has_file(const struct runner *r, const char *file)
{
    char path[RUNNER_PATH * 2];
    struct stat st;

    snprintf(path, sizeof path, "%s/%s", r->out, file);
    return stat(path, &st) == 0 && st.st_size > 0;
}

/* The exit status of another verb. */
static int other_verb(const char *verb, const char *argument)
{
    const char *argv[] = {runner_program(), verb, argument, NULL};
    struct process_spec spec = {.argv = argv};
    struct process *p;
    struct error err;
    struct pollfd fd;
    int status;

    CU_ASSERT_EQUAL_FATAL(process_start(&spec, &p, &err), 0);
    fd = (struct pollfd){.fd = process_fd(p), .events = POLLIN};
    CU_ASSERT_EQUAL(poll(&fd, 1, RUNNER_DEADLINE_MS), 1);
    CU_ASSERT_EQUAL(process_reap(p), 0);
    status = process_status(p);
    process_free(p);
    return status;
}

static void test_one_passes(void)
{
    struct runner r = {0};
    char capture[RUNNER_PATH * 2];

    CU_ASSERT_EQUAL(runner_run(&r, scratch_path("one"), OPTIONS("--only", "CPM_CLS_NET_V_001")), 0);
    CU_ASSERT_EQUAL(results(&r), 1);
    CU_ASSERT_STRING_EQUAL(runner_result(&r, 0, "verdict"), "pass");
    CU_ASSERT_STRING_EQUAL(runner_result(&r, 0, "id"), "CPM_CLS_NET_V_001");
    CU_ASSERT_EQUAL(hops(&r, 0), 14);
    CU_ASSERT_TRUE(runner_says(&r, "all 14 steps were taken in order"));
    CU_ASSERT_TRUE(runner_says(&r, "Network: namespaces of its own"));
    CU_ASSERT_TRUE(has_file(&r, "junit.xml"));
    CU_ASSERT_TRUE(has_file(&r, "CPM_CLS_NET_V_001/core-a.log"));
    CU_ASSERT_TRUE(has_file(&r, "CPM_CLS_NET_V_001/client-a-closes.messages.log"));
    snprintf(capture, sizeof capture, "%s/CPM_CLS_NET_V_001/capture.pcap", r.out);
    CU_ASSERT_EQUAL(other_verb("judge", capture), 0);
    CU_ASSERT_TRUE(runner_left_nothing(&r));
    runner_done(&r);
}

static void test_all_pass_side_by_side_and_in_order(void)
{
    struct runner r = {0};
    const char *last = "";

    CU_ASSERT_EQUAL(runner_run(&r, scratch_path("all"), OPTIONS("--jobs", "4", "--only", "CPM_CLS_NET_V_*")),
                    0);
    CU_ASSERT_TRUE(results(&r) >= 4);
    for (size_t i = 0; i < results(&r); i++) {
        CU_ASSERT_TRUE(strcmp(last, runner_result(&r, i, "id")) < 0);
        CU_ASSERT_STRING_EQUAL(runner_result(&r, i, "verdict"), "pass");
        last = runner_result(&r, i, "id");
    }
    runner_done(&r);
}

static void test_several_runs_at_once(void)
{
    enum { RUNS = 3 };
    struct runner r[RUNS] = {0};
    static const char *const name[RUNS] = {"many-1", "many-2", "many-3"};

    for (int i = 0; i < RUNS; i++)
        runner_start(&r[i], scratch_path(name[i]), OPTIONS("--only", "CPM_CLS_NET_V_00[12]"));
    for (int i = 0; i < RUNS; i++) {
        runner_wait(&r[i]);
        CU_ASSERT_EQUAL(r[i].status, 0);
        CU_ASSERT_EQUAL(results(&r[i]), 2);
        runner_done(&r[i]);
    }
}

static void test_faults_are_caught(void)
{
    static const struct {
        const char *fault, *rule;
    } cases[] = {{"pf-a-bypassed", "path.missing"},
                 {"pf-a-answers-early", "reply.causality"},
                 {"max-forwards-kept", "maxforwards.decremented"},
                 {"reason-dropped", "headers.preserved"}};

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct runner r = {0};
        CU_ASSERT_EQUAL(runner_run(&r, scratch_path(cases[i].fault),
                                   OPTIONS("--only", "CPM_CLS_NET_V_001", "--fault", cases[i].fault)),
                        1);
        CU_ASSERT_STRING_EQUAL(runner_result(&r, 0, "verdict"), "fail");
        CU_ASSERT_STRING_EQUAL(runner_rule(&r, 0), cases[i].rule);
        runner_done(&r);
    }
}

/* Where the client and the wire tell the same, and where they do not. */
static void test_the_clients_are_heard(void)
{
    struct runner r = {0};

    CU_ASSERT_EQUAL(runner_run(&r, scratch_path("heard"),
                               OPTIONS("--only", "CPM_CLS_NET_V_001", "--fault", "bye-lost-at-core-b")),
                    1);
    CU_ASSERT_STRING_EQUAL(runner_rule(&r, 0), "path.missing");
    CU_ASSERT_TRUE(runner_says(&r, "client-a (SIPp, client-a-closes.xml) says that the session failed"));
    runner_done(&r);
}

static void test_the_newest_report_is_found(void)
{
    char first[256] = "", second[256] = "", dir[PATH_MAX];
    const char *argv[] = {runner_program(), "run", "--only", "CPM_CLS_NET_V_001", "--quiet", NULL};
    struct process_spec spec = {.argv = argv};
    struct process *p;
    struct error err;
    struct pollfd fd;

    scratch_path("cwd/x");
    snprintf(dir, sizeof dir, "%s", scratch_path("cwd"));
    spec.dir = dir;
    for (int i = 0; i < 2; i++) {
        CU_ASSERT_EQUAL_FATAL(process_start(&spec, &p, &err), 0);
        fd = (struct pollfd){.fd = process_fd(p), .events = POLLIN};
        CU_ASSERT_EQUAL(poll(&fd, 1, RUNNER_DEADLINE_MS), 1);
        CU_ASSERT_EQUAL(process_reap(p), 0);
        CU_ASSERT_EQUAL(process_status(p), 0);
        process_free(p);
        CU_ASSERT_TRUE(readlink(scratch_path("cwd/reports/latest"), i ? second : first, 255) > 0);
    }
    CU_ASSERT_STRING_NOT_EQUAL(first, second);
    CU_ASSERT_TRUE(access(scratch_path("cwd/reports/latest/results.json"), R_OK) == 0);
}

/* Addresses as a profile wants them: the sandbox gives them all. */
static void on_addresses(const char *name, const char *const node[6])
{
    static const char *const role[6] = {"client-a", "core-a", "pf-a", "core-b", "pf-b", "client-b"};
    char text[2048] = "<sut name=\"x\"><ixit>", sut[PATH_MAX];
    struct runner r = {0};

    for (int i = 0; i < 6; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text),
                 "<function role=\"%s\"><node address=\"%s\" port=\"5060\"/></function>", role[i], node[i]);
    snprintf(text + strlen(text), sizeof text - strlen(text),
             "<user side=\"a\" uri=\"sip:alice@a.example\" password=\"pa\"/>"
             "<user side=\"b\" uri=\"sip:bob@b.example\" password=\"pb\"/></ixit></sut>");
    snprintf(sut, sizeof sut, "%s", scratch_file("sut.xml", text));
    CU_ASSERT_EQUAL(runner_run(&r, scratch_path(name), OPTIONS("--sut", sut, "--only", "CPM_CLS_NET_V_001")),
                    0);
    CU_ASSERT_STRING_EQUAL(runner_result(&r, 0, "verdict"), "pass");
    runner_done(&r);
}

static void test_any_addresses(void)
{
    on_addresses("ipv6", (const char *const[]){"fd00:a::1", "fd00:a::2", "fd00:a::3", "fd00:b::2",
                                               "fd00:b::3", "fd00:b::1"});
    on_addresses("ipv4", (const char *const[]){"192.0.2.1", "192.0.2.2", "192.0.2.3", "198.51.100.2",
                                               "198.51.100.3", "198.51.100.1"});
    on_addresses("one-core", (const char *const[]){"127.0.10.1", "127.0.10.2", "127.0.10.3", "127.0.10.2",
                                                   "127.0.10.3", "127.0.20.1"});
}

static bool become_nobody(void *ctx)
{
    (void)ctx;
    return setresgid(65534, 65534, 65534) == 0 && setresuid(65534, 65534, 65534) == 0;
}

static int can_nobody_start(void *ctx)
{
    return become_nobody(ctx) && access(runner_program(), X_OK) == 0 ? 0 : 1;
}

static void test_an_ordinary_user(void)
{
    struct runner r = {.enter = become_nobody};
    struct process *p;
    struct error err;
    struct pollfd fd;
    bool can;

    if (geteuid() != 0)
        return; /* then all the other tests show it */
    CU_ASSERT_EQUAL_FATAL(process_fork(can_nobody_start, NULL, -1, &p, &err), 0);
    fd = (struct pollfd){.fd = process_fd(p), .events = POLLIN};
    CU_ASSERT_EQUAL(poll(&fd, 1, RUNNER_DEADLINE_MS), 1);
    can = process_reap(p) == 0 && process_status(p) == 0;
    process_free(p);
    if (!can) {
        printf("(the tree cannot be read by others: not looked at) ");
        return;
    }
    scratch_path("user/x");
    chmod(scratch, 0755);
    chmod(scratch_path("user"), 0777);
    CU_ASSERT_EQUAL(close(open(scratch_path("user/one.said"), O_CREAT | O_WRONLY, 0666)), 0);
    CU_ASSERT_EQUAL(runner_run(&r, scratch_path("user/one"), OPTIONS("--only", "CPM_CLS_NET_V_001")), 0);
    CU_ASSERT_STRING_EQUAL(runner_result(&r, 0, "verdict"), "pass");
    CU_ASSERT_TRUE(runner_says(&r, "Network: namespaces of its own"));
    runner_done(&r);
}

static void test_what_cannot_be_run_is_told(void)
{
    static const struct {
        const char *name, *options[3], *says;
    } cases[] = {
        {"no-such-fault", {"--fault", "nobody-knows"}, "there is no fault \"nobody-knows\""},
        {"no-such-case", {"--only", "NOTHING_*"}, "no test case fits"},
        {"no-profile", {"--sut", "/no/such.xml"}, "/no/such.xml"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct runner r = {0};
        CU_ASSERT_EQUAL(runner_run(&r, scratch_path(cases[i].name), cases[i].options), 4);
        CU_ASSERT_TRUE(runner_says(&r, cases[i].says));
        runner_done(&r);
    }
}

static void test_runs_do_not_mix(void)
{
    struct runner r = {0};

    scratch_file("mixed/already-here", "x");
    CU_ASSERT_EQUAL(runner_run(&r, scratch_path("mixed"), OPTIONS("--only", "CPM_CLS_NET_V_001")), 4);
    CU_ASSERT_TRUE(runner_says(&r, "is no empty folder"));
    runner_done(&r);
}

static void test_doctor_finds_all(void)
{
    CU_ASSERT_EQUAL(other_verb("doctor", NULL), 0);
}

static const struct test tests[] = {
    {"one passes", test_one_passes},
    {"all pass side by side and in order", test_all_pass_side_by_side_and_in_order},
    {"several runs at once", test_several_runs_at_once},
    {"faults are caught", test_faults_are_caught},
    {"the clients are heard", test_the_clients_are_heard},
    {"the newest report is found", test_the_newest_report_is_found},
    {"any addresses", test_any_addresses},
    {"an ordinary user", test_an_ordinary_user},
    {"what cannot be run is told", test_what_cannot_be_run_is_told},
    {"runs do not mix", test_runs_do_not_mix},
    {"doctor finds all", test_doctor_finds_all},
};

TEST_MAIN("run", tests)
