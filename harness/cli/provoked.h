/* What a test case provokes itself is not held against anybody: where it has a simulated function lose an
 * answer, so that the client under test can be seen to cope, the answer that is missing is no break of it. */
#ifndef CPMSPEC_CLI_PROVOKED_H
#define CPMSPEC_CLI_PROVOKED_H

#include "base/arena.h"
#include "oracle/result.h"
#include "suite/testcase.h"

/* Turns the findings that the test case provokes, and what follows from them, into notes, and weighs the
 * verdict anew by those that are left. Its findings are r->nfindings of `finding`, to be changed; texts come
 * from `arena`. -ENOMEM. */
int provoked_forgive(const struct testcase *tc, bool strict, struct arena *arena, struct finding *finding,
                     struct result *r);

#endif
