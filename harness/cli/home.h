/* Where our data files are: $CPMSPEC_HOME; else the source tree that this program was built in; else
 * PREFIX/share/cpmspec where it is PREFIX/bin/cpmspec. */
#ifndef CPMSPEC_CLI_HOME_H
#define CPMSPEC_CLI_HOME_H

#include "base/error.h"

enum { HOME_PATH = 4096 };

struct home {
    char data[HOME_PATH]; /* absolute; holds testcases/, sipp-scenarios/ and reference-network/ */
    char testcases[HOME_PATH + 64];
    char schema[HOME_PATH + 64];
    char sut[HOME_PATH + 64]; /* the default profile */
};

/* -ENOENT with a text that names every place that was looked at. */
int home_find(struct home *ret, struct error *err);

/* The same for a program at `exe` (absolute) with the value of the variable, NULL where it is not set. */
int home_locate(const char *exe, const char *variable, struct home *ret, struct error *err);

#endif
