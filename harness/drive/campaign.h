/* Several test cases, some of them at once, each in a process and a sandbox of its own. What they capture and
 * how they went comes back through callbacks, in this process and one at a time. */
#ifndef CPMSPEC_DRIVE_CAMPAIGN_H
#define CPMSPEC_DRIVE_CAMPAIGN_H

#include "drive/fault.h"
#include "drive/outcome.h"
#include "drive/sandbox.h"
#include "suite/profile.h"
#include "suite/testcase.h"
#include "wire/frame.h"

enum { CAMPAIGN_JOBS_MAX = 32 };

struct campaign_spec {
    const struct profile *profile;
    const struct testcase *const *testcase;
    int ntestcases;
    const struct fault *fault; /* NULL: none */
    enum sandbox_kind kind;    /* SANDBOX_HOST: one at a time, whatever `jobs` says */
    int jobs;
    bool attended;        /* somebody is at the terminal; see testrun.h */
    const char *data_dir; /* absolute; see plan.h */
    const char *out_dir;  /* absolute; each test case gets a folder in it, named by its id */

    /* `i`: index into testcase[]. A negative errno from start or frame ends the campaign; frame and outcome
     * are valid during the call. done comes once for each start; where it answers true, the test case is
     * started once more, unless the campaign was interrupted. */
    int (*start)(void *ctx, int i, const char *dir); /* its folder is there; nothing runs yet */
    int (*frame)(void *ctx, int i, const struct frame *f);
    void (*stage)(void *ctx, int i, enum drive_stage stage);
    bool (*done)(void *ctx, int i, const struct drive_outcome *o);
    void *ctx;
};

/* Blocks until all is over and nothing runs any more. *ret_interrupted: SIGINT, SIGTERM or SIGHUP came; then
 * test cases that had not begun are left out. -ENOSPC and the like where the folders cannot be made, or what
 * start() or frame() returned. */
int campaign_run(const struct campaign_spec *spec, bool *ret_interrupted, struct error *err);

#endif
