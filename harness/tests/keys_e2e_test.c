/* TLS with keys and without, as a user of `cpmspec judge` meets it. The captures come from a network in which
 * core-a and core-b speak TLS 1.3 with each other, and everybody else UDP; needs tshark. */
#include "drive/process.h"
#include "tests/runner.h"
#include "tests/scratch.h"
#include "tests/test.h"

#include <fcntl.h>
#include <poll.h>

#define CAPTURES    "harness/tests/captures/"
#define CAPTURE     CAPTURES "close-tls.pcap"
#define KEYS        CAPTURES "close-tls.keys"
#define KEYS_INSIDE CAPTURES "close-tls-keys-inside.pcapng"
#define REPORTED    CAPTURES "close-tls-hep.pcap"
#define OTHER_KEYS  CAPTURES "tls.keys"

enum { SAID_MAX = 1 << 16 };

static char said[SAID_MAX];
static json_t *results;

static void read_back(const char *json)
{
    FILE *f = fopen(scratch_path("said"), "re");
    size_t n = f ? fread(said, 1, sizeof said - 1, f) : 0;

    said[n] = '\0';
    if (f)
        fclose(f);
    json_decref(results);
    results = json_load_file(json, 0, NULL);
}

/* `cpmspec judge --json … capture` with up to one more option and one more variable; its exit status. */
static int judge(const char *capture, const char *keys, const char *variable)
{
    char json[PATH_MAX], log[PATH_MAX];
    const char *argv[] = {runner_program(),      "judge", "--json", json, keys ? "--keys" : capture, keys,
                          keys ? capture : NULL, NULL};
    const char *env[] = {variable ? variable : "SSLKEYLOGFILE=", NULL};
    struct process_spec spec = {.argv = argv, .log = log, .env = env};
    struct process *p;
    struct error err;
    struct pollfd fd;
    int status;

    snprintf(json, sizeof json, "%s", scratch_path("results.json"));
    snprintf(log, sizeof log, "%s", scratch_path("said"));
    unlink(json);
    unlink(log);
    CU_ASSERT_EQUAL_FATAL(process_start(&spec, &p, &err), 0);
    fd = (struct pollfd){.fd = process_fd(p), .events = POLLIN};
    CU_ASSERT_EQUAL(poll(&fd, 1, RUNNER_DEADLINE_MS), 1);
    CU_ASSERT_EQUAL(process_reap(p), 0);
    status = process_status(p);
    process_free(p);
    read_back(json);
    return status;
}

static json_t *result(void)
{
    return json_array_get(json_object_get(results, "results"), 0);
}

static const char *verdict(void)
{
    const char *text = json_string_value(json_object_get(result(), "verdict"));

    return text ? text : "";
}

/* The transport of a step; "" where it was not seen. */
static const char *transport(int step)
{
    const json_t *hops = json_object_get(result(), "hops");
    const char *text = NULL;

    for (size_t i = 0; i < json_array_size(hops) && !text; i++) {
        const json_t *hop = json_array_get(hops, i);
        if (json_integer_value(json_object_get(hop, "step")) == step)
            text = json_string_value(json_object_get(hop, "transport"));
    }
    return text ? text : "";
}

static json_int_t unused(const char *reason)
{
    return json_integer_value(
        json_object_get(json_object_get(json_object_get(results, "capture"), "unused"), reason));
}

static void all_steps_pass(void)
{
    CU_ASSERT_STRING_EQUAL(verdict(), "pass");
    CU_ASSERT_EQUAL(json_array_size(json_object_get(result(), "hops")), 14);
    for (int step = 1; step <= 14; step++)
        CU_ASSERT_STRING_EQUAL(transport(step), step == 4 || step == 11 ? "TLS" : "UDP");
}

static void check_says(const char *text)
{
    CU_ASSERT_PTR_NOT_NULL(strstr(said, text));
    if (!strstr(said, text))
        printf("\n  said %s\n  want %s\n", said, text);
}

static void test_a_file_of_keys(void)
{
    CU_ASSERT_EQUAL(judge(CAPTURE, KEYS, NULL), 0);
    all_steps_pass();
    CU_ASSERT_EQUAL(unused("tls_decrypted"), 10);
    CU_ASSERT_EQUAL(unused("tls_keyless"), 0);
}

static void test_the_usual_variable(void)
{
    CU_ASSERT_EQUAL(judge(CAPTURE, NULL, "SSLKEYLOGFILE=" KEYS), 0);
    all_steps_pass();
}

static void test_keys_inside_the_capture(void)
{
    CU_ASSERT_EQUAL(judge(KEYS_INSIDE, NULL, NULL), 0);
    all_steps_pass();
}

static void missing_evidence(void)
{
    CU_ASSERT_STRING_EQUAL(verdict(), "inconclusive");
    CU_ASSERT_STRING_EQUAL(transport(11), "");
    check_says("no capture shows the link between core-a and core-b");
}

static void test_without_keys(void)
{
    CU_ASSERT_EQUAL(judge(CAPTURE, NULL, NULL), 6);
    missing_evidence();
    CU_ASSERT_EQUAL(unused("tls_unreadable"), 10);
}

static void test_keys_of_something_else(void)
{
    CU_ASSERT_EQUAL(judge(CAPTURE, OTHER_KEYS, NULL), 6);
    missing_evidence();
    CU_ASSERT_EQUAL(unused("tls_keyless"), 2);
}

static void test_keys_that_are_not_there(void)
{
    CU_ASSERT_EQUAL(judge(CAPTURE, "/no/such/keys", NULL), 4);
    check_says("/no/such/keys: the TLS keys cannot be read");
    /* Not asked for on the command line: told, and no reason to stop. */
    CU_ASSERT_EQUAL(judge(CAPTURE, NULL, "SSLKEYLOGFILE=/no/such/keys"), 6);
    check_says("/no/such/keys: the TLS keys cannot be read");
    missing_evidence();
}

static void test_without_tshark(void)
{
    CU_ASSERT_EQUAL(judge(CAPTURE, KEYS, "PATH=/nowhere"), 4);
    check_says("apt-get install tshark");
    CU_ASSERT_EQUAL(judge(KEYS_INSIDE, NULL, "PATH=/nowhere"), 6);
    check_says("apt-get install tshark");
    missing_evidence();
}

/* A stream can be read but once. */
static void test_a_stream(void)
{
    CU_ASSERT_EQUAL(judge("-", KEYS, NULL), 4);
    check_says("from files, not from a stream");
    CU_ASSERT_EQUAL(judge("-", NULL, "SSLKEYLOGFILE=" KEYS), 4); /* and standard input is empty */
    check_says("from files, not from a stream");
}

/* The functions report by HEP what they say over TLS: no keys are needed. */
static void test_reported_by_hep(void)
{
    CU_ASSERT_EQUAL(judge(REPORTED, NULL, NULL), 0);
    all_steps_pass();
}

static const struct test tests[] = {
    {"a file of keys", test_a_file_of_keys},
    {"the usual variable", test_the_usual_variable},
    {"keys inside the capture", test_keys_inside_the_capture},
    {"without keys", test_without_keys},
    {"keys of something else", test_keys_of_something_else},
    {"keys that are not there", test_keys_that_are_not_there},
    {"without tshark", test_without_tshark},
    {"a stream", test_a_stream},
    {"reported by HEP", test_reported_by_hep},
};

int main(int argc, char **argv)
{
    int failed;

    scratch_path("");
    failed = test_main(argc, argv, "keys", tests, sizeof tests / sizeof tests[0]);
    json_decref(results);
    return failed;
}
