/* The outputs that a user asked for, opened from the options: terminal, JUnit, JSON, HTML. */
#ifndef CPMSPEC_CLI_OUTPUTS_H
#define CPMSPEC_CLI_OUTPUTS_H

#include "cli/options.h"
#include "report/report.h"

struct outputs {
    struct report report;
    int expected; /* how many results there will be, where that is known before outputs_open; else 0 */
    /* The folder that attachments are relative to, where there are any: as it is found from the working
     * folder, which is a CI system's workspace, and as it is found from anywhere. Borrowed. */
    const char *folder, *folder_absolute;
    bool stdout_taken; /* an output goes there: nothing else may */
    struct error error;
    char command[512];
};

/* Opens the terminal (where no output takes its place) and every file that the options name; sets the
 * summary's command. */
int outputs_open(struct outputs *o, const struct options *options, int argc, char **argv, struct summary *s,
                 struct error *err);
void outputs_done(struct outputs *o);

/* 0, or the negative errno of a writer that failed: then outputs_error() has its words. */
int outputs_result(struct outputs *o, const struct summary *s, const struct result *r);
int outputs_finish(struct outputs *o, const struct summary *s, struct error *err);

/* The words for an error of the pipeline that a writer or a lack of memory caused; returns `e`. */
int outputs_error(const struct outputs *o, int e, struct error *err);

#endif
