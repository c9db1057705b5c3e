/* How the driving of one test case went, apart from what the wire shows. */
#ifndef CPMSPEC_DRIVE_OUTCOME_H
#define CPMSPEC_DRIVE_OUTCOME_H

#include "base/clock.h"

#include <stdbool.h>
#include <stdint.h>

/* The stages of a test case, in their order. */
enum drive_stage {
    STAGE_PREPARE, /* folders, namespaces, addresses */
    STAGE_CAPTURE, /* the capture is to prove itself */
    STAGE_NETWORK, /* the simulated functions start */
    STAGE_CLIENTS, /* preamble and test body: the clients register, meet and part */
    STAGE_DRAIN,   /* the clients are done; the wire falls silent */
    STAGE_PROOF,   /* the capture proves itself again */
    STAGE_STOP,    /* everything that was started ends */
    STAGE_COUNT,
};

enum drive_end {
    DRIVE_DONE,         /* nothing stood in the way */
    DRIVE_INCONCLUSIVE, /* it ran, but the evidence is not whole */
    DRIVE_ERROR,        /* the harness, or something that it started, failed */
    DRIVE_INTERRUPTED,
};

enum { DRIVE_REASON_MAX = 512, DRIVE_WITNESSES_MAX = 8 };

/* What a client says of itself. */
struct drive_witness {
    char role[32];
    char scenario[96]; /* or the action of the client under test */
    bool iut;          /* the client under test: what ends is its start command */
    bool ended;        /* by itself, in time */
    int status;        /* exit status, or -signal */
    char word[256];    /* why, in its own words; "" where it is content */
};

struct drive_outcome {
    enum drive_end end;
    char reason[DRIVE_REASON_MAX]; /* "" where it is done */
    int nwitnesses;
    struct drive_witness witness[DRIVE_WITNESSES_MAX];
    uint64_t dropped;       /* frames that the capture lost */
    nsec_t begin, end_time; /* since 1970 */
    enum drive_stage stage; /* the last one that was reached */
};

/* "starting the network", … for a person. */
const char *drive_stage_name(enum drive_stage s);

#endif
