#include "cli/options.h"

#include "base/slice.h"
#include "cli/commands.h"
#include "report/text.h"

#include <errno.h>
#include <getopt.h>
#include <langinfo.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum option_id {
    OPT_HELP = 256,
    OPT_SUT,
    OPT_JUNIT,
    OPT_JSON,
    OPT_HTML,
    OPT_STRICT,
    OPT_QUIET,
    OPT_ONLY,
    OPT_FAULT,
    OPT_JOBS,
    OPT_OUT,
    OPT_KEYS,
};

static const struct known {
    enum option_id id;
    unsigned group; /* 0: every verb takes it */
    const char *name, *value, *help;
} known[] = {
    {OPT_SUT, TAKES_SUT, "sut", "FILE", "profile of the system under test; without it the reference network"},
    {OPT_ONLY, TAKES_RUN, "only", "GLOB",
     "only test cases whose id fits, as 'CPM_CLS_NET_*'; may be repeated"},
    {OPT_ONLY, TAKES_PICK, "only", "GLOB",
     "only sessions whose id or a Call-ID fits, as 'session-7'; may be repeated"},
    {OPT_FAULT, TAKES_RUN, "fault", "NAME", "switch a fault of the reference network on"},
    {OPT_JOBS, TAKES_RUN, "jobs", "N", "test cases to run at once"},
    {OPT_OUT, TAKES_RUN, "out", "DIR", "folder for reports, captures and logs"},
    {OPT_KEYS, TAKES_KEYS, "keys", "FILE", "TLS secrets (as SSLKEYLOGFILE, which is looked at otherwise)"},
    {OPT_JUNIT, TAKES_OUTPUTS, "junit", "FILE", "write the results as JUnit XML"},
    {OPT_JSON, TAKES_JSON, "json", "FILE", "write the results as JSON"},
    {OPT_HTML, TAKES_OUTPUTS, "html", "FILE", "write the results as a page"},
    {OPT_STRICT, TAKES_OUTPUTS, "strict", NULL, "a broken SHOULD fails, too"},
    {OPT_QUIET, TAKES_OUTPUTS, "quiet", NULL, "print the summary alone"},
    {OPT_HELP, 0, "help", NULL, "print this"},
};

enum { NKNOWN = sizeof known / sizeof known[0], SAY_MAX = 2048 };

static bool takes(const struct verb *verb, const struct known *k)
{
    return k->group == 0 || (verb->takes & k->group);
}

static int once(const char *name, const char **place, const char *value, struct error *err)
{
    if (*place)
        return error_set(err, EINVAL, "--%s is given twice", name);
    if (!value[0])
        return error_set(err, EINVAL, "--%s is empty", name);
    *place = value;
    return 0;
}

static int take_jobs(struct options *o, const char *value, struct error *err)
{
    uint64_t jobs;

    if (o->jobs)
        return error_set(err, EINVAL, "--jobs is given twice");
    if (!slice_number(slice_of(value), OPTIONS_JOBS_MAX, &jobs) || jobs == 0)
        return error_set(err, EINVAL, "--jobs \"%.40s\" is no number from 1 to %d", value, OPTIONS_JOBS_MAX);
    o->jobs = (int)jobs;
    return 0;
}

static int take(struct options *o, int id, const char *value, struct error *err)
{
    switch (id) {
    case OPT_HELP:
        return OPTIONS_HELP;
    case OPT_SUT:
        return once("sut", &o->sut, value, err);
    case OPT_JUNIT:
        return once("junit", &o->junit, value, err);
    case OPT_JSON:
        return once("json", &o->json, value, err);
    case OPT_HTML:
        return once("html", &o->html, value, err);
    case OPT_OUT:
        return once("out", &o->out, value, err);
    case OPT_FAULT:
        return once("fault", &o->fault, value, err);
    case OPT_KEYS:
        return once("keys", &o->keys, value, err);
    case OPT_JOBS:
        return take_jobs(o, value, err);
    case OPT_STRICT:
        o->strict = true;
        return 0;
    case OPT_QUIET:
        o->quiet = true;
        return 0;
    default: /* OPT_ONLY; options_read lets no others through */
        if (!value[0])
            return error_set(err, EINVAL, "--only is empty");
        if (o->nonly == OPTIONS_ONLY_MAX)
            return error_set(err, EINVAL, "--only is given more than %d times", OPTIONS_ONLY_MAX);
        o->only[o->nonly++] = value;
        return 0;
    }
}

/* What a shortened option may stand for: "--junit, --json"; "" where it is not short for several. */
static void candidates(const struct option *table, const char *given, char *out, size_t size)
{
    size_t length = strcspn(given, "="), n = 0;
    int found = 0;

    out[0] = '\0';
    for (const struct option *t = table; t->name && length > 2; t++)
        if (strncmp(t->name, given + 2, length - 2) == 0 && n < size) {
            n += (size_t)snprintf(out + n, size - n, "%s--%s", found ? ", " : "", t->name);
            found++;
        }
    if (found < 2)
        out[0] = '\0';
}

/* What getopt_long found wrong: it leaves the culprit just before optind. */
static int mistake(int found, const struct option *table, char **argv, struct error *err)
{
    char several[128];

    if (found == ':')
        return error_set(err, EINVAL, "%.80s needs a value", argv[optind - 1]);
    if (optopt && optopt < 256)
        return error_set(err, EINVAL, "unknown option -%c", optopt);
    if (optopt)
        return error_set(err, EINVAL, "%.80s takes no value", argv[optind - 1]);
    candidates(table, argv[optind - 1], several, sizeof several);
    if (several[0])
        return error_set(err, EINVAL, "%.80s may be any of %s", argv[optind - 1], several);
    return error_set(err, EINVAL, "unknown option %.80s", argv[optind - 1]);
}

static int count_arguments(const struct verb *verb, const struct options *o, struct error *err)
{
    if (o->narguments < verb->min_arguments)
        return error_set(err, EINVAL, "%s is missing", verb->arguments);
    if (o->narguments > verb->max_arguments)
        return error_set(err, EINVAL, "\"%.80s\" is one argument too many", o->argument[verb->max_arguments]);
    for (int i = 0; i < o->narguments; i++)
        if (!o->argument[i][0])
            return error_set(err, EINVAL, "an argument is empty");
    return 0;
}

int options_read(const struct verb *verb, int argc, char **argv, struct options *ret, struct error *err)
{
    struct option table[NKNOWN + 1] = {{0}};
    struct options o = {0};
    int n = 0, id, r;

    for (int i = 0; i < NKNOWN; i++)
        if (takes(verb, &known[i]))
            table[n++] = (struct option){known[i].name, known[i].value ? required_argument : no_argument,
                                         NULL, (int)known[i].id};
    optind = 0; /* glibc: begin anew */
    opterr = 0;
    while ((id = getopt_long(argc, argv, ":h", table, NULL)) != -1) {
        if (id == '?' || id == ':')
            return mistake(id, table, argv, err);
        r = take(&o, id == 'h' ? OPT_HELP : id, optarg, err);
        if (r != 0)
            return r;
    }
    o.argument = argv + optind;
    o.narguments = argc - optind;
    if ((r = count_arguments(verb, &o, err)) < 0)
        return r;
    *ret = o;
    return 0;
}

static void print_help(const struct verb *verb)
{
    printf("usage: cpmspec %s [options]%s%s\n\n%s\n\noptions:\n", verb->name, verb->arguments[0] ? " " : "",
           verb->arguments, verb->purpose);
    for (int i = 0; i < NKNOWN; i++) {
        char left[32];

        if (!takes(verb, &known[i]))
            continue;
        snprintf(left, sizeof left, "--%s %s", known[i].name, known[i].value ? known[i].value : "");
        printf("  %-14s %s\n", left, known[i].help);
    }
    if (verb->details[0])
        printf("\n%s", verb->details);
}

void say_error(const char *fmt, ...)
{
    bool utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
    char raw[SAY_MAX];
    struct buf fit;
    va_list args;

    va_start(args, fmt);
    vsnprintf(raw, sizeof raw, fmt, args);
    va_end(args);
    buf_init(&fit, SAY_MAX * 8);
    if (text_add(&fit, raw, utf8 ? TEXT_LINE : TEXT_ASCII) == 0)
        fprintf(stderr, "%.*s\n", (int)fit.n, fit.p);
    buf_done(&fit);
}

int options_open(const struct verb *verb, int argc, char **argv, struct options *ret)
{
    struct error err = {.text = ""};
    int r = options_read(verb, argc, argv, ret, &err);

    if (r == 0)
        return -1;
    if (r == OPTIONS_HELP) {
        print_help(verb);
        return STATUS_PASS;
    }
    say_error("cpmspec %s: %s; see 'cpmspec %s --help'", verb->name, err.text, verb->name);
    return STATUS_USAGE;
}

void complain(const struct verb *verb, const struct error *err)
{
    char text[sizeof err->text + sizeof err->file + 16];

    say_error("cpmspec %s: %s", verb->name, error_format(err, text, sizeof text));
}

int status_of(int r)
{
    switch (-r) {
    case EINTR:
        return STATUS_INTERRUPTED;
    case ENOMEM:
    case EIO:
    case ENOSPC:
    case EMFILE:
    case EBADF:
    case EPIPE:
    case ENFILE:
        return STATUS_ERROR;
    default:
        return STATUS_USAGE;
    }
}
