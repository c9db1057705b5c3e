#include "cli/options.h"

#include "cli/commands.h"
#include "tests/test.h"

#include <errno.h>
#include <stdio.h>

enum { ARGS_MAX = 200 };

static const struct verb everything = {
    .name = "judge",
    .arguments = "CAPTURE...",
    .purpose = "x",
    .details = "",
    .takes = TAKES_SUT | TAKES_OUTPUTS | TAKES_JSON | TAKES_RUN,
    .min_arguments = 1,
    .max_arguments = 2,
};
static const struct verb bare = {
    .name = "list", .arguments = "", .purpose = "x", .details = "", .takes = TAKES_SUT};

static char words[ARGS_MAX][64];
static char *args[ARGS_MAX + 1];

/* "judge --sut f x" as args; its length. */
static int split(const char *line)
{
    int n = 0;

    while (*line && n < ARGS_MAX) {
        size_t length = strcspn(line, " ");

        snprintf(words[n], sizeof words[n], "%.*s", (int)length, line);
        args[n] = words[n];
        n++;
        line += length + (line[length] == ' ');
    }
    args[n] = NULL;
    return n;
}

static int read_line(const struct verb *verb, const char *line, struct options *o, struct error *err)
{
    int n = split(line);
    return options_read(verb, n, args, o, err);
}

static bool refuses(const struct verb *verb, const char *line, const char *want)
{
    struct options o = {.jobs = -5};
    struct error err = {.text = ""};
    int r = read_line(verb, line, &o, &err);

    if (r == -EINVAL && strcmp(err.text, want) == 0 && o.jobs == -5)
        return true;
    printf("\n  said %d %s\n  want %s\n", r, err.text, want);
    return false;
}

static void reads(void)
{
    struct options o;
    struct error err;

    CU_ASSERT_EQUAL(
        read_line(
            &everything,
            "judge a.pcap --sut s --junit=j --json k --html h --strict --quiet b.pcap --only A* --only B "
            "--fault f --jobs 3 --out o",
            &o, &err),
        0);
    CU_ASSERT_STRING_EQUAL(o.sut, "s");
    CU_ASSERT_STRING_EQUAL(o.junit, "j");
    CU_ASSERT_STRING_EQUAL(o.json, "k");
    CU_ASSERT_STRING_EQUAL(o.html, "h");
    CU_ASSERT_TRUE(o.strict && o.quiet);
    CU_ASSERT_STRING_EQUAL(o.fault, "f");
    CU_ASSERT_STRING_EQUAL(o.out, "o");
    CU_ASSERT_EQUAL(o.jobs, 3);
    CU_ASSERT_EQUAL_FATAL(o.nonly, 2);
    CU_ASSERT_STRING_EQUAL(o.only[1], "B");
    CU_ASSERT_EQUAL_FATAL(o.narguments, 2);
    CU_ASSERT_STRING_EQUAL(o.argument[0], "a.pcap");
    CU_ASSERT_STRING_EQUAL(o.argument[1], "b.pcap");
}

static void has_quiet_defaults(void)
{
    struct options o;
    struct error err;

    CU_ASSERT_EQUAL(read_line(&bare, "list", &o, &err), 0);
    CU_ASSERT_TRUE(!o.sut && !o.junit && !o.json && !o.html && !o.out && !o.fault);
    CU_ASSERT_TRUE(!o.strict && !o.quiet && o.jobs == 0 && o.nonly == 0 && o.narguments == 0);
}

/* "-" is an argument (standard input), and "--" ends the options. */
static void knows_what_is_no_option(void)
{
    struct options o;
    struct error err;

    CU_ASSERT_EQUAL(read_line(&everything, "judge - --strict", &o, &err), 0);
    CU_ASSERT_TRUE(o.strict && o.narguments == 1 && strcmp(o.argument[0], "-") == 0);
    CU_ASSERT_EQUAL(read_line(&everything, "judge -- --strict", &o, &err), 0);
    CU_ASSERT_TRUE(!o.strict && o.narguments == 1 && strcmp(o.argument[0], "--strict") == 0);
}

static void refuses_mistakes(void)
{
    CU_ASSERT_TRUE(refuses(&everything, "judge", "CAPTURE... is missing"));
    CU_ASSERT_TRUE(refuses(&everything, "judge a b c", "\"c\" is one argument too many"));
    CU_ASSERT_TRUE(refuses(&bare, "list x", "\"x\" is one argument too many"));
    CU_ASSERT_TRUE(refuses(&bare, "list --strict", "unknown option --strict"));
    CU_ASSERT_TRUE(refuses(&bare, "list -x", "unknown option -x"));
    CU_ASSERT_TRUE(refuses(&bare, "list --sut", "--sut needs a value"));
    CU_ASSERT_TRUE(refuses(&bare, "list --sut=", "--sut is empty"));
    CU_ASSERT_TRUE(refuses(&bare, "list --sut a --sut b", "--sut is given twice"));
    CU_ASSERT_TRUE(refuses(&bare, "list --help=no", "--help=no takes no value"));
    CU_ASSERT_TRUE(refuses(&everything, "judge a --strict=1", "--strict=1 takes no value"));
    CU_ASSERT_TRUE(refuses(&everything, "judge a --j 1", "--j may be any of --jobs, --junit, --json"));
    CU_ASSERT_TRUE(refuses(&everything, "judge a --x 1", "unknown option --x"));
    CU_ASSERT_TRUE(refuses(&everything, "judge a --only=", "--only is empty"));
    CU_ASSERT_TRUE(refuses(&everything, "judge a --jobs 0", "--jobs \"0\" is no number from 1 to 64"));
    CU_ASSERT_TRUE(refuses(&everything, "judge a --jobs 65", "--jobs \"65\" is no number from 1 to 64"));
    CU_ASSERT_TRUE(refuses(&everything, "judge a --jobs two", "--jobs \"two\" is no number from 1 to 64"));
    CU_ASSERT_TRUE(refuses(&everything, "judge a --jobs 1 --jobs 1", "--jobs is given twice"));
}

static void bounds_the_globs(void)
{
    char line[4096] = "judge a";
    struct options o;
    struct error err;

    for (int i = 0; i < OPTIONS_ONLY_MAX; i++)
        snprintf(line + strlen(line), sizeof line - strlen(line), " --only x");
    CU_ASSERT_EQUAL(read_line(&everything, line, &o, &err), 0);
    CU_ASSERT_EQUAL(o.nonly, OPTIONS_ONLY_MAX);
    snprintf(line + strlen(line), sizeof line - strlen(line), " --only x");
    CU_ASSERT_TRUE(refuses(&everything, line, "--only is given more than 64 times"));
}

static void refuses_empty_arguments(void)
{
    char first[] = "judge", empty[] = "";
    char *argv[] = {first, empty, NULL};
    struct options o;
    struct error err;

    CU_ASSERT_EQUAL(options_read(&everything, 2, argv, &o, &err), -EINVAL);
    CU_ASSERT_STRING_EQUAL(err.text, "an argument is empty");
}

static void knows_help(void)
{
    struct options o;
    struct error err;

    CU_ASSERT_EQUAL(read_line(&everything, "judge --help", &o, &err), OPTIONS_HELP);
    CU_ASSERT_EQUAL(read_line(&everything, "judge -h", &o, &err), OPTIONS_HELP);
}

static void maps_errors(void)
{
    CU_ASSERT_EQUAL(status_of(-EINVAL), STATUS_USAGE);
    CU_ASSERT_EQUAL(status_of(-ENOENT), STATUS_USAGE);
    CU_ASSERT_EQUAL(status_of(-EACCES), STATUS_USAGE);
    CU_ASSERT_EQUAL(status_of(-ENOMEM), STATUS_ERROR);
    CU_ASSERT_EQUAL(status_of(-ENOSPC), STATUS_ERROR);
    CU_ASSERT_EQUAL(status_of(-EIO), STATUS_ERROR);
    CU_ASSERT_EQUAL(status_of(-EINTR), STATUS_INTERRUPTED);
    CU_ASSERT_EQUAL(status_of(-EBADF), STATUS_ERROR);
    CU_ASSERT_EQUAL(status_of(-EPIPE), STATUS_ERROR);
}

static const struct test tests[] = {
    {"reads", reads},
    {"has quiet defaults", has_quiet_defaults},
    {"knows what is no option", knows_what_is_no_option},
    {"refuses mistakes", refuses_mistakes},
    {"bounds the globs", bounds_the_globs},
    {"refuses empty arguments", refuses_empty_arguments},
    {"knows help", knows_help},
    {"maps errors", maps_errors},
};
TEST_MAIN("options", tests)
