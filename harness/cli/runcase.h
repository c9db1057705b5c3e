/* One test case of a run, from the first frame to its result: the capture file, the pipeline, and what came
 * of both. */
#ifndef CPMSPEC_CLI_RUNCASE_H
#define CPMSPEC_CLI_RUNCASE_H

#include "cli/kept.h"
#include "cli/pipeline.h"
#include "drive/capture.h"
#include "drive/dump.h"
#include "report/annotations.h"

struct runcase {
    const struct testcase *testcase;
    bool applies;
    char why[TESTCASE_WHY]; /* where it does not */
    bool over;              /* its result can be had */
    int attempt;            /* from 1 */
    struct drive_outcome outcome;
    struct kept kept;
    struct result result; /* of the attempt that is over; it lives in `kept` */
    struct flow *mirror, *stray_mirror, *again_mirror;
    struct dump *dump;
    struct pipeline *pipeline;
    struct annotations *annotations; /* NULL where everything passed */
};

struct runcase_config {
    const struct profile *profile;
    bool strict;
    bool sees_all; /* see pipeline.h */
    const struct capture_clocks *clocks;
};

/* Sets it up; nothing is opened yet. */
void runcase_init(struct runcase *c, const struct testcase *tc, const struct profile *p,
                  uint32_t first_source);
void runcase_done(struct runcase *c);

/* It begins to run, and its files go to `dir`. */
int runcase_start(struct runcase *c, const struct runcase_config *config, const char *dir, struct error *err);
int runcase_frame(struct runcase *c, const struct frame *f, struct error *err);

/* It ended so: what was captured is judged, the capture file is whole (where it did not pass, beside it a
 * copy whose frames say what the report says of them), and `facts` has what became of the frames. `folder` is
 * the report's, `dir` the test case's inside it; what lies there is attached. */
int runcase_finish(struct runcase *c, const struct drive_outcome *o, const char *folder, const char *dir,
                   struct capture_facts *facts, struct error *err);

/* Whether it is to be run once more: it came out inconclusive, and may have further attempts. What this one
 * left in `dir` is moved aside, and its result is forgotten. 1, 0, or a negative errno. */
int runcase_again(struct runcase *c, const char *dir, struct error *err);

/* Its result, once it is over; it lives as long as `c`. */
int runcase_result(struct runcase *c, struct result *ret, struct error *err);

#endif
