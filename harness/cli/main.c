/* cpmspec: picks the verb. */
#include "cli/commands.h"
#include "cli/options.h"

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const struct {
    const char *name, *usage, *purpose;
    int (*run)(int argc, char **argv);
} verbs[] = {
    {"run", "run [--sut FILE] [--only GLOB]...", "make the traffic, capture it, judge it", cmd_run},
    {"judge", "judge [--sut FILE] CAPTURE...", "judge the sessions of a capture", cmd_judge},
    {"list", "list [--sut FILE]", "the test cases, and which of them apply", cmd_list},
    {"explain", "explain [ID]", "what a test case or a rule asks for", cmd_explain},
    {"doctor", "doctor [--sut FILE]", "what this machine lacks, and what mends it", cmd_doctor},
};

enum { NVERBS = sizeof verbs / sizeof verbs[0] };

static void print_usage(FILE *to)
{
    fprintf(
        to,
        "cpmspec tests the closing of an OMA CPM 1-1 session: does the BYE, and its OK, go the way of the\n"
        "specification through every function of the network?\n\n");
    for (int i = 0; i < NVERBS; i++)
        fprintf(to, "  cpmspec %-36s %s\n", verbs[i].usage, verbs[i].purpose);
    fprintf(to, "\n'cpmspec VERB --help' tells more. Exit status: 0 passed, 1 failed, 2 interrupted, 3 the "
                "harness failed,\n"
                "4 usage or configuration, 5 nothing was judged, 6 inconclusive.\n");
}

/* A standard stream that is closed would become the next file that is opened, and be written over. It becomes
 * one that fails in whatever it is used for. */
static void hold_streams(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd)
            return;
}

/* A disk that is full: what did not arrive was not said. Who closes a pipe has read enough; and where the
 * verb failed itself, it said so. */
static int flushed(int status)
{
    if ((fflush(stdout) == 0 && !ferror(stdout)) || errno == EPIPE || status == STATUS_ERROR)
        return status;
    say_error("cpmspec: standard output cannot be written: %s", strerror(errno));
    return status == STATUS_PASS ? STATUS_ERROR : status;
}

int main(int argc, char **argv)
{
    const char *verb = argc > 1 ? argv[1] : "--help";

    hold_streams();
    setlocale(LC_CTYPE, "");
    if (strcmp(verb, "--help") == 0 || strcmp(verb, "-h") == 0 || strcmp(verb, "help") == 0) {
        print_usage(argc > 1 ? stdout : stderr);
        return argc > 1 ? flushed(STATUS_PASS) : STATUS_USAGE;
    }
    if (strcmp(verb, "--version") == 0) {
        printf("cpmspec %s\n", CPMSPEC_VERSION);
        return flushed(STATUS_PASS);
    }
    for (int i = 0; i < NVERBS; i++)
        if (strcmp(verb, verbs[i].name) == 0)
            return flushed(verbs[i].run(argc - 1, argv + 1));
    say_error(
        "cpmspec: unknown verb \"%.80s\"; use run, judge, list, explain or doctor, see 'cpmspec --help'",
        verb);
    return STATUS_USAGE;
}
