#include "cli/provoked.h"

#include <errno.h>
#include <string.h>

/* Who takes a step of the flow, in the closer's version of it; "" where it is none of its steps. */
static const char *doer(const struct testcase *tc, const struct result *r, int step)
{
    const struct flow *f = tc->flow;
    int role;

    if (step < 1 || step > f->nsteps || strcmp(r->flow, f->id) != 0)
        return "";
    role = f->step[step - 1].from;
    if (r->closer && strcmp(r->closer, f->role[f->step[0].from].name) != 0)
        role = f->role[role].mirror;
    return f->role[role].name;
}

static bool is_provoked(const struct testcase *tc, const struct result *r, const struct finding *f)
{
    for (int i = 0; i < tc->nprovoked; i++)
        if (strcmp(tc->provoked[i].rule, f->rule) == 0 &&
            strcmp(tc->provoked[i].role, doer(tc, r, f->step)) == 0)
            return true;
    return false;
}

/* Causes come before what follows from them. */
static bool forgive_all(const struct testcase *tc, const struct result *r, struct finding *finding)
{
    bool forgiven[128] = {false}, any = false;

    for (int i = 0; i < r->nfindings && i < (int)sizeof forgiven; i++) {
        struct finding *f = &finding[i];

        forgiven[i] = is_provoked(tc, r, f) || (f->cause >= 0 && f->cause < i && forgiven[f->cause]);
        if (!forgiven[i])
            continue;
        any |= f->inconclusive || f->severity != SEVERITY_NOTE;
        f->severity = SEVERITY_NOTE;
        f->inconclusive = false;
    }
    return any;
}

static enum verdict weight(const struct finding *f, bool strict)
{
    if (f->inconclusive)
        return VERDICT_INCONCLUSIVE;
    return f->severity == SEVERITY_MUST || (f->severity == SEVERITY_SHOULD && strict) ? VERDICT_FAIL
                                                                                      : VERDICT_PASS;
}

int provoked_forgive(const struct testcase *tc, bool strict, struct arena *arena, struct finding *finding,
                     struct result *r)
{
    const struct finding *why = NULL;

    if (r->verdict == VERDICT_NOT_APPLICABLE || !forgive_all(tc, r, finding))
        return 0;
    r->verdict = VERDICT_PASS;
    for (int i = 0; i < r->nfindings; i++) {
        enum verdict v = weight(&finding[i], strict);

        if (v == r->verdict || verdict_worst(v, r->verdict) != v)
            continue;
        r->verdict = v;
        why = &finding[i];
    }
    r->reason = "nothing was amiss but what the test case has the network do";
    if (why && why->step)
        r->reason =
            arena_printf(arena, "step %d: expected that %s, but %s", why->step, why->expected, why->observed);
    else if (why)
        r->reason = arena_printf(arena, "expected that %s, but %s", why->expected, why->observed);
    return r->reason ? 0 : -ENOMEM;
}
