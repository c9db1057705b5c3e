/* A rule: one thing that the standard requires of the closing of a session, the clause that says so, and the
 * small function that looks for a break of it. A rule never passes by default: what it could not look at it
 * says. */
#ifndef CPMSPEC_ORACLE_RULE_H
#define CPMSPEC_ORACLE_RULE_H

#include "oracle/result.h"

struct judgement;

struct rule {
    const char *id; /* a contract: never renamed, never used for anything else */
    enum severity severity;
    const char *clause;   /* "RFC 3261 16.6(8)" */
    const char *required; /* one sentence: what is required */
    const char *harm;     /* one sentence: what a break of it means for user or operator */
    const char *evidence; /* what has to be captured for it */
    void (*check)(struct judgement *j, const struct rule *self);
};

/* All rules, in the order in which they are checked and printed. */
const struct rule *const *rule_all(unsigned *ret_n);

/* NULL where there is none. */
const struct rule *rule_find(const char *id);

#endif
