/* The proof: one entry for each thing that cpmspec was shown, with what it was to say and what it said. It
 * counts by rule, and makes the table in docs/. */
#ifndef CPMSPEC_TESTS_MUTANTS_PROOF_H
#define CPMSPEC_TESTS_MUTANTS_PROOF_H

#include "tests/mutants/outcome.h"

struct proof_entry {
    char name[96], section[24], about[512];
    struct expectation expect;
    char got[120];
    char rule[RULE_MAX]; /* of the finding that came first */
    bool right;
};

struct proof {
    int n, size;
    struct proof_entry *entry;
    int mixed, mixed_right, mixtures; /* sessions judged in mixtures, and those judged as they were alone */
    int reformed, reformed_right;     /* mutants in other legal forms, and those that gave the same */
};

/* Adds an entry; prints it where it is not as it should be. */
void proof_add(struct proof *p, const char *section, const char *name, const char *about,
               const struct expectation *e, const struct outcome *o);
/* The same for one that could not be judged at all. */
void proof_add_error(struct proof *p, const char *section, const char *name, const char *about,
                     const struct expectation *e, const char *error);
void proof_done(struct proof *p);

/* Mutants that a rule was the first to report, live and captured; and those of its mutants that another rule
 * reported in its place. */
struct kills {
    int live, captured, others;
    int unclear; /* captures that it left unclear, as it should */
};
struct kills proof_kills(const struct proof *p, const char *rule);

/* Whether everything is right, and every rule of the oracle that can fail kills at least one mutant (one that
 * speaks of captures, and so can only leave things unclear, does that). Prints what is not. */
bool proof_holds(const struct proof *p, bool all);

/* The table, in Markdown. Nothing in it changes from run to run. */
int proof_table(const struct proof *p, const char *path, struct error *err);

#endif
