/* The judge: a session and a flow to results. One result for each end that closed the session (and for each
 * dialog of a fork). */
#ifndef CPMSPEC_ORACLE_JUDGE_H
#define CPMSPEC_ORACLE_JUDGE_H

#include "oracle/judgement.h"
#include "oracle/result.h"

struct judge;

/* The flow, as it stands for each side's closing; both bound to the profile. Everything is borrowed for the
 * judge's life. `strict`: a broken SHOULD fails too. */
struct judge_config {
    const struct profile *profile;
    struct bound_flow flow[2];  /* where side A closes, and mirrored */
    struct bound_flow stray[2]; /* the same for a request that belongs to no open session; flow NULL: none, it
                                   is judged as any other */
    struct bound_flow again[2]; /* and for the next one of an end that was refused */
    bool strict;
};

/* Binds a flow and its mirror to a profile. 0, or what profile_bind() said. */
int judge_bind(const struct profile *p, const struct flow *flow, const struct flow *mirror,
               struct bound_flow ret[2], struct error *err);

int judge_new(const struct judge_config *config, struct judge **ret);
void judge_free(struct judge *j);

/* Judges a session and calls `take` with each result, in order; what a result points to lives during that
 * call. 0, -ENOMEM, or the first negative answer of `take`. */
int judge_session(struct judge *j, const struct session *s, const struct evidence *evidence,
                  int (*take)(void *ctx, const struct result *r), void *ctx);

#endif
