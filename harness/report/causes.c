#include "report/causes.h"

#include <stdio.h>
#include <string.h>

const struct finding *causes_first(const struct result *r)
{
    for (int i = 0; i < r->nfindings; i++)
        if (r->finding[i].cause < 0 && r->finding[i].severity != SEVERITY_NOTE)
            return &r->finding[i];
    return r->nfindings ? &r->finding[0] : NULL;
}

static bool is_kind(const struct cause *k, const char *what, int step)
{
    return k->step == step && strncmp(k->what, what, sizeof k->what - 1) == 0;
}

void causes_add(struct causes *c, const struct result *r)
{
    const struct finding *f = causes_first(r);
    const char *what = f ? f->rule : r->reason;
    int step = f && f->step > 0 ? f->step : 0;
    struct cause *k;

    if (r->verdict == VERDICT_PASS || r->verdict == VERDICT_NOT_APPLICABLE)
        return;
    if (!what || !*what)
        what = verdict_name(r->verdict);
    for (int i = 0; i < c->n; i++)
        if (is_kind(&c->kind[i], what, step)) {
            c->kind[i].n++;
            return;
        }
    if (c->n == CAUSES_MAX) {
        c->others++;
        return;
    }
    k = &c->kind[c->n++];
    *k = (struct cause){.n = 1, .verdict = r->verdict, .step = step};
    snprintf(k->what, sizeof k->what, "%s", what);
    snprintf(k->first, sizeof k->first, "%s", r->id ? r->id : "");
}

/* Few, and mostly in order: what comes later moves up past those that are rarer. */
void causes_sort(struct causes *c)
{
    for (int i = 1; i < c->n; i++) {
        struct cause k = c->kind[i];
        int at = i;

        for (; at > 0 && c->kind[at - 1].n < k.n; at--)
            c->kind[at] = c->kind[at - 1];
        c->kind[at] = k;
    }
}
