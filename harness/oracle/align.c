#include "oracle/align.h"

struct table {
    int nsteps, npassages;
    int step[FLOW_STEPS_MAX];                                /* indices of the steps that can be seen */
    int passage[WAY_PASSAGES_MAX];                           /* indices of the passages between functions */
    uint8_t found[FLOW_STEPS_MAX + 1][WAY_PASSAGES_MAX + 1]; /* steps found in what is left from (s, p) on */
};

static bool fulfils(const struct judgement *j, const struct passage *p, int step)
{
    const struct flow_step *s = &j->bound->flow->step[step];

    return (p->from >> j->bound->function[s->from] & 1) && (p->to >> j->bound->function[s->to] & 1);
}

static void gather(const struct judgement *j, struct table *t)
{
    t->nsteps = t->npassages = 0;
    for (int i = j->first_step; i < j->bound->flow->nrequests; i++)
        if (!j->inside[i])
            t->step[t->nsteps++] = i;
    for (unsigned i = 0; i < j->way->n; i++)
        if (!j->way->passage[i].inner)
            t->passage[t->npassages++] = (int)i;
}

static void fill(const struct judgement *j, struct table *t)
{
    memset(t->found, 0, sizeof t->found);
    for (int s = t->nsteps; s-- > 0;)
        for (int p = t->npassages; p-- > 0;) {
            uint8_t best = t->found[s + 1][p] > t->found[s][p + 1] ? t->found[s + 1][p] : t->found[s][p + 1];
            if (fulfils(j, &j->way->passage[t->passage[p]], t->step[s]) && t->found[s + 1][p + 1] + 1 > best)
                best = (uint8_t)(t->found[s + 1][p + 1] + 1);
            t->found[s][p] = best;
        }
}

int align(struct judgement *j)
{
    struct table t;
    int s = 0, p = 0;

    for (int i = 0; i < FLOW_STEPS_MAX; i++)
        j->passage[i] = -1;
    for (unsigned i = 0; i < j->way->n; i++)
        j->way->passage[i].step = -1;
    gather(j, &t);
    fill(j, &t);
    while (s < t.nsteps && p < t.npassages) {
        struct passage *at = &j->way->passage[t.passage[p]];
        if (fulfils(j, at, t.step[s]) && t.found[s][p] == t.found[s + 1][p + 1] + 1) {
            at->step = t.step[s];
            j->passage[t.step[s++]] = t.passage[p++];
        } else if (t.found[s + 1][p] == t.found[s][p]) {
            s++; /* of two explanations the one in which something went wrong earlier */
        } else {
            p++;
        }
    }
    return t.found[0][0];
}
