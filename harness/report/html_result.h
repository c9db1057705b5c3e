/* One result in the HTML report. */
#ifndef CPMSPEC_REPORT_HTML_RESULT_H
#define CPMSPEC_REPORT_HTML_RESULT_H

#include "oracle/result.h"
#include "report/xmlout.h"

/* A name and its value in a list of facts; nothing where there is no value. */
void html_fact(struct xmlout *x, const char *name, const char *value);
/* "Begin" and "Duration", as far as they are known. */
void html_times(struct xmlout *x, nsec_t begin, nsec_t duration);

/* A section that opens and closes, with ladder and findings; `open` at first. `folder`: see html_open. */
void html_story(struct xmlout *x, const struct summary *s, const struct result *r, const char *folder,
                bool open);

/* One line: id, verdict, title, reason. */
void html_line(struct xmlout *x, const struct result *r);

#endif
