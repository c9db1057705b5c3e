/* The faults of the reference network: reference-network/faults.xml, and what is none but may be switched on
 * in the same way: variants.xml beside it. Both are checked against testcases/schema/faults.rng. A fault is
 * switched on in the functions, or is what a client says instead. */
#ifndef CPMSPEC_DRIVE_FAULT_H
#define CPMSPEC_DRIVE_FAULT_H

#include "base/addr.h"
#include "base/clock.h"
#include "base/error.h"
#include "suite/testcase.h"

enum {
    FAULTS_MAX = 256,
    FAULT_DEFINES_MAX = 8,
    FAULT_SCENARIOS_MAX = 4,
    FAULT_NODES_MAX = 4,
    FAULT_PARTIES_MAX = 4
};

struct fault_define {
    char role[ROLE_NAME_MAX];
    char value[96]; /* handed to the function as it stands: "FAULT=ok-skips" */
};

struct fault_scenario {
    char role[ROLE_NAME_MAX];
    char file[96]; /* inside sipp-scenarios/ */
};

/* A further server of a core: the edge, that terminals come to, or the entry, that other cores come to. */
struct fault_node {
    char role[ROLE_NAME_MAX];
    char plays[8]; /* "edge" or "entry" */
    struct addr at;
};

/* SIPp beside the clients of the test case, and started before them: a further client, or what stands in the
 * place of a function's server. */
struct fault_party {
    char role[ROLE_NAME_MAX];
    char file[96]; /* inside sipp-scenarios/ */
    bool preamble;
    struct addr at; /* has_at: where, if not at the role's own address */
    bool has_at;
    uint16_t port; /* 0: the role's own */
    char twin[8];  /* the leg of a B2BUA: "near" or "far"; "": it is none */
};

struct fault {
    char name[64];
    char description[512];
    char closer[ROLE_NAME_MAX]; /* whose closing shows it; "" where any does */
    char closes[ROLE_NAME_MAX]; /* who closes in its stead; "" where it does so itself */
    char transport[8];          /* "udp" or "tcp": over which alone it shows; "" where over any */
    nsec_t timeout;             /* how long a test case takes with it; 0: as long as without */
    char sut[64];               /* the profile that it is for, beside faults.xml; "" where any will do */
    char testcase[32];          /* the test case that alone shows it; "" where the plain closing does */
    char rule[48];              /* of the first finding; "" where none is wanted */
    int step;                   /* of the first finding; 0 where it belongs to none */
    char verdict[24];
    int ndefines, nscenarios, nnodes, nparties;
    struct fault_define define[FAULT_DEFINES_MAX];
    struct fault_scenario scenario[FAULT_SCENARIOS_MAX];
    struct fault_node node[FAULT_NODES_MAX];
    struct fault_party party[FAULT_PARTIES_MAX];
    int line;
};

struct faults {
    int n;
    struct fault *fault; /* in the order of the files */
};

/* `data_dir` holds reference-network/ and testcases/. The caller owns the set. */
int faults_load(const char *data_dir, struct faults **ret, struct error *err);
void faults_free(struct faults *s);

/* NULL where there is none of that name. */
const struct fault *faults_find(const struct faults *s, const char *name);

/* Whether a fault shows in a test case: its side closes, over its transport, or it is the one that it is for.
 * `transport` is the profile's own, which is that of a test case that names none. */
bool fault_shows(const struct fault *f, const struct testcase *tc, const char *transport);

/* For how long a test case may go on, 0 where nobody says; `f` may be NULL. */
nsec_t fault_timeout(const struct fault *f, const struct testcase *tc);

#endif
