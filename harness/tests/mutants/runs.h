/* Runs of cpmspec, several at a time, each with a deadline. */
#ifndef CPMSPEC_TESTS_MUTANTS_RUNS_H
#define CPMSPEC_TESTS_MUTANTS_RUNS_H

#include "base/clock.h"
#include "base/error.h"

enum { RUN_ARGUMENTS_MAX = 32, RUN_JOBS_MAX = 16 };

struct run {
    const char *argv[RUN_ARGUMENTS_MAX + 1]; /* ends with NULL; borrowed */
    const char *log;                         /* its output; borrowed */
    nsec_t timeout;
    int status; /* of its exit; -signal; -1000 where it was ended at its deadline */
};

/* Runs all, in their order, `jobs` at a time. 0, or why one could not be started; -EINTR where a signal came.
 */
int runs_all(struct run *run, int n, int jobs, void (*done)(void *ctx, struct run *r), void *ctx,
             struct error *err);

#endif
