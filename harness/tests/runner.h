/* Runs of the built program for end-to-end tests: each with an output folder of its own, by whose name the
 * processes that it starts are found again. */
#ifndef CPMSPEC_TESTS_RUNNER_H
#define CPMSPEC_TESTS_RUNNER_H

#include "drive/process.h"

#include <jansson.h>
#include <stdbool.h>

enum { RUNNER_PATH = 4096 + 64, RUNNER_DEADLINE_MS = 180000 };

struct runner {
    char out[RUNNER_PATH]; /* the folder that --out names */
    char log[RUNNER_PATH]; /* standard output and error */
    struct process *process;
    int status;               /* after runner_wait */
    json_t *results;          /* results.json, after runner_wait; NULL where there is none */
    bool (*enter)(void *ctx); /* called in the child before the program starts: other rights, other places */
    void *ctx;
};

/* "build/cpmspec", wherever this test stands. */
const char *runner_program(void);

/* Starts `cpmspec run --out OUT options` in OUT's parent folder; OUT is new. */
void runner_start(struct runner *r, const char *out, const char *const *options);
/* Waits for its end and reads what it left. */
void runner_wait(struct runner *r);
/* Both; returns the exit status. */
int runner_run(struct runner *r, const char *out, const char *const *options);
void runner_done(struct runner *r);

/* What it said, all of it; good until the next call. */
const char *runner_said(const struct runner *r);
bool runner_says(const struct runner *r, const char *text);

/* Waits until a file is there in the output folder. */
bool runner_reaches(const struct runner *r, const char *file);
/* The process number of the first one whose command line holds the output folder and `word`; 0: none. */
pid_t runner_find(const struct runner *r, const char *word);
/* Waits until no process of the run is left. */
bool runner_left_nothing(const struct runner *r);

/* Of the n-th result: a field that is text; the first finding's rule ("" where there is none). */
const char *runner_result(const struct runner *r, size_t n, const char *field);
const char *runner_rule(const struct runner *r, size_t n);

#endif
