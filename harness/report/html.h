/* Results as one page that needs nothing else: no network, no scripts. What did not pass comes first, each
 * with its ladder as a drawing and its findings; sections open and close by themselves (details, summary). */
#ifndef CPMSPEC_REPORT_HTML_H
#define CPMSPEC_REPORT_HTML_H

#include "report/report.h"

/* A page that a browser opens at once also for a capture of many sessions: past these, results get a line
 * without their ladder, and past HTML_LINES of a kind they are counted. Where more than HTML_FEW did not
 * pass, they are counted by their first cause before all else. */
enum { HTML_FEW = 3, HTML_STORIES = 200, HTML_PASSES = 20, HTML_LINES = 2000 };

/* `folder` leads from the page to the folder that the results' attachments are relative to; "" or NULL where
 * it lies there itself. Copied. */
int html_open(const char *path, const char *folder, struct report_writer **ret, struct error *err);

#endif
