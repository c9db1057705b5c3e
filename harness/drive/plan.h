/* What is started for one test case: the command line of each simulated function and of each client, as the
 * profile, the test case and the fault want it. Nothing is started here. */
#ifndef CPMSPEC_DRIVE_PLAN_H
#define CPMSPEC_DRIVE_PLAN_H

#include "base/addr.h"
#include "base/arena.h"
#include "drive/fault.h"
#include "suite/profile.h"
#include "suite/testcase.h"

enum { PLAN_PARTIES_MAX = 24, PLAN_ARGS_MAX = 64 };

struct plan_party {
    const char *role;     /* "core-a"; the first one where several live on one node */
    const char *name;     /* of its logs and its folder, unlike any other: "core-a", "client-b-register" */
    const char *scenario; /* a client's; NULL for a function */
    const char *argv[PLAN_ARGS_MAX];
    struct endpoint at;
    bool tcp;           /* readiness and use: TCP, else UDP */
    bool preamble;      /* a client: it must have ended before the next one starts */
    const char *dir;    /* working folder; made by whoever starts it */
    const char *log;    /* standard output and error */
    const char *errors; /* a client's own word about what went wrong; NULL for a function */
};

struct plan {
    struct arena arena;
    int nfunctions, nclients;
    struct plan_party function[PLAN_PARTIES_MAX];
    struct plan_party client[PLAN_PARTIES_MAX]; /* in the order of starting */
};

struct plan_spec {
    const struct profile *profile;
    const struct testcase *testcase;
    const struct fault *fault; /* NULL: none */
    const char *data_dir;      /* holds reference-network/ and sipp-scenarios/; absolute */
    const char *dir;           /* where logs and folders of this test case go; absolute */
};

/* -EINVAL where the profile lacks what the test case wants (the text names it). The plan borrows nothing. */
int plan_new(const struct plan_spec *spec, struct plan **ret, struct error *err);
void plan_free(struct plan *p);

/* Whether the harness plays everything, so that it may all live in a sandbox. */
bool plan_is_private(const struct profile *p);

#endif
