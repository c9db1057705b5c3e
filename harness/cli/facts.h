/* Sums of capture facts: what became of the frames of several captures together. */
#ifndef CPMSPEC_CLI_FACTS_H
#define CPMSPEC_CLI_FACTS_H

#include "oracle/result.h"

/* Adds `more` to `sum`; reasons by their names, which must be static. Those past REASONS_MAX are added to the
 * last one, so that no frame is lost from the count. */
void facts_add(struct capture_facts *sum, const struct capture_facts *more);

#endif
