/* The outputs of one run. Each writer is told every result as it comes and the summary at the end, so that
 * memory stays the same for one result and for a million. The writers: terminal.h, junit.h, json.h, html.h,
 * annotations.h. */
#ifndef CPMSPEC_REPORT_REPORT_H
#define CPMSPEC_REPORT_REPORT_H

#include "base/error.h"
#include "oracle/result.h"

struct report_writer;

/* What a writer does. `s` is the caller's running summary: names and sources are right at any time, totals
 * only in finish(). Failures are a negative errno and a text in `err`, which is never NULL. */
struct report_writer_ops {
    int (*result)(struct report_writer *w, const struct summary *s, const struct result *r,
                  struct error *err);
    /* Puts the output in its place; until then there is none, or the one that was there before. */
    int (*finish)(struct report_writer *w, const struct summary *s, struct error *err);
    /* Frees the writer; what was not finished leaves nothing behind. */
    void (*free)(struct report_writer *w);
};

struct report_writer {
    const struct report_writer_ops *ops;
};

enum { REPORT_WRITERS_MAX = 8 };

/* Writers side by side; starts zeroed. */
struct report {
    int n;
    struct report_writer *writer[REPORT_WRITERS_MAX];
    int failure[REPORT_WRITERS_MAX]; /* 0, or the negative errno at which the writer stopped */
    struct error error;              /* of the first writer that failed */
};

/* Takes the writer, also where it fails (-ENOSPC: the bound is met; the writer is freed). */
int report_add(struct report *rep, struct report_writer *w, struct error *err);

/* Tells every writer that has not failed. Returns the negative errno of the first that failed now; the
 * others have been told, and the caller may go on. */
int report_result(struct report *rep, const struct summary *s, const struct result *r, struct error *err);

/* Finishes every writer that has not failed. 0 only where all of them have their output in place; else the
 * first failure of all, also one that report_result has told already. A run cut short calls this too, with
 * s->interrupted: the outputs are whole and say so. */
int report_finish(struct report *rep, const struct summary *s, struct error *err);

/* Frees all writers; the report is empty again. */
void report_done(struct report *rep);

#endif
