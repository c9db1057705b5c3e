#include "oracle/judge.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "oracle/ladder.h"
#include "oracle/rules.h"

enum { JUDGE_BYTES_MAX = 16 << 20 };

struct judge {
    struct judge_config config;
    struct arena arena;
    struct judgement judgement;
    struct finding ordered[FINDINGS_MAX];
    uint64_t nresults;
};

int judge_bind(const struct profile *p, const struct flow *flow, const struct flow *mirror,
               struct bound_flow ret[2], struct error *err)
{
    const struct flow *flows[2] = {flow, mirror};

    for (int i = 0; i < 2; i++) {
        int e;
        ret[i] = (struct bound_flow){.flow = flows[i]};
        e = profile_bind(p, flows[i], ret[i].function, err);
        if (e < 0)
            return e;
        for (int role = 0; role < flows[i]->nroles; role++)
            if (flows[i]->role[role].client && ret[i].function[role] >= 0)
                ret[i].clients |= (role_set)1 << ret[i].function[role];
    }
    return 0;
}

int judge_new(const struct judge_config *config, struct judge **ret)
{
    struct judge *j = calloc(1, sizeof *j);

    if (!j)
        return -ENOMEM;
    j->config = *config;
    arena_init(&j->arena, JUDGE_BYTES_MAX);
    *ret = j;
    return 0;
}

void judge_free(struct judge *j)
{
    if (!j)
        return;
    arena_done(&j->arena);
    free(j);
}

static int steps_found(const struct judgement *j)
{
    int n = 0;

    for (unsigned i = 0; i < j->way->n; i++)
        n += j->way->passage[i].step >= 0;
    return n;
}

/* Whether a leaving request belongs to no session that is open: nobody has set up a dialog with its tags, or
 * it is over. */
static bool is_stray(const struct way *w)
{
    const struct hop *h = w->n ? w->passage[0].proof : NULL;
    struct leg *leg = h ? session_leg(w->session, h->call_id) : NULL;
    enum dialog_end end;
    const struct dialog *d = leg ? leg_dialog(leg, h->from_tag, h->to_tag, false, &end) : NULL;

    return w->beyond || !d || !(d->confirmed || d->early);
}

static const struct bound_flow *flows_for(const struct judge_config *c, const struct way *w)
{
    if (c->stray[0].flow && is_stray(w))
        return c->stray;
    return c->again[0].flow && w->retry ? c->again : c->flow;
}

/* Which side's flow it is: the one that begins with the sender; else the one that explains more. */
static void choose_flow(struct judge *judge, struct judgement *j)
{
    const struct bound_flow *flow = flows_for(&judge->config, j->way), *best = &flow[0];
    int most = -1;

    /* A flow that begins with the sender and explains every step is not to be surpassed. */
    for (int i = 0; i < 2 && most < best->flow->nrequests + FLOW_STEPS_MAX; i++) {
        const struct bound_flow *b = &flow[i];
        bool begins = j->way->n && (j->way->passage[0].from >> b->function[b->flow->step[0].from] & 1);
        int found;

        j->bound = b;
        judgement_prepare(j);
        found = steps_found(j) + (begins ? FLOW_STEPS_MAX : 0);
        if (found > most) {
            most = found;
            best = b;
        }
    }
    if (j->bound != best) {
        j->bound = best;
        judgement_prepare(j);
    }
}

static void check_rules(struct judgement *j)
{
    const bool cut_short = judgement_cut_short(j);
    unsigned n;
    const struct rule *const *rule = rule_all(&n);

    j->nfindings = 0;
    for (unsigned i = 0; i < n; i++)
        if (rule[i] == &rule_capture_whole || !cut_short)
            rule[i]->check(j, rule[i]);
}

/* Causes in the order: what fails, what should be, what is unclear, what is only told; each along the way. */
static bool comes_before(const struct judgement *j, int a, int b)
{
    const struct finding *x = &j->finding[a], *y = &j->finding[b];
    int heavy_x = x->inconclusive ? SEVERITY_SHOULD * 2 - 1 : (int)x->severity * 2;
    int heavy_y = y->inconclusive ? SEVERITY_SHOULD * 2 - 1 : (int)y->severity * 2;

    if (heavy_x != heavy_y)
        return heavy_x > heavy_y;
    return j->rank[a] != j->rank[b] ? j->rank[a] < j->rank[b] : a < b;
}

/* The cause of a finding: the first of its group; of an answer that failed, the gap that the request was lost
 * in. */
static int cause_of(const struct judgement *j, int at)
{
    int cause = at;

    if (!j->group[at])
        return at;
    for (int i = 0; i < j->nfindings; i++) {
        bool same = j->group[i] == j->group[at] || (j->group[at] == GROUP_REPLY && j->undelivered &&
                                                    j->group[i] == judgement_gap_group(j, j->undelivered));
        if (same && comes_before(j, i, cause))
            cause = i;
    }
    return cause;
}

static void sort_findings(const struct judgement *j, int order[FINDINGS_MAX])
{
    for (int i = 0; i < j->nfindings; i++) {
        int at = i;
        for (; at > 0 && comes_before(j, i, order[at - 1]); at--)
            order[at] = order[at - 1];
        order[at] = i;
    }
}

/* Findings in the order of a report: each cause, behind it what follows from it. */
static void order_findings(struct judge *judge)
{
    struct judgement *j = &judge->judgement;
    int order[FINDINGS_MAX], n = 0;

    sort_findings(j, order);
    for (int i = 0; i < j->nfindings; i++) {
        int cause = order[i], at = n;
        if (cause_of(j, cause) != cause)
            continue;
        judge->ordered[n++] = j->finding[cause];
        for (int k = 0; k < j->nfindings; k++)
            if (order[k] != cause && cause_of(j, order[k]) == cause) {
                judge->ordered[n] = j->finding[order[k]];
                judge->ordered[n++].cause = at;
            }
    }
}

static enum verdict verdict_of(const struct judge *judge)
{
    const struct judgement *j = &judge->judgement;
    enum verdict v = VERDICT_PASS;

    for (int i = 0; i < j->nfindings; i++) {
        const struct finding *f = &judge->ordered[i];
        if (f->inconclusive)
            v = verdict_worst(v, VERDICT_INCONCLUSIVE);
        else if (f->severity == SEVERITY_MUST || (f->severity == SEVERITY_SHOULD && judge->config.strict))
            v = verdict_worst(v, VERDICT_FAIL);
    }
    return v;
}

static const char *pass_reason(struct judgement *j, const struct ladder_row *row, int nrows)
{
    int inferred = 0, inside = 0, steps = 0;

    for (int i = 0; i < nrows; i++) {
        steps += row[i].step > 0;
        inferred += row[i].mark == LADDER_INFERRED;
        inside += row[i].mark == LADDER_INSIDE;
    }
    if (inferred || inside)
        return judgement_text(
            j, "all %d steps were taken in order (%d inferred from Via stacks, %d inside one server)", steps,
            inferred, inside);
    return judgement_text(j, "all %d steps were taken in order", steps);
}

static const char *reason_of(struct judge *judge, enum verdict v, const struct ladder_row *row, int nrows)
{
    struct judgement *j = &judge->judgement;
    const struct finding *f = &judge->ordered[0];

    if (v == VERDICT_PASS)
        return pass_reason(j, row, nrows);
    if (v == VERDICT_INCONCLUSIVE)
        for (int i = 0; i < j->nfindings && !f->inconclusive; i++)
            f++;
    if (f->step)
        return judgement_text(j, "step %d: expected that %s, but %s", f->step, f->expected, f->observed);
    return judgement_text(j, "expected that %s, but %s", f->expected, f->observed);
}

static const char *title_of(struct judgement *j)
{
    const struct passage *root = &j->way->passage[0];
    const struct leg *leg = j->way->leg;

    if (leg && leg->from.n && leg->to.n)
        return judgement_text(j, "%s closes the session of %.*s and %.*s", judgement_from(j, root),
                              SLICE_ARG(slice_head(leg->from, 100)), SLICE_ARG(slice_head(leg->to, 100)));
    return judgement_text(j, "%s closes session %.*s", judgement_from(j, root),
                          SLICE_ARG(slice_head(root->proof->call_id, 100)));
}

static const char *const *call_ids(struct judgement *j, int *ret_n)
{
    const char **id = arena_alloc(j->arena, (SESSION_LEGS_MAX + 1) * sizeof *id);
    unsigned n = 0;

    for (; id && n < j->session->nlegs; n++)
        id[n] = judgement_text(j, "%.*s", SLICE_ARG(j->session->leg[n]->call_id));
    *ret_n = (int)n;
    return id;
}

/* An INVITE that was seen and asked for another service: the flow does not speak of its session. */
static bool other_service(const struct session *s)
{
    bool seen = false;

    for (unsigned i = 0; i < s->nlegs; i++) {
        if (s->leg[i]->service)
            return false;
        seen |= s->leg[i]->invite_seen;
    }
    return seen;
}

static struct result result_of(struct judge *judge, struct judgement *j)
{
    struct result r = {.closer = judgement_from(j, &j->way->passage[0]),
                       .flow = j->bound->flow->id,
                       .title = title_of(j),
                       .begin = j->session->begin.time,
                       .end = j->session->last.time};

    r.id = judgement_text(j, "session-%llu", (unsigned long long)++judge->nresults);
    r.call_id = call_ids(j, &r.ncall_ids);
    return r;
}

static int judge_way(struct judge *judge, struct judgement *j, int (*take)(void *, const struct result *),
                     void *ctx)
{
    struct result r;

    choose_flow(judge, j);
    j->nfindings = 0;
    r = result_of(judge, j);
    if (other_service(j->session)) {
        r.verdict = VERDICT_NOT_APPLICABLE;
        r.reason = "the INVITE asks for another service than CPM: the flow does not speak of this session";
        return take(ctx, &r);
    }
    check_rules(j);
    order_findings(judge);
    r.row = ladder_make(j, &r.nrows);
    if (!r.row)
        return -ENOMEM;
    r.finding = judge->ordered;
    r.nfindings = j->nfindings;
    r.verdict = verdict_of(judge);
    r.reason = reason_of(judge, r.verdict, r.row, r.nrows);
    return take(ctx, &r);
}

int judge_session(struct judge *judge, const struct session *s, const struct evidence *evidence,
                  int (*take)(void *ctx, const struct result *r), void *ctx)
{
    struct judgement *j = &judge->judgement;
    struct way *way[WAYS_MAX];
    int n, e = 0;

    arena_reset(&judge->arena);
    n = way_find(s, judge->config.profile, judge->config.flow[0].clients,
                 judge->config.stray[0].flow || judge->config.again[0].flow, &judge->arena, way);
    if (n < 0)
        return n;
    j->session = s;
    j->profile = judge->config.profile;
    j->evidence = evidence;
    j->arena = &judge->arena;
    for (int i = 0; i < n && e >= 0; i++) {
        j->way = way[i];
        e = judge_way(judge, j, take, ctx);
    }
    return e;
}
