/* Which lines of a script an operation is for. A selection is a list of parts, separated by ';':
 *   3  2-7  8,11-14     steps of the closing, as the flow counts
 *   *                   every line
 *   INVITE  ACK 2-4     requests of that method; those numbered so, in the order of time
 *   INVITE/200 1        answers to that method with that status (none: with any)
 *   =again              lines of that name
 *   to NODE, from NODE, at NODE, between NODE NODE   by who sends and who receives
 * Everything but names is meant of lines that have the name that the operation is "of" (none: those that have
 * none). */
#ifndef CPMSPEC_TESTS_MUTANTS_SELECT_H
#define CPMSPEC_TESTS_MUTANTS_SELECT_H

#include "tests/mutants/place.h"
#include "tests/mutants/script.h"

/* Sets chosen[i] for every line, which has room for s->n. Returns how many were chosen, or -EINVAL where the
 * selection is not one. */
int select_lines(const struct script *s, const struct places *places, const char *selection, const char *of,
                 bool *chosen);

#endif
