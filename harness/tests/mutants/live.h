/* Every fault of the reference network, live: `cpmspec run` with the test case that it is for; and every test
 * case with the faults that it names. */
#ifndef CPMSPEC_TESTS_MUTANTS_LIVE_H
#define CPMSPEC_TESTS_MUTANTS_LIVE_H

#include "tests/mutants/proof.h"

struct live_config {
    const char *cpmspec; /* the program */
    const char *work;    /* a folder for reports and logs */
    const char *only;    /* a pattern of fault names; NULL: all */
    int jobs;
};

int live_prove(const struct live_config *config, struct proof *proof, struct error *err);

#endif
