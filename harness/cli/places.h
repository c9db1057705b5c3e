/* Where the outputs go. What a command line names for writing is named once, and is nothing that it names for
 * reading: the last writer would win, and a capture would be gone. */
#ifndef CPMSPEC_CLI_PLACES_H
#define CPMSPEC_CLI_PLACES_H

#include "cli/options.h"

/* "-" is standard output; every other path is itself. */
const char *places_resolve(const char *path);

/* Whether it is standard output that the path leads to: nothing else may be printed there then. NULL: no. */
bool places_is_stdout(const char *path);

/* -EINVAL with a text that names both where two outputs are one file (/dev/null may be), or one of them is a
 * capture, the profile or the keys. */
int places_check(const struct options *o, struct error *err);

/* The same for a file that the run writes on its own, in a folder that is there. */
int places_check_own(const struct options *o, const char *path, struct error *err);

#endif
