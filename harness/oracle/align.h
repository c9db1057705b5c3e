/* The way held against the flow as an alignment: as many steps as can be found in the way, in the flow's
 * order. */
#ifndef CPMSPEC_ORACLE_ALIGN_H
#define CPMSPEC_ORACLE_ALIGN_H

#include "oracle/judgement.h"

/* Sets passage[] of the judgement and step of the way's passages, for request steps from first_step on.
 * Returns the number of steps found. */
int align(struct judgement *j);

#endif
