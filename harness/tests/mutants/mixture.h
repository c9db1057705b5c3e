/* All specimens of one profile in one capture, interleaved: each session must be judged as it was alone. */
#ifndef CPMSPEC_TESTS_MUTANTS_MIXTURE_H
#define CPMSPEC_TESTS_MUTANTS_MIXTURE_H

#include "tests/mutants/catalogue.h"

/* Adds the lines of a specimen, moved in time so that all begin at about the same moment; `nth` of the
 * mixture. */
void mixture_add(struct script *mixture, const struct specimen *s, int nth);

/* Of the results of a specimen alone, how many came out of the mixture just the same. What differs is
 * printed. */
int mixture_agrees(const struct outcome *mixture, const struct outcome *alone, const char *name);

#endif
