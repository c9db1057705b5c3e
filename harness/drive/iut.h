/* The client under test (IUT): it is somebody else's program, and has to be moved to act. Where the profile
 * has a start command for it, that is started, and told by its environment what to do; where not, a person at
 * the terminal is asked. */
#ifndef CPMSPEC_DRIVE_IUT_H
#define CPMSPEC_DRIVE_IUT_H

#include "drive/planner.h"

enum { IUT_TASK_MAX = 1024 };

/* Fills the party of a drive that has an action. What a start command finds in its environment, CPMSPEC_…:
 *   TESTCASE ROLE ACTION    "CPM_CLS_CLIENT_V_001", "client-a", "call-and-close"
 *   URI USERNAME PASSWORD   its user: "sip:alice@a.example"; for SIP digest "alice@a.example", "secret"
 *   PEER_URI                the other user
 *   PROXY TRANSPORT         registrar and outbound proxy, "127.0.10.2:5060", "[fd00::2]:5060"; "udp" or "tcp"
 *   ADDRESS PORT            its own, as the profile has it
 *   SECONDS DIR             how long the test case may take; a folder for its files
 * -EINVAL where the profile lacks an address or a user. */
int iut_plan(struct planner *k, const struct testcase_drive *d, struct plan_party *ret, struct error *err);

/* What a person has to do, in one line: "client-a: register …, call …, close the session, within 60 s". "" in
 * a test case whose clients need nobody; `out` is returned. */
const char *iut_task(const struct profile *p, const struct testcase *tc, char out[IUT_TASK_MAX]);

/* Whether a frame shows that a user is registered: a 200 to a REGISTER, with a Contact. `identity` is
 * "bob@b.example". */
bool iut_is_registered(struct slice frame, const char *identity);

#endif
