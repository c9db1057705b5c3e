/* The rule catalogue as Markdown: every rule with its clause, what it requires, what a break of it means, and
 * the evidence that it needs. docs/rules.md is this text; `make docs` writes it. */
#ifndef CPMSPEC_ORACLE_CATALOGUE_H
#define CPMSPEC_ORACLE_CATALOGUE_H

#include "base/buf.h"

/* Adds the catalogue. 0, -ENOMEM, -ENOBUFS. */
int catalogue_add(struct buf *out);

#endif
