/* cpmspec run with a client under test: one that is not the harness's own is started by the command in the
 * profile, or by a person, and everybody else is played. Good clients pass, broken ones fail by the rule that
 * they break, and those that die, never end or do nothing leave nothing behind. */
#include "base/clock.h"
#include "drive/listen.h"
#include "tests/netns.h"
#include "tests/runner.h"
#include "tests/scratch.h"
#include "tests/test.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>

#define OPTIONS(...) ((const char *const[]){__VA_ARGS__, NULL})

static char data[PATH_MAX];

/* --- profiles */

static const char *sipp_client(const char *broken)
{
    static char command[PATH_MAX + 128];

    snprintf(command, sizeof command, "&quot;%s/harness/tests/clients/sipp-client&quot;%s%s", data,
             *broken ? " --broken " : "", broken);
    return command;
}

static const char *re_client(void)
{
    static char command[PATH_MAX + 128];
    const char *program = runner_program();

    snprintf(command, sizeof command, "&quot;%.*s/tests/clients/re_client&quot;",
             (int)(strrchr(program, '/') - program), program);
    return command;
}

/* The client of a side is under test; `start`: "<start …/>", or "". */
static const char *profile(char side, const char *start)
{
    const char *under_test[2] = {side == 'a' ? " under-test=\"yes\"" : "",
                                 side == 'b' ? " under-test=\"yes\"" : ""};
    char text[4 * PATH_MAX];

    snprintf(text, sizeof text,
             "<sut name=\"A vendor's client\"><ixit>\n"
             "<function role=\"client-a\"%s><node address=\"127.0.10.1\" port=\"5060\"/>%s</function>\n"
             "<function role=\"core-a\"><node address=\"127.0.10.2\"/></function>\n"
             "<function role=\"pf-a\"><node address=\"127.0.10.3\"/></function>\n"
             "<function role=\"core-b\"><node address=\"127.0.20.2\"/></function>\n"
             "<function role=\"pf-b\"><node address=\"127.0.20.3\"/></function>\n"
             "<function role=\"client-b\"%s><node address=\"127.0.20.1\" port=\"5060\"/>%s</function>\n"
             "<user side=\"a\" uri=\"sip:alice@a.example\" password=\"pa\"/>\n"
             "<user side=\"b\" uri=\"sip:bob@b.example\" password=\"pb\"/></ixit>\n"
             "<ics><supports feature=\"tcp\"/></ics></sut>\n",
             under_test[0], side == 'a' ? start : "", under_test[1], side == 'b' ? start : "");
    return scratch_file("sut.xml", text);
}

static const char *started(char side, const char *command)
{
    static char sut[PATH_MAX];
    char start[PATH_MAX + 256];

    snprintf(start, sizeof start, "<start command=\"%s\"/>", command);
    snprintf(sut, sizeof sut, "%s", profile(side, start));
    return sut;
}

static size_t results(const struct runner *r)
{
    return json_array_size(json_object_get(r->results, "results"));
}

static json_int_t first_step(const struct runner *r)
{
    const json_t *result = json_array_get(json_object_get(r->results, "results"), 0);

    return json_integer_value(
        json_object_get(json_array_get(json_object_get(result, "findings"), 0), "step"));
}

/* --- clients that are in order */

static void all_pass(const char *name, char side, const char *command, const char *only, size_t n)
{
    const char *sut = started(side, command);
    struct runner r = {0};
    size_t passed = 0;

    CU_ASSERT_EQUAL(runner_run(&r, scratch_path(name), OPTIONS("--sut", sut, "--jobs", "4", "--only", only)),
                    0);
    for (size_t i = 0; i < results(&r); i++)
        passed += strcmp(runner_result(&r, i, "verdict"), "pass") == 0;
    CU_ASSERT_EQUAL(passed, n);
    CU_ASSERT_TRUE(runner_says(&r, "Network: namespaces of its own"));
    CU_ASSERT_TRUE(runner_left_nothing(&r));
    runner_done(&r);
}

static void test_good_clients_pass(void)
{
    all_pass("sipp-a", 'a', sipp_client(""), "CPM_CLS_CLIENT_V_*", 7);
    all_pass("sipp-b", 'b', sipp_client(""), "CPM_CLS_CLIENT_V_*", 7);
}

static void test_a_client_of_another_make_passes(void)
{
    all_pass("re-a", 'a', re_client(), "CPM_CLS_CLIENT_[VO]_*", 10);
    all_pass("re-b", 'b', re_client(), "CPM_CLS_CLIENT_[VO]_*", 10);
}

/* A BYE that is malformed, or names no session, and then one that is in order. */
static void test_good_clients_refuse_what_is_not_in_order(void)
{
    all_pass("refuses-i-a", 'a', sipp_client(""), "CPM_CLS_CLIENT_I_*", 5);
    all_pass("refuses-i-b", 'b', sipp_client(""), "CPM_CLS_CLIENT_I_*", 5);
    all_pass("refuses-o-a", 'a', sipp_client(""), "CPM_CLS_CLIENT_O_00[35]", 2);
    all_pass("refuses-o-b", 'b', sipp_client(""), "CPM_CLS_CLIENT_O_00[46]", 2);
}

/* Which refusal it is, is the client's to choose; after a 481 the session is over. */
static void test_so_do_those_that_refuse_with_another(void)
{
    all_pass("481-a", 'a', sipp_client("refuses-481"), "CPM_CLS_CLIENT_I_*", 5);
    all_pass("481-b", 'b', sipp_client("refuses-403"), "CPM_CLS_CLIENT_I_*", 5);
}

/* Addresses that this machine does not have; a client that chooses none when it calls over TCP. */
static void test_ipv6_in_a_network_of_its_own(void)
{
    static const char *const node[6][2] = {{"client-a", "fd00:a::1"}, {"core-a", "fd00:a::2"},
                                           {"pf-a", "fd00:a::3"},     {"core-b", "fd00:b::2"},
                                           {"pf-b", "fd00:b::3"},     {"client-b", "fd00:b::1"}};
    char text[4 * PATH_MAX] = "<sut name='x'><ixit>", sut[PATH_MAX];
    struct runner r = {0};
    size_t n = strlen(text);

    for (int i = 0; i < 6; i++) {
        n += (size_t)snprintf(text + n, sizeof text - n,
                              "<function role='%s'%s><node address='%s' port='5060'/>", node[i][0],
                              i ? "" : " under-test='yes'", node[i][1]);
        if (i == 0)
            n += (size_t)snprintf(text + n, sizeof text - n, "<start command=\"%s\" network='own'/>",
                                  re_client());
        n += (size_t)snprintf(text + n, sizeof text - n, "</function>");
    }
    snprintf(text + n, sizeof text - n,
             "<user side='a' uri='sip:alice@a.example' password='pa'/><user side='b' "
             "uri='sip:bob@b.example' password='pb'/></ixit><ics><supports feature='tcp'/></ics></sut>");
    snprintf(sut, sizeof sut, "%s", scratch_file("sut.xml", text));
    CU_ASSERT_EQUAL(
        runner_run(&r, scratch_path("ipv6"), OPTIONS("--sut", sut, "--only", "CPM_CLS_CLIENT_V_00[15]")), 0);
    CU_ASSERT_EQUAL(results(&r), 2);
    CU_ASSERT_STRING_EQUAL(runner_result(&r, 1, "verdict"), "pass");
    runner_done(&r);
}

/* What is lost on the way is sent again as the timers have it, and given up after 64*T1, which take their
 * time; over TCP nothing is. */
static void test_timers(void)
{
    all_pass("timers-a", 'a', re_client(), "CPM_CLS_CLIENT_TI_*", 3);
    all_pass("timers-b", 'b', sipp_client(""), "CPM_CLS_CLIENT_TI_00[26]", 2);
}

/* --- clients that are not */

static void one_fails(char side, const char *broken, const char *only, const char *rule, json_int_t step)
{
    const char *sut = started(side, sipp_client(broken));
    struct runner r = {0};

    CU_ASSERT_EQUAL(runner_run(&r, scratch_path(broken), OPTIONS("--sut", sut, "--only", only)), 1);
    CU_ASSERT_STRING_EQUAL(runner_result(&r, 0, "verdict"), "fail");
    CU_ASSERT_STRING_EQUAL(runner_rule(&r, 0), rule);
    CU_ASSERT_EQUAL(first_step(&r), step);
    if (r.status != 1)
        puts(runner_said(&r));
    CU_ASSERT_TRUE(runner_left_nothing(&r));
    runner_done(&r);
}

static void test_broken_clients_fail_by_what_they_break(void)
{
    one_fails('a', "without-route", "CPM_CLS_CLIENT_V_001", "route.set", 1);
    one_fails('b', "wrong-tag", "CPM_CLS_CLIENT_V_002", "dialog.identity", 1);
    one_fails('a', "bye-twice", "CPM_CLS_CLIENT_TI_005", "retransmit.transport", 1);
    one_fails('a', "once", "CPM_CLS_CLIENT_TI_001", "retransmit.timing", 1);
    one_fails('b', "answers-202", "CPM_CLS_CLIENT_V_004", "reply.status", 8);
    one_fails('a', "goes-on", "CPM_CLS_CLIENT_V_001", "session.closed", 0);
}

/* A client that takes any BYE in its session for good. */
static void all_fail(const char *name, char side, const char *only, size_t n)
{
    const char *sut = started(side, sipp_client("lax"));
    struct runner r = {0};
    size_t failed = 0;

    CU_ASSERT_EQUAL(runner_run(&r, scratch_path(name), OPTIONS("--sut", sut, "--jobs", "4", "--only", only)),
                    1);
    for (size_t i = 0; i < results(&r); i++) {
        const json_t *found =
            json_object_get(json_array_get(json_object_get(r.results, "results"), i), "findings");
        size_t at;
        json_t *f;

        json_array_foreach(found, at, f) failed +=
            strcmp(json_string_value(json_object_get(f, "rule")), "reply.status") == 0 &&
            json_integer_value(json_object_get(f, "step")) == 8 &&
            strcmp(runner_result(&r, i, "verdict"), "fail") == 0;
    }
    CU_ASSERT_EQUAL(failed, n);
    CU_ASSERT_TRUE(runner_left_nothing(&r));
    runner_done(&r);
}

static void test_whoever_takes_any_bye_fails(void)
{
    all_fail("lax-i-a", 'a', "CPM_CLS_CLIENT_I_*", 5);
    all_fail("lax-i-b", 'b', "CPM_CLS_CLIENT_I_*", 5);
    all_fail("lax-o-a", 'a', "CPM_CLS_CLIENT_O_005", 1);
    all_fail("lax-o-b", 'b', "CPM_CLS_CLIENT_O_006", 1);
}

/* --- what moves them */

static void test_a_command_that_dies(void)
{
    const char *sut = started('a', sipp_client("dies"));
    struct runner r = {0};

    CU_ASSERT_EQUAL(
        runner_run(&r, scratch_path("dies-a"), OPTIONS("--sut", sut, "--only", "CPM_CLS_CLIENT_V_001")), 6);
    CU_ASSERT_STRING_EQUAL(runner_result(&r, 0, "verdict"), "inconclusive");
    CU_ASSERT_TRUE(runner_says(&r, "ended with status 7"));
    runner_done(&r);
    r = (struct runner){0};
    sut = started('b', sipp_client("dies"));
    CU_ASSERT_EQUAL(
        runner_run(&r, scratch_path("dies-b"), OPTIONS("--sut", sut, "--only", "CPM_CLS_CLIENT_V_004")), 6);
    CU_ASSERT_TRUE(runner_says(&r, "did not register: its start command"));
    CU_ASSERT_TRUE(runner_says(&r, "sipp-client: no licence"));
    CU_ASSERT_TRUE(runner_left_nothing(&r));
    runner_done(&r);
}

static void test_a_command_that_never_ends(void)
{
    all_pass("lingers", 'b', sipp_client("lingers"), "CPM_CLS_CLIENT_V_004", 1);
}

static void test_a_command_that_is_not_there(void)
{
    const char *sut = started('a', "/no/such/client");
    struct runner r = {0};

    CU_ASSERT_EQUAL(
        runner_run(&r, scratch_path("nowhere"), OPTIONS("--sut", sut, "--only", "CPM_CLS_CLIENT_V_001")), 4);
    CU_ASSERT_TRUE(runner_says(&r, "sut.xml:2: /no/such/client, which is to start client-a, is not there"));
    runner_done(&r);
}

static void ended_by(const char *name, int signal, int status)
{
    const char *sut = started('b', sipp_client("idle"));
    struct runner r = {0};

    runner_start(&r, scratch_path(name), OPTIONS("--sut", sut, "--only", "CPM_CLS_CLIENT_V_004"));
    CU_ASSERT_TRUE(runner_reaches(&r, "CPM_CLS_CLIENT_V_004/client-b-under-test"));
    kill(process_pid(r.process), signal);
    runner_wait(&r);
    CU_ASSERT_EQUAL(r.status, status);
    CU_ASSERT_TRUE(runner_left_nothing(&r));
    runner_done(&r);
}

static void test_whoever_ends_us(void)
{
    ended_by("interrupted", SIGINT, 2);
    ended_by("killed", SIGKILL, -SIGKILL);
}

/* --- a person */

static bool alone(void *ctx)
{
    (void)ctx;
    return netns_enter();
}

static void test_nobody_to_ask(void)
{
    struct runner r = {.enter = alone};
    char sut[PATH_MAX];

    snprintf(sut, sizeof sut, "%s", profile('a', ""));
    CU_ASSERT_EQUAL(
        runner_run(&r, scratch_path("nobody"), OPTIONS("--sut", sut, "--only", "CPM_CLS_CLIENT_V_001")), 6);
    CU_ASSERT_STRING_EQUAL(runner_result(&r, 0, "verdict"), "inconclusive");
    CU_ASSERT_TRUE(runner_says(&r, "nothing started client-a, which is under test"));
    CU_ASSERT_TRUE(runner_left_nothing(&r));
    runner_done(&r);
}

/* Who sits at the terminal: sees what is to be done, and has the client do it when the network is there. */
static int operate(void *ctx)
{
    struct endpoint at = {.port = 5060};
    enum listen_state state = LISTEN_NONE;
    char command[PATH_MAX + 64], log[PATH_MAX];
    struct error err;

    (void)ctx;
    /* Client B has registered before it has this log, and is the last to be there. */
    snprintf(log, sizeof log, "%s/person/CPM_CLS_CLIENT_V_001/client-b-is-closed.log", scratch);
    addr_parse(SLICE("127.0.20.1"), &at.addr);
    while (state != LISTEN_EXACT) {
        poll(NULL, 0, 5);
        if (access(log, F_OK) < 0)
            continue;
        if (listen_look(&at, false, &state, &err) < 0)
            return 1;
    }
    setenv("CPMSPEC_ACTION", "call-and-close", 1);
    setenv("CPMSPEC_URI", "sip:alice@a.example", 1);
    setenv("CPMSPEC_USERNAME", "alice@a.example", 1);
    setenv("CPMSPEC_PASSWORD", "pa", 1);
    setenv("CPMSPEC_PEER_URI", "sip:bob@b.example", 1);
    setenv("CPMSPEC_PROXY", "127.0.10.2:5060", 1);
    setenv("CPMSPEC_TRANSPORT", "udp", 1);
    setenv("CPMSPEC_ADDRESS", "127.0.10.1", 1);
    setenv("CPMSPEC_PORT", "5060", 1);
    setenv("CPMSPEC_DIR", scratch, 1);
    snprintf(command, sizeof command, "%s/harness/tests/clients/sipp-client", data);
    execl(command, command, (char *)NULL);
    return 1;
}

/* On a terminal, whose other end the test holds. */
static bool attended(void *ctx)
{
    const char *terminal = ctx;
    struct process *p;
    struct error err;
    int fd;

    if (!netns_enter() || process_fork(operate, NULL, -1, &p, &err) < 0)
        return false;
    setsid();
    fd = open(terminal, O_RDWR);
    return fd >= 0 && dup2(fd, 0) == 0 && dup2(fd, 2) == 2;
}

static bool terminal_says(int fd, const char *text)
{
    static char all[1 << 16];
    size_t n = 0;
    ssize_t got;

    fcntl(fd, F_SETFL, O_NONBLOCK);
    while (n + 1 < sizeof all && (got = read(fd, all + n, sizeof all - 1 - n)) > 0)
        n += (size_t)got;
    all[n] = '\0';
    if (strstr(all, text))
        return true;
    printf("\n  the terminal said: %s\n", all);
    return false;
}

static void test_a_person_is_told_what_to_do(void)
{
    int fd = posix_openpt(O_RDWR | O_NOCTTY);
    struct runner r = {.enter = attended};
    char sut[PATH_MAX];

    CU_ASSERT_TRUE_FATAL(fd >= 0 && grantpt(fd) == 0 && unlockpt(fd) == 0);
    r.ctx = ptsname(fd);
    snprintf(sut, sizeof sut, "%s", profile('a', ""));
    CU_ASSERT_EQUAL(
        runner_run(&r, scratch_path("person"), OPTIONS("--sut", sut, "--only", "CPM_CLS_CLIENT_V_001")), 0);
    CU_ASSERT_STRING_EQUAL(runner_result(&r, 0, "verdict"), "pass");
    CU_ASSERT_TRUE(runner_says(&r, "Network: the host's"));
    CU_ASSERT_TRUE(terminal_says(fd,
                                 "CPM_CLS_CLIENT_V_001: client-a: register sip:alice@a.example at "
                                 "127.0.10.2:5060 over UDP (user name alice@a.example, password pa), call "
                                 "sip:bob@b.example, and close the session, within 60 s"));
    CU_ASSERT_TRUE(runner_left_nothing(&r));
    runner_done(&r);
    close(fd);
}

static const struct test tests[] = {
    {"good clients pass", test_good_clients_pass},
    {"a client of another make passes", test_a_client_of_another_make_passes},
    {"good clients refuse what is not in order", test_good_clients_refuse_what_is_not_in_order},
    {"so do those that refuse with another", test_so_do_those_that_refuse_with_another},
    {"whoever takes any BYE fails", test_whoever_takes_any_bye_fails},
    {"IPv6 in a network of its own", test_ipv6_in_a_network_of_its_own},
    {"timers", test_timers},
    {"broken clients fail by what they break", test_broken_clients_fail_by_what_they_break},
    {"a command that dies", test_a_command_that_dies},
    {"a command that never ends", test_a_command_that_never_ends},
    {"a command that is not there", test_a_command_that_is_not_there},
    {"whoever ends us", test_whoever_ends_us},
    {"nobody to ask", test_nobody_to_ask},
    {"a person is told what to do", test_a_person_is_told_what_to_do},
};

int main(int argc, char **argv)
{
    if (!realpath(".", data))
        return 99;
    scratch_path("");
    return test_main(argc, argv, "client", tests, sizeof tests / sizeof tests[0]);
}
