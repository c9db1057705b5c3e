/* What holds for every result, whatever was captured: a fuzz target's result sink. */
#ifndef CPMSPEC_TESTS_FUZZ_VERDICTS_H
#define CPMSPEC_TESTS_FUZZ_VERDICTS_H

#include "oracle/judge.h"
#include "tests/fuzz/must.h"

struct verdicts {
    bool strict;
    unsigned n;
};

static inline bool proved(enum ladder_mark mark)
{
    return mark == LADDER_SEEN || mark == LADDER_INFERRED || mark == LADDER_INSIDE;
}

static inline bool breaks(const struct finding *f, bool strict)
{
    return !f->inconclusive && (f->severity == SEVERITY_MUST || (f->severity == SEVERITY_SHOULD && strict));
}

static inline void check_findings(const struct result *r, bool strict)
{
    bool broken = false, unclear = false;

    for (int i = 0; i < r->nfindings; i++) {
        const struct finding *f = &r->finding[i];

        MUST(rule_find(f->rule));
        MUST(f->cause >= -1 && f->cause < i);
        MUST(f->cause < 0 || r->finding[f->cause].cause == -1);
        MUST(f->clause && f->clause[0] && f->expected && f->expected[0] && f->observed && f->observed[0]);
        MUST(f->nframes >= 0 && f->nframes <= FINDING_FRAMES_MAX);
        for (int k = 0; k < f->nframes; k++)
            MUST(f->frame[k] > 0);
        broken |= breaks(f, strict);
        unclear |= f->inconclusive;
    }
    MUST(r->verdict != VERDICT_PASS || (!broken && !unclear));
    MUST((r->verdict == VERDICT_FAIL) == broken);
    MUST(r->verdict != VERDICT_INCONCLUSIVE || unclear);
}

static inline int check_result(void *ctx, const struct result *r)
{
    struct verdicts *v = ctx;

    v->n++;
    MUST(r->id && r->title && r->reason && r->reason[0] && r->flow);
    MUST(r->verdict < VERDICT_COUNT && r->verdict != VERDICT_ERROR);
    if (r->verdict == VERDICT_NOT_APPLICABLE)
        return 0;
    check_findings(r, v->strict);
    MUST(r->nrows >= 1);
    for (int i = 0; i < r->nrows; i++) {
        MUST(r->row[i].from && r->row[i].to && r->row[i].message);
        MUST(r->verdict != VERDICT_PASS || !r->row[i].step || proved(r->row[i].mark));
    }
    return 0;
}

#endif
