/* The result of one test case, kept until it is its turn to be reported: what the oracle said of the sessions
 * that were captured in it, together with how its driving went. */
#ifndef CPMSPEC_CLI_KEPT_H
#define CPMSPEC_CLI_KEPT_H

#include "base/arena.h"
#include "drive/outcome.h"
#include "oracle/result.h"
#include "suite/testcase.h"

/* Most closings that one test case may hold; a test case wants one. */
enum { KEPT_CLOSINGS_MAX = 16, KEPT_ATTACHMENTS_MAX = 64 };

struct kept {
    struct arena arena;
    const struct testcase *testcase;
    const char *closer; /* who is to close: the test case's closer, unless a fault has somebody else do it */
    bool strict;        /* a broken SHOULD fails; false until it is set */
    uint32_t first_source; /* what frames' sources of this test case are counted from in the summary */
    int nclosings, closings_lost;
    struct result closing[KEPT_CLOSINGS_MAX];
    int nattachments;
    const char *attachment[KEPT_ATTACHMENTS_MAX];
};

/* `testcase` is borrowed. */
void kept_init(struct kept *k, const struct testcase *testcase, uint32_t first_source);
void kept_done(struct kept *k);

/* Copies the result of one closing. -ENOMEM. */
int kept_add(struct kept *k, const struct result *r);

/* The result of the whole; it lives as long as `k`. `outcome` NULL: the test case was not run, and `why` says
 * why it does not apply. -ENOMEM. */
int kept_result(struct kept *k, const struct drive_outcome *outcome, const char *why, struct result *ret);

/* Names a file of the test case, relative to the report's folder; those past the bound are left out. Copied.
 * Before kept_result. -ENOMEM. */
int kept_attach(struct kept *k, const char *path);

#endif
