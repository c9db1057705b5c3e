/* The command line of one verb. Which options a verb takes is its own to say; what they mean is said here
 * once, so that they mean the same everywhere. */
#ifndef CPMSPEC_CLI_OPTIONS_H
#define CPMSPEC_CLI_OPTIONS_H

#include "base/error.h"

#include <stdbool.h>

enum { OPTIONS_ONLY_MAX = 64, OPTIONS_JOBS_MAX = 64, OPTIONS_HELP = 1 };

/* Groups of options that a verb may take. */
enum {
    TAKES_SUT = 1 << 0,     /* --sut FILE */
    TAKES_OUTPUTS = 1 << 1, /* --junit FILE --html FILE --strict --quiet */
    TAKES_JSON = 1 << 2,    /* --json FILE */
    TAKES_RUN = 1 << 3,     /* --only GLOB --fault NAME --jobs N --out DIR */
    TAKES_KEYS = 1 << 4,    /* --keys FILE */
    TAKES_PICK = 1 << 5,    /* --only GLOB, of sessions */
};

struct verb {
    const char *name;      /* "judge" */
    const char *arguments; /* how its other arguments are shown: "CAPTURE..."; "" where it takes none */
    const char *purpose;   /* one line */
    const char *details;   /* what --help says below the options; "" or text that ends in a newline */
    unsigned takes;
    int min_arguments, max_arguments;
};

/* Everything points into argv. */
struct options {
    const char *sut; /* NULL: the default, home.h */
    const char *junit, *json, *html;
    bool strict, quiet;
    const char *out, *fault, *keys;
    const char *only[OPTIONS_ONLY_MAX];
    int nonly;
    int jobs; /* 0 where not given */
    int narguments;
    char **argument; /* what is no option; argv was permuted for it */
};

/* 0; OPTIONS_HELP where help was asked for; -EINVAL with an error that says what is wrong. `argv[0]` is not
 * looked at. */
int options_read(const struct verb *verb, int argc, char **argv, struct options *ret, struct error *err);

/* The same, and says what there is to say: help on standard output, a mistake as one line with a hint on
 * standard error. -1 where the verb is to go on; else the exit status. */
int options_open(const struct verb *verb, int argc, char **argv, struct options *ret);

/* One line on standard error. Names in it may be of outside origin: what could mislead its reader or steer
 * his terminal is made visible. */
void say_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* "cpmspec judge: file:line: text" on standard error. */
void complain(const struct verb *verb, const struct error *err);

/* The exit status that an error of a data file or of the system calls for: STATUS_USAGE where the user can
 * mend what he gave us, STATUS_ERROR where the machine let us down, STATUS_INTERRUPTED where a signal came.
 * `r` is the negative errno. */
int status_of(int r);

#endif
