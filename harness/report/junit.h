/* JUnit XML as GitLab, Jenkins (junit and xUnit steps) and GitHub's reporters all read it: one flat suite,
 * unique classname and name, the whole story both in the attribute `message` and as text.
 *
 * A file is without failures and errors exactly where the exit status is 0:
 *   fail -> <failure>, inconclusive and error -> <error>, not-applicable -> <skipped>; an interrupted run and
 *   one in which nothing was judged carry one more test case that says so, as <error>. */
#ifndef CPMSPEC_REPORT_JUNIT_H
#define CPMSPEC_REPORT_JUNIT_H

#include "report/report.h"

/* GitLab takes files of 30 MB: past this many bytes stories are left out and only the messages stay. */
enum { JUNIT_STORY_BYTES = 20 << 20 };

/* `folder` leads from where the CI system looks (its workspace) to the folder that the results' attachments
 * are relative to; "" or NULL for that very place. Copied. */
int junit_open(const char *path, const char *folder, struct report_writer **ret, struct error *err);

#endif
