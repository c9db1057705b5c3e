/* The operations that make a mutant of a golden script; each is an element of mutants.xml (mutants.rng says
 * what stands in it). Everything is chosen with at="…" and of="…", see select.h. In values {NODE} stands for
 * that node's address.
 *
 *   drop    it was not captured, or not sent          send    src="…" dst="…": by or to someone else
 *   delay   by="40s": it and (later="yes") all after  swap    with="…": the two change places in time
 *   move    before="…" or after="…" another           copy    after="500ms" name="…": once more
 *   frame-twice   the very packet was captured twice
 *   set     header="…" value="…", nth="2": its value  count   header="…" by="-1": a number in it
 *   add     header="…" value="…", before="…"          cut     header="…", nth="-1"
 *   replace find="…" put="…", header, nth, every="yes"
 *   start   value="…": the start line                 body    value="…" type="…"
 *   form    as="compact": another form that means the same (siptext.h) */
#ifndef CPMSPEC_TESTS_MUTANTS_ALTER_H
#define CPMSPEC_TESTS_MUTANTS_ALTER_H

#include "suite/xml.h"
#include "tests/mutants/place.h"
#include "tests/mutants/script.h"

/* Whether an element is one of these. */
bool alter_knows(const xmlNode *op);

/* Applies an operation. -EINVAL, with file and line, where it chooses nothing or changes nothing. */
int alter(struct script *s, const struct places *places, const xmlNode *op, struct error *err);

#endif
