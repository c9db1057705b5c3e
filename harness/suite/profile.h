/* The profile of a system under test: where its functions live (IXIT), what it claims (ICS). Everything of
 * it is read once, checked against testcases/schema/sut.rng, and then only looked at. */
#ifndef CPMSPEC_SUITE_PROFILE_H
#define CPMSPEC_SUITE_PROFILE_H

#include "base/addr.h"
#include "base/clock.h"
#include "base/error.h"
#include "suite/flow.h"

enum {
    PROFILE_FUNCTIONS_MAX = 16,
    PROFILE_NODES_MAX = 64,
    PROFILE_USERS_MAX = 32,
    PROFILE_CAPTURES_MAX = 16,
    PROFILE_HEADERS_MAX = 8
};

/* Functions are referred to by index, sets of them by bits. */
typedef uint32_t role_set;

struct profile_node {
    struct addr addr;
    unsigned bits; /* of a network; 128 for one address */
    uint16_t port; /* 0: every port */
    int function;  /* index into functions[] */
};

struct profile_function {
    char role[ROLE_NAME_MAX];
    bool under_test;
    bool b2bua; /* declared in the ICS */
    int line;
};

struct profile_user {
    char side; /* 'a' or 'b' */
    char uri[256];
    char password[64]; /* "" where none is given */
};

enum capture_kind { CAPTURE_INTERFACE, CAPTURE_COMMAND, CAPTURE_HEP };

struct profile_capture {
    enum capture_kind kind;
    char text[512]; /* the interface's name, the command line, or "udp:127.0.0.1:9060" */
    int line;
};

struct profile {
    char path[256];
    char name[128];
    char transport[8]; /* "udp" or "tcp": how `run` talks to the SUT */
    int nfunctions, nnodes, nusers, ncaptures;
    struct profile_function function[PROFILE_FUNCTIONS_MAX];
    struct profile_node node[PROFILE_NODES_MAX];
    struct profile_user user[PROFILE_USERS_MAX];
    struct profile_capture capture[PROFILE_CAPTURES_MAX];
    nsec_t t1, t2, t4; /* SIP timers, RFC 3261 17.1.1.1; 500 ms, 4 s, 5 s where not given */
    int ncorrelate;    /* further INVITE headers that join the legs of a B2BUA */
    char correlate[PROFILE_HEADERS_MAX][64];
};

int profile_load(const char *path, const char *schema_dir, struct profile **ret, struct error *err);
void profile_free(struct profile *p);

/* The function that plays a role, or -1. */
int profile_function(const struct profile *p, const char *role);

/* Who owns an endpoint: a node of that very port before one of every port, a longer network before a shorter
 * one. 0 where nobody does. */
role_set profile_owners(const struct profile *p, const struct endpoint *e);

/* Whether two functions live on the same nodes (one server that plays both). */
bool profile_same_nodes(const struct profile *p, int f, int g);

/* For each role of a flow the function that plays it, -1 where the profile names none; -ENOENT and an error
 * where a role that the flow needs has no function. */
int profile_bind(const struct profile *p, const struct flow *f, int ret_function[FLOW_ROLES_MAX],
                 struct error *err);

#endif
