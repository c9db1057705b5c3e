/* The ladder as a drawing inside an HTML page: one lifeline per function in the order in which the flow meets
 * them, one arrow per row. Colours come from the page's style sheet (html_style.h), by class. */
#ifndef CPMSPEC_REPORT_SVG_H
#define CPMSPEC_REPORT_SVG_H

#include "oracle/result.h"
#include "report/xmlout.h"

/* Rows with more functions than these, and rows past these, are told by their number. */
enum { SVG_LIFELINES = 12, SVG_ROWS = 200 };

/* Nothing where the result has no ladder. `s` names the captures (may be NULL). */
void svg_ladder(struct xmlout *x, const struct summary *s, const struct result *r);

#endif
