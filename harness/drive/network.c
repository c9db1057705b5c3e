#include "drive/network.h"

#include "drive/actor.h"
#include "drive/logfile.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>

/* Deadlines are for what should take milliseconds; a machine may be slow. */
static const nsec_t READY_DEADLINE = 60 * NSEC_PER_SEC;
static const nsec_t STOP_DEADLINE = 5 * NSEC_PER_SEC;

enum network_state { STARTING, RUNNING, FAILED, STOPPING, STOPPED };

/* What the loop is given for each: the pair names its watch. */
struct member {
    struct network *network;
    struct actor actor;
};

struct network {
    const struct plan *plan;
    struct loop *loop;
    struct network_sink sink;
    enum network_state state;
    struct member member[PLAN_PARTIES_MAX];
};

static void look(void *ctx);
static void late(void *ctx);

static void failed(struct network *n, const struct error *err)
{
    n->state = FAILED;
    loop_cancel(n->loop, look, n);
    loop_cancel(n->loop, late, n);
    n->sink.failed(n->sink.ctx, err);
}

static void late(void *ctx)
{
    struct network *n = ctx;
    struct error err;

    for (int i = 0; i < n->plan->nfunctions; i++) {
        const struct plan_party *p = &n->plan->function[i];
        if (n->member[i].actor.ready)
            continue;
        error_set(&err, ETIMEDOUT, "%s (kamailio) was not ready within %d s; its log is %s", p->role,
                  (int)(READY_DEADLINE / NSEC_PER_SEC), p->log);
        failed(n, &err);
        return;
    }
}

static void look(void *ctx)
{
    struct network *n = ctx;
    struct error err;
    bool all = true, one;

    for (int i = 0; i < n->plan->nfunctions; i++) {
        if (actor_look(&n->member[i].actor, &one, &err) < 0) {
            failed(n, &err);
            return;
        }
        all &= one;
    }
    if (!all) {
        loop_timer(n->loop, ACTOR_LOOK_AGAIN, look, n);
        return;
    }
    loop_cancel(n->loop, late, n);
    n->state = RUNNING;
    n->sink.ready(n->sink.ctx);
}

static void stopped(void *ctx)
{
    struct network *n = ctx;

    loop_cancel(n->loop, stopped, n);
    n->state = STOPPED;
    n->sink.ended(n->sink.ctx);
}

static bool all_ended(const struct network *n)
{
    for (int i = 0; i < n->plan->nfunctions; i++)
        if (n->member[i].actor.process && !n->member[i].actor.ended)
            return false;
    return true;
}

static void died(struct network *n, const struct actor *a)
{
    char how[96], why[256];
    struct error err;

    logfile_kamailio(a->party->log, why, sizeof why);
    error_set(&err, ECHILD, "%s (kamailio) %s%s%s; its log is %s", a->party->role,
              process_describe(a->process, how, sizeof how), *why ? ": " : "", why, a->party->log);
    failed(n, &err);
}

static void member_ended(void *ctx)
{
    struct member *m = ctx;
    struct network *n = m->network;

    if (!actor_ended(&m->actor))
        return;
    if (n->state == STARTING || n->state == RUNNING)
        died(n, &m->actor);
    else if (n->state == STOPPING && all_ended(n))
        stopped(n);
}

static void start_all(struct network *n)
{
    struct error err = {0}, why;

    for (int i = 0; i < n->plan->nfunctions; i++) {
        const struct plan_party *p = &n->plan->function[i];
        struct member *m = &n->member[i];
        m->network = n;
        if (actor_start(&m->actor, p, n->loop, member_ended, m, &why) == 0)
            continue;
        error_set(&err, ECHILD, "%s cannot be started: %s", p->role, why.text);
        failed(n, &err);
        return;
    }
    loop_timer(n->loop, READY_DEADLINE, late, n);
    look(n);
}

int network_start(const struct plan *plan, struct loop *l, const struct network_sink *sink,
                  struct network **ret, struct error *err)
{
    struct network *n = calloc(1, sizeof *n);

    if (!n)
        return error_set(err, ENOMEM, "no memory for the network");
    n->plan = plan;
    n->loop = l;
    n->sink = *sink;
    *ret = n;
    start_all(n);
    return 0;
}

void network_stop(struct network *n)
{
    loop_cancel(n->loop, look, n);
    loop_cancel(n->loop, late, n);
    n->state = STOPPING;
    if (all_ended(n)) {
        stopped(n);
        return;
    }
    loop_timer(n->loop, STOP_DEADLINE, stopped, n); /* network_free kills the rest */
    for (int i = 0; i < n->plan->nfunctions; i++)
        if (n->member[i].actor.process && !n->member[i].actor.ended)
            process_signal_leader(n->member[i].actor.process, SIGTERM);
}

void network_free(struct network *n)
{
    if (!n)
        return;
    loop_cancel(n->loop, look, n);
    loop_cancel(n->loop, late, n);
    loop_cancel(n->loop, stopped, n);
    for (int i = 0; i < n->plan->nfunctions; i++)
        actor_done(&n->member[i].actor);
    free(n);
}
