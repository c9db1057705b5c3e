/* The built program as a user meets it: what it prints where, and its exit status. */
#include "tests/scratch.h"
#include "tests/test.h"

#include "base/slice.h"
#include "cli/commands.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/pidfd.h>
#include <sys/wait.h>

#define CAPTURE "harness/tests/captures/close-udp.pcap"

enum { ARGS_MAX = 16, OUTPUT_MAX = 256 * 1024, DEADLINE_MS = 60 * 1000 };

static char out[OUTPUT_MAX], err[OUTPUT_MAX];

/* The program stands one folder above its tests. */
static const char *program(void)
{
    static char path[PATH_MAX + 16];
    ssize_t n = readlink("/proc/self/exe", path, PATH_MAX);

    for (int levels = 0; n > 0 && levels < 2; levels++)
        while (n > 0 && path[--n] != '/')
            ;
    snprintf(path + n, sizeof path - (size_t)n, "/cpmspec");
    return path;
}

static void read_back(const char *name, char *text)
{
    FILE *f = fopen(scratch_path(name), "r");
    size_t n = f ? fread(text, 1, OUTPUT_MAX - 1, f) : 0;

    text[n] = '\0';
    if (f)
        fclose(f);
}

/* Its exit status; -1 where it was killed, by a signal of its own or by the deadline. */
static int wait_for(pid_t pid)
{
    int fd = pidfd_open(pid, 0), status = 0;
    struct pollfd p = {.fd = fd, .events = POLLIN};

    if (fd < 0 || poll(&p, 1, DEADLINE_MS) != 1)
        kill(pid, SIGKILL);
    close(fd);
    if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
        return -1;
    return WEXITSTATUS(status);
}

/* Runs the program with the arguments of `line`; `stdout_path` NULL means that `out` gets it, "" that it is
 * closed. */
static int run_to(const char *line, const char *stdout_path)
{
    static char words[ARGS_MAX][256], first[] = "cpmspec";
    char *args[ARGS_MAX + 2] = {first}, out_path[PATH_MAX + 64], err_path[PATH_MAX + 64];
    posix_spawn_file_actions_t files;
    pid_t pid;
    int n = 1, r;

    for (; *line && n <= ARGS_MAX; n++) {
        size_t length = strcspn(line, " ");

        snprintf(words[n - 1], sizeof words[0], "%.*s", (int)length, line);
        args[n] = words[n - 1];
        line += length + (line[length] == ' ');
    }
    snprintf(out_path, sizeof out_path, "%s", stdout_path ? stdout_path : scratch_path("out"));
    snprintf(err_path, sizeof err_path, "%s", scratch_path("err"));
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
    if (out_path[0])
        posix_spawn_file_actions_addopen(&files, 1, out_path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    else
        posix_spawn_file_actions_addclose(&files, 1);
    posix_spawn_file_actions_addopen(&files, 2, err_path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    r = posix_spawn(&pid, program(), &files, NULL, args, environ);
    posix_spawn_file_actions_destroy(&files);
    if (r != 0) {
        printf("  %s: %s\n", program(), strerror(r));
        CU_FAIL_FATAL("the program cannot be started");
    }
    r = wait_for(pid);
    read_back("out", out);
    read_back("err", err);
    return r;
}

static int run(const char *line)
{
    return run_to(line, NULL);
}

/* A mistake of the user: status 4, one line on standard error, nothing on standard output. */
static bool mistake(const char *line, const char *want)
{
    int status = run(line);

    if (status == STATUS_USAGE && out[0] == '\0' && strcmp(err, want) == 0)
        return true;
    printf("\n  status %d\n  said %s  want %s", status, err, want);
    return false;
}

static void prints_usage(void)
{
    CU_ASSERT_EQUAL(run(""), STATUS_USAGE);
    CU_ASSERT_PTR_NOT_NULL(strstr(err, "cpmspec judge [--sut FILE] CAPTURE..."));
    CU_ASSERT_STRING_EQUAL(out, "");
    CU_ASSERT_EQUAL(run("--help"), STATUS_PASS);
    CU_ASSERT_PTR_NOT_NULL(strstr(out, "Exit status: 0 passed"));
    CU_ASSERT_STRING_EQUAL(err, "");
    CU_ASSERT_EQUAL(run("--version"), STATUS_PASS);
    CU_ASSERT_STRING_EQUAL(out, "cpmspec " CPMSPEC_VERSION "\n");
}

static void every_verb_has_help(void)
{
    static const char *const verbs[] = {"run", "judge", "list", "explain", "doctor"};

    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++) {
        char line[64], want[64];

        snprintf(line, sizeof line, "%s --help", verbs[i]);
        snprintf(want, sizeof want, "usage: cpmspec %s ", verbs[i]);
        CU_ASSERT_EQUAL(run(line), STATUS_PASS);
        CU_ASSERT_TRUE(strncmp(out, want, strlen(want)) == 0);
        snprintf(line, sizeof line, "%s --no-such-option", verbs[i]);
        snprintf(want, sizeof want, "cpmspec %s: unknown option --no-such-option; ", verbs[i]);
        CU_ASSERT_EQUAL(run(line), STATUS_USAGE);
        CU_ASSERT_TRUE(strncmp(err, want, strlen(want)) == 0);
    }
}

static void names_mistakes(void)
{
    CU_ASSERT_TRUE(
        mistake("lst", "cpmspec: unknown verb \"lst\"; use run, judge, list, explain or doctor, see 'cpmspec "
                       "--help'\n"));
    CU_ASSERT_TRUE(
        mistake("list x", "cpmspec list: \"x\" is one argument too many; see 'cpmspec list --help'\n"));
    CU_ASSERT_TRUE(mistake("list --sut", "cpmspec list: --sut needs a value; see 'cpmspec list --help'\n"));
    CU_ASSERT_TRUE(mistake("explain nothing",
                           "cpmspec explain: \"nothing\" is no test case, rule, flow or fault; 'cpmspec "
                           "explain' lists them all\n"));
    CU_ASSERT_TRUE(mistake("list --sut /nowhere/sut.xml",
                           "cpmspec list: /nowhere/sut.xml: cannot be opened: No such file or directory\n"));
    CU_ASSERT_TRUE(
        mistake("list --json /nowhere/x/list.json --sut reference-network/none.xml",
                "cpmspec list: reference-network/none.xml: cannot be opened: No such file or directory\n"));
}

static void names_mistakes_in_a_profile(void)
{
    static const char role[] =
        "<sut name='S'>\n<ixit>\n<function role='core-c'><node address='10.0.0.1'/></function>\n"
        "</ixit></sut>\n";
    char line[PATH_MAX + 64], want[PATH_MAX + 256];
    const char *path = scratch_file("sut.xml", role);

    snprintf(line, sizeof line, "list --sut %s", path);
    snprintf(want, sizeof want,
             "cpmspec list: %s:3: role \"core-c\" is not a role of the flow close-1-1; use one of client-a, "
             "core-a, pf-a, "
             "core-b, pf-b or client-b\n",
             path);
    CU_ASSERT_TRUE(mistake(line, want));
}

static void lists(void)
{
    CU_ASSERT_EQUAL(run("list"), STATUS_PASS);
    CU_ASSERT_PTR_NOT_NULL(strstr(out, "CPM_CLS_NET_V_001 "));
    CU_ASSERT_PTR_NOT_NULL(strstr(out, "test cases apply to \"Reference network\""));
    CU_ASSERT_STRING_EQUAL(err, "");
}

static void says_why_one_does_not_apply(void)
{
    char line[PATH_MAX + 64];

    snprintf(line, sizeof line, "list --sut %s",
             scratch_file("sut.xml",
                          "<sut name='S'><ixit><function role='pf-a'><node address='10.0.0.1'/></function>"
                          "</ixit></sut>"));
    CU_ASSERT_EQUAL(run(line), STATUS_PASS);
    CU_ASSERT_PTR_NOT_NULL(strstr(out, "not-applicable: the profile names no client-a\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(out, "\n0 of "));
}

/* The JSON list and the table are of the same test cases. */
static void lists_as_json(void)
{
    json_error_t e;
    json_t *root, *list;
    char line[PATH_MAX + 128], path[PATH_MAX + 64];

    CU_ASSERT_EQUAL(run("list --json -"), STATUS_PASS);
    root = json_loads(out, 0, &e);
    list = json_object_get(root, "testcases");
    CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(root, "schema")), "cpmspec-list/1");
    CU_ASSERT_TRUE_FATAL(json_array_size(list) >= 4);
    CU_ASSERT_EQUAL(run("list"), STATUS_PASS);
    for (size_t i = 0; i < json_array_size(list); i++)
        CU_ASSERT_PTR_NOT_NULL(
            strstr(out, json_string_value(json_object_get(json_array_get(list, i), "id"))));
    json_decref(root);
    snprintf(path, sizeof path, "%s", scratch_path("list.json"));
    snprintf(line, sizeof line, "list --json %s", path);
    CU_ASSERT_EQUAL(run(line), STATUS_PASS);
    root = json_load_file(path, 0, &e);
    CU_ASSERT_PTR_NOT_NULL(root);
    json_decref(root);
}

static void explains(void)
{
    CU_ASSERT_EQUAL(run("explain CPM_CLS_NET_V_002"), STATUS_PASS);
    CU_ASSERT_PTR_NOT_NULL(strstr(out, "127.0.20.1:5060"));
    CU_ASSERT_PTR_NOT_NULL(strstr(out, "   1         |             |             |             |<---- BYE"));
    CU_ASSERT_EQUAL(run("explain CPM_CLS_CORE_I_004"), STATUS_PASS);
    CU_ASSERT_PTR_NOT_NULL(strstr(out, "again     close-1-1\nfinds     proxy-require-ignored\n"));
    CU_ASSERT_EQUAL(run("explain CPM_CLS_NET_O_007"), STATUS_PASS);
    CU_ASSERT_PTR_NOT_NULL(strstr(out, "stray     stray-481\n"));
    CU_ASSERT_EQUAL(run("explain close-1-1"), STATUS_PASS);
    CU_ASSERT_PTR_NOT_NULL(strstr(out, "   1         |----- BYE -->|"));
    CU_ASSERT_EQUAL(run("explain path.missing"), STATUS_PASS);
    CU_ASSERT_PTR_NOT_NULL(strstr(out, "severity  must\n"));
}

static void explains_all_that_it_lists(void)
{
    static char listed[OUTPUT_MAX];
    int explained = 0;

    CU_ASSERT_EQUAL(run("explain"), STATUS_PASS);
    memcpy(listed, out, sizeof listed);
    for (const char *at = listed; (at = strstr(at, "\n  ")) != NULL;) {
        char line[128];

        at += 3;
        snprintf(line, sizeof line, "explain %.*s", (int)strcspn(at, " \n"), at);
        CU_ASSERT_EQUAL(run(line), STATUS_PASS);
        explained++;
    }
    CU_ASSERT_TRUE(explained > 30);
}

static void says_when_it_cannot_say(void)
{
    CU_ASSERT_EQUAL(run_to("list", "/dev/full"), STATUS_ERROR);
    CU_ASSERT_STRING_EQUAL(err, "cpmspec: standard output cannot be written: No space left on device\n");
    CU_ASSERT_EQUAL(run("list --json /dev/full"), STATUS_ERROR);
    CU_ASSERT_EQUAL(run("list --json /nowhere/list.json"), STATUS_USAGE);
}

/* The first file that is opened must not become standard output: the report would be written into it. */
static void a_closed_stream_is_told(void)
{
    char line[2 * PATH_MAX];
    struct stat st;

    CU_ASSERT_EQUAL(run_to("list", ""), STATUS_ERROR);
    CU_ASSERT_STRING_EQUAL(err, "cpmspec: standard output cannot be written: Bad file descriptor\n");
    scratch_file("old.xml", "old");
    snprintf(line, sizeof line, "judge --junit %s " CAPTURE, scratch_path("old.xml"));
    CU_ASSERT_EQUAL(run_to(line, ""), STATUS_ERROR);
    CU_ASSERT_STRING_EQUAL(err, "cpmspec judge: the report on the terminal stopped: Bad file descriptor\n");
    CU_ASSERT_EQUAL(stat(CAPTURE, &st), 0);
    CU_ASSERT_TRUE(st.st_size > 1000);
}

static void an_output_may_be_standard_output(void)
{
    CU_ASSERT_EQUAL(run("judge --json - " CAPTURE), STATUS_PASS);
    for (int i = 0; i < 2; i++) {
        json_t *root = json_loads(out, 0, NULL); /* and nothing else is there */

        CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(root, "verdict")), "pass");
        json_decref(root);
        CU_ASSERT_EQUAL(run("judge --json /dev/stdout " CAPTURE), STATUS_PASS);
    }
    CU_ASSERT_TRUE(mistake("judge --json - --html /dev/stdout " CAPTURE,
                           "cpmspec judge: --json \"-\" and --html \"/dev/stdout\" are the same file; name "
                           "one for each\n"));
    CU_ASSERT_TRUE(mistake("judge --json /tmp/cpmspec.x --junit /tmp/./cpmspec.x " CAPTURE,
                           "cpmspec judge: --junit \"/tmp/./cpmspec.x\" and --json \"/tmp/cpmspec.x\" are "
                           "the same file; name one for each\n"));
}

static void judges_only_what_is_asked_for(void)
{
    CU_ASSERT_EQUAL(run("judge --only session-1 " CAPTURE), STATUS_PASS);
    CU_ASSERT_PTR_NULL(strstr(out, "left out"));
    CU_ASSERT_EQUAL(run("judge --only x --only 1-6625@* " CAPTURE), STATUS_PASS);
    CU_ASSERT_EQUAL(run("judge --only session-2 --only 6625 " CAPTURE), STATUS_NOTHING);
    CU_ASSERT_STRING_EQUAL(err, "cpmspec judge: nothing was judged: of 1 closed sessions none fits --only\n");
    CU_ASSERT_EQUAL(run("judge --only session-1 " CAPTURE " harness/tests/captures/udp-a.pcap"), STATUS_PASS);
    CU_ASSERT_PTR_NOT_NULL(strstr(out, "1 pass, 0 fail\nverdict: pass\n1 other sessions were left out"));
}

static void says_what_tls_wants(void)
{
    CU_ASSERT_EQUAL(run("judge harness/tests/captures/tls.pcap"), STATUS_NOTHING);
    CU_ASSERT_PTR_NOT_NULL(strstr(err, "name its secrets (--keys FILE)\n"));
}

/* Names come from anywhere: none may steer the terminal of who reads the complaint. */
static void makes_names_visible(void)
{
    CU_ASSERT_TRUE(mistake("explain \033[31mred",
                           "cpmspec explain: \"\\x1b[31mred\" is no test case, rule, flow or fault; 'cpmspec "
                           "explain' lists them all\n"));
    CU_ASSERT_TRUE(mistake("judge \033]0;x\a", "cpmspec judge: \\x1b]0;x\\x07: no such capture\n"));
}

static void speaks_as_the_locale_says(void)
{
    setenv("LC_ALL", "C", 1);
    CU_ASSERT_EQUAL(run("judge " CAPTURE), STATUS_PASS);
    CU_ASSERT_PTR_NOT_NULL(strstr(out, "     1  v client-a -> core-a "));
    setenv("LC_ALL", "C.UTF-8", 1);
    CU_ASSERT_EQUAL(run("judge " CAPTURE), STATUS_PASS);
    CU_ASSERT_PTR_NOT_NULL(strstr(out, "     1  \u2713 client-a \u2192 core-a "));
    unsetenv("LC_ALL");
}

static void looks_where_it_is_told(void)
{
    setenv("CPMSPEC_HOME", "/nowhere", 1);
    CU_ASSERT_TRUE(mistake(
        "list", "cpmspec list: CPMSPEC_HOME is \"/nowhere\", which holds no testcases/schema/; set it to "
                "the folder with testcases/, or unset it\n"));
    unsetenv("CPMSPEC_HOME");
}

static const struct test tests[] = {
    {"prints usage", prints_usage},
    {"every verb has help", every_verb_has_help},
    {"names mistakes", names_mistakes},
    {"names mistakes in a profile", names_mistakes_in_a_profile},
    {"lists", lists},
    {"says why one does not apply", says_why_one_does_not_apply},
    {"lists as JSON", lists_as_json},
    {"explains", explains},
    {"explains all that it lists", explains_all_that_it_lists},
    {"says when it cannot say", says_when_it_cannot_say},
    {"a closed stream is told", a_closed_stream_is_told},
    {"an output may be standard output", an_output_may_be_standard_output},
    {"judges only what is asked for", judges_only_what_is_asked_for},
    {"says what TLS wants", says_what_tls_wants},
    {"makes names visible", makes_names_visible},
    {"speaks as the locale says", speaks_as_the_locale_says},
    {"looks where it is told", looks_where_it_is_told},
};
TEST_MAIN("cli", tests)
