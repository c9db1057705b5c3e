/* What cpmspec said of a capture or a run, read from its JSON results, and what it was to say. */
#ifndef CPMSPEC_TESTS_MUTANTS_OUTCOME_H
#define CPMSPEC_TESTS_MUTANTS_OUTCOME_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

enum { RULE_MAX = 48, REASON_MAX = 400, CALL_ID_MAX = 160 };

/* Of one session: its verdict, and its first finding that is more than a note. */
struct said_result {
    char verdict[24], rule[RULE_MAX], closer[24], call_id[CALL_ID_MAX], reason[REASON_MAX];
    int step;
};

struct outcome {
    int n;
    struct said_result *result;
};

enum { STEP_ANY = -1 };

enum expected_kind { EXPECT_FAIL, EXPECT_PASS, EXPECT_UNCLEAR };

struct expectation {
    enum expected_kind kind;
    char rule[RULE_MAX]; /* of the first finding; "" where that is not asked for */
    int step;            /* of it; 0: it belongs to none; STEP_ANY: whatever it is */
    char says[120];      /* a part of the reason; "" for any */
    int results; /* how many sessions are judged; all but the one that is meant pass (or are as unclear) */
};

/* -EINVAL where the file is not what cpmspec writes, -ENOENT where there is none. */
int outcome_read(const char *path, struct outcome *ret, struct error *err);
void outcome_done(struct outcome *o);

/* The result that the expectation is about: the first that does not pass, else the first. NULL: there is
 * none.
 */
const struct said_result *outcome_main(const struct outcome *o);

/* Whether all is as expected; where not, `why` has what is otherwise. */
bool outcome_fits(const struct outcome *o, const struct expectation *e, char *why, size_t size);

/* "fail path.missing 2". */
const char *outcome_text(const struct said_result *r, char *out, size_t size);

#endif
