/* The folder that a run writes to: reports/<time>-<n>/ in the working folder, with reports/latest pointing to
 * the newest; or the one that --out names. */
#ifndef CPMSPEC_CLI_RUNFOLDER_H
#define CPMSPEC_CLI_RUNFOLDER_H

#include "base/error.h"

enum { RUNFOLDER_PATH = 2048 };

struct runfolder {
    char shown[RUNFOLDER_PATH];    /* as a person finds it: "reports/2026-01-31T12-00-00Z-1" */
    char absolute[RUNFOLDER_PATH]; /* without symbolic links */
};

/* Makes it. `out` NULL: a new one below `base` ("reports"), and `base`/latest is made to point to it in one
 * step. Otherwise `out` itself, which must be empty or not be there yet: -EEXIST where it is not empty. */
int runfolder_make(const char *base, const char *out, struct runfolder *ret, struct error *err);

#endif
