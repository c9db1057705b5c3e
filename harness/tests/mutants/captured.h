/* Every specimen of the catalogue as a capture, judged alone and in mixtures. */
#ifndef CPMSPEC_TESTS_MUTANTS_CAPTURED_H
#define CPMSPEC_TESTS_MUTANTS_CAPTURED_H

#include "tests/mutants/proof.h"

struct captured_config {
    const char *cpmspec; /* the program */
    const char *work;    /* a folder for captures, results and logs */
    const char *only;    /* a pattern of specimen names; NULL: all, and mixtures of them */
    int jobs;
};

int captured_prove(const struct captured_config *config, struct proof *proof, struct error *err);

#endif
