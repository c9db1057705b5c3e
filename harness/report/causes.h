/* Of many results: what did not pass, counted by its first cause, so that one fault in a thousand sessions is
 * one line. */
#ifndef CPMSPEC_REPORT_CAUSES_H
#define CPMSPEC_REPORT_CAUSES_H

#include "oracle/result.h"

/* Kinds that are told apart, the first that come; those past the bound are counted together. */
enum { CAUSES_MAX = 32, CAUSE_NAME = 80 };

struct cause {
    uint64_t n;
    enum verdict verdict;   /* of the first of them */
    char what[CAUSE_NAME];  /* the rule; where no finding says it, the reason */
    int step;               /* 0: it belongs to none */
    char first[CAUSE_NAME]; /* id of the first result */
};

/* Starts zeroed. */
struct causes {
    int n;
    uint64_t others;
    struct cause kind[CAUSES_MAX];
};

/* Counts a result that did not pass; the others are none of its business. */
void causes_add(struct causes *c, const struct result *r);

/* The most frequent first; of those as frequent, the one that came first. */
void causes_sort(struct causes *c);

/* The finding that a result is counted by: its first cause that is more than a note. NULL: there is none. */
const struct finding *causes_first(const struct result *r);

#endif
