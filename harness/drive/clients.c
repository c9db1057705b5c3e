#include "drive/clients.h"

#include "drive/actor.h"
#include "drive/logfile.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

static const nsec_t READY_DEADLINE = 30 * NSEC_PER_SEC;

/* SIPp's status for a session that did not go as its scenario has it; anything else but 0 is its own fault.
 */
enum { SIPP_SESSION_FAILED = 1 };

struct member {
    struct clients *clients;
    struct actor actor;
    struct drive_witness witness;
};

struct clients {
    struct clients_spec spec;
    struct loop *loop;
    struct clients_sink sink;
    struct member member[DRIVE_WITNESSES_MAX];
    int started;
    bool done; /* the sink was told */
    nsec_t heard;
};

static void start_next(struct clients *c);
static void look(void *ctx);
static void not_ready(void *ctx);
static void overdue(void *ctx);
static void wait_for_the_rest(void *ctx);

static void cancel_all(struct clients *c)
{
    c->done = true;
    loop_cancel(c->loop, look, c);
    loop_cancel(c->loop, not_ready, c);
    loop_cancel(c->loop, overdue, c);
    loop_cancel(c->loop, wait_for_the_rest, c);
}

static void over(struct clients *c)
{
    cancel_all(c);
    c->sink.over(c->sink.ctx);
}

static void failed(struct clients *c, enum drive_end how, const struct error *err)
{
    cancel_all(c);
    c->sink.failed(c->sink.ctx, how, err);
}

/* They have had their time; the wire tells how far they came. */
static void overdue(void *ctx)
{
    over(ctx);
}

/* --- readiness */

static void not_ready(void *ctx)
{
    struct clients *c = ctx;
    const struct plan_party *p = c->member[c->started - 1].actor.party;
    struct error err;

    error_set(&err, ETIMEDOUT, "%s (sipp) was not ready within %d s; its log is %s", p->name,
              (int)(READY_DEADLINE / NSEC_PER_SEC), p->log);
    failed(c, DRIVE_ERROR, &err);
}

static void look(void *ctx)
{
    struct clients *c = ctx;
    struct error err;
    bool ready;

    if (actor_look(&c->member[c->started - 1].actor, &ready, &err) < 0) {
        failed(c, DRIVE_ERROR, &err);
        return;
    }
    if (!ready) {
        loop_timer(c->loop, ACTOR_LOOK_AGAIN, look, c);
        return;
    }
    loop_cancel(c->loop, not_ready, c);
    start_next(c);
}

/* --- the end of one */

static void take_witness(struct member *m)
{
    struct drive_witness *w = &m->witness;

    w->ended = true;
    w->status = process_status(m->actor.process);
    if (w->status == 0)
        return;
    logfile_sipp(m->actor.party->errors, w->word, sizeof w->word);
}

static bool all_ended(const struct clients *c)
{
    for (int i = 0; i < c->spec.plan->nclients; i++)
        if (!c->member[i].actor.ended)
            return false;
    return true;
}

void clients_heard(struct clients *c)
{
    c->heard = clock_monotonic();
}

/* After one client's failure the others may wait for what will never come. */
static void wait_for_the_rest(void *ctx)
{
    struct clients *c = ctx;
    nsec_t left = c->heard + c->spec.patience - clock_monotonic();

    if (left <= 0)
        over(c);
    else
        loop_timer(c->loop, left, wait_for_the_rest, c);
}

/* It ended, and not as it should have. True where nothing can follow. */
static bool failure_is_final(struct member *m)
{
    struct clients *c = m->clients;
    const struct plan_party *p = m->actor.party;
    bool own = m->witness.status != SIPP_SESSION_FAILED;
    struct error err;
    char how[96];

    if (!own && c->started == c->spec.plan->nclients)
        return false;
    process_describe(m->actor.process, how, sizeof how);
    error_set(&err, ECHILD, "%s%s (sipp) %s%s%s; its log is %s", own ? "" : "the preamble failed: ", p->name,
              how, *m->witness.word ? ": " : "", m->witness.word, p->log);
    failed(c, own ? DRIVE_ERROR : DRIVE_INCONCLUSIVE, &err);
    return true;
}

static void member_ended(void *ctx)
{
    struct member *m = ctx;
    struct clients *c = m->clients;

    if (!actor_ended(&m->actor))
        return;
    take_witness(m);
    if (c->done || (m->witness.status != 0 && failure_is_final(m)))
        return;
    if (m->actor.party->preamble)
        start_next(c);
    else if (all_ended(c))
        over(c);
    else if (m->witness.status != 0)
        wait_for_the_rest(c);
}

/* --- the start */

static void start_next(struct clients *c)
{
    const struct plan_party *p = &c->spec.plan->client[c->started];
    struct member *m = &c->member[c->started++];
    struct error err = {0}, why;

    m->clients = c;
    snprintf(m->witness.role, sizeof m->witness.role, "%s", p->role);
    snprintf(m->witness.scenario, sizeof m->witness.scenario, "%s", p->scenario);
    if (actor_start(&m->actor, p, c->loop, member_ended, m, &why) < 0) {
        error_set(&err, ECHILD, "%s cannot be started: %s", p->name, why.text);
        failed(c, DRIVE_ERROR, &err);
        return;
    }
    if (c->started == c->spec.plan->nclients || p->preamble)
        return; /* its end is the next event */
    loop_timer(c->loop, READY_DEADLINE, not_ready, c);
    look(c);
}

static void start_first(struct clients *c)
{
    int n = c->spec.plan->nclients;
    struct error err;

    if (n == 0 || n > DRIVE_WITNESSES_MAX) {
        error_set(&err, EINVAL, "a test case has 1 to %d clients to drive, this one has %d",
                  DRIVE_WITNESSES_MAX, n);
        failed(c, DRIVE_ERROR, &err);
        return;
    }
    c->heard = clock_monotonic();
    loop_timer(c->loop, c->spec.timeout, overdue, c);
    start_next(c);
}

int clients_start(const struct clients_spec *spec, struct loop *l, const struct clients_sink *sink,
                  struct clients **ret, struct error *err)
{
    struct clients *c = calloc(1, sizeof *c);

    if (!c)
        return error_set(err, ENOMEM, "no memory for the clients");
    c->spec = *spec;
    c->loop = l;
    c->sink = *sink;
    *ret = c;
    start_first(c);
    return 0;
}

int clients_witnesses(const struct clients *c, struct drive_witness out[DRIVE_WITNESSES_MAX])
{
    for (int i = 0; i < c->started; i++)
        out[i] = c->member[i].witness;
    return c->started;
}

bool clients_content(const struct clients *c)
{
    for (int i = 0; i < c->spec.plan->nclients; i++)
        if (!c->member[i].witness.ended || c->member[i].witness.status != 0)
            return false;
    return true;
}

void clients_free(struct clients *c)
{
    if (!c)
        return;
    cancel_all(c);
    for (int i = 0; i < c->started; i++)
        actor_done(&c->member[i].actor);
    free(c);
}
