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

enum plan_kind {
    PLAN_PLAYED,   /* by Kamailio or SIPp */
    PLAN_COMMAND,  /* the client under test, moved by its start command */
    PLAN_OPERATOR, /* the client under test, moved by a person: there is nothing to start */
};

struct plan_party {
    enum plan_kind kind;
    const char *role;     /* "core-a"; the first one where several live on one node */
    const char *name;     /* of its logs and its folder, unlike any other: "core-a", "client-b-register" */
    const char *scenario; /* a client's, or the action of the one under test; NULL for a function */
    const char *argv[PLAN_ARGS_MAX];
    struct endpoint at;
    bool tcp;               /* readiness and use: TCP, else UDP */
    bool preamble;          /* a client: it must have ended before the next one starts */
    bool lasting;           /* plays a server: it does not end by itself, and has no word of its own */
    const char *dir;        /* working folder; made by whoever starts it */
    const char *log;        /* standard output and error */
    const char *errors;     /* a client's own word about what went wrong; NULL for a function */
    const char *const *env; /* "NAME=value" for a start command; ends with NULL */
    const char *identity;   /* "bob@b.example", of the client under test */
    struct endpoint proxy;  /* where that one registers */
};

struct plan {
    struct arena arena;
    int nfunctions, nclients;
    struct plan_party function[PLAN_PARTIES_MAX];
    struct plan_party client[PLAN_PARTIES_MAX]; /* in the order of starting */
    bool told; /* a function was told to do otherwise than it should: others may have to send again */
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

/* Whether a party of the plan is under test. */
bool plan_has_iut(const struct plan *p);

/* Whether it may all live in a sandbox: the harness plays everything, or starts it (a client under test with
 * a start command, all of it on loopback addresses). */
bool plan_is_private(const struct profile *p);

#endif
