/* The ladder as a table of text, one line per row. */
#ifndef CPMSPEC_REPORT_LADDER_TEXT_H
#define CPMSPEC_REPORT_LADDER_TEXT_H

#include "report/paint.h"

/* More rows than these are told by their number only. */
enum { LADDER_ROWS_SHOWN = 200 };

/* `s` names the captures (may be NULL). Failures stick in `p`. */
void ladder_text(struct paint *p, const struct summary *s, const struct result *r);

/* When row `i` was seen, in milliseconds after the first row with a time; false where that is unknown. */
bool ladder_offset(const struct result *r, int i, double *ret_ms);

/* What there is to say of a row besides its columns: "inferred, retransmitted x2"; "" mostly. Returns
 * `out`. */
enum { LADDER_NOTE = 256 };
const char *ladder_note(const struct summary *s, const struct result *r, int i, char out[LADDER_NOTE]);

#endif
