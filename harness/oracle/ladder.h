/* The ladder of a judged way: one row for each step of the flow and each passage that is none. */
#ifndef CPMSPEC_ORACLE_LADDER_H
#define CPMSPEC_ORACLE_LADDER_H

#include "oracle/judgement.h"

enum { LADDER_ROWS_MAX = 2 * (FLOW_STEPS_MAX + WAY_PASSAGES_MAX) };

/* Rows in the arena of the judgement; *ret_n says how many. NULL where memory is out. */
const struct ladder_row *ladder_make(struct judgement *j, int *ret_n);

#endif
