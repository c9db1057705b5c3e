/* A flow: who must hand whom what, in which order. It is read from a file in testcases/flows/ and knows
 * roles by name only; the mirrored flow is the same with the sides exchanged. */
#ifndef CPMSPEC_SUITE_FLOW_H
#define CPMSPEC_SUITE_FLOW_H

#include "base/error.h"
#include "base/slice.h"

struct xml_schema;

enum { FLOW_ROLES_MAX = 16, FLOW_STEPS_MAX = 64, ROLE_NAME_MAX = 32 };

struct flow_role {
    char name[ROLE_NAME_MAX]; /* "pf-a" */
    char title[64];           /* "CPM Participating Function A" */
    int mirror;               /* index of the role that plays it when the other side acts */
    char kind[16];            /* "client", "core" or "pf": what sort of function plays it */
    bool client;              /* kind "client": where the flow starts or ends, an end user's terminal */
};

struct flow_step {
    int number;      /* as the specification counts, from 1 */
    int from, to;    /* indices into role[] */
    bool response;   /* conveys the answer, not the request */
    char text[256];  /* what the specification says of this step */
    char words[256]; /* the same as the file has it: roles by name, in braces */
    int line;        /* in the file */
};

struct flow {
    char id[48]; /* "close-1-1" */
    char title[128];
    char document[64];           /* "OMA CPM SD" */
    char clause[32];             /* "C.2.3.1" */
    char method[16];             /* the request's: "BYE" */
    char request[16], reply[16]; /* the words for the two in ladders: "BYE", "OK" */
    unsigned status;             /* of the answer: 200 where the file says nothing */
    bool any_of_kind;            /* status="4xx": every answer of that hundred will do; `status` is 400 */
    bool stray;                  /* dialog="none": the request belongs to no session that is open */
    int nroles, nsteps;
    struct flow_role role[FLOW_ROLES_MAX];
    struct flow_step step[FLOW_STEPS_MAX]; /* requests first, in order, then responses, in order */
    int nrequests;                         /* steps that convey the request: step[0 .. nrequests - 1] */
    bool mirrored;                         /* made by flow_mirror */
    bool judged;                           /* captures are judged by it */
};

/* Reads and checks a flow: schema, roles known, steps numbered without holes, each step starting where the
 * last one ended, responses the exact reverse; from one client to another, unless it is about a refusal
 * (status 300 and above), which any function may give. `schema_dir` holds flow.rng. The caller owns the
 * result. -EINVAL with file and line for a mistake, else as xml_load. */
int flow_load(const char *path, const char *schema_dir, struct flow **ret, struct error *err);
/* The same where flow.rng was read already. */
int flow_load_as(const char *path, const struct xml_schema *schema, struct flow **ret, struct error *err);
void flow_free(struct flow *f);

/* Whether an answer with this status is the one that the flow wants. */
bool flow_wants(const struct flow *f, unsigned status);

/* The index of a role, or -1. */
int flow_role(const struct flow *f, const char *name);

/* The flow with the sides exchanged (roles keep their indices, steps change theirs). The caller owns it.
 * -ENOMEM. */
int flow_mirror(const struct flow *f, struct flow **ret);

#endif
