/* The folder that a run writes to: reports/<time>-<n>/ in the working folder, with reports/latest pointing to
 * the newest; or the one that --out names. */
#ifndef CPMSPEC_CLI_RUNFOLDER_H
#define CPMSPEC_CLI_RUNFOLDER_H

#include "base/error.h"

#include <stdbool.h>

enum { RUNFOLDER_PATH = 2048 };

struct runfolder {
    char shown[RUNFOLDER_PATH];    /* as a person finds it: "reports/2026-01-31T12-00-00Z-1" */
    char absolute[RUNFOLDER_PATH]; /* without symbolic links */
    bool made;                     /* it was not there before */
    bool next;                     /* one of a row: `latest` is to point to it */
};

/* Makes it. `out` NULL: a new one below `base` ("reports"). Otherwise `out` itself, which must be empty or
 * not be there yet, with the folders that it lies in: -EEXIST where it is not empty. */
int runfolder_make(const char *base, const char *out, struct runfolder *ret, struct error *err);

/* From here on the run takes place: `base`/latest is made to point to it in one step. Nothing where --out
 * names it. */
int runfolder_settle(const struct runfolder *f, struct error *err);

/* There will be no run: takes it away again where it was made for it and is empty. */
void runfolder_undo(const struct runfolder *f);

#endif
