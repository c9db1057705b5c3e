/* Results for the eye. The story (story.h) of each result that did not pass, as far as a person will read;
 * one line for each of the others, as far as that; and the summary. */
#ifndef CPMSPEC_REPORT_TERMINAL_H
#define CPMSPEC_REPORT_TERMINAL_H

#include "report/report.h"
#include "report/story.h"

#include <stdio.h>

enum {
    TERMINAL_FEW = 3,     /* as many results or fewer: the story of each, also where it passed */
    TERMINAL_RUN = 12,    /* the same where the number is known beforehand: a run, whose ladders are wanted */
    TERMINAL_STORIES = 5, /* of more: the stories of the first that did not pass */
    TERMINAL_LINES = 100, /* then one line each for as many that did not pass */
    TERMINAL_PASSES = 50, /* and for as many that passed; in a run for each */
};

struct terminal_options {
    struct style style;
    bool quiet;     /* the summary alone */
    bool may_leave; /* its reader may go away (EPIPE): the other outputs are what counts */
    int expected;   /* how many results there will be, so that each is shown at once; 0 where unknown */
};

/* What the stream can show: colour on a terminal unless NO_COLOR is set or TERM is dumb or unset; UTF-8 where
 * the locale says so (the caller has called setlocale). */
struct style terminal_style(FILE *stream);

/* `stream` is borrowed. Text is handed to it after each result and flushed. */
int terminal_open(FILE *stream, const struct terminal_options *options, struct report_writer **ret,
                  struct error *err);

#endif
