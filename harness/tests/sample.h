/* Results of every kind for the tests of what reports them. */
#ifndef CPMSPEC_TESTS_SAMPLE_H
#define CPMSPEC_TESTS_SAMPLE_H

#include "oracle/result.h"

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

/* "SCRATCH/folder/name" in static memory, until the fourth call after this; the folder is there. */
const char *sample_path(const char *folder, const char *name);

/* All bytes of a file, terminated; NULL where it cannot be read. The caller frees. */
char *sample_read(const char *path, size_t *ret_size);

/* How many entries a folder of the scratch folder has, hidden ones too. */
int sample_entries(const char *folder);

#endif
