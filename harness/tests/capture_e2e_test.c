/* cpmspec run with captures of every kind: HEP reports alone, commands, several points at once; and what
 * becomes of a run whose capture breaks. */
#include "tests/runner.h"
#include "tests/scratch.h"
#include "tests/test.h"

#include <poll.h>

#define OPTIONS(...) ((const char *const[]){__VA_ARGS__, NULL})

#define HEP_UDP "<capture hep='udp:127.0.0.1:9060'/>"
#define HEP_TCP "<capture hep='tcp:127.0.0.1:9060'/>"

/* The reference network, captured so. */
static const char *network(const char *capture, bool v6)
{
    static const char *const v4_nodes[6] = {"127.0.10.1", "127.0.10.2", "127.0.10.3",
                                            "127.0.20.2", "127.0.20.3", "127.0.20.1"};
    static const char *const v6_nodes[6] = {"fd00:a::1", "fd00:a::2", "fd00:a::3",
                                            "fd00:b::2", "fd00:b::3", "fd00:b::1"};
    const char *const *node = v6 ? v6_nodes : v4_nodes;
    char text[4096];

    snprintf(text, sizeof text,
             "<sut name='Captured otherwise'><ixit>"
             "<function role='client-a'><node address='%s' port='5060'/></function>"
             "<function role='core-a'><node address='%s'/></function>"
             "<function role='pf-a'><node address='%s'/></function>"
             "<function role='core-b'><node address='%s'/></function>"
             "<function role='pf-b'><node address='%s'/></function>"
             "<function role='client-b'><node address='%s' port='5060'/></function>"
             "<user side='a' uri='sip:alice@a.example' password='pa'/>"
             "<user side='b' uri='sip:bob@b.example' password='pb'/>%s</ixit>"
             "<ics><supports feature='tcp'/></ics></sut>",
             node[0], node[1], node[2], node[3], node[4], node[5], capture);
    return scratch_file("sut.xml", text);
}

static size_t size_of(const struct runner *r, size_t n, const char *list)
{
    return json_array_size(json_object_get(json_array_get(json_object_get(r->results, "results"), n), list));
}

static json_int_t counted(const struct runner *r, const char *what)
{
    return json_integer_value(json_object_get(json_object_get(r->results, "capture"), what));
}

static void start(struct runner *r, const char *name, const char *sut, const char *only)
{
    char path[PATH_MAX];

    snprintf(path, sizeof path, "%s", sut);
    runner_start(r, scratch_path(name), OPTIONS("--sut", path, "--only", only));
}

static void check_passes(struct runner *r, size_t n)
{
    runner_wait(r);
    CU_ASSERT_EQUAL(r->status, 0);
    if (r->status != 0)
        puts(runner_said(r));
    CU_ASSERT_EQUAL(json_array_size(json_object_get(r->results, "results")), n);
    for (size_t i = 0; i < n; i++) {
        CU_ASSERT_STRING_EQUAL(runner_result(r, i, "verdict"), "pass");
        CU_ASSERT_EQUAL(size_of(r, i, "hops"), 14);
        CU_ASSERT_EQUAL(size_of(r, i, "missing_steps") + size_of(r, i, "unseen_steps"), 0);
    }
    CU_ASSERT_TRUE(runner_left_nothing(r));
}

/* Every message of the four functions, as often as with any other capture: 14 of the closing, and no more. */
static void passes(const char *name, const char *sut, const char *only, size_t n)
{
    struct runner r = {0};

    start(&r, name, sut, only);
    check_passes(&r, n);
    runner_done(&r);
}

/* Over UDP and TCP, closed by A and by B; no interface is captured. */
static void test_hep_over_udp(void)
{
    passes("hep-udp", network(HEP_UDP, false), "CPM_CLS_NET_V_00[1234]", 4);
}

static void test_hep_over_tcp(void)
{
    passes("hep-tcp", network(HEP_TCP, false), "CPM_CLS_NET_V_00[1234]", 4);
}

static void test_hep_over_ipv6(void)
{
    passes("hep-v6", network("<capture hep='udp:[::1]:9060'/>", true), "CPM_CLS_NET_V_00[13]", 2);
}

/* What was kept is judged as it was when it came, and Wireshark shows SIP. */
static void test_what_was_reported_is_kept(void)
{
    struct runner r = {0};
    char capture[RUNNER_PATH * 2], sut[PATH_MAX];
    const char *argv[] = {runner_program(), "judge", "--sut", sut, capture, NULL};
    struct process_spec spec = {.argv = argv};
    struct process *p;
    struct error err;

    snprintf(sut, sizeof sut, "%s", network(HEP_TCP, false));
    start(&r, "kept", sut, "CPM_CLS_NET_V_003");
    check_passes(&r, 1);
    snprintf(capture, sizeof capture, "%s/CPM_CLS_NET_V_003/capture.pcap", r.out);
    CU_ASSERT_EQUAL_FATAL(process_start(&spec, &p, &err), 0);
    while (process_reap(p) != 0)
        poll(&(struct pollfd){.fd = process_fd(p), .events = POLLIN}, 1, RUNNER_DEADLINE_MS);
    CU_ASSERT_EQUAL(process_status(p), 0);
    process_free(p);
    runner_done(&r);
}

static void test_faults_show_by_hep(void)
{
    static const struct {
        const char *fault, *rule;
    } cases[] = {{"pf-a-bypassed", "path.missing"},
                 {"pf-a-answers-early", "reply.causality"},
                 {"reason-dropped", "headers.preserved"}};
    char sut[PATH_MAX];

    snprintf(sut, sizeof sut, "%s", network(HEP_UDP, false));
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct runner r = {0};
        CU_ASSERT_EQUAL(
            runner_run(&r, scratch_path(cases[i].fault),
                       OPTIONS("--sut", sut, "--only", "CPM_CLS_NET_V_001", "--fault", cases[i].fault)),
            1);
        CU_ASSERT_STRING_EQUAL(runner_rule(&r, 0), cases[i].rule);
        runner_done(&r);
    }
}

static void test_a_listener_of_the_other_family(void)
{
    struct runner r = {0};

    start(&r, "family", network("<capture hep='udp:[::1]:9060'/>", false), "CPM_CLS_NET_V_001");
    runner_wait(&r);
    CU_ASSERT_EQUAL(r.status, 3);
    CU_ASSERT_TRUE(runner_says(&r, "cannot report there by HEP"));
    runner_done(&r);
}

/* One message, whoever saw it: the loopback, all interfaces, a command, its sender and its receiver. */
static void test_all_at_once(void)
{
    struct runner r = {0}, alone = {0};

    start(&alone, "alone", network("<capture interface='lo'/>", false), "CPM_CLS_NET_V_00[13]");
    check_passes(&alone, 2);
    start(&r, "all",
          network("<capture interface='lo'/><capture interface='any'/>" HEP_UDP
                  "<capture command='dumpcap -q -P -i lo -w -'/>",
                  false),
          "CPM_CLS_NET_V_00[13]");
    check_passes(&r, 2);
    CU_ASSERT_EQUAL(size_of(&r, 0, "findings"), size_of(&alone, 0, "findings"));
    CU_ASSERT_EQUAL(size_of(&r, 1, "findings"), size_of(&alone, 1, "findings"));
    CU_ASSERT_EQUAL(counted(&r, "sip_messages"), counted(&alone, "sip_messages"));
    CU_ASSERT_TRUE(counted(&r, "duplicate_frames") > counted(&alone, "sip_messages"));
    runner_done(&r);
    runner_done(&alone);
}

/* --- commands */

static void test_commands(void)
{
    passes("dumpcap", network("<capture command='dumpcap -q -P -i lo -w -'/>", false), "CPM_CLS_NET_V_001",
           1);
    passes("pcapng", network("<capture command='dumpcap -q -i lo -w -'/>", false), "CPM_CLS_NET_V_003", 1);
    passes(
        "words",
        network("<capture command=\"sh -c 'exec &quot;$0&quot; -q -P -i lo -w - -f &quot;udp or tcp&quot;' "
                "dumpcap\"/>",
                false),
        "CPM_CLS_NET_V_002", 1);
}

static void breaks(const char *name, const char *command, int status, const char *says)
{
    struct runner r = {0};
    char capture[PATH_MAX * 2];

    snprintf(capture, sizeof capture, "<capture command=\"%s\"/>", command);
    start(&r, name, network(capture, false), "CPM_CLS_NET_V_001");
    runner_wait(&r);
    CU_ASSERT_EQUAL(r.status, status);
    CU_ASSERT_STRING_EQUAL(runner_result(&r, 0, "verdict"), status == 3 ? "error" : "inconclusive");
    CU_ASSERT_TRUE(runner_says(&r, says));
    CU_ASSERT_TRUE(runner_left_nothing(&r));
    runner_done(&r);
}

static void test_a_command_that_cannot_begin(void)
{
    breaks("none", "no-such-program -i lo", 3, "no-such-program is not installed");
    breaks("refused", "dumpcap -i nothere0 -w -", 3, "There is no device");
    breaks("foreign", "echo no capture", 3, "not a capture");
    breaks("rights", "sh -c &quot;echo sh: Couldn\\'t change to x &gt;&amp;2; exit 1&quot;", 3,
           "dumpcap -q -P");
}

/* While the clients meet, the capture dies. */
static void test_a_command_that_dies_in_the_middle(void)
{
    char command[PATH_MAX * 2], log[PATH_MAX];

    snprintf(log, sizeof log, "%s", scratch_path("dies/CPM_CLS_NET_V_001/client-b-is-closed.messages.log"));
    rmdir(scratch_path("dies/CPM_CLS_NET_V_001"));
    rmdir(scratch_path("dies"));
    snprintf(
        command, sizeof command,
        "sh -c 'dumpcap -q -P -i lo -w - &amp; while ! [ -s %s ]; do sleep 0.02; done; kill -9 $!; exit 7'",
        log);
    breaks("dies", command, 6, "ended with status 7");
}

/* It says so when it ends, as tcpdump does. */
static void test_a_command_that_loses_frames(void)
{
    breaks("loses",
           "sh -c 'trap &quot;echo 7 packets dropped by kernel &gt;&amp;2; kill $p; exit 0&quot; TERM; "
           "dumpcap -q -P -i lo -w - &amp; p=$!; wait'",
           6, "the capture lost 7 frames");
}

static const struct test tests[] = {
    {"HEP over UDP", test_hep_over_udp},
    {"HEP over TCP", test_hep_over_tcp},
    {"HEP over IPv6", test_hep_over_ipv6},
    {"what was reported is kept", test_what_was_reported_is_kept},
    {"faults show by HEP", test_faults_show_by_hep},
    {"a listener of the other family", test_a_listener_of_the_other_family},
    {"all at once", test_all_at_once},
    {"commands", test_commands},
    {"a command that cannot begin", test_a_command_that_cannot_begin},
    {"a command that loses frames", test_a_command_that_loses_frames},
    {"a command that dies in the middle", test_a_command_that_dies_in_the_middle},
};

int main(int argc, char **argv)
{
    scratch_path("");
    return test_main(argc, argv, "capture", tests, sizeof tests / sizeof tests[0]);
}
