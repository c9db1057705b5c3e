/* Test cases: what is to be shown (the purpose), of whom, and who says what to make it happen. They are files
 * in testcases/<network|pf|core|client>/, one each, named by their id, checked against schema/testcase.rng.
 * What must come of the traffic is not in them: that is the flow's and the rules' to say. */
#ifndef CPMSPEC_SUITE_TESTCASE_H
#define CPMSPEC_SUITE_TESTCASE_H

#include "base/clock.h"
#include "base/error.h"
#include "suite/flow.h"
#include "suite/profile.h"

enum {
    TESTCASE_DRIVES_MAX = 8,
    TESTCASE_SESSIONS_MAX = 9,
    TESTCASE_NEEDS_MAX = 8,
    TESTCASE_RULES_MAX = 16,
    TESTCASE_FINDS_MAX = 4,
    TESTCASE_REFERENCES_MAX = 8,
    TESTCASE_DEFINES_MAX = 8,
    TESTCASE_PROVOKED_MAX = 8,
    TESTCASES_MAX = 512,
    FLOWS_MAX = 32,
    TESTCASE_WHY = 256
};

/* One party: the harness plays it with SIPp, or it is the client under test. */
struct testcase_drive {
    char role[ROLE_NAME_MAX]; /* whose address it speaks from: "client-a" */
    char scenario[96];        /* file inside sipp-scenarios/; "" for the client under test */
    char action[32];          /* what the client under test does: "call-and-close"; "" for who is played */
    bool preamble;            /* runs to its end before the next one starts (a registration) */
    int sessions;             /* how many it takes part in, one after the other or at once */
    int line;
};

/* What a simulated function is told to do otherwise than it should, so that the SUT can be seen to cope:
 * "FAULT=lose-ok-once", handed to it as in reference-network/faults.xml. */
struct testcase_define {
    char role[ROLE_NAME_MAX];
    char value[96];
};

/* A finding that is provoked by what the test case has a party of ours do: it is not held against anybody. */
struct testcase_provoked {
    char rule[48];
    char role[ROLE_NAME_MAX]; /* whose doing it is */
};

/* A condition on the profile. */
enum need_kind {
    NEED_FEATURE, /* the ICS says <supports feature="…"/> */
    NEED_PROXY,   /* the role's function is no B2BUA */
    NEED_B2BUA,   /* the role's function is declared as one */
};

struct testcase_need {
    enum need_kind kind;
    char what[48]; /* a feature or a role */
};

/* A fault of the reference network that it was made to find: with it the test case fails, by this rule. */
struct testcase_finds {
    char fault[64], rule[48];
};

struct testcase {
    char id[32];    /* "CPM_CLS_NET_V_001" */
    char path[256]; /* the file */
    char title[128];
    char sut[8];              /* "NET", "PF", "CORE" or "CLIENT": the kind of system it tests */
    const struct flow *flow;  /* as its file has it; owned by the set */
    const struct flow *stray; /* of a leaving request that belongs to no open session; NULL: none is sent */
    const struct flow *again; /* of the closer's next one, where the first is refused; NULL: there is none */
    bool mirrored;            /* the closer starts the flow's mirror (flow_mirror), not the flow */
    char closer[ROLE_NAME_MAX];
    char transport[8]; /* "udp" or "tcp"; "" where the profile's own will do */
    nsec_t timeout;    /* for the whole of it, from the first stimulus */
    int attempts; /* how often it is run at most where it comes out inconclusive: what meets on the wire does
                     so by chance */
    char with[512], when[512], then[512]; /* with { } ensure that { when { } then { } } */
    int nreferences, nneeds, ndrives, nrules, ndefines, nprovoked, nfinds;
    char reference[TESTCASE_REFERENCES_MAX][96]; /* clauses: "OMA CPM SD C.2.3.1" */
    struct testcase_need need[TESTCASE_NEEDS_MAX];
    struct testcase_drive drive[TESTCASE_DRIVES_MAX]; /* in the order of starting: who calls comes last */
    char rule[TESTCASE_RULES_MAX][48];                /* ids of the rules that it is about */
    struct testcase_define define[TESTCASE_DEFINES_MAX];
    struct testcase_provoked provoked[TESTCASE_PROVOKED_MAX];
    struct testcase_finds finds[TESTCASE_FINDS_MAX];
};

struct testcases {
    int n;
    struct testcase *
        *tc; /* the whole network first, its parts behind; what is usual before what is not; then by id */
    int nflows;
    struct flow **flow;
    const struct flow *judged; /* what captures are judged by: the flow that says so, else the first */
};

/* Reads every test case below `dir` (the folder testcases/) and the flows that they use, each file checked;
 * the first mistake in any of them ends it. The caller owns the set, and the set all that is in it. */
int testcases_load(const char *dir, struct testcases **ret, struct error *err);
/* The flows alone: what is judged needs no test case. */
int testcases_load_flows(const char *dir, struct testcases **ret, struct error *err);
void testcases_free(struct testcases *s);

/* NULL where there is none of that id. */
const struct testcase *testcases_find(const struct testcases *s, const char *id);
const struct flow *testcases_flow(const struct testcases *s, const char *id);

/* Whether a test case is picked by one of the globs ("CPM_CLS_NET_*"); no globs pick all. */
bool testcase_picked(const struct testcase *tc, const char *const *glob, int nglobs);

/* Whether it can be run against this SUT. Where not, `why` says it as one clause: "the profile names no
 * client-b". Else `why` is "". */
bool testcase_applies(const struct testcase *tc, const struct profile *p, char why[TESTCASE_WHY]);

#endif
