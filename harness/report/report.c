#include "report/report.h"

#include <errno.h>

int report_add(struct report *rep, struct report_writer *w, struct error *err)
{
    if (rep->n == REPORT_WRITERS_MAX) {
        w->ops->free(w);
        return error_set(err, ENOSPC, "more than %d outputs at once: leave one out", REPORT_WRITERS_MAX);
    }
    rep->failure[rep->n] = 0;
    rep->writer[rep->n++] = w;
    return 0;
}

/* Keeps what went wrong first: later failures are mostly its consequences. */
static int note_failure(struct report *rep, int i, int r, const struct error *why)
{
    bool first = true;

    for (int k = 0; k < rep->n; k++)
        if (rep->failure[k])
            first = false;
    if (first)
        rep->error = *why;
    rep->failure[i] = r;
    return r;
}

int report_result(struct report *rep, const struct summary *s, const struct result *r, struct error *err)
{
    int worst = 0;

    for (int i = 0; i < rep->n; i++) {
        struct error why = {0};
        int n = rep->failure[i] ? 0 : rep->writer[i]->ops->result(rep->writer[i], s, r, &why);

        if (n >= 0)
            continue;
        note_failure(rep, i, n, &why);
        if (worst == 0) {
            worst = n;
            if (err)
                *err = why;
        }
    }
    return worst;
}

int report_finish(struct report *rep, const struct summary *s, struct error *err)
{
    int worst = 0;

    for (int i = 0; i < rep->n; i++) {
        struct error why = {0};
        int n = rep->failure[i] ? 0 : rep->writer[i]->ops->finish(rep->writer[i], s, &why);

        if (n < 0)
            note_failure(rep, i, n, &why);
    }
    for (int i = rep->n - 1; i >= 0; i--)
        if (rep->failure[i])
            worst = rep->failure[i];
    if (worst < 0 && err)
        *err = rep->error;
    return worst;
}

void report_done(struct report *rep)
{
    for (int i = 0; i < rep->n; i++)
        rep->writer[i]->ops->free(rep->writer[i]);
    rep->n = 0;
}
