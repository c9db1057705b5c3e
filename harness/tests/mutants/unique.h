/* Makes what identifies a session (Call-ID, tags, branches, and what joins legs over a B2BUA) its own, so
 * that many sessions made of one golden capture can stand in one. */
#ifndef CPMSPEC_TESTS_MUTANTS_UNIQUE_H
#define CPMSPEC_TESTS_MUTANTS_UNIQUE_H

#include "tests/mutants/script.h"

/* Appends ".NUMBER" to every identifier in every line: the same everywhere, so that what was equal stays so.
 */
void unique_make(struct script *s, int number);

#endif
