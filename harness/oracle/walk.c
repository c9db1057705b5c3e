#include "oracle/walk.h"

bool walk_next(const struct judgement *j, struct walk *w)
{
    for (; w->at < 2 * j->way->n; w->at++) {
        unsigned n = j->way->n;
        w->reply = w->at >= n;
        w->passage = &j->way->passage[w->reply ? 2 * n - 1 - w->at : w->at];
        w->hop = w->reply ? w->passage->reply : w->passage->request;
        if (!w->hop || w->passage->inner)
            continue;
        w->step = judgement_step(j, w->passage, w->reply);
        w->at++;
        return true;
    }
    return false;
}

const char *walk_sender(struct judgement *j, const struct walk *w)
{
    return w->reply ? judgement_to(j, w->passage) : judgement_from(j, w->passage);
}
