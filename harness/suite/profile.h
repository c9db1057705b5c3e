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
    PROFILE_HEADERS_MAX = 8,
    PROFILE_FEATURES_MAX = 32,
    PROFILE_SLOTS = 2 * PROFILE_NODES_MAX
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
    char start[512];    /* the command that moves a client under test to act; "" where there is none */
    bool start_on_host; /* it, or the client that it moves, needs the host's own network */
    bool start_apart;   /* it can do with a network of its own, whatever the addresses */
    int start_line;
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

/* Where profile_owners looks: a hash table of single addresses, and the networks. */
struct profile_index {
    struct {
        struct endpoint at;
        role_set owners; /* 0: a free slot */
    } slot[PROFILE_SLOTS];
    int nnets;
    struct {
        struct addr addr;
        unsigned bits;
        uint16_t port;
        role_set owners;
    } net[PROFILE_NODES_MAX];
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
    int nfeatures; /* what the ICS says is supported, beyond what is mandatory */
    char feature[PROFILE_FEATURES_MAX][48];
    struct profile_index index; /* made of node[] by profile_index */
};

/* Reads and checks a profile; `schema_dir` holds sut.rng. The caller owns the result. -EINVAL with file, line
 * and what mends it for a mistake, else as xml_load. */
int profile_load(const char *path, const char *schema_dir, struct profile **ret, struct error *err);
void profile_free(struct profile *p);

/* Prepares profile_owners. profile_load has done it; whoever fills node[] by hand calls it afterwards. */
void profile_index(struct profile *p);

/* The function that plays a role, or -1. */
int profile_function(const struct profile *p, const char *role);

/* Who owns an endpoint: a node of that very port before one of every port, a longer network before a shorter
 * one. Another port of an address where but one function lives is that function's too: connections come from
 * ports of their own. 0 where nobody does. */
role_set profile_owners(const struct profile *p, const struct endpoint *e);

/* Whether two functions live on the same nodes, all of them (one server that plays both). */
bool profile_same_nodes(const struct profile *p, int f, int g);

/* Whether the ICS claims a feature. */
bool profile_supports(const struct profile *p, const char *feature);

/* For each role of a flow the function that plays it; -1 where the profile names none, and no step needs one.
 * -ENOENT where a step's role has no function, -EINVAL where the profile has a role that the flow has not. */
int profile_bind(const struct profile *p, const struct flow *f, int ret_function[FLOW_ROLES_MAX],
                 struct error *err);

#endif
