/* The ladder as a table of text, one line per row. */
#ifndef CPMSPEC_REPORT_LADDER_TEXT_H
#define CPMSPEC_REPORT_LADDER_TEXT_H

#include "report/paint.h"

/* More rows than these are told by their number only. */
enum { LADDER_ROWS_SHOWN = 200 };

/* `s` names the captures (may be NULL). Failures stick in `p`. */
void ladder_text(struct paint *p, const struct summary *s, const struct result *r);

/* When row `i` was seen, in milliseconds after the first row that the same clock timed; false where that is
 * unknown. `ret_other`: it is not the clock of the ladder's first row. Clocks of different captures are not
 * compared: they may be hours apart. */
bool ladder_offset(const struct summary *s, const struct result *r, int i, double *ret_ms, bool *ret_other);

/* Whether a row has a time of another clock; and what is said where one has, marked with LADDER_OTHER. */
bool ladder_has_clocks(const struct summary *s, const struct result *r);
#define LADDER_OTHER "*"
#define LADDER_CLOCKS                                                                                        \
    "* counted from the first step that the same capture shows: clocks of different captures are not "       \
    "compared"

/* How long a result took. Of a capture with several clocks: the longest that one of them shows, since its
 * begin and its end may be of different ones. 0 where nothing is known. */
nsec_t ladder_duration(const struct summary *s, const struct result *r);

/* What there is to say of a row besides its columns: "inferred, retransmitted x2"; "" mostly. Returns
 * `out`. */
enum { LADDER_NOTE = 256 };
const char *ladder_note(const struct summary *s, const struct result *r, int i, char out[LADDER_NOTE]);

#endif
