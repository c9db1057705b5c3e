#include "drive/actor.h"

#include "drive/listen.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int actor_start(struct actor *a, const struct plan_party *party, struct loop *l, loop_fn *ended, void *ctx,
                struct error *err)
{
    /* A start command names its files as whoever wrote the profile does: from where we were started. */
    struct process_spec spec = {.argv = party->argv,
                                .dir = party->kind == PLAN_COMMAND ? NULL : party->dir,
                                .log = party->log,
                                .env = party->env};
    int r;

    a->party = party;
    a->loop = l;
    if (mkdir(party->dir, 0777) < 0 && errno != EEXIST)
        return error_set(err, errno, "cannot make the folder %s: %s", party->dir, strerror(errno));
    r = process_start(&spec, &a->process, err);
    return r < 0 ? r : loop_watch(l, process_fd(a->process), ended, ctx);
}

int actor_look(struct actor *a, bool *ret, struct error *err)
{
    enum listen_state state = LISTEN_NONE;
    int r = a->ready ? 0 : listen_look(&a->party->at, a->party->tcp, &state, err);

    if (r < 0)
        return r;
    a->ready |= state == LISTEN_EXACT;
    *ret = a->ready;
    return 0;
}

bool actor_ended(struct actor *a)
{
    if (!a->ended && process_reap(a->process) == 0) {
        a->ended = true;
        loop_unwatch(a->loop, process_fd(a->process));
    }
    return a->ended;
}

void actor_done(struct actor *a)
{
    if (!a->party)
        return;
    if (a->process)
        loop_unwatch(a->loop, process_fd(a->process));
    process_free(a->process);
    rmdir(a->party->dir);
    *a = (struct actor){0};
}
