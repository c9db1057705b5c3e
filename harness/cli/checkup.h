/* What a machine must have to run: one finding per thing that is looked at, each with the command that mends
 * it. `doctor` prints all of them. */
#ifndef CPMSPEC_CLI_CHECKUP_H
#define CPMSPEC_CLI_CHECKUP_H

#include "cli/setting.h"

#include <stdbool.h>

enum { CHECKS_MAX = 48 };

enum check_state {
    CHECK_GOOD,
    CHECK_LACKING,  /* run cannot work */
    CHECK_OPTIONAL, /* something less important cannot */
};

struct check {
    enum check_state state;
    char what[96];   /* "kamailio 5.6.3" */
    char found[256]; /* what is the case */
    char mend[256];  /* a command, or what to change; "" where all is well */
};

struct checkup {
    int n;
    struct check check[CHECKS_MAX];
};

/* `data_dir` holds reference-network/. Starts programs to ask for their versions; changes nothing. */
void checkup_run(const struct profile *profile, const char *data_dir, struct checkup *ret);

/* Whether nothing is lacking. */
bool checkup_good(const struct checkup *c);

#endif
