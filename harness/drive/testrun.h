/* One test case, driven from its first process to its last: a state machine over the stages of outcome.h,
 * turned by the events of one loop. It runs in a process of its own (see campaign.h), inside the sandbox, and
 * tells its parent over a relay what it captures, how far it is, and in the end how it went. */
#ifndef CPMSPEC_DRIVE_TESTRUN_H
#define CPMSPEC_DRIVE_TESTRUN_H

#include "drive/plan.h"
#include "drive/sandbox.h"

struct testrun_spec {
    const struct plan *plan;
    const struct profile *profile;
    enum sandbox_kind kind;
    const char *dir; /* the test case's folder */
    nsec_t timeout;  /* for the clients, from the first one's start */
    bool attended;   /* somebody is at the terminal, and is told what a client under test has to do */
    int channel;     /* our end of the relay; when the other end closes, all is ended at once */
};

/* Blocks until the test case is over and everything that it started has ended. 0 where an outcome was sent,
 * whatever it says. */
int testrun_run(const struct testrun_spec *spec);

#endif
