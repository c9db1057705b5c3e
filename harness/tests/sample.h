/* Results of every kind for the tests of what reports them. */
#ifndef CPMSPEC_TESTS_SAMPLE_H
#define CPMSPEC_TESTS_SAMPLE_H

#include "base/error.h"
#include "oracle/result.h"

#include <libxml/tree.h>

enum sample {
    SAMPLE_PASS,         /* all 14 steps, one retransmitted, one inferred, one inside a server */
    SAMPLE_FAIL,         /* step 3 missing, with a consequence, in two captures */
    SAMPLE_INCONCLUSIVE, /* a step that nobody saw */
    SAMPLE_NOT_APPLICABLE,
    SAMPLE_ERROR, /* no ladder at all */
    SAMPLE_WEIRD, /* control characters, invalid UTF-8, markup, quotes and long words everywhere */
    SAMPLE_EMPTY, /* NULL wherever a result may have it */
    SAMPLE_COUNT,
};

/* Lives for the whole program. */
const struct result *sample_result(enum sample which);

/* A summary with names and sources; totals of `passes` passes and `fails` fails. */
struct summary sample_summary(uint64_t passes, uint64_t fails);

/* All of them, in order. */
extern const enum sample sample_all[SAMPLE_COUNT];

/* Tells a writer of results and finishes it; frees it in any case. 0 or its first failure. */
struct report_writer;
int sample_report(struct report_writer *w, const enum sample *which, int n, const struct summary *s,
                  struct error *err);

/* What an XPath comes to in a document, as a number; -1 where it is none. */
double sample_number(xmlDocPtr doc, const char *xpath);

/* libxml2's errors, unprinted: give it to xmlSetGenericErrorFunc. */
void sample_quiet(void *ctx, const char *fmt, ...);

/* "SCRATCH/folder/name" in static memory, until the fourth call after this; the folder is there. */
const char *sample_path(const char *folder, const char *name);

/* All bytes of a file, terminated; NULL where it cannot be read. The caller frees. */
char *sample_read(const char *path, size_t *ret_size);

/* How many entries a folder of the scratch folder has, hidden ones too. */
int sample_entries(const char *folder);

#endif
